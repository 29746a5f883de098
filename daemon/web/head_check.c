/* SPDX-License-Identifier: ISC */
#include "daemon/web/head_check.h"

#include <string.h>
#include <strings.h>

#define LINE_MAX_FIRST                                                                             \
    (HEAD_TARGET_MAX + 32) /* the longest method, two blanks, the version, CRLF */

static void refuse(struct head_check *head, int status, const char *why)
{
    if (head->verdict != HEAD_MORE)
        return; /* the first reason is the one that is told */
    head->verdict = HEAD_REFUSED;
    head->status = status;
    head->why = why;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* True when all bytes are letters, digits or of also, and there is at least one. */
static bool consists_of(const char *text, const char *also)
{
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++)
        if (!is_alnum(*text) && strchr(also, *text) == NULL)
            return false;
    return true;
}

static bool is_word(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, text) == 0)
            return true;
    return false;
}

/* ---- the request line ---- */

/* RFC 3986 §3.3 and §3.4: what a path or query may hold unencoded, and whole escapes. */
static bool is_target(const char *target)
{
    if (target[0] != '/')
        return false;
    for (const char *at = target; *at != '\0'; at++) {
        if (*at == '%' && (hex_value(at[1]) < 0 || hex_value(at[2]) < 0))
            return false;
        if (!is_alnum(*at) && strchr("%-._~!$&'()*+,;=:@/?", *at) == NULL)
            return false;
    }
    return true;
}

static bool is_plain(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes;) {
        uint32_t point;
        size_t step = text_utf8_step(text + i, bytes - i, &point);

        if (step == 0 || text_is_control(point))
            return false;
        i += step;
    }
    return true;
}

/*
 * In place. An encoded slash, backslash or control byte never reaches a route: nobody of ours makes
 * one, and whoever stands in front of us may read another path than we do. A slash that is merely
 * escaped is well formed and names nothing that is here (404: a link of which one bit has changed
 * looks like this too); the rest is no address at all (400).
 */
static void decode_path(struct head_check *head, char *path)
{
    char *out = path;
    bool slash = false;

    for (const char *in = path; *in != '\0'; in++) {
        int c = (unsigned char)*in;

        if (*in == '%') {
            c = hex_value(in[1]) * 16 + hex_value(in[2]);
            in += 2;
            slash = slash || c == '/' || c == '\\';
        }
        *out++ = (char)c;
    }
    *out = '\0';
    if (!is_plain(path, (size_t)(out - path)))
        refuse(head, 400, "The path holds what no path of ours does.");
    else if (slash)
        refuse(head, 404, "There is no such page.");
}

static void take_target(struct head_check *head, char *target)
{
    char *query = strchr(target, '?');

    if (strlen(target) > HEAD_TARGET_MAX) {
        refuse(head, 414, "The address is too long.");
        return;
    }
    if (!is_target(target)) {
        refuse(head, 400, "The address is not a path.");
        return;
    }
    if (query != NULL)
        *query++ = '\0';
    decode_path(head, target);
    head->path = target;
    head->query = query == NULL ? "" : query;
}

static void take_version(struct head_check *head, const char *version)
{
    if (strncmp(version, "HTTP/", 5) != 0 || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7]) || version[8] != '\0') {
        refuse(head, 400, "The request line has no version.");
        return;
    }
    if (version[5] != '1' || version[7] > '1')
        refuse(head, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    head->minor = version[7] - '0';
}

static void take_method(struct head_check *head, const char *method)
{
    static const char *const known[] = {"GET",    "HEAD",    "POST",  "PUT", "PATCH",
                                        "DELETE", "OPTIONS", "TRACE", NULL};

    if (!consists_of(method, ""))
        refuse(head, 400, "The request line has no method.");
    else if (!is_word(method, known))
        refuse(head, 501, "The method is not known.");
    head->method = method;
}

