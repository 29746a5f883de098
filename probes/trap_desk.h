/* SPDX-License-Identifier: ISC */
/*
 * trap_desk - whose trap is this, and is it to be believed? The parent's side of traps.
 *
 * Knows each device's address and the hash of its community, what was believed lately
 * (probes/trap_replay.h), and the last hint of each device. Believing means no more than that the
 * devices at the sender's address are asked at once. Pure. Owner: whoever called trap_desk_new().
 */
#ifndef KT_TRAP_DESK_H
#define KT_TRAP_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/trap_v3.h"

#define TRAP_DEVICES_MOST 16 /* of one address and community; a trap is a hint for no more */
#define TRAP_ANSWERS_MOST 256
#define TRAP_TRIES_MOST                                                                            \
    4 /* devices of one address that are asked whether an SNMPv3 trap is theirs */

enum trap_verdict {
    TRAP_BELIEVED = 1,
    TRAP_REPEATED,
    TRAP_UNKNOWN_SENDER,
    TRAP_WRONG_COMMUNITY,
    TRAP_BUSY, /* more than TRAP_REPLAY_PER_S for a while */
    TRAP_VERDICT_END
};

struct trap_hint {
    enum trap_kind kind;
    struct wall at;
    struct oid oid;
    uint32_t devices[TRAP_DEVICES_MOST]; /* their ids */
    size_t count;
};

/* One thing that a device said. */
struct trap_heard {
    enum trap_kind kind;
    struct wall at;
};

#define TRAP_HEARD_MOST    8     /* of one device: the last ones */
#define TRAP_HEARD_DEVICES 16384 /* those that were heard last */

struct trap_desk;

/* What a name stands for that is none of the generic ones; TRAP_OTHER when nobody knows. */
typedef enum trap_kind trap_name_fn(const struct oid *oid, void *arg);

/* name: NULL where vendors' names are all the same. */
struct trap_desk *trap_desk_new(const struct siphash_key *key, trap_name_fn *name, void *arg,
                                struct mono now);
void trap_desk_free(struct trap_desk *desk); /* NULL allowed */

/*
 * The whole plan, replacing the one before. community: "" where there is none. A device whose
 * credential is not in the plan, or has no community, is believed nothing.
 */
void trap_desk_begin(struct trap_desk *desk);
void trap_desk_credential(struct trap_desk *desk, uint32_t id, const char *community);
void trap_desk_user(struct trap_desk *desk, uint32_t id); /* a credential that is an SNMPv3 user */
void trap_desk_device(struct trap_desk *desk, uint32_t id, const struct sockaddr *address,
                      uint32_t credential);
void trap_desk_commit(struct trap_desk *desk);
/* Until it is true the plan before counts; then the commit is short. No step looks at more than
 * `most`. */
bool trap_desk_prepare(struct trap_desk *desk, size_t most);

/* hint: filled when it is believed. An inform that is believed or repeated is to be answered. */
enum trap_verdict trap_desk_hear(struct trap_desk *desk, const struct trap_report *report,
                                 struct mono now, struct wall at, struct trap_hint *hint);

/*
 * An SNMPv3 trap: whose may it be? Zero devices: it is counted, and that is all. Else each of them
 * is asked for a proof, and in the end one of the next two is called.
 */
size_t trap_desk_suspects(struct trap_desk *desk, const struct trap_host *host, struct mono now,
                          uint32_t devices[TRAP_TRIES_MOST]);
/* proof: TRAP_PROOF_TRUE. As trap_desk_hear(). */
enum trap_verdict trap_desk_hear_proven(struct trap_desk *desk, const struct trap_proven *proven,
                                        struct mono now, struct wall at, struct trap_hint *hint);
/* None of them knows it. why: the nearest that it came; TRAP_PROOF_TRUE: nobody could be asked. */
void trap_desk_unproven(struct trap_desk *desk, enum trap_proof why);

/* The kind and time of the last hint of a device; false when there was none. */
bool trap_desk_last(const struct trap_desk *desk, uint32_t device_id, enum trap_kind *kind,
                    struct wall *at);
/* What a device was believed in that time, both ends counted, oldest first; how many. */
size_t trap_desk_heard(const struct trap_desk *desk, uint32_t device_id, struct wall from,
                       struct wall to, struct trap_heard out[TRAP_HEARD_MOST]);
/* Informs that the child is to answer, by their numbers; a new child has none of them. */
size_t trap_desk_answers(const struct trap_desk *desk, const uint32_t **numbers);
void trap_desk_answered(struct trap_desk *desk,
                        size_t count); /* the first of them were handed on */

/* What the child counted since it began; a child that is gone is added to those before it. */
void trap_desk_count(struct trap_desk *desk, const struct trap_counters *child);
void trap_desk_child_gone(struct trap_desk *desk);
void trap_desk_counters(const struct trap_desk *desk, struct trap_counters *out);
const struct siphash_key *trap_desk_key(const struct trap_desk *desk);
#endif
