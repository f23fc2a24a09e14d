/* http-answer.c
 * What an HTTP response shows of its server
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Many a server answers whatever it is asked for: by its start page, by a request to log in, by an
 * empty success, by what it was asked for. So HTML and JSON show nothing, nor does Basic, nor text
 * that has the path of the request in it, nor what a server gives to all (http-alike.c).
 *
 * The answer to MPLIST begins with <MPList>; that to MPKEYINFORMATION is XML that has SITECODE and
 * TRUSTEDROOTKEY. A policy is XML, or compressed or signed.
 */

#include "http-answer.h"

#include <wsutil/str_util.h>

#include "role-signatures.h"
#include "site-name.h"
#include "text.h"

#define MAX_NAME 64
/* How much of a body says what it is, and how much of it is searched for the path. */
#define ENOUGH_BODY HTTP_ANSWER_HASHED
#define MAX_ECHO 1024

static const uint8_t *
find(const http_answer_t *answer, const char *text)
{
    return answer->length > 0
               ? ws_memmem(answer->body, answer->length, text, strlen(text))
               : NULL;
}

static void
skip(http_answer_t *answer, size_t count)
{
    answer->body += count;
    answer->length -= count;
}

/* Skips the length of the first chunk, which ends its line (RFC 7230 4.1). */
static void
skip_chunk_length(http_answer_t *answer)
{
    const uint8_t *end = answer->length > 0
                             ? (const uint8_t *)memchr(answer->body, '\n', answer->length)
                             : NULL;

    if (end == NULL) {
        answer->length = 0;
        return;
    }
    skip(answer, (size_t)(end + 1 - answer->body));
    answer->is_chunked = false;
}

/* Takes one byte of each two, from the one at @p low on: letters in UTF-16. */
static void
narrow(wmem_allocator_t *scope, http_answer_t *answer, unsigned low)
{
    size_t length = answer->length / 2;
    uint8_t *letters = (uint8_t *)wmem_alloc(scope, length + 1);

    for (size_t i = 0; i < length; i++)
        letters[i] = answer->body[2 * i + (1 - low)] == 0 ? answer->body[2 * i + low] : '?';
    answer->body = letters;
    answer->length = length;
}

void
http_answer_open_body(wmem_allocator_t *scope, http_answer_t *answer)
{
    static const struct {
        uint8_t bytes[3];
        unsigned length, low;
    } marks[] = {
        { { 0xef, 0xbb, 0xbf }, 3, 2 }, /* of UTF-8 */
        { { 0xff, 0xfe }, 2, 0 },
        { { 0xfe, 0xff }, 2, 1 },
    };
    unsigned low = 2;

    if (answer->is_chunked)
        skip_chunk_length(answer);
    if (answer->is_coded)
        return;
    for (unsigned i = 0; i < array_length(marks); i++) {
        if (answer->length < marks[i].length ||
            memcmp(answer->body, marks[i].bytes, marks[i].length) != 0)
            continue;
        skip(answer, marks[i].length);
        low = marks[i].low;
        break;
    }
    if (low == 2 && answer->length >= 4 && answer->body[0] == '<' && answer->body[1] == 0)
        low = 0;
    if (low < 2)
        narrow(scope, answer, low);
}

/* Text that is left of a body. */
typedef struct {
    const char *at;
    size_t left;
} text_t;

static bool
begins_with(const text_t *text, const char *word)
{
    size_t length = strlen(word);

    return text->left >= length && g_ascii_strncasecmp(text->at, word, length) == 0;
}

/* Skips what begins with @p begin to behind @p end, or all of it. False if it is not there. */
static bool
skip_element(text_t *text, const char *begin, const char *end)
{
    const uint8_t *found;

    if (!begins_with(text, begin))
        return false;
    found = ws_memmem(text->at, text->left, end, strlen(end));
    if (found == NULL) {
        text->left = 0;
    } else {
        text->left -= (size_t)((const char *)found + strlen(end) - text->at);
        text->at = (const char *)found + strlen(end);
    }
    return true;
}

/* Where the content of the body begins: behind white space, XML's declaration and comments. */
static text_t
find_content(const http_answer_t *answer)
{
    text_t text = { (const char *)answer->body, answer->length };

    do {
        while (text.left > 0 && (g_ascii_isspace(*text.at) || (uint8_t)*text.at >= 0x80)) {
            text.at++;
            text.left--;
        }
    } while (skip_element(&text, "<?", "?>") || skip_element(&text, "<!--", "-->"));
    return text;
}

/* True if the body is an HTML page, or nothing but comments. */
static bool
is_page(const http_answer_t *answer, const text_t *content)
{
    static const char *const begins[] = { "<html", "<!doctype", "<head", "<body", "<title",
                                          "<script", "<meta" };

    if (answer->is_html || (content->left == 0 && answer->length > 0))
        return true;
    for (unsigned i = 0; i < array_length(begins); i++) {
        if (begins_with(content, begins[i]))
            return true;
    }
    return false;
}

static bool
is_list(const http_answer_t *answer, const text_t *content)
{
    static const char list[] = "<MPList";

    if (begins_with(content, list))
        return content->left > sizeof list - 1 &&
               !g_ascii_isalnum(content->at[sizeof list - 1]);
    return begins_with(content, "<") && find(answer, "SITECODE") != NULL &&
           find(answer, "TRUSTEDROOTKEY") != NULL;
}

