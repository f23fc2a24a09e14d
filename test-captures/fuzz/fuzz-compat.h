/* fuzz-compat.h
 * What differs between versions of Wireshark for a program that uses libwireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plugin's own differences are those of smsrc-compat.h.
 */

#ifndef __SMSRC_FUZZ_COMPAT_H__
#define __SMSRC_FUZZ_COMPAT_H__

#include "smsrc-compat.h"

/* A writer of the log has other parameters between level and format, and so many, from 4.4 on. */
#if SMSRC_WS_AT_LEAST(4, 3)
#define FUZZ_LOG_WRITER_PARAMETERS                                                               \
    const char *file _U_, long line _U_, const char *func _U_, const char *fatal _U_,            \
        ws_log_manifest_t *mft _U_
#define FUZZ_LOG_WRITER_FORMAT 8
#else
#define FUZZ_LOG_WRITER_PARAMETERS                                                               \
    struct timespec timestamp _U_, const char *file _U_, long line _U_, const char *func _U_
#define FUZZ_LOG_WRITER_FORMAT 7
#endif

#endif /* __SMSRC_FUZZ_COMPAT_H__ */
