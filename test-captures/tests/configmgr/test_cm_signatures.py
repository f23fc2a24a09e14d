# test_cm_signatures.py
# What shows a role of Configuration Manager, by an answer, and what does not
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
from collections import namedtuple

import pytest

from audit_rows import fields, frames, host_lines, statistic
from cm_exchanges import (ANY_CLIENT, AUT, BASIC, CLIENT, DATA, FAILED, FILE, KEY, LIST, NEGOTIATE,
                          NOT_ALLOWED, NOT_FOUND, OK, OPTIONS, OTHER, PAGE, PURPOSE, REFUSED,
                          SERVER, SOAP, TCP, UDP, Flow, boot, boot_reply, boot_request_of_others,
                          get, hello, http, login, package, post, record, refused_ticket, search,
                          served, share, shares, soap, srv, text, tftp, tickets, tls,
                          tls_with_purpose, variables)
from exchanges import found
from generators import generator, plan

kb = plan("kb_services")
answers = plan("plan_answers")

CONFIGMGR = "smsrc.audit.matrix:configmgr"
PROVEN, UNCONFIRMED = "Proven", "Unconfirmed"
MP, DP, SITE, SQL = "Management point", "BITS distribution point", "Site server", "SQL Server"
AGENT, PXE, SUP = "Advanced Client", "PXE distribution point", "Software update point"
PROVIDER, REPORTS, UPSTREAM = "SMS Provider", "Reporting services point", "Upstream WSUS server"
GATEWAY, SHARES = "CMG connection point", "SMB distribution point"
NOTHING = {}

# `learned`: (end, role) -> its basis, and no other. `word`: what the evidence of an end says.
Case = namedtuple("Case", "name flows learned word", defaults=("",))

