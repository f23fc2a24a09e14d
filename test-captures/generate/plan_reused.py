# plan_reused.py
# Requests that share a number, texts that are elsewhere, and what an echo server sends back
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, as in plan_answers.py.

import struct

import kb_services as kb
from plan_answers import (ADD, BOUND, DC, ENTRY, LOGGED_IN, LOGIN, NOTHING, PROVEN, SEARCH, SITE,
                          TREE, TREE_2, TREE_2_GRANTED, TREE_GRANTED, UNCONFIRMED, WMI, WMI_DONE,
                          Exchange, alone, ask, of_both, of_server, rpc_call, smb2_number)
from plan_site import TCP

SHARE, PIPE = "\\\\SRV\\SMS_SITE", "\\\\SRV\\IPC$"
PROVIDER, CONSOLE = "SMS Provider", "Administrator console"
CAP, DP = "Client access point", "SMB distribution point"
SERVICES = ("367abb81-9844-35f1-ad32-98f038001003", 2)  # the service control manager's
OTHER_CALL = kb.rpc_request(3, bytes(32))
DONE = kb.rpc_response(bytes(4))
OTHER_ENTRY = kb.ldap_add("CN=mine," + kb.BASE_DN, (("objectClass", ("device",)),))


def smb2(command, body, reply=False, number=3):
    return kb.nbss_message(struct.pack(
        "<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, 0, command, 1, int(reply), 0, number, 0, 0, 1,
        bytes(16)) + body)


def on(port, name, said, learned=None):
    return Exchange(name, TCP, port, said, learned or NOTHING)


ECHO_2, ECHOED_2 = (smb2(13, b"\4\0\0\0", reply) for reply in (False, True))

# Two requests have one number, and the success that comes back may be for either.
NUMBERS = (
    on(445, "echo in SMB 2", ask(ECHO_2 + TREE_2, ECHOED_2)),
    on(445, "another tree in SMB 2",
       ask(kb.smb2_tree(PIPE) + TREE_2,
           TREE_2_GRANTED + kb.smb2_tree_reply(kb.STATUS_ACCESS_DENIED))),
    on(445, "another tree", ask(kb.smb_tree(PIPE) + TREE, kb.smb_tree_reply(pipe=True) +
                                kb.smb_tree_reply(kb.STATUS_BAD_NETWORK_NAME))),
    on(445, "another tree after it", ask(TREE + kb.smb_tree(PIPE), kb.smb_tree_reply(
        kb.STATUS_BAD_NETWORK_NAME) + kb.smb_tree_reply(pipe=True))),
    on(445, "another tree, each in its segment",
       (*alone(kb.smb_tree(PIPE), TREE), (True, kb.smb_tree_reply(pipe=True)))),
    on(445, "another tree after many",
       ask(b"".join(smb2_number(kb.smb2_tree(PIPE), n) for n in (3, *range(20, 29))) + TREE_2,
           TREE_2_GRANTED)),
    on(1055, "another login", (*BOUND, *alone(kb.wbem_login("root\\cimv2"), WMI),
                               (True, WMI_DONE), (True, kb.wbem_refused()))),
    on(1055, "another call", (*BOUND, *alone(OTHER_CALL, WMI), (True, DONE))),
    on(1055, "another call after it", (*BOUND, *alone(WMI, OTHER_CALL), (True, DONE))),
    on(1055, "another call in one segment", (*BOUND, *ask(OTHER_CALL + WMI, DONE))),
    on(389, "another entry", ask(OTHER_ENTRY + ADD, kb.ldap_added() + kb.ldap_added(50))),
    on(389, "another entry after it", ask(ADD + OTHER_ENTRY, kb.ldap_added(50) + kb.ldap_added())),
    on(389, "the end of a search", ask(
        kb.ldap_search("", kb.ber(0x87, b"objectClass"), ()) + ADD,
        kb.ldap_done() + kb.ldap_added(50))),
    on(389, "a change", ask(kb.ldap_modify("CN=me", "info", ("x",)) + ADD, kb.ldap_modified())),
    on(1433, "another login to SQL", ask(kb.tds_login("master") + LOGIN,
                                         kb.tds_logged_in("master"))),
    on(1433, "a batch after another login",
       (*ask(kb.tds_login("master"), kb.tds_logged_in("master")), *alone(kb.tds_batch(), LOGIN),
        (True, kb.tds_done()))),
)

