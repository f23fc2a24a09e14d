/* magic.h
 * Magics of SMS Remote Control's messages, and the beginning of ConfigMgr's
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_MAGIC_H__
#define __SMSRC_MAGIC_H__

/** RCH0 and TNMP messages begin with: magic, length of the body (32 bits), magic. */
#define MAGIC_RCH_START "RCH0"
#define MAGIC_RCH_END "RCHE"
#define MAGIC_TNMP_START "TNMP"
#define MAGIC_TNMP_END "TNME"
#define MAGIC_LENGTH 4
#define MAGIC_END_OFFSET 8
#define MAGIC_HEADER_LENGTH 12

/** The USER record begins with four zeros; a datagram may be this record alone. */
#define MAGIC_USER "USER"
#define MAGIC_USER_OFFSET 4
#define MAGIC_USER_RECORD "\0\0\0\0" MAGIC_USER

/** The beginning of ConfigMgr's greeting: length 34, type 0x80, text of 32 bytes, START_... */
#define MAGIC_CM_GREETING "\x22\0\0\x80\x20\0S\0T\0A\0"

#endif /* __SMSRC_MAGIC_H__ */
