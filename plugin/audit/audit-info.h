/* audit-info.h
 * The findings of the audit in the packet list
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_AUDIT_INFO_H__
#define __SMSRC_AUDIT_INFO_H__

#include "audit-tap.h"

/** Call at the beginning of a capture. @p shown: findings are added to the column Info. */
void audit_info_reset(bool shown);

/** Adds "[CVE-2004-0728]" to the Info of a packet that carries the exploit. */
void audit_info_add_attack(packet_info *pinfo);

/**
 * Adds the verdict of a flow to the Info of a packet, "[Off matrix: TCP 8080, near E1]", where it
 * is a finding: Off matrix, Wrong service or Wrong direction.
 */
void audit_info_add_verdict(packet_info *pinfo, const flow_verdict_t *judged,
                            const flow_end_t ends[NUM_ENDS]);

/** Adds "[Blocked: E1]" to the Info of a packet that shows that a flow of that row is blocked. */
void audit_info_add_blocked(packet_info *pinfo, const verdict_t *verdict);

#endif /* __SMSRC_AUDIT_INFO_H__ */
