/* SPDX-License-Identifier: ISC */
#include "probes/reading.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One answer; its suffix (what stands behind the column's OID) and its value follow it. */
struct cell {
    uint32_t next; /* where the next one of the item is; of the last: nowhere */
    uint8_t item;
    uint8_t tag;
    uint8_t suffix_bytes;
    uint8_t value_bytes;
};

#define CELL_VALUE_MAX UINT8_MAX /* a longer text is cut */
#define CELL_BYTES_MAX (sizeof(struct cell) + 2 * UINT8_MAX)

struct reading {
    const struct reading_list *list;
    /* By item: how many cells it has, and where the first and the last of them are. */
    uint16_t taken[READING_ITEMS_MAX];
    uint32_t first[READING_ITEMS_MAX], last[READING_ITEMS_MAX];
    uint8_t *cells;
    size_t bytes, room;
};

static size_t find_item(const struct reading_list *list, const struct oid *oid)
{
    for (size_t i = 0; i < list->count; i++)
        if (oid_equal(&list->items[i].oid, oid->at, oid->bytes))
            return i;
    return READING_ITEMS_MAX;
}

static void add_item(struct reading_list *list, const struct oid *oid, bool column, uint16_t rows)
{
    size_t i = find_item(list, oid);

    if (oid->bytes == 0 || (i == READING_ITEMS_MAX && list->count == READING_ITEMS_MAX))
        return;
    if (i == READING_ITEMS_MAX) {
        i = list->count++;
        list->items[i] = (struct reading_item){.oid = *oid, .column = column};
    }
    if (rows > list->items[i].rows)
        list->items[i].rows = rows;
}

static void find_parts(struct reading_list *list, size_t index)
{
    const struct profile *profile = list->profile;
    const struct profile_metric *metric = profile->metrics[index];
    size_t better = PROFILE_METRICS_MAX;

    if (metric->unless[0] != '\0')
        better = profile_metric_index(profile, metric->unless);
    list->parts[index] = (struct reading_parts){
        .value = (uint8_t)find_item(list, &metric->oid),
        .when = (uint8_t)find_item(list, &metric->when),
        .names = (uint8_t)find_item(list, &metric->names),
        .better = better < profile->metric_count
                      ? (uint8_t)find_item(list, &profile->metrics[better]->oid)
                      : READING_ITEMS_MAX,
    };
}

/* Values before names, so that names are what is lost where a profile has too many columns. */
void reading_list_make(struct reading_list *list, const struct profile *profile)
{
    list->profile = profile;
    list->count = 0;
    for (size_t i = 0; i < profile->metric_count; i++) {
        const struct profile_metric *metric = profile->metrics[i];
        bool column = metric->index != PROFILE_SCALAR;

        add_item(list, &metric->oid, column, column ? metric->rows : 1);
        add_item(list, &metric->when, true, metric->rows);
    }
    for (size_t i = 0; i < profile->metric_count; i++)
        add_item(list, &profile->metrics[i]->names, true, profile->metrics[i]->rows);
    for (size_t i = 0; i < profile->metric_count; i++)
        find_parts(list, i);
}

struct reading *reading_new(const struct reading_list *list)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading == NULL)
        abort();
    reading->list = list;
    return reading;
}

void reading_free(struct reading *reading)
{
    if (reading == NULL)
        return;
    free(reading->cells);
    free(reading);
}

/* --- answers --- */

/* Behind the last one of its item. */
static void link_cell(struct reading *reading, size_t item)
{
    uint32_t at = (uint32_t)reading->bytes;

    if (reading->taken[item]++ == 0)
        reading->first[item] = at;
    else
        memcpy(reading->cells + reading->last[item] + offsetof(struct cell, next), &at, sizeof at);
    reading->last[item] = at;
}

