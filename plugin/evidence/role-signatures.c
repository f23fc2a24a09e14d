/* role-signatures.c
 * The patterns of role signatures: compiled, filtered and cached
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * All that is tried before a pattern is derived from the literals of the table (signature-table.c),
 * so that no filter can miss a new row: the first bytes that a text may have, the shortest text,
 * and the text by which a reader finds candidates in a payload.
 *
 * The rows are those for the product that is judged; each other one costs nothing.
 *
 * A set of signatures has a bit for each signature of one kind of fact, not of the whole table. So
 * the table can grow without end, and a kind of fact to ROLE_SIGNATURES_MAX_OF_FACT signatures;
 * role_signatures_init() stops the program past that. For more, widen the uint64_t of
 * role_signatures_match().
 */

#include "role-signatures.h"

#include <wsutil/wslog.h>

#include "cache.h"

/* The first bytes of a text that are filtered, one bit of facts[].may_be_at each. */
#define FILTERED_BYTES 4

/* What is derived from the table for a kind of fact, of the signatures for one product. */
static struct {
    const role_signature_t *signatures[ROLE_SIGNATURES_MAX_OF_FACT];
    GRegex *patterns[ROLE_SIGNATURES_MAX_OF_FACT];
    GRegex *any_pattern; /* all patterns in one: most texts match none of them */
    unsigned count;
    size_t min_length;
    size_t filtered; /* how many first bytes are filtered, up to FILTERED_BYTES */
    char *common_prefix;
    uint8_t may_be_at[256]; /* bit i: a match may have this byte at i */
} facts[NUM_FACTS];
static product_e built_for;

static GRegex *
compile(const char *pattern, unsigned more)
{
    const unsigned flags = G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_OPTIMIZE | more;
    GRegex *regex = g_regex_new(pattern, (GRegexCompileFlags)flags, (GRegexMatchFlags)0, NULL);

    if (regex == NULL)
        ws_error("a role signature has a bad pattern: %s", pattern);
    return regex;
}

static GRegex *
compile_any(fact_e fact)
{
    GString *text = g_string_new(NULL);
    GRegex *any;

    for (unsigned i = 0; i < facts[fact].count; i++)
        g_string_append_printf(text, "%s(?:%s)", i > 0 ? "|" : "",
                               facts[fact].signatures[i]->pattern);
    any = compile(text->str, G_REGEX_DUPNAMES); /* "site" */
    g_string_free(text, TRUE);
    return any;
}

/* Narrows the filters of @p fact by a literal of one of its signatures, without its "^". */
static void
add_literal(fact_e fact, const char *literal, bool is_prefix)
{
    size_t length = strlen(literal), same = 0;
    char *common = facts[fact].common_prefix;

    facts[fact].min_length = MIN(facts[fact].min_length, length);
    facts[fact].filtered = MIN(facts[fact].filtered, is_prefix ? length : 0);
    for (size_t i = 0; i < MIN(length, FILTERED_BYTES); i++) {
        facts[fact].may_be_at[(uint8_t)g_ascii_tolower(literal[i])] |= (uint8_t)(1 << i);
        facts[fact].may_be_at[(uint8_t)g_ascii_toupper(literal[i])] |= (uint8_t)(1 << i);
    }
    if (common == NULL) {
        facts[fact].common_prefix = g_strdup(is_prefix ? literal : "");
    } else {
        while (is_prefix && common[same] != '\0' &&
               g_ascii_tolower(common[same]) == g_ascii_tolower(literal[same]))
            same++;
        common[same] = '\0';
    }
}

static void
add_signature(const role_signature_t *signature)
{
    fact_e fact = signature->fact;
    unsigned i = facts[fact].count++;
    char **literals;

    if (i >= ROLE_SIGNATURES_MAX_OF_FACT)
        ws_error("more than %d role signatures of one kind of fact", ROLE_SIGNATURES_MAX_OF_FACT);
    facts[fact].signatures[i] = signature;
    if (signature->pattern == NULL)
        return;
    facts[fact].patterns[i] = compile(signature->pattern, 0);
    literals = g_strsplit(signature->literal, "|", -1);
    for (char **literal = literals; *literal != NULL; literal++)
        add_literal(fact, **literal == '^' ? *literal + 1 : *literal, **literal == '^');
    g_strfreev(literals);
}

/* Readers search the packet for the prefix of these facts, and would find nothing without one. */
static void
require_common_prefix(fact_e fact)
{
    if (*role_signatures_common_prefix(fact) == '\0')
        ws_error("the role signatures of kind %d have no common prefix", (int)fact);
}

/* True for what teaches roles of the product, or may show that the product is another one. */
static bool
is_of_product(const role_signature_t *signature)
{
    return role_signatures_teaches(signature) ||
           (signature->speaks_for != 0 &&
            (signature->speaks_for & PRODUCT_BIT(product_judged())) == 0);
}

