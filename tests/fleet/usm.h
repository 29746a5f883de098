/* SPDX-License-Identifier: ISC */
/*
 * usm - SNMPv3 with the User-based Security Model, as an authoritative engine speaks it (RFC 3412,
 * RFC 3414, RFC 3826, RFC 7860): discovery, reports, the time window, all levels.
 *
 * One set of users for all devices of a fleet; each device is an engine of its own, whose keys are
 * localised when it is first asked. Written here on libcrypto's primitives, so that it shares
 * nothing with what it tests. Owner: whoever called usm_new().
 */
#ifndef KT_FLEET_USM_H
#define KT_FLEET_USM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "tests/fleet/forge.h"
#include "tests/fleet/mib.h"

struct usm;

struct usm *usm_new(void);
void usm_free(struct usm *usm);
/* "user=NAME level=authPriv auth=SHA:PASS priv=AES:PASS", as a line of the secrets file has it. */
KT_MUST_CHECK bool usm_add(struct usm *usm, const char *words, struct err *err);
/* Every line "NAME = v3 …" of a secrets file; the others are none of ours. */
KT_MUST_CHECK bool usm_load(struct usm *usm, const char *path, struct err *err);
size_t usm_count(const struct usm *usm);
/* How often it was asked who it is: requests that named another engine, or none. NULL: 0. */
uint64_t usm_discoveries(const struct usm *usm);

bool usm_is_v3(const uint8_t *bytes, size_t count);
/* As agent_answer(). Below a user's own level nothing is told (authorizationError). */
size_t usm_answer(struct usm *usm, const struct mib_device *device, const struct vitals *vitals,
                  const uint8_t *request, size_t bytes, enum forge forge, uint8_t *reply,
                  size_t room);
#endif
