#!/bin/sh
# SPDX-License-Identifier: ISC
# Calls that overrun a buffer, hide an error, keep hidden state or start a shell; and waiting in
# tests for time to pass instead of for a fact.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(c_files)

c_calls 'strcpy|strcat|stpcpy|sprintf|vsprintf|gets' "$@" | complain 'not bounded: text_copy(), struct text'
c_calls 'strtok|gmtime|localtime|asctime|ctime|rand|srand|tmpnam|mktemp|tempnam' "$@" | complain 'hidden state'
# shellcheck disable=SC2046
c_calls 'atoi|atol|atoll|atof' $(c_files | grep -v '^tests/') | complain 'hides the error: text_i64()'
c_calls 'alloca|system|popen' "$@" | complain 'banned'

# shellcheck disable=SC2046
c_calls 'sleep|usleep|nanosleep|clock_nanosleep|thrd_sleep' $(c_files | grep '^tests/') |
    complain 'tests wait for facts, not for time'
for file in $(shell_files | grep -E '^(tests/|\.ci/)') $(files | grep -E '^tests/.*\.(py|js|mjs)$'); do
    grep -nHE '(^|[;&|(]|then|do|else)[[:space:]]*sleep[[:space:]]|time\.sleep\(' "$file" /dev/null || :
done | complain 'tests wait for facts, not for time'
finish
