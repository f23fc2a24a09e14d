/* verdict.c
 * The verdict on a flow: which row of the matrix it is, or how it departs from all of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A row fits a flow if the roles of both ends, the transport and the responder's port are those of
 * the row, and the content, if it is known, is not another service's. Among the rows that fit, the
 * published ones come first, then the user's, then the supplements; in each list, the row that
 * names the more precise pair of roles.
 *
 * A role counts in full if the user's table gives it or an answer has proven it. What only an
 * unconfirmed role would put on a published row, or on one of the user's, is unconfirmed. So is
 * what fits a row for any host, but is judged only because a host has an unconfirmed role.
 *
 * A flow on no row:
 *  - The pair and the port are a row's, and the content is not: wrong service. But if the list has
 *    that service for the same pair on another port, the service is misplaced: off the matrix.
 *  - The port is the list's, for whatever roles, and the content is foreign to the matrix (FTP on
 *    2703): wrong service.
 *  - A row fits with the two ends reversed: wrong direction.
 *  - Everything else is off the matrix, a port that is listed for other roles included.
 * Unconfirmed roles make no such verdict, unless the content is that of an SMS service. A row for
 * any host does not make up for a stranger, whose SMS service is on a row for others.
 *
 * An attack has the row, or the nearest, that the flow would have without it, and a verdict of
 * that name.
 */

#include "verdict.h"

#include "nearest-row.h"
#include "row-fit.h"
#include "row-index.h"
#include "verdict-compute.h"

typedef struct {
    const char *title;
    const char *text;
    verdict_expert_t expert;
} verdict_info_t;

static const verdict_info_t verdicts[NUM_VERDICTS] = {
#define VERDICT(name, title, text, filter, group, severity, summary)                             \
    { title, text, { filter, group, severity, summary } },
    VERDICT_LIST(VERDICT)
#undef VERDICT
};

static const verdict_e verdict_of_class[] = {
    [ROW_LISTED] = VERDICT_LISTED,
    [ROW_LISTED_CORRECTED] = VERDICT_CORRECTED,
    [ROW_LISTED_INTERPRETED] = VERDICT_CORRECTED,
    [ROW_LISTED_AS_PRINTED] = VERDICT_LISTED,
    [ROW_PRINTED_NOT_EXPECTED] = VERDICT_LISTED,
    [ROW_DISCOURAGED] = VERDICT_LISTED,
    [ROW_CONFIGURABLE] = VERDICT_LISTED,
    [ROW_GAP] = VERDICT_KB_GAP,
    [ROW_LATER_PRODUCT] = VERDICT_LATER_PRODUCT,
    [ROW_LEGACY_PRODUCT] = VERDICT_LEGACY_PRODUCT,
    [ROW_USER_ROW] = VERDICT_LISTED,
};

const char *
verdict_name(verdict_e verdict)
{
    return (unsigned)verdict < NUM_VERDICTS ? verdicts[verdict].title : "";
}

char *
verdict_row_name(wmem_allocator_t *scope, const verdict_t *verdict)
{
    if (verdict->row == NULL)
        return wmem_strdup(scope, "-");
    return wmem_strdup_printf(scope, "%s%s", verdict->nearest ? "near " : "", verdict->row->id);
}

const verdict_expert_t *
verdict_expert(verdict_e verdict)
{
    return verdicts[verdict].expert.filter != NULL ? &verdicts[verdict].expert : NULL;
}

const char *
verdict_text(const matrix_t *matrix, verdict_e verdict)
{
    return matrix->texts[verdict] != NULL ? matrix->texts[verdict] : verdicts[verdict].text;
}

/* The more precise of two rows, the first if both are alike. @p best may be NULL. */
static const matrix_row_t *
more_precise(const matrix_row_t *best, const matrix_row_t *row)
{
    return best == NULL || matrix_row_precision(row) > matrix_row_precision(best) ? row : best;
}

/*
 * Searches
 */

