# SPDX-License-Identifier: ISC
# detector_plot.awk - two panels from detector_plot.sh's rows: time to detect against loss, and false alarms against time.
function text(x, y, words, more) {
    printf "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, more, words
}
function line(x1, y1, x2, y2, class) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class
}
function path(points, class) {
    printf "<polyline points=\"%s\" class=\"%s\"/>\n", points, class
}
function left_x(loss) { return 60 + loss / 0.3 * 300 }
function left_y(s) { return 300 - s / 70 * 260 }
function right_x(s) { return 450 + s / 130 * 320 }
# False alarms of a device in a year, by the decade from 0.001 to 1000; none seen lies on the floor.
function right_y(rate) { return 300 - (log(rate < 0.001 ? 0.001 : rate) / log(10) + 3) / 6.4 * 260 }
function dot(x, y, class) { printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" class=\"%s\"/>\n", x, y, class }

$1 == "loss" {
    ours50 = ours50 left_x($2) "," left_y($6) " "
    ours99 = ours99 left_x($2) "," left_y($7) " "
    usual = usual left_x($2) "," left_y($9) " "
}
$1 == "ours" || $1 == "usual" {
    key = $1 " " $2
    rate = $5 / $4
    points[key] = points[key] right_x($7) "," right_y(rate) " "
    marks[++count] = right_x($7) " " right_y(rate) " " $1 $2
}
END {
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 360\" font-family=\"sans-serif\" font-size=\"11\">"
    print "<style>line{stroke:#ccc}line.axis{stroke:#333}polyline{fill:none;stroke-width:2}.ours2,.ours5,.ours20,.o50,.o99{stroke:#06c}" \
        ".usual2,.usual5,.usual20,.u{stroke:#c30}.o50{stroke-dasharray:5 3}.ours5,.usual5{stroke-dasharray:6 3}.ours2,.usual2{stroke-dasharray:2 3}" \
        "circle.ours2,circle.ours5,circle.ours20{fill:#06c}circle.usual2,circle.usual5,circle.usual20{fill:#c30}circle{stroke:none}</style>"
    print "<rect width=\"800\" height=\"360\" fill=\"#fff\"/>"
    text(60, 20, "A cut is known after (s), by usual loss", "font-size=\"13\"")
    for (s = 0; s <= 70; s += 10) {line(60, left_y(s), 360, left_y(s)); text(52, left_y(s) + 4, s, "text-anchor=\"end\"")}
    for (p = 0; p <= 30; p += 10) text(left_x(p / 100), 316, p " %", "text-anchor=\"middle\"")
    path(usual, "u"); path(ours50, "o50"); path(ours99, "o99")
    text(200, left_y(64) + 16, "usual rule, p50 and p99", "fill=\"#c30\"")
    text(100, left_y(24), "ours: p99, and p50 (dashed)", "fill=\"#06c\"")
    text(450, 20, "False alarms a year, by p99 of the time to detect (s)", "font-size=\"13\"")
    for (d = -3; d <= 3; d++) {line(450, right_y(10 ^ d), 770, right_y(10 ^ d)); text(444, right_y(10 ^ d) + 4, d == -3 ? "none" : 10 ^ d, "text-anchor=\"end\"")}
    for (s = 0; s <= 120; s += 20) text(right_x(s), 316, s, "text-anchor=\"middle\"")
    for (key in points) {split(key, part, " "); path(points[key], part[1] part[2])}
    for (i = 1; i <= count; i++) {split(marks[i], m, " "); dot(m[1], m[2], m[3])}
    text(60, 336, "Bursts of 90 % loss, ten a day, of 2 s (dotted), 5 s (dashed), 20 s (full) on the mean.", "")
    text(60, 352, "Blue: ours, budgets from 1 to 1,000 years. Red: the usual rule, 1 to 5 checks.", "")
    print "</svg>"
}
