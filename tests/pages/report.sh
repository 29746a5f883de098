#!/bin/sh
# SPDX-License-Identifier: ISC
# report.sh KENTONGAN SOURCE KT_SHOW_REPORT - the page of the golden month says what its CSV says: each cell of its two tables
# against the words for the figure that was computed by hand.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
show=$3
golden=$source/tests/sql/golden/month

# The cells of the n-th table's rows, one row a line: name|cell|cell…
cells() {
    tr -d '\n' <"$2" | awk -v table="$1" 'BEGIN { RS = "<table>" } NR == table + 1' |
        sed -e 's/<tr/\n<tr/g' | sed -n -e '/<th scope="row">/!d' -e 's/<\/tr>.*//' -e 's/<small>[^<]*<\/small>//' -e 's/<th class="m[^>]*>[^<]*<\/th>//g' \
            -e 's/<td class="lost">.*//' -e 's/<\/th>/|/g' -e 's/<\/td>/|/g' -e 's/<[^>]*>//g' -e 's/\xc2\xa0/ /g' \
            -e 's/&quot;/"/g' -e "s/&#39;/'/g" -e 's/&amp;/\&/g' -e 's/|$//' -e 'p'
}

# The same of the CSV, in the page's English words. Names are compared by the other tests.
wanted() {
    sed -e 's/"[^"]*\(""[^"]*\)*"/NAME/' "$2" | awk -F, -v table="$1" '
        function words(s, d, h, m) {
            if (s == "") return "–"
            s = int(s); d = int(s / 86400); h = int(s / 3600) % 24; m = int(s / 60) % 60
            if (s < 60) return s " s"
            if (s < 600 && s % 60) return m " min " s % 60 " s"
            if (s < 3600) return m " min"
            if (s < 86400) return h " h" (m ? " " m " min" : "")
            return d " d" (h ? " " h " h" : "")
        }
        function share(x) { return x == "" ? "–" : sprintf("%.2f %%", int(int(x * 1000000 + 0.5) / 100) / 100) }
        NR > 1 {
            line = ""
            if (table == 1) { line = $3 "|" $4; for (i = 5; i <= 16; i++) line = line "|" words($i) }
            else for (i = 17; i <= 20; i++) line = line (i > 17 ? "|" : "") share($i)
            print line
        }'
}

cluster_start
run 0 db init
psql -X -q -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d kentongan -f "$golden/data.sql" >"$out"
for by in kecamatan site party cause; do
    run 0 report 2024-09 --by "$by" --format json
    for language in id en; do
        "$show" "$language" <"$out" >"$scratch/$by.$language.html" || fail "no page by $by"
    done
    for table in 1 2; do
        cells "$table" "$scratch/$by.en.html" | cut -d'|' -f2- >"$scratch/got"
        wanted "$table" "$golden/$by.csv" >"$scratch/want"
        [ "$(wc -l <"$scratch/want")" -ge 4 ] || fail 'nothing to compare'
        diff -u "$scratch/want" "$scratch/got" || fail "table $table of the page by $by is not what was computed by hand"
    done
    [ "$(cells 1 "$scratch/$by.id.html" | wc -l)" -eq "$(wc -l <"$scratch/want")" ] || fail 'rows are missing in Indonesian'
done
[ "$(cells 1 "$scratch/party.en.html" | cut -d'|' -f1 | tr '\n' '|')" = '@Sinyal|CV Menara, "Jaya"|District IT|Nobody|All|' ] ||
    fail 'not the names of the parties'
echo ok
