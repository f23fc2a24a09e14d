/* sessions-table.c
 * The remote-control sessions of a capture in tables: -z smsrc,sessions and its companions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The table of sessions shows the session log: a frame of a session brings its row up to date,
 * so that at the end of the capture each row has what its last frame left. A filter chooses the
 * sessions, by their frames; what a row says is of the whole session. Sessions with an attack come
 * first; apart from that they are in the order in which they were met.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "sessions-table.h"

#include "smsrc-compat.h"

#include <epan/conversation_table.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>
#include <epan/tap.h>

#include "menu.h"
#include "packet-view.h"
#include "session-tap.h"
#include "stat-listener.h"
#include "stat-settle.h"
#include "stat-table.h"
#include "terminal-table.h"

/*
 * -z smsrc,sessions: a row for each session
 */

enum {
    COLUMN_NUMBER,
    COLUMN_KIND,
    COLUMN_VIEWER,
    COLUMN_AGENT,
    COLUMN_OUTCOME,
    COLUMN_REASON,
    COLUMN_HOST,
    COLUMN_USER,
    COLUMN_CONTROLLER,
    COLUMN_ACCOUNT,
    COLUMN_FUNCTIONS,
    COLUMN_CARRIERS,
    COLUMN_FIRST,
    COLUMN_LAST,
    COLUMN_START,
    COLUMN_DURATION,
    COLUMN_BYTES, /* and seven more: two for each channel */
    NUM_COLUMNS = COLUMN_BYTES + 8,
};

#define BYTES_COLUMN(name) { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, name, "%9u" }

