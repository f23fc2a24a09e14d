/* plugin.c
 * Entry points through which Wireshark loads smsrc
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_BUILD_DLL

#include "smsrc-compat.h"

#include <epan/proto.h>

#include "configmgr/packet-smsrc-cm.h"
#include "packet-smsrc-audit.h"
#include "packet-smsrc.h"
#include "post-dissector.h"
#include "session-tap.h"
#include "statistics.h"

/* Drops the state of a capture, downstream first: each reads what the next one has. */
static void
end_capture(void)
{
    statistics_end_capture();
    smsrc_audit_cleanup();
    smsrc_log_cleanup();
}

/* Registers in this order: preferences of the audit and fields of the log are part of smsrc's. */
static void
register_protocols(void)
{
    proto_register_smsrc();
    proto_register_smsrc_cm();
    proto_register_smsrc_log();
    proto_register_smsrc_post();
    proto_register_smsrc_audit();
    register_cleanup_routine(end_capture);
}

static void
register_handoffs(void)
{
    proto_reg_handoff_smsrc();
    proto_reg_handoff_smsrc_cm();
    proto_reg_handoff_smsrc_log();
    proto_reg_handoff_smsrc_post();
    proto_reg_handoff_smsrc_audit();
    statistics_register();
}

/* What Wireshark calls to load the plugin; how it finds the function depends on its version. */
#if SMSRC_HAS_PLUGIN_MODULE
static void
#else
WS_DLL_PUBLIC void plugin_register(void);

void
#endif
plugin_register(void)
{
    static proto_plugin smsrc = { register_protocols, register_handoffs };

    proto_register_plugin(&smsrc);
}

#if SMSRC_HAS_PLUGIN_MODULE
WS_DLL_PUBLIC plugin_type_e wireshark_load_module(int *abi_version, int *api_level,
                                                  struct ws_module **module);

static struct ws_module smsrc_module = {
    .flags = WS_PLUGIN_DESC_DISSECTOR,
    .version = SMSRC_VERSION,
    .spdx_id = "GPL-2.0-or-later",
    .home_url = "",
    .blurb = "Microsoft SMS Remote Control and KB 826852",
    .register_cb = plugin_register,
};

WIRESHARK_PLUGIN_REGISTER_EPAN(&smsrc_module, 0)
#else
WS_DLL_PUBLIC_DEF const char plugin_version[] = SMSRC_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

#if SMSRC_HAS_PLUGIN_DESCRIBE
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t
plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
#endif
#endif
