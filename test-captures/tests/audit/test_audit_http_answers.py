# test_audit_http_answers.py
# What an HTTP answer proves: by the method, its extent, its content, and the way through a proxy
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import gzip

import pytest

from audit_rows import host_lines, statistic
from generators import generator, plan

answers = plan("plan_answers")
kb = generator("kb_services")

CLIENT, SERVER, PROXY = "10.8.1.17", "10.9.1.13", "10.9.1.30"
MP, DP, ADVANCED = "Management point", "BITS distribution point", "Advanced Client"
PROVEN, UNCONFIRMED = "Proven", "Unconfirmed"
LIST = kb.MPLIST
POLICY = "/SMS_MP/.sms_pol?ABC00005.2_00"
PACKAGE = "/SMS_DP_SMSPKGC$/ABC00012/setup.exe"
MESSAGE = "/ccm_system/request"
TOKEN = "ClientToken: 1"
LIST_BODY = b'<MPList><MP Name="MP01" FQDN="mp01.contoso.example"></MP></MPList>'
KEY_BODY = (b"<MPKEYINFORMATION><SITECODE>ABC</SITECODE><X>" + b"0" * 1600 +
            b"</X><TRUSTEDROOTKEY>0602</TRUSTEDROOTKEY></MPKEYINFORMATION>")
FILE = bytes(range(64))
XML = "Content-Type: text/xml"


def ask(uri, method="GET", headers=(), body=b""):
    return kb.http_request(method, uri, headers=headers, body=body)


def reply(body=b"", *headers, status="200 OK"):
    return kb.http_response(status, body, headers)


def without_length(body, *headers, version="1.1", status="200 OK"):
    """A response whose body ends with the connection."""
    return "\r\n".join([f"HTTP/{version} {status}", *headers, "", ""]).encode() + body


def chunked(*chunks):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def in_chunks(*chunks, headers=()):
    return without_length(chunked(*chunks), "Transfer-Encoding: chunked", *headers)


def talk(cap, *said, server=SERVER, port=80, client=CLIENT, client_port=1100):
    """What client and server say in turn; a pair is a message and where its segments end."""
    flow = cap.tcp(client, client_port, server, port)
    flow.open()
    for number, message in enumerate(said):
        message, cuts = message if isinstance(message, tuple) else (message, ())
        if message:
            (flow.reply if number % 2 else flow.send)(message, cuts=cuts)
    flow.close()
    cap.wait(0.5)


def play(tshark, sandbox, name, *flows, two_pass=False, statistics="roles"):
    """The lines of a statistic of a capture with these flows: functions that make them."""
    cap = generator("flows").Capture()
    for flow in flows:
        flow(cap)
    path = sandbox.new_folder("http-answers") / f"{name}.pcap"
    cap.write(path)
    path.chmod(0o644)
    return statistic(tshark, path, statistics, two_pass=two_pass)


def basis(lines, address):
    """role -> its basis, of a host."""
    head = next((line for line in lines if line.startswith("Host")), None)
    column = [name.strip() for name in head.split("|")].index("Basis") if head else 0
    rows = [[cell.strip() for cell in line.split("|")] for line in host_lines(lines, address)]
    return {row[1]: row[column] for row in rows}


def roles_of(tshark, sandbox, said, **more):
    lines = play(tshark, sandbox, "talk", lambda cap: talk(cap, *said, **more))
    return basis(lines, SERVER), basis(lines, CLIENT)


INNER = reply(LIST_BODY, XML)

# --- The method ---------------------------------------------------------------------------------

