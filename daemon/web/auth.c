/* SPDX-License-Identifier: ISC */
#include "daemon/web/auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/web/api_token.h"
#include "daemon/web/digest.h"
#include "daemon/web/problem.h"
#include "daemon/web/world.h"
#include "sql/store_api.h"

#define KNOWN_MAX       256
#define KNOWN_MS        60000
#define CLIENTS_MAX     64
#define FAILURES_MOST   20   /* of a client in a row */
#define FORGIVEN_MS     3000 /* in which one of them is forgiven */
#define BASIC_MAX_BYTES 256

/* A token that was good. Behind its time the database is asked again, whatever its client's other
 * tokens were. */
struct known {
    char hash[API_TOKEN_HASH_MAX]; /* "": free */
    struct mono until;
    struct auth_who who;
};

struct client {
    char name[64];
    struct mono since; /* what failures were forgiven until */
    unsigned failures; /* tokens that the database did not know */
};

struct auth {
    struct loop *loop;
    struct known known[KNOWN_MAX];
    size_t known_next; /* the place that is overwritten next */
    struct client clients[CLIENTS_MAX];
    size_t client_next;
    struct log_gate gate;
};

/* A request whose token is being asked of the database. */
struct asking {
    struct web_world *world;
    struct web_request *request;
    unsigned roles;
    auth_go_fn *go;
    void *arg;
    char hash[API_TOKEN_HASH_MAX];
};

static const struct {
    enum auth_role role;
    const char *name;
} roles_by_name[] = {
    {AUTH_ADMIN, "admin"}, {AUTH_STAFF, "staff"}, {AUTH_AUDITOR, "auditor"}, {AUTH_PARTY, "party"}};

const char *auth_role_name(enum auth_role role)
{
    for (size_t i = 0; i < sizeof roles_by_name / sizeof roles_by_name[0]; i++)
        if (roles_by_name[i].role == role)
            return roles_by_name[i].name;
    return "";
}

const char *auth_party(const struct auth_who *who)
{
    return who->role == AUTH_PARTY ? who->party : NULL;
}

struct auth *auth_new(struct loop *loop)
{
    struct auth *auth = calloc(1, sizeof *auth);

    if (auth == NULL)
        abort();
    auth->loop = loop;
    return auth;
}

void auth_free(struct auth *auth)
{
    free(auth);
}

/* ---- clients that fail ---- */

static void forgive(struct client *client, struct mono now)
{
    int64_t forgiven = mono_diff_ms(now, client->since) / FORGIVEN_MS;

    client->since = mono_add_ms(client->since, forgiven * FORGIVEN_MS);
    client->failures = client->failures > forgiven ? client->failures - (unsigned)forgiven : 0;
}

static struct client *client_of(struct auth *auth, struct web_request *request)
{
    const char *name = web_client(request);
    struct mono now = loop_mono(auth->loop);
    struct client *client;

    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        client = &auth->clients[i];
        if (strncmp(client->name, name, sizeof client->name - 1) == 0) {
            forgive(client, now);
            return client;
        }
    }
    client = &auth->clients[auth->client_next++ % CLIENTS_MAX];
    *client = (struct client){.since = now};
    memccpy(client->name, name, '\0', sizeof client->name - 1);
    return client;
}

/*
 * Not against guessing, for 256 bits cannot be guessed: it bounds what strangers make the database
 * do. So only tokens count that it was asked in vain, and only for those that it never said yes to.
 */
static bool fails_too_often(struct auth *auth, struct web_request *request)
{
    return client_of(auth, request)->failures >= FAILURES_MOST;
}

static void refuse(struct web_world *world, struct web_request *request)
{
    static const struct web_header ask[] = {
        {"WWW-Authenticate", "Bearer realm=\"kentongan\""},
        {"WWW-Authenticate", "Basic realm=\"kentongan\", charset=\"UTF-8\""},
        {NULL, NULL}}; /* a line each: Chromium reads one scheme per line */
    struct auth *auth = world->auth;

    if (log_gate_pass(&auth->gate, loop_mono(auth->loop), 60 * US_PER_S)) {
        log_warn("auth.refused", "held=%u", auth->gate.held);
        auth->gate.held = 0;
    }
    problem_reply(request, 401, NULL,
                  "A token is needed: Authorization: Bearer TOKEN, or the token as the password. "
                  "`kentongan token add` makes one.",
                  ask);
}

/* ---- the token ---- */

