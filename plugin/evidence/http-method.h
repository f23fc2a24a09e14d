/* http-method.h
 * What a response to each HTTP method can show
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_HTTP_METHOD_H__
#define __SMSRC_HTTP_METHOD_H__

#include "smsrc-compat.h"

/** The methods that mean something here; HTTP_METHOD_OTHER for all others. */
typedef enum {
    HTTP_METHOD_OTHER,
    HTTP_METHOD_GET,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_POST,
    HTTP_METHOD_PROPFIND,
    HTTP_METHOD_CCM_POST,
    HTTP_METHOD_BITS_POST,
    HTTP_METHOD_CONNECT,
} http_method_e;

/** Returns the method of this name, which has @p length letters, at least one. */
http_method_e http_method_find(const char *name, size_t length);

/** Returns the name of the method; an empty one of HTTP_METHOD_OTHER. */
const char *http_method_name(http_method_e method);

/** True for those in which a client sends its own message. */
bool http_method_is_clients(http_method_e method);

/** Returns the SHOWS_ bits that a response to this method, with this code, can have. */
unsigned http_method_shows(http_method_e method, uint32_t code);

/** True if a response with this code to this method has no body, whatever its head says. */
bool http_method_has_no_body(http_method_e method, uint32_t code);

#endif /* __SMSRC_HTTP_METHOD_H__ */
