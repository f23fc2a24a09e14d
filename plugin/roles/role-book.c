/* role-book.c
 * Who holds which SMS role: from the user's table smsrc_roles and from evidence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Site codes are three letters or digits (KB 182420). What the user says of a network holds for
 * its hosts by the longest prefix, as in a routing table; what traffic shows is kept by host and
 * added to it.
 *
 * The audit asks for both ends of every packet. So the roles of an IPv4 or IPv6 address are
 * worked out once and remembered in a bounded memo, which costs one hash lookup and, for hosts
 * without a role, nothing else. All maps are wmem_map, whose hash is salted: addresses come
 * from the capture.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "role-book.h"

#include <epan/uat.h>
#include <wsutil/inet_addr.h>
#include <wsutil/strtoi.h>

#include "addresses.h"
#include "bounds.h"
#include "role-field.h"
#include "text.h"
#include "uat-file.h"

#ifndef ROLE_BOOK_MAX_HOSTS
#define ROLE_BOOK_MAX_HOSTS 65536
#endif
/* What only others report of a host never takes the last half: a flood of it is cheap. */
#define MAX_REPORTED_HOSTS (ROLE_BOOK_MAX_HOSTS / 2)
#define MAX_MEMO 65536
#define MAX_REASON 256 /* bytes */
#define SITE_CODE_LENGTH 3
#define TABLE_REASON "table smsrc_roles"

/* In the memo beside the roles: an address without a role is remembered too. */
#define MEMO_KNOWN ROLES_BROADCAST

/* A line of the table. */
typedef struct {
    char *address;
    unsigned role;
    char *site_code;
} role_line_t;

/* A prefix: IPv4 in the first 4 bytes. No padding, all bytes set: it is hashed whole. */
typedef struct {
    uint8_t address_length; /* 4 or 16 */
    uint8_t prefix_length;  /* bits */
    uint8_t bytes[16];
} prefix_t;

/* A line of the table as it is compared with others. No padding either. */
typedef struct {
    prefix_t prefix;
    uint8_t role;
    char site_code[SITE_CODE_LENGTH];
} line_key_t;

/* What is known of a host or, from the table, of a prefix. */
typedef struct {
    role_set_t roles;
    role_set_t proven; /* of the learned ones */
    role_set_t backed; /* those whose first conversation is known */
    role_set_t again;  /* those that a second conversation has shown */
    wmem_array_t *claims; /* of role_evidence_t * */
} holder_t;

static role_line_t *role_lines;
static unsigned num_role_lines;
static uat_file_t role_file = { .name = "smsrc_roles" };
static GHashTable *lines_taken; /* while the table is read: set of line_key_t */

/* All below belongs to the capture; NULL between captures. */
static wmem_map_t *networks;          /* prefix_t to holder_t */
static uint8_t prefix_lengths[2][129]; /* of IPv4 and IPv6, those in use, longest first */
static unsigned num_prefix_lengths[2];
static wmem_map_t *hosts; /* address to holder_t */
static unsigned version;
static unsigned firm_version;

/* A scope of its own, to be emptied when it is full. */
static wmem_allocator_t *memo_scope;
static wmem_map_t *memo_ipv4; /* address in the key itself */
static wmem_map_t *memo_ipv6;

/*
 * Addresses
 */

static void
mask_prefix(prefix_t *prefix, unsigned length)
{
    prefix->prefix_length = (uint8_t)length;
    for (unsigned i = 0; i < sizeof(prefix->bytes); i++) {
        unsigned kept = length > 8 * i ? MIN(length - 8 * i, 8) : 0;

        prefix->bytes[i] &= (uint8_t)(0xff00 >> kept);
    }
}

