#include "models/optics/telemetry.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/random.hpp"
#include "models/optics/ber.hpp"

namespace lightloom {
namespace {

constexpr double kTemperatureStep_c = 1.0 / 256.0;
constexpr double kSupplyStep_volt = 100e-6;
constexpr double kPowerStep_mw = 0.1e-3;
constexpr double kBiasStep_ma = 2e-3;

template <class Code>
Code nearest(double steps) {
    constexpr double least = std::numeric_limits<Code>::min(), most = std::numeric_limits<Code>::max();
    return static_cast<Code>(std::clamp(std::round(steps), least, most));
}

}  // namespace

std::int16_t encode_temperature(Celsius temperature) {
    return nearest<std::int16_t>(temperature.value / kTemperatureStep_c);
}

Celsius decode_temperature(std::int16_t code) { return {code * kTemperatureStep_c}; }

std::uint16_t encode_supply(double volt) { return nearest<std::uint16_t>(volt / kSupplyStep_volt); }

double decode_supply_volt(std::uint16_t code) { return code * kSupplyStep_volt; }

std::uint16_t encode_power(PowerDbm power) { return nearest<std::uint16_t>(power.milliwatts().value / kPowerStep_mw); }

PowerDbm decode_power(std::uint16_t code) { return PowerDbm::from({std::max<int>(code, 1) * kPowerStep_mw}); }

std::uint16_t encode_bias(double bias_ma, int multiplier) {
    assert(multiplier == 1 || multiplier == 2 || multiplier == 4);
    return nearest<std::uint16_t>(bias_ma / (kBiasStep_ma * multiplier));
}

double decode_bias_ma(std::uint16_t code, int multiplier) { return code * kBiasStep_ma * multiplier; }

std::uint16_t encode_f16(double value) {
    constexpr int kMostMantissa = 2047, kMostExponent = 31;
    if (!(value > 0.0)) return 0;
    for (int exponent = 0; exponent <= kMostExponent; ++exponent) {
        const double mantissa = std::round(value / std::pow(10.0, exponent - 24));
        if (mantissa <= kMostMantissa) return static_cast<std::uint16_t>(exponent << 11 | static_cast<int>(mantissa));
    }
    return std::numeric_limits<std::uint16_t>::max();
}

double decode_f16(std::uint16_t code) { return (code & 2047) * std::pow(10.0, (code >> 11) - 24); }

std::optional<VdmScale> vdm_scale(int id) {
    using enum VdmScale::Type;
    if (id >= 9 && id <= 26) return VdmScale{f16, 0.0};   // error ratios before correction, errored frames
    if (id >= 27 && id <= 34) return VdmScale{u16, 1.0};  // most symbol errors of a codeword
    switch (id) {
        case 1: return VdmScale{u16, 1.0};              // laser age, %
        case 2: return VdmScale{s16, 100.0 / 32767.0};  // cooler current, %
        case 3: return VdmScale{s16, 10.0};             // laser frequency error, MHz
        case 4: return VdmScale{s16, 1.0 / 256.0};      // laser temperature, C
        case 5:                                         // signal to noise, media and host side, dB
        case 6:
        case 7:  // level transition parameter, media and host side, dB
        case 8: return VdmScale{u16, 1.0 / 256.0};
        case 84: return VdmScale{s16, 0.01};  // power from an external laser, dBm
        case 134: return VdmScale{s16, 1.0};  // chromatic dispersion, fine and coarse, ps/nm
        case 135: return VdmScale{s16, 20.0};
        case 136:  // differential group delay, ps; its second order, ps^2
        case 137: return VdmScale{u16, 0.01};
        case 138:  // polarisation-dependent loss, OSNR, signal to noise, modulation error ratio, dB
        case 139:
        case 140:
        case 147: return VdmScale{u16, 0.1};
        case 141: return VdmScale{s16, 1.0};              // carrier offset, MHz
        case 142: return VdmScale{u16, 100.0 / 65535.0};  // error vector magnitude, %
        case 143:                                         // powers: out, in, in the channel, dBm
        case 144:
        case 145: return VdmScale{s16, 0.01};
        case 146: return VdmScale{u16, 1.0};  // rotation of polarisation, krad/s
        default: return std::nullopt;
    }
}

std::uint16_t encode_vdm(const VdmScale& scale, double value) {
    switch (scale.type) {
        case VdmScale::Type::u16: return nearest<std::uint16_t>(value / scale.step);
        case VdmScale::Type::s16: return static_cast<std::uint16_t>(nearest<std::int16_t>(value / scale.step));
        case VdmScale::Type::f16: return encode_f16(value);
    }
    return 0;
}

double decode_vdm(const VdmScale& scale, std::uint16_t code) {
    switch (scale.type) {
        case VdmScale::Type::u16: return code * scale.step;
        case VdmScale::Type::s16: return static_cast<std::int16_t>(code) * scale.step;
        case VdmScale::Type::f16: return decode_f16(code);
    }
    return 0.0;
}

double pam4_esnr_db(double bit_error_ratio) {
    const double x = pam4_half_spacing(bit_error_ratio);
    return 10.0 * std::log10(5.0 * x * x);
}

// The cut-off normal by its inverse: u is squeezed into the part of (0, 1) between the limits.
double monitor_gain_error_db(const MonitorAccuracy& accuracy, std::uint64_t seed, std::uint64_t module, int lane,
                             Monitor monitor) {
    if (accuracy.sigma_db <= 0.0) return 0.0;
    const auto n = static_cast<std::uint64_t>(lane) << 1 | static_cast<std::uint64_t>(monitor);
    const double below = normal_tail(accuracy.limit_db / accuracy.sigma_db);
    const double u = uniform(draw(seed, module, Purpose::monitor_gain, n));
    return accuracy.sigma_db * inverse_normal(below + u * (1.0 - 2.0 * below));
}

std::uint16_t read_power(PowerDbm power, double gain_error_db) { return encode_power(power + Decibel{gain_error_db}); }

Alarm alarm_of(double value, const AlarmLevels& levels) {
    if (value > levels.high_alarm) return Alarm::high_alarm;
    if (value < levels.low_alarm) return Alarm::low_alarm;
    if (value > levels.high_warning) return Alarm::high_warning;
    if (value < levels.low_warning) return Alarm::low_warning;
    return Alarm::none;
}

AlarmLevels rx_power_alarms(PowerDbm least, PowerDbm most) {
    return {most.value + 1.0, most.value + 0.5, least.value - 1.0, least.value - 3.0};
}

AlarmLevels tx_power_alarms(PowerDbm least, PowerDbm most) {
    return {most.value + 1.0, most.value + 0.5, least.value, least.value - 0.5};
}

AlarmLevels temperature_alarms(Celsius most) { return {most.value + 5.0, most.value, 0.0, -5.0}; }

}  // namespace lightloom
