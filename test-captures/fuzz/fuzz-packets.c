/* fuzz-packets.c
 * The fuzzer of the dissectors and the audit: libFuzzer's entry points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: SMSRC_FUZZ_COUNTS names a file where it is written from time to time, and at the
 * end, what was done; SMSRC_FUZZ_ALL and SMSRC_FUZZ_TELL_BUGS are of fuzz-wireshark.c.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz-input.h"
#include "fuzz-mutate.h"
#include "fuzz-wire.h"
#include "fuzz-wireshark.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other,
                                 size_t other_size, uint8_t *data, size_t max_size,
                                 unsigned seed);

#define COUNTS_EVERY 4096 /* executions */

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

/* Preferences that are on or off: the switch sets what is not the default. */
static const struct {
    unsigned switched;
    const char *name, *off, *on;
} switched_prefs[] = {
    { SWITCH_NO_LEARNING, "smsrc.audit.learn", "TRUE", "FALSE" },
    { SWITCH_ONE_END, "smsrc.audit.scope", "both", "one" },
    { SWITCH_FLAG_EVERY, "smsrc.audit.flag", "once", "every" },
    { SWITCH_NO_DESEGMENT, "smsrc.desegment", "TRUE", "FALSE" },
    { SWITCH_NO_PORT_GROUND, "smsrc.port_ground", "TRUE", "FALSE" },
    { SWITCH_OUT_OF_ORDER, "tcp.reassemble_out_of_order", "FALSE", "TRUE" },
};
#define NUM_SWITCHED_PREFS (sizeof switched_prefs / sizeof switched_prefs[0])

static void
set_switches(unsigned switches)
{
    static unsigned set;
    bool changed = false;

    for (unsigned i = 0; i < NUM_SWITCHED_PREFS; i++) {
        unsigned wanted = switches & switched_prefs[i].switched;

        if (wanted == (set & switched_prefs[i].switched))
            continue;
        fuzz_pref_set(switched_prefs[i].name,
                      wanted != 0 ? switched_prefs[i].on : switched_prefs[i].off);
        changed = true;
    }
    set = switches;
    if (changed)
        fuzz_prefs_apply();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    began = time(NULL);
    fuzz_wireshark_start((*argv)[0]);
    fuzz_roles_table();
    fuzz_pref_set("smsrc.audit.sql_ports", "5000");
    fuzz_pref_set("smsrc.audit.http_ports", "8080");
    fuzz_prefs_apply();
    atexit(tell_counts);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[WIRE_MAX_FRAME];
    static wire_t wire;
    static input_t input;
    uint8_t *kept[INPUT_MAX_FRAMES];
    fuzz_look_t look;

    input_read(data, size, &input);
    if (input.count == 0)
        return 0;
    set_switches(input.switches);
    look.tree = input.switches & SWITCH_TREE;
    look.visible = input.switches & SWITCH_VISIBLE;
    look.columns = input.switches & SWITCH_COLUMNS;
    look.statistics = input.switches & SWITCH_STATISTICS;
    look.draw_early = input.switches & SWITCH_DRAW_EARLY;
    wire_start(&wire, !(input.switches & SWITCH_NO_TABLE));
    fuzz_capture_open(&look);
    for (unsigned i = 0; i < input.count; i++) {
        unsigned captured, length = wire_write(&wire, &input.frames[i], bytes, &captured);

        /* Of its own size, so that a sanitizer sees a byte behind it. */
        kept[i] = (uint8_t *)malloc(captured > 0 ? captured : 1);
        memcpy(kept[i], bytes, captured);
        fuzz_capture_add(kept[i], length, captured, input.frames[i].header[3] & 0x80);
    }
    fuzz_capture_dissect();
    if (input.switches & SWITCH_TWO_PASSES)
        fuzz_capture_dissect();
    fuzz_capture_close();
    for (unsigned i = 0; i < input.count; i++)
        free(kept[i]);
    if (fuzz_counts.executions % COUNTS_EVERY == 0)
        write_counts();
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return fuzz_mutate(data, size, max_size, seed);
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other,
                          size_t other_size, uint8_t *data, size_t max_size, unsigned seed)
{
    return fuzz_cross(one, one_size, other, other_size, data, max_size, seed);
}
