/* role-signatures.c
 * The signatures by which SMS roles show themselves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Those of confidence H and M in the project's list of role signatures: Microsoft's KB articles
 * and ports lists, and public tools that talk to real sites. Numbers in the comments below are
 * that list's sections.
 *
 * Left out, for want of a role of ours: software update points, fallback status and state
 * migration points, PXE's TFTP paths, SMS 1.2's SMS_SHR shares; and for want of confidence slp.dll,
 * /SMS_FSP, /SMSSMP and the user agent ccmsetup. The body of a CCM_POST says nothing that its
 * verb does not. sql\query shows a SQL Server, which need not be the site's.
 */

#include "role-signatures.h"

#include "cache.h"

#define R(role) ROLE_BIT(ROLE_##role)
#define SITE "(?<site>[a-z0-9]{3})"
#define SQL_CLIENTS                                                                              \
    (R(SITE_SERVER) | R(MANAGEMENT_POINT) | R(SERVER_LOCATOR_POINT) | R(REPORTING_POINT))

static const role_signature_t signatures[] = {
    /* HTTP (2.1): management point. Site servers poll MPLIST too, so it shows no client. */
    {FACT_HTTP_URI, "^/sms_mp\\w*/\\.sms_aut", SUBJECT_REQUEST, RESPONSE_HTTP, R(MANAGEMENT_POINT),
     0, R(ADVANCED_CLIENT), false, false, "Management point list or certificate"},
    {FACT_HTTP_URI, "^/sms_mp\\w*/\\.sms_(pol|dcm)", SUBJECT_REQUEST, RESPONSE_HTTP,
     R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false, "Policy request"},
    {FACT_HTTP_URI, "^/(ccm_system|ccm_incoming|ccm_outgoing|ccm_client|ccm_sts)(_\\w+)?(/|$)",
     SUBJECT_REQUEST, RESPONSE_HTTP, R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false,
     "Management point directory"},
    {FACT_HTTP_URI, "^/bgb/handler\\.ashx", SUBJECT_REQUEST, RESPONSE_HTTP, R(MANAGEMENT_POINT),
     R(ADVANCED_CLIENT), 0, false, false, "Client notification over HTTP"},
    {FACT_HTTP_METHOD, "^CCM_POST$", SUBJECT_REQUEST, RESPONSE_HTTP, R(MANAGEMENT_POINT),
     R(ADVANCED_CLIENT), 0, false, false, "HTTP method"},
    {FACT_HTTP_METHOD, "^BITS_POST$", SUBJECT_REQUEST, RESPONSE_HTTP, 0, 0, R(ADVANCED_CLIENT),
     false, false, "HTTP method"},
    {FACT_HTTP_HEADER,
     "^(CCMClient(ID|IDSignature|Timestamp\\w*)|ClientToken(Signature)?):", SUBJECT_REQUEST,
     RESPONSE_HTTP, R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false, "HTTP header"},
    /* Pull distribution points, WinPE and gateways have a client's user agent as well: of this
     * flow it is one, which teaches nothing of the host. */
    {FACT_HTTP_HEADER, "^User-Agent: *(SMS CCM|ccmhttp|ConfigMgr Messaging HTTP Sender)",
     SUBJECT_REQUEST, RESPONSE_HTTP, 0, 0, R(ADVANCED_CLIENT), false, false, "HTTP header"},
    /* Distribution point and reporting point. */
    {FACT_HTTP_URI, "^/(nocert_|ccmtokenauth_)?sms_dp_sms(pkg[a-z]?|sig)\\$(/|$)", SUBJECT_REQUEST,
     RESPONSE_HTTP, R(BITS_DISTRIBUTION_POINT), R(ADVANCED_CLIENT), 0, false, false,
     "Package over HTTP"},
    {FACT_HTTP_URI, "^/smsreporting_" SITE "(/|$)", SUBJECT_REQUEST, RESPONSE_HTTP,
     R(REPORTING_POINT), 0, 0, false, false, "Report"},

    /* SMB (2.2): the share's name; one that others use as well needs a file to agree. */
    {FACT_SMB_PATH, "\\\\CAP_" SITE "$", SUBJECT_REQUEST, RESPONSE_SMB, R(CLIENT_ACCESS_POINT), 0,
     R(LEGACY_CLIENT), false, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMSPKG[a-z]\\$$", SUBJECT_REQUEST, RESPONSE_SMB, R(SMB_DISTRIBUTION_POINT),
     0, R(CLIENT), false, false, "Share"},
    /* Site servers have SCCMContentLib$ and SMS_DP$ as well, so that these show neither. */
    {FACT_SMB_PATH, "\\\\SMSSIG\\$$", SUBJECT_REQUEST, RESPONSE_SMB, R(SMB_DISTRIBUTION_POINT), 0,
     R(CLIENT), false, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMS_OCM_DATACACHE$", SUBJECT_REQUEST, RESPONSE_SMB, R(SITE_SERVER), 0,
     R(SITE_SERVER), false, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMS_SITE$", SUBJECT_REQUEST, RESPONSE_SMB, R(SITE_SERVER), R(SITE_SERVER),
     0, false, false, "LAN sender's share"},
    {FACT_SMB_PATH, "\\\\SMS_(?!SHR$)" SITE "$", SUBJECT_REQUEST, RESPONSE_SMB, R(SITE_SERVER), 0,
     R(CLIENT), true, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMS_CPS[a-z]?\\$$", SUBJECT_REQUEST, RESPONSE_SMB, R(SITE_SERVER), 0,
     R(SITE_SERVER), false, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMSClient$", SUBJECT_REQUEST, RESPONSE_SMB, R(MANAGEMENT_POINT), 0,
     R(CLIENT), false, false, "Share"},
    {FACT_SMB_PATH, "\\\\SMSLOGON$", SUBJECT_REQUEST, RESPONSE_SMB, R(DOMAIN_CONTROLLER), 0,
     R(LEGACY_CLIENT), false, false, "Logon point's share"},
    {FACT_SMB_PATH, "\\\\ADMIN\\$$", SUBJECT_REQUEST, RESPONSE_SMB, R(CLIENT), R(SITE_SERVER), 0,
     true, false, "Client push"},
    {FACT_SMB_FILE, "^\\\\?(inboxes|client)(\\\\|$)", SUBJECT_HINT, RESPONSE_SMB, R(SITE_SERVER), 0,
     0, false, false, "File"},
    {FACT_SMB_FILE, "ccmsetup", SUBJECT_HINT, RESPONSE_SMB, R(CLIENT), 0, 0, false, false, "File"},

    /* NetBIOS names (2.2). */
    {FACT_NBNS_NAME, "^MP_" SITE "\\s*<1a>", SUBJECT_OWNER, RESPONSE_NONE, R(MANAGEMENT_POINT), 0,
     0, false, false, "NetBIOS name"},
    {FACT_NBNS_NAME, "^NLB_" SITE "\\s*<1a>", SUBJECT_OWNER, RESPONSE_NONE, R(MANAGEMENT_POINT), 0,
     0, false, false, "NetBIOS name"},
    {FACT_NBNS_NAME, "^SMS_SLP\\s*<1a>", SUBJECT_OWNER, RESPONSE_NONE, R(SERVER_LOCATOR_POINT), 0,
     0, false, false, "NetBIOS name"},
    {FACT_NBNS_NAME, "<4[356]>", SUBJECT_OWNER, RESPONSE_NONE, R(CLIENT), 0, 0, false, false,
     "Remote Tools' NetBIOS name"},
    {FACT_NBNS_NAME, "<44>", SUBJECT_OWNER, RESPONSE_NONE, R(ADMIN_CONSOLE), 0, 0, false, false,
     "Remote Tools' NetBIOS name"},
    {FACT_NBSS_CALLED, "<4[356]>", SUBJECT_REQUEST, RESPONSE_NBSS, R(CLIENT), R(ADMIN_CONSOLE), 0,
     false, false, "NetBIOS session to"},
    {FACT_NBDGM_DESTINATION, "<4[356]>", SUBJECT_REQUEST, RESPONSE_REPLY, R(CLIENT),
     R(ADMIN_CONSOLE), 0, false, false, "NetBIOS datagram to"},
    {FACT_IPX_NAME, "^recognized .*<4[356]>", SUBJECT_REPLY, RESPONSE_NONE, R(CLIENT),
     R(ADMIN_CONSOLE), 0, false, true, "NetBIOS over IPX"},
    {FACT_IPX_NAME, "^find .*<4[356]>", SUBJECT_REQUEST, RESPONSE_REPLY, R(CLIENT),
     R(ADMIN_CONSOLE), 0, false, true, "NetBIOS over IPX"},

    /* Directory, database, DNS, DCOM (2.3). */
    {FACT_LDAP_ENTRY, "^CN=SMS-(Site|MP|SLP)-" SITE "\\b.*CN=System Management", SUBJECT_REQUEST,
     RESPONSE_LDAP, R(DOMAIN_CONTROLLER), R(SITE_SERVER), 0, false, false, "Publishes"},
    {FACT_LDAP_ENTRY, "^CN=SMS-" SITE "-.*CN=System Management", SUBJECT_REQUEST, RESPONSE_LDAP,
     R(DOMAIN_CONTROLLER), R(SITE_SERVER), 0, false, false, "Publishes"},
    {FACT_LDAP_VALUE, "^mSSMS(ManagementPoint|ServerLocatorPoint)$", SUBJECT_REQUEST, RESPONSE_LDAP,
     R(DOMAIN_CONTROLLER), R(ADVANCED_CLIENT), 0, false, false, "Searches for"},
    /* A site server reads sites and boundaries as well, so they show no client. */
    {FACT_LDAP_VALUE, "^mSSMS(Site|RoamingBoundaryRange)$", SUBJECT_REQUEST, RESPONSE_LDAP,
     R(DOMAIN_CONTROLLER), 0, R(ADVANCED_CLIENT), false, false, "Searches for"},
    {FACT_LDAP_BASE, "CN=System Management,CN=System,", SUBJECT_REQUEST, RESPONSE_LDAP,
     R(DOMAIN_CONTROLLER), 0, R(ADVANCED_CLIENT), false, false, "Searches in"},
    {FACT_TDS_DATABASE, "^(SMS|CM)_" SITE "$", SUBJECT_REQUEST, RESPONSE_TDS, R(SQL_SERVER), 0,
     SQL_CLIENTS, false, false, "Login to the site database"},
    {FACT_DNS_NAME, "^_mssms_mp_" SITE "\\._tcp\\.", SUBJECT_OWNER, RESPONSE_NONE,
     R(MANAGEMENT_POINT), 0, 0, false, false, "DNS"},
    {FACT_NAMESPACE, "root[\\\\/]sms([\\\\/]site_" SITE ")?([\\\\/]|$)", SUBJECT_REQUEST,
     RESPONSE_REPLY, R(SMS_PROVIDER), R(ADMIN_CONSOLE), 0, false, false, "WMI namespace"},

    /* Remote Control itself; the agent's answer is its proof. */
    {FACT_REMOTE_CONTROL, "viewer to agent$", SUBJECT_REQUEST, RESPONSE_REPLY, R(CLIENT),
     R(ADMIN_CONSOLE), 0, false, true, "Remote control:"},
    {FACT_REMOTE_CONTROL, "agent to viewer$", SUBJECT_REPLY, RESPONSE_NONE, R(CLIENT),
     R(ADMIN_CONSOLE), 0, false, true, "Remote control:"},
};

