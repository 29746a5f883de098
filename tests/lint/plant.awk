# SPDX-License-Identifier: ISC
# Unpacks planted/LINT.txt into to/caseNNN/: title, words, links, gone and tree/. Format: selftest.sh.
/^== (refused|accepted): / {
    dir = sprintf("%s/case%03d", to, ++count)
    system("mkdir -p " dir "/tree")
    print substr($0, 4) > (dir "/title")
    next
}
/^\+\+\+ / {
    file = dir "/tree/" $2
    folder = file
    sub(/\/[^\/]*$/, "", folder)
    system("mkdir -p '" folder "'")
    file = dir "/tree/" substr($0, 5)
    printf "" > file
    next
}
/^\|/ { print substr($0, 2) > file; next }
/^\*[0-9]+\|/ {
    text = $0
    sub(/^[^|]*\|/, "", text)
    for (times = substr($0, 2) + 0; times > 0; times--)
        print text > file
    next
}
/^!!! / { print substr($0, 5) > (dir "/words"); next }
/^link / { print $2 > (dir "/links"); next }
/^without / { print $2 > (dir "/gone"); next }
/^#/ || /^$/ { next }
{
    print FILENAME ":" FNR ": not understood: " $0
    exit 2
}
