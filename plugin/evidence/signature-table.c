/* signature-table.c
 * The table of signatures: from what traffic shows to the SMS roles of its hosts
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A new signature of a known kind of fact is one row here: the filters before the patterns follow
 * from the literals (role-signatures.c), and test-role-signatures.c tests each row by its examples.
 *
 * The rows are those that Microsoft's KB articles and lists of ports document, and those that
 * public tools use with real sites.
 *
 * Not in the table, because no role of ours follows: SMS 1.2's SMS_SHR shares. Not in the table,
 * because their source is too weak: slp.dll, /SMS_FSP, /SMSSMP and the user agent ccmsetup. The
 * body of a CCM_POST shows nothing that its method does not. sql\query shows a SQL Server, which
 * need not be the site's.
 */

#include "role-signatures.h"

#define R(role) ROLE_BIT(ROLE_##role)
#define VIEWER R(REMOTE_CONTROL_VIEWER)
/* No site has the name of a device of DOS, or of SMS itself. */
#define RESERVED "(?!AUX|CON|NUL|PRN|SMS)"
#define SITE "(?<site>" RESERVED "[a-z0-9]{3})"
/* Of names that others use as well: a site code has capital letters. */
#define CAPITAL_SITE "(?<site>" RESERVED "(?-i:[A-Z0-9]{3}))"
/* The caller of a share may write it in small letters; but so are the names of other shares. */
#define SMALL_SITE "(?<site>" RESERVED "(?-i:(?=.{0,2}[a-z])[A-Za-z0-9]{3}))"

/* Rows for one product alone, and what an answered fact speaks for. */
#define CM PRODUCT_BIT(PRODUCT_CONFIGMGR)
#define SMS_2003 PRODUCT_BIT(PRODUCT_SMS_2003)
#define SMS (SMS_2003 | PRODUCT_BIT(PRODUCT_SMS_2))
#define CM_ONLY .only_for = CM

/*
 * What a response proves. A management point protects its directories by NTLM or Negotiate. Its
 * certificate has no form that is published, and is a hint.
 */
#define MP_LIST .proof = SHOWS_MP_LIST | SHOWS_WINDOWS
#define POLICY .proof = SHOWS_POLICY | SHOWS_WINDOWS, .hint = SHOWS_CONTENT
#define PACKAGE .proof = SHOWS_CONTENT | SHOWS_PROPERTIES | SHOWS_WINDOWS
/* A directory of a management point's; any web server answers other methods. */
#define TAKEN .proof = SHOWS_MESSAGE_TAKEN | SHOWS_WINDOWS, .hint = SHOWS_TAKEN
#define GRANTED .proof = SHOWS_SUCCESS
/* A service of Windows, which others have as well. */
#define SERVICE .hint = SHOWS_SOAP | SHOWS_WINDOWS, .needs_second_fact = true

