# matrix_rows.py
# For each row of a port matrix a flow between two separate hosts that is this row and no other
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests write these captures and hold the audit to them: no file is committed.

A host has one role, chosen so that no other row of the matrix is as good for the pair. Which row is
the best is said here again, without the plugin: of the rows that fit, the published ones come
first, then gaps, then other products; in each list the row that names more of the two ends, then the
one that is printed first. A row to which no pair of roles leads has another before it in all
cases: twin() names it."""

import functools
import re
from collections import namedtuple

import cm_services as cm
import kb_services as kb
import matrices
import messages as rc
import plan_site
from flows import Capture, mac_of
from plan_site import TCP, UDP, Talk, ask
from sms_site import KINDS

# A host whose role no row has, for rows of any host.
NO_HOST = "system_health_validator_point"
SPECIAL = {"any": NO_HOST}
VERDICTS = {"listed": "Listed", "listed-corrected": "Corrected", "listed-interpreted": "Corrected",
            "listed-as-printed": "Listed", "discouraged": "Listed", "configurable": "Listed",
            "printed-not-expected": "Listed", "gap": "KB gap", "later-product": "Later product",
            "legacy-product": "Legacy product"}
# No table has an address of IPX.
VERDICT_OF_IPX = "Unconfirmed"
CUSTOM_SQL_PORT = plan_site.CUSTOM_SQL_PORT

Case = namedtuple("Case", "row initiator responder transport client client_port server server_port "
                  "talk")


@functools.cache
def role_names():
    """Token -> name, from the list of roles."""
    text = (matrices.FOLDER.parents[2] / "include/model/role.h").read_text(encoding="utf-8")
    return {name.lower(): said
            for name, said in re.findall(r'^ +ROLE\((\w+), "([^"]+)"', text, re.MULTILINE)}


# --- Which row a flow is --------------------------------------------------------------------------

def roles_of(name, party):
    """The roles of a party in a matrix, which may have its own reading."""
    found = [line for line in matrices.table("parties")
             if line["party"] == party and line.get("matrix", "") in ("", name)]
    own = [line for line in found if line.get("matrix")]
    return (own or found)[0]["roles"].split()


class Matrix:
    def __init__(self, name):
        self.name = name
        self.rows = matrices.table(name)
        parties = {row[end] for row in self.rows for end in ("initiator", "responder")}
        self.roles = {party: roles_of(name, party) for party in parties}

    def ways(self, row):
        """The pairs of parties that may call: one, or the two orders of it."""
        pair = (row["initiator"], row["responder"])
        return (pair, pair[::-1]) if row.get("direction") == "both" else (pair,)

    def precision(self, row):
        return sum(self.roles[row[end]] != ["any"] for end in ("initiator", "responder"))

    def ports(self, row):
        """The ranges of a row. One that is dynamic by name has those of all versions of Windows."""
        if row["class"] == "configurable":
            return ((CUSTOM_SQL_PORT, CUSTOM_SQL_PORT),)
        if row.get("port_name") == "dynamic_rpc":
            return ((1024, 5000), (49152, 65535))
        low = int(row["port_low"] or 0)
        return ((low, int(row["port_high"] or 65535)),)

    def carries(self, row, content):
        """Content that is not known may be any service; but a range of ports is that of RPC only
        where RPC is seen."""
        if not content:
            return row.get("port_name") != "dynamic_rpc"
        return content in (row["content"].split() or [content])

    def fits(self, row, ends, transport, port, content):
        if row["transport"] != transport or not self.carries(row, content):
            return False
        return any(low <= port <= high for low, high in self.ports(row)) and any(
            all(held in self.roles[party] or self.roles[party] == ["any"]
                for held, party in zip(ends, way)) for way in self.ways(row))

    def best(self, ends, transport, port, content):
        fitting = [row for row in self.rows if self.fits(row, ends, transport, port, content)]
        return min(fitting, key=lambda row: (row["class"] in matrices.SUPPLEMENTS,
                                             row["class"] != "gap", -self.precision(row)))

    def choices(self, row):
        """Each (roles of both ends, port, content) that fits a row."""
        low, high = self.ports(row)[-1]
        for content in row["content"].split() or ("", "http"):
            for way in self.ways(row):
                for one in self.roles[way[0]]:
                    for other in self.roles[way[1]]:
                        for port in dict.fromkeys((low, (low + high) // 2)):
                            yield (SPECIAL.get(one, one), SPECIAL.get(other, other)), port, content

    def choice(self, row):
        """One that is this row and no other; None if there is none."""
        return next((choice for choice in self.choices(row)
                     if "sql_client" not in choice[0] and
                     self.best(choice[0], row["transport"], *choice[1:])["id"] == row["id"]), None)

    def twin(self, row):
        """The row that is before this one for any client."""
        ends, port, content = next(self.choices(row))
        return self.best(ends, row["transport"], port, content)["id"]

    def twins(self):
        return {row["id"]: self.twin(row) for row in self.rows if self.choice(row) is None}


# --- What a flow carries --------------------------------------------------------------------------

HOST = "host." + cm.DOMAIN
# RFC 1157: the description of a system.
SNMP_GET = bytes.fromhex("302602010004067075626c6963a019020101020100020100300e300c06082b06010201010100"
                         "0500")
BY_CONTENT = {
    "": lambda server: ask(cm.UNKNOWN * 2, cm.UNKNOWN * 3),
    "http": lambda server: ask(cm.get("/", HOST), cm.answer(body=b"ok", kind="text/plain")),
    "tls": lambda server: ask(*cm.tls(HOST)),
    "smb1": lambda server: plan_site.smb("\\\\HOST\\data", "file.txt"),
    "smb2": lambda server: ask(*cm.smb("host", "data", "file.txt")),
    "nbss": lambda server: plan_site.RC_NBSS,
    "nbns": lambda server: ask(kb.nbns_query("HOST", 0x20), kb.nbns_answer("HOST", 0x20, server)),
    "ldap": lambda server: ask(*cm.find_site("PR1", "mp01")),
    "cldap": lambda server: plan_site.LDAP_PING,
    "tds": lambda server: ask(*cm.SQL_SEALED),
    "dns": lambda server: ask(kb.dns_query(HOST), kb.dns_answer(HOST, server)),
    "pptp": lambda server: plan_site.PPTP,
    "tftp": lambda server: ask(cm.tftp_read("SMSBoot\\x64\\wdsmgfw.efi")),
    "ntp": lambda server: ask(cm.NTP_REQUEST, cm.NTP_ANSWER),
    "snmp": lambda server: ask(SNMP_GET),
    "ssdp": lambda server: ask(b"M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\n"
                               b"MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"),
    "rdp": lambda server: ask(cm.RDP_REQUEST, cm.RDP_CONFIRM),
    "netbios_ipx": lambda server: Talk("ipx", ()),
    "cm_remote_control": lambda server: Talk("says", ((True, rc.CM_GREETING),)),
}
# The same for those that differ by transport.
BY_TRANSPORT = {
    ("kerberos", TCP): lambda server: plan_site.KERBEROS_TCP,
    ("kerberos", UDP): lambda server: plan_site.KERBEROS_UDP,
    ("rpc", TCP): lambda server: ask(*cm.rpc(kb.SYSTEM_ACTIVATOR, 135)),
    ("rpc", UDP): lambda server: plan_site.EPM_UDP,
    ("dns", TCP): lambda server: ask(*(len(message).to_bytes(2, "big") + message for message in (
        kb.dns_query(HOST), kb.dns_answer(HOST, server)))),
    ("remote_control", UDP): lambda server: plan_site.RC_UDP,
    ("remote_control", TCP): lambda server: plan_site.RC_INFORMATION,
}
# The same by port: a change of a password, and IPv6 in Teredo.
BY_PORT = {
    (UDP, 464): ask(cm.password_change()),
    (TCP, 464): ask(kb.over_tcp(cm.password_change())),
    (UDP, 3544): ask(bytes((0x60, 0, 0, 0, 0, 0, 59, 64)) + bytes(range(32))),
}
# Where both ends have the same port.
OWN_PORTS = {67: 68, 68: 67, 137: 137, 138: 138}


def talk(content, transport, client, server, port):
    if (transport, port) in BY_PORT:
        return BY_PORT[transport, port]
    if content == "dhcp":
        return ask(kb.dhcp(kb.REQUEST, mac_of(client), client=client))
    if content == "nbdgm":
        return plan_site.announcement(client, "HOST1", "HOST2", 0x00)
    said = BY_TRANSPORT.get((content, transport)) or BY_CONTENT[content]
    return said(server)


def address(role, side):
    """The host of a role, and a second one for rows of two of the kind."""
    if role == "broadcast":
        return "10.70.%d.255" % side
    number = sorted(role_names()).index(role) + 1
    return "198.51.100.%d" % number if role == "internet" else "10.70.%d.%d" % (side, number)


def cases(matrix):
    """A flow for each row that has one."""
    found = []
    for number, row in enumerate(matrix.rows):
        choice = matrix.choice(row)
        if choice is None:
            continue
        ends, port, content = choice
        client, server = (address(role, side) for side, role in enumerate(ends, 1))
        said = talk(content, row["transport"], client, server, port)
        found.append(Case(row, *ends, row["transport"], client,
                          OWN_PORTS.get(port, 40000 + number), server, port, said))
    return found


def verdict(row):
    return VERDICT_OF_IPX if row["transport"] == "IPX" else VERDICTS[row["class"]]


def role_lines(played):
    """The table smsrc_roles of all hosts, as values of -o."""
    names = role_names()
    hosts = {(host, role) for case in played for host, role in (
        (case.client, case.initiator), (case.server, case.responder))}
    return ['uat:smsrc_roles:"%s","%s",""' % (host, names[role]) for host, role in sorted(hosts)
            if role not in ("broadcast", "internet")]


def write(played, path):
    cap = Capture(step=0.001)
    for case in played:
        KINDS[case.talk.kind](cap, case)
    cap.write(path)
