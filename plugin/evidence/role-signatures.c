/* role-signatures.c
 * The patterns of role signatures: compiled when needed, filtered and cached
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A pattern costs more than all else, and few texts have the letters that it needs. So a text is
 * tried by those patterns alone of which it has a literal. All that is tried before a pattern is
 * derived from the literals of the table (signature-table.c), so that no filter can miss a new row:
 * the first bytes that a text may have, the shortest text, the literals, and the text by which a
 * reader finds candidates in a payload.
 *
 * Nothing is compiled at the start. A pattern is when it is first tried, and to machine code when
 * it has been tried so often that this pays: it takes as long as some fifty tries save.
 *
 * The rows are those for the product that is judged; each other one costs nothing.
 *
 * A set of signatures has a bit for each signature of one kind of fact, not of the whole table. So
 * the table can grow without end, and a kind of fact to ROLE_SIGNATURES_MAX_OF_FACT signatures;
 * role_signatures_init() stops the program past that. For more, widen the uint64_t of
 * role_signatures_match().
 */

#include "role-signatures.h"

#include <wsutil/bits_ctz.h>
#include <wsutil/wslog.h>

#include "bytes-digest.h"
#include "cache.h"

/* The first bytes of a text that are filtered, one bit of facts[].may_be_at each. */
#define FILTERED_BYTES 4

/* A text that each match of one of several has, in letters of either case: not ended by a NUL. */
typedef struct {
    const char *text;
    size_t length;
    bool is_prefix; /* of the match */
    unsigned signature;
} literal_t;

typedef struct {
    GRegex *regex; /* NULL: not tried yet */
    unsigned tries;
} pattern_t;

#define MANY_TRIES 128
#define MAX_LITERALS 64

/* What is derived from the table for a kind of fact, of the signatures for one product. */
static struct {
    const role_signature_t *signatures[ROLE_SIGNATURES_MAX_OF_FACT];
    pattern_t patterns[ROLE_SIGNATURES_MAX_OF_FACT];
    literal_t literals[MAX_LITERALS];
    unsigned count;
    unsigned num_literals;
    size_t min_length;
    size_t filtered; /* how many first bytes are filtered, up to FILTERED_BYTES */
    char *common_prefix;
    uint8_t may_be_at[256]; /* bit i: a literal may have this byte at i */
} facts[NUM_FACTS];
static product_e built_for;
static bool is_built;

static GRegex *
compile(const char *pattern, unsigned more)
{
    const unsigned flags = G_REGEX_CASELESS | G_REGEX_RAW | more;
    GRegex *regex = g_regex_new(pattern, (GRegexCompileFlags)flags, (GRegexMatchFlags)0, NULL);

    if (regex == NULL)
        ws_error("a role signature has a bad pattern: %s", pattern);
    return regex;
}

/* The pattern of a signature, to be tried once; NULL if it has none. */
static const GRegex *
get_pattern(fact_e fact, unsigned i)
{
    pattern_t *pattern = &facts[fact].patterns[i];
    const char *text = facts[fact].signatures[i]->pattern;

    if (text == NULL)
        return NULL;
    if (pattern->regex == NULL) {
        pattern->regex = compile(text, 0);
    } else if (++pattern->tries == MANY_TRIES) {
        g_regex_unref(pattern->regex);
        pattern->regex = compile(text, G_REGEX_OPTIMIZE);
    }
    return pattern->regex;
}

