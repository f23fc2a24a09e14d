#!/usr/bin/env python3
# configmgr_ports.py
# Writes plugin/doc/configmgr-ports.md: the ports of Configuration Manager and SMS 2.0, row by row
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows are those of plugin/audit/matrices/configmgr.csv and sms2.csv; what Wireshark shows of
them is what tshark prints for the made site and, for rows that it has not, for the flows of
matrix_rows.py. The text around them is here.

    python3 test-captures/generate/configmgr_ports.py   # a tshark that loads the plugin, no root
"""

import pathlib
import re
import subprocess
import tempfile
from collections import namedtuple

import kb826852 as article
import matrices
import matrix_rows
import plan_cm_site
from kb826852 import cell, cut, table, wrap

PAGE = article.ROOT / "plugin" / "doc" / "configmgr-ports.md"
SITE = ("made/cm-site.pcap", "made/cm-troubles.pcap")

INTRODUCTION = """\
# Configuration Manager's ports, row by row

`test-captures/generate/configmgr_ports.py` writes this page from the tables of the plugin and the
output of tshark; a test compares. Do not edit it by hand.

With the preference `smsrc.audit.matrix:configmgr` the audit judges flows against Microsoft's page
*Ports used in Configuration Manager* (`MicrosoftDocs/memdocs`,
`intune/configmgr/core/plan-design/hierarchy/ports.md`, page date 12/08/2025) and its companions on
client deployment, Windows Firewall, migration and the data flow of a cloud management gateway; with
`smsrc.audit.matrix:sms2` against KB 200898 (SMS 2.0). Without it, the list is
[KB 826852](kb826852.md). Questions of administrators, with filters:
[Configuration Manager](configmgr.md#ten-questions).

* The id is the value of `smsrc.audit.row`. Microsoft's page does not number its rows: the letters are
  its tables in their order, `CM-` is the page, `CMC-` its companions, `CM-GAP` a port that a site uses
  and the page omits, `CM07-` one that only Configuration Manager 2007 listed, `SMS2-` KB 200898.
* *Direction* is `→` if one end opens the connection, and `↔` if either may.
* *Shared with* names the row that a flow is given in place of this one: both have the same ends,
  transport and port, and the first one counts.
* Below a table is a packet of each row, as tshark {version} prints it with `-2`, cut at {width}
  columns. Packets of `cm-site` and `cm-troubles` are of a
  [made site](../../test-captures/generate/README-audit.md); all others are made row by row, and show
  no more than port and service.

## Notes of the page

| note | contents | effect in the plugin |
|---|---|---|
{notes}

## Misprints and oddities
"""

NOTES = (
    ("1", "a fixed port, which may go through the proxy that is configured",
     "a request to a proxy is judged by the port in its URI"),
    ("2", "another port can be set in the product",
     "a port with a name (column *port*) has [a preference](fields.md#preferences) of that name"),
    ("3", "WSUS has 80 with 443, or P with P+1; HTTP is needed beside HTTPS",
     "80 and 8530 are one requirement, and so are 443 and 8531"),
    ("4", "TFTP is answered from a high port", "that port belongs to the flow of row CM-I3"),
    ("5", "site server and site systems call each other, unless an option makes the site server "
     "start all connections; reporting services points and distribution points send nothing back",
     "`↔`; the option is the preference `smsrc.audit.site_server_calls`"),
    ("6", "the dynamic ports of RPC", "1024-5000 and 49152-65535, where the content is RPC, and any port "
     "that an endpoint mapper has named"),
)

# What is printed, the evidence against it, how it is read.
ODDITIES = (
    ("UDP 135 for nearly every pair with a site server",
     "no request to the endpoint mapper over UDP has been observed (SCCMdocs issue 628)",
     "printed, not expected: Listed where it is seen, never missed"),
    ("UDP 636", "LDAP over TLS has no UDP form", "printed, not expected"),
    ("endpoint mapper from the site server to a state migration point, no dynamic port",
     "the mapper's answer names a port that is called next",
     "the same port is printed for the installation of any site system: CM-BU3"),
    ("reporting services point and site server call each other",
     "note 5 says that it does not call back", "as printed; read the note, not the arrow"),
    ("8005 from a client to a distribution point",
     "the page of client settings has 8005 as a listener on the client itself, which no firewall "
     "has to let pass", "printed, not expected; between two clients it is off the matrix"),
    ("the port for HTTPS is \"1 or higher\" (note 3)",
     "the companion page says one higher", "P+1"),
    ("the certificate registration point is in the list of those that talk to SQL Server",
     "it has no table", "CM-BS1"),
    ("DHCP 68 from a client to a distribution point",
     "on the wire the direction is reversed", "as printed (CM-I2); what a DHCP server sends is CM-BV4"),
    ("console to site server has 135 alone",
     "console to SMS Provider has the dynamic port as well", "a gap: CM-GAP2"),
    ("a client asks domain controllers on 3268 alone, Kerberos is TCP 88 without ends",
     "every member of a domain uses 389, 88 over UDP, 53 and 445",
     "gaps: CM-GAP4 to CM-GAP13, DNS is CM-BV1"),
    ("SQL Server Browser is TCP 1434 in one state of the page, UDP 1434 in others",
     "the protocol is UDP", "UDP: CM-BP3"),
)

PARTS = (  # heading, matrix, prefix of the ids, words
    ("The page", "configmgr", "CM-", ""),
    ("Its companions", "configmgr", "CMC-", "Client deployment and the firewall of clients, "
     "migration, and the data flow of a cloud management gateway. Most of it repeats the page."),
    ("Ports that a site uses and the page omits", "configmgr", "CM-GAP", "Not the site's fault, and "
     "a firewall must let it pass as well: verdict KB gap."),
    ("What only Configuration Manager 2007 listed", "configmgr", "CM07-", "Fragments: its table of "
     "roles is not to be had any more. Verdict Legacy product."),
    ("KB 200898: SMS 2.0", "sms2", "SMS2-", "The article goes by protocols and names no pairs of "
     "roles. It names the ports of Remote Tools only by the numbers of other articles."),
)

Shown = namedtuple("Shown", "line capture")


def rows_of(matrix, prefix):
    return [row for row in matrix.rows if row["id"].startswith(prefix) and
            row["id"].startswith("CM-GAP") == (prefix == "CM-GAP")]


# --- What Wireshark shows -------------------------------------------------------------------------

def packets(tshark, matrix, folder):
    """Row id -> Shown: of the made site where it has the row, else of the row's own flow."""
    cases = matrix_rows.cases(matrix)
    own = pathlib.Path(folder) / f"{matrix.name}.pcap"
    matrix_rows.write(cases, own)
    preference = f"smsrc.audit.matrix:{matrix.name}"
    captures = [(own, "", [preference, "smsrc.audit.learn:FALSE", *matrix_rows.role_lines(cases)])]
    if matrix.name == "configmgr":
        captures = [(name, pathlib.Path(name).stem, [preference, *plan_cm_site.role_lines()])
                    for name in SITE] + captures
    known, found = {row["id"] for row in matrix.rows}, {}
    for path, name, prefs in captures:
        flows, _ = article.audited_flows(tshark, path, prefs)
        chosen = {}
        for (_, row, verdict), number in flows.items():
            if row in known and row not in found and verdict in matrix_rows.VERDICTS.values():
                chosen.setdefault(row, number)
        shown = article.looks(tshark, path, prefs, set(chosen.values()))
        found.update({row: Shown(shown[number].line, name) for row, number in chosen.items()})
    return found


# --- The page -------------------------------------------------------------------------------------

def port(row):
    if not row["port_low"]:
        return row["transport"]
    last = "" if row["port_high"] == row["port_low"] else f"-{row['port_high']}"
    named = f" (`{row['port_name']}`)" if row["port_name"] else ""
    return f"{row['transport']} {row['port_low']}{last}{named}"


def words(row, twins, rows):
    """Notes on a row."""
    said = []
    if row["class"] == "printed-not-expected":
        said.append("printed, not expected")
    alike = [other["id"] for other in rows if row["one_of"] and other["one_of"] == row["one_of"] and
             other["id"] != row["id"]]
    if alike:
        said.append("one of these: this or " + ", ".join(alike))
    if row["condition"]:
        said.append(row["condition"])
    if row["id"] in twins:
        said.append("shared with " + twins[row["id"]])
    if row["note"] and row["note"] != row["condition"]:
        said.append(row["note"])
    return cell("; ".join(said)) or "–"


def section(heading, rows, parties, twins, found):
    lines = [(row["id"], parties[row["initiator"]],
              "↔" if row["direction"] == "both" else "→", parties[row["responder"]],
              cell(row["service"]), port(row), words(row, twins, rows)) for row in rows]
    parts = [f"### {heading}", table(("row", "initiator", "direction", "responder", "service",
                                      "port", "notes"), lines)]
    shown = [f"{row['id']:9}{found[row['id']].capture:13}{found[row['id']].line}" for row in rows
             if row["id"] in found]
    if shown:
        parts.append("```\n" + "\n".join(map(cut, shown)) + "\n```")
    return parts


def parties_of(matrix):
    return {line["party"]: line["name"] for line in matrices.table("parties")}


def page(tshark, version, folder):
    """The page. tshark(capture, prefs, *args) -> what it prints for it in two passes; folder: where
    captures may be written."""
    both = {name: matrix_rows.Matrix(name) for name in ("configmgr", "sms2")}
    found = {name: packets(tshark, matrix, folder) for name, matrix in both.items()}
    out = [INTRODUCTION.format(version=version, width=article.WIDTH, notes="\n".join(
        "| " + " | ".join(note) + " |" for note in NOTES)).rstrip(),
        table(("printed", "evidence against it", "read as"), ODDITIES)]
    for heading, name, prefix, said in PARTS:
        rows = rows_of(both[name], prefix)
        parties, twins = parties_of(both[name]), both[name].twins()
        out += [f"## {heading}", *([wrap(said)] if said else [])]
        for title in dict.fromkeys(row["section"] for row in rows):
            out += section(title, [row for row in rows if row["section"] == title], parties, twins,
                           found[name])
    return "\n\n".join(out) + "\n"


if __name__ == "__main__":
    VERSION = subprocess.run(["tshark", "--version"], check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout
    with tempfile.TemporaryDirectory() as FOLDER:
        PAGE.write_text(page(article.run_tshark, re.search(r"(\d+\.\d+)\.\d+", VERSION)[1], FOLDER),
                        encoding="utf-8")
