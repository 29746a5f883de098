#!/bin/sh
# SPDX-License-Identifier: ISC
# keep.sh - takes into the corpora what runs have found: of all inputs those that together reach all that was reached.
#
#   tests/fuzz/keep.sh [NAME...]    without names all
#
# Inputs of more than a KiB stay outside: every test run goes through the corpora.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"
[ $# -gt 0 ] || set -- build/fuzz/found/*

for name; do
    name=${name##*/}
    corpus=tests/fuzz/corpus/$name
    found=build/fuzz/found/$name
    mkdir -p "$corpus" "$found"
    # what has a name of its own stays; what libFuzzer named, by its hash, is chosen anew
    find "$corpus" -type f -name '????????????????????????????????????????' -exec mv -t "$found" {} +
    "build/fuzz/bin/fuzz_$name" -merge=1 -max_len=1024 "$corpus" "$found" >"build/fuzz/$name.log" 2>&1 ||
        { tail -n 40 "build/fuzz/$name.log"; exit 1; }
    echo "$name: $(find "$corpus" -type f | wc -l) inputs, $(du -sb "$corpus" | cut -f 1) bytes"
done
