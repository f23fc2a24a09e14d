/* json-lines.h
 * Judged flows and sessions as lines of JSON: -z smsrc,audit.json and -z smsrc,sessions.json
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_JSON_LINES_H__
#define __SMSRC_JSON_LINES_H__

/** Register the statistics, which print and so are tshark's only: call from a handoff routine. */
void json_lines_register(void);

#endif /* __SMSRC_JSON_LINES_H__ */
