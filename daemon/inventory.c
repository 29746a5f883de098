/* SPDX-License-Identifier: ISC */
#include "daemon/inventory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/inventory_field.h"

#define COLUMNS_MAX 12 /* of one file, with the end */

struct inventory_table {
    const char *name;
    const struct field_rule rules[COLUMNS_MAX];
    size_t key_columns; /* so many first columns name a row */
    void (*across)(const struct field_place *place, const char *const *fields,
                   const struct field_secrets *secrets);
};

static void across_site(const struct field_place *place, const char *const *fields,
                        const struct field_secrets *secrets);
static void across_endpoint(const struct field_place *place, const char *const *fields,
                            const struct field_secrets *secrets);
static void across_device(const struct field_place *place, const char *const *fields,
                          const struct field_secrets *secrets);
static void across_party(const struct field_place *place, const char *const *fields,
                         const struct field_secrets *secrets);
static void across_contract(const struct field_place *place, const char *const *fields,
                            const struct field_secrets *secrets);

/* clang-format off */
/* Without the header's column a field is as if it were empty; empty means the preset. */
static const struct inventory_table tables[INVENTORY_END] = {
    [INVENTORY_SITES] = {"sites", {
        /* column            type          header empty  preset  least   most  words */
        {"code",             FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"name",             FIELD_TEXT,   true,  false, "",     1,      120,  NULL},
        {"kind",             FIELD_WORD,   true,  false, "",     0,      0,    "village office relay core facility"},
        {"kecamatan",        FIELD_TEXT,   false, true,  "",     0,      80,   NULL},
        {"lat",              FIELD_DEGREE, false, true,  "",     -90,    90,   NULL},
        {"lng",              FIELD_DEGREE, false, true,  "",     -180,   180,  NULL},
        {"uplinks",          FIELD_CODES,  true,  true,  "",     0,      8,    NULL},
        {"feeder",           FIELD_TEXT,   false, true,  "",     0,      64,   NULL},
        {"service_hours",    FIELD_HOURS,  false, true,  "",     0,      8,    NULL},
    }, 1, across_site},
    [INVENTORY_DEVICES] = {"devices", {
        {"site",             FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"name",             FIELD_TEXT,   true,  false, "",     1,      63,   NULL},
        {"address",          FIELD_IP,     true,  false, "",     0,      0,    NULL},
        {"port",             FIELD_NUMBER, false, true,  "161",  1,      65535, NULL},
        {"snmp",             FIELD_WORD,   false, true,  "2c",   0,      0,    "1 2c 3 none"},
        {"credential",       FIELD_COMMUNITY, true, true,  "",   1,      127,  NULL},
        {"profile",          FIELD_TEXT,   false, true,  "",     0,      63,   NULL},
        {"role",             FIELD_WORD,   false, true,  "gateway", 0,   0,    "gateway radio ups olt reference other"},
        {"reply_from",       FIELD_WORD,   false, true,  "",     0,      0,    "any"},
        {"byte_budget_mb",   FIELD_NUMBER, false, true,  "",     1,      1000000, NULL},
    }, 2, across_device},
    [INVENTORY_PARTIES] = {"parties", {
        {"party",            FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"name",             FIELD_TEXT,   true,  false, "",     1,      120,  NULL},
        {"kind",             FIELD_WORD,   true,  false, "",     0,      0,    "team technician contractor"},
        {"language",         FIELD_WORD,   false, true,  "id",   0,      0,    "id en"},
        {"parent",           FIELD_CODE,   false, true,  "",     1,      63,   NULL},
    }, 1, across_party},
    [INVENTORY_ENDPOINTS] = {"endpoints", {
        {"endpoint",         FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"party",            FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"channel",          FIELD_WORD,   true,  false, "",     0,      0,    "webhook"},
        {"url",              FIELD_URL,    true,  false, "",     0,      500,  NULL},
        {"secret",           FIELD_SIGNING, true, false, "",     0,      0,    NULL},
        {"fallback_of",      FIELD_CODE,   false, true,  "",     1,      63,   NULL},
        {"quiet",            FIELD_HOURS,  false, true,  "",     0,      1,    NULL},
        {"site",             FIELD_CODE,   false, true,  "",     1,      63,   NULL},
    }, 1, across_endpoint},
    [INVENTORY_CONTRACTS] = {"contracts", {
        {"contract",         FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"party",            FIELD_CODE,   true,  false, "",     1,      63,   NULL},
        {"sites",            FIELD_PATTERNS, true, false, "",    1,      5000, NULL},
        {"calendar",         FIELD_CODE,   false, true,  "",     1,      63,   NULL},
        {"accept_minutes",   FIELD_NUMBER, false, true,  "",     1,      525600, NULL},
        {"restore_minutes",  FIELD_NUMBER, false, true,  "",     1,      525600, NULL},
        {"penalty_per_hour", FIELD_NUMBER, false, true,  "",     0,      1000000000000, NULL},
        {"penalty_cap",      FIELD_NUMBER, false, true,  "",     0,      1000000000000, NULL},
        {"warranty_days",    FIELD_NUMBER, false, true,  "",     0,      3650, NULL},
        {"valid_from",       FIELD_DATE,   false, true,  "",     0,      0,    NULL},
        {"valid_to",         FIELD_DATE,   false, true,  "",     0,      0,    NULL},
    }, 1, across_contract},
};
/* clang-format on */

