# plan_answers.py
# Requests and what comes back: which answer proves a role, and which proves nothing
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, which the tests play and hold the audit to: needs no scapy.

import base64
from collections import namedtuple

import kb_services as kb
from plan_site import TCP, UDP
from plan_signatures import FILE, MP_KEY, OK, POLICY, REPORT

# `said`: segments or datagrams in turn, (from the server?, bytes, or None for one that the capture
# does not have). `learned`: (end, role) -> its basis; an end that is not named has no role.
Exchange = namedtuple("Exchange", "name transport port said learned")

CLIENT, SERVER = "client", "server"
PROVEN, UNCONFIRMED = "Proven", "Unconfirmed"
MP, DP, DC = "Management point", "BITS distribution point", "Domain controller"
SITE, SQL, ADVANCED = "Site server", "SQL Server", "Advanced Client"
NOTHING = {}

GET_LIST = kb.http_get(kb.MPLIST)
GET_POLICY = kb.http_get("/SMS_MP/.sms_pol?ABC00005.2_00")
GET_PACKAGE = kb.http_get("/SMS_DP_SMSPKGC$/ABC00012/setup.exe")
GET_REPORT = kb.http_get("/SMSReporting_ABC/Report.asp?ReportID=12")
GET_OTHER = kb.http_get("/start")
POST = kb.ccm_post()
TREE, TREE_GRANTED = kb.smb_tree("\\\\SRV\\SMS_SITE"), kb.smb_tree_reply()
TREE_2, TREE_2_GRANTED = kb.smb2_tree("\\\\SRV\\SMS_SITE"), kb.smb2_tree_reply()
SEARCH = kb.search_management_points()
ENTRY = kb.management_point_entry()
ADD = kb.publish_site()
LOGIN, LOGGED_IN = kb.tds_login("SMS_ABC"), kb.tds_logged_in("SMS_ABC")
WMI, WMI_DONE = kb.wbem_login(), kb.wbem_logged_in()
CALL = kb.nbss_request(("WKS11", 0x43), ("ADM01", 0x44))


def page(status="200 OK", body=b"<html>Start</html>", headers=("Content-Type: text/html",)):
    return kb.http_response(status, body, headers)


BASIC = kb.http_response("401 Unauthorized", headers=('WWW-Authenticate: Basic realm="x"',))
NEGOTIATE = kb.http_response("401 Unauthorized", headers=("WWW-Authenticate: Negotiate",))
JSON = kb.http_response(body=b'{"error":"not found"}', headers=("Content-Type: text/json",))
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# NTLM's last step, which has the account (MS-NLMP 2.2.1.3).
AUTHENTICATE = "Authorization: NTLM " + base64.b64encode(b"NTLMSSP\0\3\0\0\0" + bytes(64)).decode()


def smb_number(message, number):
    """The same with another number of the message (MS-CIFS 2.2.3.1)."""
    return message[:34] + number.to_bytes(2, "little") + message[36:]


def smb2_number(message, number):
    """The same (MS-SMB2 2.2.1.2)."""
    return message[:28] + number.to_bytes(8, "little") + message[36:]


def smb2_status(message, status):
    return message[:12] + status.to_bytes(4, "little") + message[16:]


def rpc_call(message, call):
    """The same as another call (C706 12.6.3.1)."""
    return message[:12] + call.to_bytes(4, "little") + message[16:]


def rpc_result(result):
    return kb.rpc_response(bytes(16) + result.to_bytes(4, "little"))


def ask(*messages):
    return tuple((bool(n % 2), message) for n, message in enumerate(messages))


def alone(*messages):
    """The client says all of it."""
    return tuple((False, message) for message in messages)


# The connection is for the interface of WMI's login.
BOUND = ask(kb.rpc_bind(kb.WBEM_LOGIN), kb.rpc_bound(1055))


def http(name, said, learned=None, port=80):
    return Exchange(name, TCP, port, said, learned or NOTHING)


def smb(name, said, learned=None):
    return Exchange(name, TCP, 445, said, learned or NOTHING)


def ldap(name, said, learned=None):
    return Exchange(name, TCP, 389, said, learned or NOTHING)


def sql(name, said, learned=None):
    return Exchange(name, TCP, 1433, said, learned or NOTHING)


def rpc(name, said, learned=None):
    return Exchange(name, TCP, 1055, said, learned or NOTHING)


def of_server(role, basis=PROVEN):
    return {(SERVER, role): basis}


def of_both(server, server_basis, client, client_basis):
    return {(SERVER, server): server_basis, (CLIENT, client): client_basis}


