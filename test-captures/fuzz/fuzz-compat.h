/* fuzz-compat.h
 * Differences between versions of Wireshark for a program that uses libwireshark
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The plugin's own differences are those of smsrc-compat.h.
 */

#ifndef __SMSRC_FUZZ_COMPAT_H__
#define __SMSRC_FUZZ_COMPAT_H__

#include "smsrc-compat.h"

/* From 4.4 on a log writer has different parameters between level and format. */
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

/* In 4.6 a record holds its bytes, and initialization takes only the program's name. */
#if SMSRC_WS_AT_LEAST(4, 5)
#define FUZZ_RECORD_FILL(rec, bytes, captured)                                                   \
    do {                                                                                         \
        ws_buffer_init(&(rec)->data, (captured));                                                \
        ws_buffer_append(&(rec)->data, (bytes), (captured));                                     \
    } while (0)
#define FUZZ_RECORD_FREE(rec) ws_buffer_free(&(rec)->data)
#define FUZZ_DISSECT(edt, rec, bytes, captured, length, fd, cinfo)                               \
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, rec, fd, cinfo)
#define FUZZ_CONFIGURATION_INIT(program) configuration_init(program)
#else
#define FUZZ_RECORD_FILL(rec, bytes, captured)
#define FUZZ_RECORD_FREE(rec)
#define FUZZ_DISSECT(edt, rec, bytes, captured, length, fd, cinfo)                               \
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, rec,                         \
                               tvb_new_real_data(bytes, captured, length), fd, cinfo)
#define FUZZ_CONFIGURATION_INIT(program) configuration_init(program, NULL)
#endif

#endif /* __SMSRC_FUZZ_COMPAT_H__ */
