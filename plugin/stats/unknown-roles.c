/* unknown-roles.c
 * The roles of a row of the matrix that no host is known to hold
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unknown-roles.h"

#include "not-judged.h"

void
unknown_roles_set_ends(row_end_t ends[NUM_ENDS], const matrix_row_t *row)
{
    ends[INITIATOR].roles = row->initiator_roles;
    ends[RESPONDER].roles = row->responder_roles;
    (void)g_strlcpy(ends[INITIATOR].name, row->initiator, sizeof ends[INITIATOR].name);
    (void)g_strlcpy(ends[RESPONDER].name, row->responder, sizeof ends[RESPONDER].name);
}

/* True if no host holds the role of this end. A broadcast, and a reader of reports, hold none. */
static bool
is_unknown(const row_end_t *end, role_set_t held)
{
    return (end->roles & (held | ROLES_BROADCAST | ROLES_UNNAMED)) == 0;
}

char *
unknown_roles_to_str(const row_end_t ends[NUM_ENDS], role_set_t held)
{
    const role_set_t learned = not_judged_learned_roles();
    GString *names = g_string_new(NULL);

    for (unsigned end = INITIATOR; end < NUM_ENDS; end++) {
        const char *other = end == RESPONDER ? ends[INITIATOR].name : "";

        if (!is_unknown(&ends[end], held) || strcmp(other, ends[end].name) == 0)
            continue;
        g_string_append_printf(names, "%s%s%s", names->len > 0 ? ", " : "", ends[end].name,
                               (ends[end].roles & learned) != 0 ? "" : " (table only)");
    }
    return g_string_free(names, FALSE);
}
