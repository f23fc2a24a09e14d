/* virtual-channels.h
 * ConfigMgr's own virtual channels in its RDP: sessarb and curtain
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VIRTUAL_CHANNELS_H__
#define __SMSRC_VIRTUAL_CHANNELS_H__

#include "cm-connection.h"

/** Register smsrc.cm.channel, smsrc.cm.sessarb.* and smsrc.cm.curtain.* below @p proto. */
void virtual_channels_register(int proto);

/**
 * Look into one whole RDP PDU: learn the virtual channels where it connects, and show below
 * @p tree the event that it brings on one of ConfigMgr's own.
 *
 * @param session the connection
 * @param learn true on the first pass, where the message is new
 * @return the event in words, in pinfo->pool, or NULL
 */
const char *virtual_channels_dissect(tvbuff_t *pdu, packet_info *pinfo, proto_tree *tree,
                                cm_connection_t *session, bool learn);

#endif /* __SMSRC_VIRTUAL_CHANNELS_H__ */
