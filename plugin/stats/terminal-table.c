/* terminal-table.c
 * Work-around for ui/cli/simple_stattable.c, which prints tables wider than any terminal: unneeded
 * once tshark's own tables fit the terminal, and keep a row that has an empty number
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * tshark prints a table by its columns' formats, whatever is in them, so that no column is aligned
 * once a cell is longer. Here a column is as wide as its widest cell. On a terminal, what does not
 * fit continues in further lines of the record, and long cells are wrapped. Nothing is cut off. A
 * table that is piped into a program has the long form: a line for each record, and all columns.
 */

#include "terminal-table.h"

#include "smsrc-compat.h"

#include <stdlib.h>
#include <unistd.h>
#if __has_include(<sys/ioctl.h>)
#include <sys/ioctl.h>
#endif

#include <epan/stat_groups.h>
#include <epan/tap.h>

#include "stat-listener.h"
#include "terminal-columns.h"
#include "text-lines.h"
#include "text.h"

/*
 * The group of the tables: Wireshark puts it into no menu, so that they are in the submenu alone
 * (menu.c). tshark and sharkd do not read it.
 */
#define GROUP_IN_NO_MENU REGISTER_LOG_STAT_GROUP_UNSORTED

#define LONG_RULE 101 /* above and below the long form */

/* The columns of a line of the terminal; 0 where they are not known or not limited. */
static unsigned
line_width(void)
{
    const char *columns = g_getenv("COLUMNS");
    unsigned long width = 0;

    if (columns != NULL) {
        width = strtoul(columns, NULL, 10);
#ifdef TIOCGWINSZ
    } else if (isatty(STDOUT_FILENO)) {
        struct winsize size;

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
            width = size.ws_col;
#endif
    }
    return width == 0 ? 0 : (unsigned)CLAMP(width, MIN_WIDTH, 10000);
}

/*
 * Printing
 */

/* Appends a part of a cell with blanks to the width of its column; a number is to the right. */
static void
append_padded(GString *text, const terminal_column_t *column, const char *part)
{
    int blanks = (int)column->width - (int)text_lines_width(part);

    g_string_append_printf(text, "%*s%s%*s", column->number ? blanks : 0, "", part,
                           column->number ? 0 : blanks, "");
}

/* Prints the cells of a row, or for -1 the names of the columns, and wraps those too long. */
static void
print_row(const GPtrArray *columns, int row)
{
    for (unsigned first = 0, end; first < columns->len; first = end) {
        GPtrArray *wrapped = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
        unsigned height = 0;

        for (end = first; end < columns->len; end++) {
            const terminal_column_t *column = (const terminal_column_t *)columns->pdata[end];
            char *text;
            GPtrArray *lines;

            if (end > first && column->begins)
                break;
            text = terminal_column_text(column, row);
            lines = text_lines_wrap(text, column->width);
            height = MAX(height, lines->len);
            g_free(text);
            g_ptr_array_add(wrapped, lines);
        }
        for (unsigned line = 0; line < height; line++) {
            GString *text = g_string_new(NULL);

            g_string_printf(text, "%*s", first > 0 ? INDENT : 0, "");
            for (unsigned i = first; i < end; i++) {
                const GPtrArray *lines = (const GPtrArray *)wrapped->pdata[i - first];

                g_string_append_printf(text, "%*s", i > first ? GAP : 0, "");
                append_padded(text, (const terminal_column_t *)columns->pdata[i],
                              line < lines->len ? (const char *)lines->pdata[line] : "");
            }
            puts(g_strchomp(text->str));
            g_string_free(text, TRUE);
        }
        g_ptr_array_unref(wrapped);
    }
}

static void
print_rule(char sign, unsigned width)
{
    char *rule = g_strnfill(width, sign);

    puts(rule);
    g_free(rule);
}

static void
print_wrapped(const char *text, unsigned width)
{
    GPtrArray *lines = text_lines_wrap(text, width);

    for (unsigned line = 0; line < lines->len; line++)
        puts((const char *)lines->pdata[line]);
    g_ptr_array_unref(lines);
}

