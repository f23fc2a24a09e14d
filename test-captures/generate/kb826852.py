#!/usr/bin/env python3
# kb826852.py
# Writes plugin/doc/kb826852.md: the article row by row, and how each row looks in Wireshark
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows are those of the plugin's own table, plugin/audit/matrices/kb826852.csv; what Wireshark
shows of them is what tshark prints for the recorded and the made captures. The text around them is
here.

    python3 test-captures/generate/kb826852.py   # a tshark that loads the plugin, no root
"""

import collections
import pathlib
import re
import subprocess
import textwrap

import matrices
import plan_site

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "plugin" / "doc" / "kb826852.md"
CAPTURES = ROOT / "test-captures"

# A flow is searched in this order: recorded captures first, then made ones.
RECORDED = ("recorded/site.pcapng", "recorded/site-misconfigured.pcapng",
            "recorded/site-firewalled.pcapng")
PLANNED = ("made/site-clean.pcap", "made/site-violations.pcap")
LEARNED = ("made/audit-smb.pcap", "made/session-old-ports.pcap", "made/session-udp.pcap",
           "made/audit-remote.pcap")

# The verdict on a flow that is a row of this class.
VERDICTS = {"LISTED": "Listed", "LISTED_CORRECTED": "Corrected", "LISTED_AS_PRINTED": "Listed",
            "LISTED_INTERPRETED": "Corrected", "DISCOURAGED": "Listed",
            "CONFIGURABLE": "Listed", "GAP": "KB gap", "LATER_PRODUCT": "Later product",
            "LEGACY_PRODUCT": "Legacy product"}

# As wide as a page may be; the rest of a line is cut.
WIDTH = 100

Row = collections.namedtuple("Row", "id section text initiator responder service transport low "
                             "high kind note")
Look = collections.namedtuple("Look", "capture line audit")

INTRODUCTION = """\
# KB 826852, row by row

`test-captures/generate/kb826852.py` writes this page from the table of the plugin and the output of
tshark; a test compares. Do not edit it by hand.

KB 826852, *Ports that Systems Management Server 2003 uses to communicate through a firewall or
through a proxy server*, mixes lists by pairs of roles (A to F) with lists of protocols that name no
roles (G to J). This page contains each row, its interpretation by the plugin, and an example of a
flow; then the ports that SMS 2003 uses beyond the article, and those of later and earlier products.

* The id is the value of `smsrc.audit.row`; the article does not number its rows.
* *Printed* is the cell in the article, *Read as* its interpretation by the plugin.
* The examples below the tables are the output of tshark {version} with `-2`: a frame of the packet
  list, and the tree of the audit, cut at {width} columns. The packet list of other versions of
  Wireshark differs.
