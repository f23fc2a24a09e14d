# test_product_roles.py
# The product's own names of roles in the table smsrc_roles, and roles.py, which writes that table
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

import bare_packets
from audit_rows import LEARN_OFF, statistic, uat

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


def shown_roles(tshark, capture, **how):
    """host -> its roles, each by the table, and their site codes."""
    found = {}
    for line in statistic(tshark, capture, "roles", **how):
        assert line["Basis"] == "Table"
        found.setdefault(line["Host"], []).append(line["Role"])
    return {host: sorted(roles) for host, roles in found.items()}
