// What nccl-tests makes of the time of a collective. Source: NVIDIA/nccl-tests, doc/PERFORMANCE.md.
#pragma once

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

/// Bus bandwidth over algorithm bandwidth, S / t.
inline double bus_factor(const CollectiveCall& call) {
    const double n = call.ranks;
    switch (call.kind) {
        case Collective::all_reduce: return 2.0 * (n - 1.0) / n;
        case Collective::all_gather:
        case Collective::reduce_scatter:
        case Collective::all_to_all: return (n - 1.0) / n;
        case Collective::broadcast:
        case Collective::reduce:
        case Collective::barrier:
        case Collective::send_receive: return 1.0;
    }
    return 1.0;
}

}  // namespace lightloom
