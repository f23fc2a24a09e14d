/* smb.c
 * Shares and files in SMB that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"
#include "share-remark.h"
#include "smb-name.h"
#include "transactions.h"

/* RFC 1002 4.3.1: a type, which is 0 for a message, and the length of the message */
#define NBSS_HEADER 4U
#define MAX_MESSAGES 16
#define MAX_NAME 512

/* MS-CIFS 2.2.3.1: the protocol's name, command, status, flags; one is for strings in UTF-16 */
#define SMB_HEADER 32U
#define SMB_COMMAND 4
#define SMB_STATUS 5
#define SMB_FLAGS 9
#define SMB_FLAG_REPLY 0x80
#define SMB_FLAGS2 10
#define SMB_FLAG2_UNICODE 0x8000
#define SMB_TREE 24
#define SMB_PROCESS 26
#define SMB_NUMBER 30

/* MS-SMB2 2.2.1.2 */
#define SMB2_HEADER 64U
#define SMB2_STATUS 8
#define SMB2_COMMAND 12
#define SMB2_FLAGS 16
#define SMB2_FLAG_REPLY 0x01
#define SMB2_NEXT 20
#define SMB2_NUMBER 24
#define SMB2_TREE 36

#define STATUS_PENDING 0x00000103
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016

/* A message, whose header has been read. */
typedef struct {
    asked_t asked; /* by the number of the message; the tree that it is in */
    uint32_t status;
    smb_names_e names;
    bool is_reply;
    smb_message_t text;
} message_t;

/*
 * MS-CIFS 3.2.4.1.5, 3.2.5.1: the response has command, process and number of the request. Where a
 * tree connect follows a session setup the status is that of the first that failed.
 */
static message_t
read_header(const uint8_t *header, unsigned length)
{
    return (message_t){
        .asked = { .transaction = pletohu16(header + SMB_NUMBER) |
                                  (uint64_t)pletohu16(header + SMB_PROCESS) << 16 |
                                  (uint64_t)header[SMB_COMMAND] << 32,
                   .context = pletohu16(header + SMB_TREE) },
        .status = pletohu32(header + SMB_STATUS),
        .names = smb_name_of(header[SMB_COMMAND]),
        .is_reply = (header[SMB_FLAGS] & SMB_FLAG_REPLY) != 0,
        .text = { .bytes = header, .length = length,
                  .is_unicode = (pletohu16(header + SMB_FLAGS2) & SMB_FLAG2_UNICODE) != 0 },
    };
}

/* MS-SMB2 3.2.5.1.2: the response has number and command of the request. */
static message_t
read_header_2(const uint8_t *header, unsigned length)
{
    return (message_t){
        .asked = { .transaction = (uint64_t)pletohu32(header + SMB2_NUMBER) << 16 |
                                  (uint64_t)pletohu16(header + SMB2_NUMBER + 4) << 48 |
                                  pletohu16(header + SMB2_COMMAND),
                   .context = pletohu32(header + SMB2_TREE) },
        .status = pletohu32(header + SMB2_STATUS),
        .names = smb_name_of_2(pletohu16(header + SMB2_COMMAND)),
        .is_reply = (header[SMB2_FLAGS] & SMB2_FLAG_REPLY) != 0,
        .text = { .bytes = header, .length = length },
    };
}

static void
add_response(const packet_view_t *packet, const message_t *message)
{
    const bool is_last = message->status != STATUS_PENDING;
    answer_t answer = {
        .response = RESPONSE_SMB,
        .transaction = message->asked.transaction,
        .context = message->asked.context,
        .shown = message->status == 0 ? SHOWS_SUCCESS : 0,
    };

    if (transactions_answer(packet, answer.transaction, is_last) && is_last &&
        inference_is_pending() && message->status != STATUS_MORE_PROCESSING_REQUIRED)
        inference_add_response(packet, &answer);
}

