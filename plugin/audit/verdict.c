/* verdict.c
 * The verdict on a flow: which row of the matrix it is, or how it departs from all of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A row fits a flow when the roles of both ends, the transport and the responder's port are its
 * own, and the content, as far as it has shown, is not another service's. Among the rows that
 * fit, the article's come first, then the user's, then the neighbouring lists; among the
 * article's, the one that names the most precise pair of roles.
 *
 * What fits no row:
 *  - the pair and the port are a row's, the content is not: wrong service, unless the article has
 *    that service between the same two on another port: then that row is left, off the matrix;
 *  - the port is the matrix's, whoever calls, and the content is no service of the matrix at
 *    all (FTP on 2703): wrong service too;
 *  - the row fits with the two ends exchanged: wrong direction, where it is sure who called;
 *  - all else is off the matrix, a port listed for other roles included.
 *
 * An attack has the row, or the nearest, that the flow would have without it, and no verdict but
 * its own.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "verdict.h"

#include "cache.h"
#include "user-rows.h"

/* A row of more ports than this needs the content to agree: 1024-5000 fits too much. */
#define WIDE_RANGE 64

/* Copies: Wireshark frees a preference's range when the user changes it. */
static range_t *sql_ports;
static range_t *http_ports;

static const char *const verdict_names[NUM_VERDICTS] = {
    [VERDICT_NONE] = "Not judged",
    [VERDICT_LISTED] = "Listed",
    [VERDICT_CORRECTED] = "Corrected",
    [VERDICT_LEGACY_PRODUCT] = "Legacy product",
    [VERDICT_LATER_PRODUCT] = "Later product",
    [VERDICT_KB_GAP] = "KB gap",
    [VERDICT_WRONG_DIRECTION] = "Wrong direction",
    [VERDICT_WRONG_SERVICE] = "Wrong service",
    [VERDICT_OFF_MATRIX] = "Off matrix",
    [VERDICT_ATTACK] = "Attack",
};

static const verdict_e verdict_of_class[] = {
    [ROW_LISTED] = VERDICT_LISTED,
    [ROW_LISTED_CORRECTED] = VERDICT_CORRECTED,
    [ROW_LISTED_INTERPRETED] = VERDICT_CORRECTED,
    [ROW_LISTED_AS_PRINTED] = VERDICT_LISTED,
    [ROW_DISCOURAGED] = VERDICT_LISTED,
    [ROW_CONFIGURABLE] = VERDICT_LISTED,
    [ROW_GAP] = VERDICT_KB_GAP,
    [ROW_LATER_PRODUCT] = VERDICT_LATER_PRODUCT,
    [ROW_LEGACY_PRODUCT] = VERDICT_LEGACY_PRODUCT,
    [ROW_USER_ROW] = VERDICT_LISTED,
};

/* The lists of rows, in the order in which they count. */
typedef const matrix_row_t *(*row_list_f)(unsigned *count);
static const row_list_f row_lists[] = { matrix_rows, user_rows, matrix_supplements };

/* Verdicts by their flows: many flows have identical properties. */
typedef struct {
    uint32_t tag;
    flow_facts_t flow;
    verdict_t judgement;
} cached_verdict_t;

static cached_verdict_t cached_verdicts[1024];
static const cache_t cache = { cached_verdicts, array_length(cached_verdicts),
                               sizeof cached_verdicts[0], offsetof(cached_verdict_t, flow) };

const char *
verdict_name(verdict_e verdict)
{
    return (unsigned)verdict < NUM_VERDICTS ? verdict_names[verdict] : "";
}

static void
copy_range(range_t **copy, const range_t *range)
{
    wmem_free(NULL, *copy);
    *copy = range != NULL ? range_copy(NULL, range) : NULL;
}

void
verdict_set_ports(const range_t *sql, const range_t *http)
{
    copy_range(&sql_ports, sql);
    copy_range(&http_ports, http);
    cache_reset(&cache);
}

static bool
in_range(range_t *range, uint16_t port)
{
    return range != NULL && value_is_in_range(range, port);
}

/* True where @p row names the port, the user's own ports for SQL and HTTP counted in. */
static bool
row_has_port(const matrix_row_t *row, transport_e transport, uint16_t port)
{
    if (matrix_row_has_port(row, transport, port))
        return true;
    if (transport != TRANSPORT_TCP || row->transport != TRANSPORT_TCP)
        return false;
    if (row->row_class == ROW_CONFIGURABLE)
        return in_range(sql_ports, port);
    return row->port_low == 80 && row->port_high == 80 && in_range(http_ports, port);
}

static bool
row_is_wide(const matrix_row_t *row)
{
    return row->port_high - row->port_low > WIDE_RANGE;
}

