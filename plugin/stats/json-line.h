/* json-line.h
 * An object of JSON on a line, as the statistics print it
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_JSON_LINE_H__
#define __SMSRC_JSON_LINE_H__

#include "smsrc-compat.h"

#include <epan/address.h>
#include <wsutil/json_dumper.h>

#include "role.h"

/** Begin an object on standard output, with the member "type". End it with json_line_end(). */
json_dumper json_line_begin(const char *type);
void json_line_end(json_dumper *line);

/** A string: made valid UTF-8, and with an escape for each character that is not printable. */
void json_line_put_text(json_dumper *line, const char *name, const char *text);

void json_line_put_number(json_dumper *line, const char *name, uint64_t number);

/** A value that is JSON already: null, true, a number. */
void json_line_put_literal(json_dumper *line, const char *name, const char *literal);

/** An address as text, null for one of AT_NONE. */
void json_line_put_host(json_dumper *line, const char *name, const address *host);

/** An array of the names of roles. */
void json_line_put_roles(json_dumper *line, const char *name, role_set_t roles);

/** "2004-07-14T09:00:00.000000Z"; null where the capture has no time, or none that is a date. */
void json_line_put_time(json_dumper *line, const char *name, const nstime_t *when);

/** The member "filter": what has chosen flows or sessions. Adds nothing for NULL. */
void json_line_put_filter(json_dumper *line, const char *filter);

/** The member "overflow": what was not kept (bounds.h). Adds nothing where all was kept. */
void json_line_put_overflow(json_dumper *line);

#endif /* __SMSRC_JSON_LINE_H__ */
