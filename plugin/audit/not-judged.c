/* not-judged.c
 * What the audit has not judged of a capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * An audit without a warning says little if most of the capture was not judged. Flows of hosts
 * without a role have no record here, because there may be millions of them. But Wireshark keeps a
 * conversation for each flow: those are counted when a statistic needs the number, with the roles
 * that are known by then. So a packet costs the comparison of its two lengths.
 */

#include "not-judged.h"

#include <epan/tap.h>

#include "conversation-list.h"
#include "evidence.h"
#include "flow-audit.h"
#include "flow-judge.h"
#include "flow-verdict.h"
#include "not-judged-packet.h"
#include "role-book.h"
#include "tcp-state.h"

static int not_judged_tap = -1;

/* Rebuilt for every capture. */
static not_judged_t count;
static uint64_t cut_frames;
static bool later_pass;    /* the packet is read again */
static uint32_t last_frame; /* of the tap */
static uint64_t since;     /* packets of the tap since the flows were counted */

void
not_judged_register(void)
{
    not_judged_tap = register_tap(NOT_JUDGED_TAP);
}

void
not_judged_reset(void)
{
    memset(&count, 0, sizeof count);
    cut_frames = since = 0;
    last_frame = 0;
    later_pass = false;
}

role_set_t
not_judged_learned_roles(void)
{
    return evidence_roles();
}

/* True if the connection had a SYN, and nothing but a reset, which has an ACK, answered it. */
static bool
is_unanswered(const conversation_t *conversation)
{
    unsigned seen = tcp_state_seen(conversation);

    return (seen & SEEN_SYN) != 0 && (seen & (SEEN_SYN_ACK | SEEN_DATA)) == 0 &&
           ((seen & SEEN_ACK) == 0 || (seen & SEEN_RST) != 0);
}

/*
 * The reason why a flow between hosts with these roles has no verdict. A later pass will judge it
 * if it has no record yet.
 */
static not_judged_e
reason_of(const flow_content_t *content, role_set_t one, role_set_t other)
{
    const flow_packet_t ends = { .src_roles = one, .dst_roles = other };

    if (flow_judge_has_roles(&ends)) {
        if (content != NULL && content->judged != NULL)
            return NOT_JUDGED_UNCONFIRMED;
        return later_pass ? NUM_NOT_JUDGED : NOT_JUDGED_LATE;
    }
    return (one | other) != 0 ? NOT_JUDGED_ONE_ROLE : NOT_JUDGED_NO_ROLE;
}

static bool
has_verdict(const flow_content_t *content)
{
    const flow_t *flow = content != NULL ? content->judged : NULL;

    return flow != NULL && flow->num_verdicts > 0 &&
           flow_verdict_get(&flow_audit_verdicts(flow)[flow->num_verdicts - 1]) != VERDICT_NONE;
}

static void
count_flow(const conversation_t *conversation)
{
    const flow_content_t *content = flow_content_of(conversation);
    const conversation_element_t *key = conversation->key_ptr;
    not_judged_e reason;

    count.flows++;
    if (has_verdict(content))
        return;
    reason = reason_of(content, role_book_roles(conversation_key_addr1(key)),
                       role_book_roles(conversation_key_addr2(key)));
    if (reason == NUM_NOT_JUDGED)
        return;
    count.counts[reason]++;
    if (is_unanswered(conversation))
        count.counts[NOT_JUDGED_UNANSWERED]++;
}

not_judged_t
not_judged_count(void)
{
    memset(&count, 0, sizeof count);
    conversation_list_each(count_flow);
    count.counts[NOT_JUDGED_CUT] = cut_frames;
    count.held_roles = role_book_held_roles();
    since = 0;
    return count;
}

/*
 * True if the flows are to be counted: at the first packet of a later pass, in which roles and
 * flows no longer change, and in the first pass as often as costs a packet no more than two flows.
 */
static bool
is_due(const packet_info *pinfo)
{
    return pinfo->num <= last_frame || last_frame == 0 ||
           (!later_pass && ++since > count.flows / 2);
}

static void
queue_packet(packet_info *pinfo)
{
    if (is_due(pinfo))
        not_judged_count();
    last_frame = pinfo->num;
    count.counts[NOT_JUDGED_CUT] = cut_frames;
    count.held_roles = role_book_held_roles();
    tap_queue_packet(not_judged_tap, pinfo, &count);
}

void
not_judged_packet(packet_info *pinfo)
{
    if (pinfo->fd->cap_len < pinfo->fd->pkt_len && !PINFO_FD_VISITED(pinfo))
        cut_frames++;
    later_pass = PINFO_FD_VISITED(pinfo);
    if (have_tap_listener(not_judged_tap))
        queue_packet(pinfo);
}
