/* firewall-fixture.h
 * Flows for the unit tests of firewall rules
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_FIREWALL_FIXTURE_H__
#define __SMSRC_FIREWALL_FIXTURE_H__

#include "firewall-rules.h"

#include "ruleset.h"
#include "unit-epan.h"

#define BIT(role) ROLE_BIT(ROLE_##role)
#define CLIENT BIT(ADVANCED_CLIENT)
#define MP BIT(MANAGEMENT_POINT)

/* Enough that CMakeLists.txt's bounds are passed. */
#define MAX_FLOWS 16

static flow_t flows[MAX_FLOWS];
static flow_content_t contents[MAX_FLOWS];
static verdict_t verdicts[MAX_FLOWS];
static flow_facts_t questions[MAX_FLOWS];
static uint8_t bytes[MAX_FLOWS][2][16];
static address ends[MAX_FLOWS][2];
static firewall_rules_t *rules;
static wmem_list_t *no_layers;

/* The roles that are confirmed, of every host. */
static role_set_t confirmed;

static const matrix_row_t *
row_named(const char *id)
{
    const matrix_t *matrix = audit_tap_matrix();

    for (unsigned i = 0; i < matrix->num_rows; i++) {
        if (strcmp(matrix->rows[i].id, id) == 0)
            return &matrix->rows[i];
    }
    g_assert_not_reached();
}

/* Flow @p i: listed, from 10.0.0.@p from to 10.0.1.@p to. */
static void
flow(unsigned i, const char *row, role_set_t initiator, role_set_t responder,
     uint8_t from, uint8_t to)
{
    const matrix_row_t *kb_row = row_named(row);
    const uint8_t initial[2][4] = { { 10, 0, 0, from }, { 10, 0, 1, to } };

    memset(&flows[i], 0, sizeof flows[i]);
    memset(&contents[i], 0, sizeof contents[i]);
    flows[i].content = &contents[i];
    memset(&verdicts[i], 0, sizeof verdicts[i]);
    memset(&questions[i], 0, sizeof questions[i]);
    verdicts[i].verdict = VERDICT_LISTED;
    verdicts[i].row = kb_row;
    questions[i].initiator = initiator;
    questions[i].responder = responder;
    questions[i].transport = kb_row->transport;
    questions[i].initiator_port = kb_row->transport == TRANSPORT_IPX ? 0 : 1100;
    questions[i].responder_port = kb_row->port_low;
    for (unsigned end = 0; end < 2; end++) {
        memcpy(bytes[i][end], initial[end], 4);
        set_address(&ends[i][end], AT_IPv4, 4, bytes[i][end]);
    }
}

/* What the tap has of flow @p i, judged so. */
static audit_tap_t
tap_of(unsigned i, const verdict_t *verdict)
{
    const flow_facts_t *facts = &questions[i];
    unsigned first = verdict->reversed ? RESPONDER : INITIATOR;
    unsigned second = verdict->reversed ? INITIATOR : RESPONDER;
    audit_tap_t tap = { .flow = &flows[i], .verdict = verdict, .transport = facts->transport,
                        .service = facts->service, .bytes = 60 };

    if (verdict->row != NULL)
        tap.row_order = matrix_row_order(audit_tap_matrix(), verdict->row);
    tap.ends[first] = (flow_end_t){ .host = &ends[i][0], .roles = facts->initiator,
                                    .unconfirmed = facts->initiator & ~confirmed,
                                    .port = facts->initiator_port };
    tap.ends[second] = (flow_end_t){ .host = &ends[i][1], .roles = facts->responder,
                                     .unconfirmed = facts->responder & ~confirmed,
                                     .port = facts->responder_port };
    return tap;
}

/* A packet of it, by its initiator or as an answer, with the verdict @p verdict. */
static bool
packet(unsigned i, const verdict_t *verdict, bool answer)
{
    audit_tap_t tap = tap_of(i, verdict);
    packet_info pinfo;

    memset(&pinfo, 0, sizeof pinfo);
    copy_address_shallow(&pinfo.src, &ends[i][answer]);
    copy_address_shallow(&pinfo.dst, &ends[i][!answer]);
    pinfo.layers = no_layers;
    pinfo.srcport = answer ? questions[i].responder_port : questions[i].initiator_port;
    pinfo.destport = answer ? questions[i].initiator_port : questions[i].responder_port;
    return firewall_rules_update(rules, &pinfo, &tap);
}

static bool
seen(unsigned i)
{
    return packet(i, &verdicts[i], false);
}

static void
assert_in_file(const char *text, bool wanted)
{
    char *file = ruleset_to_str(rules, rule_format_of("smsrc,rules.nft"), NULL);

    if ((strstr(file, text) != NULL) != wanted)
        g_error("%s: %s in\n%s", text, wanted ? "not" : "still", file);
    g_free(file);
}

static void
set_up(void *fixture _U_, const void *data _U_)
{
    rules = firewall_rules_new();
    confirmed = ROLES_ANY;
}

static void
run(void *fixture _U_, const void *test)
{
    (*(void (*const *)(void))test)();
}

static void
tear_down(void *fixture _U_, const void *data _U_)
{
    firewall_rules_free(rules);
}

typedef struct {
    void (*test)(void);
    const char *name;
} firewall_test_t;

static void
no_table(module_t *module _U_)
{
}

static int
run_tests(int argc, char **argv, const firewall_test_t *tests, unsigned count)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(no_table);
    unit_capture_open();
    no_layers = wmem_list_new(wmem_file_scope());
    for (unsigned i = 0; i < count; i++)
        g_test_add_vtable(tests[i].name, 0, &tests[i].test, set_up, run, tear_down);
    result = g_test_run();
    unit_capture_close();
    unit_epan_stop();
    return result;
}

#endif /* __SMSRC_FIREWALL_FIXTURE_H__ */