/* Narrows the filters of a kind of fact by a literal of one of its signatures. */
static void
add_literal(fact_e fact, literal_t literal)
{
    size_t same = 0;
    char *common = facts[fact].common_prefix;

    if (facts[fact].num_literals == MAX_LITERALS)
        ws_error("more than %d literals of one kind of fact", MAX_LITERALS);
    facts[fact].literals[facts[fact].num_literals++] = literal;
    facts[fact].min_length = MIN(facts[fact].min_length, literal.length);
    facts[fact].filtered = MIN(facts[fact].filtered, literal.is_prefix ? literal.length : 0);
    for (size_t i = 0; i < MIN(literal.length, FILTERED_BYTES); i++) {
        facts[fact].may_be_at[(uint8_t)g_ascii_tolower(literal.text[i])] |= (uint8_t)(1 << i);
        facts[fact].may_be_at[(uint8_t)g_ascii_toupper(literal.text[i])] |= (uint8_t)(1 << i);
    }
    if (common == NULL) {
        facts[fact].common_prefix = g_strndup(literal.text, literal.is_prefix ? literal.length : 0);
    } else {
        while (literal.is_prefix && same < literal.length && common[same] != '\0' &&
               g_ascii_tolower(common[same]) == g_ascii_tolower(literal.text[same]))
            same++;
        common[same] = '\0';
    }
}

static void
add_signature(const role_signature_t *signature)
{
    fact_e fact = signature->fact;
    unsigned i = facts[fact].count++;
    const char *text = signature->literal;

    if (i >= ROLE_SIGNATURES_MAX_OF_FACT)
        ws_error("more than %d role signatures of one kind of fact", ROLE_SIGNATURES_MAX_OF_FACT);
    facts[fact].signatures[i] = signature;
    while (signature->pattern != NULL && text != NULL) {
        const char *end = strchr(text, '|');
        const bool is_prefix = *text == '^';
        const char *begin = is_prefix ? text + 1 : text;

        add_literal(fact, (literal_t){ .text = begin,
                                       .length = end != NULL ? (size_t)(end - begin)
                                                             : strlen(begin),
                                       .is_prefix = is_prefix,
                                       .signature = i });
        text = end != NULL ? end + 1 : NULL;
    }
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
    is_built = true;
    built_for = product_judged();
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        facts[fact].min_length = SIZE_MAX;
        facts[fact].filtered = FILTERED_BYTES;
    }
    for (unsigned i = 0; i < signature_table_count; i++) {
        if (is_of_product(&signature_table[i]))
            add_signature(&signature_table[i]);
    }
    require_common_prefix(FACT_LDAP_VALUE);
    require_common_prefix(FACT_NAMESPACE);
}

