# Installs the build into SCRATCH, builds the example against the package there as a stranger would, and runs it.
foreach(step "${CMAKE_COMMAND};--install;${BUILD};--prefix;${SCRATCH}/installed"
             "${CMAKE_COMMAND};-S;${SOURCE}/tools/package/example;-B;${SCRATCH}/example;-DCMAKE_PREFIX_PATH=${SCRATCH}/installed;-DCMAKE_BUILD_TYPE=Release"
             "${CMAKE_COMMAND};--build;${SCRATCH}/example"
             "${CMAKE_COMMAND};-S;${SOURCE}/tools/package/reader;-B;${SCRATCH}/reader;-DCMAKE_PREFIX_PATH=${SCRATCH}/installed;-DCMAKE_BUILD_TYPE=Release"
             "${CMAKE_COMMAND};--build;${SCRATCH}/reader"
             "${SCRATCH}/example/token_ring"
             "${SCRATCH}/installed/bin/lightloom;--version"
             "${SCRATCH}/installed/bin/lightloom;run;${SOURCE}/scenarios/catalog/pair.toml;-q;-o;${SCRATCH}/pair.h5"
             "${SCRATCH}/reader/completion;${SCRATCH}/pair.h5"
             "${PYTHON};-B;-c;import sys; sys.path.insert(0, '${SCRATCH}/installed/share/lightloom/python'); import lightloom")
  execute_process(COMMAND ${step} RESULT_VARIABLE failed OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(failed)
    message(FATAL_ERROR "${step}: ${failed}\n${output}")
  endif()
endforeach()
foreach(file share/man/man1/lightloom.1 share/bash-completion/completions/lightloom
             share/lightloom/scenarios/catalog/pair.toml share/lightloom/schemas/summary.schema.json
             share/lightloom/schemas/scenario.schema.json share/lightloom/scenarios/tutorial/README.md
             share/lightloom/github-actions.yml share/doc/lightloom/README.md share/doc/lightloom/sweeps.md share/lightloom/python/examples/latency.py)
  if(NOT EXISTS ${SCRATCH}/installed/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()
file(REMOVE_RECURSE ${SCRATCH})
