#!/bin/sh
# SPDX-License-Identifier: ISC
# A source file longer than 600 lines is two files.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(files | grep -E '\.(c|h|sh|awk|sql|cmake|py|js|mjs|css)$|(^|/)CMakeLists\.txt$')
[ $# -eq 0 ] || wc -l "$@" | awk '$1 > 600 && $2 != "total" { print $2 ":" $1 ":" }' |
    complain 'longer than 600 lines'
finish
