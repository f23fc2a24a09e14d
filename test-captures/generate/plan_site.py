# plan_site.py
# A made SMS 2003 site: its hosts with their roles, each flow, and what is wrong on purpose
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, for sms_site.py, which plays it, and for the tests, which hold the audit to it:
# needs no scapy. The rows are those of data/kb826852.csv; the roles and what shows them are
# those of Microsoft's articles on SMS 2.0 and 2003.

from collections import namedtuple

import kb_services as kb
import messages as rc

# --- Who is who ---------------------------------------------------------------------------------

CENTRAL, SITE, CHILD, SECONDARY = "10.1.0.10", "10.1.1.10", "10.2.0.10", "10.3.0.10"
# On its own host: the row of an SQL client that is none of the rows C1 to C5 needs one.
PROVIDER = "10.1.1.11"
SQL, MP, PROXY_MP = "10.1.1.12", "10.1.1.13", "10.3.0.13"
BITS_DP, SMB_DP = "10.1.1.14", "10.1.1.15"
SLP, REPORTING, CAP = "10.1.1.16", "10.1.1.17", "10.1.1.18"
DC, DNS, WINS, DHCP = "10.1.1.20", "10.1.1.21", "10.1.1.22", "10.1.1.23"
CONSOLE = "10.1.2.50"
RAS_1, RAS_2 = "10.1.1.30", "10.4.0.30"
CLIENTS = tuple("10.1.3.%d" % n for n in range(11, 19))
LEGACY = ("10.1.4.11", "10.1.4.12")
# Hosts without a role.
PROXY, ROUTER, STRANGER, WEB = "10.1.1.40", "10.1.2.1", "10.1.9.9", "192.0.2.80"
BROADCAST = "10.1.1.255"

# The lines of the table smsrc_roles: address, role, site code.
ROLES = (
    (CENTRAL, "Site server", "CEN"),
    (SITE, "Site server", "ABC"),
    (SITE, "SMS Provider", "ABC"),
    (CHILD, "Child site server", "DEF"),
    (SECONDARY, "Secondary site server", "SEC"),
    (PROVIDER, "SMS Provider", "DEF"),
    (SQL, "SQL Server", "ABC"),
    (MP, "Management point", "ABC"),
    (PROXY_MP, "Proxy management point", "SEC"),
    (BITS_DP, "BITS distribution point", "ABC"),
    (SMB_DP, "SMB distribution point", "ABC"),
    (SLP, "Server locator point", "ABC"),
    (REPORTING, "Reporting point", "ABC"),
    (CAP, "Client access point", "ABC"),
    (DC, "Domain controller", ""),
    (DNS, "DNS server", ""),
    (WINS, "WINS server", ""),
    (DHCP, "DHCP server", ""),
    (CONSOLE, "Administrator console", "ABC"),
    (RAS_1, "RAS sender", "ABC"),
    (RAS_2, "RAS sender", "DEF"),
    *((client, "Advanced Client", "ABC") for client in CLIENTS),
    *((client, "Legacy Client", "ABC") for client in LEGACY),
)


def role_lines(roles=ROLES):
    """The table as values of the option -o."""
    return ['uat:smsrc_roles:"%s","%s","%s"' % line for line in roles]


CUSTOM_SQL_PORT = 14330
CUSTOM_SQL = "smsrc.audit.sql_ports:%d" % CUSTOM_SQL_PORT

# What traffic alone shows of roles, without the table: address and role.
LEARNED = (
    (SITE, "Site server"),
    (SQL, "SQL Server"),
    (MP, "Management point"),
    (PROXY_MP, "Management point"),
    (BITS_DP, "BITS distribution point"),
    (SMB_DP, "SMB distribution point"),
    (SLP, "Server locator point"),
    (DC, "Domain controller"),
    (CONSOLE, "Remote Control viewer"),
)

# --- How a flow is described --------------------------------------------------------------------

TCP, UDP, IPX = "TCP", "UDP", "IPX"

# A conversation: `kind` "says" is a handshake (TCP), messages and an end; the other kinds are
# functions of sms_site.py. A message is (from the server?, bytes).
Talk = namedtuple("Talk", "kind messages")

# A flow that is right: the row it must be given.
Flow = namedtuple("Flow", "row transport client client_port server server_port talk")

