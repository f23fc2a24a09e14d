/* wmi-login.c
 * The namespace that a login to WMI names
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A request has the number of its operation, and the number of a context, for which the bind has
 * named the interface (C706 12.6.4.3). Other interfaces have operations of the same number, and
 * texts of their callers' choice. The namespace is the first argument of IWbemLevel1Login's
 * NTLMLogin (MS-WMI 3.1.4.1.4), behind the ORPCTHIS of each call by DCOM (MS-DCOM 2.2.13.3).
 */

#include "wmi-login.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conversation-cache.h"

/* The most contexts of a connection that are kept. A login among those that follow is reported. */
#define MAX_CONTEXTS 16

/* C706 12.6.3.1 */
enum { FLAGS = 3, FLAG_OBJECT = 0x80, REPRESENTATION = 4, LITTLE_ENDIAN_BIT = 0x10, OBJECT = 16 };

/* IWbemLevel1Login, F309AD18-D86A-11d0-A075-00C04FB68820 */
static const uint8_t login_interface[16] = {
    0x18, 0xad, 0x09, 0xf3, 0x6a, 0xd8, 0xd0, 0x11,
    0xa0, 0x75, 0x00, 0xc0, 0x4f, 0xb6, 0x88, 0x20,
};

typedef enum { CONTEXT_UNKNOWN, CONTEXT_LOGIN, CONTEXT_OTHER } context_e;

typedef struct {
    uint16_t numbers[MAX_CONTEXTS];
    context_e kinds[MAX_CONTEXTS];
    unsigned count;
} contexts_t;

/* The state of one capture. */
static wmem_map_t *connections; /* conversation to contexts_t */

void
wmi_login_reset(void)
{
    connections = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
}

/* Adds a context. One that is named for two interfaces is that of a login for sure no more. */
static void
add_context(contexts_t *contexts, uint16_t number, context_e kind)
{
    for (unsigned i = 0; i < contexts->count; i++) {
        if (contexts->numbers[i] != number)
            continue;
        if (contexts->kinds[i] != kind)
            contexts->kinds[i] = CONTEXT_OTHER;
        return;
    }
    if (contexts->count == MAX_CONTEXTS) {
        if (kind == CONTEXT_LOGIN)
            bounds_exceed(BOUND_RPC_CONTEXTS, MAX_CONTEXTS);
        return;
    }
    contexts->numbers[contexts->count] = number;
    contexts->kinds[contexts->count++] = kind;
}

void
wmi_login_bind(const packet_view_t *pdu)
{
    enum { COUNT = 24, FIRST = 28, SYNTAXES = 2, INTERFACE = 4, SYNTAX = 20, LENGTH = 24 };
    const conversation_t *conversation = conversation_cache_find(pdu->pinfo);
    const uint8_t *header = packet_view_bytes(pdu, 0, FIRST), *context;
    contexts_t *contexts;
    unsigned at = FIRST;

    if (conversation == NULL || header == NULL ||
        (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) == 0)
        return;
    contexts = (contexts_t *)wmem_map_lookup(connections, conversation);
    if (contexts == NULL) {
        contexts = wmem_new0(wmem_file_scope(), contexts_t);
        wmem_map_insert(connections, conversation, contexts);
    }
    for (unsigned i = header[COUNT]; i > 0; i--) {
        context = packet_view_bytes(pdu, at, LENGTH);
        if (context == NULL)
            return;
        add_context(contexts, pletohu16(context),
                    memcmp(context + INTERFACE, login_interface, sizeof login_interface) == 0
                        ? CONTEXT_LOGIN : CONTEXT_OTHER);
        at += LENGTH + SYNTAX * context[SYNTAXES];
    }
}

static context_e
find_context(const packet_view_t *pdu, uint16_t number)
{
    const conversation_t *conversation = conversation_cache_find(pdu->pinfo);
    const contexts_t *contexts =
        conversation != NULL ? (const contexts_t *)wmem_map_lookup(connections, conversation)
                             : NULL;

    for (unsigned i = 0; contexts != NULL && i < contexts->count; i++) {
        if (contexts->numbers[i] == number)
            return contexts->kinds[i];
    }
    return CONTEXT_UNKNOWN;
}

/* Copies the text in UTF-16 without the name of the host before it, as "\\host\root\sms" has. */
static bool
copy_namespace(const uint8_t *at, unsigned count, char *name, unsigned size)
{
    unsigned length = 0, slashes = 0;
    bool has_host = count >= 2 && at[0] == '\\' && at[2] == '\\';

    for (unsigned i = 0; i < count; i++, at += 2) {
        if (at[0] == 0 && at[1] == 0)
            break;
        if (!g_ascii_isprint(at[0]) || at[1] != 0)
            return false;
        if (has_host && slashes < 3)
            slashes += at[0] == '\\' ? 1 : 0;
        else if (length + 1 < size)
            name[length++] = (char)at[0];
    }
    name[length] = '\0';
    return length > 0;
}

/*
 * Finds the first argument behind ORPCTHIS: a pointer, and a string with its counts, in NDR. A call
 * with extensions, which follow ORPCTHIS, is not read.
 */
static bool
read_argument(const packet_view_t *pdu, unsigned at, char *name, unsigned size)
{
    enum { DCOM_VERSION = 5, EXTENSIONS = 28, POINTER = 32, OFFSET = 40, COUNT = 44, TEXT = 48 };
    const uint8_t *stub = packet_view_bytes(pdu, at, TEXT), *text;
    unsigned count;

    if (stub == NULL || pletohu16(stub) != DCOM_VERSION || pletohu32(stub + EXTENSIONS) != 0 ||
        pletohu32(stub + POINTER) == 0 || pletohu32(stub + OFFSET) != 0)
        return false;
    count = pletohu32(stub + COUNT);
    text = count < pdu->length ? packet_view_bytes(pdu, at + TEXT, 2 * count) : NULL;
    return text != NULL && copy_namespace(text, count, name, size);
}

bool
wmi_login_read(const packet_view_t *pdu, char *name, unsigned size, bool *is_certain)
{
    enum { CONTEXT = 20, OPERATION = 22, STUB = 24, NTLM_LOGIN = 6 };
    const uint8_t *header = packet_view_bytes(pdu, 0, STUB);
    context_e context;

    if (header == NULL || (header[REPRESENTATION] & LITTLE_ENDIAN_BIT) == 0 ||
        pletohu16(header + OPERATION) != NTLM_LOGIN)
        return false;
    context = find_context(pdu, pletohu16(header + CONTEXT));
    if (context == CONTEXT_OTHER)
        return false;
    *is_certain = context == CONTEXT_LOGIN;
    return read_argument(pdu, STUB + ((header[FLAGS] & FLAG_OBJECT) != 0 ? OBJECT : 0), name,
                         size);
}