/* True if the body has the path of a request for a policy or a package in it. */
static bool
is_echo(const http_answer_t *answer)
{
    static const char *const paths[] = { "sms_dp_sms", ".sms_pol", ".sms_dcm", ".sms_aut",
                                         "sccm_branchcache" };
    const char *at = (const char *)answer->body;
    const size_t length = MIN(answer->length, MAX_ECHO);

    for (size_t i = 0; i < length; i++) {
        const text_t rest = { at + i, answer->length - i };

        for (unsigned k = 0; k < array_length(paths); k++) {
            if (begins_with(&rest, paths[k]))
                return true;
        }
    }
    return false;
}

/* XML; zlib's (RFC 1950 2.2); a message that is signed or encrypted (RFC 5652), in DER. */
static bool
may_be_policy(const http_answer_t *answer, const text_t *content)
{
    const uint8_t *body = answer->body;

    return begins_with(content, "<") ||
           (answer->length >= 2 && ((body[0] == 0x78 && (body[0] << 8 | body[1]) % 31 == 0) ||
                                    (body[0] == 0x30 && (body[1] & 0xf0) == 0x80)));
}

unsigned
http_answer_shows(const http_answer_t *answer)
{
    const text_t content = find_content(answer);
    unsigned shows = SHOWS_TAKEN;

    if (answer->code == 401)
        return answer->asks_windows ? SHOWS_WINDOWS : 0;
    if (answer->code == 405 || answer->code == 500)
        return SHOWS_FAILURE;
    if (answer->code / 100 != 2)
        return 0;
    if (is_page(answer, &content))
        return SHOWS_PAGE;
    if (answer->is_json || begins_with(&content, "{") || begins_with(&content, "["))
        return SHOWS_TAKEN;
    shows |= SHOWS_PROPERTIES | SHOWS_MESSAGE_TAKEN;
    if (!answer->has_body || answer->length == 0 || answer->is_coded)
        return shows;
    if (is_list(answer, &content))
        return shows | SHOWS_MP_LIST | SHOWS_CONTENT;
    if (may_be_policy(answer, &content))
        shows |= SHOWS_POLICY;
    if (begins_with(&content, "<") && find(answer, "Envelope") != NULL)
        shows |= SHOWS_SOAP;
    return shows | (is_echo(answer) ? 0 : SHOWS_CONTENT);
}

bool
http_answer_is_enough(const http_answer_t *answer, bool needs_whole)
{
    if (answer->code / 100 != 2 || !answer->has_body || answer->is_html)
        return true;
    if (answer->is_coded || answer->length == 0)
        return false;
    if (answer->is_complete)
        return true;
    if (find_content(answer).left == 0)
        return false;
    if (needs_whole)
        return (http_answer_shows(answer) & (SHOWS_MP_LIST | SHOWS_PAGE)) != 0;
    return answer->length >= ENOUGH_BODY;
}

/* Copies the letters and digits of a name that begins at or behind @p at, up to @p size. */
static void
copy_word(const uint8_t *at, const uint8_t *end, char *word, unsigned size)
{
    unsigned count = 0;

    while (at < end && !g_ascii_isalnum(*at) && *at != '<')
        at++;
    for (; at < end && count + 1 < size &&
           (g_ascii_isalnum(*at) || *at == '-' || *at == '.' || *at == '_');
         at++)
        word[count++] = (char)*at;
    word[count] = '\0';
}

/* Copies the word behind @p text in the body. False if there is none. */
static bool
find_word(const http_answer_t *answer, const char *text, char *word, unsigned size)
{
    const uint8_t *found = find(answer, text);

    *word = '\0';
    if (found != NULL)
        copy_word(found + strlen(text), answer->body + answer->length, word, size);
    return *word != '\0';
}

/* The number of the build in a list: <Version>9106</Version>, or with "5.00." before it. */
static unsigned
find_build(const http_answer_t *answer)
{
    static const char release[] = "5.00.";
    char word[MAX_NAME];

    if (!find_word(answer, "<Version>", word, sizeof word))
        return 0;
    return (unsigned)strtoul(g_str_has_prefix(word, release) ? word + sizeof release - 1 : word,
                             NULL, 10);
}

void
http_answer_note_product(const packet_info *pinfo, const http_answer_t *answer)
{
    enum { FIRST_BUILD = 8325 }; /* of the current branch: version 1511 */
    char name[SITE_NAME_MAX + 1], reason[64];
    const unsigned build = find_build(answer);

    if (find_word(answer, "FQDN=", name, sizeof name))
        site_name_add(name);
    if (build < FIRST_BUILD)
        return;
    (void)snprintf(reason, sizeof reason, "Management point's list, build %u", build);
    product_note_sign(pinfo->num, PRODUCT_BIT(PRODUCT_CONFIGMGR), reason);
}

/* What the list of a later product has beside the name. */
static const char *
describe_later(wmem_allocator_t *scope, const http_answer_t *answer)
{
    const unsigned build = find_build(answer);
    char name[MAX_NAME];
    wmem_strbuf_t *text = wmem_strbuf_new(scope, "");

    if (product_judged() != PRODUCT_CONFIGMGR)
        return "";
    if (find_word(answer, "FQDN=", name, sizeof name))
        wmem_strbuf_append_printf(text, " (%s)", name);
    if (build != 0)
        wmem_strbuf_append_printf(text, ", build %u", build);
    return wmem_strbuf_get_str(text);
}

const char *
http_answer_names(wmem_allocator_t *scope, const http_answer_t *answer, char site[4])
{
    char word[MAX_NAME];

    site[0] = '\0';
    if (find_word(answer, "SITECODE", word, sizeof word) && strlen(word) == 3)
        (void)g_strlcpy(site, word, 4);
    if (!find_word(answer, "MP Name=", word, sizeof word))
        return NULL;
    return wmem_strdup_printf(scope, "names %s%s", word, describe_later(scope, answer));
}
