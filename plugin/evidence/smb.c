/* smb.c
 * Shares and files in SMB that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "inference.h"

/* RFC 1002 4.3.1: a type, which is 0 for a message, and the length of the message */
#define NBSS_HEADER 4U
#define MAX_MESSAGES 16

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

/* What a request names. */
typedef enum { NAMES_NOTHING, NAMES_SHARE, NAMES_FILE } names_e;

/* What a command of SMB names (MS-CIFS 2.2.2.1). */
static names_e
smb_names(uint8_t command)
{
    switch (command) {
    case 0x02: /* SMB_COM_OPEN */
    case 0x03: /* SMB_COM_CREATE */
    case 0x2d: /* SMB_COM_OPEN_ANDX */
    case 0x32: /* SMB_COM_TRANSACTION2: information on a file */
    case 0xa2: /* SMB_COM_NT_CREATE_ANDX */
        return NAMES_FILE;
    case 0x70: /* SMB_COM_TREE_CONNECT */
    case 0x73: /* SMB_COM_SESSION_SETUP_ANDX: a tree connect may follow in it */
    case 0x75: /* SMB_COM_TREE_CONNECT_ANDX */
        return NAMES_SHARE;
    default:
        return NAMES_NOTHING;
    }
}

/* The same for SMB 2 (MS-SMB2 2.2.1.2). */
static names_e
smb2_names(uint16_t command)
{
    enum { TREE_CONNECT = 3, CREATE = 5 };

    if (command == TREE_CONNECT)
        return NAMES_SHARE;
    return command == CREATE ? NAMES_FILE : NAMES_NOTHING;
}

/* A message, whose header has been read. */
typedef struct {
    asked_t asked; /* by the number of the message; the tree that it is in */
    uint32_t status;
    names_e names;
    bool is_reply, is_unicode;
} message_t;

/*
 * MS-CIFS 3.2.4.1.5, 3.2.5.1: the response has command, process and number of the request. Where a
 * tree connect follows a session setup the status is that of the first that failed.
 */
static message_t
read_header(const uint8_t *header)
{
    return (message_t){
        .asked = { .transaction = pletohu16(header + SMB_NUMBER) |
                                  (uint64_t)pletohu16(header + SMB_PROCESS) << 16 |
                                  (uint64_t)header[SMB_COMMAND] << 32,
                   .context = pletohu16(header + SMB_TREE) },
        .status = pletohu32(header + SMB_STATUS),
        .names = smb_names(header[SMB_COMMAND]),
        .is_reply = (header[SMB_FLAGS] & SMB_FLAG_REPLY) != 0,
        .is_unicode = (pletohu16(header + SMB_FLAGS2) & SMB_FLAG2_UNICODE) != 0,
    };
}

/* MS-SMB2 3.2.5.1.2: the response has the number of the request. */
static message_t
read_header_2(const uint8_t *header)
{
    return (message_t){
        .asked = { .transaction = (uint64_t)pletohu32(header + SMB2_NUMBER) |
                                  (uint64_t)pletohu32(header + SMB2_NUMBER + 4) << 32,
                   .context = pletohu32(header + SMB2_TREE) },
        .status = pletohu32(header + SMB2_STATUS),
        .names = smb2_names(pletohu16(header + SMB2_COMMAND)),
        .is_reply = (header[SMB2_FLAGS] & SMB2_FLAG_REPLY) != 0,
        .is_unicode = true,
    };
}

static void
add_response(const packet_view_t *packet, const message_t *message)
{
    answer_t answer = {
        .response = RESPONSE_SMB,
        .transaction = message->asked.transaction,
        .context = message->asked.context,
        .shown = message->status == 0 ? SHOWS_SUCCESS : 0,
    };

    if (inference_is_pending() && message->status != STATUS_PENDING &&
        message->status != STATUS_MORE_PROCESSING_REQUIRED)
        inference_add_response(packet, &answer);
}

/* Adds a name. A share's name follows the name of its server, a file's name does not. */
static void
add_name(const packet_view_t *packet, char *name, unsigned length, const message_t *message)
{
    const char *path;

    name[length] = '\0';
    path = strstr(name, "\\\\");
    if (message->names == NAMES_FILE)
        inference_add_fact(packet, FACT_SMB_FILE, name, &message->asked);
    else if (path != NULL)
        inference_add_fact(packet, FACT_SMB_PATH, path, &message->asked);
}

/*
 * Reads all printable texts of a request as names, if they are long enough for a signature. Where
 * each command has its name does not matter.
 */
static void
read_names(const packet_view_t *packet, unsigned at, unsigned end, const message_t *message)
{
    const bool unicode = message->is_unicode;
    const size_t min_length = MIN(role_signatures_min_length(FACT_SMB_PATH),
                                  role_signatures_min_length(FACT_SMB_FILE));
    const uint8_t *payload = packet->payload;
    char *name = (char *)wmem_alloc(packet->pinfo->pool, end - at + 1);
    unsigned count = 0;

    for (; at < end; at++) {
        if (g_ascii_isprint(payload[at]) &&
            (!unicode || (at + 1 < end && payload[at + 1] == 0))) {
            name[count++] = (char)payload[at];
            at += unicode ? 1 : 0;
            continue;
        }
        if (count >= min_length)
            add_name(packet, name, count, message);
        count = 0;
    }
    if (count >= min_length)
        add_name(packet, name, count, message);
}

/* Reads the message from @p at to @p end of the payload. */
static void
read_message(const packet_view_t *packet, unsigned at, unsigned end)
{
    message_t message;

    if (at + SMB_HEADER > end)
        return;
    message = read_header(packet->payload + at);
    if (message.is_reply)
        add_response(packet, &message);
    else if (message.names != NAMES_NOTHING)
        read_names(packet, at + SMB_HEADER, end, &message);
}

/* The same for SMB 2, where further messages may follow in a chain. */
static void
read_messages_2(const packet_view_t *packet, unsigned at, unsigned end)
{
    for (unsigned i = 0; at + SMB2_HEADER <= end; i++) {
        const uint8_t *header = packet->payload + at;
        message_t message = read_header_2(header);
        uint32_t next = pletohu32(header + SMB2_NEXT);
        unsigned stop = next >= SMB2_HEADER && next < end - at ? at + next : end;

        if (bounds_full(BOUND_SMB_MESSAGES, i, MAX_MESSAGES))
            return;
        if (message.is_reply)
            add_response(packet, &message);
        else if (message.names != NAMES_NOTHING)
            read_names(packet, at + SMB2_HEADER, stop, &message);
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
        end = MIN(length, packet->length - at) + at;
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
