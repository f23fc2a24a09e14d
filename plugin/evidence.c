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
 */

#define WS_LOG_DOMAIN "smsrc"

#include "evidence.h"

#include <wsutil/bits_ctz.h>
#include <wsutil/pint.h>
#include <wsutil/strtoi.h>

#include "address-key.h"
#include "packet-smsrc.h"
#include "role-book.h"

/* Several of Wireshark's fields can have one name (ldap.resultCode has three). */
#define MAX_SAME_NAME 4

static const char *const field_names[NUM_FIELDS] = {
    [FIELD_EPM_PORT] = "epm.proto.tcp_port",
    [FIELD_HTTP_METHOD] = "http.request.method",
    [FIELD_HTTP_URI] = "http.request.uri",
    [FIELD_HTTP_CODE] = "http.response.code",
    [FIELD_SMB_PATH] = "smb.path",
    [FIELD_SMB_FILE] = "smb.file",
    [FIELD_SMB2_TREE] = "smb2.tree",
    [FIELD_SMB2_FILE] = "smb2.filename",
    [FIELD_NBNS_NAME] = "nbns.name",
    [FIELD_NBNS_ADDRESS] = "nbns.addr",
    [FIELD_NBSS_CALLED] = "nbss.called_name",
    [FIELD_NBDGM_DESTINATION] = "nbdgm.destination_name",
    [FIELD_LDAP_BASE] = "ldap.baseObject",
    [FIELD_LDAP_VALUE] = "ldap.assertionValue",
    [FIELD_LDAP_ENTRY] = "ldap.entry",
    [FIELD_LDAP_OBJECT] = "ldap.object",
    [FIELD_LDAP_RESULT] = "ldap.resultCode",
    [FIELD_TDS_DATABASE] = "tds.7login.databasename",
    [FIELD_DNS_NAME] = "dns.qry.name",
    [FIELD_DNS_ADDRESS] = "dns.a",
    [FIELD_IPX_TYPE] = "ipx.packet_type",
};

static int hfids[NUM_FIELDS][MAX_SAME_NAME];

/* Longest text that a signature is tried on, and that a reason quotes. */
#define MAX_FACT 1024
#define MAX_QUOTE 80

#define MAX_ENDPOINTS 4096

/* Rebuilt for every capture. */
static wmem_map_t *rpc_endpoints; /* address to a set of ports */
static unsigned num_endpoints;
static unsigned implied_flows;
static unsigned waiting; /* requests that wait for their answer, in all flows */
static bool proxies;     /* some flow is a proxy's */
static bool learning;
static uint32_t wanted;    /* of this packet: FIELD_BIT of each field */
static uint32_t foretold;  /* of later ones: those that packets so far give reason to expect */
static unsigned announced; /* the layers whose fields are among them */
static bool plain;         /* a packet was seen whose bytes are there to be read */

#define FIELD_BIT(field) (UINT32_C(1) << (field))
G_STATIC_ASSERT(NUM_FIELDS <= 32);

/*
 * Each field wanted costs every packet, whether or not it has it, and the packet that has it an
 * item. So only those are wanted from the start that the very first packet of a protocol may have
 * and that nothing else reads: a datagram comes unannounced.
 */
#define FIELDS_OF_DATAGRAMS                                                                      \
    (FIELD_BIT(FIELD_NBNS_NAME) | FIELD_BIT(FIELD_NBNS_ADDRESS) | FIELD_BIT(FIELD_NBSS_CALLED) | \
     FIELD_BIT(FIELD_NBDGM_DESTINATION) | FIELD_BIT(FIELD_IPX_TYPE))
#define FIELDS_OF_HTTP (FIELD_BIT(FIELD_HTTP_METHOD) | FIELD_BIT(FIELD_HTTP_URI))
#define FIELDS_OF_DNS (FIELD_BIT(FIELD_DNS_NAME) | FIELD_BIT(FIELD_DNS_ADDRESS))
#define FIELDS_OF_SMB                                                                            \
    (FIELD_BIT(FIELD_SMB_PATH) | FIELD_BIT(FIELD_SMB_FILE) | FIELD_BIT(FIELD_SMB2_TREE) |        \
     FIELD_BIT(FIELD_SMB2_FILE))
#define FIELDS_OF_LDAP                                                                           \
    (FIELD_BIT(FIELD_LDAP_BASE) | FIELD_BIT(FIELD_LDAP_VALUE) | FIELD_BIT(FIELD_LDAP_ENTRY) |    \
     FIELD_BIT(FIELD_LDAP_OBJECT))
#define FIELDS_OF_ANSWERS (FIELD_BIT(FIELD_HTTP_CODE) | FIELD_BIT(FIELD_LDAP_RESULT))
#define FIELDS_OF_REQUESTS ((FIELD_BIT(NUM_FIELDS) - 1) & ~FIELDS_OF_ANSWERS)

/*
 * The others are wanted from the packet on that follows the first one of their protocol. What
 * that first one says, its bytes tell (below), as they do where Wireshark dissects nothing. HTTP
 * and DNS, the most frequent of all, are read from their bytes while these have whole messages.
 */
static const struct {
    unsigned layers;
    uint32_t fields;
} omens[] = {
    { LAYER_NBSS | LAYER_SMB | LAYER_SMB2, FIELDS_OF_SMB },
    { LAYER_LDAP, FIELDS_OF_LDAP },
    { LAYER_TDS, FIELD_BIT(FIELD_TDS_DATABASE) },
    { LAYER_TLS, FIELDS_OF_HTTP }, /* decrypted, it is nowhere in the packet */
};

void
evidence_init(void)
{
    for (unsigned i = 0; i < NUM_FIELDS; i++) {
        const header_field_info *info = proto_registrar_get_byname(field_names[i]);
        unsigned count = 0;

        for (unsigned same = 0; same < MAX_SAME_NAME; same++)
            hfids[i][same] = -1;
        /* The one that is found by name is the last of them: the others come before it. */
        while (info != NULL && count < MAX_SAME_NAME) {
            hfids[i][count++] = info->id;
            info = info->same_name_prev_id != -1 ? proto_registrar_get_nth(
                                                       (unsigned)info->same_name_prev_id)
                                                 : NULL;
        }
    }
    signatures_init();
}

void
evidence_reset(bool learn_roles)
{
    learning = learn_roles;
    signatures_reset();
    rpc_endpoints = wmem_map_new(wmem_file_scope(), address_key_hash, address_key_equal);
    num_endpoints = 0;
    implied_flows = waiting = 0;
    proxies = false;
    foretold = FIELDS_OF_REQUESTS;
    announced = 0;
    plain = false;
}

