/* nft-ruleset.c
 * The firewall rules as a ruleset for nftables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* The syntax is that of nft(8). */

#include "nft-ruleset.h"

#include "bounds.h"
#include "not-judged-sum.h"
#include "text.h"

/* nft refuses a comment of more than 128 bytes. */
#define MAX_COMMENT 120

/* The comment of a rule: bounded, and without characters that could end it or the line. */
static char *
comment_text(const char *rows, const firewall_rule_t *rule)
{
    char *from = firewall_rules_roles_to_str(rule, INITIATOR);
    char *to = firewall_rules_roles_to_str(rule, RESPONDER);
    char *text = g_strdup_printf("%s %s to %s", rows, from, to);

    g_strcanon(text,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,.-()+", ' ');
    if (strlen(text) > MAX_COMMENT)
        memcpy(text + MAX_COMMENT - 3, "...", 4);
    g_free(from);
    g_free(to);
    return text;
}

/* Appends "ip saddr { ... } ip daddr { ... } tcp dport 80 ..." for the addresses of @p type. */
static void
append_nft_rule(GString *file, const firewall_rule_t *rule, const char *family, int type,
                host_set_t *const hosts[NUM_ENDS], const char *comment)
{
    char *from = host_set_to_str(hosts[INITIATOR], type, UINT_MAX);
    char *to = host_set_to_str(hosts[RESPONDER], type, UINT_MAX);

    if (*from != '\0' && *to != '\0')
        g_string_append_printf(file,
                               "        %s saddr { %s } %s daddr { %s } %s dport %u ct state new "
                               "accept comment \"%s\"\n",
                               family, from, family, to,
                               rule->transport == TRANSPORT_TCP ? "tcp" : "udp", rule->port,
                               comment);
    g_free(from);
    g_free(to);
}

static bool
is_rule(const firewall_rule_t *rule)
{
    return rule->flows > 0 && !rule->unconfirmed;
}

/* Appends the rule at @p first, joined with all later ones that differ in nothing but the row. */
static void
append_nft_rules(GString *file, const firewall_rules_t *rules, unsigned first)
{
    const firewall_rule_t *rule = firewall_rules_at(rules, first);
    host_set_t *hosts[NUM_ENDS];
    GString *rows = g_string_new(rule->row);
    char *comment;

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        hosts[end] = host_set_new();
    for (unsigned i = first; i < firewall_rules_count(rules); i++) {
        const firewall_rule_t *other = firewall_rules_at(rules, i);

        if (other->flows == 0 || other->unconfirmed || !firewall_rules_equal_but_row(rule, other))
            continue;
        if (i > first)
            g_string_append_printf(rows, " %s", other->row);
        for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
            host_set_add_all(hosts[end], other->hosts[end]);
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
    host_set_free(hosts[INITIATOR]);
    host_set_free(hosts[RESPONDER]);
}

/* True where the rule at @p place is joined with an earlier one. */
static bool
is_appended(const firewall_rules_t *rules, unsigned place)
{
    const firewall_rule_t *rule = firewall_rules_at(rules, place);

    for (unsigned i = 0; i < place; i++) {
        const firewall_rule_t *before = firewall_rules_at(rules, i);

        if (before->flows > 0 && firewall_rules_equal_but_row(before, rule))
            return true;
    }
    return false;
}

/* Appends what the audit has not judged: rules for it may be missing as well. */
static void
append_not_judged(GString *file)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    not_judged_sum_add_texts(texts);
    for (unsigned i = 0; i < texts->len; i++)
        g_string_append_printf(file, "# Not judged: %s\n", (const char *)texts->pdata[i]);
    g_ptr_array_free(texts, TRUE);
}

/* Appends what the audit has not kept: rules for it may be missing. */
static void
append_bounds(GString *file)
{
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        char *text = bounds_to_str(NULL, bound);

        g_string_append_printf(file, "# Not kept: %s\n", text);
        wmem_free(NULL, text);
    }
}

/* Appends the head of the table, and the chain of the rules. */
static void
append_nft_chain(GString *file, const firewall_rules_t *rules)
{
    /* The first line creates the table that the second deletes, so that a file loads repeatedly. */
    g_string_append(file, "table inet smsrc\n"
                          "delete table inet smsrc\n"
                          "table inet smsrc {\n"
                          "    chain listed {\n");
    for (unsigned i = 0; i < firewall_rules_count(rules); i++) {
        if (is_rule(firewall_rules_at(rules, i)) && !is_appended(rules, i))
            append_nft_rules(file, rules, i);
    }
    g_string_append(file, "    }\n");
}

