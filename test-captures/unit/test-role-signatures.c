/* test-role-signatures.c
 * Each signature's examples match it and pass every filter before its pattern
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "role-signatures.h"

#include "unit-epan.h"

typedef void (*check_t)(const role_signature_t *signature, unsigned i, const char *example);

static void
judge(product_e product)
{
    product_set_judged(product);
    role_signatures_reset();
}

/* Calls @p check for each example of each signature for @p product that has a pattern. */
static void
for_each_example_of(product_e product, check_t check)
{
    judge(product);
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        const role_signature_t *signature;

        for (unsigned i = 0; (signature = role_signatures_get((fact_e)fact, i)) != NULL; i++) {
            char **examples;

            g_assert_nonnull(signature->label);
            if (signature->pattern == NULL)
                continue;
            g_assert_nonnull(signature->literal);
            g_assert_nonnull(signature->examples);
            examples = g_strsplit(signature->examples, "|", -1);
            for (char **example = examples; *example != NULL; example++) {
                g_test_message("%s: %s", signature->pattern, *example);
                check(signature, i, *example);
            }
            g_strfreev(examples);
        }
    }
}

static void
for_each_example(check_t check)
{
    for (unsigned product = 0; product < NUM_PRODUCTS; product++)
        for_each_example_of((product_e)product, check);
    judge(PRODUCT_SMS_2003);
}

static void
check_match(const role_signature_t *signature, unsigned i, const char *example)
{
    size_t length = strlen(example);

    g_assert_cmpuint(length, >=, role_signatures_min_length(signature->fact));
    for (size_t begin = 0; begin <= length; begin++)
        g_assert_true(role_signatures_may_match(signature->fact, example, begin));
    g_assert_true(g_ascii_strncasecmp(example, role_signatures_common_prefix(signature->fact),
                                      strlen(role_signatures_common_prefix(signature->fact))) == 0);
    for (unsigned again = 0; again < 2; again++) /* the second time from the cache */
        g_assert_true((role_signatures_match(signature->fact, example, length) >> i & 1) != 0);
}

static void
test_examples_match(void)
{
    for_each_example(check_match);
}

/* Where @p example has @p literal, a row's with "^" before it or not; or NULL. */
static const char *
find_literal(const char *example, const char *literal)
{
    bool is_prefix = *literal == '^';
    size_t length = strlen(literal += is_prefix ? 1 : 0);

    for (; *example != '\0'; example++) {
        if (g_ascii_strncasecmp(example, literal, length) == 0)
            return example;
        if (is_prefix)
            return NULL;
    }
    return NULL;
}

/* A text in which no literal of the row is left is not a match. */
static void
check_literal_is_needed(const role_signature_t *signature, unsigned i, const char *example)
{
    char **literals = g_strsplit(signature->literal, "|", -1);
    char *text = g_strdup(example);
    bool found = false;

    for (char **literal = literals; *literal != NULL; literal++) {
        const char *at;

        while ((at = find_literal(text, *literal)) != NULL) {
            text[at - text] = '~';
            found = true;
        }
    }
    g_assert_true(found);
    g_assert_false(g_regex_match_simple(signature->pattern, text,
                                        (GRegexCompileFlags)(G_REGEX_CASELESS | G_REGEX_RAW),
                                        (GRegexMatchFlags)0));
    g_assert_true((role_signatures_match(signature->fact, text, strlen(text)) >> i & 1) == 0);
    g_free(text);
    g_strfreev(literals);
}

static void
test_literals_are_needed(void)
{
    for_each_example(check_literal_is_needed);
}

/* Each literal of a row is in one of its examples. */
static void
test_literals_have_examples(void)
{
    for (unsigned i = 0; i < signature_table_count; i++) {
        const role_signature_t *signature = &signature_table[i];
        char **literals, **examples;

        if (signature->pattern == NULL)
            continue;
        literals = g_strsplit(signature->literal, "|", -1);
        examples = g_strsplit(signature->examples, "|", -1);
        for (char **literal = literals; *literal != NULL; literal++) {
            bool found = false;

            for (char **example = examples; *example != NULL && !found; example++)
                found = find_literal(*example, *literal) != NULL;
            g_test_message("%s: %s", signature->pattern, *literal);
            g_assert_true(found);
        }
        g_strfreev(literals);
        g_strfreev(examples);
    }
}

/* What readers search payloads for (ldap.c, rpc.c) has to be there, and not only a letter. */
static void
test_common_prefixes(void)
{
    g_assert_cmpuint(strlen(role_signatures_common_prefix(FACT_LDAP_VALUE)), >=, 2);
    g_assert_cmpuint(strlen(role_signatures_common_prefix(FACT_NAMESPACE)), >=, 2);
    g_assert_cmpstr(role_signatures_common_prefix(FACT_SMB_PATH), ==, ""); /* not at the begin */
    g_assert_cmpstr(role_signatures_common_prefix(FACT_VIEWER_TO_AGENT), ==, "");
}

