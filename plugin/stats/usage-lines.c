/* usage-lines.c
 * Lines about the rows of the matrix: used, never used, and what no row has
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A line is a row of the matrix with the roles that used it, or a row that nothing used, or for
 * what no row has the roles, the transport and the port.
 */

#include "usage-lines.h"

#include "sorted-array.h"

struct usage_lines {
    const usage_lines_ops_t *ops;
    void *data;
    GPtrArray *sorted;   /* of usage_line_t */
    GHashTable *rows;    /* the row as text to its usage_row_t */
    GHashTable *rows_of; /* row of the matrix to the same */
};

/*
 * Lines in their order
 */

/* Orders rows as they are printed, and a line without one last. */
static int
compare_rows(const usage_row_t *a, const usage_row_t *b)
{
    int order;

    if (a == NULL || b == NULL)
        return sorted_array_compare_numbers(a == NULL, b == NULL);
    order = sorted_array_compare_numbers(a->order, b->order);
    return order != 0 ? order : strcmp(a->id, b->id);
}

int
usage_lines_compare(const usage_line_t *a, const usage_line_t *b)
{
    int order = sorted_array_compare_numbers(a->usage, b->usage);

    if (order == 0 && a->usage == USAGE_NOT_PRINTED)
        order = sorted_array_compare_numbers(b->verdict, a->verdict); /* the worst first */
    if (order == 0)
        order = compare_rows(a->row, b->row);
    if (order == 0)
        order = sorted_array_compare_numbers(a->verdict, b->verdict);
    if (order == 0)
        order = sorted_array_compare_numbers(a->is_nearest, b->is_nearest);
    for (unsigned end = INITIATOR; end < NUM_ENDS && order == 0; end++)
        order = sorted_array_compare_numbers(a->roles[end], b->roles[end]);
    if (order == 0)
        order = sorted_array_compare_numbers(a->transport, b->transport);
    if (order == 0)
        order = sorted_array_compare_numbers(a->via_proxy, b->via_proxy);
    if (order == 0)
        order = sorted_array_compare_numbers(a->is_scan, b->is_scan);
    return order != 0 ? order : sorted_array_compare_numbers(a->port, b->port);
}

static int
compare_lines(const void *line, const void *other)
{
    return usage_lines_compare((const usage_line_t *)line, (const usage_line_t *)other);
}

/* As sorted_array_find(). */
static bool
find_place(const usage_lines_t *lines, const usage_line_t *line, unsigned *place)
{
    return sorted_array_find(lines->sorted, line, compare_lines, place);
}

usage_line_t *
usage_lines_find(const usage_lines_t *lines, const usage_line_t *wanted)
{
    unsigned place;

    return find_place(lines, wanted, &place) ? usage_lines_at(lines, place) : NULL;
}

static void
free_line(void *data)
{
    usage_line_t *line = (usage_line_t *)data;

    if (line->ports != NULL) {
        host_set_free(line->hosts[INITIATOR]);
        host_set_free(line->hosts[RESPONDER]);
        port_set_free(line->ports);
    }
    g_free(line);
}

/* One that is never used has no sets. */
usage_line_t *
usage_lines_add(usage_lines_t *lines, const usage_line_t *wanted)
{
    usage_line_t *line = g_new(usage_line_t, 1);
    unsigned place;

    (void)find_place(lines, wanted, &place);
    *line = *wanted;
    nstime_set_unset(&line->start);
    nstime_set_unset(&line->end);
    nstime_set_unset(&line->past_start);
    nstime_set_unset(&line->past_end);
    if (!usage_lines_is_row_alone(line)) {
        for (unsigned end = INITIATOR; end < NUM_ENDS; end++)
            line->hosts[end] = host_set_new();
        line->ports = port_set_new();
    }
    g_ptr_array_insert(lines->sorted, (int)place, line);
    if (lines->ops != NULL)
        lines->ops->added(lines->data, place, line);
    return line;
}

void
usage_lines_remove(usage_lines_t *lines, const usage_line_t *line)
{
    unsigned place;

    if (!find_place(lines, line, &place))
        return;
    g_ptr_array_remove_index(lines->sorted, place);
    if (lines->ops != NULL)
        lines->ops->removed(lines->data, place);
}

void
usage_lines_tell_changed(const usage_lines_t *lines, const usage_line_t *line)
{
    unsigned place;

    if (lines->ops != NULL && find_place(lines, line, &place))
        lines->ops->changed(lines->data, place, line);
}

/*
 * Rows
 */

static usage_line_t
never_line(const usage_row_t *row)
{
    usage_line_t line;

    memset(&line, 0, sizeof line);
    line.usage = row->is_expected ? USAGE_NEVER : USAGE_NOT_EXPECTED;
    line.row = row;
    return line;
}

void
usage_lines_count_use(usage_lines_t *lines, const usage_row_t *used, int change)
{
    usage_row_t *row = (usage_row_t *)g_hash_table_lookup(lines->rows, used->text);
    usage_line_t never = never_line(used);

    row->flows += (unsigned)change;
    if (row->flows > 0)
        usage_lines_remove(lines, &never);
    else if (usage_lines_find(lines, &never) == NULL)
        usage_lines_add(lines, &never);
}

