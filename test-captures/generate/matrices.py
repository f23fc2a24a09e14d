#!/usr/bin/env python3
# matrices.py
# Writes the C files of the port matrices from their tables: python3 matrices.py [--check]
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""plugin/audit/matrices/NAME.csv -> NAME.c beside it, and matrices.h for all of them.

The C files are committed: a build needs no Python. test_matrices.py holds them equal.

A matrix is a CSV with these columns, one row a line:

id                    "E1"; an id is never used again, so new rows go to the end of their list
section, text         the heading and what is printed below it, byte for byte
initiator, responder  parties of parties.csv
service               as a reader knows it
content               services of service.h that fit the row, separated by blanks; empty: any
transport             TCP, UDP or IPX
port_low, port_high   empty: IPX, or any port (class configurable)
class                 a class of matrix.h, in small letters: listed, listed-corrected, gap, ...
note                  the source, or what is unusual about the row

and these where it needs them:

direction             "both": either end may call; "site-server": the same, but for sites whose
                      site server starts all connections, where the initiator of the row does
one_of                the first of several rows that are alternatives: one of them is enough
port_name             a port of PORT_NAME_LIST, in small letters, which a preference may move
condition             when the row is needed, in words

Rows of the classes in SUPPLEMENTS are not of the list itself but supplement it. So do rows of other
matrices: relatives.csv has which, and what each class of them is there.

parties.csv has for each party its name, and the roles that fit it, separated by blanks. The role
"any" is any host, with a role or without one; "broadcast" is the destination of a broadcast;
"sql_client" is a client of the site database whose role is not known. A line with a matrix is the
party of that matrix alone, and comes before one without.
"""

import csv
import pathlib
import sys

COLUMNS = ("id", "section", "text", "initiator", "responder", "service", "content", "transport",
           "port_low", "port_high", "class", "note")
MORE_COLUMNS = ("direction", "one_of", "port_name", "condition")
OTHER_TABLES = ("parties", "relatives")

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "plugin" / "audit" / "matrices"
SUPPLEMENTS = ("gap", "later-product", "legacy-product")

# Rows of the sources of a matrix that it cannot have: their transport has no ports.
LEFT_OUT = {"CM07-E1": "ICMP echo"}

WIDTH = 100

HEAD = """/* {name}
 * {what}
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Written by test-captures/generate/matrices.py from {source}.
 * Do not edit.
 */

"""


def table(name):
    """The lines of a table: dictionaries of its columns."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def names():
    """The matrices that have a table."""
    return sorted(path.stem for path in FOLDER.glob("*.csv") if path.stem not in OTHER_TABLES)


def parties(*matrices):
    """The parties of these matrices: party -> its line. Those of an earlier one come first."""
    lines = table("parties")
    return {line["party"]: line for matrix in ("", *reversed(matrices)) for line in lines
            if line["matrix"] == matrix}


def _within(inner, outer, special="any"):
    """True if each word of a column is one of another, which may be a special word for all."""
    return outer == special or (inner != special and set(inner.split()) <= set(outer.split()))


def _has(row, known, other, others):
    """True if a row has all flows that a row of another matrix has."""
    ends = [(known[row[end]]["roles"], others[other[end]]["roles"])
            for end in ("initiator", "responder")]
    return (row["transport"] == other["transport"] and row["port_low"] and other["port_low"] and
            int(row["port_low"]) <= int(other["port_low"]) and
            int(other["port_high"]) <= int(row["port_high"]) and
            _within(other["content"] or "any", row["content"] or "any") and
            all(_within(theirs, ours) for ours, theirs in ends))


def relative_rows(name):
    """The rows of other matrices that this one has not: (row, parties), with its class here."""
    found = []
    own = [row for row in table(name) if row["class"] not in SUPPLEMENTS]
    for line in table("relatives"):
        if line["matrix"] != name:
            continue
        known, others = parties(name), parties(name, line["relative"])
        found += [(row | {"class": line["as"]}, others) for row in table(line["relative"])
                  if line["class"] == (row["class"] if row["class"] in SUPPLEMENTS
                                       else "published") and
                  not any(_has(one, known, row, others) for one in own)]
    return found


def lists(name):
    """The lists of rows of a matrix: (row, parties). They are not all in each."""
    known = parties(name)
    rows = [(row, known) for row in table(name)]
    parts = {"rows": [row for row in rows if row[0]["class"] not in SUPPLEMENTS],
             "supplements": [row for row in rows if row[0]["class"] in SUPPLEMENTS],
             "relatives": relative_rows(name)}
    if parts["relatives"]:  # what the product itself uses comes before other products
        parts["relatives"] = [row for row in parts["supplements"]
                              if row[0]["class"] != "gap"] + parts["relatives"]
        parts["supplements"] = [row for row in parts["supplements"] if row[0]["class"] == "gap"]
    return {part: rows for part, rows in parts.items() if rows}


