/* SPDX-License-Identifier: ISC */
#include "probes/value.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

#define NUMBER_TEXT_MAX ((size_t)40) /* "-1.7976931348623157e+308" and some zeros */
#define UNIT_TEXT_MAX   ((size_t)16)

const struct value_rule value_plain = {
    .parse = VALUE_NUMBER, .multiply = 1, .divide = 1, .least = -DBL_MAX, .most = DBL_MAX};

/* A piece of text from the agent; not terminated. */
struct piece {
    const char *at;
    size_t left;
};

/* What an agent sent, before the rule: at best a number, of which integers keep all their bits. */
struct raw {
    enum value_status status;
    double number;
    uint64_t integer; /* two's complement */
    bool is_integer;
    uint8_t bits; /* of an unsigned type */
};

static struct raw raw_none(enum value_status status)
{
    return (struct raw){.status = status};
}

static struct raw raw_real(double number)
{
    if (!(number >= -DBL_MAX && number <= DBL_MAX))
        return raw_none(VALUE_INVALID);
    return (struct raw){.status = VALUE_OK, .number = number};
}

static struct raw raw_unsigned(uint64_t number, uint8_t bits)
{
    return (struct raw){VALUE_OK, (double)number, number, true, bits};
}

/* Two's complement, without relying on how the compiler casts. */
static double signed_of(uint64_t number)
{
    return number >> 63 != 0 ? -(double)(~number) - 1 : (double)number;
}

static struct raw raw_signed(uint64_t number)
{
    return (struct raw){VALUE_OK, signed_of(number), number, true, 0};
}

