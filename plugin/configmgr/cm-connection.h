/* cm-connection.h
 * What is known of one connection of ConfigMgr's remote control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_CONNECTION_H__
#define __SMSRC_CM_CONNECTION_H__

#include <epan/address.h>
#include <epan/dissectors/packet-tcp.h>

#include "smsrc-compat.h"

/** What came of the request for control. */
typedef enum {
    CM_RESULT_UNKNOWN,
    CM_RESULT_FULL_CONTROL,
    CM_RESULT_VIEW_ONLY,
    CM_RESULT_ACCESS_DENIED,
    CM_RESULT_LOGON_DENIED,
    CM_RESULT_NO_ACTIVE_USER,
    CM_RESULT_EXISTING_SESSION,
} cm_result_e;

/** By what the two sides are authenticated, told by the handshake's or the seal's token. */
typedef enum {
    CM_MECHANISM_UNKNOWN,
    CM_MECHANISM_KERBEROS,
    CM_MECHANISM_NTLM,
} cm_mechanism_e;

/** One way of the stream inside the seal: an RDP PDU of which more has to come. */
typedef struct {
    bool ntlm_broken;  /* a message is missing: NTLM's cipher is out of step from here on */
    bool lost;         /* a message is missing: nobody knows where the next PDU begins */
    uint32_t id;       /* of the PDU; 0: the next frame begins with a PDU of its own */
    uint8_t header[4]; /* its first bytes, of which its length is told */
    unsigned have;     /* bytes of it so far */
    unsigned need;     /* bytes of it in all; 0: the header is not complete */
} cm_stream_t;

/** A virtual channel: a client has at most 31 of them (MS-RDPBCGR 2.2.1.3.4). */
#define CM_MAX_CHANNELS 31

typedef struct {
    char name[9];
    uint16_t id; /* MCS; 0: the server has not told it yet */
} cm_channel_t;

/**
 * A connection from its greeting, or from the first frame captured, to its end or to the next
 * greeting. Filled on the first pass. Each ..._frame is the frame that showed it, 0 where none
 * did. Strings are NULL where nothing tells them. Lives as long as the capture.
 */
typedef struct cm_session {
    /* What the log of sessions and the dissector's own lines tell. */
    uint32_t first_frame;
    address agent;
    uint16_t agent_port;
    cm_mechanism_e mechanism;
    char *user;        /* NTLM's, or Kerberos' where the agent's key is known */
    char *domain;      /* NTLM's domain or Kerberos' realm of the user */
    char *workstation; /* the viewer's, as NTLM tells it */
    char *service;     /* the agent's name that Kerberos asked for: TERMSRV/host */
    cm_result_e result;
    bool result_by_length; /* told by the length of a sealed message (inferred) */
    uint32_t result_frame;
    uint32_t in_use_frame;    /* the agent said that the host is in use */
    uint32_t take_over_frame; /* the viewer took the host over */
    char *machine;            /* by this name */
    uint32_t curtain_on_frame;

    /* What the dissector needs to go on. */
    bool agent_sure;   /* by the greeting, or by the seal's own flag */
    bool greeted;      /* by START_HANDSHAKE */
    bool agent_sealed; /* the agent has sent a sealed message already */
    bool ambiguous;    /* its length fits two results; what follows decides */
    uint32_t ntlm_flags;
    cm_stream_t streams[2]; /* to the viewer, to the agent */
    unsigned num_channels;
    cm_channel_t channels[CM_MAX_CHANNELS];
} cm_connection_t;

/** "Full control", "View only", ...; NULL for CM_RESULT_UNKNOWN. Static. */
const char *cm_result_name(cm_result_e result);

/** True where the agent gave no control. */
bool cm_result_is_denial(cm_result_e result);

/** The result that a control word says, in clear or unsealed; CM_RESULT_UNKNOWN for others. */
cm_result_e cm_result_of_text(const char *text);

/** True where @p text has @p length bytes as UTF-16, without its NUL or with it. */
bool cm_is_length_of(unsigned length, const char *text);

/**
 * The result that the length of the agent's first sealed message shows (inferred: a seal of
 * Kerberos or NTLM keeps the length of its data). CM_RESULT_UNKNOWN for a length of no result, and
 * for 40 bytes, which are Full control without a NUL or Access denied with one: @p ambiguous.
 */
cm_result_e cm_result_of_length(unsigned length, bool *ambiguous);

/** Prepare for registering: connections are kept under @p proto. Call from a handoff routine. */
void cm_connection_init(int proto);

/** Where a segment stands in its way of the connection. */
typedef enum {
    CM_PROGRESS_NEXT,  /* it goes on */
    CM_PROGRESS_GAP,   /* something before it is missing */
    CM_PROGRESS_AGAIN, /* it was there already: it says nothing new */
} cm_progress_e;

/** First pass: note that the segment @p tcp (may be NULL) has come. */
cm_progress_e cm_connection_progress(packet_info *pinfo, const struct tcpinfo *tcp);

/** The connection that the packet belongs to now, made where there is none: first pass only. */
cm_connection_t *cm_connection_of_packet(packet_info *pinfo);

/** A greeting: the sender is the agent. What was before it belongs to another connection. */
cm_connection_t *cm_connection_greeted(packet_info *pinfo);

/** True where the packet's sender is the agent. */
bool cm_connection_from_agent(const cm_connection_t *session, const packet_info *pinfo);

/** The packet's way of the stream. */
cm_stream_t *cm_connection_stream(cm_connection_t *session, const packet_info *pinfo);

/** Something is missing before this packet: nothing of its way goes on over it. */
void cm_connection_broken(cm_connection_t *session, const packet_info *pinfo);

/** The packet's sender is the agent, or the viewer: @p sure where its bytes say so. */
void cm_connection_set_agent(cm_connection_t *session, const packet_info *pinfo, bool from_agent,
                          bool sure);

/** The result that @p frame shows; the first that is not merely inferred counts. */
void cm_connection_set_result(cm_connection_t *session, cm_result_e result, bool by_length,
                           uint32_t frame);

/** A name: copied, at most 256 bytes of it, where none was known. */
void cm_connection_set_name(char **name, const char *value);

/** DOMAIN\\user (NTLM) or user@REALM (Kerberos), in @p scope; NULL where it is not known. */
const char *cm_connection_user(wmem_allocator_t *scope, const cm_connection_t *session);

#endif /* __SMSRC_CM_CONNECTION_H__ */
