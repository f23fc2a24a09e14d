/* evidence.c
 * Evidence of SMS roles: which reader gets which packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A role is never derived from a port: it comes from a signature (signature-table.c).
 *
 * The readers read bytes: those of the packet, and those that Wireshark has reassembled or
 * decrypted. Wireshark's own fields would need a tree for every packet, which alone costs a quarter
 * of all that tshark does to print its lines. The protocol of a packet is what Wireshark's
 * dissectors found; the first bytes identify it only where these found none, on odd ports. Each
 * protocol has a file with its reader, which adds facts (inference.c), and a signature matches
 * facts.
 *
 * All that depends on the list of readers is derived from it: the layers that a packet is searched
 * for, the filter by the first bytes, and the resets.
 */

#include "evidence.h"

#include <wsutil/bits_ctz.h>

#include "attack.h"
#include "bounds.h"
#include "claim.h"
#include "conclusions.h"
#include "flow-port.h"
#include "handed-out.h"
#include "http-alike.h"
#include "http-proxy.h"
#include "inference.h"
#include "questions.h"
#include "reader.h"
#include "rpc-pieces.h"
#include "service-sender.h"
#include "sql-browser.h"
#include "stream-head.h"
#include "tcp-state.h"
#include "transactions.h"
#include "uris-asked.h"

/* In the order in which they read a packet. */
static const evidence_reader_t *const readers[] = {
    &remote_control_reader,
    &netbios_names_ipx_reader,
    &http_reader,
    &smb_reader,
    &smb2_reader,
    &netbios_names_nbss_reader,
    &netbios_names_nbns_reader,
    &netbios_names_nbdgm_reader,
    &ldap_reader,
    &kerberos_reader,
    &tds_reader,
    &dns_reader,
    &dhcp_reader,
    &rpc_reader,
    &tftp_reader,
    &tls_reader,
};

/* Derived from the list. A set of readers has the bits of their layers (packet_view_watch()). */
static const evidence_reader_t *by_layer[32];
static unsigned by_service[NUM_SERVICES];
static unsigned by_first_byte[2][256]; /* of TCP and UDP: those whose payloads may begin with it */
static unsigned watched, conclusive, reading_packets, always_read;

static void
add_reader(const evidence_reader_t *reader)
{
    const payload_begin_t *begin = &reader->begin;
    const unsigned layer = packet_view_watch(reader->protocol);

    by_layer[ws_ctz(layer)] = reader;
    watched |= layer;
    conclusive |= reader->is_conclusive ? layer : 0;
    reading_packets |= reader->reads_packet ? layer : 0;
    always_read |= reader->is_always_read ? layer : 0;
    if (reader->service == SERVICE_UNKNOWN)
        return;
    by_service[reader->service] |= layer;
    for (unsigned i = 0; i < begin->num_bytes; i++)
        by_first_byte[begin->udp][begin->bytes[i]] |= layer;
    for (unsigned byte = 0; byte < 256 && begin->num_bytes == 0; byte++)
        by_first_byte[begin->udp][byte] |= layer;
}

void
evidence_init(int proto)
{
    flow_content_init(proto);
    flow_port_init();
    uris_asked_init(proto);
    for (unsigned i = 0; i < array_length(readers); i++)
        add_reader(readers[i]);
    role_signatures_init();
    register_shutdown_routine(role_signatures_shutdown);
}

void
evidence_reset(bool learn_roles)
{
    flow_content_reset();
    product_reset();
    role_signatures_reset();
    inference_reset(learn_roles);
    stream_head_reset();
    questions_reset();
    handed_out_reset();
    transactions_reset();
    rpc_pieces_reset();
    for (unsigned i = 0; i < array_length(readers); i++) {
        if (readers[i]->reset != NULL)
            readers[i]->reset();
    }
}

static bool
has_begin(const packet_view_t *packet, const payload_begin_t *begin)
{
    return packet->length >= begin->min_length &&
           (begin->marker == NULL || memcmp(packet->payload + begin->marker_at, begin->marker,
                                            strlen(begin->marker)) == 0);
}

