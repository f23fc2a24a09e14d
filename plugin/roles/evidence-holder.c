/* evidence-holder.c
 * The roles of one host, or of one network of the table, with their evidence
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "evidence-holder.h"

evidence_holder_t *
evidence_holder_new(void)
{
    evidence_holder_t *holder = wmem_new0(wmem_file_scope(), evidence_holder_t);

    holder->evidence = wmem_array_sized_new(wmem_file_scope(), sizeof(role_evidence_t *), 2);
    return holder;
}

role_evidence_t *
evidence_holder_get(const evidence_holder_t *holder, unsigned i)
{
    return *(role_evidence_t **)wmem_array_index(holder->evidence, i);
}

role_evidence_t *
evidence_holder_add(evidence_holder_t *holder, role_e role)
{
    role_evidence_t *evidence = wmem_new0(wmem_file_scope(), role_evidence_t);

    evidence->role = role;
    evidence->site_code = "";
    wmem_array_append_one(holder->evidence, evidence);
    holder->roles |= ROLE_BIT(role);
    return evidence;
}

void
evidence_holder_remove(evidence_holder_t *holder, role_set_t roles)
{
    wmem_array_t *kept = wmem_array_sized_new(wmem_file_scope(), sizeof(role_evidence_t *), 2);

    for (unsigned i = 0; i < wmem_array_get_count(holder->evidence); i++) {
        role_evidence_t *evidence = evidence_holder_get(holder, i);

        if ((roles & ROLE_BIT(evidence->role)) == 0)
            wmem_array_append_one(kept, evidence);
    }
    holder->evidence = kept;
    holder->roles &= ~roles;
}

void
evidence_holder_remove_lone(evidence_holder_t *holder)
{
    role_set_t lone = 0;

    for (unsigned i = 0; i < wmem_array_get_count(holder->evidence); i++) {
        const role_evidence_t *evidence = evidence_holder_get(holder, i);

        if (evidence->if_alone)
            lone |= ROLE_BIT(evidence->role);
    }
    if (lone != 0)
        evidence_holder_remove(holder, lone);
}

role_evidence_t *
evidence_holder_find(const evidence_holder_t *holder, role_e role)
{
    for (unsigned i = 0; i < wmem_array_get_count(holder->evidence); i++) {
        role_evidence_t *evidence = evidence_holder_get(holder, i);

        if (evidence->role == role)
            return evidence;
    }
    return NULL;
}

role_set_t
evidence_holder_roles_at(const evidence_holder_t *holder, standing_e least)
{
    role_set_t roles = 0;

    for (unsigned i = 0; holder != NULL && i < wmem_array_get_count(holder->evidence); i++) {
        const role_evidence_t *evidence = evidence_holder_get(holder, i);

        if (evidence->standing >= least)
            roles |= ROLE_BIT(evidence->role);
    }
    return roles;
}
