/* SPDX-License-Identifier: ISC */
/*
 * verify_list - the trials that are under way in one plan, and the verdicts not collected yet.
 *
 * Part of probes/plan.c, which owns it; pure. Few at a time, so a plain array. A verdict waits here
 * until it is popped, because whoever hears it may order anew.
 */
#ifndef KT_VERIFY_LIST_H
#define KT_VERIFY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/verify.h"

struct verify_item;

/* Zero is empty. */
struct verify_list {
    struct verify_item *at;
    size_t count;
    size_t room;
};

void verify_list_free(struct verify_list *list);
/* A ticket that is on trial already begins anew, with this order. */
void verify_list_add(struct verify_list *list, const struct verify_order *order, uint32_t usual_ppm,
                     struct mono now);
void verify_list_cancel(struct verify_list *list, uint64_t ticket); /* without a verdict */
/* One probe of a device, for every trial of it. */
void verify_list_step(struct verify_list *list, uint32_t device_id,
                      const struct verify_probe *probe);
/* Nothing can be proven of this device any more. */
void verify_list_interrupt(struct verify_list *list, uint32_t device_id);
/* Takes one verdict out; false when there is none. */
bool verify_list_pop(struct verify_list *list, struct verify_verdict *verdict);

/* The shortest gap that a trial of this device asks for; 0: none is under way. */
int64_t verify_list_gap_ms(const struct verify_list *list, uint32_t device_id);
/* The device of a ticket's trial; false when there is none. */
bool verify_list_find(const struct verify_list *list, uint64_t ticket, uint32_t *device_id);
/* The device of the index-th trial; false past the end. Trials that are over count too. */
bool verify_list_device(const struct verify_list *list, size_t index, uint32_t *device_id);
#endif
