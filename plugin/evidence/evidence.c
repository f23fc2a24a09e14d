/* evidence.c
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A role is never derived from a port: it comes from a signature. The signatures are those of
 * confidence H and M in the project's list of role signatures (KB articles, Microsoft's ports
 * lists, public tools that talk to real sites); each row of the table in role-signatures.c names
 * its source.
 *
 * What is read is bytes: those of the packet, and those that Wireshark put together from several
 * packets or decrypted. Wireshark's own fields would have it make a tree for every packet, which
 * alone costs a quarter of all that tshark does to print its lines. But what a packet is, its
 * dissectors say; only where they do not know, on odd ports, the first bytes do. Each protocol
 * has a file of its own. All become facts (inference.c), and a fact is what a signature
 * matches.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence.h"

#include "bounds.h"
#include "attack.h"
#include "inference.h"
#include "packet-smsrc.h"
#include "reader.h"

static bool learning;

void
evidence_init(int proto)
{
    flow_content_init(proto);
    role_signatures_init();
    register_shutdown_routine(role_signatures_shutdown);
}

void
evidence_reset(bool learn_roles)
{
    learning = learn_roles;
    role_signatures_reset();
    inference_reset(learn_roles);
    evidence_http_reset();
    evidence_rpc_reset();
}

static void
read_remote_control(const packet_view_t *packet)
{
    const claim_t *claim = smsrc_claim_of_packet(packet->pinfo);
    flow_content_t *flow;

    /* Decode As and the port alone are no evidence. */
    if (claim == NULL || claim->direction == DIRECTION_UNKNOWN ||
        (claim->basis != BASIS_CONTENT && claim->basis != BASIS_SESSION))
        return;
    flow = flow_content_get(packet->pinfo, true);
    /* What the flow's own content has shown is more than what other flows of the two showed. */
    if (claim->configmgr)
        flow->service = SERVICE_CM_REMOTE_CONTROL;
    else if (claim->basis == BASIS_CONTENT || flow->service == SERVICE_UNKNOWN)
        flow->service = SERVICE_REMOTE_CONTROL;
    inference_add_fact(packet, FACT_REMOTE_CONTROL,
                      claim->direction == DIRECTION_TO_AGENT ? "viewer to agent"
                                                             : "agent to viewer");
}

/* Who reads what: by the layers that Wireshark found, else by the first bytes. */
static const struct {
    unsigned layers;
    service_e service; /* SERVICE_UNKNOWN: by its layers only */
    void (*read)(const packet_view_t *packet);
} readers[] = {
    { LAYER_HTTP, SERVICE_HTTP, evidence_read_http },
    { LAYER_SMB, SERVICE_SMB1, evidence_read_smb },
    { LAYER_SMB2, SERVICE_SMB2, evidence_read_smb },
    { LAYER_NBSS, SERVICE_UNKNOWN, evidence_read_nbss },
    { LAYER_NBNS, SERVICE_NBNS, evidence_read_nbns },
    { LAYER_NBDGM, SERVICE_UNKNOWN, evidence_read_nbdgm },
    { LAYER_LDAP, SERVICE_LDAP, evidence_read_ldap },
    { LAYER_TDS, SERVICE_TDS, evidence_read_tds },
    { LAYER_DNS, SERVICE_UNKNOWN, evidence_read_dns },
    { LAYER_DCERPC, SERVICE_UNKNOWN, evidence_read_rpc },
};

/*
 * Where Wireshark found one of these, the first bytes are not asked. (It takes NBNS for DNS.) Of
 * a message's first segment it says so only without a tree; then the first bytes say the same.
 */
#define LAYERS_KNOWN \
    (LAYER_HTTP | LAYER_SMB | LAYER_SMB2 | LAYER_NBNS | LAYER_NBDGM | LAYER_LDAP | LAYER_TDS)

/* A look at three bytes, to leave most packets alone. */
static bool
has_candidate_prefix(const packet_view_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    bool tcp = packet->pinfo->ptype == PT_TCP;

    if (payload == NULL || (packet->layers & LAYERS_KNOWN) != 0)
        return false;
    if (!tcp)
        return length >= 36 && payload[12] == 0x20;
    if (length < 8)
        return false;
    switch (payload[0]) {
    case 0x00:
        return payload[5] == 'S' && payload[6] == 'M';
    case 0x04:
    case 0x10:
    case 0x30:
    case 'B': /* the methods of HTTP, and its answers */
    case 'C':
    case 'G':
    case 'H':
    case 'P':
        return true;
    default:
        return false;
    }
}

static void
read_part(const packet_view_t *packet)
{
    service_e service =
        has_candidate_prefix(packet) ? packet_view_service(packet) : SERVICE_UNKNOWN;

    if (packet->layers == 0 && service == SERVICE_UNKNOWN)
        return;
    for (unsigned i = 0; i < array_length(readers); i++) {
        if ((packet->layers & readers[i].layers) != 0 ||
            (service != SERVICE_UNKNOWN && service == readers[i].service))
            readers[i].read(packet);
    }
}

/* The packet has a message of CVE-2004-0728. */
static void
mark_attack(packet_info *pinfo)
{
    flow_content_t *flow = flow_content_get(pinfo, true);

    if (flow != NULL && flow->attack_frame == 0)
        flow->attack_frame = pinfo->num;
}

void
evidence_scan(const packet_view_t *packet)
{
    packet_view_t part;

    if (attack_was_seen() && attack_is_marked(packet->pinfo))
        mark_attack(packet->pinfo);
    if ((packet->layers & LAYER_SMSRC) != 0)
        read_remote_control(packet);
    if ((packet->layers & LAYER_IPX) != 0)
        evidence_read_ipx(packet);
    if (!learning) {
        if ((packet->layers & LAYER_DCERPC) != 0)
            evidence_read_rpc(packet);
        return;
    }
    read_part(packet);
    for (unsigned i = 1; packet_view_part(packet, i, &part); i++) {
        if (bounds_full(BOUND_PACKET_PARTS, i - 1, PACKET_MAX_PARTS - 1))
            return;
        read_part(&part);
    }
}

void
evidence_sniff(const packet_view_t *packet, flow_content_t *flow)
{
    if (flow->service != SERVICE_UNKNOWN || flow->sniffs >= FLOW_MAX_SNIFFS ||
        packet->payload == NULL)
        return;
    flow->sniffs++;
    flow->service = packet_view_service(packet);
}
