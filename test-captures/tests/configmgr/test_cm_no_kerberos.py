# test_cm_no_kerberos.py
# ConfigMgr's remote control in a Wireshark whose Kerberos opens nothing
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark can be built without a Kerberos library. No such build is here, so the library opens
no key although the preferences name a keytab: all of Wireshark's calls that decrypt come after
that. That the plugin itself calls nothing of Kerberos is held by its symbols and includes."""

import re
import subprocess

import pytest

from cm_recorded import KERBEROS, keys, recorded  # noqa: F401
from conftest import BUILD, ROOT
from rc_rows import fields

# KRB5_KT_END: the keytab has no entry, or no further one.
NO_ENTRY = "int krb5_kt_next_entry(void) { return -1765328202; }\n"
NAMES = ["smsrc.cm.length", "smsrc.cm.result", "smsrc.cm.sealed", "smsrc.cm.unsealed",
         "rdp.client.name", "_ws.malformed"]
RESULT = {"kerberos": "Full control", "kerberos-dce": "Full control", "view-only": "View only"}


@pytest.fixture(scope="module")
def no_entry(sandbox):
    folder = sandbox.new_folder("no-kerberos")
    (folder / "shim.c").write_text(NO_ENTRY)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", folder / "shim.so", folder / "shim.c"],
                   check=True)
    (folder / "shim.so").chmod(0o755)
    return {"LD_PRELOAD": folder / "shim.so"}


@pytest.mark.parametrize("name, two_pass", zip(KERBEROS, (False, True, True)))
def test_framing_and_results_by_length_still_show(tshark, keys, no_entry, name,  # noqa: F811
                                                  two_pass):
    def shown(**env):
        return fields(tshark, recorded(name), NAMES, "-Y", "tcp.port == 2701 and tcp.len > 0",
                      prefs=keys, two_pass=two_pass, **env)

    assert any(row["smsrc.cm.unsealed"] for row in shown()), "the keys open it else"
    rows = shown(env=no_entry)
    assert all(row["smsrc.cm.length"] for row in rows) and rows
    assert [row["smsrc.cm.result"] for row in rows if row["smsrc.cm.result"]] == [[RESULT[name]]]
    assert any(row["smsrc.cm.sealed"] for row in rows)
    assert not any(row["smsrc.cm.unsealed"] or row["rdp.client.name"] or row["_ws.malformed"]
                   for row in rows)


@pytest.mark.quick
def test_the_plugin_itself_calls_nothing_of_kerberos():
    plugin, = (BUILD / "run").rglob("smsrc.so")
    wanted = subprocess.run(["nm", "-D", "--undefined-only", plugin], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    assert "call_dissector" in wanted
    assert re.findall(r"\S*(?:krb|kerberos|keytab)\S*", wanted, re.IGNORECASE) == []
    for path in [*(ROOT / "plugin").rglob("*.[ch]"), *(ROOT / "include").rglob("*.h")]:
        assert not re.search(r"packet-kerberos\.h|HAVE_\w*KERBEROS",
                             path.read_text(encoding="utf-8")), path