/* Cheap filter: true if the first bytes may be those of a service that has a reader. */
static bool
has_candidate_prefix(const packet_view_t *packet)
{
    const bool udp = packet->pinfo->ptype != PT_TCP;

    if (packet->payload == NULL || (packet->layers & conclusive) != 0)
        return false;
    for (unsigned set = by_first_byte[udp][packet->payload[0]]; set != 0; set &= set - 1) {
        if (has_begin(packet, &by_layer[ws_ctz(set)]->begin))
            return true;
    }
    return false;
}

static void
read_by(unsigned set, const packet_view_t *packet)
{
    for (; set != 0; set &= set - 1)
        by_layer[ws_ctz(set)]->read(packet);
}

/* Reads a payload: that of the packet, or one that Wireshark has made from several packets. */
static void
read_payload(const packet_view_t *packet, unsigned layers)
{
    if (has_candidate_prefix(packet))
        layers |= by_service[packet_view_service(packet)];
    read_by(layers, packet);
}

/*
 * A flow whose roles came with this message is late: what its stream has begun with has passed, and
 * Wireshark has put the message together from it, unless it has decrypted it. What asks a proxy for
 * a tunnel is not the service of the tunnel.
 */
static void
note_service(const packet_view_t *part)
{
    const service_e service = packet_view_service(part);
    flow_content_t *flow =
        service != SERVICE_UNKNOWN && !proto_is_frame_protocol(part->pinfo->layers, "tls")
            ? flow_content_get(part->pinfo, false)
            : NULL;

    if (flow != NULL && flow->service == SERVICE_UNKNOWN && !flow->is_tunnel &&
        (!flow->is_sniffed || flow->is_late))
        flow->service = service;
}

/* Notes in the flow that the packet has a message of CVE-2004-0728. */
static void
mark_attack(packet_info *pinfo)
{
    flow_content_t *flow = flow_content_get(pinfo, true);

    if (flow != NULL && flow->attack_frame == 0)
        flow->attack_frame = pinfo->num;
}

/* What seemed to be remote control is not: the flow shows nothing of what it seemed to. */
static void
withdraw_service(flow_content_t *flow)
{
    static const content_roles_t no_roles;

    flow->service = SERVICE_UNKNOWN;
    flow->is_sms = false;
    flow->is_by_session = false;
    flow_content_set_roles(flow, &no_roles);
}

static void
refute_remote_control(packet_info *pinfo)
{
    flow_content_t *flow = flow_content_get(pinfo, false);

    if (flow == NULL || flow->attack_frame != 0 || flow->service != SERVICE_REMOTE_CONTROL)
        return;
    withdraw_service(flow);
    flow->is_read = false;
    flow->is_late = true;
}

/* True for the packet that begins a connection. */
static bool
is_syn(const packet_view_t *packet)
{
    enum { FLAGS = 13, SYN = 0x02, ACK = 0x10 };

    return packet->pinfo->ptype == PT_TCP && packet->network_length > FLAGS &&
           (packet->network[FLAGS] & (SYN | ACK)) == SYN;
}

/* What is read although no roles are learned: of each payload. */
static void
read_always(const packet_view_t *packet, unsigned layers)
{
    packet_view_t part;

    if (layers == 0)
        return;
    read_by(layers, packet);
    for (unsigned i = 1; packet_view_part(packet, i, &part); i++) {
        if (bounds_full(BOUND_PACKET_PARTS, i - 1, PACKET_MAX_PARTS - 1))
            return;
        read_by(layers, &part);
        note_service(&part);
    }
}

/* What a Proven management point sends from the port of the later product's notification. */
static void
note_notification(const packet_view_t *packet)
{
    enum { NOTIFICATION = 10123 };
    const packet_info *pinfo = packet->pinfo;

    if (pinfo->srcport == NOTIFICATION && pinfo->ptype == PT_TCP && packet->payload != NULL &&
        (role_book_roles_at(&pinfo->src, STANDING_PROVEN) & ROLE_BIT(ROLE_MANAGEMENT_POINT)) != 0)
        product_note_sign(pinfo->num, PRODUCT_BIT(PRODUCT_CONFIGMGR),
                          "Client notification on TCP 10123 of a management point");
}

