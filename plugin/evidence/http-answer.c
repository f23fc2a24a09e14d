/* http-answer.c
 * What an HTTP response shows of its server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Many a server answers whatever it is asked for: by its start page, by a request to log in, by an
 * empty success. So HTML shows nothing, nor does Basic, and a server that has given the same
 * response to requests of two kinds shows nothing by it. The last responses of a server are kept
 * in a table of fixed size, by their hashes.
 *
 * The answer to MPLIST begins with <MPList>; that to MPKEYINFORMATION has SITECODE and
 * TRUSTEDROOTKEY.
 */

#include "http-answer.h"

#include <wsutil/str_util.h>

#include "role-signatures.h"
#include "text.h"

#define NUM_SERVERS 1024 /* a power of two */
#define NUM_ANSWERS 8
#define HASHED_BODY 64
#define MAX_NAME 64

typedef struct {
    uint32_t server; /* hash of address and port; 0: a free place */
    uint32_t answers[NUM_ANSWERS]; /* their hashes; 0: none */
    uint8_t kinds[NUM_ANSWERS];
    uint8_t next;
} server_t;

static server_t servers[NUM_SERVERS];

void
http_answer_reset(void)
{
    memset(servers, 0, sizeof servers);
}

static const uint8_t *
find(const http_answer_t *answer, const char *text)
{
    return answer->length > 0
               ? ws_memmem(answer->body, answer->length, text, strlen(text))
               : NULL;
}

/* True if the body begins as an HTML page. */
static bool
begins_as_page(const http_answer_t *answer)
{
    static const char *const begins[] = { "<html", "<!doctype html", "<head" };
    const char *at = (const char *)answer->body;
    size_t left = answer->length;

    while (left > 0 && (g_ascii_isspace(*at) || (uint8_t)*at >= 0x80)) {
        at++;
        left--;
    }
    for (unsigned i = 0; i < array_length(begins); i++) {
        size_t length = strlen(begins[i]);

        if (left >= length && g_ascii_strncasecmp(at, begins[i], length) == 0)
            return true;
    }
    return false;
}

unsigned
http_answer_shows(const http_answer_t *answer)
{
    unsigned shows = SHOWS_TAKEN;

    if (answer->code == 401)
        return answer->asks_windows ? SHOWS_WINDOWS : 0;
    if (answer->code / 100 != 2)
        return 0;
    if (find(answer, "<MPList") != NULL ||
        (find(answer, "SITECODE") != NULL && find(answer, "TRUSTEDROOTKEY") != NULL))
        return SHOWS_MP_LIST | SHOWS_CONTENT | SHOWS_TAKEN;
    if (answer->is_html || begins_as_page(answer))
        return SHOWS_PAGE;
    return shows | (answer->has_body && answer->length > 0 ? SHOWS_CONTENT : 0);
}

static uint32_t
hash_answer(const http_answer_t *answer)
{
    uint32_t key[4] = { answer->code, answer->asks_windows, answer->body_length, 0 };

    if (answer->length > 0)
        key[3] = wmem_strong_hash(answer->body, MIN(answer->length, HASHED_BODY));
    return wmem_strong_hash((const uint8_t *)key, sizeof key) | 1;
}

static server_t *
find_server(const packet_info *pinfo)
{
    uint8_t key[20] = { (uint8_t)(pinfo->srcport >> 8), (uint8_t)pinfo->srcport };
    size_t length = MIN((size_t)MAX(pinfo->src.len, 0), sizeof key - 2);
    uint32_t hash;
    server_t *server;

    if (length > 0)
        memcpy(key + 2, pinfo->src.data, length);
    hash = wmem_strong_hash(key, 2 + length) | 1;
    server = &servers[hash / 2 % NUM_SERVERS];
    if (server->server != hash)
        memset(server, 0, sizeof *server);
    server->server = hash;
    return server;
}

bool
http_answer_is_for_all(const packet_view_t *packet, const http_answer_t *answer, uint8_t kind)
{
    server_t *server = find_server(packet->pinfo);
    uint32_t hash = hash_answer(answer);
    bool known = false, for_all = false;

    for (unsigned i = 0; i < NUM_ANSWERS; i++) {
        if (server->answers[i] != hash)
            continue;
        known = known || server->kinds[i] == kind;
        for_all = for_all || server->kinds[i] != kind || kind == HTTP_KIND_UNFIT;
    }
    if (!known) {
        server->answers[server->next] = hash;
        server->kinds[server->next] = kind;
        server->next = (server->next + 1) % NUM_ANSWERS;
    }
    return for_all;
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

const char *
http_answer_names(wmem_allocator_t *scope, const http_answer_t *answer, char site[4])
{
    static const char code[] = "SITECODE", point[] = "MP Name=";
    const uint8_t *end = answer->body + answer->length;
    const uint8_t *found = find(answer, code);
    char word[MAX_NAME];

    site[0] = '\0';
    if (found != NULL) {
        copy_word(found + sizeof code - 1, end, word, sizeof word);
        if (strlen(word) == 3)
            (void)g_strlcpy(site, word, 4);
    }
    found = find(answer, point);
    if (found == NULL)
        return NULL;
    copy_word(found + sizeof point - 1, end, word, sizeof word);
    return *word != '\0' ? wmem_strdup_printf(scope, "names %s", word) : NULL;
}
