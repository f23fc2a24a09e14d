/* smsrc-compat.h
 * Differences between Wireshark 4.0, 4.2, 4.4 and 4.6
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_COMPAT_H__
#define __SMSRC_COMPAT_H__

#include <wireshark.h>
#include <ws_version.h>
#include <epan/packet.h>
#include <epan/stats_tree.h>

/*
 * What changed of that which the plugin uses, by the headers of each version:
 *
 *   changed in  what
 *   4.2         field_info.value is a pointer
 *   4.2         callbacks of a UAT's fields and records return bool
 *   4.2         wsutil/plugins.h has WS_PLUGIN_DESC_*: a plugin says what it registers
 *   4.2         epan/frame_data.h, and so epan/packet.h, no longer includes wiretap/wtap.h
 *   4.2         epan/dfilter/dfilter-loc.h, which epan/plugin_if.h includes, is not installed
 *   4.4         preferences, heuristics and callbacks of dissectors take or return bool
 *   4.4         tvb_get_guint8() is tvb_get_uint8()
 *   4.4         array_length() is in wsutil/array.h, no longer in epan/packet.h
 *   4.4         epan/packet.h no longer includes epan/tfs.h and epan/unit_strings.h
 *   4.6         pntoh16() and the like are pntohu16() and the like
 *   4.6         the function that starts a statistic returns its success
 *   4.7         a plugin may be registered by wireshark_load_module()
 */

/* Only this file tests a version. */
#define SMSRC_WS_AT_LEAST(major, minor)                                                          \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                        \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Heuristic dissectors and preferences take a gboolean (an int) up to 4.2, a bool from 4.4 on. */
#if SMSRC_WS_AT_LEAST(4, 3)
typedef bool ws_bool;
#else
typedef gboolean ws_bool;
#endif

/* Callbacks of fields of a UAT (epan/uat.h) return a gboolean in 4.0 and a bool from 4.2 on. */
#if SMSRC_WS_AT_LEAST(4, 1)
typedef bool ws_uat_bool;
#else
typedef gboolean ws_uat_bool;
#endif

/* tvb_get_guint8() was renamed in 4.4; its old name is deprecated in 4.6. */
#if !SMSRC_WS_AT_LEAST(4, 3)
#define tvb_get_uint8 tvb_get_guint8
#endif

/* The byte order helpers were renamed in 4.6. */
#if !SMSRC_WS_AT_LEAST(4, 5)
#define pntohu16 pntoh16
#define pntohu24 pntoh24
#define pntohu32 pntoh32
#define pletohu16 pletoh16
#define pletohu24 pletoh24
#define pletohu32 pletoh32
#endif

/* array_length() left epan/packet.h in 4.4. */
#if SMSRC_WS_AT_LEAST(4, 3)
#include <wsutil/array.h>
#endif

/* A field_info holds its value in 4.0 and points to it from 4.2 on. */
#if SMSRC_WS_AT_LEAST(4, 1)
#define SMSRC_FINFO_VALUE(finfo) ((finfo)->value)
#else
#define SMSRC_FINFO_VALUE(finfo) (&(finfo)->value)
#endif

/* The unit strings left epan/packet.h in 4.4. */
#if SMSRC_WS_AT_LEAST(4, 3)
#include <epan/unit_strings.h>
#include <epan/tfs.h>
#endif

/*
 * The plugin adds a menu by epan/plugin_if.h. That includes epan/dfilter/dfilter-loc.h, which is
 * missing in development files of 4.2 (Ubuntu 24.04): for them the declarations are here.
 */
#if !SMSRC_WS_AT_LEAST(4, 1) || __has_include(<epan/dfilter/dfilter-loc.h>)
#include <epan/plugin_if.h>
#else
typedef enum {
    EXT_MENUBAR_GTK_GUI,
    EXT_MENUBAR_QT_GUI,
} ext_menubar_gui_type;
typedef struct _ext_menubar_t ext_menu_t;
typedef void (*ext_menubar_action_cb)(ext_menubar_gui_type gui, void *window, void *data);
WS_DLL_PUBLIC ext_menu_t *ext_menubar_register_menu(int proto, const char *label,
                                                    gboolean is_plugin);
WS_DLL_PUBLIC ext_menu_t *ext_menubar_set_parentmenu(ext_menu_t *menu, const char *parent);
WS_DLL_PUBLIC void ext_menubar_add_entry(ext_menu_t *menu, const char *label, const char *tooltip,
                                         ext_menubar_action_cb callback, void *data);
#endif

/* The function that starts a statistic (register_stat_tap_ui) returns its success from 4.6 on. */
#if SMSRC_WS_AT_LEAST(4, 5)
typedef bool stat_tap_init_result;
#define STAT_TAP_INIT_DONE true
#define STAT_TAP_INIT_FAILED false
#else
typedef void stat_tap_init_result;
#define STAT_TAP_INIT_DONE
#define STAT_TAP_INIT_FAILED
#endif

/*
 * The key of what packet-ntlmssp.c keeps with a packet: one plaintext, which has to be removed
 * before it decrypts another message of the same packet. No header exports it; it is the same from
 * 4.0 to 4.6.
 */
#define SMSRC_NTLMSSP_PACKET_KEY 1

/* From 4.2 on Wireshark asks a plugin what it registers; 4.0 has no such function. */
#if __has_include(<wsutil/plugins.h>)
#include <wsutil/plugins.h>
#endif
#ifdef WS_PLUGIN_DESC_DISSECTOR
#define SMSRC_HAS_PLUGIN_DESCRIBE 1
#else
#define SMSRC_HAS_PLUGIN_DESCRIBE 0
#endif

/*
 * Sources of 4.7 had another way in for some time: one function wireshark_load_module(), which this
 * macro defines, in place of plugin_version, plugin_want_major, plugin_want_minor,
 * plugin_register() and plugin_describe(). No version from 4.0 to 4.6 has it.
 */
#ifdef WIRESHARK_PLUGIN_REGISTER
#define SMSRC_HAS_PLUGIN_MODULE 1
#else
#define SMSRC_HAS_PLUGIN_MODULE 0
#endif

#endif /* __SMSRC_COMPAT_H__ */