static bool take_bits(const uint8_t *at, size_t bytes, bool is_signed, uint64_t *number)
{
    if (bytes == 9 && at[0] == 0 && !is_signed) { /* kept positive by a zero */
        at++;
        bytes--;
    }
    if (bytes == 0 || bytes > sizeof *number)
        return false;
    *number = is_signed && (at[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes; i++)
        *number = *number << 8 | at[i];
    return true;
}

static bool is_padding(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Blanks around it are padding, and so are NULs behind it; before it they begin something binary.
 */
static struct piece trim(const uint8_t *at, size_t bytes)
{
    while (bytes > 0 && is_padding(*at)) {
        at++;
        bytes--;
    }
    while (bytes > 0 && (is_padding(at[bytes - 1]) || at[bytes - 1] == '\0'))
        bytes--;
    return (struct piece){(const char *)at, bytes};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct piece piece)
{
    size_t count = 0;

    while (count < piece.left && is_digit(piece.at[count]))
        count++;
    return count;
}

static struct piece skip(struct piece piece, size_t bytes)
{
    return (struct piece){piece.at + bytes, piece.left - bytes};
}

/* "-", "+", or U+2212, the typographer's minus that web pages of radios leave in their texts. */
static size_t take_sign(struct piece piece, bool *negative)
{
    *negative = false;
    if (piece.left >= 3 && memcmp(piece.at, "\xe2\x88\x92", 3) == 0) {
        *negative = true;
        return 3;
    }
    if (piece.left == 0 || (piece.at[0] != '-' && piece.at[0] != '+'))
        return 0;
    *negative = piece.at[0] == '-';
    return 1;
}

/* How many bytes "12", "12.5", ".5" or "1e3" take; 0 when there is no number at the front. */
static size_t measure_digits(struct piece piece)
{
    size_t whole = count_digits(piece), used = whole, part = 0, power;

    if (used < piece.left && piece.at[used] == '.') {
        part = count_digits(skip(piece, used + 1));
        used += part > 0 ? 1 + part : 0;
    }
    if (whole + part == 0)
        return 0;
    if (used < piece.left && (piece.at[used] == 'e' || piece.at[used] == 'E')) {
        size_t sign =
            used + 1 < piece.left && (piece.at[used + 1] == '-' || piece.at[used + 1] == '+');

        power = count_digits(skip(piece, used + 1 + sign));
        used += power > 0 ? 1 + sign + power : 0;
    }
    return used;
}

/* Takes a number off the front. False: there is none, or one that nobody would write. */
static bool take_number(struct piece *piece, double *number)
{
    char digits[NUMBER_TEXT_MAX];
    bool negative;
    size_t sign = take_sign(*piece, &negative);
    size_t used = measure_digits(skip(*piece, sign));

    if (used == 0 || used >= sizeof digits)
        return false;
    memcpy(digits, piece->at + sign, used);
    digits[used] = '\0';
    *number = strtod(digits, NULL);
    if (negative)
        *number = -*number;
    *piece = skip(*piece, sign + used);
    return true;
}

/* Characters that may be shown; else they are octets. */
static bool is_printable(struct piece piece)
{
    uint32_t point;
    size_t step;

    for (; piece.left > 0; piece = skip(piece, step)) {
        step = text_utf8_step(piece.at, piece.left, &point);
        if (step == 0 || text_is_control(point))
            return false;
    }
    return true;
}

/* "dBm", " V", "%", " °C": short, and no second number in it ("10.0.0.1", "2 of 3", "1,234"). */
static bool is_unit(struct piece piece)
{
    if (piece.left > UNIT_TEXT_MAX || !is_printable(piece))
        return false;
    for (size_t i = 0; i < piece.left; i++)
        if (is_digit(piece.at[i]) || strchr(",.:;-+=", piece.at[i]) != NULL)
            return false;
    return true;
}

static bool is_word(struct piece piece, const char *word)
{
    return piece.left == strlen(word) && strncasecmp(piece.at, word, piece.left) == 0;
}

/* The ways in which a text says that there is no number. */
static bool says_nothing(struct piece piece)
{
    static const char *const words[] = {"nan",  "-nan", "+nan", "inf", "-inf", "n/a", "na",
                                        "none", "null", "-",    "--",  "---",  "?",   "unknown"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_word(piece, words[i]))
            return true;
    return false;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdefABCDEF";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    if (at == NULL)
        return -1;
    return (int)(at - digits) > 15 ? (int)(at - digits) - 6 : (int)(at - digits);
}

static struct raw read_hex(struct piece piece)
{
    uint64_t number = 0;

    if (piece.left > 2 && piece.at[0] == '0' && (piece.at[1] == 'x' || piece.at[1] == 'X'))
        piece = skip(piece, 2);
    if (piece.left == 0 || piece.left > 16)
        return raw_none(VALUE_UNREADABLE);
    for (size_t i = 0; i < piece.left; i++) {
        int digit = hex_digit(piece.at[i]);

        if (digit < 0)
            return raw_none(VALUE_UNREADABLE);
        number = number << 4 | (uint64_t)digit;
    }
    return raw_unsigned(number, 0);
}

static struct raw read_first(struct piece piece)
{
    double number;

    while (piece.left > 0) {
        if (take_number(&piece, &number))
            return raw_real(number);
        piece = skip(piece, 1);
    }
    return raw_none(VALUE_UNREADABLE);
}

static struct raw read_text(enum value_parse parse, const uint8_t *at, size_t bytes)
{
    struct piece piece = trim(at, bytes);
    double number;

    if (piece.left == 0)
        return raw_none(VALUE_ABSENT);
    if (says_nothing(piece))
        return raw_none(VALUE_INVALID);
    if (parse == VALUE_HEX ||
        (piece.left > 2 && piece.at[0] == '0' && (piece.at[1] == 'x' || piece.at[1] == 'X')))
        return read_hex(piece);
    if (parse == VALUE_FIRST)
        return read_first(piece);
    if (!take_number(&piece, &number) || !is_unit(piece))
        return raw_none(VALUE_UNREADABLE);
    return raw_real(number);
}

/*
 * net-snmp's numbers that SMIv2 has no type for, inside of an Opaque: 9f 78 04 and a float, 9f 79
 * 08 and a double, and 64-bit integers (draft-perkins-opaque-01). Their bits are IEEE 754's, as
 * this machine's.
 */
static struct raw read_opaque(const uint8_t *at, size_t bytes)
{
    uint64_t bits;
    uint32_t bits32;
    float real32;
    double real;

    if (bytes < 4 || at[0] != 0x9f || at[2] != bytes - 3 ||
        !take_bits(at + 3, bytes - 3, at[1] == 0x7a, &bits))
        return raw_none(VALUE_UNREADABLE);
    switch (at[1]) {
    case 0x76: /* Counter64 */
        return raw_unsigned(bits, 64);
    case 0x7b: /* Unsigned64 */
        return raw_unsigned(bits, 0);
    case 0x7a: /* Integer64 */
        return raw_signed(bits);
    case 0x78:
        if (bytes != 7)
            break;
        bits32 = (uint32_t)bits;
        memcpy(&real32, &bits32, sizeof real32);
        return raw_real((double)real32);
    case 0x79:
        if (bytes != 11)
            break;
        memcpy(&real, &bits, sizeof real);
        return raw_real(real);
    default:
        break;
    }
    return raw_none(VALUE_UNREADABLE);
}

static struct raw read_raw(enum value_parse parse, uint8_t tag, const uint8_t *at, size_t bytes)
{
    uint64_t number = 0;

    switch (tag) {
    case BER_NULL:
    case BER_NO_OBJECT:
    case BER_NO_INSTANCE:
    case BER_END_OF_MIB:
        return raw_none(VALUE_ABSENT);
    case BER_OCTETS:
        return read_text(parse, at, bytes);
    case BER_OPAQUE:
        return read_opaque(at, bytes);
    case BER_INTEGER:
        return take_bits(at, bytes, true, &number) ? raw_signed(number)
                                                   : raw_none(VALUE_UNREADABLE);
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TICKS:
    case BER_UINTEGER32:
        if (!take_bits(at, bytes, false, &number) || number > UINT32_MAX)
            return raw_none(VALUE_UNREADABLE);
        return raw_unsigned(number, 32);
    case BER_COUNTER64:
        return take_bits(at, bytes, false, &number) ? raw_unsigned(number, 64)
                                                    : raw_none(VALUE_UNREADABLE);
    default:
        return raw_none(VALUE_UNREADABLE);
    }
}

/* What a rule knows better than the agent about the sign of its bits. */
static double mend(const struct value_rule *rule, const struct raw *raw)
{
    uint64_t low;

    if (rule->parse != VALUE_SIGNED16 && rule->parse != VALUE_SIGNED32)
        return raw->number;
    if (raw->is_integer)
        low = raw->integer;
    else if (raw->number >= 0 && raw->number <= (double)UINT32_MAX)
        low = (uint64_t)raw->number;
    else
        return raw->number;
    if (rule->parse == VALUE_SIGNED16)
        return (double)(low & 0xffff) - ((low & 0x8000) != 0 ? 65536.0 : 0.0);
    return (double)(low & UINT32_MAX) - ((low & UINT32_C(0x80000000)) != 0 ? 4294967296.0 : 0.0);
}

static bool is_invalid(const struct value_rule *rule, double number)
{
    for (size_t i = 0; i < rule->invalid_count; i++)
        if (number >= rule->invalid[i] && number <= rule->invalid[i])
            return true;
    return false;
}

struct value value_read(const struct value_rule *rule, uint8_t tag, const uint8_t *at, size_t bytes)
{
    struct raw raw = read_raw(rule->parse, tag, at, bytes);
    struct value value = {.status = raw.status, .number = 0};

    if (raw.status != VALUE_OK)
        return value;
    value.number = (mend(rule, &raw) * rule->multiply + rule->add) / rule->divide;
    if (is_invalid(rule, raw.number) ||
        !(value.number >= rule->least && value.number <= rule->most))
        return (struct value){.status = VALUE_INVALID};
    value.raw = raw.bits != 0 ? raw.integer : 0;
    value.bits = raw.bits;
    return value;
}

static void add_octets(const uint8_t *at, size_t bytes, char out[VALUE_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;

    for (size_t i = 0; i < bytes && used + 3 < VALUE_TEXT_MAX; i++) {
        if (i > 0)
            out[used++] = ':';
        out[used++] = digits[at[i] >> 4];
        out[used++] = digits[at[i] & 15];
    }
    out[used] = '\0';
}

static enum value_status octets_text(const uint8_t *at, size_t bytes, char out[VALUE_TEXT_MAX])
{
    struct piece piece = trim(at, bytes);

    if (piece.left == 0)
        return VALUE_ABSENT;
    if (!is_printable(piece)) {
        add_octets(at, bytes, out);
        return VALUE_OK;
    }
    piece.left = text_cut(piece.at, piece.left, VALUE_TEXT_MAX - 1);
    memcpy(out, piece.at, piece.left);
    out[piece.left] = '\0';
    return VALUE_OK;
}

enum value_status value_text(uint8_t tag, const uint8_t *at, size_t bytes, char out[VALUE_TEXT_MAX])
{
    struct value value;

    out[0] = '\0';
    if (tag == BER_OCTETS)
        return octets_text(at, bytes, out);
    if (tag == BER_IP_ADDRESS && bytes == 4) {
        snprintf(out, VALUE_TEXT_MAX, "%u.%u.%u.%u", at[0], at[1], at[2], at[3]);
        return VALUE_OK;
    }
    value = value_read(&value_plain, tag, at, bytes);
    if (value.status == VALUE_OK)
        snprintf(out, VALUE_TEXT_MAX, "%.15g", value.number);
    return value.status == VALUE_OK ? VALUE_OK : VALUE_ABSENT;
}

/*
 * A counter that went back either wrapped or began anew. Of 32 bits it wrapped when the way round
 * is shorter than half of them; 64 bits do not wrap in the life of a device.
 */
bool value_rate(const struct value *before, const struct value *now, double elapsed_s,
                double *per_second)
{
    uint64_t grown = now->raw - before->raw;

    if (before->status != VALUE_OK || now->status != VALUE_OK || before->bits == 0 ||
        before->bits != now->bits || !(elapsed_s > 0))
        return false;
    if (now->raw < before->raw) {
        grown &= UINT32_MAX;
        if (now->bits != 32 || grown > INT32_MAX)
            return false;
    }
    *per_second = (double)grown / elapsed_s;
    return true;
}

const char *value_status_name(enum value_status status)
{
    static const char *const names[VALUE_STATUS_END] = {
        [VALUE_OK] = "ok",
        [VALUE_ABSENT] = "absent",
        [VALUE_INVALID] = "invalid",
        [VALUE_UNREADABLE] = "unreadable",
    };

    return names[status];
}

const char *value_parse_name(enum value_parse parse)
{
    static const char *const names[VALUE_PARSE_END] = {[VALUE_NUMBER] = "number",
                                                       [VALUE_FIRST] = "first",
                                                       [VALUE_SIGNED16] = "signed16",
                                                       [VALUE_SIGNED32] = "signed32",
                                                       [VALUE_HEX] = "hex"};

    return names[parse];
}
