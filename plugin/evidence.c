/* evidence.c
 * How a host shows its SMS role on the wire
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A role is never derived from a port: it comes from a signature. The signatures are those of
 * confidence H and M in the project's list of role signatures (KB articles, Microsoft's ports
 * lists, public tools that talk to real sites); each row of the table below names its source.
 *
 * What is read: Wireshark's own fields where it dissects the protocol; and where it does not
 * (BITS_POST on any port, SMB, LDAP and TDS on odd ports, NBNS taken for DNS) the payload itself.
 * Both become facts, a field and a text, and a fact is what a signature matches.
 *
 * Anybody can ask for /sms_mp: a request gives a role only when it was answered as such a server
 * would answer it, otherwise it was a probe. Names that a host registers itself, and names whose
 * address a server tells, are facts about that address at once.
 *
 * Left out, for want of a role of ours: software update points, fallback status and state
 * migration points, PXE's TFTP paths, SMS 1.2's SMS_SHR shares; and for want of confidence slp.dll,
 * /SMS_FSP, /SMSSMP and the user agent ccmsetup. The body of a CCM_POST says nothing that its
 * verb does not. sql\query shows a SQL Server, which need not be the site's.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence.h"

#include <epan/ipproto.h>
#include <wsutil/pint.h>
#include <wsutil/strtoi.h>

#include "packet-smsrc.h"
#include "role-book.h"

/* The layers of a packet that matter. */
enum {
    LAYER_HTTP = 1 << 0,
    LAYER_SMB = 1 << 1,
    LAYER_SMB2 = 1 << 2,
    LAYER_NBNS = 1 << 3,
    LAYER_NBSS = 1 << 4,
    LAYER_NBDGM = 1 << 5,
    LAYER_LDAP = 1 << 6,
    LAYER_TDS = 1 << 7,
    LAYER_DNS = 1 << 8,
    LAYER_DCERPC = 1 << 9,
    LAYER_ICMP = 1 << 10,
    LAYER_ICMPV6 = 1 << 11,
    LAYER_SMSRC = 1 << 12,
    LAYER_IPX = 1 << 13,
};

static const struct {
    unsigned layer;
    const char *name;
} layer_protos[] = {
    { LAYER_HTTP, "http" },
    { LAYER_SMB, "smb" },
    { LAYER_SMB2, "smb2" },
    { LAYER_NBNS, "nbns" },
    { LAYER_NBSS, "nbss" },
    { LAYER_NBDGM, "nbdgm" },
    { LAYER_LDAP, "ldap" },
    { LAYER_TDS, "tds" },
    { LAYER_DNS, "dns" },
    { LAYER_DCERPC, "dcerpc" },
    { LAYER_ICMP, "icmp" },
    { LAYER_ICMPV6, "icmpv6" },
    { LAYER_SMSRC, "smsrc" },
    { LAYER_IPX, "ipx" },
};

/*
 * The same as a hash table of one step: every packet is asked for its layers. LAYER_SLOTS is a
 * power of two well above the number of layers.
 */
#define LAYER_SLOTS 64
static struct {
    int proto;
    unsigned layer;
} layer_slots[LAYER_SLOTS];

static int proto_ip = -1;
static int proto_ipv6 = -1;
static int proto_tcp = -1;
static int proto_udp = -1;

/* The fields read. The first few are wanted even where nothing is to be learned. */
typedef enum {
    FIELD_EPM_PORT,
    NUM_FIELDS_WITHOUT_LEARNING,
    FIELD_HTTP_METHOD = NUM_FIELDS_WITHOUT_LEARNING,
    FIELD_HTTP_URI,
    FIELD_HTTP_REQUEST_LINE,
    FIELD_HTTP_CODE,
    FIELD_SMB_PATH,
    FIELD_SMB_FILE,
    FIELD_SMB2_TREE,
    FIELD_SMB2_FILE,
    FIELD_NBNS_NAME,
    FIELD_NBNS_ADDRESS,
    FIELD_NBSS_CALLED,
    FIELD_NBDGM_DESTINATION,
    FIELD_LDAP_BASE,
    FIELD_LDAP_VALUE,
    FIELD_LDAP_ENTRY,
    FIELD_LDAP_OBJECT,
    FIELD_LDAP_RESULT,
    FIELD_TDS_DATABASE,
    FIELD_DNS_NAME,
    FIELD_DNS_ADDRESS,
    NUM_FIELDS,
    /* Facts that only the payload shows. */
    FACT_NAMESPACE = NUM_FIELDS,
    FACT_IPX_NAME,
    FACT_REMOTE_CONTROL,
} field_e;

static struct {
    const char *name;
    int hfid;
} fields[NUM_FIELDS] = {
    [FIELD_EPM_PORT] = { "epm.proto.tcp_port", -1 },
    [FIELD_HTTP_METHOD] = { "http.request.method", -1 },
    [FIELD_HTTP_URI] = { "http.request.uri", -1 },
    [FIELD_HTTP_REQUEST_LINE] = { "http.request.line", -1 },
    [FIELD_HTTP_CODE] = { "http.response.code", -1 },
    [FIELD_SMB_PATH] = { "smb.path", -1 },
    [FIELD_SMB_FILE] = { "smb.file", -1 },
    [FIELD_SMB2_TREE] = { "smb2.tree", -1 },
    [FIELD_SMB2_FILE] = { "smb2.filename", -1 },
    [FIELD_NBNS_NAME] = { "nbns.name", -1 },
    [FIELD_NBNS_ADDRESS] = { "nbns.addr", -1 },
    [FIELD_NBSS_CALLED] = { "nbss.called_name", -1 },
    [FIELD_NBDGM_DESTINATION] = { "nbdgm.destination_name", -1 },
    [FIELD_LDAP_BASE] = { "ldap.baseObject", -1 },
    [FIELD_LDAP_VALUE] = { "ldap.assertionValue", -1 },
    [FIELD_LDAP_ENTRY] = { "ldap.entry", -1 },
    [FIELD_LDAP_OBJECT] = { "ldap.object", -1 },
    [FIELD_LDAP_RESULT] = { "ldap.resultCode", -1 },
    [FIELD_TDS_DATABASE] = { "tds.7login.databasename", -1 },
    [FIELD_DNS_NAME] = { "dns.qry.name", -1 },
    [FIELD_DNS_ADDRESS] = { "dns.a", -1 },
};

/* What has to come back before a request counts. */
typedef enum {
    ANSWER_NONE,  /* the fact speaks for itself */
    ANSWER_HTTP,  /* 2xx, or 401 and 403: a first leg, or a server that guards what it has */
    ANSWER_SMB,   /* status 0 */
    ANSWER_NBSS,  /* a positive session response */
    ANSWER_LDAP,  /* result 0 */
    ANSWER_REPLY, /* any bytes from the server: RPC and TDS answer no stranger */
} answer_e;

/* Whom a fact is about. */
typedef enum {
    ABOUT_REQUEST, /* the sender is the client, the destination the server */
    ABOUT_REPLY,   /* the sender is the server */
    ABOUT_OWNER,   /* the address that the packet names, by whoever it was sent */
    ABOUT_HINT,    /* agrees with the share that the same flow has open */
} about_e;

