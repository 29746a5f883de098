#!/bin/sh
# SPDX-License-Identifier: ISC
# Planned work from its announcement to its end: what is announced is read back, what is refused says why.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cluster_start
run 0 db init
inventory "$scratch/inventory"
run 0 import "$scratch/inventory"
run 0 maintenance list
says 'No maintenance is on or to come.'

run 2 maintenance add 33.14.01 --reason 'a new antenna'
says_err '--to is missing'
run 2 maintenance add 33.14.01 --to 23:59
run 2 maintenance add --to 23:59 --reason x
run 2 maintenance end one
run 2 sites --only-site
refused 1 'There is no site 33.99' maintenance add 33.99 --to 23:59 --reason x
refused 1 '"soon" is no time for "to". Write it as 2026-11-24 22:00' maintenance add 33.14.01 --to soon --reason x
refused 1 '2020-01-01 10:00 is past' maintenance add 33.14.01 --from '2020-01-01 10:00' --to '2020-01-01 11:00' --reason x
refused 1 'longer than 31 days' maintenance add 33.14.01 --to "$(date -d '+40 days' '+%F %H:%M')" --reason x
refused 1 'Only the own team announces' --as cv-lintas maintenance add 33.14.01 --to 23:59 --reason x
refused 1 '"senin" is no day of the week' maintenance add 33.14.01 --every senin --from 22:00 --to 23:30 --reason x
refused 1 'There is no maintenance 1.' maintenance end 1
run 0 maintenance list --all --json
json 'length == 0'

# Times are the district's (WIB, UTC+7), whatever the machine's are; the outage is reported as the daemon would.
begin=$(TZ=Asia/Jakarta date -d '+1 day' +%F)
run 0 maintenance add 33.14.01 --from "$begin 22:00" --to 00:30 --reason "$(printf 'a new \033[2Jantenna')"
says 'Maintenance 1: 33.14.01 Kalijambe and 2 behind it,'
says "$begin 22:00 WIB to $(TZ=Asia/Jakarta date -d '+2 days' +%F) 00:30 WIB."
run 0 --as it maintenance add 33.14.01.2003 --to "$(TZ=Asia/Jakarta date -d '+2 hours' '+%F %H:%M')" --only-site --reason router
says 'Maintenance 2: 33.14.01.2003 Karangjati alone,'
day=$(TZ=Asia/Jakarta LC_ALL=C date -d '+3 days' +%a | tr '[:upper:]' '[:lower:]')
run 0 maintenance add 33.14 --every "$day" --from 01:00 --to 02:00 --until "$(date -d '+30 days' +%F)" --reason backup --json
json '.id == 3 and (.every | length) == 1 and .from == "01:00" and .zone == "Asia/Jakarta" and .sites == 4 and .state == "coming"'
run 0 maintenance list
grep -q '^ID  STATE  *SITE  *FROM  *UNTIL  *EVERY  *BY  *REASON$' "$out" || fail 'no titles'
grep -qE "^ 1  coming  33\.14\.01 Kalijambe and 2 behind it  *$begin 22:00 WIB .* -  .*a new \\\\x1b\[2Jantenna\$" "$out" || fail 'not the line of the first'
grep -qE '^ 2  on  *33\.14\.01\.2003 Karangjati alone .* it  *router$' "$out" || fail 'not the line of the second'
grep -qE "^ 3  coming  33\.14 Sragen and 3 behind it .* $day 01:00-02:00 .* backup\$" "$out" || fail 'not the line of the third'
run 0 maintenance list --site 33.14.01.2004 --json
json '[.[].id] | sort == [1, 3]'

run 0 sites
grep -qE '^33\.14\.01\.2003 .* unknown, maintenance until 20[^ ]+ [0-9:]+ WIB ' "$out" || fail 'the list does not show who is in maintenance'
! grep -q '^33\.14\.01\.2004 .* maintenance' "$out" || fail 'the list shows one that is not'
run 0 site show 33.14.01.2003
grep -qE '^in work  *until 20.* WIB \(2 at 33\.14\.01\.2003 by it: router\)$' "$out" || fail 'no maintenance now'
grep -qE "^next work  *$begin 22:00 WIB until .* \(1 at 33\.14\.01 by [^:]+: a new" "$out" || fail 'no maintenance next'
run 0 site show 33.14
! grep -q '^in work' "$out" || fail 'the core is in no maintenance'

# The daemon's reports: the village is in maintenance now, so no ticket opens; when its window is ended it does.
run 0 tickets --all
[ "$(sql "select outcome from kentongan.fault_report('33.14.01.2003', '33.14.01.2003', null, now() - interval '1 s',
     now(), null, '{}', now())")" = recorded ] || fail 'a ticket was opened in planned work'
run 0 maintenance end 2 --reason 'done early'
says 'Maintenance 2 is over. What is silent still gets its ticket.'
refused 1 'was ended by' maintenance end 2
[ "$(sql 'select kentongan.maintenance_run(now())')" = 1 ] || fail 'no ticket after the end'
run 0 ticket show 1
says 'It began in planned work and goes beyond it.'
run 0 maintenance list
! grep -q ' router$' "$out" || fail 'what is over is listed'
run 0 maintenance list --all
grep -qE '^ 2  over  .* router$' "$out" || fail 'what is over is not listed with --all'
run 0 maintenance end 3 --json
json '.state == "over" and .ended != null'
run 0 maintenance list --all
