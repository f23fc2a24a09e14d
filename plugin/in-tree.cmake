# The plugin in Wireshark's own tree, built as its neighbors there are
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The top CMakeLists.txt includes this where Wireshark's is the top one: Wireshark has set
# CUSTOM_PLUGIN_SRC_DIR to this folder. This is the way to Windows (MSVC) and macOS. One library of
# all files: that a room sees the doors of others alone is held by the other build.

include(WiresharkPlugin)

# The version is named once, where the other build begins.
file(STRINGS CMakeLists.txt project REGEX "^project\\(smsrc VERSION ")
string(REGEX MATCH "([0-9]+)\\.([0-9]+)\\.([0-9]+)" SMSRC_VERSION "${project}")
set_module_info(smsrc ${CMAKE_MATCH_1} ${CMAKE_MATCH_2} ${CMAKE_MATCH_3} 0)

set(SMSRC_DOORS include)
set(PLUGIN_FILES "")
function(smsrc_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;UPSTREAM" ${ARGN})
    list(TRANSFORM ROOM_SOURCES PREPEND "plugin/${name}/")
    set(PLUGIN_FILES ${PLUGIN_FILES} ${ROOM_SOURCES} PARENT_SCOPE)
    if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include/${name}")
        set(SMSRC_DOORS ${SMSRC_DOORS} "include/${name}" PARENT_SCOPE)
    endif()
endfunction()
include(plugin/rooms.cmake)
list(TRANSFORM SMSRC_ABOVE PREPEND plugin/)
list(APPEND PLUGIN_FILES ${SMSRC_ABOVE})

set_source_files_properties(${PLUGIN_FILES} PROPERTIES COMPILE_FLAGS "${WERROR_COMMON_FLAGS}")
add_wireshark_plugin_library(smsrc epan)
target_include_directories(smsrc PRIVATE ${SMSRC_DOORS})
target_compile_definitions(smsrc PRIVATE SMSRC_VERSION="${SMSRC_VERSION}" ${SMSRC_DEFINITIONS})
target_link_libraries(smsrc epan)
install_plugin(smsrc epan)
