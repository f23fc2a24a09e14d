# reach_ways.py
# What becomes of a connection, or of a datagram, on its way: captures of one way each
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each way is played by its own client, whose number is the way's. A Way has the reach that
# statistics and a second pass give, and in how many of its frames one pass and two say `blocked`.

from collections import namedtuple

from generators import generator

kb = generator("kb_services")

Way = namedtuple("Way", "play reach one two")

REQUEST = b"GET /SMS_MP/.sms_pol?ABC00005.2_00 HTTP/1.1\r\nHost: mp01\r\n\r\n"
RESPONSE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
ROUTER = {4: "10.1.0.1", 6: "fd00::1"}


def router(frame):
    from scapy.layers.inet import IP
    return ROUTER[4 if IP in frame else 6]


def prohibited(cap, frame):
    """A router's error for the frame."""
    from scapy.layers.inet import IP
    return cap.unreachable(frame, router(frame), 13 if IP in frame else 1)


def copy(cap, frame, times=1, seconds=0, **changed):
    """The frame as a mirror port has it again; `changed` are fields of its IP header."""
    from scapy.layers.inet import IP
    frame = frame.copy()
    for name, value in changed.items():
        setattr(frame[IP], name, value)
    if IP in frame:
        del frame[IP].chksum
    for _ in range(times):
        cap.wait(seconds)
        cap.add(frame)


def syns(cap, talk, tries, copies=0, pause=3):
    """SYNs that nothing answers, each with its copies. Returns the first."""
    first = None
    for number in range(tries):
        if number:
            cap.wait(pause)
            talk._client.seq -= 1
        frame = talk.syn()
        first = first or frame
        copy(cap, frame, copies)
    return first


def syn_ack(talk, again=False):
    if again:
        talk._server.seq -= 1
    frame = talk._segment(talk._server, talk._client, "SA")
    talk._server.seq += 1
    return frame


def again(talk, tries, copies=0, pause=3):
    """The request, sent `tries` times."""
    first = talk._client.seq
    for number in range(tries):
        if number:
            talk._capture.wait(pause)
        talk._client.seq = first
        copy(talk._capture, talk.send(REQUEST)[0], copies)


def opened(play):
    """What happens after the handshake."""
    def whole(cap, talk):
        talk.open()
        play(cap, talk)
    return whole


def lost(tries, then=None):
    """The SYN is repeated although it is answered each time."""
    def play(cap, talk):
        for number in range(tries):
            if number:
                cap.wait(3)
                talk._client.seq -= 1
            talk.syn()
            syn_ack(talk, number > 0)
        if then:
            then(cap, talk)
    return play


def in_the_end(tries):
    def play(cap, talk):
        syns(cap, talk, tries)
        syn_ack(talk)
        talk.acknowledge(by_server=False)
        talk.send(REQUEST)
        talk.reply(RESPONSE)
        talk.close()
    return play


def refused_first(refuse):
    """The first SYN is refused, the second answered."""
    def play(cap, talk):
        refuse(cap, talk, talk.syn())
        cap.wait(1)
        talk._client.seq -= 1
        talk.syn()
        syn_ack(talk)
        talk.acknowledge(by_server=False)
        talk.send(REQUEST)
        talk.reply(RESPONSE)
    return play


def all_twice(cap, talk):
    """The whole connection on a mirror port."""
    syns(cap, talk, 1, 1)
    copy(cap, syn_ack(talk))
    for frame in [*talk.send(REQUEST), *talk.reply(RESPONSE)]:
        copy(cap, frame)
    talk.close()


def swapped(cap, *plays):
    """Two frames that the capture has in the other order."""
    at = len(cap._frames)
    for play in plays:
        play()
    (one, first), (other, second) = cap._frames[at:at + 2]
    cap._frames[at:at + 2] = [(one, second), (other, first)]


def late_error(cap, talk):
    syn = talk.syn()
    syn_ack(talk)
    talk.acknowledge(by_server=False)
    talk.send(REQUEST)
    prohibited(cap, syn)


