/* smb-name.c
 * The name of a share or file in a request of SMB
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A request has other texts as well, which its sender chooses: passwords, names of systems and of
 * users, bytes that no length covers. Only the name in its own place counts.
 */

#include "smb-name.h"

#include <wsutil/pint.h>

#include "bounds.h"

/* MS-CIFS 2.2.3.1: the command in the header, and what follows it. */
#define SMB_COMMAND 4
#define SMB_WORDS 32U
#define MAX_CHAIN 4

/* How the data of a command of SMB 1 has the name. */
typedef enum {
    FORM_PADDED,     /* as a text behind a byte that aligns UTF-16 */
    FORM_MARKED,     /* behind a byte of value 4 */
    FORM_PASSWORD,   /* behind a password, whose length is in the words */
    FORM_PARAMETERS, /* in the parameters of a transaction, whose place is in the words */
} form_e;

typedef struct {
    smb_names_e names;
    form_e form;
    uint8_t command, num_words;
    uint8_t length_at; /* in the words: the length of the name or password; 0: none */
} command_t;

/* MS-CIFS 2.2.4.3, 2.2.4.4, 2.2.4.41, 2.2.4.46, 2.2.4.50, 2.2.4.55, 2.2.4.64 */
static const command_t commands[] = {
    { SMB_NAMES_FILE, FORM_MARKED, 0x02, 2, 0 },       /* OPEN */
    { SMB_NAMES_FILE, FORM_MARKED, 0x03, 3, 0 },       /* CREATE */
    { SMB_NAMES_FILE, FORM_PADDED, 0x2d, 15, 0 },      /* OPEN_ANDX */
    { SMB_NAMES_FILE, FORM_PARAMETERS, 0x32, 15, 0 }, /* TRANSACTION2: QUERY_PATH_INFORMATION */
    { SMB_NAMES_FILE, FORM_PADDED, 0xa2, 24, 5 },      /* NT_CREATE_ANDX */
    { SMB_NAMES_SHARE, FORM_MARKED, 0x70, 0, 0 },      /* TREE_CONNECT */
    { SMB_NAMES_SHARE, FORM_PASSWORD, 0x73, 0, 0 },    /* SESSION_SETUP_ANDX: in its chain */
    { SMB_NAMES_SHARE, FORM_PASSWORD, 0x75, 4, 6 },    /* TREE_CONNECT_ANDX */
};

#define SESSION_SETUP 0x73
#define TREE_CONNECT 0x75

static const command_t *
find_command(uint8_t command)
{
    for (unsigned i = 0; i < array_length(commands); i++) {
        if (commands[i].command == command)
            return &commands[i];
    }
    return NULL;
}

smb_names_e
smb_name_of(uint8_t command)
{
    const command_t *found = find_command(command);

    return found != NULL ? found->names : SMB_NAMES_NOTHING;
}

smb_names_e
smb_name_of_2(uint16_t command)
{
    enum { TREE_CONNECT_2 = 3, CREATE_2 = 5 };

    if (command == TREE_CONNECT_2)
        return SMB_NAMES_SHARE;
    return command == CREATE_2 ? SMB_NAMES_FILE : SMB_NAMES_NOTHING;
}

static const uint8_t *
bytes_at(const smb_message_t *message, unsigned at, unsigned length)
{
    return at <= message->length && length <= message->length - at ? message->bytes + at : NULL;
}

/*
 * Copies the text at @p at, of @p width bytes a letter, up to its NUL or @p length bytes. Without
 * its end it is cut; of one that is longer than @p size the beginning counts. A letter that is not
 * printable ASCII becomes "?".
 */
static inline bool
copy_text(const smb_message_t *message, unsigned at, unsigned length, unsigned width, char *name,
          unsigned size)
{
    const unsigned letters = (length + width - 1) / width;
    const unsigned room = at < message->length ? (message->length - at) / width : 0;
    const unsigned limit = MIN(letters, MIN(room, size - 1));
    const uint8_t *letter = message->bytes + at;
    unsigned count;

    for (count = 0; count < limit; count++, letter += width) {
        const bool is_ascii = width == 1 || letter[1] == 0;

        if (letter[0] == 0 && is_ascii)
            break;
        name[count] = is_ascii && g_ascii_isprint(letter[0]) ? (char)letter[0] : '?';
    }
    if (count == limit && limit < letters && room == limit)
        return false;
    name[count] = '\0';
    return count > 0;
}

