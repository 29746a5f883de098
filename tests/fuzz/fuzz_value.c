/* SPDX-License-Identifier: ISC */
#include <float.h>
#include <string.h>

#include "daemon/base/text.h"
#include "probes/value.h"
#include "tests/fuzz/fuzz.h"

/* The first byte picks the rule, the second is the type, the rest is the value's content. */

static struct value_rule rule_of(uint8_t byte)
{
    struct value_rule rule = value_plain;

    rule.parse = (enum value_parse)(VALUE_NUMBER + byte % (VALUE_PARSE_END - VALUE_NUMBER));
    if ((byte & 0x40) != 0) {
        rule.multiply = 2;
        rule.add = -30000;
        rule.divide = 1000;
    }
    if ((byte & 0x80) != 0) {
        rule.invalid[rule.invalid_count++] = 65535;
        rule.least = -60;
        rule.most = 60;
    }
    return rule;
}

static void check_value(const struct value_rule *rule, const struct value *value)
{
    fuzz_holds(value->status >= VALUE_OK && value->status < VALUE_STATUS_END);
    if (value->status != VALUE_OK) {
        fuzz_holds(value->bits == 0);
        return;
    }
    fuzz_holds(value->number >= -DBL_MAX && value->number <= DBL_MAX);
    fuzz_holds(value->number >= rule->least && value->number <= rule->most);
    fuzz_holds(value->bits == 0 || value->bits == 32 || value->bits == 64);
    fuzz_holds(value->bits != 32 || value->raw <= UINT32_MAX);
}

static void check_text(enum value_status status, const char *text)
{
    fuzz_holds(status == VALUE_OK || status == VALUE_ABSENT);
    fuzz_holds((status == VALUE_OK) == (*text != '\0'));
    fuzz_holds(strlen(text) < VALUE_TEXT_MAX);
    fuzz_holds(text_is_utf8(text, strlen(text)));
    for (; *text != '\0'; text++)
        fuzz_holds((unsigned char)*text >= 0x20 && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char text[VALUE_TEXT_MAX], again[VALUE_TEXT_MAX];
    struct value_rule rule;
    struct value value, same;

    if (count < 2)
        return 0;
    rule = rule_of(bytes[0]);
    value = value_read(&rule, bytes[1], bytes + 2, count - 2);
    check_value(&rule, &value);
    check_text(value_text(bytes[1], bytes + 2, count - 2, text), text);
    /* What is shown of a number's text is the same number. */
    value = value_read(&value_plain, BER_OCTETS, bytes + 2, count - 2);
    if (value.status == VALUE_OK &&
        value_text(BER_OCTETS, bytes + 2, count - 2, again) == VALUE_OK &&
        strlen(again) < VALUE_TEXT_MAX - 1) {
        same = value_read(&value_plain, BER_OCTETS, (const uint8_t *)again, strlen(again));
        fuzz_holds(same.status == VALUE_OK && !(same.number < value.number) &&
                   !(same.number > value.number));
    }
    return 0;
}
