# SPDX-License-Identifier: ISC
# From code.awk's lines, the calls of the functions in names, each with all its arguments on one line.
{
    split($0, part, ":")
    place = part[1] ":" part[2] ":"
    rest = substr($0, length(place) + 1)
    if (part[1] != file) {
        file = part[1]
        depth = 0
    }
    if (depth > 0)
        rest = take(" " rest)
    while (depth == 0 && match(rest, "(^|[^A-Za-z0-9_])(" names ")[ \t]*\\(")) {
        call = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        sub(/^[^A-Za-z0-9_]/, "", call)
        sub(/[ \t]*\($/, "(", call)
        start = place
        depth = 1
        rest = take(rest)
    }
}

# Adds to call until its parenthesis closes; returns what stands behind.
function take(line, i, c) {
    for (i = 1; i <= length(line) && depth > 0; i++) {
        c = substr(line, i, 1)
        depth += (c == "(") - (c == ")")
        call = call c
    }
    if (depth == 0) {
        gsub(/[ \t]+/, " ", call)
        print start call
    }
    return substr(line, i)
}
