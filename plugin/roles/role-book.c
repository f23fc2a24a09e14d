/* role-book.c
 * The book of roles: which host holds which SMS role, from the user's table and from evidence
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The user's table gives roles to networks (network-table.c); evidence gives roles to hosts, which
 * are added to those of their network.
 *
 * The audit needs the roles of both ends of every packet. So the roles of an IPv4 or IPv6 address
 * are cached, which costs one hash lookup and, for hosts without a role, nothing else. All maps are
 * wmem_map, whose hash is salted, because addresses come from the capture.
 */

#include "role-book.h"

#include <wsutil/bits_ctz.h>
#include <wsutil/pint.h>

#include "addresses.h"
#include "bounds.h"
#include "evidence-holder.h"
#include "network-table.h"
#include "own-networks.h"
#include "resolved-roles.h"
#include "role-table.h"
#include "text.h"

#ifndef ROLE_BOOK_MAX_HOSTS
#define ROLE_BOOK_MAX_HOSTS 65536
#endif
/* Hosts that only others report get the first half at most, because forged reports are cheap. */
#define MAX_REPORTED_HOSTS (ROLE_BOOK_MAX_HOSTS / 2)
#define MAX_REASON 256 /* bytes */
#define TABLE_REASON "table smsrc_roles"

/* The state of one capture; NULL between captures. */
static network_table_t *networks; /* of evidence_holder_t, from the table */
static wmem_map_t *hosts;         /* address to evidence_holder_t, from evidence */
static role_set_t table_roles;    /* those that any line of the table gives */
static unsigned version;
static role_set_t held_roles;      /* those that any host or network holds */

static ws_bool close_roles; /* preference */

void
role_book_register(module_t *module)
{
    role_table_register(module);
    prefs_register_bool_preference(
        module, "audit.strangers", "Learn no role of the table for others",
        "Whether a role that the table of roles assigns to some hosts is not learned for other "
        "hosts. For administrator consoles this always holds.",
        &close_roles);
}

/* True if @p host is the last address of @p network, of IPv4 and with more than two addresses. */
static bool
is_last_of(const prefix_t *network, const prefix_t *host)
{
    uint32_t hosts_of_network = UINT32_MAX;

    if (network->address_length != 4 || network->prefix_length > 30)
        return false;
    hosts_of_network >>= network->prefix_length;
    return (pntohu32(host->bytes) & hosts_of_network) == hosts_of_network;
}

/*
 * The network of the table in which @p addr is, by the longest prefix; or NULL. @p broadcast is set
 * if it is the broadcast of that network.
 */
static const evidence_holder_t *
find_any_network(const address *addr, bool *broadcast)
{
    const evidence_holder_t *network;
    prefix_t prefix;

    *broadcast = false;
    if (networks == NULL || !network_table_prefix_from_address(&prefix, addr))
        return NULL;
    network = (const evidence_holder_t *)network_table_find(networks, &prefix);
    *broadcast = network != NULL && is_last_of(&network->network, &prefix);
    return network;
}

/* The network of the table that gives @p addr its roles; or NULL. */
static const evidence_holder_t *
find_network(const address *addr)
{
    bool broadcast;
    const evidence_holder_t *network = find_any_network(addr, &broadcast);

    return broadcast ? NULL : network;
}

static evidence_holder_t *
find_host(const address *addr)
{
    if (hosts == NULL || addr->len <= 0 || addr->data == NULL)
        return NULL;
    return (evidence_holder_t *)wmem_map_lookup(hosts, addr);
}

/* Takes a line of the user's table. */
static void
add_line(const prefix_t *prefix, role_e role, const char *site_code)
{
    evidence_holder_t *network = (evidence_holder_t *)network_table_get(networks, prefix);
    role_evidence_t *evidence;

    if (network == NULL) {
        network = evidence_holder_new();
        network->network = *prefix;
        network_table_insert(networks, prefix, network);
    }
    table_roles |= ROLE_BIT(role);
    held_roles |= ROLE_BIT(role);
    evidence = evidence_holder_add(network, role);
    evidence->standing = STANDING_TABLE;
    evidence->site_code = wmem_strdup(wmem_file_scope(), site_code);
    evidence->reason = TABLE_REASON;
}

