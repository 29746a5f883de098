#!/bin/sh
# SPDX-License-Identifier: ISC
# tidy.sh ROOT [BUILD]: clang-tidy has nothing to say about the product (.clang-tidy says what it
# looks for). BUILD holds the headers that the build makes.
. "$(dirname "$0")/lib.sh"
need clang-tidy

# The flags are its own: compile_commands.json has gcc's, some of which clang does not know.
# shellcheck disable=SC2046 # several flags
c_files | grep '\.c$' | grep -v '^tests/' | xargs -P 2 -I '{}' \
    clang-tidy --quiet '{}' -- -std=c11 -D_GNU_SOURCE '-DKT_VERSION="0"' -I. "-I${2:-.}" \
    $(pkg-config --cflags libpq 2>"$scratch/noise" | sed 's/-I/-isystem/g') \
    >"$scratch/tidy" 2>"$scratch/noise" || :
grep -E '(warning|error):' "$scratch/tidy" | sed "s|^$PWD/||" | sort -u | complain 'clang-tidy'
finish
