#!/bin/sh
# SPDX-License-Identifier: ISC
# No file knows the machine that it was written on: no home of somebody, no fixed name in a directory
# for all, nothing beside the repository.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(files | grep -v '^tests/lint/planted/')
[ $# -eq 0 ] || {
    grep -nHIE '(^|[^A-Za-z0-9_.{}$])/(work|root|Users)(/|[^A-Za-z0-9_/-]|$)|/home/[a-z]' "$@" || :
    grep -nHIE '(^|[^./])\.\./shared' "$@" || :
    grep -nHIE '/tmp/[A-Za-z0-9]' "$@" | grep -vE '/tmp/[A-Za-z0-9._-]*X{6}' || :
} | sort -u | complain 'a path of one machine'
finish