/* Exactly two blanks: strchr() finds the first, a third is refused as part of the version. */
static void take_request_line(struct head_check *head, char *line)
{
    char *target = strchr(line, ' ');
    char *version = target == NULL ? NULL : strchr(target + 1, ' ');

    head->has_first = true;
    if (version == NULL) {
        refuse(head, 400, "The request line has no three parts.");
        return;
    }
    *target++ = '\0';
    *version++ = '\0';
    take_version(head, version);
    take_method(head, line);
    take_target(head, target);
}

/* ---- fields ---- */

static void take_length(struct head_check *head, const char *value)
{
    size_t length = 0;

    if (*value == '\0')
        refuse(head, 400, "Content-Length is empty.");
    for (; *value != '\0'; value++) {
        if (!is_digit(*value)) {
            refuse(head, 400, "Content-Length is not a number.");
            return;
        }
        if (length <= HEAD_BODY_MAX)
            length = length * 10 + (size_t)(*value - '0');
    }
    head->body_left = length;
}

static bool is_token(const char *word, size_t bytes, const char *token)
{
    return bytes == strlen(token) && strncasecmp(word, token, bytes) == 0;
}

static void take_connection(struct head_check *head, const char *value)
{
    while (*value != '\0') {
        size_t bytes = strcspn(value, ", \t");

        head->asked_close |= is_token(value, bytes, "close");
        head->asked_keep |= is_token(value, bytes, "keep-alive");
        value += bytes;
        value += strspn(value, ", \t");
    }
}

static void take_meaning(struct head_check *head, const char *name, const char *value)
{
    if (strcasecmp(name, "content-length") == 0)
        take_length(head, value);
    else if (strcasecmp(name, "connection") == 0)
        take_connection(head, value);
    else if (strcasecmp(name, "host") == 0 && !consists_of(value, ".-_:[]"))
        refuse(head, 400, "Host is not a name or an address.");
}

/* Read twice, these would let two readers choose differently. */
static bool may_repeat(const char *name)
{
    static const char *const once[] = {"host",         "content-length", "transfer-encoding",
                                       "content-type", "authorization",  "expect"};

    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++)
        if (strcasecmp(once[i], name) == 0)
            return false;
    return true;
}

static char *trim(char *value)
{
    size_t bytes;

    value += strspn(value, " \t");
    bytes = strlen(value);
    while (bytes > 0 && (value[bytes - 1] == ' ' || value[bytes - 1] == '\t'))
        value[--bytes] = '\0';
    return value;
}

static void take_field(struct head_check *head, char *line)
{
    char *value = strchr(line, ':');

    if (line[0] == ' ' || line[0] == '\t' || value == NULL) {
        refuse(head, 400, "A header line is folded or has no colon.");
        return;
    }
    *value++ = '\0';
    value = trim(value);
    if (!consists_of(line, "!#$%&'*+-.^_`|~"))
        refuse(head, 400, "A header name holds what no name does.");
    else if (head->field_count == HEAD_FIELDS_MAX)
        refuse(head, 431, "There are too many headers.");
    else if (!may_repeat(line) && head_find(head, line) != NULL)
        refuse(head, 400, "A header that may be there once is there twice.");
    if (head->verdict != HEAD_MORE)
        return;
    head->fields[head->field_count++] = (struct head_field){
        .name = (uint16_t)(line - head->bytes), .value = (uint16_t)(value - head->bytes)};
    take_meaning(head, line, value);
}

/* ---- the end of the head: what only all fields together tell ---- */

static void check_coding(struct head_check *head, bool has_length)
{
    const char *coding = head_find(head, "transfer-encoding");

    if (coding == NULL)
        return;
    if (has_length || head->minor == 0)
        refuse(head, 400, "Transfer-Encoding has no place in this request.");
    else if (strcasecmp(coding, "chunked") == 0)
        refuse(head, 411, "Send the body with its Content-Length.");
    else
        refuse(head, 501, "This Transfer-Encoding is not known.");
}