static void
free_row(void *data)
{
    usage_row_t *row = (usage_row_t *)data;

    g_free(row->id);
    g_free(row->text);
    g_free(row->one_of);
    g_free(row);
}

const usage_row_t *
usage_lines_row(usage_lines_t *lines, const matrix_row_t *row)
{
    usage_row_t *copy = (usage_row_t *)g_hash_table_lookup(lines->rows_of, row);
    char *text;

    if (copy != NULL)
        return copy;
    text = matrix_row_to_str(NULL, row);
    copy = (usage_row_t *)g_hash_table_lookup(lines->rows, text);
    if (copy == NULL) {
        copy = g_new0(usage_row_t, 1);
        copy->id = g_strdup(row->id);
        copy->text = g_strdup(text);
        copy->order = matrix_row_order(audit_tap_matrix(), row);
        copy->one_of = g_strdup(row->one_of);
        copy->is_expected = row->row_class != ROW_PRINTED_NOT_EXPECTED;
        copy->is_printed = !matrix_row_is_supplementary(row);
        unknown_roles_set_ends(copy->ends, row);
        g_hash_table_insert(lines->rows, copy->text, copy);
        if (copy->is_printed)
            usage_lines_count_use(lines, copy, 0);
    }
    wmem_free(NULL, text);
    g_hash_table_insert(lines->rows_of, (void *)row, copy);
    return copy;
}

bool
usage_lines_is_row_alone(const usage_line_t *line)
{
    return line->usage == USAGE_NEVER || line->usage == USAGE_NOT_EXPECTED;
}

/*
 * Texts
 */

const char *
usage_lines_name(usage_e usage, bool has_choice)
{
    static const char *const names[NUM_USAGES] = {
        [USAGE_USED] = "Used",
        [USAGE_NEVER] = "Never used",
        [USAGE_NOT_EXPECTED] = "Not expected",
        [USAGE_NOT_PRINTED] = "Not printed",
    };

    bool is_row_alone = usage == USAGE_NEVER || usage == USAGE_NOT_EXPECTED;

    return is_row_alone && has_choice ? "Not in the choice" : names[usage];
}

char *
usage_lines_roles_to_str(const usage_line_t *line, unsigned end)
{
    char *names = role_set_to_str(NULL, line->roles[end]), *text;

    if (*names != '\0')
        text = g_strdup(names);
    else if (line->usage != USAGE_NOT_PRINTED)
        text = g_strdup(line->row->ends[end].name);
    else
        text = g_strdup((line->roles[end] & ROLES_BROADCAST) != 0 ? "Broadcast" : "No role");
    wmem_free(NULL, names);
    return text;
}

char *
usage_lines_ports_to_str(const usage_line_t *line, unsigned most)
{
    GString *text = g_string_new(NULL);
    uint16_t *ports;
    unsigned count;

    if (line->ports == NULL)
        return g_string_free(text, FALSE);
    g_string_append(text, service_transport_name(line->transport));
    if (line->is_scan)
        g_string_append(text, " scan");
    if (line->is_scan || line->transport == TRANSPORT_IPX)
        return g_string_free(text, FALSE);
    ports = g_new(uint16_t, most);
    count = port_set_first(line->ports, ports, most);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "%s %u", i > 0 ? "," : "", ports[i]);
    if (port_set_size(line->ports) > count)
        g_string_append_printf(text, " and %u more", port_set_size(line->ports) - count);
    if (line->via_proxy != 0)
        g_string_append_printf(text, " via %u", line->via_proxy);
    g_free(ports);
    return g_string_free(text, FALSE);
}

/*
 * The whole
 */

usage_lines_t *
usage_lines_new(const usage_lines_ops_t *ops, void *data)
{
    usage_lines_t *lines = g_new0(usage_lines_t, 1);

    lines->ops = ops;
    lines->data = data;
    lines->sorted = g_ptr_array_new_with_free_func(free_line);
    lines->rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_row);
    lines->rows_of = g_hash_table_new(g_direct_hash, g_direct_equal);
    return lines;
}

void
usage_lines_free(usage_lines_t *lines)
{
    g_ptr_array_free(lines->sorted, TRUE);
    g_hash_table_destroy(lines->rows_of);
    g_hash_table_destroy(lines->rows);
    g_free(lines);
}

void
usage_lines_clear(usage_lines_t *lines)
{
    g_ptr_array_set_size(lines->sorted, 0);
    g_hash_table_remove_all(lines->rows_of);
    g_hash_table_remove_all(lines->rows);
}

void
usage_lines_end_capture(usage_lines_t *lines)
{
    g_hash_table_remove_all(lines->rows_of);
}

unsigned
usage_lines_count(const usage_lines_t *lines)
{
    return lines->sorted->len;
}

usage_line_t *
usage_lines_at(const usage_lines_t *lines, unsigned place)
{
    return (usage_line_t *)g_ptr_array_index(lines->sorted, place);
}
