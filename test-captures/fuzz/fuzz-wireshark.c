/* fuzz-wireshark.c
 * libwireshark with the plugin in it, for a program that dissects one small capture after another
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tshark, or Wireshark, does with a capture, without reading it from a file. A dissector bug
 * of the plugin ends the program; those of other dissectors, which the plugin calls or which see
 * the same packets, are counted, because they would end each run after seconds.
 */

#include "fuzz-compat.h"

#include <epan/column.h>
#include <epan/column-info.h>
#include <epan/disabled_protos.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/prefs.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <epan/timestamp.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>

#include "firewall-rules.h"
#include "fuzz-counts.h"
#include "fuzz-input.h"
#include "fuzz-lean.h"
#include "fuzz-wire.h"
#include "fuzz-wireshark.h"
#include "audit-tap.h"
#include "ruleset.h"

/* plugin.c's entry point. */
void plugin_register(void);

/* --- Bugs ------------------------------------------------------------------------------------ */

static bool
is_ours(const char *text)
{
    return strstr(text, "SMSRC") != NULL || strstr(text, "smsrc") != NULL ||
           strstr(text, "/plugin/") != NULL;
}

G_GNUC_PRINTF(FUZZ_LOG_WRITER_FORMAT, 0)
static void
write_log(const char *domain, enum ws_log_level level, FUZZ_LOG_WRITER_PARAMETERS,
          const char *format, va_list arguments, void *data)
{
    char *text = g_strdup_vprintf(format, arguments);
    bool bug = strstr(text, "Dissector bug") != NULL;

    (void)data;
    if (bug && !is_ours(text)) {
        fuzz_counts.others_bugs++;
        if (getenv("SMSRC_FUZZ_TELL_BUGS") != NULL)
            fprintf(stderr, "%s\n", text);
    } else if (bug || level >= LOG_LEVEL_CRITICAL) {
        fprintf(stderr, "smsrc: %s: %s\n", domain != NULL ? domain : "", text);
        abort();
    }
    g_free(text);
}

/* --- Start ----------------------------------------------------------------------------------- */

static const nstime_t *frame_time(struct packet_provider_data *provider, guint32 number);

static const struct packet_provider_funcs provider_funcs = { .get_frame_ts = frame_time };

static column_info columns;

static void
disable_others(void)
{
    void *cookie = NULL;

    for (int id = proto_get_first_protocol(&cookie); id != -1;
         id = proto_get_next_protocol(&cookie)) {
        if (!fuzz_lean_wants(proto_get_protocol_filter_name(id)) &&
            !proto_is_pino(find_protocol_by_id(id)) && proto_can_toggle_protocol(id))
            proto_set_decoding(id, FALSE);
    }
}

void
fuzz_pref_set(const char *name, const char *value)
{
    char *error = NULL;
    char *pref = g_strdup_printf("%s:%s", name, value);

    if (prefs_set_pref(pref, &error) != PREFS_SET_OK) {
        fprintf(stderr, "fuzz: no such preference: %s: %s\n", pref, error ? error : "");
        exit(1);
    }
    g_free(pref);
}

void
fuzz_prefs_apply(void)
{
    prefs_apply_all();
}

void
fuzz_roles_table(void)
{
    static const char *const roles[] = {
        "Administrator console", "Advanced Client", "Site server", "Management point",
        "SQL Server", "Domain controller", "SMB distribution point", "Legacy Client",
        "BITS distribution point", "Reporting point", "DNS server", "WINS server", "DHCP server",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(roles); i++) {
        char host[32];
        char *line = g_strdup_printf("\"%s\",\"%s\",\"ABC\"",
                                     wire_host_text(i, host, sizeof host), roles[i]);

        fuzz_pref_set("uat:smsrc_roles", line);
        g_free(line);
    }
    fuzz_pref_set("uat:smsrc_roles", "\"2001:db8:0:1::/64\",\"Advanced Client\",\"\"");
    fuzz_pref_set("uat:smsrc_rows",
                  "\"any\",\"Site server\",\"TCP+UDP\",\"5000,8530\",\"backup agent\",\"\"");
}