static stat_tap_table_item session_columns[] = {
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Session", "%5u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Protocol", "%-24s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Viewer", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Agent", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%-10s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "With or why", "%-24s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Host", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "User", "%-12s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Controlled by", "%-15s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Viewer's account", "%-20s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Functions", "%-34s" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Transport", "%-12s" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "First frame", "%7u" },
    { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Last frame", "%7u" },
    { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Start (UTC)", "%-26s" },
    { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Seconds", "%13.6f" },
    BYTES_COLUMN("Control to agent"),
    BYTES_COLUMN("to viewer"),
    BYTES_COLUMN("Data to agent"),
    BYTES_COLUMN("to viewer"),
    BYTES_COLUMN("Chat to agent"),
    BYTES_COLUMN("to viewer"),
    BYTES_COLUMN("Transfer to agent"),
    BYTES_COLUMN("to viewer"),
};

/*
 * The rows in their order, each an item whose place is that of the row: true for a session with an
 * attack. Session to its item; and the item of the row that says how many are not listed, or NULL.
 */
static GSequence *row_order;
static GHashTable *session_rows;
static GSequenceIter *unlisted_row;
static unsigned num_attacks;

static void
forget_rows(void)
{
    g_clear_pointer(&row_order, g_sequence_free);
    row_order = g_sequence_new(NULL);
    if (session_rows == NULL)
        session_rows = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_remove_all(session_rows);
    unlisted_row = NULL;
    num_attacks = 0;
}

static void
sessions_init(stat_tap_table_ui *ui)
{
    stat_open_table(ui, "Remote control sessions");
    forget_rows();
}

static void
sessions_reset(stat_tap_table *table)
{
    stat_empty_table(table);
    forget_rows();
}

static GSequenceIter *
append_row(stat_tap_table_ui *ui, stat_tap_table *table)
{
    stat_append_row(ui, table);
    return g_sequence_append(row_order, GUINT_TO_POINTER(false));
}

static unsigned
place_of(GSequenceIter *row)
{
    return (unsigned)g_sequence_iter_get_position(row);
}

/* The session of this row has an attack: the row goes behind those that had one before. */
static void
raise_row(stat_tap_table *table, GSequenceIter *row)
{
    unsigned from = place_of(row), to = num_attacks++;
    stat_tap_table_item_type *cells = table->elements[from];

    g_sequence_set(row, GUINT_TO_POINTER(true));
    g_sequence_move(row, g_sequence_get_iter_at_pos(row_order, (int)to));
    memmove(&table->elements[to + 1], &table->elements[to],
            (from - to) * sizeof table->elements[0]);
    table->elements[to] = cells;
}

static void
sessions_settle(void *unused _U_)
{
    if (session_rows != NULL)
        g_hash_table_remove_all(session_rows);
    unlisted_row = 0;
}

/* Nothing where the capture has no time, or none that is a date. */
static void
set_time(stat_tap_table *table, unsigned row, const nstime_t *when)
{
    GDateTime *date = nstime_is_unset(when) ? NULL : g_date_time_new_from_unix_utc(when->secs);
    char *day, *text;

    if (date == NULL) {
        stat_set_text(table, row, COLUMN_START, "");
        return;
    }
    day = g_date_time_format(date, "%Y-%m-%d %H:%M:%S");
    text = g_strdup_printf("%s.%06d", day, when->nsecs / 1000);
    stat_set_text(table, row, COLUMN_START, text);
    g_free(text);
    g_free(day);
    g_date_time_unref(date);
}

static void
set_host(stat_tap_table *table, unsigned row, unsigned column, const address *host)
{
    char *text;

    if (host->type == AT_NONE) {
        stat_set_text(table, row, column, "-");
        return;
    }
    text = stat_host_text(host);
    stat_set_text(table, row, column, text);
    wmem_free(NULL, text);
}

static void
add_word(wmem_strbuf_t *words, const char *word, const char *note)
{
    wmem_strbuf_append_printf(words, "%s%s%s", wmem_strbuf_get_len(words) > 0 ? ", " : "", word,
                              note);
}

static void
set_functions(stat_tap_table *table, packet_info *pinfo, unsigned row,
              const session_summary_t *session)
{
    wmem_strbuf_t *words = wmem_strbuf_new(pinfo->pool, "");

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        if ((session->channels >> channel & 1) != 0)
            add_word(words, channel_name((channel_e)channel), "");
    }
    stat_set_text(table, row, COLUMN_FUNCTIONS, wmem_strbuf_get_str(words));
    words = wmem_strbuf_new(pinfo->pool, "");
    for (unsigned carrier = 0; carrier < NUM_SESSION_TRANSPORTS; carrier++) {
        if ((session->transports >> carrier & 1) != 0)
            add_word(words, channel_transport_name((session_transport_e)carrier), "");
        if ((session->legacy_transports >> carrier & 1) != 0)
            add_word(words, channel_transport_name((session_transport_e)carrier), " (old)");
    }
    stat_set_text(table, row, COLUMN_CARRIERS, wmem_strbuf_get_str(words));
}

static void
set_session(stat_tap_table *table, packet_info *pinfo, unsigned row,
            const session_summary_t *session)
{
    const char *domain = session->names[SESSION_NAME_DOMAIN];

    set_host(table, row, COLUMN_VIEWER, &session->viewer);
    set_host(table, row, COLUMN_AGENT, &session->agent);
    stat_set_text(table, row, COLUMN_OUTCOME, session->outcome);
    stat_set_text(table, row, COLUMN_REASON, session->reason);
    stat_set_text(table, row, COLUMN_HOST, session->names[SESSION_NAME_HOST]);
    stat_set_text(table, row, COLUMN_USER, session->names[SESSION_NAME_USER]);
    stat_set_text(table, row, COLUMN_CONTROLLER, session->names[SESSION_NAME_CONTROLLER]);
    stat_set_text(table, row, COLUMN_ACCOUNT,
                  wmem_strdup_printf(pinfo->pool, "%s%s%s", domain, *domain != '\0' ? "\\" : "",
                                     session->names[SESSION_NAME_ACCOUNT]));
    set_functions(table, pinfo, row, session);
    stat_set_number(table, row, COLUMN_FIRST, session->begin_frame);
    stat_set_number(table, row, COLUMN_LAST, session->end_frame);
    set_time(table, row, &session->begin_time);
    if (!nstime_is_unset(&session->begin_time))
        stat_set_fraction(table, row, COLUMN_DURATION, session->seconds);
    else
        stat_set_empty(table, row, COLUMN_DURATION);
    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        for (unsigned side = 0; side < 2; side++)
            stat_set_bytes(table, row, COLUMN_BYTES + 2 * (channel - CHANNEL_CONTROL) + side,
                           (double)session->bytes[channel][side]);
    }
}

/* Past the log's bound sessions are not dropped in silence. */
static void
set_unlisted(stat_tap_table_ui *ui, stat_tap_table *table, packet_info *pinfo)
{
    unsigned unlisted;

    session_log_count(&unlisted);
    if (unlisted == 0)
        return;
    if (unlisted_row == NULL) {
        unlisted_row = append_row(ui, table);
        stat_set_text(table, place_of(unlisted_row), COLUMN_KIND, "Not listed");
    }
    stat_set_text(table, place_of(unlisted_row), COLUMN_REASON,
                  wmem_strdup_printf(pinfo->pool, "%u or more sessions", unlisted));
}

static tap_packet_status
sessions_packet(void *tapdata, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data,
                tap_flags_t flags _U_)
{
    const smsrc_tap_t *tap = (const smsrc_tap_t *)data;
    stat_tap_table *table = stat_table_of(tapdata);
    session_summary_t session;
    GSequenceIter *row;

    set_unlisted(stat_ui_of(tapdata), table, pinfo);
    if (tap->session == NULL)
        return TAP_PACKET_DONT_REDRAW;
    session = session_tap_summary(tap->session);
    row = (GSequenceIter *)g_hash_table_lookup(session_rows, tap->session);
    if (row == NULL) {
        row = append_row(stat_ui_of(tapdata), table);
        g_hash_table_insert(session_rows, (void *)tap->session, row);
        stat_set_number(table, place_of(row), COLUMN_NUMBER, session.number);
        stat_set_text(table, place_of(row), COLUMN_KIND, session.protocol);
    }
    if (session.has_attack && !GPOINTER_TO_UINT(g_sequence_get(row)))
        raise_row(table, row);
    set_session(table, pinfo, place_of(row), &session);
    return TAP_PACKET_REDRAW;
}

static stat_tap_table_ui sessions_ui = {
    .group = MENU_STAT_GROUP,
    .title = "SMS Remote Control Sessions",
    .tap_name = "smsrc",
    .cli_string = "smsrc,sessions",
    .stat_tap_init_cb = sessions_init,
    .packet_func = sessions_packet,
    .stat_tap_reset_table_cb = sessions_reset,
    .stat_tap_free_table_item_cb = stat_free_cell,
    .nfields = array_length(session_columns),
    .fields = session_columns,
};

/*
 * -z conv,smsrc and -z endpoints,smsrc
 */

static const char *
conversation_filter(conv_item_t *item, conv_filter_type_e filter)
{
    bool ipv6 = item->src_address.type == AT_IPv6, ipx = item->src_address.type == AT_IPX;
    bool tcp = item->ctype == CONVERSATION_TCP;

    switch (filter) {
    case CONV_FT_SRC_ADDRESS:
        return ipx ? "ipx.src" : ipv6 ? "ipv6.src" : "ip.src";
    case CONV_FT_DST_ADDRESS:
        return ipx ? "ipx.dst" : ipv6 ? "ipv6.dst" : "ip.dst";
    case CONV_FT_ANY_ADDRESS:
        return ipx ? "ipx.addr" : ipv6 ? "ipv6.addr" : "ip.addr";
    case CONV_FT_SRC_PORT:
        return ipx ? "ipx.src.socket" : tcp ? "tcp.srcport" : "udp.srcport";
    case CONV_FT_DST_PORT:
        return ipx ? "ipx.dst.socket" : tcp ? "tcp.dstport" : "udp.dstport";
    case CONV_FT_ANY_PORT:
        return ipx ? "ipx.socket" : tcp ? "tcp.port" : "udp.port";
    default:
        return CONV_FILTER_INVALID;
    }
}

static const char *
endpoint_filter(endpoint_item_t *item, conv_filter_type_e filter)
{
    if (filter != CONV_FT_ANY_ADDRESS)
        return CONV_FILTER_INVALID;
    return item->myaddress.type == AT_IPX    ? "ipx.addr"
           : item->myaddress.type == AT_IPv6 ? "ipv6.addr"
                                             : "ip.addr";
}

static ct_dissector_info_t conversation_info = { &conversation_filter };
static et_dissector_info_t endpoint_info = { &endpoint_filter };

static conversation_type
conversation_type_of(const packet_info *pinfo)
{
    return pinfo->ptype == PT_TCP   ? CONVERSATION_TCP
           : pinfo->ptype == PT_UDP ? CONVERSATION_UDP
           : pinfo->ptype == PT_IPX ? CONVERSATION_IPX
                                    : CONVERSATION_NONE;
}

/* Wireshark's number of the stream: its window follows the stream of a conversation by it. */
static conv_id_t
stream_of(packet_info *pinfo)
{
    if (pinfo->ptype == PT_TCP) {
        const struct tcp_analysis *tcp = get_tcp_conversation_data(NULL, pinfo);

        return tcp != NULL ? tcp->stream : CONV_ID_UNSET;
    }
    if (pinfo->ptype == PT_UDP) {
        const struct udp_analysis *udp = get_udp_conversation_data(NULL, pinfo);

        return udp != NULL ? udp->stream : CONV_ID_UNSET;
    }
    return CONV_ID_UNSET;
}

/* An ICMP error belongs to a session, but to no conversation; up to 4.2 it has its ports. */
static bool
is_icmp_error(const packet_info *pinfo)
{
    return (packet_view_layers(pinfo) & (LAYER_ICMP | LAYER_ICMPV6)) != 0;
}

static tap_packet_status
conversation_packet(void *pct, packet_info *pinfo, epan_dissect_t *edt _U_,
                    const void *data _U_, tap_flags_t flags)
{
    conv_hash_t *hash = (conv_hash_t *)pct;

    if (is_icmp_error(pinfo))
        return TAP_PACKET_DONT_REDRAW;
    hash->flags = flags;
    add_conversation_table_data_with_conv_id(
        hash, &pinfo->src, &pinfo->dst, pinfo->srcport, pinfo->destport, stream_of(pinfo), 1,
        (int)pinfo->fd->pkt_len, &pinfo->rel_ts, &pinfo->abs_ts, &conversation_info,
        conversation_type_of(pinfo));
    return TAP_PACKET_REDRAW;
}

static tap_packet_status
endpoint_packet(void *pit, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data _U_,
                tap_flags_t flags)
{
    conv_hash_t *hash = (conv_hash_t *)pit;

    if (is_icmp_error(pinfo))
        return TAP_PACKET_DONT_REDRAW;
    hash->flags = flags;
    add_endpoint_table_data(hash, &pinfo->src, 0, TRUE, 1, (int)pinfo->fd->pkt_len, &endpoint_info,
                            ENDPOINT_NONE);
    add_endpoint_table_data(hash, &pinfo->dst, 0, FALSE, 1, (int)pinfo->fd->pkt_len,
                            &endpoint_info, ENDPOINT_NONE);
    return TAP_PACKET_REDRAW;
}

/* Wireshark's own callbacks take any name that begins so. */
static stat_tap_init_result
conversations_start(const char *argument, void *proto)
{
    dissector_conversation_init(argument, get_conversation_by_proto_id(GPOINTER_TO_INT(proto)));
    return STAT_TAP_INIT_DONE;
}

static stat_tap_init_result
endpoints_start(const char *argument, void *proto)
{
    dissector_endpoint_init(argument, get_conversation_by_proto_id(GPOINTER_TO_INT(proto)));
    return STAT_TAP_INIT_DONE;
}

void
sessions_table_register(int proto)
{
    stat_tap_ui conversations_ui = {
        .group = REGISTER_STAT_GROUP_CONVERSATION_LIST,
        .title = NULL,
        .cli_string = "conv,smsrc",
        .tap_init_cb = conversations_start,
    };
    stat_tap_ui endpoints_ui = {
        .group = REGISTER_STAT_GROUP_ENDPOINT_LIST,
        .title = NULL,
        .cli_string = "endpoints,smsrc",
        .tap_init_cb = endpoints_start,
    };

    /* Of two statistics of the same name Wireshark takes the first. */
    if (stat_in_tshark()) {
        stat_register(&conversations_ui, GINT_TO_POINTER(proto));
        stat_register(&endpoints_ui, GINT_TO_POINTER(proto));
    }
    terminal_table_register(&sessions_ui);
    stat_settle_add(sessions_settle, &sessions_ui);
    register_conversation_table(proto, FALSE, conversation_packet, endpoint_packet);
}