# The same number again where the first request has been answered, or is the same one.
NUMBERS_AGAIN = (
    on(445, "after an answer", ask(kb.smb_tree(PIPE), kb.smb_tree_reply(pipe=True), TREE,
                                   TREE_GRANTED), of_both(SITE, PROVEN, SITE, PROVEN)),
    on(445, "sent twice", (*alone(TREE_2, TREE_2), (True, TREE_2_GRANTED)),
       of_both(SITE, PROVEN, SITE, PROVEN)),
    on(1055, "after a call", (*BOUND, *ask(OTHER_CALL, DONE, WMI, WMI_DONE)),
       of_both(PROVIDER, PROVEN, CONSOLE, PROVEN)),
    on(1055, "another number", (*BOUND, *alone(rpc_call(OTHER_CALL, 7), WMI), (True, WMI_DONE)),
       of_both(PROVIDER, PROVEN, CONSOLE, PROVEN)),
    on(389, "after an entry", ask(OTHER_ENTRY, kb.ldap_added(), ADD, kb.ldap_added()),
       of_both(DC, PROVEN, SITE, PROVEN)),
)


def refit(message, at, more):
    """The SMB message with these bytes at the place, and its length."""
    body = message[4:]
    return kb.nbss_message(body[:at] + more + body[at:])


def session_setup(name):
    """A session setup whose sender has this name of its system."""
    body, old = kb.smb_session_setup()[4:], kb.wide("Windows")
    body = body.replace(old, kb.wide(name), 1)
    return kb.nbss_message(body[:59] + struct.pack("<H", len(body) - 61) + body[61:])


def tree_with_password(path, text):
    """A tree connect whose password is a text."""
    password = b"\0" + kb.wide(text) + b"\0\0\0"
    words = struct.pack("<BBHHH", 0xFF, 0, 0, 0, len(password))
    body = kb.smb_tree(path)[4:]
    data = password + body[44:]
    return kb.nbss_message(body[:33] + words + struct.pack("<H", len(data)) + data)


def wide_text(text):
    text += "\0"
    data = struct.pack("<III", len(text), 0, len(text)) + kb.wide(text)
    return data + bytes(-len(data) % 4)


def wmi_login(namespace, locale):
    this = struct.pack("<HHII", 5, 6, 0, 0) + bytes(range(16)) + bytes(4)
    pointer = struct.pack("<I", 0x20000)
    return kb.rpc_request(6, this + pointer + wide_text("\\\\X\\" + namespace) + pointer +
                          wide_text(locale) + bytes(8))


def open_manager(opnum):
    return kb.rpc_request(opnum, struct.pack("<I", 0x20000) + wide_text("root\\sms") +
                          struct.pack("<II", 0, 1))


BOUND_SERVICES = ask(kb.rpc_bind(SERVICES), kb.rpc_bound(1055))
MANAGER_OPEN = kb.rpc_response(bytes(range(20)) + bytes(4))

# The name is somewhere else in the request than where the server reads it, or in an answer.
ELSEWHERE = (
    on(445, "name of the system", ask(session_setup(SHARE), kb.smb_session_set_up())),
    on(445, "password", ask(tree_with_password(PIPE, SHARE), kb.smb_tree_reply(pipe=True))),
    on(445, "behind the path", ask(refit(kb.smb_tree(PIPE), len(kb.smb_tree(PIPE)) - 4,
                                         kb.wide(SHARE) + b"\0\0"), kb.smb_tree_reply(pipe=True))),
    on(445, "behind the path in SMB 2",
       ask(refit(kb.smb2_tree(PIPE), len(kb.smb2_tree(PIPE)) - 4, b"\0\0" + kb.wide(SHARE)),
           TREE_2_GRANTED)),
    on(445, "before the path in SMB 2",
       ask(smb2(3, struct.pack("<HHHH", 9, 0, 72 + 2 * len(SHARE), 2 * len(PIPE)) +
                kb.wide(SHARE + PIPE)), TREE_2_GRANTED)),
    on(1055, "name of a machine", (*BOUND_SERVICES, *ask(open_manager(15), MANAGER_OPEN))),
    on(1055, "name of a machine, with an error",
       (*BOUND_SERVICES, *ask(open_manager(15), kb.rpc_response(bytes(20) + b"\5\0\0\0")))),
    on(1055, "the login's number in another interface",
       (*BOUND_SERVICES, *ask(WMI, MANAGER_OPEN))),
    on(1055, "interface of a bind that is altered",
       (*BOUND_SERVICES, *ask(kb.rpc_bind(kb.WBEM_LOGIN)[:2] + b"\x0e" +
                              kb.rpc_bind(kb.WBEM_LOGIN)[3:], kb.rpc_bound(1055)),
        *ask(WMI, MANAGER_OPEN))),
    on(1055, "locale", (*BOUND, *ask(wmi_login("root\\cimv2", "root\\sms"), WMI_DONE))),
    on(1055, "another operation of the login's interface",
       (*BOUND, *ask(WMI[:22] + b"\5" + WMI[23:], WMI_DONE))),
    on(1055, "an error of Windows", (*BOUND, *ask(WMI, kb.rpc_response(
        bytes(16) + struct.pack("<I", 5))))),
    on(389, "description", ask(SEARCH, kb.ldap_entry(
        "CN=me," + kb.BASE_DN, (("description", ("I like mSSMS",)),)) + kb.ldap_done()),
       of_both(DC, UNCONFIRMED, "Advanced Client", UNCONFIRMED)),
)


