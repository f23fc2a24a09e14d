/* matrix.c
 * The port matrix of KB 826852 as data, and the ports it leaves out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The article's rows are those of test-captures/data/kb826852.csv, byte for byte: KB 826852,
 * "Ports that Systems Management Server 2003 uses to communicate through a firewall or through
 * a proxy server", read with its predecessor KB 200898 where the archives lost its columns
 * (Kerberos 88 | 88 became "Kerberos8888"). A row is added here without touching code.
 *
 * The neighbouring rows are what SMS 2003 uses and the article leaves out (GAP), what
 * ConfigMgr 2007 and later use (LATER) and what SMS 1.x and 2.0 before SP2 used (LEGACY); each
 * note names its source. "Current ports list" is Microsoft's "Ports used in Configuration
 * Manager". An id once given stays: new rows go to the end of their list.
 *
 * Left out on purpose:
 * - GAP rows for TCP 135 and 139 and for UDP 138: the article lists them for any pair (H3, H5,
 *   H6), so that they are no gap;
 * - GRE and ICMP echo, which have no port;
 * - the roles that are none of ours: fallback status and state migration points, the cloud
 *   management gateway, the Exchange connector (5985, 5986). A software update point (8530, 8531)
 *   is none either: its rows have the hosts that may be one, and no role of their own on HTTP.
 */

#define WS_LOG_DOMAIN "smsrc"

#include "matrix.h"

/*
 * The CSV's tokens and the roles that fit them.
 *
 * A child and a secondary site server are site servers with a parent, they publish to the
 * directory and send as their parent does; but what is printed for a child or a secondary site
 * is for these alone. A proxy management point is a management point to its clients. A client
 * whose kind is not known may be of either kind. DHCP requests go to its server by broadcast.
 */
#define ROLES_site_server                                                                        \
    (ROLE_BIT(ROLE_SITE_SERVER) | ROLE_BIT(ROLE_CHILD_SITE_SERVER) |     \
     ROLE_BIT(ROLE_SECONDARY_SITE_SERVER))
#define ROLES_child_site_server ROLE_BIT(ROLE_CHILD_SITE_SERVER)
#define ROLES_secondary_site_server ROLE_BIT(ROLE_SECONDARY_SITE_SERVER)
#define ROLES_site_server_or_provider                                                            \
    (ROLES_site_server | ROLE_BIT(ROLE_SMS_PROVIDER))
#define ROLES_site_server_ras_sender                                                             \
    (ROLES_site_server | ROLE_BIT(ROLE_RAS_SENDER))
#define ROLES_sql_server ROLE_BIT(ROLE_SQL_SERVER)
#define ROLES_management_point                                                                   \
    (ROLE_BIT(ROLE_MANAGEMENT_POINT) |                                               \
     ROLE_BIT(ROLE_PROXY_MANAGEMENT_POINT))
#define ROLES_proxy_management_point ROLE_BIT(ROLE_PROXY_MANAGEMENT_POINT)
#define ROLES_server_locator_point ROLE_BIT(ROLE_SERVER_LOCATOR_POINT)
#define ROLES_reporting_point ROLE_BIT(ROLE_REPORTING_POINT)
#define ROLES_bits_distribution_point ROLE_BIT(ROLE_BITS_DISTRIBUTION_POINT)
#define ROLES_smb_distribution_point ROLE_BIT(ROLE_SMB_DISTRIBUTION_POINT)
#define ROLES_dc_gc ROLE_BIT(ROLE_DOMAIN_CONTROLLER)
#define ROLES_advanced_client                                                                    \
    (ROLE_BIT(ROLE_ADVANCED_CLIENT) | ROLE_BIT(ROLE_CLIENT))
#define ROLES_client (ROLES_advanced_client | ROLE_BIT(ROLE_LEGACY_CLIENT))
#define ROLES_admin_console ROLE_BIT(ROLE_ADMIN_CONSOLE)
#define ROLES_dns_server ROLE_BIT(ROLE_DNS_SERVER)
#define ROLES_dhcp_server (ROLE_BIT(ROLE_DHCP_SERVER) | ROLES_BROADCAST)
#define ROLES_wins_server ROLE_BIT(ROLE_WINS_SERVER)
#define ROLES_sql_client_role                                                                    \
    (ROLES_site_server_or_provider | ROLES_management_point | ROLES_server_locator_point |       \
     ROLES_reporting_point)
#define ROLES_any ROLES_ANY
#define ROLES_broadcast ROLES_BROADCAST
/* Of the neighbouring lists. */
#define ROLES_client_access_point ROLE_BIT(ROLE_CLIENT_ACCESS_POINT)
#define ROLES_distribution_point                                                                 \
    (ROLES_bits_distribution_point | ROLES_smb_distribution_point)
#define ROLES_legacy_client                                                                      \
    (ROLE_BIT(ROLE_LEGACY_CLIENT) | ROLE_BIT(ROLE_CLIENT))
/* No role of ours; where a point of another kind listens on its ports they are another role's. */
#define ROLES_software_update_point                                                              \
    (ROLES_site_server_or_provider | ROLES_sql_server | ROLES_smb_distribution_point)