static void keep(struct reading *reading, size_t item, const struct ber_varbind *varbind)
{
    size_t prefix = reading->list->items[item].oid.bytes;
    size_t value_bytes =
        varbind->value_bytes < CELL_VALUE_MAX ? varbind->value_bytes : CELL_VALUE_MAX;
    struct cell cell = {0, (uint8_t)item, varbind->tag, (uint8_t)(varbind->name_bytes - prefix),
                        (uint8_t)value_bytes};
    size_t bytes = sizeof cell + cell.suffix_bytes + value_bytes;
    uint8_t *at;

    if (reading->bytes + bytes > reading->room) {
        reading->room = 2 * reading->room + 1024;
        reading->cells = realloc(reading->cells, reading->room);
        if (reading->cells == NULL)
            abort();
    }
    at = reading->cells + reading->bytes;
    memcpy(at, &cell, sizeof cell);
    memcpy(at + sizeof cell, varbind->name + prefix, cell.suffix_bytes);
    if (value_bytes > 0)
        memcpy(at + sizeof cell + cell.suffix_bytes, varbind->value, value_bytes);
    link_cell(reading, item);
    reading->bytes += bytes;
}

bool reading_take(struct reading *reading, size_t item, const struct ber_varbind *varbind)
{
    const struct reading_item *asked = &reading->list->items[item];

    if (item >= reading->list->count || varbind->tag == BER_NO_OBJECT ||
        varbind->tag == BER_NO_INSTANCE || varbind->tag == BER_END_OF_MIB)
        return false;
    if (asked->column ? !oid_under(&asked->oid, varbind->name, varbind->name_bytes)
                      : !oid_equal(&asked->oid, varbind->name, varbind->name_bytes))
        return false;
    if (reading->taken[item] == asked->rows || varbind->name_bytes - asked->oid.bytes > UINT8_MAX ||
        reading->bytes + CELL_BYTES_MAX > READING_BYTES_MAX)
        return false;
    keep(reading, item, varbind);
    return true;
}

/* --- putting together --- */

/* A cell as it lies in the store. */
struct seen {
    struct cell cell;
    const uint8_t *suffix;
    const uint8_t *value;
};

/* Through the cells of one item. */
struct walk {
    uint32_t at;
    uint16_t left;
};

static struct walk walk_item(const struct reading *reading, size_t item)
{
    if (item == READING_ITEMS_MAX)
        return (struct walk){0};
    return (struct walk){reading->first[item], reading->taken[item]};
}

static bool next_cell(const struct reading *reading, struct walk *walk, struct seen *seen)
{
    const uint8_t *at = reading->cells + walk->at;

    if (walk->left == 0)
        return false;
    memcpy(&seen->cell, at, sizeof seen->cell);
    seen->suffix = at + sizeof seen->cell;
    seen->value = seen->suffix + seen->cell.suffix_bytes;
    walk->at = seen->cell.next;
    walk->left--;
    return true;
}

static bool find_cell(const struct reading *reading, size_t item, const uint8_t *suffix,
                      size_t bytes, struct seen *seen)
{
    struct walk walk = walk_item(reading, item);

    while (next_cell(reading, &walk, seen))
        if (seen->cell.suffix_bytes == bytes && memcmp(seen->suffix, suffix, bytes) == 0)
            return true;
    return false;
}

/* Where the last sub-identifier begins. */
static size_t last_subid(const uint8_t *suffix, size_t bytes)
{
    size_t at = bytes > 0 ? bytes - 1 : 0;

    while (at > 0 && (suffix[at - 1] & 0x80) != 0)
        at--;
    return at;
}

static void print_index(const uint8_t *index, size_t bytes, char *out, size_t room)
{
    uint32_t subid;
    size_t used = 0;

    out[0] = '\0';
    while (used < room && oid_next(&index, &bytes, &subid)) {
        int more =
            snprintf(out + used, room - used, "%s%lu", used > 0 ? "." : "", (unsigned long)subid);

        used += (size_t)(more < 0 ? 0 : more);
    }
}

/* Is there a row before this one in its column that says the same? */
static bool is_repeated(const struct reading *reading, const struct seen *seen)
{
    struct walk walk = walk_item(reading, seen->cell.item);
    struct seen other;

    while (next_cell(reading, &walk, &other) && other.suffix != seen->suffix)
        if (other.cell.tag == seen->cell.tag && other.cell.value_bytes == seen->cell.value_bytes &&
            memcmp(other.value, seen->value, seen->cell.value_bytes) == 0)
            return true;
    return false;
}

