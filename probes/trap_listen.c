/* SPDX-License-Identifier: ISC */
#include "probes/trap_listen.h"

#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "daemon/base/text.h"

static enum trap_listen wrong_or(bool good)
{
    return good ? TRAP_LISTEN_ADDRESS : TRAP_LISTEN_WRONG;
}

static bool read_v6(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    char bare[INET6_ADDRSTRLEN];
    size_t length = strlen(host);

    if (host[0] != '[' || host[length - 1] != ']' || length - 2 >= sizeof bare)
        return false;
    memcpy(bare, host + 1, length - 2);
    bare[length - 2] = '\0';
    if (inet_pton(AF_INET6, bare, &v6.sin6_addr) != 1)
        return false;
    memcpy(address, &v6, sizeof v6);
    return true;
}

static bool read_v4(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};

    if (inet_pton(AF_INET, host, &v4.sin_addr) != 1)
        return false;
    memcpy(address, &v4, sizeof v4);
    return true;
}

enum trap_listen trap_listen_read(const char *words, struct sockaddr_storage *address)
{
    const char *colon = strrchr(words, ':');
    char host[INET6_ADDRSTRLEN + 2];
    int64_t port;

    memset(address, 0, sizeof *address);
    if (*words == '\0')
        return TRAP_LISTEN_OFF;
    if (strcmp(words, "systemd") == 0)
        return TRAP_LISTEN_GIVEN;
    if (colon == NULL || colon == words || (size_t)(colon - words) >= sizeof host ||
        !text_i64(colon + 1, 1, 65535, &port))
        return TRAP_LISTEN_WRONG;
    memcpy(host, words, (size_t)(colon - words));
    host[colon - words] = '\0';
    return wrong_or(host[0] == '[' ? read_v6(host, (uint16_t)port, address)
                                   : read_v4(host, (uint16_t)port, address));
}