# The client answers itself.
OWN = (
    http("policy", alone(GET_POLICY, POLICY)),
    http("list", alone(GET_LIST, kb.MPLIST_REPLY)),
    http("message", alone(POST, OK)),
    http("package, before the server's refusal", (*alone(GET_PACKAGE, FILE), (True, kb.NOT_FOUND))),
    smb("tree", alone(TREE, TREE_GRANTED)),
    smb("tree of SMB 2", alone(TREE_2, TREE_2_GRANTED)),
    ldap("entry", alone(SEARCH, ENTRY + kb.ldap_done())),
    ldap("added", alone(ADD, kb.ldap_added())),
    sql("login", alone(LOGIN, LOGGED_IN)),
    rpc("namespace", alone(WMI, WMI_DONE)),
    Exchange("NetBIOS session", TCP, 139, alone(CALL, kb.NBSS_POSITIVE), NOTHING),
)

# The server sends the request back.
ECHO = tuple(Exchange(name, TCP, port, ask(request, request), NOTHING)
             for name, port, request in (
    ("policy", 80, GET_POLICY), ("list", 80, GET_LIST), ("package", 80, GET_PACKAGE),
    ("message", 80, POST), ("tree", 445, TREE), ("tree of SMB 2", 445, TREE_2),
    ("search", 389, SEARCH), ("entry", 389, ADD), ("login", 1433, LOGIN), ("namespace", 1055, WMI),
    ("NetBIOS session", 139, CALL)))

# A success that belongs to another request.
OTHERS = (
    http("list refused behind another", ask(GET_OTHER + GET_LIST, OK + kb.NOT_FOUND)),
    http("policy refused behind two others",
         ask(GET_OTHER + GET_OTHER + GET_POLICY, FILE + POLICY + kb.NOT_FOUND)),
    http("in their own segments",
         (*alone(GET_OTHER, GET_POLICY), (True, POLICY), (True, kb.NOT_FOUND))),
    http("refused before another", ask(GET_POLICY + GET_OTHER, kb.NOT_FOUND + POLICY)),
    http("package refused, list given to another's order",
         ask(GET_PACKAGE + GET_LIST, kb.NOT_FOUND + FILE)),
    http("response whose body goes on before the next",
         (*alone(GET_OTHER + GET_POLICY), (True, POLICY[:-9]), (True, POLICY[-9:] + kb.NOT_FOUND))),
    smb("number of another", ask(TREE, smb_number(TREE_GRANTED, 9))),
    smb("number of another in SMB 2", ask(TREE_2, smb2_number(TREE_2_GRANTED, 9))),
    smb("another tree granted first",
        ask(smb_number(kb.smb_tree("\\\\SRV\\IPC$"), 2) + TREE,
            smb_number(TREE_GRANTED, 2) + kb.smb_tree_reply(kb.STATUS_BAD_NETWORK_NAME))),
    ldap("bind granted, search refused",
         ask(kb.ldap_bind() + SEARCH, kb.ldap_bound() + kb.ldap_done(kb.LDAP_NO_ACCESS))),
    ldap("number of another", ask(SEARCH, kb.ldap_entry("CN=SMS-MP-ABC-X," + kb.PUBLISHED_IN,
                                                        (), 7) + kb.ldap_done(number=7))),
    ldap("added to another", ask(ADD, kb.ldap_added(number=9))),
    rpc("call of another", ask(WMI, rpc_call(WMI_DONE, 9))),
    sql("prelogin", ask(kb.tds_prelogin() + LOGIN, kb.tds_prelogin_reply())),
    Exchange("question of another in DNS", UDP, 53,
             ask(kb.dns_srv_query("_mssms_mp_abc._tcp." + kb.DOMAIN),
                 kb.dns_srv_answer("_mssms_mp_abc._tcp." + kb.DOMAIN, "mp01." + kb.DOMAIN, 80,
                                   "10.9.254.1", number=0x2999)), NOTHING),
)