typedef struct signature {
    field_e field;
    const char *pattern; /* PCRE, letters of either case; the group "site" is the site code */
    about_e about;
    answer_e answer;
    smsrc_role_set_t server; /* roles learned */
    smsrc_role_set_t client;
    smsrc_role_set_t client_implied; /* roles taken for this flow, not learned */
    bool needs_hint;
    bool imply_now; /* the flow is judged before it is answered */
    const char *label;
} signature_t;

#define R(role) SMSRC_ROLE_BIT(SMSRC_ROLE_##role)
#define SITE "(?<site>[a-z0-9]{3})"
#define SQL_CLIENTS                                                                              \
    (R(SITE_SERVER) | R(MANAGEMENT_POINT) | R(SERVER_LOCATOR_POINT) | R(REPORTING_POINT))

static const signature_t signatures[] = {
    /* HTTP (2.1): management point. Site servers poll MPLIST too, so it shows no client. */
    { FIELD_HTTP_URI, "^/sms_mp\\w*/\\.sms_aut", ABOUT_REQUEST, ANSWER_HTTP, R(MANAGEMENT_POINT), 0,
      R(ADVANCED_CLIENT), false, false, "Management point list or certificate" },
    { FIELD_HTTP_URI, "^/sms_mp\\w*/\\.sms_(pol|dcm)", ABOUT_REQUEST, ANSWER_HTTP,
      R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false, "Policy request" },
    { FIELD_HTTP_URI, "^/(ccm_system|ccm_incoming|ccm_outgoing|ccm_client|ccm_sts)(_\\w+)?(/|$)",
      ABOUT_REQUEST, ANSWER_HTTP, R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false,
      "Management point directory" },
    { FIELD_HTTP_URI, "^/bgb/handler\\.ashx", ABOUT_REQUEST, ANSWER_HTTP, R(MANAGEMENT_POINT),
      R(ADVANCED_CLIENT), 0, false, false, "Client notification over HTTP" },
    { FIELD_HTTP_METHOD, "^CCM_POST$", ABOUT_REQUEST, ANSWER_HTTP, R(MANAGEMENT_POINT),
      R(ADVANCED_CLIENT), 0, false, false, "HTTP method" },
    { FIELD_HTTP_METHOD, "^BITS_POST$", ABOUT_REQUEST, ANSWER_HTTP, 0, 0, R(ADVANCED_CLIENT), false,
      false, "HTTP method" },
    { FIELD_HTTP_REQUEST_LINE, "^(CCMClient(ID|IDSignature|Timestamp\\w*)|ClientToken(Signature)?):",
      ABOUT_REQUEST, ANSWER_HTTP, R(MANAGEMENT_POINT), R(ADVANCED_CLIENT), 0, false, false,
      "HTTP header" },
    { FIELD_HTTP_REQUEST_LINE, "^User-Agent: *(SMS CCM|ccmhttp|ConfigMgr Messaging HTTP Sender)",
      ABOUT_REQUEST, ANSWER_HTTP, 0, R(ADVANCED_CLIENT), 0, false, false, "HTTP header" },
    /* Distribution point and reporting point. */
    { FIELD_HTTP_URI, "^/(nocert_|ccmtokenauth_)?sms_dp_sms(pkg[a-z]?|sig)\\$(/|$)", ABOUT_REQUEST,
      ANSWER_HTTP, R(BITS_DISTRIBUTION_POINT), R(ADVANCED_CLIENT), 0, false, false,
      "Package over HTTP" },
    { FIELD_HTTP_URI, "^/smsreporting_" SITE "(/|$)", ABOUT_REQUEST, ANSWER_HTTP,
      R(REPORTING_POINT), 0, 0, false, false, "Report" },

    /* SMB (2.2): the share's name; one that others use as well needs a file to agree. */
    { FIELD_SMB_PATH, "\\\\CAP_" SITE "$", ABOUT_REQUEST, ANSWER_SMB, R(CLIENT_ACCESS_POINT), 0,
      R(LEGACY_CLIENT), false, false, "Share" },
    { FIELD_SMB_PATH, "\\\\SMSPKG[a-z]\\$$", ABOUT_REQUEST, ANSWER_SMB, R(SMB_DISTRIBUTION_POINT),
      0, R(CLIENT), false, false, "Share" },
    { FIELD_SMB_PATH, "\\\\(SCCMContentLib\\$|SMSSIG\\$|SMS_DP\\$|SMS_OCM_DATACACHE)$",
      ABOUT_REQUEST, ANSWER_SMB, R(SMB_DISTRIBUTION_POINT), 0, R(CLIENT), false, false, "Share" },
    { FIELD_SMB_PATH, "\\\\SMS_SITE$", ABOUT_REQUEST, ANSWER_SMB, R(SITE_SERVER), R(SITE_SERVER), 0,
      false, false, "LAN sender's share" },
    { FIELD_SMB_PATH, "\\\\SMS_(?!SHR$)" SITE "$", ABOUT_REQUEST, ANSWER_SMB, R(SITE_SERVER), 0,
      R(CLIENT), true, false, "Share" },
    { FIELD_SMB_PATH, "\\\\SMS_CPS[a-z]?\\$$", ABOUT_REQUEST, ANSWER_SMB, R(SITE_SERVER), 0, 0,
      false, false, "Share" },
    { FIELD_SMB_PATH, "\\\\SMSClient$", ABOUT_REQUEST, ANSWER_SMB, R(MANAGEMENT_POINT), 0,
      R(CLIENT), false, false, "Share" },
    { FIELD_SMB_PATH, "\\\\SMSLOGON$", ABOUT_REQUEST, ANSWER_SMB, R(DOMAIN_CONTROLLER), 0,
      R(LEGACY_CLIENT), false, false, "Logon point's share" },
    { FIELD_SMB_PATH, "\\\\ADMIN\\$$", ABOUT_REQUEST, ANSWER_SMB, R(CLIENT), R(SITE_SERVER), 0, true,
      false, "Client push" },
    { FIELD_SMB_FILE, "^\\\\?(inboxes|client)(\\\\|$)", ABOUT_HINT, ANSWER_SMB, R(SITE_SERVER), 0, 0,
      false, false, "File" },
    { FIELD_SMB_FILE, "ccmsetup", ABOUT_HINT, ANSWER_SMB, R(CLIENT), 0, 0, false, false, "File" },

    /* NetBIOS names (2.2). */
    { FIELD_NBNS_NAME, "^MP_" SITE "\\s*<1a>", ABOUT_OWNER, ANSWER_NONE, R(MANAGEMENT_POINT), 0, 0,
      false, false, "NetBIOS name" },
    { FIELD_NBNS_NAME, "^NLB_" SITE "\\s*<1a>", ABOUT_OWNER, ANSWER_NONE, R(MANAGEMENT_POINT), 0, 0,
      false, false, "NetBIOS name" },
    { FIELD_NBNS_NAME, "^SMS_SLP\\s*<1a>", ABOUT_OWNER, ANSWER_NONE, R(SERVER_LOCATOR_POINT), 0, 0,
      false, false, "NetBIOS name" },
    { FIELD_NBNS_NAME, "<4[356]>", ABOUT_OWNER, ANSWER_NONE, R(CLIENT), 0, 0, false, false,
      "NetBIOS name" },
    { FIELD_NBNS_NAME, "<44>", ABOUT_OWNER, ANSWER_NONE, R(ADMIN_CONSOLE), 0, 0, false, false,
      "NetBIOS name" },
    { FIELD_NBSS_CALLED, "<4[356]>", ABOUT_REQUEST, ANSWER_NBSS, R(CLIENT), R(ADMIN_CONSOLE), 0,
      false, false, "NetBIOS session to" },
    { FIELD_NBDGM_DESTINATION, "<4[356]>", ABOUT_REQUEST, ANSWER_REPLY, R(CLIENT),
      R(ADMIN_CONSOLE), 0, false, false, "NetBIOS datagram to" },
    { FACT_IPX_NAME, "^recognized .*<4[356]>", ABOUT_REPLY, ANSWER_NONE, R(CLIENT),
      R(ADMIN_CONSOLE), 0, false, true, "NetBIOS over IPX" },
    { FACT_IPX_NAME, "^find .*<4[356]>", ABOUT_REQUEST, ANSWER_REPLY, R(CLIENT), R(ADMIN_CONSOLE),
      0, false, true, "NetBIOS over IPX" },

    /* Directory, database, DNS, DCOM (2.3). */
    { FIELD_LDAP_ENTRY, "^CN=SMS-(Site|MP|SLP)-" SITE "\\b.*CN=System Management", ABOUT_REQUEST,
      ANSWER_LDAP, R(DOMAIN_CONTROLLER), R(SITE_SERVER), 0, false, false, "Publishes" },
    { FIELD_LDAP_ENTRY, "^CN=SMS-" SITE "-.*CN=System Management", ABOUT_REQUEST, ANSWER_LDAP,
      R(DOMAIN_CONTROLLER), R(SITE_SERVER), 0, false, false, "Publishes" },
    { FIELD_LDAP_VALUE, "^mSSMS(ManagementPoint|ServerLocatorPoint|RoamingBoundaryRange)$",
      ABOUT_REQUEST, ANSWER_LDAP, R(DOMAIN_CONTROLLER), R(ADVANCED_CLIENT), 0, false, false,
      "Searches for" },
    { FIELD_LDAP_VALUE, "^mSSMSSite$", ABOUT_REQUEST, ANSWER_LDAP, R(DOMAIN_CONTROLLER), 0,
      R(ADVANCED_CLIENT), false, false, "Searches for" },
    { FIELD_LDAP_BASE, "CN=System Management,CN=System,", ABOUT_REQUEST, ANSWER_LDAP,
      R(DOMAIN_CONTROLLER), 0, R(ADVANCED_CLIENT), false, false, "Searches in" },
    { FIELD_TDS_DATABASE, "^(SMS|CM)_" SITE "$", ABOUT_REQUEST, ANSWER_REPLY, R(SQL_SERVER), 0,
      SQL_CLIENTS, false, false, "Login to the site database" },
    { FIELD_DNS_NAME, "^_mssms_mp_" SITE "\\._tcp\\.", ABOUT_OWNER, ANSWER_NONE,
      R(MANAGEMENT_POINT), 0, 0, false, false, "DNS" },
    { FACT_NAMESPACE, "root[\\\\/]sms([\\\\/]site_" SITE ")?", ABOUT_REQUEST, ANSWER_REPLY,
      R(SMS_PROVIDER), R(ADMIN_CONSOLE), 0, false, false, "WMI namespace" },

    /* Remote Control itself; the agent's answer is its proof. */
    { FACT_REMOTE_CONTROL, "viewer to agent$", ABOUT_REQUEST, ANSWER_REPLY, R(CLIENT),
      R(ADMIN_CONSOLE), 0, false, true, "Remote control:" },
    { FACT_REMOTE_CONTROL, "agent to viewer$", ABOUT_REPLY, ANSWER_NONE, R(CLIENT),
      R(ADMIN_CONSOLE), 0, false, true, "Remote control:" },
};

