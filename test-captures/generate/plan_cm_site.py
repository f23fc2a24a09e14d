# plan_cm_site.py
# A made Configuration Manager site of today: its hosts with their roles, each flow, and troubles
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, for cm_site.py, which plays it and writes its truth, and for the tests: needs no
# scapy. The rows are those of plugin/audit/matrices/configmgr.csv. The hosts are those of a public
# log of a hierarchy (central site, primary site with a passive site server, secondary site, roles on
# their own hosts) under other names.

from collections import namedtuple

import cm_services as cm
import kb_services as kb
import messages as rc
from plan_site import TCP, UDP, Talk, ask

# --- Who is who ---------------------------------------------------------------------------------

DC, DHCP = "10.60.0.5", "10.60.0.6"
CENTRAL, PRIMARY, PASSIVE, SECONDARY = "10.60.0.10", "10.60.0.11", "10.60.0.12", "10.60.8.11"
PROVIDER, SQL_CENTRAL, SQL = "10.60.0.13", "10.60.0.14", "10.60.0.15"
MP, DP, PXE, SUP = "10.60.0.20", "10.60.0.21", "10.60.0.22", "10.60.0.23"
REPORTING, CONNECTION, GATEWAY_POINT = "10.60.0.24", "10.60.0.25", "10.60.0.26"
UPSTREAM, FILES = "10.60.0.30", "10.60.0.31"
CONSOLE = "10.60.2.50"
CLIENTS = tuple("10.60.3.%d" % n for n in range(11, 19))
SUBNET, BROADCAST = "10.60.3.255", "255.255.255.255"
# Hosts of the Internet, and one of the network that has no role.
CLOUD, CLOUD_2, MICROSOFT, SCANNER = "203.0.113.20", "203.0.113.21", "198.51.100.80", "10.60.9.9"

HOSTS = (  # address, name, site code, roles
    (DC, "dc01", "", ("Domain controller", "Global Catalog server", "DNS server")),
    (DHCP, "dhcp01", "", ("DHCP server",)),
    (CENTRAL, "hq01", "HQ1", ("Central site server", "SMS Provider")),
    (PRIMARY, "pr01", "PR1", ("Site server", "SMS Provider")),
    (PASSIVE, "pr02", "PR1", ("Passive site server",)),
    (SECONDARY, "se01", "SE1", ("Secondary site server", "Management point",
                                "BITS distribution point", "SMB distribution point")),
    (PROVIDER, "prov01", "PR1", ("SMS Provider",)),
    (SQL_CENTRAL, "sql00", "HQ1", ("SQL Server",)),
    (SQL, "sql01", "PR1", ("SQL Server",)),
    (MP, "mp01", "PR1", ("Management point",)),
    (DP, "dp01", "PR1", ("BITS distribution point", "SMB distribution point")),
    (PXE, "pxe01", "PR1", ("PXE distribution point",)),
    (SUP, "sup01", "PR1", ("Software update point",)),
    (REPORTING, "rsp01", "PR1", ("Reporting services point",)),
    (CONNECTION, "scp01", "PR1", ("Service connection point",)),
    (GATEWAY_POINT, "cmgcp01", "PR1", ("CMG connection point",)),
    (UPSTREAM, "wsus01", "", ("Upstream WSUS server",)),
    (FILES, "files01", "", ("File server",)),
    (CONSOLE, "con01", "PR1", ("Administrator console",)),
    (CLOUD, "cmg", "", ("Cloud management gateway",)),
    (CLOUD_2, "cmg", "", ("Cloud management gateway",)),
    *((address, "wks%d" % number, "PR1", ("Client",))
      for number, address in enumerate(CLIENTS, 11)),
)
NAMES = {address: name for address, name, _, _ in HOSTS}


def role_lines(hosts=HOSTS):
    """The table smsrc_roles as values of the option -o."""
    return ['uat:smsrc_roles:"%s","%s","%s"' % (address, role, site)
            for address, _, site, roles in hosts for role in roles]