/* The IP address of @p addr as a prefix of its full length; false for any other address. */
static bool
prefix_from_address(prefix_t *prefix, const address *addr)
{
    const bool is_ipv4 = addr->type == AT_IPv4 && addr->len == 4;

    if (!addr->data || (!is_ipv4 && !(addr->type == AT_IPv6 && addr->len == 16)))
        return false;
    memset(prefix, 0, sizeof(*prefix));
    prefix->address_length = (uint8_t)addr->len;
    prefix->prefix_length = (uint8_t)(addr->len * 8);
    memcpy(prefix->bytes, addr->data, (size_t)addr->len);
    return true;
}

/* "10.1.2.3", "10.0.0.0/8", "2001:db8::1", "2001:db8::/32"; bits behind the length are cut. */
static bool
prefix_from_text(prefix_t *prefix, const char *text)
{
    char **parts = g_strsplit(text, "/", 2);
    const char *length_text = parts[0] ? parts[1] : NULL;
    uint8_t length = 0;
    bool good = false;

    memset(prefix, 0, sizeof(*prefix));
    if (parts[0]) {
        char *host = g_strstrip(parts[0]);
        ws_in4_addr ipv4;
        ws_in6_addr ipv6;

        if (ws_inet_pton4(host, &ipv4)) {
            prefix->address_length = 4;
            memcpy(prefix->bytes, &ipv4, 4);
        } else if (ws_inet_pton6(host, &ipv6)) {
            prefix->address_length = 16;
            memcpy(prefix->bytes, &ipv6, 16);
        }
        good = prefix->address_length > 0;
        length = (uint8_t)(prefix->address_length * 8);
    }
    if (good && length_text) {
        const uint8_t longest = length;

        good = ws_strtou8(g_strstrip(parts[1]), NULL, &length) && length <= longest;
    }
    if (good)
        mask_prefix(prefix, length);
    g_strfreev(parts);
    return good;
}

static unsigned
prefix_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, sizeof(prefix_t));
}

static gboolean
prefix_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(prefix_t)) == 0;
}

static unsigned
line_key_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, sizeof(line_key_t));
}

static gboolean
line_key_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(line_key_t)) == 0;
}

static unsigned
ipv6_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, 16);
}

static gboolean
ipv6_equal(const void *a, const void *b)
{
    return memcmp(a, b, 16) == 0;
}

/*
 * The table
 */

static bool
is_site_code(const char *text)
{
    if (strlen(text) != SITE_CODE_LENGTH)
        return false;
    for (; *text; text++) {
        if (!g_ascii_isupper(*text) && !g_ascii_isdigit(*text))
            return false;
    }
    return true;
}

static ws_uat_bool
role_line_check_address(void *record _U_, const char *text, unsigned length,
                        const void *check_data _U_, const void *field_data _U_, char **error)
{
    char *field = g_strndup(text ? text : "", length);
    prefix_t prefix;

    *error = uat_file_bad_text(text, length);
    if (!*error && !prefix_from_text(&prefix, field)) {
        *error = uat_file_shown(g_strdup_printf("\"%s\" is no address: 10.1.2.3, 10.0.0.0/8, "
                                             "2001:db8::1 and 2001:db8::/32 are",
                                             field));
    }
    g_free(field);
    return *error == NULL;
}

static ws_uat_bool
role_line_check_site_code(void *record _U_, const char *text, unsigned length,
                          const void *check_data _U_, const void *field_data _U_, char **error)
{
    char *field = g_strndup(text ? text : "", length);

    *error = uat_file_bad_text(text, length);
    if (!*error && *field != '\0' && !is_site_code(field)) {
        *error = uat_file_shown(g_strdup_printf("\"%s\" is no site code: it has three characters "
                                             "A-Z and 0-9, or it is left empty",
                                             field));
    }
    g_free(field);
    return *error == NULL;
}

UAT_CSTRING_CB_DEF(role_line, address, role_line_t)
SMSRC_UAT_ROLE_CB_DEF(role_line, role, role_line_t)
UAT_CSTRING_CB_DEF(role_line, site_code, role_line_t)

