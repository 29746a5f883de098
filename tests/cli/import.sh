#!/bin/sh
# SPDX-License-Identifier: ISC
# An inventory: wrong (all listed, nothing applied), tried, applied, unchanged, changed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cluster_start
run 0 db init
good=$scratch/inventory
inventory "$good"

nothing_there() {
    [ "$(sql 'select (select count(*) from kentongan.site) + (select count(*) from kentongan.party)')" = 0 ] ||
        fail 'something was applied'
}

# What one field shows, in several files at once.
bad=$scratch/bad
inventory "$bad"
cat >"$bad/sites.csv" <<'CSV'
code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours
33.14;Sragen;core;;-7,38534;110.97414;;;
33.14.01;"Kali
jambe";relay;Kalijambe;;;33.14;;
33.14.01.2003;Karangjati;desa;Kalijambe;;;33.14.01;;
33.14.01.2003;Karangjati;village;Kalijambe;;;33.14.01;;
CSV
sed -i 's/,1161,2c,demo/,1161,4,nobody/; s/127.33.1.2/router.example/' "$bad/devices.csv"
run 1 import "$bad"
says_err "$bad/sites.csv:2: lat: write it with a decimal dot"
says_err "$bad/sites.csv:3: name: holds a line break"
says_err "$bad/sites.csv:5: kind: must be one of: village office relay core facility"
says_err "$bad/sites.csv:6: code: 33.14.01.2003 stands already on line 5"
says_err "$bad/devices.csv:2: snmp: must be one of: 1 2c 3 none"
says_err "$bad/devices.csv:2: credential: nobody is not in the secrets file"
says_err "$bad/devices.csv:3: address: not an IP address"
says_err 'kentongan: nothing was applied: 7 errors'
nothing_there

# What only the whole shows: SQL names the places.
inventory "$bad"
sed -i 's/;33\.14\.01;SRG-1;07:30-15:30$/;33.99;;/' "$bad/sites.csv"
sed -i 's/127\.33\.1\.2/127.33.1.1/' "$bad/devices.csv"
sed -i 's/^it,Dinas Kominfo,team/it,Dinas Kominfo,contractor/' "$bad/parties.csv"
sed -i 's/33\.14\.01\*/33.15*/' "$bad/contracts.csv"
run 1 import "$bad"
says_err "$bad/sites.csv:4: uplinks: there is no site 33.99"
says_err "$bad/devices.csv:3: address: 127.33.1.1 port 1161 is the address of"
says_err "$bad/parties.csv: kind: there is no own team"
says_err "$bad/contracts.csv:2: sites: no site matches 33.15*"
nothing_there
run 1 import "$bad" --json
json '.applied == false and (.errors | length) > 3 and .errors[0].line > 0'
nothing_there

# Both at once, in the order of files and lines: what a row names is judged though another field of it is wrong, and a
# row that is wrong still counts as there.
inventory "$bad"
cat >"$bad/sites.csv" <<'CSV'
code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours
33.14;Sragen;core;;-7.38534;110.97414;;;
33.14.01;Kalijambe;tower;Kalijambe;-7.43614;110.81379;33.14 33.97;SRG-1;
33.14.01.2003;Karangjati;village;Kalijambe;-7,44;110.82;33.99 33.14.01 33.99;SRG-1;07:30-15:30
33.14.01.2004;Jetis;village;Kalijambe;-7.45;110.83;33.14.01;SRG-1;8-15
CSV
sed -i '3s/^33.14.01.2003,/33.98,/; 2s/,1161,/,0,/; 3s/127.33.1.2/127.33.1.1/' "$bad/devices.csv"
sed -i 's/^it,Dinas Kominfo,team/it,Dinas Kominfo,teem/' "$bad/parties.csv"
echo 'hook-2,nobody,webhook,http://127.0.0.1:9/x,hook,,,33.96' >>"$bad/endpoints.csv"
echo 'hook-3,it,webhook,127.0.0.1:9/y,hook,hook-2,,' >>"$bad/endpoints.csv"
echo 'lain,,33.14.02* 33.14.01.2003' >>"$bad/contracts.csv"
cat >"$scratch/wanted" <<'TXT'
sites.csv:3: kind: must be one of: village office relay core facility
sites.csv:3: uplinks: there is no site 33.97, in the file or in the database
sites.csv:4: lat: write it with a decimal dot, as -7.38534
sites.csv:4: uplinks: 33.99 stands twice
sites.csv:4: uplinks: there is no site 33.99, in the file or in the database
sites.csv:5: service_hours: not hours such as 08:00-15:30
devices.csv:2: port: must be a whole number from 1 to 65535
devices.csv:3: site: there is no site 33.98, in the files or in the database
parties.csv:2: kind: must be one of: team technician contractor
endpoints.csv:4: party: there is no party nobody, in the files or in the database
endpoints.csv:4: site: there is no site 33.96, in the files or in the database
endpoints.csv:5: url: must begin with http:// or https://
contracts.csv:3: party: must not be empty
contracts.csv:3: sites: no site matches 33.14.02*, in the files or in the database
kentongan: nothing was applied: 14 errors; put them right and import again
TXT
run 1 import "$bad"
sed "s,^$bad/,," "$err" | diff "$scratch/wanted" - || fail 'not this list'
nothing_there
run 1 import "$bad" --json
json '.applied == false and .changes == [] and (.errors | length) == 14'
json '.errors[2] == {file: "sites.csv", line: 4, column: "lat", words: "write it with a decimal dot, as -7.38534"}'

