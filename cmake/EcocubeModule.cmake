# SPDX-License-Identifier: Apache-2.0

# Declares the module that lives in the current folder.
#
#   ecocube_module(data/cube DEPENDS base LIBRARIES fmt::fmt)
#
# Every *.cpp of the folder belongs to it, *_test.cpp to its test program.
# DEPENDS names the modules it may include (the floor rule test reads this
# list); LIBRARIES the outside libraries that its headers need;
# PRIVATE_LIBRARIES those that only its sources need; PRIVATE_HEADERS are for
# its sources alone and may include these; TEST_DEPENDS and TEST_LIBRARIES
# what only its tests need.
function(ecocube_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES;PRIVATE_HEADERS;TEST_DEPENDS;TEST_LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target "ecocube_${name}")

  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB tests CONFIGURE_DEPENDS *_test.cpp)
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  list(REMOVE_ITEM sources ${tests} "")
  foreach(private ${arg_PRIVATE_HEADERS})
    list(REMOVE_ITEM headers ${CMAKE_CURRENT_SOURCE_DIR}/${private})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

  if(sources)
    set(visibility PUBLIC)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE_LIBRARIES})
  else()
    set(visibility INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  target_include_directories(${target} ${visibility} ${PROJECT_SOURCE_DIR}/src)
  target_sources(${target} ${visibility} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${headers})
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  list(TRANSFORM arg_DEPENDS REPLACE "/" "_" OUTPUT_VARIABLE depends)
  list(TRANSFORM depends PREPEND ecocube_)
  target_link_libraries(${target} ${visibility} ${depends} ${arg_LIBRARIES})

  if(ECOCUBE_TESTS AND tests)
    list(TRANSFORM arg_TEST_DEPENDS REPLACE "/" "_" OUTPUT_VARIABLE test_depends)
    list(TRANSFORM test_depends PREPEND ecocube_)
    add_executable(${target}_test ${tests})
    target_link_libraries(${target}_test PRIVATE ${target} ${test_depends} ${arg_TEST_LIBRARIES} ${arg_PRIVATE_LIBRARIES}
                                                 GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${target}_test PRIVATE ECOCUBE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${target}_test TEST_PREFIX "${name}: " NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
  endif()
endfunction()
