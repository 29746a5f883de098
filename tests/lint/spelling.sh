#!/bin/sh
# SPDX-License-Identifier: ISC
# codespell finds no known misspelling; Indonesian words that it takes for one are in spelling.allow.
. "$(dirname "$0")/lib.sh"
need codespell

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(files | grep -E '\.(c|h|sh|awk|sql|cmake|md|conf|yaml|yml|css|html|js)$|(^|/)CMakeLists.txt$')
[ $# -eq 0 ] || codespell -q 3 -I "$here/spelling.allow" "$@" >"$scratch/spelling" ||
    complain 'codespell, or tests/lint/spelling.allow' <"$scratch/spelling"
finish
