/* SPDX-License-Identifier: ISC */
/*
 * Prints one JSON line per signed sample for a verifier of another make: {"headers":{…},"body",
 * "secrets":[…]}. Bodies are short and long, plain and not; every third is signed with two secrets.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/envelope.h"
#include "daemon/base/json.h"

#define SAMPLES 300

static const char *const secrets[] = {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "whsec_//////////////////////////////////////////++++++++++++++++++++++",
};
static const char *const pieces[] = {
    "padam",
    "Kecamatan \xc3\xa9\xc3\xa8",
    "\xe2\x9a\xa1 listrik",
    "\xf0\x9f\xa5\x81 kentongan",
    "\"quotes\" and \\",
    "tab\tand\nline",
    "\xd8\xb9\xd8\xb1\xd8\xa8",
};

static void make_body(unsigned number, struct text *out)
{
    struct js *body = js_object();
    struct js *list = js_array();

    for (unsigned i = 0; i < number * number / 100; i++)
        js_push(list, js_new_text(pieces[(number + i) % (sizeof pieces / sizeof *pieces)]));
    js_set_text(body, "type", "ticket.opened");
    js_set_i64(body, "number", number);
    js_set(body, "list", list);
    js_print(body, 0, out);
    js_free(body);
}

static struct js *headers_of(const struct envelope *envelope)
{
    struct js *headers = js_object();

    for (size_t i = 0; i < ENVELOPE_HEADERS; i++) {
        char name[ENVELOPE_HEADER_MAX];
        char *colon;

        memcpy(name, envelope->headers[i], sizeof name);
        colon = strchr(name, ':');
        *colon = '\0';
        js_set_text(headers, name, colon[1] == '\0' ? "" : colon + 2);
    }
    return headers;
}

static void print_sample(const struct webhook_message *message, const struct envelope *envelope)
{
    struct js *sample = js_object();
    struct js *used = js_array();
    struct text line = {0};

    js_push(used, js_new_text(message->secret));
    if (message->secret_2 != NULL)
        js_push(used, js_new_text(message->secret_2));
    js_set(sample, "headers", headers_of(envelope));
    js_set_text(sample, "body", message->body);
    js_set(sample, "secrets", used);
    js_print(sample, 0, &line);
    puts(text_get(&line));
    text_free(&line);
    js_free(sample);
}

int main(void)
{
    for (unsigned i = 0; i < SAMPLES; i++) {
        struct text body = {0};
        struct envelope envelope;
        struct err err;
        char id[32];
        struct webhook_message message = {.message_id = id,
                                          .url = "https://receiver.example/",
                                          .secret = secrets[i % 3],
                                          .secret_2 = i % 3 == 0 ? secrets[(i + 1) % 3] : NULL};

        make_body(i, &body);
        snprintf(id, sizeof id, "msg_%u-_Az%u", i, i * 7919);
        message.body = text_get(&body);
        message.body_bytes = body.bytes;
        if (!envelope_make(&message, wall_now(), &envelope, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        print_sample(&message, &envelope);
        text_free(&body);
    }
    return 0;
}
