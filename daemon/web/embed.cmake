# SPDX-License-Identifier: ISC
# cmake -DFILES="a.mustache;b.css;c.mo" -DOUT=assets.c -P embed.cmake
# Writes files as C, as bytes because C11 promises only 4095 for a string literal.
set(code "/* SPDX-License-Identifier: ISC */\n/* Made by daemon/web/embed.cmake. */\n#include \"daemon/web/assets.h\"\n\n#include <string.h>\n")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "\\.mustache$" "" name ${name})
  file(READ ${file} hex HEX)
  if(name MATCHES "\\.css$")
    # A page need not carry the licence line of its stylesheet: "/*", the line, "*/" and its end are left out.
    string(FIND "${hex}" "2a2f0a" end)
    if(hex MATCHES "^2f2a20535044582d" AND end GREATER 0)
      math(EXPR end "${end} + 6")
      string(SUBSTRING "${hex}" ${end} -1 hex)
    endif()
  endif()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n    "
         bytes "${bytes}")
  string(APPEND code "\nstatic const unsigned char bytes_${number}[] = {\n    ${bytes}0x00};\n")
  string(APPEND rows "    {\"${name}\", (const char *)bytes_${number}, sizeof bytes_${number} - 1},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(APPEND code "\nconst struct web_asset web_assets[] = {\n${rows}    {NULL, NULL, 0},\n};
\nconst struct web_asset *web_asset_find(const char *name)\n{
    for (const struct web_asset *asset = web_assets; asset->name != NULL; asset++)
        if (strcmp(asset->name, name) == 0)\n            return asset;\n    return NULL;\n}\n")
file(WRITE ${OUT} "${code}")
