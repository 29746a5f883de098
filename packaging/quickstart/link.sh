#!/bin/sh
# SPDX-License-Identifier: ISC
# link.sh DIR - the newest link that a contractor of the demo in DIR was sent, as his receiver has it.
set -eu

dir=${1:?which demo? usage: link.sh DIR}
link=$(sed -n 's/.*\\"action_url\\":\\"\([^"\\]*\)\\".*/\1/p' "$dir/log/webhooks.jsonl" | tail -n 1)
if [ -z "$link" ]; then
    echo "link.sh: no contractor was sent a link yet: cut a village, then wait half a minute" >&2
    exit 1
fi
echo "$link"
