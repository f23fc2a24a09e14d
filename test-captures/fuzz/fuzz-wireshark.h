/* fuzz-wireshark.h
 * libwireshark with the plugin in it, for a program that dissects one small capture after another
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_WIRESHARK_H__
#define __SMSRC_FUZZ_WIRESHARK_H__

#include <stdbool.h>
#include <stdint.h>

/**
 * Start libwireshark, the plugin registered. Only the protocols that packets of the plugin's
 * hosts carry are left enabled; all of them where SMSRC_FUZZ_ALL is set. Ends the program where
 * it cannot. @p program: argv[0].
 */
void fuzz_wireshark_start(const char *program);

/** Set a preference: "smsrc.desegment", "FALSE". Applied by the next fuzz_prefs_apply(). */
void fuzz_pref_set(const char *name, const char *value);
void fuzz_prefs_apply(void);

/** Give the hosts of fuzz-wire.h their roles, by the table smsrc_roles. */
void fuzz_roles_table(void);

typedef struct {
    bool tree;
    bool visible;
    bool columns;
    bool statistics;
    bool draw_early;
} fuzz_look_t;

/** Open and close a capture. */
void fuzz_capture_open(const fuzz_look_t *look);
void fuzz_capture_close(void);

/** Add a frame. Its bytes have to stay valid until the capture is closed. */
void fuzz_capture_add(const uint8_t *bytes, unsigned length, unsigned captured, bool much_later);

/** Dissect all frames: the first time each as it is read, then again. */
void fuzz_capture_dissect(void);

#endif /* __SMSRC_FUZZ_WIRESHARK_H__ */