static uint32_t
fields_wanted(void)
{
    if (!learning)
        return FIELD_BIT(FIELD_EPM_PORT);
    return foretold | (waiting > 0 ? FIELDS_OF_ANSWERS : 0);
}

bool
evidence_wants_others(void)
{
    return fields_wanted() != wanted;
}

GArray *
evidence_wanted_fields(void)
{
    GArray *fields = g_array_new(FALSE, FALSE, (unsigned)sizeof(int));

    wanted = fields_wanted();
    for (unsigned i = 0; i < NUM_FIELDS; i++) {
        for (unsigned same = 0;
             (wanted & FIELD_BIT(i)) != 0 && same < MAX_SAME_NAME && hfids[i][same] >= 0; same++)
            g_array_append_val(fields, hfids[i][same]);
    }
    return fields;
}

/*
 * What this packet foretells of later ones. Where its own bytes are not there to be read (it was
 * decrypted, or put together from fragments, or is no packet of a network at all), fields have to
 * do for all; that is also assumed until the first packet shows otherwise.
 */
static void
foretell(const packet_t *packet)
{
    const packet_info *pinfo = packet->pinfo;
    unsigned news = packet->layers & ~announced;

    if (pinfo->ptype == PT_TCP || pinfo->ptype == PT_UDP) {
        if (packet->network == NULL) {
            foretold = FIELDS_OF_REQUESTS;
            plain = true;
        } else if (!plain) {
            foretold = FIELD_BIT(FIELD_EPM_PORT) | FIELDS_OF_DATAGRAMS;
            announced = 0;
            news = packet->layers;
            plain = true;
        }
    }
    if (news == 0)
        return;
    announced |= news;
    for (unsigned i = 0; i < array_length(omens); i++) {
        if ((news & omens[i].layers) != 0)
            foretold |= omens[i].fields;
    }
}

void
evidence_fragment(void)
{
    foretold = FIELDS_OF_REQUESTS;
    plain = true;
}

unsigned
evidence_implied_flows(void)
{
    return implied_flows;
}

/*
 * Fields
 */

static bool
is_wanted(field_e field)
{
    return (wanted & FIELD_BIT(field)) != 0;
}

/* Those of a field that is wanted: what others want makes no difference. */
static const GPtrArray *
items_of(proto_tree *tree, field_e field, unsigned same)
{
    return tree == NULL || !is_wanted(field) || hfids[field][same] < 0
               ? NULL
               : proto_get_finfo_ptr_array(tree, hfids[field][same]);
}

static const field_info *
item_of(proto_tree *tree, field_e field)
{
    for (unsigned same = 0; same < MAX_SAME_NAME; same++) {
        const GPtrArray *items = items_of(tree, field, same);

        if (items != NULL && items->len > 0)
            return (const field_info *)items->pdata[0];
    }
    return NULL;
}

