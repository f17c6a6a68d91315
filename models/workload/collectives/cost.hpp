// What a collective costs on paper: alpha per step and bytes over bandwidth, on an idle, full-duplex, uncontended
// fabric.
//
// The textbook's forms, not a sum over the schedule: they are what a simulated time is held against. NCCL's own model,
// with its measured constants, is nccl_model.hpp. Not here: contention, which is what the simulator is for.
// Source: Thakur, Rabenseifner and Gropp, 2005 (rings, halving and doubling); Sanders, Speck and Traeff, 2009 (trees);
// Bruck et al., 1997.
#pragma once

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

/// A step of b bytes takes alpha_s + b / bytes_per_s.
struct AlphaBeta {
    double alpha_s = 0.0;
    double bytes_per_s = 1.0;  // of a rank, each way, > 0
};

/// Time of the call, in seconds, >= 0; exactly 0 for one rank. Pipelined algorithms (chains, trees) depend on
/// call.chunk_bytes, and their form is one of first order: filling the pipeline, then the busiest rank's bytes.
/// Channels share a rank's bandwidth, so they change nothing but how many GPUs of a node are in a tree over nodes.
/// @param call    as a Schedule takes it
/// @param across  of all steps but those inside a node
/// @param inside  a node: used by hierarchical algorithms, whose phases are added up (no overlap), and trees over nodes
double alpha_beta_seconds(const CollectiveCall& call, AlphaBeta across, AlphaBeta inside);

}  // namespace lightloom
