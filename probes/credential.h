/* SPDX-License-Identifier: ISC */
/*
 * credential - what opens an agent: a community, or an SNMPv3 user.
 *
 * Many devices share one, so each is handed down once and devices name it by a number. Pure, by
 * value; whoever holds one wipes it.
 */
#ifndef KT_CREDENTIAL_H
#define KT_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/usm_words.h"

#define CREDENTIAL_COMMUNITY_MAX 128

enum credential_kind { CREDENTIAL_COMMUNITY = 1, CREDENTIAL_USM, CREDENTIAL_KIND_END };

struct credential {
    uint32_t id; /* within one plan; 0 is none */
    enum credential_kind kind;
    char community[CREDENTIAL_COMMUNITY_MAX]; /* at most one byte less; empty with CREDENTIAL_USM */
    struct usm_words usm;                     /* with CREDENTIAL_USM */
};

/* Several, in the order of their ids once sorted. Zero is empty. */
struct credentials {
    struct credential *at;
    size_t count;
    size_t room;
};

void credentials_add(struct credentials *list, const struct credential *credential);
void credentials_sort(struct credentials *list);
/* NULL: there is none with that id. Of several with one id the first counts. */
const struct credential *credentials_find(const struct credentials *list, uint32_t id);
void credentials_free(struct credentials *list); /* wipes them */
/* Do both open the same, whatever their numbers? Two that are missing are the same. */
bool credential_same(const struct credential *a, const struct credential *b);
#endif