def full(address):
    return "%s.%s" % (NAMES[address], cm.DOMAIN)


# --- How a flow is described --------------------------------------------------------------------

# `row` is the one it has to be given, or for a violation the nearest, `verdict` what the audit has to
# say of it with the table of HOSTS, "-" where it has to be silent. `learned`: whether it is the same
# without the table. `reach`: blocked where it gets no answer.
Flow = namedtuple("Flow", "row verdict learned reach transport client client_port server "
                  "server_port talk what")
LISTED, GAP, UNCONFIRMED = "Listed", "KB gap", "Unconfirmed"
OFF, WRONG_DIRECTION = "Off matrix", "Wrong direction"
FIRST_PORT = 50001
_flows = []

# What both ends prove by their answers, so that no table is needed.
PROVEN = {
    "registers and asks for its policy", "messages with Windows authentication, another and a token",
    "sends its inventory", "content from a peer", "scans for updates", "administers WSUS",
    "synchronizes", "copies content to the distribution point", "asks the endpoint mapper",
    "calls the port that it named", "installs the management point",
    "sends what clients reported", "sends to the child site",
    "keeps the passive site server up to date", "publishes the site", "writes the site database",
    "reads policies", "provides objects", "looks for the provider",
    "asks the provider's endpoint mapper", "opens the provider's namespace",
    "administration service",
}


def _flow(row, ends, what, messages, **more):
    """`ends`: transport, client, server and its port; the client's port is the next one."""
    transport, client, server, port = ends
    talk = messages if isinstance(messages, Talk) else ask(*messages)
    verdict = LISTED if row and "GAP" not in row else GAP if row else "-"
    _flows.append(Flow(row, more.get("verdict", verdict), what in PROVEN,
                       more.get("reach", "open"), transport, client,
                       more.get("client_port", FIRST_PORT + len(_flows)), server, port, talk,
                       what))


def _tcp(row, client, server, port, what, messages, **more):
    _flow(row, (TCP, client, server, port), what, messages, **more)


def _udp(row, client, server, port, what, messages, **more):
    _flow(row, (UDP, client, server, port), what, messages, **more)


def _web(client, server, what, messages, row, port=80, **more):
    _tcp(row, client, server, port, what, messages, **more)


def aut(server, what, site=""):
    return cm.get("/SMS_MP/.sms_aut?" + what + site, full(server))


# --- A client looks for its site ----------------------------------------------------------------

ONE, TWO, THREE, FOUR, BARE, VIEWED, NEW, AWAY = CLIENTS
SRV = "_mssms_mp_pr1._tcp." + cm.DOMAIN

_udp("CM-BV1", ONE, DC, 53, "asks for the site's SRV record",
     [kb.dns_srv_query(SRV), kb.dns_srv_answer(SRV, full(MP), 80, MP)])
_udp("CM-GAP8", ONE, DC, 389, "LDAP ping", [kb.ldap_ping(), kb.ldap_pong()])
_tcp("CM-GAP9", ONE, DC, 389, "finds its site and management point in the directory",
     cm.find_site("PR1", "mp01"))
_tcp("CM-K1", ONE, DC, 3268, "asks the global catalog", cm.find_site("PR1", "mp01"))
_tcp("CM-BV8", ONE, DC, 88, "ticket for the remote control of a client",
     [cm.ticket_request("CmRcService", full(ONE)), cm.ticket("wks11", "CmRcService", full(ONE))])
_udp("CM-GAP14", ONE, DC, 123, "time", [cm.NTP_REQUEST, cm.NTP_ANSWER])
_tcp("CM-GAP10", ONE, DC, 445, "Group Policy", cm.smb("dc01", "SYSVOL", "gpt.ini", client="WKS11"))

# --- Clients and their management point ---------------------------------------------------------