void
role_signatures_shutdown(void)
{
    if (!is_built)
        return;
    for (unsigned fact = 0; fact < NUM_FACTS; fact++) {
        for (unsigned i = 0; i < facts[fact].count; i++) {
            if (facts[fact].patterns[i].regex != NULL)
                g_regex_unref(facts[fact].patterns[i].regex);
        }
        g_free(facts[fact].common_prefix);
    }
    memset(facts, 0, sizeof facts);
    is_built = false;
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
 * Texts recur (the lines of a request, the name of a share). So the signatures that a text with a
 * literal matches are cached under kind of fact and text, for one capture. Longer texts are matched
 * each time.
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
static bool is_cache_used;
static const cache_t cache = { cached_matches, array_length(cached_matches),
                               sizeof cached_matches[0], offsetof(cached_matches_t, key),
                               &is_cache_used };

void
role_signatures_reset(void)
{
    cache_reset(&cache);
    if (built_for != product_judged())
        role_signatures_init();
}

/* False for two that differ in more than their case. */
static inline bool
may_be_same(char one, char other)
{
    return ((one ^ other) & ~('a' ^ 'A')) == 0;
}

/* Literals that begin alike (names of headers, directories) end in other letters. */
static bool
has_literal_at(const literal_t *literal, const char *text, size_t length)
{
    const size_t last = literal->length - 1;

    return length > last && may_be_same(text[last], literal->text[last]) &&
           may_be_same(text[last / 2], literal->text[last / 2]) &&
           g_ascii_strncasecmp(text, literal->text, literal->length) == 0;
}

/* The signatures that have a literal at this place of a text, one bit each. */
static uint64_t
find_literals_at(fact_e fact, const char *text, size_t length, bool is_begin)
{
    uint64_t found = 0;

    for (unsigned i = 0; i < facts[fact].num_literals; i++) {
        const literal_t *literal = &facts[fact].literals[i];

        if ((is_begin || !literal->is_prefix) && has_literal_at(literal, text, length))
            found |= UINT64_C(1) << literal->signature;
    }
    return found;
}

/* The signatures of which the text has a literal: no other one can match. */
static uint64_t
find_literals(fact_e fact, const char *text, size_t length)
{
    const size_t places = facts[fact].filtered > 0 ? 1 : length - facts[fact].min_length + 1;
    const uint8_t *may_be_at = facts[fact].may_be_at;
    uint64_t found = 0;

    for (size_t at = 0; at < places; at++) {
        if ((may_be_at[(uint8_t)text[at]] & 1) != 0)
            found |= find_literals_at(fact, text + at, length - at, at == 0);
    }
    return found;
}

/* Those of the signatures that the text matches. */
static uint64_t
match_those(fact_e fact, uint64_t signatures, const char *text, size_t length)
{
    uint64_t matches = 0;

    for (; signatures != 0; signatures &= signatures - 1) {
        const unsigned i = (unsigned)ws_ctz(signatures);

        if (g_regex_match_full(get_pattern(fact, i), text, (gssize)length, 0, (GRegexMatchFlags)0,
                               NULL, NULL))
            matches |= UINT64_C(1) << i;
    }
    return matches;
}

/*
 * How much of a text the patterns look at: of a header its name with the ":" behind it, and of a
 * user agent what it begins with. So values that differ are one text in the cache.
 */
static size_t
matched_length(fact_e fact, const char *text, size_t length)
{
    enum { MAX_NAME = 64, AGENT = sizeof "User-Agent" - 1, MAX_AGENT = 48 };
    const char *colon;
    size_t name;

    if (fact != FACT_HTTP_HEADER)
        return length;
    colon = (const char *)memchr(text, ':', MIN(length, MAX_NAME));
    name = colon != NULL ? (size_t)(colon - text) : MAX_NAME;
    return MIN(length, name + 1 + (name == AGENT ? MAX_AGENT : 0));
}

/*
 * True for a text that is looked for in the cache first: the name of a header, of which each client
 * sends the same few. Most other texts have no literal.
 */
static inline bool
recurs(fact_e fact, const char *matched, size_t length)
{
    return fact == FACT_HTTP_HEADER && matched[length - 1] == ':' && length <= CACHE_TEXT;
}

uint64_t
role_signatures_match(fact_e fact, const char *text, size_t length)
{
    cached_matches_t *cached;
    bool is_cached_first;
    fact_key_t key;
    size_t key_size;
    uint64_t signatures = 0;
    uint32_t hash;

    if (facts[fact].num_literals == 0 || length == 0 || length < facts[fact].min_length ||
        !may_begin(fact, (const uint8_t *)text, length))
        return 0;
    length = matched_length(fact, text, length);
    is_cached_first = recurs(fact, text, length);
    if (!is_cached_first) {
        signatures = find_literals(fact, text, length);
        if (signatures == 0)
            return 0;
    }
    if (length > CACHE_TEXT)
        return match_those(fact, signatures, text, length);
    key_size = offsetof(fact_key_t, text) + length;
    key.fact = (uint8_t)fact;
    key.length = (uint8_t)length;
    memcpy(key.text, text, length);
    hash = bytes_digest(text, length) + (uint32_t)fact;
    cached = (cached_matches_t *)cache_find(&cache, hash, &key, key_size);
    if (cached == NULL) {
        if (is_cached_first)
            signatures = find_literals(fact, text, length);
        cached = (cached_matches_t *)cache_add(&cache, hash, &key, key_size);
        cached->matches = match_those(fact, signatures, text, length);
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
    const GRegex *pattern = get_pattern(fact, i);
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
