#!/bin/sh
# SPDX-License-Identifier: ISC
# size.sh KT-SHOW-PAGE - the field page fits into the first round trip of a slow line: 14 kB, compressed
# as nginx does it, even when every list is full and every text is noise.
set -eu
show=$1

for fixture in offered unproven restored planned blind largest gone; do
    for language in id en; do
        bytes=$("$show" "$fixture" "$language" | gzip -9 | wc -c)
        echo "$fixture $language: $bytes"
        [ "$bytes" -gt 500 ] || { echo "that is no page"; exit 1; }
        [ "$bytes" -le 14000 ] || { echo "more than 14000"; exit 1; }
    done
done