/* Longest text that a signature is tried on, and that a reason quotes. */
#define MAX_FACT 1024
#define MAX_QUOTE 80

/* How much of a payload is read. */
#define MAX_PAYLOAD 2048

#define MAX_ENDPOINTS 4096

static GRegex *patterns[array_length(signatures)];

/* Rebuilt for every capture. */
static wmem_map_t *rpc_endpoints; /* address to a set of ports */
static unsigned num_endpoints;
static unsigned implied_flows;
static bool learning;

void
evidence_init(void)
{
    proto_ip = proto_get_id_by_filter_name("ip");
    proto_ipv6 = proto_get_id_by_filter_name("ipv6");
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_udp = proto_get_id_by_filter_name("udp");
    for (unsigned i = 0; i < LAYER_SLOTS; i++)
        layer_slots[i].proto = -1;
    for (unsigned i = 0; i < array_length(layer_protos); i++) {
        int proto = proto_get_id_by_filter_name(layer_protos[i].name);
        unsigned slot = (unsigned)proto % LAYER_SLOTS;

        if (proto < 0)
            continue;
        while (layer_slots[slot].proto != -1)
            slot = (slot + 1) % LAYER_SLOTS;
        layer_slots[slot].proto = proto;
        layer_slots[slot].layer = layer_protos[i].layer;
    }
    for (unsigned i = 0; i < NUM_FIELDS; i++)
        fields[i].hfid = proto_registrar_get_id_byname(fields[i].name);
    for (unsigned i = 0; i < array_length(signatures); i++) {
        if (patterns[i] == NULL)
            patterns[i] = g_regex_new(signatures[i].pattern,
                                      (GRegexCompileFlags)(G_REGEX_CASELESS | G_REGEX_RAW |
                                                           G_REGEX_OPTIMIZE),
                                      (GRegexMatchFlags)0, NULL);
    }
}

void
evidence_shutdown(void)
{
    for (unsigned i = 0; i < array_length(patterns); i++) {
        if (patterns[i] != NULL)
            g_regex_unref(patterns[i]);
        patterns[i] = NULL;
    }
}

static unsigned
endpoint_hash(const void *key)
{
    const address *addr = (const address *)key;

    return wmem_strong_hash((const uint8_t *)addr->data, (size_t)addr->len);
}

static gboolean
endpoint_equal(const void *a, const void *b)
{
    return addresses_equal((const address *)a, (const address *)b);
}

void
evidence_reset(bool learn_roles)
{
    learning = learn_roles;
    rpc_endpoints = wmem_map_new(wmem_file_scope(), endpoint_hash, endpoint_equal);
    num_endpoints = 0;
    implied_flows = 0;
}

GArray *
evidence_wanted_fields(bool learn)
{
    GArray *wanted = g_array_new(FALSE, FALSE, (unsigned)sizeof(int));

    for (unsigned i = 0; i < (learn ? NUM_FIELDS : NUM_FIELDS_WITHOUT_LEARNING); i++) {
        if (fields[i].hfid >= 0)
            g_array_append_val(wanted, fields[i].hfid);
    }
    return wanted;
}

/* The layer that a protocol is; 0 for one that does not matter. */
static unsigned
layer_of(int proto)
{
    for (unsigned slot = (unsigned)proto % LAYER_SLOTS; layer_slots[slot].proto != -1;
         slot = (slot + 1) % LAYER_SLOTS) {
        if (layer_slots[slot].proto == proto)
            return layer_slots[slot].layer;
    }
    return 0;
}

