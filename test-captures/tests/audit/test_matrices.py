# test_matrices.py
# The tables of the port matrices, and the C files that are written from them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""plugin/audit/matrices/NAME.csv is the one source of a matrix."""

import csv
import re
import subprocess
import sys

import pytest

from conftest import CAPTURES, ROOT

sys.path.insert(0, str(ROOT / "test-captures" / "generate"))
import matrices  # pylint: disable=wrong-import-position

ARTICLE = ROOT / "test-captures" / "data" / "kb826852.csv"
LISTS = CAPTURES.parent / "reference" / "ports"
# Each list that was published -> the matrix that has its rows.
SOURCES = {"configmgr-ports": "configmgr", "configmgr-client-ports": "configmgr",
           "configmgr-gaps": "configmgr", "cm2007-ports": "configmgr", "sms2-ports": "sms2"}
PORT_NAME = re.compile(r'PORT\((\w+), "\w+", "[^"]+", "([\d,-]+)"\)')


def test_the_c_files_are_what_the_tables_say():
    script = ROOT / "test-captures" / "generate" / "matrices.py"
    subprocess.run([sys.executable, script, "--check"], check=True)


def test_a_changed_row_changes_its_c_file(tmp_path, monkeypatch):
    before = matrices.source("kb826852")
    for path in matrices.FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace(",TCP,3268,3268,", ",TCP,3269,3269,"),
                                          encoding="utf-8")
    monkeypatch.setattr(matrices, "FOLDER", tmp_path)
    after = matrices.source("kb826852")
    assert after != before
    assert after == before.replace("= 3268,", "= 3269,")


@pytest.mark.parametrize("name", matrices.names())
def test_rows_of_a_table(name):
    rows = matrices.table(name)
    known = matrices.parties(name)
    columns = list(matrices.COLUMNS)
    assert list(rows[0]) in (columns, columns + list(matrices.MORE_COLUMNS))
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert None not in row.values(), row
        assert {row["initiator"], row["responder"]} <= set(known), row["id"]
        low, high = (int(row[column] or 0) for column in ("port_low", "port_high"))
        assert 0 <= low <= high < 65536, row["id"]
        if row["class"] in matrices.SUPPLEMENTS:
            assert low and row["note"], row["id"]


def test_every_party_has_a_name_and_is_used():
    used = {row[end] for name in matrices.names() for row in matrices.table(name)
            for end in ("initiator", "responder")}
    assert used == {line["party"] for line in matrices.table("parties")}
    for name in matrices.names():
        names = [party["name"] for party in matrices.parties(name).values()]
        assert len(set(names)) == len(names)
        assert not [name for name in names if not name or "_" in name]


@pytest.mark.parametrize("name", [name for name in matrices.names() if name != "kb826852"])
def test_what_the_rows_of_newer_lists_have_beside(name):
    """Directions, alternatives in the same pair, and names whose published ports are the row's."""
    rows = {row["id"]: row for row in matrices.table(name)}
    header = (ROOT / "include" / "audit" / "named-port.h").read_text(encoding="utf-8")
    published = {constant.lower(): ports for constant, ports in PORT_NAME.findall(header)}
    assert len(published) == 13
    for row in rows.values():
        assert row["direction"] in ("", "both", "site-server")
        if row["direction"] == "site-server":
            assert row["initiator"] == "site_server"
        if row["port_name"]:
            ports = row["port_low"] if row["port_low"] == row["port_high"] else (
                f"{row['port_low']}-{row['port_high']}")
            assert ports in published[row["port_name"]].split(","), row["id"]
        if row["one_of"]:
            first = rows[row["one_of"]]
            assert [first[end] for end in ("section", "initiator", "responder", "one_of")] == [
                row[end] for end in ("section", "initiator", "responder", "one_of")]
    chosen = [row["one_of"] for row in rows.values() if row["one_of"]]
    assert all(chosen.count(first) > 1 for first in chosen)


def test_rows_of_other_matrices_are_what_relatives_says():
    """Each class of a relative's rows is named once at most, and no row is of this matrix."""
    lines = matrices.table("relatives")
    assert len({(line["matrix"], line["relative"], line["class"]) for line in lines}) == len(lines)
    assert {line["as"] for line in lines} <= set(matrices.SUPPLEMENTS)
    assert not [line for line in lines if line["matrix"] in ("kb826852", line["relative"])]
    for name in {line["matrix"] for line in lines}:
        ids = [row["id"] for rows in matrices.lists(name).values() for row, _ in rows]
        assert len(set(ids)) == len(ids)
    later = {row["id"]: row["class"] for row, _ in matrices.relative_rows("sms2")}
    assert later["E1"] == "later-product" and later["GAP17"] == "gap"
    legacy = {row["id"]: row["class"] for row, _ in matrices.relative_rows("configmgr")}
    assert legacy["F5"] == "legacy-product" and legacy["LATER8"] == "gap"


@pytest.mark.skipif(not LISTS.is_dir(), reason="the published lists are not here")
@pytest.mark.parametrize("source", SOURCES)
def test_no_row_of_a_published_list_is_lost(source):
    rows = {row["id"]: row for row in matrices.table(SOURCES[source])}
    with open(LISTS / f"{source}.csv", encoding="utf-8", newline="") as lines:
        printed = [row for row in csv.DictReader(lines) if row["id"] not in matrices.LEFT_OUT]
    columns = ("service", "transport", "port_low", "port_high")
    assert [[rows[row["id"]][column] for column in columns] for row in printed] == [
        [row[column] for column in columns] for row in printed]
    assert {row["id"] for row in printed if row["direction"] == "<-->"} == {
        row["id"] for row in printed if rows[row["id"]]["direction"]}
    same = {"domain_controller": "dc_gc", "site_server_ras_sender": "site_server",
            "client_or_broadcast": "client"}
    for row in printed:
        ends = [same.get(row[end], row[end]) for end in ("initiator role", "responder role")]
        ours = [same.get(rows[row["id"]][end], rows[row["id"]][end])
                for end in ("initiator", "responder")]
        assert ours == ends or (rows[row["id"]]["direction"] == "site-server" and
                                ours == ends[::-1]), row["id"]


def test_kb826852_has_the_rows_of_the_article():
    """The article's own table was made by hand from the article, row by row."""
    with open(ARTICLE, encoding="utf-8", newline="") as lines:
        printed = list(csv.DictReader(lines))
    rows = [row for row in matrices.table("kb826852")
            if row["class"] not in matrices.SUPPLEMENTS]
    assert [[row["id"], row["section"], row["text"], row["initiator"], row["responder"],
             row["service"], row["transport"], row["class"], row["note"]] for row in rows] == [
                 [row["id"], row["kb_section"], row["kb_text"], row["src_role"], row["dst_role"],
                  row["service"], row["transport"], row["class"], row["note"]] for row in printed]
    assert [(row["port_low"], row["port_high"]) for row in rows] == [
        (port, port) for port in (row["port"].replace("*", "") for row in printed)]
    assert all(row["content"] for row in rows)
