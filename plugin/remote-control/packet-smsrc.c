/* packet-smsrc.c
 * Microsoft SMS Remote Control, Chat and File Transfer
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Remote Tools of Microsoft Systems Management Server: a viewer (Remote.exe on the
 * administrator's machine) calls an agent (the service Wuser32 on the client) on
 *
 *   2701 SMS Remote Control (control)     1761 in SMS 1.x and 2.0 before SP2
 *   2702 SMS Remote Control (data)        1762
 *   2703 SMS Remote Chat                  1763
 *   2704 SMS Remote File Transfer         1764
 *
 * over TCP, and over UDP where SMS 2.0 has to be reached (KB 826852, KB 256884, Q167128). What
 * is decoded was read off public checks that talk to real hosts: the Snort rules 1:3673 and
 * 3:15148 and the Nessus check for CVE-2004-0728 (RCH0), nmap's LANDesk-RC probe and its replies
 * (TNMP, USER; Wuser32 shares LANDesk's code: Q193280, Q224574).
 *
 *   RCH0:  "RCH0", u32 LE length of the body, "RCHE", body: contents not known
 *   TNMP:  "TNMP", u32 LE length of the body, "TNME", body: u16 word, i16 code, ...
 *   USER:  the body of an information reply, whose strings are at offsets in it; over
 *          UDP it comes without the TNMP header
 *
 * Not known, and shown as bytes: the body of RCH0, what the agent sends on 2702, the encodings
 * of screen, keyboard and mouse, compression, encryption, and all framing of 2703 and 2704.
 */

#include "smsrc-compat.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/exceptions.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "attack.h"
#include "claim.h"
#include "claim-tree.h"
#include "cm-frame.h"
#include "header-pieces.h"
#include "magic.h"
#include "message-tap.h"
#include "message.h"
#include "opaque-data.h"
#include "other-dissectors.h"
#include "packet-smsrc.h"
#include "rch0.h"
#include "session-events.h"
#include "session-tap.h"
#include "tnmp.h"
#include "user-record.h"

#define SMSRC_PORTS "2701-2704"

static int proto_smsrc = -1;
static int proto_smsrc_control = -1;
static int proto_smsrc_data = -1;
static int proto_smsrc_chat = -1;
static int proto_smsrc_transfer = -1;

static int ett_smsrc = -1;

static dissector_handle_t smsrc_handle;
static dissector_handle_t smsrc_cm_handle;

static ws_bool smsrc_desegment = true;
static ws_bool smsrc_port_basis = true;

/* The preferences when the capture was opened: a change counts from the next capture on. */
static bool desegment_in_force = true;
static bool port_basis_in_force = true;

/* A message found at an offset, with its boundaries; or unframed bytes. */
typedef struct {
    content_e content;
    message_extent_t extent; /* of CONTENT_RCH and CONTENT_TNMP */
} message_start_t;

static bool
has_extent(const message_start_t *what)
{
    return what->content == CONTENT_RCH || what->content == CONTENT_TNMP;
}

static message_start_t
message_at(tvbuff_t *tvb, unsigned offset, const claim_t *claim)
{
    bool stream = claim->transport == SESSION_TRANSPORT_TCP;
    message_start_t what = { .content = content_detect(tvb, offset, stream) };

    if (what.content == CONTENT_RCH)
        rch0_extent(tvb, offset, stream, &what.extent);
    else if (what.content == CONTENT_TNMP)
        tnmp_extent(tvb, offset, &what.extent);
    return what;
}

