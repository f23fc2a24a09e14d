/* content.c
 * Content of a payload by its first bytes: the protocol's own messages
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "content.h"

#include "cm-frame.h"
#include "magic.h"
#include "service-detect.h"

/* What ConfigMgr's agent says in clear: its greeting, and why there is no session. */
static const char *const clear_words[] = {
    "START_HANDSHAKE", "ERROR_LOGON_DENIED", "ERROR_NO_ACTIVE_USER", "ERROR_EXISTING_SESSION",
    "ERROR_ACCESS_DENIED",
};

/* Returns the byte at @p offset of the frame that says @p word: UTF-16LE, with its NUL. */
static uint8_t
byte_of_word(const char *word, unsigned length, unsigned offset)
{
    unsigned text = 2 * (length + 1);
    const uint8_t header[CM_FIRST_PART] = { (uint8_t)(text + 2), 0, 0, CM_TYPE_CONTROL,
                                            (uint8_t)text, 0 };

    if (offset < CM_FIRST_PART)
        return header[offset];
    return offset % 2 == 0 ? (uint8_t)word[(offset - CM_FIRST_PART) / 2] : 0;
}

static bool
begins_word(const uint8_t *bytes, unsigned captured, const char *word)
{
    unsigned length = (unsigned)strlen(word);

    if (captured >= CM_FIRST_PART + 2 * (length + 1))
        return false;
    for (unsigned i = 0; i < captured; i++) {
        if (bytes[i] != byte_of_word(word, length, i))
            return false;
    }
    return true;
}

/* True for the beginning of such a frame: the agent may send it in several segments. */
static bool
is_clear_start(tvbuff_t *tvb)
{
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);

    /* Nearly no other payload has that type where a frame has it. */
    if (captured >= CM_FIRST_PART && bytes[3] != CM_TYPE_CONTROL)
        return false;
    for (unsigned i = 0; i < array_length(clear_words); i++) {
        if (begins_word(bytes, captured, clear_words[i]))
            return true;
    }
    return false;
}

/* Returns what @p length bytes, at most a header, are by the magics of a header. */
static content_e
detect_header(const uint8_t *bytes, unsigned length)
{
    static const struct {
        content_e content;
        const char *start, *end;
    } headers[] = {
        { CONTENT_RCH, MAGIC_RCH_START, MAGIC_RCH_END },
        { CONTENT_TNMP, MAGIC_TNMP_START, MAGIC_TNMP_END },
    };

    for (unsigned i = 0; i < array_length(headers); i++) {
        if (bytes[0] != (uint8_t)headers[i].start[0] ||
            memcmp(bytes, headers[i].start, MIN(length, MAGIC_LENGTH)) != 0)
            continue;
        if (length > MAGIC_END_OFFSET && memcmp(bytes + MAGIC_END_OFFSET, headers[i].end,
                                                length - MAGIC_END_OFFSET) != 0)
            continue;
        return length == MAGIC_HEADER_LENGTH ? headers[i].content : CONTENT_PARTIAL;
    }
    return CONTENT_NONE;
}

content_e
content_detect(tvbuff_t *tvb, unsigned offset, bool stream)
{
    int captured = tvb_captured_length_remaining(tvb, (int)offset);
    const uint8_t *bytes;
    content_e content;

    if (captured <= 0)
        return CONTENT_NONE;
    captured = MIN(captured, MAGIC_HEADER_LENGTH);
    bytes = tvb_get_ptr(tvb, (int)offset, captured);
    content = detect_header(bytes, (unsigned)captured);
    if (content != CONTENT_NONE)
        return content;
    if (!stream && captured >= (int)sizeof MAGIC_USER_RECORD - 1 &&
        memcmp(bytes, MAGIC_USER_RECORD, sizeof MAGIC_USER_RECORD - 1) == 0)
        return CONTENT_USER;
    if (stream && offset == 0 && captured > 3 && bytes[3] == CM_TYPE_CONTROL &&
        service_detect_tvb(tvb, TRANSPORT_TCP) == SERVICE_CM_REMOTE_CONTROL)
        return CONTENT_CM;
    if (stream && offset == 0 && is_clear_start(tvb))
        return CONTENT_PARTIAL;
    return CONTENT_NONE;
}

bool
content_is_proof(content_e content)
{
    return content != CONTENT_NONE && content != CONTENT_PARTIAL;
}

direction_e
content_direction(tvbuff_t *tvb, content_e content)
{
    switch (content) {
    case CONTENT_RCH:
        return DIRECTION_TO_AGENT;
    case CONTENT_TNMP:
        if (tvb_captured_length(tvb) < MAGIC_HEADER_LENGTH + 4)
            return DIRECTION_UNKNOWN;
        return tvb_get_letohs(tvb, MAGIC_HEADER_LENGTH + 2) == 4 ? DIRECTION_TO_AGENT
                                                                 : DIRECTION_TO_VIEWER;
    case CONTENT_USER:
    case CONTENT_CM:
        return DIRECTION_TO_VIEWER;
    case CONTENT_NONE:
    case CONTENT_PARTIAL:
        break;
    }
    return DIRECTION_UNKNOWN;
}

/* The codes of TNMP that are known (tnmp.c): a request has 4, the agent's messages 0 and -2. */
direction_e
content_deciding_direction(tvbuff_t *tvb, content_e content)
{
    int16_t code;

    if (content == CONTENT_TNMP) {
        if (tvb_captured_length(tvb) < MAGIC_HEADER_LENGTH + 4)
            return DIRECTION_UNKNOWN;
        code = (int16_t)tvb_get_letohs(tvb, MAGIC_HEADER_LENGTH + 2);
        if (code != 4 && code != 0 && code != -2)
            return DIRECTION_UNKNOWN;
    }
    return content_direction(tvb, content);
}

bool
content_is_text(tvbuff_t *tvb)
{
    unsigned length = MIN(tvb_captured_length(tvb), 64);
    const uint8_t *bytes = length > 0 ? tvb_get_ptr(tvb, 0, (int)length) : NULL;

    for (unsigned i = 0; i < length; i++) {
        if (!g_ascii_isprint(bytes[i]) && !g_ascii_isspace(bytes[i]))
            return false;
    }
    return length > 0;
}

channel_e
content_channel(content_e content)
{
    switch (content) {
    case CONTENT_RCH:
        return CHANNEL_DATA;
    case CONTENT_TNMP:
    case CONTENT_USER:
        return CHANNEL_CONTROL;
    case CONTENT_CM:
    case CONTENT_NONE:
    case CONTENT_PARTIAL:
        break;
    }
    return CHANNEL_UNKNOWN;
}