evidence_layers_t
evidence_look(const packet_info *pinfo)
{
    evidence_layers_t look = { 0, false, false, false };

    for (wmem_list_frame_t *frame = wmem_list_head(pinfo->layers); frame != NULL;
         frame = wmem_list_frame_next(frame))
        look.layers |= layer_of(GPOINTER_TO_INT(wmem_list_frame_data(frame)));
    look.icmp_error = (look.layers & (LAYER_ICMP | LAYER_ICMPV6)) != 0;
    look.remote_control = (look.layers & LAYER_SMSRC) != 0;
    look.ipx = (look.layers & LAYER_IPX) != 0;
    return look;
}

unsigned
evidence_implied_flows(void)
{
    return implied_flows;
}

/*
 * Fields
 */

static const GPtrArray *
items_of(proto_tree *tree, field_e field)
{
    return tree == NULL || fields[field].hfid < 0
               ? NULL
               : proto_get_finfo_ptr_array(tree, fields[field].hfid);
}

static const field_info *
item_of(proto_tree *tree, field_e field)
{
    const GPtrArray *items = items_of(tree, field);

    return items != NULL && items->len > 0 ? (const field_info *)items->pdata[0] : NULL;
}

static bool
number_of(proto_tree *tree, field_e field, uint32_t *number)
{
    const field_info *item = item_of(tree, field);

    if (item == NULL)
        return false;
    *number = fvalue_get_uinteger(SMSRC_FINFO_VALUE((field_info *)item));
    return true;
}

static const char *
text_of(proto_tree *tree, field_e field)
{
    const field_info *item = item_of(tree, field);

    return item != NULL ? fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)item)) : NULL;
}

/*
 * The header of a protocol, from its own item at the top of the tree: @p length bytes of it, or
 * NULL where they were not captured. The last such item of the packet counts.
 *
 * Every field wanted costs something for every packet, a byte read here costs nothing.
 */
static const uint8_t *
header_of(proto_tree *tree, unsigned layer, unsigned length)
{
    const field_info *header = NULL;

    for (const proto_node *node = tree != NULL ? tree->first_child : NULL; node != NULL;
         node = node->next) {
        const field_info *item = PNODE_FINFO(node);

        if (item != NULL && item->ds_tvb != NULL && layer_of(item->hfinfo->id) == layer)
            header = item;
    }
    if (header == NULL ||
        tvb_captured_length_remaining(header->ds_tvb, header->start) < (int)length)
        return NULL;
    return tvb_get_ptr(header->ds_tvb, header->start, (int)length);
}

/*
 * The packet's payload, as far as it is read; NULL where it has none. @p tvb: all of it.
 *
 * The fields tcp.payload and udp.payload would cost as much as all else the audit does, for
 * every packet. The protocols' own items cost nothing: they stand at the top of the tree with
 * their place in the frame, and the last ones are those of the packet's own ends. Where the
 * payload ends, the headers say: behind it may be Ethernet's padding.
 */
static const uint8_t *
payload_of(const packet_info *pinfo, proto_tree *tree, unsigned *length, tvbuff_t **tvb)
{
    int transport = pinfo->ptype == PT_TCP ? proto_tcp : proto_udp;
    const field_info *ip = NULL, *header = NULL;
    bool ipv6 = false;
    int start, end, captured;

    if (tree == NULL)
        return NULL;
    for (const proto_node *node = tree->first_child; node != NULL; node = node->next) {
        const field_info *item = PNODE_FINFO(node);

        if (item == NULL || item->ds_tvb == NULL)
            continue;
        if (item->hfinfo->id == proto_ip || item->hfinfo->id == proto_ipv6) {
            ip = item;
            ipv6 = item->hfinfo->id == proto_ipv6;
            header = NULL;
        } else if (item->hfinfo->id == transport) {
            header = item;
        }
    }
    if (header == NULL)
        return NULL;
    start = header->start + (transport == proto_tcp ? header->length : 8);
    end = start + tvb_reported_length_remaining(header->ds_tvb, start);
    if (transport == proto_udp && tvb_captured_length_remaining(header->ds_tvb, header->start) >= 8)
        end = header->start + tvb_get_ntohs(header->ds_tvb, header->start + 4);
    else if (ip != NULL && ip->ds_tvb == header->ds_tvb &&
             tvb_captured_length_remaining(ip->ds_tvb, ip->start) >= 20)
        end = ipv6 ? ip->start + 40 + tvb_get_ntohs(ip->ds_tvb, ip->start + 4)
                   : ip->start + tvb_get_ntohs(ip->ds_tvb, ip->start + 2);
    /* A segment that was never on the wire as such has no length in its IP header. */
    if (end <= header->start)
        end = start + tvb_reported_length_remaining(header->ds_tvb, start);
    captured = MIN(end - start, tvb_captured_length_remaining(header->ds_tvb, start));
    if (captured <= 0)
        return NULL;
    *length = MIN((unsigned)captured, MAX_PAYLOAD);
    if (tvb != NULL)
        *tvb = tvb_new_subset_length_caplen(header->ds_tvb, start, captured,
                                            MIN(end - start, tvb_reported_length_remaining(
                                                                 header->ds_tvb, start)));
    return tvb_get_ptr(header->ds_tvb, start, (int)*length);
}

/*
 * From facts to roles
 */

static void
learn(const address *addr, smsrc_role_set_t roles, const char *site_code, uint32_t frame,
      const char *reason)
{
    for (unsigned role = 0; learning && role < SMSRC_NUM_ROLES; role++) {
        if ((roles & SMSRC_ROLE_BIT(role)) != 0)
            role_book_learn(addr, (smsrc_role_e)role, site_code, frame, reason);
    }
}

static void
imply(flow_t *flow, bool to_server, const packet_info *pinfo, const signature_t *signature)
{
    bool sure, initiator = flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
    smsrc_role_set_t client = signature->client | signature->client_implied;
    bool client_initiates = to_server == initiator;

    if (flow->implied_initiator == 0 && flow->implied_responder == 0)
        implied_flows++;
    flow->implied_initiator |= client_initiates ? client : signature->server;
    flow->implied_responder |= client_initiates ? signature->server : client;
}

/* The request behind @p pending was answered: @p to_server tells which way this packet goes. */
static void
settle(const pending_t *pending, flow_t *flow, packet_info *pinfo, bool to_server)
{
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;

    if (!flow->proxied)
        learn(server, pending->signature->server, pending->site_code, pending->frame,
              pending->reason);
    learn(client, pending->signature->client, pending->site_code, pending->frame, pending->reason);
    if (flow->proxied || pending->signature->client_implied != 0)
        imply(flow, to_server, pinfo, pending->signature);
}

static void
add_pending(flow_t *flow, const pending_t *pending)
{
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature == pending->signature) {
            flow->pending[i] = *pending;
            return;
        }
    }
    if (flow->num_pending < FLOW_MAX_PENDING)
        flow->pending[flow->num_pending++] = *pending;
    else
        flow->pending[FLOW_MAX_PENDING - 1] = *pending;
}

