/* session-diagnosis.c
 * Expert infos on why a session fails
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A diagnosis is found on the first pass, in the frame at which it becomes known, and kept with
 * that frame, so that every pass shows it.
 */

#include "session-diagnosis.h"

#include <epan/proto_data.h>

#include "session-log-internal.h"
#include "text.h"

static int proto_session_diagnosis = -1;

static expert_field ei_smsrc_control_unreachable = EI_INIT;
static expert_field ei_smsrc_data_unreachable = EI_INIT;
static expert_field ei_smsrc_udp_unreachable = EI_INIT;
static expert_field ei_smsrc_name_not_resolved = EI_INIT;
static expert_field ei_smsrc_old_ports_only = EI_INIT;
static expert_field ei_smsrc_ntlm_refused = EI_INIT;

static expert_field *const experts[NUM_DIAGNOSES] = {
    [DIAGNOSIS_CONTROL_UNREACHABLE] = &ei_smsrc_control_unreachable,
    [DIAGNOSIS_DATA_UNREACHABLE] = &ei_smsrc_data_unreachable,
    [DIAGNOSIS_UDP_UNREACHABLE] = &ei_smsrc_udp_unreachable,
    [DIAGNOSIS_NAME_NOT_RESOLVED] = &ei_smsrc_name_not_resolved,
    [DIAGNOSIS_OLD_PORTS_ONLY] = &ei_smsrc_old_ports_only,
    [DIAGNOSIS_NTLM_REFUSED] = &ei_smsrc_ntlm_refused,
};

static session_diagnoses_t *
find_diagnoses(packet_info *pinfo)
{
    return (session_diagnoses_t *)p_get_proto_data(wmem_file_scope(), pinfo,
                                                   proto_session_diagnosis, KEY_DIAGNOSES);
}

void
session_diagnosis_add(packet_info *pinfo, session_diagnosis_e which, const char *text)
{
    session_diagnoses_t *diagnoses = find_diagnoses(pinfo);

    if (diagnoses == NULL) {
        diagnoses = wmem_new0(wmem_file_scope(), session_diagnoses_t);
        p_add_proto_data(wmem_file_scope(), pinfo, proto_session_diagnosis, KEY_DIAGNOSES,
                         diagnoses);
    }
    diagnoses->texts[which] = wmem_strdup(wmem_file_scope(), text);
}

/* True if the agent has answered in this session, and this is another TCP port than control's. */
static bool
is_data_unreachable(const session_connection_t *connection)
{
    return connection->transport == SESSION_TRANSPORT_TCP &&
           connection->channel != CHANNEL_CONTROL && connection->newest != NULL &&
           connection->newest->answered;
}

/* True where the viewer has called ports of SMS 1.x only, and nothing has answered. */
static bool
is_old_ports_only(const session_connection_t *connection)
{
    return connection->legacy_port && !session_connection_has_tried_newer(connection) &&
           (connection->newest != NULL ? !connection->newest->answered
                                       : session_log_is_viewer(connection->viewer));
}

static bool
is_udp_unreachable(const session_connection_t *connection)
{
    return connection->transport == SESSION_TRANSPORT_UDP &&
           (connection->newest != NULL || connection->dissected);
}

/*
 * The one thing that is known by the port alone: a host has called the control channel's, and
 * reached no agent. It is said once of two hosts, so that a scan of the port is a line for each.
 */
static void
add_control_unreachable(packet_info *pinfo, session_connection_t *connection, const char *reason)
{
    session_pair_t *pair = session_log_find_pair(connection->viewer, connection->agent);

    if (connection->transport != SESSION_TRANSPORT_TCP || connection->legacy_port ||
        connection->channel != CHANNEL_CONTROL || connection->called_by_name || pair == NULL ||
        pair->unreachable != NULL)
        return;
    session_diagnosis_add(
        pinfo, DIAGNOSIS_CONTROL_UNREACHABLE,
        wmem_strdup_printf(pinfo->pool, "TCP %u does not reach an agent: %s",
                           connection->server_port, reason));
    pair->unreachable = connection;
    connection->unreachable = find_diagnoses(pinfo);
}