void
role_book_cleanup(void)
{
    resolved_roles_clear();
    networks = NULL;
    hosts = NULL;
    held_roles = 0;
    table_roles = 0;
}

void
role_book_reset(void)
{
    role_book_cleanup();
    networks = network_table_new(wmem_file_scope());
    hosts = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    role_table_read(add_line);
    version++;
}

bool
role_book_is_empty(void)
{
    return (networks == NULL || network_table_is_empty(networks)) &&
           (hosts == NULL || wmem_map_size(hosts) == 0);
}

role_set_t
role_book_held_roles(void)
{
    return held_roles;
}

static bool
is_host(const evidence_holder_t *network)
{
    return network != NULL &&
           network->network.prefix_length == 8 * network->network.address_length;
}

/* Resolves the roles of @p addr again, and keeps them. */
static resolved_roles_t
resolve(const address *addr)
{
    const evidence_holder_t *host = find_host(addr), *network;
    resolved_roles_t roles = { 0 };
    prefix_t prefix;

    network = find_any_network(addr, &roles.is_last);
    roles.is_host = is_host(network);
    if (roles.is_last)
        network = NULL;
    roles.by_table = network != NULL ? network->roles : 0;
    roles.held = roles.by_table | (host != NULL ? host->roles : 0);
    if (roles.by_table == 0 && own_networks_are_internet(addr))
        roles.internet = ROLE_BIT(ROLE_INTERNET);
    roles.confirmed = roles.by_table | evidence_holder_roles_at(host, STANDING_PROVEN);
    if (network_table_prefix_from_address(&prefix, addr))
        resolved_roles_put(&prefix, &roles);
    return roles;
}

static resolved_roles_t
get_resolved(const address *addr)
{
    const resolved_roles_t *roles = resolved_roles_get(addr);
    static const resolved_roles_t none;

    if (roles != NULL)
        return *roles;
    return role_book_is_empty() ? none : resolve(addr);
}

role_set_t
role_book_roles(const address *addr)
{
    return get_resolved(addr).held;
}

role_set_t
role_book_roles_or_internet(const address *addr)
{
    const resolved_roles_t roles = get_resolved(addr);

    return roles.held | roles.internet;
}

role_set_t
role_book_roles_at(const address *addr, standing_e least)
{
    resolved_roles_t roles = get_resolved(addr);

    return least == STANDING_TABLE    ? roles.by_table
           : least == STANDING_PROVEN ? roles.confirmed
                                      : roles.held;
}

/* True if some role of @p roles is a kind of @p kind. */
static bool
has_kind(role_set_t roles, role_e kind)
{
    return ((roles | role_set_general(roles)) & ROLE_BIT(kind)) != 0;
}

/* True if the table lists the holders of @p role, and no other host holds it. */
static bool
is_closed(role_e role)
{
    if (close_roles)
        return has_kind(table_roles, role_kind(role));
    return role_kind(role) == ROLE_REMOTE_CONTROL_VIEWER &&
           (table_roles & ROLE_BIT(ROLE_ADMIN_CONSOLE)) != 0;
}

/* True if a host that has the roles @p own by the table may not have @p role. */
static bool
is_strange(role_e role, role_set_t own)
{
    if (role == ROLE_ADMIN_CONSOLE) /* a viewer of the table is none */
        return is_closed(role) && (own & ROLE_BIT(role)) == 0;
    return is_closed(role) && !has_kind(own, role_kind(role));
}