_web(ONE, MP, "asks for the site's keys and management points", [
    aut(MP, "MPKEYINFORMATION"), cm.mp_key("PR1"), aut(MP, "MPLIST"), cm.mp_list("PR1", "mp01"),
    aut(MP, "MPLIST1&", "PR1"), cm.mp_list("PR1", "mp01")], "CM-L2")
_web(ONE, MP, "asks for certificates", [
    aut(MP, "MPCERT"), cm.certificate_of("mp01", "SMS Encryption Certificate"),
    aut(MP, "SITESIGNCERT"), cm.certificate_of("pr01"), aut(MP, "SMSTRC"), cm.FORBIDDEN],
    "CM-L2")
_web(TWO, MP, "registers and asks for its policy", [
    cm.ccm_post(full(MP), target="MP_ClientRegistration"), cm.answer(),
    cm.ccm_post(full(MP)), cm.answer(),
    cm.get("/SMS_MP/.sms_pol?PR120001-PR100005-6F42AC19.2_00", full(MP), "SMS CCM 5.0"),
    cm.answer(body=b'<?xml version="1.0"?><Policy/>', kind="text/xml"),
    cm.get("/SMS_MP/.sms_dcm?Id&DocumentId=ScopeId_1/1", full(MP), "SMS CCM 5.0"),
    cm.answer(body=b"<?xml version=\"1.0\"?><DesiredConfigurationDigest/>", kind="text/xml")],
    "CM-L2")
_web(TWO, MP, "messages with Windows authentication, another and a token", [
    cm.ccm_post(full(MP), "/ccm_system_windowsauth/request"), cm.UNAUTHORIZED,
    cm.ccm_post(full(MP), "/ccm_system_altauth/request"), cm.FORBIDDEN,
    cm.ccm_post(full(MP), "/ccm_system_tokenauth/request"), cm.answer()], "CM-L2")
_web(TWO, MP, "sends its inventory", [cm.bits_post(full(MP)), cm.BITS_ACK], "CM-L2")
_web(NEW, MP, "installs the client", [
    cm.bits_get("/CCM_Client/ccmsetup.cab", full(MP)), cm.FILE,
    cm.bits_get("/CCM_Client/x64/client.msi", full(MP)), cm.FILE], "CM-L2")
_web(THREE, MP, "services of the management point", [
    cm.get("/CMUserService_WindowsAuth/", full(MP)), cm.UNAUTHORIZED,
    cm.get("/SMS_MP_MBAM/CoreService.svc", full(MP)), cm.UNAUTHORIZED], "CM-L2")
_tcp("CM-L1", THREE, MP, 10123, "notification", cm.tls(full(MP)))
_tcp("CM-L3", FOUR, MP, 443, "Enhanced HTTP", cm.enhanced_http(full(MP)))
_web(FOUR, SECONDARY, "asks the secondary site", [
    aut(SECONDARY, "MPLIST1&", "PR1"), cm.mp_list("PR1", "mp01"),
    aut(SECONDARY, "MPLIST1&", "HQ1"), cm.SERVER_ERROR], "CM-G1")

# --- Content ------------------------------------------------------------------------------------

CONTENT = "/SMS_DP_SMSPKG$/Content_7a0f3c52-5d11-4d0e-9a4e-2b6f6d1e0c01.1"
SIGNATURES = "/SMS_DP_SMSSIG$/Content_7a0f3c52-5d11-4d0e-9a4e-2b6f6d1e0c01.1.tar"

_web(ONE, DP, "downloads content", [
    cm.propfind(CONTENT, full(DP)), cm.MULTISTATUS,
    cm.bits_get(CONTENT + "/sccm?/setup.exe", full(DP)), cm.FILE,
    cm.bits_get(SIGNATURES, full(DP)), cm.FILE], "CM-G1")
