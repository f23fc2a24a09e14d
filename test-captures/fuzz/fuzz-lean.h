/* fuzz-lean.h
 * Parts of libwireshark that are left out so that a capture opens fast
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_LEAN_H__
#define __SMSRC_FUZZ_LEAN_H__

#include <stdbool.h>

/** False where SMSRC_FUZZ_ALL is set: nothing is left out then but the files of names. */
bool fuzz_lean(void);

/** True for the protocols that packets of the plugin's hosts carry, by their filter names. */
bool fuzz_lean_wants(const char *protocol);

#endif /* __SMSRC_FUZZ_LEAN_H__ */
