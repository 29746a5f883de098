#!/bin/sh
# SPDX-License-Identifier: ISC
# Includes start at the root and point down or sideways; adapters do not know each other; a foreign
# library has one home (headers.allow). tests/ may include anything, but from the root too.
. "$(dirname "$0")/lib.sh"

# "path:line:header", quotes or angle brackets kept.
# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(c_files)
[ $# -eq 0 ] || awk '/^[ \t]*#[ \t]*include[ \t]*["<]/ && match($0, /["<][^">]*[">]/) {
    print FILENAME ":" FNR ":" substr($0, RSTART, RLENGTH)
}' "$@" >"$scratch/includes"

grep '"' "$scratch/includes" | grep -vE ':"(daemon|probes|sql|alerts|tests)/[a-z]' |
    complain 'include from the root: "daemon/base/err.h"'
grep -E ':"[^"]*\.\.' "$scratch/includes" | complain 'include from the root'

# allow_only FOLDER HEADERS: each of our includes in FOLDER that HEADERS, a regex, does not allow.
allow_only() {
    grep -E "^$1/" "$scratch/includes" | grep '"' | grep -vE ":\"$2/" || :
}
allow_only daemon/base 'daemon/base' | complain 'the base knows nobody above it'
allow_only probes '(daemon/base|probes)' | complain 'an adapter sees itself and the base'
allow_only sql '(daemon/base|sql)' | complain 'an adapter sees itself and the base'
allow_only alerts '(daemon/base|alerts)' | complain 'an adapter sees itself and the base'
allow_only daemon '(daemon|probes|sql|alerts)' | complain 'the product does not know its tests'

# at_home PATH HEADER: does the first line for this header allow this path?
at_home() {
    while read -r pattern homes; do
        case $pattern in
        '' | \#*) continue ;;
        esac
        # shellcheck disable=SC2254 # patterns they are
        case $2 in
        $pattern) ;;
        *) continue ;;
        esac
        set -f # the homes are patterns for paths, not for what lies here
        # shellcheck disable=SC2086 # words
        set -- "$1" "$2" $homes
        set +f
        is_one_of "$@"
        return
    done <"$here/headers.allow"
    return 1
}

# is_one_of PATH HEADER HOME...
is_one_of() {
    path_sought=$1
    shift 2
    for home in "$@"; do
        # shellcheck disable=SC2254 # patterns they are
        case $path_sought in
        ${home#!}) [ "$home" = "${home#!}" ] && return ;;
        *) [ "$home" = "${home#!}" ] || return 0 ;;
        esac
    done
    return 1
}
grep '<' "$scratch/includes" | grep -v '^tests/' | while IFS=: read -r path line header; do
    bare=${header#<}
    at_home "$path" "${bare%>}" || echo "$path:$line:$header"
done | complain 'not its home, see tests/lint/headers.allow'
finish