/* The same for a text of SMB 1 without a length, which ends with a NUL. */
static bool
copy_string(const smb_message_t *message, unsigned at, unsigned length, char *name, unsigned size)
{
    /* MS-CIFS 2.2.1.1: UTF-16 is aligned from the header on. */
    if (message->is_unicode)
        return copy_text(message, at + (at & 1), length, 2, name, size);
    return copy_text(message, at, length, 1, name, size);
}

/* Where the words of the tree connect are that follows a session setup; 0 if none does. */
static unsigned
find_tree_connect(const smb_message_t *message)
{
    enum { ANDX = 5 };
    const uint8_t *block = bytes_at(message, SMB_WORDS, ANDX);
    unsigned at = SMB_WORDS;

    for (unsigned i = 0; block != NULL && block[0] >= 2; i++) {
        unsigned next = pletohu16(block + 3);

        if (next <= at || bounds_full(BOUND_SMB_CHAIN, i, MAX_CHAIN))
            return 0;
        if (block[1] == TREE_CONNECT)
            return next;
        at = next;
        block = bytes_at(message, at, ANDX);
    }
    return 0;
}

/* The place of the path in the parameters of a transaction; 0 for another one. */
static unsigned
find_parameter(const uint8_t *words, unsigned *length)
{
    enum { COUNT = 18, PLACE = 20, SETUP = 28, QUERY_PATH = 5, PATH = 6 };

    *length = pletohu16(words + COUNT);
    if (pletohu16(words + SETUP) != QUERY_PATH || *length <= PATH)
        return 0;
    *length -= PATH;
    return pletohu16(words + PLACE) + PATH;
}

bool
smb_name_read(const smb_message_t *message, char *name, unsigned size)
{
    enum { COUNT = 2, MARK = 4 };
    const command_t *command = find_command(message->bytes[SMB_COMMAND]);
    const uint8_t *words, *data;
    unsigned at = SMB_WORDS, length = 2 * size, skipped;

    if (command != NULL && command->command == SESSION_SETUP) {
        at = find_tree_connect(message);
        command = at != 0 ? find_command(TREE_CONNECT) : NULL;
    }
    if (command == NULL)
        return false;
    words = bytes_at(message, at, 1U + 2U * command->num_words + COUNT);
    if (words == NULL || *words != command->num_words)
        return false;
    words++;
    at += 1U + 2U * command->num_words + COUNT;
    skipped = command->length_at != 0 ? pletohu16(words + command->length_at) : 0;
    switch (command->form) {
    case FORM_PADDED:
        return copy_string(message, at, skipped != 0 ? skipped : length, name, size);
    case FORM_MARKED:
        data = bytes_at(message, at, 1);
        return data != NULL && *data == MARK && copy_string(message, at + 1, length, name, size);
    case FORM_PASSWORD:
        return copy_string(message, at + skipped, length, name, size);
    case FORM_PARAMETERS:
        at = find_parameter(words, &length);
        return at != 0 && copy_string(message, at, length, name, size);
    }
    return false;
}

bool
smb_name_read_2(const smb_message_t *message, char *name, unsigned size)
{
    enum { COMMAND = 12, CREATE = 5, TREE_PLACE = 68, CREATE_PLACE = 108, LENGTH = 4 };
    const bool is_create = message->bytes[COMMAND] == CREATE;
    const uint8_t *place = bytes_at(message, is_create ? CREATE_PLACE : TREE_PLACE, LENGTH);

    return place != NULL && pletohu16(place) > TREE_PLACE &&
           copy_text(message, pletohu16(place), pletohu16(place + 2) & ~1U, 2, name, size);
}
