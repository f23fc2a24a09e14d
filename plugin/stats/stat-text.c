/* stat-text.c
 * Texts that tables and lines of JSON have in common
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stat-text.h"

char *
stat_text_time(const nstime_t *when, const char *format)
{
    GDateTime *date = nstime_is_unset(when) ? NULL : g_date_time_new_from_unix_utc(when->secs);
    char *seconds, *text;

    if (date == NULL)
        return NULL;
    seconds = g_date_time_format(date, format);
    text = g_strdup_printf("%s.%06d", seconds, when->nsecs / 1000);
    g_free(seconds);
    g_date_time_unref(date);
    return text;
}

char *
stat_text_account(const session_summary_t *session)
{
    const char *domain = session->names[SESSION_NAME_DOMAIN];

    return g_strdup_printf("%s%s%s", domain, *domain != '\0' ? "\\" : "",
                           session->names[SESSION_NAME_ACCOUNT]);
}

char *
stat_text_host_filter(const char *before, const char *host)
{
    bool is_ip = g_hostname_is_ip_address(host);
    /* "00001a2b.02000a010032": network and node. */
    bool is_ipx = !is_ip && strlen(host) == 21 && host[8] == '.';
    const char *field = is_ip ? strchr(host, ':') != NULL ? "ipv6.addr" : "ip.addr" : "ipx.addr";

    if (!is_ip && !is_ipx)
        return g_strdup("");
    return g_strdup_printf("%s%s == %s", before, field, host);
}

static char **
end_list(GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

char **
stat_text_functions(const session_summary_t *session)
{
    GPtrArray *list = g_ptr_array_new();

    for (unsigned channel = CHANNEL_CONTROL; channel < NUM_CHANNELS; channel++) {
        if ((session->channels >> channel & 1) != 0)
            g_ptr_array_add(list, g_strdup(channel_name((channel_e)channel)));
    }
    return end_list(list);
}

char **
stat_text_transports(const session_summary_t *session)
{
    GPtrArray *list = g_ptr_array_new();

    for (unsigned transport = 0; transport < NUM_SESSION_TRANSPORTS; transport++) {
        const char *name = channel_transport_name((session_transport_e)transport);

        if ((session->transports >> transport & 1) != 0)
            g_ptr_array_add(list, g_strdup(name));
        if ((session->legacy_transports >> transport & 1) != 0)
            g_ptr_array_add(list, g_strdup_printf("%s (old)", name));
    }
    return end_list(list);
}
