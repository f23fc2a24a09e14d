/* relay.c
 * The two ends of ConfigMgr's remote control, as far as a recording needs them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * relay agent PORT RDP-HOST:RDP-PORT [options]    waits for a viewer, relays to an RDP server
 * relay viewer AGENT:PORT LOCAL-PORT [options]    calls an agent, waits for an RDP client
 *
 *   --mech kerberos|ntlm   how the two authenticate (kerberos: inside SPNEGO)
 *   --dce                  a context in the style of DCE: the wrap tokens have EC 16
 *   --grant full|view|denied   what the agent answers
 *   --refuse TEXT          the agent sends this in clear instead of its greeting
 *   --service NAME         the service that the viewer calls: TERMSRV@host
 *   --from ADDRESS         the viewer's address
 *   --seal BYTES           the most plaintext in one wrapped message: a longer PDU is split
 *   --script               play the events of sessarb and curtain
 *
 * Real are the handshake and the encryption, which are those of the machine's GSS-API, and the RDP
 * of the client and the server at the two ends. Made are the framing (as the plugin's own sources
 * describe it), the control strings, and the events, which the two relays put into the stream and
 * take out of it again. For these the viewer renames two of the client's channels.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#define MACHINE "ADMINPC"

enum { SESSARB_IN_USE = 1, SESSARB_ALLOWED = 4, SESSARB_TAKE_OVER = 5 };
enum { CURTAIN_ON = 5, CURTAIN_OFF = 6 };

typedef struct {
    uint8_t bytes[1 << 20];
    size_t length;
} buffer_t;

static bool is_agent, dce, script;
static const char *mech = "kerberos", *grant = "full", *refuse, *service, *from;
static const char *most = "1300";
static gss_ctx_id_t context = GSS_C_NO_CONTEXT;
static int wire = -1, rdp = -1;

/* The channels of the two events: their names in the client's list, and their numbers. */
static const char *const client_names[] = { "encomsp", "rdp2tcp" };
static const char *const names[] = { "sessarb", "curtain" };
enum { SESSARB, CURTAIN };
static unsigned places[2] = { 999, 999 }, numbers[2];
static unsigned pdus, user_number = 0x3ec;

static void
die(const char *what)
{
    fprintf(stderr, "relay %s: %s: %s\n", is_agent ? "agent" : "viewer", what, strerror(errno));
    exit(1);
}

static void
die_gss(const char *what, OM_uint32 major, OM_uint32 minor)
{
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text;

    gss_display_status(&ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &text);
    fprintf(stderr, "relay: %s: %.*s", what, (int)text.length, (char *)text.value);
    gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &text);
    fprintf(stderr, "; %.*s\n", (int)text.length, (char *)text.value);
    exit(1);
}

/* --- Sockets and frames ---------------------------------------------------------------------- */

static void
send_all(int fd, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;

    while (length > 0) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);

        if (sent <= 0)
            exit(0); /* the other end has gone */
        at += sent;
        length -= (size_t)sent;
    }
}

static bool
receive_all(int fd, void *bytes, size_t length)
{
    uint8_t *at = bytes;

    while (length > 0) {
        ssize_t got = recv(fd, at, length, 0);

        if (got <= 0)
            return false;
        at += got;
        length -= (size_t)got;
    }
    return true;
}

static void
put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static void
put32(uint8_t *to, uint32_t value)
{
    put16(to, value & 0xffff);
    put16(to + 2, value >> 16);
}

static unsigned
get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] | (unsigned)bytes[1] << 8;
}