# A flow planted on purpose. `expert`: the filter below smsrc.audit it must raise, "" for none;
# `rows`: one of these is its row, or the nearest; `service`: what it carries; `port`: by which
# it gets its verdict.
Planted = namedtuple("Planted", "name transport client client_port server server_port talk expert "
                     "verdict rows service port")


def ask(*messages):
    """Requests and answers in turn; None is a turn without a message."""
    return Talk("says", tuple((bool(n % 2), m) for n, m in enumerate(messages) if m is not None))


def serve(*messages):
    """The same, the server first."""
    return ask(None, *messages)


# --- Messages -----------------------------------------------------------------------------------

NOISE = bytes((0x91, 0x02, 0xE7, 0x00, 0x13, 0xFE, 0x80, 0x05, 0xC4, 0x01, 0x9B, 0x00))

LDAP_PING = ask(kb.ldap_ping(), kb.ldap_pong())
LDAP_PUBLISH = ask(kb.ldap_bind(), kb.ldap_bound(), kb.publish_site(), kb.ldap_added())
LDAP_SEARCH = ask(kb.ldap_bind(), kb.ldap_bound(), kb.search_management_points(),
                  kb.management_point_entry() + kb.ldap_done())
TLS = ask(rc.tls_client_hello(), kb.tls_server_hello(), kb.tls_data(), kb.tls_data(96))
EPM_UDP = ask(kb.rpc_datagram(), kb.rpc_datagram(kind=2))
KERBEROS_UDP = ask(kb.kerberos_request(), kb.kerberos_error())
KERBEROS_TCP = ask(kb.over_tcp(kb.kerberos_request()), kb.over_tcp(kb.kerberos_error()))
HTTP_MP = ask(kb.http_get(kb.MPLIST, agent="SMS CCM 5.0"), kb.MPLIST_REPLY)
HTTP_CCM_POST = ask(kb.ccm_post(), kb.UNAUTHORIZED, kb.ccm_post(), kb.http_response())
HTTP_BITS_POST = ask(kb.bits_post(), kb.BITS_ACK)
PACKAGE = "/SMS_DP_SMSPKGC$/ABC00012"
HTTP_DP = ask(kb.propfind(PACKAGE), kb.MULTISTATUS,
              kb.http_get(PACKAGE + "/setup.exe", agent="Microsoft BITS/6.6",
                          headers=("Range: bytes=0-1023",)),
              kb.http_response("206 Partial Content", bytes(64)))
HTTP_REPORT = ask(kb.http_get("/SMSReporting_ABC/Report.asp?ReportID=12"), kb.http_response())


def epm(interface=kb.SYSTEM_ACTIVATOR, port=1055, server=SITE):
    """A query to the endpoint mapper: where does an interface listen?"""
    return ask(kb.rpc_bind(kb.EPM), kb.rpc_bound(), kb.epm_map(interface),
               kb.epm_mapped(interface, port, server))


def smb_messages(tree, *names):
    """Negotiation, session, a tree and files of it."""
    said = [kb.smb_negotiate(), kb.smb_negotiated(), kb.smb_session_setup(),
            kb.smb_session_set_up(), kb.smb_tree(tree), kb.smb_tree_reply(pipe="IPC$" in tree)]
    for name in names:
        said += [kb.smb_create(name), kb.smb_created()]
    return said


def smb(tree, *names):
    return ask(*smb_messages(tree, *names))


def smb_over_139(tree, *names, server=("SMBDP01", 0x20), client=("WKS11", 0x00)):
    return ask(kb.nbss_request(server, client), kb.NBSS_POSITIVE, *smb_messages(tree, *names))


LAN_SENDER = smb("\\\\SRV\\SMS_SITE", "ABCQSDEF.PCK")
SMB_DP_FILES = ("\\\\SMBDP01\\SMSPKGC$", "ABC00013\\setup.exe")
SQL_PIPE = smb_over_139("\\\\SQL01\\IPC$", "\\sql\\query", server=("SQL01", 0x20),
                        client=("SITE01", 0x00))
TDS = ask(kb.tds_prelogin(), kb.tds_prelogin_reply(), kb.tds_login("SMS_ABC"),
          kb.tds_logged_in("SMS_ABC"), kb.tds_batch(), kb.tds_done())
