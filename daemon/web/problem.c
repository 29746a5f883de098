/* SPDX-License-Identifier: ISC */
#include "daemon/web/problem.h"

#include <string.h>

#include "daemon/base/json.h"

static const struct {
    int status;
    const char *title;
} titles[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *problem_title(int status)
{
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            return titles[i].title;
    return "Error";
}

void problem_reply(struct web_request *request, int status, const char *code, const char *detail,
                   const struct web_header *headers)
{
    struct web_answer answer = {.status = status, .content_type = "application/problem+json"};
    struct js *body = js_object();

    js_set_text(body, "type", "about:blank");
    js_set_text(body, "title", problem_title(status));
    js_set_i64(body, "status", status);
    js_set_text(body, "detail", detail);
    if (code != NULL)
        js_set_text(body, "code", code);
    js_print(body, 0, &answer.body);
    for (size_t i = 0; headers != NULL && headers[i].name != NULL && i < WEB_HEADERS_MAX; i++)
        answer.headers[i] = headers[i];
    web_reply(request, &answer);
    text_free(&answer.body);
    js_free(body);
}

int problem_status(const struct store_status *status)
{
    static const int known[] = {403, 404, 409, 412, 422};

    switch (status->rc) {
    case STORE_REFUSED:
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            char code[6] = {'K',
                            'T',
                            (char)('0' + known[i] / 100),
                            (char)('0' + known[i] / 10 % 10),
                            (char)('0' + known[i] % 10),
                            '\0'};

            if (strcmp(status->sqlstate, code) == 0)
                return known[i];
        }
        return 422;
    case STORE_UNREACHABLE:
        return 503;
    case STORE_OK:
    case STORE_BROKEN:
    case STORE_RC_END:
        break;
    }
    return 500;
}

void problem_reply_store(struct web_request *request, const struct store_status *status)
{
    static const struct web_header soon[] = {{"Retry-After", "5"}, {NULL, NULL}};
    int code = problem_status(status);

    if (status->rc == STORE_REFUSED)
        problem_reply(request, code, status->sqlstate, status->words, NULL);
    else if (code == 503)
        problem_reply(request, code, NULL, "The database is out of reach. Try again.", soon);
    else
        problem_reply(request, code, NULL, "Something is wrong here; the log says what.", NULL);
}