role_set_t
role_book_strange_roles(const address *addr, role_set_t roles)
{
    role_set_t own, strange = 0;
    prefix_t prefix;

    if (table_roles == 0 || !network_table_prefix_from_address(&prefix, addr))
        return 0; /* the table cannot name it */
    own = role_book_roles_at(addr, STANDING_TABLE);
    for (roles &= ROLE_BIT(NUM_ROLES) - 1; roles != 0; roles &= roles - 1) {
        const role_e role = (role_e)ws_ctz(roles);

        if (is_strange(role, own))
            strange |= ROLE_BIT(role);
    }
    return strange;
}

bool
role_book_is_broadcast(const address *addr, bool by_link)
{
    resolved_roles_t roles = get_resolved(addr);

    return !roles.is_host && (roles.is_last || by_link);
}

role_set_t
role_book_learned_roles(const address *addr, standing_e least)
{
    return evidence_holder_roles_at(find_host(addr), least);
}

unsigned
role_book_version(void)
{
    return version;
}

/* Adds a host that has no place so far; NULL if all places are taken. */
static evidence_holder_t *
add_host(const address *addr, bool reported)
{
    unsigned limit = reported ? MAX_REPORTED_HOSTS : ROLE_BOOK_MAX_HOSTS;
    evidence_holder_t *host;

    if (bounds_full(reported ? BOUND_REPORTED_HOSTS : BOUND_ROLE_HOSTS, wmem_map_size(hosts),
                    limit))
        return NULL;
    host = evidence_holder_new();
    wmem_map_insert(hosts, addresses_key_new(addr), host);
    return host;
}

/* Sets @p code to @p site_code in capital letters; to "" if that is not a site code, or NULL. */
static void
copy_site_code(char code[SITE_CODE_LENGTH + 1], const char *site_code)
{
    code[0] = '\0';
    if (site_code == NULL || strlen(site_code) != SITE_CODE_LENGTH)
        return;
    for (unsigned i = 0; i <= SITE_CODE_LENGTH; i++)
        code[i] = g_ascii_toupper(site_code[i]);
    if (!role_table_is_site_code(code))
        code[0] = '\0';
}

/* A copy of @p reason that lives as long as the capture, cut where it is not UTF-8 or too long. */
static const char *
copy_reason(const char *reason)
{
    if (reason == NULL)
        return "";
    return wmem_strndup(wmem_file_scope(), reason, text_valid_length(reason, MAX_REASON));
}

/* Better evidence brings its reason and its frame. True if @p evidence has changed. */
static bool
raise_standing(role_evidence_t *evidence, const role_finding_t *finding)
{
    if (finding->standing <= evidence->standing)
        return false;
    evidence->standing = finding->standing;
    evidence->reason = copy_reason(finding->reason);
    evidence->frame = finding->frame;
    return true;
}

/* The code of better evidence, or the first one. True if @p evidence has changed. */
static bool
update_site_code(role_evidence_t *evidence, const char *code, bool better)
{
    if (code[0] == '\0' || (evidence->site_code[0] != '\0' && !better) ||
        strcmp(evidence->site_code, code) == 0)
        return false;
    evidence->site_code = wmem_strdup(wmem_file_scope(), code);
    return true;
}

/* True if some role of @p roles is more than a client's, a viewer's or one of any network. */
static bool
has_server_role(role_set_t roles)
{
    static const role_set_t others =
        ROLES_CLIENT_KINDS | ROLE_BIT(ROLE_CLIENT) | ROLE_BIT(ROLE_REMOTE_CONTROL_VIEWER) |
        ROLE_BIT(ROLE_DNS_SERVER) | ROLE_BIT(ROLE_DHCP_SERVER) | ROLE_BIT(ROLE_WINS_SERVER);

    return (roles & ~others) != 0;
}

/* True if @p addr can hold the role of the finding. */
static bool
may_hold(const address *addr, const role_finding_t *finding)
{
    return (unsigned)finding->role < NUM_ROLES && finding->standing != STANDING_NONE &&
           addresses_is_one_host(addr) && !role_book_is_broadcast(addr, false) &&
           !(finding->if_alone && has_server_role(role_book_roles(addr))) &&
           (finding->role == ROLE_REMOTE_CONTROL_VIEWER ||
            role_book_strange_roles(addr, ROLE_BIT(finding->role)) == 0);
}

