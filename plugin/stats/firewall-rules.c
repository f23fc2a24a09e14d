/* firewall-rules.c
 * The least set of firewall rules that the listed flows of a capture need
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A rule is a pair of roles, a transport, a port and a row of the matrix. The hosts that were seen
 * at its two ends are sets, so it allows each host of one end to each of the other, also where
 * only some of them were seen to communicate: pairs of the same roles on the same port, which the
 * matrix lists alike.
 *
 * A share records the rule that a flow is in, and a host its number of flows, so that a flow whose
 * verdict changes takes along what only it has added. That is less than the audit itself keeps
 * for a flow. Rules and hosts are bounded. What is in no rule is counted with its reason.
 *
 * A flow whose verdict is Unconfirmed makes no rule, or an initiator could make the one that lets
 * it pass. It makes a comment, which has what a rule has, and the roles that the user would have to
 * add to the table of roles.
 */

#include "firewall-rules.h"

#include "addresses.h"
#include "sorted-array.h"
#include "stat-settle.h"

/* A site has fewer than a hundred rules: more are an attack on memory. */
#ifndef FIREWALL_MAX_RULES
#define FIREWALL_MAX_RULES 4096
#endif

/* Of all rules together, and as many of all comments, which forged packets can bring about. */
#ifndef FIREWALL_MAX_HOSTS
#define FIREWALL_MAX_HOSTS 262144
#endif

/* What a flow is counted as, and the facts that this depends on. */
typedef struct {
    verdict_e verdict;
    const matrix_row_t *row;
    bool proxied;
    bool forwarded;
    bool learned; /* a role of the row is not the table's */

    firewall_rule_t *rule; /* NULL: in none and in no comment */
    unsigned left_out;     /* why it is in no rule; VERDICT_NONE: it is in one */
    bool blocked;
    host_t *hosts[NUM_ENDS];
} share_t;

struct firewall_rules {
    GPtrArray *rules;   /* of firewall_rule_t, sorted */
    GHashTable *shares; /* flow to its share */
    unsigned num_rules[2]; /* of rules and of comments */
    unsigned num_hosts[2]; /* in them */
    unsigned left_out[NUM_LEFT_OUT];
    unsigned num_learned; /* flows in rules by a role that the user's table does not give */
};

static int
compare_rules(const void *rule, const void *other)
{
    const firewall_rule_t *a = (const firewall_rule_t *)rule;
    const firewall_rule_t *b = (const firewall_rule_t *)other;
    int order = sorted_array_compare_numbers(a->unconfirmed, b->unconfirmed);

    if (order == 0)
        order = sorted_array_compare_numbers(a->order, b->order);
    for (unsigned end = INITIATOR; end < NUM_ENDS && order == 0; end++) {
        order = sorted_array_compare_numbers(a->roles[end], b->roles[end]);
        if (order == 0)
            order = sorted_array_compare_numbers(a->missing[end], b->missing[end]);
    }
    if (order == 0)
        order = sorted_array_compare_numbers(a->by_proxy, b->by_proxy);
    if (order == 0)
        order = sorted_array_compare_numbers(a->transport, b->transport);
    return order != 0 ? order : sorted_array_compare_numbers(a->port, b->port);
}

static void
free_rule(void *data)
{
    firewall_rule_t *rule = (firewall_rule_t *)data;

    host_set_free(rule->hosts[INITIATOR]);
    host_set_free(rule->hosts[RESPONDER]);
    g_free(rule);
}

/* The roles among @p roles that are of the kind of one in @p held. */
static role_set_t
roles_of_kind(role_set_t roles, role_set_t held)
{
    role_set_t kinds = held | role_set_general(held), found = 0;

    for (unsigned role = 0; role < NUM_ROLES; role++) {
        if ((roles & ROLE_BIT(role)) != 0 && (kinds & ROLE_BIT(role_kind((role_e)role))) != 0)
            found |= ROLE_BIT(role);
    }
    return found;
}