/* The addresses of a name's owner, as the packet has them. */
static void
learn_owner(packet_info *pinfo, proto_tree *tree, const pending_t *pending, field_e field)
{
    const GPtrArray *items = items_of(tree, field);

    for (unsigned i = 0; items != NULL && i < items->len && i < 16; i++) {
        const field_info *item = (const field_info *)items->pdata[i];
        address owner;

        if (item->ds_tvb == NULL || item->length != 4 ||
            tvb_captured_length_remaining(item->ds_tvb, item->start) < 4)
            continue;
        set_address(&owner, AT_IPv4, 4, tvb_get_ptr(item->ds_tvb, item->start, 4));
        learn(&owner, pending->signature->server, pending->site_code, pinfo->num, pending->reason);
    }
}

/* Text from the capture, fit to be shown. */
static const char *
quote_text(wmem_allocator_t *scope, const char *text, size_t length)
{
    char *quote = wmem_strndup(scope, text, length);

    for (char *c = quote; *c != '\0'; c++) {
        if (!g_ascii_isprint(*c))
            *c = '.';
    }
    return quote;
}

/* A fact of this packet: try the signatures. @p owner is the field with the owner's address. */
static void
add_fact(packet_info *pinfo, proto_tree *tree, field_e field, const char *text, const address *owner,
         field_e owner_field)
{
    size_t length = text != NULL ? strnlen(text, MAX_FACT) : 0;

    if (length == 0)
        return;
    for (unsigned i = 0; i < array_length(signatures); i++) {
        const signature_t *signature = &signatures[i];
        GMatchInfo *match = NULL;

        if (signature->field != field || patterns[i] == NULL)
            continue;
        if (g_regex_match_full(patterns[i], text, (gssize)length, 0, (GRegexMatchFlags)0, &match,
                               NULL)) {
            char *site = g_match_info_fetch_named(match, "site");
            const char *quote = quote_text(pinfo->pool, text, MIN(length, MAX_QUOTE));
            pending_t pending = { signature, "", NULL, pinfo->num, signature->needs_hint };
            flow_t *flow = signature->about == ABOUT_OWNER ? NULL : flow_of_packet(pinfo, true);

            pending.reason = wmem_strdup_printf(pinfo->pool, "%s %s", signature->label, quote);
            if (site != NULL)
                g_strlcpy(pending.site_code, site, sizeof pending.site_code);
            g_free(site);
            switch (signature->about) {
            case ABOUT_OWNER:
                if (owner != NULL)
                    learn(owner, signature->server, pending.site_code, pinfo->num, pending.reason);
                else
                    learn_owner(pinfo, tree, &pending, owner_field);
                break;
            case ABOUT_REPLY:
                settle(&pending, flow, pinfo, false);
                if (signature->imply_now)
                    imply(flow, false, pinfo, signature);
                break;
            case ABOUT_HINT:
                for (unsigned p = 0; p < flow->num_pending; p++) {
                    if (flow->pending[p].signature->server == signature->server)
                        flow->pending[p].needs_hint = false;
                }
                break;
            case ABOUT_REQUEST:
                if (signature->imply_now)
                    imply(flow, true, pinfo, signature);
                pending.reason = wmem_strdup(wmem_file_scope(), pending.reason);
                add_pending(flow, &pending);
                break;
            }
        }
        g_match_info_free(match);
    }
}

static void
add_facts(packet_info *pinfo, proto_tree *tree, field_e from, field_e as)
{
    const GPtrArray *items = items_of(tree, from);

    for (unsigned i = 0; items != NULL && i < items->len && i < 64; i++)
        add_fact(pinfo, tree, as,
                 fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)items->pdata[i])), NULL,
                 NUM_FIELDS);
}

/* Forget or settle what waits for an answer of this kind. */
static void
add_answer(packet_info *pinfo, answer_e answer, bool good)
{
    flow_t *flow = flow_of_packet(pinfo, false);
    unsigned kept = 0;

    if (flow == NULL || flow->num_pending == 0)
        return;
    for (unsigned i = 0; i < flow->num_pending; i++) {
        pending_t *pending = &flow->pending[i];

        if (pending->signature->answer != answer || pending->needs_hint) {
            flow->pending[kept++] = *pending;
            continue;
        }
        if (good && pending->frame != pinfo->num)
            settle(pending, flow, pinfo, false);
    }
    flow->num_pending = (uint8_t)kept;
}

/*
 * What Wireshark dissected
 */

/* "http://mp01:8080/SMS_MP/...": a request to a proxy. The port of the URI, 80 unless told. */
static const char *
split_uri(const char *uri, uint16_t *port)
{
    const char *host, *path, *colon;

    *port = 0;
    if (g_ascii_strncasecmp(uri, "http://", 7) != 0)
        return uri;
    host = uri + 7;
    path = strchr(host, '/');
    if (path == NULL)
        return uri;
    colon = g_strrstr_len(host, path - host, ":");
    *port = 80;
    if (colon != NULL && (!ws_strtou16(colon + 1, NULL, port) || *port == 0))
        *port = 80;
    return path;
}

static void
add_uri(packet_info *pinfo, proto_tree *tree, const char *uri)
{
    uint16_t port;
    const char *path = split_uri(uri, &port);
    char *decoded = g_uri_unescape_string(path, NULL);
    flow_t *flow = flow_of_packet(pinfo, port != 0);

    if (flow != NULL && (port != 0 || flow->proxied)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    add_fact(pinfo, tree, FIELD_HTTP_URI, decoded != NULL ? decoded : path, NULL, NUM_FIELDS);
    g_free(decoded);
}

static void
scan_http(packet_info *pinfo, proto_tree *tree)
{
    const GPtrArray *uris = items_of(tree, FIELD_HTTP_URI);
    uint32_t code;

    if (number_of(tree, FIELD_HTTP_CODE, &code))
        add_answer(pinfo, ANSWER_HTTP, code / 100 == 2 || code == 401 || code == 403);
    if (uris == NULL || uris->len == 0)
        return;
    for (unsigned i = 0; i < uris->len && i < 64; i++)
        add_uri(pinfo, tree, fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)uris->pdata[i])));
    add_facts(pinfo, tree, FIELD_HTTP_METHOD, FIELD_HTTP_METHOD);
    add_facts(pinfo, tree, FIELD_HTTP_REQUEST_LINE, FIELD_HTTP_REQUEST_LINE);
}

/* MS-CIFS 2.2.3.1, MS-SMB2 2.2.1: the status in the headers, from the protocol's own name on */
#define SMB_STATUS 5
#define SMB2_STATUS 8

#define STATUS_PENDING 0x00000103
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016

/* True where the packet comes from the side that was called. */
static bool
is_from_responder(packet_info *pinfo)
{
    flow_t *flow = flow_of_packet(pinfo, false);
    bool sure;

    return flow != NULL && !flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}

static void
add_smb_answer(packet_info *pinfo, uint32_t status)
{
    if (status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED &&
        is_from_responder(pinfo))
        add_answer(pinfo, ANSWER_SMB, status == 0);
}

static void
scan_smb(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_SMB, SMB_STATUS + 4);

    if (header != NULL)
        add_smb_answer(pinfo, pletohu32(header + SMB_STATUS));
    if (is_from_responder(pinfo))
        return;
    add_facts(pinfo, tree, FIELD_SMB_PATH, FIELD_SMB_PATH);
    add_facts(pinfo, tree, FIELD_SMB_FILE, FIELD_SMB_FILE);
}

