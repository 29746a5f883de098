/* SPDX-License-Identifier: ISC */
/*
 * echo - ICMP and ICMPv6 echo messages: built, and told from all else that comes in. Pure.
 *
 * A reply brings back what its request carried [RFC 792; RFC 4443, section 4.2]. Identifier and
 * sequence are 32 bits that others see and that a kernel rewrites, so what proves a reply are 64
 * random bits behind them: only who got the request can send them back. The key says which request
 * it was.
 */
#ifndef KT_ECHO_H
#define KT_ECHO_H

#include <stddef.h>
#include <stdint.h>

#define ECHO_BYTES  24 /* of every message of ours, request and reply, without IP's header */
#define ECHO_IP_MAX 60 /* the most that IPv4 puts before it */

enum echo_family { ECHO_V4 = 1, ECHO_V6, ECHO_FAMILY_END };

struct echo {
    uint16_t id;       /* whose: of a process, or of a socket */
    uint16_t sequence; /* for people who look at the wire */
    uint32_t key;      /* of the request */
    uint64_t cookie;   /* random */
};

enum echo_rc {
    ECHO_REPLY = 1,
    ECHO_FOREIGN,   /* a message that is none of our replies: of others, errors, requests */
    ECHO_MALFORMED, /* cut short, or its checksum is wrong */
    ECHO_RC_END
};

/* The whole message. The checksum of IPv6 covers addresses that are not known here: it is left to
 * the kernel. */
void echo_request(enum echo_family family, const struct echo *echo, uint8_t out[ECHO_BYTES]);
/* bytes: an ICMP message. *echo is set with ECHO_REPLY alone; that its key is open and its cookie
 * right is for the caller to see. */
enum echo_rc echo_read(enum echo_family family, const uint8_t *bytes, size_t count,
                       struct echo *echo);
/* How long the IPv4 header is that a raw socket puts before the message; 0: it is none of ICMP. */
size_t echo_ip_header(const uint8_t *bytes, size_t count);
#endif
