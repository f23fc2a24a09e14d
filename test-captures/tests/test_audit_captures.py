# test_audit_captures.py
# The made captures of the audit are what their generators make, well formed, and listed
#
# SPDX-License-Identifier: GPL-2.0-or-later

import importlib
import re
import sys

import pytest

from audit_rows import GENERATE, frames
from conftest import MADE

GENERATORS = {"sms_site": "site-", "signatures": "audit-"}
ALL_AUDIT = sorted(path.stem for path in MADE.glob("*.pcap")
                   if path.stem.startswith(tuple(GENERATORS.values())))


@pytest.fixture(params=GENERATORS)
def generator(request):
    pytest.importorskip("scapy", reason="scapy is not installed: captures are not made anew")
    sys.path.insert(0, str(GENERATE))
    yield importlib.import_module(request.param), GENERATORS[request.param]
    sys.path.remove(str(GENERATE))


def test_a_capture_made_anew_is_the_committed_one(generator, tmp_path):
    module, prefix = generator
    module.captures.write(tmp_path)
    made_now = sorted(path.name for path in tmp_path.iterdir())
    assert made_now == sorted(path.name for path in MADE.iterdir()
                              if path.name.startswith(prefix))
    assert [name for name in made_now
            if (tmp_path / name).read_bytes() != (MADE / name).read_bytes()] == []


def test_the_readme_lists_each_capture_with_its_line(generator):
    module, prefix = generator
    text = (GENERATE / "README-audit.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([\w-]+)\.pcap` \| (.*) \|$", text, re.MULTILINE))
    assert {name: line for name, line in listed.items()
            if name.startswith(prefix)} == dict(module.captures.lines())


@pytest.mark.parametrize("name", ALL_AUDIT)
def test_wireshark_finds_nothing_malformed(tshark, made, name):
    """Credible bytes: what Wireshark dissects, it dissects to the end."""
    assert frames(tshark, made(name), "_ws.malformed", plugin=False) == []


def test_wireshark_finds_every_service(tshark, made):
    """The site's services are what their own dissectors take them for."""
    protocols = ("http", "tls", "smb", "nbss", "nbns", "nbdgm", "ldap", "cldap", "tds",
                 "kerberos", "pptp", "dhcp", "dns", "dcerpc", "epm", "nbipx", "gre")
    for protocol in protocols:
        assert frames(tshark, made("site-clean"), protocol, plugin=False), protocol
    for name in ("audit-smb", "audit-odd-ports"):
        assert frames(tshark, made(name), "tcp", plugin=False)
    assert frames(tshark, made("audit-smb"), "smb2", plugin=False)


def test_every_capture_is_used_by_a_test():
    text = "".join(path.read_text(encoding="utf-8")
                   for path in (GENERATE.parent / "tests").glob("test_audit_*.py"))
    groups = re.sub(r"audit-|-probes", "", "\n".join(ALL_AUDIT))
    assert set(groups.split()) - {"site-clean", "site-violations"} == set(
        importlib.import_module("plan_signatures").GROUPS)
    assert '"site-clean"' in text and '"site-violations"' in text
