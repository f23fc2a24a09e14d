/* session-log.c
 * Who controlled which machine: the remote-control sessions of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Remote Control opens a connection of its own for each function: control, data, chat and file
 * transfer (KB 826852; Q167128). Two of them have no known framing, and no public source shows a
 * session identifier on the wire. What joins them is inferred [I]:
 *
 *  - the pair of hosts is the key: the same viewer and the same agent;
 *  - a session is known from the frame on whose content, or whose NetBIOS name, proves the
 *    protocol; what the same two hosts did on the channels' ports shortly before belongs to it;
 *  - a control connection (or a question for, or a call to a NetBIOS name <43>, Q122057) begins a
 *    new session when all TCP connections of the one before are closed; so it does, and so does
 *    any proof, when nothing was seen of the one before for SESSION_LOG_SILENCE seconds. Every
 *    other connection goes on with the session there was.
 *
 * ConfigMgr's protocol has one connection for all it does: there a connection is a session.
 *
 * All of it is found out on the first pass. A frame's session is then kept with its conversation
 * and the frame from which on it was known, so that every pass says the same; a later pass can
 * say it of the earlier frames too. Memory: a session and a conversation have a fixed size.
 */

#include "session-log.h"

#include <epan/proto_data.h>

#include "addresses.h"
#include "bounds.h"
#include "conversation-cache.h"
#include "session-log-internal.h"
#include "tcp-state.h"
#include "text.h"

struct session_pair {
    addresses_pair_t hosts; /* viewer, agent */
    session_t *current;
    session_connection_t *waiting;
    bool unlisted;
    bool tried_newer;
};

/* A scan of the ports fills at most one half of the pairs, proofs can have the other. */
#define MAX_PAIRS (2 * SESSION_LOG_MAX)
#define MAX_PAIRS_UNPROVEN SESSION_LOG_MAX

/* A bit for each host with a session on other ports, by its hash: who is not there has none. */
#define HOST_BITS 8192

static int proto_smsrc_connection = -1;

static const session_observer_t *observer;

/* Rebuilt for every capture. */
static wmem_map_t *pairs;
static wmem_map_t *viewers;
static unsigned num_sessions, num_unlisted;
static uint8_t hosts[HOST_BITS / 8];

void
session_log_set_observer(const session_observer_t *one)
{
    observer = one;
}

void
session_log_init(int proto)
{
    proto_smsrc_connection = proto;
}

void
session_log_reset(void)
{
    pairs = wmem_map_new(wmem_file_scope(), addresses_pair_hash, addresses_pair_equal);
    viewers = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    num_sessions = num_unlisted = 0;
    memset(hosts, 0, sizeof hosts);
}

void
session_log_cleanup(void)
{
    pairs = viewers = NULL;
}

unsigned
session_log_count(unsigned *unlisted)
{
    if (unlisted != NULL)
        *unlisted = num_unlisted;
    return num_sessions;
}

static void
note_host(const address *host)
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
    return num_sessions > 0 && has_host(&pinfo->src) && has_host(&pinfo->dst);
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
 * Conversations
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

/* When its first frame was, by what Wireshark's own dissectors remember. */
static void
begin_connection(session_connection_t *connection, conversation_t *conversation,
                 const packet_info *pinfo)
{
    const nstime_t *first = pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP
                                ? tcp_state_first_time(conversation)
                                : NULL;

    connection->first_frame = connection->last_frame = pinfo->num;
    connection->first_time = connection->last_time = session_log_time(pinfo);
    if (first != NULL && conversation->setup_frame < pinfo->num) {
        connection->first_frame = conversation->setup_frame;
        /* They remember a frame without a time as one of 1970. */
        if (nstime_is_zero(first))
            nstime_set_unset(&connection->first_time);
        else
            connection->first_time = *first;
    }
}

session_connection_t *
session_log_connection(conversation_t *conversation, const packet_info *pinfo, bool create)
{
    session_connection_t *connection = (session_connection_t *)conversation_get_proto_data(
        conversation, proto_smsrc_connection);

    if (connection == NULL && create) {
        connection = wmem_new0(wmem_file_scope(), session_connection_t);
        begin_connection(connection, conversation, pinfo);
        conversation_add_proto_data(conversation, proto_smsrc_connection, connection);
    }
    return connection;
}

conversation_t *
session_log_conversation(packet_info *pinfo)
{
    return pinfo->ptype == PT_IPX ? find_conversation_pinfo(pinfo, 0)
                                  : conversation_cache_find(pinfo);
}

