# test_window.py
# Wireshark in a real window, with the profile "SMS 2003": what a person sees there
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each recording is opened once. Colors are read from pictures of the window, tables from what
its button "Save as" writes."""

import itertools
import re
import shutil

import pytest

from conftest import BAD_LINES, MADE, ROOT
from profile_tables import GRAPHS, RULES, SITE_ROLE_LINES
from recorded_truth import RECORDED, role_lines, truth
from window import PROFILE, PROFILE_FILES, STATISTICS, Display, Wireshark, missing, until

pytestmark = pytest.mark.slow

PICTURES = ROOT / "test-captures" / "pictures"


@pytest.fixture(scope="module")
def display():
    if missing():
        pytest.skip(missing())
    with Display() as shown:
        yield shown


@pytest.fixture(scope="module")
def window(sandbox, display):
    """window(name) -> a Wireshark with this recording, the profile, and the roles in it."""
    opened = {}

    def shark(name):
        if name not in opened:
            opened[name] = Wireshark(sandbox, display, RECORDED / f"{name}.pcapng", "-o",
                                     "smsrc.audit.sql_ports:14330", roles=SITE_ROLE_LINES)
            opened[name].__enter__()
        return opened[name]
    yield shark
    for one in opened.values():
        one.__exit__()


# --- Colors -------------------------------------------------------------------------------------

def color(text):
    return tuple(int(part) // 257 for part in text.split(","))


# Ports that rows of a matrix have by name: a preference each.
NAMED_PORTS = len(re.findall(r"^    PORT\(", (ROOT / "include" / "audit" / "named-port.h")
                             .read_text("utf-8"), re.MULTILINE))
BACKGROUNDS = {rule.name: color(rule.background) for rule in RULES}
FINDING, ITS_FLOW = BACKGROUNDS["SMS: a finding"], BACKGROUNDS["SMS: the flow of a finding"]


def pixels(shark, window, width, height):
    """The window as rows of (red, green, blue)."""
    data = shark.look(window)
    assert len(data) in (3 * width * height, 6 * width * height)
    step = len(data) // (width * height)
    return [[tuple(data[at:at + step:step // 3]) for at in
             range(row * width * step, (row + 1) * width * step, step)] for row in range(height)]


def rows_seen(shark):
    """Colors of the packet list from its top, row by row: [(color, rows)].

    They are read left of the numbers, where nothing is written, below the gray of the titles; a
    row is as high as the first one, which is selected and the only one of its color.
    """
    shark.rest()
    shark.settle(shark.main)
    column = [row[23] for row in pixels(shark, shark.main, 1390, 866)[90:455]]
    column = itertools.dropwhile(lambda shade: max(shade) - min(shade) < 40, column)
    return [(shade, len(list(run))) for shade, run in itertools.groupby(column)]


def seen_as(runs, names):
    """How the runs of colors differ from rows of these rules, the selected first row apart."""
    selected, height = runs[0]
    assert selected not in BACKGROUNDS.values()
    wanted = [(BACKGROUNDS[name], len(list(run))) for name, run in itertools.groupby(names)]
    for (shade, pixels_high), (other, rows) in zip(runs[1:], wanted):
        if (shade, round(pixels_high / height)) != (other, rows):
            return f"{rows} rows of {other} were expected, {pixels_high} pixels of {shade} seen"
    return "" if len(runs) > len(wanted) else f"{len(runs)} of {len(wanted)} colors seen"


@pytest.fixture(scope="module")
def rules_of(sandbox, tshark):
    """rules_of(name, filter) -> the rules' names that tshark prints for these packets, in order."""
    home = sandbox.fresh_home()
    folder = home / ".config" / "wireshark" / "profiles" / PROFILE
    shutil.copytree(PROFILE_FILES, folder)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)

    def ask(name, text):
        done = tshark(RECORDED / f"{name}.pcapng", "-C", PROFILE, "--color", "-Y", text, "-T",
                      "fields", "-e", "frame.coloring_rule.name", two_pass=True,
                      prefs=role_lines(), env={"HOME": home})
        return done.stdout.splitlines()
    return ask


