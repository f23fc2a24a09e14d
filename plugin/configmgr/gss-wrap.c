/* gss-wrap.c
 * Handshake and message protection (GSS-API) of ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The handshake's tokens are SSPI's: raw NTLMSSP, or SPNEGO with Kerberos or NTLMSSP in it.
 * Wireshark's dissector "gssapi" knows all of them. Messages are wrapped by SSPI's EncryptMessage,
 * with the token separate from the data:
 *
 *  - Kerberos: a token of RFC 4121, 4.2.6.2. Real viewers have EC 0, EC 16 comes from a context in
 *    the style of DCE; Wireshark's dissector has to know which.
 *  - NTLM: the signature of MS-NLMP 2.2.2.9.1 (u32 version, 8 bytes checksum, u32 number). Data
 *    and checksum go through one RC4 stream for each direction, so they have to be decrypted
 *    once, in order, without a gap. Wireshark's NTLMSSP dissector keeps one plaintext for a
 *    packet, while here several messages may share a packet: its plaintext is removed before each
 *    message, and kept with the message instead.
 */

#include "gss-wrap.h"

#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/exceptions.h>
#include <epan/proto_data.h>

/* packet-gssapi.h needs what packet-dcerpc.h declares. */
#include <epan/dissectors/packet-dcerpc.h>

#include <epan/dissectors/packet-gssapi.h>

#include "ntlmssp-auth.h"
#include "text.h"

/* RFC 4121, 4.2.6.2. */
#define KERBEROS_HEADER_LENGTH 16
#define KERBEROS_FLAGS 2
#define KERBEROS_FLAG_ACCEPTOR 0x01
#define KERBEROS_FLAG_SEALED 0x02
#define KERBEROS_EC 4

/* MS-NLMP 2.2.2.9.1. */
#define NTLM_SIGNATURE_LENGTH 16
#define NTLM_CHECKSUM 4
#define NTLM_CHECKSUM_LENGTH 8

static dissector_handle_t gssapi_handle;
static dissector_handle_t gssapi_verf_handle;
static dissector_handle_t ntlm_data_handle;
static int proto_ntlmssp = -1;

static const uint8_t ntlmssp_signature[] = NTLMSSP_SIGNATURE;

void
gss_wrap_init(void)
{
    gssapi_handle = find_dissector("gssapi");
    gssapi_verf_handle = find_dissector("gssapi_verf");
    ntlm_data_handle = find_dissector("ntlmssp_data_only");
    proto_ntlmssp = proto_get_id_by_filter_name("ntlmssp");
}

/* --- The handshake --------------------------------------------------------------------------- */

/* Keeps the viewer's names and NTLM's flags, which no field of Wireshark's dissector has. */
static void
keep_ntlm_names(tvbuff_t *tvb, packet_info *pinfo, cm_connection_t *connection)
{
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);
    const uint8_t *token = ws_memmem(bytes, captured, ntlmssp_signature, sizeof ntlmssp_signature);
    ntlmssp_auth_t names;

    if (token == NULL)
        return;
    connection->mechanism = CM_MECHANISM_NTLM;
    if (!ntlmssp_auth_read(tvb_new_subset_remaining(tvb, (int)(token - bytes)), pinfo, &names))
        return;
    connection->ntlm_flags = names.flags;
    cm_connection_set_name(&connection->domain, names.domain);
    cm_connection_set_name(&connection->user, names.user);
    cm_connection_set_name(&connection->workstation, names.workstation);
}

/* Returns the values of a field below @p tree, joined by @p separator; NULL: none. */
static const char *
field_text(proto_tree *tree, packet_info *pinfo, const char *name, const char *separator)
{
    header_field_info *field = proto_registrar_get_byname(name);
    wmem_strbuf_t *text = NULL;

    /* Several fields may have this name; the list begins with the first. */
    while (field != NULL && field->same_name_prev_id != -1)
        field = proto_registrar_get_nth((unsigned)field->same_name_prev_id);
    for (; field != NULL; field = field->same_name_next) {
        GPtrArray *found = proto_find_finfo(tree, field->id);

        for (unsigned i = 0; found != NULL && i < found->len; i++) {
            field_info *info = (field_info *)g_ptr_array_index(found, i);
            const char *value = fvalue_get_string(SMSRC_FINFO_VALUE(info));

            if (text == NULL)
                text = wmem_strbuf_new(pinfo->pool, value);
            else if (separator != NULL)
                wmem_strbuf_append_printf(text, "%s%s", separator, value);
        }
        if (found != NULL)
            g_ptr_array_free(found, TRUE);
    }
    return text != NULL ? wmem_strbuf_get_str(text) : NULL;
}

/*
 * Keeps Kerberos' names. The service is in clear in the ticket; the user is in its encrypted part,
 * and shows only if the keytab decrypts it.
 */
static void
keep_kerberos_names(proto_tree *tree, packet_info *pinfo, cm_connection_t *connection)
{
    const char *service = field_text(tree, pinfo, "kerberos.SNameString", "/");
    const char *user = field_text(tree, pinfo, "kerberos.CNameString", NULL);

    if (service == NULL)
        return;
    connection->mechanism = CM_MECHANISM_KERBEROS;
    cm_connection_set_name(&connection->service, service);
    if (user != NULL) {
        cm_connection_set_name(&connection->user, user);
        cm_connection_set_name(&connection->domain,
                               field_text(tree, pinfo, "kerberos.crealm", NULL));
    }
}

