/* reader.h
 * The readers: each finds in the packets of one protocol what shows roles
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef __SMSRC_READER_H__
#define __SMSRC_READER_H__

#include "packet-view.h"

#define READER_MAX_FIRST_BYTES 8

/**
 * What a payload begins with, if it may be of a protocol: a cheap filter of most payloads, before
 * service-detect.h identifies it.
 */
typedef struct {
    bool udp;            /* else TCP */
    unsigned min_length; /* of the payload, with what is compared below */
    uint8_t bytes[READER_MAX_FIRST_BYTES]; /* the first byte is one of these */
    unsigned num_bytes;                    /* 0: any */
    unsigned marker_at;                    /* where the marker is */
    const char *marker;                    /* NULL: none */
} payload_begin_t;

/**
 * The reader of a protocol: a const object in the file of the protocol, and one line in evidence.c.
 * It is given the packets in which Wireshark found the protocol, and the payloads whose first bytes
 * are the service's.
 */
typedef struct {
    const char *protocol;  /* its filter name in Wireshark */
    service_e service;     /* SERVICE_UNKNOWN: the first bytes do not identify it */
    payload_begin_t begin; /* of the service's payloads */
    bool is_conclusive;    /* where Wireshark found it, the first bytes are not inspected */
    bool reads_packet;     /* read() is called once for a packet, not for each of its payloads */
    bool is_always_read;   /* also while no roles are learned: read() shows more than roles */
    void (*read)(const packet_view_t *packet); /* any bytes can be given to it */
    void (*reset)(void);   /* drops the state of the capture before; NULL: none */
} evidence_reader_t;

extern const evidence_reader_t remote_control_reader;
extern const evidence_reader_t netbios_names_ipx_reader;
extern const evidence_reader_t http_reader;
extern const evidence_reader_t smb_reader;
extern const evidence_reader_t smb2_reader;
extern const evidence_reader_t netbios_names_nbss_reader;
extern const evidence_reader_t netbios_names_nbns_reader;
extern const evidence_reader_t netbios_names_nbdgm_reader;
extern const evidence_reader_t ldap_reader;
extern const evidence_reader_t kerberos_reader;
extern const evidence_reader_t tds_reader;
extern const evidence_reader_t dns_reader;
extern const evidence_reader_t dhcp_reader;
extern const evidence_reader_t rpc_reader;
extern const evidence_reader_t tftp_reader;
extern const evidence_reader_t tls_reader;

#endif /* __SMSRC_READER_H__ */