static void
scan_smb2(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_SMB2, SMB2_STATUS + 4);

    if (header != NULL)
        add_smb_answer(pinfo, pletohu32(header + SMB2_STATUS));
    if (is_from_responder(pinfo))
        return;
    add_facts(pinfo, tree, FIELD_SMB2_TREE, FIELD_SMB_PATH);
    add_facts(pinfo, tree, FIELD_SMB2_FILE, FIELD_SMB_FILE);
}

/* RFC 1035 4.1.1, RFC 1002 4.2.1.1: the flags of DNS and NBNS */
#define NAME_RESPONSE 0x8000
#define NAME_OPCODE(flags) (((flags) >> 11) & 0x0f)
#define NAME_RCODE(flags) ((flags) & 0x0f)

/* RFC 1002 4.2.1.1: the operations by which a host claims a name for itself */
static bool
is_registration(uint32_t opcode)
{
    return opcode == 5 || opcode == 8 || opcode == 9 || opcode == 15;
}

static void
scan_nbns(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_NBNS, 4);
    const char *name = text_of(tree, FIELD_NBNS_NAME);
    uint16_t flags;

    if (header == NULL)
        return;
    flags = pntohu16(header + 2);
    if ((flags & NAME_RESPONSE) == 0 && is_registration(NAME_OPCODE(flags)))
        add_fact(pinfo, tree, FIELD_NBNS_NAME, name, &pinfo->src, NUM_FIELDS);
    else if ((flags & NAME_RESPONSE) != 0 && NAME_RCODE(flags) == 0)
        add_fact(pinfo, tree, FIELD_NBNS_NAME, name, NULL, FIELD_NBNS_ADDRESS);
}

/* RFC 1002 4.3.1: the types of session packets */
#define NBSS_REQUEST 0x81
#define NBSS_POSITIVE 0x82
#define NBSS_NEGATIVE 0x83

static void
scan_nbss(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_NBSS, 1);

    if (header == NULL)
        return;
    if (*header == NBSS_POSITIVE || *header == NBSS_NEGATIVE)
        add_answer(pinfo, ANSWER_NBSS, *header == NBSS_POSITIVE);
    else if (*header == NBSS_REQUEST)
        add_facts(pinfo, tree, FIELD_NBSS_CALLED, FIELD_NBSS_CALLED);
}

static void
scan_nbdgm(packet_info *pinfo, proto_tree *tree)
{
    if (is_from_responder(pinfo))
        add_answer(pinfo, ANSWER_REPLY, true);
    add_facts(pinfo, tree, FIELD_NBDGM_DESTINATION, FIELD_NBDGM_DESTINATION);
}

static void
scan_ldap(packet_info *pinfo, proto_tree *tree)
{
    uint32_t result;

    if (number_of(tree, FIELD_LDAP_RESULT, &result))
        add_answer(pinfo, ANSWER_LDAP, result == 0);
    add_facts(pinfo, tree, FIELD_LDAP_ENTRY, FIELD_LDAP_ENTRY);
    add_facts(pinfo, tree, FIELD_LDAP_OBJECT, FIELD_LDAP_ENTRY);
    add_facts(pinfo, tree, FIELD_LDAP_BASE, FIELD_LDAP_BASE);
    add_facts(pinfo, tree, FIELD_LDAP_VALUE, FIELD_LDAP_VALUE);
}

static void
scan_tds(packet_info *pinfo, proto_tree *tree)
{
    if (is_from_responder(pinfo))
        add_answer(pinfo, ANSWER_REPLY, true);
    add_facts(pinfo, tree, FIELD_TDS_DATABASE, FIELD_TDS_DATABASE);
}

static void
scan_dns(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_DNS, 4);

    if (header != NULL && (pntohu16(header + 2) & NAME_RESPONSE) != 0)
        add_fact(pinfo, tree, FIELD_DNS_NAME, text_of(tree, FIELD_DNS_NAME), NULL,
                 FIELD_DNS_ADDRESS);
}

/* An endpoint mapper's answer names a port of the host that sent it. */
static void
add_endpoint(packet_info *pinfo, uint16_t port)
{
    wmem_map_t *ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, &pinfo->src);

    if (port < 1024 || num_endpoints >= MAX_ENDPOINTS)
        return;
    if (ports == NULL) {
        address *key = wmem_new0(wmem_file_scope(), address);

        copy_address_wmem(wmem_file_scope(), key, &pinfo->src);
        ports = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
        wmem_map_insert(rpc_endpoints, key, ports);
    }
    if (wmem_map_insert(ports, GUINT_TO_POINTER(port), GUINT_TO_POINTER(port)) == NULL)
        num_endpoints++;
}

bool
evidence_is_rpc_endpoint(const address *addr, uint16_t port)
{
    wmem_map_t *ports;

    if (num_endpoints == 0 || addr->len <= 0)
        return false;
    ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, addr);
    return ports != NULL && wmem_map_lookup(ports, GUINT_TO_POINTER(port)) != NULL;
}

/* DCE/RPC's packet type of an answer */
#define RPC_RESPONSE 2

static void
scan_rpc(packet_info *pinfo, proto_tree *tree)
{
    const GPtrArray *ports = items_of(tree, FIELD_EPM_PORT);
    const uint8_t *header = header_of(tree, LAYER_DCERPC, 4);
    unsigned length;
    const uint8_t *payload;

    if (header == NULL)
        return;
    /* The type is the third byte of a header with connections, the second of one without. */
    if ((header[0] == 5 ? header[2] : header[1]) == RPC_RESPONSE) {
        for (unsigned i = 0; ports != NULL && i < ports->len && i < 64; i++) {
            const field_info *item = (const field_info *)ports->pdata[i];

            add_endpoint(pinfo, (uint16_t)fvalue_get_uinteger(SMSRC_FINFO_VALUE((field_info *)item)));
        }
        add_answer(pinfo, ANSWER_REPLY, true);
        return;
    }
    /* The namespace of a WMI login stands in the stub, in UTF-16, when it is not sealed. */
    payload = payload_of(pinfo, tree, &length, NULL);
    if (payload != NULL) {
        static const uint8_t root[] = { 'r', 0, 'o', 0, 'o', 0, 't', 0, '\\', 0, 's', 0, 'm', 0, 's' };
        char text[64];
        unsigned count = 0;

        for (unsigned at = 0; at + sizeof root <= length; at++) {
            bool same = true;

            for (unsigned i = 0; same && i < sizeof root; i++)
                same = g_ascii_tolower(payload[at + i]) == root[i];
            if (!same)
                continue;
            for (; at + 1 < length && count + 1 < sizeof text && g_ascii_isprint(payload[at]) &&
                   payload[at + 1] == 0; at += 2)
                text[count++] = (char)payload[at];
            break;
        }
        text[count] = '\0';
        add_fact(pinfo, tree, FACT_NAMESPACE, text, NULL, NUM_FIELDS);
    }
}

static void
scan_remote_control(packet_info *pinfo, proto_tree *tree)
{
    const claim_t *claim = smsrc_claim_of_packet(pinfo);
    flow_t *flow;

    /* Decode As and the port alone are no evidence. */
    if (claim == NULL || claim->direction == DIRECTION_UNKNOWN ||
        (claim->ground != GROUND_CONTENT && claim->ground != GROUND_SESSION))
        return;
    flow = flow_of_packet(pinfo, true);
    flow->service = claim->content == CONTENT_CM ? SERVICE_CM_REMOTE_CONTROL
                                                 : SERVICE_REMOTE_CONTROL;
    add_fact(pinfo, tree, FACT_REMOTE_CONTROL,
             claim->direction == DIRECTION_TO_AGENT ? "viewer to agent" : "agent to viewer", NULL,
             NUM_FIELDS);
}

