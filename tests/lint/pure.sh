#!/bin/sh
# SPDX-License-Identifier: ISC
# pure.sh ROOT LIST CC NM: the *_core libraries only compute. LIST has "source TARGET FILE" and
# "link TARGET LIBRARY" lines, written by CMake. The sources are compiled once more, plainly, so that
# neither sanitizers nor hardening add names of their own; what they then need from outside must be in
# pure.allow, and what they include must be of the base, of their own folder, or pure as well.
. "$(dirname "$0")/lib.sh"
list=$2
cc=$3
nm=$4

awk '$1 == "source" { print $3 }' "$list" | sed "s|^$PWD/||" | sort -u >"$scratch/sources"
cp "$scratch/sources" "$scratch/todo"
if [ ! -s "$scratch/sources" ]; then
    echo "no *_core library in $list: nothing was looked at"
    exit 1
fi
awk '$1 == "link" && $3 !~ /^(kt_base|kt_[a-z]+_core|m)$/ { print $2 ":0: links " $3 }' "$list" |
    complain 'a pure library links the base and pure ones'

while read -r source; do
    object=$scratch/$(echo "$source" | tr / _).o
    "$cc" -std=c11 -O1 -D_GNU_SOURCE -U_FORTIFY_SOURCE -fno-stack-protector -fno-pie -w -I. \
        -MMD -MF "$object.d" -c "$source" -o "$object"
    "$nm" -u "$object" | awk -v source="$source" '{ print $NF, source }' >>"$scratch/needed"
    "$nm" --defined-only --extern-only "$object" | awk '{ print $NF }' >>"$scratch/allowed"
    sed 's/[ \\]/\n/g' "$object.d" | grep -E '^(daemon|probes|sql|alerts|tests)/.*\.h$' |
        while read -r header; do
            body=${header%.h}.c
            case $header in
            daemon/base/* | "${source%/*}"/*) ;;
            sql/* | tests/*) echo "$source:0: $header" ;;
            *) [ ! -f "$body" ] || grep -qxF "$body" "$scratch/sources" || echo "$source:0: $header" ;;
            esac
        done >>"$scratch/headers"
done <"$scratch/todo"
complain 'pure code includes the base and pure headers' <"$scratch/headers"

grep -v '^#' "$here/pure.allow" >>"$scratch/allowed"
awk 'NR == FNR { allowed[$1]; next } !($1 in allowed) { print $2 ":0: calls " $1 }' \
    "$scratch/allowed" "$scratch/needed" | complain 'not pure, see tests/lint/pure.allow'
finish