/* The roles of which one would have to be confirmed at @p end, so that @p wanted fit it. */
static role_set_t
missing_roles(role_set_t wanted, const flow_end_t *end)
{
    role_set_t confirmed = end->roles & ~end->unconfirmed, found;

    if (wanted == ROLES_ANY)
        return confirmed != 0 ? 0 : end->unconfirmed;
    if ((wanted & confirmed) != 0)
        return 0;
    found = roles_of_kind(wanted, end->roles & wanted);
    return found != 0 ? found : wanted; /* a client of the database may be any of them */
}

/* True where the table gives one of the ends none of the roles of the row. */
static bool
is_by_learned_role(const audit_tap_t *tap)
{
    role_set_t wanted[NUM_ENDS];

    audit_tap_get_row_roles(tap, wanted);
    return (wanted[INITIATOR] & tap->ends[INITIATOR].by_table) == 0 ||
           (wanted[RESPONDER] & tap->ends[RESPONDER].by_table) == 0;
}

static firewall_rule_t
rule_of_flow(const audit_tap_t *tap)
{
    firewall_rule_t rule;

    memset(&rule, 0, sizeof rule);
    rule.order = tap->row_order;
    (void)g_strlcpy(rule.row, tap->verdict->row->id, sizeof rule.row);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        rule.roles[end] = tap->ends[end].roles;
    rule.unconfirmed = tap->verdict->verdict == VERDICT_UNCONFIRMED;
    if (rule.unconfirmed && tap->transport != TRANSPORT_IPX) { /* of which the table has none */
        role_set_t wanted[NUM_ENDS];

        audit_tap_get_row_roles(tap, wanted);
        rule.missing[INITIATOR] = missing_roles(wanted[INITIATOR], &tap->ends[INITIATOR]);
        rule.missing[RESPONDER] = missing_roles(wanted[RESPONDER], &tap->ends[RESPONDER]);
    }
    rule.by_proxy = tap->flow->content->forwarded;
    rule.transport = tap->transport;
    rule.port = tap->ends[RESPONDER].port;
    return rule;
}

/*
 * Finds the two ends of a flow. A verdict may be of a time when the initiator was not known, and
 * the packet of a later one: the host with the port that was judged is the responder. This does not
 * hold for an ICMP error, whose ports are, up to 4.2, those of the packet that it quotes.
 */
static void
find_ends(const packet_info *pinfo, const audit_tap_t *tap, const firewall_rule_t *rule,
          const flow_end_t *ends[NUM_ENDS])
{
    bool error = proto_is_frame_protocol(pinfo->layers, "icmp") ||
                 proto_is_frame_protocol(pinfo->layers, "icmpv6");
    bool answer = addresses_equal(&pinfo->src, tap->ends[RESPONDER].host);
    uint32_t from = answer ? pinfo->destport : pinfo->srcport;
    uint32_t to = answer ? pinfo->srcport : pinfo->destport;
    bool reversed = !error && !tap->is_change && rule->transport != TRANSPORT_IPX &&
                    to != rule->port && from == rule->port;

    ends[INITIATOR] = &tap->ends[reversed ? RESPONDER : INITIATOR];
    ends[RESPONDER] = &tap->ends[reversed ? INITIATOR : RESPONDER];
}

/* Why a flow is in no rule; VERDICT_NONE where it is to be in one. */
static unsigned
why_left_out(const audit_tap_t *tap)
{
    if (!verdict_may_be_listed(tap->verdict) || tap->verdict->row == NULL)
        return tap->verdict->verdict;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        if ((tap->ends[end].roles & ROLES_BROADCAST) != 0 ||
            addresses_is_ip_group(tap->ends[end].host))
            return LEFT_OUT_BROADCAST;
    }
    if (tap->flow->content->proxied)
        return LEFT_OUT_PROXIED;
    return verdict_is_listed(tap->verdict) ? VERDICT_NONE : tap->verdict->verdict;
}

