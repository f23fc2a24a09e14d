/* tftp.c
 * Requests of TFTP, whose transfers come from another port, and the files that show a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * RFC 1350 4: the server answers from a port of its choice to the one that the request came from.
 * What follows between the two is the transfer, whichever end sends its first packet. A server
 * that sends a file, or says how it will (RFC 2347), has it.
 */

#include "handed-out.h"
#include "reader.h"

#include <wsutil/pint.h>

#include "bounds.h"
#include "conclusions.h"
#include "inference.h"
#include "questions.h"

#define NUM_NAMES 256 /* a power of two */
#define MAX_NAME 96

/* The files that were asked for last, by the hash of their askers. */
static struct {
    uint32_t asker;
    char name[MAX_NAME];
} asked_names[NUM_NAMES];

static void
reset(void)
{
    memset(asked_names, 0, sizeof asked_names);
}

static uint32_t
hash_end(const address *addr, uint32_t port)
{
    return addr->len > 0
               ? (wmem_strong_hash((const uint8_t *)addr->data, (size_t)addr->len) ^ port) | 1
               : 1;
}

/* Notes the file of a request that may show a role. */
static void
note_request(const packet_view_t *packet)
{
    enum { OPERATION = 2, READ = 1 };
    const char *name = (const char *)packet->payload + OPERATION;
    const uint32_t asker = hash_end(&packet->pinfo->src, packet->pinfo->srcport);
    const size_t length = strnlen(name, packet->length - OPERATION);

    if (pntohu16(packet->payload) != READ ||
        role_signatures_match(FACT_BOOT_FILE, name, MIN(length, MAX_NAME)) == 0)
        return;
    if (length >= MAX_NAME) {
        bounds_exceed(BOUND_NAME_BYTES, MAX_NAME - 1);
        return;
    }
    questions_ask(packet, QUESTION_TFTP, 0);
    (void)flow_content_get(packet->pinfo, true);
    asked_names[asker / 2 % NUM_NAMES].asker = asker;
    (void)g_strlcpy(asked_names[asker / 2 % NUM_NAMES].name, name, length + 1);
}

/* The flow of the request has the roles of its ends too: it is another than the transfer's. */
static void
infer_request(packet_info *pinfo)
{
    enum { SERVER = 69 };
    flow_content_t *flow = flow_content_find_by_ends(pinfo, &pinfo->dst, &pinfo->src, false,
                                                     (uint16_t)pinfo->destport, SERVER);
    const role_signature_t *signature = role_signatures_get(FACT_BOOT_FILE, 0);
    packet_info answer = *pinfo;

    if (flow == NULL || signature == NULL || !role_signatures_teaches(signature))
        return;
    answer.srcport = SERVER;
    flow->is_sms = true;
    conclusions_infer(flow, false, &answer, signature);
}

/* Reads the first answer to such a request. */
static void
read_answer(const packet_view_t *packet)
{
    enum { DATA = 3, OPTIONS = 6 };
    const uint8_t *operation = packet_view_bytes(packet, 0, 4);
    const uint32_t asker = hash_end(&packet->pinfo->dst, packet->pinfo->destport);
    flow_content_t *flow;

    if (operation == NULL || (pntohu16(operation) != DATA && pntohu16(operation) != OPTIONS) ||
        asked_names[asker / 2 % NUM_NAMES].asker != asker ||
        !questions_answer(packet, QUESTION_TFTP, 0))
        return;
    /* Before its roles: Wireshark 4.6 has the server's end first, as the sender of this packet. */
    flow = flow_content_get(packet->pinfo, true);
    flow_content_set_ends(flow, packet->pinfo, false);
    inference_add_fact(packet, FACT_BOOT_FILE, asked_names[asker / 2 % NUM_NAMES].name, NULL);
    infer_request(packet->pinfo);
}

static void
read_payload(const packet_view_t *packet)
{
    const handed_out_t out = { .by = HANDED_OUT_TFTP, .as = packet->pinfo->destport };

    if (packet->pinfo->ptype != PT_UDP || packet->payload == NULL)
        return;
    if (packet_view_service(packet) == SERVICE_TFTP) {
        handed_out_add_transfer(packet->pinfo, out);
        if (conclusions_are_learned())
            note_request(packet);
    } else if (conclusions_are_learned()) {
        read_answer(packet);
    }
}

/* Always read, because the audit needs the ports handed out although no roles are learned. */
const evidence_reader_t tftp_reader = {
    .protocol = "tftp",
    .is_always_read = true,
    .read = read_payload,
    .reset = reset,
};
