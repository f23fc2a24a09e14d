/* smb-name.h
 * The name of a share or file in a request of SMB
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_SMB_NAME_H__
#define __SMSRC_SMB_NAME_H__

#include "smsrc-compat.h"

/** What a request names. */
typedef enum { SMB_NAMES_NOTHING, SMB_NAMES_SHARE, SMB_NAMES_FILE } smb_names_e;

/** The bytes of a message from its header on. */
typedef struct {
    const uint8_t *bytes;
    unsigned length; /* as captured */
    bool is_unicode; /* of SMB 1 */
} smb_message_t;

/** What a command of SMB 1, or of SMB 2, names. */
smb_names_e smb_name_of(uint8_t command);
smb_names_e smb_name_of_2(uint16_t command);

/**
 * Reads the name in its place in a request of SMB 1, or in one of SMB 2. False if there is none, or
 * if it is cut.
 */
bool smb_name_read(const smb_message_t *message, char *name, unsigned size);
bool smb_name_read_2(const smb_message_t *message, char *name, unsigned size);

#endif /* __SMSRC_SMB_NAME_H__ */
