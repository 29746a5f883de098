#!/bin/sh
# SPDX-License-Identifier: ISC
# The monthly report as its readers get it: the golden month (tests/sql/golden/month) in every form.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
golden=$source/tests/sql/golden/month

cluster_start
run 0 db init
run 0 report 2024-09
says 'total'
psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d kentongan -f "$golden/data.sql" >"$out"

for by in kecamatan site party cause; do
    run 0 report 2024-09 --by "$by" --format csv
    diff -u "$golden/$by.csv" "$out" || fail "the CSV by $by is not what was computed by hand"
    # The JSON says the same, with the same keys in the same order; only its names are as they are.
    run 0 report 2024-09 --format json --by "$by"
    json ".schema == \"kentongan-report/1\" and .month == \"2024-09\" and .by == \"$by\""
    head -n 1 "$golden/$by.csv" >"$scratch/header"
    jq -r '.rows[0] | keys_unsorted | join(",")' "$out" | diff -u "$scratch/header" - ||
        fail 'the keys are not those of the CSV'
    jq -r '.rows[] | [.[]] | @csv' "$out" | tr -d '"' >"$scratch/json"
    tail -n +2 "$golden/$by.csv" | sed "s/,'@/,@/" | tr -d '"' | diff -u - "$scratch/json" ||
        fail "the JSON by $by is not the CSV"
done

run 0 report 2024-09
grep -qE '^GROUP  +N  OPEN  DETECT  ACCEPT  RESTORE  P50  +P90  +P95  CITIZEN  NETWORK  CONTRACT  +KNOWN$' "$out" || fail 'no titles'
grep -qE '^Kalijambe +6 +1 +48s +5m +2h 20m +2h +4h +4h +99\.04% +99\.18% +99\.04% +99\.58%$' "$out" || fail 'not the line of Kalijambe'
grep -qE '^- +1 +1 ' "$out" || fail 'no line for those without a kecamatan'
grep -qE '^total +12 +4 +45s +6m +3h 2m +2h +6h +12h +96\.89% +97\.32% +96\.06% +89\.72%$' "$out" || fail 'not the line of all'
says '2024-09-01 00:00 WIB to 2024-10-01 00:00 WIB.'
run 0 report 2024-09 --by party
grep -qE '^ct1 +CV Menara, "Jaya" +6 ' "$out" || fail 'no name of the party'
run 0 --json report 2024-09 --by cause
json '.by == "cause" and (.rows | length) == 12'
run 0 report 2024-09 --by cause
says 'The cause was guessed right 0 of 0 and reported right 0 of 1 (0 %);'
grep -qE '^link +1 +0 +0 +0 +1$' "$out" || fail 'not the line of what was proven'
run 0 report 2024-09 --by site
! grep -q 'guessed right' "$out" || fail 'the comparison is in a report by site'
run 0 report 2024-08 --format json
json '.rows[-1].n == 1 and .rows[-1].open == 3'
run 0 report 2199-12 --format json
json '.rows[-1].n == 0 and .rows[-1].open == 0 and .rows[-1].coverage == null'
json '.since == "2199-11-30T17:00:00.000000Z" and .until == .since'
run 0 report 2199-12
says 'The month has not begun: it begins at 2199-12-01 00:00 WIB.'
! grep -q ' to ' "$out" || fail 'a month that has not begun has a span'

# Wrong usage, with no word on stdout.
for month in 2024-9 2024-13 September "2024-09 "; do
    refused 2 'is no month' report "$month"
done
refused 2 'not village' report 2024-09 --by village
refused 2 'not pdf' report 2024-09 --format pdf
run 2 report
run 2 report 2024-09 2024-10
run 2 sites --by site
sh "$source/tests/pg/cluster.sh" halt "$pg"
refused 3 'is PostgreSQL running' report 2024-09
echo 'ok'
