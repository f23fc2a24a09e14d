# test_firewall_rules.py
# The firewall rules that the listed flows need: the table, and the file for nft
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import json
import os
import re
import shutil
import subprocess

import pytest

from audit_rows import conf, matrix_ids, plan_site, site_prefs, statistic
from conftest import is_root
from recorded_truth import NAMES, RECORDED, hosts, role_lines, truth

LISTED = {"Listed", "Corrected"}
PROXY = "10.20.1.50"
DIRECTION = "initiator to responder"
LEARNED = "by roles that traffic has shown, not smsrc_roles"

Rule = collections.namedtuple("Rule", "row client_roles server_roles proto port clients servers "
                              "flows blocked")
NftRule = collections.namedtuple("NftRule", "sources destinations proto port comment")

NFT_RULE = re.compile(
    r"^        (ip6?) saddr \{ ([0-9a-f.:, ]+) \} \1 daddr \{ ([0-9a-f.:, ]+) \} (tcp|udp) dport "
    r"(\d+) ct state new accept comment \"([A-Za-z0-9 ,.()+-]{1,128})\"$")


def recorded(name):
    return RECORDED / f"{name}.pcapng"


def cells_of(lines):
    """The rows of the table, and how many flows are left out for which reason."""
    rows, left_out = [], {}
    for line in lines:
        cells = [cell.strip() for cell in line.removesuffix(" |").split("|")]
        if cells[0] == "Left out":
            left_out[cells[1]] = int(cells[8])
        elif cells[0] in matrix_ids() or cells[0].startswith("USER"):
            rows.append(cells)
    return rows, left_out


def comments_of(lines):
    """The rows of the table that are not rules, because a role of theirs is unconfirmed."""
    rows = [[cell.strip() for cell in line.removesuffix(" |").split("|")] for line in lines
            if line.startswith("# ")]
    assert all(row[0][2:] in matrix_ids() for row in rows)
    return rows


def rules_of(lines):
    found = []
    for cells in cells_of(lines)[0]:
        assert cells[5] == DIRECTION
        found.append(Rule(cells[0], *map(roles, cells[1:3]), cells[3].lower(), cells[4],
                          *(tuple(cell.split(", ")) for cell in cells[6:8]), int(cells[8]),
                          int(cells[9])))
    return found


def roles(text):
    return frozenset(text.split(", "))


def nft_rules(text):
    """The rules of a file, each line of the chain being one."""
    chain = re.search(r"^    chain listed \{\n(.*?)^    \}$", text, re.MULTILINE | re.DOTALL)[1]
    found = []
    for line in chain.splitlines():
        match = NFT_RULE.match(line)
        assert match, line
        _, sources, destinations, proto, port, comment = match.groups()
        found.append(NftRule(sources.split(", "), destinations.split(", "), proto, port, comment))
    return found


def nft_file(tshark, capture, *more, **options):
    return tshark(capture, "-q", "-z", ",".join(("smsrc,rules.nft", *more)), **options).stdout


def drop_file(tshark, capture, **options):
    return tshark(capture, "-q", "-z", "smsrc,rules.nft.drop", **options).stdout


def address_of(end):
    return end.rsplit(":", 1)[0]


def is_broadcast(flow):
    return address_of(flow.server).endswith(".255")


def is_proxied(flow):
    return address_of(flow.server) == PROXY


def needs_a_rule(flow):
    return flow.verdict in LISTED and not is_broadcast(flow) and not is_proxied(flow)


def sorted_hosts(addresses):
    return tuple(sorted(addresses, key=lambda host: [int(part) for part in host.split(".")]))


def wanted_rules(name):
    """What the truth of a recording needs, each rule once."""
    needed = collections.defaultdict(list)
    for flow in filter(needs_a_rule, truth(name)):
        client_roles = flow.client_roles | (
            {"by a proxy"} if address_of(flow.client) == PROXY else set())
        needed[flow.row, frozenset(client_roles), frozenset(flow.server_roles), flow.proto,
               flow.server.rsplit(":", 1)[1]].append(flow)
    return [Rule(*key, *(sorted_hosts({address_of(end) for end in ends}) for ends in (
        [flow.client for flow in flows], [flow.server for flow in flows])), len(flows),
        sum(flow.reach == "blocked" for flow in flows)) for key, flows in needed.items()]