/* A name that several rows have goes to the first; the others get "#index" behind it. */
static bool name_of(const struct reading *reading, size_t names, const uint8_t *index, size_t bytes,
                    char name[VALUE_TEXT_MAX])
{
    struct seen seen;
    size_t used;

    if (!find_cell(reading, names, index, bytes, &seen) ||
        value_text(seen.cell.tag, seen.value, seen.cell.value_bytes, name) != VALUE_OK)
        return false;
    if (!is_repeated(reading, &seen))
        return true;
    used = text_cut(name, strlen(name), VALUE_TEXT_MAX - 24);
    name[used++] = '#';
    print_index(index, bytes, name + used, VALUE_TEXT_MAX - used);
    return true;
}

/* An index that is a text with its length before it [RFC 2578 §7.7]. */
static bool index_is_text(const uint8_t *index, size_t bytes, char *out, size_t room)
{
    uint32_t length, subid;
    size_t used = 0;

    if (!oid_next(&index, &bytes, &length) || length < 2 || length >= room)
        return false;
    while (oid_next(&index, &bytes, &subid)) {
        if (subid <= ' ' || subid > '~' || used == length)
            return false;
        out[used++] = (char)subid;
    }
    out[used] = '\0';
    return used == length;
}

/* Six octets and the interface: "00:27:10:32:ed:60 wlan1". */
static void name_station(const struct reading *reading, size_t names, const struct seen *seen,
                         char out[READING_INSTANCE_MAX])
{
    const uint8_t *at = seen->suffix;
    size_t left = seen->cell.suffix_bytes, used = 0, last = last_subid(at, left);
    char name[VALUE_TEXT_MAX];
    uint32_t octet;

    for (size_t i = 0; i < 6; i++) {
        if (!oid_next(&at, &left, &octet) || octet > UINT8_MAX) {
            print_index(seen->suffix, seen->cell.suffix_bytes, out, READING_INSTANCE_MAX);
            return;
        }
        used += (size_t)snprintf(out + used, READING_INSTANCE_MAX - used, "%s%02x",
                                 i > 0 ? ":" : "", (unsigned)octet);
    }
    if (left == 0)
        return;
    if (!name_of(reading, names, seen->suffix + last, seen->cell.suffix_bytes - last, name))
        print_index(at, left, name, sizeof name);
    snprintf(out + used, READING_INSTANCE_MAX - used, " %.28s", name);
}

static void name_instance(const struct reading *reading, size_t index, const struct seen *seen,
                          char out[READING_INSTANCE_MAX])
{
    const struct profile_metric *metric = reading->list->profile->metrics[index];
    size_t names = reading->list->parts[index].names;
    size_t bytes = seen->cell.suffix_bytes;
    char name[VALUE_TEXT_MAX];

    out[0] = '\0';
    if (metric->index == PROFILE_SCALAR)
        return;
    if (metric->index == PROFILE_MAC_IFINDEX) {
        name_station(reading, names, seen, out);
        return;
    }
    if (name_of(reading, names, seen->suffix, bytes, name)) {
        size_t cut = text_cut(name, strlen(name), READING_INSTANCE_MAX - 1);

        memcpy(out, name, cut);
        out[cut] = '\0';
        return;
    }
    if (metric->index != PROFILE_ANY ||
        !index_is_text(seen->suffix, bytes, out, READING_INSTANCE_MAX))
        print_index(seen->suffix, bytes, out, READING_INSTANCE_MAX);
}

/* False: the row is of another sort than the metric is about. */
static bool row_counts(const struct reading *reading, size_t index, const struct seen *seen)
{
    const struct profile_metric *metric = reading->list->profile->metrics[index];
    struct seen beside;
    struct value value;

    if (metric->when.bytes == 0)
        return true;
    if (!find_cell(reading, reading->list->parts[index].when, seen->suffix, seen->cell.suffix_bytes,
                   &beside))
        return false;
    value = value_read(&value_plain, beside.cell.tag, beside.value, beside.cell.value_bytes);
    for (size_t i = 0; value.status == VALUE_OK && i < metric->when_count; i++)
        if (value.number >= (double)metric->when_is[i] &&
            value.number <= (double)metric->when_is[i])
            return true;
    return false;
}

