# Makes one C++ file of all that a report is made of beside its figures: our style and scripts, and Apache ECharts with
# its licence, which npm brings, pinned by package-lock.json. Each script and the style goes with the SHA-256 that the
# page's Content-Security-Policy allows it by. Where npm or the network is missing the file has no ECharts, the build
# goes on, and `lightloom report` says what to do; the next build tries again.
#     cmake -DSOURCE=tools/report -DWORK=... -DOUTPUT=bundle.cpp -P bundle.cmake
cmake_minimum_required(VERSION 3.25)

set(library ${WORK}/echarts)

# From npm's cache where it is there; npm checks what comes against the lock file. Renamed at the end: whole or absent.
function(fetch_echarts)
  find_program(npm npm)
  if(NOT npm)
    message(WARNING "no npm, so `lightloom report` will have no charts to draw with; tools/setup installs npm")
    return()
  endif()
  set(fetched ${WORK}/npm)
  file(REMOVE_RECURSE ${fetched})
  file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${fetched})
  execute_process(
    COMMAND ${npm} ci --ignore-scripts --prefer-offline --no-audit --no-fund --no-update-notifier
            --fetch-retries=1 --fetch-retry-mintimeout=1000
    WORKING_DIRECTORY ${fetched} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE errors TIMEOUT 120)
  if(failed)
    message(WARNING "npm could not fetch Apache ECharts, so `lightloom report` will have no charts to draw with; "
                    "the next build tries again:\n${errors}")
    file(REMOVE_RECURSE ${fetched})
    return()
  endif()
  set(package ${fetched}/node_modules/echarts)
  file(COPY ${package}/dist/echarts.min.js ${package}/LICENSE ${package}/NOTICE ${SOURCE}/package-lock.json
       DESTINATION ${WORK}/new)
  file(REMOVE_RECURSE ${library} ${fetched})
  file(RENAME ${WORK}/new ${library})
endfunction()

# The text of all files in their order, as a constant of the program.
function(add_text name)
  set(text "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} part)
    string(APPEND text "${part}")
  endforeach()
  if(text MATCHES "\\)LIGHTLOOM\"|</[sS][cC][rR][iI][pP][tT]|</[sS][tT][yY][lL][eE]")
    message(FATAL_ERROR "${ARGN} would end what it is embedded in")
  endif()
  string(SHA256 hash "${text}")
  file(APPEND ${OUTPUT}.new "const BundledText ${name}{R\"LIGHTLOOM(${text})LIGHTLOOM\", \"${hash}\"};\n")
endfunction()

set(locked "")
if(EXISTS ${library}/package-lock.json)
  file(READ ${library}/package-lock.json locked)
endif()
file(READ ${SOURCE}/package-lock.json wanted)
if(NOT "${locked}" STREQUAL "${wanted}")
  fetch_echarts()
endif()

file(WRITE ${OUTPUT}.new "#include \"tools/lightloom/report_bundle.hpp\"\nnamespace lightloom {\n")
if(EXISTS ${library}/echarts.min.js)
  add_text(kEcharts ${library}/echarts.min.js)
  add_text(kEchartsLicence ${library}/NOTICE ${library}/LICENSE)
else()
  add_text(kEcharts)
  add_text(kEchartsLicence)
endif()
add_text(kReportScript ${SOURCE}/format.js ${SOURCE}/charts.js ${SOURCE}/series.js ${SOURCE}/map.js
         ${SOURCE}/answers.js ${SOURCE}/comparison.js ${SOURCE}/page.js)
add_text(kReportStyle ${SOURCE}/style.css)
file(APPEND ${OUTPUT}.new "}  // namespace lightloom\n")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)