# What is refused.
REFUSED = (
    http("Basic", ask(GET_LIST, BASIC)),
    http("Basic for a package", ask(GET_PACKAGE, BASIC)),
    http("forbidden", ask(GET_LIST, kb.FORBIDDEN)),
    http("forbidden policy", ask(GET_POLICY, page("403 Forbidden"))),
    http("error", ask(GET_LIST, kb.http_response("500 Internal Server Error"))),
    http("method not allowed", ask(POST, kb.http_response("405 Method Not Allowed"))),
    http("start page for the list", ask(GET_LIST, page())),
    http("start page for a policy", ask(GET_POLICY, page())),
    http("start page for a package, without its type",
         ask(GET_PACKAGE, kb.http_response(body=b"<!DOCTYPE html><html></html>"))),
    http("start page for a message", ask(POST, page())),
    http("policy without a byte", ask(GET_POLICY, OK)),
    smb("tree", ask(TREE, kb.smb_tree_reply(kb.STATUS_ACCESS_DENIED))),
    smb("tree of SMB 2", ask(TREE_2, kb.smb2_tree_reply(kb.STATUS_ACCESS_DENIED))),
    ldap("search", ask(SEARCH, kb.ldap_done(kb.LDAP_NO_ACCESS))),
    ldap("entry", ask(ADD, kb.ldap_added(kb.LDAP_NO_ACCESS))),
    sql("login", ask(LOGIN, kb.tds_refused())),
    rpc("fault", ask(WMI, kb.rpc_fault())),
    rpc("HRESULT", ask(WMI, kb.wbem_refused())),
    Exchange("NetBIOS session", TCP, 139, ask(CALL, kb.NBSS_NEGATIVE), NOTHING),
)


def to_all(answer, *requests):
    return tuple((by_server, message) for request in requests
                 for by_server, message in ((False, request), (True, answer)))


# A server that answers all alike.
ALIKE = (
    http("JSON", to_all(JSON, GET_LIST, GET_POLICY, GET_PACKAGE, GET_REPORT)),
    http("start page", to_all(page(), GET_LIST, GET_POLICY, GET_PACKAGE, GET_REPORT)),
    http("start page for the report", to_all(page(), GET_OTHER, GET_REPORT)),
    http("NTLM", to_all(kb.UNAUTHORIZED, GET_OTHER, GET_LIST, GET_POLICY, GET_PACKAGE)),
    http("Negotiate", to_all(NEGOTIATE, GET_OTHER, GET_LIST, GET_PACKAGE)),
    http("a file", to_all(FILE, GET_OTHER, GET_POLICY, GET_PACKAGE)),
    http("plain text", to_all(kb.http_response(body=b"ok"), GET_OTHER, GET_POLICY, GET_PACKAGE)),
    http("XML", to_all(POLICY, GET_OTHER, GET_POLICY, GET_PACKAGE)),
    http("nothing", to_all(OK, GET_OTHER, GET_LIST, GET_POLICY, GET_PACKAGE, GET_REPORT)),
    http("Basic", to_all(BASIC, GET_LIST, GET_POLICY, GET_PACKAGE, GET_REPORT)),
)

# What proves a role. An anonymous request proves nothing of who asks it.
PROOF = (
    http("list", ask(GET_LIST, kb.MPLIST_REPLY), of_server(MP)),
    http("key", ask(kb.http_get("/SMS_MP/.sms_aut?MPKEYINFORMATION"), MP_KEY), of_server(MP)),
    http("policy", ask(GET_POLICY, POLICY), of_both(MP, PROVEN, ADVANCED, UNCONFIRMED)),
    http("policy for a token",
         ask(kb.http_get("/SMS_MP/.sms_pol?ABC00005.2_00", headers=("ClientToken: 1",)), POLICY),
         of_both(MP, PROVEN, ADVANCED, PROVEN)),
    http("package for an account",
         ask(GET_PACKAGE, kb.UNAUTHORIZED,
             kb.http_get("/SMS_DP_SMSPKGC$/ABC00012/x", headers=(AUTHENTICATE,)), FILE),
         of_both(DP, PROVEN, ADVANCED, PROVEN)),
    http("message", ask(POST, OK), of_both(MP, PROVEN, ADVANCED, PROVEN)),
    http("NTLM alone", ask(GET_LIST, kb.UNAUTHORIZED), of_server(MP)),
    http("message, NTLM first", ask(POST, kb.UNAUTHORIZED, POST, OK),
         of_both(MP, PROVEN, ADVANCED, PROVEN)),
    http("continued", (*alone(POST), (True, CONTINUE), (True, OK)),
         of_both(MP, PROVEN, ADVANCED, PROVEN)),
    http("continued in one segment", ask(POST, CONTINUE + OK),
         of_both(MP, PROVEN, ADVANCED, PROVEN)),
    http("list behind another", ask(GET_OTHER + GET_LIST, kb.NOT_FOUND + kb.MPLIST_REPLY),
         of_server(MP)),
    http("list behind another, each in its segment",
         (*alone(GET_OTHER, GET_LIST), (True, kb.NOT_FOUND), (True, kb.MPLIST_REPLY)),
         of_server(MP)),
    http("list whose head comes first",
         (*alone(GET_LIST), (True, kb.MPLIST_REPLY[:-66]), (True, kb.MPLIST_REPLY[-66:])),
         of_server(MP)),
    http("list whose head is cut",
         (*alone(GET_LIST), (True, kb.MPLIST_REPLY[:30]), (True, kb.MPLIST_REPLY[30:])),
         of_server(MP)),
    http("start page first, then the list", ask(GET_OTHER, page(), GET_LIST, kb.MPLIST_REPLY),
         of_server(MP)),
    smb("tree", ask(TREE, TREE_GRANTED), of_both(SITE, PROVEN, SITE, PROVEN)),
    smb("tree that waits", (*alone(TREE_2), (True, smb2_status(TREE_2_GRANTED, 0x103)),
                            (True, TREE_2_GRANTED)), of_both(SITE, PROVEN, SITE, PROVEN)),
    ldap("entry", ask(SEARCH, ENTRY + kb.ldap_done()),
         of_both(DC, PROVEN, ADVANCED, UNCONFIRMED)),
    ldap("no entry", ask(SEARCH, kb.ldap_done()),
         of_both(DC, UNCONFIRMED, ADVANCED, UNCONFIRMED)),
    ldap("added", ask(ADD, kb.ldap_added()), of_both(DC, PROVEN, SITE, PROVEN)),
    rpc("namespace", (*BOUND, *ask(WMI, WMI_DONE)),
        of_both("SMS Provider", PROVEN, "Administrator console", PROVEN)),
    rpc("namespace without the bind", ask(WMI, WMI_DONE),
        of_both("SMS Provider", UNCONFIRMED, "Administrator console", UNCONFIRMED)),
)