void
evidence_scan(const packet_view_t *packet)
{
    unsigned layers = packet->layers & watched;
    packet_view_t part;

    if (attack_was_seen() && attack_is_marked(packet->pinfo))
        mark_attack(packet->pinfo);
    if (claim_is_refuted(packet->pinfo))
        refute_remote_control(packet->pinfo);
    if (sql_browser_has_port(packet))
        sql_browser_read(packet);
    if (rpc_pieces_has_port(packet->pinfo))
        rpc_pieces_read(packet);
    if (!conclusions_are_learned()) {
        read_always(packet, layers & always_read);
        return;
    }
    note_notification(packet);
    if (inference_is_pending() && is_syn(packet))
        transactions_begin(packet);
    read_by(layers & reading_packets, packet);
    layers &= ~reading_packets;
    read_payload(packet, layers);
    for (unsigned i = 1; packet_view_part(packet, i, &part); i++) {
        if (bounds_full(BOUND_PACKET_PARTS, i - 1, PACKET_MAX_PARTS - 1))
            return;
        if (part.payload == NULL)
            continue;
        read_payload(&part, layers);
        if (packet->pinfo->ptype == PT_TCP)
            note_service(&part);
    }
}

/*
 * Fixes the ends by content that only one end sends, while the service is looked for. An answer
 * without a request does not count against the SYN.
 */
static void
sniff_ends(const packet_view_t *packet, flow_content_t *flow, const stream_bytes_t *begin)
{
    service_sender_e sender;
    unsigned lines;
    bool sure;

    if (flow->has_ends)
        return;
    lines = service_detect_empty_lines(begin->bytes, begin->length);
    sender = service_sender(begin->bytes + lines, begin->length - lines);
    (void)flow_content_is_initiator(flow, &packet->pinfo->src, packet->pinfo->srcport, &sure);
    if (sender == SENDER_CLIENT || (sender == SENDER_SERVER && !sure))
        flow_content_set_ends(flow, packet->pinfo, sender == SENDER_CLIENT);
}

/* What another service begins with counts before the session that its hosts once had. */
static void
sniff_service(const packet_view_t *packet, flow_content_t *flow, const stream_bytes_t *begin)
{
    service_e service;

    if ((flow->service != SERVICE_UNKNOWN && !flow->is_by_session) || begin->length == 0)
        return;
    service = service_detect_bytes(begin->bytes, begin->length, begin->reported,
                                   packet->pinfo->ptype == PT_TCP ? TRANSPORT_TCP
                                                                  : TRANSPORT_UDP);
    if (service == SERVICE_UNKNOWN)
        return;
    if (flow->is_by_session && service != flow->service)
        withdraw_service(flow);
    flow->service = service;
}

/* Where the beginning of a stream is missing, any of its first segments may begin a message. */
static void
sniff_segment(const packet_view_t *packet, flow_content_t *flow)
{
    const stream_bytes_t payload = { packet->payload, packet->length, packet->reported, true };

    if (packet->payload == NULL || flow->sniffs >= FLOW_MAX_SNIFFS)
        return;
    flow->sniffs++;
    if (packet->pinfo->ptype == PT_TCP)
        sniff_ends(packet, flow, &payload);
    sniff_service(packet, flow, &payload);
}

/* True if no packet that follows can change what the first bytes of the flow have shown. */
static bool
is_settled(const flow_content_t *flow)
{
    return stream_head_is_read(flow->stream) ||
           (flow->service != SERVICE_UNKNOWN && !flow->is_by_session &&
            (flow->has_ends || stream_head_has_both(flow->stream, SERVICE_SENDER_BYTES)) &&
            stream_head_is_acknowledged(flow->stream));
}

static void
sniff_stream(const packet_view_t *packet, flow_content_t *flow)
{
    stream_bytes_t begin;

    if (stream_head_add(&flow->stream, packet, flow->conversation, flow->is_late, &begin)) {
        sniff_ends(packet, flow, &begin);
        sniff_service(packet, flow, &begin);
        if (begin.is_cut)
            sniff_segment(packet, flow);
    }
    if (flow->stream == NULL)
        return;
    flow->is_contradictory = stream_head_is_contradictory(flow->stream);
    flow->is_over = stream_head_is_over(flow->stream);
    flow->is_read = is_settled(flow);
    if (flow->is_read)
        stream_head_free(&flow->stream);
}

/*
 * A later pass reads again what the first one was too late for, and from the flow's first packet on
 * what another one may have begun anywhere.
 */
static bool
is_read_late(const packet_info *pinfo, const flow_content_t *flow)
{
    return PINFO_FD_VISITED(pinfo) && flow->service == SERVICE_UNKNOWN &&
           (flow->is_late ||
            (flow->is_read_again && pinfo->num == flow->conversation->setup_frame));
}

