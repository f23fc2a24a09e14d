/* role.h
 * The roles a host can hold in an SMS 2003 site, as users type them
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_ROLE_H__
#define __SMSRC_ROLE_H__

#include "smsrc-compat.h"

/*
 * All roles, in the order in which they are shown: name in the code, name as users type it, and the
 * role that it is a kind of (itself for none). New roles go to the end. Traffic often does not show
 * which kind of Client a host is, for example that of Remote Control's agent. A Remote Control
 * viewer is a host that controls an agent, as an administrator console may.
 */
#define ROLE_LIST(ROLE)                                                                          \
    ROLE(SITE_SERVER, "Site server", SITE_SERVER)                                                \
    ROLE(CHILD_SITE_SERVER, "Child site server", SITE_SERVER)                                    \
    ROLE(SECONDARY_SITE_SERVER, "Secondary site server", SITE_SERVER)                            \
    ROLE(SQL_SERVER, "SQL Server", SQL_SERVER)                                                   \
    ROLE(MANAGEMENT_POINT, "Management point", MANAGEMENT_POINT)                                 \
    ROLE(PROXY_MANAGEMENT_POINT, "Proxy management point", MANAGEMENT_POINT)                     \
    ROLE(SERVER_LOCATOR_POINT, "Server locator point", SERVER_LOCATOR_POINT)                     \
    ROLE(REPORTING_POINT, "Reporting point", REPORTING_POINT)                                    \
    ROLE(BITS_DISTRIBUTION_POINT, "BITS distribution point", BITS_DISTRIBUTION_POINT)            \
    ROLE(SMB_DISTRIBUTION_POINT, "SMB distribution point", SMB_DISTRIBUTION_POINT)               \
    ROLE(CLIENT_ACCESS_POINT, "Client access point", CLIENT_ACCESS_POINT)                        \
    ROLE(DOMAIN_CONTROLLER, "Domain controller", DOMAIN_CONTROLLER)                              \
    ROLE(ADVANCED_CLIENT, "Advanced Client", CLIENT)                                             \
    ROLE(LEGACY_CLIENT, "Legacy Client", CLIENT)                                                 \
    ROLE(ADMIN_CONSOLE, "Administrator console", REMOTE_CONTROL_VIEWER)                          \
    ROLE(SMS_PROVIDER, "SMS Provider", SMS_PROVIDER)                                             \
    ROLE(DNS_SERVER, "DNS server", DNS_SERVER)                                                   \
    ROLE(DHCP_SERVER, "DHCP server", DHCP_SERVER)                                                \
    ROLE(WINS_SERVER, "WINS server", WINS_SERVER)                                                \
    ROLE(RAS_SENDER, "RAS sender", RAS_SENDER)                                                   \
    ROLE(CLIENT, "Client", CLIENT)                                                               \
    ROLE(REMOTE_CONTROL_VIEWER, "Remote Control viewer", REMOTE_CONTROL_VIEWER)                  \
    ROLE(SOFTWARE_UPDATE_POINT, "Software update point", SOFTWARE_UPDATE_POINT)                  \
    ROLE(FALLBACK_STATUS_POINT, "Fallback status point", FALLBACK_STATUS_POINT)                  \
    ROLE(STATE_MIGRATION_POINT, "State migration point", STATE_MIGRATION_POINT)                  \
    ROLE(REPORTING_SERVICES_POINT, "Reporting services point", REPORTING_SERVICES_POINT)         \
    ROLE(SERVICE_CONNECTION_POINT, "Service connection point", SERVICE_CONNECTION_POINT)         \
    ROLE(CMG_CONNECTION_POINT, "CMG connection point", CMG_CONNECTION_POINT)                     \
    ROLE(CLOUD_MANAGEMENT_GATEWAY, "Cloud management gateway", CLOUD_MANAGEMENT_GATEWAY)         \
    ROLE(CLOUD_DISTRIBUTION_POINT, "Cloud distribution point", CLOUD_DISTRIBUTION_POINT)         \
    ROLE(PULL_DISTRIBUTION_POINT, "Pull distribution point", PULL_DISTRIBUTION_POINT)            \
    ROLE(DISTRIBUTION_POINT_PXE, "PXE distribution point", DISTRIBUTION_POINT_PXE)               \
    ROLE(DISTRIBUTION_POINT_MULTICAST, "Multicast distribution point",                           \
         DISTRIBUTION_POINT_MULTICAST)                                                           \
    ROLE(ENDPOINT_PROTECTION_POINT, "Endpoint Protection point", ENDPOINT_PROTECTION_POINT)      \
    ROLE(ASSET_INTELLIGENCE_POINT, "Asset Intelligence synchronization point",                   \
         ASSET_INTELLIGENCE_POINT)                                                               \
    ROLE(DATA_WAREHOUSE_POINT, "Data warehouse service point", DATA_WAREHOUSE_POINT)             \
    ROLE(ENROLLMENT_POINT, "Enrollment point", ENROLLMENT_POINT)                                 \
    ROLE(ENROLLMENT_PROXY_POINT, "Enrollment proxy point", ENROLLMENT_PROXY_POINT)               \
    ROLE(CERTIFICATE_REGISTRATION_POINT, "Certificate registration point",                       \
         CERTIFICATE_REGISTRATION_POINT)                                                         \
    ROLE(NDES_POLICY_MODULE, "NDES policy module", NDES_POLICY_MODULE)                           \
    ROLE(EXCHANGE_CONNECTOR, "Exchange Server connector", EXCHANGE_CONNECTOR)                    \
    ROLE(EXCHANGE_SERVER, "Exchange Server", EXCHANGE_SERVER)                                    \
    ROLE(EXCHANGE_ONLINE, "Exchange Online", EXCHANGE_ONLINE)                                    \
    ROLE(ISSUING_CA, "Issuing CA", ISSUING_CA)                                                   \
    ROLE(CONTENT_LIBRARY_SERVER, "Content library server", CONTENT_LIBRARY_SERVER)               \
    ROLE(WSUS_UPSTREAM, "Upstream WSUS server", WSUS_UPSTREAM)                                   \
    ROLE(SQL_SERVER_WSUS, "WSUS database server", SQL_SERVER_WSUS)                               \
    ROLE(CENTRAL_SITE_SERVER, "Central site server", SITE_SERVER)                                \
    ROLE(PASSIVE_SITE_SERVER, "Passive site server", SITE_SERVER)                                \
    ROLE(FILE_SERVER, "File server", FILE_SERVER)                                                \
    ROLE(GLOBAL_CATALOG, "Global Catalog server", GLOBAL_CATALOG)                                \
    ROLE(SYSTEM_HEALTH_VALIDATOR_POINT, "System Health Validator point",                         \
         SYSTEM_HEALTH_VALIDATOR_POINT)                                                          \
    ROLE(MOBILE_DEVICE, "Mobile device", MOBILE_DEVICE)                                          \
    ROLE(MAC_CLIENT, "Mac client", MAC_CLIENT)                                                   \
    ROLE(SITE_SYSTEM, "Site system", SITE_SYSTEM)                                                \
    ROLE(INTERNET, "Internet", INTERNET)