_web(TWO, DP, "downloads content without a certificate, and with a token", [
    cm.propfind("/NOCERT" + CONTENT.replace("/", "_", 1), full(DP)), cm.MULTISTATUS,
    cm.bits_get("/CCMTOKENAUTH" + CONTENT.replace("/", "_", 1) + "/sccm?/setup.exe", full(DP)),
    cm.FILE], "CM-G1")
_tcp("CM-G2", FOUR, DP, 443, "downloads content over TLS", cm.tls(full(DP)))
_web(THREE, SECONDARY, "content of the secondary site's distribution point", [
    cm.propfind(CONTENT, full(SECONDARY)), cm.UNAUTHORIZED], "CM-G1")
_tcp("CMC-G1", NEW, DP, 445, "content from a share",
     cm.smb("dp01", "SMSPKGD$", "PR100012\\setup.exe", client="WKS17"))
_tcp("CM-BR1", NEW, FILES, 445, "setup from a share",
     cm.smb("files01", "source", "client\\ccmsetup.exe", client="WKS17"))
_tcp("CM-C4", TWO, ONE, 8003, "content from a peer", [
    cm.get("/SCCM_BranchCache$/PR100012/sccm?/boot.wim", full(ONE)), cm.FILE])
_udp("CM-C3", TWO, SUBNET, 8004, "looks for a peer", [cm.UNKNOWN * 4])
_tcp("CM-GAP32", THREE, TWO, 7680, "Delivery Optimization",
     [b"\x0eSwarm protocol" + cm.UNKNOWN * 4, b"\x0eSwarm protocol" + cm.UNKNOWN * 4])

# --- A computer boots from the network ----------------------------------------------------------

VARIABLES = "\\SMSTemp\\2026.08.03.09.00.00.0001.{5B1E8A70-0C1D-4E52-9F6A-3D2C1B0A9F01}.boot.var"
CATALOG = VARIABLES.replace(".var", ".bcd")

# Neither of its ends is a host.
_udp("", "0.0.0.0", BROADCAST, 67, "looks for an address and a boot server",
     Talk("pxe_discover", ()), client_port=68)
_udp("CM-BV4", DHCP, BROADCAST, 68, "offers an address", Talk("pxe_offer", ()), client_port=67)
_udp("CM-BV4", PXE, BROADCAST, 68, "offers to boot", Talk("pxe_offer", ()), client_port=67)
_udp("CM-I4", BARE, PXE, 4011, "asks what to boot", Talk("pxe_boot", ()), client_port=68)
_udp("CM-I3", BARE, PXE, 69, "loads the boot program", Talk("tftp", (
    "SMSBoot\\x64\\wdsmgfw.efi",)))
_udp("CM-I3", BARE, PXE, 69, "loads the boot catalog", Talk("tftp", (CATALOG[1:],)))
_udp("CM-I3", BARE, PXE, 69, "loads the variables", Talk("tftp", (VARIABLES[1:],)))

# --- Software updates ---------------------------------------------------------------------------

_web(ONE, SUP, "scans for updates", [
    cm.soap("/ClientWebService/client.asmx", full(SUP), "GetConfig"), cm.soap_answer("GetConfig"),
    cm.soap("/SimpleAuthWebService/SimpleAuth.asmx", full(SUP), "GetAuthorizationCookie"),
    cm.soap_answer("GetAuthorizationCookie"),
    cm.soap("/ReportingWebService/ReportingWebService.asmx", full(SUP), "ReportEventBatch"),
    cm.soap_answer("ReportEventBatch"),
    cm.get("/SelfUpdate/wuident.cab", full(SUP)), cm.FILE], "CM-M2", 8530)
_tcp("CM-M4", TWO, SUP, 8531, "scans for updates over TLS", cm.tls(full(SUP)))
_web(PRIMARY, SUP, "administers WSUS", [
    cm.soap("/ApiRemoting30/WebServices.asmx", full(SUP), "GetServerVersion", ""),
    cm.soap_answer("GetServerVersion")], "CM-BK6", 8530)
