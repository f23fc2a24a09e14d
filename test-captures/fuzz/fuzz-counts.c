/* fuzz-counts.c
 * Counts of a fuzzer's run: executions, packets, bugs of others
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz-counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WRITE_EVERY 1024 /* executions: what a crash leaves uncounted */

fuzz_counts_t fuzz_counts;

static time_t began;

static void
write_counts(void)
{
    const char *path = getenv("SMSRC_FUZZ_COUNTS");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (file == NULL)
        return;
    fprintf(file,
            "executions %" PRIu64 "\npackets %" PRIu64 "\ndissections %" PRIu64
            "\nothers_bugs %" PRIu64 "\nseconds %ld\n",
            fuzz_counts.executions, fuzz_counts.packets, fuzz_counts.dissections,
            fuzz_counts.others_bugs, (long)(time(NULL) - began));
    fclose(file);
}

static void
tell_counts(void)
{
    write_counts();
    fprintf(stderr,
            "smsrc: %" PRIu64 " executions, %" PRIu64 " packets, %" PRIu64
            " dissections, %" PRIu64 " dissector bugs of other protocols\n",
            fuzz_counts.executions, fuzz_counts.packets, fuzz_counts.dissections,
            fuzz_counts.others_bugs);
}

void
fuzz_counts_start(void)
{
    began = time(NULL);
    write_counts();
    atexit(tell_counts);
}

void
fuzz_counts_execution(void)
{
    if (++fuzz_counts.executions % WRITE_EVERY == 0)
        write_counts();
}
