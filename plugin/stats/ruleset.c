/* ruleset.c
 * The firewall rules as a file for a firewall
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * What the files have in common: the head, the comments, rules that are joined, and hosts. How a
 * line looks is in rule-format.c.
 */

#include "ruleset.h"

#include "bounds.h"
#include "not-judged-sum.h"
#include "text.h"

/* Of all rules of a file together, in a format that bounds the hosts of a line. */
#ifndef FIREWALL_MAX_PAIRS
#define FIREWALL_MAX_PAIRS 262144
#endif

/* The lines that allow something, with comments among them. */
typedef struct {
    const rule_format_t *format;
    GString *text[2];  /* of both families, or for IPv4 and for IPv6 */
    unsigned lines[2]; /* without comments */
    GString *too_many; /* comments for the head: rules of more pairs of hosts than are written */
    unsigned pairs;    /* that are written */
} lists_t;

/* The comment of a rule: bounded, and without characters that could end it or the line. */
static char *
comment_text(const char *rows, const firewall_rule_t *rule, const rule_format_t *format)
{
    char *from = firewall_rules_roles_to_str(rule, INITIATOR);
    char *to = firewall_rules_roles_to_str(rule, RESPONDER);
    char *text = g_strdup_printf("%s %s to %s", rows, from, to);

    g_strcanon(text,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,.-()+", ' ');
    if (strlen(text) > format->max_comment)
        memcpy(text + format->max_comment - 3, "...", 4);
    g_free(from);
    g_free(to);
    return text;
}

/* The hosts of an end, of one family, as strings for the lines they are in: NULL ends them. */
static char **
hosts_of_lines(host_set_t *hosts, const rule_format_t *format, int type, unsigned *count)
{
    char *all = host_set_to_str(hosts, type, UINT_MAX);
    char **each = g_strsplit(all, ", ", -1);
    GPtrArray *lines = g_ptr_array_new();
    unsigned most;

    *count = g_strv_length(each);
    most = format->max_hosts > 0 ? format->max_hosts : MAX(*count, 1);
    for (unsigned first = 0; first < *count; first += most) {
        unsigned end = MIN(first + most, *count);
        char *next = each[end];

        each[end] = NULL;
        g_ptr_array_add(lines, g_strjoinv(format->separator, each + first));
        each[end] = next;
    }
    g_ptr_array_add(lines, NULL);
    g_strfreev(each);
    g_free(all);
    return (char **)g_ptr_array_free(lines, FALSE);
}

/* Appends the lines for all of @p from with all of @p to. */
static void
append_lines(lists_t *lists, rule_line_t *line, char **from, char **to)
{
    const rule_format_t *format = lists->format;
    bool section = line->ipv6 && format->open_ipv6 != NULL;

    if (format->title != NULL)
        g_string_append_printf(lists->text[section], "%s%s\n", format->title, line->comment);
    for (; *from != NULL; from++) {
        for (char **other = to; *other != NULL; other++) {
            line->from = *from;
            line->to = *other;
            format->append(lists->text[section], line);
            lists->lines[section]++;
        }
    }
}

/* Appends the lines of @p rule for its hosts of one family, which may be none. */
static void
append_family(lists_t *lists, const firewall_rule_t *rule, bool ipv6,
              host_set_t *const hosts[NUM_ENDS], const char *comment)
{
    rule_line_t line = { .ipv6 = ipv6, .port = rule->port, .comment = comment,
                         .protocol = rule->transport == TRANSPORT_TCP ? "tcp" : "udp" };
    int type = ipv6 ? AT_IPv6 : AT_IPv4;
    unsigned from_count, to_count;
    char **from = hosts_of_lines(hosts[INITIATOR], lists->format, type, &from_count);
    char **to = hosts_of_lines(hosts[RESPONDER], lists->format, type, &to_count);
    uint64_t pairs = lists->format->max_hosts > 0 ? (uint64_t)from_count * to_count : 0;

    if (lists->pairs + pairs > FIREWALL_MAX_PAIRS) {
        g_string_append_printf(lists->too_many,
                               "%sToo many pairs of hosts, not written: %s, %s %u, %u by %u\n",
                               lists->format->note, comment,
                               service_transport_name(rule->transport), line.port, from_count,
                               to_count);
    } else if (from_count > 0 && to_count > 0) {
        append_lines(lists, &line, from, to);
        lists->pairs += (unsigned)pairs;
    }
    g_strfreev(from);
    g_strfreev(to);
}

static bool
is_rule(const firewall_rule_t *rule)
{
    return rule->flows > 0 && !rule->unconfirmed;
}

/* Appends the rule at @p first, joined with all later ones that differ in nothing but the row. */
static void
append_rule(lists_t *lists, const firewall_rules_t *rules, unsigned first)
{
    const firewall_rule_t *rule = firewall_rules_at(rules, first);
    host_set_t *hosts[NUM_ENDS];
    GString *rows = g_string_new(rule->row);
    char *comment;

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        hosts[end] = host_set_new();
    for (unsigned i = first; i < firewall_rules_count(rules); i++) {
        const firewall_rule_t *other = firewall_rules_at(rules, i);

        if (!is_rule(other) || !firewall_rules_equal_but_row(rule, other))
            continue;
        if (i > first)
            g_string_append_printf(rows, " %s", other->row);
        for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
            host_set_add_all(hosts[end], other->hosts[end]);
    }
    comment = comment_text(rows->str, rule, lists->format);
    if (rule->transport == TRANSPORT_IPX) {
        g_string_append_printf(lists->text[0], "%s%s%s: IPX, which %s does not filter\n",
                               lists->format->indent, lists->format->note, comment,
                               lists->format->firewall);
    } else {
        append_family(lists, rule, false, hosts, comment);
        append_family(lists, rule, true, hosts, comment);
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
append_not_judged(GString *file, const rule_format_t *format)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

    not_judged_sum_add_texts(texts);
    for (unsigned i = 0; i < texts->len; i++)
        g_string_append_printf(file, "%sNot judged: %s\n", format->note,
                               (const char *)texts->pdata[i]);
    g_ptr_array_free(texts, TRUE);
}

/* Appends what the audit has not kept: rules for it may be missing. */
static void
append_bounds(GString *file, const rule_format_t *format)
{
    for (bound_e bound = bounds_next(BOUND_NONE); bound < NUM_BOUNDS; bound = bounds_next(bound)) {
        char *text = bounds_to_str(NULL, bound);

        g_string_append_printf(file, "%sNot kept: %s\n", format->note, text);
        wmem_free(NULL, text);
    }
}

/* Appends "#     "10.1.2.3","Client","" for each host of an end, once for all comments. */
static void
append_additions(GString *file, const rule_format_t *format, const firewall_rule_t *rule,
                 unsigned end, GHashTable *added)
{
    char *roles = firewall_rules_missing_to_str(rule, end);
    char *all = host_set_to_str(rule->hosts[end], AT_NONE, UINT_MAX);
    char **hosts = g_strsplit(all, ", ", -1);

    for (char **host = hosts; *host != NULL && *roles != '\0'; host++) {
        char *line = g_strdup_printf("%s    \"%s\",%s,\"\"\n", format->note, *host, roles);

        if (g_hash_table_add(added, line))
            g_string_append(file, line);
    }
    g_strfreev(hosts);
    g_free(all);
    g_free(roles);
}

/* Appends a comment: the flows that are in no rule because a role is unconfirmed. */
static void
append_comment(GString *file, const rule_format_t *format, const firewall_rule_t *rule,
               GHashTable *added)
{
    char *text = comment_text(rule->row, rule, format);
    char *from = host_set_to_str(rule->hosts[INITIATOR], AT_NONE, UINT_MAX);
    char *to = host_set_to_str(rule->hosts[RESPONDER], AT_NONE, UINT_MAX);

    if (rule->transport == TRANSPORT_IPX)
        g_string_append_printf(file, "%s%s: IPX, which %s does not filter\n", format->note, text,
                               format->firewall);
    else
        g_string_append_printf(file, "%s%s, %s %u, from %s to %s\n", format->note, text,
                               service_transport_name(rule->transport), rule->port, from, to);
    for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
        append_additions(file, format, rule, end, added);
    g_free(text);
    g_free(from);
    g_free(to);
}

/* Appends the comments, with what makes rules of them. */
static void
append_comments(GString *file, const rule_format_t *format, const firewall_rules_t *rules)
{
    GHashTable *added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool first = true;

    for (unsigned i = 0; i < firewall_rules_count(rules); i++) {
        const firewall_rule_t *rule = firewall_rules_at(rules, i);

        if (rule->flows == 0 || !rule->unconfirmed)
            continue;
        if (first)
            g_string_append_printf(file,
                                   "%sUnconfirmed, not rules: anybody who sends packets can "
                                   "cause them. If they are yours,\n"
                                   "%sadd the lines below them to smsrc_roles.\n",
                                   format->note, format->note);
        first = false;
        append_comment(file, format, rule, added);
    }
    g_hash_table_destroy(added);
}

/* Appends "# Left out: 2 flows, KB gap" unless there is no such flow. */
static void
append_flows(GString *file, const rule_format_t *format, const char *where, unsigned flows,
             const char *what)
{
    if (flows > 0)
        g_string_append_printf(file, "%s%s: %u flow%s%s\n", format->note, where, flows,
                               flows == 1 ? "" : "s", what);
}

/*
 * Appends the filter on one line: what comes after a newline would be no comment. A backslash at
 * the end of a line would continue it for pf, and a question mark asks IOS for help.
 */
static void
append_filter(GString *file, const rule_format_t *format, const char *filter)
{
    char *shown;

    if (filter == NULL)
        return;
    shown = text_shown(NULL, filter);
    g_string_append_printf(file, "%sOf the flows that this filter chooses, and no others: ",
                           format->note);
    for (const char *at = shown; *at != '\0'; at++) {
        if (*at == format->escaped)
            g_string_append_printf(file, "\\x%02x", (unsigned char)*at);
        else
            g_string_append_c(file, *at);
    }
    g_string_append(file, g_str_has_suffix(shown, "\\") ? " \n" : "\n");
    wmem_free(NULL, shown);
}

/* Appends what the lines rest on, and what is in none of them. */
static void
append_head(GString *file, const rule_format_t *format, const firewall_rules_t *rules,
            const char *filter)
{
    const char *note = format->note;

    g_string_append_printf(file,
                           "%s%s for the flows of this capture that %s lists (tshark -z %s).\n"
                           "%sRules run from initiator to responder; %s\n"
                           "%s" FIREWALL_RULES_TRUST "\n",
                           note, format->rules, audit_tap_matrix()->title, format->command, note,
                           format->replies, note);
    append_filter(file, format, filter);
    append_flows(file, format, "In rules", firewall_rules_num_learned(rules),
                 " " FIREWALL_RULES_LEARNED);
    for (unsigned reason = 0; reason < NUM_LEFT_OUT; reason++) {
        char *what = g_strdup_printf(", %s", firewall_rules_reason_name(reason));

        append_flows(file, format, "Left out", firewall_rules_left_out(rules, reason), what);
        g_free(what);
    }
    append_not_judged(file, format);
    append_bounds(file, format);
}

/* Appends the lines, with what is before and after them. */
static void
append_lists(GString *file, const lists_t *lists)
{
    const rule_format_t *format = lists->format;
    const char *const opens[] = { format->open, format->open_ipv6 };
    bool any = lists->lines[0] > 0 || lists->lines[1] > 0;

    g_string_append(file, lists->too_many->str);
    if (any)
        g_string_append(file, format->advice);
    for (unsigned section = 0; section < array_length(opens); section++) {
        if (lists->lines[section] > 0)
            g_string_append(file, opens[section]);
        g_string_append(file, lists->text[section]->str);
    }
    if (any)
        g_string_append(file, format->close);
}

char *
ruleset_to_str(const firewall_rules_t *rules, const rule_format_t *format, const char *filter)
{
    GString *file = g_string_new(NULL);
    lists_t lists = { .format = format,
                      .text = { g_string_new(NULL), g_string_new(NULL) },
                      .too_many = g_string_new(NULL) };
    bool any = false;

    append_head(file, format, rules, filter);
    append_comments(file, format, rules);
    for (unsigned i = 0; i < firewall_rules_count(rules); i++) {
        if (!is_rule(firewall_rules_at(rules, i)))
            continue;
        any = true;
        if (!is_appended(rules, i))
            append_rule(&lists, rules, i);
    }
    if (!any)
        g_string_append_printf(
            file, "%sNo rule: no flow of the capture is listed and may make one.\n", format->note);
    append_lists(file, &lists);
    g_string_free(lists.too_many, TRUE);
    g_string_free(lists.text[0], TRUE);
    g_string_free(lists.text[1], TRUE);
    return g_string_free(file, FALSE);
}
