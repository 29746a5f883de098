/* SPDX-License-Identifier: ISC */
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"

struct command {
    const char *name; /* one word or two */
    int least, most;  /* arguments */
    unsigned options; /* set of enum cli_option */
    const char *usage;
    const char *help;
    enum cli_exit (*run)(struct cli *cli);
};

#define MANY 10000

/* clang-format off */
static const struct command commands[] = {
    {"db init", 0, 0, 0, "",
     "create roles, database and schema where they are missing", cmd_db_init},
    {"db migrate", 0, 0, 0, "",
     "bring the schema up to this version", cmd_db_migrate},
    {"db status", 0, 0, 0, "",
     "show the schema's version and what is pending", cmd_db_status},
    {"import", 1, MANY, CLI_DRY_RUN, "PATH... [--dry-run]",
     "check CSV files (or folders of them), show the difference, apply it in one transaction", cmd_import},
    {"sites", 0, 0, 0, "",
     "list the sites and what is believed of them", cmd_sites},
    {"site show", 1, 1, 0, "CODE",
     "one site: device, uplinks, state, open ticket, contract, last outages", cmd_site_show},
    {"tickets", 0, 0, CLI_OPEN | CLI_ALL | CLI_SITE | CLI_PARTY, "[--open|--all] [--site CODE] [--party PARTY]",
     "list tickets, the open ones unless --all", cmd_tickets},
    {"ticket show", 1, 1, 0, "N",
     "one ticket with its timeline and messages", cmd_ticket_show},
    {"ticket accept", 1, 1, CLI_NOTE, "N [--note TEXT]",
     "take it", cmd_ticket_act},
    {"ticket onsite", 1, 1, CLI_NOTE, "N [--note TEXT]",
     "say that somebody is there", cmd_ticket_act},
    {"ticket claim", 1, 1, CLI_CAUSE | CLI_ACTION | CLI_NOTE, "N --cause CODE --action CODE [--note TEXT]",
     "say that it is repaired", cmd_ticket_act},
    {"ticket close", 1, 1, CLI_CAUSE | CLI_ACTION | CLI_NOTE, "N [--cause CODE --action CODE] [--note TEXT]",
     "close it, with cause and action known", cmd_ticket_act},
    {"ticket cancel", 1, 1, CLI_NOTE, "N [--note TEXT]",
     "cancel it: a false alarm, a duplicate, planned work", cmd_ticket_act},
    {"ticket link", 1, 1, CLI_PARTY, "N [--party PARTY]",
     "print a new action link, good for 72 hours, for whose turn it is", cmd_ticket_link},
    {"ticket note", 1, 2, CLI_NOTE, "N TEXT",
     "write a note into its timeline", cmd_ticket_act},
    {"maintenance add", 1, 1, CLI_FROM | CLI_TO | CLI_EVERY | CLI_SINCE | CLI_UNTIL | CLI_REASON | CLI_ONLY_SITE,
     "CODE [--from TIME] --to TIME [--only-site] [--every mon,thu|daily [--since DAY] [--until DAY]] --reason TEXT",
     "announce planned work at a site and all behind it: no ticket opens in it; --from 22:00 --to 23:30 are hours with --every", cmd_maintenance_add},
    {"maintenance list", 0, 0, CLI_ALL | CLI_SITE, "[--all] [--site CODE]",
     "planned work that is on or to come, with --all what is over too; --site: that takes this one in", cmd_maintenance_list},
    {"maintenance end", 1, 1, CLI_REASON, "ID [--reason TEXT]",
     "end it now, or call it off: what is still silent then gets its ticket", cmd_maintenance_end},
    {"outbox", 0, 0, CLI_DEAD, "[--dead]",
     "what waits to be delivered, or what was given up, and why", cmd_outbox},
    {"report", 1, 1, CLI_BY | CLI_FORMAT, "MONTH [--by kecamatan|site|party|cause] [--format table|csv|json]",
     "resolution times and availability of a month (2026-11)", cmd_report},
    {"token add", 1, 1, CLI_PARTY | CLI_DAYS | CLI_LABEL, "ROLE [--party PARTY] [--days N] [--label TEXT]",
     "make a token for the API and the staff pages (admin, staff, auditor, party); it is shown once", cmd_token_add},
    {"token list", 0, 0, 0, "",
     "the tokens, without what is secret of them", cmd_token_list},
    {"token revoke", 1, 1, 0, "ID",
     "make a token good for nothing", cmd_token_revoke},
    {"profiles show", 1, 1, 0, "NAME",
     "one profile with all that it inherits, as it would be written", cmd_profiles_show},
    {"profiles", 0, 0, 0, "",
     "list what is known of kinds of devices: those built in and those of profiles_dir", cmd_profiles},
    {"probe", 1, 2, CLI_PORT | CLI_CREDENTIAL | CLI_SNMP | CLI_WALK,
     "ADDRESS [--port N] [--credential NAME] [--snmp 1|2c|3|none] [--walk [OID]]",
     "ask one device now, as the daemon would, and read it; --walk prints all that it has; without --credential by the community \"public\"", cmd_probe},
};

