# test_terminal_tables.py
# The tables of the statistics on eighty columns: a terminal, a mail
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import contextlib
import fcntl
import os
import re
import struct
import termios

import pytest

from audit_rows import conf, site_prefs, statistic
from recorded_truth import RECORDED
from window import STATISTICS as TITLES

STATISTICS = ("audit", "matrix", "roles", "sessions", "rules")
# A line of a capture here, as a program or a file gets it.
LONGEST = {"audit": 220, "matrix": 240, "roles": 180, "sessions": 160, "rules": 270,
           "messages": 100}


def capture_of(made, name):
    return made("demo") if name == "sessions" else RECORDED / "site-misconfigured.pcapng"


def narrow(tshark, capture, name, columns, **options):
    """The lines below the statistic's title: of its head, and of its records. What was not judged
    is at the end, on lines of the full width."""
    lines = statistic(tshark, capture, name, env={"COLUMNS": columns}, **options)
    assert lines[0] == ""
    rules = [number for number, line in enumerate(lines) if re.fullmatch("-+|=+", line)]
    first, head, last = rules
    assert last == len(lines) - 1 and first in (2, 3), lines
    last = next((number for number, line in enumerate(lines) if line.startswith("Not judged: ")),
                last)
    return lines[first + 1:head], lines[head + 1:last]


def wide_cells(tshark, capture, name):
    """The cells of the long form that are not empty."""
    lines = statistic(tshark, capture, name)
    head = next(number for number, line in enumerate(lines) if line.count(" |") > 4)
    return [[cell.strip() for cell in line.split(" |") if cell.strip()]
            for line in lines[head + 2:] if " |" in line and not line.startswith("Not judged")]


@pytest.mark.parametrize("capture", ("demo", "site-misconfigured"))
def test_a_piped_table_is_aligned(tshark, made, capture):
    """Each column has one place in all lines, and is as wide as its widest cell or its name."""
    path = capture_of(made, "sessions" if capture == "demo" else "audit")
    text = tshark(path, "-q", *(word for name in LONGEST for word in ("-z", f"smsrc,{name}")),
                  env={"COLUMNS": "0"}).stdout
    for name, longest in LONGEST.items():
        title = dict(TITLES)[f"smsrc,{name}"]
        table = text.partition(f"=\n{title}:\n")[2].partition("\n==")[0]
        lines = [line for line in table.splitlines() if line.endswith(" |")
                 and not line.startswith(("Not judged", "Not kept"))]
        places = {tuple(at.start() for at in re.finditer(r"\|", line)) for line in lines}
        assert len(places) == 1 and len({len(line) for line in lines}) == 1, lines
        columns = list(zip(*(line.split("|")[:-1] for line in lines)))
        for cells in columns:
            assert max(len(cell.strip()) for cell in cells) == len(cells[0]) - 1, cells
        assert len(lines[0]) <= longest, name
        assert name != "sessions" or len(columns) == 9


def words(lines):
    return collections.Counter(" ".join(lines).split())


@pytest.mark.parametrize("name", STATISTICS)
def test_no_line_is_longer_and_nothing_is_left_out(tshark, made, name):
    capture = capture_of(made, name)
    cells = wide_cells(tshark, capture, name)
    assert cells
    # Where all fits on one line it is the table, cell by cell.
    _, records = narrow(tshark, capture, name, 1000)
    assert [re.split(r" {2,}", line.strip()) for line in records] == cells
    for columns in (80, 132, 60):
        head, records = narrow(tshark, capture, name, columns)
        assert max(map(len, head + records)) <= columns
        assert words(records) == words(" ".join(row) for row in cells), columns


@pytest.mark.parametrize("name", STATISTICS)
def test_a_record_begins_at_the_left_and_only_there(tshark, made, name):
    capture = capture_of(made, name)
    _, records = narrow(tshark, capture, name, 80)
    first = [row[0] for row in wide_cells(tshark, capture, name)]
    if name == "sessions":
        begun = [line.split()[0] for line in records if re.match(r" {1,6}\d+  \w", line)]
    else:
        begun = [re.split(r" {2,}", line)[0] for line in records if not line.startswith("  ")]
    assert begun == first


def test_columns_stand_one_below_the_other(tshark, made):
    head, records = narrow(tshark, capture_of(made, "matrix"), "matrix", 132)
    assert len(head) == 1
    at = head[0].index("Description")
    for line in records:
        assert line[at - 2:at] == "  " and line[at] != " ", line


def test_words_that_are_longer_than_a_line_are_broken_not_cut(tshark, made):
    capture = capture_of(made, "roles")
    cells = wide_cells(tshark, capture, "roles")
    _, records = narrow(tshark, capture, "roles", 40)
    assert max(map(len, records)) <= 40
    assert collections.Counter("".join("".join(records).split())) == collections.Counter(
        "".join("".join(map("".join, cells)).split()))


# --- When -----------------------------------------------------------------------------------------

