# test_product_roles.py
# The product's own names of roles in the table smsrc_roles, and smsrc-roles, which writes that table
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess
import sys

import pytest

import bare_packets
from audit_rows import statistic, uat
from conftest import ROOT

pytestmark = pytest.mark.quick

# The names that the product's own list of roles has (SMS_SCI_SysResUse), and what they give.
PRODUCT_ROLES = {
    "SMS Site Server": ["Site server"],
    "SMS SQL Server": ["SQL Server"],
    "SMS Provider": ["SMS Provider"],
    "SMS Management Point": ["Management point"],
    "SMS Device Management Point": ["Management point"],
    "SMS Notification Server": ["Management point"],
    "SMS Server Locator Point": ["Server locator point"],
    "SMS Reporting Point": ["Reporting point"],
    "SMS SRS Reporting Point": ["Reporting services point"],
    "SMS Distribution Point": ["BITS distribution point", "SMB distribution point"],
    "SMS Branch Distribution Point": ["BITS distribution point", "SMB distribution point"],
    "SMS PXE Service Point": ["PXE distribution point"],
    "SMS Multicast Service Point": ["Multicast distribution point"],
    "SMS Software Update Point": ["Software update point"],
    "SMS Fallback Status Point": ["Fallback status point"],
    "SMS State Migration Point": ["State migration point"],
    "SMS System Health Validator": ["System Health Validator point"],
    "SMS Endpoint Protection Point": ["Endpoint Protection point"],
    "SMS Dmp Connector": ["Service connection point"],
    "SMS Cloud Proxy Connector": ["CMG connection point"],
    "AI Update Service Point": ["Asset Intelligence synchronization point"],
    "Data Warehouse Service Point": ["Data warehouse service point"],
    "SMS Enrollment Server": ["Enrollment point"],
    "SMS Enrollment Web Site": ["Enrollment proxy point"],
    "SMS Certificate Registration Point": ["Certificate registration point"],
    "SMS Component Server": ["Site system"],
    "SMS Site System": ["Site system"],
    "SMS AMT Service Point": ["Site system"],
    "SMS Application Web Service": ["Site system"],
    "SMS Portal Web Site": ["Site system"],
    "SMS DM Enrollment Service": ["Site system"],
}

HOSTS = {f"10.77.0.{number}": name for number, name in enumerate(PRODUCT_ROLES, 1)}


@pytest.fixture(scope="module")
def capture(sandbox):
    """Each host sends one datagram to the next."""
    hosts = list(HOSTS)
    return bare_packets.write(
        sandbox.new_folder("product-roles") / "hosts.pcap",
        [bare_packets.udp(host, 5000, other, 6000, b"?") for host, other
         in zip(hosts, hosts[1:] + hosts[:1])])


def roles_shown(tshark, capture, **how):
    """host -> its roles, all of the table."""
    found = {}
    for line in statistic(tshark, capture, "roles", **how):
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0].startswith("10.77."):
            assert cells[2] == "ABC" and "Table" in cells, line
            found.setdefault(cells[0], []).append(cells[1])
    return {host: sorted(roles) for host, roles in found.items()}


def test_the_table_takes_the_products_own_names(tshark, capture, fresh_home):
    """On the command line, and in the file."""
    lines = [f'"{host}","{name}","ABC"' for host, name in HOSTS.items()]
    right = {host: PRODUCT_ROLES[name] for host, name in HOSTS.items()}
    assert roles_shown(tshark, capture, prefs=uat("smsrc_roles", *lines)) == right
    home = table_of_a_home(fresh_home(), "\n".join(line.upper() for line in lines) + "\n")
    assert roles_shown(tshark, capture, env=home) == right


def table_of_a_home(home, text):
    """Writes the table into a new home; the variables with which tshark reads it."""
    folder = home / ".config" / "wireshark"
    folder.mkdir(parents=True)
    (folder / "smsrc_roles").write_text(text, encoding="utf-8")
    for path in (home, home / ".config", folder):
        path.chmod(0o755)
    (folder / "smsrc_roles").chmod(0o644)
    return {"HOME": home, "XDG_CONFIG_HOME": None}


# --- smsrc-roles ----------------------------------------------------------------------------------

PROGRAM = ROOT / "plugin" / "batch" / "smsrc-roles"
COLUMNS = '"NetworkOSPath","RoleName","SiteCode","NALPath"\r\n'