static void
test_filters(void)
{
    g_assert_false(role_signatures_may_match(FACT_HTTP_URI, "/x", 2));
    g_assert_true(role_signatures_may_match(FACT_HTTP_URI, "/S", 2));
    g_assert_true(role_signatures_may_match(FACT_HTTP_URI, "", 0));
    g_assert_cmpuint(role_signatures_match(FACT_HTTP_URI, "/", 1), ==, 0);
    g_assert_cmpuint(role_signatures_match(FACT_HTTP_URI, "/ccm_system", 11), !=, 0);
    g_assert_cmpuint(role_signatures_match(FACT_HTTP_METHOD, "GET", 3), ==, 0);
    /* A kind of fact with a literal that is not at the begin has no filter of its first bytes. */
    g_assert_true(role_signatures_may_match(FACT_SMB_FILE, "xxxx", 4));
}

/* True if the row teaches the product's roles, or can show that the product is another one. */
static bool
is_for(const role_signature_t *signature, product_e product)
{
    const product_set_t bit = PRODUCT_BIT(product);

    return signature->only_for == 0 || (signature->only_for & bit) != 0 ||
           (signature->speaks_for != 0 && (signature->speaks_for & bit) == 0);
}

static void
check_order(product_e product)
{
    unsigned count = 0, expected = 0;

    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        const role_signature_t *signature, *before = NULL;

        for (unsigned i = 0; (signature = role_signatures_get((fact_e)fact, i)) != NULL; i++) {
            g_assert_cmpint(signature->fact, ==, fact);
            g_assert_true(before == NULL || before < signature);
            g_assert_true((signature->pattern == NULL) ==
                          (role_signatures_get((fact_e)fact, 0)->pattern == NULL));
            before = signature;
            count++;
        }
        g_assert_true(before != NULL || product != PRODUCT_CONFIGMGR);
    }
    for (unsigned i = 0; i < signature_table_count; i++)
        expected += is_for(&signature_table[i], product) ? 1 : 0;
    g_assert_cmpuint(count, ==, expected);
}

static void
test_order(void)
{
    for (unsigned product = 0; product < NUM_PRODUCTS; product++) {
        judge((product_e)product);
        check_order((product_e)product);
    }
    judge(PRODUCT_SMS_2003);
}

/* A product's own rows match nothing where another one is judged. */
static void
test_rows_of_another_product(void)
{
    static const char peer[] = "/SCCM_BranchCache$/ABC00012", login[] = "CM_ABC";

    g_assert_cmpuint(role_signatures_match(FACT_HTTP_URI, peer, strlen(peer)), ==, 0);
    g_assert_cmpuint(role_signatures_match(FACT_TDS_DATABASE, login, strlen(login)), !=, 0);
    judge(PRODUCT_CONFIGMGR);
    g_assert_cmpuint(role_signatures_match(FACT_HTTP_URI, peer, strlen(peer)), !=, 0);
    judge(PRODUCT_SMS_2003);
    g_assert_cmpuint(role_signatures_match(FACT_HTTP_URI, peer, strlen(peer)), ==, 0);
}

/* The first answer that speaks for another product is kept, and no other. */
static void
test_other_product(void)
{
    product_reset();
    product_note_sign(3, PRODUCT_BIT(PRODUCT_SMS_2003) | PRODUCT_BIT(PRODUCT_SMS_2), "a share");
    g_assert_cmpuint(product_other_frame(), ==, 0);
    product_note_sign(4, 0, "anything");
    g_assert_cmpuint(product_other_frame(), ==, 0);
    product_note_sign(5, PRODUCT_BIT(PRODUCT_CONFIGMGR), "DNS x");
    product_note_sign(6, PRODUCT_BIT(PRODUCT_SMS_2), "later");
    g_assert_cmpuint(product_other_frame(), ==, 5);
    g_assert_cmpstr(product_other_text(NULL), ==,
                    "Configuration Manager, current branch (DNS x)");
    g_assert_false(product_wants_sign(PRODUCT_BIT(PRODUCT_CONFIGMGR)));
    product_reset();
    g_assert_true(product_wants_sign(PRODUCT_BIT(PRODUCT_CONFIGMGR)));
}

static void
test_site_code(void)
{
    static const char share[] = "\\\\SRV\\CAP_A1B", uri[] = "/SMS_MP/.sms_aut?MPLIST";
    char site[4] = "xxx";

    role_signatures_site_code(FACT_SMB_PATH, 0, share, strlen(share), site);
    g_assert_cmpstr(site, ==, "A1B");
    role_signatures_site_code(FACT_HTTP_URI, 0, uri, strlen(uri), site);
    g_assert_cmpstr(site, ==, "");
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    unit_epan_start(NULL);
    role_signatures_init();
    role_signatures_init(); /* as handoff routines may be called again */
    g_test_add_func("/examples/match", test_examples_match);
    g_test_add_func("/literals/are-needed", test_literals_are_needed);
    g_test_add_func("/literals/have-examples", test_literals_have_examples);
    g_test_add_func("/common-prefixes", test_common_prefixes);
    g_test_add_func("/filters", test_filters);
    g_test_add_func("/order", test_order);
    g_test_add_func("/site-code", test_site_code);
    g_test_add_func("/rows-of-another-product", test_rows_of_another_product);
    g_test_add_func("/other-product", test_other_product);
    result = g_test_run();
    role_signatures_shutdown();
    unit_epan_stop();
    return result;
}
