# test_audit_made_captures.py
# The made captures of the audit are what their generators make, well formed, and listed
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from audit_rows import frames, plan_signatures
from conftest import MADE
from generators import assert_made_now_as_committed, generator, listed

GENERATORS = {"sms_site": "site-", "signatures": "audit-"}
ALL_AUDIT = sorted(path.stem for path in MADE.glob("*.pcap")
                   if path.stem.startswith(tuple(GENERATORS.values())))


@pytest.fixture(params=GENERATORS)
def made_by(request):
    return generator(request.param), GENERATORS[request.param]


def test_a_capture_made_anew_is_the_committed_one(made_by, tmp_path):
    module, prefix = made_by
    module.captures.write(tmp_path)
    assert_made_now_as_committed(tmp_path, prefix)


def test_the_readme_lists_each_capture_with_its_line(made_by):
    module, prefix = made_by
    assert dict(listed("README-audit.md", prefix)) == dict(module.captures.lines())


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
                   for path in (MADE.parent / "tests").rglob("test_*.py"))
    groups = re.sub(r"audit-|-probes", "", "\n".join(ALL_AUDIT))
    others = {"site-clean", "site-violations", "requests"}
    assert set(groups.split()) - others == set(plan_signatures.GROUPS)
    assert '"site-clean"' in text and '"site-violations"' in text and '"audit-requests"' in text
