# cm_recorded.py
# The recorded sessions of ConfigMgr's remote control, as they are and played again with damage
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from conftest import MADE, check_run
from generators import generator

RECORDED = MADE.parent / "configmgr"
KEYTAB = RECORDED / "wks17.keytab"

ALL = ["kerberos", "kerberos-dce", "ntlm", "view-only", "denied", "refused"]
KERBEROS = ["kerberos", "kerberos-dce", "view-only"]
WITH_RDP = [*KERBEROS, "ntlm"]
PORT = 2701

# What configmgr/record gave to the made user.
PASSWORD = "made-for-a-test"


def recorded(name):
    path = RECORDED / f"configmgr-{name}.pcapng"
    assert path.is_file(), f"{path} is part of the project"
    return path


@pytest.fixture(scope="session")
def keys(sandbox):
    """The preferences that open all of them; skips where this Wireshark has no Kerberos."""
    version = check_run(sandbox.run(["tshark", "--version"])).stdout.replace("\n", " ")
    if "without Kerberos" in version or "Kerberos" not in version:
        pytest.skip("this Wireshark was built without Kerberos")
    return ["kerberos.decrypt:TRUE", f"kerberos.file:{sandbox.readable(KEYTAB)}",
            f"ntlmssp.nt_password:{PASSWORD}"]


def messages(name):
    """The data of the recorded session: (by the agent, bytes) for each segment with data."""
    pytest.importorskip("scapy", reason="scapy is not installed: no recording is read")
    from scapy.layers.inet import TCP
    from scapy.utils import PcapReader
    said = []
    with PcapReader(str(recorded(name))) as packets:
        for packet in packets:
            if TCP not in packet or PORT not in (packet[TCP].sport, packet[TCP].dport):
                continue
            payload = bytes(packet[TCP].payload)
            length = len(packet["IP"]) - 20 - packet[TCP].dataofs * 4
            if length:
                said.append((packet[TCP].sport == PORT, payload[:length]))
    assert said and said[0][0], "the agent speaks first"
    return said


def play(said, path, port=PORT, opened=True, cut=0, snaplen=None, treat=None):
    """A capture of this conversation. treat(number, pieces) -> the segments that are recorded, in
    their order (one left out is lost, one named twice is sent again); cut: bytes of a segment."""
    capture = generator("flows").Capture()
    if snaplen:
        capture.snaplen = snaplen
    conversation = capture.tcp("10.1.0.50", 1047, "10.1.3.17", port)
    if opened:
        conversation.open()
    for number, (by_agent, data) in enumerate(said):
        cuts = list(range(cut, len(data), cut)) if cut else []
        pieces = list(range(len(cuts) + 1))
        order = treat(number, pieces) if treat else pieces
        (conversation.reply if by_agent else conversation.send)(data, cuts, order)
    if opened:
        conversation.close()
    capture.write(path)
    return path


# --- Streams that no agent sends ----------------------------------------------------------------

GREETING = "220000802000" + "START_HANDSHAKE\0".encode("utf-16-le").hex()


def frame(kind, *parts):
    """A frame of type `kind`, each part after its length."""
    body = b"".join(len(part).to_bytes(2, "little") + part for part in parts)
    return len(body).to_bytes(3, "little") + bytes((kind,)) + body


def signed(plain, by_agent):
    """An encrypted frame whose token is flagged as signed only: readable without a key."""
    token = bytes((5, 4, 5 if by_agent else 4, 0xFF)) + bytes(56)
    return frame(0, plain, token)


def nonsense(random, plaintexts, tokens):
    """Messages made of real parts, broken in every way: (by the agent, bytes)."""
    def broken(data):
        data = bytearray(data)
        for _ in range(random.choice((0, 0, 1, 1, 3, 20))):
            if data:
                data[random.randrange(len(data))] = random.choice((0, 1, 3, 0x7F, 0x80, 0xFF,
                                                                  random.randrange(256)))
        if random.random() < 0.15:
            del data[random.randrange(len(data) + 1):]
        if random.random() < 0.1:
            at = random.randrange(len(data) + 1)
            data[at:at] = random.randbytes(random.randrange(40))
        return bytes(data)

    said = [(True, bytes.fromhex(GREETING))]
    for token in random.choices(tokens, k=random.randrange(6)):
        said.append((random.random() < 0.5, frame(0, broken(token)[:65535])))
    for by_agent, plain in plaintexts:
        if random.random() < 0.2:
            by_agent = not by_agent
        whole = signed(broken(plain)[:60000], by_agent)
        said.append((by_agent, broken(whole) if random.random() < 0.2 else whole))
        if random.random() < 0.1:
            said.append((by_agent, random.randbytes(random.randrange(1, 200))))
        if random.random() < 0.05:
            said.append((by_agent, frame(0x80, broken("ERROR_ACCESS_DENIED\0".encode(
                "utf-16-le")))))
    return [(by_agent, data) for by_agent, data in said if data]
