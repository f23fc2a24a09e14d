/* fuzz-counts.h
 * Counts of a fuzzer's run: executions, packets, bugs of others
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_COUNTS_H__
#define __SMSRC_FUZZ_COUNTS_H__

#include <stdint.h>

typedef struct {
    uint64_t executions;
    uint64_t packets;     /* each once */
    uint64_t dissections; /* once for each pass */
    uint64_t others_bugs; /* dissector bugs of other protocols, logged by Wireshark */
} fuzz_counts_t;

extern fuzz_counts_t fuzz_counts;

/**
 * Start counting. The counts are written to the file that SMSRC_FUZZ_COUNTS names, periodically
 * and when the program ends, and then to stderr too.
 */
void fuzz_counts_start(void);

/** Count one input as executed. */
void fuzz_counts_execution(void);

#endif /* __SMSRC_FUZZ_COUNTS_H__ */