# --- The table ------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_the_table_is_what_the_truth_needs(tshark, name):
    found = rules_of(statistic(tshark, recorded(name), "rules", prefs=role_lines()))
    assert len(set(found)) == len(found)
    assert set(found) == set(wanted_rules(name))


@pytest.mark.parametrize("name", NAMES)
def test_each_flow_without_a_rule_is_counted_with_its_reason(tshark, name):
    _, left_out = cells_of(statistic(tshark, recorded(name), "rules", prefs=role_lines()))
    wanted = collections.Counter(
        flow.verdict if flow.verdict not in LISTED else
        "Broadcast" if is_broadcast(flow) else "To a proxy"
        for flow in truth(name) if flow.verdict != "-" and not needs_a_rule(flow))
    assert left_out == wanted


@pytest.mark.parametrize("name", NAMES)
def test_the_table_is_in_the_order_of_the_matrix(tshark, name):
    rows, _ = cells_of(statistic(tshark, recorded(name), "rules", prefs=role_lines()))
    order = [matrix_ids().index(row[0]) for row in rows]
    assert order == sorted(order)


@pytest.mark.parametrize("name", NAMES)
def test_a_second_pass_says_the_same(tshark, name):
    once, twice = (statistic(tshark, recorded(name), "rules", prefs=role_lines(), two_pass=two)
                   for two in (False, True))
    assert cells_of(once) == cells_of(twice)


@pytest.mark.parametrize("two_pass", (False, True), ids=("one pass", "two passes"))
@pytest.mark.parametrize("name", NAMES)
def test_with_learned_roles_no_flow_is_lost_and_none_is_twice(tshark, name, two_pass):
    """Verdicts change while roles are learned: the flows are those of the audit's own table."""
    lines = statistic(tshark, recorded(name), "rules", two_pass=two_pass)
    rows, left_out = cells_of(lines)
    audit = [[cell.strip() for cell in line.split("|")] for line in statistic(
        tshark, recorded(name), "audit", two_pass=two_pass)]
    listed = [row for row in audit if row[0] in LISTED]
    # Behind the firewall no client shows more than an anonymous request: nothing is confirmed.
    assert bool(rows) == (name != "site-firewalled") == bool(listed)
    unconfirmed = [row for row in audit if row[0] == "Unconfirmed"]
    assert sum(int(row[8]) for row in rows) + sum(left_out.get(reason, 0) for reason in (
        "Broadcast", "To a proxy", "Unconfirmed")) == len(listed + unconfirmed)
    assert sum(int(row[8]) for row in comments_of(lines)) == left_out.get("Unconfirmed", 0)
    assert left_out.get("KB gap", 0) == len([row for row in audit if row[0] == "KB gap"])


def test_many_addresses_are_cut_in_the_table_and_not_in_the_file(tshark, made):
    prefs = ('uat:smsrc_roles:"10.1.0.50","Administrator console",""',
             'uat:smsrc_roles:"10.1.3.0/24","Advanced Client",""')
    agents = [f"10.1.3.{number}" for number in range(31, 41)]
    rows, _ = cells_of(statistic(tshark, made("session-ten-agents"), "rules", prefs=prefs))
    row = next(row for row in rows if row[0] == "F3")
    assert row[6:9] == ["10.1.0.50", ", ".join(agents[:8]) + " and 2 more", "10"]
    rule = next(rule for rule in nft_rules(nft_file(tshark, made("session-ten-agents"),
                                                    prefs=prefs)) if rule.port == "2701")
    assert rule.destinations == agents


def test_a_row_of_the_users_own_comes_after_the_articles(tshark):
    prefs = (*role_lines(), 'uat:smsrc_rows:"Advanced Client","Management point","TCP","8080",'
             '"HTTP","our \\x22own\\x22 port"')
    rules = rules_of(statistic(tshark, recorded("site-misconfigured"), "rules", prefs=prefs))
    assert [(rule.row, rule.port, rule.clients, rule.servers) for rule in rules][-1] == (
        "USER1", "8080", ("10.20.2.11",), ("10.20.1.13",))
    assert "USER1" not in [rule.row for rule in rules[:-1]]