static bool
has_item(const packet_t *packet, field_e field)
{
    return item_of(packet->tree, field) != NULL;
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
 * From facts to roles
 */

/* What traffic shows is often the kind in general, where the user's table knows it exactly. */
static const struct {
    smsrc_role_set_t general;
    smsrc_role_set_t kinds;
} role_kinds[] = {
    { SMSRC_ROLE_BIT(SMSRC_ROLE_CLIENT), SMSRC_ROLES_CLIENT_KINDS },
    { SMSRC_ROLE_BIT(SMSRC_ROLE_SITE_SERVER),
      SMSRC_ROLE_BIT(SMSRC_ROLE_CHILD_SITE_SERVER) |
          SMSRC_ROLE_BIT(SMSRC_ROLE_SECONDARY_SITE_SERVER) },
    { SMSRC_ROLE_BIT(SMSRC_ROLE_MANAGEMENT_POINT),
      SMSRC_ROLE_BIT(SMSRC_ROLE_PROXY_MANAGEMENT_POINT) },
};

/* The general roles that nothing is to be learned of: this host's kind is known. */
static smsrc_role_set_t
settled_roles(smsrc_role_set_t held)
{
    smsrc_role_set_t settled = 0;

    for (unsigned i = 0; i < array_length(role_kinds); i++) {
        if ((held & role_kinds[i].kinds) != 0)
            settled |= role_kinds[i].general;
    }
    return settled;
}

/* Those that traffic has shown: a table's roles get their evidence all the same. */
static smsrc_role_set_t
shown_roles(const address *addr)
{
    if (!learning)
        return SMSRC_ROLES_ANY; /* nothing is to be shown */
    return role_book_learned_roles(addr) | settled_roles(role_book_roles(addr));
}

static void
learn(const address *addr, smsrc_role_set_t roles, const char *site_code, uint32_t frame,
      const char *reason)
{
    if (!learning)
        return;
    roles &= ~settled_roles(role_book_roles(addr));
    for (unsigned role = 0; role < SMSRC_NUM_ROLES; role++) {
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

    if (client == 0)
        client = SMSRC_ROLES_NOBODY;
    if (flow->implied_initiator == 0 && flow->implied_responder == 0)
        implied_flows++;
    flow->implied_initiator |= client_initiates ? client : signature->server;
    flow->implied_responder |= client_initiates ? signature->server : client;
}

/*
 * Remote Control shows who is viewer and who agent, not who ought to be: where the user has said
 * that the viewer is a client, or the agent a console, that is for the audit to tell.
 */
static bool
is_contradicted(const signature_t *signature, const address *server, const address *client)
{
    static const smsrc_role_set_t console = SMSRC_ROLE_BIT(SMSRC_ROLE_ADMIN_CONSOLE);
    static const smsrc_role_set_t clients = SMSRC_ROLES_CLIENT_KINDS |
                                            SMSRC_ROLE_BIT(SMSRC_ROLE_CLIENT);
    smsrc_role_set_t viewer, agent;

    if (signature->field != FACT_REMOTE_CONTROL)
        return false;
    viewer = role_book_table_roles(client);
    agent = role_book_table_roles(server);
    return ((viewer & clients) != 0 && (viewer & console) == 0) ||
           ((agent & console) != 0 && (agent & clients) == 0);
}

/* The request behind @p pending was answered: @p to_server tells which way this packet goes. */
static void
settle(const pending_t *pending, flow_t *flow, packet_info *pinfo, bool to_server)
{
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;
    const char *told = pending->told != NULL ? pending->told : pending->reason;

    if (is_contradicted(pending->signature, server, client))
        return;
    if (!flow->proxied)
        learn(server, pending->signature->server, pending->site_code, pending->frame, told);
    if (!flow->forwarded)
        learn(client, pending->signature->client, pending->site_code, pending->frame, told);
    if (flow->proxied || flow->forwarded || pending->signature->client_implied != 0 ||
        pending->signature->client == 0)
        imply(flow, to_server, pinfo, pending->signature);
}

static void
add_pending(flow_t *flow, const pending_t *pending)
{
    pending_t *place = NULL;

    if (flow->pending == NULL)
        flow->pending = wmem_alloc_array(wmem_file_scope(), pending_t, FLOW_MAX_PENDING);
    for (unsigned i = 0; i < flow->num_pending; i++) {
        if (flow->pending[i].signature == pending->signature)
            place = &flow->pending[i];
    }
    if (place == NULL && flow->num_pending < FLOW_MAX_PENDING) {
        place = &flow->pending[flow->num_pending++];
        waiting++;
    } else if (place == NULL) {
        place = &flow->pending[FLOW_MAX_PENDING - 1];
    }
    *place = *pending;
    place->told = NULL;
    (void)g_strlcpy(place->reason, pending->told, sizeof place->reason);
}

/* The addresses of a name's owner, as the packet has them. */
static void
learn_owner(const packet_t *packet, const pending_t *pending, field_e field)
{
    const GPtrArray *items = items_of(packet->tree, field, 0);

    for (unsigned i = 0; items != NULL && i < items->len && i < 16; i++) {
        const field_info *item = (const field_info *)items->pdata[i];
        address owner;

        if (item->ds_tvb == NULL || item->length != 4 ||
            tvb_captured_length_remaining(item->ds_tvb, item->start) < 4)
            continue;
        set_address(&owner, AT_IPv4, 4, tvb_get_ptr(item->ds_tvb, item->start, 4));
        learn(&owner, pending->signature->server, pending->site_code, packet->pinfo->num,
              pending->told);
    }
}

/*
 * True where the fact can add nothing: the roles that it gives are known, and so is what the flow
 * itself implies. Most requests of a capture are not the first of their kind.
 */
static bool
is_known(const signature_t *signature, const flow_t *flow, const packet_info *pinfo)
{
    bool request = signature->about == ABOUT_REQUEST;
    /* A signature that shows no client says so of each flow anew. */
    bool implies = signature->imply_now ||
                   (signature->client == 0 && signature->client_implied == 0);
    smsrc_role_set_t server, client, implied;

    if (flow == NULL || signature->about == ABOUT_HINT)
        return false;
    server = shown_roles(request ? &pinfo->dst : &pinfo->src);
    client = shown_roles(request ? &pinfo->src : &pinfo->dst);
    implied = flow->implied_initiator | flow->implied_responder;
    return (client & signature->client) == signature->client &&
           (flow->proxied ? (implied & signature->server) != 0
                          : (server & signature->server) == signature->server) &&
           (implied & signature->client_implied) == signature->client_implied &&
           (implied != 0 || !implies);
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
add_fact(const packet_t *packet, field_e field, const char *text, const address *owner,
         field_e owner_field)
{
    packet_info *pinfo = packet->pinfo;
    size_t length = text != NULL ? strnlen(text, MAX_FACT) : 0;
    pending_t pending;

    if (length == 0)
        return;
    for (uint64_t matches = signatures_match(field, text, length); matches != 0;
         matches &= matches - 1) {
        unsigned i = (unsigned)ws_ctz(matches);
        const signature_t *signature = signatures_get(i);
        flow_t *flow = signature->about == ABOUT_OWNER ? NULL : flow_of_packet(pinfo, true);

        if (is_known(signature, flow, pinfo))
            continue;
        signatures_site_code(i, text, length, pending.site_code);
        pending.signature = signature;
        pending.frame = pinfo->num;
        pending.needs_hint = signature->needs_hint;
        pending.told = wmem_strdup_printf(pinfo->pool, "%s %s", signature->label,
                                          quote_text(pinfo->pool, text, MIN(length, MAX_QUOTE)));
        switch (signature->about) {
        case ABOUT_OWNER:
            if (owner != NULL)
                learn(owner, signature->server, pending.site_code, pinfo->num, pending.told);
            else
                learn_owner(packet, &pending, owner_field);
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
            add_pending(flow, &pending);
            break;
        }
    }
}

static void
add_facts(const packet_t *packet, field_e from, field_e as)
{
    const GPtrArray *items;

    for (unsigned same = 0; same < MAX_SAME_NAME; same++) {
        items = items_of(packet->tree, from, same);
        for (unsigned i = 0; items != NULL && i < items->len && i < 64; i++)
            add_fact(packet, as,
                     fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)items->pdata[i])), NULL,
                     NUM_FIELDS);
    }
}

/* Forget or settle what waits for an answer of this kind. */
static void
add_answer(const packet_t *packet, answer_e answer, bool good)
{
    packet_info *pinfo = packet->pinfo;
    flow_t *flow = waiting > 0 ? flow_of_packet(pinfo, false) : NULL;
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
    waiting -= flow->num_pending - kept;
    flow->num_pending = (uint8_t)kept;
}

/*
 * What Wireshark dissected
 */

/* "http://mp01:8080/SMS_MP/...": a request to a proxy. The port of the URI, 80 unless told. */
static const char *
split_uri(const char *uri, uint16_t *port)
{
    const char *host, *path, *colon, *end;

    *port = 0;
    if (g_ascii_strncasecmp(uri, "http://", 7) != 0)
        return uri;
    host = uri + 7;
    path = strchr(host, '/');
    if (path == NULL)
        return uri;
    colon = g_strrstr_len(host, path - host, ":");
    *port = 80;
    if (colon != NULL && (!ws_strtou16(colon + 1, &end, port) || *port == 0))
        *port = 80;
    return path;
}