@pytest.mark.parametrize("name, text, least", [
    ("site-misconfigured", "smsrc.audit.off_matrix || smsrc.audit.wrong_service || "
     "smsrc.audit.wrong_direction || smsrc.audit.blocked", {"SMS: a finding": 10}),
    ("site-firewalled", "smsrc.audit.blocked || smsrc",
     {"SMS: blocked": 11, "SMS: remote control": 2})])
def test_each_packet_has_the_colour_of_its_verdict(window, rules_of, name, text, least):
    shark = window(name)
    shark.filter(text)
    names = rules_of(name, text)
    assert all(names.count(rule) >= count for rule, count in least.items()), names
    assert len(names) < 20, "they would not fit"
    assert seen_as(rows_seen(shark), names[1:]) == ""


def test_the_whole_recording_shows_where_the_findings_are(window):
    """The minimap beside the scroll bar shows all packets, so one picture is enough."""
    shark = window("site-misconfigured")
    shark.filter("frame")
    shark.rest()
    shark.settle(shark.main)
    strip = [row[1357] for row in pixels(shark, shark.main, 1390, 866)[96:464]]
    flows = sum(shade in (FINDING, ITS_FLOW) for shade in strip) / len(strip)
    frames = sum(flow.verdict == "Off matrix" for flow in truth("site-misconfigured"))
    assert frames > 10 and flows > 0.2, f"{flows:.0%} of the strip has the colors of findings"
    assert FINDING in strip


# --- The submenu --------------------------------------------------------------------------------

def cells(text):
    """The rows of a table that a window has saved, or tshark printed, each a list of words."""
    return sorted(re.sub(r"\.0+(?=\s|$)", "", " ".join(line.replace("|", " ").split()))
                  for line in text.splitlines() if line.strip())


# Of a statistic's window as saved() sizes it.
COPY_BUTTON = (1065, 676)


def entry_of(statistic):
    return [name for name, _ in STATISTICS].index(statistic)


def assert_has_tsharks_table(saved, printed):
    """A saved line has its rank before, and of what was not judged zeros after what tshark prints."""
    wanted = cells("\n".join([line for line in printed.splitlines() if "|" in line][1:]))
    assert wanted
    assert [line for line in wanted if not any(line in one for one in saved)] == [], saved


@pytest.mark.parametrize("entry", set(range(len(STATISTICS) - 6)) - {entry_of("smsrc,chat")})
def test_each_entry_of_the_submenu_opens_tsharks_table(window, tshark, entry):
    statistic, _ = STATISTICS[entry]
    shark = window("site-misconfigured")
    opened = shark.statistic(entry)
    saved = cells(shark.saved(opened, f"statistic-{entry}.txt"))
    assert_has_tsharks_table(saved, tshark(
        RECORDED / "site-misconfigured.pcapng", "-q", "-z", statistic, prefs=role_lines(),
        two_pass=True).stdout)
    copied = shark.copied(lambda: shark.click(opened, *COPY_BUTTON))
    assert copied == (shark.home / f"statistic-{entry}.txt").read_text("utf-8")
    shark.focus(opened)
    shark.keys("Escape")
    shark.wait_gone(opened)


def test_the_entry_of_chats_opens_tsharks_table(sandbox, display, tshark):
    with Wireshark(sandbox, display, MADE / "demo.pcap") as shark:
        saved = cells(shark.saved(shark.statistic(entry_of("smsrc,chat")), "chats.txt"))
    assert_has_tsharks_table(saved, tshark(MADE / "demo.pcap", "-q", "-z", "smsrc,chat").stdout)


