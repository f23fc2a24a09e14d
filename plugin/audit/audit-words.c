/* audit-words.c
 * What the expert infos of the audit say of a flow, in words
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "audit-words.h"

static const char *
describe_end(wmem_allocator_t *scope, const flow_end_t *end)
{
    const char *roles = role_set_to_str(scope, end->roles);

    if (*roles != '\0')
        return roles;
    return (end->roles & ROLES_BROADCAST) != 0 ? "broadcast" : "a host without a role";
}

const char *
audit_words_flow(wmem_allocator_t *scope, const flow_facts_t *facts,
                 const flow_end_t ends[NUM_ENDS])
{
    wmem_strbuf_t *text = wmem_strbuf_new(scope, service_transport_name(facts->transport));

    if (facts->transport != TRANSPORT_IPX)
        wmem_strbuf_append_printf(text, " %u", ends[RESPONDER].port);
    if (facts->via_proxy != 0)
        wmem_strbuf_append_printf(text, " via a proxy on %u", facts->via_proxy);
    wmem_strbuf_append_printf(text, ", %s to %s", describe_end(scope, &ends[INITIATOR]),
                              describe_end(scope, &ends[RESPONDER]));
    if (facts->service != SERVICE_UNKNOWN)
        wmem_strbuf_append_printf(text, " (%s)", service_name(facts->service));
    return wmem_strbuf_get_str(text);
}

const char *
audit_words_remedy(wmem_allocator_t *scope, const flow_t *flow)
{
    const char *site = flow->content->mp_site;

    if (*site == '\0')
        return "";
    return wmem_strdup_printf(scope, "; the article asks for an entry in LMHOSTS: "
                              "<its address> \"MP_%-12s\\0x1A\" #PRE", site);
}

const char *
audit_words_verdict(const flow_verdict_t *judged)
{
    const verdict_t *verdict = &judged->judgment->verdict;

    return judged->judgment->facts.contradictory && verdict->verdict == VERDICT_WRONG_SERVICE
               ? AUDIT_WORDS_CONTRADICTORY
               : verdict_text(audit_tap_matrix(), verdict->without_attack);
}
