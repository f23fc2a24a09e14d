/* cm-connection.h
 * State of a connection of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CM_CONNECTION_H__
#define __SMSRC_CM_CONNECTION_H__

#include <epan/address.h>
#include <epan/dissectors/packet-tcp.h>

#include "smsrc-compat.h"

/** The agent's reply to the request for control. */
typedef enum {
    CM_RESULT_UNKNOWN,
    CM_RESULT_FULL_CONTROL,
    CM_RESULT_VIEW_ONLY,
    CM_RESULT_ACCESS_DENIED,
    CM_RESULT_LOGON_DENIED,
    CM_RESULT_NO_ACTIVE_USER,
    CM_RESULT_EXISTING_SESSION,
} cm_result_e;

/** How the two sides authenticate, by the token of the handshake or of a wrapped message. */
typedef enum {
    CM_MECHANISM_UNKNOWN,
    CM_MECHANISM_KERBEROS,
    CM_MECHANISM_NTLM,
} cm_mechanism_e;

/** One direction of the decrypted stream: an RDP PDU of which more has to come. */
typedef struct {
    bool ntlm_broken;  /* a message is missing: NTLM's cipher is out of step from here on */
    bool lost;         /* a message is missing: the start of the next PDU is not known */
    uint32_t id;       /* of the PDU; 0: the next frame begins with a new PDU */
    uint8_t header[4]; /* its first bytes, which have its length */
    unsigned have;     /* bytes of it so far */
    unsigned need;     /* bytes of it in all; 0: the header is not complete */
} cm_stream_t;

/** A virtual channel: a client has at most 31 of them (MS-RDPBCGR 2.2.1.3.4). */
#define CM_MAX_CHANNELS 31

typedef struct {
    char name[9];
    uint16_t id; /* MCS; 0: the server has not sent it yet */
} cm_channel_t;

/**
 * A connection from its greeting, or from the first frame captured, to its end or to the next
 * greeting. Filled on the first pass. Each ..._frame is the frame that showed it, 0 where none
 * did. Strings are NULL where they are not known. Lives as long as the capture.
 */
typedef struct cm_connection {
    /* Shown in the log of sessions and in the dissector's lines. */
    uint32_t first_frame;
    address agent;
    uint16_t agent_port;
    cm_mechanism_e mechanism;
    char *user;        /* NTLM's, or Kerberos' where the agent's key is known */
    char *domain;      /* NTLM's domain or Kerberos' realm of the user */
    char *workstation; /* the viewer's, by NTLM */
    char *service;     /* the agent's name in Kerberos: TERMSRV/host */
    cm_result_e result;
    bool result_by_length; /* inferred from the length of a wrapped message */
    uint32_t result_frame;
    uint32_t in_use_frame;    /* the agent reported that the host is in use */
    uint32_t take_over_frame; /* the viewer took the host over */
    char *machine;            /* by this name */
    uint32_t curtain_on_frame;

    /* State of the dissection. */
    bool agent_sure;   /* by the greeting, or by a flag of Kerberos' token */
    bool greeted;      /* by START_HANDSHAKE */
    bool agent_sealed; /* the agent has sent a wrapped message already */
    bool ambiguous;    /* its length fits two results; what follows decides */
    uint32_t ntlm_flags;
    cm_stream_t streams[2]; /* to the viewer, to the agent */
    unsigned num_channels;
    cm_channel_t channels[CM_MAX_CHANNELS];
} cm_connection_t;

/** Sets the protocol under which conversations keep their state. Call from a handoff routine. */
void cm_connection_init(int proto);

/** Position of a segment in its direction. */
typedef enum {
    CM_PROGRESS_NEXT,  /* it continues the stream */
    CM_PROGRESS_GAP,   /* something before it is missing */
    CM_PROGRESS_AGAIN, /* it is retransmitted */
} cm_progress_e;

/** First pass: records the segment @p tcp (may be NULL), and returns its position. */
cm_progress_e cm_connection_progress(packet_info *pinfo, const struct tcpinfo *tcp);

/** First pass: returns the packet's current connection, made where there is none. */
cm_connection_t *cm_connection_of_packet(packet_info *pinfo);

/** Records a greeting of the agent: it begins a new connection in the conversation. */
cm_connection_t *cm_connection_greeted(packet_info *pinfo);

/** True where the packet's sender is the agent. */
bool cm_connection_from_agent(const cm_connection_t *connection, const packet_info *pinfo);

/** Returns the packet's direction of the stream. */
cm_stream_t *cm_connection_stream(cm_connection_t *connection, const packet_info *pinfo);

/** Records that something before this packet is missing in its direction. */
void cm_connection_broken(cm_connection_t *connection, const packet_info *pinfo);

/** Records that the sender is the agent, or the viewer; @p sure if its bytes show it. */
void cm_connection_set_agent(cm_connection_t *connection, const packet_info *pinfo, bool from_agent,
                             bool sure);

/** Records the result that @p frame shows; the first one that is not inferred counts. */
void cm_connection_set_result(cm_connection_t *connection, cm_result_e result, bool by_length,
                              uint32_t frame);

/** Sets a name that is not known yet to a copy of @p value, of 256 bytes at most. */
void cm_connection_set_name(char **name, const char *value);

/** Returns DOMAIN\\user (NTLM) or user@REALM (Kerberos), in @p scope; NULL: not known. */
const char *cm_connection_user(wmem_allocator_t *scope, const cm_connection_t *connection);

#endif /* __SMSRC_CM_CONNECTION_H__ */
