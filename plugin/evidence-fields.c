/* evidence-fields.c
 * Which of Wireshark's fields the evidence asks for, and what a packet has of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Each field wanted costs every packet, whether or not it has it, and the packet that has it an
 * item. So a field is wanted only from the packet on that gives reason to expect it: the first of
 * its protocol, or the first message that a packet's own bytes do not hold whole. What that first
 * one says is read from its bytes, as where Wireshark dissects nothing.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence-fields.h"

#include "evidence-facts.h"

/* Several of Wireshark's fields can have one name (ldap.resultCode has three). */
#define MAX_SAME_NAME 4

/* Most items of a field that are read of one packet. */
#define MAX_ITEMS 64

static const char *const field_names[NUM_FIELDS] = {
    [FIELD_EPM_PORT] = "epm.proto.tcp_port",
    [FIELD_HTTP_METHOD] = "http.request.method",
    [FIELD_HTTP_URI] = "http.request.uri",
    [FIELD_HTTP_CODE] = "http.response.code",
    [FIELD_SMB_PATH] = "smb.path",
    [FIELD_SMB_FILE] = "smb.file",
    [FIELD_SMB2_TREE] = "smb2.tree",
    [FIELD_SMB2_FILE] = "smb2.filename",
    [FIELD_NBDGM_DESTINATION] = "nbdgm.destination_name",
    [FIELD_LDAP_BASE] = "ldap.baseObject",
    [FIELD_LDAP_VALUE] = "ldap.assertionValue",
    [FIELD_LDAP_ENTRY] = "ldap.entry",
    [FIELD_LDAP_OBJECT] = "ldap.object",
    [FIELD_LDAP_RESULT] = "ldap.resultCode",
    [FIELD_TDS_DATABASE] = "tds.7login.databasename",
    [FIELD_DNS_NAME] = "dns.qry.name",
    [FIELD_DNS_ADDRESS] = "dns.a",
};

static int hfids[NUM_FIELDS][MAX_SAME_NAME];

#define FIELD_BIT(field) (UINT32_C(1) << (field))
G_STATIC_ASSERT(NUM_FIELDS <= 32);

#define FIELDS_OF_HTTP (FIELD_BIT(FIELD_HTTP_METHOD) | FIELD_BIT(FIELD_HTTP_URI))
#define FIELDS_OF_SMB                                                                     \
    (FIELD_BIT(FIELD_SMB_PATH) | FIELD_BIT(FIELD_SMB_FILE) | FIELD_BIT(FIELD_SMB2_TREE) | \
     FIELD_BIT(FIELD_SMB2_FILE))
#define FIELDS_OF_LDAP                                                                        \
    (FIELD_BIT(FIELD_LDAP_BASE) | FIELD_BIT(FIELD_LDAP_VALUE) | FIELD_BIT(FIELD_LDAP_ENTRY) | \
     FIELD_BIT(FIELD_LDAP_OBJECT))
#define FIELDS_OF_DNS (FIELD_BIT(FIELD_DNS_NAME) | FIELD_BIT(FIELD_DNS_ADDRESS))

/* What only answers have is wanted while a request waits for one. */
#define FIELDS_OF_ANSWERS (FIELD_BIT(FIELD_HTTP_CODE) | FIELD_BIT(FIELD_LDAP_RESULT))

#define FIELDS_OF_REQUESTS ((FIELD_BIT(NUM_FIELDS) - 1) & ~FIELDS_OF_ANSWERS)

/*
 * Wanted always. It stands in a stub that may be in many fragments, and tshark asks but once, at a
 * capture's beginning, whether fields are wanted at all.
 */
#define FIELDS_FROM_THE_START FIELD_BIT(FIELD_EPM_PORT)

static const struct {
    unsigned layers;
    uint32_t fields;
    bool by_bytes; /* read from bytes while these have whole messages: expected by nobody else */
} protocols[] = {
    { LAYER_NBSS | LAYER_SMB | LAYER_SMB2, FIELDS_OF_SMB, false },
    { LAYER_LDAP, FIELDS_OF_LDAP, false },
    { LAYER_TDS, FIELD_BIT(FIELD_TDS_DATABASE), false },
    { LAYER_TLS, FIELDS_OF_HTTP, false }, /* decrypted, it is nowhere in the packet */
    { LAYER_HTTP, FIELDS_OF_HTTP, true },
    { LAYER_DNS, FIELDS_OF_DNS, true },
    { LAYER_NBDGM, FIELD_BIT(FIELD_NBDGM_DESTINATION), true },
};

/* Rebuilt for every capture. */
static bool learning;
static uint32_t wanted;   /* of this packet: FIELD_BIT of each field */
static uint32_t expected; /* of later ones */
static unsigned seen;     /* the layers that brought their fields with them */
static bool plain;        /* a packet was seen whose bytes are there to be read, or are not */