static void *
role_line_copy(void *to, const void *from, size_t size _U_)
{
    role_line_t *copy = (role_line_t *)to;
    const role_line_t *line = (const role_line_t *)from;

    copy->address = g_strdup(line->address);
    copy->role = line->role;
    copy->site_code = g_strdup(line->site_code);
    return to;
}

static void
role_line_free(void *record)
{
    role_line_t *line = (role_line_t *)record;

    g_free(line->address);
    g_free(line->site_code);
}

static void add_line(const void *record);

void
role_book_register(module_t *module)
{
    /* The checks are the fields': a record's own check would end the reading of the file. */
    static uat_field_t fields[] = {
        { "address", "Address", PT_TXTMOD_STRING,
          { role_line_check_address, role_line_address_set_cb, role_line_address_tostr_cb },
          { NULL, NULL, NULL }, NULL,
          "Host or network, IPv4 or IPv6: 10.1.2.3, 10.0.0.0/8, 2001:db8::/32", FLDFILL },
        SMSRC_UAT_FLD_ENUM(role_line, role, "Role", role_field_check, role_vals,
                           "What the host is in the SMS site; one line for each role"),
        { "site_code", "Site code", PT_TXTMOD_STRING,
          { role_line_check_site_code, role_line_site_code_set_cb, role_line_site_code_tostr_cb },
          { NULL, NULL, NULL }, NULL, "Three characters, or empty", FLDFILL },
        UAT_END_FIELDS
    };
    uat_t *table = uat_new("SMS roles of hosts", sizeof(role_line_t), "smsrc_roles", TRUE,
                           &role_lines, &num_role_lines, UAT_AFFECTS_DISSECTION, NULL,
                           role_line_copy, NULL, role_line_free, NULL, NULL, fields);

    role_file.fields = fields;
    role_file.record_size = sizeof(role_line_t);
    role_file.free_record = role_line_free;
    role_file.take = add_line;
    prefs_register_uat_preference(module, "audit.roles", "Roles of hosts",
                                  "Which host or network holds which SMS role", table);
}

/*
 * The book
 */

static void
memo_clear(void)
{
    if (memo_scope)
        wmem_destroy_allocator(memo_scope);
    memo_scope = NULL;
    memo_ipv4 = NULL;
    memo_ipv6 = NULL;
}

static void
memo_put(const prefix_t *host, role_set_t roles)
{
    void *value = GUINT_TO_POINTER(roles | MEMO_KNOWN);

    if (memo_scope && wmem_map_size(memo_ipv4) + wmem_map_size(memo_ipv6) >= MAX_MEMO)
        memo_clear();
    if (!memo_scope) {
        memo_scope = wmem_allocator_new(WMEM_ALLOCATOR_BLOCK);
        memo_ipv4 = wmem_map_new(memo_scope, g_direct_hash, g_direct_equal);
        memo_ipv6 = wmem_map_new(memo_scope, ipv6_hash, ipv6_equal);
    }
    if (host->address_length == 4) {
        uint32_t key;

        memcpy(&key, host->bytes, 4);
        wmem_map_insert(memo_ipv4, GUINT_TO_POINTER(key), value);
    } else {
        wmem_map_insert(memo_ipv6, wmem_memdup(memo_scope, host->bytes, 16), value);
    }
}

static const void *
memo_get(const address *addr)
{
    if (!memo_scope || !addr->data)
        return NULL;
    if (addr->type == AT_IPv4 && addr->len == 4) {
        uint32_t key;

        memcpy(&key, addr->data, 4);
        return wmem_map_lookup(memo_ipv4, GUINT_TO_POINTER(key));
    }
    if (addr->type == AT_IPv6 && addr->len == 16)
        return wmem_map_lookup(memo_ipv6, addr->data);
    return NULL;
}

static holder_t *
holder_new(void)
{
    holder_t *holder = wmem_new0(wmem_file_scope(), holder_t);

    holder->claims = wmem_array_sized_new(wmem_file_scope(), sizeof(role_evidence_t *), 2);
    return holder;
}

