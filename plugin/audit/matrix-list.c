/* matrix-list.c
 * The port matrices by which flows can be judged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The rows of a matrix are in matrices/NAME.csv. What else is its own is here.
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
 * - roles that the plugin does not have: fallback status and state migration points, the cloud
 *   management gateway, the Exchange connector (5985, 5986). The rows of a software update point
 *   (8530, 8531) have the hosts that may be one, as no traffic on other ports shows it.
 *
 * Content that is not obvious: TLS fits LDAP for StartTLS; H4s has WINS on the port of NetBIOS
 * datagrams, as printed; any content fits client notification, because no public source has its
 * first bytes.
 */

#include "matrix.h"

#include "matrices/matrices.h"

const matrix_t matrix_list[NUM_MATRICES] = {
    [MATRIX_KB826852] = {
        .name = "kb826852",
        .title = "KB 826852",
        .rows = kb826852_rows,
        .num_rows = array_length(kb826852_rows),
        .supplements = kb826852_supplements,
        .num_supplements = array_length(kb826852_supplements),
        .foreign = SERVICES_FOREIGN | SERVICE_BIT(SERVICE_TLS) |
            SERVICE_BIT(SERVICE_CM_REMOTE_CONTROL), /* TLS is LDAP's only */
        .rpc_ports = { 5000, 5020 }, /* KB 300083's own range */
        .http_port = 80,
        /* SMB is the same service on both, and the article often prints one of them only. */
        .alternate_ports = { 139, 445 },
        .alternate_services = SERVICE_BIT(SERVICE_SMB1) | SERVICE_BIT(SERVICE_SMB2) |
            SERVICE_BIT(SERVICE_NBSS),
        .texts = {
            [VERDICT_LEGACY_PRODUCT] = "a port of SMS 1.x and 2.0 before SP2",
            [VERDICT_LATER_PRODUCT] = "a port of ConfigMgr 2007 and later, not of SMS 2003",
            [VERDICT_KB_GAP] = "SMS 2003 uses it, KB 826852 does not list it",
            [VERDICT_OFF_MATRIX] = "on no row of KB 826852",
        },
    },
};