RC_INFORMATION = ask(rc.INFORMATION_REQUEST, rc.information_reply())
RC_CHANNEL = ask(rc.rch(NOISE), NOISE * 20)
RC_CHAT = ask(b"h", b"o", b"i", b"k")
RC_TRANSFER = ask(NOISE + b"C:\\WINNT\\system.ini\0", NOISE * 30)
RC_UDP = ask(rc.UDP_PROBE, rc.user_record(rc.VARIANT_UDP))
RC_NBSS = ask(kb.nbss_request(("WKS11", 0x43), ("ADM01", 0x44)), kb.NBSS_POSITIVE,
              kb.nbss_message(NOISE), kb.nbss_message(NOISE * 4))
RC_NBNS = ask(kb.nbns_query("WKS11", 0x43), kb.nbns_answer("WKS11", 0x43, CLIENTS[0]))
RC_NBDGM = ask(kb.nbdgm(CONSOLE, ("ADM01", 0x44), ("WKS11", 0x43), NOISE * 2),
               kb.nbdgm(CLIENTS[0], ("WKS11", 0x43), ("ADM01", 0x44), NOISE * 30))


def announcement(source_ip, name, target, suffix=0x1D, group=False):
    return ask(kb.nbdgm(source_ip, (name, 0x00), (target, suffix), kb.host_announcement(name),
                        group))


def registration(name, suffix, ip):
    return ask(kb.nbns_register(name, suffix, ip), kb.nbns_registered(name, suffix, ip))


PPTP = ask(kb.pptp_start(), kb.pptp_started(), kb.pptp_call(), kb.pptp_connected())
DHCP_RENEWAL = Talk("dhcp", ())

# --- Everything as the article has it -----------------------------------------------------------