/* Content that has not shown fits every row but the wide ones. */
static bool
row_has_content(const matrix_row_t *row, const flow_facts_t *flow)
{
    if (row->services == 0)
        return true;
    if (flow->rpc_endpoint && (row->services & SERVICE_BIT(SERVICE_RPC)) != 0 && row_is_wide(row))
        return true;
    if (flow->service == SERVICE_UNKNOWN)
        return !row_is_wide(row);
    return (row->services & SERVICE_BIT(flow->service)) != 0;
}

/* How closely a row names the two ends: a row for any host gives way to one for a role. */
static unsigned
row_precision(const matrix_row_t *row)
{
    return (row->initiator_roles != ROLES_ANY) + (row->responder_roles != ROLES_ANY);
}

/* The best row that fits @p flow as it is; with @p any_content, whatever it carries. */
static const matrix_row_t *
find_row(const flow_facts_t *flow, bool any_content)
{
    for (unsigned list = 0; list < array_length(row_lists); list++) {
        unsigned count;
        const matrix_row_t *rows = row_lists[list](&count);
        const matrix_row_t *best = NULL;

        for (unsigned i = 0; i < count; i++) {
            const matrix_row_t *row = &rows[i];

            if (row->transport == flow->transport &&
                matrix_row_has_pair(row, flow->initiator, flow->responder) &&
                row_has_port(row, flow->transport, flow->responder_port) &&
                (any_content ? !row_is_wide(row) : row_has_content(row, flow)) &&
                (best == NULL || row_precision(row) > row_precision(best)))
                best = row;
        }
        if (best != NULL)
            return best;
    }
    return NULL;
}

static flow_facts_t
reverse_facts(const flow_facts_t *flow)
{
    flow_facts_t other = *flow;

    other.initiator = flow->responder;
    other.responder = flow->initiator;
    other.initiator_port = flow->responder_port;
    other.responder_port = flow->initiator_port;
    other.rpc_endpoint = false;
    return other;
}

/* SMB is the same service on 139 and 445, and the article often prints one of them only. */
static const matrix_row_t *
find_alternate_smb_port(const flow_facts_t *flow)
{
    static const service_set_t smb = SERVICE_BIT(SERVICE_SMB1) | SERVICE_BIT(SERVICE_SMB2) |
                                     SERVICE_BIT(SERVICE_NBSS);
    flow_facts_t twin = *flow;
    const matrix_row_t *row;

    if (flow->transport != TRANSPORT_TCP ||
        (flow->responder_port != 139 && flow->responder_port != 445) ||
        (flow->service != SERVICE_UNKNOWN && (smb & SERVICE_BIT(flow->service)) == 0))
        return NULL;
    twin.responder_port = flow->responder_port == 139 ? 445 : 139;
    row = find_row(&twin, false);
    return row != NULL && row_precision(row) == 2 ? row : NULL;
}

/*
 * The row that is nearest to a flow on no row: on its port, for other roles; of its pair and its
 * service, on another port; of its service; of its pair. Among those, a row for this service alone
 * (TLS: LDAPS, and not LDAP with StartTLS) and one of the same transport; then, of one service,
 * the lowest port, which is the one that it is asked on first.
 */
static const matrix_row_t *
find_nearest(const flow_facts_t *flow)
{
    const matrix_row_t *nearest = NULL;
    unsigned best = 0;

    for (unsigned list = 0; list < array_length(row_lists); list++) {
        unsigned count;
        const matrix_row_t *rows = row_lists[list](&count);

        for (unsigned i = 0; i < count; i++) {
            const matrix_row_t *row = &rows[i];
            bool port = !row_is_wide(row) &&
                        row_has_port(row, flow->transport, flow->responder_port);
            bool pair = row_precision(row) > 0 &&
                        matrix_row_has_pair(row, flow->initiator, flow->responder);
            bool service = flow->service != SERVICE_UNKNOWN &&
                           (row->services & SERVICE_BIT(flow->service)) != 0;
            unsigned score = (port ? 32 : 0) + (pair && service ? 16 : 0) + (service ? 8 : 0) +
                             (pair ? 4 : 0);

            if (score > 0)
                score += (service && row->services == SERVICE_BIT(flow->service) ? 2 : 0) +
                         (row->transport == flow->transport ? 1 : 0);

            /* A later list needs to be nearer, not only as near. */
            if (score > best || (score == best && service && nearest >= rows &&
                                 nearest < rows + count && row->port_low != 0 &&
                                 row->port_low < nearest->port_low)) {
                best = score;
                nearest = row;
            }
        }
    }
    return nearest;
}

/* A port of the article's own, whoever it is for. */
static bool
is_kb_port(transport_e transport, uint16_t port)
{
    unsigned count;
    const matrix_row_t *rows = matrix_rows(&count);

    for (unsigned i = 0; i < count; i++) {
        if (matrix_row_has_port(&rows[i], transport, port))
            return true;
    }
    return false;
}

