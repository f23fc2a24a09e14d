/* evidence-smb.c
 * Shares and files of SMB that show a role
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-protocols.h"

#include <wsutil/pint.h>

#include "evidence-facts.h"
#include "evidence-fields.h"

/* MS-CIFS 2.2.3.1, MS-SMB2 2.2.1: the status in the headers, from the protocol's own name on */
#define NBSS_LENGTH 4
#define SMB_STATUS 5
#define SMB2_STATUS 8

#define STATUS_PENDING 0x00000103
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016

static void
add_smb_answer(const packet_t *packet, uint32_t status)
{
    if (evidence_is_waiting() && status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED &&
        evidence_is_from_responder(packet))
        evidence_answer(packet, ANSWER_SMB, status == 0);
}

void
evidence_scan_smb(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, NBSS_LENGTH, SMB_STATUS + 4);

    /* The share, then the file in it, then the answer: the order counts where all are in one. */
    if (evidence_has_item(packet, FIELD_SMB_PATH) && !evidence_is_from_responder(packet))
        evidence_add_facts(packet, FIELD_SMB_PATH, FIELD_SMB_PATH);
    evidence_add_facts(packet, FIELD_SMB_FILE, FIELD_SMB_FILE);
    if (header != NULL && memcmp(header, "\xffSMB", 4) == 0)
        add_smb_answer(packet, pletohu32(header + SMB_STATUS));
}

void
evidence_scan_smb2(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, NBSS_LENGTH, SMB2_STATUS + 4);

    if (evidence_has_item(packet, FIELD_SMB2_TREE) && !evidence_is_from_responder(packet))
        evidence_add_facts(packet, FIELD_SMB2_TREE, FIELD_SMB_PATH);
    /* From 4.6 on the file is named in the answer only. */
    evidence_add_facts(packet, FIELD_SMB2_FILE, FIELD_SMB_FILE);
    if (header != NULL && memcmp(header, "\xfeSMB", 4) == 0)
        add_smb_answer(packet, pletohu32(header + SMB2_STATUS));
}

/* SMB: a status in the header, a share's or a file's name in ASCII or in UTF-16. */
void
evidence_read_smb(const packet_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    bool smb2 = payload[4] == 0xfe;
    bool response = smb2 ? length > 20 && (payload[20] & 1) != 0
                         : length > 13 && (payload[13] & 0x80) != 0;
    char *text;
    unsigned count = 0, start = 0;

    if (length < 36)
        return;
    if (response) {
        uint32_t status = pletohu32(payload + NBSS_LENGTH + (smb2 ? SMB2_STATUS : SMB_STATUS));

        if (status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED)
            evidence_answer(packet, ANSWER_SMB, status == 0);
        return;
    }
    /* UTF-16 without its zero bytes reads as the ASCII it is. */
    text = (char *)wmem_alloc(packet->pinfo->pool, length + 1);
    for (unsigned at = 36; at <= length; at++) {
        if (at < length && g_ascii_isprint(payload[at])) {
            text[count++] = (char)payload[at];
        } else if (at == length || payload[at] != 0 || (at + 1 < length && payload[at + 1] == 0)) {
            text[count] = '\0';
            if (count - start >= 4) {
                const char *path = strstr(text + start, "\\\\");

                if (path != NULL)
                    evidence_add_fact(packet, FIELD_SMB_PATH, path);
                else
                    evidence_add_fact(packet, FIELD_SMB_FILE, text + start);
            }
            start = count;
        }
    }
}
