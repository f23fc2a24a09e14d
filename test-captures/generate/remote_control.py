#!/usr/bin/env python3
# remote_control.py
# Makes the captures made/rc-*.pcap and made/demo.pcap: SMS Remote Control and what it is not
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One function a capture; its first line is what the capture shows, as README.md lists it.

from flows import Capture, Collection
from messages import (
    CM_GREETING, CVE_2004_0728_CHECK, HTTP_REQUEST, HTTP_RESPONSE, INFORMATION_REQUEST,
    RAZOR_GREETING, RAZOR_STATE, REFUSED, SSH_GREETING, UDP_PROBE, VARIANT_07, VARIANT_UDP, busy,
    cm_text, dns_answer, dns_query, information_reply, mysql_greeting, ntlm_authenticate,
    ntlm_challenge, ntlm_negotiate, rch, rtp, tds_prelogin, tls_client_hello, tnmp, user_record)

VIEWER = "10.1.0.50"
SECOND_VIEWER = "10.1.0.51"
AGENT = "10.1.3.17"
ATTACKER = "10.1.9.66"
SERVER = "10.1.200.5"
VIEWER_6 = "2001:db8:1::50"
AGENT_6 = "2001:db8:1:3::17"

# Bytes of no known protocol: neither text nor any magic number.
NOISE = bytes((0x91, 0x02, 0xE7, 0x00, 0x13, 0xFE, 0x80, 0x05, 0xC4, 0x01, 0x9B, 0x00))

captures = Collection()
capture = captures.capture


def opened(cap, client, client_port, server, server_port):
    """A conversation after its handshake."""
    conversation = cap.tcp(client, client_port, server, server_port)
    conversation.open()
    return conversation


def exchange(cap, reply, server_port=2701, client_port=1047, client=VIEWER):
    """An information request, what is answered, and the end."""
    c = opened(cap, client, client_port, AGENT, server_port)
    c.send(INFORMATION_REQUEST)
    c.reply(reply)
    c.close()


# --- The control channel ------------------------------------------------------------------------

@capture
def rc_information(cap):
    """Information request and reply (variant 08) on TCP 2701"""
    exchange(cap, information_reply())


@capture
def rc_information_07(cap):
    """Information reply of an older agent (variant 07)"""
    exchange(cap, information_reply(variant=VARIANT_07, host="OLD07", user="asmith"))


@capture
def rc_information_controlled(cap):
    """Information reply of an agent that 10.1.0.51 controls"""
    exchange(cap, information_reply(controller=SECOND_VIEWER))


@capture
def rc_information_no_user(cap):
    """Information reply of an agent where no one is logged on"""
    exchange(cap, information_reply(user=""))


@capture
def rc_information_controlled_no_user(cap):
    """Information reply: controlled by 10.1.0.51, no one logged on"""
    exchange(cap, information_reply(controller=SECOND_VIEWER, user=""))


@capture
def rc_information_oem(cap):
    """Information reply whose user name has bytes of the OEM code page 437 (0x81: u umlaut)"""
    exchange(cap, tnmp(user_record(user="m-ller").replace(b"m-ller", b"m\x81ller")))


@capture
def rc_information_ipv6(cap):
    """Information request and reply over IPv6"""
    c = opened(cap, VIEWER_6, 1047, AGENT_6, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply())
    c.close()


@capture
def rc_information_udp_1761(cap):
    """Information reply over UDP 1761 to nmap's probe, as SMS 1.2 and LANDesk send it"""
    u = cap.udp(VIEWER, 1047, AGENT, 1761)
    u.send(UDP_PROBE)
    u.reply(user_record(VARIANT_UDP))


@capture
def rc_information_udp_2701(cap):
    """The same over UDP 2701"""
    u = cap.udp(VIEWER, 1047, AGENT, 2701)
    u.send(UDP_PROBE)
    u.reply(user_record(VARIANT_UDP))


@capture
def rc_icmp(cap):
    """UDP 2701 answered by port unreachable, over IPv4 and IPv6: a quote is not a datagram"""
    for viewer, agent in ((VIEWER, AGENT), (VIEWER_6, AGENT_6)):
        cap.unreachable(cap.udp(viewer, 1047, agent, 2701).send(UDP_PROBE))


