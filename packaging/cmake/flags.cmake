# SPDX-License-Identifier: ISC
# Compiler and linker flags for every target. A flag that the compiler at hand lacks is left out
# (clang 14 has no -Wduplicated-cond, for one), so the list is the union of what gcc and clang know.
include(CheckCCompilerFlag)

add_compile_definitions(_GNU_SOURCE)
include_directories(${CMAKE_SOURCE_DIR})

function(kt_flag flag)
  string(MAKE_C_IDENTIFIER "KT_HAVE${flag}" have)
  check_c_compiler_flag(${flag} ${have})
  if(${have})
    add_compile_options(${flag})
  endif()
endfunction()

foreach(flag
    -Wall -Wextra -Wpedantic -Wformat=2 -Wformat-security -Wconversion -Wsign-conversion -Wshadow
    -Wstrict-prototypes -Wmissing-prototypes -Wvla -Walloca -Wundef -Wcast-qual -Wnull-dereference
    -Wduplicated-cond -Wlogical-op -Wimplicit-fallthrough -Wtrampolines -Wbidi-chars=any
    -Wswitch-enum -Wstack-usage=16384 -Werror
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
    -fzero-call-used-regs=used-gpr)
  kt_flag(${flag})
endforeach()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-ftrivial-auto-var-init=zero)
endif()
if(NOT KT_COVERAGE) # gcov has to find the sources
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
endif()
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,-z,nodlopen -Wl,--as-needed
                 -Wl,--no-copy-dt-needed-entries -Wl,--build-id=sha1 -pie)

if(KT_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # __ubsan with -Wnull-dereference and -O1 reports paths that the checks themselves make.
  add_compile_options(-Wno-null-dereference)
  add_link_options(-fsanitize=address,undefined)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
if(KT_FUZZ) # everything, so that libFuzzer sees which branches were taken
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(KT_COVERAGE)
  add_compile_options(--coverage -fprofile-abs-path)
  add_link_options(--coverage)
endif()
