// Oracles: tests/data/optics/telemetry_fields.csv (scales as SONiC reads them) and dom_thresholds.csv (levels of a
// module in service, rules, data sheets).
#include "models/optics/telemetry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "models/optics/ber.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

using Row = ReferenceTable::Row;

// "1/256", "100e-6", "100/32767", "2 uA x multiplier (1;2;4)"
double fraction(const std::string& text) {
    std::size_t used = 0;
    const double upper = std::stod(text, &used);
    return used < text.size() && text[used] == '/' ? upper / std::stod(text.substr(used + 1)) : upper;
}

// "type 1", "types 5;6", "types 9-16"
std::vector<int> ids_of(const std::string& location) {
    const std::string text = location.substr(location.find(' ') + 1);
    std::size_t used = 0;
    std::vector<int> ids{std::stoi(text, &used)};
    if (used == text.size()) return ids;
    const int last = std::stoi(text.substr(used + 1));
    if (text[used] == ';') return {ids[0], last};
    while (ids.back() < last) ids.push_back(ids.back() + 1);
    return ids;
}

void expect_scale(int id, const std::string& type, double step) {
    const std::optional<VdmScale> scale = vdm_scale(id);
    ASSERT_TRUE(scale.has_value()) << id;
    const auto expected = type == "F16"   ? VdmScale::Type::f16
                          : type == "S16" ? VdmScale::Type::s16
                                          : VdmScale::Type::u16;
    EXPECT_EQ(scale->type, expected) << id;
    if (expected != VdmScale::Type::f16) {
        EXPECT_TRUE(near_relative(scale->step, step, 1e-12)) << id;
        EXPECT_TRUE(near_relative(decode_vdm(*scale, encode_vdm(*scale, 100.0 * step)), 100.0 * step, 1e-12)) << id;
    }
    if (expected == VdmScale::Type::s16) {
        EXPECT_TRUE(near_relative(decode_vdm(*scale, encode_vdm(*scale, -100.0 * step)), -100.0 * step, 1e-12)) << id;
    }
}

double milliwatt(std::uint16_t code) { return decode_power(code).milliwatts().value; }

void expect_power_step(const Row& row) {
    EXPECT_EQ(row.at("type"), "U16");
    EXPECT_TRUE(near_relative((milliwatt(2) - milliwatt(1)) * 1e3, fraction(row.at("lsb")), 1e-9));
}
void expect_bias_step(const Row& row) {
    EXPECT_EQ(row.at("type"), "U16");
    for (const int multiplier : {1, 2, 4})
        EXPECT_TRUE(near_relative(decode_bias_ma(1, multiplier) * 1e3, fraction(row.at("lsb")) * multiplier, 1e-12));
}
void expect_temperature_step(const Row& row) {
    EXPECT_EQ(row.at("type"), "S16");
    EXPECT_EQ(decode_temperature(1).value, fraction(row.at("lsb")));
    EXPECT_EQ(decode_temperature(-1).value, -fraction(row.at("lsb")));
}
void expect_supply_step(const Row& row) {
    EXPECT_EQ(row.at("type"), "U16");
    EXPECT_TRUE(near_relative(decode_supply_volt(1), fraction(row.at("lsb")), 1e-12));
}
void expect_ccmis(const std::vector<std::pair<int, double>>& steps, const std::string& is_signed) {
    for (std::size_t n = 0; n < steps.size(); ++n)
        expect_scale(steps[n].first, is_signed[n] == 's' ? "S16" : "U16", steps[n].second);
}