static GRegex *patterns[array_length(signatures)];

/* All patterns of a fact in one: most texts match none of them. */
static GRegex *any_patterns[NUM_FACTS];

static GRegex *
compile(const char *pattern, unsigned more)
{
    return g_regex_new(pattern,
                       (GRegexCompileFlags)(G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_OPTIMIZE |
                                            more),
                       (GRegexMatchFlags)0, NULL);
}

static GRegex *
compile_any(fact_e fact)
{
    GString *text = g_string_new(NULL);
    GRegex *any;

    for (unsigned i = 0; i < array_length(signatures); i++) {
        if (signatures[i].fact == fact)
            g_string_append_printf(text, "%s(?:%s)", text->len > 0 ? "|" : "",
                                   signatures[i].pattern);
    }
    any = compile(text->str, G_REGEX_DUPNAMES); /* "site" */
    g_string_free(text, TRUE);
    return any;
}

void
role_signatures_init(void)
{
    for (unsigned i = 0; i < array_length(signatures); i++) {
        if (patterns[i] == NULL)
            patterns[i] = compile(signatures[i].pattern, 0);
    }
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        if (any_patterns[fact] == NULL)
            any_patterns[fact] = compile_any((fact_e)fact);
    }
}

void
role_signatures_shutdown(void)
{
    for (unsigned i = 0; i < array_length(patterns); i++)
        g_clear_pointer(&patterns[i], g_regex_unref);
    for (unsigned fact = 0; fact < NUM_FACTS; fact++)
        g_clear_pointer(&any_patterns[fact], g_regex_unref);
}