#define ROLES_site_system                                                                        \
    (ROLES_management_point | ROLES_server_locator_point | ROLES_reporting_point |               \
     ROLES_distribution_point | ROLES_client_access_point |                                      \
     ROLE_BIT(ROLE_SMS_PROVIDER))

/* The same tokens as a reader knows them; a user's row has the names of roles as they are. */
static const string_string kb_party_names[] = {
    { "site_server", "Site server" },
    { "child_site_server", "Child site server" },
    { "secondary_site_server", "Secondary site server" },
    { "site_server_or_provider", "Site server or SMS Provider" },
    { "site_server_ras_sender", "Site server with RAS sender" },
    { "sql_server", "SQL Server" },
    { "management_point", "Management point" },
    { "proxy_management_point", "Proxy management point" },
    { "server_locator_point", "Server locator point" },
    { "reporting_point", "Reporting point" },
    { "bits_distribution_point", "BITS distribution point" },
    { "smb_distribution_point", "SMB distribution point" },
    { "dc_gc", "Domain controller" },
    { "advanced_client", "Advanced Client" },
    { "client", "Client" },
    { "admin_console", "Administrator console" },
    { "dns_server", "DNS server" },
    { "dhcp_server", "DHCP server" },
    { "wins_server", "WINS server" },
    { "sql_client_role", "SQL client of the site" },
    { "any", "any host" },
    { "broadcast", "broadcast" },
    { "client_access_point", "Client access point" },
    { "distribution_point", "Distribution point" },
    { "legacy_client", "Legacy Client" },
    { "site_system", "Site system" },
    { "software_update_point", "Software update point" },
    { NULL, NULL },
};

/* Contents that fit a port, by their first bytes (service-detect.h). */
#define FITS_ANY 0
#define FITS_HTTP SERVICE_BIT(SERVICE_HTTP)
#define FITS_TLS SERVICE_BIT(SERVICE_TLS)
#define FITS_WEB (FITS_HTTP | FITS_TLS)
#define FITS_SMB                                                                                 \
    (SERVICE_BIT(SERVICE_SMB1) | SERVICE_BIT(SERVICE_SMB2) | SERVICE_BIT(SERVICE_NBSS))
#define FITS_NETBIOS_SESSION (FITS_SMB | SERVICE_BIT(SERVICE_RPC))
#define FITS_NBNS SERVICE_BIT(SERVICE_NBNS)
#define FITS_NBDGM SERVICE_BIT(SERVICE_NBDGM)
#define FITS_NBNS_AS_PRINTED (FITS_NBNS | FITS_NBDGM) /* WINS on the datagram service's port */
#define FITS_LDAP (SERVICE_BIT(SERVICE_LDAP) | SERVICE_BIT(SERVICE_TLS)) /* TLS: StartTLS */
#define FITS_CLDAP (SERVICE_BIT(SERVICE_CLDAP) | SERVICE_BIT(SERVICE_LDAP))
#define FITS_TDS (SERVICE_BIT(SERVICE_TDS) | SERVICE_BIT(SERVICE_TLS))
#define FITS_KERBEROS SERVICE_BIT(SERVICE_KERBEROS)
#define FITS_PPTP SERVICE_BIT(SERVICE_PPTP)
#define FITS_DHCP SERVICE_BIT(SERVICE_DHCP)
#define FITS_DNS SERVICE_BIT(SERVICE_DNS)
#define FITS_RPC SERVICE_BIT(SERVICE_RPC)
#define FITS_SNMP SERVICE_BIT(SERVICE_SNMP)
#define FITS_TFTP SERVICE_BIT(SERVICE_TFTP)
#define FITS_RDP (SERVICE_BIT(SERVICE_RDP) | SERVICE_BIT(SERVICE_TLS))
#define FITS_REMOTE_CONTROL SERVICE_BIT(SERVICE_REMOTE_CONTROL)
#define FITS_CM_REMOTE_CONTROL SERVICE_BIT(SERVICE_CM_REMOTE_CONTROL)
#define FITS_NETBIOS_IPX SERVICE_BIT(SERVICE_NETBIOS_IPX)

#define ROW(id_, section_, text_, initiator_, responder_, service_, fits_, transport_, low_,     \
            high_, class_, note_)                                                                \
    {                                                                                            \
        .id = id_, .section = section_, .text = text_, .initiator = #initiator_,                 \
        .responder = #responder_, .service = service_, .note = note_,                            \
        .initiator_roles = ROLES_##initiator_, .responder_roles = ROLES_##responder_,            \
        .services = fits_, .transport = TRANSPORT_##transport_, .port_low = low_,                \
        .port_high = high_, .row_class = ROW_##class_                                             \
    }
#define KB(id, section, text, initiator, responder, service, fits, transport, port, class_,      \
           note)                                                                                 \
    ROW(id, section, text, initiator, responder, service, fits, transport, port, port, class_,   \
        note)

/* The article's headings. */
#define IN_AD "Site server to Active Directory"
#define IN_SITE "Site server to child site / secondary site / SMS SQL Server"
#define IN_SQL "Site server / MP / SLP / RP to SMS SQL Server"
#define IN_CLIENT_AD "Advanced Client to Active Directory"
#define IN_CLIENT "Advanced Client to MP or DP"
#define IN_WUSER32 "Remote Control service Wuser32"
#define IN_NETBIOS "SMS Remote Control UDP (NetBIOS over TCP/IP)"
#define IN_NT "Microsoft Windows NT UDP"
#define IN_SQL_PORTS "Microsoft SQL Server ports"
#define IN_RAS "SMS RAS Sender"

