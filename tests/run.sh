#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh - installs what the tests need, builds, and runs every test of tiers P and C.
#
#   tests/run.sh [--fast] [--skip-install] [-R REGEX]
#
#   --fast           tier P only, and no second build with clang
#   --skip-install   what is missing stays missing
#   -R REGEX         only tests whose name matches
#
# The last lines are CTest's summary; the exit code is 0 only when all passed. Builds lie in
# build/dev (gcc, ASan + UBSan; what is tested), build/clang (for its warnings) and build/fuzz, whose
# programs tier C runs for a minute each.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
PATH=$PATH:/usr/sbin:/sbin
export PATH
tiers='^(P|C)$'
fast=no
install=yes
match=.

usage() {
    sed -n '5,9s/^# \{0,1\}//p' "$root/tests/run.sh"
}
say() {
    printf '== %s\n' "$*"
}
die() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --fast)
        fast=yes
        tiers='^P$'
        ;;
    --skip-install) install=no ;;
    -R)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        match=$2
        shift
        ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done

packages() {
    sets='build run test'
    [ $fast = yes ] || sets="$sets more"
    # shellcheck disable=SC2086 # a list of words
    wanted=$(sh "$root/packaging/packages.sh" missing $sets | tr '\n' ' ')
    [ -n "$wanted" ] || return 0
    say "packages: $wanted"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    command -v ${as_root:-env} >/dev/null ||
        die "these packages are missing and only root can install them: apt-get install $wanted"
    # shellcheck disable=SC2086
    $as_root sh "$root/packaging/packages.sh" install $sets ||
        die "apt-get failed (see above); put it right and run this again, or add --skip-install"
}

# build PRESET: all of it.
build() {
    say "build/$1"
    cmake --preset "$1" >"$root/build/$1.configure.log" 2>&1 ||
        { cat "$root/build/$1.configure.log"; die "cmake --preset $1 failed (see above)"; }
    cmake --build --preset "$1" || die "the build in build/$1 failed (see above)"
}

cd "$root"
mkdir -p build
[ $install = no ] || packages
build dev
[ $fast = yes ] || build clang

say "tests"
# Two at a time on two cores: most of a test is waiting for a fact.
exec ctest --test-dir build/dev --output-on-failure --no-tests=error -j "$(nproc)" -L "$tiers" -R "$match"
