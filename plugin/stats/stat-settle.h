/* stat-settle.h
 * What statistics have counted, kept beyond the capture that they counted it in
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_SETTLE_H__
#define __SMSRC_STAT_SETTLE_H__

#include "smsrc-compat.h"

/**
 * A callback that is run when a capture ends, before its memory is freed: what @p tapdata needs of
 * flows, sessions and rows of the user's is copied, and every pointer to them is forgotten, because
 * the next capture may have another one at the same address.
 */
typedef void (*stat_settle_cb)(void *tapdata);

/** Run @p settle with @p tapdata at the end of each capture, until that is removed. */
void stat_settle_add(stat_settle_cb settle, void *tapdata);
void stat_settle_remove(const void *tapdata);

/** The capture ends. Call from a cleanup routine, before what statistics read is cleaned up. */
void stat_settle(void);

/** Go on with the values of @p keys, each under its own address, which no flow can have. */
void stat_settle_keys(GHashTable *keys);

#endif /* __SMSRC_STAT_SETTLE_H__ */