/* Prints what was not judged and not kept, on lines of the full width. */
static void
print_notes(const stat_tap_table_ui *ui, const stat_tap_table *table, unsigned width)
{
    for (unsigned row = stat_table_num_rows(table); row < table->num_elements; row++) {
        GString *note = g_string_new(NULL);

        for (unsigned i = 0; i < ui->nfields; i++) {
            const stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, i);

            if (cell->type == TABLE_ITEM_STRING && *cell->value.string_value != '\0')
                g_string_append_printf(note, "%s%s", note->len > 0 ? ": " : "",
                                       cell->value.string_value);
        }
        print_wrapped(note->str, width);
        g_string_free(note, TRUE);
    }
}

/* While a table is opened: tshark has said whether it has a filter. */
static bool opens_with_filter;
static bool opens_with_all;

bool
terminal_table_has_filter(void)
{
    return opens_with_filter;
}

bool
terminal_table_has_all(void)
{
    return opens_with_all;
}

/* How large the state of each statistic is that begins with its ui. */
typedef struct {
    stat_tap_table_ui *ui;
    size_t size;
} registered_t;

typedef struct {
    stat_data_t stats; /* what the table's own callbacks get */
    char *filter;
    unsigned width;
} narrow_t;

static void
print_head(const stat_tap_table_ui *ui, unsigned width)
{
    const char *head = ((const stat_table_t *)ui)->head;

    if (head != NULL)
        print_wrapped(head, width);
}

/* Prints a row, or for -1 the names of the columns, on one line. */
static void
print_long_row(const GPtrArray *columns, int row)
{
    GString *line = g_string_new(NULL);

    for (unsigned i = 0; i < columns->len; i++) {
        const terminal_column_t *column = (const terminal_column_t *)columns->pdata[i];
        char *text = terminal_column_text(column, row);

        append_padded(line, column, text);
        g_string_append(line, " |");
        g_free(text);
    }
    puts(line->str);
    g_string_free(line, TRUE);
}

/* Prints what was not judged and not kept, unaligned. */
static void
print_long_notes(const stat_tap_table_ui *ui, const stat_tap_table *table)
{
    for (unsigned row = stat_table_num_rows(table); row < table->num_elements; row++) {
        for (unsigned i = 0; i < ui->nfields; i++) {
            const stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, i);

            if (cell->type == TABLE_ITEM_STRING && *cell->value.string_value != '\0')
                printf("%s |", cell->value.string_value);
        }
        puts("");
    }
}

/* Prints a row as @p print does, which has cells meanwhile. */
static void
print_table_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned row,
                const GPtrArray *columns, void (*print)(const GPtrArray *columns, int row))
{
    const bool was_bare = stat_table_fill_row(ui, table, row);

    print(columns, (int)row);
    if (was_bare)
        stat_table_empty_row(table, row);
}

static void
complete_table(stat_tap_table_ui *ui)
{
    stat_table_t *statistic = (stat_table_t *)ui;

    statistic->is_printed = true;
    if (statistic->complete_cb != NULL)
        statistic->complete_cb(ui, stat_table_opened(ui));
}

/*
 * Prints the form that tshark gives to all tables. Its own function reads a cell by the type of its
 * column, and ends a row at an empty number.
 */
static void
long_draw(void *tapdata)
{
    const narrow_t *narrow = (const narrow_t *)tapdata;
    stat_tap_table_ui *ui = narrow->stats.stat_tap_data;

    complete_table(ui);
    puts("");
    print_rule('=', LONG_RULE);
    printf("%s:\nFilter for statistics: %s\n", ui->title,
           narrow->filter != NULL ? narrow->filter : "");
    for (unsigned i = 0; i < ui->tables->len; i++) {
        stat_tap_table *table = g_array_index(ui->tables, stat_tap_table *, i);
        GPtrArray *columns;

        stat_table_update_notes(ui, table);
        columns = terminal_columns_new(ui, table, 0);
        print_long_row(columns, -1);
        puts(table->title);
        for (unsigned row = 0; row < stat_table_num_rows(table); row++)
            print_table_row(ui, table, row, columns, print_long_row);
        print_long_notes(ui, table);
        g_ptr_array_free(columns, TRUE);
    }
    print_rule('=', LONG_RULE);
}

