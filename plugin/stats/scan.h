/* scan.h
 * Scans: tries of one initiator on many ports or hosts, without content
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SCAN_H__
#define __SMSRC_SCAN_H__

#include "flow-choice.h"
#include "host-set.h"

/** All tries of one initiator. They are a scan where there are many. */
typedef struct scan scan_t;

/** The scans of one statistic. */
typedef struct scans scans_t;

/** What a flow is counted as; all 0 for a new one. */
typedef struct {
    const whole_flow_t *flow;
    scan_t *scan;          /* NULL: the flow is not a try */
    GSequenceIter *place;  /* in the scan */
    verdict_e verdict;
    uint32_t first_frame;
    bool fits;             /* its row of the matrix fits it */
    uint16_t port;
    host_t *hosts[2];      /* its responder among those of the tries, as in scan.c */
    unsigned packets;
    double bytes;
} scan_try_t;

scans_t *scans_new(void);
void scans_free(scans_t *scans);

/** All flows end. */
void scans_clear(scans_t *scans);

/** Count @p flow as it is now: as a try, or as none any more. */
void scans_update(scans_t *scans, scan_try_t *one, const whole_flow_t *flow);

/** True where the tries are so many that they are a scan. */
bool scan_is_one(const scan_t *scan);

/** The number of the tries and of their responders, and what all of the tries come to. */
unsigned scan_num_tries(const scan_t *scan);
unsigned scan_num_hosts(const scan_t *scan);
unsigned scan_packets(const scan_t *scan);
double scan_bytes(const scan_t *scan);

/** The first of the tries with the worst verdict. There has to be a try. */
const scan_try_t *scan_worst(const scan_t *scan);

/** Call @p each for all tries, the worst first. */
void scan_each(const scan_t *scan, void (*each)(void *data, scan_try_t *one), void *data);

/** What the reader keeps with a scan; NULL at first. */
void *scan_row(const scan_t *scan);
void scan_set_row(scan_t *scan, void *row);

#endif /* __SMSRC_SCAN_H__ */
