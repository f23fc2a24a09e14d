/* stat-settle.h
 * The end of a capture for statistics that continue after it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_SETTLE_H__
#define __SMSRC_STAT_SETTLE_H__

#include "smsrc-compat.h"

/**
 * Copies what @p tapdata needs of flows, sessions and the user's rows, and drops every pointer to
 * them, because the next capture may have another one at the same address. Called when a capture
 * ends, before its memory is freed.
 */
typedef void (*stat_settle_cb)(void *tapdata);

/** Call @p settle with @p tapdata at the end of each capture, until @p tapdata is removed. */
void stat_settle_add(stat_settle_cb settle, void *tapdata);
void stat_settle_remove(const void *tapdata);

/** Settle all. Call from a cleanup routine, before what statistics read is cleaned up. */
void stat_settle(void);

#endif /* __SMSRC_STAT_SETTLE_H__ */