def run(*arguments, text=b"", code=0):
    done = subprocess.run([sys.executable, PROGRAM, *arguments], input=text, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = done.stderr.decode("ascii")
    assert done.returncode == code, said
    assert all(line.startswith("smsrc-roles: ") for line in said.splitlines()), said
    return done.stdout.decode(), said


def export_of(*rows):
    """Rows of host, role and site code as Export-Csv writes them."""
    return COLUMNS + "".join(
        rf'"\\{host}","{role}","{code}",'
        rf'"[""Display=\\{host}\""]MSWNET:[""SMS_SITE={code}""]\\{host}\"' + "\r\n"
        for host, role, code in rows)


def table(text):
    return [line for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_becomes_the_table(tshark, capture, fresh_home, tmp_path, encoding):
    """As PowerShell 7 and 5 write it; the names of hosts are in either case."""
    rows = [(f"S{number}.corp.example", name, "ABC") for number, name in enumerate(PRODUCT_ROLES)]
    export, names, to = (tmp_path / name for name in ("roles.csv", "names.txt", "smsrc_roles"))
    head = "" if encoding == "utf-8" else "#TYPE Selected.CimInstance\r\n"
    export.write_bytes((head + export_of(*rows)).encode(encoding))
    names.write_text("".join(f"{host}\ts{number}.corp.example s{number}\n"
                             for number, host in enumerate(HOSTS)))
    assert run("--hosts", names, "-o", to, export) == ("", "")
    home = table_of_a_home(fresh_home(), to.read_text())
    if encoding == "utf-16":
        assert roles_shown(tshark, capture, env=home) == {
            host: PRODUCT_ROLES[name] for host, name in HOSTS.items()}
    assert len(table(to.read_text())) == len(HOSTS)
    # Its own table is replaced, another's is not.
    assert run("--hosts", names, "-o", to, export) == ("", "")
    to.write_text('"10.0.0.1","Site server",""\n')
    _, said = run("--hosts", names, "-o", to, export, code=2)
    assert "not written by smsrc-roles" in said
    assert to.read_text() == '"10.0.0.1","Site server",""\n'


def test_what_cannot_be_used_is_listed(tmp_path):
    rows = [("10.77.0.1", "SMS Site Server", "abc"), ("10.77.0.1", "SMS Site Server", "ABC"),
            ("mp", "SMS Management Point", "ABC"), ("10.77.0.2", "SMS Tea Point", "ABC"),
            ("=cmd|'/c calc'!A1", "SMS Provider", "ABC"), ("10.77.0.3", "=1+1", ""),
            ("a\nb", "SMS Provider", "ABC"), ("10.77.0.4", "SMS SQL Server", "@SUM"),
            ("127.0.0.1", "SMS Provider", "ABC"), ("two.example", "SMS Provider", "A\x1b["),
            ("2001:db8::5", "SMS SQL Server", "")]
    names = tmp_path / "names.csv"
    names.write_text("name,address\ntwo,10.77.0.6\ntwo;2001:db8::6\n\"bad name'\",10.77.0.7\n")
    written, said = run("--hosts", names, text=export_of(*rows).encode(), code=1)
    assert table(written) == [
        '"10.77.0.1","Site server","ABC"', '"10.77.0.4","SQL Server",""',
        '"10.77.0.6","SMS Provider",""', '"2001:db8::6","SMS Provider",""',
        '"2001:db8::5","SQL Server",""']
    lines = said.splitlines()
    for words in (("-:4:", "no address", "mp"), ("-:5:", "unknown role", "SMS Tea Point"),
                  ("-:6:", "no name", "=cmd"), ("-:7:", "unknown role", "=1+1"),
                  ("-:8:", "no name", r"a\nb"), ("-:12:", "no site code", "@SUM"),
                  ("-:13:", "no address", "127.0.0.1"), ("-:14:", "no site code", r"A\x1b["),
                  ("names.csv:4:", "no name with an address", "bad name")):
        assert [line for line in lines if all(word in line for word in words)], words
    assert len(lines) == 9


@pytest.mark.parametrize("text, why", [
    (b"", "no columns"), (b"a,b\r\n1,2\r\n", "no columns"),
    (COLUMNS.encode() + b'"x"y,"z"\r\n', "expected after"),
    (COLUMNS.encode() + b"a\0b,c,d,e\r\n", "NUL"), (b"\xff\xfea", "not UTF-16"),
    (COLUMNS.encode() + b"\xfcber,c,d,e\r\n", "not UTF-8")])
def test_a_broken_export_writes_nothing(text, why):
    written, said = run(text=text, code=2)
    assert written == ""
    assert why in said


def test_other_columns_and_the_resolver():
    """Export-Csv -UseCulture, without NetworkOSPath. Only the resolver takes 10.258 for 10.0.1.2."""
    text = ('RoleName;X;NALPath\n"SMS Provider";1;"[""Display=\\\\10.258\\""]MSWNET:'
            '[""SMS_SITE=ABC""]\\\\10.258\\"\n').encode()
    assert "no address of '10.258'" in run(text=text, code=1)[1]
    written, said = run("--resolve", text=text)
    assert (table(written), said) == (['"10.0.1.2","SMS Provider",""'], "")
