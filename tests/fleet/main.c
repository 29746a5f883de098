/* SPDX-License-Identifier: ISC */
/*
 * kentongan-fleet: a district of routers in one process, for the demo and for tests.
 *
 * serve answers SNMP for every device of an inventory, or for a million of nothing but a number, on
 * 127/8, and writes down each change of who can be heard; ctl tells a running fleet what breaks;
 * inventory writes a large district's files.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <sys/socket.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"
#include "tests/fleet/command.h"
#include "tests/fleet/control.h"
#include "tests/fleet/inventory.h"
#include "tests/fleet/port.h"
#include "tests/fleet/script.h"
#include "tests/fleet/usm.h"
#include "tests/fleet/world.h"

#define USERS_MOST 16

struct options {
    const char *inventory;
    const char *control;
    const char *log;
    const char *secrets;
    const char *script;
    const char *users[USERS_MOST];
    size_t user_count;
    int64_t count;
    int64_t port;
    const char *net;
    const char *snmp;
    const char *profile;
    int64_t sites;
    const char *dir;
    const char *credential;
};

struct fleet {
    struct event_base *base;
    struct world world;
    struct ports *ports;
    struct control *control;
    struct script *script;
    struct event *stops[2];
    FILE *log; /* NULL: nobody wants one */
};

static int usage(FILE *out, int code)
{
    fputs(
        "usage: kentongan-fleet serve --inventory DIR --control SOCK [--log FILE] [MORE]\n"
        "       kentongan-fleet serve --count N --net 127.1.0.0/16 [--port P] [--snmp 1|2c|3|any]\n"
        "                             [--profile NAME] [--control SOCK] [--log FILE] [MORE]\n"
        "       kentongan-fleet ctl --control SOCK COMMAND\n"
        "       kentongan-fleet inventory --sites N --dir DIR [--net 127.64.0.0/10] [--port P]\n"
        "                                 [--snmp 1|2c|3] [--credential NAME]\n"
        "MORE:  --secrets FILE    its SNMPv3 users answer on devices of snmp 3\n"
        "       --user 'user=NAME level=authPriv auth=SHA:PASS priv=AES:PASS'   one more of them\n"
        "       --script FILE     lines 'SECONDS COMMAND...', carried out as over the socket\n"
        "With --count it says 'port P' on its output when it serves; --port 0 takes a free one.\n",
        out);
    fputs(command_help, out);
    return code;
}

static void diary(struct fleet *fleet, const char *what, const char *line)
{
    char at[WALL_TEXT_MAX];

    if (fleet->log == NULL)
        return;
    wall_format(wall_now(), at);
    fprintf(fleet->log, "%s %s%s\n", at, what, line);
}

/* Each command is whole in the file before its asker hears that it is done. */
static void diary_keep(struct fleet *fleet)
{
    if (fleet->log != NULL)
        fflush(fleet->log);
}

static enum world_answer fleet_on_command(const char *line, struct text *out, struct err *err,
                                          void *arg)
{
    struct fleet *fleet = arg;
    enum world_answer answer;

    if (strncmp(line, "list", 4) != 0 && strncmp(line, "counters", 8) != 0)
        diary(fleet, "command ", line);
    answer = world_command(&fleet->world, line, mono_now(), out, err);
    diary_keep(fleet);
    return answer;
}

static void fleet_on_change(const char *line, void *arg)
{
    diary(arg, "", line);
}

static void fleet_on_script(const char *command, void *arg)
{
    struct text said = {0};
    struct err err = {0};

    if (fleet_on_command(command, &said, &err, arg) != WORLD_DONE)
        fprintf(stderr, "kentongan-fleet: script: %s: %s\n", command, err.text);
    text_free(&said);
}

static void on_stop(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    event_base_loopbreak(arg);
}

/* What was built, in reverse; tolerates what was not. */
static void fleet_close(struct fleet *fleet)
{
    struct usm *usm = fleet->world.usm;

    script_free(fleet->script);
    control_free(fleet->control);
    ports_free(fleet->ports);
    for (size_t i = 0; i < 2; i++)
        if (fleet->stops[i] != NULL)
            event_free(fleet->stops[i]);
    if (fleet->base != NULL)
        event_base_free(fleet->base);
    if (fleet->log != NULL)
        fclose(fleet->log);
    world_free(&fleet->world);
    usm_free(usm);
}

