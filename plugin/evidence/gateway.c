/* gateway.c
 * Hosts that send the messages of many clients
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A CMG connection point gets the messages of clients on the internet, and sends them to its
 * management point as they are, with the identity of each client in the header CCMClientID. A
 * client has one identity, a new one when it is installed again. So a host that has sent those of
 * more clients is not a client, and seems to be such a point: an address translator looks alike.
 *
 * Identities are counted by their hashes, in a table of fixed size: the last hosts of each hash.
 */

#include "gateway.h"

#include "product.h"
#include "role-book.h"

#define HEADER "CCMClientID:"
#define NUM_HOSTS 1024 /* a power of two */
#define MAX_OF_CLIENT 3 /* the most identities of one host that is a client */

typedef struct {
    uint32_t host; /* hash of the address; 0: a free place */
    unsigned count;
    uint32_t identities[MAX_OF_CLIENT];
} sender_t;

static sender_t senders[NUM_HOSTS];

void
gateway_reset(void)
{
    memset(senders, 0, sizeof senders);
}

static uint32_t
hash_sender(const packet_view_t *packet)
{
    const address *addr = &packet->pinfo->src;

    return addr->len > 0
               ? wmem_strong_hash((const uint8_t *)addr->data, (size_t)addr->len) | 1
               : 0;
}

static sender_t *
find_place(uint32_t host)
{
    return &senders[host / 2 % NUM_HOSTS];
}

bool
gateway_is_sender(const packet_view_t *packet)
{
    uint32_t host;
    const sender_t *sender;

    if (product_judged() != PRODUCT_CONFIGMGR)
        return false;
    host = hash_sender(packet);
    sender = find_place(host);
    return host != 0 && sender->host == host && sender->count > MAX_OF_CLIENT;
}

/* The host is not a client, whatever its messages are. */
static void
learn(const packet_view_t *packet)
{
    const address *addr = &packet->pinfo->src;
    const role_finding_t finding = {
        .role = ROLE_CMG_CONNECTION_POINT,
        .standing = STANDING_UNCONFIRMED,
        .frame = packet->pinfo->num,
        .reason = "HTTP headers " HEADER " of many clients",
    };

    role_book_withdraw(addr, ROLE_ADVANCED_CLIENT);
    role_book_learn(addr, &finding);
}

void
gateway_note_header(const packet_view_t *packet, const char *line)
{
    uint32_t host, identity;
    sender_t *sender;

    if (product_judged() != PRODUCT_CONFIGMGR ||
        g_ascii_strncasecmp(line, HEADER, sizeof HEADER - 1) != 0)
        return;
    host = hash_sender(packet);
    if (host == 0)
        return;
    sender = find_place(host);
    if (sender->host != host)
        *sender = (sender_t){ .host = host };
    identity = wmem_strong_hash((const uint8_t *)line, strlen(line));
    for (unsigned i = 0; i < MIN(sender->count, MAX_OF_CLIENT); i++) {
        if (sender->identities[i] == identity)
            return;
    }
    if (sender->count > MAX_OF_CLIENT)
        return;
    if (sender->count < MAX_OF_CLIENT)
        sender->identities[sender->count] = identity;
    else
        learn(packet);
    sender->count++;
}