* The captures are in `test-captures`: recordings of real servers and clients under SMS's names, and
  synthetic captures ([the captures](protocol.md#the-captures)). The roles of the hosts are from the
  table `smsrc_roles` (`test-captures/lab/hosts`, `test-captures/generate/plan_site.py`), except
  where the example is marked "learned".

## Misprints and oddities
"""

# What is printed, the evidence against it, how it is read.
ODDITIES = (
    ("`LDAP389389`, `135135`, `Kerberos8888`",
     "only some archives of the article have it so; others print `Kerberos | 88 | 88`",
     "two cells, UDP and TCP: A1, A2, A4, A5, A8, A9. Port 8888 is in no row"),
    ("WINS is UDP 138",
     "KB 200898 and KB 832017 print 137, and so does this article under NetBIOS (G1)",
     "H4 is 137, verdict Corrected. H4s keeps the printed 138"),
    ("RPC 135, NetBIOS datagrams 139 and client sessions 139 stand under headings that say "
     "UDP",
     "135 and the first 139 have TCP in their cells, and NetBIOS sessions are TCP; KB 200898 "
     "has a heading for them that was lost",
     "TCP: H3, G3, H6"),
    ("\"NetBIOS datagrams TCP 139\"",
     "datagrams are UDP 138 (H5); 139 is the session service",
     "H6 is the session service, verdict Corrected"),
    ("2702 is remote control data, 2704 file transfer",
     "IANA's list, and so Wireshark's port column, has the two names swapped",
     "the article is right (KB 256884 agrees); `smsrc.channel.iana` has IANA's name"),
    ("SMB on 445 alone for sites, 139 and 445 for distribution points, 139 alone for SQL's "
     "pipes",
     "both ports carry the same service",
     "as printed; the port that is missing is a gap (GAP24)"),
    ("Kerberos for site servers only",
     "every member of a domain uses it",
     "A8 and A9 as printed; the others' is a gap (GAP30, GAP31)"),
    ("SQL Server may use another port, which the DSN contains",
     "–",
     "I4, with the port from the preference `smsrc.audit.sql_ports`"),
    ("\"... or through a proxy server\"",
     "no row says how",
     "a request to a proxy is judged by the port in its URI"),
    ("IPX packets of type 20, a note under NetBIOS",
     "has no port",
     "G4"),
    ("PPTP 1723",
     "its data is GRE, which has no port",
     "J1 is the control connection; GRE is not judged"),
)

# The article's headings: its text there, and notes.
SECTIONS = {
    "Site server to Active Directory": "The site server publishes its site and boundaries in the "
    "directory, asks for those of others, and runs discovery. A table with columns for UDP and "
    "TCP; \"N/A\" where UDP is not used.",
    "Site server to child site / secondary site / SMS SQL Server": "One printed row for three "
    "kinds of servers. It has no transport: SMB on 445 is TCP. Only the way down is printed; the "
    "child's way up is GAP25.",
    "Site server / MP / SLP / RP to SMS SQL Server": "One printed row for five kinds of callers, "
    "among them proxy management points.",
    "Advanced Client to Active Directory": "The Advanced Client looks for the management point "
    "that fits its address. Kerberos is not printed for clients.",
    "Advanced Client to MP or DP": "The client always calls, never the server: a management point "
    "that calls a client has the verdict Wrong direction. A distribution point with BITS needs "
    "port 80 only; 139 and 445 are for those without.",
    "Remote Control service Wuser32": "Four functions, each over TCP and UDP. The direction is not "
    "printed: the administrator's viewer calls the agent. Agents of SMS 2003 listen on TCP only, "
    "so UDP has the note `smsrc.udp` (SMS 2.0-compatible transport).",
    "SMS Remote Control UDP (NetBIOS over TCP/IP)": "Remote control over NetBIOS, for SMS 2.0. The "
    "direction is not printed.",
    "Microsoft Windows NT UDP": "What Windows itself uses, without roles; \"any host\" is the "
    "plugin's word for that. The console's 135 is a note below the list.",
    "Microsoft SQL Server ports": "Prose in the article: TCP, named pipes, or one's own port "
    "in the DSN. Names by broadcast are advised against: `smsrc.audit.discouraged`.",
    "SMS RAS Sender": "Two sites send to each other over PPTP.",
}

NEIGHBORS = {
    "GAP": ("Ports that SMS 2003 uses and the article omits", "KB gap", "Not the site's fault, and "
            "a firewall must let it pass as well: verdict KB gap, `smsrc.audit.kb_gap` (Note). "
            "The dynamic ports of RPC count only where the content is RPC."),
    "LATER_PRODUCT": ("ConfigMgr 2007 and later", "Later product", "Ports that later products have "
                      "and SMS 2003 does not: `smsrc.audit.later_product` (Note)."),
    "LEGACY_PRODUCT": ("SMS 1.x, and 2.0 before SP2", "Legacy product", "Remote Control's older "
                       "ports: `smsrc.audit.legacy_product` (Note)."),
}

# How a row is read where its class does not describe it all, or describes it for developers.
READINGS = {
    "A4": "as printed; rarely seen",
    "A5": "as printed; the dynamic port that RPC goes on to is not: GAP9, GAP10",
    "A8": "88, not 8888",
    "A9": "88, not 8888",
    "B1": "TCP; the LAN sender's `\\\\server\\SMS_SITE`",
    "G2": "as printed (KB 200898: \"sending the screen image\")",
    "G3": "TCP, though its heading says UDP: verdict Corrected",
    "G4": "IPX packet type 20, no port; verdict Unconfirmed, as no table has an address of IPX",
    "H3": "TCP, though its heading says UDP",
    "H3n": "as printed; the dynamic port that RPC goes on to is not: GAP1 to GAP4",
    "H4": "137, name resolution (KB 200898, KB 832017, G1): verdict Corrected",
    "H4s": "the misprint as it stands, so that nothing is flagged because of it",
    "H6": "TCP and the session service, no datagrams: verdict Corrected",
    "I3a": "advised against; broadcasts only",
    "I3b": "advised against; broadcasts only",
    "I4": "the ports of the preference `smsrc.audit.sql_ports`",
}

CLASS_WORDS = {"LISTED": "as printed", "LISTED_CORRECTED": "corrected",
               "LISTED_INTERPRETED": "read with its heading corrected",
               "LISTED_AS_PRINTED": "as printed", "DISCOURAGED": "advised against",
               "CONFIGURABLE": "one's own port"}

# A flow of each verdict that is not a row, and one that is blocked: (verdict or filter, words).
NOT_ON_A_ROW = (
    ("Off matrix", "A service of SMS on a port that no row has; the nearest row is named:"),
    ("Wrong service", "A port of the matrix that carries something else:"),
    ("Wrong direction", "A row in the opposite direction:"),
)
BLOCKED = "smsrc.audit.blocked"


# --- The plugin's table -------------------------------------------------------------------------

def table_rows():
    """Every row of the plugin's table, in its order, with the names of its parties."""
    names = {token: party["name"] for token, party in matrices.parties("kb826852").items()}
    return [Row(row["id"], row["section"], row["text"], names[row["initiator"]],
                names[row["responder"]], row["service"], row["transport"],
                int(row["port_low"] or 0), int(row["port_high"] or 0),
                row["class"].upper().replace("-", "_"), row["note"])
            for row in matrices.table("kb826852")]


def port(row):
    if row.kind == "CONFIGURABLE":
        return "TCP, own"
    if row.low == 0:
        return row.transport
    return f"{row.transport} {row.low}" + (f"-{row.high}" if row.high != row.low else "")


# --- What Wireshark shows -----------------------------------------------------------------------

def lab_roles():
    """The table smsrc_roles of the recorded site, and its own port for SQL."""
    prefs = []
    for line in (CAPTURES / "lab" / "hosts").read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            _, address, code, roles = line.split(None, 3)
            if roles != "-":
                prefs += [f'uat:smsrc_roles:"{address}","{role}","{"" if code == "-" else code}"'
                          for role in sorted(roles.split(", "))]
    return [*prefs, "smsrc.audit.sql_ports:14330"]


def captures():
    """(name, preferences) in the order in which flows are searched."""
    return [*((name, lab_roles()) for name in RECORDED),
            *((name, [*plan_site.role_lines(), plan_site.CUSTOM_SQL]) for name in PLANNED),
            *((name, []) for name in LEARNED)]


def audited_flows(tshark, name, prefs):
    """(first frame of a flow, row, verdict) -> the frame of it that shows most: the first that
    carries something. And the first frame in which a flow is blocked."""
    fields = ("frame.number", "smsrc.audit.first_frame", "smsrc.audit.row",
              "smsrc.audit.verdict", "tcp.len", BLOCKED)
    said = tshark(CAPTURES / name, prefs, "-Y", "smsrc.audit.row", "-T", "fields", "-E",
                  "occurrence=f", *(word for field in fields for word in ("-e", field)))
    best, blocked = {}, None
    for line in said.splitlines():
        number, first, row, verdict, length, refused = line.split("\t")
        key = (int(first), row, verdict)
        carries = length != "0"
        if key not in best or carries and not best[key][0]:
            best[key] = (carries, int(number))
        if refused and blocked is None:
            blocked = int(number)
    return {key: number for key, (_, number) in sorted(best.items())}, blocked


def looks(tshark, name, prefs, numbers):
    """frame number -> Look: its line in the packet list and the audit's part of its tree."""
    if not numbers:
        return {}
    said = tshark(CAPTURES / name, prefs, "-P", "-O", "smsrc.audit", "-Y",
                  "frame.number in {%s}" % ", ".join(map(str, sorted(numbers))))
    found, number, audit = {}, None, False
    for line in said.splitlines():
        start = re.match(r" *(\d+) +\d+\.\d+ ", line)
        if start:
            number, audit = int(start[1]), False
            found[number] = Look(name, line.strip(), [])
        elif re.match(r"\[?Microsoft SMS Port Audit", line):
            audit = True
        elif not line.startswith(" "):
            audit = False
        if audit and re.search(r"Port Audit|\[Row description|\[Expert Info", line):
            found[number].audit.append(line)
    return found


def everything(tshark, rows):
    """Row id -> Look of a flow of it; verdict, or BLOCKED, -> Look of one that is not a row."""
    # No table has an address of IPX, so nothing confirms its roles.
    wanted = {(row.id, "Unconfirmed" if row.transport == "IPX" else VERDICTS[row.kind]): row.id
              for row in rows}
    wanted.update({verdict: verdict for verdict, _ in NOT_ON_A_ROW})
    found = {}
    for name, prefs in captures():
        flows, blocked = audited_flows(tshark, name, prefs)
        chosen = {}
        for (_, row, verdict), number in flows.items():
            key = wanted.get((row, verdict)) or wanted.get(verdict)
            if key and key not in found and key not in chosen:
                chosen[key] = number
        if blocked and BLOCKED not in found:
            chosen[BLOCKED] = blocked
        shown = looks(tshark, name, prefs, set(chosen.values()))
        found.update({key: shown[number] for key, number in chosen.items()})
    return found


# --- The page -----------------------------------------------------------------------------------

def cell(text):
    return re.sub(r"([\\|<$])", r"\\\1", text)


def cut(line):
    return line if len(line) <= WIDTH else line[:WIDTH - 1] + "…"


def reading(row):
    if row.id in READINGS:
        return READINGS[row.id]
    return CLASS_WORDS[row.kind] + (f"; {cell(row.note)}" if row.note else "")


def table(head, lines):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head),
                      *("| " + " | ".join(line) + " |" for line in lines)])