static role_evidence_t *
holder_claim(const holder_t *holder, unsigned i)
{
    return *(role_evidence_t **)wmem_array_index(holder->claims, i);
}

static void
holder_add(holder_t *holder, role_e role, const char *site_code, uint32_t frame,
           const char *reason)
{
    role_evidence_t *claim = wmem_new0(wmem_file_scope(), role_evidence_t);

    claim->role = role;
    claim->site_code = wmem_strdup(wmem_file_scope(), site_code);
    claim->reason = reason;
    claim->frame = frame;
    wmem_array_append_one(holder->claims, claim);
    holder->roles |= ROLE_BIT(role);
}

/* Keep the prefix lengths in use in order, longest first. */
static void
note_prefix_length(const prefix_t *prefix)
{
    const unsigned family = prefix->address_length == 4 ? 0 : 1;
    uint8_t *lengths = prefix_lengths[family];
    unsigned at = 0;

    while (at < num_prefix_lengths[family] && lengths[at] > prefix->prefix_length)
        at++;
    if (at < num_prefix_lengths[family] && lengths[at] == prefix->prefix_length)
        return;
    memmove(lengths + at + 1, lengths + at, num_prefix_lengths[family] - at);
    lengths[at] = prefix->prefix_length;
    num_prefix_lengths[family]++;
}

/* What the table has for a host: by the longest prefix it lies in; NULL for nothing. */
static const holder_t *
network_of(const prefix_t *host)
{
    const unsigned family = host->address_length == 4 ? 0 : 1;
    prefix_t prefix = *host;

    for (unsigned i = 0; i < num_prefix_lengths[family]; i++) {
        const holder_t *network;

        mask_prefix(&prefix, prefix_lengths[family][i]);
        network = (const holder_t *)wmem_map_lookup(networks, &prefix);
        if (network)
            return network;
    }
    return NULL;
}

static holder_t *
host_of(const address *addr)
{
    if (!hosts || addr->len <= 0 || !addr->data)
        return NULL;
    return (holder_t *)wmem_map_lookup(hosts, addr);
}

/* Whether no line before had the same prefix, role and site code; remembers it. */
static bool
is_new_line(const prefix_t *prefix, const role_line_t *line)
{
    line_key_t *key = g_new0(line_key_t, 1);

    key->prefix = *prefix;
    key->role = (uint8_t)line->role;
    if (line->site_code)
        memcpy(key->site_code, line->site_code,
               MIN(strlen(line->site_code), sizeof(key->site_code)));
    return g_hash_table_add(lines_taken, key);
}

/* Called with the lines that Wireshark has read, then with those of the file. */
static void
add_line(const void *record)
{
    const role_line_t *line = (const role_line_t *)record;
    prefix_t prefix;
    holder_t *network;

    if (!line->address || !prefix_from_text(&prefix, line->address) ||
        line->role >= NUM_ROLES)
        return; /* its check has told the user */
    if (!is_new_line(&prefix, line))
        return;

    network = (holder_t *)wmem_map_lookup(networks, &prefix);
    if (!network) {
        network = holder_new();
        wmem_map_insert(networks, wmem_memdup(wmem_file_scope(), &prefix, sizeof(prefix)),
                        network);
        note_prefix_length(&prefix);
    }
    holder_add(network, (role_e)line->role, line->site_code ? line->site_code : "", 0,
               TABLE_REASON);
}

void
role_book_cleanup(void)
{
    memo_clear();
    networks = NULL;
    hosts = NULL;
    num_prefix_lengths[0] = num_prefix_lengths[1] = 0;
}

void
role_book_reset(void)
{
    role_book_cleanup();
    networks = wmem_map_new(wmem_file_scope(), prefix_hash, prefix_equal);
    hosts = wmem_map_new(wmem_file_scope(), addresses_key_hash, addresses_key_equal);
    lines_taken = g_hash_table_new_full(line_key_hash, line_key_equal, g_free, NULL);
    uat_file_read(&role_file, role_lines, num_role_lines);
    g_hash_table_destroy(lines_taken);
    lines_taken = NULL;
    version++;
}

