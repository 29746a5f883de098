#!/bin/sh
# SPDX-License-Identifier: ISC
# No shell script gives shellcheck anything to say.
. "$(dirname "$0")/lib.sh"
need shellcheck

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(shell_files)
[ $# -eq 0 ] || shellcheck -x -P SCRIPTDIR --format=gcc "$@" >"$scratch/shell" ||
    complain 'shellcheck' <"$scratch/shell"
finish