def error_for_the_answer(cap, talk):
    talk.syn()
    prohibited(cap, syn_ack(talk))


CALLS = {
    "one SYN": Way(lambda cap, talk: syns(cap, talk, 1), "No answer", 0, 0),
    "two SYNs": Way(lambda cap, talk: syns(cap, talk, 2), "Blocked", 0, 0),
    "three SYNs": Way(lambda cap, talk: syns(cap, talk, 3), "Blocked", 1, 1),
    "five SYNs": Way(lambda cap, talk: syns(cap, talk, 5), "Blocked", 1, 1),
    "copies of one SYN": Way(lambda cap, talk: syns(cap, talk, 1, 5), "No answer", 0, 0),
    "copies of two SYNs": Way(lambda cap, talk: syns(cap, talk, 2, 2), "Blocked", 0, 0),
    "copies of three SYNs": Way(lambda cap, talk: syns(cap, talk, 3, 2), "Blocked", 1, 1),
    "all of it twice": Way(all_twice, "Open", 0, 0),
    "reset": Way(lambda cap, talk: (talk.syn(), talk.reset()), "Blocked", 1, 1),
    "reset three times": Way(lambda cap, talk: [(syns(cap, talk, 1), talk.reset(), cap.wait(1),
                                                 setattr(talk._client, "seq",
                                                         talk._client.seq - 1))
                                                for _ in range(3)], "Blocked", 1, 1),
    "prohibited": Way(lambda cap, talk: prohibited(cap, talk.syn()), "Blocked", 1, 1),
    "port unreachable": Way(lambda cap, talk: cap.unreachable(talk.syn()), "Blocked", 1, 1),
    "answered at once": Way(in_the_end(1), "Open", 0, 0),
    "answered at the second try": Way(in_the_end(2), "Open", 0, 0),
    "answered at the fourth try": Way(in_the_end(4), "Open", 1, 0),
    "reset, then answered": Way(refused_first(lambda cap, talk, syn: talk.reset()), "Open", 1, 0),
    "prohibited, then answered": Way(refused_first(lambda cap, talk, syn: prohibited(cap, syn)),
                                     "Open", 1, 0),
    "the answer is lost": Way(lost(3), "Answer lost", 0, 0),
    "the answer is lost once": Way(lost(2, lambda cap, talk: (
        talk.acknowledge(by_server=False), talk.send(REQUEST), talk.reply(RESPONSE))),
        "Open", 0, 0),
    "only the answer is repeated": Way(lambda cap, talk: (
        talk.syn(), syn_ack(talk), cap.wait(3), syn_ack(talk, True)), "Answer lost", 0, 0),
    "a copy of the answer": Way(lambda cap, talk: (talk.syn(), copy(cap, syn_ack(talk), 3)),
                                "Open", 0, 0),
    "the answer before its SYN": Way(lambda cap, talk: swapped(
        cap, talk.syn, lambda: syn_ack(talk)), "Open", 0, 0),
    "a late error for the SYN": Way(late_error, "Open", 0, 0),
    "an error for the answer": Way(error_for_the_answer, "Open", 0, 0),
}

# What IPv4 has: only where there is an identification.
CALLS_IPV4 = {
    "copies with another TTL": Way(lambda cap, talk: copy(cap, talk.syn(), 3, ttl=63),
                                   "No answer", 0, 0),
    "the same identification later": Way(lambda cap, talk: copy(cap, talk.syn(), 2, 0.2),
                                         "Blocked", 1, 1),
    "another identification at once": Way(lambda cap, talk: [
        copy(cap, frame, id=1000 + number) for frame in [talk.syn()] for number in range(2)],
        "Blocked", 1, 1),
}

