// What the engine of a collective library costs at a GPU: launching a kernel, latency per message, and bytes on the
// wire that are no data. As it stands it costs nothing: then a collective takes what the fabric takes.
//
// Latency lies between a lane's decision to send and the first packet; it is a delay, which occupies nothing, so what
// is sent at once is delayed once. Flags and synchronisation are bytes: a message is longer by them.
// Not here: where figures come from (scenarios/engine_file.hpp), which protocol is best (nccl_model.hpp).
#pragma once

#include <cstdint>

#include "core/time.hpp"

namespace lightloom {

/// Data over bytes on the wire, as a fraction that arithmetic keeps exact. From 1/65536 to 1.
class WireShare {
public:
    constexpr WireShare() = default;
    /// @param share  in (0, 1], to the nearest of 65536 parts
    constexpr explicit WireShare(double share) : parts_(static_cast<std::int64_t>(share * kWhole + 0.5)) {
        if (parts_ < 1) parts_ = 1;
        if (parts_ > kWhole) parts_ = kWhole;
    }
    /// @param data  bytes, below 2^46. @return bytes on the wire, rounded up
    constexpr std::int64_t wire_bytes(std::int64_t data) const {
        return parts_ == kWhole ? data : (data * kWhole + parts_ - 1) / parts_;
    }
    constexpr double value() const { return static_cast<double>(parts_) / kWhole; }
    friend constexpr bool operator==(WireShare, WireShare) = default;

private:
    static constexpr std::int64_t kWhole = 1 << 16;
    std::int64_t parts_ = kWhole;
};

struct EngineCosts {
    Duration launch{};             // of a collective, at each rank, before its first step
    Duration step{};               // of a message inside a server or rack, over its scale-up network
    Duration step_across{};        // of any other
    double efficiency = 1.0;       // data over bytes sent, inside, in (0, 1]
    double efficiency_across = 1;  // the same of what goes across
    friend bool operator==(const EngineCosts&, const EngineCosts&) = default;
};

}  // namespace lightloom
