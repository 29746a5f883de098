#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh BIN SOURCE WORK: the pages in a real browser, from a cut village to the month's report. Screenshots are left in
# WORK/pictures. Exit 77 (skipped) where there is no npm or no Chromium.
bin=$1
source=$2
work=$3

for need in npm node chromium jq; do
    command -v "$need" >/dev/null 2>&1 || {
        echo "skipped: $need is not installed; apt-get install npm chromium jq"
        exit 77
    }
done
# shellcheck source=tests/stage/stage.sh
. "$source/tests/stage/stage.sh"

mkdir -p "$work/pictures"
cp "$source/tests/browser/package.json" "$source/tests/browser/package-lock.json" "$source/tests/browser/walk.js" "$work/"
cd "$work"
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi

stage_begin
TOKEN_STAFF=$(token staff)
export TOKEN_STAFF
fleet cut 33.14.01.2003
LINK=$(action_url lawu 1)
export LINK
node walk.js "$url" "$bin/kentongan-fleet" "$scratch/fleet.sock" pictures
! grep -qF "${LINK##*/t/}" "$scratch/log" || { echo "the link's token is in the log"; exit 1; }
