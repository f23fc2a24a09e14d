/* row-fit.c
 * What of a row of a matrix fits a flow
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "row-fit.h"

/* A row of more ports than this fits by its content only: 1024-5000 would fit too much. */
#define WIDE_RANGE 64

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

/* True if @p row has the port, or the user's preferences give it the port. */
bool
row_fit_has_port(const matrix_t *matrix, const matrix_row_t *row, transport_e transport,
                 uint16_t port)
{
    if (matrix_row_has_port(row, transport, port))
        return true;
    if (transport != TRANSPORT_TCP || row->transport != TRANSPORT_TCP)
        return false;
    if (row->row_class == ROW_CONFIGURABLE)
        return in_range(sql_ports, port);
    return matrix->http_port != 0 && row->port_low == matrix->http_port &&
           row->port_high == matrix->http_port && in_range(http_ports, port);
}

bool
row_fit_is_wide(const matrix_row_t *row)
{
    return row->port_high - row->port_low > WIDE_RANGE;
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
 * range with the content of RPC. The range of Windows Vista and later has rows of its own.
 */
static bool
row_has_restricted_port(const matrix_t *matrix, const matrix_row_t *row, const flow_facts_t *flow)
{
    const uint16_t port = flow->responder_port;

    if (!row_is_dynamic_rpc(row) || port < row->port_low || port >= RPC_HIGH_RANGE)
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

/* What is advised against of a management point's name is so whoever asks for it. */
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