bool
role_book_is_empty(void)
{
    return num_prefix_lengths[0] == 0 && num_prefix_lengths[1] == 0 &&
           (!hosts || wmem_map_size(hosts) == 0);
}

role_set_t
role_book_roles(const address *addr)
{
    const void *remembered = memo_get(addr);
    const holder_t *host;
    const holder_t *network = NULL;
    role_set_t roles;
    prefix_t prefix;
    bool is_ip;

    if (remembered)
        return GPOINTER_TO_UINT(remembered) & ~MEMO_KNOWN;
    if (role_book_is_empty())
        return 0;

    is_ip = prefix_from_address(&prefix, addr);
    if (is_ip)
        network = network_of(&prefix);
    host = host_of(addr);
    roles = (network ? network->roles : 0) | (host ? host->roles : 0);
    if (is_ip)
        memo_put(&prefix, roles);
    return roles;
}

role_set_t
role_book_table_roles(const address *addr)
{
    const holder_t *network = NULL;
    prefix_t prefix;

    if (networks && prefix_from_address(&prefix, addr))
        network = network_of(&prefix);
    return network ? network->roles : 0;
}

unsigned
role_book_version(void)
{
    return version;
}

/* The evidence that @p host already has for @p role, or NULL. */
static role_evidence_t *
claim_of(const holder_t *host, role_e role)
{
    for (unsigned i = 0; i < wmem_array_get_count(host->claims); i++) {
        role_evidence_t *claim = holder_claim(host, i);

        if (claim->role == role)
            return claim;
    }
    return NULL;
}

/* A place for a host that has none so far; NULL where there is no more. */
static holder_t *
add_host(const address *addr, bool reported)
{
    unsigned limit = reported ? MAX_REPORTED_HOSTS : ROLE_BOOK_MAX_HOSTS;
    holder_t *host;

    if (bounds_full(reported ? BOUND_REPORTED_HOSTS : BOUND_ROLE_HOSTS, wmem_map_size(hosts),
                    limit))
        return NULL;
    host = holder_new();
    wmem_map_insert(hosts, addresses_key_new(addr), host);
    return host;
}

static bool
learn(const address *addr, role_e role, const char *site_code, uint32_t frame,
      const char *reason, bool reported)
{
    role_set_t known;
    holder_t *host;
    role_evidence_t *claim;
    prefix_t prefix;
    char code[SITE_CODE_LENGTH + 1] = "";

    if (!hosts || (unsigned)role >= NUM_ROLES || !addresses_is_one_host(addr))
        return false;

    /* From the capture: it may be anything. */
    if (site_code && strlen(site_code) == SITE_CODE_LENGTH) {
        for (unsigned i = 0; i < SITE_CODE_LENGTH; i++)
            code[i] = g_ascii_toupper(site_code[i]);
        if (!is_site_code(code))
            code[0] = '\0';
    }

    host = host_of(addr);
    claim = host ? claim_of(host, role) : NULL;
    if (claim) {
        if (code[0] == '\0' || claim->site_code[0] != '\0')
            return false;
        claim->site_code = wmem_strdup(wmem_file_scope(), code);
        return true;
    }

    known = role_book_roles(addr);
    if (!host)
        host = add_host(addr, reported);
    if (!host)
        return false;
    reason = reason ? reason : "";
    holder_add(host, role, code, frame,
               wmem_strndup(wmem_file_scope(), reason, text_valid_length(reason, MAX_REASON)));

    if (!(known & ROLE_BIT(role))) {
        version++;
        if (prefix_from_address(&prefix, addr))
            memo_put(&prefix, known | ROLE_BIT(role));
    }
    return true;
}