/* The best row that fits @p flow; NULL if none does. */
static const matrix_row_t *
find_row(const matrix_t *matrix, const flow_facts_t *flow, bool any_content)
{
    row_walk_t walk = row_walk_flow(matrix, flow);
    const matrix_row_t *row, *best = NULL;
    unsigned list, list_of_best = NUM_ROW_LISTS;

    while ((row = row_walk_next(&walk, &list)) != NULL && list <= list_of_best) {
        if (row_fit_is_flow(matrix, row, flow, any_content)) {
            best = more_precise(best, row);
            list_of_best = list;
        }
    }
    return best;
}

/* The row of the same flow on the matrix's alternate port; NULL if there is none. */
static const matrix_row_t *
find_alternate_port(const matrix_t *matrix, const flow_facts_t *flow)
{
    flow_facts_t alternate = *flow;
    bool first = flow->responder_port == matrix->alternate_ports[0];
    const matrix_row_t *row;

    if (flow->transport != TRANSPORT_TCP || flow->responder_port == 0 ||
        (!first && flow->responder_port != matrix->alternate_ports[1]) ||
        (flow->service != SERVICE_UNKNOWN &&
         (matrix->alternate_services & SERVICE_BIT(flow->service)) == 0))
        return NULL;
    alternate.responder_port = matrix->alternate_ports[first ? 1 : 0];
    row = find_row(matrix, &alternate, false);
    return row != NULL && matrix_row_precision(row) == 2 ? row : NULL;
}

static bool
is_foreign(const matrix_t *matrix, service_e service)
{
    unsigned list;
    row_walk_t walk;

    if ((matrix->foreign & SERVICE_BIT(service)) != 0)
        return true;
    if ((SERVICES_FOREIGN & SERVICE_BIT(service)) == 0)
        return false;
    walk = row_walk_service(matrix, service);
    return row_walk_next(&walk, &list) == NULL || list != ROWS_PUBLISHED;
}

/* True if the list has the port, for whatever roles; that of a wide range, it has not. */
static bool
has_port(const matrix_t *matrix, transport_e transport, uint16_t port)
{
    row_walk_t walk = row_walk_port(matrix, transport, port);
    const matrix_row_t *row;
    unsigned list;

    while ((row = row_walk_next(&walk, &list)) != NULL && list == ROWS_PUBLISHED) {
        if (!row_fit_is_wide(row) && matrix_row_has_port(row, transport, port))
            return true;
    }
    return false;
}

/*
 * True for content that is foreign to the matrix, and to this port of it: TLS is not on the ports
 * of LDAPS, for any client.
 */
static bool
is_foreign_to_port(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = row_walk_port(matrix, flow->transport, flow->responder_port);
    const matrix_row_t *row;
    unsigned list;

    while ((row = row_walk_next(&walk, &list)) != NULL && list == ROWS_PUBLISHED) {
        if (matrix_row_has_port(row, flow->transport, flow->responder_port) &&
            row_fit_has_service(row, flow->service))
            return false;
    }
    return is_foreign(matrix, flow->service);
}

/*
 * The published row of this service for this pair, on whatever port. A flow that fits another row
 * but for its content is misplaced, and not foreign, if there is one.
 */
static const matrix_row_t *
find_service(const matrix_t *matrix, const flow_facts_t *flow)
{
    row_walk_t walk = row_walk_service_of_pair(matrix, flow);
    const matrix_row_t *row, *best = NULL;
    unsigned list;

    if (is_foreign(matrix, flow->service))
        return NULL;
    while ((row = row_walk_next(&walk, &list)) != NULL && list == ROWS_PUBLISHED) {
        if (row->transport == flow->transport)
            best = more_precise(best, row);
    }
    return best;
}

/*
 * Verdicts. Each of these functions returns false if the verdict is not of its kind. It may have
 * written to the verdict then, and the next one overwrites that.
 */

