# SPDX-License-Identifier: ISC
# cmake -DFILES="a.mustache;b.mustache" -DOUT=templates.c -P embed.cmake
# Writes templates/*.mustache as C, as bytes because C11 promises only 4095 for a string literal.
# In *.json.mustache a line break is layout of the source and not content, so it is left out.
set(code "/* SPDX-License-Identifier: ISC */\n/* Made by alerts/embed.cmake. */\n#include \"alerts/templates.h\"\n")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "\\.mustache$" "" name ${name})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  if(name MATCHES "\\.json$")
    string(REPLACE "0x0a," "" bytes "${bytes}")
  endif()
  string(APPEND code "\nstatic const char bytes_${number}[] = {\n    ${bytes}0x00};\n")
  string(APPEND rows "    {\"${name}\", bytes_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND code "\nconst struct alert_template alert_templates[] = {\n${rows}    {NULL, NULL},\n};\n")
file(WRITE ${OUT} "${code}")
