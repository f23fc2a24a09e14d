/* session-log.c
 * Log of remote-control sessions: which viewer controlled which agent
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Remote Control opens one connection for each function: control, data, chat and file transfer
 * (KB 826852; Q167128). Two of them have no known framing, and no public source shows a session
 * identifier on the wire. Which connections belong to one session is therefore inferred:
 *
 *  - the pair of hosts is the key: the same viewer and the same agent;
 *  - a session is known from the frame on whose content, or whose NetBIOS name, proves the
 *    protocol; what the same two hosts did on the channels' ports shortly before belongs to it;
 *  - a control connection (or a query for, or a call to a NetBIOS name <43>, Q122057) begins a new
 *    session when all TCP connections of the last one are closed; a control connection and any
 *    proof do so when nothing was seen of the last one for SESSION_LOG_SILENCE seconds. Every
 *    other connection continues the session there was.
 *
 * ConfigMgr's protocol has one connection for all it does: there a connection is a session.
 *
 * All of it is found on the first pass. A frame's session is then kept with its conversation and
 * the frame from which on it was known, so that every pass shows the same; a later pass can show
 * it in the earlier frames too. A session and a conversation have a fixed size.
 *
 * This file has sessions and pairs of hosts, session-connection.c the conversations in them,
 * session-events.c what dissectors report.
 */

#include "session-log.h"

#include "addresses.h"
#include "bounds.h"
#include "session-log-internal.h"
#include "text.h"

/* A scan of the ports fills at most one half of the pairs; proofs can have the other. */
#define MAX_PAIRS (2 * SESSION_LOG_MAX)
#define MAX_PAIRS_UNPROVEN SESSION_LOG_MAX

/* A bit for each host with a session on other ports, by its hash: a host without it has none. */
#define HOST_BITS 8192

/* Rebuilt for every capture. */
static wmem_map_t *pairs;
static wmem_map_t *viewers;
static unsigned num_sessions, num_unlisted;
static unsigned num_made; /* with those that are not proven */
static session_t *first_unproven, **end_of_unproven;
static uint8_t hosts[HOST_BITS / 8];

void
session_log_reset(void)
{
    pairs = wmem_map_new(wmem_file_scope(), addresses_pair_hash, addresses_pair_equal);
    viewers = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    num_sessions = num_unlisted = num_made = 0;
    first_unproven = NULL;
    end_of_unproven = &first_unproven;
    memset(hosts, 0, sizeof hosts);
}

void
session_log_cleanup(void)
{
    pairs = viewers = NULL;
    first_unproven = NULL;
    end_of_unproven = &first_unproven;
}

unsigned
session_log_count(unsigned *unlisted)
{
    if (unlisted != NULL)
        *unlisted = num_unlisted;
    return num_sessions;
}

bool
session_log_has_any(void)
{
    return num_made > 0;
}

void
session_log_note_host(const address *host)
{
    unsigned bit = addresses_key_hash(host) % HOST_BITS;

    hosts[bit / 8] |= (uint8_t)(1 << bit % 8);
}

static bool
has_host(const address *host)
{
    unsigned bit = addresses_key_hash(host) % HOST_BITS;

    return (hosts[bit / 8] >> bit % 8 & 1) != 0;
}

bool
session_log_is_candidate(const packet_info *pinfo)
{
    return num_made > 0 && has_host(&pinfo->src) && has_host(&pinfo->dst);
}

void
session_log_note_viewer(const address *host)
{
    address *kept;

    if (wmem_map_contains(viewers, host))
        return;
    if (bounds_full(BOUND_VIEWERS, wmem_map_size(viewers), MAX_PAIRS))
        return;
    kept = addresses_key_new(host);
    wmem_map_insert(viewers, kept, kept);
}

bool
session_log_is_viewer(const address *host)
{
    return wmem_map_contains(viewers, host);
}

/*
 * Pairs of hosts
 */

session_pair_t *
session_log_find_pair(const address *viewer, const address *agent)
{
    addresses_pair_t key = addresses_pair(viewer, agent);

    return (session_pair_t *)wmem_map_lookup(pairs, &key);
}

