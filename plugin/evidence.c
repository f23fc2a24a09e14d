/* evidence.c
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A role is never derived from a port: it comes from a signature. The signatures are those of
 * confidence H and M in the project's list of role signatures (KB articles, Microsoft's ports
 * lists, public tools that talk to real sites); each row of the table in signatures.c names its
 * source.
 *
 * What is read: Wireshark's own fields where it dissects the protocol (evidence-fields.c); and
 * where it does not (BITS_POST on any port, SMB, LDAP and TDS on odd ports, NBNS taken for DNS),
 * or where fields would cost too much, the payload itself. Each protocol has a file of its own.
 * All become facts (evidence-facts.c), and a fact is what a signature matches.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence.h"

#include "evidence-facts.h"
#include "evidence-fields.h"
#include "evidence-protocols.h"
#include "packet-smsrc.h"

void
evidence_init(void)
{
    evidence_fields_init();
    signatures_init();
}

void
evidence_reset(bool learn_roles)
{
    signatures_reset();
    evidence_facts_reset(learn_roles);
    evidence_fields_reset(learn_roles);
    evidence_http_reset();
    evidence_rpc_reset();
}

static void
scan_remote_control(const packet_t *packet)
{
    const claim_t *claim = smsrc_claim_of_packet(packet->pinfo);
    flow_t *flow;

    /* Decode As and the port alone are no evidence. */
    if (claim == NULL || claim->direction == DIRECTION_UNKNOWN ||
        (claim->ground != GROUND_CONTENT && claim->ground != GROUND_SESSION))
        return;
    flow = flow_of_packet(packet->pinfo, true);
    /* What the flow's own content has shown is more than what other flows of the two showed. */
    if (claim->configmgr)
        flow->service = SERVICE_CM_REMOTE_CONTROL;
    else if (claim->ground == GROUND_CONTENT || flow->service == SERVICE_UNKNOWN)
        flow->service = SERVICE_REMOTE_CONTROL;
    evidence_add_fact(packet, FACT_REMOTE_CONTROL,
                      claim->direction == DIRECTION_TO_AGENT ? "viewer to agent"
                                                             : "agent to viewer");
}

/* What Wireshark dissected, by its layers. */
static const struct {
    unsigned layer;
    void (*scan)(const packet_t *packet);
} scanners[] = {
    { LAYER_HTTP, evidence_scan_http },
    { LAYER_SMB, evidence_scan_smb },
    { LAYER_SMB2, evidence_scan_smb2 },
    { LAYER_NBNS, evidence_scan_nbns },
    { LAYER_NBSS, evidence_scan_nbss },
    { LAYER_NBDGM, evidence_scan_nbdgm },
    { LAYER_LDAP, evidence_scan_ldap },
    { LAYER_TDS, evidence_scan_tds },
    { LAYER_DNS, evidence_scan_dns },
    { LAYER_DCERPC, evidence_scan_rpc },
    { LAYER_SMSRC, scan_remote_control },
    { LAYER_IPX, evidence_scan_ipx },
};

/* What it did not, by the first bytes. */
static const struct {
    service_e service;
    unsigned layers; /* not read where it dissected one of these, and its fields were wanted */
    void (*read)(const packet_t *packet);
} readers[] = {
    { SERVICE_HTTP, 0, evidence_read_http },
    { SERVICE_SMB1, LAYER_SMB | LAYER_SMB2, evidence_read_smb },
    { SERVICE_SMB2, LAYER_SMB | LAYER_SMB2, evidence_read_smb },
    { SERVICE_TDS, LAYER_TDS, evidence_read_tds },
    { SERVICE_LDAP, LAYER_LDAP, evidence_read_ldap },
    { SERVICE_NBNS, LAYER_NBNS, evidence_scan_nbns },
};

/* A look at three bytes, to leave most packets alone. */
static bool
is_worth_reading(const packet_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    bool tcp = packet->pinfo->ptype == PT_TCP;

    if (length < 36)
        return tcp && length >= 8 && payload[0] == 0x30;
    if (!tcp)
        return payload[12] == 0x20;
    switch (payload[0]) {
    case 0x00:
        return payload[5] == 'S' && payload[6] == 'M';
    case 0x04:
    case 0x10:
    case 0x30:
    case 'B': /* a method of HTTP that Wireshark does not know */
        return true;
    case 'C': /* its other methods, and its answers */
    case 'G':
    case 'H':
    case 'P':
        return (packet->layers & LAYER_HTTP) == 0;
    default:
        return false;
    }
}

static void
read_payload(const packet_t *packet)
{
    service_e service;

    if (packet->payload == NULL || !is_worth_reading(packet))
        return;
    service = packet_service(packet);
    for (unsigned i = 0; i < array_length(readers); i++) {
        if (readers[i].service == service &&
            ((readers[i].layers & packet->layers) == 0 ||
             !evidence_fields_are_wanted(readers[i].layers)))
            readers[i].read(packet);
    }
}

void
evidence_scan(const packet_t *packet)
{
    evidence_fields_foretell(packet);
    if (packet->layers != 0) {
        for (unsigned i = 0; i < array_length(scanners); i++) {
            if ((packet->layers & scanners[i].layer) != 0)
                scanners[i].scan(packet);
        }
    }
    evidence_foretell_http(packet);
    read_payload(packet);
}

void
evidence_sniff(const packet_t *packet, flow_t *flow)
{
    if (flow->service != SERVICE_UNKNOWN || flow->sniffs >= FLOW_MAX_SNIFFS ||
        packet->payload == NULL)
        return;
    flow->sniffs++;
    flow->service = packet_service(packet);
}
