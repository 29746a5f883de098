/* SPDX-License-Identifier: ISC */
#include "daemon/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/text.h"

/* Formats beside err first: the arguments may point into it. A sentence too long is cut. */
static void __attribute__((format(printf, 3, 0)))
put(struct err *err, const char *behind, const char *format, va_list args)
{
    char line[sizeof err->text];
    size_t used;

    vsnprintf(line, sizeof line, format, args);
    used = strlen(line);
    if (behind != NULL)
        snprintf(line + used, sizeof line - used, ": %s", behind);
    line[text_cut(line, strlen(line), sizeof line - 1)] = '\0';
    memcpy(err->text, line, strlen(line) + 1);
}

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    va_start(args, format);
    put(err, NULL, format, args);
    va_end(args);
    return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    va_start(args, format);
    put(err, err->text, format, args);
    va_end(args);
    return false;
}
