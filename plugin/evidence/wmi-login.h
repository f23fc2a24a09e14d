/* wmi-login.h
 * The namespace that a login to WMI names
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_WMI_LOGIN_H__
#define __SMSRC_WMI_LOGIN_H__

#include "packet-view.h"

/** Forgets all connections. Call from an init routine. */
void wmi_login_reset(void);

/** Reads the interfaces of a bind, or of one that alters it. @p pdu has it as its payload. */
void wmi_login_bind(const packet_view_t *pdu);

/**
 * Reads the namespace of a login in the request that @p pdu has as its payload. False if it is
 * none. @p is_certain is set if the bind is in the capture.
 */
bool wmi_login_read(const packet_view_t *pdu, char *name, unsigned size, bool *is_certain);

#endif /* __SMSRC_WMI_LOGIN_H__ */
