/* SPDX-License-Identifier: ISC */
#include "sql/pg_call.h"

#include <stdlib.h>
#include <string.h>

enum store_rc pg_meaning(const char *sqlstate)
{
    /* Transaction rollback, insufficient resources, connection trouble, shutdown, time-outs, a
     * standby. */
    static const char *const again[] = {"080",   "40",    "53",    "57P",
                                        "57014", "55P03", "25006", "25P03"};

    if (strncmp(sqlstate, "KT", 2) == 0)
        return STORE_REFUSED;
    for (size_t n = 0; n < sizeof again / sizeof again[0]; n++)
        if (strncmp(sqlstate, again[n], strlen(again[n])) == 0)
            return STORE_UNREACHABLE;
    return STORE_BROKEN;
}

int pg_rows(const struct pg_answer *answer)
{
    return answer->rows == NULL ? 0 : PQntuples(answer->rows);
}

bool pg_is_null(const struct pg_answer *answer, int row, int column)
{
    return PQgetisnull(answer->rows, row, column) != 0;
}

const char *pg_text(const struct pg_answer *answer, int row, int column)
{
    return PQgetvalue(answer->rows, row, column);
}

int64_t pg_i64(const struct pg_answer *answer, int row, int column)
{
    return strtoll(pg_text(answer, row, column), NULL, 10);
}

double pg_real(const struct pg_answer *answer, int row, int column)
{
    return strtod(pg_text(answer, row, column), NULL);
}

bool pg_bool(const struct pg_answer *answer, int row, int column)
{
    return pg_text(answer, row, column)[0] == 't';
}

struct wall pg_wall(const struct pg_answer *answer, int row, int column)
{
    struct wall at = {0};

    if (!pg_is_null(answer, row, column) && !wall_parse(pg_text(answer, row, column), &at))
        at = (struct wall){0};
    return at;
}
