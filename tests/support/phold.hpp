// PHOLD: the standard synthetic load of parallel event engines. Tokens hop between nodes; each handling of a token
// sends it on after a random delay to a random node. No network: what it exercises is the engine alone. Source: R.
// Fujimoto, "Performance of Time Warp under synthetic workloads", 1990.
#pragma once

#include <cstdint>
#include <vector>

#include "core/digest.hpp"
#include "core/random.hpp"
#include "core/time.hpp"

namespace lightloom::testing {

struct Phold {
    struct Event {
        Time at;
        std::uint32_t node;
        std::uint32_t source;  // the token: it stands for the port, since a token is in one place at a time
        std::uint32_t kind;
        std::uint32_t hops;
    };

    Duration lookahead{nanoseconds(100)};
    Duration spread{nanoseconds(400)};  // delays are lookahead + [0, spread)
    std::uint64_t seed = 1;
    std::int64_t granularity_ps = 1;  // coarser delays make exact ties
    std::vector<Digest> digests;
    std::vector<std::uint64_t> handled;

    explicit Phold(std::uint32_t nodes) : digests(nodes), handled(nodes) {}

    static bool is_progress(const Event&) { return true; }
    bool finished() const { return false; }
    void prefetch(const Event&) const {}

    template <class Context>
    void handle(Context& context, const Event& event) {
        digests[event.node].fold(static_cast<std::uint64_t>(event.at.ps), event.source, event.hops);
        ++handled[event.node];
        const std::uint64_t bits = scramble(seed ^ scramble(std::uint64_t{event.source} << 32 | event.hops));
        Event next = event;
        next.node = static_cast<std::uint32_t>(bits % digests.size());
        const auto delay = static_cast<std::int64_t>((bits >> 32) % static_cast<std::uint64_t>(spread.ps));
        next.at = event.at + lookahead + Duration{delay / granularity_ps * granularity_ps};
        ++next.hops;
        context.post(next);
    }

    std::uint64_t digest() const {
        Digest all;
        for (const Digest& d : digests) all.fold(d.value());
        return all.value();
    }
};

}  // namespace lightloom::testing
