/* SPDX-License-Identifier: ISC */
#include "tests/fleet/mib.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "tests/fleet/mib_table.h"

#define MIBS_MAX 16

struct mib_object {
    uint8_t name[MIB_NAME_MAX];
    uint8_t name_bytes;
    uint8_t column_bytes; /* of the name, without the row */
    uint8_t row;
    const struct mib_column *column;
    UT_hash_handle hh;
};

/* What a profile has, in the order in which a walk passes it. Built when it is first asked for. */
struct mib {
    struct mib_object *objects;
    size_t count;
    struct mib_object *by_name;
};

static struct mib mibs[MIBS_MAX];

const struct mib_profile *mib_profile(const char *name)
{
    for (size_t i = 0; i < mib_profile_count; i++)
        if (strcmp(mib_profiles[i].name, name) == 0)
            return &mib_profiles[i];
    return &mib_profiles[0];
}

size_t mib_profile_index(const struct mib_profile *profile)
{
    return (size_t)(profile - mib_profiles);
}

const struct mib_profile *mib_profile_at(size_t index)
{
    return &mib_profiles[index];
}

static int by_name(const void *a, const void *b)
{
    const struct mib_object *x = a, *y = b;

    return ber_name_compare(x->name, x->name_bytes, y->name, y->name_bytes);
}

static void add(struct mib *mib, const struct mib_column *column, unsigned row)
{
    struct mib_object *object = &mib->objects[mib->count++];
    size_t bytes = ber_name_read(column->name, object->name, sizeof object->name - 1);

    assert(bytes > 0 && mib->count <= MIB_OBJECTS_MAX);
    object->column_bytes = (uint8_t)bytes;
    object->name_bytes = (uint8_t)(bytes + 1);
    object->name[bytes] = object->row = (uint8_t)row;
    object->column = column;
}

static const struct mib *mib_of(const struct mib_profile *profile)
{
    struct mib *mib = &mibs[mib_profile_index(profile)];

    assert(mib_profile_count <= MIBS_MAX);
    if (mib->objects != NULL)
        return mib;
    mib->objects = calloc(MIB_OBJECTS_MAX, sizeof *mib->objects);
    if (mib->objects == NULL)
        abort();
    for (const struct mib_column *column = mib_columns; column->name != NULL; column++)
        if ((column->set & profile->sets) != 0)
            for (unsigned row = column->first; row <= column->last; row++)
                add(mib, column, row);
    qsort(mib->objects, mib->count, sizeof *mib->objects, by_name);
    for (size_t i = 0; i < mib->count; i++)
        HASH_ADD_KEYPTR(hh, mib->by_name, mib->objects[i].name, mib->objects[i].name_bytes,
                        &mib->objects[i]);
    return mib;
}

static struct value object_value(const struct mib_device *device, const struct vitals *vitals,
                                 const struct mib_object *object)
{
    return object->column->value(&(struct mib_asked){device, vitals, object->column, object->row});
}

static bool is_there(const struct mib_device *device, const struct mib_object *object, bool v1)
{
    if (device->v1_only && object->column->set == MIB_ENGINE)
        return false;
    return !v1 || object->column->tag != BER_COUNTER64;
}

/* A column that is there has no such instance, what is not there has no such object. */
static enum ber_tag absence(const struct mib_device *device, const struct mib *mib, bool v1,
                            const struct bind *bind)
{
    for (size_t i = 0; i < mib->count; i++) {
        const struct mib_object *object = &mib->objects[i];

        if (bind->name_bytes > object->column_bytes &&
            memcmp(bind->name, object->name, object->column_bytes) == 0 &&
            is_there(device, object, v1))
            return BER_NO_SUCH_INSTANCE;
    }
    return BER_NO_SUCH_OBJECT;
}

void mib_get(const struct mib_device *device, const struct vitals *vitals, bool v1,
             struct bind *bind)
{
    const struct mib *mib = mib_of(device->profile);
    const struct mib_object *object;

    HASH_FIND(hh, mib->by_name, bind->name, bind->name_bytes, object);
    if (object != NULL && is_there(device, object, v1))
        bind->value = object_value(device, vitals, object);
    else
        bind->value = (struct value){.tag = absence(device, mib, v1, bind)};
}

/* The first place whose name is behind bind's. */
static size_t place_behind(const struct mib *mib, const struct bind *bind)
{
    size_t least = 0, end = mib->count;

    while (least < end) {
        size_t middle = least + (end - least) / 2;
        const struct mib_object *object = &mib->objects[middle];

        if (ber_name_compare(object->name, object->name_bytes, bind->name, bind->name_bytes) <= 0)
            least = middle + 1;
        else
            end = middle;
    }
    return least;
}

void mib_next(const struct mib_device *device, const struct vitals *vitals, bool v1,
              struct bind *bind)
{
    const struct mib *mib = mib_of(device->profile);

    for (size_t i = place_behind(mib, bind); i < mib->count; i++)
        if (is_there(device, &mib->objects[i], v1)) {
            bind->name = mib->objects[i].name;
            bind->name_bytes = mib->objects[i].name_bytes;
            bind->value = object_value(device, vitals, &mib->objects[i]);
            return;
        }
    bind->value = (struct value){.tag = BER_END_OF_VIEW};
}