/* A proxy says so in what it passes on (RFC 2616 14.45, RFC 7239); it is no client itself. */
static bool
is_forwarding_header(const char *line)
{
    static const char *const names[] = { "Via:", "X-Forwarded-For:", "Forwarded:" };

    for (unsigned i = 0; i < array_length(names); i++) {
        if (g_ascii_strncasecmp(line, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

/*
 * The headers behind a request's URI that could matter, by their first letter. They are read from
 * the message itself: http.request.line would have Wireshark make an item of every header.
 */
#define MAX_HEADERS 64

static bool
may_matter(const char *line, size_t length)
{
    switch (g_ascii_tolower(*line)) {
    case 'c': /* the signatures': CCMClient..., ClientToken, User-Agent */
    case 'u':
        return signatures_match(FACT_HTTP_HEADER, line, MIN(length, MAX_FACT)) != 0;
    case 'f': /* a proxy's: Forwarded, Via, X-Forwarded-For */
    case 'v':
    case 'x':
        return true;
    default:
        return false;
    }
}

typedef struct {
    unsigned count;
    const char *lines[MAX_HEADERS]; /* with their ends of line, as the field would have them */
} headers_t;

static void
read_headers(const packet_t *packet, const field_info *uri, headers_t *headers)
{
    int left = uri->ds_tvb != NULL && uri->length > 0
                   ? tvb_captured_length_remaining(uri->ds_tvb, uri->start)
                   : 0; /* from 4.4 on an answer has the URI too, of length 0 */
    const char *begin, *line, *end;

    if (left <= 0)
        return;
    begin = (const char *)tvb_get_ptr(uri->ds_tvb, uri->start, left);
    end = begin + left;
    line = (const char *)memchr(begin, '\n', (size_t)left);
    while (line != NULL && ++line < end && headers->count < MAX_HEADERS) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line));
        const char *stop = next != NULL ? next + 1 : end;

        if (*line == '\r' || *line == '\n')
            return;
        if (may_matter(line, (size_t)(stop - line)))
            headers->lines[headers->count++] = (const char *)tvb_get_string_enc(
                packet->pinfo->pool, uri->ds_tvb, uri->start + (int)(line - begin),
                (int)(stop - line), ENC_ASCII);
        line = next;
    }
}

static void
add_uri(const packet_t *packet, const char *uri, bool forwarded)
{
    uint16_t port;
    const char *path = split_uri(uri, &port);
    char *decoded = strchr(path, '%') != NULL ? g_uri_unescape_string(path, NULL) : NULL;
    bool by_proxy = port != 0 || forwarded;
    /* To be set, or to be taken back; a look-up is dear. */
    flow_t *flow = by_proxy || proxies ? flow_of_packet(packet->pinfo, by_proxy) : NULL;

    proxies = proxies || by_proxy;
    if (flow != NULL && (port != 0 || flow->proxied)) {
        flow->proxied = port != 0;
        flow->uri_port = port;
    }
    /* From 4.4 on an answer has the URI too, without the request's lines: it takes nothing back. */
    if (flow != NULL && forwarded)
        flow->forwarded = true;
    add_fact(packet, FIELD_HTTP_URI, decoded != NULL ? decoded : path, NULL, NUM_FIELDS);
    g_free(decoded);
}

static void
add_http_answer(const packet_t *packet, uint32_t code)
{
    add_answer(packet, ANSWER_HTTP, code / 100 == 2 || code == 401 || code == 403);
}

/* The length that a request's header says that its body has; -1 where that takes more to tell. */
static int64_t
body_length(const char *line, const char *end)
{
    static const char length_is[] = "Content-Length:", encoding_is[] = "Transfer-Encoding:";
    int64_t length = 0;

    if (end - line >= (int)sizeof encoding_is &&
        g_ascii_strncasecmp(line, encoding_is, sizeof encoding_is - 1) == 0)
        return -1;
    if (end - line < (int)sizeof length_is ||
        g_ascii_strncasecmp(line, length_is, sizeof length_is - 1) != 0)
        return 0;
    line += sizeof length_is - 1;
    line += strspn(line, " \t");
    while (line < end && g_ascii_isdigit(*line) && length < G_MAXINT32)
        length = 10 * length + (*line++ - '0');
    return length;
}

/*
 * The request that the bytes begin with, as its fields would have it. Returns its length with its
 * body, or 0 where that is not all here: then it is not told either, unless the capture itself
 * has no more of it (@p cut_off).
 */
static size_t
read_request(const packet_t *packet, const char *begin, size_t length, bool cut_off)
{
    wmem_allocator_t *scope = packet->pinfo->pool;
    const char *end = begin + length, *method, *method_end, *uri, *uri_end, *line;
    headers_t headers;
    int64_t body = 0;
    bool forwarded = false;
    size_t whole = 0;

    for (method = begin; method < end && (*method == '\r' || *method == '\n'); method++)
        ;
    for (method_end = method;
         method_end < end && (g_ascii_isupper(*method_end) || *method_end == '_' ||
                              *method_end == '-'); method_end++)
        ;
    line = (const char *)memchr(method_end, '\n', (size_t)(end - method_end));
    if (line == NULL || *method_end != ' ' || method_end == method)
        return 0;
    for (uri = method_end + 1; *uri == ' '; uri++)
        ;
    for (uri_end = uri; uri_end < line && *uri_end != ' ' && *uri_end != '\r'; uri_end++)
        ;
    headers.count = 0;
    while (whole == 0 && line != NULL && ++line < end) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line));
        const char *stop = next != NULL ? next + 1 : end;
        int64_t told;

        if (next != NULL && (*line == '\n' || (*line == '\r' && next == line + 1))) {
            if (body >= 0 && body <= end - stop)
                whole = (size_t)(stop - begin) + (size_t)body;
            else if (body < 0 && end - stop >= 5 && memcmp(end - 5, "0\r\n\r\n", 5) == 0)
                whole = length; /* the last of its chunks */
            break;
        }
        if (headers.count < MAX_HEADERS && may_matter(line, (size_t)(stop - line)))
            headers.lines[headers.count++] = wmem_strndup(scope, line, (size_t)(stop - line));
        if ((*line == 'C' || *line == 'c' || *line == 'T' || *line == 't') && next != NULL &&
            (told = body_length(line, next)) != 0)
            body = told;
        line = next;
    }
    if (whole == 0 && !cut_off)
        return 0;
    for (unsigned i = 0; i < headers.count && !forwarded; i++)
        forwarded = is_forwarding_header(headers.lines[i]);
    add_uri(packet, wmem_strndup(scope, uri, (size_t)(uri_end - uri)), forwarded);
    add_fact(packet, FIELD_HTTP_METHOD,
             wmem_strndup(scope, method, (size_t)(method_end - method)), NULL, NUM_FIELDS);
    for (unsigned i = 0; i < headers.count; i++)
        add_fact(packet, FACT_HTTP_HEADER, headers.lines[i], NULL, NUM_FIELDS);
    return whole;
}