@capture
def rc_icmp_quotes_record(cap):
    """ICMPv6 port unreachable that quotes an agent's whole record; that was not recorded itself"""
    elsewhere = Capture()
    record = elsewhere.udp(VIEWER_6, 1047, AGENT_6, 2701).reply(user_record(VARIANT_UDP))
    cap.unreachable(record)
    cap.tcp(VIEWER_6, 1048, AGENT_6, 2703).send(b"h")


@capture
def rc_busy(cap):
    """Busy: 10.1.0.51 has the agent on port 1762; then one with nmap's 16 characters"""
    exchange(cap, busy(SECOND_VIEWER, 2))
    exchange(cap, busy("192.168.10.151", 1), client_port=1048)


@capture
def rc_busy_by_name(cap):
    """Busy: the controller is a name"""
    exchange(cap, busy("ADM02", 2))


@capture
def rc_refused(cap):
    """Refused"""
    exchange(cap, REFUSED)


@capture
def rc_unknown_code(cap):
    """A TNMP message with a code that no signature knows (7), and one with an empty body"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(tnmp(b"\0\0\7\0" + NOISE))
    c.reply(tnmp(b""))
    c.close()


# --- Sessions and bases of claims ---------------------------------------------------------------

def all_channels(cap, first_port):
    """A session with all of its channels, on four ports from `first_port` on."""
    control = opened(cap, VIEWER, 1047, AGENT, first_port)
    control.send(INFORMATION_REQUEST)
    control.reply(information_reply())
    data = opened(cap, VIEWER, 1048, AGENT, first_port + 1)
    data.send(rch(NOISE + b"\0" * 10))
    data.reply(NOISE * 40)
    data.send(NOISE)
    chat = opened(cap, VIEWER, 1049, AGENT, first_port + 2)
    for key in b"hello":
        chat.send(bytes((key,)))
    for key in b"ok":
        chat.reply(bytes((key,)))
    chat.send(b"\xe4\xff")
    transfer = opened(cap, VIEWER, 1050, AGENT, first_port + 3)
    transfer.send(NOISE + b"C:\\WINNT\\system.ini\0")
    transfer.reply(NOISE * 30)
    for conversation in (transfer, chat, data, control):
        conversation.close()


@capture
def rc_session(cap):
    """One session on all four channels: 2701 proven, then 2702, chat keystrokes and a file"""
    all_channels(cap, 2701)


@capture
def rc_session_legacy(cap):
    """The same on the ports of SMS 1.x, 1761-1764"""
    all_channels(cap, 1761)


@capture
def rc_two_sessions(cap):
    """Two viewers, two agents: chat of one pair is not the session of another"""
    exchange(cap, information_reply())
    chat = opened(cap, VIEWER, 1060, AGENT, 2703)
    chat.send(b"a")
    c = opened(cap, SECOND_VIEWER, 1047, "10.1.3.18", 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply(host="WKS18"))
    other = opened(cap, SECOND_VIEWER, 1061, "10.1.3.18", 2703)
    other.send(b"b")
    stranger = opened(cap, SECOND_VIEWER, 1062, AGENT, 2703)
    stranger.send(b"c")


@capture
def rc_port_alone(cap):
    """Bytes on 2702, 2703 and 2704 without anything that proves SMS: the port alone"""
    for port in (2702, 2703, 2704):
        c = opened(cap, VIEWER, port - 1654, AGENT, port)
        c.send(NOISE)
        c.reply(NOISE * 2)
        c.close()
    cap.udp(VIEWER, 1070, AGENT, 2702).send(NOISE)


@capture
def rc_port_alone_legacy(cap):
    """The same on 1762, 1763 and 1764"""
    for port in (1762, 1763, 1764):
        c = opened(cap, VIEWER, port - 714, AGENT, port)
        c.send(NOISE)
        c.reply(NOISE * 2)
        c.close()


@capture
def rc_odd_port(cap):
    """TNMP, RCH0 and the UDP record on port 9999: known by their content"""
    exchange(cap, information_reply(), server_port=9999)
    c = opened(cap, VIEWER, 1048, AGENT, 9999)
    c.send(rch(NOISE))
    c.close()
    u = cap.udp(VIEWER, 1049, AGENT, 9999)
    u.reply(user_record(VARIANT_UDP))


@capture
def rc_decode_as(cap):
    """Keystrokes on TCP and UDP 9999, which nothing but the user can know to be chat"""
    c = opened(cap, VIEWER, 1047, AGENT, 9999)
    for key in b"hi":
        c.send(bytes((key,)))
    c.reply(b"y")
    c.close()
    cap.udp(VIEWER, 1048, AGENT, 9999).send(b"x")


@capture
def rc_both_ports(cap):
    """The viewer's own port is 2703: the SYN shows that 2701 is the agent's"""
    exchange(cap, information_reply(), client_port=2703)


@capture
def rc_no_syn(cap):
    """A recording that begins within the session: request and reply without a handshake"""
    c = cap.tcp(VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply())
    chat = cap.tcp(VIEWER, 1048, AGENT, 2703)
    chat.reply(b"h")
    chat.send(b"i")


@capture
def rc_keep_alive(cap):
    """Keep-alives and bare acknowledgements on 2701 carry nothing"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply())
    c.keep_alive()
    c.acknowledge()
    c.keep_alive(by_server=True)
    c.acknowledge(by_server=False)