AFTERWARDS = {
    "nothing": Way(opened(lambda cap, talk: None), "Open", 0, 0),
    "closed": Way(opened(lambda cap, talk: talk.close()), "Open", 0, 0),
    "closed, then reset": Way(opened(lambda cap, talk: (
        talk._segment(talk._client, talk._server, "FA"), talk.reset())), "Open", 0, 0),
    "given up without a request": Way(opened(lambda cap, talk: talk.reset(by_server=False)),
                                      "Open", 0, 0),
    "keep-alives that nothing answers": Way(opened(lambda cap, talk: [
        (cap.wait(10), talk.keep_alive()) for _ in range(4)]), "Open", 0, 0),
    "reset after the handshake": Way(opened(lambda cap, talk: talk.reset()), "Reset", 0, 0),
    "reset after the request": Way(opened(lambda cap, talk: (talk.send(REQUEST), talk.reset())),
                                   "Reset", 0, 0),
    "reset, and its copy": Way(opened(lambda cap, talk: (
        copy(cap, talk.send(REQUEST)[0]), talk.reset(), talk.reset())), "Reset", 0, 0),
    "acknowledged, then reset": Way(opened(lambda cap, talk: (
        talk.send(REQUEST), talk.acknowledge(), cap.wait(1), talk.reset())), "Reset", 0, 0),
    "reset after the second try": Way(opened(lambda cap, talk: (again(talk, 2), talk.reset())),
                                      "Reset", 0, 0),
    "reset after an answer": Way(opened(lambda cap, talk: (
        talk.send(REQUEST), talk.reply(RESPONSE), talk.reset())), "Open", 0, 0),
    "one request, then the capture ends": Way(opened(lambda cap, talk: talk.send(REQUEST)),
                                              "Open", 0, 0),
    "pieces out of order": Way(opened(lambda cap, talk: talk.send(
        REQUEST, [7, 14, 21], [0, 3, 2, 1])), "Open", 0, 0),
    "copies of one request": Way(opened(lambda cap, talk: again(talk, 1, 3)), "Open", 0, 0),
    "two requests": Way(opened(lambda cap, talk: again(talk, 2)), "Not answered", 0, 0),
    "five requests": Way(opened(lambda cap, talk: again(talk, 5)), "Not answered", 0, 0),
    "five requests, then given up": Way(opened(lambda cap, talk: (
        again(talk, 5), talk.reset(by_server=False))), "Not answered", 0, 0),
    "one request, then given up": Way(opened(lambda cap, talk: (
        talk.send(REQUEST), cap.wait(20), talk.reset(by_server=False))), "Not answered", 0, 0),
    "requests of a server that closes": Way(opened(lambda cap, talk: (
        again(talk, 3), setattr(talk._client, "seq", talk._client.seq - len(REQUEST)),
        talk._segment(talk._server, talk._client, "FA"))), "Not answered", 0, 0),
    "acknowledged": Way(opened(lambda cap, talk: (talk.send(REQUEST), talk.acknowledge())),
                        "Open", 0, 0),
    "answered at the third request": Way(opened(lambda cap, talk: (
        again(talk, 3), talk.reply(RESPONSE), talk.close())), "Open", 0, 0),
    "a prohibited request": Way(opened(lambda cap, talk: prohibited(cap, talk.send(REQUEST)[0])),
                                "Blocked", 1, 1),
    "a prohibited request, then an answer": Way(opened(lambda cap, talk: (
        prohibited(cap, talk.send(REQUEST)[0]), talk.reply(RESPONSE))), "Open", 1, 0),
    "an error for an answered request": Way(opened(lambda cap, talk: (
        (frame := talk.send(REQUEST)[0]), talk.reply(RESPONSE), prohibited(cap, frame))),
        "Open", 0, 0),
    "a server that speaks first": Way(opened(lambda cap, talk: (
        talk.reply(b"220 mp01\r\n"), again(talk, 3))), "Open", 0, 0),
}


def asks(*messages, pause=1.5, copies=0):
    """Datagrams that nothing answers."""
    def play(cap, talk):
        for number, message in enumerate(messages):
            if number:
                cap.wait(pause)
            copy(cap, talk.send(message), copies)
    return play


def asked_until(tries, message, answer):
    def play(cap, talk):
        asks(*[message] * tries)(cap, talk)
        talk.reply(answer)
    return play


def query(number=0x8001):
    return kb.nbns_query("MP_ABC", 0x1A, number=number)


