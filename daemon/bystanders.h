/* SPDX-License-Identifier: ISC */
/*
 * bystanders - the devices beside the gateways as witnesses: did one answer while the gateway was
 * silent, and did it run on?
 *
 * Pure. A device that is reached by the same link, without the gateway (a radio in front of it),
 * tells a gateway that hangs from a site that is cut off; and when it began anew together with the
 * gateway, they lost their power together. What people see of these devices is daemon/beside.h's.
 */
#ifndef KT_BYSTANDERS_H
#define KT_BYSTANDERS_H

#include "daemon/cause_proof.h"
#include "probes/plan.h"

#define BYSTANDER_TOGETHER_MS 180000 /* of two devices that began anew together; one is slower */

struct bystanders;

struct bystanders *bystanders_new(void);
void bystanders_free(struct bystanders *bystanders); /* NULL allowed */
/* A change, or an answer that was asked for, of such a device. */
void bystanders_hear(struct bystanders *bystanders, const struct link_change *change,
                     struct mono now);
/* While the gateway is silent, since then: CLUE_BESIDE_ANSWERS if one of these answered since,
 * CLUE_BESIDE_SILENT if one that is known fell silent and none answered; or none. */
uint32_t bystanders_clues(const struct bystanders *bystanders, const uint32_t *devices,
                          size_t count, struct wall silent);
/* Once it is back; began: when it did so itself, if it did. CLUE_BESIDE_BOOTED if one began anew
 * then, else CLUE_BESIDE_RAN if one has run on since before the silence; or none. */
uint32_t bystanders_ran(const struct bystanders *bystanders, const uint32_t *devices, size_t count,
                        struct wall silent, struct wall began);

/*
 * The last good vitals of any device: true when the change brought newer ones. Those that come with
 * a silence are of the answer before it; silence itself says nothing, and never overwrites them.
 */
bool vitals_hear(struct cause_vitals *vitals, struct mono *vitals_at,
                 const struct link_change *change, struct mono now);
#endif
