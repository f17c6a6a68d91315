// What the ranks of jobs were measured to do, beside what a training that has the fabric to itself tells of them
// (scenarios/training_figures.hpp): what trainings among several jobs wait for, when each rank of a replay was done.
// Columns, as all of a result.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/training_figures.hpp"

namespace lightloom {

class Fabric;
struct Scenario;

struct JobWaits {                    // one row per training of a [[job]] and kind of wait that occurred
    std::vector<std::uint32_t> job;  // as in /jobs
    TrainingFigures::Exposed exposed;
};

struct ReplayRanks {  // one row per rank of a replay; times since its job's start
    std::vector<std::uint32_t> job, rank, endpoint;
    std::vector<std::int64_t> end_ps;        // -1: not yet
    std::vector<std::int64_t> computing_ps;  // on its GPU
    std::vector<std::int64_t> exposed_ps;    // the rest until its end, in which its GPU did nothing; -1: not yet
};

/// Of jobs that have ended. @param completion_ps  of each job of the scenario; -1: it has not
JobWaits job_waits(const Scenario& scenario, const Fabric& fabric, const std::vector<std::int64_t>& completion_ps);

ReplayRanks replay_ranks(const Scenario& scenario, const Fabric& fabric);

}  // namespace lightloom
