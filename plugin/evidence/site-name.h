/* site-name.h
 * Names of management points that answers have given
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SITE_NAME_H__
#define __SMSRC_SITE_NAME_H__

#include "smsrc-compat.h"

/** The longest name that is kept. */
#define SITE_NAME_MAX 255

/** Forgets the capture before. Call from an init routine. */
void site_name_reset(void);

/** An answer has given the name of a management point, in letters of either case. */
void site_name_add(const char *name);

/** True if an answer has given this name. */
bool site_name_is_known(const char *name);

#endif /* __SMSRC_SITE_NAME_H__ */