void
fuzz_wireshark_start(const char *program)
{
    char *home = g_dir_make_tmp("smsrc-fuzz-XXXXXX", NULL);

    /* No user's or system's settings. */
    g_setenv("HOME", home != NULL ? home : "/nonexistent", TRUE);
    g_setenv("XDG_CONFIG_HOME", home != NULL ? home : "/nonexistent", TRUE);
    g_setenv("WIRESHARK_DATA_DIR", "/nonexistent", TRUE);
    init_process_policies();
    g_free(FUZZ_CONFIGURATION_INIT(program));
    ws_log_set_writer(write_log);
    ws_log_set_level(LOG_LEVEL_WARNING);
    timestamp_set_type(TS_RELATIVE);
    timestamp_set_precision(TS_PREC_AUTO);
    timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
    wtap_init(FALSE);
    plugin_register();
    if (!epan_init(NULL, NULL, FALSE)) {
        fprintf(stderr, "fuzz: libwireshark does not start\n");
        exit(1);
    }
    (void)epan_load_settings();
    if (home != NULL)
        (void)g_rmdir(home);
    g_free(home);
    if (fuzz_lean())
        disable_others();
    build_column_format_array(&columns, prefs.num_cols, TRUE);
}

/* --- Statistics ------------------------------------------------------------------------------ */

static const char *const tables[] = { "smsrc,sessions", "smsrc,roles", "smsrc,audit",
                                      "smsrc,matrix", "smsrc,matrix.used", "smsrc,rules" };

static stat_data_t listeners[G_N_ELEMENTS(tables)];
static stats_tree *tree_listener;
static firewall_rules_t *rules_listener;

/* The fuzzer reads what is drawn, so that a sanitizer detects freed memory in it. */
static unsigned drawn;

static void
draw_text(const char *text)
{
    for (; *text != '\0'; text++)
        drawn = drawn * 31 + (uint8_t)*text;
}

static void
draw_row(const stat_tap_table *table, unsigned row)
{
    for (unsigned column = 0; column < table->num_fields; column++) {
        const stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

        if (cell->type == TABLE_ITEM_STRING)
            draw_text(cell->value.string_value);
        else
            drawn += cell->value.uint_value;
    }
}

static void
draw_table(void *tapdata)
{
    const stat_tap_table_ui *ui = ((stat_data_t *)tapdata)->stat_tap_data;

    for (unsigned t = 0; t < ui->tables->len; t++) {
        const stat_tap_table *table = g_array_index(ui->tables, stat_tap_table *, t);

        for (unsigned row = 0; row < table->num_elements; row++)
            draw_row(table, row);
    }
}

static void
reset_table(void *tapdata)
{
    reset_stat_table(((stat_data_t *)tapdata)->stat_tap_data);
}

static void
draw_tree(void *tapdata)
{
    const stats_tree *st = (const stats_tree *)tapdata;
    GString *text = stats_tree_format_as_str(st, ST_FORMAT_PLAIN,
                                             stats_tree_get_default_sort_col((stats_tree *)st),
                                             stats_tree_is_default_sort_DESC((stats_tree *)st));

    draw_text(text->str);
    g_string_free(text, TRUE);
}

static tap_packet_status
count_rules(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
            tap_flags_t flags _U_)
{
    firewall_rules_update((firewall_rules_t *)tapdata, pinfo, (const audit_tap_t *)data);
    return TAP_PACKET_REDRAW;
}

static void
draw_rules(void *tapdata)
{
    static const char *const files[] = { "nft", "nft.drop", "iptables", "windows", "cisco", "pf" };

    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++) {
        char *command = g_strdup_printf("smsrc,rules.%s", files[i]);
        char *text = ruleset_to_str((const firewall_rules_t *)tapdata, rule_format_of(command),
                                    NULL);

        draw_text(text);
        g_free(text);
        g_free(command);
    }
}

static void
reset_rules(void *tapdata)
{
    firewall_rules_clear((firewall_rules_t *)tapdata);
}

static void
listen_or_end(GString *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "fuzz: %s\n", error->str);
    exit(1);
}

static void
statistics_start(void)
{
    stats_tree_cfg *tree = stats_tree_get_cfg_by_abbr("smsrc");

    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        stat_tap_table_ui *ui = stat_tap_by_name(tables[i]);

        listeners[i].stat_tap_data = ui;
        ui->stat_tap_init_cb(ui);
        listen_or_end(register_tap_listener(ui->tap_name, &listeners[i], NULL, 0, reset_table,
                                            ui->packet_func, draw_table, NULL));
    }
    tree_listener = stats_tree_new(tree, NULL, NULL);
    listen_or_end(register_tap_listener(tree->tapname, tree_listener, NULL, tree->flags,
                                        stats_tree_reset, stats_tree_packet, draw_tree, NULL));
    tree->init(tree_listener);
    rules_listener = firewall_rules_new();
    listen_or_end(register_tap_listener("smsrc_audit", rules_listener, NULL, TL_REQUIRES_NOTHING,
                                        reset_rules, count_rules, draw_rules, NULL));
}

