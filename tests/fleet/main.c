/* SPDX-License-Identifier: ISC */
/*
 * kentongan-fleet: a district of routers in one process, for the demo and for tests.
 *
 * serve answers SNMP for every device of an inventory on 127/8 and writes down each change of who
 * can be heard; ctl tells a running fleet what breaks.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"
#include "tests/fleet/control.h"
#include "tests/fleet/port.h"
#include "tests/fleet/world.h"

struct options {
    const char *inventory;
    const char *control;
    const char *log;
};

struct fleet {
    struct world world;
    struct event_base *base;
    struct ports *ports;
    struct control *control;
    struct event *stops[2];
    FILE *log; /* NULL: nobody wants one */
};

static int usage(FILE *out, int code)
{
    fputs("usage: kentongan-fleet serve --inventory DIR --control SOCK [--log FILE]\n"
          "       kentongan-fleet ctl --control SOCK COMMAND\n"
          "commands: cut CODE...         its uplink is lost: silent, with all behind it\n"
          "          restore CODE...     takes the cut back\n"
          "          off CODE...         power lost: silent, with all behind it\n"
          "          on CODE...          power is back; its uptime starts again\n"
          "          loss CODE... PERCENT   of its own round trips; 0 ends it\n"
          "          delay CODE... MS       of its own replies; 0 ends it\n"
          "          list [all]          sites that are not plainly up, or all\n",
          out);
    return code;
}

static void diary(struct fleet *fleet, const char *what, const char *line)
{
    char at[WALL_TEXT_MAX];

    if (fleet->log == NULL)
        return;
    wall_format(wall_now(), at);
    fprintf(fleet->log, "%s %s%s\n", at, what, line);
    fflush(fleet->log);
}

static void fleet_on_command(const char *line, void *arg)
{
    if (strncmp(line, "list", 4) != 0)
        diary(arg, "command ", line);
}

static void fleet_on_change(const char *line, void *arg)
{
    diary(arg, "", line);
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
}

/* The control socket comes last: once it answers, the devices do. */
static bool fleet_open(struct fleet *fleet, const struct options *options, struct err *err)
{
    static const int signals[2] = {SIGTERM, SIGINT};

    if (!world_load(&fleet->world, options->inventory, mono_now(), err))
        return false;
    fleet->world.told = fleet_on_change;
    fleet->world.told_arg = fleet;
    if (options->log != NULL && (fleet->log = fopen(options->log, "ae")) == NULL)
        return err_set(err, "%s: %s", options->log, strerror(errno));
    fleet->base = event_base_new();
    if (fleet->base == NULL)
        return err_set(err, "no event loop: %s", strerror(errno));
    for (size_t i = 0; i < 2; i++) {
        fleet->stops[i] = evsignal_new(fleet->base, signals[i], on_stop, fleet->base);
        if (fleet->stops[i] == NULL || event_add(fleet->stops[i], NULL) < 0)
            return err_set(err, "cannot watch for signals");
    }
    fleet->ports = ports_new(fleet->base, &fleet->world, err);
    if (fleet->ports == NULL)
        return false;
    fleet->control =
        control_new(fleet->base, options->control, &fleet->world, fleet_on_command, fleet, err);
    return fleet->control != NULL;
}

static int serve(const struct options *options)
{
    struct fleet fleet = {0};
    struct err err = {0};
    bool opened;
    char words[64];

    signal(SIGPIPE, SIG_IGN); /* a ctl that left early is no reason to end */
    opened = fleet_open(&fleet, options, &err);
    if (opened) {
        snprintf(words, sizeof words, "serves %zu devices", fleet.world.device_count);
        diary(&fleet, "fleet ", words);
        fprintf(stderr, "kentongan-fleet: %s, control at %s\n", words, options->control);
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

int main(int argc, char **argv)
{
    static const struct option long_options[] = {{"inventory", required_argument, NULL, 'i'},
                                                 {"control", required_argument, NULL, 'c'},
                                                 {"log", required_argument, NULL, 'l'},
                                                 {"help", no_argument, NULL, 'h'},
                                                 {NULL, 0, NULL, 0}};
    struct options options = {0};
    int letter;

    /* "+": what follows the verb's options are a command's words, not options. */
    optind = argc > 1 && argv[1][0] != '-' ? 2 : 1;
    while ((letter = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
        if (letter == 'i')
            options.inventory = optarg;
        else if (letter == 'c')
            options.control = optarg;
        else if (letter == 'l')
            options.log = optarg;
        else
            return usage(letter == 'h' ? stdout : stderr, letter == 'h' ? 0 : 2);
    }
    if (argc > 1 && strcmp(argv[1], "serve") == 0 && options.inventory != NULL &&
        options.control != NULL && optind == argc)
        return serve(&options);
    if (argc > 1 && strcmp(argv[1], "ctl") == 0 && options.control != NULL && optind < argc)
        return ctl(&options, argv + optind);
    return usage(stderr, 2);
}
