/* cm-result.c
 * Results of a request for ConfigMgr's remote control
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "cm-result.h"

#include "text.h"

static int hf_smsrc_cm_result = -1;
static int hf_smsrc_cm_user = -1;
static int hf_smsrc_cm_workstation = -1;
static int hf_smsrc_cm_service = -1;

static expert_field ei_smsrc_cm_denied = EI_INIT;

/* A control string is upper case with underscores; the longest known has 22 letters. */
#define MAX_CONTROL_WORD 64

/* The beginnings of the control strings (sccm-rc-viewer's protocol page, 3). */
static const char *const word_starts[] = { "SUCCESS_", "ERROR_", "START_", "STOP_" };

/*
 * Control strings that are results, and the names that users see. Whether a wrapped string has its
 * NUL is not certain: the greeting's length counts one, and the only published observation of NTLM
 * fits SUCCESS_FULL_CONTROL with it. So each string has two lengths (inferred).
 */
static const struct {
    const char *text;
    const char *name;
    bool denial;
    bool sealed; /* it is sent wrapped, as UTF-16LE; else in clear */
} results[] = {
    [CM_RESULT_FULL_CONTROL] = { "SUCCESS_FULL_CONTROL", "Full control", false, true },
    [CM_RESULT_VIEW_ONLY] = { "SUCCESS_VIEW_ONLY", "View only", false, true },
    [CM_RESULT_ACCESS_DENIED] = { "ERROR_ACCESS_DENIED", "Access denied", true, true },
    [CM_RESULT_LOGON_DENIED] = { "ERROR_LOGON_DENIED", "Logon denied", true, false },
    [CM_RESULT_NO_ACTIVE_USER] = { "ERROR_NO_ACTIVE_USER", "No active user", true, false },
    [CM_RESULT_EXISTING_SESSION] = { "ERROR_EXISTING_SESSION", "Existing session", true, false },
};

const char *
cm_result_name(cm_result_e result)
{
    return results[result].name;
}

bool
cm_result_is_denial(cm_result_e result)
{
    return results[result].denial;
}

cm_result_e
cm_result_of_text(const char *text)
{
    for (unsigned i = CM_RESULT_FULL_CONTROL; i < array_length(results); i++) {
        if (strcmp(text, results[i].text) == 0)
            return (cm_result_e)i;
    }
    return CM_RESULT_UNKNOWN;
}

bool
cm_result_is_length_of(unsigned length, const char *text)
{
    size_t without_nul = strlen(text) * sizeof(gunichar2);

    return length == without_nul || length == without_nul + sizeof(gunichar2);
}

cm_result_e
cm_result_of_length(unsigned length, bool *ambiguous)
{
    cm_result_e found = CM_RESULT_UNKNOWN;

    *ambiguous = false;
    for (unsigned i = CM_RESULT_FULL_CONTROL; i < array_length(results); i++) {
        if (!results[i].sealed || !cm_result_is_length_of(length, results[i].text))
            continue;
        *ambiguous = found != CM_RESULT_UNKNOWN;
        found = (cm_result_e)i;
    }
    return *ambiguous ? CM_RESULT_UNKNOWN : found;
}

bool
cm_result_is_control_string(tvbuff_t *plain, packet_info *pinfo)
{
    unsigned length = tvb_captured_length(plain);
    const char *word;

    if (length % 2 != 0 || length > 2 * MAX_CONTROL_WORD)
        return false;
    for (unsigned i = 0; i < length; i += 2) {
        uint8_t c = tvb_get_uint8(plain, (int)i);

        if (!(g_ascii_isupper(c) || c == '_') || tvb_get_uint8(plain, (int)i + 1) != 0)
            return false;
    }
    word = (const char *)tvb_get_string_enc(pinfo->pool, plain, 0, (int)length,
                                            ENC_UTF_16 | ENC_LITTLE_ENDIAN);
    for (unsigned i = 0; i < array_length(word_starts); i++) {
        if (g_str_has_prefix(word, word_starts[i]))
            return true;
    }
    return false;
}

static void
add_name(wmem_allocator_t *scope, tvbuff_t *tvb, proto_tree *tree, int hf, const char *name)
{
    if (name != NULL)
        proto_item_set_generated(
            proto_tree_add_string(tree, hf, tvb, 0, 0, text_shown(scope, name)));
}

void
cm_result_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                  const cm_connection_t *connection, cm_result_e result, bool by_length)
{
    proto_item *item;

    if (result == CM_RESULT_UNKNOWN)
        return;
    if (connection != NULL) {
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_user,
                 cm_connection_user(pinfo->pool, connection));
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_workstation, connection->workstation);
        add_name(pinfo->pool, tvb, tree, hf_smsrc_cm_service, connection->service);
    }
    item = proto_tree_add_string(tree, hf_smsrc_cm_result, tvb, 0, 0, cm_result_name(result));
    proto_item_set_generated(item);
    if (by_length)
        proto_item_append_text(item, " (inferred from the length of the sealed message)");
    if (cm_result_is_denial(result))
        expert_add_info_format(pinfo, item, &ei_smsrc_cm_denied, "%s", cm_result_name(result));
}

void
cm_result_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        { &hf_smsrc_cm_result,
          { "Result", "smsrc.cm.result", FT_STRING, BASE_NONE, NULL, 0x0,
            "Result of the request for control; inferred from a length without keys: Full "
            "control, View only, Access denied, Logon denied, No active user, Existing session",
            HFILL } },
        { &hf_smsrc_cm_user,
          { "User", "smsrc.cm.user", FT_STRING, BASE_NONE, NULL, 0x0,
            "User who requested control, from the handshake", HFILL } },
        { &hf_smsrc_cm_workstation,
          { "Workstation", "smsrc.cm.workstation", FT_STRING, BASE_NONE, NULL, 0x0,
            "The machine of the viewer, from NTLM", HFILL } },
        { &hf_smsrc_cm_service,
          { "Service", "smsrc.cm.service", FT_STRING, BASE_NONE, NULL, 0x0,
            "Service for which the viewer requested a Kerberos ticket", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_smsrc_cm_denied,
          { "smsrc.cm.denied", PI_RESPONSE_CODE, PI_NOTE, "The agent did not grant control",
            EXPFILL } },
    };

    proto_register_field_array(proto, hf, array_length(hf));
    expert_register_field_array(expert, ei, array_length(ei));
}