# --- C ------------------------------------------------------------------------------------------

def member(name, words, glue=""):
    """A member of a row and its value, in as many lines as the words of the value need."""
    lines = [f"        .{name} ="]
    for number, word in enumerate(words):
        word += glue if number < len(words) - 1 else ","
        if len(f"{lines[-1]} {word}") <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(" " * 12 + word)
    return "\n".join(lines) + "\n"


def text(name, value):
    """A member that is a string, as literals of one line each."""
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    room = WIDTH - len(f'        .{name} = "",')
    if len(value) <= room:
        return f'        .{name} = "{value}",\n'
    lines, line = [], ""
    for word in value.split(" "):
        if line and len(line) + len(word) + 1 > WIDTH - 16:
            lines.append(line)
            line = ""
        line += word + " "
    lines.append(line[:-1])
    return (f"        .{name} =\n" +
            "\n".join(f'            "{line}"' for line in lines) + ",\n")


def constant(word):
    return word.upper().replace("-", "_")


def bits(name, words, macro, prefix):
    return member(name, [f"{macro}({prefix}{word.upper()})" for word in words], " |")


def roles(name, party):
    special = {"any": "ROLES_ANY", "broadcast": "ROLES_BROADCAST",
               "sql_client": "ROLES_SQL_CLIENT"}
    return member(name, [special.get(role) or f"ROLE_BIT(ROLE_{role.upper()})"
                         for role in party["roles"].split()], " |")


def row_in_c(row, known):
    initiator, responder = known[row["initiator"]], known[row["responder"]]
    parts = [text("id", row["id"]), text("section", row["section"]), text("text", row["text"]),
             text("initiator", initiator["name"]), text("responder", responder["name"]),
             text("service", row["service"]), text("note", row["note"]),
             roles("initiator_roles", initiator), roles("responder_roles", responder)]
    if row["content"]:
        parts.append(bits("services", row["content"].split(), "SERVICE_BIT", "SERVICE_"))
    parts.append(member("transport", ["TRANSPORT_" + row["transport"]]))
    if row["port_low"]:
        parts += [member("port_low", [row["port_low"]]), member("port_high", [row["port_high"]])]
    parts.append(member("row_class", ["ROW_" + constant(row["class"])]))
    if row.get("direction"):
        parts.append(member("direction", ["DIRECTION_" + constant(row["direction"])]))
    if row.get("port_name"):
        parts.append(member("port_name", ["PORT_" + constant(row["port_name"])]))
    parts += [text(name, row[name]) for name in ("one_of", "condition") if row.get(name)]
    return "    {\n" + "".join(parts) + "    },\n"


def source(name):
    """The text of NAME.c."""
    parts = [HEAD.format(name=f"{name}.c", what=f"The rows of the port matrix {name}",
                         source=f"{name}.csv and parties.csv"), '#include "matrices.h"\n']
    for part, rows in lists(name).items():
        parts += [f"\nconst matrix_row_t {name}_{part}[{len(rows)}] = {{\n",
                  *(row_in_c(row, known) for row, known in rows), "};\n"]
    return "".join(parts)


def initializer(name):
    """The macro with the lists of a matrix for its matrix_t."""
    members = [f".{part} = {name}_{part}, .num_{part} = {len(rows)}"
               for part, rows in lists(name).items()]
    if any(row.get("port_name") for row in table(name)):
        members.append(".has_named_ports = true")
    return f"#define {name}_LISTS \\\n    " + ", \\\n    ".join(members) + "\n"


def header():
    """The text of matrices.h."""
    arrays = [f"extern const matrix_row_t {name}_{part}[{len(rows)}];\n"
              for name in names() for part, rows in lists(name).items()]
    return (HEAD.format(name="matrices.h", what="The rows of the port matrices",
                        source="the tables beside it") +
            "#ifndef __SMSRC_MATRICES_H__\n#define __SMSRC_MATRICES_H__\n\n"
            '#include "matrix.h"\n\n' + "".join(arrays) +
            "\n/* The lists of each matrix, as members of a matrix_t. */\n" +
            "".join(initializer(name) for name in names()) +
            "\n#endif /* __SMSRC_MATRICES_H__ */\n")


def files():
    """Path -> what it has to hold."""
    return {FOLDER / "matrices.h": header(),
            **{FOLDER / f"{name}.c": source(name) for name in names()}}


def main():
    stale = {path: content for path, content in files().items()
             if not path.is_file() or path.read_text(encoding="utf-8") != content}
    if sys.argv[1:] == ["--check"]:
        sys.exit("".join(f"{path} is not what its table says\n" for path in stale) or 0)
    for path, content in stale.items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
