/* firewall-rules.c
 * The least set of firewall rules that the listed flows of a capture need
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A rule is a pair of roles, a transport, a port and a row of the matrix; the hosts that were seen
 * at its two ends are sets. So it allows each host of one end to each of the other, also where
 * only some of them were seen to talk: pairs of the same roles on the same port, which the matrix
 * lists alike.
 *
 * Each flow is remembered with the rule that it is in, and each host with how many flows, so that
 * a flow whose verdict changes takes with it what only it has brought. That is less than the
 * audit itself keeps for a flow. Rules and hosts are bounded; what is in no rule is counted with
 * its reason.
 *
 * A flow is in a rule when the roles that its row needs are the table's, or shown by more than the
 * flow itself (role-book.h): else whoever calls would make the rule that lets him through.
 *
 * The syntax of the file is that of nft(8).
 */

#define WS_LOG_DOMAIN "smsrc"

#include "firewall-rules.h"

#include <epan/to_str.h>

#include "addresses.h"
#include "bounds.h"
#include "role-book.h"
#include "stat-settle.h"
#include "user-rows.h"

/* A site has fewer than a hundred rules: more is an attack on whoever keeps them. */
#ifndef FIREWALL_MAX_RULES
#define FIREWALL_MAX_RULES 4096
#endif

/* Of all ends of all rules together. */
#ifndef FIREWALL_MAX_HOSTS
#define FIREWALL_MAX_HOSTS 262144
#endif

/* nft refuses a comment of more than 128 bytes. */
#define MAX_COMMENT 120

typedef struct {
    address address;
    unsigned flows;
} host_t;

/* What a flow has been counted as, and by what. */
typedef struct {
    const verdict_t *judgement;
    bool proxied;
    bool forwarded;
    unsigned firm_version; /* of the role book */

    firewall_rule_t *rule; /* NULL: in none, for the reason */
    unsigned left_out;
    bool blocked;
    host_t *hosts[2];
} share_t;

struct firewall_rules {
    GPtrArray *rules;   /* of firewall_rule_t, sorted */
    GHashTable *shares; /* flow to its share */
    unsigned num_hosts;
    unsigned left_out[NUM_LEFT_OUT];
};

/*
 * Hosts
 */

static int
compare_addresses(const void *a, const void *b, void *data _U_)
{
    const address *one = (const address *)a, *other = (const address *)b;

    if (one->type != other->type)
        return one->type < other->type ? -1 : 1;
    if (one->len != other->len)
        return one->len < other->len ? -1 : 1;
    return one->len == 0 ? 0 : memcmp(one->data, other->data, (size_t)one->len);
}

static void
free_host(void *data)
{
    host_t *host = (host_t *)data;

    free_address(&host->address);
    g_free(host);
}

static host_t *
add_host(firewall_rules_t *rules, GTree *hosts, const address *addr)
{
    host_t *host = (host_t *)g_tree_lookup(hosts, addr);

    if (host == NULL) {
        host = g_new0(host_t, 1);
        copy_address(&host->address, addr);
        g_tree_insert(hosts, &host->address, host);
        rules->num_hosts++;
    }
    host->flows++;
    return host;
}

static void
remove_host(firewall_rules_t *rules, GTree *hosts, host_t *host)
{
    if (--host->flows > 0)
        return;
    g_tree_remove(hosts, &host->address);
    rules->num_hosts--;
}

/*
 * Rules
 */

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int
compare_rules(const firewall_rule_t *a, const firewall_rule_t *b)
{
    int order = compare_numbers(a->order, b->order);

    for (unsigned end = RULE_FROM; end <= RULE_TO && order == 0; end++)
        order = compare_numbers(a->roles[end], b->roles[end]);
    if (order == 0)
        order = compare_numbers(a->by_proxy, b->by_proxy);
    if (order == 0)
        order = compare_numbers(a->transport, b->transport);
    return order != 0 ? order : compare_numbers(a->port, b->port);
}

/* True for rules that a firewall cannot tell apart: all is the same but the row. */
static bool
same_but_row(const firewall_rule_t *a, const firewall_rule_t *b)
{
    firewall_rule_t other = *b;

    other.order = a->order;
    return compare_rules(a, &other) == 0;
}

static void
free_rule(void *data)
{
    firewall_rule_t *rule = (firewall_rule_t *)data;

    g_tree_destroy(rule->hosts[RULE_FROM]);
    g_tree_destroy(rule->hosts[RULE_TO]);
    g_free(rule);
}