ALLOW = reply(b"", "Allow: GET, HEAD, OPTIONS")
OTHER_METHODS = {
    "OPTIONS of a directory": (ask(MESSAGE, "OPTIONS", (TOKEN,)), ALLOW),
    "OPTIONS of a package": (ask(PACKAGE, "OPTIONS", (TOKEN,)), reply(b"GET,HEAD")),
    "OPTIONS of a list": (ask(LIST, "OPTIONS"), reply(LIST_BODY, XML)),
    "HEAD of a directory": (ask(MESSAGE, "HEAD", (TOKEN,)), without_length(b"")),
    "HEAD of a package": (ask(PACKAGE, "HEAD", (TOKEN,)), without_length(b"", "Content-Length: 9")),
    "PUT of a message": (ask("/ccm_incoming/x", "PUT", (TOKEN,), b"x"),
                         reply(status="201 Created")),
    "PUT of a package": (ask(PACKAGE, "PUT", (), FILE), reply(FILE)),
    "TRACE of a policy": (ask(POLICY, "TRACE", (TOKEN,)),
                          reply(ask(POLICY, "TRACE", (TOKEN,)), "Content-Type: message/http")),
    "TRACE of a list": (ask(LIST, "TRACE", ("X: <MPList",)),
                        reply(LIST_BODY, "Content-Type: message/http")),
    "DELETE of a message": (ask("/ccm_incoming/x", "DELETE"), reply(b"gone")),
    "a made-up one": (ask(POLICY, "SMS_GET", (TOKEN,)), reply(b"<Policy/>", XML)),
}


@pytest.mark.parametrize("name", OTHER_METHODS)
def test_a_method_that_any_web_server_takes_shows_nothing(tshark, sandbox, name):
    assert roles_of(tshark, sandbox, OTHER_METHODS[name]) == ({}, {})


GOT = {
    "nothing, from a directory": (ask(MESSAGE), without_length(b"", status="204 No Content")),
    "an empty success from a directory": (ask(MESSAGE, headers=(TOKEN,)), reply()),
    "text from a directory": (ask("/ccm_client/"), reply(b"hello")),
    "POST to a directory": (ask(MESSAGE, "POST", (TOKEN,), b"x"), reply(b"<Msg/>", XML)),
    "POST that is echoed": (ask(POLICY, "POST", (TOKEN,), b"hello"), reply(b"hello")),
    "PROPFIND without its code": (ask(PACKAGE, "PROPFIND"), reply(b"<a/>", XML)),
    "PROPFIND of a policy": (ask(POLICY, "PROPFIND", (TOKEN,)), kb.MULTISTATUS),
    "CCM_POST that a page answers": (kb.ccm_post(), reply(b"<title>Start</title>")),
    "CCM_POST that JSON answers": (kb.ccm_post(), reply(b'{"a":1}')),
    "BITS_POST that JSON answers": (kb.bits_post(), reply(b"[]", "Content-Type: text/json")),
}


@pytest.mark.parametrize("name", GOT)
def test_a_success_that_is_not_such_a_servers_proves_nothing(tshark, sandbox, name):
    server, client = roles_of(tshark, sandbox, GOT[name])
    assert PROVEN not in (*server.values(), *client.values())


# --- The content --------------------------------------------------------------------------------

ECHOES = {
    "HTML that has the list in it": reply(b"<html>no <MPList></html>", "Content-Type: text/html"),
    "HTML by its type that begins with the list": reply(LIST_BODY, "Content-Type: text/html"),
    "text that has the list in it": reply(b"no such path: <MPList>"),
    "XML that has the list in it": reply(b"<error>no <MPList></error>", XML),
    "another element": reply(b"<MPListing/>", XML),
    "HTML that has the key in it": reply(b"<html>SITECODE TRUSTEDROOTKEY</html>"),
    "text that has the key in it": reply(b"no SITECODE TRUSTEDROOTKEY"),
    "a comment before HTML": reply(b"<!-- <MPList> --><html>x</html>"),
    "XHTML": reply(b'<?xml version="1.0"?><!DOCTYPE html><html><MPList></html>'),
    "HTML in chunks": in_chunks(b"<html><MPList></html>"),
}