/*
 * True for a reset with which the capture of a connection begins: it answers a SYN that the capture
 * lacks, so that its sender is who was called.
 */
static bool
is_first_a_reset(const packet_view_t *packet, const flow_content_t *flow)
{
    enum { RST = 0x04 };
    const uint8_t *header = packet_view_tcp_header(packet);

    return !PINFO_FD_VISITED(packet->pinfo) && header != NULL &&
           (header[PACKET_TCP_FLAGS] & RST) != 0 &&
           packet->pinfo->num == flow->conversation->setup_frame;
}

/* A flow whose roles came later than its beginning is late; a later pass has all of it. */
static void
begin_sniffing(const packet_view_t *packet, flow_content_t *flow)
{
    const packet_info *pinfo = packet->pinfo;

    if (is_first_a_reset(packet, flow))
        flow_content_set_ends(flow, pinfo, false);
    stream_head_free(&flow->stream);
    flow->is_read = false;
    flow->sniffs = 0;
    flow->is_sniffed = true;
    flow->is_read_again = PINFO_FD_VISITED(pinfo);
    flow->is_late = !flow->is_read_again && (flow_content_completeness(flow) & SEEN_DATA) != 0;
}

flow_content_t *
evidence_next_doubted(void)
{
    return http_alike_next_doubted();
}

/* The length of the message that a payload begins with, up to the empty line; else all of it. */
static unsigned
head_length(const packet_view_t *packet)
{
    static const char end[] = "\r\n\r\n";
    const char *begin = (const char *)packet->payload;
    const char *found = g_strstr_len(begin, (gssize)packet->length, end);

    return found != NULL ? (unsigned)(found - begin) + (unsigned)strlen(end) : packet->reported;
}

/* What a proxy is asked to connect to, and its answer, are not the content of the tunnel. */
static void
begin_in_tunnel(const packet_view_t *packet, flow_content_t *flow)
{
    const stream_bytes_t payload = { packet->payload, packet->length, packet->reported, true };
    unsigned skipped;

    if (packet->pinfo->ptype != PT_TCP || packet->payload == NULL)
        return;
    sniff_ends(packet, flow, &payload);
    skipped = head_length(packet);
    stream_head_begin_behind(&flow->stream, packet, flow->conversation, skipped);
    if (PINFO_FD_VISITED(packet->pinfo))
        flow->is_read_again = flow->is_read_again || !flow->is_sniffed;
    flow->is_sniffed = true;
    flow->is_read = flow->is_late = false;
    if (skipped < packet->reported)
        sniff_stream(packet, flow);
}

void
evidence_sniff(const packet_view_t *packet, flow_content_t *flow)
{
    if (packet->pinfo->num <= flow->tunnel_frame) {
        begin_in_tunnel(packet, flow);
        return;
    }
    if (!flow->is_sniffed || is_read_late(packet->pinfo, flow))
        begin_sniffing(packet, flow);
    if (packet->pinfo->ptype == PT_TCP && !flow->is_read)
        sniff_stream(packet, flow);
    else if (packet->pinfo->ptype != PT_TCP && flow->service == SERVICE_UNKNOWN)
        sniff_segment(packet, flow);
}

bool
evidence_is_sniffed(const flow_content_t *flow)
{
    return flow->service != SERVICE_UNKNOWN || flow->is_read || flow->sniffs >= FLOW_MAX_SNIFFS;
}

unsigned
evidence_inferred_flows(void)
{
    return conclusions_num_flows() + (http_proxy_was_seen() ? 1 : 0);
}

role_set_t
evidence_roles(void)
{
    /* Servers of names and addresses show it by their own answers, and have no signature. */
    role_set_t roles = ROLE_BIT(ROLE_DNS_SERVER) | ROLE_BIT(ROLE_DHCP_SERVER) |
                       ROLE_BIT(ROLE_WINS_SERVER);

    if (product_judged() == PRODUCT_CONFIGMGR)
        roles |= ROLE_BIT(ROLE_CMG_CONNECTION_POINT); /* gateway.c */
    for (unsigned i = 0; i < signature_table_count; i++) {
        if (role_signatures_teaches(&signature_table[i]))
            roles |= signature_table[i].server | signature_table[i].client;
    }
    return roles;
}