/* Where @p rule is, or would be: true where it is there. */
static bool
find_rule(const firewall_rules_t *rules, const firewall_rule_t *rule, unsigned *place)
{
    unsigned low = 0, high = rules->rules->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = compare_rules(rule, firewall_rules_at(rules, middle));

        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *place = low;
    return false;
}

/* The place of a listed flow's row among all rows. */
static unsigned
order_of_row(const matrix_row_t *row)
{
    unsigned num_article, num_user;
    const matrix_row_t *article = matrix_rows(&num_article), *user = user_rows(&num_user);

    if (row >= article && row < article + num_article)
        return (unsigned)(row - article);
    if (num_user > 0 && row >= user && row < user + num_user)
        return num_article + (unsigned)(row - user);
    return num_article + num_user;
}

static firewall_rule_t
rule_of_flow(const audit_tap_t *tap)
{
    const flow_facts_t *about = tap->about;
    bool swapped = tap->judgement->swapped;
    firewall_rule_t rule;

    memset(&rule, 0, sizeof rule);
    rule.order = order_of_row(tap->judgement->row);
    (void)g_strlcpy(rule.row, tap->judgement->row->id, sizeof rule.row);
    rule.roles[RULE_FROM] = swapped ? about->responder : about->initiator;
    rule.roles[RULE_TO] = swapped ? about->initiator : about->responder;
    rule.by_proxy = tap->flow->content->forwarded;
    rule.transport = about->transport;
    rule.port = swapped ? about->initiator_port : about->responder_port;
    return rule;
}

/*
 * The two ends of a flow. A judgement may be of a time when it was not known yet who called, and
 * the packet of a later one: the port that was judged tells whose it is. Not so an ICMP error,
 * whose ports are, up to 4.2, those of the packet that it quotes.
 */
static void
ends_of_flow(const packet_info *pinfo, const audit_tap_t *tap, const firewall_rule_t *rule,
             const address *ends[2])
{
    bool error = proto_is_frame_protocol(pinfo->layers, "icmp") ||
                 proto_is_frame_protocol(pinfo->layers, "icmpv6");
    bool answer = addresses_equal(&pinfo->src, tap->responder);
    uint32_t from = answer ? pinfo->destport : pinfo->srcport;
    uint32_t to = answer ? pinfo->srcport : pinfo->destport;
    bool exchanged = !error && rule->transport != TRANSPORT_IPX && to != rule->port &&
                     from == rule->port;

    ends[RULE_FROM] = exchanged ? tap->responder : tap->initiator;
    ends[RULE_TO] = exchanged ? tap->initiator : tap->responder;
}

/*
 * True where nothing but the flow itself shows a role that its row needs. IPX has no rule, and its
 * addresses are in no table of roles.
 */
static bool
is_shown_alone(const audit_tap_t *tap, const address *const ends[2])
{
    const flow_t *flow = tap->flow;
    role_set_t roles[2];

    if (tap->about->transport == TRANSPORT_IPX)
        return false;
    for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
        roles[end] = role_book_firm_roles(ends[end], flow->content->conversation);
    if (flow->content->forwarded)
        roles[RULE_FROM] |= flow->content->passed_on;
    return !matrix_row_has_pair(tap->judgement->row, roles[RULE_FROM], roles[RULE_TO]);
}

/* Why a flow is in no rule; VERDICT_NONE where it is to be in one. */
static unsigned
why_left_out(const audit_tap_t *tap, const address *const ends[2])
{
    const flow_facts_t *about = tap->about;

    if (!verdict_is_listed(tap->judgement) || tap->judgement->row == NULL)
        return tap->judgement->verdict;
    if (((about->initiator | about->responder) & ROLES_BROADCAST) != 0 ||
        addresses_is_ip_group(tap->initiator) || addresses_is_ip_group(tap->responder))
        return LEFT_OUT_BROADCAST;
    if (tap->flow->content->proxied)
        return LEFT_OUT_PROXIED;
    return is_shown_alone(tap, ends) ? LEFT_OUT_ALONE : VERDICT_NONE;
}

static void
leave(firewall_rules_t *rules, share_t *share)
{
    firewall_rule_t *rule = share->rule;

    if (rule == NULL) {
        rules->left_out[share->left_out]--;
        return;
    }
    for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
        remove_host(rules, rule->hosts[end], share->hosts[end]);
    rule->flows--;
    rule->blocked -= share->blocked;
    rule->stale = true;
    share->rule = NULL;
    share->blocked = false;
}

