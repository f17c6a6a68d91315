// Telemetry: what a module's monitors say, bit for bit as CMIS and SFF-8636 encode it, with the errors that real
// monitors have, and the alarm levels that vendors set from a module's limits.
// A receive power is accurate to +-3 dB, more than a link's whole margin: who reads it must not know better.
// Not here: which readings a run records and when (scenarios/).
#pragma once

#include <cstdint>
#include <optional>

#include "core/quantity.hpp"

namespace lightloom {

// Every encoding rounds to the nearest step and stops at the ends of its register.
// Source: CMIS 5 lower memory and page 11h, SFF-8636 page 00h; scales as SONiC reads them.

/// S16 in 1/256 C.
std::int16_t encode_temperature(Celsius temperature);
Celsius decode_temperature(std::int16_t code);
/// U16 in 100 uV.
std::uint16_t encode_supply(double volt);
double decode_supply_volt(std::uint16_t code);
/// U16 in 0.1 uW: 8.16 dBm at most. No light, and less than half a step, is 0.
std::uint16_t encode_power(PowerDbm power);
/// 0 reads as -40 dBm, as its first step does.
PowerDbm decode_power(std::uint16_t code);
/// U16 in 2 uA x `multiplier`. @param multiplier  1, 2 or 4 in CMIS; 1 in SFF-8636
std::uint16_t encode_bias(double bias_ma, int multiplier);
double decode_bias_ma(std::uint16_t code, int multiplier);

/// CMIS F16: an 11-bit mantissa (low bits) times 10^(exponent - 24), exponent of 5 bits. Error ratios are told so:
/// 1e-24 to 2.047e10, and 0. Encoding takes the smallest exponent that the value fits in.
std::uint16_t encode_f16(double value);
double decode_f16(std::uint16_t code);

/// How a CMIS "versatile diagnostics" observable is encoded.
struct VdmScale {
    enum class Type { u16, s16, f16 };
    Type type;
    double step;  // of u16 and s16
    friend bool operator==(const VdmScale&, const VdmScale&) = default;
};
/// @param id  CMIS 5 table 8-122 (1-34, 84) and C-CMIS (134-147); none for ids that are not modelled
std::optional<VdmScale> vdm_scale(int id);
std::uint16_t encode_vdm(const VdmScale& scale, double value);
double decode_vdm(const VdmScale& scale, std::uint16_t code);

/// Signal to noise ratio, dB, that a PAM4 receiver reports at this bit error ratio: SNR = 5 x^2, 17.66 dB at 2.4e-4.
/// @param bit_error_ratio in (0, 0.5)
double pam4_esnr_db(double bit_error_ratio);

enum class Monitor { tx_power, rx_power };

/// Fixed gain error of one lane's power monitor: normal, cut off at the accuracy that the standards demand.
struct MonitorAccuracy {
    double sigma_db = 1.0;  // an assumption
    double limit_db = 3.0;  // CMIS 5 and SFF-8636: +-3 dB
};
/// @param module  a number of its own for each module of the fabric
double monitor_gain_error_db(const MonitorAccuracy& accuracy, std::uint64_t seed, std::uint64_t module, int lane,
                             Monitor monitor);
/// What the lane's register holds while `power` falls on it.
std::uint16_t read_power(PowerDbm power, double gain_error_db);

struct AlarmLevels {
    double high_alarm, high_warning, low_warning, low_alarm;
};
enum class Alarm { none, high_alarm, high_warning, low_warning, low_alarm };
Alarm alarm_of(double value, const AlarmLevels& levels);

// Levels as vendors set them from a module's limits; powers are averages in dBm. The rules reproduce the levels of a
// 400G DR-class module in service (SONiC pull request 235), whose limits are -5.9 to 4.0 in and -2.9 to 4.0 out.
AlarmLevels rx_power_alarms(PowerDbm least, PowerDbm most);
AlarmLevels tx_power_alarms(PowerDbm least, PowerDbm most);
/// @param most  warranted case temperature, 70 C for commercial modules; its alarm is 5 C above
AlarmLevels temperature_alarms(Celsius most);
/// Ratio before correction; operators' practice for RS(544,514), where healthy links are below 1e-6.
inline constexpr double kBitErrorWarning = 1e-5, kBitErrorAlarm = 1e-4;

/// Loss of signal with hysteresis: asserted at or below `assert_at`, released at or above `release_at`.
struct LossOfSignal {
    PowerDbm assert_at, release_at;
    bool next(bool lost, PowerDbm received) const { return lost ? received < release_at : received <= assert_at; }
};

}  // namespace lightloom
