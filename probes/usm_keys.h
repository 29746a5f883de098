/* SPDX-License-Identifier: ISC */
/*
 * usm_keys - from passphrases to the keys of one engine.
 *
 * A passphrase becomes a master key (Ku) by hashing a megabyte of it, which takes milliseconds: so
 * it is done once per credential and one passphrase at a time, by usm_keys_work(), between other
 * work. The keys of one engine follow from it in microseconds and lie with the device (struct
 * usm_agent). Passphrases and keys are wiped when they are given up. Owner: a struct usm. [RFC 3414
 * §2.6, A.2]
 */
#ifndef KT_USM_KEYS_H
#define KT_USM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/ber_v3.h"
#include "probes/usm_words.h"

#define USM_AUTH_KEY_MAX 64 /* SHA-512 */
#define USM_PRIV_KEY_MAX 32 /* AES-256 */

/* Those who open agents by the same words. */
struct usm_user;
struct usm_keys;

/*
 * What we hold of one device's SNMP engine. Zero is an engine that is not known. A device's state
 * beside it is probes/usm_flow.h's.
 */
struct usm_agent {
    struct mono clock_at; /* when boots and time_s were heard */
    uint32_t boots;
    uint32_t time_s;
    uint32_t keys_of; /* the user's generation that the keys below were made for; 0: none */
    uint8_t engine_bytes;
    uint8_t auth_bytes;
    uint8_t priv_bytes;
    uint8_t engine[BER_ENGINE_MAX];
    uint8_t auth_key[USM_AUTH_KEY_MAX];
    uint8_t priv_key[USM_PRIV_KEY_MAX];
};

struct usm_keys *usm_keys_new(void);
void usm_keys_free(struct usm_keys *keys); /* wipes; NULL allowed */

enum usm_user_state {
    USM_USER_READY = 1,
    USM_USER_WAITS,  /* a master key is still missing */
    USM_USER_BROKEN, /* this build of net-snmp has not its protocols */
};

/*
 * All users, replacing those before: begin, each credential once, commit. Whose words are known
 * already, under whatever number, keeps its master keys.
 */
void usm_keys_begin(struct usm_keys *keys);
void usm_keys_user(struct usm_keys *keys, uint32_t credential, const struct usm_words *words);
void usm_keys_commit(struct usm_keys *keys);
/* Derives one master key, if one is missing: 1 to 10 ms of work. True: there are more. */
bool usm_keys_work(struct usm_keys *keys);

/* NULL: no such credential. Good until the next commit. */
struct usm_user *usm_keys_find(const struct usm_keys *keys, uint32_t credential);
const struct usm_words *usm_user_words(const struct usm_user *user);
enum usm_user_state usm_user_state(const struct usm_user *user);

/* The device's engine has this name (1 to BER_ENGINE_MAX bytes); its clock is not known yet. */
void usm_agent_meet(struct usm_agent *agent, const uint8_t *engine, size_t bytes);
bool usm_agent_is(const struct usm_agent *agent, const uint8_t *engine, size_t bytes);
void usm_agent_clock(struct usm_agent *agent, uint32_t boots, uint32_t time_s, struct mono now);
/* What its clock shows now, by what was last heard of it. */
uint32_t usm_agent_time_s(const struct usm_agent *agent, struct mono now);
/* Makes the keys for this user unless they are there; false when net-snmp cannot. The user is
 * ready. */
bool usm_agent_key(struct usm_agent *agent, const struct usm_user *user);
void usm_agent_wipe(struct usm_agent *agent); /* an engine that is not known */
#endif
