// `workload.algorithm = "auto"`: algorithm, protocol, channels and chunk of a collective as NCCL's tuner would choose
// them for this fabric and size. Not here: the tuner's model (models/workload/collectives/nccl_model.hpp), what a
// protocol costs (models/workload/collectives/engine.hpp).
#pragma once

#include <string>

#include "scenarios/scenario.hpp"

namespace lightloom {

struct Tuning {
    Algorithm algorithm = Algorithm::ring;
    NcclProtocol protocol = NcclProtocol::simple;
    std::int64_t channels = 1;
    Bytes chunk{1};
    double model_us = 0.0;     // of the call; 0: no model knows it, and it is the usual one
    std::string alternatives;  // what the model has for each of the others, as text
};

/// @param scenario  sound, of a collective
Tuning tuning_of(const Scenario& scenario);

/// The same scenario with all that "auto" left open filled in; itself if there is nothing of that kind.
Scenario tuned(const Scenario& scenario);

/// As the keys name it.
std::string_view name_of(NcclProtocol protocol);

/// The costs of the engine that a collective of the scenario (tuned) runs by.
const EngineCosts& engine_costs(const Scenario& scenario);

/// What "auto" chose and why, in one line; empty where nothing was left open.
std::string tuning_text(const Scenario& scenario);

}  // namespace lightloom