/* What a command cannot do without, so that it is wrong usage and needs no database to be told. */
static const struct {
    const char *command;
    unsigned options;
} needs[] = {
    {"ticket claim", CLI_CAUSE | CLI_ACTION},
    {"ticket note", CLI_NOTE},
    {"maintenance add", CLI_TO | CLI_REASON},
};

/* What getopt_long returns for them: the command options' bits begin at OPTION_BASE. */
enum { OPTION_JSON = 1000, OPTION_AS, OPTION_VERSION, OPTION_BASE = 2000 };

static const struct option options[] = {
    {"config",     required_argument, NULL, 'c'},
    {"help",       no_argument,       NULL, 'h'},
    {"version",    no_argument,       NULL, OPTION_VERSION},
    {"json",       no_argument,       NULL, OPTION_JSON},
    {"as",         required_argument, NULL, OPTION_AS},
    {"open",       no_argument,       NULL, OPTION_BASE + 0},
    {"all",        no_argument,       NULL, OPTION_BASE + 1},
    {"site",       required_argument, NULL, OPTION_BASE + 2},
    {"party",      required_argument, NULL, OPTION_BASE + 3},
    {"dry-run",    no_argument,       NULL, OPTION_BASE + 4},
    {"cause",      required_argument, NULL, OPTION_BASE + 5},
    {"action",     required_argument, NULL, OPTION_BASE + 6},
    {"note",       required_argument, NULL, OPTION_BASE + 7},
    {"dead",       no_argument,       NULL, OPTION_BASE + 8},
    {"port",       required_argument, NULL, OPTION_BASE + 9},
    {"credential", required_argument, NULL, OPTION_BASE + 10},
    {"snmp",       required_argument, NULL, OPTION_BASE + 11},
    {"days",       required_argument, NULL, OPTION_BASE + 12},
    {"label",      required_argument, NULL, OPTION_BASE + 13},
    {"by",         required_argument, NULL, OPTION_BASE + 14},
    {"format",     required_argument, NULL, OPTION_BASE + 15},
    {"walk",       no_argument,       NULL, OPTION_BASE + 16},
    {"from",       required_argument, NULL, OPTION_BASE + 17},
    {"to",         required_argument, NULL, OPTION_BASE + 18},
    {"every",      required_argument, NULL, OPTION_BASE + 19},
    {"since",      required_argument, NULL, OPTION_BASE + 20},
    {"until",      required_argument, NULL, OPTION_BASE + 21},
    {"reason",     required_argument, NULL, OPTION_BASE + 22},
    {"only-site",  no_argument,       NULL, OPTION_BASE + 23},
    {NULL, 0, NULL, 0},
};
/* clang-format on */

struct invocation {
    const char *config;
    bool help, version;
    int bad; /* an option that getopt_long did not understand */
};

