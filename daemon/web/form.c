/* SPDX-License-Identifier: ISC */
#include "daemon/web/form.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

/* One piece of the source on its way into the form's bytes. */
struct decoder {
    const char *at;
    const char *end; /* of the piece */
    char *out;       /* where the next decoded byte goes */
    struct err *err;
};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte at the front, its escape undone. */
static bool take_byte(struct decoder *decoder, char *byte)
{
    int high, low;

    *byte = *decoder->at == '+' ? ' ' : *decoder->at;
    if (*decoder->at++ != '%')
        return true;
    if (decoder->end - decoder->at < 2)
        return err_set(decoder->err, "an escape is cut off");
    high = hex_digit(decoder->at[0]);
    low = hex_digit(decoder->at[1]);
    if (high < 0 || low < 0)
        return err_set(decoder->err, "an escape is not %% and two hexadecimal digits");
    *byte = (char)(high << 4 | low);
    decoder->at += 2;
    return true;
}

/* Up to stop or the end of the piece; terminated in out. CR LF and CR become LF. */
static bool decode(struct decoder *decoder, char stop)
{
    bool after_cr = false;
    char byte;

    while (decoder->at < decoder->end && *decoder->at != stop) {
        if (!take_byte(decoder, &byte))
            return false;
        if (byte == '\0')
            return err_set(decoder->err, "a NUL byte");
        if (byte != '\n' || !after_cr)
            *decoder->out++ = byte == '\r' ? '\n' : byte;
        after_cr = byte == '\r';
    }
    *decoder->out++ = '\0';
    return true;
}

static bool name_is_good(const char *name, struct err *err)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t bytes = strlen(name);

    if (bytes == 0 || bytes > FORM_NAME_MAX || strspn(name, letters) != bytes)
        return err_set(err, "a field's name is not 1 to %d letters, digits or _ - .",
                       FORM_NAME_MAX);
    return true;
}

static bool value_is_good(const char *value, struct err *err)
{
    size_t bytes = strlen(value);
    uint32_t point = 0;

    for (size_t i = 0, step; i < bytes; i += step) {
        step = text_utf8_step(value + i, bytes - i, &point);
        if (step == 0)
            return err_set(err, "a field is not UTF-8");
        if (text_is_control(point) && point != '\n' && point != '\t')
            return err_set(err, "a field holds a control character");
    }
    return true;
}

static bool add_field(struct form *form, const char *name, const char *value, struct err *err)
{
    if (!name_is_good(name, err) || !value_is_good(value, err))
        return false;
    if (form_get(form, name) != NULL)
        return err_set(err, "a field stands there twice");
    if (form->count == FORM_FIELDS_MAX)
        return err_set(err, "more than %d fields", FORM_FIELDS_MAX);
    form->fields[form->count++] = (struct form_field){name, value};
    return true;
}

/* "name=value" or "name"; *room moves behind what was written. */
static bool take_field(struct form *form, const char *from, const char *to, char **room,
                       struct err *err)
{
    struct decoder decoder = {.at = from, .end = to, .out = *room, .err = err};
    const char *name = decoder.out;
    const char *value;

    if (!decode(&decoder, '='))
        return false;
    if (decoder.at < to)
        decoder.at++;
    value = decoder.out;
    if (!decode(&decoder, '&'))
        return false;
    *room = decoder.out;
    return add_field(form, name, value, err);
}

static bool take_fields(struct form *form, const char *text, size_t bytes, struct err *err)
{
    const char *end = text + bytes;
    char *room = form->bytes;

    while (text < end) {
        const char *to = memchr(text, '&', (size_t)(end - text));

        if (to == NULL)
            to = end;
        if (to > text && !take_field(form, text, to, &room, err))
            return false;
        text = to + 1;
    }
    return true;
}

bool form_parse(const char *text, size_t bytes, struct form *form, struct err *err)
{
    *form = (struct form){0};
    if (bytes > FORM_BYTES_MAX)
        return err_set(err, "more than %d bytes", FORM_BYTES_MAX);
    if (bytes == 0)
        return true;
    form->bytes = malloc(2 * bytes + 2); /* each piece of n bytes decodes to n + 1 at the most */
    if (form->bytes == NULL)
        abort();
    if (take_fields(form, text, bytes, err))
        return true;
    form_free(form);
    return false;
}

const char *form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return form->fields[i].value;
    return NULL;
}

const char *form_text(const struct form *form, const char *name)
{
    const char *value = form_get(form, name);

    return value != NULL ? value : "";
}

void form_free(struct form *form)
{
    free(form->bytes);
    *form = (struct form){0};
}
