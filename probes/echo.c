/* SPDX-License-Identifier: ISC */
#include "probes/echo.h"

#include <stdbool.h>
#include <string.h>

/* Where things stand in the message. */
enum {
    AT_TYPE = 0,
    AT_CODE = 1,
    AT_SUM = 2,
    AT_ID = 4,
    AT_SEQUENCE = 6,
    AT_KEY = 8,
    AT_COOKIE = 12
};
/* Four bytes behind the cookie: shorter pings than 16 bytes of data are dropped by some firewalls.
 */

#define IP_LEAST     20
#define IP_VERSION_4 4
#define IP_ICMP      1
#define IP_PROTOCOL  9 /* where it stands */

static const uint8_t type_request[ECHO_FAMILY_END] = {[ECHO_V4] = 8, [ECHO_V6] = 128};
static const uint8_t type_reply[ECHO_FAMILY_END] = {[ECHO_V4] = 0, [ECHO_V6] = 129};

static void put(uint8_t *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
}

static uint64_t get(const uint8_t *at, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* The ones' complement sum of RFC 1071: 0xffff over a message that holds its own checksum. */
static uint16_t sum_of(const uint8_t *bytes, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += i % 2 == 0 ? (uint64_t)bytes[i] << 8 : bytes[i];
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

void echo_request(enum echo_family family, const struct echo *echo, uint8_t out[ECHO_BYTES])
{
    memset(out, 0, ECHO_BYTES);
    out[AT_TYPE] = type_request[family];
    put(out + AT_ID, echo->id, 2);
    put(out + AT_SEQUENCE, echo->sequence, 2);
    put(out + AT_KEY, echo->key, 4);
    put(out + AT_COOKIE, echo->cookie, 8);
    if (family == ECHO_V4)
        put(out + AT_SUM, (uint16_t)~sum_of(out, ECHO_BYTES), 2);
}

enum echo_rc echo_read(enum echo_family family, const uint8_t *bytes, size_t count,
                       struct echo *echo)
{
    if (count < AT_KEY)
        return ECHO_MALFORMED;
    /* The kernel looks at the sum of IPv6, and of IPv4 only on its own ping sockets. */
    if (family == ECHO_V4 && sum_of(bytes, count) != UINT16_MAX)
        return ECHO_MALFORMED;
    if (bytes[AT_TYPE] != type_reply[family] || bytes[AT_CODE] != 0 || count != ECHO_BYTES)
        return ECHO_FOREIGN;
    *echo = (struct echo){
        .id = (uint16_t)get(bytes + AT_ID, 2),
        .sequence = (uint16_t)get(bytes + AT_SEQUENCE, 2),
        .key = (uint32_t)get(bytes + AT_KEY, 4),
        .cookie = get(bytes + AT_COOKIE, 8),
    };
    return ECHO_REPLY;
}

size_t echo_ip_header(const uint8_t *bytes, size_t count)
{
    size_t header = count < IP_LEAST ? 0 : (size_t)(bytes[0] & 0xf) * 4;

    if (header < IP_LEAST || header > count || bytes[0] >> 4 != IP_VERSION_4 ||
        bytes[IP_PROTOCOL] != IP_ICMP)
        return 0;
    return header;
}
