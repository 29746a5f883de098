# SPDX-License-Identifier: ISC
# C without what is not code: comments become a blank, literals "" and ''. Lines stay where they are.
FNR == 1 { in_comment = 0; in_literal = 0 }
{
    line = $0
    out = ""
    while (line != "") {
        if (in_comment) {
            end = index(line, "*/")
            if (!end)
                break
            line = substr(line, end + 2)
            in_comment = 0
            out = out " "
            continue
        }
        if (!in_literal) {
            if (!match(line, /\/\*|\/\/|"|'/)) {
                out = out line
                break
            }
            out = out substr(line, 1, RSTART - 1)
            opener = substr(line, RSTART, RLENGTH)
            line = substr(line, RSTART + RLENGTH)
            if (opener == "//")
                break
            if (opener == "/*") {
                in_comment = 1
                continue
            }
            out = out opener opener
        }
        if (opener == "'")
            closed = match(line, /^([^'\\]|\\.)*'/)
        else
            closed = match(line, /^([^"\\]|\\.)*"/)
        # A literal runs into the next line only behind a backslash.
        in_literal = !closed && line ~ /\\$/
        line = closed ? substr(line, RLENGTH + 1) : ""
    }
    print FILENAME ":" FNR ":" out
}
