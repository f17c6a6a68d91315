// Recovery: a partial result, of a run that was killed, stopped or still goes on, copied into a file that any program
// opens without SWMR. The copy says that it is partial, and a killed run's that it was killed.
// Not here: how a partial file comes about (scenarios/result_file.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lightloom {

struct Recovery {
    std::string status;      // as the partial file had it: "running" where its run never came to write its end
    std::string stopped_by;  // as the copy has it
    std::vector<std::string> kept, missing;  // groups of the root; those that every whole run has, and this one not
    // The last row of /run/progress whose columns are all there; of a run that was stopped, what it ended with.
    std::int64_t reached_ps = 0, messages_delivered = 0, payload_bytes_delivered = 0;
    std::size_t reports = 0;  // rows of /run/progress
};

/// Copies `partial` to `place`, which gets its name when it is whole.
/// @throws ResultUnreadable (scenarios/result_reader.hpp), ResultError (scenarios/result_file.hpp)
Recovery recover_result(const std::string& partial, const std::string& place);

}  // namespace lightloom
