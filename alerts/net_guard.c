/* SPDX-License-Identifier: ISC */
#include "alerts/net_guard.h"

#include <arpa/inet.h>
#include <string.h>

#include "daemon/base/text.h"

#define V4_OFFSET 96 /* bits of ::ffff:0:0/96 in front of an IPv4 address */

struct special {
    const char *words;
    uint8_t bytes[16]; /* IPv4: the first four */
    uint8_t prefix;
};

/* clang-format off */
static const struct special special_v4[] = {
    {"of \"this network\" (0.0.0.0/8)",        {0},           8},
    {"private (10.0.0.0/8)",                   {10},          8},
    {"shared by a provider's customers (100.64.0.0/10)", {100, 64}, 10},
    {"loopback (127.0.0.0/8)",                 {127},         8},
    {"link-local (169.254.0.0/16)",            {169, 254},    16},
    {"private (172.16.0.0/12)",                {172, 16},     12},
    {"for protocol assignments (192.0.0.0/24)", {192, 0, 0},  24},
    {"for documentation (192.0.2.0/24)",       {192, 0, 2},   24},
    {"a 6to4 relay (192.88.99.0/24)",          {192, 88, 99}, 24},
    {"private (192.168.0.0/16)",               {192, 168},    16},
    {"for benchmarks (198.18.0.0/15)",         {198, 18},     15},
    {"for documentation (198.51.100.0/24)",    {198, 51, 100}, 24},
    {"for documentation (203.0.113.0/24)",     {203, 0, 113}, 24},
    {"multicast (224.0.0.0/4)",                {224},         4},
    {"broadcast (255.255.255.255)",            {255, 255, 255, 255}, 32},
    {"reserved (240.0.0.0/4)",                 {240},         4},
};

/* What is neither here nor inside 2000::/3 is refused as well; these rows only name it better. */
static const struct special special_v6[] = {
    {"unspecified (::)",                       {0},           128},
    {"loopback (::1)",                         {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
    {"local NAT64 (64:ff9b:1::/48)",           {0, 0x64, 0xff, 0x9b, 0, 1}, 48},
    {"discarded (100::/64)",                   {1},           64},
    {"segment routing (5f00::/16)",            {0x5f},        16},
    {"unique local (fc00::/7)",                {0xfc},        7},
    {"link-local (fe80::/10)",                 {0xfe, 0x80},  10},
    {"site-local (fec0::/10)",                 {0xfe, 0xc0},  10},
    {"multicast (ff00::/8)",                   {0xff},        8},
    {"Teredo (2001::/32)",                     {0x20, 1},     32},
    {"for protocol assignments (2001::/23)",   {0x20, 1},     23},
    {"for documentation (2001:db8::/32)",      {0x20, 1, 0x0d, 0xb8}, 32},
    {"for documentation (3fff::/20)",          {0x3f, 0xff},  20},
};
static const struct special global_v6  = {"", {0x20}, 3};
static const struct special mapped_v4  = {"", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, V4_OFFSET};
static const struct special nat64      = {"", {0, 0x64, 0xff, 0x9b}, 96};
static const struct special six_to_four = {"", {0x20, 2}, 16};
/* clang-format on */

static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8;
    unsigned mask = 0xffU << (8 - bits % 8) & 0xffU;

    if (memcmp(a, b, whole) != 0)
        return false;
    return bits % 8 == 0 || ((unsigned)(a[whole] ^ b[whole]) & mask) == 0;
}

static bool is(const struct special *special, const uint8_t *bytes)
{
    return bits_equal(special->bytes, bytes, special->prefix);
}

static void map_v4(const uint8_t *bytes, struct in6_addr *out)
{
    memcpy(out->s6_addr, mapped_v4.bytes, 12);
    memcpy(out->s6_addr + 12, bytes, 4);
}

/* False: neither IPv4 nor IPv6. */
static bool read_address(const struct sockaddr *address, struct in6_addr *out)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    uint8_t bytes[4];

    if (address->sa_family == AF_INET) {
        memcpy(&in4, address, sizeof in4);
        memcpy(bytes, &in4.sin_addr, sizeof bytes);
        map_v4(bytes, out);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&in6, address, sizeof in6);
        *out = in6.sin6_addr;
        return true;
    }
    return false;
}