def test_the_filter_of_the_statistics_counts(tshark):
    only = "tcp.port == 1433"
    rows, _ = cells_of(statistic(tshark, recorded("site"), f"rules,{only}", prefs=role_lines()))
    assert {row[4] for row in rows} == {"1433"}
    found = nft_rules(nft_file(tshark, recorded("site"), only, prefs=role_lines()))
    assert {rule.port for rule in found} == {"1433"}
    assert len(found) == len(rows)


def test_a_bad_filter_is_told(tshark):
    done = tshark(recorded("site"), "-q", "-z", "smsrc,rules.nft,tcp.port ==", check=False)
    assert "smsrc,rules.nft" in done.stderr
    assert "table inet" not in done.stdout


def in_head(file):
    return [int(line.split()[3]) for line in file.splitlines()
            if line.startswith("# In rules: ") and line.endswith(LEARNED)]


def learned_flows(tshark, capture, prefs=()):
    """How many flows are in rules by learned roles: by the head of the file, and by the table."""
    head = in_head(nft_file(tshark, capture, prefs=prefs))
    table = [[cell.strip() for cell in line.split("|")]
             for line in statistic(tshark, capture, "rules", prefs=prefs)
             if line.startswith("In rules ")]
    assert all(cells[1] == LEARNED for cells in table)
    return head, [int(cells[8]) for cells in table]


def test_the_head_counts_the_flows_of_learned_roles(tshark):
    capture = recorded("site")
    # The table has all hosts but the proxy.
    assert learned_flows(tshark, capture, role_lines()) == ([1], [1])
    assert in_head(nft_file(tshark, capture, f"!(ip.addr == {PROXY})", prefs=role_lines())) == []
    rules = rules_of(statistic(tshark, capture, "rules"))
    flows = sum(rule.flows for rule in rules)
    assert rules and learned_flows(tshark, capture) == ([flows], [flows])


def test_a_table_of_one_end_leaves_the_other_end_learned(tshark):
    client = ('uat:smsrc_roles:"10.20.2.11","Advanced Client",""',)
    server = ('uat:smsrc_roles:"10.20.1.13","Management point",""',)
    only = "tcp.port == 80 && ip.addr == 10.20.2.11 && ip.addr == 10.20.1.13"
    files = [nft_file(tshark, recorded("site"), only, prefs=prefs)
             for prefs in (client, server, client + server)]
    assert all("saddr { 10.20.2.11 }" in file for file in files)
    assert [in_head(file) for file in files] == [[1], [1], []]


def test_sharkd_lists_the_table_and_has_what_tshark_has(tshark, sharkd):
    requests = ["info", {"method": "tap", "params": {"tap0": "nstat:smsrc,rules"}}]
    info, reply = sharkd(recorded("site"), requests, conf=conf(role_lines()))
    assert "nstat:smsrc,rules" in [entry["tap"] for entry in info["result"]["nstat"]]
    tap = next(tap for tap in reply["result"]["taps"] if tap)
    found = [[str(cell) for cell in row] for table in tap["tables"] for row in table["i"]]
    rows, left_out = cells_of(statistic(tshark, recorded("site"), "rules", prefs=role_lines()))
    assert [row for row in found
            if row[0] not in ("In rules", "Left out", "Not judged")] == rows
    assert {row[1]: int(row[8]) for row in found if row[0] == "Left out"} == left_out


# --- The file -------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", NAMES)
def test_the_file_lets_the_listed_flows_through_and_no_other(tshark, name):
    rules = nft_rules(nft_file(tshark, recorded(name), prefs=role_lines()))
    for flow in truth(name):
        through = [rule for rule in rules if address_of(flow.client) in rule.sources
                   and address_of(flow.server) in rule.destinations and rule.proto == flow.proto
                   and rule.port == flow.server.rsplit(":", 1)[1]]
        assert len(through) == needs_a_rule(flow), (flow, through)
        assert all(flow.row in rule.comment.split() for rule in through), (flow, through)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_has_no_address_that_was_not_seen(tshark, name):
    flows = [flow for flow in truth(name) if needs_a_rule(flow)]
    rules = nft_rules(nft_file(tshark, recorded(name), prefs=role_lines()))
    assert {host for rule in rules for host in rule.sources} == {
        address_of(flow.client) for flow in flows}
    assert {host for rule in rules for host in rule.destinations} == {
        address_of(flow.server) for flow in flows}