const char *inventory_name(enum inventory_file file)
{
    assert(file >= INVENTORY_SITES && file < INVENTORY_END);
    return tables[file].name;
}

static bool is_named(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);

    return strncmp(last, name, length) == 0 && strcmp(last + length, ".csv") == 0;
}

enum inventory_file inventory_file_of(const char *path)
{
    for (enum inventory_file file = INVENTORY_SITES; file < INVENTORY_END; file++)
        if (is_named(path, tables[file].name))
            return file;
    return INVENTORY_END;
}

const char *inventory_later(const char *path)
{
    static const char *const names[] = {"calendars", "holidays", "people", "rota", "policies"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_named(path, names[i]))
            return names[i];
    return NULL;
}

enum inventory_file inventory_refers(enum inventory_file file, const char *column)
{
    static const struct {
        enum inventory_file file;
        const char *column;
        enum inventory_file named;
    } names[] = {
        {INVENTORY_SITES, "uplinks", INVENTORY_SITES},
        {INVENTORY_DEVICES, "site", INVENTORY_SITES},
        {INVENTORY_PARTIES, "parent", INVENTORY_PARTIES},
        {INVENTORY_PARTIES, "kind", INVENTORY_PARTIES}, /* that one of them is the own team */
        {INVENTORY_ENDPOINTS, "party", INVENTORY_PARTIES},
        {INVENTORY_ENDPOINTS, "fallback_of", INVENTORY_ENDPOINTS},
        {INVENTORY_ENDPOINTS, "site", INVENTORY_SITES},
        {INVENTORY_CONTRACTS, "party", INVENTORY_PARTIES},
        {INVENTORY_CONTRACTS, "sites", INVENTORY_SITES},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].file == file && strcmp(names[i].column, column) == 0)
            return names[i].named;
    return INVENTORY_END;
}

static size_t rules_count(const struct inventory_table *table)
{
    size_t count = 0;

    while (table->rules[count].column != NULL)
        count++;
    return count;
}

const struct csv_column *inventory_columns(enum inventory_file file, size_t *count)
{
    static struct csv_column columns[INVENTORY_END][COLUMNS_MAX];

    *count = rules_count(&tables[file]);
    for (size_t i = 0; i < *count; i++)
        columns[file][i] =
            (struct csv_column){tables[file].rules[i].column, tables[file].rules[i].in_header};
    return columns[file];
}

/* Where the rules' columns stand in a row, by name; each across_ function knows its own table. */
static const char *field_named(enum inventory_file file, const char *const *fields,
                               const char *column)
{
    const struct field_rule *rules = tables[file].rules;

    for (size_t i = 0; rules[i].column != NULL; i++)
        if (strcmp(rules[i].column, column) == 0)
            return fields[i];
    abort(); /* no column of our own table */
}