/*
 * The signatures that a text matches, by kind of fact and text: texts are repeated (the lines of a
 * request, the name of a share), and a pattern costs more than all else. Rebuilt for every capture.
 * A longer text is matched each time.
 */
#define CACHE_TEXT 118

typedef struct {
    uint8_t fact;
    uint8_t length;
    char text[CACHE_TEXT];
} fact_key_t;

typedef struct {
    uint32_t tag;
    fact_key_t key;
    uint64_t matches;
} cached_matches_t;

static cached_matches_t cached_matches[1024];
static const cache_t cache = { cached_matches, array_length(cached_matches),
                               sizeof cached_matches[0], offsetof(cached_matches_t, key) };

G_STATIC_ASSERT(G_N_ELEMENTS(signatures) <= 64);

void
role_signatures_reset(void)
{
    cache_reset(&cache);
}

/* True where no pattern for such a fact can match, by the second letter: all are anchored. */
static bool
cannot_match(fact_e fact, const char *text, size_t length)
{
    static const char second_letters[] = "bBcCnNsS"; /* of the URIs: "^/sms_", "^/(ccm_... */

    return fact == FACT_HTTP_URI &&
           (length < 2 || text[0] != '/' ||
            memchr(second_letters, text[1], sizeof second_letters - 1) == NULL);
}