static const matrix_row_t kb_article_rows[] = {
    KB("A1", IN_AD, "LDAP UDP 389 (flattened 'LDAP389389')", site_server, dc_gc, "LDAP (CLDAP)",
       FITS_CLDAP, UDP, 389, LISTED, ""),
    KB("A2", IN_AD, "LDAP TCP 389 (flattened 'LDAP389389')", site_server, dc_gc, "LDAP", FITS_LDAP,
       TCP, 389, LISTED, ""),
    KB("A3", IN_AD, "LDAP SSL UDP N/A TCP 636", site_server, dc_gc, "LDAPS", FITS_TLS, TCP, 636,
       LISTED, "UDP explicitly N/A"),
    KB("A4", IN_AD, "RPC Endpoint Mapper UDP 135 (flattened '135135')", site_server, dc_gc,
       "RPC endpoint mapper", FITS_RPC, UDP, 135, LISTED,
       "rarely seen on the wire; keep because printed"),
    KB("A5", IN_AD, "RPC Endpoint Mapper TCP 135 (flattened '135135')", site_server, dc_gc,
       "RPC endpoint mapper", FITS_RPC, TCP, 135, LISTED,
       "dynamic RPC port that follows is NOT in the KB"),
    KB("A6", IN_AD, "Global Catalog LDAP UDP N/A TCP 3268", site_server, dc_gc, "GC LDAP",
       FITS_LDAP, TCP, 3268, LISTED, "UDP explicitly N/A"),
    KB("A7", IN_AD, "Global Catalog LDAP SSL UDP N/A TCP 3269", site_server, dc_gc, "GC LDAPS",
       FITS_TLS, TCP, 3269, LISTED, "UDP explicitly N/A"),
    KB("A8", IN_AD, "Kerberos UDP 88 (flattened 'Kerberos8888')", site_server, dc_gc, "Kerberos",
       FITS_KERBEROS, UDP, 88, LISTED, "NOT port 8888"),
    KB("A9", IN_AD, "Kerberos TCP 88 (flattened 'Kerberos8888')", site_server, dc_gc, "Kerberos",
       FITS_KERBEROS, TCP, 88, LISTED, "NOT port 8888"),
    KB("B1", IN_SITE, "Port 445 Server Message Block (SMB)", site_server, child_site_server, "SMB",
       FITS_SMB, TCP, 445, LISTED, "transport implied; LAN sender \\\\srv\\SMS_SITE"),
    KB("B2", IN_SITE, "Port 445 Server Message Block (SMB)", site_server, secondary_site_server,
       "SMB", FITS_SMB, TCP, 445, LISTED, "same printed row as B1"),
    KB("B3", IN_SITE, "Port 445 Server Message Block (SMB)", site_server, sql_server, "SMB",
       FITS_SMB, TCP, 445, LISTED, "same printed row as B1"),
    KB("C1", IN_SQL, "Port 1433 TCP (SMS site server to SQL server)", site_server, sql_server,
       "TDS (SQL)", FITS_TDS, TCP, 1433, LISTED, "alternate port possible via DSN (row I4)"),
    KB("C2", IN_SQL, "same row", proxy_management_point, sql_server, "TDS (SQL)", FITS_TDS, TCP,
       1433, LISTED, ""),
    KB("C3", IN_SQL, "same row", management_point, sql_server, "TDS (SQL)", FITS_TDS, TCP, 1433,
       LISTED, ""),
    KB("C4", IN_SQL, "same row", server_locator_point, sql_server, "TDS (SQL)", FITS_TDS, TCP, 1433,
       LISTED, ""),
    KB("C5", IN_SQL, "same row", reporting_point, sql_server, "TDS (SQL)", FITS_TDS, TCP, 1433,
       LISTED, ""),
    KB("D1", IN_CLIENT_AD, "Port 389 UDP LDAP Ping", advanced_client, dc_gc, "CLDAP ping",
       FITS_CLDAP, UDP, 389, LISTED, ""),
    KB("D2", IN_CLIENT_AD, "Port 389 TCP LDAP", advanced_client, dc_gc, "LDAP", FITS_LDAP, TCP, 389,
       LISTED, ""),
    KB("D3", IN_CLIENT_AD, "Port 636 TCP LDAP (SSL Connection)", advanced_client, dc_gc, "LDAPS",
       FITS_TLS, TCP, 636, LISTED, ""),
    KB("D4", IN_CLIENT_AD, "Port 3268 TCP (explicit connection to Global Catalog)", advanced_client,
       dc_gc, "GC LDAP", FITS_LDAP, TCP, 3268, LISTED, ""),
    KB("D5", IN_CLIENT_AD, "Port 3269 TCP (explicit SSL connection to Global Catalog)",
       advanced_client, dc_gc, "GC LDAPS", FITS_TLS, TCP, 3269, LISTED,
       "no Kerberos row for clients"),
    KB("E1", IN_CLIENT, "Port 80 HTTP", advanced_client, management_point, "HTTP", FITS_HTTP, TCP,
       80, LISTED, "client initiates"),
    KB("E2", IN_CLIENT, "Port 80 HTTP", advanced_client, bits_distribution_point, "HTTP/BITS",
       FITS_HTTP, TCP, 80, LISTED, "only port a BITS DP needs through a firewall"),
    KB("E3", IN_CLIENT, "Port 139 Client sessions (for non BITS-enabled DPs)", advanced_client,
       smb_distribution_point, "SMB over NetBIOS session", FITS_NETBIOS_SESSION, TCP, 139, LISTED,
       ""),
    KB("E4", IN_CLIENT, "Port 445 Server Message Block (for non BITS-enabled DPs)", advanced_client,
       smb_distribution_point, "SMB", FITS_SMB, TCP, 445, LISTED, ""),
    KB("F1", IN_WUSER32, "SMS Remote Chat TCP 2703", admin_console, client, "SMS Remote Chat",
       FITS_REMOTE_CONTROL, TCP, 2703, LISTED, "direction not printed"),
    KB("F2", IN_WUSER32, "SMS Remote Chat UDP 2703", admin_console, client, "SMS Remote Chat",
       FITS_REMOTE_CONTROL, UDP, 2703, LISTED, ""),
    KB("F3", IN_WUSER32, "SMS Remote Control (control) TCP 2701", admin_console, client,
       "SMS Remote Control (control)", FITS_REMOTE_CONTROL, TCP, 2701, LISTED,
       "KB 256884: session setup and verify; also reboot/execute"),
    KB("F4", IN_WUSER32, "SMS Remote Control (control) UDP 2701", admin_console, client,
       "SMS Remote Control (control)", FITS_REMOTE_CONTROL, UDP, 2701, LISTED, ""),
    KB("F5", IN_WUSER32, "SMS Remote Control (data) TCP 2702", admin_console, client,
       "SMS Remote Control (data)", FITS_REMOTE_CONTROL, TCP, 2702, LISTED,
       "IANA/Wireshark name is sms-xfer (conflict)"),
    KB("F6", IN_WUSER32, "SMS Remote Control (data) UDP 2702", admin_console, client,
       "SMS Remote Control (data)", FITS_REMOTE_CONTROL, UDP, 2702, LISTED, ""),
    KB("F7", IN_WUSER32, "SMS Remote File Transfer TCP 2704", admin_console, client,
       "SMS Remote File Transfer", FITS_REMOTE_CONTROL, TCP, 2704, LISTED,
       "IANA/Wireshark name is sms-remctrl (conflict)"),
    KB("F8", IN_WUSER32, "SMS Remote File Transfer UDP 2704", admin_console, client,
       "SMS Remote File Transfer", FITS_REMOTE_CONTROL, UDP, 2704, LISTED, ""),
    KB("G1", IN_NETBIOS, "Port 137 Name resolution", admin_console, client, "NetBIOS name service",
       FITS_NBNS, UDP, 137, LISTED, "NetBIOS suffixes 43/44/45/46"),
    KB("G2", IN_NETBIOS, "Port 138 Messaging", admin_console, client, "NetBIOS datagram",
       FITS_NBDGM, UDP, 138, LISTED, "KB 200898: 'sending the screen image'"),
    KB("G3", IN_NETBIOS, "Port 139 Client sessions", admin_console, client, "NetBIOS session",
       FITS_NETBIOS_SESSION, TCP, 139, LISTED_INTERPRETED,
       "printed under a 'UDP' heading; 139 is TCP"),
    KB("G4", IN_NETBIOS, "NWLink: router must forward type 20 packets", admin_console, client,
       "NetBIOS over IPX", FITS_NETBIOS_IPX, IPX, 0, LISTED, "IPX packet type 20; no port"),
    KB("H1", IN_NT, "DNS UDP 53", any, dns_server, "DNS", FITS_DNS, UDP, 53, LISTED,
       "TCP 53 not printed"),
    KB("H2", IN_NT, "DHCP UDP 67", any, dhcp_server, "DHCP", FITS_DHCP, UDP, 67, LISTED,
       "client port 68 not printed"),
    KB("H3", IN_NT, "RPC TCP 135", any, any, "RPC endpoint mapper", FITS_RPC, TCP, 135, LISTED,
       "printed under a 'UDP' heading"),
    KB("H3n", IN_NT, "Note: Administrator console must have TCP 135 open", admin_console,
       site_server_or_provider, "RPC endpoint mapper (DCOM/WMI)", FITS_RPC, TCP, 135, LISTED,
       "dynamic DCOM port NOT in the KB (see KB 300083)"),
    KB("H4", IN_NT, "WINS UDP 138 [sic]", any, wins_server, "NetBIOS name service", FITS_NBNS, UDP,
       137, LISTED_CORRECTED,
       "KB typo: KB 200898 and KB 832017 print 137; this KB prints 137 = name resolution in G1"),
    KB("H4s", IN_NT, "WINS UDP 138 [sic]", any, wins_server, "WINS as printed",
       FITS_NBNS_AS_PRINTED, UDP, 138, LISTED_AS_PRINTED,
       "keep literal row for 'strict KB' mode only"),
    KB("H5", IN_NT, "NetBIOS datagrams UDP 138", any, any, "NetBIOS datagram", FITS_NBDGM, UDP, 138,
       LISTED, ""),
    KB("H6", IN_NT, "NetBIOS datagrams TCP 139 [sic]", any, any, "NetBIOS session",
       FITS_NETBIOS_SESSION, TCP, 139, LISTED_INTERPRETED,
       "label wrong: TCP 139 is the session service"),
    KB("I1", IN_SQL_PORTS, "TCP/IP Net-Library port 1433", sql_client_role, sql_server, "TDS (SQL)",
       FITS_TDS, TCP, 1433, LISTED, "KB states TCP not UDP"),
    KB("I2", IN_SQL_PORTS, "named pipes over TCP/IP port 139", sql_client_role, sql_server,
       "SMB named pipe sql\\query over NetBIOS session", FITS_NETBIOS_SESSION, TCP, 139, LISTED,
       "TCP 445 not printed for this case"),
    KB("I3a", IN_SQL_PORTS, "UDP 137 B-node broadcast not recommended", sql_client_role, broadcast,
       "NetBIOS name service", FITS_NBNS, UDP, 137, DISCOURAGED, "broadcast (B flag) only"),
    KB("I3b", IN_SQL_PORTS, "UDP 138 B-node broadcast not recommended", sql_client_role, broadcast,
       "NetBIOS datagram", FITS_NBDGM, UDP, 138, DISCOURAGED, ""),
    KB("I4", IN_SQL_PORTS, "custom SQL port must be specified in the DSN", sql_client_role,
       sql_server, "TDS (SQL)", FITS_TDS, TCP, 0, CONFIGURABLE, "user preference"),
    KB("J1", IN_RAS, "PPTP TCP 1723", site_server_ras_sender, site_server_ras_sender,
       "PPTP control", FITS_PPTP, TCP, 1723, LISTED,
       "GRE (IP protocol 47) needed too but not printed"),
};