/* Adds the finding to those of @p host. True if they have changed. */
static bool
add_finding(evidence_holder_t *host, const role_finding_t *finding)
{
    role_evidence_t *evidence = evidence_holder_find(host, finding->role);
    char code[SITE_CODE_LENGTH + 1];
    bool better;

    if (evidence == NULL) {
        evidence = evidence_holder_add(host, finding->role);
        evidence->if_alone = true;
    }
    evidence->if_alone = evidence->if_alone && finding->if_alone;
    if (has_server_role(ROLE_BIT(finding->role)))
        evidence_holder_remove_lone(host);
    held_roles |= ROLE_BIT(finding->role);
    copy_site_code(code, finding->site_code);
    better = raise_standing(evidence, finding);
    return update_site_code(evidence, code, better) || better;
}

bool
role_book_learn(const address *addr, const role_finding_t *finding)
{
    evidence_holder_t *host;
    bool changes;

    if (hosts == NULL || !may_hold(addr, finding))
        return false;
    host = find_host(addr);
    if (host == NULL)
        host = add_host(addr, finding->reported);
    if (host == NULL)
        return false;
    /* It may have the role already by its network. */
    if ((role_book_roles_at(addr, finding->standing) & ROLE_BIT(finding->role)) == 0)
        version++;
    changes = add_finding(host, finding);
    (void)resolve(addr);
    return changes;
}

void
role_book_doubt(const address *addr, uint32_t frame)
{
    const evidence_holder_t *host = find_host(addr);

    for (unsigned i = 0; host != NULL && i < wmem_array_get_count(host->evidence); i++) {
        role_evidence_t *evidence = evidence_holder_get(host, i);

        if (evidence->standing != STANDING_PROVEN || evidence->frame != frame)
            continue;
        evidence->standing = STANDING_UNCONFIRMED;
        version++;
    }
    (void)resolve(addr);
}

void
role_book_withdraw(const address *addr, role_e role)
{
    evidence_holder_t *host = find_host(addr);

    if (host == NULL || (host->roles & ROLE_BIT(role)) == 0)
        return;
    evidence_holder_remove(host, ROLE_BIT(role));
    version++;
    (void)resolve(addr);
}

void
role_book_outdate(void)
{
    version++;
}

/* What the table has for @p addr, and what evidence has; either may be NULL. */
static void
find_holders(const address *addr, const evidence_holder_t *holders[2])
{
    holders[0] = find_network(addr);
    holders[1] = find_host(addr);
}

const role_evidence_t *const *
role_book_evidence(wmem_allocator_t *scope, const address *addr, unsigned *count)
{
    const evidence_holder_t *holders[2];
    const role_evidence_t **all;
    unsigned total = 0, at = 0;

    find_holders(addr, holders);
    for (unsigned h = 0; h < array_length(holders); h++)
        total += holders[h] != NULL ? wmem_array_get_count(holders[h]->evidence) : 0;
    if (count != NULL)
        *count = total;
    if (total == 0)
        return NULL;

    all = wmem_alloc_array(scope, const role_evidence_t *, total);
    for (unsigned h = 0; h < array_length(holders); h++) {
        for (unsigned i = 0;
             holders[h] != NULL && i < wmem_array_get_count(holders[h]->evidence); i++)
            all[at++] = evidence_holder_get(holders[h], i);
    }
    return all;
}

const char *
role_book_site_code(const address *addr)
{
    const evidence_holder_t *holders[2];

    find_holders(addr, holders);
    for (unsigned h = 0; h < array_length(holders); h++) {
        for (unsigned i = 0;
             holders[h] != NULL && i < wmem_array_get_count(holders[h]->evidence); i++) {
            const char *site_code = evidence_holder_get(holders[h], i)->site_code;

            if (site_code[0] != '\0')
                return site_code;
        }
    }
    return "";
}
