/* rule-format.h
 * The files of firewall rules: what differs from one firewall to another
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_RULE_FORMAT_H__
#define __SMSRC_RULE_FORMAT_H__

#include "smsrc-compat.h"

/** What a line of a file allows. Nothing in it needs to be escaped in any format. */
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
    const char *firewall;  /* "IPX, which this does not filter" */
    const char *note;      /* begins a line of comment */
    const char *answers;   /* how what answers an allowed connection passes */
    const char *advice;    /* lines of comment: how it is loaded, and what is untested */
    const char *open;      /* before the lines; "" where nothing has to be there */
    const char *open_ipv6; /* before those for IPv6; NULL: they are among the others */
    const char *close;
    const char *indent;    /* of a comment among the lines */
    const char *title;     /* begins the line with a rule's comment; NULL: its lines have it */
    const char *separator; /* of addresses */
    char escaped;          /* in a filter, which is a comment */
    unsigned max_comment;  /* in characters */
    unsigned max_hosts;    /* of one end in one line: a rule of more has several; 0: no bound */
    void (*append)(GString *file, const rule_line_t *line);
} rule_format_t;

/** The format that the statistic @p command prints; NULL: it prints none. */
const rule_format_t *rule_format_of(const char *command);

#endif /* __SMSRC_RULE_FORMAT_H__ */
