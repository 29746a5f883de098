/* SPDX-License-Identifier: ISC */
/*
 * inventory_field - one field of one row: is its form right?
 *
 * Pure. The rules stand in inventory.c's tables, one row per column; what a type means stands here.
 * A sentence about a field never shows what a secret is, only that it is not there or not one.
 */
#ifndef KT_INVENTORY_FIELD_H
#define KT_INVENTORY_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "daemon/inventory.h"

enum field_type {
    FIELD_CODE = 1,  /* [0-9A-Za-z._-]{1,63} */
    FIELD_TEXT,      /* least..most bytes, for people */
    FIELD_WORD,      /* one of words */
    FIELD_NUMBER,    /* whole, least..most */
    FIELD_DEGREE,    /* with a decimal dot, least..most */
    FIELD_CODES,     /* up to most, blank-separated, none twice */
    FIELD_PATTERNS,  /* the same; a code may end in '*' */
    FIELD_HOURS,     /* up to most spans HH:MM-HH:MM, blank-separated */
    FIELD_DATE,      /* 2026-11-24 */
    FIELD_IP,        /* a literal that one device can have */
    FIELD_URL,       /* http or https, no user in it */
    FIELD_COMMUNITY, /* the name of a secret that is an SNMP community or SNMPv3 user */
    FIELD_SIGNING,   /* the name of a secret that signs webhooks */
    FIELD_TYPE_END
};

struct field_rule {
    const char *column;
    enum field_type type;
    bool in_header;    /* the file must have the column */
    bool may_be_empty; /* then the preset holds */
    const char *preset;
    int64_t least;
    int64_t most;
    const char *words;
};

/* Where a row stands, for what is to be said about it. */
struct field_place {
    const char *path;
    size_t line;
    struct text *complaints;
};

struct field_secrets {
    inventory_secret_fn *find;
    void *arg;
};

/* "path:line: column: words" */
void field_complain(const struct field_place *place, const char *column, const char *words);
/* False: what is wrong. An empty value is judged by may_be_empty alone. */
KT_MUST_CHECK bool field_check(const struct field_rule *rule, const char *value,
                               const struct field_secrets *secrets, struct err *err);
/*
 * What to go on with in place of a value that is wrong, so that the rest of the inventory can be
 * judged: right in form, of no effect on other rows, and like no other line's.
 */
void field_mend(const struct field_rule *rule, size_t line, struct text *out);
/* Is the secret an SNMPv3 user? How it is written was checked with the secrets file. */
bool field_secret_is_user(const char *secret);
/* The codes of a list that are codes, each once; without that one (NULL: with all of them). */
void field_mend_list(const struct field_rule *rule, const char *list, const char *without,
                     struct text *out);
/* Is word one of the blank-separated words of list? */
bool field_list_has(const char *list, const char *word);
#endif
