#!/bin/sh
# SPDX-License-Identifier: ISC
# standardwebhooks.sh SIGN_SAMPLES SOURCE_DIR WORK_DIR: our signatures before a verifier that is not ours.
# Exit 77 (skipped) where there is no npm.
set -eu

sign_samples=$1
source=$2
work=$3

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
    echo "skipped: npm is not installed; apt-get install npm"
    exit 77
fi
mkdir -p "$work"
cp "$source/package.json" "$source/package-lock.json" "$source/verify.js" "$work/"
cd "$work"
# What is installed already fits the lock file as long as the copies are the same.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi
"$sign_samples" >samples.jsonl
node verify.js <samples.jsonl
