// Crosstalk: what leaks from other channels into one. Light of another wavelength adds power (incoherent); light of the
// same wavelength beats with the signal (coherent, in-band), which is far worse.
// Not here: the signal's own echoes (reflection.hpp); four-wave mixing, which 20 nm spacing does not know.
#pragma once

#include <span>

#include "core/quantity.hpp"

namespace lightloom {

/// Penalty of other wavelengths: -10 log10(1 - (M-1) X), dB; infinite where the eye is closed.
/// 0.04 dB at 25 dB below the signal and 0.13 dB at 20 dB below, PAM4.
/// @param leak    X: the sum of all that leaks in over the signal, linear, as leak_of() gives
/// @param levels  M: 2 or 4
double incoherent_crosstalk_penalty_db(double leak, int levels);

/// Penalty of light at the signal's own wavelength in its worst phase: the same with 2 sqrt(X) ER/(ER-1) for X.
/// @param amplitude_sum  sum of sqrt(X) over the interferers
double coherent_crosstalk_penalty_db(double amplitude_sum, int levels, Decibel extinction_ratio);

/// How well a demultiplexer keeps channels apart, dB > 0.
struct ChannelIsolation {
    Decibel adjacent;
    Decibel others;
};

/// What leaks into `channel` from all others, over its own power, linear: a stronger neighbour leaks more.
/// @param power  of every channel of the fibre in the order of wavelength, at the demultiplexer
double leak_of(std::span<const PowerDbm> power, std::size_t channel, const ChannelIsolation& isolation);

/// What the 400ZR agreement (OIF-400ZR-01) allows at a receiver: all other channels over the signal, and light in its
/// own band over the signal.
inline constexpr Decibel kZrInterchannelLimit{-8.0}, kZrInterferometricLimit{-35.0};

}  // namespace lightloom
