// Another program, run to its end with its arguments as they are: no shell reads them.
#pragma once

#include <string>
#include <vector>

namespace lightloom {

struct Ended {
    int status = -1;   // exit code; -1: a signal killed it or it could not be started
    std::string said;  // on stdout and stderr, as they came
};

/// @param words  the program, looked up in PATH, and its arguments
Ended run_program(const std::vector<std::string>& words);

}  // namespace lightloom