@pytest.mark.parametrize("entry", range(len(STATISTICS) - 6, len(STATISTICS)))
def test_the_last_entries_show_the_files_of_rules(window, tshark, entry):
    shark = window("site-misconfigured")
    opened = shark.statistic(entry)
    shark.resize(opened, 1000, 640)
    shark.settle(opened)
    written = sum(min(pixel) < 100 for row in pixels(shark, opened, 1000, 640)[10:560]
                  for pixel in row[10:960])
    assert written > 5000, f"{written} dark pixels are not in the file"
    shark.focus(opened)
    shark.click(opened, 300, 300)
    done = tshark(RECORDED / "site-misconfigured.pcapng", "-q", "-z", STATISTICS[entry][0],
                  prefs=role_lines(), two_pass=True)
    copied = shark.copied(lambda: shark.keys("ctrl+a", "ctrl+c"))
    assert copied.splitlines() == done.stdout.splitlines()
    shark.focus(opened)
    shark.keys("Escape")
    shark.wait_gone(opened)


@pytest.mark.parametrize("name", ("smsrc,audit", "smsrc,sessions"))
def test_the_worst_is_first_as_tshark_prints_it(window, tshark, name):
    """The window sorts by the first column, which is the rank."""
    shark = window("site-misconfigured")
    opened = shark.statistic(entry_of(name))
    text = shark.saved(opened, f"order-{name}.txt").partition("\n-")[2]
    found = [line.split() for line in text.splitlines() if re.match(r" *\d+ ", line)]
    lines = tshark(RECORDED / "site-misconfigured.pcapng", "-q", "-z", name, prefs=role_lines(),
                   two_pass=True).stdout.splitlines()
    wanted = [line.replace("|", " ").split()[:3] for line in lines if line.endswith(" |")][1:]
    assert [row[0] for row in found] == [str(at + 1) for at in range(len(wanted))]
    assert [row[1:4] for row in found] == wanted
    shark.focus(opened)
    shark.keys("Escape")
    shark.wait_gone(opened)


def test_a_statistic_takes_a_filter(window):
    shark = window("site-misconfigured")
    opened = shark.statistic(STATISTICS.index(("smsrc,audit", "SMS Port Audit")))
    shark.resize(opened, 1300, 700)
    shark.settle(opened)
    shark.focus(opened)
    shark.click(opened, 600, 646)
    shark.type('smsrc.audit.verdict == "Listed"')
    shark.settle(opened)
    before = shark.look(opened)
    shark.keys("Return")
    until("a shorter table", lambda: shark.look(opened) != before)
    table = cells(shark.saved(opened, "filtered.txt").partition("\n-")[2])
    rows = [line for line in table if not line.startswith("-")]
    # What was not judged is that of the capture, whatever the filter.
    rows = [line for line in rows if " Not judged " not in line]
    assert rows and all(re.match(r"\d+ Listed ", line) for line in rows), table
    shark.focus(opened)
    shark.keys("Escape")
    shark.wait_gone(opened)


def test_no_statistic_stands_in_the_menu_beside_the_submenu():
    """Wireshark puts tables of its other groups flat into a menu; see terminal-table.c."""
    for path in (ROOT / "plugin" / "stats").glob("*.c"):
        text = path.read_text()
        tables = text.count("register_stat_tap_table_ui(ui)")
        assert tables == (1 if path.name == "terminal-table.c" else 0), path
        assert tables == text.count("ui->group = GROUP_IN_NO_MENU;"), path
        assert "stats_tree_register_plugin" not in text


# --- Dialogs that change something --------------------------------------------------------------

# Of a table's dialog as dialog() sizes it: its buttons, and its lines from the top.
ADD, DELETE, COPY, OK = (22, 346), (52, 346), (82, 346), (373, 376)
LINES = (40, 57, 74)


