#!/bin/sh
# SPDX-License-Identifier: ISC
# One place asks the system what time it is; whatever decides gets an instant, so a test owns time.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
c_calls 'time|gettimeofday|clock_gettime|clock|ftime|timespec_get|event_base_gettimeofday_cached|evutil_gettimeofday' \
    $(c_files | grep -vx 'daemon/base/clock.c') | complain 'ask daemon/base/clock.h'
finish