void
role_signatures_init(void)
{
    role_signatures_shutdown();
    built_for = product_judged();
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        facts[fact].min_length = SIZE_MAX;
        facts[fact].filtered = FILTERED_BYTES;
    }
    for (unsigned i = 0; i < signature_table_count; i++) {
        if (is_of_product(&signature_table[i]))
            add_signature(&signature_table[i]);
    }
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        if (facts[fact].count > 0 && facts[fact].patterns[0] != NULL)
            facts[fact].any_pattern = compile_any((fact_e)fact);
    }
    require_common_prefix(FACT_LDAP_VALUE);
    require_common_prefix(FACT_NAMESPACE);
}

void
role_signatures_shutdown(void)
{
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        for (unsigned i = 0; i < facts[fact].count; i++) {
            if (facts[fact].patterns[i] != NULL)
                g_regex_unref(facts[fact].patterns[i]);
        }
        if (facts[fact].any_pattern != NULL)
            g_regex_unref(facts[fact].any_pattern);
        g_free(facts[fact].common_prefix);
    }
    memset(facts, 0, sizeof facts);
}

/* True if a match of @p fact can have these bytes as its first ones. */
static bool
may_begin(fact_e fact, const uint8_t *bytes, size_t length)
{
    length = MIN(length, facts[fact].filtered);
    for (size_t i = 0; i < length; i++) {
        if ((facts[fact].may_be_at[bytes[i]] >> i & 1) == 0)
            return false;
    }
    return true;
}

bool
role_signatures_may_match(fact_e fact, const void *begin, size_t length)
{
    return may_begin(fact, (const uint8_t *)begin, length);
}

size_t
role_signatures_min_length(fact_e fact)
{
    return facts[fact].min_length;
}

const char *
role_signatures_common_prefix(fact_e fact)
{
    return facts[fact].common_prefix != NULL ? facts[fact].common_prefix : "";
}

/*
 * Texts recur (the lines of a request, the name of a share), and a pattern costs more than all
 * else. So the signatures that a text matches are cached under kind of fact and text, for one
 * capture. Longer texts are matched each time.
 */
#define CACHE_TEXT 118

typedef struct {
    uint8_t fact;
    uint8_t length;
    char text[CACHE_TEXT];
} fact_key_t;

typedef struct {
    uint32_t tag;
    fact_key_t key;
    uint64_t matches;
} cached_matches_t;

static cached_matches_t cached_matches[1024];
static const cache_t cache = { cached_matches, array_length(cached_matches),
                               sizeof cached_matches[0], offsetof(cached_matches_t, key) };

void
role_signatures_reset(void)
{
    cache_reset(&cache);
    if (built_for != product_judged())
        role_signatures_init();
}

static bool
is_match(const GRegex *regex, const char *text, size_t length)
{
    return regex != NULL && g_regex_match_full(regex, text, (gssize)length, 0,
                                               (GRegexMatchFlags)0, NULL, NULL);
}

static uint64_t
match_all(fact_e fact, const char *text, size_t length)
{
    uint64_t matches = 0;

    if (!is_match(facts[fact].any_pattern, text, length))
        return 0;
    for (unsigned i = 0; i < facts[fact].count; i++) {
        if (is_match(facts[fact].patterns[i], text, length))
            matches |= UINT64_C(1) << i;
    }
    return matches;
}

uint64_t
role_signatures_match(fact_e fact, const char *text, size_t length)
{
    cached_matches_t *cached;
    fact_key_t key;
    size_t key_size = offsetof(fact_key_t, text) + length;
    uint32_t hash;

    if (length < facts[fact].min_length || !may_begin(fact, (const uint8_t *)text, length))
        return 0;
    if (length == 0 || length > CACHE_TEXT)
        return match_all(fact, text, length);
    key.fact = (uint8_t)fact;
    key.length = (uint8_t)length;
    memcpy(key.text, text, length);
    hash = wmem_strong_hash((const uint8_t *)text, length) + (uint32_t)fact;
    cached = (cached_matches_t *)cache_find(&cache, hash, &key, key_size);
    if (cached == NULL) {
        cached = (cached_matches_t *)cache_add(&cache, hash, &key, key_size);
        cached->matches = match_all(fact, text, length);
    }
    return cached->matches;
}

const role_signature_t *
role_signatures_get(fact_e fact, unsigned i)
{
    return i < facts[fact].count ? facts[fact].signatures[i] : NULL;
}

void
role_signatures_site_code(fact_e fact, unsigned i, const char *text, size_t length, char site[4])
{
    const GRegex *pattern = facts[fact].patterns[i];
    GMatchInfo *match = NULL;

    site[0] = '\0';
    if (pattern == NULL || g_regex_get_string_number(pattern, "site") < 0)
        return;
    if (g_regex_match_full(pattern, text, (gssize)length, 0, (GRegexMatchFlags)0, &match, NULL)) {
        char *code = g_match_info_fetch_named(match, "site");

        if (code != NULL)
            (void)g_strlcpy(site, code, 4);
        g_free(code);
    }
    g_match_info_free(match);
}
