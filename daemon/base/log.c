/* SPDX-License-Identifier: ISC */
#include "daemon/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/text.h"

#define LINE_MAX_BYTES 4096

static enum log_level least_urgent_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level least_urgent)
{
    least_urgent_level = least_urgent;
}

/* One write for one line, so that lines of parent and child do not mix. A full pipe loses it. */
static void emit(const char *line, size_t bytes)
{
    while (bytes > 0) {
        ssize_t done = write(STDERR_FILENO, line, bytes);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        line += done;
        bytes -= (size_t)done;
    }
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    int saved_errno = errno;
    size_t bytes;

    if (level > least_urgent_level)
        return;
    snprintf(line, sizeof line, "<%d>%s ", (int)level, event);
    bytes = strlen(line);
    va_start(args, format);
    vsnprintf(line + bytes, sizeof line - bytes, format, args);
    va_end(args);
    bytes = text_cut(line, strlen(line), sizeof line - 2);
    /* A value that somebody forgot to quote must not be able to forge a second line. */
    for (size_t i = 0; i < bytes; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    }
    line[bytes++] = '\n';
    emit(line, bytes);
    errno = saved_errno;
}

/* Writes one character of text as it may stand between quotes; returns how long that is. */
static size_t quote_one(const char *text, size_t step, uint32_t point, char out[8])
{
    if (step == 0 || text_is_control(point) || point == '"' || point == '\\') {
        size_t taken = step == 0 ? 1 : step;
        size_t used = 0;

        for (size_t i = 0; i < taken && used < 8; i++, used += 4) {
            static const char digits[] = "0123456789abcdef";
            unsigned char byte = (unsigned char)text[i];

            memcpy(out + used, "\\x", 2);
            out[used + 2] = digits[byte >> 4];
            out[used + 3] = digits[byte & 15];
        }
        return used;
    }
    memcpy(out, text, step);
    return step;
}

const char *log_quote(const char *text, char *out, size_t out_bytes)
{
    size_t used = 1;
    size_t bytes = text == NULL ? 0 : strlen(text);

    if (out_bytes < 3) {
        if (out_bytes > 0)
            out[0] = '\0';
        return out_bytes > 0 ? out : "";
    }
    out[0] = '"';
    for (size_t i = 0; i < bytes;) {
        char piece[8];
        uint32_t point = 0;
        size_t step = text_utf8_step(text + i, bytes - i, &point);
        size_t length = quote_one(text + i, step, point, piece);

        if (used + length + 2 > out_bytes)
            break;
        memcpy(out + used, piece, length);
        used += length;
        i += step == 0 ? 1 : step;
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}

bool log_gate_pass(struct log_gate *gate, struct mono now, int64_t quiet_us)
{
    if (gate->used && now.us < gate->open_at.us) {
        if (gate->held < UINT32_MAX)
            gate->held++;
        return false;
    }
    gate->used = true;
    gate->open_at = (struct mono){now.us + quiet_us};
    return true;
}
