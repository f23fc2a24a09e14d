/* test-verdict.c
 * A flow and its verdict, without a packet
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict.h"

#include "unit-epan.h"
#include "user-rows.h"

#define BIT(role) ROLE_BIT(ROLE_##role)
#define VIEWER BIT(REMOTE_CONTROL_VIEWER)
#define CLIENT BIT(CLIENT)

typedef struct {
    const char *what;
    role_set_t initiator, responder;
    transport_e transport;
    uint16_t initiator_port, port;
    service_e service;
    bool sure;
    int handed_out; /* handed_out_e; false for none */
    verdict_e verdict;
    const char *row; /* NULL: any */
    bool reversed;
} case_t;

static verdict_t
find(const flow_facts_t *flow)
{
    return verdict_find(&matrix_list[MATRIX_KB826852], flow);
}

static const case_t cases[] = {
    { "client asks its management point", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT),
      TRANSPORT_TCP, 1100, 80, SERVICE_HTTP, true, false, VERDICT_LISTED, "E1", false },
    { "the same before a byte was said", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT), TRANSPORT_TCP,
      1100, 80, SERVICE_UNKNOWN, true, false, VERDICT_LISTED, "E1", false },
    { "the same from its middle on, the server seen first", BIT(MANAGEMENT_POINT),
      BIT(ADVANCED_CLIENT), TRANSPORT_TCP, 80, 1100, SERVICE_UNKNOWN, false, false, VERDICT_LISTED,
      "E1", true },
    { "on 8080", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT), TRANSPORT_TCP, 1100, 8080,
      SERVICE_HTTP, true, false, VERDICT_OFF_MATRIX, "E1", false },
    { "on 8530, which is another role's", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT),
      TRANSPORT_TCP, 1100, 8530, SERVICE_HTTP, true, false, VERDICT_OFF_MATRIX, "LATER22", false },
    { "the management point calls the client", BIT(MANAGEMENT_POINT), BIT(ADVANCED_CLIENT),
      TRANSPORT_TCP, 1100, 80, SERVICE_HTTP, true, false, VERDICT_WRONG_DIRECTION, "E1", false },
    { "client on SQL's port", BIT(ADVANCED_CLIENT), BIT(SQL_SERVER), TRANSPORT_TCP, 1100, 1433,
      SERVICE_TDS, true, false, VERDICT_OFF_MATRIX, "C1", false },
    { "SSH on the remote control's port", BIT(ADMIN_CONSOLE), BIT(CLIENT), TRANSPORT_TCP, 1100,
      2702, SERVICE_SSH, true, false, VERDICT_WRONG_SERVICE, "F5", false },
    { "FTP on 2703, between others", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP, 1100,
      2703, SERVICE_FTP, true, false, VERDICT_WRONG_SERVICE, "F1", false },
    { "HTTP moved to 2701, between its own", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT),
      TRANSPORT_TCP, 1100, 2701, SERVICE_HTTP, true, false, VERDICT_OFF_MATRIX, "F3", false },
    { "HTTP on a port of console and client, who have none", BIT(ADMIN_CONSOLE), BIT(CLIENT),
      TRANSPORT_TCP, 1100, 2704, SERVICE_HTTP, true, false, VERDICT_WRONG_SERVICE, "F7", false },
    { "name service on a port of console and client, who have one", BIT(ADMIN_CONSOLE),
      BIT(CLIENT), TRANSPORT_UDP, 1100, 2702, SERVICE_NBNS, true, false, VERDICT_OFF_MATRIX, "G1",
      false },
    { "ConfigMgr's remote control", BIT(ADMIN_CONSOLE), BIT(CLIENT), TRANSPORT_TCP, 1100, 2701,
      SERVICE_CM_REMOTE_CONTROL, true, false, VERDICT_LATER_PRODUCT, NULL, false },
    { "remote control of SMS 1.x", BIT(ADMIN_CONSOLE), BIT(LEGACY_CLIENT), TRANSPORT_UDP, 1100,
      1762, SERVICE_REMOTE_CONTROL, false, false, VERDICT_LEGACY_PRODUCT, NULL, false },
    { "Kerberos is 88, not 8888", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER), TRANSPORT_UDP, 1100,
      8888, SERVICE_KERBEROS, false, false, VERDICT_OFF_MATRIX, "A8", false },
    { "WINS is 137, whatever is printed", BIT(SITE_SERVER), BIT(WINS_SERVER), TRANSPORT_UDP, 137,
      137, SERVICE_NBNS, false, false, VERDICT_CORRECTED, "H4", false },
    { "broadcasts are advised against", BIT(SITE_SERVER), ROLES_BROADCAST, TRANSPORT_UDP,
      137, 137, SERVICE_NBNS, true, false, VERDICT_LISTED, "I3a", false },
    { "a port that an endpoint mapper named", BIT(ADMIN_CONSOLE), BIT(SMS_PROVIDER), TRANSPORT_TCP,
      1100, 1055, SERVICE_UNKNOWN, true, HANDED_OUT_RPC, VERDICT_KB_GAP, NULL, false },
    { "the same port, which was not named", BIT(ADMIN_CONSOLE), BIT(SMS_PROVIDER), TRANSPORT_TCP,
      1100, 1055, SERVICE_UNKNOWN, true, false, VERDICT_OFF_MATRIX, NULL, false },
    { "SMB of site servers on 139 instead of 445", BIT(SITE_SERVER), BIT(CHILD_SITE_SERVER),
      TRANSPORT_TCP, 1100, 139, SERVICE_SMB1, true, false, VERDICT_CORRECTED, "H6", false },
    { "DHCP's offer, from the server first", BIT(DHCP_SERVER), BIT(ADVANCED_CLIENT), TRANSPORT_UDP,
      67, 68, SERVICE_DHCP, false, false, VERDICT_LISTED, "H2", true },
    { "the answer to a broadcast for a name", BIT(ADVANCED_CLIENT), BIT(LEGACY_CLIENT),
      TRANSPORT_UDP, 137, 137, SERVICE_NBNS, false, false, VERDICT_KB_GAP, "GAP45", false },
    { "TLS of the directory elsewhere", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP,
      1100, 6360, SERVICE_TLS, true, false, VERDICT_OFF_MATRIX, "A3", false },
    { "an agent that was moved", BIT(ADMIN_CONSOLE), BIT(CLIENT), TRANSPORT_TCP, 1100, 3701,
      SERVICE_REMOTE_CONTROL, true, false, VERDICT_OFF_MATRIX, "F3", false },
    { "nothing is near", BIT(LEGACY_CLIENT), BIT(DHCP_SERVER), TRANSPORT_TCP, 1100, 22,
      SERVICE_SSH, true, false, VERDICT_OFF_MATRIX, "none", false },
    { "half a pair is nearer than none", BIT(MANAGEMENT_POINT), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_TCP, 1100, 81, SERVICE_HTTP, true, false, VERDICT_OFF_MATRIX, "E1", false },
    { "half a pair, the other half", BIT(MANAGEMENT_POINT), BIT(BITS_DISTRIBUTION_POINT),
      TRANSPORT_TCP, 1100, 81, SERVICE_HTTP, true, false, VERDICT_OFF_MATRIX, "E2", false },
    /* Dynamic RPC on ports that are not in the ranges of the rows. */
    { "handed out in the range of KB 300083", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_TCP, 1100, 5010, SERVICE_RPC, true, HANDED_OUT_RPC, VERDICT_KB_GAP, "GAP9", false },
    { "the same before a byte was said", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP,
      1100, 5010, SERVICE_UNKNOWN, true, HANDED_OUT_RPC, VERDICT_KB_GAP, "GAP9", false },
    { "RPC in that range, not handed out", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_TCP, 1100, 5020, SERVICE_RPC, true, false, VERDICT_KB_GAP, "GAP9", false },
    { "RPC above that range, not handed out", BIT(SITE_SERVER),
      BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP, 1100, 5021, SERVICE_RPC, true, false,
      VERDICT_OFF_MATRIX, NULL, false },
    { "handed out in one's own range", BIT(ADMIN_CONSOLE), BIT(SMS_PROVIDER), TRANSPORT_TCP,
      1100, 30000, SERVICE_RPC, true, HANDED_OUT_RPC, VERDICT_KB_GAP, "GAP1", false },
    { "handed out in the range of later Windows", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_TCP, 1100, 49152, SERVICE_UNKNOWN, true, HANDED_OUT_RPC,
      VERDICT_KB_GAP, "GAP10", false },
    { "SSH on a port that was handed out for RPC", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_TCP, 1100, 5010, SERVICE_SSH, true, HANDED_OUT_RPC,
      VERDICT_OFF_MATRIX, NULL, false },
    { "handed out, between hosts that have no row", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT),
      TRANSPORT_TCP, 1100, 5010, SERVICE_RPC, true, HANDED_OUT_RPC,
      VERDICT_OFF_MATRIX, NULL, false },
    /* What others hand out. */
    { "a transfer of TFTP", CLIENT, BIT(SMB_DISTRIBUTION_POINT), TRANSPORT_UDP, 2070, 57001,
      SERVICE_TFTP, true, HANDED_OUT_TFTP, VERDICT_LATER_PRODUCT, "LATER13", false },
    { "a transfer between others, as its request", BIT(SITE_SERVER), BIT(DOMAIN_CONTROLLER),
      TRANSPORT_UDP, 2070, 57001, SERVICE_TFTP, true, HANDED_OUT_TFTP,
      VERDICT_OFF_MATRIX, "LATER13", false },
    { "a name server gives the management point's port", BIT(ADVANCED_CLIENT),
      BIT(MANAGEMENT_POINT), TRANSPORT_TCP, 1100, 8080, SERVICE_HTTP, true, HANDED_OUT_SRV,
      VERDICT_UNCONFIRMED, "E1", false },
    { "SSH on that port", BIT(ADVANCED_CLIENT), BIT(MANAGEMENT_POINT), TRANSPORT_TCP, 1100, 8080,
      SERVICE_SSH, true, HANDED_OUT_SRV, VERDICT_WRONG_SERVICE, "E1", false },
    { "the database on its own port", BIT(SITE_SERVER), BIT(SQL_SERVER), TRANSPORT_TCP, 1100,
      50123, SERVICE_TDS, true, false, VERDICT_OFF_MATRIX, "I4", false },
    { "the same on a port of the list", BIT(SITE_SERVER), BIT(SQL_SERVER), TRANSPORT_TCP, 1100,
      445, SERVICE_TDS, true, false, VERDICT_OFF_MATRIX, "I4", false },
    { "the same, handed out, before a byte was said", BIT(MANAGEMENT_POINT), BIT(SQL_SERVER),
      TRANSPORT_TCP, 1100, 50123, SERVICE_UNKNOWN, true, HANDED_OUT_SQL,
      VERDICT_OFF_MATRIX, "I4", false },
    { "a database on its own port, asked by a client", BIT(ADVANCED_CLIENT), BIT(SQL_SERVER),
      TRANSPORT_TCP, 1100, 50123, SERVICE_TDS, true, false, VERDICT_OFF_MATRIX, "C1", false },
    /* The article's own context. */
    { "LDAPS, for any client", BIT(MANAGEMENT_POINT), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP,
      1100, 636, SERVICE_TLS, true, false, VERDICT_OFF_MATRIX, "A3", false },
    { "LDAPS of the Global Catalog", BIT(SQL_SERVER), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP,
      1100, 3269, SERVICE_TLS, true, false, VERDICT_OFF_MATRIX, "A7", false },
    { "LDAPS, opposite direction", BIT(DOMAIN_CONTROLLER), BIT(SITE_SERVER), TRANSPORT_TCP, 1100,
      636, SERVICE_TLS, true, false, VERDICT_WRONG_DIRECTION, "A3", false },
    { "TLS where the list has none", BIT(MANAGEMENT_POINT), BIT(DOMAIN_CONTROLLER), TRANSPORT_TCP,
      1100, 2702, SERVICE_TLS, true, false, VERDICT_WRONG_SERVICE, "F5", false },
    { "the answer to a question by multicast, LLMNR", BIT(ADVANCED_CLIENT), BIT(ADVANCED_CLIENT),
      TRANSPORT_UDP, 5355, 54022, SERVICE_DNS, false, false, VERDICT_KB_GAP, "GAP49", true },
    { "the same by SSDP", BIT(ADVANCED_CLIENT), BIT(SITE_SERVER), TRANSPORT_UDP, 1900, 50100,
      SERVICE_SSDP, false, false, VERDICT_KB_GAP, "GAP50", true },
    { "something else on the port of SSDP", BIT(ADVANCED_CLIENT), BIT(SITE_SERVER), TRANSPORT_UDP,
      1900, 50100, SERVICE_RTP, false, false, VERDICT_OFF_MATRIX, NULL, false },
    { "a BITS distribution point's share", CLIENT, BIT(BITS_DISTRIBUTION_POINT), TRANSPORT_TCP,
      1100, 445, SERVICE_SMB2, true, false, VERDICT_KB_GAP, "GAP52", false },
};

