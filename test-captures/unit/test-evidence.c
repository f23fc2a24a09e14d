/* test-evidence.c
 * The facts that each reader finds in whole messages and in cut ones
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

#include "evidence-fixture.h"
#include "conclusions.h"
#include "handed-out.h"
#include "inference.h"
#include "site-name.h"
#include "unit-epan.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1
#define MAX_SHOWN 8

/* What was shown, in place of inference.c: "URI /x", "answer good". */
static char *shown[MAX_SHOWN];
static unsigned num_shown;

static const char *const fact_names[] = {
    [FACT_HTTP_METHOD] = "method", [FACT_HTTP_URI] = "URI", [FACT_HTTP_HEADER] = "header",
    [FACT_SMB_PATH] = "share", [FACT_SMB_FILE] = "file", [FACT_NBNS_NAME] = "name",
    [FACT_NBSS_CALLED] = "called", [FACT_NBDGM_DESTINATION] = "to", [FACT_IPX_NAME] = "IPX",
    [FACT_LDAP_BASE] = "base", [FACT_LDAP_VALUE] = "value", [FACT_LDAP_ENTRY] = "entry",
    [FACT_TDS_DATABASE] = "database", [FACT_DNS_NAME] = "DNS", [FACT_NAMESPACE] = "namespace",
    [FACT_SHARE_REMARK] = "remark", [FACT_BOOT_FILE] = "boot",
    [FACT_BOOT_ANSWER] = "boot program", [FACT_TLS_NAME] = "TLS",
    [FACT_TLS_CERTIFICATE] = "certificate", [FACT_KERBEROS_SERVICE] = "ticket",
    [FACT_TLS_CLIENT_CERTIFICATE] = "client certificate",
};

static void
show(char *text)
{
    g_assert_cmpuint(num_shown, <, MAX_SHOWN);
    shown[num_shown++] = text;
}

/* The number of a message as text, without the kind of its answer; none of the first one. */
static char *
number_text(uint64_t transaction)
{
    const uint64_t number = transaction >= 0x100 ? transaction >> 8 : transaction;

    return number > 1 && number < 10 ? g_strdup_printf(" #%" PRIu64, number) : g_strdup("");
}

void
inference_add_fact(const packet_view_t *packet _U_, fact_e fact, const char *text,
                   const asked_t *asked)
{
    char *number = number_text(asked != NULL ? asked->transaction : 0);
    if (text != NULL && *text != '\0')
        show(g_strdup_printf("%s %s%s", fact_names[fact], text, number));
    g_free(number);
}

void
inference_add_matches(const packet_view_t *packet, fact_e fact, const char *text,
                      uint64_t matches _U_, const asked_t *asked)
{
    inference_add_fact(packet, fact, text, asked);
}

void
inference_add_fact_about(const packet_view_t *packet _U_, fact_e fact, const char *text,
                         const address *owner)
{
    const uint8_t *ip = (const uint8_t *)owner->data;

    show(g_strdup_printf("%s %s of %u.%u.%u.%u", fact_names[fact], text, ip[0], ip[1], ip[2],
                         ip[3]));
}

void
inference_add_textless_fact(const packet_view_t *packet _U_, fact_e fact)
{
    show(g_strdup(fact_names[fact]));
}

/* "answer: success #2", with all that it shows. */
void
inference_add_response(const packet_view_t *packet _U_, const answer_t *answer)
{
    static const char *const names[] = { "success", "reply", "list", "content", "page", "taken",
                                         "windows", "entry", "login" };
    GString *text = g_string_new(answer->is_partial ? "part" : "answer");
    char *number = number_text(answer->transaction);

    for (unsigned i = 0; i < array_length(names); i++) {
        if ((answer->shown & 1U << i) != 0)
            g_string_append_printf(text, " %s", names[i]);
    }
    g_string_append(text, number);
    g_free(number);
    if (answer->site_code != NULL)
        g_string_append_printf(text, " of %s", answer->site_code);
    if (answer->detail != NULL)
        g_string_append_printf(text, ", %s", answer->detail);
    show(g_string_free(text, FALSE));
}

void
inference_add_server(const packet_view_t *packet _U_, role_e role, const char *reason _U_)
{
    show(g_strdup_printf("server %u", (unsigned)role));
}