session_connection_t *
session_log_connection_of_packet(packet_info *pinfo)
{
    conversation_t *conversation = session_log_conversation(pinfo);

    return conversation != NULL ? session_log_connection(conversation, pinfo, false) : NULL;
}

session_t *
session_log_at(const session_connection_t *connection, uint32_t frame, bool early)
{
    session_t *later = connection->later != NULL
                           ? (session_t *)wmem_tree_lookup32_le(connection->later, frame)
                           : NULL;

    if (later != NULL)
        return later;
    return early || connection->since <= frame ? connection->session : NULL;
}

/*
 * Sessions
 */

bool
session_log_is_silent(const nstime_t *last, const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    /* Any 64 bits may be a capture's time: their difference is that of unsigned numbers. */
    return !nstime_is_unset(&now) && !nstime_is_unset(last) && now.secs > last->secs &&
           (uint64_t)now.secs - (uint64_t)last->secs > SESSION_LOG_SILENCE;
}

bool
session_log_is_over(const session_t *session, const packet_info *pinfo)
{
    return (session->ended > 0 && session->open == 0) ||
           session_log_is_silent(&session->last_time, pinfo);
}

/* The time of one of its frames: where none before had one, it begins with this. */
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

static void
include_end(session_t *session, uint32_t frame, const nstime_t *when)
{
    include_time(session, when);
    if (frame > session->end_frame) {
        session->end_frame = frame;
        if (!nstime_is_unset(when))
            session->last_time = *when;
    }
}

void
session_log_use_carrier(session_t *session, session_transport_e carrier, bool older)
{
    if (older)
        session->old_carriers |= (uint8_t)(1 << carrier);
    else
        session->carriers |= (uint8_t)(1 << carrier);
}

static void
count_bytes(session_t *session, channel_e channel, bool from_agent, uint64_t length)
{
    if (length == 0)
        return;
    session->bytes[channel][from_agent] += length;
    session->channels |= (uint8_t)(1 << channel);
    if (from_agent) {
        session->answered = true;
        session->account_sent = false;
    }
}

static void
count_end(session_t *session, bool by_reset)
{
    session->ended++;
    session->last_reset = by_reset;
}

static void
enter(session_connection_t *connection, session_t *session, uint32_t frame)
{
    if (connection->newest == session)
        return;
    if (connection->newest != NULL && connection->is_open)
        connection->newest->open--;
    if (connection->session == NULL) {
        connection->session = session;
        connection->since = frame;
        session_log_include_begin(session, connection->first_frame, &connection->first_time);
        include_end(session, connection->last_frame, &connection->last_time);
        for (unsigned side = 0; side < 2; side++)
            count_bytes(session, connection->channel, side == 1, connection->bytes[side]);
        if (connection->has_ended && !connection->has_failed)
            count_end(session, connection->was_reset);
    } else {
        if (connection->later == NULL)
            connection->later = wmem_tree_new(wmem_file_scope());
        wmem_tree_insert32(connection->later, frame, session);
    }
    connection->newest = session;
    if (connection->is_open) {
        session->open++;
        session->channels |= (uint8_t)(1 << connection->channel);
    }
    session_log_use_carrier(session, connection->carrier, connection->older);
}

static session_t *
new_session(const session_event_t *offer, const packet_info *pinfo)
{
    session_t *session;

    if (bounds_full(BOUND_SESSIONS, num_sessions, SESSION_LOG_MAX))
        return NULL;
    session = wmem_new0(wmem_file_scope(), session_t);
    session->number = ++num_sessions;
    session->kind = offer->kind;
    session->known_frame = session->first_frame = pinfo->num;
    session->begin_frame = session->end_frame = pinfo->num;
    session->begin_time = session->end_time = session->last_time = session_log_time(pinfo);
    copy_address_wmem(wmem_file_scope(), &session->viewer, offer->viewer);
    session_log_note_viewer(offer->viewer);
    if (offer->agent != NULL) {
        copy_address_wmem(wmem_file_scope(), &session->agent, offer->agent);
        observer->agent_known(session, pinfo);
    }
    return session;
}

/* Where nobody remembers which ones: "one or more". */
static void
count_unlisted(void)
{
    if (num_unlisted == 0)
        num_unlisted = 1;
}

static session_pair_t *
pair_of(const address *viewer, const address *agent, bool proof)
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

static void
wait_for_session(session_pair_t *pair, session_connection_t *connection)
{
    if (connection->waits || connection->session != NULL)
        return;
    connection->waits = true;
    connection->next_waiting = pair->waiting;
    pair->waiting = connection;
}

