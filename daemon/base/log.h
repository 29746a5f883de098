/* SPDX-License-Identifier: ISC */
/*
 * log - one line per fact to stderr, "<level>event.name key=value ...", for journald.
 *
 * No time and no pid: journald has both. Values that may hold blanks or bytes from outside are
 * escaped by log_quote(). A fact that repeats goes through a struct log_gate in the object that it
 * is about, which counts what it held back.
 */
#ifndef KT_LOG_H
#define KT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"

/* The numbers are syslog's, as journald reads them (sd-daemon(3)). */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

void log_set_level(enum log_level least_urgent);
void log_line(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(event, ...)  log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(event, ...)  log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(event, ...) log_line(LOG_LEVEL_DEBUG, event, __VA_ARGS__)

/* Text from outside as one word: "..." with control bytes, quotes and broken UTF-8 as \xNN. Cut to
 * fit. */
const char *log_quote(const char *text, char *out, size_t out_bytes);

/* Zero is a fresh gate. held: what was not said since the last line that was. */
struct log_gate {
    struct mono open_at;
    uint32_t held;
    bool used;
};

/* True when the fact may be said now; the next quiet_us it may not. The caller prints and zeroes
 * held. */
bool log_gate_pass(struct log_gate *gate, struct mono now, int64_t quiet_us);
#endif