/* The row of the flow, which may run the other way; NULL if there is none. */
static const matrix_row_t *
find_row_either_way(const matrix_t *matrix, const flow_facts_t *flow, bool *reversed)
{
    const matrix_row_t *row = find_row(matrix, flow, false);

    *reversed = false;
    if (!flow->initiator_sure && (row == NULL || matrix_row_is_supplementary(row))) {
        /* The first sender may have been the server: DHCP's offer to 68 belongs to port 67. */
        flow_facts_t reverse = flow_facts_reverse(flow);
        const matrix_row_t *other = find_row(matrix, &reverse, false);

        if (other != NULL && (row == NULL || !matrix_row_is_supplementary(other))) {
            row = other;
            *reversed = true;
        }
    }
    return row;
}

static bool
is_published(const matrix_row_t *row)
{
    return row != NULL && !matrix_row_is_supplementary(row);
}

/* A row of the flow. */
static bool
verdict_by_row(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    const flow_facts_t confirmed = flow_facts_confirmed(flow);

    if (flow_facts_are_confirmed(flow))
        verdict->row = find_row_either_way(matrix, &confirmed, &verdict->reversed);
    if (is_published(verdict->row)) {
        verdict->verdict = verdict_of_class[verdict->row->row_class];
        return true;
    }
    verdict->row = find_row_either_way(matrix, flow, &verdict->reversed);
    if (verdict->row == NULL)
        return false;
    verdict->verdict = is_published(verdict->row) ? VERDICT_UNCONFIRMED
                                                  : verdict_of_class[verdict->row->row_class];
    return true;
}

/*
 * The flow as one to the port that the matrix has for the service of which the port was handed out.
 * False if there is none.
 */
static bool
get_handed_out(const matrix_t *matrix, const flow_facts_t *flow, flow_facts_t *as)
{
    enum { HTTP = 80, HTTPS = 443 };
    uint16_t port = (uint16_t)flow->handed_out.as;

    if (port == 0)
        return false;
    /* The SRV record of a management point does not show which of the two its port is. */
    if (matrix->has_named_ports) {
        if (port == HTTP && flow->service == SERVICE_TLS)
            port = HTTPS;
        port = named_port_moved(port);
    }
    *as = *flow;
    as->responder_port = port;
    return true;
}

/* What hands the port out may be another host's, a name server: then the row is unconfirmed. */
static bool
verdict_by_handed_out_port(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    flow_facts_t as;

    if (!get_handed_out(matrix, flow, &as) || !verdict_by_row(verdict, matrix, &as))
        return false;
    if (flow->handed_out.by == HANDED_OUT_SRV && verdict_is_listed(verdict))
        verdict->verdict = VERDICT_UNCONFIRMED;
    return true;
}

/* A row has the flow but for its port, which is the user's to give. */
static bool
verdict_by_configurable(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    verdict->verdict = VERDICT_OFF_MATRIX;
    verdict->row = nearest_row_find_configurable(matrix, flow);
    return verdict->row != NULL;
}

/* The list has the flow on the alternate port of its service. */
static bool
verdict_by_alternate_port(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    verdict->row = find_alternate_port(matrix, flow);
    verdict->verdict = VERDICT_KB_GAP;
    return verdict->row != NULL;
}

/* A row fits but for the content. */
static bool
verdict_by_content(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    const matrix_row_t *row = find_row(matrix, flow, true), *own = NULL;

    if (row == NULL)
        return false;
    if (row->row_class != ROW_USER_ROW)
        own = find_service(matrix, flow);
    verdict->verdict = own != NULL ? VERDICT_OFF_MATRIX : VERDICT_WRONG_SERVICE;
    verdict->row = own != NULL ? own : row;
    return true;
}

