# SPDX-License-Identifier: ISC
# embed.cmake - turns the SQL files of this folder into C: cmake -DSQL_DIR=… -DOUT_DIR=… -P embed.cmake
#
# OUT_DIR/stmt_enum.h   enum stmt: STMT_NAME for queries/name.sql
# OUT_DIR/embedded.c    the tables of sql/statements.h
# A line "-- side: read" in a query file marks it for the read side of sql/pg_conn.h.
# Texts are arrays of bytes, because C11 promises string literals of no more than 4095 characters.

function(collect folder out)
  file(GLOB files ${SQL_DIR}/${folder}/*.sql)
  list(SORT files)
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# Adds a file's bytes as VARIABLE to embedded.c.
function(embed file variable)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n    "
         bytes "${bytes}")
  file(APPEND ${OUT_DIR}/embedded.c.new "static const unsigned char ${variable}[] = {\n    ${bytes}0x00};\n")
endfunction()

collect(queries queries)
set(enum "/* Written by sql/embed.cmake from sql/queries. */\n#ifndef KT_STMT_ENUM_H\n#define KT_STMT_ENUM_H\n\nenum stmt {\n")
file(WRITE ${OUT_DIR}/embedded.c.new "/* Written by sql/embed.cmake. */\n#include \"sql/statements.h\"\n\n")
set(rows "")
set(first " = 1")
foreach(file ${queries})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  if(NOT text MATCHES "^-- SPDX[^\n]*\n-- ${name}: ")
    message(FATAL_ERROR "${file}: the second line must be \"-- ${name}: what it does\"")
  endif()
  string(TOUPPER ${name} upper)
  string(APPEND enum "    STMT_${upper}${first},\n")
  set(first "")
  embed(${file} query_${name})
  set(reads false)
  if(text MATCHES "\n-- side: read\n")
    set(reads true)
  endif()
  string(APPEND rows "    [STMT_${upper}] = {\"${name}\", (const char *)query_${name}, \"\", 0, ${reads}},\n")
endforeach()
string(APPEND enum "    STMT_END\n};\n#endif\n")
file(APPEND ${OUT_DIR}/embedded.c.new "\nstatic const struct sql_file sql_queries[STMT_END] = {\n${rows}};\n
const char *stmt_name(enum stmt stmt)\n{\n    return sql_queries[stmt].name;\n}
\nconst char *stmt_text(enum stmt stmt)\n{\n    return sql_queries[stmt].text;\n}
\nbool stmt_reads(enum stmt stmt)\n{\n    return sql_queries[stmt].reads;\n}\n\n")

set(due 1)
foreach(folder migrations functions views)
  collect(${folder} files)
  set(rows "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    file(SHA256 ${file} sha256)
    set(number 0)
    if(folder STREQUAL "migrations")
      string(REGEX MATCH "^0*([0-9]+)_" head ${name})
      set(number ${CMAKE_MATCH_1})
      if(NOT number EQUAL due)
        message(FATAL_ERROR "${file}: migration ${due} must come here, without gaps")
      endif()
      math(EXPR due "${due} + 1")
    endif()
    embed(${file} ${folder}_${name})
    string(APPEND rows "    {\"${name}\", (const char *)${folder}_${name}, \"${sha256}\", ${number}, false},\n")
  endforeach()
  file(APPEND ${OUT_DIR}/embedded.c.new "\nconst struct sql_file sql_${folder}[] = {\n${rows}};
const size_t sql_${folder}_count = sizeof sql_${folder} / sizeof sql_${folder}[0];\n\n")
endforeach()

file(WRITE ${OUT_DIR}/stmt_enum.h.new "${enum}")
foreach(name stmt_enum.h embedded.c)
  execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT_DIR}/${name}.new ${OUT_DIR}/${name})
  file(REMOVE ${OUT_DIR}/${name}.new)
endforeach()
