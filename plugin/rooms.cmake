# The rooms of the plugin and their files, for both builds of it
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by plugin/CMakeLists.txt and, in Wireshark's own tree, by in-tree.cmake: each has its own
# smsrc_room(NAME SOURCES file... [UPSTREAM room...]). Files are in the folder of their room; rooms
# after UPSTREAM are those whose doors it sees.

smsrc_room(model
    SOURCES channel.c role.c service.c)
smsrc_room(packet
    SOURCES addresses.c bounds.c bytes-digest.c cache.c code-page.c conversation-cache.c
        conversation-list.c icmp-error.c netbios.c ntlmssp-auth.c opaque-data.c packet-copy.c
        packet-view.c service-detect.c service-sender.c service-signatures.c shared-value.c
        stream-head.c tcp-state.c text.c
    UPSTREAM model)
smsrc_room(sessions
    SOURCES message-tap.c name-lookup.c packet-smsrc-log.c request-reply.c session-connection.c
        session-diagnosis.c session-events.c session-log.c session-tap.c session-tracker.c
        session-traffic.c
    UPSTREAM model packet)
smsrc_room(roles
    SOURCES evidence-holder.c network-table.c own-networks.c product-roles.c resolved-roles.c
        role-book.c role-field.c role-table.c uat-file.c
    UPSTREAM model packet)
smsrc_room(configmgr
    SOURCES cm-connection.c cm-exchange.c cm-frame.c cm-result.c cm-session-report.c gss-wrap.c
        packet-smsrc-cm.c rdp-stream.c virtual-channels.c
    UPSTREAM model packet sessions)
smsrc_room(remote-control
    SOURCES attack.c claim.c claim-answer.c claim-netbios.c claim-tree.c content.c
        header-pieces.c message.c other-dissectors.c packet-smsrc.c rch0.c tnmp.c user-record.c
    UPSTREAM model packet sessions configmgr)
smsrc_room(evidence
    SOURCES ber.c conclusions.c dhcp.c dns.c endpoint-mapper.c evidence.c flow-content.c
        flow-port.c gateway.c handed-out.c http.c http-alike.c http-answer.c http-head.c
        http-method.c http-order.c http-proxy.c inference.c kerberos.c ldap.c netbios-names.c
        product.c questions.c remote-control.c role-signatures.c rpc.c rpc-pieces.c
        second-fact.c share-remark.c signature-table.c site-name.c smb.c smb-name.c
        sql-browser.c tds.c tftp.c tls.c transactions.c uris-asked.c wmi-login.c
    UPSTREAM model packet sessions roles configmgr remote-control)
# Written by test-captures/generate/matrices.py: one file for each CSV.
file(GLOB SMSRC_MATRICES CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_LIST_DIR}/audit"
    "${CMAKE_CURRENT_LIST_DIR}/audit/matrices/*.c")
smsrc_room(audit
    SOURCES audit-info.c audit-tap.c audit-tap-roles.c audit-tree.c audit-words.c flow-audit.c
        flow-facts.c flow-judge.c flow-verdict.c internet-ends.c matrix.c matrix-list.c
        named-port.c nearest-row.c not-judged.c packet-facts.c packet-smsrc-audit.c
        reach-state.c reach-tcp.c reach-udp.c reachability.c row-fit.c row-index.c user-rows.c
        verdict-cache.c verdict.c ${SMSRC_MATRICES}
    UPSTREAM model packet sessions roles configmgr remote-control evidence)
smsrc_room(stats
    SOURCES audit-json.c audit-table.c chat-table.c conversation-table.c firewall-rules.c
        flow-choice.c host-set.c json-line.c matrix-json.c matrix-table.c matrix-used.c menu.c
        message-choice.c messages-table.c not-judged-sum.c port-set.c roles-table.c row-usage.c
        rule-format.c rules-file.c rules-table.c ruleset.c scan.c sessions-json.c
        sessions-table.c sorted-array.c stat-cell.c stat-listener.c stat-settle.c stat-table.c
        stat-text.c statistics.c terminal-columns.c terminal-table.c text-lines.c
        unknown-roles.c usage-lines.c verdict-rows.c
    UPSTREAM model packet sessions roles configmgr remote-control evidence audit)

# What is above all rooms.
set(SMSRC_ABOVE plugin.c post-dissector.c)
