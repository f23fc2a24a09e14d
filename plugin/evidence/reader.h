/* reader.h
 * What each protocol shows of roles
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_READER_H__
#define __SMSRC_READER_H__

#include "packet-view.h"

/*
 * Each reads a packet, or a part of one (packet-view.h), and says what it shows
 * (inference.h). Any bytes can be given to any of them.
 */

void evidence_read_http(const packet_view_t *packet);
void evidence_read_smb(const packet_view_t *packet);
void evidence_read_ldap(const packet_view_t *packet);
void evidence_read_tds(const packet_view_t *packet);
void evidence_read_dns(const packet_view_t *packet);
void evidence_read_rpc(const packet_view_t *packet);
void evidence_read_nbns(const packet_view_t *packet);
void evidence_read_nbss(const packet_view_t *packet);
void evidence_read_nbdgm(const packet_view_t *packet);
void evidence_read_ipx(const packet_view_t *packet);

/** Forget the capture before. */
void evidence_http_reset(void);

/** Forget the capture before. */
void evidence_rpc_reset(void);

#endif /* __SMSRC_READER_H__ */
