# SPDX-License-Identifier: Apache-2.0
# Installs into a folder of the build, builds examples/embeddings and tests/install against it, runs them; with mpirun,
# and where there is no module for MPI.
#
#   cmake -DBUILD=... -DSOURCE=... -DMODULE=name of the module or empty -P install_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

# A program that was started as one of two, where MPI cannot be loaded, says so and ends with 1.
function(refuses)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env OMPI_COMM_WORLD_SIZE=2 ${ARGN} RESULT_VARIABLE status
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 1 OR NOT output MATCHES "2 processes were started: expected MPI to join them, got [^\n]+\n$")
    message(FATAL_ERROR "${ARGN}: expected status 1 and that there is no MPI, got ${status}\n${output}")
  endif()
endfunction()

set(folder ${BUILD}/install_test)
set(prefix ${folder}/prefix)
set(work ${folder}/work)
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${work})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
foreach(project examples/embeddings tests/install)
  run(${CMAKE_COMMAND} -S ${SOURCE}/${project} -B ${folder}/${project} -G Ninja -DCMAKE_PREFIX_PATH=${prefix})
  run(${CMAKE_COMMAND} --build ${folder}/${project})
endforeach()
run(${folder}/examples/embeddings/embeddings)
run(${prefix}/bin/agront --version)
set(jobs ${folder}/tests/install/jobs)
run(${jobs} ${work})
run(${jobs} ${work} train)
run(${folder}/tests/install/manners ${work})

# The same program by pkg-config, as a Makefile would build it.
file(GLOB_RECURSE pc ${prefix}/agront.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
run(bash -c "export PKG_CONFIG_PATH=$0 && g++ $1 $(pkg-config --cflags --libs agront) -o $2 &&
  LD_LIBRARY_PATH=$(pkg-config --variable=libdir agront) $2 $3 train"
  ${pc_folder} ${SOURCE}/tests/install/jobs.cc ${folder}/by_pkg_config ${work})

find_program(MPIRUN mpirun)
if(MODULE AND MPIRUN)
  set(ranks ${CMAKE_COMMAND} -E env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    ${MPIRUN} --bind-to none --oversubscribe -n 2)
  file(REMOVE_RECURSE ${work}/run)
  run(${ranks} ${jobs} ${work} train)
  file(READ ${work}/run/metrics.jsonl metrics)
  if(NOT metrics MATCHES "\"ranks\": ?2")
    message(FATAL_ERROR "metrics.jsonl: expected 2 ranks, got\n${metrics}")
  endif()
  run(${ranks} ${prefix}/bin/agront pretrain --corpus ${work}/corpus -o ${work}/run -q --steps 3 --threads 1
    --batch-tokens 84 --validation-windows 0)
endif()

if(MODULE)
  file(GLOB_RECURSE module ${prefix}/${MODULE})
  file(REMOVE ${module})
endif()
file(REMOVE_RECURSE ${work}/run)
run(${jobs} ${work} train)
refuses(${jobs} ${work} train)
refuses(${prefix}/bin/agront pretrain --corpus ${work}/corpus -o ${work}/run -q)