# --- Content of undocumented payloads -----------------------------------------------------------

@capture
def rc_ntlmssp(cap):
    """NTLMSSP tokens on 2701 and inside RCH0 on 2702: NEGOTIATE, CHALLENGE, AUTHENTICATE"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply())
    c.send(NOISE + ntlm_negotiate())
    c.reply(NOISE + ntlm_challenge())
    c.send(NOISE + ntlm_authenticate())
    d = opened(cap, VIEWER, 1048, AGENT, 2702)
    d.send(rch(NOISE + ntlm_negotiate()))


@capture
def rc_ntlmssp_damaged(cap):
    """An NTLMSSP token whose offsets lead out of it, and one that ends after its magic"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.send(NOISE + b"NTLMSSP\0" + b"\3\0\0\0" + b"\xff" * 52)
    c.send(NOISE + b"NTLMSSP\0")


@capture
def rc_text(cap):
    """Printable text in payloads of unknown layout: ASCII and UTF-16LE"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply())
    c.send(NOISE + b"ADM01 wants to control WKS17\0" + NOISE)
    c.send(NOISE + "C:\\WINNT\\notepad.exe".encode("utf-16-le") + b"\0\0" + NOISE)
    d = opened(cap, VIEWER, 1048, AGENT, 2702)
    d.send(rch(b"\1\0\2\0DISPLAY1\0"))


# --- Messages and segments ----------------------------------------------------------------------

BODY = NOISE + NOISE[:10]  # 22 bytes


@capture
def rc_rch_split_header(cap):
    """RCH0 whose header is cut after 1, 4, 6 and 11 bytes"""
    for port, cut in enumerate((1, 4, 6, 11), 1047):
        opened(cap, VIEWER, port, AGENT, 2702).send(rch(BODY), cuts=[cut])


@capture
def rc_rch_split_body(cap):
    """RCH0 whose body is cut: after the header, and in the middle"""
    for port, cut in enumerate((12, 20), 1047):
        opened(cap, VIEWER, port, AGENT, 2702).send(rch(BODY), cuts=[cut])


@capture
def rc_rch_several(cap):
    """Three RCH0 in one segment; then three in two segments, cut within the second"""
    three = rch(BODY) + rch(b"") + rch(BODY[:5])
    opened(cap, VIEWER, 1047, AGENT, 2702).send(three)
    opened(cap, VIEWER, 1048, AGENT, 2702).send(three, cuts=[len(rch(BODY)) + 6])


@capture
def rc_rch_lost(cap):
    """The middle segment of an RCH0 was lost; two more RCH0 follow it"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(BODY), cuts=[8, 20], order=[0, 2])
    c.send(rch(BODY[:7]))
    c.send(rch(BODY[:9]))


