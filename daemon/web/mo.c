/* SPDX-License-Identifier: ISC */
#include "daemon/web/mo.h"

#include <stdint.h>
#include <string.h>

#define MAGIC        UINT32_C(0x950412de)
#define HEADER_BYTES 28

static uint32_t number_at(const char *bytes, size_t at)
{
    const unsigned char *byte = (const unsigned char *)bytes + at;

    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
           (uint32_t)byte[3] << 24;
}

/* The text that row index of the table at offset points to; NULL unless it lies inside, terminated.
 */
static const char *text_of(const char *bytes, size_t count, size_t offset, uint32_t index)
{
    size_t row = offset + (size_t)index * 8;
    size_t length, start;

    if (row + 8 > count)
        return NULL;
    length = number_at(bytes, row);
    start = number_at(bytes, row + 4);
    if (start >= count || length >= count - start || bytes[start + length] != '\0')
        return NULL;
    return bytes + start;
}

/* msgfmt sorts the originals. */
const char *mo_find(const char *bytes, size_t count, const char *message)
{
    uint32_t low = 0, high;

    if (count < HEADER_BYTES || number_at(bytes, 0) != MAGIC || *message == '\0')
        return NULL;
    high = number_at(bytes, 8);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *original = text_of(bytes, count, number_at(bytes, 12), middle);
        int order = original == NULL ? 0 : strcmp(message, original);

        if (original == NULL)
            return NULL;
        if (order == 0)
            return text_of(bytes, count, number_at(bytes, 16), middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
