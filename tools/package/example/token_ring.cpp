// A model of one's own on the engine: tokens go round a ring of nodes, each hop taking 100 ns and a random wait. The
// engine asks for four functions and gives one promise: the same answer on any number of threads.
#include <cstdint>
#include <cstdio>
#include <vector>
#include "core/digest.hpp"
#include "core/engine.hpp"
#include "core/random.hpp"
#include "core/time.hpp"

using namespace lightloom;

constexpr Duration kHop = nanoseconds(100);

struct TokenRing {
    struct Event {
        Time at;
        std::uint32_t node, source, kind, hops;  // at the same instant, events of a node are ordered by kind and source
    };

    explicit TokenRing(std::uint32_t nodes) : seen(nodes) {}

    template <class Context>
    void handle(Context& context, const Event& event) {  // touches what belongs to event.node, and nothing else
        seen[event.node].fold(static_cast<std::uint64_t>(event.at.ps), event.source, event.hops);
        Event next = event;
        next.node = (event.node + 1) % static_cast<std::uint32_t>(seen.size());
        const std::uint64_t bits = scramble(std::uint64_t{event.source} << 32 | event.hops);  // not who asks first
        next.at = event.at + kHop + Duration{static_cast<std::int64_t>(bits % 50'000)};
        ++next.hops;
        context.post(next);
    }
    static bool is_progress(const Event&) { return true; }
    bool finished() const { return false; }
    void prefetch(const Event&) const {}

    std::vector<Digest> seen;  // per node
};

std::uint64_t digest_of(std::uint32_t threads) {
    constexpr std::uint32_t kNodes = 64;
    std::vector<std::uint16_t> partition_of(kNodes);
    for (std::uint32_t node = 0; node < kNodes; ++node)
        partition_of[node] = static_cast<std::uint16_t>(node * threads / kNodes);
    TokenRing ring(kNodes);
    Engine<TokenRing> engine(ring, {.threads = threads,
                                    .partitions = threads,
                                    .partition_of = partition_of,
                                    .lookahead = kHop,
                                    .until = Time{} + milliseconds(1)});
    for (std::uint32_t token = 0; token < kNodes; token += 4) engine.post({Time{}, token, token, 0, 0});
    engine.run();
    Digest all;
    for (const Digest& digest : ring.seen) all.fold(digest.value());
    std::printf("%u threads: %lld events, digest %016llx\n", threads, static_cast<long long>(engine.events()),
                static_cast<unsigned long long>(all.value()));
    return all.value();
}

int main() { return digest_of(1) == digest_of(2) ? 0 : 1; }
