/* SPDX-License-Identifier: ISC */
/*
 * trap_report - a trap as the child hands it up, and what both sides count. Pure, by value.
 *
 * Whose community it came with only its hash tells, under a key that the parent made: no word from
 * the air travels further than the child.
 */
#ifndef KT_TRAP_REPORT_H
#define KT_TRAP_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include "probes/trap.h"

/* What the shard of a device says of an SNMPv3 trap or inform from its address; the later, the
 * nearer to true. */
enum trap_proof {
    TRAP_PROOF_TRUE = 1,
    TRAP_PROOF_ENGINE, /* of another engine than the device's, or that is not known yet; an inform:
                          for another than ours */
    TRAP_PROOF_USER,   /* of another user than ours there, or the device has none */
    TRAP_PROOF_LEVEL,  /* less or more guarded than our user is */
    TRAP_PROOF_KEY,    /* a wrong one, or it was changed on the way */
    TRAP_PROOF_TIME,   /* outside of the window, or the engine's clock is not known yet */
    TRAP_PROOF_NO_TRAP,
    TRAP_PROOF_END
};

const char *trap_proof_name(enum trap_proof proof); /* "true", "engine", … */

/* An address without its port; IPv4 in its own form also when it came by an IPv6 socket. */
struct trap_host {
    uint8_t bytes; /* 4 or 16; 0: neither */
    uint8_t at[16];
};

struct trap_report {
    struct trap_host host;
    enum trap_kind kind;
    struct oid oid;
    int64_t uptime_ticks; /* -1: not said */
    uint64_t digest;      /* trap_digest() */
    uint64_t community;   /* trap_community() */
    uint32_t inform;      /* its number in the child, to be answered by; 0: nobody waits */
};

/* Each datagram is counted once by the child, each of its reports once by the parent. */
struct trap_counters {
    uint64_t received; /* read from the socket */
    uint64_t limited;  /* more than its sender may send; not looked at */
    uint64_t malformed;
    uint64_t other_version; /* another security model */
    uint64_t no_trap;       /* a request, a response */
    uint64_t crowded;       /* more than the parent is told at once */
    uint64_t dropped;       /* by the kernel, because the socket's buffer was full; not received */
    uint64_t answered;      /* informs */
    uint64_t reported;      /* senders of SNMPv3 were told what is wrong, or who we are */
    uint64_t unknown;       /* the rest by the parent: no device has that address */
    uint64_t community;     /* none of that address has that community */
    uint64_t repeated;      /* it was believed before */
    uint64_t busy;          /* more than is believed at once */
    uint64_t unproven[TRAP_PROOF_END]; /* of SNMPv3, by what they were instead of true */
    uint64_t believed[TRAP_KIND_END];  /* by kind */
};

#define TRAP_COUNTERS_SUMS 9 /* those of the child */

/* Those of the child, in the order of the struct and of the wire. */
void trap_counters_sums(struct trap_counters *counters, uint64_t *sums[TRAP_COUNTERS_SUMS]);
void trap_counters_add(struct trap_counters *counters, const struct trap_counters *more);

/* address: of family AF_INET or AF_INET6, whole. */
struct trap_host trap_host_of(const struct sockaddr *address);
uint64_t trap_community(const struct siphash_key *key, const void *community, size_t bytes);
#endif