@pytest.mark.parametrize("uri", [LIST, "/SMS_MP/.sms_aut?MPKEYINFORMATION"])
@pytest.mark.parametrize("name", ECHOES)
def test_a_list_is_one_from_its_first_byte_on(tshark, sandbox, name, uri):
    server, _ = roles_of(tshark, sandbox, (ask(uri), ECHOES[name]))
    assert PROVEN not in server.values()


PAGES = {
    "JSON by its content": reply(b'{"error":"no such path"}'),
    "JSON by its type": reply(b'"no"', "Content-Type: application/json"),
    "JSON with a mark of its order": reply(b'\xef\xbb\xbf{"a":1}'),
    "JSON in chunks": in_chunks(b'{"a":1}'),
    "text that echoes the policy": reply(b"404: /SMS_MP/.sms_pol?ABC00005.2_00"),
    "text that echoes the package": reply(b"404: /sms_dp_smspkgc$/ABC00012/setup.exe"),
    "a comment before HTML": reply(b"<!-- top --><html><body>start</body></html>"),
    "comments and a declaration": reply(b"<?xml?> <!-- a --> <!-- b -->\n<!DOCTYPE html><p>"),
    "HTML in chunks": in_chunks(b"<html>", b"<body>x</body></html>"),
    "HTML in UTF-16": reply("\ufeff<html>x</html>".encode("utf-16-le")),
    "a comment that does not end": reply(b"<!-- " + b"x" * 40),
}


@pytest.mark.parametrize("uri", [POLICY, PACKAGE])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_or_an_echo_proves_no_policy_and_no_package(tshark, sandbox, name, uri):
    server, client = roles_of(tshark, sandbox, (ask(uri, headers=(TOKEN,)), PAGES[name]))
    assert PROVEN not in (*server.values(), *client.values())


OTHER = ask("/about")
NEGOTIATE = reply(b"", "WWW-Authenticate: Negotiate", status="401 Unauthorized")
ALL_ALIKE = {
    "NTLM for a list": (ask(LIST), kb.UNAUTHORIZED, OTHER),
    "Negotiate for a list": (ask(LIST), NEGOTIATE, OTHER),
    "NTLM for a policy": (ask(POLICY), kb.UNAUTHORIZED, OTHER),
    "NTLM for a package": (ask(PACKAGE), kb.UNAUTHORIZED, OTHER),
    "NTLM for a message": (kb.ccm_post(), kb.UNAUTHORIZED, OTHER),
    "XML for a policy": (ask(POLICY, headers=(TOKEN,)), reply(b"<none/>", XML), OTHER),
    "XML for a package": (ask(PACKAGE), reply(b"<none/>", XML), OTHER),
    "text for a package": (ask(PACKAGE), reply(b"ok"), OTHER),
    "a picture for a package": (ask(PACKAGE), reply(b"GIF89a" + FILE), OTHER),
    "properties of a package": (ask(PACKAGE, "PROPFIND"), kb.MULTISTATUS, ask("/", "PROPFIND")),
}


@pytest.mark.parametrize("is_first", [True, False], ids=["the other first", "the other later"])
@pytest.mark.parametrize("name", ALL_ALIKE)
def test_what_a_server_gives_to_any_path_proves_nothing(tshark, sandbox, name, is_first):
    request, answer, other = ALL_ALIKE[name]
    said = (other, answer, request, answer) if is_first else (request, answer, other, answer)
    for two_pass in (False, True):
        lines = play(tshark, sandbox, "alike", lambda cap: talk(cap, *said), two_pass=two_pass)
        assert PROVEN not in (*basis(lines, SERVER).values(), *basis(lines, CLIENT).values())