bool
inference_is_pending(void)
{
    return true;
}

bool
conclusions_are_learned(void)
{
    return true;
}

bool
inference_is_of_interest(const packet_view_t *packet _U_)
{
    return false;
}

/* An answer for the management point of the site ABC: how many records, and further ones. */
/* A response of an endpoint mapper, and the floors of TCP and IP of its towers. */
#define RPC_RESPONSE "\5\0\2\3\x10\0\0\0\0\0\0\0\1\0\0\0"
#define TOWER(port, ip) "\1\0\x07\2\0" port "\1\0\x09\4\0" ip

#define DNS_ASKED(answers, additional)                                                           \
    "\0\1\x80\0\0\1" answers "\0\0" additional "\x0d_mssms_mp_abc\x04_tcp\1x\0\0\x21\0\1"
#define DNS_TARGET "\xc0\x0c\0\x21\0\1\0\0\0\0\0\x0a\0\0\0\0\0\x50\2mp\0"
#define DNS_ADDRESS(name, last) name "\0\0\1\0\1\0\0\0\0\0\4\x0a\1\1" last

typedef struct {
    const char *name;
    const evidence_reader_t *reader;
    bool tcp;
    const uint8_t *bytes;
    unsigned length;
    const char *shows[MAX_SHOWN];
} case_t;

#define LDAP_SEARCH                                                                     \
    "\x30\x49\x02\x01\x02\x63\x44\x04\x25"                                              \
    "CN=System Management,CN=System,DC=smS"                                             \
    "\x0a\x01\x02\xa3\x18\x04\x0b"                                                      \
    "objectClass\x04\x09mSSMSSite"
#define LDAP_DONE "\x30\x0c\x02\x01\x02\x65\x07\x0a\x01\x00\x04\x00\x04\x00"
#define LDAP_ADD "\x30\x16\x02\x01\x03\x68\x11\x04\x0d" "CN=SMS-MP-ABC" "\x30\x00"

#define FOUR "\0\0\0\0"
#define SMB_HEADER(command, flags) \
    "\xffSMB" command FOUR flags "\0\x80" FOUR FOUR FOUR FOUR FOUR
#define SMB2_HEADER(command, flags, next)                                                   \
    "\xfeSMB\x40\0\0\0" FOUR command "\0\0\0" flags "\0\0\0" next "\0\0\0" FOUR FOUR FOUR FOUR \
    FOUR FOUR FOUR FOUR FOUR FOUR
G_STATIC_ASSERT(sizeof SMB_HEADER("\x75", "\0") == 32 + 1);
G_STATIC_ASSERT(sizeof SMB2_HEADER("\3", "\0", "\0") == 64 + 1);
#define WIDE_SHARE "\\\0\\\0S\0\\\0C\0A\0P\0"
#define WIDE_FILE "i\0n\0b\0o\0x\0e\0s\0"
#define EIGHT FOUR FOUR
#define SIXTEEN EIGHT EIGHT
#define SMB_TREE(password_length) "\4\xff\0\0\0\0\0" password_length "\0\x11\0"
#define SMB_CREATE "\x18\xff\0\0\0\0\x0e\0" EIGHT EIGHT EIGHT EIGHT EIGHT "\0" "\x0f\0\0"
#define SMB2_CREATE "\x39\0\0\0" EIGHT EIGHT EIGHT EIGHT EIGHT "\x78\0\x0e\0" EIGHT

#define HALF_ASCII "ENFAFPEBECEDCACACACACACACACACABK" /* MP_ABC<1a> */

/* RFC 5246 7.4: a handshake's messages. */
#define TLS_HELLO(name)                                                                          \
    "\x16\3\3\0\x3c\1\0\0\x38\3\3" SIXTEEN SIXTEEN                                             \
    "\0\0\2\0\x3c\1\0\0\x0d\0\0\0\x09\0\7\0\0\4" name

