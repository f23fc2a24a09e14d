#!/usr/bin/env python3
# matrices.py
# Writes the C files of the port matrices from their tables: python3 matrices.py [--check]
#
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

Rows of the classes in SUPPLEMENTS are not of the list itself but supplement it.

parties.csv has for each party its name, and the roles that fit it, separated by blanks. The role
"any" is any host, with a role or without one; "broadcast" is the destination of a broadcast;
"sql_client" is a client of the site database whose role is not known.
"""

import csv
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "plugin" / "audit" / "matrices"
SUPPLEMENTS = ("gap", "later-product", "legacy-product")
WIDTH = 100

HEAD = """/* {name}
 * {what}
 *
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
    return sorted(path.stem for path in FOLDER.glob("*.csv") if path.stem != "parties")


def parties():
    return {party["party"]: party for party in table("parties")}


def lists(name):
    """What the arrays of a matrix are called, and their rows; no array without a row."""
    rows = table(name)
    parts = {"rows": [row for row in rows if row["class"] not in SUPPLEMENTS],
             "supplements": [row for row in rows if row["class"] in SUPPLEMENTS]}
    return {f"{name}_{part}": rows for part, rows in parts.items() if rows}


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
    parts.append(member("row_class", ["ROW_" + row["class"].upper().replace("-", "_")]))
    return "    {\n" + "".join(parts) + "    },\n"


def source(name):
    """The text of NAME.c."""
    known = parties()
    parts = [HEAD.format(name=f"{name}.c", what=f"The rows of the port matrix {name}",
                         source=f"{name}.csv and parties.csv"), '#include "matrices.h"\n']
    for array, rows in lists(name).items():
        parts += [f"\nconst matrix_row_t {array}[{len(rows)}] = {{\n",
                  *(row_in_c(row, known) for row in rows), "};\n"]
    return "".join(parts)


def header():
    """The text of matrices.h."""
    arrays = [f"extern const matrix_row_t {array}[{len(rows)}];\n"
              for name in names() for array, rows in lists(name).items()]
    return (HEAD.format(name="matrices.h", what="The rows of the port matrices",
                        source="the tables beside it") +
            "#ifndef __SMSRC_MATRICES_H__\n#define __SMSRC_MATRICES_H__\n\n"
            '#include "matrix.h"\n\n' + "".join(arrays) +
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
