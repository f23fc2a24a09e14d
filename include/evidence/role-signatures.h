/* role-signatures.h
 * The signatures by which SMS roles show themselves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_SIGNATURES_H__
#define __SMSRC_ROLE_SIGNATURES_H__

#include "role.h"

/* What a fact is. */
typedef enum {
    FACT_HTTP_METHOD,
    FACT_HTTP_URI,
    FACT_HTTP_HEADER, /* with its end of line */
    FACT_SMB_PATH,
    FACT_SMB_FILE,
    FACT_NBNS_NAME,
    FACT_NBSS_CALLED,
    FACT_NBDGM_DESTINATION,
    FACT_IPX_NAME,
    FACT_LDAP_BASE,
    FACT_LDAP_VALUE,
    FACT_LDAP_ENTRY,
    FACT_TDS_DATABASE,
    FACT_DNS_NAME,
    FACT_NAMESPACE,
    FACT_REMOTE_CONTROL,
    NUM_FACTS
} fact_e;

/* What has to come back before a request counts. */
typedef enum {
    RESPONSE_NONE,  /* the fact speaks for itself */
    RESPONSE_HTTP,  /* 2xx, or 401 and 403: a first leg, or a server that guards what it has */
    RESPONSE_SMB,   /* status 0 */
    RESPONSE_NBSS,  /* a positive session response */
    RESPONSE_LDAP,  /* result 0 */
    RESPONSE_TDS,   /* a response whose first token is no error */
    RESPONSE_REPLY, /* any bytes from the server */
} response_e;

/* Whom a fact is about. */
typedef enum {
    SUBJECT_REQUEST, /* the sender is the client, the destination the server */
    SUBJECT_REPLY,   /* the sender is the server */
    SUBJECT_OWNER,   /* the address that the packet names, by whoever it was sent */
    SUBJECT_HINT,    /* agrees with the share that the same flow has open */
} subject_e;

typedef struct signature {
    fact_e fact;
    const char *pattern; /* PCRE, letters of either case; the group "site" is the site code */
    subject_e about;
    response_e answer;
    role_set_t server; /* roles learned */
    role_set_t client;
    role_set_t client_of_flow; /* roles taken for this flow, not learned */
    bool needs_corroboration;
    bool judge_before_response; /* the flow is judged before it is answered */
    const char *label;
} role_signature_t;

/** Compile the patterns: call from a handoff routine. */
void role_signatures_init(void);

/** Release them: call from a shutdown routine. */
void role_signatures_shutdown(void);

/** Forget the texts met in the capture before: call from an init routine. */
void role_signatures_reset(void);

/** The signatures that @p text, a fact of the kind @p fact, matches: a bit each; 0 for none. */
uint64_t role_signatures_match(fact_e fact, const char *text, size_t length);

/** The signature of bit @p i. */
const role_signature_t *role_signatures_get(unsigned i);

/**
 * True where an answered request of this kind proves the roles: the server has answered as only
 * such a server does. A name, and what Remote Tools say, is said by anybody.
 */
bool signature_proves(const role_signature_t *signature);

/** The site code that the signature of bit @p i finds in @p text, or "". */
void role_signatures_site_code(unsigned i, const char *text, size_t length, char site[4]);

#endif /* __SMSRC_ROLE_SIGNATURES_H__ */
