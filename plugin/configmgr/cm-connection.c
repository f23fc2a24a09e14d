/* cm-connection.c
 * What is known of one connection of ConfigMgr's remote control
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Unlike Remote Tools of SMS, ConfigMgr does everything on one connection: who asked, by what
 * name, what was granted, who was thrown out. It is collected here, on the first pass, for the
 * dissector itself and for whoever makes a table of it.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "cm-connection.h"

#include <epan/conversation.h>
#include <epan/wmem_scopes.h>

#include "bounds.h"
#include "text.h"

#define MAX_NAME 256

static int proto_cm = -1;

/* How far one way of a connection has come. */
typedef struct {
    bool known;
    uint32_t next_seq;
    uint32_t frame;
} direction_state_t;

/* What is kept with the conversation: it may see several greetings. */
typedef struct {
    cm_connection_t *session; /* NULL: none yet */
    direction_state_t ways[2];         /* from the higher end, from the lower end */
} cm_records_t;

/*
 * What clear and unsealed texts mean, and what users call it. Whether the text is sealed with its
 * NUL is not settled: the greeting's length counts one, and the one published observation of NTLM
 * fits SUCCESS_FULL_CONTROL with it. So each text has two lengths [I].
 */
static const struct {
    const char *text;
    const char *name;
    bool denial;
    bool sealed; /* it comes sealed, as UTF-16LE; else in clear */
} results[] = {
    [CM_RESULT_FULL_CONTROL] = { "SUCCESS_FULL_CONTROL", "Full control", false, true },
    [CM_RESULT_VIEW_ONLY] = { "SUCCESS_VIEW_ONLY", "View only", false, true },
    [CM_RESULT_ACCESS_DENIED] = { "ERROR_ACCESS_DENIED", "Access denied", true, true },
    [CM_RESULT_LOGON_DENIED] = { "ERROR_LOGON_DENIED", "Logon denied", true, false },
    [CM_RESULT_NO_ACTIVE_USER] = { "ERROR_NO_ACTIVE_USER", "No active user", true, false },
    [CM_RESULT_EXISTING_SESSION] = { "ERROR_EXISTING_SESSION", "Existing session", true, false },
};

const char *
cm_result_name(cm_result_e result)
{
    return results[result].name;
}

bool
cm_result_is_denial(cm_result_e result)
{
    return results[result].denial;
}

cm_result_e
cm_result_of_text(const char *text)
{
    for (unsigned i = CM_RESULT_FULL_CONTROL; i < array_length(results); i++) {
        if (strcmp(text, results[i].text) == 0)
            return (cm_result_e)i;
    }
    return CM_RESULT_UNKNOWN;
}

bool
cm_is_length_of(unsigned length, const char *text)
{
    size_t without_nul = strlen(text) * sizeof(gunichar2);

    return length == without_nul || length == without_nul + sizeof(gunichar2);
}

cm_result_e
cm_result_of_length(unsigned length, bool *ambiguous)
{
    cm_result_e found = CM_RESULT_UNKNOWN;

    *ambiguous = false;
    for (unsigned i = CM_RESULT_FULL_CONTROL; i < array_length(results); i++) {
        if (!results[i].sealed || !cm_is_length_of(length, results[i].text))
            continue;
        *ambiguous = found != CM_RESULT_UNKNOWN;
        found = (cm_result_e)i;
    }
    return *ambiguous ? CM_RESULT_UNKNOWN : found;
}

void
cm_connection_init(int proto)
{
    proto_cm = proto;
}

static cm_records_t *
connection_of(packet_info *pinfo)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    cm_records_t *connection =
        (cm_records_t *)conversation_get_proto_data(conversation, proto_cm);

    if (connection == NULL) {
        connection = wmem_new0(wmem_file_scope(), cm_records_t);
        conversation_add_proto_data(conversation, proto_cm, connection);
    }
    return connection;
}

