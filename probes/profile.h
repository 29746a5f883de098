/* SPDX-License-Identifier: ISC */
/*
 * profile - what there is to read of a kind of device: objects, units, limits, traps.
 *
 * Profiles are text (packaging/doc/profiles.md says how it is written); a struct profiles holds all
 * that this process knows. A device's sysObjectID, and where that is not enough its sysDescr or
 * whether it has some object, picks the profile. A profile inherits another one's metrics and may
 * replace or drop them. Pure: whoever has files reads them (probes/profile_files.h). Owner: whoever
 * called profiles_new(); everything handed out is borrowed from it and stays as it is.
 */
#ifndef KT_PROFILE_H
#define KT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "probes/oid.h"
#include "probes/value.h"

#define PROFILE_NAME_MAX    32 /* bytes with the NUL, of profiles and metrics: a-z 0-9 _ - */
#define PROFILE_UNIT_MAX    12
#define PROFILE_TITLE_MAX   80
#define PROFILE_WORD_MAX    24
#define PROFILE_METRICS_MAX 64 /* with those that are inherited: a set of them is a uint64_t */
#define PROFILE_LIMITS_MAX  8
#define PROFILE_WHEN_MAX    8
#define PROFILE_WORDS_MAX   32
#define PROFILE_MATCHES_MAX 8
#define PROFILE_TRAPS_MAX   16
#define PROFILE_TESTED_MAX  8
#define PROFILES_MAX        128
#define PROFILE_ROWS_MAX    4096 /* of one column; 64 unless the profile says otherwise */

enum profile_kind {
    PROFILE_GAUGE = 1, /* a number that is what it is */
    PROFILE_COUNTER,   /* grows; what counts is how much per second */
    PROFILE_ENUM,      /* one of some numbers, each with a word */
    PROFILE_TEXT,      /* characters: a name, a model */
    PROFILE_KIND_END
};

/* What stands behind a column's OID in the name of a value. */
enum profile_index {
    PROFILE_SCALAR = 1,  /* nothing: the OID names the one value, .0 included */
    PROFILE_IFINDEX,     /* the number of an interface */
    PROFILE_MAC_IFINDEX, /* six octets of a station's address, then the interface's number */
    PROFILE_ANY,         /* whatever: it is the instance's name as it stands */
    PROFILE_INDEX_END
};

/* What is kept of its values over time (daemon/reading_fold.h). */
enum profile_history {
    PROFILE_HISTORY_SOME = 1, /* where there is room */
    PROFILE_HISTORY_MAIN,     /* first, and shown */
    PROFILE_HISTORY_NONE,
    PROFILE_HISTORY_END
};

enum profile_health { PROFILE_FINE = 1, PROFILE_WARN, PROFILE_CRIT, PROFILE_HEALTH_END };

/* What a vendor's trap says; a hint, never a verdict. */
enum profile_sense {
    PROFILE_POWER_LOST = 1, /* on battery */
    PROFILE_POWER_BACK,
    PROFILE_BATTERY_LOW,
    PROFILE_DYING_GASP, /* the sender, or what it reports, loses power now */
    PROFILE_LINK_LOST,
    PROFILE_LINK_BACK,
    PROFILE_SENSE_END
};

/* Numbers in [from, to], each end counted or not. */
struct profile_limit {
    enum profile_health health; /* what they mean: PROFILE_WARN or PROFILE_CRIT */
    double from, to;
    bool with_from, with_to;
};

struct profile_word {
    int64_t number;
    char word[PROFILE_WORD_MAX];
};

struct profile_metric {
    char name[PROFILE_NAME_MAX];
    char unit[PROFILE_UNIT_MAX]; /* "" when there is none */
    enum profile_kind kind;
    enum profile_index index;
    struct oid oid;   /* the value's, or the column's */
    struct oid names; /* column of instance names; no bytes: none */
    struct oid when;  /* a row counts only where this column, in the same row, … */
    int64_t when_is[PROFILE_WHEN_MAX]; /* … has one of these numbers; no bytes: always */
    size_t when_count;
    char unless[PROFILE_NAME_MAX]; /* not needed where that metric has a value; "": always */
    struct value_rule rule;
    struct profile_word *words; /* by number */
    size_t word_count;
    struct profile_limit limits[PROFILE_LIMITS_MAX];
    size_t limit_count;
    uint16_t rows; /* of the column that are taken at most */
    enum profile_history history;
    bool ticket; /* beyond crit, and again and again, it is a fault of the kind degraded */
};

/* All that is given has to hold. */
struct profile_match {
    struct oid object_id; /* prefix of sysObjectID; no bytes: any */
    char descr[64];       /* somewhere in sysDescr, letters alike; "": any */
    struct oid has;       /* the agent has something under it; no bytes: not asked */
};