/* The same with roles that are not confirmed, or that the table gives to others. */
static const struct {
    const char *what;
    role_set_t initiator, unconfirmed_initiator, strange_initiator;
    role_set_t responder, unconfirmed_responder;
    transport_e transport;
    uint16_t port;
    service_e service;
    bool is_sms;
    verdict_e verdict;
    const char *row; /* NULL: any */
} standings[] = {
    { "a viewer, the table has no console", VIEWER, VIEWER, 0, CLIENT, CLIENT, TRANSPORT_TCP, 2701,
      SERVICE_REMOTE_CONTROL, true, VERDICT_UNCONFIRMED, "F3" },
    { "a viewer of a client that the table has", VIEWER, VIEWER, 0, CLIENT, 0, TRANSPORT_TCP, 2701,
      SERVICE_REMOTE_CONTROL, true, VERDICT_UNCONFIRMED, "F3" },
    { "a viewer of the table", VIEWER, 0, 0, CLIENT, 0, TRANSPORT_TCP, 2701,
      SERVICE_REMOTE_CONTROL, true, VERDICT_LISTED, "F3" },
    { "a stranger", VIEWER, VIEWER, VIEWER, CLIENT, 0, TRANSPORT_TCP, 2701,
      SERVICE_REMOTE_CONTROL, true, VERDICT_OFF_MATRIX, "F3" },
    { "a stranger with another role of the table's", VIEWER | BIT(SQL_SERVER), VIEWER, VIEWER,
      CLIENT, 0, TRANSPORT_UDP, 2702, SERVICE_REMOTE_CONTROL, true, VERDICT_OFF_MATRIX, "F6" },
    { "a stranger, by ConfigMgr's remote control", VIEWER, VIEWER, VIEWER, CLIENT, 0,
      TRANSPORT_TCP, 2701, SERVICE_CM_REMOTE_CONTROL, true, VERDICT_OFF_MATRIX, "LATER21" },
    { "a stranger asks the endpoint mapper, as any host may", VIEWER, VIEWER, VIEWER,
      BIT(SITE_SERVER), 0, TRANSPORT_TCP, 135, SERVICE_RPC, false, VERDICT_UNCONFIRMED, "H3" },
    { "remote control on an odd port is so for any host", VIEWER, VIEWER, 0, CLIENT, CLIENT,
      TRANSPORT_TCP, 3701, SERVICE_REMOTE_CONTROL, true, VERDICT_OFF_MATRIX, "F3" },
    { "SSH on an odd port, of unconfirmed roles", VIEWER, VIEWER, 0, CLIENT, 0, TRANSPORT_TCP,
      2222, SERVICE_SSH, false, VERDICT_NONE, NULL },
    { "SSH on a port of the matrix, of unconfirmed roles", VIEWER, VIEWER, 0, CLIENT, 0,
      TRANSPORT_TCP, 2702, SERVICE_SSH, false, VERDICT_NONE, NULL },
    { "the opposite direction, of unconfirmed roles", BIT(MANAGEMENT_POINT), BIT(MANAGEMENT_POINT),
      0, CLIENT, 0, TRANSPORT_TCP, 80, SERVICE_UNKNOWN, false, VERDICT_NONE, NULL },
    { "SSH, where another role is confirmed", VIEWER | BIT(SQL_SERVER), VIEWER, 0, CLIENT, 0,
      TRANSPORT_TCP, 2702, SERVICE_SSH, false, VERDICT_WRONG_SERVICE, "F5" },
    { "the row of a confirmed role goes before that of another", BIT(ADVANCED_CLIENT), 0, 0,
      BIT(MANAGEMENT_POINT) | BIT(BITS_DISTRIBUTION_POINT), BIT(MANAGEMENT_POINT), TRANSPORT_TCP,
      80, SERVICE_HTTP, true, VERDICT_LISTED, "E2" },
    { "a gap is one for any host", BIT(ADVANCED_CLIENT), BIT(ADVANCED_CLIENT), 0,
      BIT(DOMAIN_CONTROLLER), 0, TRANSPORT_TCP, 88, SERVICE_KERBEROS, false, VERDICT_KB_GAP, NULL },
    { "a misprint is unconfirmed as well", BIT(SITE_SERVER), BIT(SITE_SERVER), 0,
      BIT(WINS_SERVER), 0, TRANSPORT_UDP, 137, SERVICE_NBNS, false, VERDICT_UNCONFIRMED, "H4" },
    { "some client of the database", ROLES_SQL_CLIENT, ROLES_SQL_CLIENT, 0, BIT(SQL_SERVER), 0,
      TRANSPORT_TCP, 1433, SERVICE_TDS, true, VERDICT_UNCONFIRMED, "I1" },
};