cm_progress_e
cm_connection_progress(packet_info *pinfo, const struct tcpinfo *tcp)
{
    bool lower = pinfo->srcport < pinfo->destport ||
                 (pinfo->srcport == pinfo->destport && cmp_address(&pinfo->src, &pinfo->dst) < 0);
    direction_state_t *way = &connection_of(pinfo)->ways[lower];
    cm_progress_e progress = CM_PROGRESS_NEXT;

    if (tcp == NULL)
        return CM_PROGRESS_NEXT;
    /* TCP may bring one segment in several calls: with the end of one frame, and what follows. */
    if (way->known && way->frame != pinfo->num) {
        if ((int32_t)(tcp->nxtseq - way->next_seq) <= 0)
            return CM_PROGRESS_AGAIN;
        if (!tcp->is_reassembled && (int32_t)(tcp->seq - way->next_seq) > 0)
            progress = CM_PROGRESS_GAP;
    }
    way->known = true;
    way->next_seq = tcp->nxtseq;
    way->frame = pinfo->num;
    return progress;
}

static cm_connection_t *
session_new(packet_info *pinfo, cm_records_t *connection)
{
    cm_connection_t *session = wmem_new0(wmem_file_scope(), cm_connection_t);

    session->first_frame = pinfo->num;
    connection->session = session;
    return session;
}

cm_connection_t *
cm_connection_of_packet(packet_info *pinfo)
{
    cm_records_t *connection = connection_of(pinfo);

    return connection->session != NULL ? connection->session : session_new(pinfo, connection);
}

cm_connection_t *
cm_connection_greeted(packet_info *pinfo)
{
    cm_connection_t *session = cm_connection_of_packet(pinfo);

    if (session->first_frame != pinfo->num)
        session = session_new(pinfo, connection_of(pinfo));
    session->greeted = true;
    cm_connection_set_agent(session, pinfo, true, true);
    return session;
}

bool
cm_connection_from_agent(const cm_connection_t *session, const packet_info *pinfo)
{
    return pinfo->srcport == session->agent_port && addresses_equal(&pinfo->src, &session->agent);
}

cm_stream_t *
cm_connection_stream(cm_connection_t *session, const packet_info *pinfo)
{
    return &session->streams[cm_connection_from_agent(session, pinfo) ? 0 : 1];
}

void
cm_connection_broken(cm_connection_t *session, const packet_info *pinfo)
{
    cm_stream_t *stream = cm_connection_stream(session, pinfo);

    stream->ntlm_broken = true;
    stream->lost = true;
    stream->id = 0;
}

void
cm_connection_set_agent(cm_connection_t *session, const packet_info *pinfo, bool from_agent,
                        bool sure)
{
    const address *agent = from_agent ? &pinfo->src : &pinfo->dst;

    if (session->agent_sure || (!sure && session->agent_port != 0))
        return;
    session->agent_sure = sure;
    if (session->agent_port != 0 && cm_connection_from_agent(session, pinfo) == from_agent)
        return;
    copy_address_wmem(wmem_file_scope(), &session->agent, agent);
    session->agent_port = (uint16_t)(from_agent ? pinfo->srcport : pinfo->destport);
}

void
cm_connection_set_result(cm_connection_t *session, cm_result_e result, bool by_length,
                         uint32_t frame)
{
    if (session->result != CM_RESULT_UNKNOWN && !(session->result_by_length && !by_length))
        return;
    session->result = result;
    session->result_by_length = by_length;
    session->result_frame = frame;
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
cm_connection_user(wmem_allocator_t *scope, const cm_connection_t *session)
{
    if (session->user == NULL || session->domain == NULL)
        return session->user;
    if (session->mechanism == CM_MECHANISM_KERBEROS)
        return wmem_strdup_printf(scope, "%s@%s", session->user, session->domain);
    return wmem_strdup_printf(scope, "%s\\%s", session->domain, session->user);
}
