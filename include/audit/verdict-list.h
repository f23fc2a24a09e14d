/* verdict-list.h
 * The verdicts: one row each
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_VERDICT_LIST_H__
#define __SMSRC_VERDICT_LIST_H__

#include "smsrc-compat.h"

/*
 * From the best to the worst, which is the order of statistics: name in the code, name as users
 * type it, text of an expert info (a matrix may have its own), and the expert info itself (filter
 * name, group, severity, summary), NULL for none. An attack has smsrc.cve_2004_0728 and the expert
 * info that the flow would have without it.
 */
#define VERDICT_LIST(VERDICT)                                                                    \
    VERDICT(NONE, "Not judged", "", NULL, 0, 0, NULL)                                            \
    VERDICT(LISTED, "Listed", "", NULL, 0, 0, NULL)                                              \
    VERDICT(CORRECTED, "Corrected", "", NULL, 0, 0, NULL)                                        \
    VERDICT(LEGACY_PRODUCT, "Legacy product", "a port of an earlier product",                    \
            "smsrc.audit.legacy_product", PI_PROTOCOL, PI_NOTE,                                  \
            "Port of SMS 1.x and 2.0 before SP2")                                                \
    VERDICT(LATER_PRODUCT, "Later product", "a port of a later product",                         \
            "smsrc.audit.later_product", PI_PROTOCOL, PI_NOTE,                                   \
            "Port of ConfigMgr 2007 and later")                                                  \
    VERDICT(KB_GAP, "KB gap", "used, and not listed",                                            \
            "smsrc.audit.kb_gap", PI_PROTOCOL, PI_NOTE,                                          \
            "SMS 2003 uses it, KB 826852 does not list it")                                      \
    VERDICT(UNCONFIRMED, "Unconfirmed", "listed, if a role that is unconfirmed is right",         \
            "smsrc.audit.unconfirmed", PI_PROTOCOL, PI_NOTE,                                     \
            "Listed by KB 826852, if an unconfirmed role is right")                              \
    VERDICT(WRONG_DIRECTION, "Wrong direction", "listed in the opposite direction",               \
            "smsrc.audit.wrong_direction", PI_PROTOCOL, PI_NOTE,                                 \
            "KB 826852 lists the connection in the opposite direction")                           \
    VERDICT(WRONG_SERVICE, "Wrong service", "the port is listed for another service",            \
            "smsrc.audit.wrong_service", PI_SECURITY, PI_WARN,                                   \
            "A port of KB 826852 carries another service")                                       \
    VERDICT(OFF_MATRIX, "Off matrix", "on no row of the matrix",                                 \
            "smsrc.audit.off_matrix", PI_SECURITY, PI_WARN,                                      \
            "Traffic of an SMS role on no row of KB 826852")                                     \
    VERDICT(ATTACK, "Attack", "", NULL, 0, 0, NULL)

typedef enum {
#define VERDICT(name, title, text, filter, group, severity, summary) VERDICT_##name,
    VERDICT_LIST(VERDICT)
#undef VERDICT
    NUM_VERDICTS
} verdict_e;

#endif /* __SMSRC_VERDICT_LIST_H__ */
