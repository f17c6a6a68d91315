#include "models/workload/messages.hpp"

#include <algorithm>
#include <vector>

#include "core/random.hpp"

namespace lightloom {
namespace {

class Messages {
public:
    Messages(std::span<const EndpointId> gpus, const MessageDemand& demand, std::uint64_t seed, std::uint64_t job)
        : gpus_(gpus), demand_(demand), seed_(seed), job_(job) {
        if (demand.pattern == MessageDemand::Pattern::permutation)
            for (const Traffic::Flow& flow : permutation(gpus, {0}, seed, job).flows)
                partner_.push_back(flow.destination);
    }

    Traffic traffic() {
        traffic_.groups.push_back({.ranks = static_cast<std::uint32_t>(gpus_.size())});
        const bool incast = demand_.pattern == MessageDemand::Pattern::incast;
        for (std::uint32_t sender = incast ? 1 : 0; sender < gpus_.size(); ++sender) switch (demand_.arrivals) {
                case Arrivals::once: add(sender, 0, 0); break;
                case Arrivals::poisson: open_loop(sender); break;
                case Arrivals::closed: closed_loop(sender); break;
            }
        return std::move(traffic_);
    }

private:
    // Three numbers a message: when, how large, where to.
    enum class What : std::uint64_t { when, size, where, which_hot_spot };
    std::uint64_t bits(std::uint32_t sender, std::uint64_t message, What what) const {
        return draw(seed_, job_ << 32 | sender, Purpose::arrival, 4 * message + static_cast<std::uint64_t>(what));
    }

    void open_loop(std::uint32_t sender) {
        const double mean_gap_ps = demand_.sizes.mean() / demand_.bytes_per_second * 1e12;
        double at_ps = 0.0;
        for (std::uint64_t message = 0;; ++message) {
            at_ps += mean_gap_ps * exponential(bits(sender, message, What::when));
            if (at_ps >= static_cast<double>(demand_.duration.ps)) return;
            add(sender, message, static_cast<std::int64_t>(at_ps));
        }
    }
    void closed_loop(std::uint32_t sender) {
        const auto loop = static_cast<std::uint32_t>(traffic_.loops.size());
        traffic_.loops.push_back({.first_flow = static_cast<std::uint32_t>(traffic_.flows.size()),
                                  .flows = demand_.messages,
                                  .outstanding = demand_.outstanding});
        for (std::uint64_t message = 0; message < demand_.messages; ++message) {
            add(sender, message, 0);
            traffic_.flows.back().loop = loop;
        }
    }
    void add(std::uint32_t sender, std::uint64_t message, std::int64_t start_ps) {
        traffic_.flows.push_back({.source = gpus_[sender],
                                  .destination = destination(sender, message),
                                  .rank = sender,
                                  .opening_messages = 1,
                                  .opening_bytes = demand_.sizes.at(uniform(bits(sender, message, What::size))),
                                  .start_ps = start_ps});
    }

    EndpointId destination(std::uint32_t sender, std::uint64_t message) const {
        switch (demand_.pattern) {
            case MessageDemand::Pattern::permutation: return partner_[sender];
            case MessageDemand::Pattern::incast: return gpus_.front();
            case MessageDemand::Pattern::uniform: break;
            case MessageDemand::Pattern::hot_spot:
                // A hot spot that has nobody beside itself to send to among its like sends to any.
                if (const std::uint32_t others = demand_.hot_spots - (sender < demand_.hot_spots ? 1 : 0);
                    others > 0 && uniform(bits(sender, message, What::which_hot_spot)) < demand_.hot_share)
                    return other_than(sender, others, bits(sender, message, What::where));
        }
        return other_than(sender, static_cast<std::uint32_t>(gpus_.size()) - 1, bits(sender, message, What::where));
    }
    /// One of the first so many, without the sender.
    EndpointId other_than(std::uint32_t sender, std::uint32_t others, std::uint64_t random) const {
        const auto place = static_cast<std::uint32_t>(random % others);
        return gpus_[place + (place >= sender ? 1 : 0)];
    }

    std::span<const EndpointId> gpus_;
    const MessageDemand& demand_;
    std::uint64_t seed_, job_;
    std::vector<EndpointId> partner_;
    Traffic traffic_;
};

}  // namespace

Traffic message_traffic(std::span<const EndpointId> gpus, const MessageDemand& demand, std::uint64_t seed,
                        std::uint64_t job) {
    return Messages(gpus, demand, seed, job).traffic();
}

}  // namespace lightloom
