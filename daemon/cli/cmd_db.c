/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/cli/cli.h"
#include "sql/migrate.h"

static enum cli_exit said(struct cli *cli, enum store_rc rc, const struct err *err,
                          const char *done)
{
    if (rc != STORE_OK)
        return cli_refuse(rc, err);
    text_addf(&cli->out, "%s\n", done);
    return CLI_DONE;
}

enum cli_exit cmd_db_init(struct cli *cli)
{
    struct err err = {0};
    enum store_rc rc =
        migrate_init(cli->config.database_admin, cli->config.database_conninfo, &err);

    return said(cli, rc, &err, "The database is ready.");
}

enum cli_exit cmd_db_migrate(struct cli *cli)
{
    struct err err = {0};
    enum store_rc rc = migrate_run(cli->config.database_admin, cli->config.database_conninfo, &err);

    return said(cli, rc, &err, "The schema is that of this version.");
}

static void print_status(const struct js *status, struct text *out)
{
    const struct js *pending = js_get(status, "pending");

    text_addf(out, "schema version %lld, this program's is %lld\n",
              (long long)js_i64(status, "version", 0), (long long)js_i64(status, "latest", 0));
    for (size_t i = 0; i < js_count(pending); i++)
        text_addf(out, "pending: %s\n", js_as_text(js_at(pending, i)));
    text_addf(out, "functions and views: %s\n", js_text(status, "functions", "unknown"));
    if (js_count(pending) > 0 || strcmp(js_text(status, "functions", ""), "changed") == 0)
        text_add(out, "bring it up to date with: kentongan db migrate\n");
}

enum cli_exit cmd_db_status(struct cli *cli)
{
    struct text raw = {0};
    struct err err = {0};
    enum store_rc rc = migrate_status(cli->config.database_conninfo, &raw, &err);
    struct js *status = rc == STORE_OK ? js_parse(text_get(&raw), raw.bytes, &err) : NULL;

    if (rc == STORE_OK && status == NULL)
        rc = STORE_BROKEN;
    if (rc == STORE_OK && cli->json)
        text_addf(&cli->out, "%s\n", text_get(&raw));
    else if (rc == STORE_OK)
        print_status(status, &cli->out);
    js_free(status);
    text_free(&raw);
    return rc == STORE_OK ? CLI_DONE : cli_refuse(rc, &err);
}