/* The same flow in the same rule: it was found to be blocked, or to be open after all. */
static bool
update_blocked(share_t *share, const flow_t *flow)
{
    bool blocked = flow->reach != REACH_OPEN;

    if (share->rule == NULL || share->blocked == blocked)
        return false;
    if (blocked)
        share->rule->blocked++;
    else
        share->rule->blocked--;
    share->rule->stale = true;
    share->blocked = blocked;
    return true;
}

/* The rule that fits a flow of these ends, made where there is none; NULL where all is full. */
static firewall_rule_t *
rule_for(firewall_rules_t *rules, const firewall_rule_t *wanted, const address *const ends[2])
{
    firewall_rule_t *rule = NULL;
    unsigned place;

    if (find_rule(rules, wanted, &place))
        rule = firewall_rules_at(rules, place);
    if (rules->num_hosts + 2 > FIREWALL_MAX_HOSTS &&
        (rule == NULL || g_tree_lookup(rule->hosts[RULE_FROM], ends[RULE_FROM]) == NULL ||
         g_tree_lookup(rule->hosts[RULE_TO], ends[RULE_TO]) == NULL))
        return NULL;
    if (rule != NULL || rules->rules->len == FIREWALL_MAX_RULES)
        return rule;
    rule = g_new(firewall_rule_t, 1);
    *rule = *wanted;
    for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
        rule->hosts[end] = g_tree_new_full(compare_addresses, NULL, NULL, free_host);
    g_ptr_array_insert(rules->rules, (int)place, rule);
    return rule;
}

static void
join(firewall_rules_t *rules, share_t *share, const packet_info *pinfo, const audit_tap_t *tap)
{
    const address *ends[2] = { tap->initiator, tap->responder };
    firewall_rule_t wanted;

    memset(&wanted, 0, sizeof wanted);
    if (verdict_is_listed(tap->judgement) && tap->judgement->row != NULL) {
        wanted = rule_of_flow(tap);
        ends_of_flow(pinfo, tap, &wanted, ends);
    }
    share->left_out = why_left_out(tap, ends);
    if (share->left_out == VERDICT_NONE) {
        share->rule = rule_for(rules, &wanted, ends);
        if (share->rule == NULL)
            share->left_out = LEFT_OUT_FULL;
        else
            for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
                share->hosts[end] = add_host(rules, share->rule->hosts[end], ends[end]);
    }
    if (share->rule == NULL) {
        rules->left_out[share->left_out]++;
        return;
    }
    share->rule->flows++;
    share->rule->stale = true;
    (void)update_blocked(share, tap->flow);
}

/*
 * For taps
 */

/* Flows stay where they have been counted. */
static void
settle(void *rules)
{
    g_hash_table_remove_all(((firewall_rules_t *)rules)->shares);
}

firewall_rules_t *
firewall_rules_new(void)
{
    firewall_rules_t *rules = g_new0(firewall_rules_t, 1);

    rules->rules = g_ptr_array_new_with_free_func(free_rule);
    rules->shares = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    stat_settle_add(settle, rules);
    return rules;
}

void
firewall_rules_free(firewall_rules_t *rules)
{
    stat_settle_remove(rules);
    g_ptr_array_free(rules->rules, TRUE);
    g_hash_table_destroy(rules->shares);
    g_free(rules);
}

void
firewall_rules_clear(firewall_rules_t *rules)
{
    g_ptr_array_set_size(rules->rules, 0);
    g_hash_table_remove_all(rules->shares);
    rules->num_hosts = 0;
    memset(rules->left_out, 0, sizeof rules->left_out);
}

bool
firewall_rules_update(firewall_rules_t *rules, const packet_info *pinfo, const audit_tap_t *tap)
{
    share_t *share = (share_t *)g_hash_table_lookup(rules->shares, tap->flow);

    if (share == NULL) {
        share = g_new0(share_t, 1);
        g_hash_table_insert(rules->shares, (void *)tap->flow, share);
    } else if (share->judgement == tap->judgement &&
               share->proxied == tap->flow->content->proxied &&
               share->forwarded == tap->flow->content->forwarded &&
               (share->left_out != LEFT_OUT_ALONE ||
                share->firm_version == role_book_firm_version())) {
        return update_blocked(share, tap->flow);
    } else {
        leave(rules, share);
    }
    share->judgement = tap->judgement;
    share->proxied = tap->flow->content->proxied;
    share->forwarded = tap->flow->content->forwarded;
    share->firm_version = role_book_firm_version();
    join(rules, share, pinfo, tap);
    return true;
}