const role_signature_t signature_table[] = {
    /*
     * HTTP: management point. Any host can ask for its list, and site servers poll it: who asks
     * for packages on a share as well is a client.
     */
    { .fact = FACT_HTTP_URI, .pattern = "^/sms_mp\\w*/\\.sms_aut\\?mplist", .literal = "^/sms_mp",
      .examples = "/SMS_MP/.sms_aut?MPLIST|/sms_mp/.sms_aut?MPLIST1&ABC",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), .client_of_two = R(ADVANCED_CLIENT),
      .is_clients = true, MP_LIST,
      .label = "Management point list or certificate" },
    { .fact = FACT_HTTP_URI, .pattern = "^/sms_mp\\w*/\\.sms_aut(?!\\?mplist)",
      .literal = "^/sms_mp",
      .examples = "/sms_mp_ac/.sms_aut?MPCERT|/SMS_MP/.sms_aut?MPKEYINFORMATION",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), .client_of_two = R(ADVANCED_CLIENT),
      .is_clients = true, MP_LIST,
      .hint = SHOWS_CONTENT,
      .label = "Management point list or certificate" },
    { .fact = FACT_HTTP_URI, .pattern = "^/sms_mp\\w*/\\.sms_(pol|dcm)", .literal = "^/sms_mp",
      .examples = "/SMS_MP/.sms_pol?ABC00005.2_00|/SMS_MP/.sms_dcm?Id",
      .response = RESPONSE_HTTP,
      .server = R(MANAGEMENT_POINT), .client = R(ADVANCED_CLIENT), POLICY,
      .label = "Policy request" },
    { .fact = FACT_HTTP_URI,
      .pattern = "^/(ccm_system|ccm_incoming|ccm_outgoing|ccm_client|ccm_sts)(_\\w+)?(/|$)",
      .literal = "^/ccm_", .examples = "/ccm_system/request|/ccm_system_windowsauth/request",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT), .client = R(ADVANCED_CLIENT),
      TAKEN, .label = "Management point directory" },
    { .fact = FACT_HTTP_URI, .pattern = "^/bgb/handler\\.ashx", .literal = "^/bgb/",
      .examples = "/bgb/handler.ashx?RequestType=Login", .response = RESPONSE_HTTP,
      .server = R(MANAGEMENT_POINT), .client = R(ADVANCED_CLIENT),
      TAKEN, .label = "Client notification over HTTP" },
    { .fact = FACT_HTTP_METHOD, .pattern = "^CCM_POST$", .literal = "^CCM_POST",
      .examples = "CCM_POST", .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT),
      .client = R(ADVANCED_CLIENT), .proof = SHOWS_MESSAGE_TAKEN, .proves_asker = true,
      .label = "HTTP method" },
    { .fact = FACT_HTTP_METHOD, .pattern = "^BITS_POST$", .literal = "^BITS_POST",
      .examples = "BITS_POST", .response = RESPONSE_HTTP, .client_of_flow = R(ADVANCED_CLIENT),
      .proof = SHOWS_MESSAGE_TAKEN, .proves_asker = true, .label = "HTTP method" },
    { .fact = FACT_HTTP_HEADER,
      .pattern = "^(CCMClient(ID|IDSignature|Timestamp\\w*)|ClientToken(Signature)?):",
      .literal = "^CCMClient|^ClientToken",
      .examples = "CCMClientID: GUID:1|CCMClientTimestampSignature: 1|ClientToken: 1",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT), .client = R(ADVANCED_CLIENT),
      .hint = SHOWS_TAKEN, .label = "HTTP header" },
    /*
     * Pull distribution points, WinPE and gateways send a client's user agent as well: the
     * initiator acts as a client in this flow, but its host need not be one.
     */
    { .fact = FACT_HTTP_HEADER,
      .pattern = "^User-Agent: *(SMS CCM|ccmhttp|ConfigMgr Messaging HTTP Sender)",
      .literal = "^User-Agent: SMS CCM|^User-Agent: ccmhttp|^User-Agent: ConfigMgr Messaging|"
                 "^User-Agent:SMS CCM|^User-Agent:ccmhttp|^User-Agent:ConfigMgr Messaging|"
                 "^User-Agent:  ",
      .examples = "User-Agent: SMS CCM 5.0|User-Agent: ccmhttp|"
                  "User-Agent: ConfigMgr Messaging HTTP Sender|User-Agent:SMS CCM|"
                  "User-Agent:ccmhttp|User-Agent:ConfigMgr Messaging HTTP Sender|"
                  "User-Agent:   ccmhttp",
      .response = RESPONSE_HTTP, .client_of_flow = R(ADVANCED_CLIENT), .hint = SHOWS_TAKEN,
      .label = "HTTP header" },
    /* Distribution point and reporting point. */
    { .fact = FACT_HTTP_URI,
      .pattern = "^/(nocert_|ccmtokenauth_)?sms_dp_sms(pkg[a-z]?|sig)\\$(/|$)",
      .literal = "^/sms_dp_sms|^/nocert_sms_dp_sms|^/ccmtokenauth_sms_dp_sms",
      .examples = "/SMS_DP_SMSPKGC$/ABC00012/setup.exe|/NOCERT_SMS_DP_SMSPKG$/ABC00012|"
                  "/CCMTokenAuth_SMS_DP_SMSSIG$",
      .response = RESPONSE_HTTP, .server = R(BITS_DISTRIBUTION_POINT),
      .client = R(ADVANCED_CLIENT), PACKAGE, .only_for = SMS, .label = "Package over HTTP" },
    /* Pull distribution points, and others that check their content, ask for it as clients do. */
    { .fact = FACT_HTTP_URI,
      .pattern = "^/(nocert_|ccmtokenauth_)?sms_dp_sms(pkg[a-z]?|sig)\\$(/|$)",
      .literal = "^/sms_dp_sms|^/nocert_sms_dp_sms|^/ccmtokenauth_sms_dp_sms",
      .examples = "/SMS_DP_SMSPKG$/Content_1.1/sccm?/setup.exe|/SMS_DP_SMSPKG$/Datalib|"
                  "/NOCERT_SMS_DP_SMSPKG$/ABC00012|/CCMTOKENAUTH_SMS_DP_SMSSIG$/ABC00012.1.tar",
      .response = RESPONSE_HTTP, .server = R(BITS_DISTRIBUTION_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), PACKAGE, CM_ONLY, .label = "Package over HTTP" },
    { .fact = FACT_HTTP_URI, .pattern = "^/smsreporting_" CAPITAL_SITE "(/|$)",
      .literal = "^/smsreporting_", .examples = "/SMSReporting_ABC/Report.asp?ReportID=12",
      .response = RESPONSE_HTTP, .server = R(REPORTING_POINT),
      .hint = SHOWS_PAGE | SHOWS_CONTENT, .needs_second_fact = true,
      .speaks_for = SMS_2003, .label = "Report" },

    /* What later products have on HTTP. */
    { .fact = FACT_HTTP_URI, .pattern = "^/cmuserservice(_\\w+)?(/|$)",
      .literal = "^/cmuserservice",
      .examples = "/CMUserService_WindowsAuth/applicationviewservice.asmx",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT), .client = R(ADVANCED_CLIENT),
      TAKEN, CM_ONLY, .label = "Management point directory" },
    { .fact = FACT_HTTP_URI, .pattern = "^/sms_mp_mbam/coreservice\\.svc",
      .literal = "^/sms_mp_mbam/", .examples = "/SMS_MP_MBAM/CoreService.svc",
      .response = RESPONSE_HTTP, .server = R(MANAGEMENT_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), SERVICE, CM_ONLY, .label = "Recovery service" },
    { .fact = FACT_HTTP_URI, .pattern = "^/sccm_branchcache\\$(/|$)",
      .literal = "^/sccm_branchcache$", .examples = "/SCCM_BranchCache$/ABC00012/sccm?/boot.wim",
      .response = RESPONSE_HTTP, .server = R(ADVANCED_CLIENT), .client = R(ADVANCED_CLIENT),
      PACKAGE, CM_ONLY, .label = "Package of a peer" },
    { .fact = FACT_HTTP_URI, .pattern = "^/adminservice/(wmi|v1\\.0)(/|\\?|$)",
      .literal = "^/adminservice/", .examples = "/AdminService/wmi/SMS_Site|/AdminService/v1.0/",
      .response = RESPONSE_HTTP, .server = R(SMS_PROVIDER), .proof = SHOWS_WINDOWS,
      .hint = SHOWS_TAKEN, CM_ONLY, .label = "Administration service" },
    { .fact = FACT_HTTP_URI,
      .pattern = "^/report(server|s)([/?].*)?[/?=,&]configmgr_" CAPITAL_SITE "\\b",
      .literal = "^/reportserver|^/reports",
      .examples = "/ReportServer?/ConfigMgr_ABC/Hardware|/Reports/browse/ConfigMgr_ABC",
      .response = RESPONSE_HTTP, .server = R(REPORTING_SERVICES_POINT),
      .hint = SHOWS_PAGE | SHOWS_CONTENT | SHOWS_WINDOWS, .needs_second_fact = true, CM_ONLY,
      .label = "Report" },
    /*
     * Windows Server Update Services, which need not be this site's: an asker that is known to be
     * of the site is the second fact.
     */
    { .fact = FACT_HTTP_URI,
      .pattern = "^/(clientwebservice/client|simpleauthwebservice/simpleauth|"
                 "reportingwebservice/reportingwebservice)\\.asmx",
      .literal = "^/clientwebservice/|^/simpleauthwebservice/|^/reportingwebservice/",
      .examples = "/ClientWebService/client.asmx|/SimpleAuthWebService/SimpleAuth.asmx|"
                  "/ReportingWebService/ReportingWebService.asmx",
      .response = RESPONSE_HTTP, .server = R(SOFTWARE_UPDATE_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), .second_asker = R(ADVANCED_CLIENT), SERVICE, CM_ONLY,
      .label = "Software updates" },
    { .fact = FACT_HTTP_URI, .pattern = "^/selfupdate/(wuident|iuident)\\.cab",
      .literal = "^/selfupdate/", .examples = "/SelfUpdate/wuident.cab|/selfupdate/iuident.cab",
      .response = RESPONSE_HTTP, .server = R(SOFTWARE_UPDATE_POINT),
      .client_of_flow = R(ADVANCED_CLIENT), .second_asker = R(ADVANCED_CLIENT),
      .hint = SHOWS_CONTENT, .needs_second_fact = true, CM_ONLY, .label = "Software updates" },
    { .fact = FACT_HTTP_URI, .pattern = "^/apiremoting30/webservices?\\.asmx",
      .literal = "^/apiremoting30/", .examples = "/ApiRemoting30/WebServices.asmx",
      .response = RESPONSE_HTTP, .server = R(SOFTWARE_UPDATE_POINT),
      .client_of_flow = R(SITE_SERVER), .second_asker = R(SITE_SERVER), SERVICE, CM_ONLY,
      .label = "Administration of software updates" },
    { .fact = FACT_HTTP_URI,
      .pattern = "^/(serversyncwebservice/serversyncwebservice|dssauthwebservice/"
                 "dssauthwebservice)\\.asmx",
      .literal = "^/serversyncwebservice/|^/dssauthwebservice/",
      .examples = "/ServerSyncWebService/ServerSyncWebService.asmx|"
                  "/DssAuthWebService/DssAuthWebService.asmx",
      .response = RESPONSE_HTTP, .server = R(WSUS_UPSTREAM),
      .client_of_flow = R(SOFTWARE_UPDATE_POINT), .second_asker = R(SOFTWARE_UPDATE_POINT), SERVICE,
      CM_ONLY, .label = "Synchronization of software updates" },

    /* SMB: the share's name; for a name that others use as well, a file has to corroborate it. */
    { .fact = FACT_SMB_PATH, .pattern = "\\\\CAP_" CAPITAL_SITE "$", .literal = "\\CAP_",
      .examples = "\\\\SRV\\CAP_ABC", .response = RESPONSE_SMB, .server = R(CLIENT_ACCESS_POINT),
      .client_of_flow = R(LEGACY_CLIENT), GRANTED, .speaks_for = SMS, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\CAP_" SMALL_SITE "$", .literal = "\\CAP_",
      .examples = "\\\\SRV\\cap_abc|\\\\SRV\\CAP_A0b", .response = RESPONSE_SMB,
      .server = R(CLIENT_ACCESS_POINT), .client_of_flow = R(LEGACY_CLIENT),
      .hint = SHOWS_SUCCESS, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMSPKG[a-z]\\$$", .literal = "\\SMSPKG",
      .examples = "\\\\SRV\\SMSPKGC$", .response = RESPONSE_SMB,
      .server = R(SMB_DISTRIBUTION_POINT), .client_of_flow = R(CLIENT), .is_clients = true,
      GRANTED,
      .label = "Share" },
    /*
     * Site servers have SCCMContentLib$ and SMS_DP$ as well, so these show neither role: they are
     * facts about a host of the product.
     */
    { .fact = FACT_SMB_PATH, .pattern = "\\\\(SCCMContentLib|SMS_DP)\\$$",
      .literal = "\\SCCMContentLib$|\\SMS_DP$",
      .examples = "\\\\SRV\\SCCMContentLib$|\\\\SRV\\SMS_DP$", .response = RESPONSE_SMB, GRANTED,
      .asks_anybody = true, CM_ONLY, .speaks_for = CM, .label = "Share" },
    { .fact = FACT_SMB_PATH,
      .pattern = "\\\\(SMS_SUIAgent|AdminUIContentPayload|EasySetupPayload)$",
      .literal = "\\SMS_SUIAgent|\\AdminUIContentPayload|\\EasySetupPayload",
      .examples = "\\\\SRV\\SMS_SUIAgent|\\\\SRV\\AdminUIContentPayload|\\\\SRV\\EasySetupPayload",
      .response = RESPONSE_SMB, .server = R(SITE_SERVER), GRANTED, .asks_anybody = true, CM_ONLY,
      .label = "Share" },
    /* Windows Deployment Services have the share too, but not these folders in it. */
    { .fact = FACT_SMB_PATH, .pattern = "\\\\REMINST$", .literal = "\\REMINST",
      .examples = "\\\\SRV\\REMINST", .response = RESPONSE_SMB,
      .server = R(DISTRIBUTION_POINT_PXE), .needs_corroboration = true, GRANTED,
      .asks_anybody = true, CM_ONLY, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMSSIG\\$$", .literal = "\\SMSSIG$",
      .examples = "\\\\SRV\\SMSSIG$", .response = RESPONSE_SMB,
      .server = R(SMB_DISTRIBUTION_POINT), .client_of_flow = R(CLIENT), .is_clients = true,
      GRANTED,
      .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMS_OCM_DATACACHE$", .literal = "\\SMS_OCM_DATACACHE",
      .examples = "\\\\SRV\\SMS_OCM_DATACACHE", .response = RESPONSE_SMB,
      .server = R(SITE_SERVER),
      .client_of_flow = R(SITE_SERVER), GRANTED, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMS_SITE$", .literal = "\\SMS_SITE",
      .examples = "\\\\SRV\\SMS_SITE", .response = RESPONSE_SMB, .server = R(SITE_SERVER),
      .client = R(SITE_SERVER), GRANTED, .proves_asker = true, .label = "LAN sender's share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMS_(?!SHR$)" CAPITAL_SITE "$",
      .literal = "\\SMS_", .examples = "\\\\SRV\\SMS_ABC", .response = RESPONSE_SMB,
      .server = R(SITE_SERVER), .client_of_flow = R(CLIENT), .needs_corroboration = true, GRANTED,
      .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMS_(?!SHR$)" SMALL_SITE "$",
      .literal = "\\SMS_", .examples = "\\\\SRV\\sms_abc", .response = RESPONSE_SMB,
      .server = R(SITE_SERVER), .client_of_flow = R(CLIENT), .needs_corroboration = true,
      .hint = SHOWS_SUCCESS, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMS_CPS[a-z]?\\$$", .literal = "\\SMS_CPS",
      .examples = "\\\\SRV\\SMS_CPSC$|\\\\SRV\\SMS_CPS$", .response = RESPONSE_SMB,
      .server = R(SITE_SERVER), .client_of_flow = R(SITE_SERVER), GRANTED, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMSClient$", .literal = "\\SMSClient",
      .examples = "\\\\MP01\\SMSClient", .response = RESPONSE_SMB, .server = R(MANAGEMENT_POINT),
      .client_of_flow = R(CLIENT), GRANTED, .label = "Share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\SMSLOGON$", .literal = "\\SMSLOGON",
      .examples = "\\\\DC01\\SMSLOGON", .response = RESPONSE_SMB, .server = R(DOMAIN_CONTROLLER),
      .client_of_flow = R(LEGACY_CLIENT), GRANTED, .label = "Logon point's share" },
    { .fact = FACT_SMB_PATH, .pattern = "\\\\ADMIN\\$$", .literal = "\\ADMIN$",
      .examples = "\\\\WKS11\\ADMIN$", .response = RESPONSE_SMB, .server = R(CLIENT),
      .client = R(SITE_SERVER), .needs_corroboration = true, .hint = SHOWS_SUCCESS,
      .label = "Client push" },
    { .fact = FACT_SMB_FILE, .pattern = "^\\\\?(inboxes|client)(\\\\|$)",
      .literal = "^inboxes|^\\inboxes|^client|^\\client",
      .examples = "inboxes\\ddm.box\\x.ddr|\\inboxes|\\Client|client",
      .subject = SUBJECT_CORROBORATION, .response = RESPONSE_SMB, .server = R(SITE_SERVER),
      .label = "File" },
    { .fact = FACT_SMB_FILE, .pattern = "^\\\\?sms(temp|images|boot)(\\\\|$)",
      .literal = "^smstemp|^\\smstemp|^smsimages|^\\smsimages|^smsboot|^\\smsboot",
      .examples = "SMSTemp\\2024.05.07.boot.var|\\SMSTemp|SMSImages|\\SMSImages|SMSBoot\\x64|"
                  "\\SMSBoot",
      .subject = SUBJECT_CORROBORATION, .response = RESPONSE_SMB,
      .server = R(DISTRIBUTION_POINT_PXE), CM_ONLY, .label = "File" },
    { .fact = FACT_SMB_FILE, .pattern = "ccmsetup", .literal = "ccmsetup",
      .examples = "system32\\ccmsetup\\ccmsetup.exe", .subject = SUBJECT_CORROBORATION,
      .response = RESPONSE_SMB, .server = R(CLIENT), .label = "File" },

    /* NetBIOS names. */
    { .fact = FACT_NBNS_NAME, .pattern = "^MP_" SITE "\\s*<1a>", .literal = "^MP_",
      .examples = "MP_ABC<1a>", .subject = SUBJECT_OWNER, .server = R(MANAGEMENT_POINT),
      .needs_second_fact = true, .speaks_for = SMS_2003, .label = "NetBIOS name" },
    { .fact = FACT_NBNS_NAME, .pattern = "^NLB_" SITE "\\s*<1a>", .literal = "^NLB_",
      .examples = "NLB_ABC<1a>", .subject = SUBJECT_OWNER, .server = R(MANAGEMENT_POINT),
      .needs_second_fact = true, .label = "NetBIOS name" },
    { .fact = FACT_NBNS_NAME, .pattern = "^SMS_SLP\\s*<1a>", .literal = "^SMS_SLP",
      .examples = "SMS_SLP<1a>", .subject = SUBJECT_OWNER, .server = R(SERVER_LOCATOR_POINT),
      .needs_second_fact = true, .label = "NetBIOS name" },
    { .fact = FACT_NBNS_NAME, .pattern = "<4[356]>", .literal = "<43>|<45>|<46>",
      .examples = "WKS11<43>|WKS11<45>|WKS11<46>", .subject = SUBJECT_OWNER, .server = R(CLIENT),
      .label = "Remote Tools' NetBIOS name" },
    { .fact = FACT_NBNS_NAME, .pattern = "<44>", .literal = "<44>", .examples = "ADMIN01<44>",
      .subject = SUBJECT_OWNER, .server = VIEWER,
      .label = "Remote Tools' NetBIOS name" },
    { .fact = FACT_NBSS_CALLED, .pattern = "<4[356]>", .literal = "<43>|<45>|<46>",
      .examples = "WKS11<43>|WKS11<45>|WKS11<46>", .response = RESPONSE_NBSS,
      .server = R(CLIENT),
      .client = VIEWER, .hint = SHOWS_SUCCESS, .label = "NetBIOS session to" },
    { .fact = FACT_NBDGM_DESTINATION, .pattern = "<4[356]>", .literal = "<43>|<45>|<46>",
      .examples = "WKS11<43>|WKS11<45>|WKS11<46>", .response = RESPONSE_REPLY,
      .server = R(CLIENT), .client = VIEWER, .hint = SHOWS_REPLY,
      .label = "NetBIOS datagram to" },
    { .fact = FACT_IPX_NAME, .pattern = "^recognized .*<4[356]>", .literal = "^recognized ",
      .examples = "recognized WKS11<43>", .subject = SUBJECT_REPLY, .server = R(CLIENT),
      .client = VIEWER, .judge_before_response = true, .hint = SHOWS_REPLY,
      .label = "NetBIOS over IPX" },
    { .fact = FACT_IPX_NAME, .pattern = "^find .*<4[356]>", .literal = "^find ",
      .examples = "find WKS11<45>", .response = RESPONSE_REPLY, .server = R(CLIENT),
      .client = VIEWER, .judge_before_response = true, .hint = SHOWS_REPLY,
      .label = "NetBIOS over IPX" },

    /* Directory, database, DNS, DCOM. */
    { .fact = FACT_LDAP_ENTRY, .pattern = "^CN=SMS-(Site|MP|SLP)-" SITE "\\b.*CN=System Management",
      .literal = "^CN=SMS-",
      .examples = "CN=SMS-Site-ABC,CN=System Management,CN=System,DC=example",
      .response = RESPONSE_LDAP, .server = R(DOMAIN_CONTROLLER), .client = R(SITE_SERVER),
      GRANTED, .proves_asker = true, .label = "Publishes" },
    { .fact = FACT_LDAP_ENTRY, .pattern = "^CN=SMS-" SITE "-.*CN=System Management",
      .literal = "^CN=SMS-", .examples = "CN=SMS-ABC-10.0.0.0,CN=System Management,CN=System",
      .response = RESPONSE_LDAP, .server = R(DOMAIN_CONTROLLER), .client = R(SITE_SERVER),
      GRANTED, .proves_asker = true, .label = "Publishes" },
    { .fact = FACT_LDAP_VALUE, .pattern = "^mSSMS(ManagementPoint|ServerLocatorPoint)$",
      .literal = "^mSSMSManagementPoint|^mSSMSServerLocatorPoint",
      .examples = "mSSMSManagementPoint|mSSMSServerLocatorPoint", .response = RESPONSE_LDAP,
      .server = R(DOMAIN_CONTROLLER), .client = R(ADVANCED_CLIENT), .proof = SHOWS_ENTRY,
      .hint = SHOWS_SUCCESS, .label = "Searches for" },
    /* A site server reads sites and boundaries as well, so they show no client. */
    { .fact = FACT_LDAP_VALUE, .pattern = "^mSSMS(Site|RoamingBoundaryRange)$",
      .literal = "^mSSMSSite|^mSSMSRoamingBoundaryRange",
      .examples = "mSSMSSite|mSSMSRoamingBoundaryRange", .response = RESPONSE_LDAP,
      .server = R(DOMAIN_CONTROLLER), .client_of_flow = R(ADVANCED_CLIENT),
      .proof = SHOWS_ENTRY, .hint = SHOWS_SUCCESS, .label = "Searches for" },
    { .fact = FACT_LDAP_BASE, .pattern = "CN=System Management,CN=System,",
      .literal = "CN=System Management,CN=System,",
      .examples = "CN=System Management,CN=System,DC=example", .response = RESPONSE_LDAP,
      .server = R(DOMAIN_CONTROLLER), .client_of_flow = R(ADVANCED_CLIENT),
      .proof = SHOWS_ENTRY, .hint = SHOWS_SUCCESS, .label = "Searches in" },
    { .fact = FACT_TDS_DATABASE, .pattern = "^SMS_" CAPITAL_SITE "$", .literal = "^SMS_",
      .examples = "SMS_ABC", .response = RESPONSE_TDS, .server = R(SQL_SERVER),
      .client_of_flow = ROLES_SQL_CLIENT, .hint = SHOWS_LOGIN | SHOWS_REPLY,
      .needs_second_fact = true, .speaks_for = SMS, .label = "Login to the site database" },
    { .fact = FACT_TDS_DATABASE, .pattern = "^CM_" CAPITAL_SITE "$", .literal = "^CM_",
      .examples = "CM_ABC", .response = RESPONSE_TDS, .server = R(SQL_SERVER),
      .client_of_flow = ROLES_SQL_CLIENT, .hint = SHOWS_LOGIN | SHOWS_REPLY,
      .needs_second_fact = true, .speaks_for = CM, .label = "Login to the site database" },
    { .fact = FACT_DNS_NAME, .pattern = "^_mssms_mp_" SITE "\\._tcp\\.", .literal = "^_mssms_mp_",
      .examples = "_mssms_mp_abc._tcp.example.com", .subject = SUBJECT_OWNER,
      .server = R(MANAGEMENT_POINT), .speaks_for = CM, .label = "DNS" },
    /*
     * A client's remote control has this service. That of a site server has names too, which others
     * may have: it is not among them.
     */
    { .fact = FACT_KERBEROS_SERVICE, .pattern = "^CmRcService/", .literal = "^CmRcService/",
      .examples = "CmRcService/wks11.contoso.example", .response = RESPONSE_KERBEROS,
      .server = R(DOMAIN_CONTROLLER), .hint = SHOWS_REPLY, .asks_anybody = true,
      .needs_second_fact = true, CM_ONLY, .label = "Ticket for" },
    { .fact = FACT_NAMESPACE, .pattern = "^root\\\\sms([\\\\/]site_" SITE ")?([\\\\/]|$)",
      .literal = "^root\\sms", .examples = "root\\sms|root\\SMS\\site_ABC",
      .response = RESPONSE_RPC, .server = R(SMS_PROVIDER), .client = R(ADMIN_CONSOLE),
      GRANTED, .proves_asker = true, .label = "WMI namespace" },

    /* The remarks that the product gives its shares; one has the date as well. */
    { .fact = FACT_SHARE_REMARK, .pattern = "^SMS Site " CAPITAL_SITE " DP\\b",
      .literal = "^SMS Site ", .examples = "SMS Site PS1 DP 5/7/2024", .subject = SUBJECT_REPLY,
      .server = R(BITS_DISTRIBUTION_POINT), .asks_anybody = true, .proof = SHOWS_REPLY, CM_ONLY,
      .label = "Remark of a share:" },
    { .fact = FACT_SHARE_REMARK, .pattern = "^ConfigMgr Site Server DP share$",
      .literal = "^ConfigMgr Site Server DP share", .examples = "ConfigMgr Site Server DP share",
      .subject = SUBJECT_REPLY, .server = R(SITE_SERVER), .asks_anybody = true,
      .proof = SHOWS_REPLY, CM_ONLY, .label = "Remark of a share:" },

    /* A network boot, by files that only the product's own servers have. */
    { .fact = FACT_BOOT_FILE, .pattern = "^\\\\?smsboot\\\\|^\\\\?smstemp\\\\.*\\.(var|bcd)$",
      .literal = "^smsboot\\|^\\smsboot\\|^smstemp\\|^\\smstemp\\",
      .examples = "SMSBoot\\x64\\wdsnbp.com|\\SMSTemp\\2024.05.07.{1}.boot.bcd|"
                  "\\smsboot\\ABC00005\\x64\\bootmgfw.efi|smstemp\\1.boot.var",
      .subject = SUBJECT_REPLY, .server = R(DISTRIBUTION_POINT_PXE), .client_of_flow = R(CLIENT),
      .proof = SHOWS_REPLY, CM_ONLY, .speaks_for = CM, .label = "Network boot" },

    /* Windows Deployment Services answer its boot program without these files. */
    { .fact = FACT_BOOT_ANSWER, .subject = SUBJECT_REPLY, .server = R(DISTRIBUTION_POINT_PXE),
      .hint = SHOWS_REPLY, .asks_anybody = true, .needs_second_fact = true, CM_ONLY,
      .label = "Answers Windows' boot program" },

    /*
     * TLS: what is left in clear. Management points have a certificate of the site's own, and so
     * may other site systems, and anybody can write that name into one: Unconfirmed.
     */
    { .fact = FACT_TLS_NAME, .pattern = "^management point ", .literal = "^management point ",
      .examples = "management point mp01.contoso.example", .response = RESPONSE_TLS,
      .server = R(MANAGEMENT_POINT), .client_of_flow = R(ADVANCED_CLIENT), .hint = SHOWS_REPLY,
      CM_ONLY, .label = "TLS to the name of a" },
    { .fact = FACT_TLS_CERTIFICATE, .pattern = "^SMS (Issuing|Role SSL Certificate)$",
      .literal = "^SMS Issuing|^SMS Role SSL Certificate",
      .examples = "SMS Issuing|SMS Role SSL Certificate", .subject = SUBJECT_REPLY,
      .server = R(MANAGEMENT_POINT), .client_of_flow = R(ADVANCED_CLIENT), .hint = SHOWS_REPLY,
      CM_ONLY, .speaks_for = CM, .label = "TLS certificate of" },

    { .fact = FACT_TLS_CLIENT_CERTIFICATE, .pattern = "^1\\.3\\.6\\.1\\.4\\.1\\.311\\.101\\.2$",
      .literal = "^1.3.6.1.4.1.311.101.2", .examples = "1.3.6.1.4.1.311.101.2",
      .response = RESPONSE_TLS, .client_of_flow = R(ADVANCED_CLIENT),
      .client_of_two = R(ADVANCED_CLIENT), .is_clients = true, GRANTED, .asks_anybody = true,
      CM_ONLY, .label = "TLS client certificate with the purpose" },

    /* Remote Control itself; the reply of the agent is its proof. These facts have no text. */
    { .fact = FACT_VIEWER_TO_AGENT, .response = RESPONSE_REPLY, .server = R(CLIENT),
      .client = VIEWER, .judge_before_response = true,
      .hint = SHOWS_REPLY, .label = "Remote control: viewer to agent" },
    { .fact = FACT_AGENT_TO_VIEWER, .subject = SUBJECT_REPLY, .server = R(CLIENT),
      .client = VIEWER, .judge_before_response = true,
      .hint = SHOWS_REPLY, .label = "Remote control: agent to viewer" },
};

const unsigned signature_table_count = array_length(signature_table);
