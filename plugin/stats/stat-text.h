/* stat-text.h
 * Texts that tables and lines of JSON have in common
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_STAT_TEXT_H__
#define __SMSRC_STAT_TEXT_H__

#include "session-tap.h"

/**
 * A time in UTC with microseconds, to be g_free()d. @p format is of g_date_time_format() and ends
 * with the seconds. NULL where the capture has no time, or none that is a date.
 */
char *stat_text_time(const nstime_t *when, const char *format);

/** "DOMAIN\account" of the session's viewer, to be g_free()d; "" where none is known. */
char *stat_text_account(const session_summary_t *session);

/**
 * A display filter of the packets of @p host, as address_to_str() writes it, to be g_free()d; ""
 * for a host of another kind than IPv4, IPv6 or IPX. @p before is put before it, as
 * "smsrc.audit && ".
 */
char *stat_text_host_filter(const char *before, const char *host);

/** The names of the channels that the session used, to be freed with g_strfreev(). */
char **stat_text_functions(const session_summary_t *session);

/** The transports of the session, "(old)" after those of SMS 1.x; to be freed with g_strfreev(). */
char **stat_text_transports(const session_summary_t *session);

#endif /* __SMSRC_STAT_TEXT_H__ */