/* The product whose traffic it is. */
#define IN_SMS2003 "SMS 2003"
#define IN_WINDOWS "Windows, with SMS 2003"
#define IN_CM2007 "ConfigMgr 2007 and later"
#define IN_CM2012 "ConfigMgr 2012 and later"
#define IN_SMS1 "SMS 1.2, SMS 2.0 before SP2"

static const matrix_row_t kb_other_rows[] = {
    ROW("GAP1", IN_SMS2003, "Console to SMS Provider: dynamic port after 135", admin_console,
        site_server_or_provider, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP2", IN_SMS2003, "Console to SMS Provider: dynamic port after 135", admin_console,
        site_server_or_provider, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP3", IN_SMS2003, "SMS Provider to console: dynamic port after 135",
        site_server_or_provider, admin_console, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP4", IN_SMS2003, "SMS Provider to console: dynamic port after 135",
        site_server_or_provider, admin_console, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP5", IN_SMS2003, "Site server to site system: dynamic port after 135", site_server,
        site_system, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP6", IN_SMS2003, "Site server to site system: dynamic port after 135", site_server,
        site_system, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP7", IN_SMS2003, "Site system to site server: dynamic port after 135", site_system,
        site_server, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP8", IN_SMS2003, "Site system to site server: dynamic port after 135", site_system,
        site_server, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP9", IN_SMS2003, "Any host to domain controller: dynamic port after 135", any, dc_gc,
        "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP10", IN_SMS2003, "Any host to domain controller: dynamic port after 135", any, dc_gc,
        "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP11", IN_SMS2003, "Client push: dynamic port after 135", site_server, client,
        "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP12", IN_SMS2003, "Client push: dynamic port after 135", site_server, client,
        "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP13", IN_SMS2003, "Network discovery of DHCP servers: dynamic port after 135",
        site_server, dhcp_server, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP14", IN_SMS2003, "Network discovery of DHCP servers: dynamic port after 135",
        site_server, dhcp_server, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP15", IN_SMS2003, "Remote Assistance from the console: dynamic port after 135",
        admin_console, client, "RPC (DCOM)", FITS_RPC, TCP, 1024, 5000, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP16", IN_SMS2003, "Remote Assistance from the console: dynamic port after 135",
        admin_console, client, "RPC (DCOM)", FITS_RPC, TCP, 49152, 65535, GAP,
        "KB 300083; Note 6 of the current ports list"),
    ROW("GAP17", IN_SMS2003, "Client to \\\\server\\CAP_XXX", client, client_access_point, "SMB",
        FITS_SMB, TCP, 445, 445, GAP, "KB 200830, KB 200967"),
    ROW("GAP18", IN_SMS2003, "Site server to site system: install, inboxes, package copy",
        site_server, site_system, "SMB", FITS_SMB, TCP, 445, 445, GAP,
        "ConfigMgr 2007 documentation: the site server always copies packages by SMB"),
    ROW("GAP19", IN_SMS2003, "Site system to the site server's inboxes", site_system, site_server,
        "SMB", FITS_SMB, TCP, 445, 445, GAP,
        "ConfigMgr 2007 documentation: the site server always copies packages by SMB"),
    ROW("GAP20", IN_SMS2003, "Client push to ADMIN$", site_server, client, "SMB", FITS_SMB, TCP,
        445, 445, GAP, "KB 871161; client install ports of ConfigMgr 2007"),
    ROW("GAP21", IN_SMS2003, "Client install from \\\\MP\\SMSClient", client, management_point,
        "SMB", FITS_SMB, TCP, 445, 445, GAP, "TechNet cc181242"),
    ROW("GAP22", IN_SMS2003, "Client install from \\\\server\\SMS_XXX\\Client", client, site_server,
        "SMB", FITS_SMB, TCP, 445, 445, GAP, "TechNet cc181242"),
    ROW("GAP23", IN_SMS2003, "Legacy Client to SMB distribution point", legacy_client,
        smb_distribution_point, "SMB", FITS_SMB, TCP, 445, 445, GAP,
        "KB 200898 for SMS 2.0; E4 prints it for Advanced Clients"),
    ROW("GAP24", IN_SMS2003, "SQL named pipes over direct-hosted SMB", sql_client_role, sql_server,
        "SMB named pipe sql\\query", FITS_SMB, TCP, 445, 445, GAP,
        "I2 prints 139 alone; 139 and 445 carry the same service"),
    ROW("GAP25", IN_SMS2003, "LAN sender to the parent site's \\\\server\\SMS_SITE", site_server,
        site_server, "SMB", FITS_SMB, TCP, 445, 445, GAP,
        "KB 832017; the article prints the way down alone (B1, B2)"),
    ROW("GAP26", IN_SMS2003, "Client to server locator point", client, server_locator_point, "HTTP",
        FITS_HTTP, TCP, 80, 80, GAP, "Client install ports of ConfigMgr 2007"),
    ROW("GAP27", IN_SMS2003, "Site server asks its management point for MPLIST every 5 minutes",
        site_server, management_point, "HTTP", FITS_HTTP, TCP, 80, 80, GAP, "mpcontrol.log"),
    ROW("GAP28", IN_SMS2003, "User to reporting point", any, reporting_point, "HTTP", FITS_HTTP,
        TCP, 80, 80, GAP, "SMS 2003 security guide, TechNet cc180049"),
    ROW("GAP29", IN_SMS2003, "User to reporting point, SP1 and later", any, reporting_point,
        "HTTPS", FITS_TLS, TCP, 443, 443, GAP, "SMS 2003 security guide, TechNet cc180049"),
    ROW("GAP30", IN_WINDOWS, "Domain member to domain controller", any, dc_gc, "Kerberos",
        FITS_KERBEROS, UDP, 88, 88, GAP,
        "KB 832017; the article has Kerberos for site servers alone (A8)"),
    ROW("GAP31", IN_WINDOWS, "Domain member to domain controller", any, dc_gc, "Kerberos",
        FITS_KERBEROS, TCP, 88, 88, GAP,
        "KB 832017; the article has Kerberos for site servers alone (A9)"),
    ROW("GAP32", IN_WINDOWS, "Domain member to domain controller", any, dc_gc, "LDAP (CLDAP)",
        FITS_CLDAP, UDP, 389, 389, GAP, "Current ports list, for site systems; Windows norm"),
    ROW("GAP33", IN_WINDOWS, "Domain member to domain controller", any, dc_gc, "LDAP", FITS_LDAP,
        TCP, 389, 389, GAP, "Current ports list, for site systems; Windows norm"),
    ROW("GAP34", IN_WINDOWS, "Domain member to Global Catalog", any, dc_gc, "GC LDAP", FITS_LDAP,
        TCP, 3268, 3268, GAP, "Current ports list, for site systems; Windows norm"),
    ROW("GAP35", IN_WINDOWS, "Domain member to domain controller", any, dc_gc, "SMB", FITS_SMB, TCP,
        445, 445, GAP, "KB 832017; Windows norm"),
    ROW("GAP36", IN_SMS2003, "Network discovery by SNMP", site_server, any, "SNMP", FITS_SNMP, UDP,
        161, 161, GAP, "KB 237557, KB 226911"),
    ROW("GAP37", IN_SMS2003, "Network discovery by NetBIOS names", site_server, any,
        "NetBIOS name service", FITS_NBNS, UDP, 137, 137, GAP, "KB 237557, KB 226911"),
    ROW("GAP38", IN_WINDOWS, "NetBIOS name broadcast", any, broadcast, "NetBIOS name service",
        FITS_NBNS, UDP, 137, 137, GAP, "KB 832017; Windows norm"),
    ROW("GAP39", IN_WINDOWS, "DHCP server to client", dhcp_server, any, "DHCP", FITS_DHCP, UDP, 68,
        68, GAP, "KB 832017; Windows norm"),
    ROW("GAP40", IN_WINDOWS, "DNS over TCP", any, dns_server, "DNS", FITS_DNS, TCP, 53, 53, GAP,
        "KB 832017; Windows norm"),
    ROW("GAP41", IN_WINDOWS, "WINS replication", wins_server, wins_server, "WINS replication",
        FITS_ANY, TCP, 42, 42, GAP, "KB 832017"),
    ROW("GAP42", IN_WINDOWS, "WINS replication", wins_server, wins_server, "WINS replication",
        FITS_ANY, UDP, 42, 42, GAP, "KB 832017"),
    ROW("GAP43", IN_WINDOWS, "SQL Server Browser", sql_client_role, sql_server,
        "SQL Server Browser", FITS_ANY, UDP, 1434, 1434, GAP, "KB 832017; Windows norm"),
    ROW("GAP44", IN_SMS2003, "Remote Assistance or Remote Desktop from the console", admin_console,
        client, "RDP", FITS_RDP, TCP, 3389, 3389, GAP, "SMS 2003 can start Remote Assistance"),
    ROW("GAP45", IN_WINDOWS, "NetBIOS names from host to host: answers to a broadcast, node status",
        any, any, "NetBIOS name service", FITS_NBNS, UDP, 137, 137, GAP,
        "KB 832017; the article prints 137 for the console, WINS and broadcasts alone"),

    ROW("LATER1", IN_CM2007, "Client to management point", client, management_point, "HTTPS",
        FITS_TLS, TCP, 443, 443, LATER_PRODUCT,
        "ConfigMgr 2007 ports list; SMS 2003 must not use SSL here (TechNet cc180049)"),
    /* No public source has the first bytes of client notification: any content fits. */
    ROW("LATER2", IN_CM2012, "Client notification", client, management_point,
        "Client notification", FITS_ANY, TCP, 10123, 10123, LATER_PRODUCT,
        "Current ports list"),
    ROW("LATER3", IN_CM2007, "Client to distribution point", client, distribution_point, "HTTPS",
        FITS_TLS, TCP, 443, 443, LATER_PRODUCT,
        "ConfigMgr 2007 ports list; SMS 2003 must not use SSL here (TechNet cc180049)"),
    ROW("LATER4", IN_CM2012, "Express updates", client, distribution_point, "HTTP", FITS_HTTP, TCP,
        8005, 8005, LATER_PRODUCT,
        "Current ports list; the client settings page has 8005 as a listener on the client itself, "
        "so that a flow between hosts is odd"),
    ROW("LATER5", IN_CM2012, "WinPE peer cache, download", client, client, "HTTP or HTTPS",
        FITS_WEB, TCP, 8003, 8003, LATER_PRODUCT, "Current ports list"),
    ROW("LATER6", IN_CM2012, "WinPE peer cache, search", client, client, "Peer cache", FITS_ANY,
        UDP, 8004, 8004, LATER_PRODUCT, "Current ports list"),
    ROW("LATER7", IN_CM2012, "WinPE peer cache, search", client, broadcast, "Peer cache", FITS_ANY,
        UDP, 8004, 8004, LATER_PRODUCT, "Current ports list"),
    ROW("LATER8", IN_CM2007, "Multicast from distribution point", distribution_point, client,
        "Multicast", FITS_ANY, UDP, 63000, 64000, LATER_PRODUCT, "Current ports list"),
    ROW("LATER9", IN_CM2007, "Multicast from distribution point, to the group", distribution_point,
        broadcast, "Multicast", FITS_ANY, UDP, 63000, 64000, LATER_PRODUCT, "Current ports list"),
    ROW("LATER10", IN_CM2007, "PXE boot server", client, distribution_point, "DHCP (BINL)",
        FITS_DHCP, UDP, 4011, 4011, LATER_PRODUCT, "Current ports list"),
    ROW("LATER11", IN_CM2007, "PXE", client, distribution_point, "DHCP", FITS_DHCP, UDP, 67, 67,
        LATER_PRODUCT, "Current ports list"),
    ROW("LATER12", IN_CM2007, "PXE", distribution_point, client, "DHCP", FITS_DHCP, UDP, 68, 68,
        LATER_PRODUCT, "Current ports list"),
    ROW("LATER13", IN_CM2007, "PXE", client, distribution_point, "TFTP", FITS_TFTP, UDP, 69, 69,
        LATER_PRODUCT, "Current ports list"),
    /* LATER14, the same between site servers, was on no list: they use SMB alone. */
    ROW("LATER15", IN_CM2012, "Site to site, SQL replication", sql_server, sql_server, "TDS (SQL)",
        FITS_TDS, TCP, 1433, 1433, LATER_PRODUCT, "Current ports list"),
    ROW("LATER16", IN_CM2012, "SQL Server Service Broker", sql_server, sql_server, "Service Broker",
        FITS_ANY, TCP, 4022, 4022, LATER_PRODUCT, "Current ports list"),
    ROW("LATER17", IN_CM2007, "Wake on LAN", site_server, client, "Wake on LAN", FITS_ANY, UDP, 9,
        9, LATER_PRODUCT, "Current ports list"),
    ROW("LATER18", IN_CM2007, "Wake on LAN, to the subnet", site_server, broadcast, "Wake on LAN",
        FITS_ANY, UDP, 9, 9, LATER_PRODUCT, "Current ports list"),
    ROW("LATER19", IN_CM2012, "Wake-up proxy", client, client, "Wake-up proxy", FITS_ANY, UDP,
        25536, 25536, LATER_PRODUCT, "Current ports list"),
    ROW("LATER20", IN_CM2012, "Administration service", any, site_server_or_provider,
        "HTTPS", FITS_TLS, TCP, 443, 443, LATER_PRODUCT, "Current ports list"),
    ROW("LATER21", IN_CM2012, "Remote control of ConfigMgr", admin_console, client,
        "ConfigMgr remote control", FITS_CM_REMOTE_CONTROL, TCP, 2701, 2701, LATER_PRODUCT,
        "Current ports list"),
    ROW("LATER22", IN_CM2007, "Client to software update point", client, software_update_point,
        "HTTP (WSUS)", FITS_HTTP, TCP, 8530, 8530, LATER_PRODUCT, "Current ports list"),
    ROW("LATER23", IN_CM2007, "Client to software update point", client, software_update_point,
        "HTTPS (WSUS)", FITS_TLS, TCP, 8531, 8531, LATER_PRODUCT, "Current ports list"),
    ROW("LATER24", IN_CM2007, "Site server to software update point", site_server,
        software_update_point, "HTTP (WSUS)", FITS_HTTP, TCP, 8530, 8530, LATER_PRODUCT,
        "Current ports list"),
    ROW("LATER25", IN_CM2007, "Site server to software update point", site_server,
        software_update_point, "HTTPS (WSUS)", FITS_TLS, TCP, 8531, 8531, LATER_PRODUCT,
        "Current ports list"),

    ROW("LEGACY1", IN_SMS1, "Remote Control service Wuser32: verify rights, reboot, execute",
        admin_console, client, "SMS Remote Control (control)", FITS_REMOTE_CONTROL, TCP, 1761, 1761,
        LEGACY_PRODUCT, "KB 167128, KB 229097"),
    ROW("LEGACY2", IN_SMS1, "Remote Control service Wuser32: verify rights, reboot, execute",
        admin_console, client, "SMS Remote Control (control)", FITS_REMOTE_CONTROL, UDP, 1761, 1761,
        LEGACY_PRODUCT, "KB 167128, KB 229097"),
    ROW("LEGACY3", IN_SMS1, "Remote Control service Wuser32: remote control", admin_console, client,
        "SMS Remote Control (data)", FITS_REMOTE_CONTROL, TCP, 1762, 1762, LEGACY_PRODUCT,
        "KB 167128, KB 229097; KB 178748 for UDP"),
    ROW("LEGACY4", IN_SMS1, "Remote Control service Wuser32: remote control", admin_console, client,
        "SMS Remote Control (data)", FITS_REMOTE_CONTROL, UDP, 1762, 1762, LEGACY_PRODUCT,
        "KB 167128, KB 229097; KB 178748 for UDP"),
    ROW("LEGACY5", IN_SMS1, "Remote Control service Wuser32: chat", admin_console, client,
        "SMS Remote Chat", FITS_REMOTE_CONTROL, TCP, 1763, 1763, LEGACY_PRODUCT,
        "KB 167128, KB 229097"),
    ROW("LEGACY6", IN_SMS1, "Remote Control service Wuser32: chat", admin_console, client,
        "SMS Remote Chat", FITS_REMOTE_CONTROL, UDP, 1763, 1763, LEGACY_PRODUCT,
        "KB 167128, KB 229097"),
    ROW("LEGACY7", IN_SMS1, "Remote Control service Wuser32: file transfer", admin_console, client,
        "SMS Remote File Transfer", FITS_REMOTE_CONTROL, TCP, 1764, 1764, LEGACY_PRODUCT,
        "KB 167128, KB 229097"),
    ROW("LEGACY8", IN_SMS1, "Remote Control service Wuser32: file transfer", admin_console, client,
        "SMS Remote File Transfer", FITS_REMOTE_CONTROL, UDP, 1764, 1764, LEGACY_PRODUCT,
        "KB 167128, KB 229097"),
};

