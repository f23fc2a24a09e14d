/* attack.c
 * Packets that carry the exploit of CVE-2004-0728
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "attack.h"

#include "session-events.h"

#include <epan/proto_data.h>


/* Key of the packet's mark, in its pool; the claim of the same protocol has another one. */
#define KEY_ATTACK 1

static int proto_attack = -1;

/* Rebuilt for every capture. */
static bool was_seen;

void
attack_mark_packet(packet_info *pinfo)
{
    if (!PINFO_FD_VISITED(pinfo))
        was_seen = true;
    session_events_report_attack(pinfo);
    if (!attack_is_marked(pinfo))
        p_add_proto_data(pinfo->pool, pinfo, proto_attack, KEY_ATTACK, GUINT_TO_POINTER(1));
}

bool
attack_is_marked(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_attack, KEY_ATTACK) != NULL;
}

bool
attack_was_seen(void)
{
    return was_seen;
}

static void
reset_attack(void)
{
    was_seen = false;
}

void
attack_register(int proto)
{
    proto_attack = proto;
    register_init_routine(reset_attack);
}
