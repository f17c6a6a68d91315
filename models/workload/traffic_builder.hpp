// TrafficBuilder: makes the tables of a Traffic from workers and their seats, given in any order: workers by endpoint,
// seats by worker, lanes by seat, and a flow from every lane to each lane that it ever sends to.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/traffic.hpp"

namespace lightloom {

class TrafficBuilder {
public:
    std::uint32_t add_call(Schedule call);
    std::uint32_t add_call(const CollectiveCall& call) { return add_call(Schedule(call)); }
    std::uint32_t add_program(Program program);
    std::uint32_t add_group(const Traffic::Group& group);
    /// @param slowdown  of its computations, as a factor. @return its number, for add_seat()
    std::uint32_t add_worker(EndpointId at, std::uint32_t program, std::uint32_t slowdown = kFactorOne);
    /// The worker's next seat: the tasks of its program call it 0, 1, ... in the order in which they are added.
    void add_seat(std::uint32_t worker, std::uint32_t group, std::uint32_t rank);

    Traffic build();

private:
    struct Place {
        std::uint32_t group, rank;
    };
    struct Draft {
        Traffic::Worker worker;
        std::vector<Place> seats;
    };
    void lay_out();
    void connect(std::uint32_t seat);
    void connect_back();
    /// The calls that a seat takes part in, each once.
    std::vector<std::uint32_t> calls_of(const Traffic::Seat& seat) const;

    Traffic traffic_;
    std::vector<Draft> drafts_;
    std::vector<std::vector<std::uint32_t>> seats_of_group_;                 // by rank
    std::vector<std::vector<std::vector<std::uint32_t>>> calls_of_program_;  // per seat of its worker
};

}  // namespace lightloom