static const case_t cases[] = {
    { "requests", &http_reader, true,
      BYTES("POST /x HTTP/1.1\r\nContent-Length:  2\r\n\r\n12"
            "GET /y?z HTTP/1.1\r\nUser-Agent: SMS CCM\r\nHost: h\r\n\r\n"),
      { "URI /x", "method POST", "URI /y?z #2", "header User-Agent: SMS CCM\r\n #2",
        "method GET #2" } },
    { "proxy's request", &http_reader, true,
      BYTES("GET http://mp01:8080/a%20b HTTP/1.1\r\n\r\n"), { "URI /a b", "method GET" } },
    { "proxy's request for an address", &http_reader, true,
      BYTES("GET http://u:1@[fd00::13]:8080/a:b HTTP/1.1\r\n\r\n"),
      { "URI /a:b", "method GET" } },
    { "proxy's request without a path", &http_reader, true,
      BYTES("GET http://[fd00::13] HTTP/1.1\r\n\r\nGET http://mp01?a=/b HTTP/1.1\r\n\r\n"),
      { "URI /", "method GET", "URI ?a=/b #2", "method GET #2" } },
    { "request for what is not a host", &http_reader, true,
      BYTES("GET http://[fd00::13/a HTTP/1.1\r\n\r\nGET http://mp01:99999/b HTTP/1.1\r\n\r\n"),
      { "URI http://[fd00::13/a", "method GET", "URI http://mp01:99999/b #2", "method GET #2" } },
    { "request behind chunks", &http_reader, true,
      BYTES("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /y HTTP/1.1\r\n"),
      { "URI /x", "method POST", "URI /y #2", "method GET #2" } },
    { "chunks without an end", &http_reader, true,
      BYTES("POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\nGET /y HTTP/1.1\r\n\r\n"),
      { "URI /x", "method POST" } },
    { "cut head of a response", &http_reader, true, BYTES("HTTP/1.1 401 Unauthorized\r\n"),
      { NULL } },
    { "no answer", &http_reader, true, BYTES("HTTP/1.1 nothing\r\n\r\n"), { "answer" } },
    { "refusal", &http_reader, true,
      BYTES("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), { "answer" } },
    { "Basic", &http_reader, true,
      BYTES("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=NTLM\r\n\r\n"), { "answer" } },
    { "Negotiate", &http_reader, true,
      BYTES("HTTP/1.1 401 No\r\nwww-authenticate: negotiate\r\n\r\n"), { "answer windows" } },
    { "forbidden page", &http_reader, true,
      BYTES("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n<html>"), { "answer" } },
    { "page by its type", &http_reader, true,
      BYTES("HTTP/1.1 200 OK\r\nContent-Type: text/HTML\r\nContent-Length: 2\r\n\r\nhi"),
      { "answer page" } },
    { "page by its content", &http_reader, true,
      BYTES("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n \r\n<!DOCTYPE HTML>"),
      { "answer page" } },
    { "content", &http_reader, true,
      BYTES("HTTP/1.1 206 Part\r\nContent-Length: 2\r\n\r\nab"), { "answer content taken" } },
    { "taken without content", &http_reader, true,
      BYTES("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), { "answer taken" } },
    { "list", &http_reader, true,
      BYTES("GET /SMS_MP/.sms_aut?MPLIST HTTP/1.1\r\n\r\n"), { "URI /SMS_MP/.sms_aut?MPLIST",
      "method GET" } },
    { "continue, then two in a packet", &http_reader, true,
      BYTES("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
            "HTTP/1.1 500 No\r\n\r\n"),
      { "answer content taken", "answer #2, answered 500" } },
    { "letters that are not a method", &http_reader, true, BYTES("get / HTTP/1.1\r\n"),
      { NULL } },
    { "search", &ldap_reader, true, BYTES(LDAP_SEARCH),
      { "base CN=System Management,CN=System,DC=smS #2", "value mSSMSSite #2" } },
    { "signed search", &ldap_reader, true,
      BYTES("\0\0\0\x67\x05\x04\x04\xff\0\x0c\0\0\0\0\0\0\0\0\0\1" LDAP_SEARCH "123456789012"),
      { "base CN=System Management,CN=System,DC=smS #2", "value mSSMSSite #2" } },
    { "sealed search", &ldap_reader, true,
      BYTES("\0\0\0\x1c\x05\x04\x06\xff\0\x0c\0\0\0\0\0\0\0\0\0\1ZZZZZZZZZZZZ"), { NULL } },
    { "added entry and end of a search", &ldap_reader, true, BYTES(LDAP_ADD LDAP_DONE),
      { "entry CN=SMS-MP-ABC #3", "answer success #2" } },
    { "lengths that go on", &ldap_reader, true,
      BYTES("\x30\x84\xff\xff\xff\xff\x02\x01\x02\x65\x85\1\2\3\4\5"), { NULL } },
    { "no length", &ldap_reader, true, BYTES("\x30\x80\x02\x01\x02"), { NULL } },
    { "share and file of SMB", &smb_reader, true,
      BYTES("\0\0\0\x3c" SMB_HEADER("\x75", "\0") SMB_TREE("\1") "\0" WIDE_SHARE "\0\0"
            "\0\0\0\x62" SMB_HEADER("\xa2", "\0") SMB_CREATE WIDE_FILE),
      { "share \\\\S\\CAP", "file inboxes" } },
    { "answer of SMB", &smb_reader, true,
      BYTES("\0\0\0\x20" SMB_HEADER("\x75", "\x80")), { "answer success" } },
    { "write of SMB", &smb_reader, true,
      BYTES("\0\0\0\x2e" SMB_HEADER("\x2f", "\0") WIDE_SHARE), { NULL } },
    { "two messages of SMB 2 in one", &smb_reader, true,
      BYTES("\0\0\0\xdc" SMB2_HEADER("\3", "\0", "\x56") "\x09\0\0\0\x48\0\x0e\0" WIDE_SHARE
            SMB2_HEADER("\5", "\0", "\0") SMB2_CREATE WIDE_FILE),
      { "share \\\\S\\CAP #3", "file inboxes #5" } },
    { "answer of SMB 2", &smb_reader, true,
      BYTES("\0\0\0\x40" SMB2_HEADER("\3", "\1", "\0")), { "answer success #3" } },
    { "login", &tds_reader, true,
      BYTES("\x10\1\0\x5e\0\0\1\0"
            "123456789012345678901234567890123456789012345678901234567890"
            "12345678\x48\0\7\0S\0M\0S\0_\0A\0B\0C\0"),
      { "database SMS_ABC" } },
    { "login's answer", &tds_reader, true,
      BYTES("\4\1\0\x10\0\0\1\0\xe3\1\0x\xab\0\0\xad"), { "answer login" } },
    { "login's refusal", &tds_reader, true, BYTES("\4\1\0\x0a\0\0\1\0\xaa\0"), { "answer" } },
    { "login's end alone", &tds_reader, true, BYTES("\4\1\0\x0b\0\0\1\0\xfd\0\0"),
      { "answer reply" } },
    { "login's end with an error", &tds_reader, true, BYTES("\4\1\0\x0b\0\0\1\0\xfd\2\0"),
      { "answer" } },
    { "prelogin's answer", &tds_reader, true, BYTES("\4\1\0\x0e\0\0\1\0\0\0\x0b\0\6\1"),
      { NULL } },
    { "towers", &rpc_reader, true,
      BYTES(RPC_RESPONSE TOWER("\4\2", "\x0a\1\1\x63") TOWER("\4\3", "\0\0\0\0")
            TOWER("\4\4", "\x0a\1\1\x14") TOWER("\0\x87", "\0\0\0\0")), { NULL } },
    { "login that succeeded", &rpc_reader, true,
      BYTES("\5\0\2\3\x10\0\0\0\x20\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0"),
      { "answer success" } },
    { "login that failed", &rpc_reader, true,
      BYTES("\5\0\2\3\x10\0\0\0\x20\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\x0e\x10\4\x80"),
      { "answer" } },
    { "login that succeeded, signed", &rpc_reader, true,
      BYTES("\5\0\2\3\x10\0\0\0\x34\0\4\0\1\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\xff\xff"
            "\xff\xff\xff\xff\xff\xff\x0a\5\x08\0\1\0\0\0sign"),
      { "answer success" } },
    { "sealed answer", &rpc_reader, true,
      BYTES("\5\0\2\3\x10\0\0\0\x2c\0\4\0\1\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\x0a\6"
            "\0\0\1\0\0\0sign"),
      { "answer" } },
    { "fragment of an answer", &rpc_reader, true,
      BYTES("\5\0\2\1\x10\0\0\0\x20\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0"), { NULL } },
    { "fault", &rpc_reader, true,
      BYTES("\5\0\3\3\x10\0\0\0\x20\0\0\0\1\0\0\0\x20\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0"),
      { "answer" } },
    { "no RPC", &rpc_reader, true, BYTES("\7\0\2\3"), { NULL } },
    { "name", &netbios_names_nbns_reader, false,
      BYTES("\0\1\x85\0\0\0\0\1\0\0\0\0\x20" HALF_ASCII "\0\0\x20\0\1\0\0\0\0\0\x0c"
            "\0\0\x0a\1\1\x0d\0\0\x0a\1\1\x0e"),
      { "name MP_ABC<1a> of 10.1.1.13", "name MP_ABC<1a> of 10.1.1.14" } },
    { "registered name", &netbios_names_nbns_reader, false,
      BYTES("\0\1\x29\0\0\1\0\0\0\0\0\0\x20" HALF_ASCII "\0\0\x20\0\1"),
      { "name MP_ABC<1a> of 10.1.1.99" } },
    { "call", &netbios_names_nbss_reader, true, BYTES("\x81\0\0\x22\x20" HALF_ASCII "\0"),
      { "called MP_ABC<1a>" } },
    { "answered call", &netbios_names_nbss_reader, true, BYTES("\x82\0\0\0"),
      { "answer success" } },
    { "refused call", &netbios_names_nbss_reader, true, BYTES("\x83\0\0\1\x82"), { "answer" } },
    { "datagram", &netbios_names_nbdgm_reader, false,
      BYTES("\x10\2\0\1\x0a\1\1\x0d\0\x8a\0\x44\0\0\x20" HALF_ASCII "\0\x20" HALF_ASCII "\0"),
      { "answer reply", "to MP_ABC<1a>" } },
    { "name in DNS", &dns_reader, false,
      BYTES(DNS_ASKED("\0\1", "\0\2") DNS_TARGET DNS_ADDRESS("\2mp", "\x0d")
            DNS_ADDRESS("\2ns", "\x14")),
      { "DNS _mssms_mp_abc._tcp.x of 10.1.1.13" } },
    { "address before the name in DNS", &dns_reader, false,
      BYTES(DNS_ASKED("\0\2", "\0\0") DNS_ADDRESS("\2MP", "\x0d") DNS_TARGET),
      { "DNS _mssms_mp_abc._tcp.x of 10.1.1.13" } },
    { "another's name in DNS", &dns_reader, false,
      BYTES(DNS_ASKED("\0\2", "\0\0") "\1x\0\0\x21\0\1\0\0\0\0\0\x0a\0\0\0\0\0\x50\2mp\0"
            DNS_ADDRESS("\2mp", "\x0d")),
      { NULL } },
    { "address of the name itself in DNS", &dns_reader, false,
      BYTES(DNS_ASKED("\0\1", "\0\0") "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x0a\1\1\x0d"), { NULL } },
    { "name in TLS", &tls_reader, true, BYTES(TLS_HELLO("Mp.x")),
      { "TLS management point Mp.x" } },
    { "another's name in TLS", &tls_reader, true, BYTES(TLS_HELLO("mp.y")), { NULL } },
    { "hello and certificate in TLS", &tls_reader, true,
      BYTES("\x16\3\3\0\x18\2\0\0\2\3\3\x0b\0\0\x0e" "123SMS Issuing"),
      { "answer reply", "certificate SMS Issuing" } },
    { "certificate of another in TLS", &tls_reader, true,
      BYTES("\x16\3\3\0\x12\x0b\0\0\x0e" "123SMS Issuers"), { NULL } },
    { "data of TLS", &tls_reader, true, BYTES("\x17\3\3\0\x12\x0b\0\0\x0e" "123SMS Issuing"),
      { NULL } },
    { "file of a network boot", &dhcp_reader, false,
      BYTES("\2\1\6\0" "1234" SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN
            SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN FOUR "\x63\x82\x53\x63"
            "\x3c\x09PXEClient" "\xfc\x0e" "\\SMSTemp\\1.bcd\xff"), { "boot \\SMSTemp\\1.bcd" } },
    { "name that points to itself in DNS", &dns_reader, false,
      BYTES(DNS_ASKED("\0\2", "\0\0") DNS_TARGET "\xc0\x3c\0\1\0\1\0\0\0\0\0\4\x0a\1\1\x0d"),
      { NULL } },
};

static packet_info pinfo;
static packet_view_t packet;

static void
read_bytes(const case_t *one, const uint8_t *bytes, unsigned length)
{
    static const uint8_t source[] = { 10, 1, 1, 99 };

    memset(&pinfo, 0, sizeof pinfo);
    memset(&packet, 0, sizeof packet);
    pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    pinfo.ptype = one->tcp ? PT_TCP : PT_UDP;
    set_address(&pinfo.src, AT_IPv4, 4, source);
    packet.pinfo = &pinfo;
    packet.payload = length > 0 ? bytes : NULL;
    packet.length = length;
    packet.reported = one->length;
    one->reader->read(&packet);
    wmem_destroy_allocator(pinfo.pool);
}

static void
forget(void)
{
    while (num_shown > 0)
        g_free(shown[--num_shown]);
}

static void
test_whole(gconstpointer data)
{
    const case_t *one = (const case_t *)data;
    unsigned count = 0;

    if (one->reader->reset != NULL)
        one->reader->reset();
    site_name_add("mp.X");
    read_bytes(one, one->bytes, one->length);
    for (; count < MAX_SHOWN && one->shows[count] != NULL && count < num_shown; count++)
        g_assert_cmpstr(shown[count], ==, one->shows[count]);
    g_assert_cmpuint(num_shown, ==, count);
    g_assert_true(count == MAX_SHOWN || one->shows[count] == NULL);
    forget();
}

/* Bytes on the heap, so that valgrind and sanitizers detect a read past their end. */
static void
test_cut(gconstpointer data)
{
    const case_t *one = (const case_t *)data;

    for (unsigned length = 0; length < one->length; length++) {
        uint8_t *bytes = (uint8_t *)g_memdup2(one->bytes, length);

        read_bytes(one, bytes, length);
        forget();
        g_free(bytes);
    }
}

/* The ports of the sender's own, above those that are fixed. */
static void
test_towers(void)
{
    static const uint8_t source[] = { 10, 1, 1, 99 }, other[] = { 10, 1, 1, 20 };
    const address host = ADDRESS_INIT(AT_IPv4, 4, source), next = ADDRESS_INIT(AT_IPv4, 4, other);
    static const struct { uint16_t port; bool is_own; } ports[] = {
        { 1026, true }, { 1027, true }, { 1028, false }, { 135, false },
    };

    handed_out_reset();
    for (unsigned i = 0; i < array_length(cases); i++) {
        if (strcmp(cases[i].name, "towers") == 0)
            read_bytes(&cases[i], cases[i].bytes, cases[i].length);
    }
    for (unsigned i = 0; i < array_length(ports); i++) {
        g_assert_cmpint(handed_out_find(&pinfo, &host, TRANSPORT_TCP, ports[i].port).by, ==,
                        ports[i].is_own ? HANDED_OUT_RPC : HANDED_OUT_NONE);
        g_assert_cmpint(handed_out_find(&pinfo, &next, TRANSPORT_TCP, ports[i].port).by, ==,
                        HANDED_OUT_NONE);
    }
    forget();
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    service_detect_init();
    product_set_judged(PRODUCT_CONFIGMGR);
    role_signatures_init();
    unit_capture_open();
    for (unsigned i = 0; i < array_length(cases); i++) {
        char *whole = g_strdup_printf("/whole/%s", cases[i].name);
        char *cut = g_strdup_printf("/cut/%s", cases[i].name);

        g_test_add_data_func(whole, &cases[i], test_whole);
        g_test_add_data_func(cut, &cases[i], test_cut);
        g_free(whole);
        g_free(cut);
    }
    g_test_add_func("/towers", test_towers);
    result = g_test_run();
    unit_capture_close();
    role_signatures_shutdown();
    unit_epan_stop();
    return result;
}
