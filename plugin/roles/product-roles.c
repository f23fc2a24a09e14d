/* product-roles.c
 * The names that the product itself has for roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "product-roles.h"

#include "smsrc-compat.h"

/*
 * The role names of SMS_SCI_SysResUse, from SMS 2003 to the current branch, as scripts that read
 * that class have them. A notification server is a part of a management point. Roles that no list
 * of ports knows are those of a site system.
 */
static const struct {
    const char *product;
    const char *name;
} product_names[] = {
    { "SMS Site Server", "Site server" },
    { "SMS SQL Server", "SQL Server" },
    { "SMS Provider", "SMS Provider" },
    { "SMS Management Point", "Management point" },
    { "SMS Device Management Point", "Management point" },
    { "SMS Notification Server", "Management point" },
    { "SMS Server Locator Point", "Server locator point" },
    { "SMS Reporting Point", "Reporting point" },
    { "SMS SRS Reporting Point", "Reporting services point" },
    { "SMS Distribution Point", "Distribution point" },
    { "SMS Branch Distribution Point", "Distribution point" },
    { "SMS PXE Service Point", "PXE distribution point" },
    { "SMS Multicast Service Point", "Multicast distribution point" },
    { "SMS Software Update Point", "Software update point" },
    { "SMS Fallback Status Point", "Fallback status point" },
    { "SMS State Migration Point", "State migration point" },
    { "SMS System Health Validator", "System Health Validator point" },
    { "SMS Endpoint Protection Point", "Endpoint Protection point" },
    { "SMS Dmp Connector", "Service connection point" },
    { "SMS Cloud Proxy Connector", "CMG connection point" },
    { "AI Update Service Point", "Asset Intelligence synchronization point" },
    { "Data Warehouse Service Point", "Data warehouse service point" },
    { "SMS Enrollment Server", "Enrollment point" },
    { "SMS Enrollment Web Site", "Enrollment proxy point" },
    { "SMS Certificate Registration Point", "Certificate registration point" },
    { "SMS Component Server", "Site system" },
    { "SMS Site System", "Site system" },
    { "SMS AMT Service Point", "Site system" },
    { "SMS Application Web Service", "Site system" },
    { "SMS Portal Web Site", "Site system" },
    { "SMS DM Enrollment Service", "Site system" },
};

const char *
product_roles_name(const char *name, unsigned length)
{
    for (unsigned i = 0; i < array_length(product_names); i++) {
        const char *product = product_names[i].product;

        if (strlen(product) == length && g_ascii_strncasecmp(product, name, length) == 0)
            return product_names[i].name;
    }
    return NULL;
}