/* Who is who. Until now the bytes were kept by the order of the addresses. */
static void
set_ends(session_connection_t *connection, const session_pair_t *pair)
{
    uint64_t from_lower = connection->bytes[0];

    if (connection->viewer != NULL)
        return;
    connection->viewer = &pair->hosts.first;
    connection->agent = &pair->hosts.second;
    if (cmp_address(connection->viewer, connection->agent) > 0) {
        connection->bytes[0] = connection->bytes[1];
        connection->bytes[1] = from_lower;
    }
}

static void
adopt(session_connection_t *connection, const session_pair_t *pair, session_t *session,
      const packet_info *pinfo)
{
    connection->waits = false;
    if (connection->session != NULL || session_log_is_silent(&connection->last_time, pinfo))
        return;
    set_ends(connection, pair);
    enter(connection, session, pinfo->num);
}

/* Those that wait for the two hosts the other way round, and may be either's. */
static void
adopt_undirected(const session_pair_t *pair, session_t *session, const packet_info *pinfo)
{
    addresses_pair_t key = addresses_pair(&pair->hosts.second, &pair->hosts.first);
    session_pair_t *other = (session_pair_t *)wmem_map_lookup(pairs, &key);

    if (other == NULL)
        return;
    for (session_connection_t **at = &other->waiting; *at != NULL;) {
        session_connection_t *one = *at;

        if (one->viewer != NULL) {
            at = &one->next_waiting;
            continue;
        }
        *at = one->next_waiting;
        adopt(one, pair, session, pinfo);
    }
}

/* What the two hosts did on the ports of Remote Tools shortly before the proof. */
static void
adopt_waiting(session_pair_t *pair, session_t *session, const packet_info *pinfo)
{
    for (session_connection_t *one = pair->waiting; one != NULL; one = one->next_waiting)
        adopt(one, pair, session, pinfo);
    pair->waiting = NULL;
    adopt_undirected(pair, session, pinfo);
    session_log_note_first_frame(session, pinfo);
}

void
session_log_wait(session_connection_t *connection, const session_event_t *offer)
{
    session_pair_t *pair;

    if (connection->waits || connection->viewer != NULL || connection->session != NULL)
        return;
    pair = pair_of(offer->viewer, offer->agent, false);
    if (pair == NULL)
        return;
    connection->channel = offer->channel;
    connection->carrier = offer->carrier;
    connection->older = offer->older;
    connection->server_port = offer->server_port;
    wait_for_session(pair, connection);
}

/* True where the first is known to have controlled the second. */
static bool
has_session(const address *viewer, const address *agent)
{
    addresses_pair_t key = addresses_pair(viewer, agent);
    const session_pair_t *pair = (const session_pair_t *)wmem_map_lookup(pairs, &key);

    return pair != NULL && pair->current != NULL && pair->current->kind == SESSION_SMS;
}

const address *
session_log_viewer_of(const address *one, const address *other)
{
    bool forward = has_session(one, other), back = has_session(other, one);

    if (forward == back)
        return NULL;
    return forward ? one : other;
}

/* The session of the pair that the offer belongs to; a new one where it begins one. */
static session_t *
find_session(session_pair_t *pair, const session_event_t *offer, const packet_info *pinfo)
{
    session_t *current = pair->current;
    bool known = current != NULL && current->kind == offer->kind;

    if (known && offer->kind == SESSION_SMS &&
        !(offer->opens && session_log_is_over(current, pinfo)) &&
        !(offer->proof && session_log_is_silent(&current->last_time, pinfo)))
        return current;
    if (!offer->proof && !(known && offer->kind == SESSION_SMS))
        return NULL;
    current = new_session(offer, pinfo);
    if (current != NULL) {
        pair->current = current;
    } else if (!pair->unlisted) {
        pair->unlisted = true;
        num_unlisted++;
    }
    return current;
}

session_t *
session_log_begin_unresolved(const address *viewer, const packet_info *pinfo)
{
    session_event_t offer = {
        .kind = SESSION_SMS,
        .viewer = viewer,
        .carrier = SESSION_TRANSPORT_NETBIOS,
        .proof = true,
        .opens = true,
    };
    session_t *session = new_session(&offer, pinfo);

    if (session == NULL)
        count_unlisted();
    return session;
}

session_pair_t *
session_log_pair(const address *viewer, const address *agent)
{
    return pair_of(viewer, agent, true);
}

