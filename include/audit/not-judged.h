/* not-judged.h
 * What the audit has not judged of a capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_NOT_JUDGED_H__
#define __SMSRC_NOT_JUDGED_H__

#include "role.h"

/** What is counted. Each flow of TCP or UDP without a verdict is in one of the first four. */
typedef enum {
    NOT_JUDGED_NO_ROLE,    /* neither end holds a role */
    NOT_JUDGED_ONE_ROLE,   /* one end holds none */
    NOT_JUDGED_LATE,       /* the roles were shown after the last packet; a later pass judges it */
    NOT_JUDGED_UNCONFIRMED, /* no row fits, and a role is Unconfirmed */
    NOT_JUDGED_UNANSWERED, /* of those: nothing answered the SYN, or a reset did */
    NOT_JUDGED_CUT,        /* frames that were not captured to their end */
    NUM_NOT_JUDGED,
} not_judged_e;

/** The counts of a capture, whatever filter a statistic has. */
typedef struct {
    uint64_t flows; /* of TCP and UDP, judged or not: Wireshark's conversations */
    uint64_t counts[NUM_NOT_JUDGED];
    role_set_t held_roles;  /* the roles that some host or network holds */
} not_judged_t;

/**
 * Tap with a not_judged_t for each packet, for tables that are shown while a capture is read. The
 * flows are counted again when a pass begins, and in the first pass from time to time.
 */
#define NOT_JUDGED_TAP "smsrc_not_judged"

/** Count what has been read so far, at the end of a capture. Its time grows with the flows. */
not_judged_t not_judged_count(void);

/** Returns the roles that traffic can show; any other is only in the user's table. */
role_set_t not_judged_learned_roles(void);

#endif /* __SMSRC_NOT_JUDGED_H__ */
