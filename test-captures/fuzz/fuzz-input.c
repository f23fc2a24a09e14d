/* fuzz-input.c
 * An input of the fuzzer: preferences, and a short capture
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz-input.h"

#include <string.h>

void
input_read(const uint8_t *data, size_t size, input_t *input)
{
    size_t at = INPUT_SWITCHES;

    input->switches = 0;
    input->count = 0;
    if (size < INPUT_SWITCHES)
        return;
    input->switches = data[0] | (unsigned)data[1] << 8;
    while (input->count < INPUT_MAX_FRAMES && size - at >= INPUT_HEADER) {
        input_frame_t *frame = &input->frames[input->count++];
        size_t left = size - at - INPUT_HEADER;

        frame->header = data + at;
        frame->payload = frame->header + INPUT_HEADER;
        frame->length = frame->header[4] | (unsigned)frame->header[5] << 8;
        if (frame->length > left)
            frame->length = (unsigned)left;
        at += INPUT_HEADER + frame->length;
    }
}

size_t
input_write(const input_t *input, uint8_t *data, size_t room)
{
    size_t at = INPUT_SWITCHES;

    if (room < INPUT_SWITCHES)
        return 0;
    data[0] = (uint8_t)input->switches;
    data[1] = (uint8_t)(input->switches >> 8);
    for (unsigned i = 0; i < input->count; i++) {
        const input_frame_t *frame = &input->frames[i];

        if (frame->length > UINT16_MAX || room - at < INPUT_HEADER + (size_t)frame->length)
            break;
        memcpy(data + at, frame->header, INPUT_HEADER);
        data[at + 4] = (uint8_t)frame->length;
        data[at + 5] = (uint8_t)(frame->length >> 8);
        memcpy(data + at + INPUT_HEADER, frame->payload, frame->length);
        at += INPUT_HEADER + frame->length;
    }
    return at;
}
