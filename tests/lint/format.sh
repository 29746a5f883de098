#!/bin/sh
# SPDX-License-Identifier: ISC
# clang-format would change nothing.
. "$(dirname "$0")/lib.sh"
need clang-format

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(c_files)
[ $# -eq 0 ] || clang-format --dry-run -Werror "$@" 2>"$scratch/format" ||
    grep ': error:' "$scratch/format" | awk -F: '!seen[$1]++ { print $1 ":" $2 ":" }' | complain 'clang-format -i'
finish
