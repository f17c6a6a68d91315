// Question: what a scenario is asked, so that comparing results ends in a verdict.
// Not here: what a gate may say (scenarios/gates.hpp).
#pragma once

#include <string>
#include <vector>

namespace lightloom {

struct Question {
    std::string objective = "completion";  // a metric
    std::vector<std::string> require{};    // gates, each of which parse_gate() takes
    friend bool operator==(const Question&, const Question&) = default;
};

}  // namespace lightloom