void
session_diagnosis_drop_unreachable(session_connection_t *connection)
{
    session_pair_t *pair;

    if (connection->unreachable == NULL)
        return;
    connection->unreachable->texts[DIAGNOSIS_CONTROL_UNREACHABLE] = NULL;
    connection->unreachable = NULL;
    pair = session_log_find_pair(connection->viewer, connection->agent);
    if (pair != NULL && pair->unreachable == connection)
        pair->unreachable = NULL;
}

void
session_diagnosis_add_failure(packet_info *pinfo, session_connection_t *connection,
                              const char *reason)
{
    const char *transport = channel_transport_name(connection->transport);
    unsigned port = connection->server_port;

    if (is_data_unreachable(connection))
        session_diagnosis_add(
            pinfo, DIAGNOSIS_DATA_UNREACHABLE,
            wmem_strdup_printf(pinfo->pool,
                               "The agent answers, but not on the port of %s, %s %u: %s",
                               channel_name(connection->channel), transport, port, reason));
    else if (is_old_ports_only(connection))
        session_diagnosis_add(
            pinfo, DIAGNOSIS_OLD_PORTS_ONLY,
            wmem_strdup_printf(pinfo->pool,
                               "The viewer tried only the ports of SMS 1.x: %s %u, %s; "
                               "SMS 2.0 SP2 and later listen on 2701-2704", transport, port,
                               reason));
    else if (is_udp_unreachable(connection))
        session_diagnosis_add(pinfo, DIAGNOSIS_UDP_UNREACHABLE,
                              wmem_strdup_printf(pinfo->pool,
                                                 "UDP %u does not reach the agent: %s", port,
                                                 reason));
    else
        add_control_unreachable(pinfo, connection, reason);
}

const session_diagnoses_t *
session_diagnosis_find(packet_info *pinfo)
{
    return find_diagnoses(pinfo);
}

void
session_diagnosis_show(packet_info *pinfo, proto_item *item, const session_diagnoses_t *diagnoses)
{
    for (unsigned i = 0; i < NUM_DIAGNOSES; i++) {
        if (diagnoses->texts[i] != NULL)
            text_add_expert(pinfo, item, experts[i], "%s", diagnoses->texts[i]);
    }
}

void
session_diagnosis_register(int proto, expert_module_t *expert)
{
    static ei_register_info ei[] = {
        { &ei_smsrc_control_unreachable,
          { "smsrc.control_unreachable", PI_SEQUENCE, PI_WARN,
            "The port of Remote Control refuses connections or does not answer", EXPFILL } },
        { &ei_smsrc_data_unreachable,
          { "smsrc.data_unreachable", PI_SEQUENCE, PI_WARN,
            "The agent answers, but not on the port of this function", EXPFILL } },
        { &ei_smsrc_udp_unreachable,
          { "smsrc.udp_unreachable", PI_SEQUENCE, PI_WARN, "UDP does not reach the agent",
            EXPFILL } },
        { &ei_smsrc_name_not_resolved,
          { "smsrc.name_not_resolved", PI_SEQUENCE, PI_WARN,
            "The agent's NetBIOS name was not resolved", EXPFILL } },
        { &ei_smsrc_old_ports_only,
          { "smsrc.old_ports_only", PI_SEQUENCE, PI_WARN,
            "The viewer tried only the ports of SMS 1.x", EXPFILL } },
        { &ei_smsrc_ntlm_refused,
          { "smsrc.ntlm_refused", PI_RESPONSE_CODE, PI_WARN,
            "The agent rejected the account of the viewer", EXPFILL } },
    };

    proto_session_diagnosis = proto;
    expert_register_field_array(expert, ei, array_length(ei));
}