/* True where the message at @p offset continues in later segments, which TCP is asked for. */
static bool
wait_for_more(tvbuff_t *tvb, packet_info *pinfo, unsigned offset, const message_start_t *what,
              const claim_t *claim)
{
    /* Without known framing, a first byte "R" may be a keystroke as well as part of a header. */
    bool framed = claim->channel != CHANNEL_CHAT && claim->channel != CHANNEL_TRANSFER;

    if (claim->transport != SESSION_TRANSPORT_TCP || !desegment_in_force ||
        pinfo->can_desegment == 0)
        return false;
    if (has_extent(what)) {
        if (what->extent.missing == 0)
            return false;
        pinfo->desegment_len = what->extent.missing;
    } else if (claim->configmgr) {
        pinfo->desegment_len = cm_frame_missing(tvb);
        if (pinfo->desegment_len == 0)
            return false;
    } else if (what->content == CONTENT_PARTIAL && framed &&
               tvb_reported_length(tvb) == tvb_captured_length(tvb)) {
        pinfo->desegment_len = DESEGMENT_ONE_MORE_SEGMENT;
    } else {
        return false;
    }
    /* Those of earlier segments are kept (header-pieces.c). */
    pinfo->desegment_offset = (int)(offset - MIN(offset, claim->prefix));
    return true;
}

/*
 * True for what a viewer may send in a datagram to be sent the record alone: nmap's request for it
 * has no header of TNMP, and more is not known of it.
 */
static bool
may_be_request(unsigned offset, const claim_t *claim)
{
    return offset == 0 && claim->transport == SESSION_TRANSPORT_UDP &&
           claim->channel == CHANNEL_CONTROL && claim->direction == DIRECTION_TO_AGENT;
}

/*
 * Dissects the messages and the bytes of unknown meaning in @p tvb, in their order. The first of
 * them, @p what, needs no further segments.
 */
static int
dissect_messages(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, message_start_t what,
                 const claim_t *claim)
{
    unsigned offset = 0, end = tvb_reported_length(tvb);

    while (offset < end) {
        unsigned next;

        if (offset > 0) {
            what = message_at(tvb, offset, claim);
            if (wait_for_more(tvb, pinfo, offset, &what, claim))
                break;
        }
        if (has_extent(&what)) {
            if (what.content == CONTENT_RCH)
                rch0_dissect(tvb, pinfo, tree, offset, &what.extent, claim);
            else
                tnmp_dissect(tvb, pinfo, tree, offset, &what.extent, claim);
            offset += MAGIC_HEADER_LENGTH + what.extent.body;
            continue;
        }
        if (what.content == CONTENT_USER && offset == 0) {
            message_tap_queue(pinfo, claim->channel, claim->direction, "Information reply");
            opaque_data_dissect(tvb, pinfo, tree, 0, MAGIC_USER_OFFSET, OPAQUE_DATA_MIN_TEXT);
            user_record_dissect(tvb, pinfo, tree);
            message_add_links(tvb, pinfo, tree, 0, claim, true);
            break;
        }
        next = message_next(tvb, offset + 1, claim->transport == SESSION_TRANSPORT_TCP);
        message_queue_unknown(tvb, pinfo, offset, next - offset, claim);
        if (may_be_request(offset, claim))
            message_add_links(tvb, pinfo, tree, offset, claim, false);
        message_dissect_unknown(tvb, pinfo, tree, offset, (int)(MIN(next, end) - offset), claim);
        offset = next;
    }
    return (int)tvb_captured_length(tvb);
}

