# SPDX-License-Identifier: Apache-2.0
# The project as a part of another one, tests/subproject.
#
#   cmake -DBUILD=folder -DSOURCE=... [-DWHOLE=ON] -P subproject_test.cmake
#
# Configures, looks at the tests and at what would be installed, and compiles the parent's program. WHOLE also builds
# the library (minutes), links the program, runs it and installs.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(folder ${BUILD}/subproject_test)
file(REMOVE_RECURSE ${folder}/CMakeCache.txt ${folder}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/subproject -B ${folder} -G Ninja -DAGRONT=${SOURCE})

run(${CMAKE_CTEST_COMMAND} --test-dir ${folder} -N)
if(NOT output MATCHES "Total Tests: 1\n")
  message(FATAL_ERROR "tests: expected the parent's alone, got\n${output}")
endif()

# -Wall or a standard that came through agront::agront would be among these; c++20 is what its headers need.
run(ninja -C ${folder} -t commands CMakeFiles/parent.dir/main.cc.o)
if(output MATCHES "-Wall|-Wextra|ccache|-fvisibility|-O[123]" OR NOT output MATCHES "-std=(c|gnu)\\+\\+20")
  message(FATAL_ERROR "main.cc: expected the parent's options and C++20, got\n${output}")
endif()
run(ninja -C ${folder} CMakeFiles/parent.dir/main.cc.o)

if(WHOLE)
  run(${CMAKE_COMMAND} --build ${folder})
  run(${CMAKE_CTEST_COMMAND} --test-dir ${folder})
  run(${CMAKE_COMMAND} --install ${folder} --prefix ${folder}/prefix)
  file(GLOB_RECURSE installed RELATIVE ${folder}/prefix ${folder}/prefix/*)
  if(NOT installed STREQUAL "bin/parent")
    message(FATAL_ERROR "install: expected bin/parent alone, got ${installed}")
  endif()
endif()
