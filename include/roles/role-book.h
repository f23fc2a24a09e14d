/* role-book.h
 * The book of roles: which host holds which SMS role, from the user's table and from evidence
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_BOOK_H__
#define __SMSRC_ROLE_BOOK_H__

#include <epan/address.h>
#include <epan/prefs.h>

#include "role.h"

/** Register the table smsrc_roles and what it closes as preferences of @p module. Call once. */
void role_book_register(module_t *module);

/** Drop what was learned and read the table again. Call from an init routine. */
void role_book_reset(void);

/** Drop everything. Call from a cleanup routine. */
void role_book_cleanup(void);

/** True if no host has a role, neither by the table nor by evidence. Cheap. */
bool role_book_is_empty(void);

/**
 * Returns the roles of @p addr: those of the lines of the table with the longest matching prefix,
 * and those learned; 0 for none. About one hash lookup.
 */
role_set_t role_book_roles(const address *addr);

/**
 * The same, and ROLE_INTERNET if @p addr is public, in no line of the table, and not of the
 * organization's own networks. Called for both ends of every packet, and as cheap.
 */
role_set_t role_book_roles_or_internet(const address *addr);

/** Returns those of them whose standing is @p least or better. */
role_set_t role_book_roles_at(const address *addr, standing_e least);

/** Returns the roles that any host or network holds, by the table or by evidence. Cheap. */
role_set_t role_book_held_roles(void);

/**
 * Returns those of @p roles to which @p addr is a stranger, because the table names who holds them
 * and does not name it. Where the table has consoles, no other host is an Administrator console or
 * counts as a Remote Control viewer; by the preference smsrc.audit.strangers that is so for each
 * role of the table.
 */
role_set_t role_book_strange_roles(const address *addr, role_set_t roles);

/**
 * True if @p addr is the broadcast of a network, which holds no role: the last address of a network
 * in the table, or, with @p by_link (a packet to it was a broadcast below IP), any that is not
 * itself in the table.
 */
bool role_book_is_broadcast(const address *addr, bool by_link);

/**
 * Returns the learned ones of them, whose evidence is @p least or better, whatever the table gives.
 */
role_set_t role_book_learned_roles(const address *addr, standing_e least);

/**
 * Grows with every new role and every better standing: a verdict made at an older version may be
 * out of date.
 */
unsigned role_book_version(void);

/** What evidence shows of a host. */
typedef struct {
    role_e role;
    standing_e standing;   /* Unconfirmed or Proven */
    const char *site_code; /* may be NULL */
    uint32_t frame;
    const char *reason; /* is copied */
    bool reported;      /* only another host has shown it, as a name server does */
    bool if_alone;      /* servers do the same: a host that holds a role of a server does not get
                           this one, and loses it when it shows such a role */
} role_finding_t;

/**
 * Add evidence to the book. The first evidence for a role of a host is kept until there is evidence
 * of a better standing, which brings its reason and its frame; a site code is kept until evidence
 * of a better standing has one. A stranger to a role learns it only if it is that of a Remote
 * Control viewer. Returns true if the book has changed. Hosts and evidence are bounded: past the
 * bound (65536 hosts) nothing is learned of further hosts, and bounds.h counts them. A host that is
 * new to the book by a report takes no place in its last half, so that forged names keep no other
 * host out.
 */
bool role_book_learn(const address *addr, const role_finding_t *finding);

/** Makes Unconfirmed what the evidence of this frame has proven of @p addr: it proves nothing. */
void role_book_doubt(const address *addr, uint32_t frame);

/** Takes back what evidence has shown of one role of @p addr: the host cannot hold it. */
void role_book_withdraw(const address *addr, role_e role);

/** Lets role_book_version() grow: a flow has shown more of its roles after it was over. */
void role_book_outdate(void);

/**
 * Returns the evidence for role_book_roles(@p addr), table first, as an array in @p scope; NULL for
 * none. @p count, which may be NULL, is set to its length.
 */
const role_evidence_t *const *role_book_evidence(wmem_allocator_t *scope, const address *addr,
                                                 unsigned *count);

/** Returns the first known site code of @p addr, or "". */
const char *role_book_site_code(const address *addr);

#endif /* __SMSRC_ROLE_BOOK_H__ */
