/* row-fit.c
 * What of a row of a matrix fits a flow
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "row-fit.h"

/* The lowest port of dynamic RPC since Windows Vista; below it the range is KB 300083's. */
#define RPC_HIGH_RANGE 49152

/* Copies: Wireshark frees a preference's range when the user changes it. */
static range_t *sql_ports;
static range_t *http_ports;

static void
copy_range(range_t **copy, const range_t *range)
{
    wmem_free(NULL, *copy);
    *copy = range != NULL ? range_copy(NULL, range) : NULL;
}

void
row_fit_set_ports(const range_t *sql, const range_t *http)
{
    copy_range(&sql_ports, sql);
    copy_range(&http_ports, http);
}

static bool
in_range(range_t *range, uint16_t port)
{
    return range != NULL && value_is_in_range(range, port);
}

/* The range that a preference adds to the ports of @p row; NULL for none. */
static range_t *
added_ports(const matrix_t *matrix, const matrix_row_t *row)
{
    if (row->transport != TRANSPORT_TCP)
        return NULL;
    if (row->row_class == ROW_CONFIGURABLE || row->port_name == PORT_SQL)
        return sql_ports;
    if (row->port_name == PORT_HTTP ||
        (matrix->http_port != 0 && row->port_low == matrix->http_port &&
         row->port_high == matrix->http_port))
        return http_ports;
    return NULL;
}

/* True if @p row has the port, or the user's preferences give it the port. */
bool
row_fit_has_port(const matrix_t *matrix, const matrix_row_t *row, transport_e transport,
                 uint16_t port)
{
    return matrix_row_has_port(row, transport, port) ||
           (transport == TRANSPORT_TCP && in_range(added_ports(matrix, row), port));
}

/* Adds a range to the ports; false if there are too many. */
static bool
add_ports(row_ports_t *ports, uint32_t low, uint32_t high)
{
    if (high - low >= ROW_FIT_MAX_PORTS - ports->count)
        return false;
    for (uint32_t port = low; port <= high; port++)
        ports->ports[ports->count++] = (uint16_t)port;
    return true;
}

static bool
add_range(row_ports_t *ports, const range_t *range)
{
    for (unsigned i = 0; range != NULL && i < range->nranges; i++) {
        if (!add_ports(ports, range->ranges[i].low, range->ranges[i].high))
            return false;
    }
    return true;
}

bool
row_fit_get_ports(const matrix_t *matrix, const matrix_row_t *row, row_ports_t *ports)
{
    const range_t *moved = named_port_range(row->port_name);

    ports->count = 0;
    if (row_fit_is_wide(row) || !add_range(ports, added_ports(matrix, row)))
        return false;
    if (row->row_class == ROW_CONFIGURABLE)
        return true;
    return moved != NULL ? add_range(ports, moved)
                         : add_ports(ports, row->port_low, row->port_high);
}

unsigned
row_fit_count_bounds(const GArray *bounds, uint32_t port)
{
    unsigned low = 0, high = bounds->len;

    while (low < high) {
        const unsigned middle = low + (high - low) / 2;

        if (g_array_index(bounds, uint32_t, middle) <= port)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
add_bound(GArray *bounds, uint32_t bound)
{
    const unsigned place = row_fit_count_bounds(bounds, bound);

    if (place == 0 || g_array_index(bounds, uint32_t, place - 1) != bound)
        g_array_insert_val(bounds, place, bound);
}

static void
add_bounds(GArray *bounds, uint32_t low, uint32_t high)
{
    add_bound(bounds, low);
    add_bound(bounds, high + 1);
}

static void
add_bounds_of_range(GArray *bounds, const range_t *range)
{
    for (unsigned i = 0; range != NULL && i < range->nranges; i++)
        add_bounds(bounds, range->ranges[i].low, range->ranges[i].high);
}

void
row_fit_add_bounds(const matrix_t *matrix, const matrix_row_t *row, GArray *bounds)
{
    add_bounds(bounds, row->port_low, row->port_high);
    add_bounds_of_range(bounds, added_ports(matrix, row));
    add_bounds_of_range(bounds, named_port_range(row->port_name));
}

void
row_fit_add_rpc_bounds(const matrix_t *matrix, GArray *bounds)
{
    add_bounds(bounds, matrix->rpc_ports[0], matrix->rpc_ports[1]);
    add_bounds(bounds, RPC_HIGH_RANGE, UINT16_MAX);
}

bool
row_fit_is_wide(const matrix_row_t *row)
{
    return row->port_high - row->port_low >= ROW_FIT_MAX_PORTS;
}

bool
row_fit_has_service(const matrix_row_t *row, service_e service)
{
    return service != SERVICE_UNKNOWN && (row->services & SERVICE_BIT(service)) != 0;
}

/* True if @p row is of dynamic RPC: a wide range for RPC. */
static bool
row_is_dynamic_rpc(const matrix_row_t *row)
{
    return row_fit_is_wide(row) && row_fit_has_service(row, SERVICE_RPC);
}

/*
 * True for a port of dynamic RPC that is not in the range of the row, but in another that somebody
 * has set as KB 300083 has it: one that an endpoint mapper has handed out, or that article's own
 * range with the content of RPC. The range of Windows Vista and later has its own rows, but
 * where a row has dynamic RPC by name, which is any port.
 */
static bool
row_has_restricted_port(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    const uint16_t port = flow->responder_port;

    if (!row_is_dynamic_rpc(row))
        return false;
    if (row->port_name != PORT_DYNAMIC_RPC && (port < row->port_low || port >= RPC_HIGH_RANGE))
        return false;
    return flow->handed_out.by == HANDED_OUT_RPC ||
           (flow->service == SERVICE_RPC && port >= matrix->rpc_ports[0] &&
            port <= matrix->rpc_ports[1]);
}

/* Unknown content fits every row but the wide ones, and these where the port was handed out. */
static bool
row_has_content(const matrix_row_t *row, const flow_facts_t *flow)
{
    if (row->services == 0)
        return true;
    if (flow->service == SERVICE_UNKNOWN)
        return !row_fit_is_wide(row) ||
               (flow->handed_out.by == HANDED_OUT_RPC && row_is_dynamic_rpc(row));
    return row_fit_has_service(row, flow->service);
}

/* Lookups of a management point's name are advised against for any client. */
static bool
has_pair(const matrix_row_t *row, const flow_facts_t *flow)
{
    const role_set_t initiator = flow->initiator & ~flow->strange_initiator;
    const role_set_t responder = flow->responder & ~flow->strange_responder;

    if (row->row_class == ROW_DISCOURAGED && flow->seeks_mp)
        return (row->responder_roles & responder) != 0;
    return matrix_row_has_pair(row, initiator, responder);
}

/* True if the row fits the flow as it is, or, with @p any_content, whatever the flow carries. */
bool
row_fit_is_flow(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow,
                bool any_content)
{
    return row->transport == flow->transport &&
           has_pair(row, flow) &&
           (row_fit_has_port(matrix, row, flow->transport, flow->responder_port) ||
            row_has_restricted_port(matrix, row, flow)) &&
           (any_content ? !row_fit_is_wide(row) : row_has_content(row, flow));
}
