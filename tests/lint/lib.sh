# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# What the lint scripts share. Each is called with the root of the tree, sources this, names what it
# refuses with complain, and ends with finish: exit 0 clean, 1 refused, 77 when its tool is missing.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:?usage: $0 ROOT}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/complaints"

# The files that belong to the project: what git tracks, or, in an unpacked archive, all there are.
files() {
    if [ -e .git ] && git ls-files >"$scratch/tracked" 2>"$scratch/git"; then
        while read -r file; do
            [ ! -f "$file" ] || echo "$file"
        done <"$scratch/tracked"
    else
        find . -name .git -prune -o -path ./build -prune -o -name node_modules -prune \
            -o -type f -print | sed 's|^\./||' | sort
    fi
}

c_files() {
    files | grep '\.[ch]$' || true
}

# All shell scripts, also those that only their first line shows to be one.
shell_files() {
    files | while read -r file; do
        case ${file##*/} in
        *.sh) echo "$file" ;;
        *.*) ;;
        *) if head -n 1 "$file" | grep -aqE '^#!.*/(env )?(ba|da)?sh'; then echo "$file"; fi ;;
        esac
    done
}

# "path:line:code" of the C files given, comments and the insides of literals blanked.
c_code() {
    [ $# -eq 0 ] || awk -f "$here/code.awk" "$@"
}

# c_calls NAMES FILES...: "path:line:name(arguments)", each call on one line. NAMES is a regex.
c_calls() {
    names=$1
    shift
    c_code "$@" | awk -v names="$names" -f "$here/calls.awk"
}

# Reads "path:line:..." from stdin and refuses each.
complain() {
    sed "s|\$|    <- $1|" >>"$scratch/complaints"
}

finish() {
    [ -s "$scratch/complaints" ] || exit 0
    cat "$scratch/complaints"
    exit 1
}

# need TOOL: the test counts as skipped where the tool is not installed.
need() {
    command -v "$1" >/dev/null && return
    echo "skipped: $1 is not installed"
    exit 77
}
