// Reflection: light that is reflected twice follows the signal, beats with it at the receiver, and closes the eye
// (multipath interference, MPI). What reflects, how pairs of reflectors add up, and the penalty.
// Not here: which connectors are dirty (contamination.hpp); light that leaks between channels (crosstalk.hpp).
#pragma once

#include <optional>
#include <span>

#include "core/quantity.hpp"

namespace lightloom {

/// A reflector on the way, seen from the transmitter. Transmitter and receiver are reflectors too.
struct Reflector {
    Decibel reflectance;  // negative
    Decibel loss_before;  // one way, from the transmitter to here
};

/// Sum over all pairs of reflectors of the amplitude of their stray light over that of the signal. The stray light of a
/// pair (i, j) crosses what lies between them two times more than the signal does: sqrt(Ri Rj) 10^(-2 L_ij / 20),
/// with L_ij the loss between them, dB of power one way. So loss between reflectors lowers MPI.
/// Walk from transmitter to receiver, telling each reflector and each loss as it comes.
class StrayLight {
public:
    void reflect(Decibel reflectance);
    void lose(Decibel loss);
    double pair_sum() const { return pair_sum_; }

private:
    double pair_sum_ = 0.0;
    double amplitudes_ =
        0.0;  // of all reflectors so far, as light returning from here and going forward again sees them
};

/// The same for a list. @param reflectors  in the order of the way, `loss_before` not falling
double stray_light(std::span<const Reflector> reflectors);

/// Penalty if all stray light met the signal in its worst phase at once: -10 log10(1 - 4 (M-1) S ER/(ER-1)), dB;
/// infinite where the eye is closed.
/// @param pair_sum          S, of StrayLight
/// @param levels            M: 2 or 4
/// @param extinction_ratio  > 0 dB
/// Source: reproduces the upper bounds of 6.2 and 2.5 dB in ieee802.org/3/400GSG/email/msg00229.html.
double mpi_upper_bound_db(double pair_sum, int levels, Decibel extinction_ratio);

/// What part of the upper bound phases really reach. The same message gives statistical bounds of 3.81 dB for 6.20 and
/// 1.78 dB for 2.50, a share of 0.61 and 0.71; this is their mean, good to 8 % on both.
inline constexpr double kMpiDiscount = 0.66;

/// The realistic penalty: kMpiDiscount of the upper bound.
double mpi_penalty_db(double pair_sum, int levels, Decibel extinction_ratio);

/// Reflectance of one surface between glass and air (an open flat connector): ((n-1)/(n+1))^2.
Decibel glass_air_reflectance(double group_index);

/// A flat pair that does not touch: a thin resonator between two surfaces, at the gap that reflects most.
struct AirGap {
    Decibel reflectance;
    Decibel loss;
};
/// 4R/(1+R)^2 (Airy) with R of one surface: -8.7 dB and 0.62 dB for n = 1.4676. @param group_index of the glass
AirGap worst_air_gap(double group_index);

/// A row of a standard's table: with `count` discrete reflectances above -55 dB, each may be `most_each`.
struct AllowedReflectance {
    int count;
    Decibel most_each;
};

/// What each of `count` reflectors may reflect: the row of that count or of the next higher one; nothing is
/// interpolated. None if there are more than the table foresees. @param table  ascending count
std::optional<Decibel> allowed_reflectance(std::span<const AllowedReflectance> table, int count);

}  // namespace lightloom