@pytest.fixture(scope="module")
def edited(sandbox, display):
    """A Wireshark whose tables are edited, at its preferences: (Wireshark, window)."""
    with Wireshark(sandbox, display, RECORDED / "site-misconfigured.pcapng",
                   roles=['"10.20.1.10","Site server","ABC"', '"10.20.1.20","Client",""',
                          '"10.20.1.12","SQL Server",""'],
                   rows=['"any","Site server","TCP","80","HTTP","first"',
                         '"Client","any","UDP","90","","second"']) as shark:
        yield shark, shark.preferences()


def dialog(shark, preferences, title, left, top):
    """The dialog of a table, which a button of the preferences opens."""
    shark.click(preferences, left, top)
    window = shark.wait_window(title)
    shark.resize(window, 700, 400, 40, 60)
    shark.settle(window)
    shark.focus(window)
    return window


def saved_table(shark, window, name):
    """The lines of a table's file once the button OK has closed its dialog."""
    shark.settle(window)
    shark.click(window, *OK)
    shark.wait_gone(window)
    lines = (shark.folder / name).read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_table_of_roles_is_edited(edited):
    shark, preferences = edited
    window = dialog(shark, preferences, "^SMS roles", 370, 113)
    shark.click(window, *ADD)
    shark.type("10.20.2.0/24")
    shark.keys("Tab", "Home", "Down", "Tab")
    shark.type("X01")
    shark.keys("Return")
    shark.settle(window)
    shark.double_click(window, 150, LINES[0])
    shark.keys("End", "Return")
    shark.click(window, 60, LINES[1])
    shark.click(window, *DELETE)
    assert saved_table(shark, window, "smsrc_roles") == [
        '"10.20.1.10","Distribution point","ABC"', '"10.20.1.12","SQL Server",""',
        '"10.20.2.0/24","Child site server","X01"']


def test_the_table_of_rows_is_edited(edited):
    shark, preferences = edited
    window = dialog(shark, preferences, "^SMS rows", 448, 174)
    shark.click(window, *ADD)
    shark.keys("End", "Tab", "Home", "Down", "Tab", "End", "Tab")
    shark.type("8530-8531,9000")
    shark.keys("Tab")
    shark.type("HTTP")
    shark.keys("Tab")
    shark.type("third")
    shark.keys("Return")
    shark.settle(window)
    shark.double_click(window, 180, LINES[0])
    shark.keys("End", "Return")
    shark.click(window, 60, LINES[1])
    shark.click(window, *DELETE)
    shark.settle(window)
    shark.click(window, 60, LINES[0])
    shark.click(window, *COPY)
    shark.keys("Tab", "Home", "Tab", "Tab")
    shark.type("81")
    shark.keys("Return")
    assert saved_table(shark, window, "smsrc_rows") == [
        '"any","any","TCP","80","HTTP","first"',
        '"any","Child site server","TCP+UDP","8530-8531,9000","HTTP","third"',
        '"any","Site server","TCP","81","HTTP","first"']


def test_each_preference_is_changed(edited):
    """The page is gone through by Tab; the last of these tests, for it closes the preferences."""
    shark, preferences = edited
    shark.focus(preferences)
    shark.click(preferences, 241, 54)
    shark.keys("Tab", "space", "Tab", "Tab", "space", "Tab", "Tab", "space", "Tab", "End", "Tab",
               "End", "Tab", "space")
    for ports in ("14330", "8080,8090"):
        shark.keys("Tab", "ctrl+a")
        shark.type(ports)
    shark.keys("Tab", "End", "Tab", "space", *["Tab"] * NAMED_PORTS)
    for text in ("198.51.100.0/24", "2701-2705", "2701"):
        shark.keys("Tab", "ctrl+a")
        shark.type(text)
    shark.keys("Return")
    shark.wait_gone(preferences)

    lines = (shark.folder / "preferences").read_text("utf-8").splitlines()
    changed = dict(line.split(": ", 1) for line in lines if line.startswith("smsrc."))
    assert changed == {
        "smsrc.desegment": "FALSE", "smsrc.port_ground": "FALSE", "smsrc.audit.learn": "FALSE",
        "smsrc.audit.scope": "One end is enough", "smsrc.audit.flag": "Every packet of it",
        "smsrc.audit.info": "FALSE",
        "smsrc.audit.sql_ports": "14330", "smsrc.audit.http_ports": "8080,8090",
        "smsrc.audit.strangers": "TRUE", "smsrc.audit.matrix": "KB 200898 (SMS 2.0)",
        "smsrc.audit.site_server_calls": "TRUE",
        "smsrc.audit.own_networks": "198.51.100.0/24"}
    entries = (shark.folder / "decode_as_entries").read_text("utf-8")
    assert re.search(r"^decode_as_entry: tcp\.port,2705,\(none\),SMSRC$", entries, re.MULTILINE)

    # With no learning, all roles are the table's.
    opened = shark.statistic(STATISTICS.index(("smsrc,roles", "SMS Roles")))
    roles = shark.saved(opened, "roles.txt")
    assert "10.20.1.12" in roles and "HTTP" not in roles, roles
    said = shark.said()
    assert not BAD_LINES.search(said) and "smsrc" not in said, said