bool
session_log_resolve(session_t *session, session_pair_t *pair, const packet_info *pinfo)
{
    if (session->agent.type != AT_NONE ||
        (pair->current != NULL && !session_log_is_over(pair->current, pinfo)))
        return false;
    copy_address_wmem(wmem_file_scope(), &session->agent, &pair->hosts.second);
    session->reason[0] = '\0';
    pair->current = session;
    adopt_waiting(pair, session, pinfo);
    return true;
}

/* Who is who, by the addresses that the conversation keeps. */
static void
note_ends(session_connection_t *connection, const session_event_t *offer, session_pair_t *pair)
{
    if (!offer->older &&
        (offer->carrier == SESSION_TRANSPORT_TCP || offer->carrier == SESSION_TRANSPORT_UDP))
        pair->tried_newer = true;
    if (connection->viewer == NULL)
        connection->server_port = offer->server_port;
    set_ends(connection, pair);
    if (connection->session == NULL) {
        connection->carrier = offer->carrier;
        connection->older = offer->older;
    }
    if (connection->channel == CHANNEL_UNKNOWN || offer->kind == SESSION_CONFIGMGR)
        connection->channel = offer->channel;
}

bool
session_log_tried_newer(const session_connection_t *connection)
{
    const session_pair_t *pair = connection->viewer != NULL
                                     ? pair_of(connection->viewer, connection->agent, false)
                                     : NULL;

    return pair != NULL && pair->tried_newer;
}

session_t *
session_log_report(session_connection_t *connection, const packet_info *pinfo,
                  const session_event_t *offer)
{
    session_t *session = connection->newest;
    session_pair_t *pair;

    if (PINFO_FD_VISITED(pinfo))
        return session_log_at(connection, pinfo->num, false);
    if (session != NULL && (session->kind == offer->kind || !offer->proof) &&
        (session->kind == SESSION_CONFIGMGR || connection->carrier == SESSION_TRANSPORT_TCP ||
         connection->named || !offer->opens || !session_log_is_silent(&session->last_time, pinfo)))
        return session;
    pair = pair_of(offer->viewer, offer->agent, offer->proof);
    if (pair == NULL) {
        if (offer->proof)
            count_unlisted();
        return session;
    }
    note_ends(connection, offer, pair);
    session = find_session(pair, offer, pinfo);
    if (session == NULL) {
        wait_for_session(pair, connection);
        return connection->newest;
    }
    enter(connection, session, pinfo->num);
    if (offer->moved) {
        note_host(offer->viewer);
        note_host(offer->agent);
    }
    if (offer->kind == SESSION_SMS)
        adopt_waiting(pair, session, pinfo);
    else
        session_log_note_first_frame(session, pinfo);
    return session;
}

session_t *
session_log_report_packet(const packet_info *pinfo, const session_event_t *offer)
{
    session_pair_t *pair = pair_of(offer->viewer, offer->agent, true);
    session_t *session = pair != NULL ? find_session(pair, offer, pinfo) : NULL;

    if (pair == NULL)
        count_unlisted();
    if (session == NULL)
        return NULL;
    session_log_use_carrier(session, offer->carrier, offer->older);
    adopt_waiting(pair, session, pinfo);
    return session;
}

void
session_log_note_frame(session_connection_t *connection, session_t *session,
                       const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    if (connection != NULL) {
        connection->last_frame = pinfo->num;
        if (!nstime_is_unset(&now))
            connection->last_time = now;
    }
    if (session != NULL)
        include_end(session, pinfo->num, &now);
}

void
session_log_bytes(session_connection_t *connection, bool from_agent, unsigned length)
{
    if (connection->newest != NULL)
        count_bytes(connection->newest, connection->channel, from_agent, length);
    else
        connection->bytes[from_agent] += length;
}

void
session_log_undirected_bytes(session_connection_t *connection, const packet_info *pinfo,
                             unsigned length)
{
    connection->bytes[cmp_address(&pinfo->src, &pinfo->dst) > 0] += length;
}

void
session_log_packet_bytes(session_t *session, channel_e channel, bool from_agent, unsigned length)
{
    count_bytes(session, channel, from_agent, length);
}

void
session_log_established(session_connection_t *connection)
{
    if (connection->is_open || connection->has_ended)
        return;
    connection->is_open = true;
    if (connection->newest != NULL) {
        connection->newest->open++;
        connection->newest->channels |= (uint8_t)(1 << connection->channel);
    }
}