unsigned
firewall_rules_count(const firewall_rules_t *rules)
{
    return rules->rules->len;
}

firewall_rule_t *
firewall_rules_at(const firewall_rules_t *rules, unsigned place)
{
    return (firewall_rule_t *)g_ptr_array_index(rules->rules, place);
}

void
firewall_rules_remove(firewall_rules_t *rules, unsigned place)
{
    if (firewall_rules_at(rules, place)->flows == 0)
        g_ptr_array_remove_index(rules->rules, place);
}

unsigned
firewall_rules_left_out(const firewall_rules_t *rules, unsigned reason)
{
    return rules->left_out[reason];
}

const char *
firewall_left_out_name(unsigned reason)
{
    switch (reason) {
    case LEFT_OUT_BROADCAST:
        return "Broadcast";
    case LEFT_OUT_ALONE:
        return "Role shown by itself alone";
    case LEFT_OUT_PROXIED:
        return "To a proxy";
    case LEFT_OUT_FULL:
        return "Too many";
    default:
        return verdict_name((verdict_e)reason);
    }
}

/*
 * As text
 */

char *
firewall_rule_roles(const firewall_rule_t *rule, unsigned end)
{
    char *names = role_set_to_str(NULL, rule->roles[end]);
    char *text = g_strdup_printf("%s%s", *names == '\0' ? "No role" : names,
                                 end == RULE_FROM && rule->by_proxy ? ", by a proxy" : "");

    wmem_free(NULL, names);
    return text;
}

static void
append_host(GString *text, const address *addr)
{
    char *host = address_to_str(NULL, addr);

    g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", host);
    wmem_free(NULL, host);
}

typedef struct {
    GString *text;
    unsigned left; /* how many may still be appended */
    int type;      /* AT_NONE: of any type */
} host_list_t;

static gboolean
append_one(void *key, void *value _U_, void *data)
{
    const address *addr = (const address *)key;
    host_list_t *list = (host_list_t *)data;

    if (list->type != AT_NONE && list->type != addr->type)
        return FALSE;
    if (list->left == 0)
        return TRUE;
    append_host(list->text, addr);
    list->left--;
    return FALSE;
}

char *
firewall_rule_hosts(const firewall_rule_t *rule, unsigned end, unsigned most)
{
    host_list_t list = { g_string_new(NULL), most, AT_NONE };
    unsigned count = (unsigned)g_tree_nnodes(rule->hosts[end]);

    g_tree_foreach(rule->hosts[end], append_one, &list);
    if (count > most)
        g_string_append_printf(list.text, " and %u more", count - most);
    return g_string_free(list.text, FALSE);
}

