# test_adding.py
# Adding one of each that develop.md has in its table, in a copy of the tree
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The copy gets all additions at once and is built once, with warnings as errors. Then each of them
is seen where users see it, without any other change."""

import json
import shutil
import subprocess
import sys

import pytest

from audit_rows import LEARN_OFF
from cmake_build import command
from conftest import ROOT, check_run

pytestmark = pytest.mark.slow

STATISTIC = """/* adding-table.c
 * A statistic that a test adds
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "smsrc-compat.h"

#include "stat-list.h"
#include "stat-listener.h"

static stat_tap_init_result
start(const char *argument _U_, void *userdata _U_)
{
    return STAT_TAP_INIT_DONE;
}

void
adding_table_register(const statistic_t *statistic)
{
    if (stat_listener_is_tshark())
        stat_listener_register(statistic->command, start, NULL);
}
"""

ROW = ("{id},Added,{id},management_point,management_point,Added,,TCP,9999,9999,listed,\n")

# (file, the text before which something is put, what is put there, or what takes its place)
INSERTED = [
    # A role.
    ("include/model/role.h", "\n\ntypedef enum {\n#define ROLE",
     ' \\\n    ROLE(ADDED, "Added point", ADDED)', None),
    # A channel.
    ("include/model/channel.h", "    NUM_CHANNELS\n", "    CHANNEL_ADDED,\n", None),
    ("plugin/model/channel.c", "};\n\nchannel_e\n",
     '    [CHANNEL_ADDED] = { .name = "Added", .json_name = "added", .newer_port = 2799 },\n',
     None),
    # A signature of a known kind of fact.
    ("plugin/evidence/signature-table.c", "};\n\nconst unsigned",
     '    { .fact = FACT_HTTP_URI, .pattern = "^/sms_mp", .literal = "^/sms_mp",\n'
     '      .examples = "/sms_mp", .response = RESPONSE_HTTP, .server = R(ADDED),\n'
     '      .proof = SHOWS_CONTENT | SHOWS_MP_LIST, .label = "Added signature" },\n', None),
    # A verdict. The case in which a flow has it is a function's, and not here.
    ("include/audit/verdict-list.h", '    VERDICT(ATTACK,',
     '    VERDICT(ADDED, "Added verdict", "added", "smsrc.audit.added", PI_PROTOCOL, PI_NOTE,'
     ' "Added") \\\n', None),
    # A statistic.
    ("plugin/stats/stat-list.h", "void audit_json_register(",
     "void adding_table_register(const statistic_t *statistic);\n", None),
    ("plugin/stats/statistics.c", '    { "smsrc,tree"',
     '    { "smsrc,added", NULL, NULL, adding_table_register, NULL },\n', None),
    ("plugin/rooms.cmake", "audit-json.c audit-table.c", "adding-table.c ", None),
    # A matrix.
    ("include/audit/matrix.h", "    MATRIX(SMS2,", '    MATRIX(ADDED, added, "Added list", ) \\\n',
     None),
]


def insert(path, before, text, instead):
    """Puts text before the last place of another in a file, or puts a text in its place."""
    head, found, tail = path.read_text(encoding="utf-8").rpartition(before)
    assert found, f"{path} has no {before!r}"
    path.write_text(head + (instead or text + before) + tail, encoding="utf-8")


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """The build folder of a copy of the tree with one of each."""
    tree = tmp_path_factory.mktemp("adding") / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(
        "build*", ".git", "__pycache__", "*.pcap", "*.pcapng", "*.png"))
    for name, before, text, instead in INSERTED:
        insert(tree / name, before, text, instead)
    (tree / "plugin/stats/adding-table.c").write_text(STATISTIC, encoding="utf-8")
    # A row of the matrix, and a matrix of one row.
    matrices = tree / "plugin/audit/matrices"
    rows = (matrices / "kb826852.csv").read_text(encoding="utf-8")
    (matrices / "kb826852.csv").write_text(rows + ROW.format(id="ADDED1"), encoding="utf-8")
    (matrices / "added.csv").write_text(rows.split("\n", 1)[0] + "\n" + ROW.format(id="ADDED2"),
                                        encoding="utf-8")
    subprocess.run([sys.executable, tree / "test-captures/generate/matrices.py"], check=True)
    build = tree / "build"
    for argv in (["cmake", "-G", "Ninja", "-S", tree, "-B", build, "-DSMSRC_WERROR=ON",
                  "-DCMAKE_BUILD_TYPE=Debug"], ["cmake", "--build", build]):
        code, said = command(*argv)
        assert code == 0, said
    return build


@pytest.fixture(scope="module")
def plugins(added, sandbox):
    return sandbox.copy_plugins(added, sandbox.new_folder("adding"))


def test_the_statistic_is_in_the_list(plugins, tshark, made):
    done = tshark(None, "-z", "help", plugin=plugins, check=False)
    assert "smsrc,added" in (done.stdout + done.stderr).split()
    tshark(made("rc-busy"), "-q", "-z", "smsrc,added", plugin=plugins)


def test_the_role_is_taken_by_the_users_table(plugins, tshark, made):
    line = 'uat:smsrc_roles:"10.1.9.9","Added point",""'
    tshark(made("rc-busy"), prefs=[line], plugin=plugins)
    assert tshark(made("rc-busy"), prefs=[line], check=False).returncode != 0


def test_the_signature_shows_the_role(plugins, tshark, made):
    def roles(**how):
        return tshark(made("site-clean"), "-q", "-z", "smsrc,roles", **how).stdout
    assert "Added point" in roles(plugin=plugins)
    assert "Added point" not in roles()


def test_the_row_is_in_the_matrix(plugins, tshark, made):
    def matrix(**how):
        return tshark(made("site-clean"), "-q", "-z", "smsrc,matrix", prefs=[LEARN_OFF],
                      **how).stdout
    assert "ADDED1" in matrix(plugin=plugins)
    assert "ADDED1" not in matrix()


def test_the_channel_is_in_json(plugins, tshark, made):
    def line(**how):
        return tshark(made("session-udp"), "-q", "-z", "smsrc,sessions.json", **how).stdout
    assert "added" in json.dumps([json.loads(one) for one in line(plugin=plugins).splitlines()])
    assert "added" not in line()


def test_the_verdict_has_its_expert_info(plugins, ordinary):
    def fields(plugin):
        return check_run(ordinary(["tshark", "-G", "fields"], plugin=plugin)).stdout
    assert "smsrc.audit.added" in fields(plugins).split()
    assert "smsrc.audit.added" not in fields(True).split()


def test_flows_are_judged_by_the_matrix(plugins, tshark, made):
    """The rows of its CSV, its title, and the name that users type."""
    prefs = ["smsrc.audit.matrix:added"]
    said = tshark(made("site-clean"), "-q", "-z", "smsrc,matrix", "-z", "smsrc,audit.json",
                  prefs=prefs, plugin=plugins).stdout
    assert "\nAdded list\n" in said and "\nADDED2 " in said and "\nADDED1 " not in said
    flows = [json.loads(line) for line in said.splitlines() if line.startswith('{"type":"flow"')]
    assert flows and {flow["matrix"] for flow in flows} == {"added"}
    assert {flow["verdict"] for flow in flows} <= {"Off matrix", "Wrong service"}