static void
leave(firewall_rules_t *rules, share_t *share)
{
    firewall_rule_t *rule = share->rule;

    if (share->left_out != VERDICT_NONE)
        rules->left_out[share->left_out]--;
    if (rule == NULL)
        return;
    rules->num_learned -= share->learned;
    share->learned = false;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        rules->num_hosts[rule->unconfirmed] -= host_set_size(rule->hosts[end]);
        host_set_remove_flow(rule->hosts[end], share->hosts[end]);
        rules->num_hosts[rule->unconfirmed] += host_set_size(rule->hosts[end]);
    }
    rule->flows--;
    rule->blocked -= share->blocked;
    rule->stale = true;
    share->rule = NULL;
    share->blocked = false;
}

/* Counts the flow as blocked or open in its rule. False where it is counted so already. */
static bool
update_blocked(share_t *share, const flow_t *flow)
{
    bool blocked = flow->reach == REACH_BLOCKED;

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

/* True where the ends of a flow may be added to @p rule, or for NULL to a new one. */
static bool
has_place(const firewall_rules_t *rules, const firewall_rule_t *rule, bool unconfirmed,
          const flow_end_t *const ends[NUM_ENDS])
{
    if (rules->num_hosts[unconfirmed] + NUM_ENDS <= FIREWALL_MAX_HOSTS)
        return true;
    return rule != NULL && host_set_contains(rule->hosts[INITIATOR], ends[INITIATOR]->host) &&
           host_set_contains(rule->hosts[RESPONDER], ends[RESPONDER]->host);
}

/* The rule for a flow with these ends, which may be new; NULL where there is no place. */
static firewall_rule_t *
rule_for(firewall_rules_t *rules, const firewall_rule_t *wanted,
         const flow_end_t *const ends[NUM_ENDS])
{
    firewall_rule_t *rule = NULL;
    unsigned place;

    if (sorted_array_find(rules->rules, wanted, compare_rules, &place))
        rule = firewall_rules_at(rules, place);
    if (!has_place(rules, rule, wanted->unconfirmed, ends))
        return NULL;
    if (rule != NULL || rules->num_rules[wanted->unconfirmed] == FIREWALL_MAX_RULES)
        return rule;
    rule = g_new(firewall_rule_t, 1);
    *rule = *wanted;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        rule->hosts[end] = host_set_new();
    g_ptr_array_insert(rules->rules, (int)place, rule);
    rules->num_rules[rule->unconfirmed]++;
    return rule;
}

static void
join_rule(firewall_rules_t *rules, share_t *share, firewall_rule_t *rule,
          const flow_end_t *const ends[NUM_ENDS])
{
    share->rule = rule;
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        rules->num_hosts[rule->unconfirmed] -= host_set_size(rule->hosts[end]);
        share->hosts[end] = host_set_add_flow(rule->hosts[end], ends[end]->host);
        rules->num_hosts[rule->unconfirmed] += host_set_size(rule->hosts[end]);
    }
    rule->flows++;
    rule->stale = true;
}

static void
join(firewall_rules_t *rules, share_t *share, const packet_info *pinfo, const audit_tap_t *tap)
{
    const flow_end_t *ends[NUM_ENDS] = { &tap->ends[INITIATOR], &tap->ends[RESPONDER] };
    firewall_rule_t wanted, *rule = NULL;

    memset(&wanted, 0, sizeof wanted);
    if (verdict_may_be_listed(tap->verdict) && tap->verdict->row != NULL) {
        wanted = rule_of_flow(tap);
        find_ends(pinfo, tap, &wanted, ends);
    }
    share->left_out = why_left_out(tap);
    if (share->left_out == VERDICT_NONE || share->left_out == VERDICT_UNCONFIRMED) {
        rule = rule_for(rules, &wanted, ends);
        if (rule == NULL)
            share->left_out = LEFT_OUT_FULL;
    }
    if (share->left_out != VERDICT_NONE)
        rules->left_out[share->left_out]++;
    if (rule == NULL)
        return;
    join_rule(rules, share, rule, ends);
    share->learned = !rule->unconfirmed && is_by_learned_role(tap);
    rules->num_learned += share->learned;
    (void)update_blocked(share, tap->flow);
}