void
session_log_ended(session_connection_t *connection, bool by_reset)
{
    if (connection->has_ended)
        return;
    connection->has_ended = true;
    connection->has_failed = !connection->is_open;
    connection->was_reset = by_reset;
    if (connection->newest != NULL && connection->is_open) {
        session_t *session = connection->newest;

        session->open--;
        count_end(session, by_reset);
        if (session->refused_if_closed != NULL)
            session_log_set_reply(session, SESSION_REPLY_REFUSED, session->refused_if_closed);
    }
    connection->is_open = false;
}

/*
 * What dissectors tell
 */

static void
keep_text(char *kept, const char *text)
{
    if (!text_keep(kept, SESSION_NAME_SIZE, text))
        bounds_exceed(BOUND_NAME_BYTES, SESSION_NAME_SIZE - 1);
}

void
session_log_set_name(session_t *session, session_name_e which, const char *name,
                     const packet_info *pinfo)
{
    keep_text(session->names[which], name);
    session->has_name[which] = true;
    if (which == SESSION_NAME_HOST && *name != '\0')
        observer->host_known(session, pinfo);
}

void
session_log_set_reply(session_t *session, session_reply_e word, const char *reason)
{
    session->word = word;
    session->answered = true;
    session->account_refused = word == SESSION_REPLY_REFUSED && session->account_sent;
    session->account_sent = false;
    session->refused_if_closed = NULL;
    keep_text(session->reason, reason);
}

void
session_log_set_shown(packet_info *pinfo, direction_e direction, bool has_session)
{
    session_shown_t *shown = wmem_new(pinfo->pool, session_shown_t);

    shown->direction = direction;
    shown->has_session = has_session;
    p_remove_proto_data(pinfo->pool, pinfo, proto_smsrc_connection, 0);
    p_add_proto_data(pinfo->pool, pinfo, proto_smsrc_connection, 0, shown);
}

const session_shown_t *
session_log_shown(packet_info *pinfo)
{
    return (const session_shown_t *)p_get_proto_data(pinfo->pool, pinfo, proto_smsrc_connection, 0);
}

session_t *
session_log_of_packet(packet_info *pinfo)
{
    session_t *session = (session_t *)p_get_proto_data(wmem_file_scope(), pinfo,
                                                       proto_smsrc_connection, 0);
    const session_connection_t *connection;

    if (num_sessions == 0 || session != NULL)
        return session;
    connection = session_log_connection_of_packet(pinfo);
    return connection != NULL ? session_log_at(connection, pinfo->num, false) : NULL;
}

void
session_log_set_packet(packet_info *pinfo, session_t *session)
{
    if (p_get_proto_data(wmem_file_scope(), pinfo, proto_smsrc_connection, 0) == NULL)
        p_add_proto_data(wmem_file_scope(), pinfo, proto_smsrc_connection, 0, (void *)session);
}

void
session_log_name(packet_info *pinfo, session_name_e which, const char *name)
{
    session_t *session = PINFO_FD_VISITED(pinfo) ? NULL : session_log_of_packet(pinfo);

    if (session != NULL)
        session_log_set_name(session, which, name, pinfo);
}

void
session_log_reply(packet_info *pinfo, session_reply_e word, const char *reason)
{
    session_t *session = PINFO_FD_VISITED(pinfo) ? NULL : session_log_of_packet(pinfo);

    if (session != NULL)
        session_log_set_reply(session, word, reason);
}

void
session_log_attack(packet_info *pinfo)
{
    session_t *session = PINFO_FD_VISITED(pinfo) ? NULL : session_log_of_packet(pinfo);

    if (session != NULL && session->attack_frame == 0)
        session->attack_frame = pinfo->num;
}

void
session_log_refused_if_closed(packet_info *pinfo, const char *reason)
{
    session_t *session = PINFO_FD_VISITED(pinfo) ? NULL : session_log_of_packet(pinfo);

    if (session != NULL && session->word == SESSION_REPLY_NONE)
        session->refused_if_closed = reason;
}

void
session_log_account(packet_info *pinfo, const char *domain, const char *account,
                    const char *viewer)
{
    session_t *session = PINFO_FD_VISITED(pinfo) ? NULL : session_log_of_packet(pinfo);

    if (session == NULL)
        return;
    session_log_set_name(session, SESSION_NAME_DOMAIN, domain, pinfo);
    session_log_set_name(session, SESSION_NAME_ACCOUNT, account, pinfo);
    if (*viewer != '\0')
        session_log_set_name(session, SESSION_NAME_VIEWER, viewer, pinfo);
    session->account_sent = true;
}
