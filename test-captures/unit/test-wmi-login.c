/* test-wmi-login.c
 * Only the namespace of a login to WMI is read, in its place
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wmi-login.h"

#include "conversation-cache.h"
#include "unit-epan.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1
#define FOUR "\0\0\0\0"
#define EIGHT FOUR FOUR

/* A bind of the context 0, and a login in it to what follows, of so many letters. */
#define RPC_BIND(interface)                                                                 \
    "\5\0\x0b\3\x10\0\0\0\x48\0\0\0\1\0\0\0" EIGHT "\1\0\0\0\0\0\1\0" interface FOUR    \
    EIGHT EIGHT FOUR
#define WMI_LOGIN "\x18\xad\x09\xf3\x6a\xd8\xd0\x11\xa0\x75\0\xc0\x4f\xb6\x88\x20"
#define OTHER_INTERFACE "\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0\x38\0\x10\3"
#define RPC_LOGIN(length, operation, letters)                                               \
    "\5\0\0\3\x10\0\0\0" length "\0\0\0\1\0\0\0" FOUR "\0\0" operation "\0\5\0\6\0" EIGHT      \
    EIGHT EIGHT FOUR "\0\0\2\0" letters "\0\0\0" FOUR letters "\0\0\0"
#define WIDE_NAMESPACE "r\0o\0o\0t\0\\\0s\0m\0s\0\0\0"
#define WIDE_ON_HOST "\\\0\\\0H\0\\\0" WIDE_NAMESPACE
G_STATIC_ASSERT(sizeof RPC_BIND(WMI_LOGIN) == 0x48 + 1);
G_STATIC_ASSERT(sizeof RPC_LOGIN("\x5a", "\6", "\x09") WIDE_NAMESPACE == 0x5a + 1);

/* In place of conversation-cache.c. */
static conversation_t conversation;

conversation_t *
conversation_cache_find(const packet_info *pinfo _U_)
{
    return &conversation;
}

typedef struct {
    const char *name;
    const uint8_t *bytes;
    unsigned length;
    const char *shows; /* NULL: nothing */
    bool is_certain;
} case_t;

static const case_t cases[] = {
    { "on a host", BYTES(RPC_BIND(WMI_LOGIN) RPC_LOGIN("\x62", "\6", "\x0d") WIDE_ON_HOST),
      "root\\sms", true },
    { "without a host", BYTES(RPC_BIND(WMI_LOGIN) RPC_LOGIN("\x5a", "\6", "\x09") WIDE_NAMESPACE),
      "root\\sms", true },
    { "without its bind", BYTES(RPC_LOGIN("\x5a", "\6", "\x09") WIDE_NAMESPACE), "root\\sms",
      false },
    { "another operation",
      BYTES(RPC_BIND(WMI_LOGIN) RPC_LOGIN("\x5a", "\5", "\x09") WIDE_NAMESPACE), NULL, false },
    { "another interface",
      BYTES(RPC_BIND(OTHER_INTERFACE) RPC_LOGIN("\x5a", "\6", "\x09") WIDE_NAMESPACE), NULL,
      false },
    { "a context of two interfaces",
      BYTES(RPC_BIND(OTHER_INTERFACE) RPC_BIND(WMI_LOGIN) RPC_LOGIN("\x5a", "\6", "\x09")
            WIDE_NAMESPACE), NULL, false },
    { "more letters than there are",
      BYTES(RPC_BIND(WMI_LOGIN) RPC_LOGIN("\x5a", "\6", "\x19") WIDE_NAMESPACE), NULL, false },
};

/* Reads the messages of the bytes in turn. True if the last one is a login. */
static bool
read_all(const uint8_t *bytes, unsigned length, char *name, unsigned size, bool *is_certain)
{
    enum { KIND = 2, LENGTH = 8, HEADER = 16, BIND = 11 };
    packet_info pinfo = { .num = 1 };
    bool found = false;

    wmi_login_reset();
    for (unsigned at = 0; length - at >= HEADER;) {
        unsigned next = MIN(bytes[at + LENGTH], length - at);
        packet_view_t pdu = { .pinfo = &pinfo, .payload = bytes + at, .length = next,
                              .reported = next };

        if (bytes[at + KIND] == BIND)
            wmi_login_bind(&pdu);
        else
            found = wmi_login_read(&pdu, name, size, is_certain);
        at += next;
    }
    return found;
}

static void
test_whole(gconstpointer data)
{
    const case_t *one = (const case_t *)data;
    bool is_certain = false;
    char name[64];

    g_assert_true(read_all(one->bytes, one->length, name, sizeof name, &is_certain) ==
                  (one->shows != NULL));
    if (one->shows == NULL)
        return;
    g_assert_cmpstr(name, ==, one->shows);
    g_assert_true(is_certain == one->is_certain);
}

/* Bytes on the heap, so that valgrind and sanitizers detect a read past their end. */
static void
test_cut(gconstpointer data)
{
    const case_t *one = (const case_t *)data;
    bool is_certain;
    char name[64];

    for (unsigned length = 0; length < one->length; length++) {
        uint8_t *bytes = (uint8_t *)g_memdup2(one->bytes, length);

        g_assert_false(read_all(bytes, length, name, sizeof name, &is_certain) &&
                       one->shows == NULL);
        g_free(bytes);
    }
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    unit_capture_open();
    for (unsigned i = 0; i < array_length(cases); i++) {
        char *whole = g_strdup_printf("/whole/%s", cases[i].name);
        char *cut = g_strdup_printf("/cut/%s", cases[i].name);

        g_test_add_data_func(whole, &cases[i], test_whole);
        g_test_add_data_func(cut, &cases[i], test_cut);
        g_free(whole);
        g_free(cut);
    }
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}
