/* internet-ends.c
 * Ends of flows that are on the Internet, which is a class of addresses and no role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A list of ports may have rows to or from the Internet. No host shows that it is there, and the
 * role book does not have it: an address is the Internet's if it is public, not of the
 * organization's own networks, and not in the table of roles. It is so only for flows whose other
 * end holds a role, and only for rows: what a host with a role says to the Internet beside the rows
 * is any traffic of a computer, and no departure from the list.
 */

#include "internet-ends.h"

#include "own-networks.h"
#include "role-book.h"

#define INTERNET ROLE_BIT(ROLE_INTERNET)

static bool has_rows; /* for Internet */

static bool
is_for_internet(const matrix_row_t *row)
{
    return (row->initiator_roles != ROLES_ANY && (row->initiator_roles & INTERNET) != 0) ||
           (row->responder_roles != ROLES_ANY && (row->responder_roles & INTERNET) != 0);
}

void
internet_ends_reset(const matrix_t *matrix)
{
    matrix_row_list_t lists[NUM_ROW_LISTS];

    own_networks_reset();
    matrix_get_lists(matrix, lists);
    has_rows = false;
    for (unsigned i = 0; i < lists[ROWS_PUBLISHED].count; i++)
        has_rows |= is_for_internet(&lists[ROWS_PUBLISHED].rows[i]);
    for (unsigned i = 0; i < lists[ROWS_USER].count; i++)
        has_rows |= is_for_internet(&lists[ROWS_USER].rows[i]);
}

/* Called for each packet between hosts with roles: what an address is has been resolved once. */
void
internet_ends_read_roles(flow_packet_t *packet)
{
    const role_set_t src = role_book_roles_or_internet(&packet->pinfo->src),
                     dst = role_book_roles_or_internet(&packet->pinfo->dst);

    packet->src_roles = src & ~INTERNET;
    packet->dst_roles = dst & ~INTERNET;
    if (has_rows && packet->src_roles != 0)
        packet->dst_roles = dst;
    if (has_rows && (dst & ~INTERNET) != 0)
        packet->src_roles = src;
}

bool
internet_ends_are_in(const flow_facts_t *facts)
{
    return facts->initiator == INTERNET || facts->responder == INTERNET;
}

flow_facts_t
internet_ends_remove(const flow_facts_t *facts)
{
    flow_facts_t other = *facts;

    other.initiator &= ~INTERNET;
    other.responder &= ~INTERNET;
    other.strange_initiator &= ~INTERNET;
    other.strange_responder &= ~INTERNET;
    return other;
}