/* True where the bytes are a request's, or the first few of one. */
static bool
may_be_request(const char *bytes, size_t length)
{
    size_t at = 0;

    while (at < length && (bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    while (at < length && (g_ascii_isupper(bytes[at]) || bytes[at] == '_' || bytes[at] == '-'))
        at++;
    return length > 0 && (at == length || (at > 0 && bytes[at] == ' '));
}

/*
 * A request that goes on in the next packet is told by its fields there, at its end; from then on
 * fields are wanted, since others will be as long. Its first segment has no layer of HTTP yet.
 */
static void
foretell_request(const packet_t *packet)
{
    const char *bytes = (const char *)packet->payload;
    const char *end;

    if (!learning || (foretold & FIELDS_OF_HTTP) != 0 || bytes == NULL ||
        packet->pinfo->ptype != PT_TCP || (packet->layers & LAYER_HTTP) != 0 ||
        !may_be_request(bytes, packet->length))
        return;
    end = (const char *)memchr(bytes, '\n', packet->length);
    /* A whole line that is none of HTTP's is of FTP, SMTP or the like. */
    if (end == NULL || end < bytes + 2 ||
        ws_memmem(bytes, (size_t)(end - bytes), (const uint8_t *)"HTTP/", 5) != NULL)
        foretold |= FIELDS_OF_HTTP;
}

/* The requests of a packet, from its bytes. */
static void
read_requests(const packet_t *packet)
{
    const char *bytes = (const char *)packet->payload;
    size_t left, whole;
    bool cut_off;

    if (bytes == NULL || packet->pinfo->ptype != PT_TCP)
        return;
    left = packet->network_length - (size_t)(packet->payload - packet->network);
    cut_off = left < packet->reported;
    for (unsigned i = 0; i < 64 && may_be_request(bytes, left); i++) {
        whole = read_request(packet, bytes, left, cut_off);
        if (whole == 0) {
            foretold |= FIELDS_OF_HTTP;
            return;
        }
        bytes += whole;
        left -= whole;
    }
}

static void
scan_http(const packet_t *packet)
{
    const GPtrArray *uris = items_of(packet->tree, FIELD_HTTP_URI, 0);
    headers_t headers;
    bool forwarded = false;
    uint32_t code;

    if (waiting > 0 && number_of(packet->tree, FIELD_HTTP_CODE, &code))
        add_http_answer(packet, code);
    if (learning && (!is_wanted(FIELD_HTTP_URI) || (foretold & FIELDS_OF_HTTP) == 0))
        read_requests(packet);
    if (uris == NULL || uris->len == 0)
        return;
    headers.count = 0;
    for (unsigned i = 0; i < uris->len && i < 64; i++)
        read_headers(packet, (const field_info *)uris->pdata[i], &headers);
    for (unsigned i = 0; i < headers.count && !forwarded; i++)
        forwarded = is_forwarding_header(headers.lines[i]);
    for (unsigned i = 0; i < uris->len && i < 64; i++)
        add_uri(packet, fvalue_get_string(SMSRC_FINFO_VALUE((field_info *)uris->pdata[i])),
                forwarded);
    add_facts(packet, FIELD_HTTP_METHOD, FIELD_HTTP_METHOD);
    for (unsigned i = 0; i < headers.count; i++)
        add_fact(packet, FACT_HTTP_HEADER, headers.lines[i], NULL, NUM_FIELDS);
}

/* MS-CIFS 2.2.3.1, MS-SMB2 2.2.1: the status in the headers, from the protocol's own name on */
#define NBSS_LENGTH 4
#define SMB_STATUS 5
#define SMB2_STATUS 8

#define STATUS_PENDING 0x00000103
#define STATUS_MORE_PROCESSING_REQUIRED 0xc0000016

/* True where the packet comes from the side that was called. */
static bool
is_from_responder(const packet_t *packet)
{
    packet_info *pinfo = packet->pinfo;
    flow_t *flow = flow_of_packet(pinfo, false);
    bool sure;

    return flow != NULL && !flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure);
}

static void
add_smb_answer(const packet_t *packet, uint32_t status)
{
    if (waiting > 0 && status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED &&
        is_from_responder(packet))
        add_answer(packet, ANSWER_SMB, status == 0);
}

static void
scan_smb(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, NBSS_LENGTH, SMB_STATUS + 4);

    /* The share, then the file in it, then the answer: the order counts where all are in one. */
    if (has_item(packet, FIELD_SMB_PATH) && !is_from_responder(packet))
        add_facts(packet, FIELD_SMB_PATH, FIELD_SMB_PATH);
    add_facts(packet, FIELD_SMB_FILE, FIELD_SMB_FILE);
    if (header != NULL && memcmp(header, "\xffSMB", 4) == 0)
        add_smb_answer(packet, pletohu32(header + SMB_STATUS));
}

static void
scan_smb2(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, NBSS_LENGTH, SMB2_STATUS + 4);

    if (has_item(packet, FIELD_SMB2_TREE) && !is_from_responder(packet))
        add_facts(packet, FIELD_SMB2_TREE, FIELD_SMB_PATH);
    /* From 4.6 on the file is named in the answer only. */
    add_facts(packet, FIELD_SMB2_FILE, FIELD_SMB_FILE);
    if (header != NULL && memcmp(header, "\xfeSMB", 4) == 0)
        add_smb_answer(packet, pletohu32(header + SMB2_STATUS));
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
scan_nbns(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, 0, 4);
    const char *name = text_of(packet->tree, FIELD_NBNS_NAME);
    uint16_t flags;

    if (header == NULL)
        return;
    flags = pntohu16(header + 2);
    if ((flags & NAME_RESPONSE) == 0 && is_registration(NAME_OPCODE(flags)))
        add_fact(packet, FIELD_NBNS_NAME, name, &packet->pinfo->src, NUM_FIELDS);
    else if ((flags & NAME_RESPONSE) != 0 && NAME_RCODE(flags) == 0)
        add_fact(packet, FIELD_NBNS_NAME, name, NULL, FIELD_NBNS_ADDRESS);
}

/* RFC 1002 4.3.1: the types of session packets */
#define NBSS_REQUEST 0x81
#define NBSS_POSITIVE 0x82
#define NBSS_NEGATIVE 0x83

static void
scan_nbss(const packet_t *packet)
{
    const uint8_t *header = packet_bytes(packet, 0, 1);

    if (header == NULL)
        return;
    if (*header == NBSS_POSITIVE || *header == NBSS_NEGATIVE)
        add_answer(packet, ANSWER_NBSS, *header == NBSS_POSITIVE);
    else if (*header == NBSS_REQUEST)
        add_facts(packet, FIELD_NBSS_CALLED, FIELD_NBSS_CALLED);
}

static void
scan_nbdgm(const packet_t *packet)
{
    if (waiting > 0 && is_from_responder(packet))
        add_answer(packet, ANSWER_REPLY, true);
    add_facts(packet, FIELD_NBDGM_DESTINATION, FIELD_NBDGM_DESTINATION);
}