_web(SUP, UPSTREAM, "synchronizes", [
    cm.soap("/DssAuthWebService/DssAuthWebService.asmx", full(UPSTREAM), "GetAuthorizationCookie",
            ""), cm.soap_answer("GetAuthorizationCookie"),
    cm.soap("/ServerSyncWebService/ServerSyncWebService.asmx", full(UPSTREAM), "GetRevisionIdList",
            ""), cm.soap_answer("GetRevisionIdList")], "CM-BO2", 8530)
_tcp("CM-GAP1", SUP, SQL, 1433, "reads the site database", cm.SQL_SEALED)

# --- The site's servers -------------------------------------------------------------------------

_tcp("CM-AT1", PRIMARY, DP, 445, "copies content to the distribution point",
     cm.smb("dp01", "SCCMContentLib$", "PkgLib\\PR100012.INI", client="PR01"))
_tcp("CM-AT3", PRIMARY, DP, 135, "asks the endpoint mapper",
     cm.epm(kb.SYSTEM_ACTIVATOR, 49671, DP))
_tcp("CM-AT4", PRIMARY, DP, 49671, "calls the port that it named",
     cm.rpc(kb.SYSTEM_ACTIVATOR, 49671))
_tcp("CM-AI3", PRIMARY, MP, 445, "installs the management point",
     cm.smb("mp01", "ADMIN$", "SMS\\mpsetup.log", client="PR01"))
_tcp("CM-AI3", MP, PRIMARY, 445, "sends what clients reported",
     cm.smb("pr01", "SMS_PR1", "inboxes\\auth\\ddm.box\\1.ddr", client="MP01"))
_web(PRIMARY, MP, "checks that the management point is there", [
    aut(MP, "MPLIST"), cm.mp_list("PR1", "mp01")], "CM-GAP21")
_tcp("CM-BG1", CENTRAL, PRIMARY, 445, "sends to the child site",
     cm.smb("pr01", "SMS_SITE", "HQ1QSPR1.PCK", client="HQ01"))
# A secondary site's server is a management point too, and that pair is printed before this one.
_tcp("CM-AI3", PRIMARY, SECONDARY, 445, "sends to the secondary site",
     cm.smb("se01", "SMS_SITE", "PR1QSSE1.PCK", client="PR01"))
_tcp("CM-BG1", PRIMARY, PASSIVE, 445, "keeps the passive site server up to date",
     cm.smb("pr02", "SMS_PR1", "inboxes\\hman.box\\pr1.sha", client="PR01"))
# As printed for migration.
_tcp("CMC-M3", PRIMARY, PASSIVE, 135, "asks the passive site server's endpoint mapper",
     cm.epm(kb.SYSTEM_ACTIVATOR, 49672, PASSIVE))
_tcp("CM-AU2", PRIMARY, DC, 389, "publishes the site", [
    kb.ldap_bind(), kb.ldap_bound(), kb.publish_site("PR1"), kb.ldap_added()])
_tcp("CM-BV8", PRIMARY, DC, 88, "ticket for another site server",
     [cm.ticket_request("SMS Site Server", full(PASSIVE)),
      cm.ticket("pr01", "SMS Site Server", full(PASSIVE))])
_tcp("CM-BH1", PRIMARY, SQL, 1433, "writes the site database", cm.sql("CM_PR1", "pr01"))
_tcp("CM-AJ1", MP, SQL, 1433, "reads policies", cm.sql("CM_PR1", "mp01", "SMS_MP"))
_tcp("CM-BM1", PROVIDER, SQL, 1433, "provides objects", cm.sql("CM_PR1", "prov01", "SMS Provider"))
_tcp("CM-AM1", REPORTING, SQL, 1433, "reads reports", cm.SQL_SEALED)
_tcp("CM-AP1", CONNECTION, SQL, 1433, "service connection point and the site database",
     cm.SQL_SEALED)
