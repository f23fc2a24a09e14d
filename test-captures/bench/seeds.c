/* seeds.c
 * The seeds of Wireshark's hash tables, the same in every run
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's hash tables (wmem_map) have random seeds, against captures that are made to fill one
 * place of a table. So two runs over the same capture differ by half a million instructions. This
 * library, loaded before Wireshark's, gives them the same numbers each time; tshark needs random
 * numbers for nothing else when it reads a file.
 */

#include <glib.h>

guint32
g_random_int(void)
{
    static guint32 number;

    number = number * 1664525 + 1013904223; /* Numerical Recipes' */
    return number;
}
