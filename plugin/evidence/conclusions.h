/* conclusions.h
 * What follows from a request and its response: roles in the book, and roles in their flow
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_CONCLUSIONS_H__
#define __SMSRC_CONCLUSIONS_H__

#include "inference.h"
#include "role-book.h"

/* A request that gives a role once the server's response is that of such a server. */
typedef struct pending {
    const role_signature_t *signature;
    asked_t asked;
    char site_code[4];
    char reason[100];
    const char *full_reason; /* lives as long as the packet; then NULL, and the reason is cut */
    uint32_t frame;
    bool by_first_end;        /* the asker has the first address and port of the conversation */
    bool is_sign;             /* it can show another product, and no role */
    bool needs_corroboration; /* the share's name is not enough: a file in it has to match too */
    bool is_granted;          /* that share; its tree is asked.context */
} pending_t;

/* What a response has shown of the two ends of a request. */
typedef struct {
    standing_e server, client;
    bool is_granted; /* by what only such a server has, and no refusal */
    bool has_failed; /* the server has what was asked for, and failed */
    const char *reason;
    const char *site_code;
} finding_t;

/** Drop the state of the capture before. Without @p learn_roles the role book stays as it is. */
void conclusions_reset(bool learn_roles);

/** True if roles are learned in this capture. */
bool conclusions_are_learned(void);

/** How many flows have roles that only their own content shows. */
unsigned conclusions_num_flows(void);

/**
 * Returns the roles of @p addr to whose evidence nothing of this @p standing can be added. Those
 * that only the user's table gives are not among them: they get evidence as well.
 */
role_set_t conclusions_shown_roles(const address *addr, standing_e standing);

/** Learns the @p roles of @p addr. */
void conclusions_learn(const address *addr, role_set_t roles, role_finding_t finding);

/** Infers the roles of both ends, for this flow only. @p to_server: the packet's direction. */
void conclusions_infer(flow_content_t *flow, bool to_server, const packet_info *pinfo,
                       const role_signature_t *signature);

/** Gives the roles of @p pending, whose request was answered by this packet, or proven at once. */
void conclusions_confirm(const pending_t *pending, flow_content_t *flow, packet_info *pinfo,
                         bool to_server, const finding_t *found);

#endif /* __SMSRC_CONCLUSIONS_H__ */