static void check_body(struct head_check *head, bool has_length)
{
    static const char *const with_body[] = {"POST", "PUT", "PATCH", NULL};
    bool may_have_body = is_word(head->method, with_body);

    if (head->body_left > HEAD_BODY_MAX)
        refuse(head, 413, "The body is too large.");
    else if (may_have_body && !has_length)
        refuse(head, 411, "Send the body with its Content-Length.");
    else if (!may_have_body && head->body_left > 0)
        refuse(head, 400, "A request of this method has no body.");
}

static void check_expectation(struct head_check *head)
{
    const char *expect = head_find(head, "expect");

    if (expect == NULL)
        return;
    if (strcasecmp(expect, "100-continue") != 0)
        refuse(head, 417, "This expectation is not known.");
    head->expects_continue = head->minor >= 1 && head->body_left > 0; /* RFC 9110 §10.1.1 */
}

static void finish_head(struct head_check *head)
{
    bool has_length = head_find(head, "content-length") != NULL;

    if (head->minor >= 1 && head_find(head, "host") == NULL)
        refuse(head, 400, "Host is missing.");
    check_coding(head, has_length);
    check_body(head, has_length);
    check_expectation(head);
    if (head->verdict != HEAD_MORE)
        return;
    head->keep_alive = !head->asked_close && (head->minor >= 1 || head->asked_keep);
    head->has_head = true;
    if (head->body_left == 0)
        head->verdict = HEAD_WHOLE;
}

/* ---- bytes ---- */

static void take_line(struct head_check *head)
{
    char *line = head->bytes + head->line;

    head->bytes[head->used] = '\0'; /* where the CR stood */
    if (!head->has_first)
        take_request_line(head, line);
    else if (*line == '\0')
        finish_head(head);
    else
        take_field(head, line);
    head->used++;
    head->line = head->used;
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static void take_byte(struct head_check *head, char c)
{
    head->total++;
    if (head->has_cr) {
        head->has_cr = false;
        if (c == '\n')
            take_line(head);
        else
            refuse(head, 400, "A line ends in a lone CR.");
    } else if (head->total >= HEAD_BYTES_MAX) /* the last byte can only be the last LF */
        refuse(head, 431, "The head is too large.");
    else if (c == '\r')
        head->has_cr = true;
    else if (is_control(c))
        refuse(head, 400, "A control byte is in the head.");
    else if (!head->has_first && head->used == LINE_MAX_FIRST)
        refuse(head, 414, "The request line is too long.");
    else
        head->bytes[head->used++] = c;
}

static size_t take_body(struct head_check *head, const char *bytes, size_t count)
{
    size_t taken = count < head->body_left ? count : head->body_left;

    text_add_bytes(&head->body, bytes, taken);
    head->body_left -= taken;
    if (head->body_left == 0)
        head->verdict = HEAD_WHOLE;
    return taken;
}

void head_init(struct head_check *head)
{
    memset(head, 0, sizeof *head);
    head->verdict = HEAD_MORE;
    head->method = head->path = head->query = "";
    head->body.limit = HEAD_BODY_MAX;
}

size_t head_feed(struct head_check *head, const char *bytes, size_t count)
{
    size_t taken = 0;

    while (head->verdict == HEAD_MORE && taken < count) {
        if (head->has_head)
            taken += take_body(head, bytes + taken, count - taken);
        else
            take_byte(head, bytes[taken++]);
    }
    return taken;
}

const char *head_find(const struct head_check *head, const char *name)
{
    for (size_t i = 0; i < head->field_count; i++)
        if (strcasecmp(head->bytes + head->fields[i].name, name) == 0)
            return head->bytes + head->fields[i].value;
    return NULL;
}

const char *head_find_last(const struct head_check *head, const char *name)
{
    for (size_t i = head->field_count; i > 0; i--)
        if (strcasecmp(head->bytes + head->fields[i - 1].name, name) == 0)
            return head->bytes + head->fields[i - 1].value;
    return NULL;
}

void head_free(struct head_check *head)
{
    text_free(&head->body);
}
