# exchanges.py
# A capture of planned exchanges, and the roles that it shows
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

from audit_rows import host_lines
from generators import generator, plan

answers = plan("plan_answers")


def end(groups, group, number, which):
    """The address of an end: each exchange has its own."""
    return "10.%d.%d.%d" % (8 if which == answers.CLIENT else 9, list(groups).index(group) + 1,
                            number + 1)


def _play(cap, number, exchange, client, server):
    ends = (client, 40100 + number, server, exchange.port)
    flow = cap.tcp(*ends) if exchange.transport == answers.TCP else cap.udp(*ends)
    if exchange.transport == answers.TCP:
        flow.open()
    for by_server, message in exchange.said:
        say = flow.reply if by_server else flow.send
        if message is None:
            say(bytes(100), order=())  # so many bytes, none of them recorded
        else:
            say(message)
    if exchange.transport == answers.TCP:
        flow.close()
    cap.wait(0.5)


def write(groups, path):
    """Writes a capture of the exchanges of all groups."""
    cap = generator("flows").Capture()
    for group, exchanges in groups.items():
        for number, exchange in enumerate(exchanges):
            _play(cap, number, exchange, *(end(groups, group, number, which)
                                           for which in (answers.CLIENT, answers.SERVER)))
    cap.write(path)
    path.chmod(0o644)
    return path


def _basis_column(lines):
    heads = next(line for line in lines if line.startswith("Host"))
    names = [name.strip() for name in heads.split("|")]
    return names.index("Basis") if "Basis" in names else None


def found(lines, address):
    """role -> its basis; None where the statistic has no such column."""
    column = _basis_column(lines)
    cells = [[cell.strip() for cell in line.split("|")] for line in host_lines(lines, address)]
    return {row[1]: row[column] if column is not None else None for row in cells}
