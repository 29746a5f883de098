/* SPDX-License-Identifier: ISC */
#include "alerts/reason.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/text.h"

void reason_status(char out[REASON_MAX], int http_status)
{
    const char *more = "";

    if (http_status >= 300 && http_status < 400)
        more = ": a redirect, which is never followed";
    else if (http_status == 410)
        more = ": the receiver says that it is gone for good";
    snprintf(out, REASON_MAX, "%d%s", http_status, more);
}

void reason_timeout(char out[REASON_MAX], int64_t took_ms, bool connected, int http_status)
{
    char took[32];

    /* "20s" rather than "20003ms" */
    text_duration_print(took_ms < 1000 ? took_ms : (took_ms + 500) / 1000 * 1000, took);
    if (!connected)
        snprintf(out, REASON_MAX, "no connection after %s", took);
    else if (http_status == 0)
        snprintf(out, REASON_MAX, "timed out after %s", took);
    else
        snprintf(out, REASON_MAX, "timed out after %s, within an answer of %d", took, http_status);
}

void reason_no_connection(char out[REASON_MAX], int os_errno)
{
    snprintf(out, REASON_MAX, "cannot connect%s%s", os_errno != 0 ? ": " : "",
             os_errno != 0 ? strerror(os_errno) : "");
}

void reason_tls(char out[REASON_MAX], const char *words, const char *fallback)
{
    char plain[REASON_MAX - 8];

    if (!text_copy(plain, sizeof plain, words) || plain[0] == '\0')
        snprintf(plain, sizeof plain, "%s", fallback);
    snprintf(out, REASON_MAX, "TLS: %s", plain);
}
