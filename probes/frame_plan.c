/* SPDX-License-Identifier: ISC */
/* The records of a plan: policy, credentials, devices. */
#include "probes/frame_inside.h"

#include <assert.h>
#include <string.h>

enum device_flag { DEVICE_REPLY_FROM_ANY = 1, DEVICE_BEGINS_DOWN = 2, DEVICE_FLAGS = 3 };

bool frame_add_policy(struct frame *frame, const struct plan_policy *policy)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_PLAN_BEGIN);
    if (at == NULL)
        return false;
    put_i64(&at, policy->interval_ms);
    put_i64(&at, policy->timeout_ms);
    put(&at, policy->misses_to_down, 4);
    put(&at, policy->answers_to_up, 4);
    put(&at, policy->false_down_years, 4);
    put(&at, policy->packets_per_s, 4);
    put(&at, policy->lane_bytes_per_s, 4);
    return true;
}

bool frame_get_policy(const struct frame *frame, size_t index, struct plan_policy *policy)
{
    const uint8_t *at = frame_record_at(frame, index);

    policy->interval_ms = get_i64(&at);
    policy->timeout_ms = get_i64(&at);
    policy->misses_to_down = (uint32_t)get(&at, 4);
    policy->answers_to_up = (uint32_t)get(&at, 4);
    policy->false_down_years = (uint32_t)get(&at, 4);
    policy->packets_per_s = (uint32_t)get(&at, 4);
    policy->lane_bytes_per_s = (uint32_t)get(&at, 4);
    return policy->interval_ms > 0 && policy->interval_ms <= DURATION_MOST_MS &&
           policy->timeout_ms > 0 && policy->timeout_ms <= DURATION_MOST_MS &&
           policy->misses_to_down > 0 && policy->misses_to_down <= RUN_MOST &&
           policy->answers_to_up > 0 && policy->answers_to_up <= RUN_MOST &&
           policy->false_down_years <= PLAN_YEARS_MOST;
}

static void put_address(uint8_t **at, const union address *address)
{
    uint8_t host[FRAME_HOST_BYTES] = {0};
    uint32_t scope = 0;
    uint16_t port = 0;

    if (address->any.sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, address, sizeof v4);
        memcpy(host, &v4.sin_addr, sizeof v4.sin_addr);
        port = ntohs(v4.sin_port);
    } else if (address->any.sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof v6);
        memcpy(host, &v6.sin6_addr, sizeof host);
        port = ntohs(v6.sin6_port);
        scope = v6.sin6_scope_id;
    }
    put(at, address->any.sa_family == AF_INET ? 4 : 6, 1);
    put(at, port, 2);
    memcpy(*at, host, sizeof host);
    *at += sizeof host;
    put(at, scope, 4);
}

/* The rest of the field is zeros, so that nothing else travels along. */
static void put_text(uint8_t **at, const char *text, size_t room)
{
    memset(*at, 0, room);
    memcpy(*at, text, strnlen(text, room - 1));
    *at += room;
}

static bool get_text(const uint8_t **at, char *text, size_t room)
{
    if (memchr(*at, 0, room) == NULL)
        return false;
    memcpy(text, *at, room);
    *at += room;
    return true;
}

bool frame_add_credential(struct frame *frame, const struct credential *credential)
{
    const struct usm_words *usm = &credential->usm;
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_PLAN_CREDENTIALS);
    if (at == NULL)
        return false;
    put(&at, credential->id, 4);
    put(&at, credential->kind, 1);
    put_text(&at, credential->community, CREDENTIAL_COMMUNITY_MAX);
    put_text(&at, usm->user, USM_USER_MAX);
    put(&at, usm->level, 1);
    put(&at, usm->auth, 1);
    put_text(&at, usm->auth_pass, USM_PASS_MAX);
    put(&at, usm->priv, 1);
    put_text(&at, usm->priv_pass, USM_PASS_MAX);
    return true;
}

