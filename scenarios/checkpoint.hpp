// What a scenario says of checkpoints: who writes them, where to, how often. Plain data, as scenarios/scenario.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

enum class CheckpointMode { synchronous, asynchronous };
enum class CheckpointWriters { all, one_replica };
enum class CheckpointNetwork { fabric, front_end };

struct ScenarioCheckpoint {
    std::int64_t every = 0;    // steps; 0: none
    std::int64_t servers = 0;  // the last ones of the fabric, which store and train nothing
    CheckpointMode mode = CheckpointMode::synchronous;
    CheckpointWriters writers = CheckpointWriters::all;
    bool restart = false;  // the run begins with reading one
    CheckpointNetwork network = CheckpointNetwork::fabric;
    BitRate front_end_rate{200'000'000'000};  // of a server
    BitRate store_rate{8'000'000'000'000};    // of all that stores behind the front-end network
    BitRate copy_rate{400'000'000'000};       // of a GPU into its host's memory, before an asynchronous write
    std::optional<Duration> interruptions{};  // mean time between two of the job; none: by the number of GPUs

    friend bool operator==(const ScenarioCheckpoint&, const ScenarioCheckpoint&) = default;
};

}  // namespace lightloom