/* A share's name follows the name of its server, a file's name does not. */
static void
add_request(const packet_view_t *packet, const message_t *message, bool is_named,
            const char *name)
{
    const bool is_file = message->names == SMB_NAMES_FILE;

    if (transactions_ask(packet, message->asked.transaction, message->text.bytes,
                         message->text.length) &&
        is_named && (is_file || (name[0] == '\\' && name[1] == '\\')))
        inference_add_fact(packet, is_file ? FACT_SMB_FILE : FACT_SMB_PATH, name,
                           &message->asked);
}

/*
 * True for a message that ends at @p end, and not in a later segment: Wireshark reassembles it. One
 * that the capture has cut is as whole as it gets.
 */
static bool
is_whole(const packet_view_t *packet, unsigned end)
{
    return end <= packet->length || packet->length < packet->reported;
}

/* Reads the message from @p at to @p end, which may be behind what was captured. */
static void
read_message(const packet_view_t *packet, unsigned at, unsigned end)
{
    const unsigned stop = MIN(end, packet->length);
    char name[MAX_NAME];
    message_t message;

    if (at + SMB_HEADER > stop)
        return;
    message = read_header(packet->payload + at, stop - at);
    if (message.names == SMB_NAMES_NOTHING)
        return;
    if (message.is_reply)
        add_response(packet, &message);
    else if (is_whole(packet, end))
        add_request(packet, &message, smb_name_read(&message.text, name, sizeof name), name);
}

static void
read_reply_2(const packet_view_t *packet, const message_t *message)
{
    if (message->names != SMB_NAMES_NOTHING)
        add_response(packet, message);
    else
        share_remark_read(packet, message->text.bytes, message->text.length);
}

/* The same for SMB 2, where further messages may follow in a chain. */
static void
read_messages_2(const packet_view_t *packet, unsigned at, unsigned end)
{
    char name[MAX_NAME];

    for (unsigned i = 0; at + SMB2_HEADER <= MIN(end, packet->length); i++) {
        const uint8_t *header = packet->payload + at;
        uint32_t next = pletohu32(header + SMB2_NEXT);
        unsigned stop = next >= SMB2_HEADER && next < end - at ? at + next : end;
        message_t message = read_header_2(header, MIN(stop, packet->length) - at);

        if (bounds_full(BOUND_SMB_MESSAGES, i, MAX_MESSAGES))
            return;
        if (message.is_reply)
            read_reply_2(packet, &message);
        else if (message.names != SMB_NAMES_NOTHING && is_whole(packet, stop))
            add_request(packet, &message, smb_name_read_2(&message.text, name, sizeof name),
                        name);
        at = stop;
    }
}

static void
read_payload(const packet_view_t *packet)
{
    unsigned at = 0;

    for (unsigned i = 0;; i++) {
        const uint8_t *header = packet_view_bytes(packet, at, NBSS_HEADER + 4);
        unsigned length, end;

        if (header == NULL || header[0] != 0)
            return;
        if (bounds_full(BOUND_SMB_MESSAGES, i, MAX_MESSAGES))
            return;
        length = pntohu24(header + 1);
        at += NBSS_HEADER;
        end = at + length;
        if (memcmp(header + NBSS_HEADER, "\xffSMB", 4) == 0)
            read_message(packet, at, end);
        else if (memcmp(header + NBSS_HEADER, "\xfeSMB", 4) == 0)
            read_messages_2(packet, at, end);
        else
            return;
        at = end;
    }
}

#define SMB_READER(name, id)                                                                     \
    {                                                                                            \
        .protocol = (name), .service = (id),                                                     \
        .begin = { .min_length = 8, .bytes = { 0x00 }, .num_bytes = 1, .marker_at = 5,           \
                   .marker = "SM" },                                                             \
        .is_conclusive = true, .read = read_payload,                                             \
    }

const evidence_reader_t smb_reader = SMB_READER("smb", SERVICE_SMB1);
const evidence_reader_t smb2_reader = SMB_READER("smb2", SERVICE_SMB2);