void
evidence_fields_init(void)
{
    for (unsigned i = 0; i < NUM_FIELDS; i++) {
        const header_field_info *info = proto_registrar_get_byname(field_names[i]);
        unsigned count = 0;

        for (unsigned same = 0; same < MAX_SAME_NAME; same++)
            hfids[i][same] = -1;
        /* The one that is found by name is the last of them: the others come before it. */
        while (info != NULL && count < MAX_SAME_NAME) {
            hfids[i][count++] = info->id;
            info = info->same_name_prev_id != -1 ? proto_registrar_get_nth(
                                                       (unsigned)info->same_name_prev_id)
                                                 : NULL;
        }
    }
}

void
evidence_fields_reset(bool learn_roles)
{
    learning = learn_roles;
    expected = FIELDS_OF_REQUESTS; /* until a packet shows that bytes are there to be read */
    seen = 0;
    plain = false;
}

static uint32_t
fields_of_next(void)
{
    if (!learning)
        return FIELDS_FROM_THE_START;
    return expected | (evidence_is_waiting() ? FIELDS_OF_ANSWERS : 0);
}

bool
evidence_fields_changed(void)
{
    return fields_of_next() != wanted;
}

GArray *
evidence_fields_wanted(void)
{
    GArray *fields = g_array_new(FALSE, FALSE, (unsigned)sizeof(int));

    wanted = fields_of_next();
    for (unsigned i = 0; i < NUM_FIELDS; i++) {
        for (unsigned same = 0;
             (wanted & FIELD_BIT(i)) != 0 && same < MAX_SAME_NAME && hfids[i][same] >= 0; same++)
            g_array_append_val(fields, hfids[i][same]);
    }
    return fields;
}

void
evidence_fields_expect(unsigned layers)
{
    for (unsigned i = 0; i < array_length(protocols); i++) {
        if ((layers & protocols[i].layers) != 0)
            expected |= protocols[i].fields;
    }
}

void
evidence_fields_expect_all(void)
{
    expected = FIELDS_OF_REQUESTS;
    plain = true;
}

void
evidence_fields_foretell(const packet_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    unsigned news;

    if (pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP) {
        /* Decrypted, put together from fragments, no packet of a network: fields have to do. */
        if (packet->network == NULL) {
            evidence_fields_expect_all();
        } else if (!plain) {
            expected = FIELDS_FROM_THE_START;
            seen = 0;
            plain = true;
        }
    }
    news = packet->layers & ~seen;
    if (news == 0)
        return;
    seen |= news;
    for (unsigned i = 0; i < array_length(protocols); i++) {
        if (!protocols[i].by_bytes && (news & protocols[i].layers) != 0)
            expected |= protocols[i].fields;
    }
}

static bool
are_among(unsigned layer, uint32_t fields)
{
    for (unsigned i = 0; i < array_length(protocols); i++) {
        if ((layer & protocols[i].layers) != 0)
            return (protocols[i].fields & fields) == protocols[i].fields;
    }
    return true;
}

bool
evidence_fields_are_wanted(unsigned layer)
{
    return !learning || are_among(layer, wanted);
}

bool
evidence_fields_are_expected(unsigned layer)
{
    return !learning || are_among(layer, expected);
}

static const GPtrArray *
items_of(const packet_t *packet, field_e field, unsigned same)
{
    return packet->tree == NULL || (wanted & FIELD_BIT(field)) == 0 || hfids[field][same] < 0
               ? NULL
               : proto_get_finfo_ptr_array(packet->tree, hfids[field][same]);
}

const GPtrArray *
evidence_items(const packet_t *packet, field_e field)
{
    return items_of(packet, field, 0);
}

static field_info *
item_of(const packet_t *packet, field_e field)
{
    for (unsigned same = 0; same < MAX_SAME_NAME; same++) {
        const GPtrArray *items = items_of(packet, field, same);

        if (items != NULL && items->len > 0)
            return (field_info *)items->pdata[0];
    }
    return NULL;
}

bool
evidence_has_item(const packet_t *packet, field_e field)
{
    return item_of(packet, field) != NULL;
}

bool
evidence_number(const packet_t *packet, field_e field, uint32_t *number)
{
    field_info *item = item_of(packet, field);

    if (item == NULL)
        return false;
    *number = fvalue_get_uinteger(SMSRC_FINFO_VALUE(item));
    return true;
}

const char *
evidence_text(const packet_t *packet, field_e field)
{
    field_info *item = item_of(packet, field);

    return item != NULL ? fvalue_get_string(SMSRC_FINFO_VALUE(item)) : NULL;
}

void
evidence_add_facts(const packet_t *packet, field_e from, field_e as)
{
    for (unsigned same = 0; same < MAX_SAME_NAME; same++) {
        const GPtrArray *items = items_of(packet, from, same);

        for (unsigned i = 0; items != NULL && i < items->len && i < MAX_ITEMS; i++)
            evidence_add_fact(packet, as,
                              fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)items->pdata[i])));
    }
}
