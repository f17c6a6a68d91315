// A user's own distribution of message sizes, as a CSV file: a line of column names, then rows that ascend.
//
//     size_bytes,cumulative_probability
//     1000,0.4
//     1000000,1
//
// Between two rows the probability is linear; what the first row has is the probability of exactly that size.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/workload/flow_sizes.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

struct ParsedSizes {
    std::optional<SizeDistribution> sizes;  // only if there are no errors
    std::vector<InputError> errors;
};

/// @param text  any bytes  @param file_name  for the errors only
ParsedSizes parse_sizes(std::string_view text, const std::string& file_name);

}  // namespace lightloom