static int
dissect_claimed(tvbuff_t *tvb, packet_info *pinfo, proto_tree *parent, void *data,
                const claim_t *claim)
{
    message_start_t first = message_at(tvb, 0, claim);
    proto_item *item;
    proto_tree *tree;
    int length;

    /* A later pass does not dissect a segment that only waits: the first shows nothing either. */
    if (wait_for_more(tvb, pinfo, 0, &first, claim))
        return (int)tvb_captured_length(tvb);
    p_remove_proto_data(pinfo->pool, pinfo, proto_smsrc, 0);
    p_add_proto_data(pinfo->pool, pinfo, proto_smsrc, 0,
                     wmem_memdup(pinfo->pool, claim, sizeof *claim));
    if (claim->prefix > 0) {
        header_pieces_end(pinfo);
        add_new_data_source(pinfo, tvb, "Reassembled header");
    }
    session_events_set_dissected(pinfo, claim->direction, claim->session != NULL);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "SMSRC");
    col_clear(pinfo->cinfo, COL_INFO);
    item = proto_tree_add_item(parent, proto_smsrc, tvb, 0, -1, ENC_NA);
    tree = proto_item_add_subtree(item, ett_smsrc);
    claim_tree_add(tvb, pinfo, tree, item, claim);
    if (claim->configmgr) {
        /* ConfigMgr's dissector requests the rest of a frame as if TCP had called it. */
        pinfo->can_desegment = pinfo->saved_can_desegment;
        length = call_dissector_with_data(smsrc_cm_handle, tvb, pinfo, parent, data);
    } else {
        length = dissect_messages(tvb, pinfo, tree, first, claim);
    }
    col_set_fence(pinfo->cinfo, COL_INFO);
    return length;
}

const claim_t *
smsrc_claim_of_packet(packet_info *pinfo)
{
    const claim_t *claim = (const claim_t *)p_get_proto_data(pinfo->pool, pinfo, proto_smsrc,
                                                             0);

    return claim != NULL && (claim->transport == SESSION_TRANSPORT_TCP ||
                             claim->transport == SESSION_TRANSPORT_UDP)
               ? claim
               : NULL;
}

/*
 * True where another dissector claims what is classified by session or port. It counts as claimed
 * where that dissector throws, because the capture has cut the packet or it is malformed.
 */
static bool
is_of_others(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data, claim_t *claim)
{
    volatile bool is_foreign = true;

    TRY
    {
        is_foreign = other_dissectors_claim(tvb, pinfo, tree, data);
    }
    CATCH_ALL
    {
        claim_set_foreign(claim);
        claim_record(tvb, pinfo, claim);
        RETHROW;
    }
    ENDTRY;
    if (is_foreign)
        claim_set_foreign(claim);
    return is_foreign;
}

/* Sets where the payload begins in its stream, by what TCP gives to dissectors; NULL: none. */
static void
set_place(claim_t *claim, const void *tcp, unsigned prefix)
{
    claim->prefix = prefix;
    claim->has_seq = tcp != NULL && claim->transport == SESSION_TRANSPORT_TCP;
    if (claim->has_seq)
        claim->seq = ((const struct tcpinfo *)tcp)->seq - prefix;
}

/*
 * Dissects the payload if it is classified as Remote Control, and records what it shows of its
 * conversation in either case.
 */
static int
dissect_if_claimed(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                   channel_e channel, claim_limit_e limit, unsigned prefix)
{
    const claim_input_t input = { tvb, pinfo, channel, limit };
    claim_t claim;
    bool is_claimed = claim_classify(&input, &claim), is_foreign = false;

    set_place(&claim, data, prefix);
    if (is_claimed && claim.findings.asks_others && limit != CLAIM_BY_USER &&
        !PINFO_FD_VISITED(pinfo))
        is_foreign = is_of_others(tvb, pinfo, tree, data, &claim);
    claim_record(tvb, pinfo, &claim);
    if (is_foreign)
        return (int)tvb_captured_length(tvb);
    return is_claimed ? dissect_claimed(tvb, pinfo, tree, data, &claim) : 0;
}

/* False for a port of chat or file transfer, where no header is waited for. */
static bool
is_port_framed(uint32_t port)
{
    generation_e generation;
    channel_e channel = channel_by_port((uint16_t)port, &generation);

    return channel != CHANNEL_CHAT && channel != CHANNEL_TRANSFER;
}

