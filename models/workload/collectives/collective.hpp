// The kinds of collective that a workload may ask for. Not here: which messages one of them becomes.
#pragma once

#include <cstdint>

namespace lightloom {

enum class Collective : std::uint8_t {
    all_reduce,
    all_gather,
    reduce_scatter,
    broadcast,
    reduce,
    all_to_all,
    barrier,
    send_receive,  // each rank sends to the next and receives from the last, as nccl-tests does
};

}  // namespace lightloom