@capture
def rc_rch_out_of_order(cap):
    """The second segment of an RCH0 came before the first"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(b""))
    c.send(rch(BODY), cuts=[16], order=[1, 0])
    c.send(rch(BODY[:7]))


@capture
def rc_rch_retransmitted(cap):
    """Both segments of an RCH0 were sent twice"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(BODY), cuts=[16], order=[0, 0, 1, 1])
    c.send(rch(BODY[:7]))


@capture
def rc_tnmp_split_header(cap):
    """TNMP whose header is cut after 1, 4, 6 and 11 bytes"""
    for port, cut in enumerate((1, 4, 6, 11), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST, cuts=[cut])
        c.reply(information_reply(), cuts=[cut])


@capture
def rc_tnmp_split_body(cap):
    """TNMP whose body is cut: after the header, within the product and before the last byte"""
    for port, cut in enumerate((12, 80, 114), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST)
        c.reply(information_reply(), cuts=[cut])


@capture
def rc_tnmp_several(cap):
    """A reply and a refusal in one segment; then cut within the second"""
    two = information_reply() + REFUSED
    for port, cuts in ((1047, ()), (1048, (len(two) - 9,))):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST)
        c.reply(two, cuts=cuts)


@capture
def rc_tnmp_lost(cap):
    """The middle segment of a reply was lost; a refusal follows it"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply(), cuts=[40, 90], order=[0, 2])
    c.reply(REFUSED)


@capture
def rc_tnmp_out_of_order(cap):
    """The second segment of a reply came before the first"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply(), cuts=[40], order=[1, 0])
    c.reply(REFUSED)


@capture
def rc_tnmp_retransmitted(cap):
    """Both segments of a reply were sent twice"""
    c = opened(cap, VIEWER, 1047, AGENT, 2701)
    c.send(INFORMATION_REQUEST)
    c.reply(information_reply(), cuts=[40], order=[0, 0, 1, 1])


# --- Damage -------------------------------------------------------------------------------------

@capture
def rc_damage_tnmp_length(cap):
    """TNMP lengths that lie: cut before the names, past the record, 1, 0xFFFFFFFF"""
    body = user_record()
    for port, length in enumerate((0x57, len(body) + 40, 1, 0xFFFFFFFF), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST)
        c.reply(tnmp(body, length))
        c.close()


@capture
def rc_damage_offsets(cap):
    """USER records with each offset in turn at 0, backwards, at the end, past it and 0xFFFF"""
    end = len(user_record())
    port = 1047
    for field in ("product_at", "block_at", "names_at"):
        for offset in (0, 31, 63, end, end + 1, 0xFFFF):
            c = opened(cap, VIEWER, port, AGENT, 2701)
            c.send(INFORMATION_REQUEST)
            c.reply(information_reply(**{field: offset}))
            port += 1


@capture
def rc_damage_offsets_udp(cap):
    """The same over UDP"""
    end = len(user_record(VARIANT_UDP))
    u = cap.udp(VIEWER, 1047, AGENT, 2701)
    for field in ("product_at", "block_at", "names_at"):
        for offset in (0, 31, 63, end, end + 1, 0xFFFF):
            u.reply(user_record(VARIANT_UDP, **{field: offset}))


@capture
def rc_damage_short_record(cap):
    """USER records that end after 8, 10, 30, 62 and 90 bytes, over TCP and UDP"""
    for port, length in enumerate((8, 10, 30, 62, 90), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST)
        c.reply(tnmp(user_record()[:length]))
        cap.udp(VIEWER, port, AGENT, 2701).reply(user_record(VARIANT_UDP)[:length])


@capture
def rc_damage_no_nul(cap):
    """A USER record without its NULs: product and names run to the end"""
    exchange(cap, tnmp(user_record().replace(b"6.0\0", b"6.0~").rstrip(b"\0")
                       .replace(b"WKS17\0", b"WKS17~")))


