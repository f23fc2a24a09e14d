/* evidence-protocols.h
 * What each protocol shows of roles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_EVIDENCE_PROTOCOLS_H__
#define __SMSRC_EVIDENCE_PROTOCOLS_H__

#include "packet-look.h"

/*
 * Each reads one packet and says what it shows (evidence-facts.h). To scan is for a packet that
 * Wireshark has dissected as this protocol; to read is for one that it has not, or whose fields
 * were not wanted yet: these have a payload of at least 8 bytes that begins as the protocol does.
 */

void evidence_scan_http(const packet_t *packet);
void evidence_read_http(const packet_t *packet);

/**
 * A request that goes on in the next packet is told by its fields there, at its end: they are
 * expected from here on. Its first segment has no layer of HTTP yet. To be asked of each packet.
 */
void evidence_foretell_http(const packet_t *packet);

/** Forget the capture before. */
void evidence_http_reset(void);

void evidence_scan_smb(const packet_t *packet);
void evidence_scan_smb2(const packet_t *packet);
void evidence_read_smb(const packet_t *packet);

void evidence_scan_ldap(const packet_t *packet);
void evidence_read_ldap(const packet_t *packet);

void evidence_scan_tds(const packet_t *packet);
void evidence_read_tds(const packet_t *packet);

/** Also for one that Wireshark took for DNS. */
void evidence_scan_nbns(const packet_t *packet);
void evidence_scan_nbss(const packet_t *packet);
void evidence_scan_nbdgm(const packet_t *packet);
void evidence_scan_ipx(const packet_t *packet);

void evidence_scan_dns(const packet_t *packet);

void evidence_scan_rpc(const packet_t *packet);

/** Forget the capture before. */
void evidence_rpc_reset(void);

/** True where an endpoint mapper has named @p port of @p addr. */
bool evidence_is_rpc_endpoint(const address *addr, uint16_t port);

#endif /* __SMSRC_EVIDENCE_PROTOCOLS_H__ */
