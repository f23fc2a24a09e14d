/* share-remark.h
 * Remarks of shares in a server's answer to who asks for all of them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SHARE_REMARK_H__
#define __SMSRC_SHARE_REMARK_H__

#include "packet-view.h"

/**
 * Adds what the remarks of shares show, if the bytes at @p header, the @p length of a message of
 * SMB 2, are the answer of a pipe with the list of a server's shares.
 */
void share_remark_read(const packet_view_t *packet, const uint8_t *header, unsigned length);

#endif /* __SMSRC_SHARE_REMARK_H__ */
