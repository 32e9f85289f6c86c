# SPDX-License-Identifier: Apache-2.0
# agront_layer(NAME [DEPENDS layer...] [LIBRARIES target...])
#
# A folder of src/ as a build target. Sources are found by suffix, so that a test cannot be forgotten:
#   *_test.cc   into the test program NAME_test (GoogleTest)
#   *_bench.cc  into the program NAME_bench (Google Benchmark), with -DAGRONT_BENCHMARKS=ON and the target agront_benchmarks
#   *_fuzz.cc   a program each (libFuzzer), with -DAGRONT_FUZZERS=ON and the target agront_fuzzers (Fuzzers.cmake)
#   other *.cc  into the library, but for the folder mpi/, which is a module beside it
# DEPENDS is the list of folders that this folder may include; tools/check_layers.py holds the code to it.
add_library(agront_options INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(agront_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # GCC 12 sees ghosts in std::string (bug 105651)
    $<$<BOOL:${AGRONT_WERROR}>:-Werror>)
endif()
target_include_directories(agront_options INTERFACE
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/generated)
# AVX2 is the floor that we tune for; SSE2 is there so that the program can start anywhere and say so.
target_compile_definitions(agront_options INTERFACE "HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4)")

function(agront_layer name)
  cmake_parse_arguments(LAYER "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  set(benches ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$|/mpi/")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(CMAKE_CXX_FLAGS MATCHES "fsanitize=thread")  # which has an operator new of its own
    list(FILTER tests EXCLUDE REGEX "/short_memory_test\\.cc$")
  endif()
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")

  set(target agront_${name})
  if(sources)
    add_library(${target} OBJECT ${sources})
    target_link_libraries(${target} PUBLIC agront_options ${LAYER_LIBRARIES})
    foreach(dependency ${LAYER_DEPENDS})
      if(TARGET agront_${dependency})
        target_link_libraries(${target} PUBLIC agront_${dependency})
      endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY AGRONT_LAYERS ${target})
  endif()
  set_property(GLOBAL APPEND PROPERTY AGRONT_LIBRARIES ${LAYER_LIBRARIES})
  set(below ${name})
  foreach(dependency ${LAYER_DEPENDS})
    get_property(lower GLOBAL PROPERTY AGRONT_BELOW_${dependency})
    list(APPEND below ${lower})
  endforeach()
  list(REMOVE_DUPLICATES below)
  set_property(GLOBAL PROPERTY AGRONT_BELOW_${name} ${below})
  if(tests AND AGRONT_TESTS)
    set_property(GLOBAL APPEND PROPERTY AGRONT_TEST_LAYERS ${name})
    set_property(GLOBAL PROPERTY AGRONT_TESTS_${name} ${tests})
  endif()
  if(benches AND AGRONT_BENCHMARKS)
    set_property(GLOBAL APPEND PROPERTY AGRONT_BENCH_LAYERS ${name})
    set_property(GLOBAL PROPERTY AGRONT_BENCHES_${name} ${benches})
  endif()
  if(fuzzers)
    set_property(GLOBAL APPEND PROPERTY AGRONT_FUZZ_LAYERS ${name})
    set_property(GLOBAL PROPERTY AGRONT_FUZZERS_${name} ${fuzzers})
  endif()
endfunction()