ANSWER = kb.nbns_answer("MP_ABC", 0x1A, "10.1.1.13")

QUERIES = {
    "one query": Way(asks(query()), "No answer", 0, 0),
    "two queries": Way(asks(query(), query()), "Blocked", 0, 0),
    "three queries": Way(asks(query(), query(), query()), "Blocked", 1, 1),
    "three queries of other numbers": Way(asks(query(1), query(2), query(3)), "Blocked", 1, 1),
    "seven queries": Way(asks(*[query()] * 7), "Blocked", 1, 1),
    "copies of one query": Way(asks(query(), copies=5), "No answer", 0, 0),
    "copies of two queries": Way(asks(query(), query(), copies=2), "Blocked", 0, 0),
    "copies of three queries": Way(asks(query(), query(), query(), copies=2), "Blocked", 1, 1),
    "two questions at once": Way(asks(query(1), query(2), pause=0), "No answer", 0, 0),
    "two questions at once, asked again": Way(lambda cap, talk: [
        (talk.send(query(1)), talk.send(query(2)), cap.wait(1)) for _ in range(2)],
        "Blocked", 0, 0),
    "two questions at once, three times": Way(lambda cap, talk: [
        (talk.send(query(1)), talk.send(query(2)), cap.wait(1)) for _ in range(3)],
        "Blocked", 1, 1),
    "impatient": Way(asks(query(), query(), query(), pause=0), "Blocked", 1, 1),
    "two questions at once, and copies": Way(lambda cap, talk: [
        copy(cap, frame) for frame in [talk.send(query(1)), talk.send(query(2))]],
        "No answer", 0, 0),
    "answered": Way(asked_until(1, query(), ANSWER), "Open", 0, 0),
    "answered at the second query": Way(asked_until(2, query(), ANSWER), "Open", 0, 0),
    "answered at the fourth query": Way(asked_until(4, query(), ANSWER), "Open", 1, 0),
    "answered, then three times silent": Way(lambda cap, talk: (
        asked_until(1, query(), ANSWER)(cap, talk), asks(query(2), query(3), query(4))(cap, talk)),
        "Open", 0, 0),
    "an answer alone": Way(asks(ANSWER, ANSWER, ANSWER), "Open", 0, 0),
    "unreachable": Way(lambda cap, talk: cap.unreachable(talk.send(query())), "Blocked", 1, 1),
    "prohibited query": Way(lambda cap, talk: prohibited(cap, talk.send(query())),
                            "Blocked", 1, 1),
    "unreachable, then answered": Way(lambda cap, talk: (
        cap.unreachable(talk.send(query())), cap.wait(2), talk.send(query()), talk.reply(ANSWER)),
        "Open", 1, 0),
    "an error for the late answer": Way(lambda cap, talk: (
        talk.send(query()), cap.unreachable(talk.reply(ANSWER))), "Open", 0, 0),
    "an error for an answered query": Way(lambda cap, talk: (
        (frame := talk.send(query())), talk.reply(ANSWER), cap.unreachable(frame)), "Open", 0, 0),
}

# Content that nothing knows, on the row of a user's.
OTHER = b"\x07\x11 what is it "
OTHERS = {
    "one of it": Way(asks(OTHER), "Open", 0, 0),
    "the same twice": Way(asks(OTHER, OTHER), "Blocked", 0, 0),
    "the same three times": Way(asks(OTHER, OTHER, OTHER), "Blocked", 1, 1),
    "its copies": Way(asks(OTHER, copies=4), "Open", 0, 0),
    "lines of a log": Way(asks(*(OTHER + b"%d" % n for n in range(6))), "Open", 0, 0),
    "the same, answered": Way(asked_until(3, OTHER, b"this"), "Open", 1, 0),
    "waking a host": Way(asks(*[b"\xff" * 6 + b"\x02\0\x0a\1\3\1" * 16] * 4), "Open", 0, 0),
    "an error for it": Way(lambda cap, talk: cap.unreachable(talk.send(OTHER)), "Blocked", 1, 1),
}
