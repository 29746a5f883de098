/* SPDX-License-Identifier: ISC */
/*
 * bytes - messages in tests: from hex, and on the heap at their exact size, so that a sanitizer
 * sees whoever reads one byte too many.
 */
#ifndef KT_TEST_BYTES_H
#define KT_TEST_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    uint8_t *at;
    size_t count;
};

static inline uint8_t bytes_digit(char digit)
{
    static const char digits[] = "0123456789abcdef";

    return (uint8_t)(strchr(digits, digit) - digits);
}

static inline struct bytes bytes_copy(const void *from, size_t count)
{
    struct bytes bytes = {malloc(count == 0 ? 1 : count), count};

    if (bytes.at == NULL)
        abort();
    if (count > 0)
        memcpy(bytes.at, from, count);
    return bytes;
}

static inline struct bytes bytes_hex(const char *hex)
{
    size_t count = strlen(hex) / 2;
    struct bytes bytes = bytes_copy(hex, count);

    for (size_t i = 0; i < count; i++)
        bytes.at[i] = (uint8_t)(bytes_digit(hex[2 * i]) << 4 | bytes_digit(hex[2 * i + 1]));
    return bytes;
}

/* What Debian's snmpd 5.9.3 was asked and answered: sysUpTime.0 = 131 ticks, snmpEngineTime.0 = 1
 * s. */
#define V2C_REQUEST                                                                                \
    "303902010104067075626c6963a02c02041a2b3c4d020100020100301e300c06082b060102010103000500"       \
    "300e060a2b060106030a020103000500"
#define V2C_REPLY                                                                                  \
    "303c02010104067075626c6963a22f02041a2b3c4d0201000201003021300e06082b0601020101030043020083"   \
    "300f060a2b060106030a02010300020101"
#define V1_REPLY                                                                                   \
    "303c02010004067075626c6963a22f02041a2b3c4d0201000201003021300e06082b0601020101030043020083"   \
    "300f060a2b060106030a02010300020101"
/* noSuchName for the second object asked, which is 1.3.6.1.4.1.52735.1 */
#define V1_NO_SUCH_NAME                                                                            \
    "303802010004067075626c6963a22b02041a2b3c4d020102020102301d300c06082b060102010103000500"       \
    "300d06092b06010401839b7f010500"
/* the same object over v2c: an exception in its place */
#define V2C_NO_SUCH_OBJECT                                                                         \
    "303a02010104067075626c6963a22d02041a2b3c4d020100020100301f300e06082b0601020101030043020083"   \
    "300d06092b06010401839b7f018000"
#define V2C_GETNEXT_REPLY                                                                          \
    "306202010104067075626c6963a25502041a2b3c4d0201000201003047304506082b06010201010100"           \
    "04394c696e757820766d20362e31382e34342d66632d7637363920233120534d5020505245454d50"             \
    "545f44594e414d4943204030207838365f3634"
#define RECORDED_ID INT32_C(0x1a2b3c4d)
#endif
