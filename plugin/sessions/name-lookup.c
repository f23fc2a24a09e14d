/* name-lookup.c
 * The questions for NetBIOS names of Remote Tools, and the sessions that they lead to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Before it calls an agent over NetBIOS a viewer asks for its name <43> (Q122057); before that the
 * agent has made the name known. Neither need go from the one host of the session to the other, so
 * what joins them to it is inferred [I]: who asked, and for which name, as long as there are no
 * SESSION_LOG_SILENCE seconds of neither.
 *
 * A name that nobody answers to is a session too, of an agent of which nothing else is known. When
 * an answer comes after all, that session goes on.
 */

#include "name-lookup.h"

#include "addresses.h"
#include "bounds.h"
#include "session-log-internal.h"

/* A NetBIOS name, of 15 characters at most, and who asked for it. */
#define LOOKUP_NAME_SIZE 16

struct name_lookup {
    address viewer;
    char name[LOOKUP_NAME_SIZE];
    session_t *session;
    uint32_t first_frame;
    nstime_t first_time, last_time;
    bool answered;
};

#define MAX_LOOKUPS 65536

/* An agent's registrations are kept as a question of its own for no name in particular. */
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

/* The name was in this packet too. */
static void
heard(name_lookup_t *lookup, const packet_info *pinfo)
{
    nstime_t now = session_log_time(pinfo);

    if (!nstime_is_unset(&now))
        lookup->last_time = now;
}

/* It is part of the first session that it leads to; carried by it where somebody @p asked. */
static void
lead_to(name_lookup_t *lookup, session_t *session, bool asked)
{
    if (lookup->session != NULL)
        return;
    lookup->session = session;
    session_log_include_begin(session, lookup->first_frame, &lookup->first_time);
    if (asked)
        session_log_use_carrier(session, SESSION_TRANSPORT_NETBIOS, false);
}

/* An agent that is known by its name alone. */
static void
begin_unresolved(name_lookup_t *lookup, const packet_info *pinfo)
{
    session_t *session;

    if (lookup->session != NULL)
        return;
    session = session_log_begin_unresolved(&lookup->viewer, pinfo);
    if (session == NULL)
        return;
    lead_to(lookup, session, true);
    session_log_note_first_frame(session, pinfo);
    session_log_set_name(session, SESSION_NAME_HOST, lookup->name, pinfo);
}

static void
note_unresolved(name_lookup_t *lookup, const char *reason)
{
    if (lookup->session != NULL && lookup->session->word == SESSION_REPLY_NONE)
        (void)g_strlcpy(lookup->session->reason, reason, sizeof lookup->session->reason);
}

name_lookup_t *
name_lookup_query(const address *viewer, const char *name, const packet_info *pinfo,
                    bool *repeated)
{
    name_lookup_t *lookup = find_lookup(viewer, name);

    *repeated = false;
    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo) ||
        (lookup->session != NULL && session_log_is_over(lookup->session, pinfo))) {
        lookup = new_lookup(viewer, name, pinfo);
        if (lookup != NULL)
            session_log_note_viewer(viewer);
        return lookup;
    }
    heard(lookup, pinfo);
    if (!lookup->answered) {
        *repeated = true;
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
    heard(lookup, pinfo);
    begin_unresolved(lookup, pinfo);
    note_unresolved(lookup, "name not found");
    return lookup;
}

name_lookup_t *
name_lookup_found(const address *viewer, const char *name, const address *agent,
                    const packet_info *pinfo)
{
    name_lookup_t *lookup = find_lookup(viewer, name);
    session_event_t offer = {
        .kind = SESSION_SMS,
        .viewer = viewer,
        .agent = agent,
        .carrier = SESSION_TRANSPORT_NETBIOS,
        .proof = true,
        .opens = true,
    };
    session_pair_t *pair = session_log_pair(viewer, agent);
    session_t *session;

    if (lookup == NULL || session_log_is_silent(&lookup->last_time, pinfo))
        lookup = new_lookup(viewer, name, pinfo);
    if (lookup == NULL || pair == NULL)
        return lookup;
    heard(lookup, pinfo);
    lookup->answered = true;
    session = lookup->session;
    if (session != NULL && session_log_resolve(session, pair, pinfo))
        return lookup;
    session = session_log_report_packet(pinfo, &offer);
    if (session != NULL) {
        lead_to(lookup, session, true);
        session_log_note_first_frame(session, pinfo);
        if (!session->has_name[SESSION_NAME_HOST])
            session_log_set_name(session, SESSION_NAME_HOST, name, pinfo);
    }
    return lookup;
}

name_lookup_t *
name_lookup_registered(const address *agent, const packet_info *pinfo)
{
    name_lookup_t *registration = find_lookup(agent, REGISTRATION);

    if (registration == NULL || registration->session != NULL ||
        session_log_is_silent(&registration->last_time, pinfo))
        return new_lookup(agent, REGISTRATION, pinfo);
    heard(registration, pinfo);
    return registration;
}

session_t *
name_lookup_session(const name_lookup_t *lookup)
{
    return lookup->session;
}

static void
name_lookup_agent_known(session_t *session, const packet_info *pinfo)
{
    name_lookup_t *registration = find_lookup(&session->agent, REGISTRATION);

    if (registration == NULL || registration->session != NULL ||
        session_log_is_silent(&registration->last_time, pinfo))
        return;
    /* Nobody has asked for it: nothing of the session is carried by it. */
    lead_to(registration, session, false);
    session_log_note_first_frame(session, pinfo);
}

static void
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
    /* Nobody has asked for the name when it is first heard here. */
    if (lookup != NULL)
        lead_to(lookup, session, lookup->first_frame != pinfo->num);
}

void
session_names_init(void)
{
    static const session_observer_t observer = { name_lookup_agent_known,
                                                 name_lookup_host_known };

    session_log_set_observer(&observer);
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