static void across_site(const struct field_place *place, const char *const *fields,
                        const struct field_secrets *secrets)
{
    const char *code = field_named(INVENTORY_SITES, fields, "code");
    const char *uplinks = field_named(INVENTORY_SITES, fields, "uplinks");
    bool has_lat = *field_named(INVENTORY_SITES, fields, "lat") != '\0';
    bool has_lng = *field_named(INVENTORY_SITES, fields, "lng") != '\0';

    (void)secrets;
    if (has_lat != has_lng)
        field_complain(place, has_lat ? "lng" : "lat",
                       "lat and lng go together: give both or none");
    if (strcmp(field_named(INVENTORY_SITES, fields, "kind"), "core") == 0 && *uplinks != '\0')
        field_complain(place, "uplinks", "a core has no uplink");
    if (field_list_has(uplinks, code))
        field_complain(place, "uplinks", "the site is its own uplink");
}

/* A community opens no SNMPv3 agent, and a user no other. */
static void across_device(const struct field_place *place, const char *const *fields,
                          const struct field_secrets *secrets)
{
    const char *name = field_named(INVENTORY_DEVICES, fields, "credential");
    const char *snmp = field_named(INVENTORY_DEVICES, fields, "snmp");
    const char *secret = *name == '\0' ? NULL : secrets->find(name, secrets->arg);
    bool is_v3 = strcmp(snmp, "3") == 0;

    if (*name == '\0' && strcmp(snmp, "none") != 0)
        field_complain(place, "credential", "must not be empty, unless snmp is none");
    if (secret == NULL || strcmp(snmp, "none") == 0 || field_secret_is_user(secret) == is_v3)
        return;
    if (is_v3)
        field_complain(place, "credential",
                       "is a community; with snmp 3 it must be an SNMPv3 user: a line v3 user=...");
    else
        field_complain(place, "credential", "is an SNMPv3 user; write 3 under snmp");
}

static void across_party(const struct field_place *place, const char *const *fields,
                         const struct field_secrets *secrets)
{
    const char *parent = field_named(INVENTORY_PARTIES, fields, "parent");

    (void)secrets;
    if (*parent != '\0' && strcmp(field_named(INVENTORY_PARTIES, fields, "party"), parent) == 0)
        field_complain(place, "parent", "the party is its own parent");
}

static void across_endpoint(const struct field_place *place, const char *const *fields,
                            const struct field_secrets *secrets)
{
    const char *other = field_named(INVENTORY_ENDPOINTS, fields, "fallback_of");

    (void)secrets;
    if (*other != '\0' && strcmp(field_named(INVENTORY_ENDPOINTS, fields, "endpoint"), other) == 0)
        field_complain(place, "fallback_of", "the endpoint is its own fallback");
}

static void across_contract(const struct field_place *place, const char *const *fields,
                            const struct field_secrets *secrets)
{
    const char *from = field_named(INVENTORY_CONTRACTS, fields, "valid_from");
    const char *to = field_named(INVENTORY_CONTRACTS, fields, "valid_to");

    (void)secrets;
    if (*from != '\0' && *to != '\0' && strcmp(from, to) > 0)
        field_complain(place, "valid_to", "lies before valid_from");
}

/* The keys that this file had so far: a table to find them in, and a list to free them by. */
struct row_key {
    UT_hash_handle hh;
    struct row_key *older;
    size_t line;
    char key[];
};

struct row_keys {
    struct row_key *table;
    struct row_key *newest;
};