static bool speaks_of(const char *snmp, unsigned *speaks)
{
    static const struct {
        const char *name;
        unsigned speaks;
    } words[] = {{"1", AGENT_V1},
                 {"2c", AGENT_V1 | AGENT_V2C},
                 {"3", AGENT_V3},
                 {"any", AGENT_V1 | AGENT_V2C | AGENT_V3}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, snmp) == 0) {
            *speaks = words[i].speaks;
            return true;
        }
    return false;
}

/* Free on every address, so free on each of the net's; 0: none. */
static uint16_t free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &bytes) < 0)
        at.sin_port = 0;
    if (fd >= 0)
        close(fd);
    return ntohs(at.sin_port);
}

static bool world_open(struct world *world, const struct options *options, struct err *err)
{
    struct world_plan plan = {.net = options->net == NULL ? "127.1.0.0/16" : options->net,
                              .count = (size_t)options->count,
                              .port = (uint16_t)options->port,
                              .profile = mib_profile(options->profile)};

    if (options->inventory != NULL)
        return world_load(world, options->inventory, mono_now(), err);
    if (!speaks_of(options->snmp, &plan.speaks))
        return err_set(err, "--snmp is 1, 2c, 3 or any");
    if (plan.port == 0)
        plan.port = free_port();
    return world_make(world, &plan, mono_now(), err);
}

static bool users_open(struct world *world, const struct options *options, struct err *err)
{
    if (options->secrets == NULL && options->user_count == 0)
        return true;
    world->usm = usm_new();
    if (options->secrets != NULL && !usm_load(world->usm, options->secrets, err))
        return false;
    for (size_t i = 0; i < options->user_count; i++)
        if (!usm_add(world->usm, options->users[i], err))
            return false;
    return true;
}

static bool signals_open(struct fleet *fleet, struct err *err)
{
    static const int signals[2] = {SIGTERM, SIGINT};

    for (size_t i = 0; i < 2; i++) {
        fleet->stops[i] = evsignal_new(fleet->base, signals[i], on_stop, fleet->base);
        if (fleet->stops[i] == NULL || event_add(fleet->stops[i], NULL) < 0)
            return err_set(err, "cannot watch for signals");
    }
    return true;
}

/* The control socket comes last: once it answers, the devices do. */
static bool fleet_open(struct fleet *fleet, const struct options *options, struct err *err)
{
    if (!world_open(&fleet->world, options, err) || !users_open(&fleet->world, options, err))
        return false;
    fleet->world.told = fleet_on_change;
    fleet->world.told_arg = fleet;
    if (options->log != NULL && (fleet->log = fopen(options->log, "ae")) == NULL)
        return err_set(err, "%s: %s", options->log, strerror(errno));
    fleet->base = event_base_new();
    if (fleet->base == NULL)
        return err_set(err, "no event loop: %s", strerror(errno));
    if (!signals_open(fleet, err))
        return false;
    fleet->ports = ports_new(fleet->base, &fleet->world, err);
    if (fleet->ports == NULL)
        return false;
    if (options->script != NULL) {
        fleet->script = script_new(fleet->base, options->script, fleet_on_script, fleet, err);
        if (fleet->script == NULL)
            return false;
    }
    if (options->control == NULL)
        return true;
    fleet->control = control_new(fleet->base, options->control, fleet_on_command, fleet, err);
    return fleet->control != NULL;
}

static int serve(const struct options *options)
{
    static struct fleet fleet;
    struct err err = {0};
    bool opened;
    char words[64];

    signal(SIGPIPE, SIG_IGN); /* a ctl that left early is no reason to end */
    opened = fleet_open(&fleet, options, &err);
    if (opened) {
        snprintf(words, sizeof words, "serves %zu devices", fleet.world.device_count);
        diary(&fleet, "fleet ", words);
        diary_keep(&fleet);
        fprintf(stderr, "kentongan-fleet: %s, control at %s\n", words,
                options->control == NULL ? "no socket" : options->control);
        if (options->inventory == NULL) {
            printf("port %u\n", fleet.world.devices[0].port);
            fflush(stdout);
        }
        event_base_dispatch(fleet.base);
    } else {
        fprintf(stderr, "kentongan-fleet: %s\n", err.text);
    }
    fleet_close(&fleet);
    return opened ? 0 : 1;
}

