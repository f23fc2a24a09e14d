/* name-lookup.c
 * NetBIOS name queries of Remote Tools, and the sessions that they lead to
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A viewer queries for an agent's name <43> before it calls the agent over NetBIOS (Q122057); the
 * agent has registered the name before. Neither packet has to go from one host of the session to
 * the other, so the session that they belong to is inferred: by the host that queried and by the
 * name, as long as neither is silent for SESSION_LOG_SILENCE seconds.
 *
 * A name that is not resolved makes a session too, of an agent of which nothing else is known. If
 * an answer comes later, that session continues.
 */

#include "name-lookup.h"

#include "addresses.h"
#include "bounds.h"
#include "session-log-internal.h"

/* A NetBIOS name has 15 characters at most. */
#define LOOKUP_NAME_SIZE 16

struct name_lookup {
    address viewer;
    char name[LOOKUP_NAME_SIZE];
    session_t *session;
    uint32_t first_frame;
    nstime_t first_time, last_time;
    bool answered;
    packet_copies_t copies; /* of the queries */
};

#define MAX_LOOKUPS 65536

/* An agent's registrations are kept as a lookup by the agent for the empty name. */
#define REGISTRATION ""

/* Rebuilt for every capture. */
static wmem_map_t *lookups;

static unsigned
lookup_hash(const void *key)
{
    const name_lookup_t *lookup = (const name_lookup_t *)key;

    return addresses_key_hash(&lookup->viewer) ^ 31 * wmem_str_hash(lookup->name);
}

static gboolean
lookup_equal(const void *a, const void *b)
{
    const name_lookup_t *one = (const name_lookup_t *)a, *other = (const name_lookup_t *)b;

    return strcmp(one->name, other->name) == 0 && addresses_equal(&one->viewer, &other->viewer);
}

static name_lookup_t *
find_lookup(const address *viewer, const char *name)
{
    name_lookup_t key;

    copy_address_shallow(&key.viewer, viewer);
    (void)g_strlcpy(key.name, name, sizeof key.name);
    return (name_lookup_t *)wmem_map_lookup(lookups, &key);
}

static name_lookup_t *
new_lookup(const address *viewer, const char *name, const packet_info *pinfo)
{
    name_lookup_t *lookup = find_lookup(viewer, name);

    if (lookup == NULL && bounds_full(BOUND_LOOKUPS, wmem_map_size(lookups), MAX_LOOKUPS))
        return NULL;
    lookup = wmem_new0(wmem_file_scope(), name_lookup_t);
    copy_address_wmem(wmem_file_scope(), &lookup->viewer, viewer);
    (void)g_strlcpy(lookup->name, name, sizeof lookup->name);
    lookup->first_frame = pinfo->num;
    lookup->first_time = lookup->last_time = session_log_time(pinfo);
    wmem_map_insert(lookups, lookup, lookup);
    return lookup;
}

/* Records that the name was in this packet too. */
static void
add_packet(name_lookup_t *lookup, const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    if (!nstime_is_unset(&now))
        lookup->last_time = now;
}

/* Joins the first session that the lookup leads to, with its transport if the name was queried. */
static void
join(name_lookup_t *lookup, session_t *session, bool queried)
{
    if (lookup->session != NULL)
        return;
    lookup->session = session;
    session_log_include_begin(session, lookup->first_frame, &lookup->first_time);
    if (queried)
        session_log_use_transport(session, SESSION_TRANSPORT_NETBIOS, false);
}

static void
set_host_name(session_t *session, const char *name, const packet_info *pinfo)
{
    if (session_log_set_name(session, SESSION_NAME_HOST, name))
        name_lookup_host_known(session, pinfo);
}

/* Begins a session with an agent that is known by its name alone. */
static void
begin_unresolved(name_lookup_t *lookup, const packet_info *pinfo)
{
    session_t *session;

    if (lookup->session != NULL)
        return;
    session = session_log_begin_unresolved(&lookup->viewer, pinfo);
    if (session == NULL)
        return;
    join(lookup, session, true);
    session_log_note_first_frame(session, pinfo);
    set_host_name(session, lookup->name, pinfo);
}