static void check_unique(const struct inventory_table *table, const struct csv_row *row,
                         const struct field_place *place, struct row_keys *keys)
{
    struct text joined = {0}, words = {0};
    struct row_key *before;

    for (size_t i = 0; i < table->key_columns; i++)
        text_addf(&joined, "%s%s", i > 0 ? " " : "", row->fields[i]);
    HASH_FIND(hh, keys->table, text_get(&joined), joined.bytes, before);
    if (before != NULL) {
        text_addf(&words, "%s stands already on line %zu", text_get(&joined), before->line);
        field_complain(place, table->rules[table->key_columns - 1].column, text_get(&words));
    } else if (joined.bytes > 0) {
        before = calloc(1, sizeof *before + joined.bytes + 1);
        if (before == NULL)
            abort();
        before->line = row->line;
        memcpy(before->key, text_get(&joined), joined.bytes);
        before->older = keys->newest;
        keys->newest = before;
        HASH_ADD(hh, keys->table, key[0], joined.bytes, before);
    }
    text_free(&joined);
    text_free(&words);
}

static void free_keys(struct row_keys *keys)
{
    struct row_key *newest = keys->newest;

    HASH_CLEAR(hh, keys->table); /* the table, not what stands in it */
    while (newest != NULL) {
        struct row_key *older = newest->older;

        free(newest);
        newest = older;
    }
}

/* A port that is none was meant to tell this address from another device's. */
static bool is_as_wrong(const struct inventory_table *table, size_t column, const bool *wrong)
{
    if (table->rules[column].type == FIELD_IP)
        for (size_t i = 0; table->rules[i].column != NULL; i++)
            if (table->rules[i].type == FIELD_NUMBER && wrong[i])
                return true;
    return wrong[column];
}

/* Whatever names itself, or should name nothing, was complained of across the fields. */
static void take_list(const struct inventory_table *table, const struct csv_row *row,
                      const struct field_rule *rule, const char *value, struct text *out)
{
    bool is_site = table->across == across_site;

    if (is_site && strcmp(field_named(INVENTORY_SITES, row->fields, "kind"), "core") == 0)
        return;
    field_mend_list(rule, value, is_site ? row->fields[0] : NULL, out);
}

static struct js *take_row(const struct inventory_table *table, const struct csv_row *row,
                           const bool *wrong)
{
    struct js *object = js_object();

    js_set_i64(object, "line", (int64_t)row->line);
    for (size_t i = 0; table->rules[i].column != NULL; i++) {
        const struct field_rule *rule = &table->rules[i];
        const char *value = *row->fields[i] != '\0' ? row->fields[i] : rule->preset;
        struct text taken = {0};

        if (rule->type == FIELD_CODES || rule->type == FIELD_PATTERNS)
            take_list(table, row, rule, value, &taken);
        else if (is_as_wrong(table, i, wrong))
            field_mend(rule, row->line, &taken);
        else
            text_add(&taken, value);
        js_set_text(object, rule->column, text_get(&taken));
        text_free(&taken);
    }
    return object;
}

static struct js *check_row(const struct inventory_table *table, const struct csv_row *row,
                            const struct field_place *place, const struct field_secrets *secrets)
{
    bool wrong[COLUMNS_MAX] = {false};

    for (size_t i = 0; table->rules[i].column != NULL; i++) {
        const struct field_rule *rule = &table->rules[i];
        struct err err;

        wrong[i] = !field_check(rule, row->fields[i], secrets, &err);
        if (wrong[i])
            field_complain(place, rule->column, err.text);
    }
    if (table->across != NULL)
        table->across(place, row->fields, secrets);
    return take_row(table, row, wrong);
}

void inventory_check(enum inventory_file file, const char *path, const struct csv_table *csv,
                     inventory_secret_fn *secret, void *arg, struct js *rows,
                     struct text *complaints)
{
    const struct inventory_table *table = &tables[file];
    const struct field_secrets secrets = {secret, arg};
    struct js *list = js_array();
    struct row_keys keys = {NULL, NULL};

    assert(csv->column_count == rules_count(table));
    for (size_t i = 0; i < csv->count; i++) {
        const struct csv_row *row = &csv->rows[i];
        const struct field_place place = {path, row->line, complaints};

        js_push(list, check_row(table, row, &place, &secrets));
        check_unique(table, row, &place, &keys);
    }
    free_keys(&keys);
    js_set(rows, table->name, list);
}
