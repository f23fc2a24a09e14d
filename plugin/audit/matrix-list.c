/* matrix-list.c
 * The port matrices by which flows can be judged
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The rows of a matrix are in matrices/NAME.csv, and what supplements it of other matrices in
 * matrices/relatives.csv. What else is its own is here.
 *
 * kb826852: KB 826852, "Ports that Systems Management Server 2003 uses to communicate through a
 * firewall or through a proxy server", read with its predecessor KB 200898 where the archives lost
 * its columns (Kerberos 88 | 88 became "Kerberos8888"). test-captures/data/kb826852.csv has the
 * article's rows byte for byte.
 *
 * Its supplements are what SMS 2003 uses and the article leaves out (GAP), what ConfigMgr 2007 and
 * later use (LATER) and what SMS 1.x and 2.0 before SP2 used (LEGACY). The note of each names the
 * source; "Current ports list" is Microsoft's "Ports used in Configuration Manager".
 *
 * Left out on purpose:
 * - GAP rows for TCP 135 and 139 and for UDP 138: the article lists them for any pair (H3, H5, H6);
 * - LATER14, the same as LATER13 between site servers, which use SMB alone;
 * - GRE and ICMP echo, which have no port;
 * - rows for roles that came later: fallback status and state migration points, the cloud
 *   management gateway, the Exchange connector (5985, 5986). The rows of a software update point
 *   (8530, 8531) have the hosts that may be one, as no traffic on other ports shows it.
 *
 * configmgr: "Ports used in Configuration Manager" of 12/08/2025 (CM-) and its companions on
 * clients, migration and the cloud management gateway (CMC-); what a site uses and the page does
 * not print (CM-GAP); what is known of the list for Configuration Manager 2007 (CM07-). Its rows
 * that are printed and not seen in practice are UDP 135, UDP 636 and the client's own port 8005.
 *
 * sms2: KB 200898 for SMS 2.0, with the ports that it names by the numbers of other articles.
 *
 * ICMP echo, which the page prints for the wake-up proxy and CM07-E1 is, has no port: left out.
 *
 * Content that is not obvious: TLS fits LDAP for StartTLS; H4s has WINS on the port of NetBIOS
 * datagrams, as printed; any content fits client notification, because no public source has its
 * first bytes.
 */

#include "matrix.h"

#include "matrices/matrices.h"

/* SMB is the same service on both ports, and the articles often print one of them only. */
#define SMB_ON_EITHER_PORT                                                                       \
    .alternate_ports = { 139, 445 },                                                             \
    .alternate_services = SERVICE_BIT(SERVICE_SMB1) | SERVICE_BIT(SERVICE_SMB2) |                \
        SERVICE_BIT(SERVICE_NBSS)

/* TLS is LDAP's only. Of dynamic RPC it has KB 300083's own range. */
#define KB826852_OWN                                                                             \
    .foreign = SERVICE_BIT(SERVICE_TLS) | SERVICE_BIT(SERVICE_CM_REMOTE_CONTROL),                \
    .rpc_ports = { 5000, 5020 },                                                                 \
    .http_port = 80,                                                                             \
    SMB_ON_EITHER_PORT,                                                                          \
    .texts = {                                                                                   \
        [VERDICT_LEGACY_PRODUCT] = "a port of SMS 1.x and 2.0 before SP2",                       \
        [VERDICT_LATER_PRODUCT] = "a port of ConfigMgr 2007 and later, not of SMS 2003",         \
        [VERDICT_KB_GAP] = "SMS 2003 uses it, KB 826852 does not list it",                       \
        [VERDICT_OFF_MATRIX] = "on no row of KB 826852",                                         \
    }

#define CONFIGMGR_OWN                                                                            \
    SMB_ON_EITHER_PORT,                                                                          \
    .texts = {                                                                                   \
        [VERDICT_LEGACY_PRODUCT] = "a port of SMS or ConfigMgr 2007, not of the current branch", \
        [VERDICT_KB_GAP] = "used with the current branch, whose list does not have it",          \
        [VERDICT_OFF_MATRIX] = "on no row of Configuration Manager, current branch",             \
    }

#define SMS2_OWN                                                                                 \
    .foreign = SERVICE_BIT(SERVICE_TLS) | SERVICE_BIT(SERVICE_CM_REMOTE_CONTROL),                \
    .rpc_ports = { 5000, 5020 },                                                                 \
    SMB_ON_EITHER_PORT,                                                                          \
    .texts = {                                                                                   \
        [VERDICT_LATER_PRODUCT] = "a port of SMS 2003 and later, not of SMS 2.0",                \
        [VERDICT_KB_GAP] = "used with SMS 2.0, KB 200898 does not list it",                      \
        [VERDICT_OFF_MATRIX] = "on no row of KB 200898 (SMS 2.0)",                               \
    }

const matrix_t matrix_list[NUM_MATRICES] = {
#define MATRIX(id, matrix, heading, own)                                                         \
    [MATRIX_##id] = { .name = #matrix, .title = heading, matrix##_LISTS, own },
    MATRIX_LIST(MATRIX)
#undef MATRIX
};
