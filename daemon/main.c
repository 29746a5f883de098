/* SPDX-License-Identifier: ISC */
/*
 * kentongand - the daemon. Reads its options and files, then hands over to the application
 * (daemon/app.h). With "--prober FD" it is the probing child, which the parent starts
 * (probes/prober.h).
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/check.h"
#include "probes/link_state.h"
#include "probes/prober.h"
#include "probes/profile_files.h"
#include "probes/rollup.h"

enum mode {
    MODE_RUN = 1,
    MODE_CHECK,
    MODE_PRINT_CONFIG,
    MODE_PRINT_STATES,
    MODE_VERSION,
    MODE_HELP
};

#define EXIT_USAGE 2

static const char usage[] =
    "usage: kentongand [-c FILE] [--check-config] [--print-config] [--print-states] [--version]\n"
    "\n"
    "Runs in the foreground and logs to stderr. Without -c the file is $KENTONGAN_CONFIG, else\n"
    "/etc/kentongan/kentongand.conf.\n"
    "\n"
    "  --check-config   read configuration, secrets and profiles, say what is wrong, end; warn of\n"
    "                   too few reference targets, which are in the database\n"
    "  --print-config   print the configuration with every default filled in, end\n"
    "  --print-states   print the link brain's state table, end\n";

static bool read_options(int argc, char **argv, enum mode *mode, const char **path)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check-config", no_argument, NULL, MODE_CHECK},
                                            {"print-config", no_argument, NULL, MODE_PRINT_CONFIG},
                                            {"print-states", no_argument, NULL, MODE_PRINT_STATES},
                                            {"version", no_argument, NULL, MODE_VERSION},
                                            {"help", no_argument, NULL, MODE_HELP},
                                            {NULL, 0, NULL, 0}};
    int option;

    *mode = MODE_RUN;
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        if (option == 'c')
            *path = optarg;
        else if (option == 'h')
            *mode = MODE_HELP;
        else if (option == '?')
            return false;
        else
            *mode = (enum mode)option;
    }
    return optind == argc;
}

static void print_states(void)
{
    struct text out = {0};

    link_state_print(&out);
    fputs(text_get(&out), stdout);
    text_free(&out);
}

/* NULL: complaints were printed. */
static struct config *read_config(const char *path)
{
    struct config *config = calloc(1, sizeof *config);
    struct text complaints = {0};

    if (config == NULL)
        abort();
    if (!config_load(path, config, &complaints)) {
        fputs(text_get(&complaints), stderr);
        free(config);
        config = NULL;
    }
    text_free(&complaints);
    return config;
}

static struct secrets *read_secrets(const struct config *config)
{
    struct text complaints = {0};
    struct secrets *secrets = secrets_load(config->secrets_file, &complaints);

    if (secrets == NULL)
        fputs(text_get(&complaints), stderr);
    text_free(&complaints);
    return secrets;
}

/* Complaints were printed on false. */
static bool profiles_are_good(const struct config *config)
{
    struct text complaints = {0};
    struct profiles *profiles = profile_files_read(config->profiles_dir, NULL, &complaints);
    bool good = profiles != NULL;

    fputs(text_get(&complaints), stderr);
    profiles_free(profiles);
    text_free(&complaints);
    return good;
}

/* No mistake: without them it works, and is taken in when it is cut off itself. */
static void warn_of_references(const struct config *config, const struct secrets *secrets)
{
    struct text warnings = {0};

    check_references(config, secrets, &warnings);
    fputs(text_get(&warnings), stderr);
    text_free(&warnings);
}

static int print_config(const struct config *config)
{
    struct text out = {0};

    config_print(config, &out);
    fputs(text_get(&out), stdout);
    text_free(&out);
    return EXIT_SUCCESS;
}

static int run(struct config *config, struct secrets *secrets)
{
    struct err err;
    struct app *app;
    int code;

    signal(SIGPIPE, SIG_IGN);
    umask(0077);
    prctl(PR_SET_DUMPABLE, 0); /* a core dump would hold secrets */
    if (geteuid() == 0)
        log_warn("daemon.runs_as_root", "remedy=\"run it as a user of its own\"");
    app = app_new(config, secrets, &err);
    if (app == NULL) {
        log_error("daemon.not_started", "reason=\"%s\"", err.text);
        return EXIT_FAILURE;
    }
    code = app_run(app);
    app_free(app);
    return code;
}

static int with_config(enum mode mode, const char *path)
{
    struct config *config = read_config(path);
    struct secrets *secrets;
    int code = EXIT_SUCCESS;

    if (config == NULL)
        return EXIT_FAILURE;
    if (mode == MODE_PRINT_CONFIG) {
        code = print_config(config);
        free(config);
        return code;
    }
    secrets = read_secrets(config);
    if (mode == MODE_CHECK && !profiles_are_good(config))
        code = EXIT_FAILURE;
    if (secrets != NULL && mode == MODE_RUN)
        return run(config, secrets);
    if (secrets == NULL)
        code = EXIT_FAILURE;
    if (secrets != NULL)
        warn_of_references(config, secrets);
    if (code == EXIT_SUCCESS)
        printf("%s: ok\n", config->file);
    secrets_free(secrets);
    free(config);
    return code;
}

/* Parent and child alike; nobody but a test has it in the environment. */
static void take_test_slot(void)
{
    const char *said = getenv(ROLLUP_SLOT_ENV);
    int64_t seconds;

    if (said != NULL && text_i64(said, 1, ROLLUP_SLOT_S, &seconds))
        rollup_set_slot_s(seconds);
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    enum mode mode;

    take_test_slot();
    if (prober_child_asked(argc, argv))
        return prober_child_main(argc, argv);
    if (!read_options(argc, argv, &mode, &path)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    switch (mode) {
    case MODE_VERSION:
        puts("kentongand " KT_VERSION);
        return EXIT_SUCCESS;
    case MODE_HELP:
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    case MODE_PRINT_STATES:
        print_states();
        return EXIT_SUCCESS;
    case MODE_RUN:
    case MODE_CHECK:
    case MODE_PRINT_CONFIG:
        break;
    }
    return with_config(mode, config_path(path));
}