static bool is_clean_behind(const struct net *net)
{
    for (unsigned bit = net->prefix; bit < 128; bit++)
        if ((net->address.s6_addr[bit / 8] & (0x80U >> bit % 8)) != 0)
            return false;
    return true;
}

bool net_parse(const char *text, struct net *net)
{
    struct net read = {.prefix = 128};
    char address[INET6_ADDRSTRLEN];
    size_t bytes = strcspn(text, "/");
    uint8_t v4[4];
    int64_t prefix;
    bool is_v4;

    if (bytes == 0 || bytes >= sizeof address)
        return false;
    memcpy(address, text, bytes);
    address[bytes] = '\0';
    is_v4 = inet_pton(AF_INET, address, v4) == 1;
    if (is_v4)
        map_v4(v4, &read.address);
    else if (inet_pton(AF_INET6, address, &read.address) != 1)
        return false;
    if (text[bytes] == '/') {
        if (!text_i64(text + bytes + 1, 0, is_v4 ? 32 : 128, &prefix))
            return false;
        read.prefix = (uint8_t)(prefix + (is_v4 ? V4_OFFSET : 0));
    }
    if (!is_clean_behind(&read))
        return false;
    *net = read;
    return true;
}

static bool list_has(const struct net_list *list, const struct in6_addr *address)
{
    for (size_t i = 0; list != NULL && i < list->count; i++)
        if (bits_equal(list->nets[i].address.s6_addr, address->s6_addr, list->nets[i].prefix))
            return true;
    return false;
}

bool net_list_has(const struct net_list *list, const struct sockaddr *address)
{
    struct in6_addr read;

    return read_address(address, &read) && list_has(list, &read);
}

static const char *what_v4(const uint8_t *bytes)
{
    for (size_t i = 0; i < sizeof special_v4 / sizeof *special_v4; i++)
        if (is(&special_v4[i], bytes))
            return special_v4[i].words;
    return NULL;
}

static const char *what_v6(const uint8_t *bytes)
{
    for (size_t i = 0; i < sizeof special_v6 / sizeof *special_v6; i++)
        if (is(&special_v6[i], bytes))
            return special_v6[i].words;
    return is(&global_v6, bytes) ? NULL : "outside of the public IPv6 space (2000::/3)";
}

/* The IPv4 address at which a packet to this IPv6 address ends, or NULL. */
static const uint8_t *inner_v4(const struct in6_addr *address)
{
    if (is(&mapped_v4, address->s6_addr) || is(&nat64, address->s6_addr))
        return address->s6_addr + 12;
    if (is(&six_to_four, address->s6_addr))
        return address->s6_addr + 2;
    return NULL;
}

static const char *refuses(const struct in6_addr *outer, const struct net_list *allow)
{
    const uint8_t *inner = inner_v4(outer);
    struct in6_addr mapped;

    if (list_has(allow, outer))
        return NULL;
    if (inner == NULL)
        return what_v6(outer->s6_addr);
    map_v4(inner, &mapped);
    return list_has(allow, &mapped) ? NULL : what_v4(inner);
}

const char *net_guard_refuses(const struct sockaddr *address, const struct net_list *allow)
{
    struct in6_addr outer;

    return read_address(address, &outer) ? refuses(&outer, allow) : "not an IP address";
}

const char *net_guard_refuses_text(const char *address, const struct net_list *allow)
{
    struct net net;

    if (strchr(address, '/') != NULL || !net_parse(address, &net))
        return "not an IP address";
    return refuses(&net.address, allow);
}

const char *net_address_text(const struct sockaddr *address, char out[INET6_ADDRSTRLEN])
{
    struct in6_addr read;

    if (!read_address(address, &read))
        return memcpy(out, "?", 2);
    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, read.s6_addr + 12, out, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, &read, out, INET6_ADDRSTRLEN);
    return out;
}
