# plan_cm_violations.py
# Forty flows that a site of Configuration Manager must not have, planted between those of a made one
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data alone, for the tests, which play it and hold the audit to it: needs no scapy.

from collections import namedtuple

import cm_services as cm
import messages as rc
import plan_cm_site as site
from plan_site import KERBEROS_UDP, TCP, UDP, Talk, ask, serve

OFF, WRONG_SERVICE, WRONG_DIRECTION = "Off matrix", "Wrong service", "Wrong direction"
Planted = namedtuple("Planted", "verdict transport client client_port server server_port talk what")

WEB = ask(cm.get("/", "host." + cm.DOMAIN), cm.answer(body=b"ok", kind="text/plain"))
TLS = ask(*cm.tls("host." + cm.DOMAIN))
SQL = ask(*cm.SQL_SEALED)
SMB = ask(*cm.smb("host", "data", "file.txt"))
LDAP = ask(*cm.find_site("PR1", "mp01"))
VIEWER = Talk("says", ((True, rc.CM_GREETING),))
SSH = serve(rc.SSH_GREETING, rc.SSH_GREETING)
FTP = serve(b"220 ready\r\n", b"USER sms\r\n", b"331 password\r\n")
SMTP = serve(b"220 mail.contoso.example ESMTP\r\n", b"EHLO host\r\n", b"250 ok\r\n")
UNKNOWN = ask(cm.UNKNOWN * 2, cm.UNKNOWN * 3)
MP_LIST = ask(site.aut(site.MP, "MPLIST"), cm.mp_list("PR1", "mp01"))

ONE, TWO, THREE = site.CLIENTS[:3]

# (verdict, transport, from, to, port, what it carries, in words)
_LINES = (
    # The service is right and the port is not.
    (OFF, TCP, ONE, site.MP, 8080, MP_LIST, "management point on 8080"),
    (OFF, TCP, ONE, site.MP, 8443, TLS, "management point over TLS on 8443"),
    (OFF, TCP, ONE, site.DP, 8000, WEB, "distribution point on 8000"),
    (OFF, TCP, ONE, site.SUP, 8888, WEB, "WSUS on 8888"),
    (OFF, TCP, ONE, site.SUP, 9443, TLS, "WSUS over TLS on 9443"),
    (OFF, TCP, site.PRIMARY, site.SQL, 1450, SQL, "site database on 1450"),
    (OFF, TCP, site.MP, site.SQL, 14333, SQL, "management point to the database on 14333"),
    (OFF, TCP, site.SQL_CENTRAL, site.SQL, 4023, UNKNOWN, "Service Broker on 4023"),
    (OFF, TCP, ONE, site.MP, 10133, TLS, "notification on 10133"),
    (OFF, TCP, ONE, TWO, 8013, WEB, "peer cache on 8013"),
    (OFF, TCP, site.CONSOLE, ONE, 2711, VIEWER, "remote control on 2711"),
    (OFF, TCP, site.PRIMARY, site.DC, 3890, LDAP, "LDAP on 3890"),
    (OFF, UDP, site.PRIMARY, site.DC, 8888, KERBEROS_UDP, "Kerberos on 8888"),
    (OFF, TCP, site.PRIMARY, site.DP, 4445, SMB, "SMB on 4445"),
    (OFF, TCP, site.CONSOLE, site.PROVIDER, 8443, TLS, "administration service on 8443"),
    (OFF, TCP, site.CONSOLE, site.REPORTING, 8081, WEB, "reports on 8081"),
    (OFF, UDP, ONE, TWO, 25537, UNKNOWN, "wake-up proxy on 25537"),
    (OFF, TCP, site.GATEWAY_POINT, site.CLOUD, 10156, TLS, "gateway on 10156"),
    (OFF, UDP, ONE, site.PXE, 6969, ask(cm.tftp_read("SMSBoot\\x64\\pxeboot.com")),
     "TFTP on 6969"),
    (OFF, TCP, ONE, site.MP, 443, WEB, "HTTP on the port of HTTPS"),
    # The row is there, in the opposite direction.
    (WRONG_DIRECTION, TCP, site.MP, ONE, 80, WEB, "management point to client"),
    (WRONG_DIRECTION, TCP, site.SQL, site.PRIMARY, 1433, SQL, "SQL Server to site server"),
    (WRONG_DIRECTION, TCP, site.SQL, site.MP, 1433, SQL, "SQL Server to management point"),
    (WRONG_DIRECTION, TCP, ONE, site.CONSOLE, 2701, VIEWER, "client controls a console"),
    (WRONG_DIRECTION, TCP, ONE, site.CONSOLE, 3389, ask(cm.RDP_REQUEST, cm.RDP_CONFIRM),
     "client assists a console"),
    (WRONG_DIRECTION, TCP, site.SUP, ONE, 8530, WEB, "WSUS to client"),
    (WRONG_DIRECTION, TCP, site.CLOUD, site.GATEWAY_POINT, 443, TLS, "gateway calls inwards"),
    (WRONG_DIRECTION, TCP, site.DC, ONE, 3268, TLS, "global catalog to client"),
    # The port is right and the service is not.
    (WRONG_SERVICE, TCP, ONE, site.MP, 80, SSH, "SSH on the management point's port"),
    (WRONG_SERVICE, TCP, site.PRIMARY, site.DP, 445, FTP, "FTP on the port of SMB"),
    (WRONG_SERVICE, TCP, site.PRIMARY, site.SQL, 1433, SSH, "SSH on the database's port"),
    (WRONG_SERVICE, TCP, site.CONSOLE, TWO, 2701, FTP, "FTP on the port of remote control"),
    (WRONG_SERVICE, TCP, site.CONSOLE, TWO, 3389, SSH, "SSH on the port of RDP"),
    (WRONG_SERVICE, TCP, ONE, site.SUP, 8530, SMTP, "SMTP on the port of WSUS"),
    (WRONG_SERVICE, TCP, ONE, site.DC, 88, SSH, "SSH on the port of Kerberos"),
    # Hosts that have nothing to do with each other.
    (OFF, TCP, ONE, site.SQL, 1433, SQL, "client to the database"),
    (OFF, TCP, TWO, site.SQL, 445, SMB, "client to the database's files"),
    (OFF, TCP, site.CONSOLE, site.SQL, 1433, SQL, "console to the database"),
    (OFF, TCP, site.CONSOLE, site.MP, 445, SMB, "console to a management point's files"),
    (OFF, TCP, THREE, site.UPSTREAM, 8530, WEB, "client to the upstream server"),
)
PLANTED = tuple(Planted(verdict, transport, client, 52001 + number, server, port, talk, what)
                for number, (verdict, transport, client, server, port, talk, what)
                in enumerate(_LINES))