static void
scan_ldap(const packet_t *packet)
{
    uint32_t result;

    if (waiting > 0 && number_of(packet->tree, FIELD_LDAP_RESULT, &result))
        add_answer(packet, ANSWER_LDAP, result == 0);
    add_facts(packet, FIELD_LDAP_ENTRY, FIELD_LDAP_ENTRY);
    add_facts(packet, FIELD_LDAP_OBJECT, FIELD_LDAP_ENTRY);
    add_facts(packet, FIELD_LDAP_BASE, FIELD_LDAP_BASE);
    add_facts(packet, FIELD_LDAP_VALUE, FIELD_LDAP_VALUE);
}

/* MS-TDS 2.2.3.1, 2.2.7: a response and its first token */
#define TDS_HEADER_LENGTH 8
#define TDS_RESPONSE 0x04
#define TDS_TOKEN_ERROR 0xaa

static void
add_tds_answer(const packet_t *packet)
{
    const uint8_t *response = packet_bytes(packet, 0, TDS_HEADER_LENGTH + 1);

    if (response != NULL && response[0] == TDS_RESPONSE)
        add_answer(packet, ANSWER_TDS, response[TDS_HEADER_LENGTH] != TDS_TOKEN_ERROR);
}

static void
scan_tds(const packet_t *packet)
{
    if (waiting > 0 && is_from_responder(packet))
        add_tds_answer(packet);
    add_facts(packet, FIELD_TDS_DATABASE, FIELD_TDS_DATABASE);
}

/* RFC 1035 4.1: where a name ends, or 0 */
static unsigned
skip_dns_name(const uint8_t *message, unsigned length, unsigned at)
{
    while (at < length && message[at] != 0) {
        if ((message[at] & 0xc0) == 0xc0)
            return at + 2;
        at += message[at] + 1U;
    }
    return at < length ? at + 1 : 0;
}

/*
 * A management point's name in a DNS answer, and the addresses told with it, from the bytes: few
 * answers are about such a name, and all would have Wireshark make items of name and addresses.
 */
static void
read_dns(const packet_t *packet, const uint8_t *message, unsigned length)
{
    static const char prefix[] = "_mssms_mp_";
    enum { HEADER = 12, LABEL = 13, QUESTION = 4, RECORD = 10, TYPE_A = 1, CLASS_IN = 1 };
    char name[256];
    unsigned at = HEADER, count = 0, records;

    if (length < HEADER + 1 + LABEL || message[HEADER] != LABEL || pntohu16(message + 4) == 0 ||
        g_ascii_strncasecmp((const char *)message + HEADER + 1, prefix, sizeof prefix - 1) != 0)
        return;
    while (at < length && message[at] != 0 && (message[at] & 0xc0) == 0 &&
           at + 1 + message[at] <= length && count + message[at] + 2 < sizeof name) {
        if (count > 0)
            name[count++] = '.';
        memcpy(name + count, message + at + 1, message[at]);
        count += message[at];
        at += message[at] + 1U;
    }
    name[count] = '\0';
    at = HEADER;
    for (unsigned i = pntohu16(message + 4); i > 0 && at > 0; i--) {
        at = skip_dns_name(message, length, at);
        if (at > 0)
            at += QUESTION;
    }
    records = (unsigned)pntohu16(message + 6) + pntohu16(message + 8) + pntohu16(message + 10);
    for (unsigned i = 0; i < MIN(records, 64) && at > 0; i++) {
        const uint8_t *record;
        unsigned size;
        address owner;

        at = skip_dns_name(message, length, at);
        if (at == 0 || at + RECORD > length)
            return;
        record = message + at;
        size = pntohu16(record + 8);
        at += RECORD + size;
        if (pntohu16(record) != TYPE_A || (pntohu16(record + 2) & 0x7fff) != CLASS_IN ||
            size != 4 || at > length)
            continue;
        set_address(&owner, AT_IPv4, 4, record + RECORD);
        add_fact(packet, FIELD_DNS_NAME, name, &owner, NUM_FIELDS);
    }
}

static void
scan_dns(const packet_t *packet)
{
    /* Over TCP a length comes first, and an answer may be cut into segments. */
    unsigned header_at = packet->pinfo->ptype == PT_TCP ? 2 : 0;
    const uint8_t *header = packet_bytes(packet, header_at, 4);
    bool response = header != NULL && (pntohu16(header + 2) & NAME_RESPONSE) != 0;

    if (learning && header_at > 0)
        foretold |= FIELDS_OF_DNS;
    if (is_wanted(FIELD_DNS_NAME)) {
        if (response)
            add_fact(packet, FIELD_DNS_NAME, text_of(packet->tree, FIELD_DNS_NAME), NULL,
                     FIELD_DNS_ADDRESS);
        return;
    }
    if (learning && response)
        read_dns(packet, header, packet->length - header_at);
}

