/* user-rows.c
 * Rows that the user adds to the matrix: the table smsrc_rows
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A site moves ports (another HTTP port, a software update point on 8530) and has services that
 * the published list does not have. A line of this table adds a row for each of its ranges of ports
 * and each of its transports. All checks are those of fields: if the check of a record fails,
 * Wireshark stops reading the file there, and the good lines after a bad one would be lost.
 */

#include "user-rows.h"

#include <epan/range.h>
#include <epan/uat.h>

#include "role-field.h"
#include "text.h"
#include "uat-file.h"

/* In one line. The number of lines is not limited. */
#define MAX_RANGES 64

typedef struct {
    unsigned initiator; /* role_or_any_vals */
    unsigned responder;
    unsigned transports; /* a set of transport_e */
    char *ports;
    char *service;
    char *note;
} user_row_t;

static user_row_t *user_lines;
static unsigned num_user_lines;
static uat_file_t row_file = { .name = "smsrc_rows" };
static GHashTable *lines_taken; /* while the table is read: each line without its note */

/* Built from the lines. Its strings are in user_strings. */
static GArray *user_matrix_rows;
static GStringChunk *user_strings;

static const value_string transport_vals[] = {
    { TRANSPORT_TCP, "TCP" },
    { TRANSPORT_UDP, "UDP" },
    { TRANSPORT_TCP | TRANSPORT_UDP, "TCP+UDP" },
    { 0, NULL },
};

/* The roles that fit a role or a group of the table, if more than the role itself. */
static const struct {
    unsigned role;
    role_set_t fits;
} kin_roles[] = {
    { ROLE_CLIENT,
      ROLE_BIT(ROLE_CLIENT) | ROLE_BIT(ROLE_ADVANCED_CLIENT) |
          ROLE_BIT(ROLE_LEGACY_CLIENT) },
    { ROLE_ADVANCED_CLIENT,
      ROLE_BIT(ROLE_ADVANCED_CLIENT) | ROLE_BIT(ROLE_CLIENT) },
    { ROLE_LEGACY_CLIENT,
      ROLE_BIT(ROLE_LEGACY_CLIENT) | ROLE_BIT(ROLE_CLIENT) },
    { ROLE_GROUP_DISTRIBUTION_POINT,
      ROLE_BIT(ROLE_BITS_DISTRIBUTION_POINT) | ROLE_BIT(ROLE_SMB_DISTRIBUTION_POINT) },
};

static role_set_t
roles_of_field(unsigned role)
{
    for (unsigned i = 0; i < array_length(kin_roles); i++) {
        if (kin_roles[i].role == role)
            return kin_roles[i].fits;
    }
    return role < NUM_ROLES ? ROLE_BIT(role) : ROLES_ANY;
}

/* The contents that a service's text means. 0, any, if it is not a name of service-detect.h. */
static service_set_t
services_of_field(const char *text)
{
    for (unsigned service = SERVICE_UNKNOWN + 1; service < NUM_SERVICES; service++) {
        if (g_ascii_strcasecmp(text, service_name((service_e)service)) == 0)
            return SERVICE_BIT(service);
    }
    return 0;
}

/* The ranges in @p text, to be freed with wmem_free(NULL, ); or NULL and the reason in @p error. */
static range_t *
parse_ports(const char *text, char **error)
{
    const char *why = NULL;
    range_t *ranges = NULL;

    switch (range_convert_str(NULL, &ranges, text, UINT16_MAX)) {
    case CVT_NO_ERROR:
        if (ranges->nranges == 0)
            why = "at least one port is needed";
        else if (ranges->nranges > MAX_RANGES)
            why = "too many ranges for one line";
        for (unsigned i = 0; why == NULL && i < ranges->nranges; i++) {
            if (ranges->ranges[i].low == 0)
                why = "there is no port 0";
        }
        break;
    case CVT_NUMBER_TOO_BIG:
        why = "the last port is 65535";
        break;
    case CVT_SYNTAX_ERROR:
    default:
        why = "ports are written as 8530-8531,9000";
        break;
    }
    if (why == NULL)
        return ranges;

    wmem_free(NULL, ranges);
    *error = uat_file_shown(g_strdup_printf("\"%s\" are not ports: %s", text, why));
    return NULL;
}

static ws_uat_bool
user_row_check_ports(void *record _U_, const char *text, unsigned length,
                     const void *check_data _U_, const void *field_data _U_, char **error)
{
    char *ports = g_strndup(text ? text : "", length);
    range_t *ranges;

    *error = uat_file_bad_text(text, length);
    ranges = *error ? NULL : parse_ports(ports, error);
    wmem_free(NULL, ranges);
    g_free(ports);
    return *error == NULL;
}

static ws_uat_bool
user_row_check_transport(void *record, const char *text, unsigned length, const void *vals,
                         const void *field_data, char **error)
{
    if (uat_fld_chk_enum(record, text, length, vals, field_data, error))
        return TRUE;
    g_free(*error);
    *error = uat_file_shown(g_strdup_printf("\"%.*s\" is not a transport: TCP, UDP or TCP+UDP",
                                            (int)length, text ? text : ""));
    return FALSE;
}

SMSRC_UAT_ROLE_CB_DEF(user_row, initiator, user_row_t)
SMSRC_UAT_ROLE_CB_DEF(user_row, responder, user_row_t)
UAT_VS_DEF(user_row, transports, user_row_t, unsigned, TRANSPORT_TCP, "TCP")
UAT_CSTRING_CB_DEF(user_row, ports, user_row_t)
UAT_CSTRING_CB_DEF(user_row, service, user_row_t)
UAT_CSTRING_CB_DEF(user_row, note, user_row_t)