TEST(Telemetry, EncodesEveryFieldAsTheReference) {
    const std::map<std::string, std::function<void(const Row&)>> checks{
        {"module temperature", expect_temperature_step},
        {"temperature", expect_temperature_step},
        {"Vcc", expect_supply_step},
        {"Tx power lane n", expect_power_step},
        {"Rx power lane n", expect_power_step},
        {"Tx power 1-4", expect_power_step},
        {"Rx power 1-4", expect_power_step},
        {"Tx bias lane n", expect_bias_step},
        {"Tx bias 1-4", expect_bias_step},
        {"F16 number",
         [](const Row& row) {
             EXPECT_EQ(row.at("lsb"), "value = mantissa(11 lsb) * 10^(exp(5 msb)-24)");
             EXPECT_TRUE(near_relative(decode_f16(20 << 11 | 24), 24e-4, 1e-12));
         }},
        {"C-CMIS CD / DGD / SOPMD / PDL",
         [](const Row& row) {
             EXPECT_EQ(row.at("lsb"), "1 or 20 ps/nm; 0.01 ps; 0.01 ps2; 0.1 dB");
             expect_ccmis({{134, 1.0}, {135, 20.0}, {136, 0.01}, {137, 0.01}, {138, 0.1}}, "ssuuu");
         }},
        {"C-CMIS OSNR / eSNR / CFO / EVM / MER",
         [](const Row& row) {
             EXPECT_EQ(row.at("lsb"), "0.1 dB; 0.1 dB; 1 MHz; 100/65535 %; 0.1 dB");
             expect_ccmis({{139, 0.1}, {140, 0.1}, {141, 1.0}, {142, 100.0 / 65535.0}, {147, 0.1}}, "uusuu");
         }},
        {"C-CMIS Tx power / Rx total / Rx signal / SOP rate",
         [](const Row& row) {
             EXPECT_EQ(row.at("lsb"), "0.01 dBm x3; 1 krad/s");
             expect_ccmis({{143, 0.01}, {144, 0.01}, {145, 0.01}, {146, 1.0}}, "sssu");
         }},
        // SNR -> error ratio of the inner eyes alone, 0.75 Q(sqrt(SNR / 5))
        {"eSNR to BER (PAM4)",
         [](const Row&) {
             for (const double ratio : {1e-3, 2.4e-4, 1e-8}) {
                 const double snr = std::pow(10.0, pam4_esnr_db(ratio) / 10.0);
                 EXPECT_TRUE(near_relative(0.75 * normal_tail(std::sqrt(snr / 5.0)), ratio, 1e-3));
             }
         }},
        {"eSNR anchor", [](const Row&) { EXPECT_NEAR(pam4_esnr_db(2.4e-4), 17.66, 0.005); }},
    };
    int vdm = 0, checked = 0, silent = 0;
    for (const auto& row : ReferenceTable("telemetry_fields.csv").rows()) {
        const std::string& field = row.at("field");
        if (field.rfind("VDM", 0) == 0) {
            const double step = row.at("lsb").empty() ? 0.0 : fraction(row.at("lsb"));
            for (const int id : ids_of(row.at("location"))) expect_scale(id, row.at("type"), step);
            ++vdm;
        } else if (const auto check = checks.find(field); check != checks.end()) {
            check->second(row);
            ++checked;
        } else {
            EXPECT_TRUE(field == "thresholds" || field.rfind("host FEC histogram", 0) == 0) << field;  // no scale
            ++silent;
        }
    }
    EXPECT_EQ(vdm, 11);
    EXPECT_EQ(checked, 16);
    EXPECT_EQ(silent, 3);
}

TEST(Telemetry, ForgetsNothingThatARegisterHolds) {
    for (int code = 0; code <= 65535; ++code) {
        const auto u16 = static_cast<std::uint16_t>(code);
        const auto s16 = static_cast<std::int16_t>(code - 32768);
        ASSERT_EQ(encode_temperature(decode_temperature(s16)), s16);
        ASSERT_EQ(encode_supply(decode_supply_volt(u16)), u16);
        ASSERT_EQ(encode_bias(decode_bias_ma(u16, 4), 4), u16);
        ASSERT_EQ(encode_power(decode_power(u16)), std::max(u16, std::uint16_t{1}));
        ASSERT_TRUE(near_relative(decode_f16(encode_f16(decode_f16(u16))), decode_f16(u16), 1e-12));
    }
}

