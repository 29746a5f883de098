#!/bin/sh
# SPDX-License-Identifier: ISC
# runs.sh KEYS PROGRAM ARGUMENT...: the benchmark ends well, and its last line is a JSON object in which each of the keys is
# a number. What it measured is not judged.
set -eu

keys=$1
shift
code=0
out=$("$@") || code=$?
printf '%s\n' "$out"
[ "$code" -eq 0 ] || exit "$code"
last=$(printf '%s\n' "$out" | tail -n 1)
for key in $keys; do
    printf '%s' "$last" | jq -e --arg key "$key" '.[$key] | type == "number"' >/dev/null || {
        echo "no number: $key"
        exit 1
    }
done
