/* SPDX-License-Identifier: ISC */
#include "probes/rates.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

struct sample {
    uint64_t raw;
    uint32_t key; /* of metric and instance */
    uint32_t bits;
};

struct rated {
    uint32_t device_id; /* the hash's key */
    uint32_t count;
    struct mono at;
    double uptime_s; /* below 0: not known */
    struct sample *samples;
    UT_hash_handle hh;
};

struct rates {
    struct rated *devices;
    struct rated *device; /* that is being read */
    struct mono now;
    double uptime_s;
    struct sample samples[RATES_PER_DEVICE];
    uint32_t count;
};

struct rates *rates_new(void)
{
    struct rates *rates = calloc(1, sizeof *rates);

    if (rates == NULL)
        abort();
    return rates;
}

static void forget(struct rates *rates, struct rated *device)
{
    HASH_DEL(rates->devices, device);
    free(device->samples);
    free(device);
}

void rates_forget_all(struct rates *rates)
{
    struct rated *device, *next;

    HASH_ITER(hh, rates->devices, device, next)
    {
        forget(rates, device);
    }
}

void rates_forget_before(struct rates *rates, struct mono since)
{
    struct rated *device, *next;

    HASH_ITER(hh, rates->devices, device, next)
    {
        if (device->at.us < since.us)
            forget(rates, device);
    }
}

void rates_free(struct rates *rates)
{
    if (rates == NULL)
        return;
    rates_forget_all(rates);
    free(rates);
}

void rates_begin(struct rates *rates, uint32_t device_id, struct mono now, double uptime_s)
{
    struct rated *device;

    HASH_FIND(hh, rates->devices, &device_id, sizeof device_id, device);
    if (device == NULL) {
        device = calloc(1, sizeof *device);
        if (device == NULL)
            abort();
        device->device_id = device_id;
        HASH_ADD(hh, rates->devices, device_id, sizeof device->device_id, device);
    } else if (uptime_s >= 0 && uptime_s < device->uptime_s) {
        device->count = 0;
    }
    rates->device = device;
    rates->now = now;
    rates->uptime_s = uptime_s;
    rates->count = 0;
}

static uint32_t key_of(uint16_t metric, const char *instance)
{
    return hash_bytes(instance, strlen(instance)) ^ (uint32_t)metric * UINT32_C(2654435761);
}

bool rates_step(struct rates *rates, uint16_t metric, const char *instance,
                const struct value *value, double *per_second)
{
    const struct rated *device = rates->device;
    double elapsed_s = (double)(rates->now.us - device->at.us) / US_PER_S;
    uint32_t key = key_of(metric, instance);

    if (value->status != VALUE_OK || value->bits == 0 || rates->count == RATES_PER_DEVICE)
        return false;
    rates->samples[rates->count++] = (struct sample){value->raw, key, value->bits};
    for (uint32_t i = 0; i < device->count; i++) {
        struct value before = {.status = VALUE_OK,
                               .raw = device->samples[i].raw,
                               .bits = (uint8_t)device->samples[i].bits};

        if (device->samples[i].key == key)
            return value_rate(&before, value, elapsed_s, per_second);
    }
    return false;
}

void rates_end(struct rates *rates)
{
    struct rated *device = rates->device;

    rates->device = NULL;
    device->at = rates->now;
    device->uptime_s = rates->uptime_s;
    if (device->count != rates->count) {
        free(device->samples);
        device->samples = rates->count == 0 ? NULL : calloc(rates->count, sizeof *device->samples);
        if (rates->count > 0 && device->samples == NULL)
            abort();
    }
    device->count = rates->count;
    if (rates->count > 0)
        memcpy(device->samples, rates->samples, rates->count * sizeof *rates->samples);
}