static unsigned
get16_be(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static size_t
utf16(uint8_t *to, const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        put16(to + 2 * i, (uint8_t)text[i]);
    return 2 * length;
}

/* A frame of one part, or of two. */
static void
send_frame(unsigned type, const void *first, size_t first_length, const void *second,
           size_t second_length)
{
    static uint8_t frame[1 << 18];
    size_t body = 2 + first_length;

    put16(frame + 4, (unsigned)first_length);
    memcpy(frame + 6, first, first_length);
    if (second != NULL) {
        put16(frame + 6 + first_length, (unsigned)second_length);
        memcpy(frame + 8 + first_length, second, second_length);
        body += 2 + second_length;
    }
    put32(frame, (uint32_t)body | type << 24);
    send_all(wire, frame, 4 + body);
}

static void
send_control(const char *text)
{
    uint8_t bytes[256];
    size_t length = utf16(bytes, text);

    put16(bytes + length, 0);
    send_frame(0x80, bytes, length + 2, NULL, 0);
}

static bool
receive_frame(uint8_t *body, size_t *length)
{
    uint8_t header[4];

    if (!receive_all(wire, header, sizeof header))
        return false;
    *length = get16(header) | (size_t)header[2] << 16;
    return *length <= 1 << 18 && receive_all(wire, body, *length);
}

/* --- The handshake --------------------------------------------------------------------------- */

static gss_OID_desc spnego_oid = { 6, (void *)"\x2b\x06\x01\x05\x05\x02" };
static gss_OID_desc ntlm_oid = { 10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" };

static gss_OID
chosen_mech(void)
{
    return strcmp(mech, "ntlm") == 0 ? &ntlm_oid : &spnego_oid;
}

static void
receive_token(gss_buffer_t token)
{
    static uint8_t body[1 << 18];
    size_t length;

    if (!receive_frame(body, &length) || length < 2)
        die("no token");
    token->length = get16(body);
    token->value = body + 2;
}

static void
handshake_agent(void)
{
    OM_uint32 major, minor;

    do {
        gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;

        receive_token(&in);
        major = gss_accept_sec_context(&minor, &context, GSS_C_NO_CREDENTIAL, &in,
                                       GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &out, NULL, NULL,
                                       NULL);
        if (GSS_ERROR(major))
            die_gss("accept", major, minor);
        if (out.length > 0)
            send_frame(0, out.value, out.length, NULL, 0);
        gss_release_buffer(&minor, &out);
    } while (major & GSS_S_CONTINUE_NEEDED);
}

static void
handshake_viewer(void)
{
    OM_uint32 major, minor;
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, name = { strlen(service), (void *)service };
    gss_name_t target;
    OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                      GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | (dce ? GSS_C_DCE_STYLE : 0);

    major = gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &target);
    if (GSS_ERROR(major))
        die_gss("name", major, minor);
    for (;;) {
        gss_buffer_desc out = GSS_C_EMPTY_BUFFER;

        major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &context, target,
                                     chosen_mech(), flags, 0, GSS_C_NO_CHANNEL_BINDINGS, &in,
                                     NULL, &out, NULL, NULL);
        if (GSS_ERROR(major))
            die_gss("init", major, minor);
        if (out.length > 0)
            send_frame(0, out.value, out.length, NULL, 0);
        gss_release_buffer(&minor, &out);
        if (!(major & GSS_S_CONTINUE_NEEDED))
            return;
        receive_token(&in);
    }
}

/* --- GSS-API encryption ---------------------------------------------------------------------- */

/* gss-ntlmssp has no gss_wrap_iov(): its token is the first 16 bytes of what gss_wrap() makes. */
#define NTLM_SIGNATURE 16

static void
send_sealed(const void *plain, size_t length)
{
    OM_uint32 major, minor;
    gss_iov_buffer_desc iov[2];
    uint8_t *data;

    if (strcmp(mech, "ntlm") == 0) {
        gss_buffer_desc in = { length, (void *)plain }, out;

        major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, &in, NULL, &out);
        if (GSS_ERROR(major))
            die_gss("wrap", major, minor);
        send_frame(0, (uint8_t *)out.value + NTLM_SIGNATURE, out.length - NTLM_SIGNATURE,
                   out.value, NTLM_SIGNATURE);
        gss_release_buffer(&minor, &out);
        return;
    }
    data = malloc(length);
    memcpy(data, plain, length);
    memset(iov, 0, sizeof iov);
    iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
    iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[1].buffer.length = length;
    iov[1].buffer.value = data;
    major = gss_wrap_iov(&minor, context, 1, GSS_C_QOP_DEFAULT, NULL, iov, 2);
    if (GSS_ERROR(major))
        die_gss("wrap", major, minor);
    send_frame(0, data, length, iov[0].buffer.value, iov[0].buffer.length);
    gss_release_iov_buffer(&minor, iov, 1);
    free(data);
}

