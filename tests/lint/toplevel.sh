#!/bin/sh
# SPDX-License-Identifier: ISC
# The top of the tree is a table of contents: what has to be there is, and nothing else. File names
# are plain, so that no script needs to quote them.
. "$(dirname "$0")/lib.sh"

files | sed 's|/.*||' | sort -u >"$scratch/top"
for name in CMakeLists.txt README.md daemon probes sql alerts tests packaging; do
    grep -qx "$name" "$scratch/top" || echo "$name:0: missing"
done | complain 'belongs to the top level'
grep -vxE '\..*|CMakeLists\.txt|CMakePresets\.json|(README|CONTRIBUTING|CHANGELOG|SECURITY)\.md|LICENSE|daemon|probes|sql|alerts|tests|packaging' "$scratch/top" |
    complain 'does not belong to the top level'
files | grep -vE '^[A-Za-z0-9._/+-]+$' | complain 'a file name of other than [A-Za-z0-9._+-]'
finish
