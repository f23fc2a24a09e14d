/* session-tap.c
 * Fields, summary and tap of a session
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "session-tap.h"

#include <epan/tap.h>
#include <epan/to_str.h>

#include "message-tap.h"
#include "session-log-internal.h"

static int hf_smsrc_session = -1;
static int hf_smsrc_session_first_frame = -1;
static int hf_smsrc_viewer = -1;
static int hf_smsrc_agent = -1;

static int smsrc_tap = -1;

static const char *
outcome_of(const session_t *session)
{
    if (session->reply == SESSION_REPLY_BUSY)
        return "Busy";
    if (session->reply == SESSION_REPLY_REFUSED)
        return "Refused";
    if (session->ended > 0 && session->open == 0) {
        if (session->last_reset)
            return "Reset";
        return session->answered ? "Closed" : "Unanswered";
    }
    return session->answered ? "Answered" : "Unanswered";
}

/* The capture's clock may have been set back: the result is never negative. */
static double
seconds_between(const nstime_t *begin, const nstime_t *end)
{
    if (nstime_is_unset(begin))
        return 0;
    return (double)((uint64_t)end->secs - (uint64_t)begin->secs) +
           (end->nsecs - begin->nsecs) / 1e9;
}

void
session_tap_settle(void)
{
    session_log_settle();
}

session_summary_t
session_tap_summary(const session_t *session)
{
    bool has_attack = session->attack_frame != 0;
    session_summary_t summary = {
        .number = session->is_void ? 0 : session->number,
        .protocol = session->kind == SESSION_CONFIGMGR ? "ConfigMgr remote control"
                                                       : "SMS Remote Control",
        .outcome = outcome_of(session),
        .has_attack = has_attack,
        .viewer = session->viewer,
        .agent = session->agent,
        .begin_frame = session->begin_frame,
        .end_frame = session->end_frame,
        .begin_time = session->begin_time,
        .end_time = session->end_time,
        .seconds = seconds_between(&session->begin_time, &session->end_time),
        .channels = session->channels,
        .transports = session->transports,
        .legacy_transports = session->legacy_transports,
    };

    snprintf(summary.reason, sizeof summary.reason, "%s%s%s",
             has_attack ? "CVE-2004-0728" : "",
             has_attack && *session->reason != '\0' ? "; " : "", session->reason);
    memcpy(summary.names, session->names, sizeof summary.names);
    memcpy(summary.bytes, session->bytes, sizeof summary.bytes);
    return summary;
}

/*
 * Adds the address of an end for filters. It is hidden, because the packet shows its addresses. A
 * field has one type, and an address is of IPv4 or IPv6: the field is text.
 */
static void
add_end(packet_info *pinfo, proto_tree *tree, int hf, tvbuff_t *tvb, const address *end)
{
    proto_item *item;

    if (end->type == AT_NONE || !proto_field_is_referenced(tree, hf))
        return;
    item = proto_tree_add_string(tree, hf, tvb, 0, 0, address_to_str(pinfo->pool, end));
    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

void
session_tap_add_session(packet_info *pinfo, proto_tree *tree, tvbuff_t *tvb,
                        const session_t *session)
{
    proto_item_set_generated(
        proto_tree_add_uint(tree, hf_smsrc_session, tvb, 0, 0, session->number));
    proto_item_set_generated(proto_tree_add_uint(tree, hf_smsrc_session_first_frame, tvb, 0, 0,
                                                 session->first_frame));
    add_end(pinfo, tree, hf_smsrc_viewer, tvb, &session->viewer);
    add_end(pinfo, tree, hf_smsrc_agent, tvb, &session->agent);
}

void
session_tap_queue(packet_info *pinfo, const session_t *session)
{
    smsrc_tap_t *tap;

    message_tap_end_wait();
    if (!have_tap_listener(smsrc_tap))
        return;
    tap = wmem_new(pinfo->pool, smsrc_tap_t);
    tap->session = session;
    tap_queue_packet(smsrc_tap, pinfo, tap);
}

void
session_tap_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_session,
          { "Session", "smsrc.session", FT_UINT32, BASE_DEC, NULL, 0x0,
            "Number of the session of this viewer and this agent, across all channels", HFILL } },
        { &hf_smsrc_session_first_frame,
          { "First frame of the session", "smsrc.session.first_frame", FT_FRAMENUM, BASE_NONE,
            NULL, 0x0, "The first frame of the session", HFILL } },
        { &hf_smsrc_viewer,
          { "Viewer", "smsrc.viewer", FT_STRING, BASE_NONE, NULL, 0x0,
            "Address of the session's viewer, in each of its frames: hidden in trees, for filters "
            "as smsrc.viewer == 10.0.0.1", HFILL } },
        { &hf_smsrc_agent,
          { "Agent", "smsrc.agent", FT_STRING, BASE_NONE, NULL, 0x0,
            "Address of the session's agent, in each of its frames: hidden in trees, for filters",
            HFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
    smsrc_tap = register_tap("smsrc");
}