const matrix_row_t *
matrix_rows(unsigned *count)
{
    *count = G_N_ELEMENTS(kb_article_rows);
    return kb_article_rows;
}

const matrix_row_t *
matrix_supplements(unsigned *count)
{
    *count = G_N_ELEMENTS(kb_other_rows);
    return kb_other_rows;
}

static bool
roles_fit(role_set_t wanted, role_set_t held)
{
    return wanted == ROLES_ANY || (wanted & held) != 0;
}

bool
matrix_row_has_pair(const matrix_row_t *row, role_set_t initiator, role_set_t responder)
{
    return roles_fit(row->initiator_roles, initiator) &&
           roles_fit(row->responder_roles, responder);
}

static const char *
party_name(const char *token)
{
    const char *name = try_str_to_str(token, kb_party_names);

    return name ? name : token;
}

char *
matrix_row_to_str(wmem_allocator_t *scope, const matrix_row_t *row)
{
    wmem_strbuf_t *line = wmem_strbuf_new(scope, "");

    wmem_strbuf_append_printf(line, "%s: %s to %s", row->id, party_name(row->initiator),
                              party_name(row->responder));
    if (row->service[0] != '\0')
        wmem_strbuf_append_printf(line, ", %s", row->service);
    wmem_strbuf_append_printf(line, ", %s", service_transport_name(row->transport));
    if (row->row_class == ROW_CONFIGURABLE)
        wmem_strbuf_append(line, " on the port of the DSN");
    else if (row->port_low != row->port_high)
        wmem_strbuf_append_printf(line, " %u-%u", row->port_low, row->port_high);
    else if (row->port_low != 0)
        wmem_strbuf_append_printf(line, " %u", row->port_low);
    return wmem_strbuf_finalize(line);
}
