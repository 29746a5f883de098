/* SPDX-License-Identifier: ISC */
/*
 * cli - what all sub-commands of `kentongan` share: the options, the database, how to refuse.
 *
 * main.c fills it from the command line and frees it; a command reads it, prints what it has to say
 * into out (stdout, written once at the end) and returns an exit code. A refusal is one line on
 * stderr that says what is wrong and what to do. A command decides nothing about tickets: that is
 * SQL's.
 */
#ifndef KT_CLI_H
#define KT_CLI_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/json.h"
#include "daemon/base/text.h"
#include "daemon/config.h"
#include "sql/pg_args.h"
#include "sql/pg_sync.h"

enum cli_exit { CLI_DONE = 0, CLI_REFUSED = 1, CLI_USAGE = 2, CLI_UNREACHABLE = 3 };

/* Options, for the set that a command takes; --help, --version, -c, --json and --as are for all. */
enum cli_option {
    CLI_OPEN = 1 << 0,
    CLI_ALL = 1 << 1,
    CLI_SITE = 1 << 2,
    CLI_PARTY = 1 << 3,
    CLI_DRY_RUN = 1 << 4,
    CLI_CAUSE = 1 << 5,
    CLI_ACTION = 1 << 6,
    CLI_NOTE = 1 << 7,
    CLI_DEAD = 1 << 8,
    CLI_PORT = 1 << 9,
    CLI_CREDENTIAL = 1 << 10,
    CLI_SNMP = 1 << 11,
    CLI_DAYS = 1 << 12,
    CLI_LABEL = 1 << 13,
    CLI_BY = 1 << 14,
    CLI_FORMAT = 1 << 15,
    CLI_WALK = 1 << 16,
    CLI_FROM = 1 << 17,
    CLI_TO = 1 << 18,
    CLI_EVERY = 1 << 19,
    CLI_SINCE = 1 << 20,
    CLI_UNTIL = 1 << 21,
    CLI_REASON = 1 << 22,
    CLI_ONLY_SITE = 1 << 23,
};

struct cli {
    struct config config;
    bool json;
    const char *as;    /* --as PARTY; NULL: an operator of the own team */
    const char *actor; /* who the log names: the party, else the operator's user name */
    unsigned given;    /* options of the command that were given */
    unsigned empty;    /* those of them whose value is "" */
    const char *site, *party, *cause, *action, *note, *port, *credential, *snmp;
    const char *days, *label, *by, *format;
    const char *from, *to, *every, *since, *until, *reason;
    const char *verb; /* the last word of the command's name: "accept" */
    char **words;     /* the arguments behind the command's name, NULL at the end */
    int word_count;
    struct pg_sync *sync; /* opened by cli_ask() */
    struct text out;
};

/* "kentongan: SENTENCE" on stderr, made safe, as one line. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Lines as they are, made safe. */
void cli_say_lines(const char *lines);
/*
 * One statement, its answer as JSON. CLI_DONE: *answer is to be freed (NULL for SQL's null). Else
 * it was said why not. The answer's text, for --json, goes into raw unless that is NULL.
 */
enum cli_exit cli_ask(struct cli *cli, enum stmt stmt, const struct pg_args *args, struct text *raw,
                      struct js **answer);
/* CLI_REFUSED or CLI_UNREACHABLE, said with err's words. */
enum cli_exit cli_refuse(enum store_rc rc, const struct err *err);

enum cli_exit cmd_db_init(struct cli *cli);
enum cli_exit cmd_db_migrate(struct cli *cli);
enum cli_exit cmd_db_status(struct cli *cli);
enum cli_exit cmd_import(struct cli *cli);
enum cli_exit cmd_sites(struct cli *cli);
enum cli_exit cmd_site_show(struct cli *cli);
enum cli_exit cmd_tickets(struct cli *cli);
enum cli_exit cmd_ticket_show(struct cli *cli);
enum cli_exit cmd_ticket_act(struct cli *cli);
enum cli_exit cmd_ticket_link(struct cli *cli);
enum cli_exit cmd_outbox(struct cli *cli);
enum cli_exit cmd_maintenance_add(struct cli *cli);
enum cli_exit cmd_maintenance_list(struct cli *cli);
enum cli_exit cmd_maintenance_end(struct cli *cli);
enum cli_exit cmd_probe(struct cli *cli);
enum cli_exit cmd_profiles(struct cli *cli);
enum cli_exit cmd_profiles_show(struct cli *cli);
enum cli_exit cmd_report(struct cli *cli);
enum cli_exit cmd_token_add(struct cli *cli);
enum cli_exit cmd_token_list(struct cli *cli);
enum cli_exit cmd_token_revoke(struct cli *cli);
#endif