/*
 * NetBIOS over IPX: packets of type 20 begin with eight network numbers, then the flags and the
 * type of the name packet (1 find, 2 recognized) and the name.
 */
#define IPX_TYPE_NETBIOS 20
#define IPX_TYPE_OFFSET 5
#define IPX_HEADER_LENGTH 30
#define NBIPX_NETWORKS 32
#define NBIPX_NAME 2

static void
scan_ipx(packet_info *pinfo, proto_tree *tree)
{
    const uint8_t *header = header_of(tree, LAYER_IPX,
                                      IPX_HEADER_LENGTH + NBIPX_NETWORKS + NBIPX_NAME + 16);
    flow_t *flow;
    uint8_t kind;
    char name[16];

    if (header == NULL || header[IPX_TYPE_OFFSET] != IPX_TYPE_NETBIOS)
        return;
    header += IPX_HEADER_LENGTH + NBIPX_NETWORKS;
    kind = header[1];
    if (kind != 1 && kind != 2)
        return;
    flow = flow_of_packet(pinfo, true);
    flow->service = SERVICE_NETBIOS_IPX;
    memcpy(name, header + NBIPX_NAME, sizeof name);
    for (unsigned i = 0; i < 15; i++)
        name[i] = g_ascii_isprint(name[i]) ? name[i] : '?';
    add_fact(pinfo, tree, FACT_IPX_NAME,
             wmem_strdup_printf(pinfo->pool, "%s %.15s<%02x>", kind == 1 ? "find" : "recognized",
                                name, (uint8_t)name[15]),
             NULL, NUM_FIELDS);
}

/*
 * What Wireshark did not dissect (2.5)
 */

/* "BITS_POST /CCM_Incoming/{...} HTTP/1.1" */
static void
read_http(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length)
{
    char *line = wmem_strndup(pinfo->pool, (const char *)payload, MIN(length, MAX_FACT));
    char *end = strpbrk(line, "\r\n");
    char *uri = strchr(line, ' ');

    if (end == NULL || uri == NULL || !g_str_has_prefix(line, "BITS_POST "))
        return;
    *end = '\0';
    *uri++ = '\0';
    end = strchr(uri, ' ');
    if (end != NULL)
        *end = '\0';
    add_uri(pinfo, tree, uri);
    add_fact(pinfo, tree, FIELD_HTTP_METHOD, line, NULL, NUM_FIELDS);
}

/* SMB: a status in the header, a share's or a file's name in ASCII or in UTF-16. */
static void
read_smb(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length)
{
    bool smb2 = payload[4] == 0xfe;
    bool response = smb2 ? length > 20 && (payload[20] & 1) != 0
                         : length > 13 && (payload[13] & 0x80) != 0;
    char *text;
    unsigned count = 0, start = 0;

    if (length < 36)
        return;
    if (response) {
        uint32_t status = pletohu32(payload + 4 + (smb2 ? SMB2_STATUS : SMB_STATUS));

        if (status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED)
            add_answer(pinfo, ANSWER_SMB, status == 0);
        return;
    }
    /* UTF-16 without its zero bytes reads as the ASCII it is. */
    text = (char *)wmem_alloc(pinfo->pool, length + 1);
    for (unsigned at = 36; at <= length; at++) {
        if (at < length && g_ascii_isprint(payload[at])) {
            text[count++] = (char)payload[at];
        } else if (at == length || payload[at] != 0 || (at + 1 < length && payload[at + 1] == 0)) {
            text[count] = '\0';
            if (count - start >= 4) {
                const char *path = strstr(text + start, "\\\\");

                if (path != NULL)
                    add_fact(pinfo, tree, FIELD_SMB_PATH, path, NULL, NUM_FIELDS);
                else
                    add_fact(pinfo, tree, FIELD_SMB_FILE, text + start, NULL, NUM_FIELDS);
            }
            start = count;
        }
    }
}

/* MS-TDS 2.2.6.4: the place and length of the database's name in a login record */
#define TDS_HEADER_LENGTH 8
#define TDS_LOGIN_DATABASE 68

static void
read_tds(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length)
{
    unsigned at, count;
    char name[32];

    if (payload[0] == 0x04) {
        add_answer(pinfo, ANSWER_REPLY, true);
        return;
    }
    if (payload[0] != 0x10 || length < TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE + 4)
        return;
    at = TDS_HEADER_LENGTH + pletohu16(payload + TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE);
    count = pletohu16(payload + TDS_HEADER_LENGTH + TDS_LOGIN_DATABASE + 2);
    if (count == 0 || count >= sizeof name || at + 2 * count > length)
        return;
    for (unsigned i = 0; i < count; i++)
        name[i] = payload[at + 2 * i + 1] == 0 ? (char)payload[at + 2 * i] : '?';
    name[count] = '\0';
    add_fact(pinfo, tree, FIELD_TDS_DATABASE, name, NULL, NUM_FIELDS);
}

/* LDAP: the class a search is for; an end of search or an added entry as the answer. */
static void
read_ldap(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length)
{
    const uint8_t *found = ws_memmem(payload, length, (const uint8_t *)"mSSMS", 5);
    char name[40];
    unsigned count = 0;
    bool sure;
    flow_t *flow = flow_of_packet(pinfo, false);

    if (flow != NULL && flow->num_pending > 0 &&
        !flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure)) {
        /* resultCode is the first element of a result: ENUMERATED, one byte */
        const uint8_t *result = ws_memmem(payload, length, (const uint8_t *)"\x0a\x01", 2);

        if (result != NULL && result + 2 < payload + length)
            add_answer(pinfo, ANSWER_LDAP, result[2] == 0);
        return;
    }
    if (found == NULL)
        return;
    while (found + count < payload + length && count + 1 < sizeof name &&
           g_ascii_isalnum(found[count])) {
        name[count] = (char)found[count];
        count++;
    }
    name[count] = '\0';
    add_fact(pinfo, tree, FIELD_LDAP_VALUE, name, NULL, NUM_FIELDS);
}

/* NBNS that was taken for DNS: the name in its half-ASCII form, an answer's address behind it. */
static void
read_nbns(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length)
{
    char name[24];
    unsigned count = 0;
    uint16_t flags = pntohu16(payload + 2);
    uint8_t suffix;
    address owner;

    if (length < 46)
        return;
    for (unsigned i = 0; i < 15; i++) {
        char c = (char)((payload[13 + 2 * i] - 'A') << 4 | (payload[14 + 2 * i] - 'A'));

        name[count++] = g_ascii_isprint(c) ? c : '?';
    }
    while (count > 0 && name[count - 1] == ' ')
        count--;
    suffix = (uint8_t)((payload[13 + 30] - 'A') << 4 | (payload[14 + 30] - 'A'));
    snprintf(name + count, sizeof name - count, "<%02x>", suffix);

    if ((flags & NAME_RESPONSE) == 0 && is_registration(NAME_OPCODE(flags))) {
        add_fact(pinfo, tree, FIELD_NBNS_NAME, name, &pinfo->src, NUM_FIELDS);
    } else if ((flags & NAME_RESPONSE) != 0 && NAME_RCODE(flags) == 0 && length >= 62) {
        /* name, type, class, time to live, length, flags, then the address */
        set_address(&owner, AT_IPv4, 4, payload + 58);
        add_fact(pinfo, tree, FIELD_NBNS_NAME, name, &owner, NUM_FIELDS);
    }
}

