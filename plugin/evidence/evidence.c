/* evidence.c
 * Evidence of SMS roles: which reader gets which packet
 *
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
#include "http-proxy.h"
#include "inference.h"
#include "questions.h"
#include "reader.h"
#include "service-sender.h"
#include "sql-browser.h"
#include "transactions.h"

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
    &tds_reader,
    &dns_reader,
    &dhcp_reader,
    &rpc_reader,
    &tftp_reader,
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
    for (unsigned i = 0; i < array_length(readers); i++)
        add_reader(readers[i]);
    role_signatures_init();
    register_shutdown_routine(role_signatures_shutdown);
}

void
evidence_reset(bool learn_roles)
{
    role_signatures_reset();
    inference_reset(learn_roles);
    questions_reset();
    handed_out_reset();
    transactions_reset();
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

/* Notes in the flow that the packet has a message of CVE-2004-0728. */
static void
mark_attack(packet_info *pinfo)
{
    flow_content_t *flow = flow_content_get(pinfo, true);

    if (flow != NULL && flow->attack_frame == 0)
        flow->attack_frame = pinfo->num;
}

/* What seemed to be remote control is not: the flow shows nothing of what its request seemed to. */
static void
refute_remote_control(packet_info *pinfo)
{
    flow_content_t *flow = flow_content_get(pinfo, false);

    if (flow == NULL || flow->attack_frame != 0 || flow->service != SERVICE_REMOTE_CONTROL)
        return;
    flow->service = SERVICE_UNKNOWN;
    flow->is_sms = false;
    flow->inferred_initiator = flow->inferred_responder = 0;
    flow->proven_initiator = flow->proven_responder = 0;
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
    for (unsigned i = 1; i < PACKET_MAX_PARTS && packet_view_part(packet, i, &part); i++)
        read_by(layers, &part);
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
    if (!conclusions_are_learned()) {
        read_always(packet, layers & always_read);
        return;
    }
    if (inference_is_pending() && is_syn(packet))
        transactions_begin(packet);
    read_by(layers & reading_packets, packet);
    layers &= ~reading_packets;
    read_payload(packet, layers);
    for (unsigned i = 1; packet_view_part(packet, i, &part); i++) {
        if (bounds_full(BOUND_PACKET_PARTS, i - 1, PACKET_MAX_PARTS - 1))
            return;
        read_payload(&part, layers);
    }
}

/*
 * Fixes the ends by a segment that only one end sends, while the service is looked for. An answer
 * without a request does not count against the SYN.
 */
static void
sniff_ends(const packet_view_t *packet, flow_content_t *flow)
{
    service_sender_e sender;
    bool sure;

    if (flow->has_ends || flow->end_sniffs >= FLOW_MAX_SNIFFS || packet->payload == NULL ||
        packet->pinfo->ptype != PT_TCP)
        return;
    flow->end_sniffs++;
    sender = service_sender(packet->payload, packet->length);
    (void)flow_content_is_initiator(flow, &packet->pinfo->src, packet->pinfo->srcport, &sure);
    if (sender == SENDER_CLIENT || (sender == SENDER_SERVER && !sure))
        flow_content_set_ends(flow, packet->pinfo, sender == SENDER_CLIENT);
}

void
evidence_sniff(const packet_view_t *packet, flow_content_t *flow)
{
    sniff_ends(packet, flow);
    if (packet->pinfo->num <= flow->tunnel_frame)
        return;
    if (flow->service != SERVICE_UNKNOWN || flow->sniffs >= FLOW_MAX_SNIFFS ||
        packet->payload == NULL)
        return;
    flow->sniffs++;
    flow->service = packet_view_service(packet);
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

    for (unsigned i = 0; i < signature_table_count; i++)
        roles |= signature_table[i].server | signature_table[i].client;
    return roles;
}
