# plan_signatures.py
# What shows a host's SMS role: each signature with an answer, with a refusal, and on odd ports
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, for signatures.py, which plays it, and for the tests: needs no scapy. Where each
# signature is known from is given in plugin/evidence/signature-table.c.

import zlib
from collections import namedtuple

import kb_services as kb
import messages as rc
from plan_site import NOISE, TCP, UDP, ask, smb_messages

# `before` is sent first, in turn; then `request`; `good` answers as a server of the role would,
# `bad` as any other. `learned`: (end, role), where the end is "client", "server" or "owner" (the
# address that an answer names). `word` is in the reason that is given, `site` the site code.
# A message that is a function takes the owner's address.
Signature = namedtuple("Signature", "name transport port before request good bad learned site word")

SERVER, CLIENT, OWNER = "server", "client", "owner"
MP = ((SERVER, "Management point"),)
MP_AND_CLIENT = MP + ((CLIENT, "Advanced Client"),)
BITS_DP = ((SERVER, "BITS distribution point"),)
SMB_DP = ((SERVER, "SMB distribution point"),)
SITE_SERVER = ((SERVER, "Site server"),)
CAP = ((SERVER, "Client access point"),)
DC = ((SERVER, "Domain controller"),)
SQL = ((SERVER, "SQL Server"),)
REMOTE_CONTROL = ((SERVER, "Client"), (CLIENT, "Remote Control viewer"))

OK = kb.http_response()
MOVED = kb.http_response("302 Found", headers=("Location: /login",))
PKG = "ABC00012/setup.exe"
# What is a server's own: a policy, a file, a report, and the key of a management point.
POLICY = kb.http_response(body=b'<?xml version="1.0"?><Policy/>',
                          headers=("Content-Type: text/xml",))
FILE = kb.http_response(body=bytes(range(64)),
                        headers=("Content-Type: application/octet-stream",))
REPORT = kb.http_response(body=b"<html><title>Report</title></html>",
                          headers=("Content-Type: text/html",))
MP_KEY = kb.http_response(body=b"<MPKEYINFORMATION><SITECODE>ABC</SITECODE>"
                               b"<TRUSTEDROOTKEY>0602</TRUSTEDROOTKEY></MPKEYINFORMATION>",
                          headers=("Content-Type: text/xml",))


def _http(name, request, good, bad, learned, word, site="", port=80):
    return Signature(name, TCP, port, (), request, good, bad, learned, site, word)


def _get(name, uri, good, bad, learned, word, site="", port=80, agent=""):
    return _http(name, kb.http_get(uri, agent=agent), good, bad, learned, word, site, port)


# The layout of requests in packets: (name, requests, cuts between segments, bytes of a fragment);
# the last request is the one that shows a management point.
Lying = namedtuple("Lying", "name requests cuts fragments")
MPLIST = kb.http_get(kb.MPLIST)
OTHER = kb.http_get("/x")


SIZED = kb.http_request("CCM_POST", "/ccm_system/request", body=b"<Msg/>").replace(
    b"Content-Length: ", b"content-length:  ")