# What stands in a row that cannot be read may be what another row names.
inventory "$bad"
sed -i 's/^33\.14\.01;Kalijambe;relay/33.14.01;relay/' "$bad/sites.csv"
sed -i '3s/,1161,/,x,/' "$bad/devices.csv"
run 1 import "$bad"
says_err "$bad/sites.csv:3: 8 fields where the header has 9"
says_err "$bad/devices.csv:3: port: must be a whole number"
says_err 'nothing was applied: 2 errors'

# Form, names and secrets.
inventory "$bad"
printf 'code;name;kind;uplinks;colour\n' >"$bad/sites.csv"
run 1 import "$bad/sites.csv"
says_err "$bad/sites.csv:1: colour: unknown column"
printf 'code;name;kind;uplinks\n33.14;"Sragen;core;\n' >"$bad/sites.csv"
run 1 import "$bad/sites.csv"
says_err "$bad/sites.csv:2: the quoted field that begins here never ends"
run 1 import "$good/sites.csv" "$bad/sites.csv"
says_err "$good/sites.csv was given already"
run 1 import "$scratch/nowhere"
says_err "$scratch/nowhere: No such file or directory"
touch "$scratch/places.csv" "$scratch/rota.csv"
run 1 import "$scratch/places.csv"
says_err 'an inventory file is told by its name'
run 1 import "$scratch/rota.csv"
says_err 'comes with a later version'
mkdir "$scratch/empty"
run 1 import "$scratch/empty"
says_err 'holds no inventory file'
chmod 0644 "$scratch/secrets"
run 1 import "$good"
says_err "chmod 0600 $scratch/secrets"
chmod 0600 "$scratch/secrets"
nothing_there
run 2 import

# Tried, applied, again.
cp "$scratch/rota.csv" "$scratch/places.csv" "$good/"
run 0 import "$good" --dry-run
says 'sites.csv      4 added, 0 changed, 0 unchanged'
says '  + 33.14.01.2003  Karangjati'
says 'Dry run: nothing was applied.'
says_err "$good/rota.csv is not read: it comes with a later version"
says_err "$good/places.csv is not read: no inventory file is called so"
nothing_there
rm "$good/rota.csv" "$good/places.csv"
run 0 import "$good"
says 'Applied.'
[ ! -s "$err" ] || fail 'something on stderr'
[ "$(sql 'select count(*) from kentongan.site')" = 4 ] || fail 'not four sites'
[ "$(sql "select address from kentongan.device where site = '33.14.01'")" = 127.33.1.1 ] || fail 'not the address'
run 0 import "$good"
says 'sites.csv      0 added, 0 changed, 4 unchanged'
says 'contracts.csv  0 added, 0 changed, 1 unchanged'
says 'Nothing changed.'

# One file by itself, in Excel's spelling; who did it is in the log.
printf '\357\273\277code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\r\n33.14.01.2003;Karang Jati;village;Kalijambe;-7.44;110.82;33.14.01;SRG-2;07:30-15:30\r\n' >"$scratch/sites.csv"
run 0 --as it import "$scratch/sites.csv"
says 'sites.csv      0 added, 1 changed, 0 unchanged'
says '  ~ 33.14.01.2003  feeder SRG-1 → SRG-2, name Karangjati → Karang Jati'
[ "$(sql 'select actor from kentongan.inventory_event order by id desc limit 1')" = it ] || fail 'not the actor'
run 0 import --json "$good"
json '.applied and (.changes | length) == 1 and .counts.sites == {"added": 0, "changed": 1, "unchanged": 3}'

run 0 site show 33.14.01.2003
says 'Karangjati (Kalijambe)'
says 'gw (gateway): 127.33.1.2 port 1161, SNMP 1, credential demo'
says 'lintas-2026 of cv-lintas (CV Lintas "Nusantara")'
says '33.14.01 Kalijambe, unknown'
run 0 site show 33.14.01 --json
json '.code == "33.14.01" and .behind == 2 and .devices[0].port == 1161'
refused 1 'There is no site 33.99' site show 33.99
run 0 sites
says 'CODE           NAME'
grep -q '^33\.14\.01\.2004  Jetis  ' "$out" || fail 'no line for Jetis'