static void print_usage(FILE *to)
{
    fputs("usage: kentongan [-c FILE] [--json] [--as PARTY] COMMAND\n\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(to, "  %s%s%s\n      %s\n", commands[i].name, *commands[i].usage != '\0' ? " " : "",
                commands[i].usage, commands[i].help);
    fputs("\n"
          "  -c FILE     configuration; else $KENTONGAN_CONFIG, else "
          "/etc/kentongan/kentongand.conf\n"
          "  --json      print the database's JSON instead of tables\n"
          "  --as PARTY  act as this party; else as an operator of the own team\n"
          "  --help, --version\n"
          "\n"
          "Exit: 0 done, 1 refused or failed, 2 wrong usage, 3 database out of reach.\n",
          to);
}

static void print_command_usage(const struct command *command, FILE *to)
{
    fprintf(to, "usage: kentongan [-c FILE] [--json] [--as PARTY] %s%s%s\n", command->name,
            *command->usage != '\0' ? " " : "", command->usage);
}

static void take_value(struct cli *cli, int bit)
{
    const char **const places[] = {
        [2] = &cli->site,   [3] = &cli->party,  [5] = &cli->cause,       [6] = &cli->action,
        [7] = &cli->note,   [9] = &cli->port,   [10] = &cli->credential, [11] = &cli->snmp,
        [12] = &cli->days,  [13] = &cli->label, [14] = &cli->by,         [15] = &cli->format,
        [17] = &cli->from,  [18] = &cli->to,    [19] = &cli->every,      [20] = &cli->since,
        [21] = &cli->until, [22] = &cli->reason};

    cli->given |= 1u << bit;
    if (optarg != NULL)
        *places[bit] = optarg;
    if (optarg != NULL && *optarg == '\0')
        cli->empty |= 1u << bit;
}

/* getopt_long() says itself what it does not understand. */
static void take_options(int argc, char **argv, struct cli *cli, struct invocation *invocation)
{
    int option;

    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        if (option == 'c')
            invocation->config = optarg;
        else if (option == 'h')
            invocation->help = true;
        else if (option == OPTION_VERSION)
            invocation->version = true;
        else if (option == OPTION_JSON)
            cli->json = true;
        else if (option == OPTION_AS)
            cli->as = optarg;
        else if (option >= OPTION_BASE)
            take_value(cli, option - OPTION_BASE);
        else
            invocation->bad = option;
    }
}

/* The command that the first one or two words name; *words: how many they are. */
static const struct command *find_command(char **words, int count, int *used)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *name = commands[i].name;
        const char *blank = strchr(name, ' ');
        size_t first = blank != NULL ? (size_t)(blank - name) : strlen(name);

        *used = blank != NULL ? 2 : 1;
        if (count >= *used && strncmp(words[0], name, first) == 0 && words[0][first] == '\0' &&
            (blank == NULL || strcmp(words[1], blank + 1) == 0))
            return &commands[i];
    }
    return NULL;
}

static const char *option_name(unsigned set)
{
    for (const struct option *option = options; option->name != NULL; option++)
        if (option->val >= OPTION_BASE && (set & 1u << (option->val - OPTION_BASE)) != 0)
            return option->name;
    return "";
}

/* The note of `ticket note N TEXT`; --note is the other spelling, not a second note. */
static bool take_note(struct cli *cli)
{
    bool twice = cli->note != NULL;

    if (cli->word_count < 2)
        return true;
    cli->note = cli->words[1];
    cli->given |= CLI_NOTE;
    if (*cli->note == '\0')
        cli->empty |= CLI_NOTE;
    return !twice;
}

static unsigned needs_of(const struct command *command)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (strcmp(needs[i].command, command->name) == 0)
            return needs[i].options;
    return 0;
}

static enum cli_exit wrong_usage(const struct command *command)
{
    print_command_usage(command, stderr);
    return CLI_USAGE;
}

static enum cli_exit check_usage(const struct command *command, struct cli *cli)
{
    unsigned foreign = cli->given & ~command->options;
    unsigned missing;

