/* fuzz-packets.c
 * The fuzzer of the dissectors and the audit: libFuzzer's entry points
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: SMSRC_FUZZ_COUNTS names a file for what was done (fuzz-counts.h), SMSRC_FUZZ_ALL
 * leaves nothing of Wireshark out (fuzz-lean.h), SMSRC_FUZZ_TELL_BUGS shows others' bugs.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz-counts.h"
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
    fuzz_wireshark_start((*argv)[0]);
    fuzz_roles_table();
    fuzz_pref_set("smsrc.audit.sql_ports", "5000");
    fuzz_pref_set("smsrc.audit.http_ports", "8080");
    fuzz_prefs_apply();
    fuzz_counts_start();
    return 0;
}

/* The switches an input is dissected with: in the fast build only every eighth input has all. */
static unsigned
switches_of(const input_t *input, const uint8_t *data, size_t size)
{
#ifdef FUZZ_FEW_LOOKS
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 16777619u;
    if (hash >> 16 & 7)
        return input->switches &
               ~(unsigned)(SWITCH_VISIBLE | SWITCH_COLUMNS | SWITCH_STATISTICS);
#else
    (void)data;
    (void)size;
#endif
    return input->switches;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[WIRE_MAX_FRAME];
    static wire_t wire;
    static input_t input;
    uint8_t *kept[INPUT_MAX_FRAMES];
    unsigned switches;
    fuzz_look_t look;

    input_read(data, size, &input);
    if (input.count == 0)
        return 0;
    switches = switches_of(&input, data, size);
    set_switches(switches);
    look.tree = switches & SWITCH_TREE;
    look.visible = switches & SWITCH_VISIBLE;
    look.columns = switches & SWITCH_COLUMNS;
    look.statistics = switches & SWITCH_STATISTICS;
    look.draw_early = switches & SWITCH_DRAW_EARLY;
    wire_start(&wire, !(switches & SWITCH_NO_TABLE));
    fuzz_capture_open(&look);
    for (unsigned i = 0; i < input.count; i++) {
        unsigned captured, length = wire_write(&wire, &input.frames[i], bytes, &captured);

        /* Allocated at its exact size, so that a sanitizer detects a read past its end. */
        kept[i] = (uint8_t *)malloc(captured > 0 ? captured : 1);
        memcpy(kept[i], bytes, captured);
        fuzz_capture_add(kept[i], length, captured, input.frames[i].header[3] & 0x80);
    }
    fuzz_capture_dissect();
    if (switches & SWITCH_TWO_PASSES)
        fuzz_capture_dissect();
    fuzz_capture_close();
    for (unsigned i = 0; i < input.count; i++)
        free(kept[i]);
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