@pytest.mark.parametrize("two_pass", [False, True], ids=["one pass", "two passes"])
def test_it_proves_no_flow_that_has_ended_before_the_other(tshark, sandbox, two_pass):
    """Another client asks for it, on a later connection: roles, verdicts and rules."""
    clients = [f"10.8.2.{number}" for number in range(1, 31)]
    answer = reply(b"<none/>", XML)
    flows = [lambda cap, client=client, port=port: talk(cap, ask(POLICY, headers=(TOKEN,)), answer,
                                                        client=client, client_port=port)
             for client in clients for port in (1100, 1101)]
    wanted = {"two_pass": two_pass, "statistics": "roles"}
    lines = play(tshark, sandbox, "many", *flows, **wanted)
    assert all(PROVEN in basis(lines, client).values() for client in clients)
    flows.append(lambda cap: talk(cap, OTHER, answer))
    lines = play(tshark, sandbox, "many-and-other", *flows, **wanted)
    for host in (SERVER, *clients):
        assert basis(lines, host) and PROVEN not in basis(lines, host).values(), host
    lines = play(tshark, sandbox, "many-and-other", *flows, two_pass=two_pass, statistics="audit")
    verdicts = [line.split("|")[0].strip() for line in lines if "|10.9.1.13" in line]
    assert verdicts == ["Unconfirmed"] * 2 * len(clients)
    lines = play(tshark, sandbox, "many-and-other", *flows, two_pass=two_pass,
                 statistics="rules.nft")
    assert not [line for line in lines if SERVER in line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "PUT"])
@pytest.mark.parametrize("post", [kb.ccm_post(), kb.bits_post()], ids=["CCM_POST", "BITS_POST"])
def test_an_empty_success_of_another_method_takes_nothing_back(tshark, sandbox, method, post):
    said = (post, reply(), ask("/about", method), reply())
    for order in (said, (*said[2:], *said[:2])):
        server, _ = roles_of(tshark, sandbox, order)
        assert server == {MP: PROVEN}