static void
note_unresolved(name_lookup_t *lookup, const char *reason)
{
    if (lookup->session != NULL && lookup->session->reply == SESSION_REPLY_NONE)
        (void)g_strlcpy(lookup->session->reason, reason, sizeof lookup->session->reason);
}

/* A query that was sent again has had no response. */
static bool
is_repeated(name_lookup_t *lookup, packet_view_t *packet)
{
    return packet_copy_find(&lookup->copies, packet) != PACKET_COPY && !lookup->answered;
}

name_lookup_t *
name_lookup_query(const address *viewer, const char *name, packet_view_t *packet, bool *repeated)
{
    const packet_info *pinfo = packet->pinfo;
    name_lookup_t *lookup = find_lookup(viewer, name);

    *repeated = false;
    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo) ||
        (lookup->session != NULL && session_log_is_over(lookup->session, pinfo))) {
        lookup = new_lookup(viewer, name, pinfo);
        if (lookup != NULL) {
            (void)packet_copy_find(&lookup->copies, packet);
            session_log_note_viewer(viewer);
        }
        return lookup;
    }
    add_packet(lookup, pinfo);
    *repeated = is_repeated(lookup, packet);
    if (*repeated) {
        begin_unresolved(lookup, pinfo);
        note_unresolved(lookup, "name not resolved");
    }
    return lookup;
}

name_lookup_t *
name_lookup_not_found(const address *viewer, const char *name, const packet_info *pinfo)
{
    name_lookup_t *lookup = find_lookup(viewer, name);

    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo))
        return NULL;
    add_packet(lookup, pinfo);
    begin_unresolved(lookup, pinfo);
    note_unresolved(lookup, "name not found");
    return lookup;
}

name_lookup_t *
name_lookup_get_or_create(const address *viewer, const char *name, const packet_info *pinfo)
{
    name_lookup_t *lookup = find_lookup(viewer, name);

    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo))
        lookup = new_lookup(viewer, name, pinfo);
    return lookup;
}

void
name_lookup_set_found(name_lookup_t *lookup, const packet_info *pinfo)
{
    add_packet(lookup, pinfo);
    lookup->answered = true;
}

void
name_lookup_join(name_lookup_t *lookup, session_t *session, const packet_info *pinfo)
{
    join(lookup, session, true);
    session_log_note_first_frame(session, pinfo);
    if (!session->has_name[SESSION_NAME_HOST])
        set_host_name(session, lookup->name, pinfo);
}

name_lookup_t *
name_lookup_registered(const address *agent, const packet_info *pinfo)
{
    name_lookup_t *registration = find_lookup(agent, REGISTRATION);

    if (registration == NULL || registration->session != NULL ||
        session_log_is_silent(&registration->last_time, pinfo))
        return new_lookup(agent, REGISTRATION, pinfo);
    add_packet(registration, pinfo);
    return registration;
}

session_t *
name_lookup_session(const name_lookup_t *lookup)
{
    return lookup->session;
}

void
name_lookup_agent_known(session_t *session, const packet_info *pinfo)
{
    name_lookup_t *registration = find_lookup(&session->agent, REGISTRATION);

    if (registration == NULL || registration->session != NULL ||
        session_log_is_silent(&registration->last_time, pinfo))
        return;
    /* A registration was not queried for, so that it is not a transport of the session. */
    join(registration, session, false);
    session_log_note_first_frame(session, pinfo);
}

void
name_lookup_host_known(session_t *session, const packet_info *pinfo)
{
    char upper[LOOKUP_NAME_SIZE];
    name_lookup_t *lookup;

    (void)g_strlcpy(upper, session->names[SESSION_NAME_HOST], sizeof upper);
    for (char *at = upper; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
    lookup = find_lookup(&session->viewer, upper);
    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo) ||
        (lookup->session != NULL && lookup->session != session &&
         session_log_is_over(lookup->session, pinfo)))
        lookup = new_lookup(&session->viewer, upper, pinfo);
    /* The name was not queried for if this is its first packet. */
    if (lookup != NULL)
        join(lookup, session, lookup->first_frame != pinfo->num);
}

void
name_lookup_reset(void)
{
    lookups = wmem_map_new(wmem_file_scope(), lookup_hash, lookup_equal);
}

void
name_lookup_cleanup(void)
{
    lookups = NULL;
}
