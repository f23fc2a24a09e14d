/* smsrc-compat.h
 * Every difference between Wireshark 4.0, 4.2, 4.4 and 4.6 that this plugin meets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_COMPAT_H__
#define __SMSRC_COMPAT_H__

#include <wireshark.h>
#include <ws_version.h>
#include <epan/packet.h>
#include <epan/stats_tree.h>

/* No other file of the plugin tests a version. */
#define SMSRC_WS_AT_LEAST(major, minor)                                                          \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                        \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Callbacks and preferences take a gboolean (an int) up to 4.2 and a bool from 4.4 on. */
#if SMSRC_WS_AT_LEAST(4, 3)
typedef bool ws_bool;
#else
typedef gboolean ws_bool;
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
#define pletohu32 pletoh32
#endif

/* array_length() left epan/packet.h in 4.4. */
#if SMSRC_WS_AT_LEAST(4, 3)
#include <wsutil/array.h>
#endif

/* A field_info holds its value up to 4.2 and points to it from 4.4 on. */
#if SMSRC_WS_AT_LEAST(4, 3)
#define SMSRC_FINFO_VALUE(finfo) ((finfo)->value)
#else
#define SMSRC_FINFO_VALUE(finfo) (&(finfo)->value)
#endif

/* The unit strings left epan/packet.h in 4.4. */
#if SMSRC_WS_AT_LEAST(4, 3)
#include <epan/unit_strings.h>
#include <epan/tfs.h>
#endif

/* What starts a statistic that draws itself (register_stat_tap_ui) says from 4.6 on how it went. */
#if SMSRC_WS_AT_LEAST(4, 5)
typedef bool stat_tap_init_result;
#define STAT_TAP_INIT_DONE true
#define STAT_TAP_INIT_FAILED false
#define STAT_TAP_INIT_REFUSE() return false
#else
typedef void stat_tap_init_result;
#define STAT_TAP_INIT_DONE
#define STAT_TAP_INIT_FAILED
#define STAT_TAP_INIT_REFUSE() exit(EXIT_FAILURE) /* as tshark's own statistics do */
#endif

#endif /* __SMSRC_COMPAT_H__ */
