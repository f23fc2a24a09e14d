/* flow-audit.c
 * Per-conversation state of the audit: verdicts, and whether the flow got through
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flow-audit.h"

flow_t *
flow_audit_get(flow_content_t *content)
{
    if (content->judged == NULL) {
        content->judged = wmem_new0(wmem_file_scope(), flow_t);
        content->judged->content = content;
    } else if (content->was_turned) {
        memset(content->judged, 0, sizeof *content->judged);
        content->judged->content = content;
    }
    content->was_turned = false;
    return content->judged;
}

const char *
flow_audit_reach_name(reach_e reach)
{
    static const char *const names[NUM_REACHES] = {
        [REACH_OPEN] = "Open", [REACH_PENDING] = "No answer", [REACH_BLOCKED] = "Blocked",
        [REACH_RESET] = "Reset", [REACH_NOT_ANSWERED] = "Not answered",
        [REACH_ANSWER_LOST] = "Answer lost",
    };

    return names[reach];
}
