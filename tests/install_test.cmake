# SPDX-License-Identifier: Apache-2.0
# Installs into a folder of the build, builds examples/embeddings against it, runs it.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

set(prefix ${BUILD}/install_test/prefix)
set(example ${BUILD}/install_test/example)
file(REMOVE_RECURSE ${BUILD}/install_test)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${SOURCE}/examples/embeddings -B ${example} -G Ninja -DCMAKE_PREFIX_PATH=${prefix})
run(${CMAKE_COMMAND} --build ${example})
run(${example}/embeddings)
run(${prefix}/bin/agront --version)
