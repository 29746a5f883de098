/* SPDX-License-Identifier: ISC */
#include "daemon/omens.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

enum omen_kind {
    OMEN_BATTERY, /* 1: a UPS runs on its battery; 0: it does not */
    OMEN_MAINS,   /* V */
    OMEN_VOLTAGE, /* V, of what the device is fed with */
    OMEN_SIGNAL,  /* dBm */
    OMEN_LIGHT,   /* dBm */
    OMEN_KINDS
};

#define USUAL_READINGS 32 /* a mean that fades: some hours of readings */

/* Half of the usual is no mains that a UPS would use. A lead battery that is full has 12.7 V, an
 * empty one 11.6 V: 8 % less. Radios waver by 3 dB, fibres do not. */
#define MAINS_PART   0.5F
#define VOLTAGE_PART 0.92F
#define SIGNAL_LESS  6.0F
#define LIGHT_LESS   3.0F

struct omen {
    struct wall at; /* of the last reading; unset: none */
    float last;
    float usual;       /* without the last */
    uint32_t readings; /* that is made of, up to USUAL_READINGS */
};

struct entry {
    uint32_t device_id;
    struct omen omens[OMEN_KINDS];
    UT_hash_handle hh;
};

struct omens {
    struct entry *entries;
};

struct omens *omens_new(void)
{
    struct omens *omens = calloc(1, sizeof *omens);

    if (omens == NULL)
        abort();
    return omens;
}

void omens_free(struct omens *omens)
{
    struct entry *entry, *next;

    if (omens == NULL)
        return;
    HASH_ITER(hh, omens->entries, entry, next)
    {
        HASH_DEL(omens->entries, entry);
        free(entry);
    }
    free(omens);
}

size_t omens_count(const struct omens *omens)
{
    return HASH_COUNT(omens->entries);
}

static const struct entry *find(const struct omens *omens, uint32_t device_id)
{
    struct entry *entry;

    HASH_FIND(hh, omens->entries, &device_id, sizeof device_id, entry);
    return entry;
}

static struct entry *find_or_add(struct omens *omens, uint32_t device_id)
{
    struct entry *entry;

    HASH_FIND(hh, omens->entries, &device_id, sizeof device_id, entry);
    if (entry != NULL || omens_count(omens) >= OMENS_DEVICES)
        return entry;
    entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        abort();
    entry->device_id = device_id;
    HASH_ADD(hh, omens->entries, device_id, sizeof entry->device_id, entry);
    return entry;
}

/* ---- what a reading is ---- */

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof *(names))

static bool has_battery_word(const struct profile_metric *metric)
{
    static const char *const words[] = {"battery", "on-battery"};

    for (size_t i = 0; i < metric->word_count; i++)
        if (IS_ONE_OF(metric->words[i].word, words))
            return true;
    return false;
}

/* Of its own link: what an access point hears of its stations is theirs. */
static enum omen_kind kind_of(const struct profile_metric *metric)
{
    static const char *const voltages[] = {"voltage", "battery_voltage"};
    static const char *const signals[] = {"signal",   "wifi_signal", "rssi",     "rsrp",
                                          "lte_rsrp", "rx_power0",   "rx_power", "w60g_rssi"};
    static const char *const lights[] = {"sfp_rx_power"};

    if (metric->kind == PROFILE_ENUM)
        return has_battery_word(metric) ? OMEN_BATTERY : OMEN_KINDS;
    if (metric->kind != PROFILE_GAUGE)
        return OMEN_KINDS;
    if (strcmp(metric->unit, "V") == 0)
        return strcmp(metric->name, "input_voltage") == 0 ? OMEN_MAINS
               : IS_ONE_OF(metric->name, voltages)        ? OMEN_VOLTAGE
                                                          : OMEN_KINDS;
    if (strcmp(metric->unit, "dBm") == 0)
        return IS_ONE_OF(metric->name, signals)  ? OMEN_SIGNAL
               : IS_ONE_OF(metric->name, lights) ? OMEN_LIGHT
                                                 : OMEN_KINDS;
    return OMEN_KINDS;
}

static float value_of(enum omen_kind kind, const struct profile_metric *metric, double number)
{
    static const char *const words[] = {"battery", "on-battery"};
    const char *word = kind == OMEN_BATTERY ? profile_word(metric, number) : NULL;

    if (kind != OMEN_BATTERY)
        return (float)number;
    return word != NULL && IS_ONE_OF(word, words) ? 1 : 0;
}