def shown_rows(rows, found):
    """The rows as Wireshark shows them, each below the filter that finds it; and the others."""
    lines = []
    for row in rows:
        look = found.get(row.id)
        if look:
            learned = " (learned)" if look.capture in LEARNED else ""
            lines += [f'smsrc.audit.row == "{row.id}"{" " * (8 - len(row.id))}'
                      f"{look.capture}{learned}", *map(cut, [f"  {look.line}", *(
                          f"  {line}" for line in look.audit if "Expert Info" not in line)]), ""]
    absent = [row.id for row in rows if row.id not in found]
    parts = ["```\n" + "\n".join(lines).rstrip() + "\n```"] if lines else []
    if absent:
        parts.append(wrap(f"No capture here has a flow of: {', '.join(absent)}."))
    return parts


def article(rows, found):
    out = []
    for section, said in SECTIONS.items():
        of_it = [row for row in rows if row.section == section]
        out += [f"## {of_it[0].id[0]}: {section}", wrap(said),
                table(("row", "initiator", "responder", "service", "port", "printed",
                       "read as"),
                      [(row.id, row.initiator, row.responder, cell(row.service), port(row),
                        cell(row.text), reading(row)) for row in of_it]),
                *shown_rows(of_it, found)]
    return out


def neighbors(rows, found):
    out = []
    for kind, (heading, _, said) in NEIGHBORS.items():
        of_it = [row for row in rows if row.kind == kind]
        out += [f"## {heading}", wrap(said),
                table(("row", "initiator", "responder", "service", "port", "what", "of",
                       "source"),
                      [(row.id, row.initiator, row.responder, cell(row.service), port(row),
                        cell(row.text), row.section, cell(row.note)) for row in of_it]),
                *shown_rows(of_it, found)]
    return out


