/* role-field.h
 * Fields of users' tables that hold a role
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_FIELD_H__
#define __SMSRC_ROLE_FIELD_H__

#include "role.h"

/**
 * Returns the value that @p vals (one of role.h) has for @p text, in letters of either case. The
 * product's own name of a role ("SMS Management Point") stands for it. For any other text, which
 * the field's check refuses, and for the empty text of a line that the user has just added in
 * Wireshark's window, it is the first value of @p vals.
 */
unsigned role_field_value(const char *text, unsigned length, const void *vals);

/**
 * The check (epan/uat.h) of a field that holds a role, as role_field_value() takes it. The field
 * has the check and not the record, because Wireshark stops reading the file at a record whose own
 * check fails.
 */
ws_uat_bool role_field_check(void *record, const char *text, unsigned length, const void *vals,
                             const void *field_vals, char **error);

/**
 * Defines the callbacks basename_member_set_cb() and basename_member_tostr_cb() of a role field:
 * the unsigned @p member of record type @p rec_t. They are UAT_VS_DEF()'s, but take letters of
 * either case, and write a role by its name in @p vals.
 */
#define SMSRC_UAT_ROLE_CB_DEF(basename, member, rec_t)                                           \
    static void basename##_##member##_set_cb(void *record, const char *text, unsigned length,    \
                                             const void *vals, const void *field_vals _U_)       \
    {                                                                                            \
        ((rec_t *)record)->member = role_field_value(text, length, vals);                    \
    }                                                                                            \
    static void basename##_##member##_tostr_cb(void *record, char **text, unsigned *length,      \
                                               const void *vals, const void *field_vals _U_)     \
    {                                                                                            \
        *text = g_strdup(val_to_str_const(((const rec_t *)record)->member,                       \
                                          (const value_string *)vals, ""));                      \
        *length = (unsigned)strlen(*text);                                                       \
    }

/**
 * A field of PT_TXTMOD_ENUM with the callbacks that UAT_FLD_VS() expects, and another check.
 * @p vals is a terminated array of value_string. Wireshark's dialog fills the combo box of such a
 * field from fld_data, so that has to be @p vals too, never NULL and nothing else.
 */
#define SMSRC_UAT_FLD_ENUM(basename, member, title, check, vals, desc)                           \
    {                                                                                            \
        #member, title, PT_TXTMOD_ENUM,                                                          \
            { check, basename##_##member##_set_cb, basename##_##member##_tostr_cb },             \
            { vals, vals, vals }, vals, desc, FLDFILL                                            \
    }

#endif /* __SMSRC_ROLE_FIELD_H__ */
