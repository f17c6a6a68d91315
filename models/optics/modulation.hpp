// Modulation: how many bits a symbol carries, and on what. Not here: what noise does to it (ber.hpp for light that is
// switched and detected directly, coherent_receiver.hpp for light that is mixed with a local laser).
#pragma once

namespace lightloom {

/// NRZ and PAM4 modulate the intensity of one polarisation; the DP formats both quadratures of two polarisations.
enum class Modulation { nrz, pam4, dp_qpsk, dp_16qam };

constexpr bool is_coherent(Modulation modulation) { return modulation >= Modulation::dp_qpsk; }

/// Bits of one symbol, both polarisations together.
constexpr int bits_per_symbol(Modulation modulation) {
    switch (modulation) {
        case Modulation::nrz: return 1;
        case Modulation::pam4: return 2;
        case Modulation::dp_qpsk: return 4;
        case Modulation::dp_16qam: return 8;
    }
    return 0;
}

}  // namespace lightloom
