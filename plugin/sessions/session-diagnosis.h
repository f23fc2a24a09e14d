/* session-diagnosis.h
 * Expert infos on why a session fails
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SESSION_DIAGNOSIS_H__
#define __SMSRC_SESSION_DIAGNOSIS_H__

#include <epan/expert.h>

#include "session-connection.h"

/** Why a session fails. */
typedef enum {
    DIAGNOSIS_CONTROL_UNREACHABLE,
    DIAGNOSIS_DATA_UNREACHABLE,
    DIAGNOSIS_UDP_UNREACHABLE,
    DIAGNOSIS_NAME_NOT_RESOLVED,
    DIAGNOSIS_OLD_PORTS_ONLY,
    DIAGNOSIS_NTLM_REFUSED,
    NUM_DIAGNOSES
} session_diagnosis_e;

/** The diagnoses of a packet, each with its text or NULL. Lives as long as the capture. */
typedef struct session_diagnoses {
    const char *texts[NUM_DIAGNOSES];
} session_diagnoses_t;

/** Registers the expert infos. Packets keep their diagnoses under @p proto. Call once. */
void session_diagnosis_register(int proto, expert_module_t *expert);

/** First pass: adds a diagnosis to the packet. */
void session_diagnosis_add(packet_info *pinfo, session_diagnosis_e which, const char *text);

/**
 * First pass: adds the diagnosis, if any, of an attempt that the agent did not accept, for which
 * @p reason is the evidence.
 */
void session_diagnosis_add_failure(packet_info *pinfo, session_connection_t *connection,
                                   const char *reason);

/** First pass: the connection was answered after all. Takes back that its port is not reached. */
void session_diagnosis_drop_unreachable(session_connection_t *connection);

/** Returns the packet's diagnoses, or NULL. */
const session_diagnoses_t *session_diagnosis_find(packet_info *pinfo);

/** Adds the expert infos of @p diagnoses to @p item. */
void session_diagnosis_show(packet_info *pinfo, proto_item *item,
                            const session_diagnoses_t *diagnoses);

#endif /* __SMSRC_SESSION_DIAGNOSIS_H__ */
