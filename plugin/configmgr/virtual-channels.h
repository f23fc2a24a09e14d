/* virtual-channels.h
 * Virtual channels of ConfigMgr in its RDP: sessarb and curtain
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VIRTUAL_CHANNELS_H__
#define __SMSRC_VIRTUAL_CHANNELS_H__

#include "cm-connection.h"

/** Registers smsrc.cm.channel, smsrc.cm.sessarb.* and smsrc.cm.curtain.* below @p proto. */
void virtual_channels_register(int proto);

/**
 * Parses a whole RDP PDU: learns the virtual channels where it connects, and shows below @p tree
 * its event on one of ConfigMgr's channels.
 *
 * @param connection the connection
 * @param learn true on the first pass, where the message is new
 * @return the event as a text, in pinfo->pool, or NULL
 */
const char *virtual_channels_dissect(tvbuff_t *pdu, packet_info *pinfo, proto_tree *tree,
                                     cm_connection_t *connection, bool learn);

#endif /* __SMSRC_VIRTUAL_CHANNELS_H__ */
