/* firewall-rules.h
 * The least set of firewall rules that the listed flows of a capture need
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FIREWALL_RULES_H__
#define __SMSRC_FIREWALL_RULES_H__

#include "audit-tap.h"

/** The two ends of a rule. */
enum { RULE_FROM, RULE_TO };

/** Flows of these roles on this port, by one row of the matrix. */
typedef struct {
    unsigned order;      /* of the row: the article's rows first, then the user's */
    char row[16];        /* its id */
    role_set_t roles[2];
    bool by_proxy;       /* the initiator is a proxy that passes a request on */
    transport_e transport;
    uint16_t port;       /* the responder's on the wire; 0 for IPX */
    GTree *hosts[2];     /* addresses, in their order, to how many flows they are in */
    unsigned flows;      /* 0: its last flow has left */
    unsigned blocked;
    bool stale;          /* changed since its reader has cleared this */
    bool shown;          /* the reader's own mark */
} firewall_rule_t;

/** Why a judged flow is in no rule: its verdict, or one of these. */
enum {
    LEFT_OUT_BROADCAST = NUM_VERDICTS, /* no way through a firewall */
    LEFT_OUT_ALONE,   /* nothing but its own content shows a role that its row needs */
    LEFT_OUT_PROXIED, /* judged by its URI's port, and on the wire to the proxy's */
    LEFT_OUT_FULL,    /* more rules or addresses than are kept */
    NUM_LEFT_OUT,
};

typedef struct firewall_rules firewall_rules_t;

firewall_rules_t *firewall_rules_new(void);
void firewall_rules_free(firewall_rules_t *rules);

/** Forget everything: for the reset callback of a tap. */
void firewall_rules_clear(firewall_rules_t *rules);

/**
 * Count a packet of the tap "smsrc_audit". A flow whose verdict changes goes to where it belongs
 * now. False where nothing has changed, which is so for most packets.
 */
bool firewall_rules_update(firewall_rules_t *rules, const packet_info *pinfo,
                           const audit_tap_t *tap);

/** The rules, sorted by row, roles, transport and port; those without any flow left included. */
unsigned firewall_rules_count(const firewall_rules_t *rules);
firewall_rule_t *firewall_rules_at(const firewall_rules_t *rules, unsigned place);

/** Take a rule away that has no flow. */
void firewall_rules_remove(firewall_rules_t *rules, unsigned place);

/** Flows that are in no rule for this reason, and the reason as a user reads it (static). */
unsigned firewall_rules_left_out(const firewall_rules_t *rules, unsigned reason);
const char *firewall_left_out_name(unsigned reason);

/** "Site server, SMS Provider", "No role", "Advanced Client, by a proxy": to be g_free()d. */
char *firewall_rule_roles(const firewall_rule_t *rule, unsigned end);

/** The addresses of an end, at most @p most, then "and N more": to be g_free()d. */
char *firewall_rule_hosts(const firewall_rule_t *rule, unsigned end, unsigned most);

/** The first @p most addresses of @p hosts, of @p type or for AT_NONE of any: to be g_free()d. */
char *firewall_hosts_to_str(GTree *hosts, int type, unsigned most);

/** True for rules that a firewall cannot distinguish: all is equal but the row. */
bool firewall_rule_is_same_but_row(const firewall_rule_t *a, const firewall_rule_t *b);

#endif /* __SMSRC_FIREWALL_RULES_H__ */