@capture
def rc_damage_many_names(cap):
    """A USER record with five names where three are known"""
    exchange(cap, tnmp(user_record(host="A\0B\0C\0WKS17")))


@capture
def rc_damage_busy(cap):
    """Busy without a digit, without a controller, with two colons, and 200 characters long"""
    for port, text in enumerate((b"10.1.0.51", b":2", b"fe80::51:2", b"x" * 200), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.send(INFORMATION_REQUEST)
        c.reply(tnmp(b"\x80\0\xfe\xff\1\1" + text))


@capture
def rc_damage_cut_capture(cap):
    """Frames cut at 90 bytes by the recording: request whole, reply and RCH0 cut"""
    exchange(cap, information_reply())
    c = opened(cap, VIEWER, 1048, AGENT, 2702)
    c.send(rch(NOISE * 8))
    c.close()
    cap.udp(VIEWER, 1049, AGENT, 2701).reply(user_record(VARIANT_UDP))
    cap.snaplen = 90


@capture
def rc_damage_rch_high_half(cap):
    """RCH0 whose low half fits while the high half is set: no CVE pattern, a wrong length"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(BODY, 0x00010000 + len(BODY)))
    c.close()


@capture
def rc_damage_rch_trailing(cap):
    """RCH0 of 22 bytes followed by bytes that are not RCH0"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(BODY) + b"\xcc" * 9)
    c.close()


@capture
def rc_damage_rch_no_end(cap):
    """RCH0 without RCHE"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(b"RCH0\x04\0\0\0RCHXabcd")
    c.close()


# --- CVE-2004-0728 ------------------------------------------------------------------------------

@capture
def rc_cve_check(cap):
    """CVE-2004-0728: the 142 bytes of the public check, first data of a fresh connection"""
    c = opened(cap, ATTACKER, 1047, AGENT, 2702)
    c.send(CVE_2004_0728_CHECK)
    c.reset()


@capture
def rc_cve_body_130(cap):
    """CVE-2004-0728 as Snort 3:15148 has it: length 130 with 130 bytes"""
    opened(cap, ATTACKER, 1047, AGENT, 2702).send(rch(b"X" * 130))


@capture
def rc_cve_mismatch(cap):
    """CVE-2004-0728 as Snort 3:15148 has it: length 22 with 60 bytes in the segment"""
    opened(cap, ATTACKER, 1047, AGENT, 2702).send(rch(b"X" * 60, 22))


@capture
def rc_cve_length(cap):
    """CVE-2004-0728 as Snort 1:3673 has it: lengths 132 and 0xFFFF, of which little follows"""
    opened(cap, ATTACKER, 1047, AGENT, 2702).send(rch(b"X" * 22, 132))
    opened(cap, ATTACKER, 1048, AGENT, 2702).send(rch(b"", 0xFFFF))


@capture
def rc_cve_absurd(cap):
    """RCH0 of 0xFFFFFFFF bytes"""
    opened(cap, ATTACKER, 1047, AGENT, 2702).send(rch(b"X" * 22, 0xFFFFFFFF))


@capture
def rc_cve_segmented(cap):
    """The bytes of the public check in segments of 5, 9 and 128 bytes"""
    opened(cap, ATTACKER, 1047, AGENT, 2702).send(CVE_2004_0728_CHECK, cuts=[5, 14])


@capture
def rc_cve_odd_port(cap):
    """The bytes of the public check on port 9999 (the agent's port can be moved)"""
    opened(cap, ATTACKER, 1047, AGENT, 9999).send(CVE_2004_0728_CHECK)


@capture
def rc_cve_not(cap):
    """Well-formed RCH0 of 0, 1, 22 and 129 bytes: no CVE-2004-0728"""
    for port, length in enumerate((0, 1, 22, 129), 1047):
        opened(cap, VIEWER, port, AGENT, 2702).send(rch(b"\x91" * length))


@capture
def rc_cve_not_from_agent(cap):
    """RCH0 of 200 bytes from the agent to the viewer: no CVE-2004-0728"""
    c = opened(cap, VIEWER, 1047, AGENT, 2702)
    c.send(rch(BODY))
    c.reply(rch(b"\x91" * 200))


# --- What is not SMS ----------------------------------------------------------------------------

@capture
def rc_not_ftp(cap):
    """FTP: the server's port 20 calls the client's port 2702 (active), announced by PORT"""
    control = opened(cap, VIEWER, 1047, SERVER, 21)
    control.reply(b"220 ready\r\n")
    control.send(b"PORT 10,1,0,50,10,142\r\n")
    control.reply(b"200 ok\r\n")
    control.send(b"RETR a.bin\r\n")
    data = opened(cap, SERVER, 20, VIEWER, 2702)
    data.send(NOISE * 20)
    data.close()


@capture
def rc_not_ftp_data(cap):
    """FTP data from port 20 to 2702, 2703 and 2704; the control connection was not recorded"""
    for port in (2702, 2703, 2704):
        data = opened(cap, SERVER, 20, VIEWER, port)
        data.send(NOISE * 20)
        data.close()
    cap.tcp(SERVER, 20, VIEWER, 2701).send(NOISE * 20)


@capture
def rc_not_http(cap):
    """HTTP on 80 for clients with the ports 2701-2704"""
    for port in range(2701, 2705):
        c = opened(cap, VIEWER, port, SERVER, 80)
        c.send(HTTP_REQUEST)
        c.reply(HTTP_RESPONSE)
        c.close()


@capture
def rc_not_dns(cap):
    """DNS for a client with UDP port 2703, question and answer, then an answer alone"""
    u = cap.udp(VIEWER, 2703, SERVER, 53)
    u.send(dns_query())
    u.reply(dns_answer())
    cap.udp(VIEWER, 2702, SERVER, 53).reply(dns_answer())


@capture
def rc_not_smtp(cap):
    """SMTP for a client with port 2704"""
    c = opened(cap, VIEWER, 2704, SERVER, 25)
    c.reply(b"220 mail.contoso.example ESMTP\r\n")
    c.send(b"EHLO adm01\r\n")
    c.reply(b"250 mail.contoso.example\r\n")
    c.close()


@capture
def rc_not_rtp(cap):
    """RTP between 16384 and 2702 and between 16386 and 2704, each with another first sender"""
    one = cap.udp("10.1.5.1", 2702, "10.1.5.2", 16384)
    other = cap.udp("10.1.5.1", 2704, "10.1.5.2", 16386)
    for sequence in range(1, 6):
        one.send(rtp(sequence))
        one.reply(rtp(sequence + 100))
        other.reply(rtp(sequence + 200))
        other.send(rtp(sequence + 300))


@capture
def rc_not_razor(cap):
    """Razor2 (Cloudmark) on the server's port 2703"""
    c = opened(cap, VIEWER, 1047, SERVER, 2703)
    c.reply(RAZOR_GREETING)
    c.send(b"cn=razor-agents&cv=2.40\r\n")
    c.send(RAZOR_STATE)
    c.reply(b"-a=c&a=cg&dre=4&bqs=128\r\nsrl=184\r\n.\r\n")
    c.close()


@capture
def rc_not_syn_scan(cap):
    """A SYN scan of 2701-2704: refused, and without an answer"""
    for port in range(2701, 2705):
        c = cap.tcp(ATTACKER, 40000 + port, AGENT, port)
        c.syn()
        c.reset()
        cap.tcp(ATTACKER, 41000 + port, "10.1.3.18", port).syn()


@capture
def rc_not_empty_udp(cap):
    """UDP datagrams without a byte to 2701-2704"""
    for port in range(2701, 2705):
        cap.udp(ATTACKER, 40000, AGENT, port).send(b"")


@capture
def rc_not_mid_stream(cap):
    """Clients with port 2701 at 8080, 3306 and 1433, recorded from the middle on"""
    proxy = cap.tcp(VIEWER, 2701, SERVER, 8080)
    proxy.send(HTTP_REQUEST)
    proxy.reply(HTTP_RESPONSE)
    proxy.reply(NOISE * 3)
    mysql = cap.tcp(VIEWER, 2701, SERVER, 3306)
    mysql.reply(mysql_greeting())
    mysql.send(b"\x09\0\0\0\x03SELECT 1")
    sql = cap.tcp(VIEWER, 2701, SERVER, 1433)
    sql.reply(NOISE * 3)
    sql.send(tds_prelogin())


@capture
def rc_server_ssh(cap):
    """SSH on the server's port 2701"""
    c = opened(cap, VIEWER, 1047, SERVER, 2701)
    c.reply(SSH_GREETING)
    c.send(SSH_GREETING)
    c.close()


@capture
def rc_server_tls(cap):
    """TLS on the server's port 2702"""
    c = opened(cap, VIEWER, 1047, SERVER, 2702)
    c.send(tls_client_hello())
    c.reply(b"\x15\x03\x01\x00\x02\x02\x28")
    c.close()


@capture
def rc_server_http(cap):
    """HTTP on the server's port 2704"""
    c = opened(cap, VIEWER, 1047, SERVER, 2704)
    c.send(HTTP_REQUEST)
    c.reply(HTTP_RESPONSE)
    c.close()


# --- ConfigMgr on the same port -----------------------------------------------------------------

@capture
def rc_configmgr(cap):
    """ConfigMgr's greeting and its four error texts on TCP 2701, and the greeting on 9999"""
    for port, text in enumerate(("START_HANDSHAKE", "ERROR_LOGON_DENIED", "ERROR_NO_ACTIVE_USER",
                                 "ERROR_EXISTING_SESSION", "ERROR_ACCESS_DENIED"), 1047):
        c = opened(cap, VIEWER, port, AGENT, 2701)
        c.reply(cm_text(text))
        c.close()
    opened(cap, VIEWER, 1060, AGENT, 9999).reply(CM_GREETING)


# --- A story ------------------------------------------------------------------------------------

@capture
def demo(cap):
    """A morning with Remote Tools: control, chat, a file, a second viewer, and an attacker"""
    udp = cap.udp(VIEWER, 1046, AGENT, 2701)
    for _ in range(2):
        cap.unreachable(udp.send(UDP_PROBE))
        cap.wait(1)
    control = opened(cap, VIEWER, 1047, AGENT, 2701)
    control.send(INFORMATION_REQUEST)
    control.reply(information_reply())
    control.send(NOISE + ntlm_negotiate())
    control.reply(NOISE + ntlm_challenge())
    control.send(NOISE + ntlm_authenticate())
    cap.wait(2)
    data = opened(cap, VIEWER, 1048, AGENT, 2702)
    data.send(rch(NOISE + ntlm_negotiate()))
    for block in range(1, 6):
        data.reply(NOISE * 20 * block)
        data.send(rch(NOISE[:block]))
    cap.wait(5)
    chat = opened(cap, VIEWER, 1049, AGENT, 2703)
    for key in b"Hello, I will install the printer.":
        chat.send(bytes((key,)))
        cap.wait(0.15)
    for key in b"Thank you!":
        chat.reply(bytes((key,)))
        cap.wait(0.2)
    transfer = opened(cap, VIEWER, 1050, AGENT, 2704)
    transfer.send(NOISE + b"C:\\WINNT\\system32\\spool\\printer.inf\0")
    transfer.reply(NOISE)
    for block in range(4):
        transfer.send(bytes((block,)) + NOISE * 100)
        transfer.reply(NOISE)
    transfer.close()
    cap.wait(3)
    second = opened(cap, SECOND_VIEWER, 1047, AGENT, 2701)
    second.send(INFORMATION_REQUEST)
    second.reply(busy(VIEWER, 2))
    second.close()
    cap.wait(8)
    for conversation in (chat, data, control):
        conversation.close()
    cap.wait(60)
    attack = opened(cap, ATTACKER, 3166, AGENT, 2702)
    attack.send(CVE_2004_0728_CHECK)
    attack.reset()
    cap.wait(10)
    later = opened(cap, VIEWER, 1055, "10.1.4.40", 2701)
    later.reply(CM_GREETING)
    later.close()


if __name__ == "__main__":
    captures.main()
