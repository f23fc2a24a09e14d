/* matrix.c
 * A port matrix: its lists of rows, and what fits a row
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "matrix.h"

#include "user-rows.h"

static bool only_site_server_calls;

void
matrix_get_lists(const matrix_t *matrix, matrix_row_list_t lists[NUM_ROW_LISTS])
{
    lists[ROWS_PUBLISHED].rows = matrix->rows;
    lists[ROWS_PUBLISHED].count = matrix->num_rows;
    lists[ROWS_USER].rows = user_rows(&lists[ROWS_USER].count);
    lists[ROWS_SUPPLEMENTARY].rows = matrix->supplements;
    lists[ROWS_SUPPLEMENTARY].count = matrix->num_supplements;
    lists[ROWS_RELATIVE].rows = matrix->relatives;
    lists[ROWS_RELATIVE].count = matrix->num_relatives;
}

bool
matrix_list_has_row(const matrix_row_list_t *list, const matrix_row_t *row)
{
    return list->count > 0 && row >= list->rows && row < list->rows + list->count;
}

unsigned
matrix_row_order(const matrix_t *matrix, const matrix_row_t *row)
{
    matrix_row_list_t lists[NUM_ROW_LISTS];
    unsigned before = 0;

    matrix_get_lists(matrix, lists);
    for (unsigned list = 0; list < ROWS_SUPPLEMENTARY; list++) {
        if (matrix_list_has_row(&lists[list], row))
            return before + (unsigned)(row - lists[list].rows);
        before += lists[list].count;
    }
    return before;
}

bool
matrix_row_has_port(const matrix_row_t *row, transport_e transport, uint16_t port)
{
    const range_t *moved = named_port_range(row->port_name);

    if (row->transport != transport || row->row_class == ROW_CONFIGURABLE)
        return false;
    if (moved != NULL)
        return value_is_in_range(moved, port);
    return row->port_low <= port && port <= row->port_high;
}

void
matrix_set_site_server_calls(bool site_server_calls)
{
    only_site_server_calls = site_server_calls;
}

bool
matrix_row_is_both_ways(const matrix_row_t *row)
{
    return row->direction == DIRECTION_BOTH ||
           (row->direction == DIRECTION_SITE_SERVER && !only_site_server_calls);
}

static bool
roles_fit(role_set_t wanted, role_set_t held)
{
    return wanted == ROLES_ANY || (wanted & held) != 0;
}

static bool
pair_fits(const matrix_row_t *row, role_set_t initiator, role_set_t responder)
{
    return roles_fit(row->initiator_roles, initiator) && roles_fit(row->responder_roles, responder);
}

bool
matrix_row_has_pair(const matrix_row_t *row, role_set_t initiator, role_set_t responder)
{
    return pair_fits(row, initiator, responder) ||
           (matrix_row_is_both_ways(row) && pair_fits(row, responder, initiator));
}

bool
matrix_row_runs_back(const matrix_row_t *row, role_set_t initiator, role_set_t responder)
{
    return !pair_fits(row, initiator, responder) && matrix_row_is_both_ways(row) &&
           pair_fits(row, responder, initiator);
}

unsigned
matrix_row_precision(const matrix_row_t *row)
{
    return (row->initiator_roles != ROLES_ANY) + (row->responder_roles != ROLES_ANY);
}

bool
matrix_row_is_supplementary(const matrix_row_t *row)
{
    return row->row_class == ROW_GAP || row->row_class == ROW_LATER_PRODUCT ||
           row->row_class == ROW_LEGACY_PRODUCT;
}

static void
append_ports(wmem_strbuf_t *line, const matrix_row_t *row)
{
    const range_t *moved = named_port_range(row->port_name);

    if (moved != NULL) {
        char *ports = range_convert_range(NULL, moved);

        wmem_strbuf_append_printf(line, " %s", *ports != '\0' ? ports : "on no port");
        wmem_free(NULL, ports);
    } else if (row->row_class == ROW_CONFIGURABLE) {
        wmem_strbuf_append(line, " on the port of the DSN (preference smsrc.audit.sql_ports)");
    } else if (row->port_low != row->port_high) {
        wmem_strbuf_append_printf(line, " %u-%u", row->port_low, row->port_high);
    } else if (row->port_low != 0) {
        wmem_strbuf_append_printf(line, " %u", row->port_low);
    }
}

char *
matrix_row_to_str(wmem_allocator_t *scope, const matrix_row_t *row)
{
    wmem_strbuf_t *line = wmem_strbuf_new(scope, "");

    wmem_strbuf_append_printf(line, "%s: %s %s %s", row->id, row->initiator,
                              matrix_row_is_both_ways(row) ? "and" : "to", row->responder);
    if (row->service[0] != '\0')
        wmem_strbuf_append_printf(line, ", %s", row->service);
    wmem_strbuf_append_printf(line, ", %s", service_transport_name(row->transport));
    append_ports(line, row);
    if (row->condition != NULL)
        wmem_strbuf_append_printf(line, " (%s)", row->condition);
    return wmem_strbuf_finalize(line);
}