# Something is not in the capture: nothing is Proven, and nothing wrong is learned.
LOST = (
    http("the request before", ((False, None), (False, GET_POLICY), (True, POLICY),
                                (True, kb.NOT_FOUND))),
    http("the first response", ((False, GET_OTHER + GET_POLICY), (True, None), (True, POLICY))),
    http("the response", ((False, GET_POLICY), (True, None), (False, GET_OTHER), (True, POLICY))),
    http("the request and its response",
         ((False, GET_OTHER), (True, OK), (False, None), (True, None), (False, GET_POLICY),
          (True, kb.NOT_FOUND))),
    http("the next request", ((False, GET_POLICY), (False, None), (True, kb.NOT_FOUND),
                              (True, POLICY))),
    smb("the request", ((False, None), (True, TREE_GRANTED))),
    ldap("the request", ((False, None), (True, ENTRY + kb.ldap_done()))),
    sql("the request", ((False, None), (True, LOGGED_IN))),
    rpc("the request", ((False, None), (True, WMI_DONE))),
    Exchange("the question", UDP, 53,
             ((True, kb.dns_srv_answer("_mssms_mp_abc._tcp." + kb.DOMAIN, "mp01." + kb.DOMAIN, 80,
                                       "10.9.254.2")),), NOTHING),
)

# One fact alone, of those that need a second one.
ONE_FACT = (
    sql("login", ask(LOGIN, LOGGED_IN), of_server(SQL, UNCONFIRMED)),
    sql("login to ConfigMgr's", ask(kb.tds_login("CM_ABC"), kb.tds_logged_in("CM_ABC")),
        of_server(SQL, UNCONFIRMED)),
    sql("login that is only done", ask(LOGIN, kb.tds_done()), of_server(SQL, UNCONFIRMED)),
    sql("small letters", ask(kb.tds_login("SMS_abc"), kb.tds_logged_in("SMS_abc"))),
    sql("four letters", ask(kb.tds_login("SMS_ABCD"), kb.tds_logged_in("SMS_ABCD"))),
    http("report", ask(GET_REPORT, REPORT), of_server("Reporting point", UNCONFIRMED)),
    http("report in May", ask(kb.http_get("/smsreporting_may/index.html"), REPORT)),
    http("report with capitals in May", ask(kb.http_get("/smsreporting_MAY1/index.html"), REPORT)),
    http("gateway for text messages", ask(kb.http_get("/sms_mp_gateway/send?to=1"), POLICY)),
    http("certificate", ask(kb.http_get("/SMS_MP/.sms_aut?MPCERT"), FILE),
         of_server(MP, UNCONFIRMED)),
)

GROUPS = {"own": OWN, "echo": ECHO, "others": OTHERS, "refused": REFUSED, "alike": ALIKE,
          "proof": PROOF, "lost": LOST, "one-fact": ONE_FACT}