CHUNKED = kb.http_request("CCM_POST", "/ccm_system/request").replace(
    b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"6\r\n<Msg/>\r\n0\r\n\r\n"
LYING = (
    Lying("alone in a packet", (MPLIST,), (), 0),
    Lying("behind another", (OTHER, MPLIST), (), 0),
    Lying("with a body", (SIZED,), (), 0),
    Lying("behind one with a body", (SIZED.replace(b"CCM_POST /ccm_system/request", b"POST /x"),
                                     MPLIST), (), 0),
    Lying("with a body in chunks", (CHUNKED,), (), 0),
    Lying("cut in its method", (MPLIST,), (2,), 0),
    Lying("cut in its first line", (MPLIST,), (20,), 0),
    Lying("cut in its headers", (MPLIST,), (len(MPLIST) - 6,), 0),
    Lying("with its body in the next packet", (SIZED,), (len(SIZED) - 6,), 0),
    Lying("with its chunks in the next packet", (CHUNKED,), (len(CHUNKED) - 15,), 0),
    Lying("in fragments", (MPLIST,), (), 64),
)



def lying_answer(request):
    """A list for hosts that ask for one, an empty success for the others."""
    return kb.MPLIST_REPLY if kb.MPLIST.encode() in request else OK


HTTP = (
    _get("MPLIST", kb.MPLIST, kb.MPLIST_REPLY, kb.NOT_FOUND, MP, "sms_aut"),
    _get("MPCERT, 401", "/SMS_MP/.sms_aut?MPCERT", kb.UNAUTHORIZED, MOVED, MP, "sms_aut"),
    _get("MPKEYINFORMATION", "/sms_mp/.SMS_AUT?MPkeyinformation", MP_KEY, kb.FORBIDDEN, MP,
         "sms_aut", "ABC"),
    _get("SITESIGNCERT", "/SMS_MP/.sms_aut?SITESIGNCERT", FILE,
         kb.http_response("500 Internal Server Error"), MP, "sms_aut"),
    _get("policy", "/SMS_MP/.sms_pol?ABC20004-ABC00005-6F42AC19.2_00", POLICY, kb.NOT_FOUND,
         MP_AND_CLIENT, "sms_pol"),
    _get("escaped letters", "/SMS%5FMP/.sms%5Faut?MPLIST", kb.MPLIST_REPLY, kb.NOT_FOUND, MP,
         "sms_aut"),
    _http("CCM_POST", kb.ccm_post(), OK, kb.NOT_FOUND, MP_AND_CLIENT, "ccm"),
    _http("CCM_POST, 401", kb.ccm_post(), kb.UNAUTHORIZED, MOVED, MP_AND_CLIENT, "ccm"),
    _http("CCM_POST of Windows authentication", kb.ccm_post("/ccm_system_windowsauth/request"),
          OK, kb.NOT_FOUND, MP_AND_CLIENT, "ccm"),
    _http("BITS_POST", kb.bits_post(), kb.BITS_ACK, kb.NOT_FOUND, MP, "ccm_incoming"),
    _get("client's messages", "/CCM_Outgoing/%7B1%7D", OK, kb.NOT_FOUND, MP, "ccm_outgoing"),
    _http("header of a client behind the Internet",
          kb.http_request("GET", "/x", headers=("CCMClientID: " + kb.CLIENT_ID,)), OK,
          kb.NOT_FOUND, MP, "ccmclientid"),
    _get("BITS DP", "/SMS_DP_SMSPKGC$/" + PKG, FILE, kb.NOT_FOUND, BITS_DP, "sms_dp_smspkg"),
    _get("BITS DP, %24", "/SMS_DP_SMSPKGD%24/" + PKG, FILE, kb.NOT_FOUND, BITS_DP,
         "sms_dp_smspkg"),
    _http("BITS DP, PROPFIND", kb.propfind("/SMS_DP_SMSSIG$/ABC00012"), kb.MULTISTATUS,
          kb.NOT_FOUND, BITS_DP, "sms_dp_smssig"),
    _get("DP of ConfigMgr 2012", "/NOCERT_SMS_DP_SMSPKG$/" + PKG, FILE, kb.NOT_FOUND, BITS_DP,
         "sms_dp_smspkg"),
    _get("reporting point", "/SMSReporting_ABC/Report.asp?ReportID=12", REPORT, kb.NOT_FOUND,
         ((SERVER, "Reporting point"),), "smsreporting", "ABC"),
)

# --- Shares -------------------------------------------------------------------------------------


def _share(name, path, learned, word, site="", port=445):
    said = smb_messages(path)
    return Signature(name, TCP, port, tuple(said[:4]), said[4], kb.smb_tree_reply(),
                     kb.smb_tree_reply(kb.STATUS_BAD_NETWORK_NAME), learned, site, word)


def _file(name, path, file, learned, word, site="", port=445):
    """A share that is not enough: a file in it agrees."""
    return Signature(name, TCP, port, tuple(smb_messages(path)), kb.smb_create(file),
                     kb.smb_created(), kb.smb_created(kb.STATUS_NAME_NOT_FOUND), learned, site,
                     word)


SMB2_BEFORE = (kb.smb2_negotiate(), kb.smb2_negotiated())


def _share_2(name, path, learned, word, site="", port=445):
    session = zlib.crc32(name.encode())
    return Signature(name, TCP, port, SMB2_BEFORE, kb.smb2_tree(path, session),
                     kb.smb2_tree_reply(session=session),
                     kb.smb2_tree_reply(kb.STATUS_ACCESS_DENIED, session), learned, site, word)


def _file_2(name, path, file, learned, word, site="", port=445):
    session = zlib.crc32(name.encode())
    before = (kb.smb2_tree(path, session), kb.smb2_tree_reply(session=session))
    return Signature(name, TCP, port, SMB2_BEFORE + before, kb.smb2_create(file, session),
                     kb.smb2_created(session=session),
                     kb.smb2_created(kb.STATUS_NAME_NOT_FOUND, session), learned, site, word)


SMB = (
    _share("CAP", "\\\\SRV\\CAP_ABC", CAP, "cap_abc", "ABC"),
    _share("CAP in small letters", "\\\\srv\\cap_a1b", CAP, "cap_a1b", "A1B"),
    _share("package share", "\\\\SRV\\SMSPKGC$", SMB_DP, "smspkgc$"),
    _share("LAN sender", "\\\\SRV\\SMS_SITE", SITE_SERVER, "sms_site"),
    _share("compressed packages", "\\\\SRV\\SMS_CPSC$", SITE_SERVER, "sms_cpsc$"),
    _share("MP's install share", "\\\\MP01\\SMSClient", MP, "smsclient"),
    _file("site share with inboxes", "\\\\SRV\\SMS_ABC", "inboxes\\ddm.box\\x.ddr", SITE_SERVER,
          "sms_abc", "ABC"),
    _file("site share with the client's files", "\\\\SRV\\SMS_ABC", "Client\\i386\\ccmsetup.exe",
          SITE_SERVER, "sms_abc", "ABC"),
    _file("client push", "\\\\WKS11\\ADMIN$", "system32\\ccmsetup\\ccmsetup.exe",
          ((SERVER, "Client"), (CLIENT, "Site server")), "admin$"),
    _share_2("CAP over SMB 2", "\\\\SRV\\CAP_ABC", CAP, "cap_abc", "ABC"),
    _share_2("package share over SMB 2", "\\\\SRV\\SMSPKGE$", SMB_DP, "smspkge$"),
    _share_2("LAN sender over SMB 2", "\\\\SRV\\SMS_SITE", SITE_SERVER, "sms_site"),
    _share_2("signatures of packages", "\\\\SRV\\SMSSIG$", SMB_DP, "smssig$"),
    _share_2("component manager's cache", "\\\\SRV\\SMS_OCM_DATACACHE", SITE_SERVER,
             "sms_ocm_datacache"),
    _file_2("site share with inboxes over SMB 2", "\\\\SRV\\SMS_ABC", "inboxes\\sinv.box\\x.sic",
            SITE_SERVER, "sms_abc", "ABC"),
)

# --- NetBIOS names ------------------------------------------------------------------------------


def _name(name, netbios, suffix, role, word, site="", port=137):
    return Signature(
        name, UDP, port, (), kb.nbns_query(netbios, suffix),
        lambda owner: kb.nbns_answer(netbios, suffix, owner),
        kb.nbns_no_such_name(netbios, suffix), ((OWNER, role),), site, word)


def _session(name, suffix):
    return Signature(name, TCP, 139, (), kb.nbss_request(("WKS11", suffix), ("ADM01", 0x44)),
                     kb.NBSS_POSITIVE, kb.NBSS_NEGATIVE, REMOTE_CONTROL, "",
                     "wks11<%02x>" % suffix)


NETBIOS = (
    _name("MP's name", "MP_ABC", 0x1A, "Management point", "mp_abc<1a>", "ABC"),
    _name("MP's name in a cluster", "NLB_ABC", 0x1A, "Management point", "nlb_abc<1a>", "ABC"),
    _name("SLP's name", "SMS_SLP", 0x1A, "Server locator point", "sms_slp<1a>"),
    _name("remote control's name", "WKS11", 0x43, "Client", "<43>"),
    _name("administrator tool's name", "ADM01", 0x44, "Remote Control viewer", "<44>"),
    _name("chat's name", "WKS11", 0x45, "Client", "<45>"),
    _name("file transfer's name", "WKS11", 0x46, "Client", "<46>"),
    _session("session to remote control", 0x43),
    _session("session to chat", 0x45),
    _session("session to file transfer", 0x46),
    Signature("datagrams of remote control", UDP, 138, (),
              lambda owner: kb.nbdgm(owner, ("ADM01", 0x44), ("WKS11", 0x43), NOISE),
              lambda owner: kb.nbdgm(owner, ("WKS11", 0x43), ("ADM01", 0x44), NOISE * 9),
              None, ((SERVER, "Client"), (CLIENT, "Remote Control viewer")), "", "<43>"),
)

# --- Directory, database, DNS, DCOM -------------------------------------------------------------

BOUND = (kb.ldap_bind(), kb.ldap_bound())
PUBLISHED = DC + ((CLIENT, "Site server"),)


def _ldap(name, request, good, bad, learned, word, site="", port=389):
    return Signature(name, TCP, port, BOUND, request, good, bad, learned, site, word)


def _login(name, database, word, port=1433):
    return Signature(name, TCP, port, (kb.tds_prelogin(), kb.tds_prelogin_reply()),
                     kb.tds_login(database), kb.tds_logged_in(database), kb.tds_refused(), SQL,
                     "ABC", word)


DIRECTORY = (
    _ldap("publishes a site", kb.publish_site(), kb.ldap_added(), kb.ldap_added(kb.LDAP_NO_ACCESS),
          PUBLISHED, "sms-site-abc", "ABC"),
    _ldap("publishes again", kb.ldap_modify("CN=SMS-MP-ABC-MP01," + kb.PUBLISHED_IN,
                                           "mSSMSMPAddress", ("mp01." + kb.DOMAIN,)),
          kb.ldap_modified(), kb.ldap_modified(kb.LDAP_NO_ACCESS), PUBLISHED, "sms-mp-abc",
          "ABC"),
    _ldap("looks for a management point", kb.search_management_points(),
          kb.management_point_entry() + kb.ldap_done(), kb.ldap_done(kb.LDAP_NO_ACCESS), DC,
          "mssmsmanagementpoint"),
    _ldap("looks for a management point in the Global Catalog", kb.search_management_points(""),
          kb.ldap_done(), kb.ldap_done(kb.LDAP_NO_ACCESS), DC, "mssmsmanagementpoint",
          port=3268),
    _login("site database", "SMS_ABC", "sms_abc"),
    _login("site database of ConfigMgr 2012", "CM_ABC", "cm_abc"),
    Signature("DNS SRV", UDP, 53, (), kb.dns_srv_query("_mssms_mp_abc._tcp." + kb.DOMAIN),
              lambda owner: kb.dns_srv_answer("_mssms_mp_abc._tcp." + kb.DOMAIN,
                                              "mp01." + kb.DOMAIN, 80, owner),
              kb.dns_no_such_name("_mssms_mp_abc._tcp." + kb.DOMAIN, 33, 0x2002),
              ((OWNER, "Management point"),), "ABC", "_mssms_mp_abc"),
    Signature("SMS Provider", TCP, 1055, (kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055)),
              kb.wbem_login(), kb.wbem_logged_in(), kb.rpc_fault(), ((SERVER, "SMS Provider"),),
              "ABC", "root\\sms"),
)