CASES = (
    # The management point.
    Case("list", (get(AUT + "MPLIST", LIST),), {(SERVER, MP): PROVEN},
         "names PS1MP (ps1-mp.example.test), build 9106"),
    Case("key", (get(AUT + "MPKEYINFORMATION", KEY),), {(SERVER, MP): PROVEN}, "PS1"),
    Case("list of a scanner's 404", (get(AUT + "MPLIST", NOT_FOUND),), NOTHING),
    Case("list of a scanner's 403", (get(AUT + "MPLIST", kb.FORBIDDEN),), NOTHING),
    Case("list of a start page", (get(AUT + "MPLIST", PAGE),), NOTHING),
    Case("policy", (get("/SMS_MP/.sms_pol?PS100005.2_00", answers.POLICY),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("message", (post(1, uri="/ccm_system/request"),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): PROVEN}),
    Case("upload", (http(kb.bits_post(), kb.BITS_ACK),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): PROVEN}),
    Case("client's installation", (get("/CCM_Client/ccmsetup.cab", NEGOTIATE),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("notification", (get("/bgb/handler.ashx?RequestType=LogIn", NEGOTIATE),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("software center", (get("/CMUserService_WindowsAuth/x.asmx", NEGOTIATE),),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("software center of Basic", (get("/CMUserService_WindowsAuth/x.asmx", BASIC),), NOTHING),
    Case("recovery service", (get("/SMS_MP_MBAM/CoreService.svc", SOAP),),
         {(SERVER, MP): UNCONFIRMED}),
    # A site's distribution points; a host that asks them need not be a client.
    Case("package", (package(FILE),), {(SERVER, DP): PROVEN}),
    Case("package with WebDAV", (http(kb.propfind("/SMS_DP_SMSPKG$/Content_1.1"),
                                      kb.MULTISTATUS),), {(SERVER, DP): PROVEN}),
    Case("package of a token", (package(NEGOTIATE, "/CCMTOKENAUTH_SMS_DP_SMSPKG$/PS100001"),),
         {(SERVER, DP): PROVEN}),
    Case("list of packages", (package(NEGOTIATE, "/SMS_DP_SMSPKG$/Datalib"),),
         {(SERVER, DP): PROVEN}),
    Case("package of a scanner", (package(BASIC), package(NOT_FOUND)), NOTHING),
    Case("package shares", (share("SMSPKGC$"), share("SMSSIG$")), {(SERVER, SHARES): PROVEN}),
    Case("peer", (get("/SCCM_BranchCache$/PS100001/sccm?/boot.wim", FILE, port=8003),),
         {(SERVER, AGENT): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("peer that says what it hears", (get("/SCCM_BranchCache$/PS100001/x", kb.http_response(
        body=b"no such path: /SCCM_BranchCache$/PS100001/x"), port=8003),), NOTHING),
    Case("peer that has it not", (get("/SCCM_BranchCache$/PS100001/x", NOT_FOUND, port=8003),),
         NOTHING),
    # Site servers: two of their shares are those of distribution points too.
    Case("site server", (share("SCCMContentLib$"), share("SMS_DP$"), share("SMS_SUIAgent")),
         {(SERVER, SITE): PROVEN}),
    Case("passive site server", (share("SMS_SITE"), share("SMS_SUIAgent")),
         {(SERVER, SITE): PROVEN, (CLIENT, SITE): PROVEN}),
    Case("content library", (share("SCCMContentLib$"), share("SMS_DP$")), NOTHING),
    Case("site server's packages", (share("SMS_CPSC$"),), {(SERVER, SITE): PROVEN}),
    Case("share refused", (share("SMS_SUIAgent", kb.STATUS_ACCESS_DENIED),), NOTHING),
    Case("remarks of a site server", (shares("Remote IPC", "ConfigMgr Site Server DP share"),),
         {(SERVER, SITE): PROVEN}),
    Case("remarks of a distribution point", (shares("Default", "SMS Site PS1 DP 5/7/2024"),),
         {(SERVER, DP): PROVEN}, "PS1"),
    Case("remarks of others", (shares("Remote Admin", "SMS Site PS1"),), NOTHING),
    Case("remarks in another list", (shares("SMS Site PS1 DP", level=0),
                                     shares("SMS Site PS1 DP", code=0x001401C4)), NOTHING),
    Case("console's installation", (share("AdminUIContentPayload"), share("EasySetupPayload")),
         {(SERVER, SITE): PROVEN}),
    # Network boot.
    Case("boot by DHCP", (boot(boot_reply()),), {(SERVER, PXE): PROVEN}, "boot.bcd"),
    Case("boot by another server", (boot(boot_reply(file=b"\\Boot\\BCD"),
                                         boot_request_of_others()),), NOTHING),
    Case("boot file", tftp(b"SMSBoot\\x64\\wdsnbp.com", DATA), {(SERVER, PXE): PROVEN},
         "wdsnbp.com"),
    Case("boot variables", tftp(b"\\SMSTemp\\2026.{1}.boot.var", OPTIONS), {(SERVER, PXE): PROVEN}),
    Case("boot file refused", tftp(b"SMSBoot\\x64\\wdsnbp.com", REFUSED), NOTHING),
    Case("boot file from another", tftp(b"SMSBoot\\x64\\wdsnbp.com", DATA, OTHER), NOTHING),
    Case("another boot file", tftp(b"boot\\x64\\wdsnbp.com", DATA), NOTHING),
    Case("boot folder", (share("REMINST", file="SMSImages\\PS100005"),), {(SERVER, PXE): PROVEN}),
    Case("deployment services", (share("REMINST", file="Boot\\x64\\wdsnbp.com"),), NOTHING),
    Case("boot variables by DHCP", (boot(boot_reply(file=b"", variables=variables(
        b"\\SMSTemp\\2026.{1}.boot.var"))),), {(SERVER, PXE): PROVEN}, "boot.var"),
    Case("boot variables of others", (boot(boot_reply(file=b"", variables=variables(b"x.var")),
                                           boot_request_of_others()),), NOTHING),
    Case("boot program", (boot(boot_reply(file=b"\\Boot\\BCD")),), {(SERVER, PXE): UNCONFIRMED},
         "boot program"),
    Case("boot program and share", (boot(boot_reply(file=b"\\Boot\\BCD")),
                                    share("REMINST", file="SMSImages\\PS100005")),
         {(SERVER, PXE): PROVEN}),
    # Software updates are this site's where an asker is.
    Case("updates of any WSUS", (soap("/ClientWebService/client.asmx", SOAP),),
         {(SERVER, SUP): UNCONFIRMED}),
    Case("updates of the site", (post(1, server=OTHER),
                                 soap("/ClientWebService/client.asmx", SOAP)),
         {(SERVER, SUP): PROVEN, (CLIENT, AGENT): PROVEN, (OTHER, MP): PROVEN}),
    Case("updates' administration", (share("SMS_SITE", server=OTHER),
                                     soap("/ApiRemoting30/WebServices.asmx", NEGOTIATE)),
         {(SERVER, SUP): PROVEN, (CLIENT, SITE): PROVEN, (OTHER, SITE): PROVEN}),
    Case("updates' synchronization",
         (soap("/ServerSyncWebService/ServerSyncWebService.asmx", SOAP),),
         {(SERVER, UPSTREAM): UNCONFIRMED}),
    Case("updates' program", (get("/SelfUpdate/wuident.cab", FILE, port=8530),),
         {(SERVER, SUP): UNCONFIRMED}),
    Case("updates of JSON, for a client", (post(1, server=OTHER),
                                           soap("/ClientWebService/client.asmx", answers.JSON)),
         {(CLIENT, AGENT): PROVEN, (OTHER, MP): PROVEN}),
    Case("updates of a page", (soap("/ClientWebService/client.asmx", PAGE),), NOTHING),
    # Provider, reports, database.
    Case("administration service", (get("/AdminService/wmi/SMS_Site", NEGOTIATE),),
         {(SERVER, PROVIDER): PROVEN}),
    Case("administration service, 404", (get("/AdminService/wmi/SMS_Site", NOT_FOUND),), NOTHING),
    Case("reports", (get("/ReportServer?/ConfigMgr_PS1/Hardware", PAGE),),
         {(SERVER, REPORTS): UNCONFIRMED}, "PS1"),
    Case("reports of others", (get("/ReportServer?/Sales", PAGE),), NOTHING),
    Case("database", (login("CM_PS1"),), {(SERVER, SQL): UNCONFIRMED}),
    Case("database of a management point", (get(AUT + "MPKEYINFORMATION", KEY, client=OTHER,
                                                server=CLIENT), login("CM_PS1")),
         {(SERVER, SQL): PROVEN, (CLIENT, MP): PROVEN}),
    # Directory and names.
    Case("directory", (search("mSSMSManagementPoint", kb.management_point_entry("PS1")),),
         {(SERVER, "Domain controller"): PROVEN, (CLIENT, AGENT): UNCONFIRMED}),
    Case("SRV record", (srv("ps1-mp2.example.test"), get("/x", OK)), {(SERVER, MP): UNCONFIRMED},
         "_mssms_mp_ps1"),
    # TLS.
    Case("name of a list, by TLS", (get(AUT + "MPLIST", LIST, server=OTHER),
                                    tls("PS1-MP.example.test")),
         {(SERVER, MP): UNCONFIRMED, (OTHER, MP): PROVEN}, "ps1-mp.example.test"),
    Case("name of no one, by TLS", (tls("www.example.test"),), NOTHING),
    Case("certificate", (tls("x.example.test", "SMS Issuing"),), {(SERVER, MP): UNCONFIRMED},
         "SMS Issuing"),
    Case("certificate of the asker", (Flow(CLIENT, SERVER, TCP, 443,
                                           ((False, served("SMS Issuing")),)),), NOTHING),
    Case("client's certificate", (tls_with_purpose(PURPOSE),), NOTHING),
    Case("client's certificate and package", (tls_with_purpose(PURPOSE), share("SMSPKGC$")),
         {(CLIENT, AGENT): UNCONFIRMED, (SERVER, SHARES): PROVEN}),
    Case("client's certificate refused", (tls_with_purpose(PURPOSE, False), share("SMSPKGC$")),
         {(SERVER, SHARES): PROVEN}),
    Case("certificate of any client", (tls_with_purpose(ANY_CLIENT), share("SMSPKGC$")),
         {(SERVER, SHARES): PROVEN}),
    # Kerberos.
    Case("ticket", (tickets("CmRcService/wks11.example.test"),),
         {(SERVER, "Domain controller"): UNCONFIRMED}, "CmRcService/wks11"),
    Case("ticket and directory", (tickets("cifs/a", "CmRcService/wks11.example.test"),
                                  search("mSSMSSite", kb.management_point_entry("PS1"))),
         {(SERVER, "Domain controller"): PROVEN}),
    Case("ticket for another", (tickets("CmRcService/a", granted="CmRcService/b"),), NOTHING),
    Case("ticket of others", (tickets("cifs/wks11", "SMS Site Server/ps1"),), NOTHING),
    Case("ticket refused", (refused_ticket("CmRcService/wks11"),), NOTHING),
    # A failure on a path of the product's shows that it is there, with a fact of another kind.
    Case("failure", (get(AUT + "MPLIST1&CAS", FAILED),), NOTHING),
    Case("failure and name", (srv("ps1-mp2.example.test"), get(AUT + "MPLIST1&CAS", FAILED)),
         {(SERVER, MP): UNCONFIRMED}, "answered 500"),
    Case("failure and share", (get("/SMS_DP_SMSPKG$/PS100001", NOT_ALLOWED), share("SMSPKGC$")),
         {(SERVER, DP): UNCONFIRMED, (SERVER, SHARES): PROVEN}, "answered 405"),
    Case("failure of all paths", (get("/x", NOT_ALLOWED), get("/SMS_DP_SMSPKG$/PS1", NOT_ALLOWED),
                                  share("SMSPKGC$")), {(SERVER, SHARES): PROVEN}),
    Case("two failures", (get("/SMS_DP_SMSPKG$/PS100001", NOT_ALLOWED),
                          get(AUT + "MPLIST1&CAS", FAILED)), NOTHING),
    Case("failure of software updates", (soap("/ClientWebService/client.asmx", FAILED),
                                         share("SMSPKGC$")), {(SERVER, SHARES): PROVEN}),
    Case("notification by TLS", (get(AUT + "MPKEYINFORMATION", KEY),
                                 http(hello("x.example.test"), served("Example CA"), port=10123)),
         {(SERVER, MP): PROVEN}),
    # A gateway has the messages of many clients; a client has one identity, or a new one.
    Case("gateway", tuple(post(number) for number in range(6)),
         {(SERVER, MP): PROVEN, (CLIENT, GATEWAY): UNCONFIRMED}),
    Case("client installed again", (post(1), post(2), post(1)),
         {(SERVER, MP): PROVEN, (CLIENT, AGENT): PROVEN}),
)
NAMES = [case.name for case in CASES]


def address(number, which):
    return f"10.{ {CLIENT: 8, SERVER: 9, OTHER: 7}[which]}.0.{number + 1}"


def write(path, cases):
    """All cases in one capture, each with its own hosts."""
    cap = generator("flows").Capture()
    port = 40000
    for number, case in cases:
        for flow in case.flows:
            boots = flow.transport == UDP and flow.port in (69, 57001)
            port += 1
            ends = (address(number, flow.client), 2070 if boots else port,
                    address(number, flow.server), flow.port)
            talk = cap.tcp(*ends) if flow.transport == TCP else cap.udp(*ends)
            if flow.transport == TCP:
                talk.open()
            for by_server, said in flow.said:
                said = said(lambda which: address(number, which)) if callable(said) else said
                (talk.reply if by_server else talk.send)(said)
            if flow.transport == TCP:
                talk.close()
            cap.wait(0.5)
    cap.write(path)
    path.chmod(0o644)
    return path


@pytest.fixture(scope="module")
def capture(sandbox):
    return write(sandbox.new_folder("signatures") / "all.pcap", list(enumerate(CASES)))


@pytest.fixture(scope="module")
def roles(tshark, capture):
    return statistic(tshark, capture, "roles", prefs=[CONFIGMGR], two_pass=True)


@pytest.mark.parametrize("name", NAMES)
def test_what_an_exchange_shows_and_no_more(roles, name):
    number = NAMES.index(name)
    case = CASES[number]
    held = {(which, role): basis for which in (CLIENT, SERVER, OTHER)
            for role, basis in found(roles, address(number, which)).items()}
    assert held == case.learned
    assert any(case.word in line for which in (CLIENT, SERVER)
               for line in host_lines(roles, address(number, which)) or [case.word])


def shown(lines):
    """Host, role, site, frame and basis of each line, without what is counted."""
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line[:1].isdigit()]
    return {(*row[:4], row[6]) for row in cells}


def test_one_pass_finds_the_same_but_for_what_is_taken_back(tshark, capture, roles):
    """The first messages of a gateway are those of a client: its line stays in a table that grows
    with the capture."""
    once = shown(statistic(tshark, capture, "roles", prefs=[CONFIGMGR]))
    assert [row[:2] for row in once - shown(roles)] == [
        (address(NAMES.index("gateway"), CLIENT), AGENT)]
    assert shown(roles) <= once


ON_THE_LIST = ("message", "package", "peer", "boot by DHCP", "boot file", "package shares",
               "updates of the site", "updates' administration", "gateway", "passive site server",
               "name of a list, by TLS")


def test_what_has_shown_a_role_is_judged_by_the_list(tshark, capture):
    lines = statistic(tshark, capture, "audit", prefs=[CONFIGMGR], two_pass=True)
    judged = [[cell.strip() for cell in line.split("|")] for line in lines if line.count("|") > 9]
    for name in ON_THE_LIST:
        ends = {address(NAMES.index(name), which) for which in (CLIENT, SERVER, OTHER)}
        verdicts = {row[0] for row in judged if row[2] in ends}
        assert verdicts and verdicts <= {"Listed", "Unconfirmed"}, name
    # Whose asker may be anybody is not judged: the administration service is not on port 80.
    assert {row[4] for row in judged if row[0] == "Off matrix"} == {
        address(NAMES.index("administration service"), SERVER)}


# Signatures that KB 826852 has never had.
OWN = ("software center", "recovery service", "peer", "boot by DHCP", "boot file",
       "boot variables", "boot folder", "boot program", "boot variables by DHCP", "ticket",
       "updates of any WSUS", "updates' synchronization",
       "administration service", "reports", "console's installation", "certificate")


def test_they_teach_nothing_where_another_product_is_judged(tshark, capture):
    lines = statistic(tshark, capture, "roles")
    hosts = [address(NAMES.index(name), which) for name in OWN
             for which in (CLIENT, SERVER, OTHER)]
    assert [line for host in hosts for line in host_lines(lines, host)] == []
    assert "Software update point" not in "".join(lines)


# --- The Note on another product ----------------------------------------------------------------

NOTED = "smsrc.audit.other_product"
SMS, MODERN = ("smsrc.audit.matrix:kb826852",), (CONFIGMGR,)
SIGNS = {
    "list": "build 9106", "content library": "SCCMContentLib$", "database": "CM_PS1",
    "SRV record": "_mssms_mp_ps1", "boot file": "wdsnbp.com",
    "notification by TLS": "10123",
}
NO_SIGNS = ("share refused", "package", "message", "list of a scanner's 404", "policy",
            "boot file refused", "boot by another server", "gateway")
OLD = {
    "access point": (share("CAP_ABC"), "CAP_ABC"), "database": (login("SMS_ABC"), "SMS_ABC"),
    "report": (get("/SMSReporting_ABC/Report.asp", PAGE), "SMSReporting_ABC"),
    "access point refused": (share("CAP_ABC", kb.STATUS_ACCESS_DENIED), None),
}


def notes(tshark, path, prefs, **options):
    """(frame, text) of the Notes."""
    names = ["frame.number", "_ws.expert.message", NOTED]
    return [(row["frame.number"][0], next(text for text in row["_ws.expert.message"]
                                          if text.startswith("Evidence of")))
            for row in fields(tshark, path, names, "-Y", NOTED, prefs=prefs, **options)]


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", SIGNS)
def test_an_answer_of_another_product_is_noted_once(tshark, tmp_path, name, two_pass):
    case = CASES[NAMES.index(name)]
    path = write(tmp_path / "sign.pcap", [(0, case), (1, case)])
    (frame, text), = notes(tshark, path, SMS, two_pass=two_pass)
    assert text.startswith("Evidence of Configuration Manager, current branch (")
    assert SIGNS[name] in text and "smsrc.audit.matrix" in text and "KB 826852" in text
    # The answer, and nothing that was only asked.
    answers_of_case = frames(tshark, path, "ip.src == 10.0.0.0/8 && ip.dst == 10.8.0.1")
    assert int(frame) in answers_of_case


def test_sharkd_notes_the_same_frame(tshark, sharkd, tmp_path):
    case = CASES[NAMES.index("content library")]
    path = write(tmp_path / "sign.pcap", [(0, case), (1, case)])
    shown, = sharkd(path, [{"method": "frames", "params": {"filter": NOTED}}])
    assert [str(frame["num"]) for frame in shown["result"]] == [
        frame for frame, _ in notes(tshark, path, SMS)]


def test_what_is_refused_or_of_any_product_is_not_noted(tshark, tmp_path, capture):
    path = write(tmp_path / "none.pcap", [(number, CASES[NAMES.index(name)])
                                          for number, name in enumerate(NO_SIGNS)])
    assert notes(tshark, path, SMS) == []
    assert notes(tshark, capture, MODERN) == []
    assert notes(tshark, capture, (*SMS, "smsrc.audit.learn:FALSE")) == []


@pytest.mark.parametrize("name", OLD)
def test_an_answer_of_sms_is_noted_where_its_successor_is_judged(tshark, tmp_path, name):
    flow, word = OLD[name]
    path = write(tmp_path / "sign.pcap", [(0, Case(name, (flow,), NOTHING))])
    said = notes(tshark, path, MODERN)
    assert len(said) == (1 if word else 0)
    assert all(word in text and "SMS 2003" in text for _, text in said)
    assert notes(tshark, path, SMS) == []