POLICIES = {
    "XML": reply(b'<?xml version="1.0"?><Policy/>', XML),
    "XML without a declaration": reply(b"<Policy/>"),
    "UTF-16": reply('<?xml version="1.0"?><Policy/>'.encode("utf-16-le"), XML),
    "UTF-16 with a mark": reply("\ufeff<Policy/>".encode("utf-16-le"), XML),
    "UTF-16 in the other order": reply("\ufeff<Policy/>".encode("utf-16-be"), XML),
    "with the path of another": reply(b'<Policy L="http://mp/SMS_MP/.sms_pol?A.1_00"/>', XML),
    "behind a comment": reply(b"<!-- policy --><Policy/>", XML),
    "in chunks": in_chunks(b"<Policy>", b"</Policy>"),
    "compressed by zlib": reply(b"\x78\x9c" + FILE),
    "signed": reply(b"\x30\x82\x01\x00" + FILE),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_xml_or_what_hides_it(tshark, sandbox, name):
    held = roles_of(tshark, sandbox, (ask(POLICY, headers=(TOKEN,)), POLICIES[name]))
    assert held == ({MP: PROVEN}, {ADVANCED: PROVEN})


# --- The extent ---------------------------------------------------------------------------------

TWO = ask("/paste/7") + ask(LIST)
WITHIN = {
    "HTTP/1.0": (TWO, without_length(INNER, version="1.0")),
    "HTTP/1.1": (TWO, without_length(INNER, "Connection: close")),
    "its own segment": (TWO, (without_length(INNER), (len(without_length(b"")),))),
    "an unknown coding": (TWO, without_length(INNER, "Transfer-Encoding: gzip")),
    "chunks": (TWO, in_chunks(INNER)),
    "chunks, each in a segment": (TWO, (in_chunks(INNER), (len(in_chunks()) - 5 + 4,))),
    "a coding and a length": (TWO, without_length(chunked(INNER), "Content-Length: 0",
                                                  "Transfer-Encoding: chunked")),
    "two lengths": (TWO, without_length(INNER, "Content-Length: 0",
                                        f"Content-Length: {len(INNER)}")),
    "a second request on what is to be closed": (
        ask("/paste/7"), without_length(b"text"), ask(LIST), INNER),
    "a body of its length": (TWO, reply(INNER)),
}


@pytest.mark.parametrize("name", WITHIN)
def test_a_body_has_no_response_in_it(tshark, sandbox, name):
    assert roles_of(tshark, sandbox, WITHIN[name]) == ({}, {})


POST = b"POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
CHUNKED_POST = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = ask(POLICY, headers=(TOKEN,))
SIZED_POST = POST + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED)
ROBOTS = (reply(), ask("/robots.txt"), reply(b"<Robots/>", XML))
CHUNK = b"%x\r\n" % len(SMUGGLED)
SMUGGLING = {
    "a chunk": (CHUNKED_POST + CHUNK, answers.CONTINUE, SMUGGLED, b"", b"\r\n0\r\n\r\n", *ROBOTS),
    "its length with it": (CHUNKED_POST, answers.CONTINUE, CHUNK + SMUGGLED + b"\r\n0\r\n\r\n",
                           *ROBOTS),
    "a length": (SIZED_POST, answers.CONTINUE, SMUGGLED, *ROBOTS),
    "one segment": (CHUNKED_POST + CHUNK + SMUGGLED + b"\r\n0\r\n\r\n", *ROBOTS),
    "one segment with a length": (SIZED_POST + SMUGGLED, *ROBOTS),
    "both": (SIZED_POST.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n") + CHUNK,
             answers.CONTINUE, SMUGGLED, b"", b"\r\n0\r\n\r\n", *ROBOTS),
    "an early answer": (CHUNKED_POST + CHUNK, reply(b"early"), SMUGGLED, *ROBOTS),
    "an early answer to a length": (SIZED_POST, reply(b"early"), SMUGGLED, *ROBOTS),
    "two lengths": (POST + b"Content-Length: 1\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED),
                    answers.CONTINUE, SMUGGLED, *ROBOTS),
    "segments": ((CHUNKED_POST + CHUNK, (9, 40)), answers.CONTINUE, (SMUGGLED, (20,)), b"",
                 b"\r\n0\r\n\r\n", *ROBOTS),
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_a_body_has_no_request_in_it(tshark, sandbox, name):
    server, client = roles_of(tshark, sandbox, SMUGGLING[name])
    assert PROVEN not in (*server.values(), *client.values())


HEAD = len(reply(LIST_BODY, XML)) - len(LIST_BODY)
DECLARED = b'<?xml version="1.0"?>\r\n' + LIST_BODY
PIECES = {
    "until the end of the connection": without_length(LIST_BODY, XML),
    "HTTP/1.0": without_length(LIST_BODY, XML, version="1.0"),
    "a coding before a length": without_length(chunked(LIST_BODY), "Content-Length: 0",
                                               "Transfer-Encoding: chunked"),
    "cut in the list's tag": (reply(LIST_BODY, XML), (HEAD + 3,)),
    "its declaration with the head": (reply(DECLARED, XML),
                                      (len(reply(DECLARED, XML)) - len(LIST_BODY),)),
    "its declaration alone": (reply(DECLARED, XML),
                              (len(reply(DECLARED, XML)) - len(DECLARED),
                               len(reply(DECLARED, XML)) - len(LIST_BODY))),
    "chunks": in_chunks(LIST_BODY[:20], LIST_BODY[20:]),
    "the chunk's length alone": (in_chunks(LIST_BODY), (len(in_chunks()) - 5,
                                                        len(in_chunks()) - 5 + 4)),
    "gzip": reply(gzip.compress(LIST_BODY, mtime=0), XML, "Content-Encoding: gzip"),
    "gzip in two segments": (reply(gzip.compress(LIST_BODY, mtime=0), XML,
                                   "Content-Encoding: gzip"), (120,)),
    "gzip in chunks": in_chunks(gzip.compress(LIST_BODY, mtime=0),
                                headers=("Content-Encoding: gzip",)),
    "UTF-16": reply(("\ufeff" + LIST_BODY.decode()).encode("utf-16-le"), XML),
    "a mark of UTF-8": reply(b"\xef\xbb\xbf" + DECLARED, XML),
}


@pytest.mark.parametrize("name", PIECES)
def test_a_list_is_found_however_it_comes(tshark, sandbox, name):
    server, _ = roles_of(tshark, sandbox, (ask(LIST), PIECES[name]))
    assert server == {MP: PROVEN}


@pytest.mark.parametrize("cut", range(150, 1700, 160))
def test_a_key_is_found_wherever_its_segments_end(tshark, sandbox, cut):
    server, _ = roles_of(tshark, sandbox, (ask("/SMS_MP/.sms_aut?MPKEYINFORMATION"),
                                           (reply(KEY_BODY, XML), (cut,))))
    assert server == {MP: PROVEN}


# --- Who asks -----------------------------------------------------------------------------------

def account(scheme, message):
    return f"Authorization: {scheme} " + base64.b64encode(message).decode()


NTLM_1, NTLM_3 = (b"NTLMSSP\0%c\0\0\0" % step + bytes(64) for step in (1, 3))
SPNEGO = b"\x60\x82\x01\x00" + bytes(range(80))
INVENTED = {
    "a token for a list": (LIST, TOKEN, INNER, False),
    "a signature for a list": (LIST, "CCMClientIDSignature: 1", INNER, False),
    "a token for a certificate": ("/SMS_MP/.sms_aut?MPCERT", TOKEN, reply(FILE), False),
    "a token for a key": ("/SMS_MP/.sms_aut?MPKEYINFORMATION", TOKEN, reply(KEY_BODY), False),
    "an account for a list": (LIST, account("NTLM", NTLM_3), INNER, True),
    "a word of NTLM": (PACKAGE, "Authorization: NTLM x", reply(FILE), True),
    "NTLM's first step": (PACKAGE, account("NTLM", NTLM_1), reply(FILE), True),
    "NTLM that no one has asked for": (PACKAGE, account("NTLM", NTLM_3), reply(FILE), False),
    "a word of Negotiate": (PACKAGE, "Authorization: Negotiate YII", reply(FILE), True),
    "Negotiate that no one has asked for": (PACKAGE, account("Negotiate", SPNEGO), reply(FILE),
                                            False),
    "Basic": (PACKAGE, account("Basic", bytes(64)), reply(FILE), True),
}


def asked_first(uri, header, response, is_asked):
    first = (ask(uri), kb.UNAUTHORIZED) if is_asked else ()
    return (*first, ask(uri, headers=(header,)), response)


@pytest.mark.parametrize("name", INVENTED)
def test_what_anybody_can_invent_proves_no_client(tshark, sandbox, name):
    _, client = roles_of(tshark, sandbox, asked_first(*INVENTED[name]))
    assert PROVEN not in client.values()


@pytest.mark.parametrize("header", [account("NTLM", NTLM_3), account("Negotiate", SPNEGO),
                                    account("Negotiate", NTLM_3), TOKEN])
@pytest.mark.parametrize("uri, role, body", [(PACKAGE, DP, FILE), (POLICY, MP, b"<Policy/>")])
def test_an_account_that_was_asked_for_proves_the_client(tshark, sandbox, header, uri, role, body):
    server, client = roles_of(tshark, sandbox, asked_first(uri, header, reply(body), True))
    assert (server[role], client) == (PROVEN, {ADVANCED: PROVEN})


# --- Through a proxy ----------------------------------------------------------------------------

CONNECTED = without_length(b"", status="200 Connection established")
TUNNELS = [(host, port, on) for host in (SERVER, "mp01", "[2001:db8::13]")
           for port, on in ((80, 3128), (80, 80), (80, 8080), (8530, 3128))]


@pytest.mark.parametrize("host, port, on", TUNNELS)
def test_a_proxy_that_connects_is_no_management_point(tshark, sandbox, host, port, on):
    def through(cap):
        talk(cap, ask(f"{host}:{port}", "CONNECT"), CONNECTED, kb.ccm_post(), reply(b"<Msg/>"),
             ask(POLICY, headers=(TOKEN,)), POLICIES["XML"], server=PROXY, port=on)

    lines = play(tshark, sandbox, "connect", through)
    assert (basis(lines, PROXY), basis(lines, CLIENT)) == ({}, {ADVANCED: PROVEN})
    audit = play(tshark, sandbox, "connect", through, two_pass=True, statistics="audit")
    verdicts = [line.split("|")[0].strip() for line in audit if PROXY in line]
    assert verdicts == ["Listed" if port == 80 else "Off matrix"]


def test_what_a_proxy_refuses_is_no_tunnel(tshark, sandbox):
    held = roles_of(tshark, sandbox, (ask("mp01:80", "CONNECT"), reply(status="405 No"),
                                      kb.ccm_post(), reply(b"<Msg/>")))
    assert held == ({MP: PROVEN}, {ADVANCED: PROVEN})


@pytest.mark.parametrize("scheme", ["http", "HTTP", "https", "HTTPS"])
def test_a_proxy_that_is_asked_for_a_whole_uri_is_none(tshark, sandbox, scheme):
    lines = play(tshark, sandbox, "uri", lambda cap: talk(
        cap, ask(f"{scheme}://mp01{MESSAGE}", "CCM_POST", body=b"x"), reply(b"<Msg/>"),
        server=PROXY, port=3128))
    assert basis(lines, PROXY) == {}


def passed_on(cap, uri=LIST, method="GET", body=INNER, server=SERVER):
    talk(cap, ask(uri, method, ("Via: 1.1 proxy",)), body, client=PROXY, server=server,
         client_port=1300)


def learned(cap):
    talk(cap, kb.ccm_post(), reply(b"<Msg/>"))


def forged(cap, message):
    """One packet that a client seems to have sent."""
    flow = cap.tcp(CLIENT, 1400, PROXY, 8080)
    flow.send(message)


FORGED = {
    "a URI": ask("http://x/"), "an empty path": ask("http://x"),
    "another scheme": ask("https://x/"),
    "CONNECT": ask("x:80", "CONNECT"), "HEAD": ask("http://x/", "HEAD"),
    "the same list": ask(f"http://{SERVER}{LIST}"),
    "a message": ask(f"http://x{MESSAGE}", "CCM_POST"),
    "two of them": ask("http://x/") * 2, "another port": ask("http://x:8080/"),
    "IPv6": ask("http://[2001:db8::1]/"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_proxy_that_has_not_answered_stands_for_nobody(tshark, sandbox, name):
    def scene(cap):
        learned(cap)
        forged(cap, FORGED[name])
        passed_on(cap)

    for two_pass in (False, True):
        lines = play(tshark, sandbox, "forged", scene, two_pass=two_pass, statistics="rules")
        assert PROXY not in " ".join(line for line in lines if line[:1] == "E")


@pytest.mark.parametrize("first", [True, False])
def test_a_proxy_that_has_answered_stands_for_its_clients(tshark, sandbox, first):
    """Also where it asks the server before it answers, which is the order of the wire."""
    def asks(cap):
        talk(cap, ask(f"http://{SERVER}{LIST}"), INNER, server=PROXY, port=8080, client_port=1500)

    scene = (learned, asks, passed_on) if first else (learned, nested)
    lines = play(tshark, sandbox, "answered", *scene, two_pass=True, statistics="audit")
    verdicts = [line.split("|")[0].strip() for line in lines
                if [cell.strip() for cell in line.split("|")][2:3] == [PROXY]]
    assert verdicts == ["Listed"]


def nested(cap):
    flow = cap.tcp(CLIENT, 1500, PROXY, 8080)
    flow.open()
    flow.send(ask(f"http://{SERVER}{LIST}"))
    passed_on(cap)
    flow.reply(INNER)
    flow.close()