TEST(Telemetry, PowerHasAFloorAndACeiling) {
    EXPECT_EQ(encode_power(PowerDbm{-std::numeric_limits<double>::infinity()}), 0);
    EXPECT_EQ(encode_power(PowerDbm{-50.0}), 0);
    EXPECT_NEAR(decode_power(0).value, -40.0, 1e-12);
    EXPECT_NEAR(decode_power(1).value, -40.0, 1e-12);
    EXPECT_EQ(encode_power(PowerDbm{8.2}), 65535);
    EXPECT_NEAR(decode_power(65535).value, 8.16, 0.006);
    EXPECT_EQ(encode_power(PowerDbm{0.0}), 10'000);
}

TEST(Telemetry, RegistersStopAtTheirEnds) {
    EXPECT_EQ(encode_temperature({200.0}), 32767);
    EXPECT_EQ(encode_temperature({-200.0}), -32768);
    EXPECT_EQ(encode_temperature({-0.5}), -128);
    EXPECT_EQ(encode_supply(-1.0), 0);
    EXPECT_EQ(encode_supply(9.0), 65535);
    EXPECT_EQ(encode_bias(200.0, 1), 65535);  // a laser that feeds four lanes needs the multiplier
    EXPECT_EQ(encode_bias(200.0, 4), 25'000);
    EXPECT_EQ(encode_vdm({VdmScale::Type::s16, 0.01}, -1000.0), 0x8000);
    EXPECT_EQ(encode_vdm({VdmScale::Type::u16, 0.1}, -1.0), 0);
}

TEST(F16, HoldsFourDigitsOverAllErrorRatios) {
    for (double decade = -21.0; decade < 9.0; decade += 1.0)
        for (const double mantissa : {1.0, 1.234, 2.04, 2.4, 5.67, 9.99}) {
            const double value = mantissa * std::pow(10.0, decade);
            EXPECT_TRUE(near_relative(decode_f16(encode_f16(value)), value, 0.5 / 204.0)) << value;
        }
    EXPECT_EQ(encode_f16(0.0), 0);
    EXPECT_EQ(encode_f16(-1.0), 0);
    EXPECT_EQ(decode_f16(0), 0.0);
    EXPECT_EQ(encode_f16(1e-24), 1);
    EXPECT_EQ(encode_f16(1e30), 65535);
    EXPECT_NEAR(decode_f16(65535), 2.047e10, 1e-3);
    EXPECT_TRUE(near_relative(decode_f16(encode_f16(2.4e-4)), 2.4e-4, 1e-12));
}

TEST(Vdm, KnowsOnlyWhatItModels) {
    for (const int id : {0, 35, 77, 128, 133, 148, -1}) EXPECT_EQ(vdm_scale(id), std::nullopt) << id;
}

TEST(MonitorGain, IsNormalWithinItsLimitAndFixed) {
    constexpr std::uint64_t kModules = 20'000;
    double sum = 0.0, squares = 0.0, most = 0.0;
    for (std::uint64_t module = 0; module < kModules; ++module) {
        const double error_db = monitor_gain_error_db({}, 1, module, 0, Monitor::rx_power);
        EXPECT_EQ(monitor_gain_error_db({}, 1, module, 0, Monitor::rx_power), error_db);
        sum += error_db;
        squares += error_db * error_db;
        most = std::max(most, std::abs(error_db));
    }
    EXPECT_NEAR(sum / kModules, 0.0, 0.03);                   // sigma of it: 0.007
    EXPECT_NEAR(std::sqrt(squares / kModules), 0.987, 0.02);  // of a normal cut off at three sigma
    EXPECT_LE(most, 3.0);
    EXPECT_GT(most, 2.8);
    EXPECT_LE(std::abs(monitor_gain_error_db({5.0, 3.0}, 1, 0, 0, Monitor::rx_power)), 3.0);
    EXPECT_EQ(monitor_gain_error_db({0.0, 3.0}, 1, 0, 0, Monitor::rx_power), 0.0);
}

TEST(MonitorGain, IsEachMonitorsOwn) {
    const auto error_db = [](std::uint64_t seed, std::uint64_t module, int lane, Monitor monitor) {
        return monitor_gain_error_db({}, seed, module, lane, monitor);
    };
    const double here = error_db(1, 5, 0, Monitor::rx_power);
    EXPECT_NE(here, error_db(1, 5, 0, Monitor::tx_power));
    EXPECT_NE(here, error_db(1, 5, 1, Monitor::rx_power));
    EXPECT_NE(here, error_db(1, 6, 0, Monitor::rx_power));
    EXPECT_NE(here, error_db(2, 5, 0, Monitor::rx_power));
}

TEST(MonitorGain, MovesTheReading) {
    EXPECT_EQ(read_power(PowerDbm{-2.0}, 0.0), encode_power(PowerDbm{-2.0}));
    EXPECT_NEAR(decode_power(read_power(PowerDbm{-2.0}, 0.7)).value, -1.3, 0.001);
    EXPECT_EQ(read_power(PowerDbm{-60.0}, 3.0), 0);
}

// The levels of a 400G DR-class module in service; its limits (IEEE 802.3bs table 124-6 and 124-7) are -2.9 to 4.0 dBm
// out and -5.9 to 4.0 dBm in. Levels are printed after a round trip through the register.
TEST(Alarms, OfTheReference) {
    int checked = 0;
    const auto expect_levels = [&](const Row& row, const AlarmLevels& levels, double tolerance) {
        EXPECT_NEAR(levels.high_alarm, std::stod(row.at("high_alarm")), tolerance);
        EXPECT_NEAR(levels.high_warning, std::stod(row.at("high_warn")), tolerance);
        EXPECT_NEAR(levels.low_warning, std::stod(row.at("low_warn")), tolerance);
        EXPECT_NEAR(levels.low_alarm, std::stod(row.at("low_alarm")), tolerance);
        ++checked;
    };
    const auto columns = {"high_alarm", "high_warn", "low_warn", "low_alarm"};
    std::map<std::string, LossOfSignal> los;
    for (const auto& row : ReferenceTable("dom_thresholds.csv").rows()) {
        const std::string &module = row.at("module"), &what = row.at("parameter");
        const bool live = module == "DR-class 400G (live dump)";
        if (live && what == "Rx power")
            expect_levels(row, rx_power_alarms(PowerDbm{-5.9}, PowerDbm{4.0}), 0.0015);
        else if (live && what == "Tx power")
            expect_levels(row, tx_power_alarms(PowerDbm{-2.9}, PowerDbm{4.0}), 0.0015);
        else if (live) {  // levels of the vendor's own; the registers hold them exactly
            const auto stored = [&](double value) {
                if (what == "temperature") return decode_temperature(encode_temperature({value})).value;
                if (what == "Vcc") return decode_supply_volt(encode_supply(value));
                return decode_bias_ma(encode_bias(value, 4), 4);
            };
            for (const char* column : columns)
                EXPECT_NEAR(stored(std::stod(row.at(column))), std::stod(row.at(column)), 1e-9) << what;
            ++checked;
        } else if (module == "generic PAM4 rule") {
            const AlarmLevels levels = rx_power_alarms(PowerDbm{0.0}, PowerDbm{0.0});
            EXPECT_EQ(row.at("high_alarm"), "spec max +1");
            EXPECT_EQ(levels.high_alarm, 1.0);
            EXPECT_EQ(row.at("high_warn"), "spec max +0.5");
            EXPECT_EQ(levels.high_warning, 0.5);
            EXPECT_EQ(row.at("low_warn"), "spec min -1");
            EXPECT_EQ(levels.low_warning, -1.0);
            EXPECT_EQ(row.at("low_alarm"), "spec min -3");
            EXPECT_EQ(levels.low_alarm, -3.0);
            ++checked;
        } else if (module == "generic")
            expect_levels(row, temperature_alarms({70.0}), 0.0);
        else if (what == "LOS assert level")
            los[module].assert_at = PowerDbm{std::stod(row.at("low_alarm"))}, ++checked;
        else if (what == "LOS de-assert level (max)")
            los[module].release_at = PowerDbm{std::stod(row.at("low_warn"))}, ++checked;
        else if (what == "LOS hysteresis (min)") {
            EXPECT_GE((los.at(module).release_at - los.at(module).assert_at).value, std::stod(row.at("low_alarm")));
            ++checked;
        } else if (module == "operator pre-FEC BER") {
            EXPECT_EQ(row.at("high_alarm"), "1e-4 alarm");
            EXPECT_EQ(kBitErrorAlarm, 1e-4);
            EXPECT_EQ(row.at("high_warn"), "1e-5 warn");
            EXPECT_EQ(kBitErrorWarning, 1e-5);
            ++checked;
        } else
            EXPECT_EQ(row.at("confidence"), "low-med") << module;
    }
    EXPECT_EQ(checked, 13);
    for (const auto& [module, signal] : los) {
        EXPECT_FALSE(signal.next(false, PowerDbm{-14.0})) << module;
        EXPECT_TRUE(signal.next(false, PowerDbm{-15.0})) << module;
        EXPECT_TRUE(signal.next(true, PowerDbm{-14.0})) << module;
        EXPECT_FALSE(signal.next(true, PowerDbm{-9.0})) << module;
    }
    EXPECT_EQ(los.size(), 2u);
}

TEST(Alarms, RiseOnlyBeyondTheirLevel) {
    const AlarmLevels levels{5.0, 4.5, -6.9, -8.9};
    EXPECT_EQ(alarm_of(0.0, levels), Alarm::none);
    EXPECT_EQ(alarm_of(4.5, levels), Alarm::none);
    EXPECT_EQ(alarm_of(4.6, levels), Alarm::high_warning);
    EXPECT_EQ(alarm_of(5.1, levels), Alarm::high_alarm);
    EXPECT_EQ(alarm_of(-7.0, levels), Alarm::low_warning);
    EXPECT_EQ(alarm_of(-9.0, levels), Alarm::low_alarm);
    EXPECT_EQ(alarm_of(-40.0, levels), Alarm::low_alarm);
}

}  // namespace
}  // namespace lightloom
