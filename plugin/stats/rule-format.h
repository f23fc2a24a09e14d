/* rule-format.h
 * The files of firewall rules: what differs from one firewall to another
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RULE_FORMAT_H__
#define __SMSRC_RULE_FORMAT_H__

#include "smsrc-compat.h"

/** What one line of a file allows. No format has to escape anything in it. */
typedef struct {
    bool ipv6;
    const char *protocol; /* "tcp" or "udp" */
    unsigned port;        /* the responder's */
    const char *comment;  /* of letters, digits, spaces and ,.-()+ */
    const char *from, *to; /* addresses, joined by the separator of the format */
} rule_line_t;

/** A format. All strings are static. */
typedef struct {
    const char *command;   /* of the statistic that prints it */
    const char *rules;     /* "nftables rules": what the file contains */
    const char *firewall;  /* "nftables": what does not filter IPX */
    const char *note;      /* begins a comment line */
    const char *replies;   /* how the replies of an allowed connection pass */
    const char *advice;    /* comment lines: how to load the file, and what is not tested */
    const char *open;      /* precedes the rules; may be "" */
    const char *open_ipv6; /* precedes the rules for IPv6; NULL: they are among the others */
    const char *close;
    const char *indent;    /* of a comment among the rules */
    const char *title;     /* begins a line with the comment of a rule; NULL: each line has it */
    const char *separator; /* between addresses */
    char escaped;          /* this character is escaped in a filter, which is in a comment */
    unsigned max_comment;  /* in characters */
    unsigned max_hosts;    /* at one end of a line: more hosts make more lines; 0: no bound */
    void (*append)(GString *file, const rule_line_t *line);
} rule_format_t;

/** The format that the statistic @p command prints; NULL: it prints none. */
const rule_format_t *rule_format_of(const char *command);

#endif /* __SMSRC_RULE_FORMAT_H__ */
