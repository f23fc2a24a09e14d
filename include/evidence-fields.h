/* evidence-fields.h
 * Which of Wireshark's fields the evidence asks for, and what a packet has of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_FIELDS_H__
#define __SMSRC_EVIDENCE_FIELDS_H__

#include "packet-look.h"
#include "signatures.h"

/** Look up the fields: call from a handoff routine. */
void evidence_fields_init(void);

/** Forget the capture before: call from an init routine. */
void evidence_fields_reset(bool learn_roles);

/** The fields wanted of the next packet: see evidence.h. */
GArray *evidence_fields_wanted(void);

/** True where evidence_fields_wanted() has changed since it was called last. Cheap. */
bool evidence_fields_changed(void);

/** What this packet foretells of later ones. To be asked of each packet, before all else. */
void evidence_fields_foretell(const packet_t *packet);

/** From the next packet on, want the fields of these LAYER_ bits. */
void evidence_fields_expect(unsigned layers);

/** From the next packet on, want all. */
void evidence_fields_expect_all(void);

/** True where the fields of this one of the LAYER_ bits are wanted of this packet. */
bool evidence_fields_are_wanted(unsigned layer);

/** True where they will be wanted of the next packet. */
bool evidence_fields_are_expected(unsigned layer);

/**
 * The packet's items of a field that is wanted, or NULL: those that others want make no
 * difference. Of the field of the lowest number, where several have its name.
 */
const GPtrArray *evidence_items(const packet_t *packet, field_e field);

/** True where the packet has such an item, of any field of the name. */
bool evidence_has_item(const packet_t *packet, field_e field);

/** The number in the first such item; false where there is none. */
bool evidence_number(const packet_t *packet, field_e field, uint32_t *number);

/** The text in the first such item, or NULL. */
const char *evidence_text(const packet_t *packet, field_e field);

/** Each text of the field @p from is a fact @p as (evidence-facts.h). */
void evidence_add_facts(const packet_t *packet, field_e from, field_e as);

#endif /* __SMSRC_EVIDENCE_FIELDS_H__ */