/* The capture ends: flows stay where they are counted. */
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
    memset(rules->num_rules, 0, sizeof rules->num_rules);
    memset(rules->num_hosts, 0, sizeof rules->num_hosts);
    memset(rules->left_out, 0, sizeof rules->left_out);
    rules->num_learned = 0;
}

/* True where the flow of @p tap belongs where it is counted already. */
static bool
is_current(const share_t *share, const audit_tap_t *tap)
{
    const flow_content_t *content = tap->flow->content;

    return share->verdict == tap->verdict->verdict && share->row == tap->verdict->row &&
           share->proxied == content->proxied && share->forwarded == content->forwarded;
}

bool
firewall_rules_update(firewall_rules_t *rules, const packet_info *pinfo, const audit_tap_t *tap)
{
    share_t *share = (share_t *)g_hash_table_lookup(rules->shares, tap->flow);

    if (tap->verdict->verdict == VERDICT_NONE) {
        if (share != NULL)
            leave(rules, share);
        return g_hash_table_remove(rules->shares, tap->flow);
    }
    if (share == NULL) {
        share = g_new0(share_t, 1);
        g_hash_table_insert(rules->shares, (void *)tap->flow, share);
    } else if (is_current(share, tap)) {
        return update_blocked(share, tap->flow);
    } else {
        leave(rules, share);
    }
    share->verdict = tap->verdict->verdict;
    share->row = tap->verdict->row;
    share->proxied = tap->flow->content->proxied;
    share->forwarded = tap->flow->content->forwarded;
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
    const firewall_rule_t *rule = firewall_rules_at(rules, place);

    if (rule->flows > 0)
        return;
    rules->num_rules[rule->unconfirmed]--;
    g_ptr_array_remove_index(rules->rules, place);
}

unsigned
firewall_rules_num_learned(const firewall_rules_t *rules)
{
    return rules->num_learned;
}

bool
firewall_rules_equal_but_row(const firewall_rule_t *a, const firewall_rule_t *b)
{
    firewall_rule_t other = *b;

    other.order = a->order;
    return compare_rules(a, &other) == 0;
}

unsigned
firewall_rules_left_out(const firewall_rules_t *rules, unsigned reason)
{
    return rules->left_out[reason];
}

const char *
firewall_rules_reason_name(unsigned reason)
{
    switch (reason) {
    case LEFT_OUT_BROADCAST:
        return "Broadcast";
    case LEFT_OUT_PROXIED:
        return "To a proxy";
    case LEFT_OUT_FULL:
        return "Too many";
    default:
        return verdict_name((verdict_e)reason);
    }
}

char *
firewall_rules_missing_to_str(const firewall_rule_t *rule, unsigned end)
{
    GString *text = g_string_new(NULL);

    for (const value_string *role = role_vals; role->strptr != NULL; role++) {
        if ((rule->missing[end] & ROLE_BIT(role->value)) != 0)
            g_string_append_printf(text, "%s\"%s\"", text->len > 0 ? " or " : "", role->strptr);
    }
    return g_string_free(text, FALSE);
}

char *
firewall_rules_roles_to_str(const firewall_rule_t *rule, unsigned end)
{
    char *names = role_set_to_str(NULL, rule->roles[end]);
    char *text = g_strdup_printf("%s%s", *names == '\0' ? "No role" : names,
                                 end == INITIATOR && rule->by_proxy ? ", by a proxy" : "");

    wmem_free(NULL, names);
    return text;
}
