/* SPDX-License-Identifier: ISC */
/*
 * clock - two clocks, two types, so that mixing them does not compile.
 *
 * struct mono is for timers and is never stored; struct wall is UTC, for people and SQL.
 * mono_now() and wall_now() are the only places of the tree that ask the system what time it is
 * (tests/lint checks it); whatever decides takes an instant as a parameter.
 */
#ifndef KT_CLOCK_H
#define KT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define US_PER_MS INT64_C(1000)
#define US_PER_S  INT64_C(1000000)

/* Microseconds of CLOCK_BOOTTIME: it goes on while the machine sleeps, so that a loop sees by it
 * that it slept. */
struct mono {
    int64_t us;
};

/* Microseconds since 1970-01-01T00:00:00Z. Zero means "not known". */
struct wall {
    int64_t us;
};

#define WALL_TEXT_MAX 40

struct mono mono_now(void);
struct wall wall_now(void);
/* Microseconds of CLOCK_MONOTONIC, which stands still while the machine sleeps: for systemd. */
int64_t monotonic_us(void);
/* Microseconds of processor time that the calling thread has used: what it has cost, not what time
 * it is; a busy machine makes it no longer. */
int64_t thread_cpu_us(void);

static inline struct mono mono_add_ms(struct mono at, int64_t ms)
{
    return (struct mono){at.us + ms * US_PER_MS};
}

/* Milliseconds from earlier to later; negative when they are the other way round. */
static inline int64_t mono_diff_ms(struct mono later, struct mono earlier)
{
    return (later.us - earlier.us) / US_PER_MS;
}

static inline struct wall wall_add_ms(struct wall at, int64_t ms)
{
    return (struct wall){at.us + ms * US_PER_MS};
}

static inline int64_t wall_diff_ms(struct wall later, struct wall earlier)
{
    return (later.us - earlier.us) / US_PER_MS;
}

static inline bool wall_is_set(struct wall at)
{
    return at.us != 0;
}

/* "2026-11-24T02:00:00.000000Z"; an unset instant gives "". RFC 3339, always UTC, always six
 * digits. */
void wall_format(struct wall at, char out[WALL_TEXT_MAX]);
/* Reads RFC 3339 and PostgreSQL's ISO output ("2026-11-24 02:00:00.5+00"). False leaves *at alone.
 */
bool wall_parse(const char *text, struct wall *at);
#endif
