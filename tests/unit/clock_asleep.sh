#!/bin/sh
# SPDX-License-Identifier: ISC
# clock_asleep.sh TEST_CLOCK - the tests of the clock as on a machine that has slept for an hour and a half: in a time
# namespace of its own, where CLOCK_BOOTTIME is so far ahead. Skipped where none may be made.
set -eu
enter='unshare --map-root-user --time --boottime 5400'
$enter true 2>/dev/null || {
    echo 'skipped: no time namespace may be made here'
    exit 77
}
exec $enter "$1"