static void
terminal_draw(void *tapdata)
{
    const narrow_t *narrow = (const narrow_t *)tapdata;
    stat_tap_table_ui *ui = narrow->stats.stat_tap_data;

    complete_table(ui);
    for (unsigned i = 0; i < ui->tables->len; i++) {
        stat_tap_table *table = g_array_index(ui->tables, stat_tap_table *, i);
        GPtrArray *columns;

        stat_table_update_notes(ui, table);
        columns = terminal_columns_new(ui, table, narrow->width);
        terminal_columns_lay_out(columns, narrow->width);
        puts("");
        puts(ui->title);
        print_head(ui, narrow->width);
        if (narrow->filter != NULL) {
            char *filter = text_shown(NULL, narrow->filter);

            printf("Filter: %s\n", filter);
            wmem_free(NULL, filter);
        }
        print_rule('=', narrow->width);
        if (stat_table_num_rows(table) > 0) {
            print_row(columns, -1);
            print_rule('-', narrow->width);
        } else {
            puts("None");
        }
        for (unsigned row = 0; row < stat_table_num_rows(table); row++)
            print_table_row(ui, table, row, columns, print_row);
        print_notes(ui, table, narrow->width);
        print_rule('=', narrow->width);
        g_ptr_array_free(columns, TRUE);
    }
}

static void
terminal_finish(void *tapdata)
{
    g_free(((narrow_t *)tapdata)->filter);
    g_free(tapdata);
}

/*
 * Returns a copy of a statistic that was never opened. It is never freed: the notes of all tables
 * are brought up to date together.
 */
static stat_tap_table_ui *
copy_statistic(const registered_t *registered)
{
    stat_tap_table_ui *ui = (stat_tap_table_ui *)g_malloc(registered->size);

    memcpy(ui, registered->ui, registered->size);
    return ui;
}

static stat_tap_init_result
terminal_init(const char *argument, void *userdata)
{
    stat_tap_table_ui *ui = copy_statistic((const registered_t *)userdata);
    narrow_t *narrow = g_new0(narrow_t, 1);
    stat_listener_t listener;

    narrow->stats.stat_tap_data = ui;
    narrow->stats.user_data = narrow;
    narrow->filter = g_strdup(stat_listener_filter(argument, ui->cli_string));
    narrow->width = line_width();
    opens_with_filter = narrow->filter != NULL;
    opens_with_all = !opens_with_filter;
    ui->stat_tap_init_cb(ui);
    opens_with_filter = opens_with_all = false;
    listener = (stat_listener_t){
        .command = ui->cli_string,
        .filter = narrow->filter,
        .tap = ui->tap_name,
        .tapdata = narrow,
        .packet_cb = ui->packet_func,
        .draw_cb = narrow->width > 0 ? terminal_draw : long_draw,
        .finish_cb = terminal_finish,
    };
    if (stat_listener_start(&listener))
        return STAT_TAP_INIT_DONE;
    return STAT_TAP_INIT_FAILED;
}

void
terminal_table_register(stat_tap_table_ui *ui, const statistic_t *statistic,
                        const stat_column_t *columns, unsigned count, size_t size)
{
    registered_t *registered;

    ui->group = GROUP_IN_NO_MENU;
    ui->title = statistic->title;
    ui->cli_string = statistic->command;
    if (stat_listener_is_tshark() && columns[count - 1].kind == STAT_FILTER)
        count--;
    stat_table_set_columns(ui, columns, count);
    /* sharkd and Wireshark draw tables themselves. */
    if (stat_listener_is_tshark()) {
        registered = wmem_new(wmem_epan_scope(), registered_t);
        registered->ui = ui;
        registered->size = size;
        stat_listener_register(statistic->command, terminal_init, registered);
        return;
    }
    stat_listener_check_table(ui);
    register_stat_tap_table_ui(ui);
}
