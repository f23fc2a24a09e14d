/* role-book.h
 * The book of roles: which host holds which SMS role, from the user's table and from evidence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_BOOK_H__
#define __SMSRC_ROLE_BOOK_H__

#include <epan/address.h>
#include <epan/prefs.h>

#include "role.h"

/** Register the table smsrc_roles as a preference of @p module. Call once. */
void role_book_register(module_t *module);

/** Drop what was learned and read the table again. Call from an init routine. */
void role_book_reset(void);

/** Drop everything. Call from a cleanup routine. */
void role_book_cleanup(void);

/** True if no host has a role, neither by the table nor by evidence. Cheap. */
bool role_book_is_empty(void);

/**
 * Returns the roles of @p addr: those of the lines of the table with the longest matching prefix,
 * and those learned; 0 for none. Called for both ends of every packet: about one hash lookup each.
 */
role_set_t role_book_roles(const address *addr);

/** Returns those of them that the user's table gives. */
role_set_t role_book_table_roles(const address *addr);

/** Returns the roles that any host or network holds, by the table or by evidence. Cheap. */
role_set_t role_book_held_roles(void);

/** Grows with every new role learned: a verdict made at an older version may be out of date. */
unsigned role_book_version(void);

/** What evidence shows of a host. */
typedef struct {
    role_e role;
    const char *site_code; /* may be NULL */
    uint32_t frame;
    const char *reason; /* is copied */
    bool reported;      /* only another host has shown it, as a name server does */
} role_finding_t;

/**
 * Add evidence to the book. The first evidence for a role of a host is kept; of later evidence only
 * the site code is, if none was known. Returns true if the book has changed. Hosts and evidence are
 * bounded: past the bound (65536 hosts) nothing is learned of further hosts, and bounds.h counts
 * them. A host that is new to the book by a report takes no place in its last half, so that forged
 * names keep no other host out.
 */
bool role_book_learn(const address *addr, const role_finding_t *finding);

/**
 * Add to the evidence for @p role of @p addr, which role_book_learn() has kept, the @p conversation
 * that shows it, and whether that is @p proven: the server has answered as only such a server does.
 * Conversations are compared by their address; NULL is one that is not judged.
 */
void role_book_back(const address *addr, role_e role, const void *conversation, bool proven);

/**
 * Returns the learned roles of @p addr to which evidence from @p conversation, @p proven or not,
 * can add nothing more.
 */
role_set_t role_book_backed_roles(const address *addr, const void *conversation, bool proven);

/**
 * Returns the roles of @p addr on which a rule of a firewall may rest, for a flow in
 * @p conversation: those of the table, the proven ones, and those that another conversation has
 * shown. Administrator console is only among them by the table or a proof, because anyone can
 * start Remote Control twice.
 */
role_set_t role_book_firm_roles(const address *addr, const void *conversation);

/** Grows with every change of a result of role_book_firm_roles() within a capture. */
unsigned role_book_firm_version(void);

/**
 * Returns the evidence for role_book_roles(@p addr), table first, as an array in @p scope; NULL for
 * none. @p count, which may be NULL, is set to its length.
 */
const role_evidence_t *const *role_book_evidence(wmem_allocator_t *scope, const address *addr,
                                                 unsigned *count);

/** Returns the first known site code of @p addr, or "". */
const char *role_book_site_code(const address *addr);

#endif /* __SMSRC_ROLE_BOOK_H__ */