static void *
user_row_copy(void *to, const void *from, size_t size _U_)
{
    user_row_t *copy = (user_row_t *)to;
    const user_row_t *line = (const user_row_t *)from;

    *copy = *line;
    copy->ports = g_strdup(line->ports);
    copy->service = g_strdup(line->service);
    copy->note = g_strdup(line->note);
    return to;
}

static void
user_row_free(void *record)
{
    user_row_t *line = (user_row_t *)record;

    g_free(line->ports);
    g_free(line->service);
    g_free(line->note);
}

static void add_line(const void *record);

void
user_rows_register(module_t *module)
{
    static uat_field_t fields[] = {
        SMSRC_UAT_FLD_ENUM(user_row, initiator, "Initiator role", role_field_check,
                           role_or_any_vals,
                           "The role of the host that opens the flow, or any"),
        SMSRC_UAT_FLD_ENUM(user_row, responder, "Responder role", role_field_check,
                           role_or_any_vals,
                           "The role of the host whose port it is, or any"),
        SMSRC_UAT_FLD_ENUM(user_row, transports, "Transport", user_row_check_transport,
                           transport_vals, "TCP, UDP or both"),
        { "ports", "Ports", PT_TXTMOD_STRING,
          { user_row_check_ports, user_row_ports_set_cb, user_row_ports_tostr_cb },
          { NULL, NULL, NULL }, NULL, "Ports of the responder, such as 8530-8531,9000", FLDFILL },
        { "service", "Service", PT_TXTMOD_STRING,
          { uat_file_check_text, user_row_service_set_cb, user_row_service_tostr_cb },
          { NULL, NULL, NULL }, NULL,
          "What runs there; the name of a known service, such as HTTP, TLS or TDS, holds the "
          "flow's content to it, and with any other text all content fits", FLDFILL },
        { "note", "Note", PT_TXTMOD_STRING,
          { uat_file_check_text, user_row_note_set_cb, user_row_note_tostr_cb },
          { NULL, NULL, NULL }, NULL, "Why the row is there", FLDFILL },
        UAT_END_FIELDS
    };
    uat_t *table = uat_new("SMS rows added to KB 826852", sizeof(user_row_t), "smsrc_rows", TRUE,
                           &user_lines, &num_user_lines, UAT_AFFECTS_DISSECTION, NULL,
                           user_row_copy, NULL, user_row_free, NULL, NULL, fields);

    row_file.fields = fields;
    row_file.record_size = sizeof(user_row_t);
    row_file.free_record = user_row_free;
    row_file.take = add_line;

    prefs_register_uat_preference(module, "audit.rows", "Rows added to the matrix",
                                  "Flows that this site allows beyond KB 826852", table);
}

static const char *
keep(const char *text)
{
    char *shown = text_shown(NULL, text ? text : "");
    const char *kept = g_string_chunk_insert_const(user_strings, shown);

    wmem_free(NULL, shown);
    return kept;
}

static void
add_rows(const user_row_t *line, transport_e transport, const range_t *ranges)
{
    char *text = g_strdup_printf("%s %s", service_transport_name(transport), line->ports);
    matrix_row_t row = {
        .section = "smsrc_rows",
        .text = keep(text),
        .initiator = val_to_str_const(line->initiator, role_or_group_vals, "any host"),
        .responder = val_to_str_const(line->responder, role_or_group_vals, "any host"),
        .service = keep(line->service),
        .note = keep(line->note),
        .initiator_roles = roles_of_field(line->initiator),
        .responder_roles = roles_of_field(line->responder),
        .services = services_of_field(line->service ? line->service : ""),
        .transport = transport,
        .row_class = ROW_USER_ROW,
    };

    g_free(text);
    for (unsigned i = 0; i < ranges->nranges; i++) {
        char *id = g_strdup_printf("USER%u", user_matrix_rows->len + 1);

        row.id = keep(id);
        row.port_low = (uint16_t)ranges->ranges[i].low;
        row.port_high = (uint16_t)ranges->ranges[i].high;
        g_array_append_val(user_matrix_rows, row);
        g_free(id);
    }
}

/* Called with the lines that Wireshark has read, then with those of the file. */
static void
add_line(const void *record)
{
    static const transport_e transports[] = { TRANSPORT_TCP, TRANSPORT_UDP };
    const user_row_t *line = (const user_row_t *)record;
    char *error = NULL;
    range_t *ranges = parse_ports(line->ports ? line->ports : "", &error);

    if (ranges == NULL) { /* the field's check has reported it */
        g_free(error);
        return;
    }
    if (g_hash_table_add(lines_taken,
                         g_strdup_printf("%u %u %u %s %s", line->initiator, line->responder,
                                         line->transports, line->ports,
                                         line->service ? line->service : ""))) {
        for (unsigned t = 0; t < array_length(transports); t++) {
            if (line->transports & transports[t])
                add_rows(line, transports[t], ranges);
        }
    }
    wmem_free(NULL, ranges);
}

void
user_rows_reset(void)
{
    if (user_matrix_rows == NULL) {
        user_matrix_rows = g_array_new(FALSE, FALSE, sizeof(matrix_row_t));
        user_strings = g_string_chunk_new(1024);
    }
    g_array_set_size(user_matrix_rows, 0);
    g_string_chunk_clear(user_strings);

    lines_taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    uat_file_read(&row_file, user_lines, num_user_lines);
    g_hash_table_destroy(lines_taken);
    lines_taken = NULL;
}

const matrix_row_t *
user_rows(unsigned *count)
{
    *count = user_matrix_rows != NULL ? user_matrix_rows->len : 0;
    return user_matrix_rows != NULL ? (const matrix_row_t *)user_matrix_rows->data : NULL;
}