static void
statistics_end(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        remove_tap_listener(&listeners[i]);
        free_stat_tables(listeners[i].stat_tap_data);
    }
    remove_tap_listener(tree_listener);
    stats_tree_free(tree_listener);
    remove_tap_listener(rules_listener);
    firewall_rules_free(rules_listener);
}

/* --- A capture ------------------------------------------------------------------------------- */

static struct {
    fuzz_look_t look;
    epan_t *session;
    epan_dissect_t *dissect;
    unsigned count;
    uint32_t cum_bytes;
    nstime_t now, elapsed;
    const frame_data *reference;
    frame_data frames[INPUT_MAX_FRAMES];
    struct {
        const uint8_t *bytes;
        unsigned length, captured;
        nstime_t time;
    } records[INPUT_MAX_FRAMES];
} capture;

static const nstime_t *
frame_time(struct packet_provider_data *provider, guint32 number)
{
    static const nstime_t never;

    (void)provider;
    return number > 0 && number <= capture.count ? &capture.records[number - 1].time : &never;
}

void
fuzz_capture_open(const fuzz_look_t *look)
{
    capture.look = *look;
    capture.count = 0;
    capture.cum_bytes = 0;
    capture.reference = NULL;
    nstime_set_zero(&capture.elapsed);
    capture.now.secs = 1089795600; /* 2004-07-14 09:00:00 */
    capture.now.nsecs = 0;
    if (look->statistics)
        statistics_start();
    capture.session = epan_new(NULL, &provider_funcs);
    capture.dissect = epan_dissect_new(capture.session, look->tree, look->visible);
}

void
fuzz_capture_add(const uint8_t *bytes, unsigned length, unsigned captured, bool much_later)
{
    capture.now.nsecs += 10000000;
    capture.now.secs += much_later ? 3600 : capture.now.nsecs / 1000000000;
    capture.now.nsecs %= 1000000000;
    capture.records[capture.count].bytes = bytes;
    capture.records[capture.count].length = length;
    capture.records[capture.count].captured = captured;
    capture.records[capture.count].time = capture.now;
    capture.count++;
}

static void
dissect_frame(unsigned i, bool first)
{
    column_info *cinfo = capture.look.columns ? &columns : NULL;
    frame_data *fd = &capture.frames[i];
    wtap_rec rec;

    memset(&rec, 0, sizeof rec);
    rec.rec_type = REC_TYPE_PACKET;
    rec.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    rec.ts = capture.records[i].time;
    rec.tsprec = WTAP_TSPREC_USEC;
    rec.rec_header.packet_header.pkt_encap = WTAP_ENCAP_ETHERNET;
    rec.rec_header.packet_header.caplen = capture.records[i].captured;
    rec.rec_header.packet_header.len = capture.records[i].length;
    if (first)
        frame_data_init(fd, i + 1, &rec, 0, capture.cum_bytes);
    frame_data_set_before_dissect(fd, &capture.elapsed, &capture.reference,
                                  i > 0 ? &capture.frames[i - 1] : NULL);
    FUZZ_RECORD_FILL(&rec, capture.records[i].bytes, capture.records[i].captured);
    FUZZ_DISSECT(capture.dissect, &rec, capture.records[i].bytes, capture.records[i].captured,
                 (int)capture.records[i].length, fd, cinfo);
    if (cinfo != NULL)
        epan_dissect_fill_in_columns(capture.dissect, FALSE, TRUE);
    if (first)
        frame_data_set_after_dissect(fd, &capture.cum_bytes);
    epan_dissect_reset(capture.dissect);
    FUZZ_RECORD_FREE(&rec);
    fuzz_counts.dissections++;
}

void
fuzz_capture_dissect(void)
{
    bool first = capture.cum_bytes == 0;

    for (unsigned i = 0; i < capture.count; i++) {
        dissect_frame(i, first);
        if (capture.look.statistics && capture.look.draw_early && i == capture.count / 2) {
            draw_tap_listeners(TRUE);
            reset_tap_listeners();
        }
    }
    if (first)
        fuzz_counts.packets += capture.count;
    if (capture.look.statistics) {
        draw_tap_listeners(TRUE);
        reset_tap_listeners();
    }
}

void
fuzz_capture_close(void)
{
    epan_dissect_free(capture.dissect);
    if (capture.cum_bytes > 0) {
        for (unsigned i = 0; i < capture.count; i++)
            frame_data_destroy(&capture.frames[i]);
    }
    epan_free(capture.session);
    if (capture.look.statistics)
        statistics_end();
    fuzz_counts_execution();
}