def test_decode_as_takes_a_channel(sandbox, display):
    with Wireshark(sandbox, display, MADE / "rc-decode-as.pcap") as shark:
        shark.go_to(2)
        shark.keys("ctrl+shift+u")
        window = shark.wait_window("Decode As")
        shark.resize(window, 900, 420)
        shark.settle(window)
        shark.focus(window)
        shark.click(window, 22, 366)
        shark.click(window, 300, 200)
        shark.settle(window)
        shark.double_click(window, 430, 41)
        shark.type("SMSRC Co")
        shark.keys("Return")
        shark.click(window, 300, 200)
        shark.settle(window)
        shark.click(window, 570, 397)
        shark.wait_gone(window)
        entries = (shark.folder / "decode_as_entries").read_text("utf-8")
        assert re.search(r"^decode_as_entry: tcp\.port,9999,.*,SMSRC Control$", entries,
                         re.MULTILINE), entries
        opened = shark.statistic(entry_of("smsrc,messages"))
        messages = shark.saved(opened, "messages.txt")
        assert "Agent to viewer" in messages, messages
        assert not BAD_LINES.search(shark.said())


# --- The graph ----------------------------------------------------------------------------------

def test_the_graph_is_of_the_verdicts(window):
    shark = window("site-misconfigured")
    shark.focus(shark.main)
    shark.keys("alt+s", *["Down"] * 6, "Return")
    opened = shark.wait_window("I/O Graphs|IO Graphs")
    shark.resize(opened, 1000, 700)

    def shades():
        shark.settle(opened)
        drawn = [pixel for row in pixels(shark, opened, 1000, 700)[40:520] for pixel in row]
        return [graph.name for graph in GRAPHS if graph.style == "Stacked Bar" and drawn.count(
            tuple(bytes.fromhex(graph.color[1:]))) > 200]
    # With its table the capture has nothing Unconfirmed.
    wanted = [graph.name for graph in GRAPHS
              if graph.style == "Stacked Bar" and graph.name != "Unconfirmed"]
    until("a bar of each verdict", lambda: shades() == wanted)
    shark.focus(opened)
    shark.keys("Escape")
    shark.wait_gone(opened)


# --- At the end ---------------------------------------------------------------------------------

def test_wireshark_complains_of_nothing(window):
    for name in ("site-misconfigured", "site-firewalled"):
        said = window(name).said()
        assert not BAD_LINES.search(said) and "smsrc" not in said, said


def test_each_picture_is_told_of_and_each_told_is_there():
    text = "".join((ROOT / "plugin" / "doc" / page).read_text(encoding="utf-8")
                   for page in ("tour.md", "reports.md"))
    told = set(re.findall(r"\(\.\./\.\./test-captures/pictures/([\w-]+\.png)\)", text))
    assert told == {path.name for path in PICTURES.glob("*.png")}
