# test_audit_reused_transactions.py
# Neither a number that is used twice, nor a text elsewhere, nor an echo makes an answer a proof
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

import exchanges
from audit_rows import statistic
from exchanges import found
from generators import generator, plan

reused = plan("plan_reused")
answers = plan("plan_answers")
kb = plan("kb_services")
CASES = [pytest.param(group, number, id=f"{group}-{exchange.name}")
         for group, of_group in reused.GROUPS.items()
         for number, exchange in enumerate(of_group)]
HOST, SERVER, SQL = "10.7.1.5", "10.7.1.7", "10.7.1.12"


@pytest.fixture(scope="module")
def roles(tshark, sandbox):
    """The lines of the statistic of roles for all exchanges."""
    path = exchanges.write(reused.GROUPS, sandbox.new_folder("reused") / "reused.pcap")
    return statistic(tshark, path, "roles")


@pytest.mark.parametrize("group, number", CASES)
def test_the_ends_have_the_roles_that_are_proven(roles, group, number):
    for which in (answers.CLIENT, answers.SERVER):
        right = {role: basis for (of, role), basis in
                 reused.GROUPS[group][number].learned.items() if of == which}
        assert found(roles, exchanges.end(reused.GROUPS, group, number, which)) == right


@pytest.fixture
def shown(tshark, sandbox):
    """shown(play) -> the lines of the roles of a capture that play(cap) fills."""
    def show(play):
        cap = generator("flows").Capture()
        play(cap)
        path = sandbox.new_folder("small") / "small.pcap"
        cap.write(path)
        path.chmod(0o644)
        return statistic(tshark, path, "roles")
    return show


# --- Ports that are used again ------------------------------------------------------------------

@pytest.mark.parametrize("same", [True, False], ids=["same sequence", "another sequence"])
@pytest.mark.parametrize("name, port, request_, success", reused.OPEN,
                         ids=[one[0] for one in reused.OPEN])
def test_a_connection_answers_nothing_of_the_one_before(shown, name, port, request_, success,
                                                        same):
    def play(cap):
        before = cap.tcp(HOST, 1100, SERVER, port)
        first = before._client.seq
        before.open()
        before.send(request_)
        before.reset(by_server=False)
        cap.wait(2)
        again = cap.tcp(HOST, 1100, SERVER, port)
        if same:
            again._client.seq = first
        again.open()
        again.reply(success)
        again.close()
    lines = shown(play)
    assert found(lines, HOST) == found(lines, SERVER) == {}


# --- What a name server and a database say ------------------------------------------------------

def login(cap, port, database="SMS_ABC"):
    flow = cap.tcp(HOST, port, SQL, 1433)
    flow.open()
    flow.send(kb.tds_login(database))
    flow.reply(kb.tds_logged_in(database))
    flow.close()


NAMES = [("MP_ABC", "Management point"), ("NLB_ABC", "Management point"),
         ("SMS_SLP", "Server locator point")]


@pytest.mark.parametrize("answer, basis", [
    (None, answers.UNCONFIRMED), ("refused", answers.UNCONFIRMED), ("own", answers.UNCONFIRMED),
    ("taken", answers.PROVEN)])
@pytest.mark.parametrize("name, role", NAMES, ids=[name for name, _ in NAMES])
def test_a_name_is_a_second_fact_if_a_name_server_has_registered_it(shown, name, role, answer,
                                                                    basis):
    def play(cap):
        flow = cap.udp(HOST, 137, SERVER if answer else "10.7.1.255", 137)
        flow.send(kb.nbns_register(name, 0x1A, HOST, broadcast=not answer))
        if answer == "own":
            flow.send(kb.nbns_registered(name, 0x1A, HOST))
        elif answer:
            flow.reply(kb.nbns_registered(name, 0x1A, HOST, refused=answer == "refused"))
        login(cap, 1100)
        login(cap, 1101)
    lines = shown(play)
    assert found(lines, HOST)[role] == basis
    assert found(lines, SQL)["SQL Server"] == basis


@pytest.mark.parametrize("list_names_site", [True, False], ids=["its site", "no site"])
@pytest.mark.parametrize("database, basis", [("SMS_ABC", answers.PROVEN),
                                             ("SMS_XYZ", answers.UNCONFIRMED)])
def test_a_management_point_agrees_unless_it_is_of_another_site(shown, list_names_site, database,
                                                                basis):
    request_, answer = ("/SMS_MP/.sms_aut?MPKEYINFORMATION", answers.MP_KEY) if list_names_site \
        else (kb.MPLIST, kb.MPLIST_REPLY)

    def play(cap):
        flow = cap.tcp("10.7.1.99", 1200, HOST, 80)
        flow.open()
        flow.send(kb.http_get(request_))
        flow.reply(answer)
        flow.close()
        login(cap, 1100, database)
        login(cap, 1101, database)
    right = basis if list_names_site else answers.PROVEN
    assert found(shown(play), SQL)["SQL Server"] == right


# --- Echo by datagram ---------------------------------------------------------------------------

ORDERS = {"in turn": (0, "0", 1, "1"), "both first": (0, 1, "0", "1"),
          "answer first": (1, 0, "1", "0"), "question twice": (0, 0, "0", "0", 1, "1"),
          "answer twice": (0, "0", 1, 1, "1", "1")}


@pytest.mark.parametrize("with_role", [HOST, SERVER])
@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
def test_an_echo_of_dns_makes_no_name_server(shown, order, with_role):
    question = kb.dns_query("x.contoso.example", number=5)
    said = (question, kb.dns_answer("x.contoso.example", "10.1.1.1", number=5))

    def play(cap):
        cap.udp(with_role, 137, "10.7.1.255", 137).send(
            kb.nbns_register("PC66", 0x43, with_role, broadcast=True))
        flow = cap.udp(HOST, 53, SERVER, 9999)
        for one in order:
            if isinstance(one, int):
                flow.send(said[one])
            else:
                flow.reply(said[int(one)])
    lines = shown(play)
    for host in (HOST, SERVER):
        assert "DNS server" not in found(lines, host)
