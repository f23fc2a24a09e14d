/* firewall-rules.h
 * The least set of firewall rules that the listed flows of a capture need
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FIREWALL_RULES_H__
#define __SMSRC_FIREWALL_RULES_H__

#include "audit-tap.h"
#include "host-set.h"

/** Flows of these roles on this port, by one row of the matrix. */
typedef struct {
    unsigned order;      /* of the row, as in audit_tap_t */
    char row[16];        /* its id */
    role_set_t roles[NUM_ENDS];
    bool by_proxy;       /* the initiator is a proxy that passes a request on */
    bool unconfirmed;    /* no rule, but a comment that says what to add to the table of roles */
    role_set_t missing[NUM_ENDS]; /* one of these would have to be confirmed; 0: none has to */
    transport_e transport;
    uint16_t port;       /* the responder's on the wire; 0 for IPX */
    host_set_t *hosts[NUM_ENDS];
    unsigned flows;      /* 0: the rule is to be removed */
    unsigned blocked;
    bool stale;          /* changed since the reader has cleared this */
    bool shown;          /* set and read by the reader alone */
} firewall_rule_t;

/** The head of the rules has it: where a reader finds what an attacker can bring into them. */
#define FIREWALL_RULES_TRUST "How far to trust them: plugin/doc/trust.md"

/** Why an audited flow is in no rule: its verdict, or one of these. */
enum {
    LEFT_OUT_BROADCAST = NUM_VERDICTS, /* no firewall forwards it */
    LEFT_OUT_PROXIED, /* the URI's port was judged, and on the wire it is the proxy's */
    LEFT_OUT_FULL,    /* more rules or addresses than are kept */
    NUM_LEFT_OUT,
};

typedef struct firewall_rules firewall_rules_t;

firewall_rules_t *firewall_rules_new(void);
void firewall_rules_free(firewall_rules_t *rules);

/** Remove all rules and counts. Call from the reset callback of a tap. */
void firewall_rules_clear(firewall_rules_t *rules);

/**
 * Count a packet of the tap "smsrc_audit". A flow whose verdict has changed moves to its new rule.
 * False where nothing has changed, as for most packets.
 */
bool firewall_rules_update(firewall_rules_t *rules, const packet_info *pinfo,
                           const audit_tap_t *tap);

/**
 * The rules, sorted by row, roles, transport and port, and among them those without a flow. After
 * them the comments.
 */
unsigned firewall_rules_count(const firewall_rules_t *rules);
firewall_rule_t *firewall_rules_at(const firewall_rules_t *rules, unsigned place);

/** Remove a rule without a flow; any other stays. */
void firewall_rules_remove(firewall_rules_t *rules, unsigned place);

/** The number of flows that are in no rule for this reason, and its name (static). */
unsigned firewall_rules_left_out(const firewall_rules_t *rules, unsigned reason);
const char *firewall_rules_reason_name(unsigned reason);

/**
 * The number of flows that are in a rule by a role that traffic has shown and the user's table of
 * roles does not give, and the words for it.
 */
unsigned firewall_rules_num_learned(const firewall_rules_t *rules);
#define FIREWALL_RULES_LEARNED "by roles that traffic has shown, not smsrc_roles"

/** "Client" or "Advanced Client": the missing roles of an end; "" for none. To be g_free()d. */
char *firewall_rules_missing_to_str(const firewall_rule_t *rule, unsigned end);

/** "Site server, SMS Provider", "No role", "Advanced Client, by a proxy": to be g_free()d. */
char *firewall_rules_roles_to_str(const firewall_rule_t *rule, unsigned end);

/** True for rules that a firewall cannot distinguish: all is equal but the row. */
bool firewall_rules_equal_but_row(const firewall_rule_t *a, const firewall_rule_t *b);

#endif /* __SMSRC_FIREWALL_RULES_H__ */
