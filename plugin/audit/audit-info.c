/* audit-info.c
 * The findings of the audit in the packet list
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A reader of a capture sees the packet list first, without any filter, column or profile. A
 * packet that carries a finding says it there: the same packet, and the same findings, that the
 * button "All findings" of the profile shows.
 */

#include "audit-info.h"

#include <epan/column-utils.h>

#include "attack.h"

/* Rebuilt for every capture. */
static bool is_shown;

void
audit_info_reset(bool shown)
{
    is_shown = shown;
}

void
audit_info_add_attack(packet_info *pinfo)
{
    if (is_shown && attack_was_seen() && attack_is_marked(pinfo))
        col_append_str(pinfo->cinfo, COL_INFO, " [CVE-2004-0728]");
}

/* Notes about other products, gaps and unconfirmed roles are not findings. */
static bool
is_finding(verdict_e verdict)
{
    return verdict == VERDICT_OFF_MATRIX || verdict == VERDICT_WRONG_SERVICE ||
           verdict == VERDICT_WRONG_DIRECTION;
}

void
audit_info_add_verdict(packet_info *pinfo, const flow_verdict_t *judged,
                       const flow_end_t ends[NUM_ENDS])
{
    const verdict_t *verdict = &judged->judgment->verdict;
    const flow_facts_t *facts = &judged->judgment->facts;
    bool says_service;
    char port[12] = "";

    /* The text would not be read, and a port's digits cost as much as the verdict. */
    if (!is_shown || !is_finding(verdict->without_attack) ||
        !col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    says_service = verdict->without_attack == VERDICT_WRONG_SERVICE &&
                   facts->service != SERVICE_UNKNOWN;
    if (facts->transport != TRANSPORT_IPX)
        (void)snprintf(port, sizeof port, " %u", ends[RESPONDER].port);
    /* At once and without a format: either costs as much as the verdict. */
    col_append_lstr(pinfo->cinfo, COL_INFO, " [", verdict_name(verdict->without_attack), ": ",
                    says_service ? service_name(facts->service) : "", says_service ? " on " : "",
                    service_transport_name(facts->transport), port,
                    verdict->row != NULL ? ", " : "",
                    verdict->row != NULL && verdict->nearest ? "near " : "",
                    verdict->row != NULL ? verdict->row->id : "", "]", COL_ADD_LSTR_TERMINATOR);
}

void
audit_info_add_blocked(packet_info *pinfo, const verdict_t *verdict)
{
    if (is_shown)
        col_append_fstr(pinfo->cinfo, COL_INFO, " [Blocked: %s]",
                        verdict->row != NULL ? verdict->row->id
                                             : verdict_name(verdict->without_attack));
}
