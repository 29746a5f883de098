#!/bin/sh
# SPDX-License-Identifier: ISC
# Each source file, and what is written by hand beside them, says under which licence it is, in its first line or behind its "#!".
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # names of tracked files hold no blanks, toplevel.sh sees to it
set -- $(files | grep -E '\.(c|h|sh|awk|sql|cmake|py|js|mjs|css|scn|mustache|dict|allow|conf\.example)$|(^|/)CMakeLists\.txt$|^\.ci/run$|(^|/)\.(clang-format|editorconfig|gitignore)$')
[ $# -eq 0 ] || awk '
    FNR == 1 { if (file != "" && !said) print file ":1:"; file = FILENAME; said = 0 }
    FNR <= 2 && /SPDX-License-Identifier: ISC/ { said = 1 }
    END { if (file != "" && !said) print file ":1:" }
' "$@" | complain 'no SPDX-License-Identifier: ISC'
finish