/* What an nft comment may be: bounded, and without what could end it or the line. */
static char *
comment_text(const char *rows, const firewall_rule_t *rule)
{
    char *from = firewall_rule_roles(rule, RULE_FROM), *to = firewall_rule_roles(rule, RULE_TO);
    char *text = g_strdup_printf("%s %s to %s", rows, from, to);

    g_strcanon(text,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,.-()+", ' ');
    if (strlen(text) > MAX_COMMENT)
        memcpy(text + MAX_COMMENT - 3, "...", 4);
    g_free(from);
    g_free(to);
    return text;
}

static gboolean
insert_host(void *key, void *value, void *data)
{
    g_tree_insert((GTree *)data, key, value);
    return FALSE;
}

/* "ip saddr { ... } ip daddr { ... } tcp dport 80 ...", where both ends have such addresses. */
static void
append_nft_rule(GString *file, const firewall_rule_t *rule, const char *family, int type,
                GTree *const hosts[2], const char *comment)
{
    GString *sets[2];

    for (unsigned end = RULE_FROM; end <= RULE_TO; end++) {
        host_list_t list = { g_string_new(NULL), UINT_MAX, type };

        g_tree_foreach(hosts[end], append_one, &list);
        sets[end] = list.text;
    }
    if (sets[RULE_FROM]->len > 0 && sets[RULE_TO]->len > 0)
        g_string_append_printf(file,
                               "        %s saddr { %s } %s daddr { %s } %s dport %u ct state new "
                               "accept comment \"%s\"\n",
                               family, sets[RULE_FROM]->str, family, sets[RULE_TO]->str,
                               rule->transport == TRANSPORT_TCP ? "tcp" : "udp", rule->port,
                               comment);
    g_string_free(sets[RULE_FROM], TRUE);
    g_string_free(sets[RULE_TO], TRUE);
}

/* The rule at @p first, and with it all behind it that differ in nothing but the row. */
static void
append_nft_rules(GString *file, const firewall_rules_t *rules, unsigned first)
{
    const firewall_rule_t *rule = firewall_rules_at(rules, first);
    GTree *hosts[2];
    GString *rows = g_string_new(rule->row);
    char *comment;

    for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
        hosts[end] = g_tree_new_full(compare_addresses, NULL, NULL, NULL);
    for (unsigned i = first; i < rules->rules->len; i++) {
        const firewall_rule_t *other = firewall_rules_at(rules, i);

        if (other->flows == 0 || !same_but_row(rule, other))
            continue;
        if (i > first)
            g_string_append_printf(rows, " %s", other->row);
        for (unsigned end = RULE_FROM; end <= RULE_TO; end++)
            g_tree_foreach(other->hosts[end], insert_host, hosts[end]);
    }
    comment = comment_text(rows->str, rule);
    if (rule->transport == TRANSPORT_IPX) {
        g_string_append_printf(file, "        # %s: IPX, which nftables does not filter\n",
                               comment);
    } else {
        append_nft_rule(file, rule, "ip", AT_IPv4, hosts, comment);
        append_nft_rule(file, rule, "ip6", AT_IPv6, hosts, comment);
    }
    g_free(comment);
    g_string_free(rows, TRUE);
    g_tree_destroy(hosts[RULE_FROM]);
    g_tree_destroy(hosts[RULE_TO]);
}

/* True where a rule before this one has it in already. */
static bool
is_appended(const firewall_rules_t *rules, unsigned place)
{
    for (unsigned i = 0; i < place; i++) {
        const firewall_rule_t *before = firewall_rules_at(rules, i);

        if (before->flows > 0 && same_but_row(before, firewall_rules_at(rules, place)))
            return true;
    }
    return false;
}

/* What the audit has not kept, a rule may be missing for. */
static void
append_bounds(GString *file)
{
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        char *text = bounds_to_str(NULL, bound);

        g_string_append_printf(file, "# Not kept: %s\n", text);
        wmem_free(NULL, text);
    }
}

/* The chain of the rules, below the head of its table. */
static void
append_nft_chain(GString *file, const firewall_rules_t *rules)
{
    /* Said twice so that it can be loaded again: the first makes what the second takes away. */
    g_string_append(file, "table inet smsrc\n"
                          "delete table inet smsrc\n"
                          "table inet smsrc {\n"
                          "    chain listed {\n");
    for (unsigned i = 0; i < rules->rules->len; i++) {
        if (firewall_rules_at(rules, i)->flows > 0 && !is_appended(rules, i))
            append_nft_rules(file, rules, i);
    }
    g_string_append(file, "    }\n");
}

static bool
has_flows(const firewall_rules_t *rules)
{
    for (unsigned i = 0; i < rules->rules->len; i++) {
        if (firewall_rules_at(rules, i)->flows > 0)
            return true;
    }
    return false;
}

char *
firewall_rules_to_nft(const firewall_rules_t *rules, bool drop)
{
    static const char dropping[] =
        "# \"policy drop\" stops all else that this host forwards: add what is yours.\n";
    static const char not_dropping[] =
        "# No packet comes to the chain \"listed\" by itself. Take it into your own table, and\n"
        "# jump to it behind \"ct state established,related accept\".\n";
    GString *file = g_string_new(NULL);

    g_string_append_printf(
        file,
        "# What the flows of a capture need that KB 826852 lists (tshark -z smsrc,rules.nft%s).\n"
        "# Rules run from initiator to responder; answers pass as parts of their connections.\n",
        drop ? ".drop" : "");
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++) {
        if (rules->left_out[reason] > 0)
            g_string_append_printf(file, "# Left out: %u flow%s, %s\n", rules->left_out[reason],
                                   rules->left_out[reason] == 1 ? "" : "s",
                                   firewall_left_out_name(reason));
    }
    append_bounds(file);
    if (!has_flows(rules)) {
        g_string_append(file, "# No rule: no flow of the capture is listed and may make one.\n");
        return g_string_free(file, FALSE);
    }
    g_string_append(file, drop ? dropping : not_dropping);
    append_nft_chain(file, rules);
    g_string_append(file, drop ? "    chain forward {\n"
                                 "        type filter hook forward priority 0; policy drop;\n"
                                 "        ct state established,related accept\n"
                                 "        jump listed\n"
                                 "    }\n"
                                 "}\n"
                               : "}\n");
    return g_string_free(file, FALSE);
}