static const struct {
    service_e service;
    unsigned layers; /* not read where Wireshark dissected one of these */
    void (*read)(packet_info *pinfo, proto_tree *tree, const uint8_t *payload, unsigned length);
} readers[] = {
    { SERVICE_HTTP, 0, read_http },
    { SERVICE_SMB1, LAYER_SMB | LAYER_SMB2, read_smb },
    { SERVICE_SMB2, LAYER_SMB | LAYER_SMB2, read_smb },
    { SERVICE_TDS, LAYER_TDS, read_tds },
    { SERVICE_LDAP, LAYER_LDAP, read_ldap },
    { SERVICE_NBNS, LAYER_NBNS, read_nbns },
};

/* A look at three bytes, to leave most packets alone. */
static bool
is_worth_reading(const uint8_t *payload, unsigned length, bool tcp)
{
    if (length < 36)
        return tcp && length >= 8 && payload[0] == 0x30;
    if (!tcp)
        return payload[12] == 0x20;
    switch (payload[0]) {
    case 0x00:
        return payload[5] == 'S' && payload[6] == 'M';
    case 0x04:
    case 0x10:
    case 0x30:
    case 'B':
        return true;
    default:
        return false;
    }
}

static void
scan_payload(packet_info *pinfo, proto_tree *tree, unsigned layers)
{
    bool tcp = pinfo->ptype == PT_TCP;
    unsigned length;
    tvbuff_t *tvb = NULL;
    const uint8_t *payload = payload_of(pinfo, tree, &length, NULL);
    service_e service;

    if (payload == NULL || !is_worth_reading(payload, length, tcp))
        return;
    payload = payload_of(pinfo, tree, &length, &tvb);
    service = service_by_payload(tvb, tcp ? TRANSPORT_TCP : TRANSPORT_UDP);
    for (unsigned i = 0; i < array_length(readers); i++) {
        if (readers[i].service == service && (readers[i].layers & layers) == 0)
            readers[i].read(pinfo, tree, payload, length);
    }
}

static const struct {
    unsigned layer;
    void (*scan)(packet_info *pinfo, proto_tree *tree);
} scanners[] = {
    { LAYER_HTTP, scan_http },
    { LAYER_SMB, scan_smb },
    { LAYER_SMB2, scan_smb2 },
    { LAYER_NBNS, scan_nbns },
    { LAYER_NBSS, scan_nbss },
    { LAYER_NBDGM, scan_nbdgm },
    { LAYER_LDAP, scan_ldap },
    { LAYER_TDS, scan_tds },
    { LAYER_DNS, scan_dns },
    { LAYER_DCERPC, scan_rpc },
    { LAYER_SMSRC, scan_remote_control },
    { LAYER_IPX, scan_ipx },
};

void
evidence_scan(packet_info *pinfo, proto_tree *tree, const evidence_layers_t *layers)
{
    if (layers->icmp_error)
        return;
    if (layers->layers != 0) {
        for (unsigned i = 0; i < array_length(scanners); i++) {
            if ((layers->layers & scanners[i].layer) != 0)
                scanners[i].scan(pinfo, tree);
        }
    }
    if (pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP)
        scan_payload(pinfo, tree, layers->layers);
}

void
evidence_sniff(packet_info *pinfo, proto_tree *tree, flow_t *flow)
{
    unsigned length;
    tvbuff_t *tvb = NULL;

    if (flow->service != SERVICE_UNKNOWN || flow->sniffs >= FLOW_MAX_SNIFFS)
        return;
    if (payload_of(pinfo, tree, &length, &tvb) == NULL)
        return;
    flow->sniffs++;
    flow->service = service_by_payload(tvb, pinfo->ptype == PT_TCP ? TRANSPORT_TCP : TRANSPORT_UDP);
}

/*
 * ICMP errors
 */

static const struct {
    unsigned layer;
    uint8_t type, code;
    const char *reason;
} unreachables[] = {
    { LAYER_ICMP, 3, 0, "ICMP: network unreachable" },
    { LAYER_ICMP, 3, 1, "ICMP: host unreachable" },
    { LAYER_ICMP, 3, 2, "ICMP: protocol unreachable" },
    { LAYER_ICMP, 3, 3, "ICMP: port unreachable" },
    { LAYER_ICMP, 3, 6, "ICMP: network unknown" },
    { LAYER_ICMP, 3, 7, "ICMP: host unknown" },
    { LAYER_ICMP, 3, 9, "ICMP: network administratively prohibited" },
    { LAYER_ICMP, 3, 10, "ICMP: host administratively prohibited" },
    { LAYER_ICMP, 3, 13, "ICMP: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 0, "ICMPv6: no route" },
    { LAYER_ICMPV6, 1, 1, "ICMPv6: communication administratively prohibited" },
    { LAYER_ICMPV6, 1, 3, "ICMPv6: address unreachable" },
    { LAYER_ICMPV6, 1, 4, "ICMPv6: port unreachable" },
    { LAYER_ICMPV6, 1, 5, "ICMPv6: source address failed policy" },
    { LAYER_ICMPV6, 1, 6, "ICMPv6: route rejected" },
};

/* The quoted packet begins behind the error's header of eight bytes. */
#define ICMP_QUOTE 8

flow_t *
evidence_icmp_flow(packet_info *pinfo, proto_tree *tree, const char **reason)
{
    static const unsigned layers[] = { LAYER_ICMP, LAYER_ICMPV6 };

    for (unsigned l = 0; l < array_length(layers); l++) {
        bool ipv6 = layers[l] == LAYER_ICMPV6;
        const uint8_t *error = header_of(tree, layers[l], ICMP_QUOTE + (ipv6 ? 44 : 24));
        const uint8_t *quote;
        unsigned length, protocol;
        address src, dst;

        if (error == NULL)
            continue;
        *reason = NULL;
        for (unsigned i = 0; i < array_length(unreachables); i++) {
            if (unreachables[i].layer == layers[l] && unreachables[i].type == error[0] &&
                unreachables[i].code == error[1])
                *reason = unreachables[i].reason;
        }
        if (*reason == NULL)
            return NULL;
        quote = error + ICMP_QUOTE;
        length = ipv6 ? 40 : (quote[0] & 0x0f) * 4U;
        protocol = quote[ipv6 ? 6 : 9];
        /* With options in the quoted header its ports lie further on. */
        error = header_of(tree, layers[l], ICMP_QUOTE + length + 4);
        if (error == NULL || length < 20 || (protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP))
            return NULL;
        quote = error + ICMP_QUOTE;
        set_address(&src, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 8 : 12));
        set_address(&dst, ipv6 ? AT_IPv6 : AT_IPv4, ipv6 ? 16 : 4, quote + (ipv6 ? 24 : 16));
        return flow_of_ends(pinfo, &src, &dst, protocol == IP_PROTO_TCP,
                            pntohu16(quote + length), pntohu16(quote + length + 2));
    }
    return NULL;
}
