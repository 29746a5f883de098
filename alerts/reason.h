/* SPDX-License-Identifier: ISC */
/*
 * reason - why an attempt ended as it did, in words for the person who looks at the outbox.
 *
 * Pure. No secret and nothing of the URL but its host ever gets in: paths of chat services are
 * tokens.
 */
#ifndef KT_REASON_H
#define KT_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REASON_MAX 256

void reason_status(char out[REASON_MAX], int http_status);
/* http_status: of an answer that began and did not end, else 0. */
void reason_timeout(char out[REASON_MAX], int64_t took_ms, bool connected, int http_status);
/* os_errno 0: not known. */
void reason_no_connection(char out[REASON_MAX], int os_errno);
/* words come from a library; what is not plain text gives way to the fallback. */
void reason_tls(char out[REASON_MAX], const char *words, const char *fallback);
#endif