/* The port table, Decode As by the name "smsrc", and conversations proven before. */
static int
dissect_smsrc(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    bool by_port = pinfo->match_uint == pinfo->srcport || pinfo->match_uint == pinfo->destport;
    claim_limit_e limit = by_port && !channel_has_port(pinfo->match_uint) ? CLAIM_BY_USER
                          : port_basis_in_force                           ? CLAIM_BY_PORT
                                                                          : CLAIM_BY_SESSION;

    bool is_framed = is_port_framed(pinfo->srcport) && is_port_framed(pinfo->destport);
    unsigned prefix;

    tvb = header_pieces_join(tvb, pinfo, data, !is_framed && limit != CLAIM_BY_USER, &prefix);
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_UNKNOWN, limit, prefix);
}

/* Decode As by a channel's name. */
static int
dissect_smsrc_control(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_CONTROL, CLAIM_BY_USER, 0);
}

static int
dissect_smsrc_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_DATA, CLAIM_BY_USER, 0);
}

static int
dissect_smsrc_chat(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_CHAT, CLAIM_BY_USER, 0);
}

static int
dissect_smsrc_transfer(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_TRANSFER, CLAIM_BY_USER, 0);
}

/* A socket of IPX or SPX: claimed by content, or in a session. */
static int
dissect_smsrc_ipx(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_if_claimed(tvb, pinfo, tree, data, CHANNEL_UNKNOWN, CLAIM_BY_SESSION, 0);
}

/* Payload of a NetBIOS session or datagram, over TCP/IP or IPX: by content, or by its names. */
static ws_bool
dissect_smsrc_netbios_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    claim_netbios_t netbios;

    if (!claim_netbios_classify(tvb, pinfo, &netbios))
        return FALSE;
    claim_netbios_record(pinfo, &netbios);
    dissect_claimed(tvb, pinfo, tree, data, &netbios.claim);
    return TRUE;
}

/*
 * Any port: eight fixed bytes in two places, or a whole and well-formed frame. The older ports are
 * not in the port table, so this is how the channels of a proven session are reached there.
 */
static ws_bool
dissect_smsrc_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    unsigned prefix = 0;
    tvbuff_t *joined = other_dissectors_are_asked()
                           ? tvb
                           : header_pieces_join(tvb, pinfo, data, true, &prefix);
    const claim_input_t input = {
        joined, pinfo, CHANNEL_UNKNOWN,
        channel_has_port(pinfo->srcport) || channel_has_port(pinfo->destport) ? CLAIM_BY_SESSION
                                                                            : CLAIM_BY_CONTENT,
    };
    claim_t claim;
    bool is_claimed;

    if (other_dissectors_are_asked())
        return FALSE;
    is_claimed = claim_classify(&input, &claim);
    set_place(&claim, data, prefix);
    claim_record(joined, pinfo, &claim);
    if (!is_claimed)
        return FALSE;
    /* What follows in the connection belongs to it too; each datagram is classified alone. */
    if (pinfo->ptype == PT_TCP && claim.basis == BASIS_CONTENT)
        conversation_set_dissector_from_frame_number(find_or_create_conversation(pinfo),
                                                     pinfo->num, smsrc_handle);
    dissect_claimed(joined, pinfo, tree, data, &claim);
    return TRUE;
}

static void
init_smsrc(void)
{
    desegment_in_force = smsrc_desegment;
    port_basis_in_force = smsrc_port_basis;
    claim_reset();
}

