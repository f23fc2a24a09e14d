# test_reports.py
# The commands of plugin/doc/reports.md, as they are there: CSV, Elasticsearch's bulk form
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import csv
import datetime
import io
import ipaddress
import json
import re
import shutil

import pytest

from conftest import ROOT, check_run
from json_output import json_lines, no_twice
from recorded_truth import RECORDED

DOCUMENT = ROOT / "plugin" / "doc" / "reports.md"
MAPPING = ROOT / "plugin" / "batch" / "smsrc-elastic-mapping.json"


def commands():
    return re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"),
                      re.MULTILINE | re.DOTALL)


@pytest.fixture
def documented(sandbox):
    """documented(words, capture, written=None, options="") -> what the one command of the document
    that has these words prints, or writes into a file, where site.pcap is this capture, and tshark
    has these options too."""
    if not shutil.which("jq"):
        pytest.skip("jq is not installed")

    def run(words, capture, written=None, options=""):
        command, = [one for one in commands() if all(word in one for word in words)]
        command = command.replace("tshark ", f"tshark {options} ")
        command = re.sub(r"test-captures/\S+\.pcap\w*", "site.pcap", command)
        folder = sandbox.new_folder("documented")
        folder.chmod(0o777)
        shutil.copyfile(capture, folder / "site.pcap")
        (folder / "site.pcap").chmod(0o644)
        done = check_run(sandbox.run(["sh", "-c", f'cd "$0" && {command}', folder], text=False))
        return (folder / written).read_bytes() if written else done.stdout
    return run


@pytest.fixture
def site():
    return RECORDED / "site-misconfigured.pcapng"


@pytest.fixture
def quoted(made, tmp_path):
    """A host whose name has what CSV must quote."""
    path = tmp_path / "quoted.pcap"
    path.write_bytes(made("rc-information").read_bytes().replace(b"WKS17", b'a",\'b'))
    return path


def table(data):
    first, *rows = csv.reader(io.StringIO(data.decode("utf-8", "strict"), newline=""), strict=True)
    assert rows and {len(row) for row in rows} == {len(first)}
    return [dict(zip(first, row)) for row in rows]


def as_text(value):
    return (", ".join(value) if isinstance(value, list) else "" if value is None else
            str(value).lower() if isinstance(value, bool) else str(value))


def test_a_mails_form(documented, site):
    text = documented(["COLUMNS=80"], site).decode()
    assert max(map(len, text.splitlines())) == 80
    assert "Off matrix" in text


def test_csv_of_flows(documented, tshark, site):
    rows = table(documented(["audit.json", "@csv"], site))
    flows, _ = json_lines(tshark, site)
    assert rows == [{name: as_text(flow.get(name)) for name in rows[0]} for flow in flows]


def test_csv_of_sessions(documented, tshark, made, quoted):
    for capture in (made("demo"), quoted):
        rows = table(documented(["sessions.json", "@csv"], capture))
        sessions, _ = json_lines(tshark, capture, "sessions")
        assert [row["host"] for row in rows] == [session["host"] for session in sessions]
        assert [row["functions"].split(", ") for row in rows] == [
            session["functions"] for session in sessions]
    assert rows[0]["host"] == 'a",\'b'


def test_csv_of_packets(documented, tshark, site):
    rows = table(documented(["-T fields"], site))
    flows, _ = json_lines(tshark, site)
    first = {str(flow["first_frame"]): flow for flow in flows}
    assert len(rows) >= len(first) > 0
    for row in rows:
        if row["frame.number"] in first:
            assert {row["ip.src"], row["ip.dst"]} == {
                first[row["frame.number"]]["initiator"], first[row["frame.number"]]["responder"]}
    assert set(first) <= {row["frame.number"] for row in rows}


# --- Elasticsearch --------------------------------------------------------------------------------

def strictly(data):
    """Actions and documents of a body for _bulk, as its reference requires it."""
    assert data.endswith(b"\n") and b"\r" not in data
    lines = [json.loads(line.decode("utf-8", "strict"), object_pairs_hook=no_twice)
             for line in data[:-1].split(b"\n")]
    assert lines and len(lines) % 2 == 0
    return list(zip(lines[::2], lines[1::2]))


