/* test-user-tables.c
 * Wireshark's dialog can edit each field of each table that the plugin registers
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include <epan/uat-int.h>

#include "unit-epan.h"

/* More names than any combo box has: an array that does not end before is not terminated. */
#define MAX_NAMES 256

static unsigned num_tables;
static unsigned num_enum_fields;

static char *
field_text(const uat_field_t *field, void *record)
{
    char *text = NULL;
    unsigned length = 0;

    field->cb.tostr(record, &text, &length, field->cbdata.tostr, field->fld_data);
    g_assert_nonnull(text);
    g_assert_cmpuint(length, ==, strlen(text));
    return text;
}

static void
set_field(const uat_field_t *field, void *record, const char *text)
{
    field->cb.set(record, text, (unsigned)strlen(text), field->cbdata.set, field->fld_data);
}

/* The dialog checks the text that a cell shows: @return whether the field accepts it. */
static bool
is_accepted(const uat_field_t *field, void *record)
{
    char *text = field_text(field, record);
    char *error = NULL;
    bool accepted = field->cb.chk == NULL ||
                    field->cb.chk(record, text, (unsigned)strlen(text), field->cbdata.chk,
                                  field->fld_data, &error);

    g_assert_true(accepted == (error == NULL));
    g_free(error);
    g_free(text);
    return accepted;
}

/* UatDelegate::createEditor() reads fld_data as these names, whatever the callbacks do with it. */
static const value_string *
combo_names(const uat_t *table, const uat_field_t *field)
{
    const value_string *names = (const value_string *)field->fld_data;

    g_test_message("%s.%s", table->filename, field->name);
    g_assert_true(field->fld_data == field->cbdata.chk);
    g_assert_true(field->fld_data == field->cbdata.set);
    g_assert_true(field->fld_data == field->cbdata.tostr);
    g_assert_nonnull(names);
    return names;
}

/* The user chooses each name of the combo box in turn. */
static void
choose_each_name(const uat_t *table, const uat_field_t *field, void *record)
{
    const value_string *names = combo_names(table, field);
    unsigned count = 0;

    for (; names[count].strptr != NULL; count++) {
        char *text;

        g_assert_cmpuint(count, <, MAX_NAMES);
        set_field(field, record, names[count].strptr);
        text = field_text(field, record);
        g_assert_cmpstr(text, ==, names[count].strptr);
        g_assert_true(is_accepted(field, record));
        g_free(text);
    }
    g_assert_cmpuint(count, >, 1);
    num_enum_fields++;
}

/* UatModel::insertRows(): a line that was just added, from which each cell is shown and checked. */
static void
edit_new_line(const uat_t *table, void *record)
{
    for (const uat_field_t *field = table->fields; field->name != NULL; field++)
        set_field(field, record, "");
    for (const uat_field_t *field = table->fields; field->name != NULL; field++) {
        is_accepted(field, record);
        if (field->mode == PT_TXTMOD_ENUM)
            choose_each_name(table, field, record);
    }
}

static void
edit_table(void *item, void *unused _U_)
{
    const uat_t *table = (const uat_t *)item;
    void *record;

    if (!g_str_has_prefix(table->filename, "smsrc"))
        return;
    record = g_malloc0(table->record_size);
    edit_new_line(table, record);
    table->free_cb(record);
    g_free(record);
    num_tables++;
}

static void
test_dialog_edits_each_field(void)
{
    uat_foreach_table(edit_table, NULL);
    g_assert_cmpuint(num_tables, >=, 2);
    g_assert_cmpuint(num_enum_fields, >=, 4);
}

typedef struct {
    const char *filename;
    char *line; /* the fields of the table's first line, with "|" after each */
} shown_t;

static void
show_first_line(void *item, void *data)
{
    const uat_t *table = (const uat_t *)item;
    shown_t *shown = (shown_t *)data;
    GString *line;

    if (strcmp(table->filename, shown->filename) != 0)
        return;
    g_assert_cmpuint(table->raw_data->len, ==, 1);
    line = g_string_new(NULL);
    for (const uat_field_t *field = table->fields; field->name != NULL; field++) {
        char *text = field_text(field, table->raw_data->data);

        g_string_append_printf(line, "%s|", text);
        g_free(text);
    }
    shown->line = g_string_free(line, FALSE);
}

static void
add_and_expect(const char *table, const char *line, const char *expected)
{
    shown_t shown = { table, NULL };

    unit_table_clear(table);
    unit_table_add(table, line);
    uat_foreach_table(show_first_line, &shown);
    g_assert_cmpstr(shown.line, ==, expected);
    g_free(shown.line);
    unit_table_clear(table);
}

/* A file and -o take a role in other words; the dialog shows it as its combo box has it. */
static void
test_roles_in_other_words(void)
{
    add_and_expect("smsrc_roles", "\"10.0.0.1\",\"SMS Distribution Point\",\"\"",
                   "10.0.0.1|Distribution point||");
    add_and_expect("smsrc_rows", "\"sms site server\",\"any\",\"TCP\",\"80\",\"\",\"\"",
                   "Site server|any|TCP|80|||");
    add_and_expect("smsrc_roles", "\"10.0.0.1\",\"sITE sERVER\",\"\"", "10.0.0.1|Site server||");
    add_and_expect("smsrc_rows", "\"ANY\",\"management point\",\"TCP+UDP\",\"80\",\"\",\"\"",
                   "any|Management point|TCP+UDP|80|||");
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start_plugin(SMSRC_PLUGIN);
    g_test_add_func("/dialog-edits-each-field", test_dialog_edits_each_field);
    g_test_add_func("/roles-in-other-words", test_roles_in_other_words);
    result = g_test_run();
    unit_epan_stop();
    return result;
}