static void
send_in_pieces(const uint8_t *plain, size_t length)
{
    size_t max = (size_t)atoi(most);

    for (size_t at = 0; at < length; at += max)
        send_sealed(plain + at, length - at < max ? length - at : max);
}

static bool
receive_sealed(buffer_t *plain)
{
    static uint8_t body[1 << 18];
    OM_uint32 major, minor;
    size_t length, data_length;
    const uint8_t *token;

    if (!receive_frame(body, &length) || length < 4)
        return false;
    data_length = get16(body);
    token = body + 4 + data_length;
    if (strcmp(mech, "ntlm") == 0) {
        static uint8_t joined[1 << 18];
        gss_buffer_desc in = { length - 4, joined }, out;

        memcpy(joined, token, NTLM_SIGNATURE);
        memcpy(joined + NTLM_SIGNATURE, body + 2, data_length);
        major = gss_unwrap(&minor, context, &in, &out, NULL, NULL);
        if (GSS_ERROR(major))
            die_gss("unwrap", major, minor);
        memcpy(plain->bytes + plain->length, out.value, out.length);
        plain->length += out.length;
        gss_release_buffer(&minor, &out);
    } else {
        gss_iov_buffer_desc iov[2];

        memset(iov, 0, sizeof iov);
        iov[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
        iov[0].buffer.length = length - 4 - data_length;
        iov[0].buffer.value = (void *)token;
        iov[1].type = GSS_IOV_BUFFER_TYPE_DATA;
        iov[1].buffer.length = data_length;
        iov[1].buffer.value = body + 2;
        major = gss_unwrap_iov(&minor, context, NULL, NULL, iov, 2);
        if (GSS_ERROR(major))
            die_gss("unwrap", major, minor);
        memcpy(plain->bytes + plain->length, iov[1].buffer.value, iov[1].buffer.length);
        plain->length += iov[1].buffer.length;
    }
    return true;
}

/* --- RDP's PDUs and the events in them ------------------------------------------------------- */

/* The length of the first PDU in @p buffer, or 0 where it is not complete. */
static size_t
first_pdu(const buffer_t *buffer)
{
    const uint8_t *bytes = buffer->bytes;
    size_t length;

    if (buffer->length < 4)
        return 0;
    if (bytes[0] == 3)
        length = get16_be(bytes + 2);
    else if (bytes[1] & 0x80)
        length = get16_be(bytes + 1) & 0x7fff;
    else
        length = bytes[1];
    return length <= buffer->length ? length : 0;
}

static void
drop(buffer_t *buffer, size_t length)
{
    memmove(buffer->bytes, buffer->bytes + length, buffer->length - length);
    buffer->length -= length;
}

/* An unfragmented channel PDU: MCS's header, the channel's, the event. */
static void
send_event(int channel, const uint8_t *event, unsigned length)
{
    uint8_t pdu[2048];
    unsigned body = 8 + length;

    if (numbers[channel] == 0)
        return;
    memcpy(pdu, "\x03\x00\x00\x00\x02\xf0\x80", 7);
    pdu[7] = is_agent ? 0x68 : 0x64;
    pdu[8] = (uint8_t)((user_number - 1001) >> 8);
    pdu[9] = (uint8_t)(user_number - 1001);
    pdu[10] = (uint8_t)(numbers[channel] >> 8);
    pdu[11] = (uint8_t)numbers[channel];
    pdu[12] = 0x70;
    pdu[13] = (uint8_t)(0x80 | body >> 8);
    pdu[14] = (uint8_t)body;
    put32(pdu + 15, length);
    put32(pdu + 19, 3);
    memcpy(pdu + 23, event, length);
    pdu[2] = (uint8_t)((23 + length) >> 8);
    pdu[3] = (uint8_t)(23 + length);
    send_in_pieces(pdu, 23 + length);
}

static void
send_sessarb(unsigned type)
{
    uint8_t event[1036] = { 2 };
    unsigned length = type == SESSARB_TAKE_OVER ? 1036 : 16;

    put32(event + 4, length);
    put32(event + 8, type);
    if (type == SESSARB_TAKE_OVER)
        utf16(event + 12, MACHINE);
    send_event(SESSARB, event, length);
}

static void
send_curtain(unsigned type)
{
    uint8_t event[12] = { 1 };

    put32(event + 4, sizeof event);
    put32(event + 8, type);
    send_event(CURTAIN, event, sizeof event);
}

/* The user data block of this type, or NULL. */
static uint8_t *
find_block(uint8_t *pdu, size_t length, const char *key, unsigned type)
{
    uint8_t *at = memmem(pdu, length, key, 4);

    if (at == NULL)
        return NULL;
    at += at[4] & 0x80 ? 6 : 5;
    while (at + 8 < pdu + length && get16(at) != type)
        at += get16(at + 2);
    return at + 8 < pdu + length ? at : NULL;
}

/* The client's list of channels: the viewer renames two, both remember their places. */
static void
read_connect_initial(uint8_t *pdu, size_t length)
{
    uint8_t *block = find_block(pdu, length, "Duca", 0xc003);

    for (unsigned i = 0; block != NULL && i < get16(block + 4); i++) {
        char *name = (char *)block + 8 + 12 * i;

        for (int channel = 0; channel < 2; channel++) {
            if (strncmp(name, is_agent ? names[channel] : client_names[channel], 8) != 0)
                continue;
            memcpy(name, names[channel], 8);
            places[channel] = i;
        }
    }
}

static void
read_connect_response(uint8_t *pdu, size_t length)
{
    uint8_t *block = find_block(pdu, length, "McDn", 0x0c03);

    for (int channel = 0; block != NULL && channel < 2; channel++) {
        if (places[channel] < get16(block + 6))
            numbers[channel] = get16(block + 8 + 2 * places[channel]);
    }
}

/* True where the PDU is one of our events, which the other end of RDP is not to see. */
static bool
is_event(const uint8_t *pdu, size_t length)
{
    unsigned type;

    if (length < 24 || pdu[0] != 3 || (pdu[7] != 0x64 && pdu[7] != 0x68))
        return false;
    if (get16_be(pdu + 10) == numbers[SESSARB] && numbers[SESSARB] != 0) {
        type = pdu[pdu[13] & 0x80 ? 31 : 30];
        if (type == SESSARB_IN_USE)
            send_sessarb(SESSARB_TAKE_OVER);
        else if (type == SESSARB_TAKE_OVER)
            send_sessarb(SESSARB_ALLOWED);
        else if (type == SESSARB_ALLOWED)
            send_curtain(CURTAIN_ON);
        return true;
    }
    return get16_be(pdu + 10) == numbers[CURTAIN] && numbers[CURTAIN] != 0;
}

/* Encrypt whole PDUs from RDP's end. */
static void
seal_pdus(buffer_t *buffer)
{
    static buffer_t out;
    size_t length;

    out.length = 0;
    while ((length = first_pdu(buffer)) > 0) {
        if (script && !is_agent && length > 9 && buffer->bytes[7] == 0x7f)
            read_connect_initial(buffer->bytes, length);
        if (script && is_agent && length > 9 && buffer->bytes[7] == 0x7f)
            read_connect_response(buffer->bytes, length);
        memcpy(out.bytes + out.length, buffer->bytes, length);
        out.length += length;
        drop(buffer, length);
        pdus++;
    }
    send_in_pieces(out.bytes, out.length);
    /* RDP's own connection is made by then. */
    if (script && is_agent && pdus >= 24 && numbers[SESSARB] != 0) {
        send_sessarb(SESSARB_IN_USE);
        script = false;
    }
}

/* Decrypt whole PDUs for RDP's end. */
static void
unseal_pdus(buffer_t *buffer)
{
    size_t length;

    while ((length = first_pdu(buffer)) > 0) {
        if (length > 9 && buffer->bytes[7] == 0x7f && is_agent)
            read_connect_initial(buffer->bytes, length);
        if (length > 9 && buffer->bytes[7] == 0x7f && !is_agent)
            read_connect_response(buffer->bytes, length);
        if (!is_event(buffer->bytes, length))
            send_all(rdp, buffer->bytes, length);
        drop(buffer, length);
    }
}

static void
relay(void)
{
    static buffer_t from_rdp, from_wire;

    for (;;) {
        struct pollfd fds[2] = { { rdp, POLLIN, 0 }, { wire, POLLIN, 0 } };

        if (poll(fds, 2, -1) < 0)
            die("poll");
        if (fds[1].revents != 0) {
            if (!receive_sealed(&from_wire))
                return;
            unseal_pdus(&from_wire);
        }
        if (fds[0].revents != 0) {
            ssize_t got = recv(rdp, from_rdp.bytes + from_rdp.length,
                               sizeof from_rdp.bytes - from_rdp.length, 0);

            if (got <= 0) {
                if (!is_agent)
                    send_curtain(CURTAIN_OFF);
                return;
            }
            from_rdp.length += (size_t)got;
            seal_pdus(&from_rdp);
        }
    }
}

/* --- Two ends -------------------------------------------------------------------------------- */

static struct sockaddr_in
address_of(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY };
    char host[64] = "0.0.0.0";
    unsigned port = 0;

    if (sscanf(text, "%63[0-9.]:%u", host, &port) == 1 && strchr(text, '.') == NULL) {
        port = (unsigned)atoi(text);
        strcpy(host, "0.0.0.0");
    }
    inet_pton(AF_INET, host, &address.sin_addr);
    address.sin_port = htons((uint16_t)port);
    return address;
}

