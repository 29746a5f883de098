/* SPDX-License-Identifier: ISC */
#include "daemon/reading_fold.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

/* metric, instance, kind and unit, each with its NUL, stand one after the other in the texts. */
struct item {
    double sum;
    float last, least, most;
    uint32_t count;
    uint32_t text_at;
    uint16_t place;
    bool main;
};

struct open_device {
    UT_hash_handle hh;
    uint32_t device_id;
    uint32_t slot;
    struct item *items;
    char *texts;
    uint32_t count, room;
    uint32_t text_bytes, text_room;
};

struct reading_fold {
    struct open_device *devices;
    uint32_t most;
    fold_fn *on_sum;
    void *arg;
};

struct reading_fold *reading_fold_new(uint32_t most, fold_fn *on_sum, void *arg)
{
    struct reading_fold *fold = calloc(1, sizeof *fold);

    if (fold == NULL)
        abort();
    *fold = (struct reading_fold){.on_sum = on_sum, .arg = arg};
    reading_fold_set_most(fold, most);
    return fold;
}

static void forget(struct reading_fold *fold, struct open_device *device)
{
    HASH_DEL(fold->devices, device);
    free(device->items);
    free(device->texts);
    free(device);
}

void reading_fold_free(struct reading_fold *fold)
{
    struct open_device *device, *next;

    if (fold == NULL)
        return;
    HASH_ITER(hh, fold->devices, device, next)
    forget(fold, device);
    free(fold);
}

void reading_fold_set_most(struct reading_fold *fold, uint32_t most)
{
    fold->most = most > READING_FOLD_MOST ? READING_FOLD_MOST : most;
}

static const char *behind(const char *text)
{
    return text + strlen(text) + 1;
}

static void tell(const struct reading_fold *fold, const struct open_device *device,
                 const struct item *item)
{
    const char *metric = device->texts + item->text_at, *instance = behind(metric);
    const char *kind = behind(instance);
    struct fold_sum sum = {.name = {metric, instance, kind, behind(kind), item->main, item->place},
                           .device_id = device->device_id,
                           .slot = device->slot,
                           .count = item->count,
                           .last = item->last,
                           .mean = (float)(item->sum / item->count),
                           .least = item->least,
                           .most = item->most};

    fold->on_sum(&sum, fold->arg);
}

/* Its room is kept: the same readings are about to come again. */
static void end_slot(const struct reading_fold *fold, struct open_device *device)
{
    for (uint32_t i = 0; i < device->count; i++)
        tell(fold, device, &device->items[i]);
    device->count = 0;
    device->text_bytes = 0;
}

static struct open_device *find_device(struct reading_fold *fold, uint32_t device_id)
{
    struct open_device *device;

    HASH_FIND(hh, fold->devices, &device_id, sizeof device_id, device);
    if (device != NULL || HASH_COUNT(fold->devices) == READING_FOLD_DEVICES)
        return device;
    device = calloc(1, sizeof *device);
    if (device == NULL)
        abort();
    device->device_id = device_id;
    HASH_ADD(hh, fold->devices, device_id, sizeof device->device_id, device);
    return device;
}

static struct item *find_item(const struct open_device *device, const struct fold_name *name)
{
    for (uint32_t i = 0; i < device->count; i++) {
        struct item *item = &device->items[i];
        const char *metric = device->texts + item->text_at;

        if (item->place == name->place && strcmp(metric, name->metric) == 0 &&
            strcmp(behind(metric), name->instance) == 0)
            return item;
    }
    return NULL;
}

static void add_text(struct open_device *device, const char *text)
{
    uint32_t bytes = (uint32_t)strlen(text) + 1;

    while (device->text_bytes + bytes > device->text_room) {
        device->text_room = device->text_room == 0 ? 64 : 2 * device->text_room;
        device->texts = realloc(device->texts, device->text_room);
        if (device->texts == NULL)
            abort();
    }
    memcpy(device->texts + device->text_bytes, text, bytes);
    device->text_bytes += bytes;
}

/* A place for one more: behind the others, or that of the last one that is not a main one. Its
 * texts stay behind until the slot ends: a main one is never replaced, so that is soon over. */
static struct item *make_place(const struct reading_fold *fold, struct open_device *device,
                               bool main)
{
    if (device->count < fold->most) {
        if (device->count == device->room) {
            device->room = device->room == 0 ? 4 : 2 * device->room;
            device->items = reallocarray(device->items, device->room, sizeof *device->items);
            if (device->items == NULL)
                abort();
        }
        return &device->items[device->count++];
    }
    for (uint32_t i = device->count; main && i > 0; i--)
        if (!device->items[i - 1].main)
            return &device->items[i - 1];
    return NULL;
}

static struct item *begin_item(const struct reading_fold *fold, struct open_device *device,
                               const struct fold_name *name)
{
    struct item *item = make_place(fold, device, name->main);

    if (item == NULL)
        return NULL;
    *item = (struct item){.text_at = device->text_bytes,
                          .place = name->place,
                          .main = name->main,
                          .least = FLT_MAX,
                          .most = -FLT_MAX};
    add_text(device, name->metric);
    add_text(device, name->instance);
    add_text(device, name->kind);
    add_text(device, name->unit);
    return item;
}

bool reading_fold_add(struct reading_fold *fold, uint32_t device_id, uint32_t slot,
                      const struct fold_name *name, double number)
{
    struct open_device *device;
    struct item *item;

    if (!(number >= -FLT_MAX && number <= FLT_MAX)) /* NaN included */
        return false;
    device = find_device(fold, device_id);
    if (device == NULL)
        return false;
    if (device->slot != slot)
        end_slot(fold, device);
    device->slot = slot;
    item = find_item(device, name);
    if (item == NULL)
        item = begin_item(fold, device, name);
    if (item == NULL)
        return true; /* beyond what is kept of a device */
    item->count++;
    item->sum += number;
    item->last = (float)number;
    item->least = item->last < item->least ? item->last : item->least;
    item->most = item->last > item->most ? item->last : item->most;
    return true;
}

void reading_fold_end_before(struct reading_fold *fold, uint32_t slot)
{
    struct open_device *device, *next;

    HASH_ITER(hh, fold->devices, device, next)
    if (device->slot < slot) {
        end_slot(fold, device);
        forget(fold, device);
    }
}

size_t reading_fold_devices(const struct reading_fold *fold)
{
    return HASH_COUNT(fold->devices);
}
