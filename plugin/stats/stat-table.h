/* stat-table.h
 * The columns, rows and tables of the statistics
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_TABLE_H__
#define __SMSRC_STAT_TABLE_H__

#include "smsrc-compat.h"

#include <epan/stat_tap_ui.h>

/** No table has as many columns. */
#define STAT_TABLE_MAX_COLUMNS 32

/** The type of what a column shows. */
typedef enum {
    STAT_TEXT,    /* const char *, shown as text.h makes it; NULL leaves the cell as it is */
    STAT_NUMBER,  /* unsigned */
    STAT_BYTES,   /* double, a whole number, also where 32 bits are too few for it */
    STAT_SECONDS, /* double; NAN is an empty cell */
    STAT_FRAME,   /* unsigned; 0, which no frame has, is an empty cell */
    STAT_RANK,    /* the place of the row, from 1: the table sets it */
    STAT_FILTER,  /* as STAT_TEXT, in the last column, which tshark does not print */
} stat_kind_e;

/** A column: its head, and the member that it shows of the structure that a row is shown from. */
typedef struct {
    const char *title;
    const char *format; /* of printf(); a text's has "-" */
    stat_kind_e kind;
    size_t offset;
} stat_column_t;

#define STAT_COLUMN(kind, title, format, type, member)                                           \
    {                                                                                            \
        title, format, kind, offsetof(type, member)                                              \
    }

/**
 * The first column of a table whose rows have an order: Wireshark's window sorts by its first
 * column, and by this one it has that order. tshark prints the rows in order, and not the column.
 */
#define STAT_RANK_COLUMN                                                                         \
    {                                                                                            \
        "Rank", "%5u", STAT_RANK, 0                                                              \
    }

/** The index of the first column of @p ui that tshark prints: the one after the rank. */
unsigned stat_table_first_printed(const stat_tap_table_ui *ui);

/**
 * The column with the display filter of a row's packets. Wireshark's window for tables of plugins
 * has no "Apply as Filter" (its SimpleStatisticsDialog has no filterExpression()), so the filter is
 * shown to be copied.
 */
#define STAT_FILTER_COLUMN(type, member) STAT_COLUMN(STAT_FILTER, "Filter", "%s", type, member)

/** Give @p ui the @p count @p columns, which are static. Call before the table is registered. */
void stat_table_set_columns(stat_tap_table_ui *ui, const stat_column_t *columns, unsigned count);

/** Show in a row what @p columns, those of the table, show of @p record. */
void stat_table_show_row(stat_tap_table *table, unsigned row, const stat_column_t *columns,
                         const void *record);

/**
 * The number of rows of @p table without those at its end that report what was not kept
 * (bounds.h), or judged. Those are added by themselves, and stay after all rows that are appended
 * or inserted.
 */
unsigned stat_table_num_rows(const stat_tap_table *table);

/** Add a row of empty cells at the end of the rows of @p table. Returns its index. */
unsigned stat_table_append_row(stat_tap_table_ui *ui, stat_tap_table *table);

/** Add a row of empty cells before the row @p at, which may be stat_table_num_rows(). */
void stat_table_insert_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at);

/** Remove the row @p at, with its texts. */
void stat_table_remove_row(stat_tap_table *table, unsigned at);

/** Set the ranks of the rows from @p from to before @p end, which have changed places. */
void stat_table_rank_rows(stat_tap_table *table, unsigned from, unsigned end);

/** The table, and the statistic, of what a tap's callback gets. */
stat_tap_table *stat_table_of(void *tapdata);
stat_tap_table_ui *stat_table_ui_of(void *tapdata);

/**
 * A statistic that is a table: the beginning of a structure that has its state, too. tshark makes a
 * copy for each -z, so that the state of each is its own. Wireshark and sharkd know only one ui,
 * and so have one state.
 */
typedef struct {
    stat_tap_table_ui ui;
    const char *head; /* printed below the title; NULL: none */
    /** The table ends with what was not judged (not-judged.h), before what was not kept. */
    bool ends_with_not_judged;
    /** Brings rows up to date that depend on what was not judged. May be NULL. */
    void (*update_cb)(stat_tap_table_ui *ui, stat_tap_table *table);
    /** Brings rows up to date that only the end of a capture decides. tshark only; may be NULL. */
    void (*complete_cb)(stat_tap_table_ui *ui, stat_tap_table *table);
    /**
     * Shows the row @p at by stat_table_show_row(), again and again. A capture has a million flows:
     * in tshark, which prints a table once, rows that can be shown at any time have no cells, but
     * while they are printed. NULL: every row has cells.
     */
    void (*show_row_cb)(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at);
    bool is_printed; /* by tshark, at the end of all captures */
} stat_table_t;

/** True where the rows of a table have no cells. */
bool stat_table_has_bare_rows(const stat_tap_table_ui *ui);

/** Gives the row @p at cells, and shows it. Returns false if it has them. */
bool stat_table_fill_row(stat_tap_table_ui *ui, stat_tap_table *table, unsigned at);

/** Frees the cells of the row @p at. */
void stat_table_empty_row(stat_tap_table *table, unsigned at);

/** What the rows are of ends: those without cells get them, unless the table was printed. */
void stat_table_settle_rows(stat_tap_table_ui *ui);

/** Bring these last rows up to date, before the table is printed. */
void stat_table_update_notes(stat_tap_table_ui *ui, stat_tap_table *table);

/** Remove all rows. The table itself has no call for it: it is freed cell by cell. */
void stat_table_clear(stat_tap_table *table);

/** The statistic's one table, without rows. Call from stat_tap_init_cb. @p title is static. */
stat_tap_table *stat_table_open(stat_tap_table_ui *ui, const char *title);

/** The same, with the title of the matrix before @p title if it is not the default one. */
stat_tap_table *stat_table_open_judged(stat_tap_table_ui *ui, const char *title);

/** The table of a statistic that is open; NULL where it is closed. */
stat_tap_table *stat_table_opened(const stat_tap_table_ui *ui);

/** Begin with new @p keys to rows: texts that they own, or else pointers to flows. */
void stat_table_new_keys(GHashTable **keys, bool keys_are_text);

#endif /* __SMSRC_STAT_TABLE_H__ */