session_pair_t *
session_log_pair(const address *viewer, const address *agent, bool proof)
{
    unsigned limit = proof ? MAX_PAIRS : MAX_PAIRS_UNPROVEN;
    addresses_pair_t key = addresses_pair(viewer, agent);
    session_pair_t *pair = (session_pair_t *)wmem_map_lookup(pairs, &key);

    if (pair != NULL)
        return pair;
    if (bounds_full(proof ? BOUND_PAIRS : BOUND_UNPROVEN_PAIRS, wmem_map_size(pairs), limit))
        return NULL;
    pair = wmem_new0(wmem_file_scope(), session_pair_t);
    pair->hosts = addresses_pair_copy(&key);
    wmem_map_insert(pairs, &pair->hosts, pair);
    return pair;
}

/* True where the first is known to have controlled the second. */
static bool
has_session(const address *viewer, const address *agent)
{
    const session_pair_t *pair = session_log_find_pair(viewer, agent);

    return pair != NULL && pair->current != NULL && pair->current->kind == SESSION_SMS &&
           session_log_is_proven(pair->current);
}

const address *
session_log_find_viewer(const address *one, const address *other)
{
    bool forward = has_session(one, other), back = has_session(other, one);

    if (forward == back)
        return NULL;
    return forward ? one : other;
}

/*
 * Sessions
 */

nstime_t
session_log_time(const packet_info *pinfo)
{
    nstime_t none;

    if (pinfo->fd->has_ts)
        return pinfo->abs_ts;
    nstime_set_unset(&none);
    return none;
}

bool
session_log_is_silent(const nstime_t *last, const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    /* A capture's time may be any 64 bits, so the difference is taken of unsigned numbers. */
    return !nstime_is_unset(&now) && !nstime_is_unset(last) && now.secs > last->secs &&
           (uint64_t)now.secs - (uint64_t)last->secs > SESSION_LOG_SILENCE;
}

bool
session_log_is_over(const session_t *session, const packet_info *pinfo)
{
    return (session->ended > 0 && session->open == 0) ||
           session_log_is_silent(&session->last_time, pinfo);
}

/* Includes the time of a frame. The first one included is the begin as well. */
static void
include_time(session_t *session, const nstime_t *when)
{
    if (nstime_is_unset(when))
        return;
    if (nstime_is_unset(&session->begin_time))
        session->begin_time = session->end_time = session->last_time = *when;
    else if (nstime_cmp(when, &session->end_time) > 0)
        session->end_time = *when;
}

void
session_log_include_begin(session_t *session, uint32_t frame, const nstime_t *when)
{
    include_time(session, when);
    if (frame < session->begin_frame) {
        session->begin_frame = frame;
        if (!nstime_is_unset(when))
            session->begin_time = *when;
    }
}

void
session_log_note_first_frame(session_t *session, const packet_info *pinfo)
{
    if (session->known_frame == pinfo->num)
        session->first_frame = session->begin_frame;
}

void
session_log_include_end(session_t *session, uint32_t frame, const nstime_t *when)
{
    include_time(session, when);
    if (frame > session->end_frame) {
        session->end_frame = frame;
        if (!nstime_is_unset(when))
            session->last_time = *when;
    }
}

void
session_log_use_transport(session_t *session, session_transport_e transport, bool legacy_port)
{
    if (legacy_port)
        session->legacy_transports |= (uint8_t)(1 << transport);
    else
        session->transports |= (uint8_t)(1 << transport);
}

void
session_log_use_channel(session_t *session, channel_e channel)
{
    session->channels |= (uint8_t)(1 << channel);
}

void
session_log_count_call(session_t *session, channel_e channel, bool gone)
{
    if (gone)
        session->calls[channel]--;
    else
        session->calls[channel]++;
    if (session->calls[channel] == 0 && session->bytes[channel][0] == 0 &&
        session->bytes[channel][1] == 0)
        session->channels &= (uint8_t)~(1 << channel);
    else
        session_log_use_channel(session, channel);
}

void
session_log_remove_bytes(session_t *session, channel_e channel, const uint64_t bytes[2])
{
    for (unsigned side = 0; side < 2; side++)
        session->bytes[channel][side] -= MIN(bytes[side], session->bytes[channel][side]);
}

void
session_log_add_bytes(session_t *session, channel_e channel, bool from_agent, uint64_t length)
{
    if (length == 0)
        return;
    session->bytes[channel][from_agent] += length;
    session_log_use_channel(session, channel);
    if (from_agent) {
        session->answered = true;
        session->account_sent = false;
    }
}