/* The port that the list has for what was handed out. */
static const uint32_t handed_out_as[] = { [HANDED_OUT_TFTP] = 69, [HANDED_OUT_SRV] = 80 };

static flow_facts_t
flow_of(const case_t *one)
{
    flow_facts_t flow;

    memset(&flow, 0, sizeof flow);
    flow.initiator = one->initiator;
    flow.responder = one->responder;
    flow.transport = one->transport;
    flow.initiator_port = one->initiator_port;
    flow.responder_port = one->port;
    flow.service = one->service;
    flow.initiator_sure = one->sure;
    flow.handed_out.by = (handed_out_e)one->handed_out;
    flow.handed_out.as = handed_out_as[one->handed_out];
    return flow;
}

static void
test_standings(void)
{
    verdict_set_ports(NULL, NULL);
    for (unsigned i = 0; i < 2 * array_length(standings); i++) {
        const unsigned at = i / 2;
        flow_facts_t flow;
        verdict_t verdict;

        memset(&flow, 0, sizeof flow);
        flow.initiator = standings[at].initiator;
        flow.unconfirmed_initiator = standings[at].unconfirmed_initiator;
        flow.strange_initiator = standings[at].strange_initiator;
        flow.responder = standings[at].responder;
        flow.unconfirmed_responder = standings[at].unconfirmed_responder;
        flow.transport = standings[at].transport;
        flow.initiator_port = 1100;
        flow.responder_port = standings[at].port;
        flow.service = standings[at].service;
        flow.initiator_sure = true;
        flow.is_sms = standings[at].is_sms;
        verdict = find(&flow);
        g_test_message("%s", standings[at].what);
        g_assert_cmpstr(verdict_name(verdict.verdict), ==, verdict_name(standings[at].verdict));
        if (standings[at].row != NULL)
            g_assert_cmpstr(verdict.row->id, ==, standings[at].row);
        g_assert_cmpint(verdict_is_listed(&verdict), ==,
                        standings[at].verdict == VERDICT_LISTED);
        g_assert_cmpint(verdict_may_be_listed(&verdict), ==,
                        standings[at].verdict == VERDICT_LISTED ||
                            standings[at].verdict == VERDICT_UNCONFIRMED);
    }
}