/* True when another metric has said the same of that row already. */
static bool is_said(const struct reading *reading, size_t index, const struct seen *seen)
{
    struct seen better;

    return find_cell(reading, reading->list->parts[index].better, seen->suffix,
                     seen->cell.suffix_bytes, &better) &&
           better.cell.tag != BER_NULL;
}

/* An enum may come as its word: "connected". */
static bool read_word(const struct profile_metric *metric, const struct seen *seen,
                      struct value *value)
{
    char text[VALUE_TEXT_MAX];

    if (metric->kind != PROFILE_ENUM || seen->cell.tag != BER_OCTETS ||
        value_text(BER_OCTETS, seen->value, seen->cell.value_bytes, text) != VALUE_OK)
        return false;
    for (size_t i = 0; i < metric->word_count; i++)
        if (strcasecmp(text, metric->words[i].word) == 0) {
            *value = (struct value){.status = VALUE_OK, .number = (double)metric->words[i].number};
            return true;
        }
    return false;
}

/* False: there is nothing to tell. The instance has no name yet. */
static bool read_cell(const struct reading *reading, size_t index, const struct seen *seen,
                      struct reading_value *out)
{
    const struct profile_metric *metric = reading->list->profile->metrics[index];

    *out = (struct reading_value){.metric = (uint16_t)index,
                                  .health = PROFILE_FINE,
                                  .suffix = seen->suffix,
                                  .suffix_bytes = seen->cell.suffix_bytes,
                                  .tag = seen->cell.tag,
                                  .raw = seen->value,
                                  .raw_bytes = seen->cell.value_bytes};
    if (!row_counts(reading, index, seen) || is_said(reading, index, seen))
        return false;
    if (metric->kind == PROFILE_TEXT)
        out->value.status =
            value_text(seen->cell.tag, seen->value, seen->cell.value_bytes, out->text);
    else if (!read_word(metric, seen, &out->value))
        out->value = value_read(&metric->rule, seen->cell.tag, seen->value, seen->cell.value_bytes);
    if (out->value.status == VALUE_ABSENT)
        return false;
    if (out->value.status == VALUE_OK && metric->kind != PROFILE_COUNTER)
        out->health = profile_judge(metric, out->value.number);
    return true;
}

void reading_tell_metric(const struct reading *reading, size_t metric, reading_fn *fn, void *arg)
{
    struct walk walk = walk_item(reading, reading->list->parts[metric].value);
    struct reading_value value;
    struct seen seen;

    while (next_cell(reading, &walk, &seen)) {
        if (!read_cell(reading, metric, &seen, &value))
            continue;
        name_instance(reading, metric, &seen, value.instance);
        fn(&value, arg);
    }
}

void reading_tell(const struct reading *reading, reading_fn *fn, void *arg)
{
    for (size_t i = 0; i < reading->list->profile->metric_count; i++)
        reading_tell_metric(reading, i, fn, arg);
}

/* Is there something to tell? */
static bool has_metric(const struct reading *reading, size_t metric)
{
    struct walk walk = walk_item(reading, reading->list->parts[metric].value);
    struct reading_value value;
    struct seen seen;

    while (next_cell(reading, &walk, &seen))
        if (read_cell(reading, metric, &seen, &value))
            return true;
    return false;
}

static void mark(size_t item, uint64_t items[READING_ITEMS_MAX / 64])
{
    if (item < READING_ITEMS_MAX)
        items[item / 64] |= UINT64_C(1) << item % 64;
}

void reading_spare(const struct reading *reading, uint64_t items[READING_ITEMS_MAX / 64])
{
    const struct reading_list *list = reading->list;
    uint64_t of_use[READING_ITEMS_MAX / 64] = {0};

    for (size_t i = 0; i < list->profile->metric_count; i++) {
        if (!has_metric(reading, i))
            continue;
        mark(list->parts[i].value, of_use);
        mark(list->parts[i].when, of_use);
        mark(list->parts[i].names, of_use);
    }
    for (size_t i = 0; i < list->count; i++)
        if ((of_use[i / 64] & UINT64_C(1) << i % 64) == 0)
            items[i / 64] |= UINT64_C(1) << i % 64;
}