FLOWS = (
    Flow("A1", UDP, SITE, 1101, DC, 389, LDAP_PING),
    Flow("A2", TCP, SITE, 1102, DC, 389, LDAP_PUBLISH),
    Flow("A3", TCP, SITE, 1103, DC, 636, TLS),
    Flow("A4", UDP, SITE, 1104, DC, 135, EPM_UDP),
    Flow("A5", TCP, SITE, 1105, DC, 135, epm(server=DC, port=1026)),
    Flow("A6", TCP, SITE, 1106, DC, 3268, LDAP_SEARCH),
    Flow("A7", TCP, SITE, 1107, DC, 3269, TLS),
    Flow("A8", UDP, SITE, 1108, DC, 88, KERBEROS_UDP),
    Flow("A9", TCP, SITE, 1109, DC, 88, KERBEROS_TCP),
    # What is printed for a site server holds for one with a parent too.
    Flow("A2", TCP, CHILD, 1110, DC, 389, LDAP_SEARCH),
    Flow("B1", TCP, SITE, 1121, CHILD, 445, LAN_SENDER),
    Flow("B2", TCP, SITE, 1122, SECONDARY, 445, LAN_SENDER),
    Flow("B3", TCP, SITE, 1123, SQL, 445, smb("\\\\SQL01\\C$", "SMSDATA\\sms.mdf")),
    Flow("C1", TCP, SITE, 1131, SQL, 1433, TDS),
    Flow("C2", TCP, PROXY_MP, 1132, SQL, 1433, TDS),
    Flow("C3", TCP, MP, 1133, SQL, 1433, TDS),
    Flow("C4", TCP, SLP, 1134, SQL, 1433, TDS),
    Flow("C5", TCP, REPORTING, 1135, SQL, 1433, TDS),
    Flow("D1", UDP, CLIENTS[0], 1141, DC, 389, LDAP_PING),
    Flow("D2", TCP, CLIENTS[0], 1142, DC, 389, LDAP_SEARCH),
    Flow("D3", TCP, CLIENTS[1], 1143, DC, 636, TLS),
    Flow("D4", TCP, CLIENTS[1], 1144, DC, 3268, LDAP_SEARCH),
    Flow("D5", TCP, CLIENTS[1], 1145, DC, 3269, TLS),
    Flow("E1", TCP, CLIENTS[0], 1151, MP, 80, HTTP_MP),
    Flow("E1", TCP, CLIENTS[0], 1152, MP, 80, HTTP_CCM_POST),
    Flow("E1", TCP, CLIENTS[1], 1153, MP, 80, HTTP_BITS_POST),
    Flow("E1", TCP, CLIENTS[2], 1154, PROXY_MP, 80, HTTP_MP),
    Flow("E2", TCP, CLIENTS[2], 1155, BITS_DP, 80, HTTP_DP),
    Flow("E3", TCP, CLIENTS[3], 1156, SMB_DP, 139, smb_over_139(*SMB_DP_FILES)),
    Flow("E4", TCP, CLIENTS[3], 1157, SMB_DP, 445, smb(*SMB_DP_FILES)),
    Flow("F3", TCP, CONSOLE, 1161, CLIENTS[0], 2701, RC_INFORMATION),
    Flow("F5", TCP, CONSOLE, 1162, CLIENTS[0], 2702, RC_CHANNEL),
    Flow("F1", TCP, CONSOLE, 1163, CLIENTS[0], 2703, RC_CHAT),
    Flow("F7", TCP, CONSOLE, 1164, CLIENTS[0], 2704, RC_TRANSFER),
    Flow("F4", UDP, CONSOLE, 1165, LEGACY[0], 2701, RC_UDP),
    Flow("F6", UDP, CONSOLE, 1166, LEGACY[0], 2702, RC_CHANNEL),
    Flow("F2", UDP, CONSOLE, 1167, LEGACY[0], 2703, ask(NOISE, NOISE)),
    Flow("F8", UDP, CONSOLE, 1168, LEGACY[0], 2704, RC_TRANSFER),
    Flow("G1", UDP, CONSOLE, 137, CLIENTS[0], 137, RC_NBNS),
    Flow("G2", UDP, CONSOLE, 138, CLIENTS[0], 138, RC_NBDGM),
    Flow("G3", TCP, CONSOLE, 1169, CLIENTS[0], 139, RC_NBSS),
    Flow("G4", IPX, CONSOLE, 0, CLIENTS[0], 0, Talk("ipx", ())),
    Flow("H1", UDP, CLIENTS[4], 1171, DNS, 53, ask(kb.dns_query("mp01." + kb.DOMAIN),
                                                   kb.dns_answer("mp01." + kb.DOMAIN, MP))),
    Flow("H2", UDP, CLIENTS[4], 68, DHCP, 67, DHCP_RENEWAL),
    Flow("H3", TCP, SITE, 1172, CLIENTS[4], 135, epm(server=CLIENTS[4], port=1030)),
    Flow("H3n", TCP, CONSOLE, 1173, SITE, 135, epm()),
    Flow("H4", UDP, MP, 137, WINS, 137, registration("MP_ABC", 0x1A, MP)),
    Flow("H4", UDP, SLP, 137, WINS, 137, registration("SMS_SLP", 0x1A, SLP)),
    Flow("H4s", UDP, MP, 138, WINS, 138, announcement(MP, "MP01", "WINS01", 0x00)),
    Flow("H5", UDP, LEGACY[0], 138, SITE, 138, announcement(LEGACY[0], "OLD11", "SITE01", 0x00)),
    Flow("H6", TCP, LEGACY[0], 1174, CAP, 139,
         smb_over_139("\\\\CAP01\\CAP_ABC", "clicomp.box\\client.nal", server=("CAP01", 0x20),
                      client=("OLD11", 0x00))),
    Flow("I1", TCP, PROVIDER, 1181, SQL, 1433, TDS),
    Flow("I2", TCP, SITE, 1182, SQL, 139, SQL_PIPE),
    Flow("I3a", UDP, SITE, 137, BROADCAST, 137,
         ask(kb.nbns_query("SQL01", 0x20, broadcast=True))),
    Flow("I3b", UDP, SITE, 138, BROADCAST, 138,
         announcement(SITE, "SITE01", "CONTOSO", group=True)),
    Flow("I4", TCP, MP, 1183, SQL, CUSTOM_SQL_PORT, TDS),
    Flow("J1", TCP, RAS_1, 1184, RAS_2, 1723, PPTP),
)

# Hosts without a role, and packets that belong to no flow: never audited.
BACKGROUND = (
    Flow("", UDP, "0.0.0.0", 68, "255.255.255.255", 67, Talk("dhcp_discover", ())),
    Flow("", TCP, CLIENTS[5], 1191, WEB, 80, ask(rc.HTTP_REQUEST, rc.HTTP_RESPONSE)),
    Flow("", TCP, STRANGER, 1192, WEB, 8080, ask(rc.HTTP_REQUEST, rc.HTTP_RESPONSE)),
    Flow("", UDP, STRANGER, 1193, WEB, 53, ask(kb.dns_query("www.example.com"))),
    Flow("", TCP, RAS_1, 0, RAS_2, 0, Talk("gre", ())),
)

