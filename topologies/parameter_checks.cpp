#include "topologies/parameter_checks.hpp"

#include "topologies/validation.hpp"

namespace lightloom {
void ParameterChecks::in_range(const char* name, std::int64_t value, std::int64_t least) const {
    if (value < least || value > kMostPorts)
        throw TopologyError(fabric_ + " of " + std::to_string(value) + " " + name + ": must be from " +
                            std::to_string(least) + " to " + std::to_string(kMostPorts));
}

void ParameterChecks::divides(std::int64_t parts, const char* parts_name, std::int64_t whole,
                              const char* whole_name) const {
    if (whole % parts != 0)
        throw TopologyError(std::to_string(whole) + " " + whole_name + " cannot be shared out equally among " +
                            std::to_string(parts) + " " + parts_name);
}

void ParameterChecks::cables(__int128 count) const {
    if (2 * count > kMostPorts)
        throw TopologyError(fabric_ + " of more than " + std::to_string(kMostPorts) + " ports is beyond the simulator");
}

void ParameterChecks::refuse(const std::string& reason) const { throw TopologyError(fabric_ + ": " + reason); }

}  // namespace lightloom
