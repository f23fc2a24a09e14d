/* session-log.h
 * Who controlled which machine: the remote-control sessions of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_LOG_H__
#define __SMSRC_SESSION_LOG_H__

#include <epan/conversation.h>

#include "channel.h"
#include "smsrc-compat.h"

/** The protocols that a session can be of. */
typedef enum {
    SESSION_SMS,
    SESSION_CONFIGMGR,
} session_kind_e;

/** The names a session can show, each as the protocol has it. */
typedef enum {
    SESSION_NAME_HOST,       /* of the agent's machine */
    SESSION_NAME_USER,       /* logged on at the agent; may be known to be empty */
    SESSION_NAME_CONTROLLER, /* who had the agent already */
    SESSION_NAME_VIEWER,     /* of the viewer's machine */
    SESSION_NAME_DOMAIN,     /* of the account that the viewer proved, by NTLM or Kerberos */
    SESSION_NAME_ACCOUNT,
    NUM_SESSION_NAMES
} session_name_e;

/** What the agent has said of the viewer's wish; the last word counts. */
typedef enum {
    SESSION_REPLY_NONE,
    SESSION_REPLY_ANSWERED,
    SESSION_REPLY_BUSY,
    SESSION_REPLY_REFUSED,
} session_reply_e;

/** A longer name is cut: memory for a session is fixed, whatever a capture holds. */
#define SESSION_NAME_SIZE 48

/**
 * A session: what one viewer does to one agent, from a control connection to the close of all of
 * its connections. Its members are private to this room. Lives as long as the capture.
 */
typedef struct session session_t;

/** What is remembered of a conversation. Lives as long as the capture. */
typedef struct connection {
    session_t *session;   /* of its frames from "since" on, and of those before; NULL: of none */
    uint32_t since;
    wmem_tree_t *later;   /* frame to session, where one conversation is in several; or NULL */
    session_t *newest;    /* the last of them */
    struct connection *next_waiting;

    channel_e channel;
    session_transport_e carrier;
    bool older;           /* a port of SMS 1.x */
    bool named;           /* NetBIOS, called by a name of Remote Tools */
    bool shown;           /* some frame of it was shown as Remote Control */
    bool is_open, has_ended;
    bool has_failed, was_reset; /* ended before it was established; ended by a reset */
    unsigned syns;        /* while nothing has answered */
    bool waits;           /* for the proof of a session of its two hosts */
    uint16_t server_port; /* the agent's */
    const address *viewer, *agent; /* NULL while it is not known who is who */
    uint64_t bytes[2];    /* before there was a session; [1]: from the agent, or from the higher
                             of the two addresses while it is not known who is who */
    uint32_t first_frame, last_frame;
    nstime_t first_time, last_time; /* unset where those frames have none */
} session_connection_t;

/** What a packet tells of its conversation. */
typedef struct {
    session_kind_e kind;
    const address *viewer;
    const address *agent;
    channel_e channel;
    session_transport_e carrier;
    uint16_t server_port;
    bool older;
    bool proof; /* its content proves the protocol; else it only belongs to a session proven */
    bool moved; /* its port is none of Remote Tools' own */
    bool opens; /* on its channel a session begins: control, or a NetBIOS name <43> */
} session_event_t;

/** Wireshark's conversations remember their sessions under @p proto. Call from a handoff. */
void session_log_init(int proto);

/** Forget all sessions: call from an init routine, once a capture. */
void session_log_reset(void);

/** Drop what was allocated: call from a cleanup routine. */
void session_log_cleanup(void);

/** How many sessions there are; @p unlisted (may be NULL): how many more, past the bound. */
unsigned session_log_count(unsigned *unlisted);

/** What is remembered of @p conversation; made where @p create says so, else maybe NULL. */
session_connection_t *session_log_connection(conversation_t *conversation, const packet_info *pinfo,
                                     bool create);

/** The same for a packet, without making anything. */
session_connection_t *session_log_connection_of_packet(packet_info *pinfo);

/** The packet's conversation; IPX has one for each pair of sockets here. NULL: none. */
conversation_t *session_log_conversation(packet_info *pinfo);

/**
 * True where both ends of the packet may have a session on a port that is none of Remote Tools'
 * own: a quick look, no proof.
 */
bool session_log_is_candidate(const packet_info *pinfo);

