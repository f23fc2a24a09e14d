/* handed-out.c
 * Ports that one service has handed out for another connection
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * One table for all kinds. Where it is full the oldest port makes place, whatever host handed it
 * out: the connection usually follows at once, and a flow keeps what was found when it began.
 *
 * The owner of a host can hand out ports of that host and of no other; the readers see to it, but
 * for SRV records, whose hosts are not asked: verdict.c takes these for Unconfirmed.
 */

#include "handed-out.h"

#include "addresses.h"
#include "bounds.h"
#include "bytes-digest.h"

#ifndef HANDED_OUT_MAX_PORTS
#define HANDED_OUT_MAX_PORTS 4096
#endif

#define ADDRESS_LENGTH 16U

/* Compared as bytes. */
typedef struct {
    uint8_t host[ADDRESS_LENGTH];
    uint8_t asker[ADDRESS_LENGTH]; /* of a transfer; zeros for any */
    uint8_t host_length, asker_length;
    uint16_t port;                 /* of the host, or of the asker where there is one */
    uint32_t transport;
} port_key_t;

typedef struct {
    port_key_t key;
    uint32_t frame; /* that handed it out first */
    handed_out_t out;
} port_t;

/* The state of one capture. */
static wmem_map_t *by_key; /* port_key_t to port_t; both are in the list */
static port_t *ports;      /* the last ones, in a circle; NULL: none */
static unsigned num_ports; /* that were ever in it */

static unsigned
hash_key(const void *key)
{
    return bytes_digest(key, sizeof(port_key_t));
}

static gboolean
equal_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(port_key_t)) == 0;
}

void
handed_out_reset(void)
{
    by_key = NULL;
    ports = NULL;
    num_ports = 0;
}

bool
handed_out_is_empty(void)
{
    return num_ports == 0;
}

/* False for an address that is none of IP's. */
static bool
copy_address_bytes(uint8_t bytes[ADDRESS_LENGTH], uint8_t *length, const address *addr)
{
    if (addr->len <= 0 || (unsigned)addr->len > ADDRESS_LENGTH)
        return false;
    memcpy(bytes, addr->data, (size_t)addr->len);
    *length = (uint8_t)addr->len;
    return true;
}

/* @p asker is NULL for a port that anybody may use. */
static bool
build_key(port_key_t *key, const address *host, const address *asker, transport_e transport,
          uint16_t port)
{
    memset(key, 0, sizeof *key);
    key->port = port;
    key->transport = transport;
    return copy_address_bytes(key->host, &key->host_length, host) &&
           (asker == NULL || copy_address_bytes(key->asker, &key->asker_length, asker));
}

/* A place for one more port: that of the oldest where there is no other. */
static port_t *
make_place(void)
{
    port_t *place;

    if (ports == NULL) {
        ports = wmem_alloc_array(wmem_file_scope(), port_t, HANDED_OUT_MAX_PORTS);
        by_key = wmem_map_new(wmem_file_scope(), hash_key, equal_keys);
    }
    place = &ports[num_ports % HANDED_OUT_MAX_PORTS];
    if (bounds_full(BOUND_HANDED_OUT, num_ports, HANDED_OUT_MAX_PORTS))
        wmem_map_remove(by_key, &place->key);
    num_ports++;
    return place;
}

static void
add(uint32_t frame, const port_key_t *key, handed_out_t out)
{
    port_t *place = ports != NULL ? (port_t *)wmem_map_lookup(by_key, key) : NULL;

    if (place != NULL)
        return;
    place = make_place();
    place->key = *key;
    place->frame = frame;
    place->out = out;
    wmem_map_insert(by_key, &place->key, place);
}

static handed_out_t
find(uint32_t frame, const port_key_t *key)
{
    static const handed_out_t none;
    const port_t *place = (const port_t *)wmem_map_lookup(by_key, key);

    return place != NULL && place->frame <= frame ? place->out : none;
}

void
handed_out_add(const packet_info *pinfo, const address *host, transport_e transport, uint16_t port,
               handed_out_t out)
{
    port_key_t key;

    if (port != 0 && build_key(&key, host, NULL, transport, port))
        add(pinfo->num, &key, out);
}

void
handed_out_add_transfer(const packet_info *pinfo, handed_out_t out)
{
    port_key_t key;

    if (addresses_is_one_host(&pinfo->dst) &&
        build_key(&key, &pinfo->dst, &pinfo->src, TRANSPORT_UDP, (uint16_t)pinfo->srcport))
        add(pinfo->num, &key, out);
}

handed_out_t
handed_out_find(const packet_info *pinfo, const address *host, transport_e transport,
                uint16_t port)
{
    static const handed_out_t none;
    port_key_t key;

    if (num_ports == 0 || !build_key(&key, host, NULL, transport, port))
        return none;
    return find(pinfo->num, &key);
}

handed_out_t
handed_out_find_transfer(const packet_info *pinfo, const address *server, const address *asker,
                         uint16_t port)
{
    static const handed_out_t none;
    port_key_t key;

    if (num_ports == 0 || !build_key(&key, server, asker, TRANSPORT_UDP, port))
        return none;
    return find(pinfo->num, &key);
}