/* Names are read from fields, so a tree is made for them if the first pass has none. */
static void
dissect_token_without_tree(tvbuff_t *token, packet_info *pinfo, cm_connection_t *connection)
{
    epan_dissect_t *own = epan_dissect_new(NULL, TRUE, TRUE);

    TRY {
        call_dissector(gssapi_handle, token, pinfo, own->tree);
        keep_kerberos_names(own->tree, pinfo, connection);
    }
    FINALLY {
        epan_dissect_free(own);
    }
    ENDTRY;
}

void
gss_wrap_handshake(tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                   cm_connection_t *connection)
{
    ws_bool was_visible;

    if (connection == NULL) {
        text_call_dissector(gssapi_handle, token, pinfo, tree);
        return;
    }
    keep_ntlm_names(token, pinfo, connection);
    if (tree == NULL) {
        dissect_token_without_tree(token, pinfo, connection);
        return;
    }
    /* An invisible tree does not keep its fields. */
    was_visible = proto_tree_set_visible(tree, TRUE);
    text_call_dissector(gssapi_handle, token, pinfo, tree);
    keep_kerberos_names(tree, pinfo, connection);
    proto_tree_set_visible(tree, was_visible);
}

/* --- Wrapped messages ------------------------------------------------------------------------ */

cm_mechanism_e
gss_wrap_mechanism(tvbuff_t *token)
{
    unsigned captured = tvb_captured_length(token);

    if (captured >= KERBEROS_HEADER_LENGTH && tvb_get_ntohs(token, 0) == 0x0504)
        return CM_MECHANISM_KERBEROS;
    if (captured == NTLM_SIGNATURE_LENGTH && tvb_get_letohl(token, 0) == 1)
        return CM_MECHANISM_NTLM;
    return CM_MECHANISM_UNKNOWN;
}

bool
gss_wrap_by_acceptor(tvbuff_t *token)
{
    return gss_wrap_mechanism(token) == CM_MECHANISM_KERBEROS &&
           tvb_get_uint8(token, KERBEROS_FLAGS) & KERBEROS_FLAG_ACCEPTOR;
}

static tvbuff_t *
unwrap_kerberos(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, proto_tree *tree)
{
    gssapi_encrypt_info_t info;

    memset(&info, 0, sizeof info);
    info.gssapi_encrypted_tvb = data;
    info.decrypt_gssapi_tvb = tvb_get_ntohs(token, KERBEROS_EC) == 0 ? DECRYPT_GSSAPI_NORMAL
                                                                     : DECRYPT_GSSAPI_DCE;
    call_dissector_with_data(gssapi_verf_handle, token, pinfo, tree, &info);
    if (tvb_get_uint8(token, KERBEROS_FLAGS) & KERBEROS_FLAG_SEALED)
        return info.gssapi_decrypted_tvb;
    return data; /* signed only */
}

/* Runs NTLM's cipher once, over @p tvb. Returns NULL where Wireshark has no key. */
static tvbuff_t *
run_ntlm_cipher(tvbuff_t *tvb, packet_info *pinfo)
{
    tvbuff_t *plain = NULL;

    p_remove_proto_data(wmem_file_scope(), pinfo, proto_ntlmssp, SMSRC_NTLMSSP_PACKET_KEY);
    call_dissector_with_data(ntlm_data_handle, tvb, pinfo, NULL, &plain);
    p_remove_proto_data(wmem_file_scope(), pinfo, proto_ntlmssp, SMSRC_NTLMSSP_PACKET_KEY);
    return plain;
}

static void
decrypt_ntlm(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, cm_connection_t *connection,
             gss_wrap_t *kept)
{
    unsigned length = tvb_captured_length(data);
    tvbuff_t *plain;

    /* After a message that the capture cut the cipher is out of step. */
    if (length != tvb_reported_length(data) || cm_connection_stream(connection, pinfo)->ntlm_broken)
        return;
    plain = run_ntlm_cipher(data, pinfo);
    if (plain == NULL)
        return;
    kept->plaintext = (const uint8_t *)tvb_memdup(wmem_file_scope(), plain, 0, length);
    /* With a key exchange the checksum is encrypted too (MS-NLMP 3.4.4.2). */
    if (connection->ntlm_flags & NTLMSSP_KEY_EXCHANGE &&
        connection->ntlm_flags & NTLMSSP_EXTENDED_SECURITY)
        run_ntlm_cipher(tvb_new_subset_length(token, NTLM_CHECKSUM, NTLM_CHECKSUM_LENGTH), pinfo);
}

static tvbuff_t *
unwrap_ntlm(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
            cm_connection_t *connection, gss_wrap_t *kept)
{
    unsigned length = tvb_captured_length(data);
    tvbuff_t *plain;

    call_dissector(gssapi_verf_handle, token, pinfo, tree);
    if (connection != NULL) {
        decrypt_ntlm(data, token, pinfo, connection, kept);
        if (kept->plaintext == NULL)
            cm_connection_broken(connection, pinfo);
    }
    if (kept->plaintext == NULL)
        return NULL;
    plain = tvb_new_child_real_data(data, kept->plaintext, length, (int)length);
    add_new_data_source(pinfo, plain, "Unsealed NTLM");
    return plain;
}

tvbuff_t *
gss_wrap_unwrap(tvbuff_t *data, tvbuff_t *token, packet_info *pinfo, proto_tree *tree,
                cm_connection_t *connection, gss_wrap_t *kept)
{
    switch (gss_wrap_mechanism(token)) {
    case CM_MECHANISM_KERBEROS:
        return unwrap_kerberos(data, token, pinfo, tree);
    case CM_MECHANISM_NTLM:
        return unwrap_ntlm(data, token, pinfo, tree, connection, kept);
    case CM_MECHANISM_UNKNOWN:
        break;
    }
    return NULL;
}
