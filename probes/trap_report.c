/* SPDX-License-Identifier: ISC */
#include "probes/trap_report.h"

#include <string.h>

void trap_counters_sums(struct trap_counters *counters, uint64_t *sums[TRAP_COUNTERS_SUMS])
{
    uint64_t *const list[TRAP_COUNTERS_SUMS] = {
        &counters->received,      &counters->limited,  &counters->malformed,
        &counters->other_version, &counters->no_trap,  &counters->crowded,
        &counters->dropped,       &counters->answered, &counters->reported,
    };

    memcpy(sums, list, sizeof list);
}

void trap_counters_add(struct trap_counters *counters, const struct trap_counters *more)
{
    struct trap_counters copy = *more;
    uint64_t *to[TRAP_COUNTERS_SUMS], *from[TRAP_COUNTERS_SUMS];

    trap_counters_sums(counters, to);
    trap_counters_sums(&copy, from);
    for (size_t i = 0; i < TRAP_COUNTERS_SUMS; i++)
        *to[i] += *from[i];
    counters->unknown += more->unknown;
    counters->community += more->community;
    counters->repeated += more->repeated;
    counters->busy += more->busy;
    for (size_t i = 0; i < TRAP_PROOF_END; i++)
        counters->unproven[i] += more->unproven[i];
    for (size_t i = 0; i < TRAP_KIND_END; i++)
        counters->believed[i] += more->believed[i];
}

const char *trap_proof_name(enum trap_proof proof)
{
    static const char *const names[TRAP_PROOF_END] = {
        [TRAP_PROOF_TRUE] = "true",       [TRAP_PROOF_ENGINE] = "engine",
        [TRAP_PROOF_USER] = "user",       [TRAP_PROOF_LEVEL] = "level",
        [TRAP_PROOF_KEY] = "key",         [TRAP_PROOF_TIME] = "time",
        [TRAP_PROOF_NO_TRAP] = "content",
    };

    return names[proof];
}

struct trap_host trap_host_of(const struct sockaddr *address)
{
    struct trap_host host = {0};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        host.bytes = sizeof v4.sin_addr;
        memcpy(host.at, &v4.sin_addr, sizeof v4.sin_addr);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        host.bytes = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? 4 : 16;
        memcpy(host.at, v6.sin6_addr.s6_addr + 16 - host.bytes, host.bytes);
    }
    return host;
}

uint64_t trap_community(const struct siphash_key *key, const void *community, size_t bytes)
{
    return siphash(key, community, bytes);
}
