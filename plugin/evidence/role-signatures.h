/* role-signatures.h
 * The signatures by which SMS roles show themselves, and their patterns
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_SIGNATURES_H__
#define __SMSRC_ROLE_SIGNATURES_H__

#include "product.h"
#include "role.h"

/** The kinds of facts. */
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
    FACT_KERBEROS_SERVICE, /* for which a ticket is asked */
    FACT_NAMESPACE,
    FACT_BOOT_FILE,       /* that a server of TFTP has sent, or one of PXE has named */
    FACT_BOOT_ANSWER,     /* of a server of PXE to Windows' boot program; without a text */
    FACT_SHARE_REMARK,    /* in the list of a server's shares */
    FACT_TLS_NAME,        /* whose a server's name is, and the name */
    FACT_TLS_CERTIFICATE, /* a name in a server's certificate */
    FACT_TLS_CLIENT_CERTIFICATE, /* a purpose of the client's certificate */
    FACT_VIEWER_TO_AGENT, /* Remote Control; without a text */
    FACT_AGENT_TO_VIEWER, /* the same */
    NUM_FACTS
} fact_e;

/** The protocol of the response without which a request does not count. */
typedef enum {
    RESPONSE_NONE, /* the fact counts at once */
    RESPONSE_HTTP,
    RESPONSE_SMB,
    RESPONSE_NBSS,
    RESPONSE_LDAP,
    RESPONSE_TDS,
    RESPONSE_RPC,
    RESPONSE_TLS,
    RESPONSE_KERBEROS,
    RESPONSE_REPLY, /* any bytes from the server */
} response_e;

/** What a response shows, one bit each. An error, a fault, a refusal show none. */
enum {
    SHOWS_SUCCESS = 1 << 0,  /* what was asked for was granted, or done */
    SHOWS_REPLY = 1 << 1,    /* the server has answered, and not refused */
    SHOWS_MP_LIST = 1 << 2,  /* HTTP: a management point's list, or its key */
    SHOWS_CONTENT = 1 << 3,  /* HTTP: content, not a page, JSON or an echo of its path */
    SHOWS_PAGE = 1 << 4,     /* HTTP: an HTML page */
    SHOWS_TAKEN = 1 << 5,    /* HTTP: the method was taken; no HTML page */
    SHOWS_WINDOWS = 1 << 6,  /* HTTP: NTLM or Negotiate is asked for */
    SHOWS_ENTRY = 1 << 7,    /* LDAP: an entry of SMS */
    SHOWS_LOGIN = 1 << 8,    /* TDS: the login is acknowledged */
    SHOWS_POLICY = 1 << 16,  /* HTTP: content that may be a policy */
    SHOWS_PROPERTIES = 1 << 17,    /* HTTP: WebDAV's answer to PROPFIND */
    SHOWS_MESSAGE_TAKEN = 1 << 18, /* HTTP: CCM_POST or BITS_POST was taken */
    SHOWS_SOAP = 1 << 19,          /* HTTP: an envelope of SOAP */
    SHOWS_FAILURE = 1 << 20,       /* HTTP: 405 or 500, which a path that is missing does not get */
};

/** The host that a fact is about. */
typedef enum {
    SUBJECT_REQUEST,       /* the sender is the client, the destination the server */
    SUBJECT_REPLY,         /* the sender is the server */
    SUBJECT_OWNER,         /* the address that the packet names, whichever host sent it */
    SUBJECT_CORROBORATION, /* the server of the pending request for a share in the same flow */
} subject_e;

/** A signature: a row of the table. */
typedef struct {
    fact_e fact;
    const char *pattern; /* PCRE, letters of either case; the group "site" is the site code. NULL
                            where facts of this kind have no text: each of them matches */
    /*
     * The texts of which each match contains one, in letters of either case, with "|" between
     * them. "^" before one: the match begins with it. What can match is filtered by them.
     */
    const char *literal;
    const char *examples; /* texts that match, for the test, with "|" between them */
    subject_e subject;
    response_e response;
    unsigned proof;    /* what in the response proves the server's roles: any of these */
    unsigned hint;     /* what does not refute them: they are Unconfirmed */
    bool proves_asker; /* the request that was answered so proves the client's roles as well:
                          no other host makes it. Else they are Proven if the request carries a
                          token or an account of the client's, and Unconfirmed if not */
    bool needs_second_fact; /* Unconfirmed until a fact of another kind about the host agrees */
    role_set_t second_asker; /* or until an asker who is Proven to be one of these is answered */
    role_set_t server; /* roles learned */
    role_set_t client;
    role_set_t client_of_flow; /* roles inferred for this flow, not learned */
    role_set_t client_of_two;  /* those that are learned, Unconfirmed, once the client has asked
                                  for something of another kind that is_clients as well, as long
                                  as it shows no role of a server */
    bool is_clients;           /* what clients ask for, and hardly anyone else */
    product_set_t only_for;   /* the products of which it teaches roles; 0: all */
    product_set_t speaks_for; /* if answered it shows one of these products; 0: any may be */
    bool asks_anybody; /* the flow of an asker without a role is not judged */
    bool needs_corroboration;
    bool judge_before_response; /* the flow is judged before the response */
    const char *label;
} role_signature_t;

/** The table of signatures (signature-table.c). */
extern const role_signature_t signature_table[];
extern const unsigned signature_table_count;

/** The most signatures of one kind of fact: a set of them has a bit each (uint64_t). */
#define ROLE_SIGNATURES_MAX_OF_FACT 64

/** Derive the filters; patterns are compiled when they are needed. Call from a handoff routine. */
void role_signatures_init(void);

/** Release the patterns. Call from a shutdown routine. */
void role_signatures_shutdown(void);

/** True if the signature teaches the roles of the product that is judged. */
static inline bool
role_signatures_teaches(const role_signature_t *signature)
{
    return signature->only_for == 0 ||
           (signature->only_for & PRODUCT_BIT(product_judged())) != 0;
}

/**
 * Empty the cache of texts, and take the signatures of the product that is judged. Call from an
 * init routine.
 */
void role_signatures_reset(void);

/**
 * Returns the signatures of facts of the kind @p fact that @p text matches, one bit each; 0 for
 * none. Bit i stands for role_signatures_get(fact, i).
 */
uint64_t role_signatures_match(fact_e fact, const char *text, size_t length);

/**
 * Cheap filter: false if no text that begins with the @p length bytes at @p begin can match a
 * signature of @p fact.
 */
bool role_signatures_may_match(fact_e fact, const void *begin, size_t length);

/** The length of the shortest text that can match a signature of @p fact, or less. */
size_t role_signatures_min_length(fact_e fact);

/**
 * The longest text with which every match of @p fact begins, in the letters of the table; a
 * reader searches a payload for it. Static; "" where there is none.
 */
const char *role_signatures_common_prefix(fact_e fact);

/** The signature number @p i of those of @p fact, in the order of the table; NULL past the last. */
const role_signature_t *role_signatures_get(fact_e fact, unsigned i);

/** The site code that the signature number @p i of @p fact finds in @p text, or "". */
void role_signatures_site_code(fact_e fact, unsigned i, const char *text, size_t length,
                               char site[4]);

#endif /* __SMSRC_ROLE_SIGNATURES_H__ */
