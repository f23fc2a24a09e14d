/* fuzz-wire.h
 * The frames of an input as they were on the wire
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_WIRE_H__
#define __SMSRC_FUZZ_WIRE_H__

#include "fuzz-input.h"

/** Headers and the longest payload. */
#define WIRE_MAX_FRAME (UINT16_MAX + 256)

/** More connections than an input has frames are not needed. */
#define WIRE_MAX_FLOWS INPUT_MAX_FRAMES

typedef struct {
    unsigned key;        /* kind of address, hosts and ports, plus one */
    uint32_t next[2];    /* sequence numbers of the client and of the server */
} wire_flow_t;

typedef struct {
    bool known_to_table; /* the hosts are those that the table of roles names */
    wire_flow_t flows[WIRE_MAX_FLOWS];
    unsigned num_flows;
    unsigned num_frames;
    /* The beginnings of the packets so far, for ICMP to quote. */
    struct {
        uint8_t bytes[128];
        unsigned length; /* 0: no IP */
        bool ipv6;
    } quotes[INPUT_MAX_FRAMES];
} wire_t;

/** Start a capture. */
void wire_start(wire_t *wire, bool known_to_table);

/**
 * Write the next frame, from its Ethernet header on, to @p bytes, which has WIRE_MAX_FRAME.
 * @return its length; @p captured: how much of it was recorded.
 */
unsigned wire_write(wire_t *wire, const input_frame_t *frame, uint8_t *bytes,
                    unsigned *captured);

/** The address of @p host of those that are known to the table, as text ("10.1.0.3"). */
const char *wire_host_text(unsigned host, char *text, size_t size);

#define WIRE_HOSTS 16

#endif /* __SMSRC_FUZZ_WIRE_H__ */
