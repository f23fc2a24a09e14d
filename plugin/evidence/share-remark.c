/* share-remark.c
 * Remarks of shares in a server's answer to who asks for all of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * NetrShareEnum (MS-SRVS 3.1.4.8) returns the names of a server's shares with their remarks, in
 * which Configuration Manager writes role and site. It is a call by RPC (C706 12.6.4.10) through a
 * pipe, one request and its answer in FSCTL_PIPE_TRANSCEIVE (MS-SMB2 2.2.32), and is known by how
 * its answer begins: level 1, and an array whose counts agree.
 */

#include "share-remark.h"

#include <wsutil/pint.h>
#include <wsutil/str_util.h>

#include "bounds.h"
#include "inference.h"
#include "transactions.h"

#define MAX_REMARK 64
#define MAX_REMARKS 64

/* MS-SMB2 2.2.1.2, 2.2.32 */
enum { STATUS = 8, COMMAND = 12, IOCTL = 11, CODE = 68, OUTPUT = 96, IOCTL_HEADER = 112 };
#define PIPE_TRANSCEIVE 0x0011c017U

/* The bytes of a stub. */
typedef struct {
    const uint8_t *bytes;
    unsigned length;
} stub_t;

/* The stub of the answer in a pipe; none where the message is another one. */
static stub_t
find_stub(const uint8_t *header, unsigned length)
{
    enum { VERSION = 5, RESPONSE = 2, STUB = 24 };
    const stub_t none = { NULL, 0 };
    unsigned at, count;

    if (length < IOCTL_HEADER || pletohu16(header + COMMAND) != IOCTL ||
        pletohu32(header + STATUS) != 0 || pletohu32(header + CODE) != PIPE_TRANSCEIVE)
        return none;
    at = pletohu32(header + OUTPUT);
    count = pletohu32(header + OUTPUT + 4);
    if (at < IOCTL_HEADER || at >= length || length - at < STUB)
        return none;
    count = MIN(count, length - at);
    if (count < STUB || header[at] != VERSION || header[at + 2] != RESPONSE)
        return none;
    return (stub_t){ header + at + STUB, count - STUB };
}

/* Level, its switch, a pointer, the count, a pointer, the count of the array, then the shares. */
static bool
is_list(const stub_t *stub)
{
    enum { LEVEL = 0, SWITCH = 4, COUNT = 12, ARRAY = 20, SHARES = 24, SHARE = 12 };
    uint32_t count;

    if (stub->length < SHARES || pletohu32(stub->bytes + LEVEL) != 1 ||
        pletohu32(stub->bytes + SWITCH) != 1)
        return false;
    count = pletohu32(stub->bytes + COUNT);
    return count > 0 && count == pletohu32(stub->bytes + ARRAY) &&
           count <= (stub->length - SHARES) / SHARE;
}

/* Adds the text in UTF-16 at @p at. */
static void
add_remark(const packet_view_t *packet, const stub_t *stub, unsigned at)
{
    char remark[MAX_REMARK];
    unsigned count = 0;

    for (; at + 2 <= stub->length && count + 1 < sizeof remark; at += 2) {
        if (!g_ascii_isprint(stub->bytes[at]) || stub->bytes[at + 1] != 0)
            break;
        remark[count++] = (char)stub->bytes[at];
    }
    remark[count] = '\0';
    inference_add_fact(packet, FACT_SHARE_REMARK, remark, NULL);
}

void
share_remark_read(const packet_view_t *packet, const uint8_t *header, unsigned length)
{
    static const char *const begins[] = { "S\0M\0S\0 \0S\0i\0t\0e\0 ",
                                          "C\0o\0n\0f\0i\0g\0M\0g\0r\0" };
    enum { BEGIN = 16 };
    const stub_t stub = product_judged() == PRODUCT_CONFIGMGR ? find_stub(header, length)
                                                              : (stub_t){ NULL, 0 };

    if (stub.bytes == NULL || !is_list(&stub) || !transactions_answer(packet, 0, false))
        return;
    for (unsigned i = 0; i < array_length(begins); i++) {
        const uint8_t *end = stub.bytes + stub.length, *found = stub.bytes;

        for (unsigned n = 0; found < end; n++) {
            found = ws_memmem(found, (size_t)(end - found), begins[i], BEGIN);
            if (found == NULL || bounds_full(BOUND_SHARE_REMARKS, n, MAX_REMARKS))
                break;
            add_remark(packet, &stub, (unsigned)(found - stub.bytes));
            found++;
        }
    }
}