bool
role_book_learn(const address *addr, role_e role, const char *site_code, uint32_t frame,
                const char *reason)
{
    return learn(addr, role, site_code, frame, reason, false);
}

bool
role_book_learn_reported(const address *addr, role_e role, const char *site_code,
                         uint32_t frame, const char *reason)
{
    return learn(addr, role, site_code, frame, reason, true);
}

void
role_book_back(const address *addr, role_e role, const void *conversation, bool proven)
{
    holder_t *host = host_of(addr);
    role_evidence_t *claim = host ? claim_of(host, role) : NULL;
    role_set_t bit = ROLE_BIT(role), again, was_proven;

    if (!claim)
        return;
    again = host->again;
    was_proven = host->proven;
    if (!(host->backed & bit)) {
        claim->conversation = conversation;
        host->backed |= bit;
    } else if (claim->conversation != conversation) {
        host->again |= bit;
    }
    if (proven)
        host->proven |= bit;
    if (host->again != again || host->proven != was_proven)
        firm_version++;
}

/* The learned roles of @p host that @p conversation was the first to show. */
static role_set_t
shown_first_by(const holder_t *host, const void *conversation)
{
    role_set_t roles = 0;

    for (unsigned i = 0; i < wmem_array_get_count(host->claims); i++) {
        const role_evidence_t *claim = holder_claim(host, i);

        if (claim->conversation == conversation)
            roles |= ROLE_BIT(claim->role);
    }
    return roles & host->backed;
}

role_set_t
role_book_backed_roles(const address *addr, const void *conversation, bool proven)
{
    const holder_t *host = host_of(addr);

    if (!host)
        return 0;
    if (proven || (host->roles & ~(host->proven | host->again)) == 0)
        return host->proven | (proven ? 0 : host->again);
    return host->proven | host->again | shown_first_by(host, conversation);
}

role_set_t
role_book_firm_roles(const address *addr, const void *conversation)
{
    const holder_t *host = host_of(addr);
    role_set_t roles = role_book_table_roles(addr);

    if (!host)
        return roles;
    return roles | host->proven |
           ((host->again | (host->backed & ~shown_first_by(host, conversation))) &
            ~ROLE_BIT(ROLE_ADMIN_CONSOLE));
}

unsigned
role_book_firm_version(void)
{
    return firm_version;
}

/* What the table and what traffic says of @p addr; either may be NULL. */
static void
holders_of(const address *addr, const holder_t *holders[2])
{
    prefix_t prefix;

    holders[0] = networks && prefix_from_address(&prefix, addr) ? network_of(&prefix) : NULL;
    holders[1] = host_of(addr);
}

const role_evidence_t *const *
role_book_evidence(wmem_allocator_t *scope, const address *addr, unsigned *count)
{
    const holder_t *holders[2];
    const role_evidence_t **claims;
    unsigned total = 0;
    unsigned at = 0;

    holders_of(addr, holders);
    for (unsigned h = 0; h < G_N_ELEMENTS(holders); h++)
        total += holders[h] ? wmem_array_get_count(holders[h]->claims) : 0;
    if (count)
        *count = total;
    if (total == 0)
        return NULL;

    claims = wmem_alloc_array(scope, const role_evidence_t *, total);
    for (unsigned h = 0; h < G_N_ELEMENTS(holders); h++) {
        for (unsigned i = 0; holders[h] && i < wmem_array_get_count(holders[h]->claims); i++)
            claims[at++] = holder_claim(holders[h], i);
    }
    return claims;
}

const char *
role_book_site_code(const address *addr)
{
    const holder_t *holders[2];

    holders_of(addr, holders);
    for (unsigned h = 0; h < G_N_ELEMENTS(holders); h++) {
        for (unsigned i = 0; holders[h] && i < wmem_array_get_count(holders[h]->claims); i++) {
            const char *site_code = holder_claim(holders[h], i)->site_code;

            if (site_code[0] != '\0')
                return site_code;
        }
    }
    return "";
}
