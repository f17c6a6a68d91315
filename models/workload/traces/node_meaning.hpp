// What a node of a Chakra trace means: its type, its attributes of whatever kind, and what they leave out.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

namespace chakra {
class Node;
}

/// Of one rank's nodes, as they come.
class NodeMeaning {
public:
    /// @param trace  gets the names of groups that nodes use and describe
    /// @param most_described  bytes of what describes groups: parsing them takes long
    NodeMeaning(RankTrace& trace, std::int64_t most_described) : trace_(trace), most_described_(most_described) {}

    /// @return without its dependencies. @throws TraceError
    TraceNode of(const chakra::Node& node);

    RankTrace& trace() { return trace_; }
    std::uint32_t number_of_group(const std::string& name);
    /// A name that was described before keeps what was said first. @return whether there was room for it
    bool describe_groups(const std::string& inputs);
    std::int64_t most_described() const { return most_described_; }

private:
    RankTrace& trace_;
    const std::int64_t most_described_;
    std::int64_t described_ = 0;
    std::unordered_map<std::string, std::uint32_t> numbers_;  // of groups
    std::unordered_set<std::string> described_names_;
};

}  // namespace lightloom
