/* fuzz-input.h
 * An input of the fuzzer: preferences, and a short capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FUZZ_INPUT_H__
#define __SMSRC_FUZZ_INPUT_H__

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An input is
 *
 *   2 bytes   switches: preferences, passes, which parts of Wireshark run (below)
 *   frames    each 6 bytes and its payload:
 *     0       kind (modulo FRAME_KINDS); 0x80: from the server to the client
 *     1       client's host (low half) and server's
 *     2       server's port (low 5 bits) and client's, as numbers of tables in fuzz-wire.c
 *     3       TCP: its kind (bits 0-2), its place in the stream (3-4); how much of the frame was
 *             captured (5-6); 0x80: an hour later
 *     4-5     length of the payload, little-endian; the rest of the input where that is less
 *
 * so that any bytes are an input, and a byte changed changes little. seeds.py writes the same.
 */
#define INPUT_SWITCHES 2
#define INPUT_HEADER 6
#define INPUT_MAX_FRAMES 48

enum {
    SWITCH_TWO_PASSES = 0x0001,
    SWITCH_TREE = 0x0002,
    SWITCH_COLUMNS = 0x0004,
    SWITCH_STATISTICS = 0x0008,
    SWITCH_NO_LEARNING = 0x0010,
    SWITCH_ONE_END = 0x0020,
    SWITCH_FLAG_EVERY = 0x0040,
    SWITCH_NO_TABLE = 0x0080, /* hosts that are not in the table of roles */
    SWITCH_NO_DESEGMENT = 0x0100,
    SWITCH_NO_PORT_GROUND = 0x0200,
    SWITCH_OUT_OF_ORDER = 0x0400, /* TCP puts segments in order */
    SWITCH_DRAW_EARLY = 0x0800,   /* a statistic is drawn and reset in between */
    SWITCH_VISIBLE = 0x1000,
};

typedef enum {
    FRAME_TCP,
    FRAME_UDP,
    FRAME_TCP6,
    FRAME_UDP6,
    FRAME_TNMP,     /* over TCP, with TNMP's header before the payload */
    FRAME_RCH,      /* the same with RCH0's */
    FRAME_CM_WORD,  /* ConfigMgr's frames: a text, */
    FRAME_CM_TOKEN, /* a token of the handshake, */
    FRAME_CM_PLAIN, /* the plaintext, with a token flagged as signed only */
    FRAME_NBSS,     /* a message of a NetBIOS session */
    FRAME_NBDGM,    /* a NetBIOS datagram; the payload's first byte is the name's last */
    FRAME_IPX,
    FRAME_SPX,
    FRAME_UNREACHABLE,  /* ICMP quotes a frame before; the payload: how far back, code, ... */
    FRAME_UNREACHABLE6, /* ICMPv6 */
    FRAME_IP,           /* the payload is a whole IP packet, */
    FRAME_ETHERNET,     /* a whole frame */
    FRAME_KINDS,
} frame_kind_e;

typedef struct {
    const uint8_t *header; /* INPUT_HEADER bytes */
    const uint8_t *payload;
    unsigned length;
} input_frame_t;

typedef struct {
    unsigned switches;
    unsigned count;
    input_frame_t frames[INPUT_MAX_FRAMES];
} input_t;

/** Read @p size bytes, which have to outlive @p input. Bytes after the last frame are ignored. */
void input_read(const uint8_t *data, size_t size, input_t *input);

/** Write it to @p data, which has @p room, without frames that do not fit. @return its size. */
size_t input_write(const input_t *input, uint8_t *data, size_t room);

#endif /* __SMSRC_FUZZ_INPUT_H__ */
