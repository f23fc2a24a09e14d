/* session-log.c
 * The remote-control sessions of a capture, each across all of its channels
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Remote Control opens a connection of its own for each function: control, data, chat and file
 * transfer (KB 826852; Q167128). Two of them have no known framing, so what joins them is that
 * the same viewer has a proven session with the same agent. No public source shows a session
 * identifier on the wire: the pair of hosts is the key, and all of their connections in a
 * capture count as one session.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "session-log.h"

#include <epan/wmem_scopes.h>

#include "address-key.h"

/* Rebuilt for every capture. */
static wmem_map_t *sessions;

static unsigned
session_hash(const void *key)
{
    const session_t *session = (const session_t *)key;

    return address_key_hash(&session->viewer) ^ 31 * address_key_hash(&session->agent);
}

static gboolean
session_equal(const void *a, const void *b)
{
    const session_t *one = (const session_t *)a;
    const session_t *other = (const session_t *)b;

    return addresses_equal(&one->viewer, &other->viewer) &&
           addresses_equal(&one->agent, &other->agent);
}

void
session_log_reset(void)
{
    sessions = wmem_map_new(wmem_file_scope(), session_hash, session_equal);
}

void
session_log_cleanup(void)
{
    sessions = NULL;
}

const session_t *
session_log_find(const address *viewer, const address *agent, uint32_t frame)
{
    session_t key;
    const session_t *session;

    copy_address_shallow(&key.viewer, viewer);
    copy_address_shallow(&key.agent, agent);
    session = (const session_t *)wmem_map_lookup(sessions, &key);
    return session != NULL && session->first_frame <= frame ? session : NULL;
}

const session_t *
session_log_prove(const address *viewer, const address *agent, uint32_t frame)
{
    const session_t *known = session_log_find(viewer, agent, frame);
    session_t *session;

    if (known != NULL || wmem_map_size(sessions) >= SESSION_LOG_MAX)
        return known;
    session = wmem_new(wmem_file_scope(), session_t);
    session->number = wmem_map_size(sessions) + 1;
    session->first_frame = frame;
    copy_address_wmem(wmem_file_scope(), &session->viewer, viewer);
    copy_address_wmem(wmem_file_scope(), &session->agent, agent);
    wmem_map_insert(sessions, session, session);
    return session;
}
