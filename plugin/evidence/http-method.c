/* http-method.c
 * What a response to each HTTP method can show
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Web servers answer OPTIONS, HEAD and TRACE for any path, and some let anybody PUT and POST. Only
 * a management point takes CCM_POST and BITS_POST. A request to authenticate by Windows belongs to
 * the path, whatever the method.
 */

#include "http-method.h"

#include "role-signatures.h"

static const struct {
    const char *name;
    unsigned shows;
    uint32_t code; /* the only one that shows them; 0: any success */
} methods[] = {
    [HTTP_METHOD_OTHER] = { "", 0, 0 },
    [HTTP_METHOD_GET] = { "GET",
                          SHOWS_MP_LIST | SHOWS_POLICY | SHOWS_CONTENT | SHOWS_PAGE |
                              SHOWS_TAKEN | SHOWS_SOAP | SHOWS_FAILURE,
                          0 },
    [HTTP_METHOD_HEAD] = { "HEAD", 0, 0 },
    [HTTP_METHOD_POST] = { "POST", SHOWS_TAKEN | SHOWS_SOAP, 0 },
    [HTTP_METHOD_PROPFIND] = { "PROPFIND", SHOWS_PROPERTIES | SHOWS_TAKEN, 207 },
    [HTTP_METHOD_CCM_POST] = { "CCM_POST", SHOWS_MESSAGE_TAKEN | SHOWS_TAKEN, 0 },
    [HTTP_METHOD_BITS_POST] = { "BITS_POST", SHOWS_MESSAGE_TAKEN | SHOWS_TAKEN, 0 },
    [HTTP_METHOD_CONNECT] = { "CONNECT", 0, 0 },
};

http_method_e
http_method_find(const char *name, size_t length)
{
    for (unsigned i = HTTP_METHOD_OTHER + 1; i < array_length(methods); i++) {
        if (*methods[i].name == *name && strlen(methods[i].name) == length &&
            memcmp(methods[i].name, name, length) == 0)
            return (http_method_e)i;
    }
    return HTTP_METHOD_OTHER;
}

const char *
http_method_name(http_method_e method)
{
    return methods[method].name;
}

bool
http_method_is_clients(http_method_e method)
{
    return method == HTTP_METHOD_CCM_POST || method == HTTP_METHOD_BITS_POST;
}

unsigned
http_method_shows(http_method_e method, uint32_t code)
{
    bool fits = methods[method].code == 0 || methods[method].code == code;

    return SHOWS_WINDOWS | (fits ? methods[method].shows : 0);
}

/* RFC 7230 3.3.3. */
bool
http_method_has_no_body(http_method_e method, uint32_t code)
{
    return method == HTTP_METHOD_HEAD || code / 100 == 1 || code == 204 || code == 304 ||
           (method == HTTP_METHOD_CONNECT && code / 100 == 2);
}
