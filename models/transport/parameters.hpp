// What a run says of its transport: how a loss is found and made good, and when a sender gives up.
// Plain data; a scenario's defaults and their reasons are in scenarios/scenario.hpp.
#pragma once

#include <cstdint>

#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/transport/dcqcn.hpp"
#include "models/transport/nscc.hpp"

namespace lightloom {

/// How a flow finds out what is missing. Behind all of them stands the time-out: nothing is lost for good in silence.
enum class Reliability : std::uint8_t {
    window,            // takes any order; what is missing is found by time-out alone, and only that is sent again
    go_back_n,         // takes order only, one negative acknowledgement per gap; the sender begins again at the gap
    selective_repeat,  // takes any order; a packet after a gap names the gap, which is sent again at once, as in IRN
    unordered,         // takes any order; a trimmed packet is asked for again by its number, as in Ultra Ethernet
};

/// What holds a flow back beside its window.
enum class Control : std::uint8_t { none, dcqcn, nscc };

/// How long a flow waits for its window to move, and how often, before it fails.
struct RetryBudget {
    static constexpr std::uint32_t kUnlimited = UINT32_MAX;
    Duration timeout = microseconds(250);
    std::uint32_t tries = kUnlimited;  // the last of so many time-outs in a row is the failure

    friend bool operator==(const RetryBudget&, const RetryBudget&) = default;
};

/// The time-out of an InfiniBand queue pair, 4.096 us x 2^exponent. @param exponent  0 to 31
/// Source: InfiniBand Architecture Specification 1.4, section 9.7.6.1.3 (Local ACK Timeout).
constexpr Duration infiniband_timeout(int exponent) { return nanoseconds(4096) * (std::int64_t{1} << exponent); }

/// NCCL's defaults of NCCL_IB_TIMEOUT and NCCL_IB_RETRY_CNT, by the release that brought them: 30.06 s, 7.52 s and
/// 0.47 s before a flow fails. Source: NCCL user guide, environment variables.
inline constexpr RetryBudget kNccl223{infiniband_timeout(20), 7};
inline constexpr RetryBudget kNccl214{infiniband_timeout(18), 7};
inline constexpr RetryBudget kNccl{infiniband_timeout(14), 7};

struct TransportParameters {
    Bytes payload{4096};         // of a full packet
    std::uint32_t window = 256;  // packets in flight per flow
    Duration timeout = microseconds(250);
    std::uint32_t tries = RetryBudget::kUnlimited;
    Reliability reliability = Reliability::window;
    std::uint16_t entropies = 64;  // paths that an unordered flow takes in turn
    Control control = Control::none;
    DcqcnParameters dcqcn{};
    NsccParameters nscc{};
};

}  // namespace lightloom