static void
test_verdicts(void)
{
    verdict_set_ports(NULL, NULL);
    /* Twice: the cached verdict has to be the computed one. */
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < array_length(cases); i++) {
            flow_facts_t flow = flow_of(&cases[i]);
            verdict_t verdict = find(&flow);

            g_test_message("%s", cases[i].what);
            g_assert_cmpstr(verdict_name(verdict.verdict), ==, verdict_name(cases[i].verdict));
            if (cases[i].row != NULL)
                g_assert_cmpstr(verdict.row != NULL ? verdict.row->id : "none", ==, cases[i].row);
            g_assert_cmpint(verdict.reversed, ==, cases[i].reversed);
            g_assert_cmpint(verdict_is_listed(&verdict), ==,
                            cases[i].verdict == VERDICT_LISTED ||
                            cases[i].verdict == VERDICT_CORRECTED);
        }
    }
}

/* An attack has the row of the flow without it, whichever is computed first. */
static void
test_attack(void)
{
    verdict_set_ports(NULL, NULL);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < array_length(cases); i++) {
            flow_facts_t flow = flow_of(&cases[i]);
            verdict_t without = find(&flow), verdict;

            flow.attack = true;
            verdict = find(&flow);
            g_assert_cmpint(without.verdict, ==, without.without_attack);
            g_assert_cmpint(verdict.verdict, ==, VERDICT_ATTACK);
            g_assert_cmpint(verdict.without_attack, ==, without.verdict);
            g_assert_true(verdict.row == without.row);
            g_assert_cmpint(verdict.nearest, ==, without.nearest);
            g_assert_cmpint(verdict.reversed, ==, without.reversed);
            g_assert_false(verdict_is_listed(&verdict));
            g_assert_cmpint(VERDICT_ATTACK, ==, NUM_VERDICTS - 1); /* the worst */
        }
    }
}