# --- What is planted ----------------------------------------------------------------------------

OFF, WRONG_SERVICE, WRONG_DIRECTION = "Off matrix", "Wrong service", "Wrong direction"
GAP, LATER, LEGACY_PRODUCT, LISTED = "KB gap", "Later product", "Legacy product", "Listed"

SQL_ROWS = ("C1", "C2", "C3", "C4", "C5", "I1", "I4")


def _off(name, transport, client, client_port, server, server_port, talk, rows, service):
    return Planted(name, transport, client, client_port, server, server_port, talk, "off_matrix",
                   OFF, rows, service, server_port)


def _foreign(name, client_port, server_port, talk, row, service):
    return Planted(name, TCP, CONSOLE, client_port, CLIENTS[1], server_port, talk,
                   "wrong_service", WRONG_SERVICE, (row,), service, server_port)


def _gap(name, client, client_port, server, server_port, talk, row, service):
    return Planted(name, TCP, client, client_port, server, server_port, talk, "kb_gap", GAP,
                   (row,), service, server_port)


def _blocked(name, transport, client, client_port, server, server_port, kind, row, messages=()):
    return Planted(name, transport, client, client_port, server, server_port,
                   Talk(kind, messages), "blocked", LISTED, (row,), None, server_port)


PROXIED = "http://mp01" + kb.MPLIST
PROXIED_8085 = "http://mp01:8085" + kb.MPLIST
# None of these is on any list.
SCAN_PORTS = range(11000, 11200)