static bool
is_match(const GRegex *regex, const char *text, size_t length)
{
    return regex != NULL && g_regex_match_full(regex, text, (gssize)length, 0,
                                               (GRegexMatchFlags)0, NULL, NULL);
}

static uint64_t
match_all(fact_e fact, const char *text, size_t length)
{
    uint64_t matches = 0;

    if (!is_match(any_patterns[fact], text, length))
        return 0;
    for (unsigned i = 0; i < array_length(signatures); i++) {
        if (signatures[i].fact == fact && is_match(patterns[i], text, length))
            matches |= UINT64_C(1) << i;
    }
    return matches;
}

uint64_t
role_signatures_match(fact_e fact, const char *text, size_t length)
{
    cached_matches_t *cached;
    fact_key_t key;
    size_t key_size = offsetof(fact_key_t, text) + length;
    uint32_t hash;

    if (cannot_match(fact, text, length))
        return 0;
    if (length == 0 || length > CACHE_TEXT)
        return match_all(fact, text, length);
    key.fact = (uint8_t)fact;
    key.length = (uint8_t)length;
    memcpy(key.text, text, length);
    hash = wmem_strong_hash((const uint8_t *)text, length) + (uint32_t)fact;
    cached = (cached_matches_t *)cache_find(&cache, hash, &key, key_size);
    if (cached == NULL) {
        cached = (cached_matches_t *)cache_add(&cache, hash, &key, key_size);
        cached->matches = match_all(fact, text, length);
    }
    return cached->matches;
}

const role_signature_t *
role_signatures_get(unsigned i)
{
    return &signatures[i];
}

bool
signature_proves(const role_signature_t *signature)
{
    switch (signature->fact) {
    case FACT_REMOTE_CONTROL:
    case FACT_NBSS_CALLED:
    case FACT_NBDGM_DESTINATION:
    case FACT_IPX_NAME:
        return false;
    default:
        return signature->answer != RESPONSE_NONE;
    }
}

void
role_signatures_site_code(unsigned i, const char *text, size_t length, char site[4])
{
    GMatchInfo *match = NULL;

    site[0] = '\0';
    if (g_regex_get_string_number(patterns[i], "site") < 0)
        return;
    if (g_regex_match_full(patterns[i], text, (gssize)length, 0, (GRegexMatchFlags)0, &match,
                           NULL)) {
        char *code = g_match_info_fetch_named(match, "site");

        if (code != NULL)
            (void)g_strlcpy(site, code, 4);
        g_free(code);
    }
    g_match_info_free(match);
}