# --- Remote Control -----------------------------------------------------------------------------

# What is refused here is refused by an agent, which proves it: only silence proves nothing.
REMOTE = (
    Signature("Remote Control", TCP, 2701, (), rc.INFORMATION_REQUEST, rc.information_reply(),
              None, REMOTE_CONTROL, "", "remote control"),
    Signature("Remote Control, busy", TCP, 2701, (), rc.INFORMATION_REQUEST,
              rc.busy("10.1.0.51", 2), None, REMOTE_CONTROL, "", "remote control"),
    Signature("Remote Control over UDP", UDP, 2701, (), rc.UDP_PROBE,
              rc.user_record(rc.VARIANT_UDP), None, REMOTE_CONTROL, "", "remote control"),
    Signature("ConfigMgr's greeting", TCP, 2701, (), None, rc.CM_GREETING, None,
              ((SERVER, "Client"),), "", "remote control"),
)

# --- On odd ports -------------------------------------------------------------------------------

# What Wireshark does not dissect there, and what it does.
ODD_PORTS = (
    _get("MPLIST on 9999", kb.MPLIST, kb.MPLIST_REPLY, kb.NOT_FOUND, MP, "sms_aut", port=9999),
    _http("BITS_POST on 8085", kb.bits_post(), kb.BITS_ACK, kb.NOT_FOUND, MP, "ccm_incoming",
          port=8085),
    _share("package share on 4455", "\\\\SRV\\SMSPKGC$", SMB_DP, "smspkgc$", port=4455),
    _share("CAP on 4455", "\\\\SRV\\CAP_ABC", CAP, "cap_abc", "ABC", port=4455),
    _share_2("LAN sender over SMB 2 on 4455", "\\\\SRV\\SMS_SITE", SITE_SERVER, "sms_site",
             port=4455),
    _login("site database on 5433", "SMS_ABC", "sms_abc", port=5433),
    _ldap("looks for a management point on 3890", kb.search_management_points(),
          kb.management_point_entry() + kb.ldap_done(), kb.ldap_done(kb.LDAP_NO_ACCESS), DC,
          "mssmsmanagementpoint", port=3890),
    _name("MP's name on 1137", "MP_ABC", 0x1A, "Management point", "mp_abc<1a>", "ABC", 1137),
)

