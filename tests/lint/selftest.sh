#!/bin/sh
# SPDX-License-Identifier: ISC
# selftest.sh LINT [CC NM]: a lint that cannot fail is worth nothing. planted/LINT.txt holds trees
# that it must refuse, saying certain words, and trees that it must accept:
#
#   == refused: what is planted        (or "== accepted: ...")
#   +++ probes/bad.c                   a file; each line of it follows behind "|", or behind "*9|"
#   |int x;                            when it is there nine times
#   !!! probes/bad.c:1:                words that the complaint must hold
#   without README.md                  a file of the clean tree that is missing
#   link curl                          for pure.sh: a library that the planted one links
#
# What is planted stands in a tree that is clean otherwise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lint=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

awk -v to="$scratch" -f "$here/plant.awk" "$here/planted/$lint.txt"

mkdir "$scratch/clean"
for folder in . daemon probes sql alerts tests packaging; do
    mkdir -p "$scratch/clean/$folder"
    echo '# SPDX-License-Identifier: ISC' >"$scratch/clean/$folder/CMakeLists.txt"
done
echo '# Kentongan' >"$scratch/clean/README.md"
cp "$here/../../.clang-format" "$here/../../.clang-tidy" "$scratch/clean/"

# grow CASE: the clean tree, around what is planted already.
grow() {
    cp -Rn "$scratch/clean/." "$1/tree/"
    [ ! -e "$1/gone" ] || while read -r file; do rm -r "$1/tree/$file"; done <"$1/gone"
    find "$1/tree" -name '*.c' | sed 's/^/source kt_planted_core /' >"$1/list"
    [ ! -e "$1/links" ] || sed 's/^/link kt_planted_core /' "$1/links" >>"$1/list"
}

# missed CASE: the words that should have been said and were not.
missed() {
    [ ! -e "$1/words" ] || while read -r words; do
        grep -qF -- "$words" "$1/said" || echo "$words"
    done <"$1/words"
}

bad=0
cases=0
for case in "$scratch"/case*; do
    title=$(cat "$case/title")
    cases=$((cases + 1))
    grow "$case"
    if [ $# -gt 0 ]; then
        set -- "$case/list" "$1" "$2"
    fi
    code=0
    sh "$here/$lint.sh" "$case/tree" "$@" >"$case/said" 2>&1 || code=$?
    if [ $# -gt 0 ]; then
        shift
    fi
    if [ "$code" -eq 77 ]; then
        cat "$case/said"
        exit 77
    fi
    case $title in
    refused:*) due=1 ;;
    *) due=0 ;;
    esac
    if [ "$code" -ne "$due" ] || [ -n "$(missed "$case")" ]; then
        bad=1
        echo "not $title: exit $code"
        missed "$case" | sed 's/^/    not said: /'
        sed 's/^/    said: /' "$case/said"
    fi
done
echo "$lint: $cases planted trees"
exit "$bad"