def test_the_file_is_the_same_every_time_and_all_there_is(tshark):
    text = nft_file(tshark, recorded("site"), prefs=role_lines())
    assert text.startswith("# ")
    assert text.endswith("}\n")
    assert text == nft_file(tshark, recorded("site"), prefs=role_lines())


def ipv6_file(tshark, made):
    return nft_file(tshark, made("rc-information-ipv6"), prefs=(
        'uat:smsrc_roles:"2001:db8:1::50","Administrator console",""',
        'uat:smsrc_roles:"2001:db8:1:3::/64","Advanced Client",""'))


def test_ipv6(tshark, made):
    text = ipv6_file(tshark, made)
    assert "ip6 saddr { 2001:db8:1::50 } ip6 daddr { 2001:db8:1:3::17 } tcp dport 2701 " in text
    assert " ip saddr" not in text


def test_ipx_is_said_and_is_no_rule(tshark, made):
    capture = made("session-ipx")
    rows = comments_of(statistic(tshark, capture, "rules"))
    assert [row[:5] for row in rows if row[3] == "IPX"] and rows[0][0] == "# G4"
    assert "smsrc_roles" not in rows[0][5] # which has no address of IPX
    text = nft_file(tshark, capture)
    assert "# G4 " in text
    assert "saddr" not in text


@pytest.mark.parametrize("name", NAMES)
def test_only_the_file_that_drops_has_a_policy(tshark, name):
    text = nft_file(tshark, recorded(name), prefs=role_lines())
    assert re.findall(r"chain (\w+) \{", text) == ["listed"]
    assert "policy" not in text and "hook" not in text
    dropping = drop_file(tshark, recorded(name), prefs=role_lines())
    assert re.findall(r"chain (\w+) \{", dropping) == ["listed", "forward"]
    assert dropping.count("type filter hook forward priority 0; policy drop;") == 1
    assert nft_rules(dropping) == nft_rules(text)


@pytest.mark.parametrize("file", (nft_file, drop_file))
@pytest.mark.parametrize("capture", ("rc-not-dns", "demo"), ids=("nothing judged", "all left out"))
def test_a_file_without_rules_is_a_comment(tshark, made, capture, file):
    text = file(tshark, made(capture))
    assert text and all(line.startswith("#") for line in text.splitlines())
    assert "policy" not in text


# --- nft ------------------------------------------------------------------------------------------

