/* cm-connection.c
 * State of a connection of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Unlike Remote Tools of SMS, ConfigMgr does everything on one connection: the viewer's request,
 * its account, what was granted, whether another user was disconnected. It is collected here, on
 * the first pass, for the dissector and for the log of sessions.
 */

#include "cm-connection.h"

#include <epan/conversation.h>
#include <epan/wmem_scopes.h>

#include "bounds.h"
#include "text.h"

#define MAX_NAME 256

static int proto_cm = -1;

/* State of one direction of a connection. */
typedef struct {
    bool known;
    uint32_t next_seq;
    uint32_t frame;
} direction_state_t;

/* State of a conversation, which may have several greetings. */
typedef struct {
    cm_connection_t *current;        /* NULL: none yet */
    direction_state_t directions[2]; /* from the higher end, from the lower end */
} cm_conversation_t;

void
cm_connection_init(int proto)
{
    proto_cm = proto;
}

static cm_conversation_t *
get_or_create_state(packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    cm_conversation_t *state =
        (cm_conversation_t *)conversation_get_proto_data(conversation, proto_cm);

    if (state == NULL) {
        state = wmem_new0(wmem_file_scope(), cm_conversation_t);
        conversation_add_proto_data(conversation, proto_cm, state);
    }
    return state;
}

cm_progress_e
cm_connection_progress(packet_info *pinfo, const struct tcpinfo *tcp)
{
    bool lower = pinfo->srcport < pinfo->destport ||
                 (pinfo->srcport == pinfo->destport && cmp_address(&pinfo->src, &pinfo->dst) < 0);
    direction_state_t *direction = &get_or_create_state(pinfo)->directions[lower];
    cm_progress_e progress = CM_PROGRESS_NEXT;

    if (tcp == NULL)
        return CM_PROGRESS_NEXT;
    /* TCP may pass one segment in several calls: the end of one frame, and what follows. */
    if (direction->known && direction->frame != pinfo->num) {
        if ((int32_t)(tcp->nxtseq - direction->next_seq) <= 0)
            return CM_PROGRESS_AGAIN;
        if (!tcp->is_reassembled && (int32_t)(tcp->seq - direction->next_seq) > 0)
            progress = CM_PROGRESS_GAP;
    }
    direction->known = true;
    direction->next_seq = tcp->nxtseq;
    direction->frame = pinfo->num;
    return progress;
}

static cm_connection_t *
begin_connection(packet_info *pinfo, cm_conversation_t *state)
{
    cm_connection_t *connection = wmem_new0(wmem_file_scope(), cm_connection_t);

    connection->first_frame = pinfo->num;
    state->current = connection;
    return connection;
}

cm_connection_t *
cm_connection_of_packet(packet_info *pinfo)
{
    cm_conversation_t *state = get_or_create_state(pinfo);

    return state->current != NULL ? state->current : begin_connection(pinfo, state);
}

cm_connection_t *
cm_connection_greeted(packet_info *pinfo)
{
    cm_connection_t *connection = cm_connection_of_packet(pinfo);

    /* The ends are fixed: a greeting of the viewer's is none. */
    if (connection->agent_sure && !cm_connection_from_agent(connection, pinfo))
        return connection;
    if (connection->first_frame != pinfo->num)
        connection = begin_connection(pinfo, get_or_create_state(pinfo));
    connection->greeted = true;
    cm_connection_set_agent(connection, pinfo, true, true);
    return connection;
}

bool
cm_connection_from_agent(const cm_connection_t *connection, const packet_info *pinfo)
{
    return pinfo->srcport == connection->agent_port &&
           addresses_equal(&pinfo->src, &connection->agent);
}

cm_stream_t *
cm_connection_stream(cm_connection_t *connection, const packet_info *pinfo)
{
    return &connection->streams[cm_connection_from_agent(connection, pinfo) ? 0 : 1];
}

void
cm_connection_broken(cm_connection_t *connection, const packet_info *pinfo)
{
    cm_stream_t *stream = cm_connection_stream(connection, pinfo);

    stream->ntlm_broken = true;
    stream->lost = true;
    stream->id = 0;
}

void
cm_connection_set_agent(cm_connection_t *connection, const packet_info *pinfo, bool from_agent,
                        bool sure)
{
    const address *agent = from_agent ? &pinfo->src : &pinfo->dst;

    if (connection->agent_sure || (!sure && connection->agent_port != 0))
        return;
    connection->agent_sure = sure;
    if (connection->agent_port != 0 && cm_connection_from_agent(connection, pinfo) == from_agent)
        return;
    copy_address_wmem(wmem_file_scope(), &connection->agent, agent);
    connection->agent_port = (uint16_t)(from_agent ? pinfo->srcport : pinfo->destport);
}

void
cm_connection_set_result(cm_connection_t *connection, cm_result_e result, bool by_length,
                         uint32_t frame)
{
    if (connection->result != CM_RESULT_UNKNOWN && !(connection->result_by_length && !by_length))
        return;
    connection->result = result;
    connection->result_by_length = by_length;
    connection->result_frame = frame;
}

void
cm_connection_set_name(char **name, const char *value)
{
    if (*name != NULL || value == NULL || value[0] == '\0')
        return;
    if (strlen(value) > MAX_NAME)
        bounds_exceed(BOUND_NAME_BYTES, MAX_NAME);
    *name = wmem_strndup(wmem_file_scope(), value, text_valid_length(value, MAX_NAME));
}

const char *
cm_connection_user(wmem_allocator_t *scope, const cm_connection_t *connection)
{
    if (connection->user == NULL || connection->domain == NULL)
        return connection->user;
    if (connection->mechanism == CM_MECHANISM_KERBEROS)
        return wmem_strdup_printf(scope, "%s@%s", connection->user, connection->domain);
    return wmem_strdup_printf(scope, "%s\\%s", connection->domain, connection->user);
}