/** True where @p host was the viewer of some session on this pass so far. */
bool session_log_is_viewer(const address *host);

/** True where the viewer has called a port of SMS 2.0 SP2 and later at the same agent so far. */
bool session_log_tried_newer(const session_connection_t *connection);

/**
 * The first pass: the session that the conversation's packet belongs to, by what the packet
 * tells. A later pass: the same answer again. NULL: none, or past the bound of SESSION_LOG_MAX
 * sessions. What belongs to no session so far waits for the proof of one of the same two hosts.
 */
session_t *session_log_report(session_connection_t *connection, const packet_info *pinfo,
                             const session_event_t *offer);

/**
 * The first pass: a packet of a channel that both ends have the same port for, so that nothing but
 * content shows who is the viewer (@p offer has the sender in its place). It waits as others do,
 * for a session of the two hosts either way.
 */
void session_log_wait(session_connection_t *connection, const session_event_t *offer);

/** Who of the two controls the other, by their sessions so far. NULL: neither, or each other. */
const address *session_log_viewer_of(const address *one, const address *other);

/** The same for a packet whose conversation carries other things too (NetBIOS datagrams). */
session_t *session_log_report_packet(const packet_info *pinfo, const session_event_t *offer);

/**
 * The session of the conversation's frame @p frame, or NULL. The answer for a frame is the same
 * in every pass; with @p early a frame before the session was known counts too.
 */
session_t *session_log_at(const session_connection_t *connection, uint32_t frame, bool early);

/** The first pass: a frame of both (either may be NULL), be it payload or not. */
void session_log_note_frame(session_connection_t *connection, session_t *session,
                            const packet_info *pinfo);

/** The first pass: payload of @p connection, @p length bytes. */
void session_log_bytes(session_connection_t *connection, bool from_agent, unsigned length);

/** The same while it is not known who is who. */
void session_log_undirected_bytes(session_connection_t *connection, const packet_info *pinfo,
                                  unsigned length);

/** The first pass: payload of a session on @p channel that has no connection of its own. */
void session_log_packet_bytes(session_t *session, channel_e channel, bool from_agent,
                              unsigned length);

/** The first pass: TCP says that the connection is established, or ended. Repeats are nothing. */
void session_log_established(session_connection_t *connection);
void session_log_ended(session_connection_t *connection, bool by_reset);

/** What a dissector has shown of a packet. */
typedef struct {
    direction_e direction;
    bool has_session; /* its tree has the session's fields */
} session_shown_t;

/**
 * For dissectors, on every pass: the packet is shown as Remote Control. Of several messages in a
 * packet the last one counts.
 */
void session_log_set_shown(packet_info *pinfo, direction_e direction, bool has_session);

/** NULL where no dissector has shown the packet as Remote Control. Lives as long as the packet. */
const session_shown_t *session_log_shown(packet_info *pinfo);

/**
 * For dissectors, about the packet at hand: nothing where it is in no session, and nothing on
 * later passes. A packet's session is its conversation's, or the one it was set to, on the
 * first pass and for all passes.
 */
session_t *session_log_of_packet(packet_info *pinfo);
void session_log_set_packet(packet_info *pinfo, session_t *session);
void session_log_name(packet_info *pinfo, session_name_e which, const char *name);
void session_log_reply(packet_info *pinfo, session_reply_e word, const char *reason);

/** The same: the packet has a message of CVE-2004-0728. */
void session_log_attack(packet_info *pinfo);

/**
 * The same: the agent's answer may be a refusal, for the static @p reason. It was one where the
 * session's connection ends before there is another answer.
 */
void session_log_refused_if_closed(packet_info *pinfo, const char *reason);

/** The same: the viewer has sent the account that it wants to be taken for. */
void session_log_account(packet_info *pinfo, const char *domain, const char *account,
                         const char *viewer);

/** The same for a session at hand, on the first pass. */
void session_log_set_name(session_t *session, session_name_e which, const char *name,
                          const packet_info *pinfo);
void session_log_set_reply(session_t *session, session_reply_e word, const char *reason);

/** Seconds without any frame of a session after which a control connection begins a new one. */
#define SESSION_LOG_SILENCE 300

/** Past these bounds nothing is logged any more; the statistic says so. */
#ifndef SESSION_LOG_MAX
#define SESSION_LOG_MAX 65536
#endif

#endif /* __SMSRC_SESSION_LOG_H__ */