void
session_log_count_end(session_t *session, bool by_reset)
{
    session->ended++;
    session->last_reset = by_reset;
}

/*
 * A viewer's content alone proves nothing: any scanner sends it. It is a session where the agent's
 * own content follows, or where nothing has answered.
 */
static void
add_unproven(session_t *session)
{
    *end_of_unproven = session;
    end_of_unproven = &session->next_unproven;
}

bool
session_log_is_proven(const session_t *session)
{
    return session->number != 0 && !session->is_void;
}

void
session_log_prove(session_t *session, const packet_info *pinfo)
{
    if (session->known_frame != UINT32_MAX)
        return;
    session->is_void = false;
    if (session->number == 0)
        session->number = ++num_sessions;
    session->known_frame = pinfo->num;
    session->first_frame = session->begin_frame;
}

void
session_log_end_waiting(session_t *session, bool is_foreign)
{
    if (session->waiting > 0)
        session->waiting--;
    if (is_foreign && session->waiting == 0 && session->known_frame == UINT32_MAX)
        session->is_void = true;
}

void
session_log_settle(void)
{
    for (session_t *one = first_unproven; one != NULL; one = one->next_unproven) {
        if (one->number != 0)
            continue;
        one->is_void = one->is_void || one->waiting == 0;
        if (one->is_void)
            continue;
        one->number = ++num_sessions;
        one->first_frame = one->begin_frame;
    }
    first_unproven = NULL;
    end_of_unproven = &first_unproven;
}

session_t *
session_log_new(const session_event_t *event, const packet_info *pinfo)
{
    session_t *session;

    if (bounds_full(BOUND_SESSIONS, num_made, SESSION_LOG_MAX))
        return NULL;
    session = wmem_new0(wmem_file_scope(), session_t);
    num_made++;
    /* Neither a viewer's content nor a connection to the port of control is an agent. */
    if (event->by_viewer || !event->proof)
        add_unproven(session);
    else
        session->number = ++num_sessions;
    session->kind = event->kind;
    session->known_frame = session->number == 0 ? UINT32_MAX : pinfo->num;
    session->first_frame = pinfo->num;
    session->begin_frame = session->end_frame = pinfo->num;
    session->begin_time = session->end_time = session->last_time = session_log_time(pinfo);
    copy_address_wmem(wmem_file_scope(), &session->viewer, event->viewer);
    session_log_note_viewer(event->viewer);
    if (event->agent != NULL)
        copy_address_wmem(wmem_file_scope(), &session->agent, event->agent);
    return session;
}

bool
session_log_is_full(void)
{
    return num_made >= SESSION_LOG_MAX;
}

/* Without a pair to remember it, the number is that of "one or more". */
void
session_log_count_unlisted(session_pair_t *pair)
{
    if (pair == NULL) {
        num_unlisted = MAX(num_unlisted, 1);
    } else if (!pair->unlisted) {
        pair->unlisted = true;
        num_unlisted++;
    }
}

session_t *
session_log_begin_unresolved(const address *viewer, const packet_info *pinfo)
{
    session_event_t event = {
        .kind = SESSION_SMS,
        .viewer = viewer,
        .transport = SESSION_TRANSPORT_NETBIOS,
        .proof = true,
        .starts_session = true,
    };
    session_t *session = session_log_new(&event, pinfo);

    if (session == NULL)
        session_log_count_unlisted(NULL);
    return session;
}

static void
set_text(char *kept, const char *text)
{
    if (!text_keep(kept, SESSION_NAME_SIZE, text))
        bounds_exceed(BOUND_NAME_BYTES, SESSION_NAME_SIZE - 1);
}

bool
session_log_set_name(session_t *session, session_name_e which, const char *name)
{
    set_text(session->names[which], name);
    session->has_name[which] = true;
    return which == SESSION_NAME_HOST && *name != '\0';
}

void
session_log_set_reply(session_t *session, session_reply_e reply, const char *reason)
{
    session->reply = reply;
    session->answered = true;
    session->account_refused = reply == SESSION_REPLY_REFUSED && session->account_sent;
    session->account_sent = false;
    session->refused_if_closed = NULL;
    set_text(session->reason, reason);
}
