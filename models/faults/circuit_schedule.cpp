#include "models/faults/circuit_schedule.hpp"

#include <fmt/core.h>

#include <map>
#include <optional>

#include "models/faults/fault_timeline.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kMostOutages = std::size_t{1} << 22;

void check(std::span<const Topology::Circuit> circuits, const CircuitSchedule& schedule, Time until) {
    if (schedule.states == 0) throw FaultError("a schedule of circuits has at least one state");
    if (schedule.dark < Duration{0} || schedule.period <= schedule.dark)
        throw FaultError("the period of the circuits must be longer than the time in which they are dark");
    for (const Topology::Circuit& circuit : circuits)
        if (circuit.state >= schedule.states)
            throw FaultError(fmt::format("cable {} is lit in state {}, but the schedule has {}", circuit.cable.value,
                                         circuit.state, schedule.states));
    if (schedule.states > 1 && until == kNever) throw FaultError("a schedule of circuits needs a horizon");
}

/// The dark intervals of a cable that is lit in some of the states.
class DarkTimes {
public:
    DarkTimes(const std::vector<bool>& lit, const CircuitSchedule& schedule) : lit_(lit), schedule_(schedule) {}

    template <class Emit>
    void for_each(Time until, Emit&& emit) const {
        std::optional<Time> dark_from;
        bool was_lit = lit_[0];
        for (std::int64_t k = 0; Time{} + schedule_.period * k < until; ++k) {
            const Time begin = Time{} + schedule_.period * k;
            const bool is_lit = lit_[static_cast<std::size_t>(k % schedule_.states)];
            if (!is_lit && !dark_from) dark_from = begin;
            if (is_lit && !was_lit) {
                emit(*dark_from, begin + schedule_.dark);
                dark_from.reset();
            }
            was_lit = is_lit;
        }
        if (dark_from) emit(*dark_from, end_of_last(until));
    }

private:
    // What is dark at the horizon is dark until its next turn, or for good if it has none.
    Time end_of_last(Time until) const {
        std::int64_t k = (until.ps + schedule_.period.ps - 1) / schedule_.period.ps;
        for (std::uint32_t tried = 0; tried < schedule_.states; ++tried, ++k)
            if (lit_[static_cast<std::size_t>(k % schedule_.states)])
                return Time{} + schedule_.period * k + schedule_.dark;
        return kNever;
    }

    const std::vector<bool>& lit_;
    const CircuitSchedule& schedule_;
};

}  // namespace

std::vector<Outage> circuit_outages(std::span<const Topology::Circuit> circuits, const CircuitSchedule& schedule,
                                    Time until) {
    check(circuits, schedule, until);
    if (schedule.states == 1) return {};  // of which every circuit is a part
    std::map<CableId, std::vector<bool>> lit;
    for (const Topology::Circuit& circuit : circuits) {
        std::vector<bool>& states = lit[circuit.cable];
        states.resize(schedule.states);
        states[circuit.state] = true;
    }
    std::vector<Outage> outages;
    for (const auto& [cable, states] : lit)
        for (const std::uint32_t direction : {2 * cable.value, 2 * cable.value + 1})
            DarkTimes(states, schedule).for_each(until, [&](Time from, Time to) {
                outages.push_back({from, to, direction, OutageCause::circuit});
                if (outages.size() > kMostOutages)
                    throw FaultError(fmt::format("more than {} outages of circuits before the horizon", kMostOutages));
            });
    return outages;
}

}  // namespace lightloom
