#!/bin/sh
# SPDX-License-Identifier: ISC
# Usage errors, a configuration that cannot be used, and a database from nothing to ready.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Wrong usage needs no database and no configuration.
KENTONGAN_CONFIG=/nonexistent/kt.conf
run 2
says_err 'usage: kentongan'
run 2 whocall 33.14
says_err 'kentongan: whocall: no such command'
run 2 ticket
says_err 'ticket: what of it?'
run 2 ticket decline 1
says_err 'ticket decline: no such command'
run 2 report
says_err 'an argument is missing'
run 2 tickets --nonsense
run 2 tickets extra
says_err 'one argument too many: extra'
run 2 site show
says_err 'an argument is missing'
run 2 sites --dead
says_err 'sites takes no --dead'
run 2 probe 127.0.0.1 --dead
run 2 ticket note 1
says_err 'ticket note: its TEXT or --note is missing'
run 2 ticket note 1 ''
says_err 'usage: kentongan [-c FILE] [--json] [--as PARTY] ticket note N TEXT'
run 2 ticket note 1 once --note twice
says_err 'ticket note: the note stands twice'
run 2 ticket claim 1
says_err 'ticket claim: --cause is missing'
run 2 ticket claim 1 --cause antenna
says_err 'ticket claim: --action is missing'
run 2 ticket claim 1 --cause '' --action none
says_err 'ticket claim N --cause CODE --action CODE'
run 2 outbox --dead=5
run 0 --version
says 'kentongan '
run 0 --help
says 'ticket claim N --cause CODE --action CODE'
run 0 ticket claim --help
says 'usage: kentongan [-c FILE] [--json] [--as PARTY] ticket claim N'

refused 1 '/nonexistent/kt.conf: No such file or directory: put it right' sites
refused 1 'or name another configuration with -c FILE' sites
refused 1 "$scratch: Is a directory" -c "$scratch" sites
export KENTONGAN_CONFIG="$scratch/kt.conf"
printf 'poll {\n interval = 30\n timeout = x\n}\n' >"$scratch/bad.conf"
run 1 -c "$scratch/bad.conf" sites
says_err "$scratch/bad.conf:2: poll.interval: a duration needs its unit"
says_err "$scratch/bad.conf:3: poll.timeout: not a duration"
says_err 'kentongan: put these right, or name another configuration with -c FILE'
printf 'poll {\n interval = 30\n}\n' >"$scratch/bad.conf"
refused 1 "$scratch/bad.conf:2: poll.interval: a duration needs its unit" -c "$scratch/bad.conf" sites

refused 3 'out of reach' sites
refused 3 'out of reach' db status
refused 3 'out of reach' db init
cluster_start
refused 3 'kentongan db init' sites

run 0 db init
run 0 db init
run 0 db migrate
run 0 db status
says 'functions and views: current'
run 0 db status --json
json '.version == .latest and .pending == [] and .functions == "current"'
[ "$(sql "select count(*) from pg_roles where rolname ~ '^kentongan_'")" = 4 ] || fail 'not four roles'

run 0 sites
says 'There are no sites yet'
run 0 sites --json
json '. == []'
run 0 --json outbox
json '. == []'
run 0 outbox
says 'Nothing waits.'
run 0 outbox --dead
says 'Nothing was given up.'

# A database that is there and is none of ours; one whose server went away.
sed 's/dbname=kentongan /dbname=postgres /' "$scratch/kt.conf" >"$scratch/other.conf"
run 1 -c "$scratch/other.conf" sites
sh "$source/tests/pg/cluster.sh" halt "$pg"
refused 3 'out of reach' tickets