def not_on_a_row(found):
    out = ["## What is not a row, or does not get through"]
    told = [(f'smsrc.audit.verdict == "{verdict}"', verdict, words)
            for verdict, words in NOT_ON_A_ROW]
    for query, key, words in [*told, (BLOCKED, BLOCKED, "A blocked row:")]:
        look = found[key]
        out += [words, "```\n" + "\n".join([f"{query}  {look.capture}", *map(cut, [
            f"  {look.line}", *(f"  {line}" for line in look.audit)])]) + "\n```"]
    return out


def wrap(text):
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def page(tshark, version):
    """The page. tshark(capture, prefs, *args) -> what it prints for it in two passes."""
    rows = table_rows()
    printed = [row for row in rows if row.kind not in NEIGHBORS]
    unknown = {row.section for row in printed} ^ set(SECTIONS)
    if unknown:
        raise ValueError(f"headings of the table's or of this script's only: {unknown}")
    found = everything(tshark, rows)
    return "\n\n".join([INTRODUCTION.format(version=version, width=WIDTH).rstrip(),
                        table(("printed", "evidence against it", "read as"),
                              [[text.replace("|", "\\|") for text in line] for line in ODDITIES]),
                        *article(printed, found), *neighbors(rows, found),
                        *not_on_a_row(found)]) + "\n"


def run_tshark(capture, prefs, *args):
    options = [word for pref in prefs for word in ("-o", pref)]
    return subprocess.run(["tshark", "-n", "-2", "-r", str(capture), *options, *args], check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


if __name__ == "__main__":
    VERSION = subprocess.run(["tshark", "--version"], check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout
    PAGE.write_text(page(run_tshark, re.search(r"(\d+\.\d+)\.\d+", VERSION)[1]), encoding="utf-8")
