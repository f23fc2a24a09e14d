# test_matrices.py
# The tables of the port matrices, and the C files that are written from them
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""plugin/audit/matrices/NAME.csv is the one source of a matrix."""

import csv
import subprocess
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "test-captures" / "generate"))
import matrices  # pylint: disable=wrong-import-position

ARTICLE = ROOT / "test-captures" / "data" / "kb826852.csv"
COLUMNS = ["id", "section", "text", "initiator", "responder", "service", "content", "transport",
           "port_low", "port_high", "class", "note"]


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
    known = matrices.parties()
    assert list(rows[0]) == COLUMNS
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
    known = matrices.parties()
    assert used == set(known)
    names = [party["name"] for party in known.values()]
    assert len(set(names)) == len(names)
    assert not [name for name in names if not name or "_" in name]


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
