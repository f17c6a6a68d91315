// Randomness is a function, not a stream: draw(seed, entity, purpose, n) is the same number whoever asks, in whatever
// order, on whatever thread. n counts something of the model (the losses of a link, the packets of a port), never
// calls. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Philox4x32-10, by Random123).
#pragma once

#include <cmath>
#include <cstdint>

namespace lightloom {

/// What a number is for: two purposes of one entity never share a number. The values are part of every result: append.
enum class Purpose : std::uint32_t {
    frame_loss = 1,
    permutation = 2,
    placement = 3,
    connector_loss = 4,
    fibre_length = 5,
    transmitter = 6,
    receiver = 7,
    switch_hash = 8,
    arrival = 9,
    phold = 10,
    hash = 11,
    lock_loss = 12,
    relock = 13,
    splice_loss = 20,
    dirt = 21,
    module_lot = 22,
    module = 23,
    place = 24,
    host_loss = 25,
    monitor_gain = 26,
    convergence = 27,
    flap = 30,
    flap_length = 31,
    wander = 32,
    selection = 33,
    popularity = 40,
    expert = 41,
};

/// 64 random bits. @param n  which of the entity's numbers for this purpose
std::uint64_t draw(std::uint64_t seed, std::uint64_t entity, Purpose purpose, std::uint64_t n);

/// Uniform in (0, 1): never 0, so that its logarithm is finite, and never 1.
inline double uniform(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }

/// Exponential of mean 1. Set-up and loss draws only: libm does not belong on the packet path.
inline double exponential(std::uint64_t bits) { return -std::log(uniform(bits)); }

/// The standard normal's inverse distribution function at `u` in (0, 1); relative error below 1.2e-9.
/// Source: P. J. Acklam's rational approximation (2003).
double inverse_normal(double u);

}  // namespace lightloom