    if (foreign != 0) {
        cli_say("%s takes no --%s", command->name, option_name(foreign));
        return wrong_usage(command);
    }
    if (cli->word_count < command->least) {
        cli_say("%s: an argument is missing", command->name);
        return wrong_usage(command);
    }
    if (cli->word_count > command->most) {
        cli_say("%s: one argument too many: %s", command->name, cli->words[command->most]);
        return wrong_usage(command);
    }
    if (command->run == cmd_ticket_act && !take_note(cli)) {
        cli_say("%s: the note stands twice: as an argument and as --note", command->name);
        return wrong_usage(command);
    }
    missing = needs_of(command) & (~cli->given | cli->empty);
    if (missing != 0) {
        cli_say("%s: %s%s is missing", command->name, missing == CLI_NOTE ? "its TEXT or --" : "--",
                option_name(missing));
        return wrong_usage(command);
    }
    return CLI_DONE;
}

static enum cli_exit unknown_command(char **words, int count)
{
    bool known_first = false;

    if (count == 0) {
        print_usage(stderr);
        return CLI_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t length = strlen(words[0]);

        if (strncmp(commands[i].name, words[0], length) != 0 || commands[i].name[length] != ' ')
            continue;
        if (!known_first)
            cli_say(count > 1 ? "%s %s: no such command; there is:" : "%s: what of it? There is:",
                    words[0], count > 1 ? words[1] : "");
        known_first = true;
        fprintf(stderr, "  %s %s\n", commands[i].name, commands[i].usage);
    }
    if (!known_first)
        cli_say("%s: no such command; kentongan --help lists them", words[0]);
    return CLI_USAGE;
}

/* Who the log names. Whoever can run this as a user is that user; the name is not a proof. */
static const char *actor_name(const struct cli *cli)
{
    const struct passwd *user;

    if (cli->as != NULL)
        return cli->as;
    user = getpwuid(getuid());
    return user != NULL && *user->pw_name != '\0' ? user->pw_name : "operator";
}

/* One line as for every refusal; only several mistakes at once need more. */
static enum cli_exit refuse_config(const char *complaints)
{
    static const char advice[] = "right, or name another configuration with -c FILE";
    size_t first = strcspn(complaints, "\n");

    if (complaints[first] == '\0' || complaints[first + 1] == '\0') {
        cli_say("%.*s: put it %s", (int)first, complaints, advice);
        return CLI_REFUSED;
    }
    cli_say_lines(complaints);
    cli_say("put these %s", advice);
    return CLI_REFUSED;
}

static enum cli_exit run_command(const struct command *command, const char *config, struct cli *cli)
{
    struct text complaints = {0};
    enum cli_exit code;

    if (!config_load(config_path(config), &cli->config, &complaints)) {
        code = refuse_config(text_get(&complaints));
        text_free(&complaints);
        return code;
    }
    show_zone(cli->config.locale_timezone);
    cli->actor = actor_name(cli);
    code = command->run(cli);
    pg_sync_close(cli->sync);
    return code;
}

/* What was asked for is on its way out, or the caller hears that it is not. */
static enum cli_exit write_out(struct cli *cli, enum cli_exit code)
{
    size_t bytes = cli->out.bytes;
    bool written = fwrite(text_get(&cli->out), 1, bytes, stdout) == bytes && fflush(stdout) == 0;

    text_free(&cli->out);
    if (!written && code == CLI_DONE) {
        cli_say("cannot write the answer to standard output");
        return CLI_REFUSED;
    }
    return code;
}

int main(int argc, char **argv)
{
    struct invocation invocation = {0};
    struct cli cli = {0};
    const struct command *command;
    enum cli_exit code;
    int used = 0;

    take_options(argc, argv, &cli, &invocation);
    if (invocation.bad != 0) {
        fputs("kentongan --help lists commands and options\n", stderr);
        return CLI_USAGE;
    }
    if (invocation.version) {
        puts("kentongan " KT_VERSION);
        return CLI_DONE;
    }
    command = find_command(argv + optind, argc - optind, &used);
    if (invocation.help) {
        if (command != NULL)
            print_command_usage(command, stdout);
        else
            print_usage(stdout);
        return CLI_DONE;
    }
    if (command == NULL)
        return (int)unknown_command(argv + optind, argc - optind);
    cli.words = argv + optind + used;
    cli.word_count = argc - optind - used;
    cli.verb = argv[optind + used - 1];
    code = check_usage(command, &cli);
    if (code == CLI_DONE)
        code = run_command(command, invocation.config, &cli);
    return (int)write_out(&cli, code);
}