# The service and the rows of which one is the nearest, of those above that are judged.
ODD_VERDICTS = {
    "MPLIST on 9999": ("HTTP", ("E1",)),
    "BITS_POST on 8085": ("HTTP", ("E1",)),
    "package share on 4455": ("SMB1", ("E3", "E4", "GAP23")),
    "CAP on 4455": ("SMB1", ("GAP17", "H6")),
    "LAN sender over SMB 2 on 4455": ("SMB2", ("B1", "B2", "GAP25")),
    "site database on 5433": ("TDS", ("C1", "C3", "C4", "C5", "I1", "I4")),
    "looks for a management point on 3890": ("LDAP", ("D2", "D4", "GAP33", "GAP34")),
}

# --- What is not a signature, though it is answered ------------------------------------------------


def _never(signature):
    return signature._replace(learned=())


NEVER = tuple(_never(signature) for signature in (
    _share("SMS 1.2's share", "\\\\SRV\\SMS_SHR", (), ""),
    _share("a site share alone", "\\\\SRV\\SMS_ABC", (), ""),
    _file("a site share with another file", "\\\\SRV\\SMS_ABC", "photos\\cat.jpg", (), ""),
    _share("CAP_ and four letters", "\\\\SRV\\CAP_ABCD", (), ""),
    _share("CAP_ and two letters", "\\\\SRV\\CAP_AB", (), ""),
    _share("a share whose name goes on", "\\\\SRV\\XSMSPKGC$", (), ""),
    _share("a printer", "\\\\SRV\\SMS_Printer", (), ""),
    _share_2("SMS 1.2's share over SMB 2", "\\\\SRV\\SMS_SHRC", (), ""),
    _file("a package on ADMIN$", "\\\\WKS11\\ADMIN$", "temp\\setup.exe", (), ""),
    _name("a computer called MP_ABC", "MP_ABC", 0x20, "", ""),
    _name("MP_ and four letters", "MP_ABCD", 0x1A, "", ""),
    _get("Windows Update by BITS", "/v9/windowsupdate/a.cab", OK, OK, (), "",
         agent="Microsoft BITS/6.7"),
    _get("a path that holds sms_mp", "/docs/sms_mp/.sms_aut.html", OK, OK, (), ""),
    _get("a query that holds sms_mp", "/find?q=/sms_mp/.sms_aut", OK, OK, (), ""),
    _login("another database", "master", ""),
    _login("a database whose name goes on", "SMS_ABCD", ""),
    _ldap("looks for users", kb.ldap_search(kb.BASE_DN, kb.ldap_equal("objectClass", "user"),
                                            ("cn",)), kb.ldap_done(), kb.ldap_done(), (), ""),
    Signature("another namespace", TCP, 1055, (kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055)),
              kb.wbem_login("root\\cimv2"), kb.wbem_logged_in(), kb.rpc_fault(), (), "", ""),
    Signature("the namespace SmsDm of any client", TCP, 1055,
              (kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055)), kb.wbem_login("root\\SmsDm"),
              kb.wbem_logged_in(), kb.rpc_fault(), (), "", ""),
    Signature("a namespace that is refused", TCP, 1055,
              (kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055)), kb.wbem_login(),
              kb.wbem_refused(), kb.rpc_fault(), (), "", ""),
    Signature("a DNS answer with its name server's address", UDP, 53, (),
              kb.dns_srv_query("_mssms_mp_abc._tcp." + kb.DOMAIN),
              lambda owner: kb.dns_srv_answer("_mssms_mp_abc._tcp." + kb.DOMAIN,
                                              "mp01." + kb.DOMAIN, 80, owner,
                                              owner="ns." + kb.DOMAIN),
              None, (), "", ""),
    # Gateways, pull distribution points and WinPE have it too.
    _get("user agent SMS CCM", "/x", OK, OK, (), "", agent="SMS CCM 5.0"),
    _get("user agent ccmhttp", "/x", OK, OK, (), "", agent="ccmhttp"),
    # Site servers have these as well as distribution points do.
    _share_2("content library", "\\\\SRV\\SCCMContentLib$", (), ""),
    _share_2("distribution point or site server", "\\\\SRV\\SMS_DP$", (), ""),
))

GROUPS = {
    "http": HTTP,
    "smb": SMB,
    "netbios": NETBIOS,
    "directory": DIRECTORY,
    "remote": REMOTE,
    "odd-ports": ODD_PORTS,
    "never": NEVER,
}

# --- Hosts and conversations --------------------------------------------------------------------


def end(group, number, which):
    """The address of one end of a group's signature; each has its own hosts."""
    return "10.%d.%d.%d" % (20 + list(GROUPS).index(group), (CLIENT, SERVER, OWNER).index(which),
                            number + 1)


def lying_end(number, which):
    """The same for a request of LYING."""
    return "10.30.%d.%d" % ((CLIENT, SERVER).index(which), number + 1)


def _said(message, address):
    return message(address) if callable(message) else message


def talks(group, number, answer):
    """The messages for a signature; `answer`: "good", "bad", or "none".

    Datagrams name their sender, answers the owner of a name."""
    signature = GROUPS[group][number]
    request = _said(signature.request, end(group, number, CLIENT))
    answers = {"good": signature.good, "bad": signature.bad, "none": None}
    owner = OWNER if any(which == OWNER for which, _ in signature.learned) else SERVER
    reply = _said(answers[answer], end(group, number, owner))
    return ask(*signature.before, request, reply)
