/* fuzz-mutate.c
 * Mutations that keep an input a capture: of frames, of one frame's bytes, of their order
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libFuzzer's own mutations would shift all frames after a byte that they insert.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz-input.h"
#include "fuzz-mutate.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* One frame's bytes, and room for what they grow to. */
#define MAX_PAYLOAD 8192

/* Headers, bytes and frames that a mutation creates; they live until the input is written. */
static uint8_t new_headers[INPUT_MAX_FRAMES][INPUT_HEADER];
static uint8_t new_payload[MAX_PAYLOAD];

static unsigned random_state;

static unsigned
chance(unsigned below)
{
    /* The constants of rand48: a seed repeats its mutation. */
    random_state = random_state * 1103515245u + 12345u;
    return (random_state >> 16) % below;
}

static void
own_header(input_t *input, unsigned i)
{
    memmove(new_headers[i], input->frames[i].header, INPUT_HEADER);
    input->frames[i].header = new_headers[i];
}

/* All headers are copied first, so that frames may be moved and their headers changed. */
static void
own_headers(input_t *input)
{
    for (unsigned i = 0; i < input->count; i++)
        own_header(input, i);
}

static void
remove_frame(input_t *input, unsigned at)
{
    input->count--;
    memmove(&input->frames[at], &input->frames[at + 1],
            (input->count - at) * sizeof input->frames[0]);
}

static bool
insert_frame(input_t *input, unsigned at, input_frame_t frame)
{
    if (input->count == INPUT_MAX_FRAMES)
        return false;
    memmove(&input->frames[at + 1], &input->frames[at],
            (input->count - at) * sizeof input->frames[0]);
    input->frames[at] = frame;
    input->count++;
    return true;
}

/* Split the frame @p at into two segments: a segment may end anywhere. */
static void
split_frame(input_t *input, unsigned at)
{
    input_frame_t second = input->frames[at];
    unsigned cut;

    if (second.length < 2 || input->count == INPUT_MAX_FRAMES)
        return;
    cut = 1 + chance(chance(2) ? second.length - 1 : second.length < 17 ? second.length - 1 : 16);
    input->frames[at].length = cut;
    second.payload += cut;
    second.length -= cut;
    insert_frame(input, at + 1, second);
}

static void
change_header(input_t *input, unsigned at)
{
    uint8_t *header;
    unsigned which = chance(4);

    own_header(input, at);
    header = new_headers[at];
    switch (chance(3)) {
    case 0:
        header[which] ^= (uint8_t)(1u << chance(8));
        break;
    case 1:
        header[which] = (uint8_t)chance(256);
        break;
    default:
        /* As another frame has it. */
        header[which] = input->frames[chance(input->count)].header[which];
        break;
    }
}

static void
change_payload(input_t *input, unsigned at, size_t room)
{
    input_frame_t *frame = &input->frames[at];
    size_t longest = frame->length + 64 + room / 8;
    unsigned length = frame->length < MAX_PAYLOAD ? frame->length : MAX_PAYLOAD;

    if (longest > MAX_PAYLOAD)
        longest = MAX_PAYLOAD;
    memcpy(new_payload, frame->payload, length);
    frame->length = (unsigned)LLVMFuzzerMutate(new_payload, length, longest);
    frame->payload = new_payload;
}

static void
change(input_t *input, size_t room)
{
    static const uint8_t first[INPUT_HEADER] = { 0 };
    unsigned at;

    if (input->count == 0) {
        input->frames[0] = (input_frame_t){ first, first, 0 };
        input->count = 1;
    }
    at = chance(input->count);
    switch (chance(20)) {
    default:
        change_payload(input, at, room);
        break;
    case 0:
    case 1:
    case 2:
        change_header(input, at);
        break;
    case 3:
        input->switches ^= 1u << chance(13);
        break;
    case 4:
        insert_frame(input, chance(input->count + 1), input->frames[at]);
        break;
    case 5:
        if (input->count > 1)
            remove_frame(input, at);
        break;
    case 6:
    case 7: {
        unsigned other = chance(input->count);
        input_frame_t frame = input->frames[at];

        input->frames[at] = input->frames[other];
        input->frames[other] = frame;
        break;
    }
    case 8:
    case 9:
        split_frame(input, at);
        break;
    case 10: {
        /* A SYN, an acknowledgement, a reset, ... of this connection. */
        input_frame_t frame = input->frames[at];

        frame.length = 0;
        if (insert_frame(input, at + chance(2), frame)) {
            own_headers(input);
            new_headers[at][3] = (uint8_t)chance(8);
        }
        break;
    }
    case 11: {
        /* The same bytes in the other direction. */
        own_header(input, at);
        new_headers[at][0] ^= 0x80;
        break;
    }
    }
}

size_t
fuzz_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint8_t before[FUZZ_MAX_INPUT];
    input_t input;

    random_state = seed;
    if (max_size > FUZZ_MAX_INPUT)
        max_size = FUZZ_MAX_INPUT;
    if (size > max_size)
        size = max_size;
    memcpy(before, data, size);
    input_read(before, size, &input);
    for (unsigned i = 1 + chance(3); i > 0; i--) {
        /* New bytes share one buffer: they are written before the next are created. */
        change(&input, max_size - size);
        size = input_write(&input, data, max_size);
        memcpy(before, data, size);
        input_read(before, size, &input);
    }
    return size;
}

size_t
fuzz_cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size,
           uint8_t *data, size_t max_size, unsigned seed)
{
    static input_t a, b;
    input_t out;
    unsigned i = 0, j = 0;
    bool alternate;

    random_state = seed;
    input_read(one, one_size, &a);
    input_read(other, other_size, &b);
    out.switches = chance(2) ? a.switches : b.switches;
    out.count = 0;
    alternate = chance(2);
    /* One after the other, or mixed; each in its own order, and parts of it left out. */
    while (out.count < INPUT_MAX_FRAMES && (i < a.count || j < b.count)) {
        bool from_a = j == b.count || (i < a.count && (!alternate || chance(2)));
        input_frame_t frame = from_a ? a.frames[i++] : b.frames[j++];

        if (chance(4))
            out.frames[out.count++] = frame;
    }
    return input_write(&out, data, max_size);
}
