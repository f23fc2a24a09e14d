# case_table.py
# The table of roles that cases have, as preferences of tshark
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

ROLES = (("10.1.1.13", "Management point"), ("10.1.1.14", "SMB distribution point"),
         ("10.1.1.20", "Domain controller"), ("10.1.1.12", "SQL Server"),
         ("10.1.1.10", "Site server"), ("10.1.1.22", "WINS server"),
         ("10.1.2.50", "Administrator console"), ("10.1.3.0/24", "Advanced Client"))

CASE_TABLE = [f'uat:smsrc_roles:"{host}","{role}","ABC"' for host, role in ROLES]
