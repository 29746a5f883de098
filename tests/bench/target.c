/* SPDX-License-Identifier: ISC */
#include "tests/bench/target.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const char *const target_names[TARGET_VARBINDS] = {
    "1.3.6.1.2.1.1.3.0",      "1.3.6.1.2.1.2.2.1.8.1",  "1.3.6.1.2.1.2.2.1.7.1",
    "1.3.6.1.2.1.2.2.1.10.1", "1.3.6.1.2.1.2.2.1.16.1", "1.3.6.1.2.1.2.2.1.14.1",
    "1.3.6.1.2.1.2.2.1.20.1", "1.3.6.1.2.1.2.2.1.5.1",  "1.3.6.1.2.1.2.2.1.3.1",
    "1.3.6.1.2.1.2.2.1.4.1"};

bool target_net(struct target *target, const char *cidr)
{
    char address[64];
    const char *slash = strchr(cidr, '/');
    unsigned long bits = 32;
    struct in_addr in;
    char *end;

    snprintf(address, sizeof address, "%.*s", (int)strcspn(cidr, "/"), cidr);
    if (slash != NULL) {
        bits = strtoul(slash + 1, &end, 10);
        if (end == slash + 1 || *end != '\0')
            return false;
    }
    if (inet_pton(AF_INET, address, &in) != 1 || bits < 1 || bits > 32)
        return false;
    target->size = (uint32_t)(UINT64_C(1) << (32 - bits));
    target->first = ntohl(in.s_addr) & ~(target->size - 1);
    return true;
}

struct sockaddr_in target_address(const struct target *target, size_t device)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)(target->port + device / target->size)),
        .sin_addr = {htonl(target->first + (uint32_t)(device % target->size))}};
}

double target_cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
