#!/bin/sh
# SPDX-License-Identifier: ISC
# What is known of kinds of devices: built in, from a folder, and wrong. Needs no database.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
daemon=$(dirname "$kentongan")/kentongand

run 0 profiles
cmp "$out" "$source/tests/profiles/list.golden" || fail 'not as in tests/profiles/list.golden'
run 0 profiles show ups-delta
says 'profile ups-delta'
says 'metric minutes_left'
run 0 profiles --json
json 'map(.tested | length > 0) | all'
json '.[] | select(.profile == "mikrotik") | .metrics | map(.metric) | contains(["signal", "uptime"])'
refused 1 'there is no profile nokia' profiles show nokia

mkdir "$scratch/profiles"
echo "profiles_dir = \"$scratch/profiles\"" >>"$scratch/kt.conf"
cat >"$scratch/profiles/mine.profile" <<'PROFILE'
profile mine
title A charger of our own
inherits generic
match 1.3.6.1.4.1.99999
metric volt
    oid 1.3.6.1.4.1.99999.1.0
    unit V
PROFILE
printf 'profile ups-delta\ntitle Our Delta\ninherits ups-rfc1628\n' >"$scratch/profiles/delta.profile"
echo 'no profile at all' >"$scratch/profiles/README"
run 0 profiles
says 'A charger of our own'
says 'Our Delta'
says_not 'Delta UPS'
run 0 profiles show mine
says 'metric if_oper'
# What is printed is a profile.
cp "$out" "$scratch/profiles/mine.profile"
run 0 profiles show mine
cmp "$out" "$scratch/profiles/mine.profile" || fail 'what is shown does not read back'

"$daemon" -c "$scratch/kt.conf" --check-config >"$out" 2>"$err" || fail 'a good folder is refused'
printf 'profile bad\nmetric volt\n    scale 0,1\n' >"$scratch/profiles/bad.profile"
run 1 profiles
says_err "$scratch/profiles/bad.profile:2: metric: volt has no oid"
says_err "$scratch/profiles/bad.profile:3: scale: 0,1: a scale is a decimal number"
if "$daemon" -c "$scratch/kt.conf" --check-config >"$out" 2>"$err"; then fail 'a wrong profile is taken'; fi
says_err "bad.profile:3: scale"
head -c 70000 /dev/zero | tr '\0' '#' >"$scratch/profiles/bad.profile"
run 1 profiles
says_err 'bad.profile: longer than'
rm "$scratch/profiles/bad.profile"
printf 'profile a\n\0' >"$scratch/profiles/bad.profile"
run 1 profiles
says_err 'bad.profile: is not plain text'
sed -i "s|^profiles_dir.*|profiles_dir = \"$scratch/nowhere\"|" "$scratch/kt.conf"
run 1 profiles
says_err "$scratch/nowhere: cannot be opened"
