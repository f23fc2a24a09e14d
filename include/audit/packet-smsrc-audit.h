/* packet-smsrc-audit.h
 * The protocol smsrc.audit: verdicts on the flows of SMS roles, by a port matrix
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_PACKET_SMSRC_AUDIT_H__
#define __SMSRC_PACKET_SMSRC_AUDIT_H__

#include "packet-view.h"

void proto_register_smsrc_audit(void);
void proto_reg_handoff_smsrc_audit(void);

/** Call from a cleanup routine at the end of a capture, after all that reads the audit. */
void smsrc_audit_cleanup(void);

/** Audits a packet. Call once for each packet, after smsrc_log_packet(). */
void smsrc_audit_packet(packet_view_t *packet);

#endif /* __SMSRC_PACKET_SMSRC_AUDIT_H__ */
