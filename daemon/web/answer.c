/* SPDX-License-Identifier: ISC */
#include "daemon/web/answer.h"

#include <string.h>
#include <strings.h>
#include <time.h>

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

/* What a page gets that does not say otherwise: nothing runs, nothing is kept, nothing leaks. */
static const struct web_header careful[] = {{"X-Content-Type-Options", "nosniff"},
                                            {"Referrer-Policy", "no-referrer"},
                                            {"Cache-Control", "no-store"},
                                            {"Content-Security-Policy", "default-src 'none'"}};

#define CAREFUL_COUNT (sizeof careful / sizeof careful[0])

const char *answer_phrase(int status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return ""; /* RFC 9112 §4: may be empty */
}

/* RFC 9110 §5.6.7. By hand, because strftime() speaks the locale's language. */
static void print_date(struct wall now, struct text *out)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(now.us / US_PER_S);
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    text_addf(out, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n", days + 3 * tm.tm_wday,
              tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
              tm.tm_sec);
}

static bool is_value(const char *value)
{
    for (; *value != '\0'; value++)
        if ((unsigned char)*value < 0x20 || *value == 0x7f)
            return false;
    return true;
}

/* Framing is not the handler's, and neither is a line end in a value (response splitting). */
static bool is_sound(const struct web_header *header)
{
    static const char *const ours[] = {"Connection", "Content-Length", "Content-Type", "Date",
                                       "Transfer-Encoding"};

    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcasecmp(header->name, ours[i]) == 0)
            return false;
    return is_value(header->name) && header->value != NULL && is_value(header->value);
}

static size_t count_headers(const struct web_answer *answer)
{
    size_t count = 0;

    while (count < WEB_HEADERS_MAX && answer->headers[count].name != NULL)
        count++;
    return count;
}

static bool has_header(const struct web_answer *answer, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return true;
    return false;
}

static void print_header(const struct web_header *header, struct text *out)
{
    text_addf(out, "%s: %s\r\n", header->name, header->value);
}

/* RFC 9110 §8.6: neither of these has a body, and 204 must not state a length. */
static bool has_content(int status)
{
    return status != 204 && status != 304;
}

static void print_content(const struct web_answer *answer, const struct answer_form *form,
                          struct text *out)
{
    const char *type = answer->content_type;

    if (has_content(answer->status))
        text_addf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                  type == NULL ? "text/plain; charset=utf-8" : type, answer->body.bytes);
    text_add(out, "\r\n");
    if (has_content(answer->status) && !form->head_only)
        text_add_bytes(out, text_get(&answer->body), answer->body.bytes);
}

bool answer_print(const struct web_answer *answer, const struct answer_form *form, struct text *out)
{
    size_t count = count_headers(answer);

    for (size_t i = 0; i < count; i++)
        if (!is_sound(&answer->headers[i]))
            return false;
    if (answer->content_type != NULL && !is_value(answer->content_type))
        return false;
    text_addf(out, "HTTP/1.1 %d %s\r\n", answer->status, answer_phrase(answer->status));
    print_date(form->now, out);
    if (!form->keep)
        text_add(out, "Connection: close\r\n");
    else if (form->says_keep)
        text_add(out, "Connection: keep-alive\r\n");
    for (size_t i = 0; i < CAREFUL_COUNT; i++)
        if (!has_header(answer, count, careful[i].name))
            print_header(&careful[i], out);
    for (size_t i = 0; i < count; i++)
        print_header(&answer->headers[i], out);
    print_content(answer, form, out);
    return true;
}