/* A row fits with the roles of the two ends exchanged. */
static bool
verdict_by_direction(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    flow_facts_t reverse = flow_facts_reverse(flow);
    const matrix_row_t *row;

    if (is_foreign_to_port(matrix, flow))
        return false;
    reverse.responder_port = flow->responder_port;
    row = find_row(matrix, &reverse, false);
    verdict->verdict = VERDICT_WRONG_DIRECTION;
    verdict->row = row;
    return row != NULL && matrix_row_precision(row) == 2;
}

/* A row fits, but for a role that the table gives to others. */
static bool
verdict_by_stranger(verdict_t *verdict, const matrix_t *matrix, const flow_facts_t *flow)
{
    flow_facts_t known = *flow;

    known.strange_initiator = known.strange_responder = 0;
    verdict->verdict = VERDICT_OFF_MATRIX;
    verdict->row = find_row_either_way(matrix, &known, &verdict->reversed);
    return verdict->row != NULL;
}

/*
 * True for a stranger whose SMS content is on a row for others. A row for any host, such as that of
 * NetBIOS sessions for Remote Control over NetBIOS, does not list it.
 */
static bool
verdict_by_stranger_among_any(verdict_t *verdict, const matrix_t *matrix,
                              const flow_facts_t *flow)
{
    verdict_t strange;

    memset(&strange, 0, sizeof strange);
    if (!flow->is_sms || !verdict_may_be_listed(verdict) ||
        (flow->strange_initiator | flow->strange_responder) == 0 ||
        !verdict_by_stranger(&strange, matrix, flow) ||
        more_precise(verdict->row, strange.row) == verdict->row)
        return false;
    strange.nearest = true;
    *verdict = strange;
    return true;
}

/* The verdict on a flow that no row fits. */
static verdict_t
compute_finding(const matrix_t *matrix, const flow_facts_t *flow)
{
    verdict_t verdict;

    memset(&verdict, 0, sizeof verdict);
    verdict.nearest = true;
    if (verdict_by_stranger(&verdict, matrix, flow) ||
        verdict_by_configurable(&verdict, matrix, flow) ||
        verdict_by_alternate_port(&verdict, matrix, flow) ||
        verdict_by_content(&verdict, matrix, flow) || verdict_by_direction(&verdict, matrix, flow))
        return verdict;
    verdict.verdict = is_foreign_to_port(matrix, flow) &&
                              has_port(matrix, flow->transport, flow->responder_port)
                          ? VERDICT_WRONG_SERVICE : VERDICT_OFF_MATRIX;
    verdict.row = nearest_row_find(matrix, flow);
    return verdict;
}

verdict_t
verdict_compute(const matrix_t *matrix, const flow_facts_t *flow)
{
    flow_facts_t judged = *flow;
    verdict_t verdict;

    memset(&verdict, 0, sizeof verdict);
    if (verdict_by_row(&verdict, matrix, flow) ||
        verdict_by_handed_out_port(&verdict, matrix, flow)) {
        (void)verdict_by_stranger_among_any(&verdict, matrix, flow);
        return verdict;
    }
    (void)get_handed_out(matrix, flow, &judged);
    if (flow->is_sms)
        return compute_finding(matrix, &judged);
    if (!flow_facts_are_confirmed(flow))
        return verdict;
    judged = flow_facts_confirmed(&judged);
    return compute_finding(matrix, &judged);
}

bool
verdict_counts_for_broadcast(const verdict_t *verdict, const matrix_t *matrix, service_e service)
{
    return !verdict->nearest || (service != SERVICE_UNKNOWN && !is_foreign(matrix, service));
}

bool
verdict_is_listed(const verdict_t *verdict)
{
    return verdict->verdict == VERDICT_LISTED || verdict->verdict == VERDICT_CORRECTED;
}

bool
verdict_may_be_listed(const verdict_t *verdict)
{
    return verdict_is_listed(verdict) || verdict->verdict == VERDICT_UNCONFIRMED;
}

bool
verdict_is_discouraged(const verdict_t *verdict)
{
    return verdict->row != NULL && verdict->row->row_class == ROW_DISCOURAGED;
}