/* The password of "user:password" in base64; RFC 7617. Only what can be a token has to be read. */
static bool read_basic(const char *text, char *token, size_t room)
{
    char url[BASIC_MAX_BYTES];
    char plain[BASIC_MAX_BYTES];
    size_t bytes = strcspn(text, "=");
    size_t count = sizeof plain - 1;
    const char *password;
    bool good;

    if (bytes >= sizeof url)
        return false;
    for (size_t i = 0; i < bytes; i++)
        url[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    url[bytes] = '\0';
    good = digest_base64url_read(url, plain, &count);
    if (good) {
        plain[count] = '\0';
        password = memchr(plain, ':', count);
        good = password != NULL && strlen(password + 1) < room;
        if (good)
            memcpy(token, password + 1, strlen(password + 1) + 1);
    }
    explicit_bzero(url, sizeof url);
    explicit_bzero(plain, sizeof plain);
    return good;
}

static bool read_token(struct web_request *request, char token[API_TOKEN_MAX])
{
    const char *header = web_header(request, "Authorization");

    if (header == NULL)
        return false;
    if (strncasecmp(header, "Bearer ", 7) == 0 && strlen(header + 7) < API_TOKEN_MAX) {
        memcpy(token, header + 7, strlen(header + 7) + 1);
        return true;
    }
    return strncasecmp(header, "Basic ", 6) == 0 && read_basic(header + 6, token, API_TOKEN_MAX);
}

static bool read_hash(struct web_request *request, char hash[API_TOKEN_HASH_MAX])
{
    char token[API_TOKEN_MAX];
    bool good = read_token(request, token) && api_token_hash(token, hash);

    explicit_bzero(token, sizeof token);
    return good;
}

static struct known *find_known(struct auth *auth, const char *hash)
{
    for (size_t i = 0; i < KNOWN_MAX; i++)
        if (strcmp(auth->known[i].hash, hash) == 0)
            return &auth->known[i];
    return NULL;
}

static bool read_who(const char *json, struct auth_who *who, int64_t *seconds)
{
    struct js *value = js_parse(json, strlen(json), NULL);
    const char *role = js_text(value, "role", "");

    *who = (struct auth_who){.token = js_i64(value, "id", 0)};
    *seconds = js_i64(value, "seconds", 0);
    for (size_t i = 0; i < sizeof roles_by_name / sizeof roles_by_name[0]; i++)
        if (strcmp(role, roles_by_name[i].name) == 0)
            who->role = roles_by_name[i].role;
    text_copy(who->party, sizeof who->party, js_text(value, "party", ""));
    js_free(value);
    return who->role != 0;
}

static void remember(struct auth *auth, const char *hash, const struct auth_who *who,
                     int64_t seconds)
{
    struct known *known = find_known(auth, hash);
    int64_t ms = seconds * 1000 < KNOWN_MS ? seconds * 1000 : KNOWN_MS;

    if (known == NULL)
        known = &auth->known[auth->known_next++ % KNOWN_MAX];
    *known = (struct known){.until = mono_add_ms(loop_mono(auth->loop), ms), .who = *who};
    memcpy(known->hash, hash, sizeof known->hash);
}

/* It is good for nothing, or not any more: from now on it is as unknown as any other. */
static void forget(struct auth *auth, const char *hash)
{
    struct known *known = find_known(auth, hash);

    if (known != NULL)
        *known = (struct known){0};
}

static void go_on(struct asking *asking, const struct auth_who *who)
{
    if ((asking->roles & who->role) == 0)
        problem_reply(asking->request, 403, NULL, "This token's role is not let in here.", NULL);
    else
        asking->go(asking->request, who, asking->arg);
}

static void on_checked(const struct store_status *status, const char *json, void *arg)
{
    struct asking *asking = arg;
    struct auth_who who;
    int64_t seconds;

    if (status->rc != STORE_OK) {
        problem_reply_store(asking->request, status);
    } else if (json == NULL || !read_who(json, &who, &seconds)) {
        forget(asking->world->auth, asking->hash);
        client_of(asking->world->auth, asking->request)->failures++;
        refuse(asking->world, asking->request);
    } else {
        remember(asking->world->auth, asking->hash, &who, seconds);
        go_on(asking, &who);
    }
    free(asking);
}

static void ask(const struct asking *asking)
{
    struct asking *kept = malloc(sizeof *kept);

    if (kept == NULL)
        abort();
    *kept = *asking;
    store_token_check(kept->world->read, kept->hash, loop_wall(kept->world->loop), on_checked,
                      kept);
}

void auth_require(struct web_request *request, struct web_world *world, unsigned roles,
                  auth_go_fn *go, void *arg)
{
    static const struct web_header later[] = {{"Retry-After", "3"}, {NULL, NULL}};
    struct asking asking = {
        .world = world, .request = request, .roles = roles, .go = go, .arg = arg};
    const struct known *known;

    if (!read_hash(request, asking.hash)) {
        refuse(world, request); /* costs the database nothing, so it does not count */
        return;
    }
    known = find_known(world->auth, asking.hash);
    if (known != NULL && known->until.us > loop_mono(world->loop).us) {
        struct auth_who who = known->who;

        go_on(&asking, &who);
    } else if (known == NULL && fails_too_often(world->auth, request)) {
        problem_reply(request, 429, NULL, "Too many tokens that are not known. Wait a little.",
                      later);
    } else {
        ask(&asking);
    }
}
