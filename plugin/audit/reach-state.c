/* reach-state.c
 * What is known of a flow while nothing has answered it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reach-state.h"

void
reach_state_block(reach_state_t *state, uint32_t frame, const char *reason)
{
    state->reach = REACH_BLOCKED;
    if (state->frame == 0) {
        state->frame = frame;
        state->reason = reason;
    }
}

void
reach_state_count_try(reach_state_t *state, uint32_t frame, const char *reason)
{
    if (state->tries < REACH_TRIES_BLOCKED)
        state->tries++;
    if (state->tries == REACH_TRIES_BLOCKED)
        reach_state_block(state, frame, reason);
    else if (state->reach != REACH_BLOCKED)
        state->reach = state->tries == 1 ? REACH_PENDING : REACH_BLOCKED;
}

void
reach_state_open(reach_state_t *state)
{
    state->reach = REACH_OPEN;
    state->frame = 0;
    state->reason = NULL;
}