_tcp("CM-BP2", SQL_CENTRAL, SQL, 4022, "replicates", [cm.UNKNOWN * 3, cm.UNKNOWN * 5])
_tcp("CM-BP1", SQL, SQL_CENTRAL, 1433, "replicates", cm.SQL_SEALED)
_udp("CM-BP3", SQL, SQL_CENTRAL, 1434, "asks for the port of an instance",
     [cm.BROWSER_REQUEST, cm.BROWSER_ANSWER])
_tcp("CM-BB2", PRIMARY, MICROSOFT, 443, "downloads updates of the product",
     cm.tls("download.example"))
_udp("CM-AR1", PRIMARY, SUBNET, 9, "wakes a client", Talk("wake", ()))
_udp("CM-C2", ONE, TWO, 25536, "wake-up proxy", [cm.UNKNOWN * 2])

# --- Administrators -----------------------------------------------------------------------------

_tcp("CM-V1", CONSOLE, PRIMARY, 135, "looks for the provider",
     cm.epm(kb.WBEM_LOGIN, 49670, PRIMARY))
_tcp("CM-W2", CONSOLE, PROVIDER, 135, "asks the provider's endpoint mapper",
     cm.epm(kb.WBEM_LOGIN, 49669, PROVIDER))
_tcp("CM-W3", CONSOLE, PROVIDER, 49669, "opens the provider's namespace",
     cm.provider(49669, "PR1"))
_tcp("CM-W4", CONSOLE, PROVIDER, 443, "administration service", cm.tls(full(PROVIDER)))
_web(CONSOLE, REPORTING, "reads a report", [
    cm.get("/ReportServer?/ConfigMgr_PR1/Site&rs:Command=Render", full(REPORTING)),
    cm.answer(body=b"<html><title>Report</title></html>", kind="text/html")], "CM-U1")
_tcp("CM-S1", CONSOLE, VIEWED, 2701, "remote control", Talk("says", (
    (True, rc.CM_GREETING),)))
_tcp("CM-S2", CONSOLE, VIEWED, 3389, "remote assistance", [cm.RDP_REQUEST, cm.RDP_CONFIRM])

# --- Clients outside, by way of the gateway -----------------------------------------------------

OUTSIDE = ["GUID:%08X-6F0D-4A7E-9B11-52D0A5C7E001" % n for n in range(0x10, 0x16)]

_tcp("CM-O1", GATEWAY_POINT, CLOUD, 443, "keeps its channel to the gateway",
     cm.tls("contosocmg.example"))
_tcp("CM-O2", GATEWAY_POINT, CLOUD_2, 10125, "the gateway's second machine",
     cm.tls("contosocmg.example"))
_web(GATEWAY_POINT, MP, "passes on what clients outside ask", [
    message for client in OUTSIDE for message in (
        cm.ccm_post(full(MP), "/CCM_System_TokenAuth/request", client), cm.answer())], "CM-Q2")
_web(GATEWAY_POINT, MP, "asks for the site's certificate", [
    cm.get("/SMS_MP/.sms_aut?SITESIGNCERT", full(MP), "SMS CCM 5.0"),
    cm.certificate_of("pr01")], "CM-Q2")
_tcp("CM-Q1", GATEWAY_POINT, MP, 443, "the same over TLS", cm.enhanced_http(full(MP)))
_web(GATEWAY_POINT, SUP, "passes on a scan for updates", [
    cm.soap("/ClientWebService/client.asmx", full(SUP), "SyncUpdates"),
    cm.soap_answer("SyncUpdates")], "CM-R4", 8530)

# --- A host without a role looks around ---------------------------------------------------------

REMARKS = (("ADMIN$", "Remote Admin"), ("C$", "Default share"), ("IPC$", "Remote IPC"),
           ("REMINST", "RemoteInstallation"), ("SCCMContentLib$", "'Configuration Manager' "
            "Content Library for site PR1 (8/3/2026)"),
           ("SMSPKGD$", "SMS Site PR1 DP 8/3/2026"), ("SMSSIG$", "SMS Site PR1 DP 8/3/2026"),
           ("SMS_DP$", "ConfigMgr Site Server DP share"))


