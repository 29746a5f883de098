# SPDX-License-Identifier: ISC
# cmake -DFILES="a.profile;b.profile" -DOUT=profile_texts.c -P embed.cmake
# Writes profiles/*.profile as C, as bytes because C11 promises only 4095 for a string literal.
set(code "/* SPDX-License-Identifier: ISC */\n/* Made by probes/embed.cmake. */\n#include \"probes/profile_texts.h\"\n")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND code "\nstatic const char bytes_${number}[] = {\n    ${bytes}0x00};\n")
  string(APPEND rows "    {\"${name}\", bytes_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND code "\nconst struct profile_text profile_texts[] = {\n${rows}    {0, 0},\n};\n")
file(WRITE ${OUT} "${code}")