NFT = shutil.which("nft", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def in_own_network(*argv, **options):
    """Runs a program where no firewall but its own can come to harm."""
    return subprocess.run(["unshare", "--net", *argv], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, **options)


@pytest.fixture(scope="module")
def nft():
    if NFT is None:
        pytest.skip("nft is not installed")
    if not is_root() or in_own_network(NFT, "list", "ruleset").returncode != 0:
        pytest.skip("nft needs root and a network namespace")
    return NFT


def all_roles(*addresses):
    return [f'uat:smsrc_roles:"{address}","{role}",""' for address in addresses
            for role in sorted({role for _, role, _ in plan_site.ROLES})]


def files(tshark, made):
    yield from (nft_file(tshark, recorded(name), prefs=role_lines()) for name in NAMES)
    yield from (nft_file(tshark, recorded(name)) for name in NAMES)
    yield nft_file(tshark, made("site-violations"), prefs=site_prefs())
    yield nft_file(tshark, made("session-ipx"))
    yield nft_file(tshark, made("rc-not-dns"))
    yield ipv6_file(tshark, made)
    yield nft_file(tshark, recorded("site"), prefs=[*role_lines(), *all_roles(*hosts())])


def drop_files(tshark, made):
    yield from (drop_file(tshark, recorded(name), prefs=role_lines()) for name in NAMES)
    yield from (drop_file(tshark, recorded(name)) for name in NAMES)
    yield drop_file(tshark, made("session-ipx"))
    yield drop_file(tshark, made("rc-not-dns"))


def test_nft_takes_the_file(nft, tshark, made, tmp_path):
    path = tmp_path / "smsrc.nft"
    for text in (*files(tshark, made), *drop_files(tshark, made)):
        path.write_text(text, encoding="utf-8")
        done = in_own_network(nft, "-c", "-f", path)
        assert done.returncode == 0 and not done.stdout, f"{text}\n{done.stdout}"


@pytest.mark.parametrize("file, wanted", (
    (nft_file, {"listed": None}), (drop_file, {"listed": None, "forward": "drop"})))
def test_nft_loads_the_file_and_again(nft, tshark, tmp_path, file, wanted):
    path = tmp_path / "smsrc.nft"
    text = file(tshark, recorded("site"), prefs=role_lines())
    path.write_text(text, encoding="utf-8")
    done = in_own_network("sh", "-c", '"$0" -f "$1" && "$0" -f "$1" && "$0" -j list ruleset',
                          nft, str(path))
    assert done.returncode == 0, done.stdout
    loaded = [entry["rule"] for entry in json.loads(done.stdout)["nftables"] if "rule" in entry]
    assert [rule["comment"] for rule in loaded if rule["chain"] == "listed"] == [
        rule.comment for rule in nft_rules(text)]
    chains = [entry["chain"] for entry in json.loads(done.stdout)["nftables"] if "chain" in entry]
    assert {chain["name"]: chain.get("policy") for chain in chains} == wanted


# Two hosts and the firewall between them, each its own network below the test's.
THREE_NETWORKS = """
set -e
mount -t tmpfs none /run; mkdir -p /run/netns
for host in client server; do
    ip netns add $host
    ip link add $host type veth peer name eth0 netns $host
    ip link set $host up
    ip -n $host link set eth0 up
    ip -n $host link set lo up
done
ip address add 10.20.2.1/24 dev client
ip address add 10.20.1.1/24 dev server
ip -n client address add 10.20.2.11/24 dev eth0
ip -n client route add default via 10.20.2.1
ip -n server address add 10.20.1.13/24 dev eth0
ip -n server route add default via 10.20.1.1
echo 1 > /proc/sys/net/ipv4/ip_forward
"$0" -f "$1"
servers=
for port in 80 8080; do
    ip netns exec server python3 -c 'import socket, sys
with socket.create_server(("", int(sys.argv[1]))) as s:
    while True:
        s.accept()[0].sendall(b"answer")' $port >/dev/null 2>&1 &
    servers="$servers $!"
done
trap 'kill $servers' EXIT
ask='import socket, sys, time
for wait in range(int(sys.argv[2])):
    try:
        with socket.create_connection((sys.argv[3], int(sys.argv[1])), 2) as s:
            print(sys.argv[1], sys.argv[3], s.recv(9).decode())
            break
    except OSError:
        time.sleep(0.1)
else:
    print(sys.argv[1], sys.argv[3], "none")'
for port in 80 8080; do
    ip netns exec server python3 -c "$ask" $port 100 10.20.1.13
    ip netns exec client python3 -c "$ask" $port 1 10.20.1.13
done
"""


def test_what_is_listed_goes_through_and_what_is_not_does_not(nft, tshark, tmp_path):
    """The file between a client and its management point: 80 is E1, 8080 is on no row."""
    if shutil.which("ip") is None:
        pytest.skip("ip is not installed")
    path = tmp_path / "smsrc.nft"
    path.write_text(drop_file(tshark, recorded("site-misconfigured"), prefs=role_lines()),
                    encoding="utf-8")
    alone = ["unshare", "--net", "--mount"]
    if subprocess.run([*alone, "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("a firewall between two hosts needs its own mounts, which a chroot has not")
    done = subprocess.run([*alone, "sh", "-c", THREE_NETWORKS, nft,
                           str(path)], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", timeout=60)
    # Each is called from its own network first, so that it is known to be there.
    assert done.stdout.splitlines() == [
        f"{port} 10.20.1.13 {answer}" for port, answer in (
            (80, "answer"), (80, "answer"), (8080, "answer"), (8080, "none"))], done.stderr