static int ctl(const struct options *options, char **words)
{
    struct text command = {0};
    int code;

    for (; *words != NULL; words++)
        text_addf(&command, "%s%s", command.bytes > 0 ? " " : "", *words);
    if (strchr(text_get(&command), '\n') != NULL)
        code = usage(stderr, 2); /* one line is one command */
    else
        code = control_ask(options->control, text_get(&command));
    text_free(&command);
    return code;
}

static int inventory(const struct options *options)
{
    struct inventory_plan plan = {
        .sites = (size_t)options->sites,
        .net = options->net == NULL ? "127.64.0.0/10" : options->net,
        .port = (uint16_t)(options->port == 0 ? 1161 : options->port),
        .snmp = strcmp(options->snmp, "any") == 0 ? "2c" : options->snmp,
        .credential = options->credential,
    };
    struct err err;

    if (inventory_write(options->dir, &plan, &err))
        return 0;
    fprintf(stderr, "kentongan-fleet: %s\n", err.text);
    return 1;
}

/* Of the options that are numbers. False: it is none, or out of range. */
static bool read_number(struct options *options, int letter, const char *text)
{
    switch (letter) {
    case 'n':
        return text_i64(text, 1, INT32_MAX, &options->count);
    case 'p':
        return text_i64(text, 0, UINT16_MAX, &options->port);
    default:
        return text_i64(text, 1, INT32_MAX, &options->sites);
    }
}

static bool read_option(struct options *options, int letter, const char *text)
{
    static const char letters[] = "iclxtesogd";
    const char **places[] = {&options->inventory, &options->control, &options->log,
                             &options->secrets,   &options->script,  &options->net,
                             &options->snmp,      &options->profile, &options->credential,
                             &options->dir};
    const char *known = letter == 0 ? NULL : strchr(letters, letter);

    if (letter == 'n' || letter == 'p' || letter == 'a')
        return read_number(options, letter, text);
    if (letter == 'u') {
        if (options->user_count == USERS_MOST)
            return false;
        options->users[options->user_count++] = text;
        return true;
    }
    if (known == NULL)
        return false;
    *places[known - letters] = text;
    return true;
}

static int run(const struct options *options, const char *verb, char **words)
{
    if (strcmp(verb, "serve") == 0 && *words == NULL &&
        ((options->inventory != NULL && options->control != NULL && options->count == 0) ||
         (options->inventory == NULL && options->count > 0)))
        return serve(options);
    if (strcmp(verb, "ctl") == 0 && options->control != NULL && *words != NULL)
        return ctl(options, words);
    if (strcmp(verb, "inventory") == 0 && options->sites > 0 && options->dir != NULL &&
        *words == NULL)
        return inventory(options);
    return usage(stderr, 2);
}

int main(int argc, char **argv)
{
    static const struct option long_options[] = {{"inventory", required_argument, NULL, 'i'},
                                                 {"control", required_argument, NULL, 'c'},
                                                 {"log", required_argument, NULL, 'l'},
                                                 {"secrets", required_argument, NULL, 'x'},
                                                 {"script", required_argument, NULL, 't'},
                                                 {"user", required_argument, NULL, 'u'},
                                                 {"count", required_argument, NULL, 'n'},
                                                 {"net", required_argument, NULL, 'e'},
                                                 {"port", required_argument, NULL, 'p'},
                                                 {"snmp", required_argument, NULL, 's'},
                                                 {"profile", required_argument, NULL, 'o'},
                                                 {"sites", required_argument, NULL, 'a'},
                                                 {"dir", required_argument, NULL, 'd'},
                                                 {"credential", required_argument, NULL, 'g'},
                                                 {"help", no_argument, NULL, 'h'},
                                                 {NULL, 0, NULL, 0}};
    struct options options = {.snmp = "any", .profile = "routeros", .credential = "demo"};
    int letter;

    /* "+": what follows the verb's options are a command's words, not options. */
    optind = argc > 1 && argv[1][0] != '-' ? 2 : 1;
    while ((letter = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
        if (letter == 'h')
            return usage(stdout, 0);
        if (letter == '?' || !read_option(&options, letter, optarg))
            return usage(stderr, 2);
    }
    return argc > 1 ? run(&options, argv[1], argv + optind) : usage(stderr, 2);
}