def instant(value):
    return datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# What a field of a type takes; null, and a list of such, are taken by all.
TYPES = {
    "keyword": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "long": lambda value: is_number(value) and value == int(value) and abs(value) < 2 ** 63,
    "double": is_number,
    "date": lambda value: isinstance(value, str) and instant(value),
    "ip": ipaddress.ip_address,
}


def check_document(document, properties, used, path=""):
    for name, value in document.items():
        assert name in properties, f"strict: {path}{name} is not mapped"
        used.add(path + name)
        if isinstance(value, dict):
            assert set(properties[name]) == {"properties"}
            check_document(value, properties[name]["properties"], used, f"{path}{name}.")
            continue
        kind = TYPES[properties[name]["type"]]
        for one in value if isinstance(value, list) else [value]:
            assert one is None or kind(one), f"{path}{name}: {one!r}"


def leaves(properties, path=""):
    for name, one in properties.items():
        yield path + name
        yield from leaves(one.get("properties", {}), f"{path}{name}.")


def test_each_member_of_the_bulk_is_in_the_mapping(documented, made, site):
    mapping = json.loads(MAPPING.read_text(encoding="utf-8"), object_pairs_hook=no_twice)
    assert set(mapping) == {"mappings"} and set(mapping["mappings"]) == {"dynamic", "properties"}
    assert mapping["mappings"]["dynamic"] == "strict"
    properties, used = mapping["mappings"]["properties"], set()
    other_list = "-o smsrc.audit.matrix:configmgr"
    for capture, options in ((site, ""), (made("demo"), ""), (made("session-ipx"), ""),
                             (made("session-names"), ""), (made("rc-information-ipv6"), ""),
                             (made("cm-site"), other_list)):
        pairs = strictly(documented(["_index"], capture, "bulk.ndjson", options))
        ids = [action["index"]["_id"] for action, _ in pairs]
        assert len(set(ids)) == len(ids)
        for action, document in pairs:
            assert set(action) == {"index"}
            assert set(action["index"]) == {"_index", "_id"}
            assert action["index"]["_index"] == "smsrc"
            assert action["index"]["_id"].startswith(f"site.pcap/{document['type']}/")
            assert len(action["index"]["_id"].encode()) <= 512
            check_document(document, properties, used)
    assert used == set(leaves(properties)), "the mapping has what no document has"


def test_the_bulk_is_all_flows_and_sessions(documented, tshark, site):
    documents = [document for _, document in strictly(documented(["_index"], site,
                                                                 "bulk.ndjson"))]
    flows, _ = json_lines(tshark, site)
    sessions, _ = json_lines(tshark, site, "sessions")
    wanted = [{"capture": "site.pcap", **line} for line in flows + sessions]
    assert sorted(map(json.dumps, documents)) == sorted(map(json.dumps, wanted))


def test_tsharks_own_bulk(documented, site):
    used = set()
    for action, document in strictly(documented(["-T ek", "packets.ndjson"], site, "packets.ndjson")):
        assert set(action) == {"index"}
        assert int(document["timestamp"]) > 0
        layer = document["layers"]["smsrc_audit"]
        for one in layer if isinstance(layer, list) else [layer]:
            used |= set(one)
    assert used >= {"smsrc_audit_smsrc_audit_" + name for name in ("verdict", "row",
                                                                   "server_port")}


def test_tsharks_own_mapping_does_not_fit(tshark):
    """As the document states. If this fails, Wireshark has learned it: document that there."""
    mapping = json.loads(tshark(None, "-G", "elastic-mapping", "--elastic-mapping-filter",
                                "smsrc,smsrc.audit").stdout)
    layers = mapping["mappings"]["properties"]["layers"]["properties"]
    assert "smsrc_audit" not in layers
    assert "smsrc_audit_smsrc_audit_verdict" not in layers["smsrc.audit"]["properties"]
