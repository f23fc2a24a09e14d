/* header-pieces.h
 * Headers that come in several segments, on ports for which no dissector asks TCP for more
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HEADER_PIECES_H__
#define __SMSRC_HEADER_PIECES_H__

#include "smsrc-compat.h"

/** Keeps what was joined under @p proto of the packets. Call once. */
void header_pieces_register(int proto);

/**
 * Returns @p tvb with the beginning of its header before it, if that came in earlier segments and
 * is complete now; else @p tvb. @p prefix gets the length of that beginning. @p tcp is what TCP
 * gives to dissectors, NULL for other transports. @p begins: the segment may be the first piece.
 */
tvbuff_t *header_pieces_join(tvbuff_t *tvb, packet_info *pinfo, const void *tcp, bool begins,
                             unsigned *prefix);

/** The message that began with the pieces was dissected: they are freed. */
void header_pieces_end(packet_info *pinfo);

#endif /* __SMSRC_HEADER_PIECES_H__ */
