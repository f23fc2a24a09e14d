/* role-book.h
 * Who holds which SMS role: from the user's table smsrc_roles and from evidence
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

/** Forget what was learned and read the table anew: call from an init routine. */
void role_book_reset(void);

/** Release everything: call from a cleanup routine. */
void role_book_cleanup(void);

/** True where neither the table nor evidence has given a role to anybody. Cheap. */
bool role_book_is_empty(void);

/**
 * The roles of @p addr: those of the longest matching line(s) of the table, and those learned.
 * 0 for none. About a hash lookup an address: the audit asks for both ends of every packet.
 */
role_set_t role_book_roles(const address *addr);

/** Those of them that the user's table gives. */
role_set_t role_book_table_roles(const address *addr);

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
 * What backs the evidence for @p role of @p addr, which role_book_learn() has kept: the packet's
 * @p conversation, and whether it is @p proven, the asked host having answered as only such a
 * server does. Only addresses of conversations are kept and compared; NULL is none that is judged.
 */
void role_book_back(const address *addr, role_e role, const void *conversation, bool proven);

/**
 * The learned roles of @p addr to which evidence from @p conversation, @p proven or not, can add
 * nothing any more.
 */
role_set_t role_book_backed_roles(const address *addr, const void *conversation,
                                        bool proven);

/**
 * The roles of @p addr on which a rule of a firewall may rest, for a flow in @p conversation: the
 * table's, the proven ones, and those that another conversation has shown. The Remote Control of
 * two flows makes no host an Administrator console: that takes the table or a proof.
 */
role_set_t role_book_firm_roles(const address *addr, const void *conversation);

/** Grows with every answer of role_book_firm_roles() that changes within a capture. */
unsigned role_book_firm_version(void);

/** The claims behind role_book_roles(@p addr), table first. @p count: how many. May be NULL. */
const role_evidence_t *const *role_book_evidence(wmem_allocator_t *scope, const address *addr,
                                            unsigned *count);

/** The first known site code of @p addr, or "". */
const char *role_book_site_code(const address *addr);

#endif /* __SMSRC_ROLE_BOOK_H__ */