static bool
has_flows(const firewall_rules_t *rules)
{
    for (unsigned i = 0; i < firewall_rules_count(rules); i++) {
        if (is_rule(firewall_rules_at(rules, i)))
            return true;
    }
    return false;
}

/* Appends "#     "10.1.2.3","Client","" for each host of an end, once for all comments. */
static void
append_additions(GString *file, const firewall_rule_t *rule, unsigned end, GHashTable *added)
{
    char *roles = firewall_rules_missing_to_str(rule, end);
    char *all = host_set_to_str(rule->hosts[end], AT_NONE, UINT_MAX);
    char **hosts = g_strsplit(all, ", ", -1);

    for (char **host = hosts; *host != NULL && *roles != '\0'; host++) {
        char *line = g_strdup_printf("#     \"%s\",%s,\"\"\n", *host, roles);

        if (g_hash_table_add(added, line))
            g_string_append(file, line);
    }
    g_strfreev(hosts);
    g_free(all);
    g_free(roles);
}

/* Appends a comment: the flows that are in no rule because a role is unconfirmed. */
static void
append_comment(GString *file, const firewall_rule_t *rule, GHashTable *added)
{
    char *text = comment_text(rule->row, rule);
    char *from = host_set_to_str(rule->hosts[INITIATOR], AT_NONE, UINT_MAX);
    char *to = host_set_to_str(rule->hosts[RESPONDER], AT_NONE, UINT_MAX);

    if (rule->transport == TRANSPORT_IPX)
        g_string_append_printf(file, "# %s: IPX, which nftables does not filter\n", text);
    else
        g_string_append_printf(file, "# %s, %s %u, from %s to %s\n", text,
                               service_transport_name(rule->transport), rule->port, from, to);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        append_additions(file, rule, end, added);
    g_free(text);
    g_free(from);
    g_free(to);
}

/* Appends the comments, with what makes rules of them. */
static void
append_comments(GString *file, const firewall_rules_t *rules)
{
    GHashTable *added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool first = true;

    for (unsigned i = 0; i < firewall_rules_count(rules); i++) {
        const firewall_rule_t *rule = firewall_rules_at(rules, i);

        if (rule->flows == 0 || !rule->unconfirmed)
            continue;
        if (first)
            g_string_append(file, "# Unconfirmed, and no rules: whoever sends packets can bring "
                                  "them about. If they are yours, add\n"
                                  "# the lines below them to smsrc_roles.\n");
        first = false;
        append_comment(file, rule, added);
    }
    g_hash_table_destroy(added);
}

/* Appends "# Left out: 2 flows, KB gap" unless there is no such flow. */
static void
append_flows(GString *file, const char *where, unsigned flows, const char *separator,
             const char *what)
{
    if (flows > 0)
        g_string_append_printf(file, "# %s: %u flow%s%s%s\n", where, flows,
                               flows == 1 ? "" : "s", separator, what);
}

/* Appends the filter on one line: what comes after a newline would be no comment. */
static void
append_filter(GString *file, const char *filter)
{
    char *shown;

    if (filter == NULL)
        return;
    shown = text_shown(NULL, filter);
    g_string_append_printf(file, "# Of the flows that this filter chooses, and no others: %s\n",
                           shown);
    wmem_free(NULL, shown);
}

char *
nft_ruleset_to_str(const firewall_rules_t *rules, const char *filter, bool drop)
{
    static const char dropping[] =
        "# \"policy drop\" stops all else that this host forwards: add what is yours.\n";
    static const char not_dropping[] =
        "# No packet comes to the chain \"listed\" by itself. Take it into your own table, and\n"
        "# jump to it behind \"ct state established,related accept\".\n";
    GString *file = g_string_new(NULL);

    g_string_append_printf(
        file,
        "# What the flows of a capture need that %s lists (tshark -z smsrc,rules.nft%s).\n"
        "# Rules run from initiator to responder; answers pass as parts of their connections.\n"
        "# " FIREWALL_RULES_TRUST "\n",
        audit_tap_matrix()->title, drop ? ".drop" : "");
    append_filter(file, filter);
    append_flows(file, "In rules", firewall_rules_num_learned(rules), " ", FIREWALL_RULES_LEARNED);
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++)
        append_flows(file, "Left out", firewall_rules_left_out(rules, reason), ", ",
                     firewall_rules_reason_name(reason));
    append_not_judged(file);
    append_bounds(file);
    append_comments(file, rules);
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
