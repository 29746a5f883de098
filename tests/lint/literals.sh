#!/bin/sh
# SPDX-License-Identifier: ISC
# SQL is written down, not put together: what PQexec and its family send is a literal, or comes from
# the table that sql/embed.cmake makes of files, by stmt_text(). Log lines have a literal name and a
# literal format, so that each can be found by grep and no text from outside is read as a format.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(c_files | grep -v '^tests/')

grep -v '^#' "$here/literals.allow" >"$scratch/allowed"
c_calls 'PQexec|PQexecParams|PQsendQuery|PQsendQueryParams' "$@" |
    awk -F: 'NR == FNR { allowed[$1]; next } !($1 in allowed)' "$scratch/allowed" - |
    grep -vE ':PQ[A-Za-z]+\([^,]*, ?(""|stmt_text\()' | complain 'SQL that is not a literal'
c_calls 'PQprepare|PQsendPrepare' "$@" | grep -vE ':PQ[A-Za-z]+\([^,]*, ?[^,]*, ?(""|stmt_text\()' |
    complain 'neither a literal nor the text of a statement'

c_calls 'log_error|log_warn|log_info|log_debug|log_line' "$@" |
    grep -vE '^daemon/base/log\.[ch]:' |
    grep -vE ':log_(error|warn|info|debug|line)\( ?([^",]*, ?)?"" ?, ?""' |
    complain 'the name and the format of a log line are literals'
finish