/* Of several in one reading, phases or ports, the worst counts. */
static float worse(enum omen_kind kind, float a, float b)
{
    bool higher = kind == OMEN_BATTERY;

    return (a > b) == higher ? a : b;
}

void omens_add(struct omens *omens, const struct profile_metric *metric,
               const struct reading_report *report)
{
    enum omen_kind kind = kind_of(metric);
    struct entry *entry;
    struct omen *omen;
    float value;

    if (kind == OMEN_KINDS || report->status != VALUE_OK)
        return;
    entry = find_or_add(omens, report->device_id);
    if (entry == NULL)
        return;
    omen = &entry->omens[kind];
    value = value_of(kind, metric, report->number);
    if (wall_is_set(omen->at) && omen->at.us == report->at.us) {
        omen->last = worse(kind, omen->last, value);
        return;
    }
    if (wall_is_set(omen->at)) {
        omen->readings += omen->readings < USUAL_READINGS;
        omen->usual += (omen->last - omen->usual) / (float)omen->readings;
    }
    omen->last = value;
    omen->at = report->at;
}

/* ---- what it tells ---- */

static bool is_within(struct wall at, const struct omen_time *time)
{
    return wall_is_set(at) && at.us >= time->from.us && at.us <= time->to.us;
}

static bool is_worse(const struct omen *omen, enum omen_kind kind)
{
    if (omen->readings < OMEN_READINGS_MIN)
        return false;
    switch (kind) {
    case OMEN_MAINS:
        return omen->last < MAINS_PART * omen->usual;
    case OMEN_VOLTAGE:
        return omen->last < VOLTAGE_PART * omen->usual;
    case OMEN_SIGNAL:
        return omen->last <= omen->usual - SIGNAL_LESS;
    case OMEN_LIGHT:
        return omen->last <= omen->usual - LIGHT_LESS;
    case OMEN_BATTERY:
    case OMEN_KINDS:
        break;
    }
    return false;
}

/* A UPS that says after the silence that the mains are there is no word of the time before. */
static uint32_t clue_of(const struct omen *omen, enum omen_kind kind, struct wall silent)
{
    static const uint32_t clues[OMEN_KINDS] = {[OMEN_MAINS] = CLUE(CLUE_VOLTAGE_FELL),
                                               [OMEN_VOLTAGE] = CLUE(CLUE_VOLTAGE_FELL),
                                               [OMEN_SIGNAL] = CLUE(CLUE_SIGNAL_WEAK),
                                               [OMEN_LIGHT] = CLUE(CLUE_LIGHT_WEAK)};

    if (kind == OMEN_BATTERY)
        return omen->last > 0            ? CLUE(CLUE_ON_BATTERY)
               : omen->at.us > silent.us ? CLUE(CLUE_ON_MAINS)
                                         : 0;
    return omen->at.us <= silent.us && is_worse(omen, kind) ? clues[kind] : 0;
}

uint32_t omens_clues(const struct omens *omens, uint32_t device_id, const struct omen_time *time,
                     struct wall silent)
{
    const struct entry *entry = find(omens, device_id);
    uint32_t clues = 0;

    for (int kind = 0; entry != NULL && kind < OMEN_KINDS; kind++)
        if (is_within(entry->omens[kind].at, time))
            clues |= clue_of(&entry->omens[kind], (enum omen_kind)kind, silent);
    return clues;
}

static void add_words(const struct omen *omen, enum omen_kind kind, struct wall silent,
                      struct text *out)
{
    const char *unit = kind == OMEN_SIGNAL || kind == OMEN_LIGHT ? "dBm" : "V";
    int64_t before_ms = wall_diff_ms(silent, omen->at);

    if (kind != OMEN_BATTERY)
        text_addf(out, "%.1f %s, usually %.1f %s, ", (double)omen->last, unit, (double)omen->usual,
                  unit);
    text_addf(out, "%lld s %s", (long long)(before_ms < 0 ? -before_ms : before_ms) / 1000,
              before_ms < 0 ? "after" : "before");
}

bool omens_words(const struct omens *omens, uint32_t device_id, enum cause_clue clue,
                 const struct omen_time *time, struct wall silent, struct text *out)
{
    const struct entry *entry = find(omens, device_id);

    for (int kind = 0; entry != NULL && kind < OMEN_KINDS; kind++) {
        const struct omen *omen = &entry->omens[kind];

        if (!is_within(omen->at, time) || clue_of(omen, (enum omen_kind)kind, silent) != CLUE(clue))
            continue;
        add_words(omen, (enum omen_kind)kind, silent, out);
        return true;
    }
    return false;
}