# The module for MPI, which the library opens when a launcher started several processes. Its name has the version, as
# what stands between the two is C++ of one version.
set(AGRONT_MPI_MODULE agront_mpi-${PROJECT_VERSION}.so)
set(AGRONT_MODULE_FOLDER ${CMAKE_INSTALL_LIBDIR}/agront)
# Below 1.0 a minor version may change the library's binary interface.
set(AGRONT_ABI_VERSION ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(AGRONT_ABI_VERSION 0.${PROJECT_VERSION_MINOR})
endif()

# agront_mpi_module(SOURCE...)
function(agront_mpi_module)
  set(map ${PROJECT_SOURCE_DIR}/cmake/agront_mpi.map)
  add_library(agront_mpi MODULE ${ARGN})
  target_link_libraries(agront_mpi PRIVATE agront_static MPI::MPI_CXX)
  target_link_options(agront_mpi PRIVATE -Wl,--as-needed -Wl,--version-script=${map})
  if(NOT CMAKE_CXX_FLAGS MATCHES "fsanitize")  # clang's sanitizers are in the program alone
    target_link_options(agront_mpi PRIVATE -Wl,--no-undefined)
  endif()
  cmake_path(GET AGRONT_MPI_MODULE STEM LAST_ONLY name)
  set_target_properties(agront_mpi PROPERTIES PREFIX "" OUTPUT_NAME ${name} SUFFIX .so LINK_DEPENDS ${map})
endfunction()

# agront_finds_module(TARGET FOLDER): a program or library, installed in FOLDER, finds the module, in the build tree and
# in the installed one.
function(agront_finds_module target folder)
  file(RELATIVE_PATH up /${folder} /${AGRONT_MODULE_FOLDER})
  set_property(TARGET ${target} APPEND PROPERTY INSTALL_RPATH "$ORIGIN/${up}")
  if(TARGET agront_mpi)
    set_property(TARGET ${target} APPEND PROPERTY BUILD_RPATH $<TARGET_FILE_DIR:agront_mpi>)
    add_dependencies(${target} agront_mpi)
  endif()
endfunction()

# agront_library(): the layers as one library, static for our own programs and shared for everybody else's,
# and the programs with the layers' tests and benchmarks.
function(agront_library)
  get_property(layers GLOBAL PROPERTY AGRONT_LAYERS)
  get_property(libraries GLOBAL PROPERTY AGRONT_LIBRARIES)
  list(REMOVE_DUPLICATES libraries)
  set(objects)
  foreach(layer ${layers})
    list(APPEND objects $<TARGET_OBJECTS:${layer}>)
  endforeach()

  add_library(agront_static STATIC ${objects})
  target_link_libraries(agront_static PUBLIC agront_options ${libraries})

  add_library(agront_shared SHARED ${objects})
  add_library(agront::agront ALIAS agront_shared)
  agront_finds_module(agront_shared ${CMAKE_INSTALL_LIBDIR})
  set_target_properties(agront_shared PROPERTIES OUTPUT_NAME agront EXPORT_NAME agront
    VERSION ${PROJECT_VERSION} SOVERSION ${AGRONT_ABI_VERSION}
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/agront.map)
  target_link_options(agront_shared PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/agront.map)
  target_link_libraries(agront_shared PRIVATE ${libraries})
  target_include_directories(agront_shared PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(agront_shared PUBLIC cxx_std_20)

  get_property(test_layers GLOBAL PROPERTY AGRONT_TEST_LAYERS)
  foreach(name ${test_layers})
    get_property(tests GLOBAL PROPERTY AGRONT_TESTS_${name})
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE agront_static GTest::gtest_main)
    agront_finds_module(${name}_test ${CMAKE_INSTALL_BINDIR})
    set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_compile_definitions(${name}_test PRIVATE AGRONT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS "unit" TIMEOUT ${AGRONT_TEST_SECONDS})
  endforeach()

  get_property(bench_layers GLOBAL PROPERTY AGRONT_BENCH_LAYERS)
  if(bench_layers)
    add_custom_target(agront_benchmarks)
  endif()
  foreach(name ${bench_layers})
    get_property(benches GLOBAL PROPERTY AGRONT_BENCHES_${name})
    add_executable(${name}_bench EXCLUDE_FROM_ALL ${benches})
    add_dependencies(agront_benchmarks ${name}_bench)
    target_link_libraries(${name}_bench PRIVATE agront_static benchmark::benchmark_main)
    set_target_properties(${name}_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
  endforeach()
endfunction()
