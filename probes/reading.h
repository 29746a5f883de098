/* SPDX-License-Identifier: ISC */
/*
 * reading - one round of a device's metrics: what has to be asked, and what the answers say.
 *
 * Made of a profile: a reading_list says what to ask for, reading_take() takes the variable
 * bindings in any order, and at the end the values are told with their instances' names. The column
 * of a value, the one that names its row and the one that says what the row is are put together
 * here, by their index; so an interface is known by its name, whatever number it has today. Pure;
 * how it is asked is probes/fetch.h's concern. Owner: whoever called reading_new().
 */
#ifndef KT_READING_H
#define KT_READING_H

#include "probes/profile.h"

#define READING_INSTANCE_MAX 48     /* bytes with the NUL; what is longer is cut */
#define READING_ITEMS_MAX    128    /* with the columns that name rows */
#define READING_BYTES_MAX    262144 /* of answers that are kept until the end */

/* What is asked: an object with its instance, or a column. */
struct reading_item {
    struct oid oid;
    bool column;
    uint16_t rows; /* of a column: more are of no use */
};

/* Of which items a metric is made: indices, READING_ITEMS_MAX where it has none. */
struct reading_parts {
    uint8_t value, when, names;
    uint8_t better; /* the value of the metric that makes it needless */
};

/* What is asked of all devices of a profile, found out once. */
struct reading_list {
    const struct profile *profile; /* borrowed */
    size_t count;
    struct reading_item items[READING_ITEMS_MAX];
    struct reading_parts parts[PROFILE_METRICS_MAX]; /* by metric */
};

void reading_list_make(struct reading_list *list, const struct profile *profile);

/* One value. */
struct reading_value {
    uint16_t metric;                     /* its index in profile->metrics */
    char instance[READING_INSTANCE_MAX]; /* "" of a scalar */
    struct value value;                  /* of an enum that came as text: its word's number */
    enum profile_health health; /* PROFILE_FINE unless value is VALUE_OK; counters: by their rate */
    char text[VALUE_TEXT_MAX];  /* as it was sent, of PROFILE_TEXT only */
    /* As it came, until the callback returns; a long text is cut. */
    const uint8_t *suffix; /* of its name, behind the metric's OID */
    size_t suffix_bytes;
    uint8_t tag;
    const uint8_t *raw;
    size_t raw_bytes;
};

typedef void reading_fn(const struct reading_value *value, void *arg);

struct reading;

struct reading *reading_new(const struct reading_list *list); /* borrowed for its life */
void reading_free(struct reading *reading);                   /* NULL allowed */

/* An answer for one item. False: it is left out, being an exception, of another name, or beyond
 * what is of use. */
bool reading_take(struct reading *reading, size_t item, const struct ber_varbind *varbind);

/* After the last answer: each value once, by metric; nothing for what the device has not. */
void reading_tell(const struct reading *reading, reading_fn *fn, void *arg);
/* Those of one metric, by its index in the profile. */
void reading_tell_metric(const struct reading *reading, size_t metric, reading_fn *fn, void *arg);
/* Adds the items that served nothing, a bit each: they need not be asked next time. */
void reading_spare(const struct reading *reading, uint64_t items[READING_ITEMS_MAX / 64]);
#endif