struct profile_trap {
    struct oid oid; /* snmpTrapOID, as RFC 3584 §3.1 makes it of a v1 trap */
    enum profile_sense sense;
};

struct profile {
    char name[PROFILE_NAME_MAX];
    char title[PROFILE_TITLE_MAX];
    char inherits[PROFILE_NAME_MAX]; /* "": nothing */
    char file[256];
    size_t line;
    struct profile_match matches[PROFILE_MATCHES_MAX];
    size_t match_count;
    struct profile_trap traps[PROFILE_TRAPS_MAX];
    size_t trap_count;
    char tested[PROFILE_TESTED_MAX][PROFILE_NAME_MAX + 12]; /* "recording NAME", "synthetic NAME" */
    size_t tested_count;
    char dropped[PROFILE_METRICS_MAX][PROFILE_NAME_MAX]; /* inherited, but not wanted */
    size_t dropped_count;
    struct profile_metric *own[PROFILE_METRICS_MAX];
    size_t own_count;
    /* Own ones first, then what is inherited. After profiles_ready(). */
    const struct profile_metric *metrics[PROFILE_METRICS_MAX];
    size_t metric_count;
};

#define PROFILES_PACKED_BY "\f"

struct profiles;

struct profiles *profiles_new(void);
void profiles_free(struct profiles *profiles); /* NULL allowed */
/*
 * Takes the profiles of one text. One with the name of an earlier text's replaces it. False:
 * complaints has a line for each mistake, "file:line: what is wrong, and what would be right"; the
 * set is then good for nothing but more complaints and profiles_free().
 */
KT_MUST_CHECK bool profiles_add(struct profiles *profiles, const char *file, const char *text,
                                struct text *complaints);
/* After the last: finds what is inherited. False as above. */
KT_MUST_CHECK bool profiles_ready(struct profiles *profiles, struct text *complaints);

/* A whole set out of texts that are packed into one, with PROFILES_PACKED_BY between them. NULL:
 * complaints, as above. */
KT_MUST_CHECK struct profiles *profiles_unpack(const char *packed, struct text *complaints);

size_t profiles_count(const struct profiles *profiles);
const struct profile *profiles_at(const struct profiles *profiles, size_t index); /* by name */
const struct profile *profiles_find(const struct profiles *profiles, const char *name);

/* A name as a number, other than 0, that is the same in every set; the chance that two of some
 * hundred profiles share one is one in a million. "": 0. */
uint32_t profile_hash(const char *name);
const struct profile *profiles_find_hash(const struct profiles *profiles, uint32_t hash);

/* What a device says of itself: as on the wire, descr terminated. */
struct profile_facts {
    const uint8_t *object_id;
    size_t object_id_bytes;
    const char *descr;
    const struct oid *had; /* those of profiles_doubts() that it has something under */
    size_t had_count;
};
/*
 * The OIDs that decide between profiles which object_id and descr leave open; for each, a GETNEXT
 * tells. At most `most` into out; returns how many. Zero: profiles_match() knows without.
 */
size_t profiles_doubts(const struct profiles *profiles, const struct profile_facts *facts,
                       struct oid *out, size_t most);
/* The closest: the longest sysObjectID, then sysDescr, then has. NULL: none fits. */
const struct profile *profiles_match(const struct profiles *profiles,
                                     const struct profile_facts *facts);
/* What a trap means by any profile; false when none knows it. */
bool profiles_trap(const struct profiles *profiles, const uint8_t *oid, size_t bytes,
                   enum profile_sense *sense);

enum profile_health profile_judge(const struct profile_metric *metric, double number);
/*
 * Of a metric that may be a fault: beyond which number it is critical, and beyond which it is not
 * fine; the same where it has no such limit of that side. False: it may not be one.
 */
bool profile_bounds(const struct profile_metric *metric, double *crit, double *warn, bool *below);
/* NULL: the number has no word. */
const char *profile_word(const struct profile_metric *metric, double number);
/* Of the number that a reading tells: of a counter per second. "" when there is none. */
void profile_unit(const struct profile_metric *metric, char out[PROFILE_UNIT_MAX + 2]);
/* The metric of that name, PROFILE_METRICS_MAX when there is none. */
size_t profile_metric_index(const struct profile *profile, const char *name);

const char *profile_kind_name(enum profile_kind kind);
const char *profile_index_name(enum profile_index index);
const char *profile_history_name(enum profile_history history);
const char *profile_health_name(enum profile_health health);
const char *profile_sense_name(enum profile_sense sense);
/* The profile as a text that reads back to the same, with all that it inherits. */
void profile_print(const struct profile *profile, struct text *out);
#endif