def echoed(*messages):
    return tuple((by_server, message) for message in messages for by_server in (False, True))


# What the caller has said comes back, the request and then the answer.
RETURNED = tuple(on(port, f"{name} on {port}{how}", said)
                 for name, port, request, answer in (
    ("tree", 445, TREE, TREE_GRANTED), ("tree", 7777, TREE, TREE_GRANTED),
    ("tree of SMB 2", 445, TREE_2, TREE_2_GRANTED), ("tree of SMB 2", 7, TREE_2, TREE_2_GRANTED),
    ("entry", 389, ADD, kb.ldap_added()), ("entry", 7, ADD, kb.ldap_added()),
    ("search", 389, SEARCH, ENTRY + kb.ldap_done()), ("namespace", 1055, WMI, WMI_DONE),
    ("login", 1433, LOGIN, LOGGED_IN), ("login", 7777, LOGIN, LOGGED_IN))
                 for how, said in (
    ("", echoed(request, answer)), (", in one segment", echoed(request + answer)),
    (", the answer first", (*alone(answer, request), (True, answer), (True, request)))))


def share(name, path, learned=None):
    return on(445, name, ask(kb.smb2_tree(path), TREE_2_GRANTED), learned)


def share_and_file(name, path, file, learned=None):
    return on(445, name, ask(kb.smb2_tree(path), TREE_2_GRANTED, kb.smb2_create(file),
                             kb.smb2_created()), learned)


# A share whose name is not a sign of a site, or a weak one.
SHARES = (
    share("small letters", "\\\\SRV\\cap_may", of_server(CAP, UNCONFIRMED)),
    share("one small letter", "\\\\SRV\\CAP_MAy", of_server(CAP, UNCONFIRMED)),
    share("capitals", "\\\\SRV\\cap_MAY", of_server(CAP)),
    share("console", "\\\\SRV\\CAP_CON"),
    share("printer", "\\\\SRV\\CAP_PRN"),
    share("nothing", "\\\\SRV\\CAP_NUL"),
    share("aux", "\\\\SRV\\cap_aux"),
    share("SMS itself", "\\\\SRV\\CAP_SMS"),
    share_and_file("developers", "\\\\SRV\\sms_dev", "client\\readme.txt",
                   of_server(SITE, UNCONFIRMED)),
    share_and_file("site", "\\\\SRV\\SMS_DEV", "client\\readme.txt", of_server(SITE)),
    share_and_file("SMS of SMS", "\\\\SRV\\SMS_SMS", "inboxes\\x"),
)


def cut(message, *places):
    """The server's message in segments."""
    ends = (0, *places, len(message))
    return tuple((True, message[begin:end]) for begin, end in zip(ends, ends[1:]))


# An answer that comes in pieces.
PIECES = tuple(on(1055, f"login's response cut at {place}",
                  (*BOUND, *alone(WMI), *cut(WMI_DONE, place)),
                  of_both(PROVIDER, PROVEN, CONSOLE, PROVEN))
               for place in (16, 17, 24, 40, 60, len(WMI_DONE) - 2)) + (
    on(1055, "login's request", (*BOUND, (False, WMI[:40]), (False, WMI[40:]), (True, WMI_DONE)),
       of_both(PROVIDER, PROVEN, CONSOLE, PROVEN)),
    on(445, "tree's request", ((False, TREE_2[:90]), (False, TREE_2[90:]), (True, TREE_2_GRANTED)),
       of_both(SITE, PROVEN, SITE, PROVEN)),
    on(389, "entry", (*alone(SEARCH), *cut(ENTRY + kb.ldap_done(), 30)),
       of_both(DC, PROVEN, "Advanced Client", UNCONFIRMED)),
    on(389, "search", ((False, SEARCH[:40]), (False, SEARCH[40:]), (True, ENTRY + kb.ldap_done())),
       of_both(DC, PROVEN, "Advanced Client", UNCONFIRMED)),
    on(1433, "login's answer", (*alone(LOGIN), *cut(LOGGED_IN, 20)),
       of_server("SQL Server", UNCONFIRMED)),
)

GROUPS = {"numbers": NUMBERS, "numbers-again": NUMBERS_AGAIN, "elsewhere": ELSEWHERE,
          "returned": RETURNED, "shares": SHARES, "pieces": PIECES}

# What is asked, and what its success is, where the ports of a connection are used again.
OPEN = (("tree", 445, TREE, TREE_GRANTED), ("tree of SMB 2", 445, TREE_2, TREE_2_GRANTED),
        ("entry", 389, ADD, kb.ldap_added()), ("login", 1433, LOGIN, LOGGED_IN))