static int
wait_for_call(const char *where)
{
    struct sockaddr_in address = address_of(where);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), fd;

    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0)
        die(where);
    fd = accept(listener, NULL, NULL);
    close(listener);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int
call(const char *where, const char *source)
{
    struct sockaddr_in address = address_of(where);
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

    if (source != NULL) {
        struct sockaddr_in own = address_of(source);

        if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0)
            die(source);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        die(where);
    return fd;
}

static void
run_agent(const char *port, const char *server)
{
    static const char *const words[][2] = { { "full", "SUCCESS_FULL_CONTROL" },
                                            { "view", "SUCCESS_VIEW_ONLY" },
                                            { "denied", "ERROR_ACCESS_DENIED" } };
    uint8_t word[64];

    wire = wait_for_call(port);
    if (refuse != NULL) {
        send_control(refuse);
        return;
    }
    send_control("START_HANDSHAKE");
    handshake_agent();
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(grant, words[i][0]) == 0)
            send_sealed(word, utf16(word, words[i][1]));
    }
    if (strcmp(grant, "denied") == 0)
        return;
    rdp = call(server, NULL);
    relay();
}

static void
run_viewer(const char *agent, const char *port)
{
    static uint8_t greeting[1 << 18];
    static buffer_t word;
    size_t length;

    wire = call(agent, from);
    if (!receive_frame(greeting, &length) || refuse != NULL)
        return;
    handshake_viewer();
    if (!receive_sealed(&word) || strcmp(grant, "denied") == 0)
        return;
    rdp = wait_for_call(port);
    relay();
}

int
main(int argc, char **argv)
{
    struct {
        const char *name;
        const char **value;
        bool *flag;
    } options[] = {
        { "--mech", &mech, NULL },       { "--grant", &grant, NULL },
        { "--refuse", &refuse, NULL },   { "--service", &service, NULL },
        { "--from", &from, NULL },       { "--dce", NULL, &dce },
        { "--seal", &most, NULL },       { "--script", NULL, &script },
    };

    if (argc < 4) {
        fprintf(stderr, "usage: relay agent PORT RDP:PORT | relay viewer AGENT:PORT PORT\n");
        return 2;
    }
    is_agent = strcmp(argv[1], "agent") == 0;
    for (int i = 4; i < argc; i++) {
        for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
            if (strcmp(argv[i], options[k].name) != 0)
                continue;
            if (options[k].flag != NULL)
                *options[k].flag = true;
            else if (i + 1 < argc)
                *options[k].value = argv[++i];
        }
    }
    if (is_agent)
        run_agent(argv[2], argv[3]);
    else
        run_viewer(argv[2], argv[3]);
    /* What was sent last is to arrive before the connection ends. */
    shutdown(wire, SHUT_WR);
    usleep(100000);
    return 0;
}