typedef enum {
#define ROLE(name, text, general) ROLE_##name,
    ROLE_LIST(ROLE)
#undef ROLE
    NUM_ROLES
} role_e;

/** The value of "any" in role_or_any_vals. */
#define ROLE_OR_ANY NUM_ROLES

/** The value of "Distribution point" in users' tables, which is two roles: by HTTP and by SMB. */
#define ROLE_GROUP_DISTRIBUTION_POINT (ROLE_OR_ANY + 1)

/** A set of roles, one bit each: a host may hold several. */
typedef uint64_t role_set_t;

#define ROLE_BIT(role) ((role_set_t)1 << (role))

/** Any host, with a role or without one. */
#define ROLES_ANY UINT64_MAX

/** The clients whose kind is known. A host with one of these roles is a ROLE_CLIENT too. */
#define ROLES_CLIENT_KINDS                                                                       \
    (ROLE_BIT(ROLE_ADVANCED_CLIENT) | ROLE_BIT(ROLE_LEGACY_CLIENT))

/** A client of the site database whose role is not known. Never in the role book. */
#define ROLES_SQL_CLIENT ROLE_BIT(61)

/** An initiator without a role, as a reader of reports is. Never in the role book. */
#define ROLES_UNNAMED ROLE_BIT(62)

/** The destination of a broadcast, which is not a host. Never in the role book. */
#define ROLES_BROADCAST ROLE_BIT(63)

/** How far a role can be trusted. A higher standing beats a lower one. */
typedef enum {
    STANDING_NONE,        /* the role is not held */
    STANDING_UNCONFIRMED, /* by a third party, a single datagram, or the flow's own request alone */
    STANDING_PROVEN,      /* by an answer that only such a server gives */
    STANDING_TABLE,       /* by the user */
    NUM_STANDINGS
} standing_e;

/** Evidence that a host holds a role. Lives as long as the capture. */
typedef struct {
    role_e role;
    standing_e standing;
    const char *site_code; /* "ABC"; "" where it is not known */
    const char *reason;    /* "HTTP request /sms_mp/.sms_aut?MPLIST", or "table smsrc_roles" */
    uint32_t frame;        /* the frame that showed it; 0 for the user's table */
    bool if_alone;         /* the role is taken back if the host shows one of a server */
} role_evidence_t;

/** Names of the roles as users type them in smsrc_roles and in filters. */
extern const value_string role_vals[];

/** The same, and then the groups of roles, for tables whose lines give roles. */
extern const value_string role_or_group_vals[];

/** The same, and then "any", for tables that have rows for any host. */
extern const value_string role_or_any_vals[];

/**
 * Returns the roles of a host that has a value of role_or_group_vals: the role or those of the
 * group; a central or passive site server is a site server too. 0 for any other value.
 */
role_set_t role_set_of_value(unsigned value);

/** "Table", "Proven" or "Unconfirmed", as users type it; "" for STANDING_NONE. Static. */
const char *role_standing_name(standing_e standing);

/**
 * Returns the names of the roles in @p roles, separated by ", ", in the order of role_vals. The
 * string is allocated in @p scope. It is empty for no role.
 */
char *role_set_to_str(wmem_allocator_t *scope, role_set_t roles);

/**
 * Returns the general roles of which @p held has a kind: "Client" for "Advanced Client". If the
 * kind is known, the general role need not be learned.
 */
role_set_t role_set_general(role_set_t held);

/** Returns the role of which @p role is a kind, or @p role itself. */
role_e role_kind(role_e role);

#endif /* __SMSRC_ROLE_H__ */