void
proto_register_smsrc(void)
{
    static int *ett[] = { &ett_smsrc };
    expert_module_t *expert;
    module_t *module;

    proto_smsrc = proto_register_protocol("Microsoft SMS Remote Control", "SMSRC", "smsrc");
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto_smsrc);
    claim_tree_register(proto_smsrc, expert);
    message_register(expert);
    rch0_register(proto_smsrc, expert);
    tnmp_register(proto_smsrc, expert);
    user_record_register(proto_smsrc);
    opaque_data_register(proto_smsrc, session_events_report_account);
    /* After the fields: "smsrc.data" is one too, and tshark -G fields lists the first of a name. */
    proto_smsrc_control = proto_register_protocol_in_name_only(
        "SMS Remote Control (control)", "SMSRC Control", "smsrc.control", proto_smsrc,
        FT_PROTOCOL);
    proto_smsrc_data = proto_register_protocol_in_name_only(
        "SMS Remote Control (data)", "SMSRC Data", "smsrc.data", proto_smsrc, FT_PROTOCOL);
    proto_smsrc_chat = proto_register_protocol_in_name_only(
        "SMS Remote Chat", "SMSRC Chat", "smsrc.chat", proto_smsrc, FT_PROTOCOL);
    proto_smsrc_transfer = proto_register_protocol_in_name_only(
        "SMS Remote File Transfer", "SMSRC Transfer", "smsrc.transfer", proto_smsrc, FT_PROTOCOL);

    module = prefs_register_protocol(proto_smsrc, NULL);
    prefs_register_bool_preference(
        module, "desegment", "Reassemble messages spanning several TCP segments",
        "Whether messages that spread over several TCP segments are reassembled. \"Allow "
        "subdissectors to reassemble TCP streams\" in the TCP settings has to be on too.",
        &smsrc_desegment);
    prefs_register_bool_preference(
        module, "port_ground", "Claim traffic known by its port alone",
        "Whether traffic to a server's port 2701-2704 is shown as SMS Remote Control although "
        "neither its content, nor a session of the same two hosts, nor Decode As shows it.",
        &smsrc_port_basis);

    attack_register(proto_smsrc);
    header_pieces_register(proto_smsrc);
    register_init_routine(init_smsrc);
    smsrc_handle = register_dissector("smsrc", dissect_smsrc, proto_smsrc);
}

void
proto_reg_handoff_smsrc(void)
{
    static const struct {
        const char *name, *description;
        dissector_t dissector;
        int *proto;
    } channels[] = {
        { "smsrc.control", "SMSRC Control", dissect_smsrc_control, &proto_smsrc_control },
        { "smsrc.data", "SMSRC Data", dissect_smsrc_data, &proto_smsrc_data },
        { "smsrc.chat", "SMSRC Chat", dissect_smsrc_chat, &proto_smsrc_chat },
        { "smsrc.transfer", "SMSRC Transfer", dissect_smsrc_transfer, &proto_smsrc_transfer },
    };
    dissector_handle_t ipx_handle;

    claim_init(proto_smsrc);
    other_dissectors_init(proto_smsrc);
    opaque_data_handoff();
    smsrc_cm_handle = find_dissector("smsrc.cm");

    dissector_add_uint_range_with_preference("tcp.port", SMSRC_PORTS, smsrc_handle);
    dissector_add_uint_range_with_preference("udp.port", SMSRC_PORTS, smsrc_handle);
    for (unsigned i = 0; i < array_length(channels); i++) {
        dissector_handle_t handle = register_dissector_with_description(
            channels[i].name, channels[i].description, channels[i].dissector, *channels[i].proto);

        dissector_add_for_decode_as("tcp.port", handle);
        dissector_add_for_decode_as("udp.port", handle);
    }
    ipx_handle = create_dissector_handle(dissect_smsrc_ipx, proto_smsrc);
    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        uint16_t ipx_socket = channel_ipx_socket((channel_e)channel);

        dissector_add_uint("ipx.socket", ipx_socket, ipx_handle);
        dissector_add_uint("spx.socket", ipx_socket, ipx_handle);
    }
    heur_dissector_add("netbios", dissect_smsrc_netbios_heur, "SMS Remote Control over NetBIOS",
                       "smsrc_netbios", proto_smsrc, HEURISTIC_ENABLE);
    heur_dissector_add("tcp", dissect_smsrc_heur, "SMS Remote Control over TCP", "smsrc_tcp",
                       proto_smsrc, HEURISTIC_ENABLE);
    heur_dissector_add("udp", dissect_smsrc_heur, "SMS Remote Control over UDP", "smsrc_udp",
                       proto_smsrc, HEURISTIC_ENABLE);
}
