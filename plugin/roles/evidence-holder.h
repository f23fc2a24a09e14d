/* evidence-holder.h
 * The roles of one host, or of one network of the table, with their evidence
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_HOLDER_H__
#define __SMSRC_EVIDENCE_HOLDER_H__

#include "network-table.h"
#include "role.h"

/** Lives as long as the capture. */
typedef struct {
    role_set_t roles;
    prefix_t network;       /* unused for a host that evidence has shown */
    wmem_array_t *evidence; /* of role_evidence_t * */
} evidence_holder_t;

/** Returns a holder of no role. */
evidence_holder_t *evidence_holder_new(void);

/** Returns the evidence number @p i, which the holder has. */
role_evidence_t *evidence_holder_get(const evidence_holder_t *holder, unsigned i);

/** Adds evidence for @p role, which the holder is to hold. */
role_evidence_t *evidence_holder_add(evidence_holder_t *holder, role_e role);

/** Removes what @p holder has for each of @p roles. */
void evidence_holder_remove(evidence_holder_t *holder, role_set_t roles);

/** Removes the roles of @p holder that count only while it has no other. */
void evidence_holder_remove_lone(evidence_holder_t *holder);

/** Returns the evidence that @p holder has for @p role, or NULL. */
role_evidence_t *evidence_holder_find(const evidence_holder_t *holder, role_e role);

/** Returns the roles of @p holder, which may be NULL, whose standing is @p least or better. */
role_set_t evidence_holder_roles_at(const evidence_holder_t *holder, standing_e least);

#endif /* __SMSRC_EVIDENCE_HOLDER_H__ */
