/* seeds.c
 * The seeds of Wireshark's hash tables, the same in every run; and where valgrind counts
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's hash tables (wmem_map) have random seeds, against captures that are made to fill one
 * place of a table. So two runs over the same capture differ by half a million instructions. This
 * library, loaded before Wireshark's, gives them the same numbers each time; tshark needs random
 * numbers for nothing else when it reads a file.
 *
 * Below callgrind that starts without counting, what is counted begins where tshark asks for the
 * second packet and ends where it has closed the capture: a start takes ten times as many
 * instructions as some thousand packets, and valgrind runs it twice as fast when it does not count.
 */

#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <glib.h>
#include <valgrind/callgrind.h>

/* Wireshark's own. The first has five or six pointers in its versions, and gives a boolean. */
int wtap_read(void *file, void *record, void *buffer, void *err, void *info, void *offset);
void epan_cleanup(void);

guint32
g_random_int(void)
{
    static guint32 number;

    number = number * 1664525 + 1013904223; /* Numerical Recipes' */
    return number;
}

int
wtap_read(void *file, void *record, void *buffer, void *err, void *info, void *offset)
{
    typedef int (*read_t)(void *, void *, void *, void *, void *, void *);
    static read_t original;
    static unsigned calls;

    if (!original)
        original = (read_t)dlsym(RTLD_NEXT, "wtap_read");
    if (++calls == 2)
        CALLGRIND_START_INSTRUMENTATION;
    return original(file, record, buffer, err, info, offset);
}

void
epan_cleanup(void)
{
    void (*original)(void) = (void (*)(void))dlsym(RTLD_NEXT, "epan_cleanup");

    CALLGRIND_STOP_INSTRUMENTATION;
    original();
}