PLANTED = (
    _off("MP asked on 8080", TCP, CLIENTS[2], 1201, MP, 8080, HTTP_MP, ("E1",), "HTTP"),
    _off("files of the BITS DP on 8000", TCP, CLIENTS[2], 1202, BITS_DP, 8000, HTTP_DP, ("E2",),
         "HTTP"),
    _off("client on SQL's 1433", TCP, CLIENTS[3], 1203, SQL, 1433, TDS, SQL_ROWS, "TDS"),
    _off("client on SQL's custom port", TCP, CLIENTS[3], 1204, SQL, CUSTOM_SQL_PORT, TDS,
         SQL_ROWS, "TDS"),
    _off("LAN sender on 4445", TCP, SITE, 1205, CHILD, 4445, LAN_SENDER, ("B1",), "SMB1"),
    _off("LDAP on 3890", TCP, SITE, 1206, DC, 3890, LDAP_PUBLISH, ("A2",), "LDAP"),
    _off("Kerberos on 8888, which is a misprint", UDP, SITE, 1207, DC, 8888, KERBEROS_UDP,
         ("A8",), "Kerberos"),
    _off("NBNS on 1137", UDP, CONSOLE, 1208, CLIENTS[0], 1137, RC_NBNS, ("G1",), "NBNS"),
    _foreign("SSH on 2702", 1211, 2702, serve(rc.SSH_GREETING, rc.SSH_GREETING), "F5", "SSH"),
    _foreign("TLS on 2701", 1212, 2701, TLS, "F3", "TLS"),
    _foreign("FTP on 2703", 1213, 2703, serve(b"220 ready\r\n", b"USER sms\r\n",
                                              b"331 password\r\n"), "F1", "FTP"),
    _foreign("HTTP on 2704", 1214, 2704, ask(rc.HTTP_REQUEST, rc.HTTP_RESPONSE), "F7", "HTTP"),
    _foreign("ConfigMgr's greeting on 2702", 1215, 2702, serve(rc.CM_GREETING), "F5",
             "ConfigMgr Remote Control"),
    Planted("ConfigMgr's greeting on 2701", TCP, CONSOLE, 1216, CLIENTS[2], 2701,
            serve(rc.CM_GREETING), "later_product", LATER, ("LATER21",),
            "ConfigMgr Remote Control", 2701),
    Planted("MP calls a client on 80", TCP, MP, 1221, CLIENTS[4], 80,
            ask(rc.HTTP_REQUEST, rc.HTTP_RESPONSE), "wrong_direction", WRONG_DIRECTION, ("E1",),
            "HTTP", 80),
    Planted("client calls the console on 2701", TCP, CLIENTS[4], 1222, CONSOLE, 2701,
            RC_INFORMATION, "wrong_direction", WRONG_DIRECTION, ("F3",), "SMS Remote Control",
            2701),
    Planted("SMS 1.2 data on 1762", TCP, CONSOLE, 1223, LEGACY[1], 1762, RC_CHANNEL,
            "legacy_product", LEGACY_PRODUCT, ("LEGACY3",), "SMS Remote Control", 1762),
    Planted("endpoint mapper before the dynamic port", TCP, CONSOLE, 1230, SITE, 135,
            epm(kb.WBEM_LOGIN), "", LISTED, ("H3n",), "RPC", 135),
    _gap("dynamic RPC to the SMS Provider", CONSOLE, 1231, SITE, 1055,
         ask(kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055), kb.wbem_login(),
             kb.wbem_logged_in()), "GAP1", "RPC"),
    _gap("dynamic RPC to the domain controller", SITE, 1232, DC, 1026,
         ask(kb.rpc_bind(kb.SYSTEM_ACTIVATOR), kb.rpc_bound(1026)), "GAP9", "RPC"),
    _gap("CAP over 445", LEGACY[1], 1233, CAP, 445,
         smb("\\\\CAP01\\CAP_ABC", "ccr.box\\old12.ccr"), "GAP17", "SMB1"),
    _gap("reporting point", CONSOLE, 1234, REPORTING, 80, HTTP_REPORT, "GAP28", "HTTP"),
    _gap("client's Kerberos", CLIENTS[5], 1235, DC, 88, KERBEROS_TCP, "GAP31", "Kerberos"),
    Planted("MP over TLS", TCP, CLIENTS[5], 1241, MP, 443, TLS, "later_product", LATER,
            ("LATER1",), "TLS", 443),
    Planted("client notification", TCP, CLIENTS[5], 1242, MP, 10123, TLS, "later_product", LATER,
            ("LATER2",), "TLS", 10123),
    Planted("B-node name broadcast of the MP", UDP, MP, 137, BROADCAST, 137,
            ask(kb.nbns_query("SQL01", 0x20, broadcast=True)), "discouraged", LISTED, ("I3a",),
            "NBNS", 137),
    Planted("B-node datagram broadcast of the MP", UDP, MP, 138, BROADCAST, 138,
            announcement(MP, "MP01", "CONTOSO", group=True), "discouraged", LISTED, ("I3b",),
            "NBDGM", 138),
    _blocked("MP does not answer", TCP, CLIENTS[6], 1251, MP, 80, "syn_retransmitted", "E1"),
    _blocked("SQL refuses", TCP, SITE, 1252, SQL, 1433, "syn_reset", "C1"),
    _blocked("a router prohibits 2701", TCP, CONSOLE, 1253, CLIENTS[6], 2701, "syn_prohibited",
             "F3"),
    _blocked("no one on UDP 2701", UDP, CONSOLE, 1254, LEGACY[1], 2701, "udp_unreachable", "F4",
             ((False, rc.UDP_PROBE),)),
    Planted("MP behind a proxy's 3128", TCP, CLIENTS[0], 1261, PROXY, 3128,
            ask(kb.http_get(PROXIED, agent="SMS CCM 5.0"), kb.MPLIST_REPLY), "", LISTED, ("E1",),
            "HTTP", 80),
    Planted("MP behind a proxy's 8080", TCP, CLIENTS[0], 1262, PROXY, 8080,
            ask(kb.http_get(PROXIED, agent="SMS CCM 5.0"), kb.MPLIST_REPLY), "", LISTED, ("E1",),
            "HTTP", 80),
    Planted("MP on 8085 behind a proxy", TCP, CLIENTS[0], 1263, PROXY, 8080,
            ask(kb.http_get(PROXIED_8085, agent="SMS CCM 5.0"), kb.MPLIST_REPLY), "off_matrix",
            OFF, ("E1",), "HTTP", 8085),
    # The first of 200 ports represents them all: one line, not 200.
    Planted("SYN scan of the MP", TCP, CLIENTS[7], 40000, MP, SCAN_PORTS[0], Talk("scan", ()),
            "off_matrix", OFF, None, None, SCAN_PORTS[0]),
)