def in_terminal(ordinary, capture, name, columns, env=None):
    """What tshark prints on a terminal of so many columns."""
    try:
        ours, theirs = os.openpty()
    except OSError as error:
        pytest.skip(f"no terminal can be had here, as in a chroot: {error}")
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        reading = os.fork()
        if reading == 0:  # pragma: no cover: the terminal is read while it is written to
            os.close(theirs)
            with contextlib.suppress(OSError), open(f"{capture}.said", "wb") as to:
                while data := os.read(ours, 4096):
                    to.write(data)
            os._exit(0)
        done = ordinary(["tshark", "-n", "-r", capture, "-q", "-z", f"smsrc,{name}"],
                        stdout=theirs, env=env)
        assert done.returncode == 0, done.stderr
    finally:
        os.close(theirs)
        os.waitpid(reading, 0)
        os.close(ours)
    with open(f"{capture}.said", encoding="utf-8", newline="") as said:
        return said.read().replace("\r\n", "\n").splitlines()


@pytest.fixture
def copied(tmp_path, sandbox, made):
    """A capture beside which a test may write."""
    folder = sandbox.new_folder("terminal")
    path = folder / "demo.pcap"
    path.write_bytes(made("demo").read_bytes())
    path.chmod(0o644)
    return path


@pytest.mark.parametrize("columns", (80, 100))
def test_a_terminal_is_known(ordinary, tshark, copied, columns):
    lines = in_terminal(ordinary, copied, "audit", columns)
    assert lines == statistic(tshark, copied, "audit", env={"COLUMNS": columns})
    assert max(map(len, lines)) == columns


def test_columns_goes_before_the_terminal(ordinary, copied):
    lines = in_terminal(ordinary, copied, "audit", 80, env={"COLUMNS": "120"})
    assert max(map(len, lines)) == 120
    lines = in_terminal(ordinary, copied, "audit", 80, env={"COLUMNS": "0"})
    assert re.search(r"^Verdict +\|Row +\|Initiator +\|", "\n".join(lines), re.MULTILINE)


@pytest.mark.parametrize("columns", ("0", "", "many", "-1", "99999999999999999999", "1"))
def test_any_word_for_the_columns_is_taken(tshark, made, columns):
    lines = statistic(tshark, made("demo"), "audit", env={"COLUMNS": columns})
    assert any("10.1.3.17" in line for line in lines)


@pytest.mark.parametrize("name", STATISTICS)
def test_sharkd_does_not_care(sharkd, made, name):
    request = {"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}
    replies = [sharkd(made("demo"), ["info", request], env=env)
               for env in (None, {"COLUMNS": "80"})]
    assert replies[0] == replies[1]
    assert f"nstat:smsrc,{name}" in [tap["tap"] for tap in replies[1][0]["result"]["nstat"]]


def test_a_filter_counts_and_is_shown(tshark, made):
    options = {"prefs": site_prefs(), "env": {"COLUMNS": "80"}}
    every = statistic(tshark, made("site-violations"), "audit", **options)
    some = statistic(tshark, made("site-violations"), "audit,tcp.port == 8080", **options)
    assert "Filter: tcp.port == 8080" in some and len(some) < len(every)
    done = tshark(made("demo"), "-q", "-z", "smsrc,audit,tcp.port ==", check=False,
                  env={"COLUMNS": "80"})
    assert "smsrc,audit" in done.stderr


def test_none_is_said(tshark, made):
    lines = statistic(tshark, made("rc-not-dns"), "sessions", env={"COLUMNS": "80"})
    assert "None" in lines


def test_a_capture_sends_the_terminal_no_commands(tshark, made, tmp_path):
    data = made("rc-information").read_bytes()
    capture = tmp_path / "hostile.pcap"
    capture.write_bytes(data.replace(b"WKS17", b"\x1b[31m"))
    text = tshark(capture, "-q", "-z", "smsrc,sessions.full", env={"COLUMNS": "80"},
                  text=False).stdout
    assert b"31m" in text and b"\x1b" not in text


# --- sharkd's shape -------------------------------------------------------------------------------

@pytest.mark.parametrize("name", STATISTICS)
def test_the_shape_of_sharkds_answer(sharkd, tshark, made, name):
    """Columns with their names, and rows of as many cells: numbers are numbers, the rest text."""
    capture = capture_of(made, name)
    reply, = sharkd(capture, [{"method": "tap", "params": {"tap0": f"nstat:smsrc,{name}"}}],
                    conf=conf([]))
    tap = next(tap for tap in reply["result"]["taps"] if tap)
    assert tap["tap"] == f"nstat:smsrc,{name}" and tap["type"] == "nstat"
    names = [field["c"] for field in tap["fields"]]
    assert len(names) > 4 and all(isinstance(one, str) and one for one in names)
    table, = tap["tables"]
    assert isinstance(table["t"], str) and table["i"]
    kinds = {tuple(isinstance(cell, str) for cell in row) for row in table["i"]}
    assert len(kinds) == 1, "a column is of one kind"
    assert all(len(row) == len(names) for row in table["i"])
    assert all(isinstance(cell, (str, int, float)) for row in table["i"] for cell in row)
    numbers = {one for one, text in zip(names, kinds.pop()) if not text}
    assert numbers == {
        "audit": {"Rank", "First frame", "Packets", "Bytes"},
        "matrix": {"Flows", "Blocked", "Packets", "Bytes"},
        "roles": {"Shown in frame", "Packets", "Bytes"},
        "rules": {"Flows", "Blocked"},
        "sessions": {"Rank", "Session", "Seconds"},
    }[name]
