# SPDX-License-Identifier: Apache-2.0
# What is installed: `runtime` is the program, the library and its module for MPI; `development` is the rest.
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/agront)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
install(TARGETS agront_shared EXPORT agront-targets
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
if(TARGET agront)
  install(TARGETS agront EXPORT agront-targets COMPONENT runtime)
endif()
if(TARGET agront_mpi)
  install(TARGETS agront_mpi LIBRARY DESTINATION ${AGRONT_MODULE_FOLDER} COMPONENT runtime)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/agront DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")
install(EXPORT agront-targets NAMESPACE agront:: DESTINATION ${package})
include(CMakePackageConfigHelpers)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/agront-config.cmake.in
  ${PROJECT_BINARY_DIR}/agront-config.cmake INSTALL_DESTINATION ${package}
  PATH_VARS AGRONT_MODULE_FOLDER CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/agront-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/agront-config.cmake ${PROJECT_BINARY_DIR}/agront-config-version.cmake
  DESTINATION ${package})

# From the folder of the .pc file to the prefix, so that the tree can be moved.
file(RELATIVE_PATH to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/agront.pc.in ${PROJECT_BINARY_DIR}/agront.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/agront.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
