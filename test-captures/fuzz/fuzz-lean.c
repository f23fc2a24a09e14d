/* fuzz-lean.c
 * Parts of libwireshark that are left out so that a capture opens fast
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Wireshark opens a capture now and then, the fuzzer a thousand times a second. Each time, 4.0
 * reads the names of ports, vendors and hosts again (10 MB that are never freed) and resets every
 * protocol; some then register again what they registered before, so that the next capture takes
 * longer still. So the names are in no file here, and protocols that are off are not reset.
 *
 * The functions below replace those of the same name in libwireshark and libwsutil: a program's
 * own functions take precedence over those of shared libraries.
 */

#include "fuzz-compat.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <wsutil/privileges.h>

#include "fuzz-lean.h"

/* The protocols of an SMS site's packets that the plugin reads, and the plugin's own. */
static const char *const protocols[] = {
    "frame", "eth", "ethertype", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "data",
    "data-text-lines", "ipx", "spx", "nbipx", "nmpi", "netbios", "nbss", "nbdgm", "nbns", "smb",
    "smb2", "browser", "http", "mime_multipart", "media", "ldap", "cldap", "tds", "dcerpc", "epm",
    "dns", "dhcp", "kerberos", "krb5rpc", "gss-api", "spnego", "ntlmssp", "tpkt", "cotp", "t125",
    "rdp", "rdpudp", "pptp", "snmp", "tftp", "smb_pipe", "mailslot",
    "_ws.malformed", "_ws.short", "_ws.expert", "_ws.unreassembled",
};

/* The protocol that is being registered; what comes before the first is Wireshark's own. */
static const char *registering;

bool
fuzz_lean(void)
{
    return getenv("SMSRC_FUZZ_ALL") == NULL;
}

bool
fuzz_lean_wants(const char *protocol)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (strcmp(protocol, protocols[i]) == 0)
            return true;
    }
    return g_str_has_prefix(protocol, "smsrc");
}

/* The library's own function. */
static void
find_function(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL)
        abort();
    memcpy(function, &found, sizeof found);
}

/* Wireshark ignores folders set in the environment for root; the fuzzer sets its own. */
ws_bool
started_with_special_privs(void)
{
    return FALSE;
}

int
proto_register_protocol(const char *name, const char *short_name, const char *filter_name)
{
    static int (*function)(const char *, const char *, const char *);

    if (function == NULL)
        find_function("proto_register_protocol", &function);
    registering = filter_name;
    return function(name, short_name, filter_name);
}

static bool
is_left_out(void)
{
    return fuzz_lean() && registering != NULL && !fuzz_lean_wants(registering);
}

static void
register_wanted(const char *name, void (*routine)(void))
{
    void (*function)(void (*)(void));

    if (is_left_out())
        return;
    find_function(name, &function);
    function(routine);
}

void
register_init_routine(void (*routine)(void))
{
    register_wanted("register_init_routine", routine);
}

void
register_cleanup_routine(void (*routine)(void))
{
    register_wanted("register_cleanup_routine", routine);
}