/* Content that is no service of the matrix, or TLS, which there is LDAP's only. */
static bool
is_foreign(service_e service)
{
    return ((SERVICES_FOREIGN | SERVICE_BIT(SERVICE_TLS) |
             SERVICE_BIT(SERVICE_CM_REMOTE_CONTROL)) & SERVICE_BIT(service)) != 0;
}

/*
 * The article's row for this very service between these two, on another port: what stands on a
 * port of other rows is then their own service gone astray, and no stranger.
 */
static const matrix_row_t *
find_service(const flow_facts_t *flow)
{
    unsigned count;
    const matrix_row_t *rows = matrix_rows(&count), *best = NULL;

    if (flow->service == SERVICE_UNKNOWN || is_foreign(flow->service))
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        if (rows[i].transport == flow->transport &&
            (rows[i].services & SERVICE_BIT(flow->service)) != 0 &&
            matrix_row_has_pair(&rows[i], flow->initiator, flow->responder) &&
            (best == NULL || row_precision(&rows[i]) > row_precision(best)))
            best = &rows[i];
    }
    return best;
}

/* A row of none but the neighbouring lists: neither the article's nor the user's. */
static bool
is_supplementary(const matrix_row_t *row)
{
    return row->row_class == ROW_GAP || row->row_class == ROW_LATER_PRODUCT ||
           row->row_class == ROW_LEGACY_PRODUCT;
}

static verdict_t
compute_verdict(const flow_facts_t *flow)
{
    flow_facts_t other = reverse_facts(flow);
    verdict_t judgement = { .verdict = VERDICT_OFF_MATRIX };
    const matrix_row_t *row = find_row(flow, false);

    if (!flow->initiator_sure && (row == NULL || is_supplementary(row))) {
        /* The first sender may have been the server: DHCP's offer to 68 belongs to port 67. */
        const matrix_row_t *back = find_row(&other, false);

        if (back != NULL && (row == NULL || !is_supplementary(back))) {
            row = back;
            judgement.swapped = true;
        }
    }
    if (row != NULL) {
        judgement.verdict = verdict_of_class[row->row_class];
        judgement.row = row;
        return judgement;
    }
    row = find_alternate_smb_port(flow);
    if (row != NULL) {
        judgement.verdict = VERDICT_KB_GAP;
        judgement.row = row;
        judgement.nearest = true;
        return judgement;
    }
    /* Only content could have kept a row from fitting. */
    row = find_row(flow, true);
    if (row != NULL) {
        const matrix_row_t *own = row->row_class == ROW_USER_ROW ? NULL : find_service(flow);

        judgement.verdict = own != NULL ? VERDICT_OFF_MATRIX : VERDICT_WRONG_SERVICE;
        judgement.row = own != NULL ? own : row;
        judgement.nearest = true;
        return judgement;
    }
    if (flow->service == SERVICE_UNKNOWN || !is_foreign(flow->service)) {
        other = reverse_facts(flow);
        other.responder_port = flow->responder_port;
        row = find_row(&other, false);
        if (row != NULL && row_precision(row) == 2) {
            judgement.verdict = VERDICT_WRONG_DIRECTION;
            judgement.row = row;
            judgement.nearest = true;
            return judgement;
        }
    } else if (is_kb_port(flow->transport, flow->responder_port)) {
        judgement.verdict = VERDICT_WRONG_SERVICE;
    }
    judgement.row = find_nearest(flow);
    judgement.nearest = true;
    return judgement;
}

verdict_t
verdict_find(const flow_facts_t *flow)
{
    flow_facts_t key = *flow;
    verdict_t judgement;
    cached_verdict_t *cached;
    uint32_t hash;

    key.attack = false;

    /* The caller's port counts only where the flow may run the other way. */
    if (key.initiator_sure)
        key.initiator_port = 0;
    hash = (uint32_t)(key.initiator * 31 + key.responder * 37 +
                      key.responder_port * UINT64_C(41) + key.initiator_port * UINT64_C(43) +
                      (uint64_t)key.service * 47 + (uint64_t)key.transport);
    cached = (cached_verdict_t *)cache_find(&cache, hash, &key, sizeof key);
    if (cached == NULL) {
        cached = (cached_verdict_t *)cache_add(&cache, hash, &key, sizeof key);
        cached->judgement = compute_verdict(&key);
    }
    judgement = cached->judgement;
    judgement.without_attack = judgement.verdict;
    if (flow->attack)
        judgement.verdict = VERDICT_ATTACK;
    return judgement;
}

bool
verdict_counts_for_broadcast(const verdict_t *judgement, service_e service)
{
    return !judgement->nearest || (service != SERVICE_UNKNOWN && !is_foreign(service));
}

bool
verdict_is_listed(const verdict_t *judgement)
{
    return judgement->verdict == VERDICT_LISTED || judgement->verdict == VERDICT_CORRECTED;
}

bool
judgement_is_discouraged(const verdict_t *judgement)
{
    return judgement->row != NULL && judgement->row->row_class == ROW_DISCOURAGED;
}
