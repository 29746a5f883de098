/* SPDX-License-Identifier: ISC */
/*
 * kt-migrate - sql/migrate.h for test scripts: kt-migrate init|run|status CONNINFO [ADMIN_CONNINFO]
 *
 * Exit codes as those of the command line: 0, 1 refused, 2 usage, 3 out of reach.
 */
#include <stdio.h>
#include <string.h>

#include "sql/migrate.h"

int main(int argc, char **argv)
{
    const char *admin = argc > 3 ? argv[3] : "";
    struct text out = {0};
    struct err err = {0};
    enum store_rc rc;

    if (argc < 3 || argc > 4)
        return 2;
    if (strcmp(argv[1], "init") == 0)
        rc = migrate_init(admin, argv[2], &err);
    else if (strcmp(argv[1], "run") == 0)
        rc = migrate_run(admin, argv[2], &err);
    else if (strcmp(argv[1], "status") == 0)
        rc = migrate_status(argv[2], &out, &err);
    else
        return 2;
    if (rc == STORE_OK)
        printf("%s%s", text_get(&out), out.bytes > 0 ? "\n" : "");
    else
        fprintf(stderr, "kt-migrate: %s\n", err.text);
    text_free(&out);
    return rc == STORE_OK ? 0 : rc == STORE_UNREACHABLE ? 3 : 1;
}