static bool get_usm(const uint8_t **at, struct usm_words *usm, bool wanted)
{
    uint64_t level, auth, priv;

    if (!get_text(at, usm->user, USM_USER_MAX))
        return false;
    level = get(at, 1);
    auth = get(at, 1);
    if (!get_text(at, usm->auth_pass, USM_PASS_MAX))
        return false;
    priv = get(at, 1);
    if (!get_text(at, usm->priv_pass, USM_PASS_MAX))
        return false;
    if (level >= USM_LEVEL_END || auth >= USM_AUTH_END || priv >= USM_PRIV_END)
        return false;
    usm->level = (enum usm_level)level;
    usm->auth = (enum usm_auth)auth;
    usm->priv = (enum usm_priv)priv;
    return !wanted || (level != 0 && auth != 0 && priv != 0 && usm->user[0] != '\0');
}

bool frame_get_credential(const struct frame *frame, size_t index, struct credential *credential)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t kind;

    *credential = (struct credential){0};
    credential->id = (uint32_t)get(&at, 4);
    kind = get(&at, 1);
    if (credential->id == 0 || kind == 0 || kind >= CREDENTIAL_KIND_END)
        return false;
    credential->kind = (enum credential_kind)kind;
    return get_text(&at, credential->community, CREDENTIAL_COMMUNITY_MAX) &&
           get_usm(&at, &credential->usm, kind == CREDENTIAL_USM);
}

static bool get_address(const uint8_t **at, union address *address)
{
    uint64_t version = get(at, 1);
    uint16_t port = (uint16_t)get(at, 2);
    const uint8_t *host = *at;
    uint32_t scope;

    *at += FRAME_HOST_BYTES;
    scope = (uint32_t)get(at, 4);
    memset(address, 0, sizeof *address);
    if (version == 4) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};

        memcpy(&v4.sin_addr, host, sizeof v4.sin_addr);
        memcpy(address, &v4, sizeof v4);
    } else if (version == 6) {
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

        memcpy(&v6.sin6_addr, host, FRAME_HOST_BYTES);
        v6.sin6_scope_id = scope;
        memcpy(address, &v6, sizeof v6);
    } else {
        return false;
    }
    return port != 0;
}

bool frame_add_device(struct frame *frame, const struct plan_device *device)
{
    uint8_t *at = frame_record_add(frame);
    unsigned flags = (device->reply_from_any ? DEVICE_REPLY_FROM_ANY : 0U) |
                     (device->begins_down ? DEVICE_BEGINS_DOWN : 0U);

    assert(frame->type == FRAME_PLAN_DEVICES);
    if (at == NULL)
        return false;
    put(&at, device->id, 4);
    put(&at, device->snmp, 1);
    put(&at, flags, 1);
    put_address(&at, &device->address);
    put(&at, device->credential, 4);
    put(&at, device->lane, 4);
    put(&at, device->interval_ms, 4);
    put(&at, device->gateway_of, 4);
    put(&at, device->profile, 4);
    put_i64(&at, device->last_good.us);
    put_i64(&at, device->first_bad.us);
    put_learned(&at, &device->learned);
    return true;
}

bool frame_get_device(const struct frame *frame, size_t index, struct plan_device *device)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t snmp, flags;

    memset(device, 0, sizeof *device);
    device->id = (uint32_t)get(&at, 4);
    snmp = get(&at, 1);
    flags = get(&at, 1);
    if (snmp == 0 || snmp >= PLAN_SNMP_END || (flags & ~(uint64_t)DEVICE_FLAGS) != 0)
        return false;
    device->snmp = (enum plan_snmp)snmp;
    device->reply_from_any = (flags & DEVICE_REPLY_FROM_ANY) != 0;
    device->begins_down = (flags & DEVICE_BEGINS_DOWN) != 0;
    if (!get_address(&at, &device->address))
        return false;
    device->credential = (uint32_t)get(&at, 4);
    device->lane = (uint32_t)get(&at, 4);
    device->interval_ms = (uint32_t)get(&at, 4);
    device->gateway_of = (uint32_t)get(&at, 4);
    device->profile = (uint32_t)get(&at, 4);
    device->last_good.us = get_i64(&at);
    device->first_bad.us = get_i64(&at);
    return get_learned(&at, &device->learned);
}
