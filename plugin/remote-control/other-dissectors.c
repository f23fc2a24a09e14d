/* other-dissectors.c
 * The heuristics of all other dissectors, asked before a port alone decides
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark asks the dissector of a port before the heuristics, and that of 2701-2704 is ours,
 * whatever else uses such a port. So ours calls the list of heuristics itself.
 */

#include "other-dissectors.h"

#include <epan/exceptions.h>

static int proto_others = -1;
static heur_dissector_list_t tcp_heuristics;
static heur_dissector_list_t udp_heuristics;
static bool are_asked;

void
other_dissectors_init(int proto)
{
    proto_others = proto;
    tcp_heuristics = find_heur_dissector_list("tcp");
    udp_heuristics = find_heur_dissector_list("udp");
}

bool
other_dissectors_are_asked(void)
{
    return are_asked;
}

/* The layers of the frame are those that it has without this plugin. Returns whether one went. */
static bool
take_own_layer(const packet_info *pinfo)
{
    wmem_list_frame_t *last = wmem_list_tail(pinfo->layers);

    if (last == NULL || GPOINTER_TO_INT(wmem_list_frame_data(last)) != proto_others)
        return false;
    wmem_list_remove_frame(pinfo->layers, last);
    return true;
}

/* Asks the heuristics of @p list. They request segments as if TCP had called them. */
static bool
ask(heur_dissector_list_t list, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    volatile bool claimed = false;
    heur_dtbl_entry_t *entry;

    are_asked = true;
    TRY
    {
        pinfo->can_desegment = pinfo->saved_can_desegment;
        claimed = dissector_try_heuristic(list, tvb, pinfo, tree, &entry, data);
    }
    FINALLY
    {
        are_asked = false;
    }
    ENDTRY;
    return claimed;
}

bool
other_dissectors_claim(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    heur_dissector_list_t list = pinfo->ptype == PT_TCP   ? tcp_heuristics
                                 : pinfo->ptype == PT_UDP ? udp_heuristics
                                                          : NULL;
    bool had_layer, claimed;

    if (list == NULL || are_asked)
        return false;
    had_layer = take_own_layer(pinfo);
    claimed = ask(list, tvb, pinfo, tree, data);
    if (!claimed && had_layer)
        wmem_list_append(pinfo->layers, GINT_TO_POINTER(proto_others));
    return claimed;
}