/* The ports of the user's own site, and back. */
static void
test_own_ports(void)
{
    flow_facts_t sql = flow_of(&cases[0]), http = flow_of(&cases[3]);
    range_t *sql_ports = NULL, *http_ports = NULL;

    sql.initiator = BIT(SITE_SERVER);
    sql.responder = BIT(SQL_SERVER);
    sql.responder_port = 14330;
    sql.service = SERVICE_TDS;
    verdict_set_ports(NULL, NULL);
    g_assert_cmpint(find(&sql).verdict, ==, VERDICT_OFF_MATRIX);
    g_assert_cmpint(find(&http).verdict, ==, VERDICT_OFF_MATRIX);

    range_convert_str(NULL, &sql_ports, "14330-14340", 65535);
    range_convert_str(NULL, &http_ports, "8080", 65535);
    verdict_set_ports(sql_ports, http_ports);
    g_assert_cmpstr(find(&sql).row->id, ==, "I4");
    g_assert_cmpint(find(&sql).verdict, ==, VERDICT_LISTED);
    g_assert_cmpstr(find(&http).row->id, ==, "E1");
    g_assert_cmpint(find(&http).verdict, ==, VERDICT_LISTED);

    verdict_set_ports(NULL, NULL);
    g_assert_cmpint(find(&http).verdict, ==, VERDICT_OFF_MATRIX);
    wmem_free(NULL, sql_ports);
    wmem_free(NULL, http_ports);
}

/* What Wireshark does with a preference that the user changes. */
static void
test_ports_are_copied(void)
{
    flow_facts_t http = flow_of(&cases[3]);
    range_t *ports = NULL;

    range_convert_str(NULL, &ports, "8080", 65535);
    verdict_set_ports(NULL, ports);
    ports->ranges[0].low = ports->ranges[0].high = 8081;
    g_assert_cmpint(find(&http).verdict, ==, VERDICT_LISTED);
    wmem_free(NULL, ports);
    verdict_set_ports(NULL, NULL);
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(user_rows_register);
    unit_capture_open();
    user_rows_reset();
    g_test_add_func("/judge/verdicts", test_verdicts);
    g_test_add_func("/judge/standings", test_standings);
    g_test_add_func("/judge/attack", test_attack);
    g_test_add_func("/judge/own-ports", test_own_ports);
    g_test_add_func("/judge/ports-are-copied", test_ports_are_copied);
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}