/* An endpoint mapper's answer names a port of the host that sent it. */
static void
add_endpoint(packet_info *pinfo, uint16_t port)
{
    wmem_map_t *ports = (wmem_map_t *)wmem_map_lookup(rpc_endpoints, &pinfo->src);

    if (port < 1024 || num_endpoints >= MAX_ENDPOINTS)
        return;
    if (ports == NULL) {
        ports = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
        wmem_map_insert(rpc_endpoints, address_key_new(&pinfo->src), ports);
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
scan_rpc(const packet_t *packet)
{
    const GPtrArray *ports = items_of(packet->tree, FIELD_EPM_PORT, 0);
    const uint8_t *header = packet_bytes(packet, 0, 4);
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;

    if (header == NULL)
        return;
    /* The type is the third byte of a header with connections, the second of one without. */
    if ((header[0] == 5 ? header[2] : header[1]) == RPC_RESPONSE) {
        for (unsigned i = 0; ports != NULL && i < ports->len && i < 64; i++) {
            const field_info *item = (const field_info *)ports->pdata[i];

            add_endpoint(packet->pinfo,
                         (uint16_t)fvalue_get_uinteger(SMSRC_FINFO_VALUE((field_info *)item)));
        }
        add_answer(packet, ANSWER_REPLY, true);
        return;
    }
    /* The namespace of a WMI login stands in the stub, in UTF-16, when it is not sealed. */
    {
        static const uint8_t root[] = { 'r',  0, 'o', 0, 'o', 0, 't', 0,
                                        '\\', 0, 's', 0, 'm', 0, 's' };
        enum { ROOT_BACKSLASH = 8 }; /* where in it: the rarest of its letters */
        const uint8_t *found = payload + ROOT_BACKSLASH - 1, *end = payload + length;
        char text[64];
        unsigned count = 0;

        while (found + 1 < end &&
               (found = (const uint8_t *)memchr(found + 1, '\\', (size_t)(end - found - 1))) !=
                   NULL) {
            unsigned at = (unsigned)(found - payload) - ROOT_BACKSLASH;
            bool same = at + sizeof root <= length;

            for (unsigned i = 0; same && i < sizeof root; i++)
                same = (uint8_t)g_ascii_tolower((char)payload[at + i]) == root[i];
            if (!same)
                continue;
            for (; at + 1 < length && count + 1 < sizeof text && g_ascii_isprint(payload[at]) &&
                   payload[at + 1] == 0; at += 2)
                text[count++] = (char)payload[at];
            break;
        }
        text[count] = '\0';
        add_fact(packet, FACT_NAMESPACE, text, NULL, NUM_FIELDS);
    }
}

static void
scan_remote_control(const packet_t *packet)
{
    const claim_t *claim = smsrc_claim_of_packet(packet->pinfo);
    flow_t *flow;

    /* Decode As and the port alone are no evidence. */
    if (claim == NULL || claim->direction == DIRECTION_UNKNOWN ||
        (claim->ground != GROUND_CONTENT && claim->ground != GROUND_SESSION))
        return;
    flow = flow_of_packet(packet->pinfo, true);
    /* What the flow's own content has shown is more than what other flows of the two showed. */
    if (claim->configmgr)
        flow->service = SERVICE_CM_REMOTE_CONTROL;
    else if (claim->ground == GROUND_CONTENT || flow->service == SERVICE_UNKNOWN)
        flow->service = SERVICE_REMOTE_CONTROL;
    add_fact(packet, FACT_REMOTE_CONTROL,
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
scan_ipx(const packet_t *packet)
{
    const field_info *item = item_of(packet->tree, FIELD_IPX_TYPE);
    const uint8_t *header;
    flow_t *flow;
    uint8_t kind;
    char name[16];
    int at;

    if (item == NULL || item->ds_tvb == NULL ||
        fvalue_get_uinteger(SMSRC_FINFO_VALUE((field_info *)item)) != IPX_TYPE_NETBIOS)
        return;
    at = item->start - IPX_TYPE_OFFSET + IPX_HEADER_LENGTH + NBIPX_NETWORKS;
    if (tvb_captured_length_remaining(item->ds_tvb, at) < NBIPX_NAME + 16)
        return;
    header = tvb_get_ptr(item->ds_tvb, at, NBIPX_NAME + 16);
    kind = header[1];
    if (kind != 1 && kind != 2)
        return;
    flow = flow_of_packet(packet->pinfo, true);
    flow->service = SERVICE_NETBIOS_IPX;
    memcpy(name, header + NBIPX_NAME, sizeof name);
    for (unsigned i = 0; i < 15; i++)
        name[i] = g_ascii_isprint(name[i]) ? name[i] : '?';
    add_fact(packet, FACT_IPX_NAME,
             wmem_strdup_printf(packet->pinfo->pool, "%s %.15s<%02x>",
                                kind == 1 ? "find" : "recognized",
                                name, (uint8_t)name[15]),
             NULL, NUM_FIELDS);
}

/*
 * What Wireshark did not dissect (2.5)
 */

/*
 * "BITS_POST /CCM_Incoming/{...} HTTP/1.1", or "HTTP/1.1 200 OK" as its answer; any other request
 * where a dissector of the port's, or of the client's port, was asked before HTTP's heuristic.
 */
static void
read_http(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    static const char bits_post[] = "BITS_POST ";
    char *line, *end, *uri;
    bool forwarded = false;
    uint32_t code;

    if ((packet->layers & LAYER_HTTP) != 0 &&
        (length < sizeof bits_post - 1 || memcmp(payload, bits_post, sizeof bits_post - 1) != 0))
        return;
    line = wmem_strndup(packet->pinfo->pool, (const char *)payload, MIN(length, MAX_FACT));
    end = strpbrk(line, "\r\n");
    uri = strchr(line, ' ');
    if (g_str_has_prefix(line, "HTTP/1.") && uri != NULL) {
        if (ws_strtou32(uri + 1, (const char **)&end, &code))
            add_http_answer(packet, code);
        return;
    }
    if (end == NULL || uri == NULL || uri > end)
        return;
    for (char *header = end; header != NULL && !forwarded; header = strchr(header, '\n')) {
        header += strspn(header, "\r\n");
        forwarded = is_forwarding_header(header);
    }
    *end = '\0';
    *uri++ = '\0';
    end = strchr(uri, ' ');
    if (end != NULL)
        *end = '\0';
    add_uri(packet, uri, forwarded);
    add_fact(packet, FIELD_HTTP_METHOD, line, NULL, NUM_FIELDS);
}

/* SMB: a status in the header, a share's or a file's name in ASCII or in UTF-16. */
static void
read_smb(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    bool smb2 = payload[4] == 0xfe;
    bool response = smb2 ? length > 20 && (payload[20] & 1) != 0
                         : length > 13 && (payload[13] & 0x80) != 0;
    char *text;
    unsigned count = 0, start = 0;

    if (length < 36)
        return;
    if (response) {
        uint32_t status = pletohu32(payload + NBSS_LENGTH + (smb2 ? SMB2_STATUS : SMB_STATUS));

        if (status != STATUS_PENDING && status != STATUS_MORE_PROCESSING_REQUIRED)
            add_answer(packet, ANSWER_SMB, status == 0);
        return;
    }
    /* UTF-16 without its zero bytes reads as the ASCII it is. */
    text = (char *)wmem_alloc(packet->pinfo->pool, length + 1);
    for (unsigned at = 36; at <= length; at++) {
        if (at < length && g_ascii_isprint(payload[at])) {
            text[count++] = (char)payload[at];
        } else if (at == length || payload[at] != 0 || (at + 1 < length && payload[at + 1] == 0)) {
            text[count] = '\0';
            if (count - start >= 4) {
                const char *path = strstr(text + start, "\\\\");

                if (path != NULL)
                    add_fact(packet, FIELD_SMB_PATH, path, NULL, NUM_FIELDS);
                else
                    add_fact(packet, FIELD_SMB_FILE, text + start, NULL, NUM_FIELDS);
            }
            start = count;
        }
    }
}

/* MS-TDS 2.2.6.4: the place and length of the database's name in a login record */
#define TDS_LOGIN_DATABASE 68

static void
read_tds(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    unsigned at, count;
    char name[32];

    if (payload[0] == TDS_RESPONSE) {
        add_tds_answer(packet);
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
    add_fact(packet, FIELD_TDS_DATABASE, name, NULL, NUM_FIELDS);
}

/*
 * The object that the capture's first message names: its octet string is the first thing in the
 * operation (RFC 4511 4.5.1, 4.6, 4.7).
 */
static void
read_ldap_object(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    enum { OCTET_STRING = 0x04, SEARCH = 0x63, MODIFY = 0x66, ADD = 0x68 };
    unsigned at = 2;
    uint8_t operation;

    /* The message's length, its number, then the operation and its length. */
    if (payload[1] > 0x80)
        at += payload[1] & 0x7fU;
    if (at + 2 >= length || payload[at] != 0x02)
        return;
    at += 2U + payload[at + 1];
    if (at + 2 >= length)
        return;
    operation = payload[at];
    at += 2U + (payload[at + 1] > 0x80 ? payload[at + 1] & 0x7fU : 0U);
    if (at + 2 >= length || payload[at] != OCTET_STRING)
        return;
    {
        unsigned size = payload[at + 1], begin = at + 2;
        char *name;

        if (size == 0x81) {
            size = payload[begin++];
        } else if (size == 0x82 && begin + 2 < length) {
            size = pntohu16(payload + begin);
            begin += 2;
        }
        if (begin + size > length || size > MAX_FACT)
            return;
        name = wmem_strndup(packet->pinfo->pool, (const char *)payload + begin, size);
        if (operation == SEARCH)
            add_fact(packet, FIELD_LDAP_BASE, name, NULL, NUM_FIELDS);
        else if (operation == ADD || operation == MODIFY)
            add_fact(packet, FIELD_LDAP_ENTRY, name, NULL, NUM_FIELDS);
    }
}

/* LDAP: the class a search is for; an end of search or an added entry as the answer. */
static void
read_ldap(const packet_t *packet, const uint8_t *payload, unsigned length)
{
    const uint8_t *found = ws_memmem(payload, length, (const uint8_t *)"mSSMS", 5);
    char name[40];
    unsigned count = 0;
    bool sure;
    packet_info *pinfo = packet->pinfo;
    flow_t *flow = flow_of_packet(pinfo, false);

    if (flow != NULL && flow->num_pending > 0 &&
        !flow_is_initiator(flow, &pinfo->src, pinfo->srcport, &sure)) {
        /* resultCode is the first element of a result: ENUMERATED, one byte */
        const uint8_t *result = ws_memmem(payload, length, (const uint8_t *)"\x0a\x01", 2);

        if (result != NULL && result + 2 < payload + length)
            add_answer(packet, ANSWER_LDAP, result[2] == 0);
        return;
    }
    if ((packet->layers & LAYER_LDAP) != 0)
        read_ldap_object(packet, payload, length);
    if (found == NULL)
        return;
    /* An octet string: its length stands before it, and behind it may be a letter by chance. */
    while (found + count < payload + length && count + 1 < sizeof name &&
           (found == payload || count < found[-1]) && g_ascii_isalnum(found[count])) {
        name[count] = (char)found[count];
        count++;
    }
    name[count] = '\0';
    add_fact(packet, FIELD_LDAP_VALUE, name, NULL, NUM_FIELDS);
}

/* NBNS that was taken for DNS: the name in its half-ASCII form, an answer's address behind it. */
static void
read_nbns(const packet_t *packet, const uint8_t *payload, unsigned length)
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
        add_fact(packet, FIELD_NBNS_NAME, name, &packet->pinfo->src, NUM_FIELDS);
    } else if ((flags & NAME_RESPONSE) != 0 && NAME_RCODE(flags) == 0 && length >= 62) {
        /* name, type, class, time to live, length, flags, then the address */
        set_address(&owner, AT_IPv4, 4, payload + 58);
        add_fact(packet, FIELD_NBNS_NAME, name, &owner, NUM_FIELDS);
    }
}

static const struct {
    service_e service;
    unsigned layers; /* not read where Wireshark dissected one of these */
    field_e field;   /* and this field of it is there */
    void (*read)(const packet_t *packet, const uint8_t *payload, unsigned length);
} readers[] = {
    { SERVICE_HTTP, 0, FIELD_HTTP_URI, read_http },
    { SERVICE_SMB1, LAYER_SMB | LAYER_SMB2, FIELD_SMB_PATH, read_smb },
    { SERVICE_SMB2, LAYER_SMB | LAYER_SMB2, FIELD_SMB_PATH, read_smb },
    { SERVICE_TDS, LAYER_TDS, FIELD_TDS_DATABASE, read_tds },
    { SERVICE_LDAP, LAYER_LDAP, FIELD_LDAP_VALUE, read_ldap },
    { SERVICE_NBNS, LAYER_NBNS, FIELD_NBNS_NAME, read_nbns },
};

/* A look at three bytes, to leave most packets alone. */
static bool
is_worth_reading(const packet_t *packet)
{
    const uint8_t *payload = packet->payload;
    unsigned length = packet->length;
    bool tcp = packet->pinfo->ptype == PT_TCP;

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
    case 'B': /* a method of HTTP that Wireshark does not know */
        return true;
    case 'C': /* its other methods, and its answers */
    case 'G':
    case 'H':
    case 'P':
        return (packet->layers & LAYER_HTTP) == 0;
    default:
        return false;
    }
}

static void
scan_payload(const packet_t *packet)
{
    service_e service;

    if (packet->payload == NULL || !is_worth_reading(packet))
        return;
    service = packet_service(packet);
    for (unsigned i = 0; i < array_length(readers); i++) {
        bool dissected = (readers[i].layers & packet->layers) != 0;

        if (readers[i].service == service &&
            (!dissected || (learning && !is_wanted(readers[i].field))))
            readers[i].read(packet, packet->payload, packet->length);
    }
}

static const struct {
    unsigned layer;
    void (*scan)(const packet_t *packet);
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
evidence_scan(const packet_t *packet)
{
    foretell(packet);
    if (packet->layers != 0) {
        for (unsigned i = 0; i < array_length(scanners); i++) {
            if ((packet->layers & scanners[i].layer) != 0)
                scanners[i].scan(packet);
        }
    }
    foretell_request(packet);
    scan_payload(packet);
}

void
evidence_sniff(const packet_t *packet, flow_t *flow)
{
    if (flow->service != SERVICE_UNKNOWN || flow->sniffs >= FLOW_MAX_SNIFFS ||
        packet->payload == NULL)
        return;
    flow->sniffs++;
    flow->service = packet_service(packet);
}