def _asked_all(server, mp_answer, dp_answer):
    return [aut(server, "MPKEYINFORMATION"), mp_answer,
            cm.get("/SMS_DP_SMSPKG$/", full(server)), dp_answer]


_web(SCANNER, MP, "asks a management point for everything",
     _asked_all(MP, cm.mp_key("PR1"), cm.NOT_FOUND), "CM-L2", verdict=UNCONFIRMED)
_web(SCANNER, DP, "asks a distribution point for everything",
     _asked_all(DP, cm.NOT_FOUND, cm.UNAUTHORIZED), "CM-G1", verdict=UNCONFIRMED)
_web(SCANNER, PRIMARY, "asks a site server for everything",
     _asked_all(PRIMARY, cm.NOT_FOUND, cm.NOT_FOUND), "")
_tcp("", SCANNER, PXE, 445, "lists the shares", cm.shares("pxe01", REMARKS, "X1"))
_tcp("", SCANNER, PXE, 445, "reads the boot files",
     cm.smb("pxe01", "REMINST", "SMSTemp", client="X1"))
_tcp("", SCANNER, DC, 389, "looks for hosts that serve PXE", cm.find_boot_servers("pxe01"))

FLOWS = tuple(_flows)

# --- What does not work -------------------------------------------------------------------------

_flows.clear()
FIRST_PORT = 51001
DENIED = rc.cm_text("ERROR_ACCESS_DENIED")
SILENT = Talk("syn_retransmitted", ())

_tcp("CM-L1", ONE, MP, 10123, "notification gets no answer", SILENT, reach="blocked")
_web(ONE, MP, "and goes over HTTP", [
    kb.http_request("POST", "/bgb/handler.ashx?RequestType=LogIn", host=full(MP), body=b"<BgbMsg/>"),
    cm.answer(body=b"<BgbResponse/>", kind="text/xml")], "CM-L2")
_tcp("CM-S1", CONSOLE, ONE, 2701, "remote control: a firewall drops it", SILENT, reach="blocked")
_tcp("CM-S1", CONSOLE, TWO, 2701, "remote control: no right to it", Talk("says", (
    (True, rc.CM_GREETING), (True, DENIED))))
_tcp("CM-S1", CONSOLE, THREE, 2701, "remote control: reset after the greeting", Talk("reset", (
    (True, rc.CM_GREETING),)))
_web(ONE, DP, "content: not for anonymous clients", [
    cm.propfind(CONTENT, full(DP)), cm.UNAUTHORIZED], "CM-G1")
_web(TWO, DP, "content: WebDAV is in the way", [
    cm.propfind(CONTENT, full(DP)), cm.NOT_ALLOWED], "CM-G1")
_web(THREE, DP, "content: the server fails", [
    cm.bits_get(CONTENT + "/sccm?/setup.exe", full(DP)), cm.SERVER_ERROR], "CM-G1")
_tcp("CMC-G1", ONE, DP, 445, "content from a share is refused", Talk("syn_reset", ()),
     reach="blocked")
_udp("CM-I3", BARE, PXE, 69, "the boot program is not sent", Talk("tftp_unanswered", (
    "SMSBoot\\x64\\wdsmgfw.efi",)), reach="blocked")
_udp("CM-I4", BARE, PXE, 4011, "no answer on what to boot", Talk("pxe_unanswered", ()),
     client_port=68, reach="blocked")
_tcp("CM-G3", ONE, TWO, 8005, "express updates from another client",
     [cm.get("/", full(TWO)), cm.NOT_FOUND], verdict=OFF)
_tcp("CM-L2", MP, FOUR, 80, "a management point calls a client",
     [cm.get("/", full(FOUR)), cm.NOT_FOUND], verdict=WRONG_DIRECTION)

TROUBLES = tuple(_flows)
