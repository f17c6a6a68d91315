// Quantities as text. Oracle of the exact ones: integers written out by hand; of the others: the compiler's literals.
#include "core/quantity_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace lightloom {
namespace {

template <class T>
void expect_reads(std::string_view text, T expected) {
    const auto parsed = parse_quantity<T>(text);
    ASSERT_TRUE(parsed.value) << text << ": " << parsed.error;
    EXPECT_EQ(*parsed.value, expected) << text;
}

template <class T>
void expect_error(std::string_view text, std::string_view error) {
    const auto parsed = parse_quantity<T>(text);
    EXPECT_FALSE(parsed.value) << text;
    EXPECT_EQ(parsed.error, error);
    EXPECT_EQ(parsed.hint, quantity_form<T>());
}

TEST(QuantityText, ReadsWholeQuantitiesExactly) {
    expect_reads("2.5us", Duration{2'500'000});
    expect_reads("1ps", Duration{1});
    expect_reads("0.001ns", Duration{1});
    expect_reads("0s", Duration{0});
    expect_reads("1.5 min", Duration{90 * kPicosecondsPerSecond});
    expect_reads("106d", Duration{106 * 86'400 * kPicosecondsPerSecond});
    expect_reads("9223372036854775807ps", Duration{INT64_MAX});
    expect_reads("106.25Gbps", BitRate{106'250'000'000});
    expect_reads("800 Gb/s", BitRate{800'000'000'000});
    expect_reads("3.2Tbps", BitRate{3'200'000'000'000});
    expect_reads("256MiB", Bytes{268'435'456});
    expect_reads("0.5KiB", Bytes{512});
    expect_reads("1kB", Bytes{1000});
    expect_reads("+7B", Bytes{7});
    expect_reads("-0B", Bytes{0});
    expect_reads("00001.2500000000000000000000000kB", Bytes{1250});
}

TEST(QuantityText, ReadsMeasuredQuantitiesToTheNearestDouble) {
    expect_reads("120m", Metres{120.0});
    expect_reads("1.1km", Metres{1100.0});  // 1.1 x 1000.0 would be 1100.0000000000002
    expect_reads("-3dBm", PowerDbm{-3.0});
    expect_reads("0.35dB", Decibel{0.35});
    expect_reads("35C", Celsius{35.0});
    expect_reads("-273.15C", Celsius{-273.15});
    expect_reads("3mW", Watt{0.003});
    expect_reads("1.5MW", Watt{1.5e6});
}

TEST(QuantityText, SaysWhatWasExpected) {
    expect_error<Metres>("150", "150 has no unit");
    EXPECT_EQ(quantity_form<Metres>(), R"(a length is a number and mm, m or km, such as "150m")");
    expect_error<Metres>("150ns", R"("150ns" is a time, not a length)");
    expect_error<Decibel>("3dBm", R"("3dBm" is an optical power, not a loss)");
    expect_error<Metres>("150furlongs", R"("150furlongs": unknown unit "furlongs")");
    expect_error<Watt>("12w", R"("12w": unknown unit "w")");
    expect_error<Duration>("soon", R"("soon" is not a time)");
    expect_error<Duration>("", "is empty");
}

TEST(QuantityText, RefusesWhatIsNotWhole) {
    expect_error<Duration>("0.1ps", R"("0.1ps" is not a whole number of picoseconds)");
    expect_error<Duration>("1.0005ns", R"("1.0005ns" is not a whole number of picoseconds)");
    expect_error<Bytes>("1.5B", R"("1.5B" is not a whole number of bytes)");
    expect_error<BitRate>("0.5bps", R"("0.5bps" is not a whole number of bits per second)");
    expect_error<Duration>("0.0000000000000000000000000001d",
                           R"("0.0000000000000000000000000001d" is not a whole number of picoseconds)");
}

TEST(QuantityText, RefusesOverflowNegativesAndWhatIsNoNumber) {
    expect_error<Duration>("9223372036854775808ps", R"("9223372036854775808ps" is too large)");
    expect_error<Duration>("9999999d", R"("9999999d" is too large)");
    expect_error<Bytes>("99999999999999999999TiB", R"("99999999999999999999TiB" is too large)");
    expect_error<Duration>("-1ns", R"("-1ns" is negative)");
    expect_error<BitRate>("-400Gbps", R"("-400Gbps" is negative)");
    expect_error<Metres>("-2m", R"("-2m" is negative)");
    expect_error<Watt>("-2W", R"("-2W" is negative)");
    expect_error<Celsius>("-273.16C", R"("-273.16C" is below absolute zero)");
    const std::string huge = '1' + std::string(400, '0') + "dB";
    EXPECT_FALSE(parse_quantity<Decibel>(huge).value);
    for (const char* text :
         {"nandB", "infdB", "-infdB", "1e3dB", ".5dB", "5.dB", "--5dB", "0x10dB", "1,5dB", " 5dB", "5dB "})
        EXPECT_FALSE(parse_quantity<Decibel>(text).value) << text;
}

TEST(QuantityText, WritesTheLargestUnitThatStaysExact) {
    EXPECT_EQ(to_text(Duration{2'500'000}), "2.5us");
    EXPECT_EQ(to_text(Duration{1'000'001}), "1.000001us");
    EXPECT_EQ(to_text(Duration{0}), "0ps");
    EXPECT_EQ(to_text(Bytes{64 << 20}), "64MiB");
    EXPECT_EQ(to_text(Bytes{(1 << 20) + 512 * 1024}), "1536KiB");
    EXPECT_EQ(to_text(Bytes{1000}), "1000B");
    EXPECT_EQ(to_text(BitRate{106'250'000'000}), "106.25Gbps");
    EXPECT_EQ(to_text(Metres{0.1}), "0.1m");
    EXPECT_EQ(to_text(PowerDbm{-3.9}), "-3.9dBm");
}

class RoundTrips : public ::testing::Test {
protected:
    template <class T>
    void expect_round_trip(T value) {
        const std::string text = to_text(value);
        const auto parsed = parse_quantity<T>(text);
        ASSERT_TRUE(parsed.value) << text << ": " << parsed.error;
        EXPECT_EQ(*parsed.value, value) << text;
    }
    /// Of any magnitude: a third of them are round numbers.
    std::int64_t whole() {
        const std::int64_t bits = static_cast<std::int64_t>(random_() >> (1 + random_() % 63));
        std::int64_t round = 1;
        while (random_() % 3 != 0 && round <= INT64_MAX / 1000) round *= 10;
        return random_() % 3 == 0 && bits <= INT64_MAX / round ? bits * round : bits;
    }
    /// Any bits that are a finite number.
    double real() {
        for (;;) {
            const std::uint64_t bits = random_();
            double value;
            std::memcpy(&value, &bits, sizeof value);
            if (std::isfinite(value)) return value;
        }
    }
    std::mt19937_64 random_{20};
};

TEST_F(RoundTrips, WholeQuantities) {
    for (int i = 0; i < 20'000; ++i) {
        expect_round_trip(Duration{whole()});
        expect_round_trip(Bytes{whole()});
        expect_round_trip(BitRate{whole()});
    }
    expect_round_trip(Duration{INT64_MAX});
    expect_round_trip(Bytes{INT64_MAX});
}

TEST_F(RoundTrips, MeasuredQuantities) {
    for (int i = 0; i < 5'000; ++i) {
        expect_round_trip(Decibel{real()});
        expect_round_trip(PowerDbm{real()});
        expect_round_trip(Metres{std::abs(real())});
        expect_round_trip(Watt{std::abs(real())});
        expect_round_trip(Celsius{std::abs(real())});
    }
    expect_round_trip(Metres{std::numeric_limits<double>::denorm_min()});
    expect_round_trip(Metres{std::numeric_limits<double>::max()});
    expect_round_trip(Decibel{-0.0});
}

TEST_F(RoundTrips, AnyBytesAreReadOrRefusedWithAReason) {
    const std::string_view alphabet = "0123456789.+- mskMGiBbpdCW\xff";
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (auto n = random_() % 12; n > 0; --n) text += alphabet[random_() % alphabet.size()];
        const auto parsed = parse_quantity<Bytes>(text);
        if (parsed.value)
            expect_round_trip(*parsed.value);
        else
            EXPECT_FALSE(parsed.error.empty()) << text;
    }
}

TEST(QuotedForDisplay, LetsNothingReachATerminalThatCouldSteerIt) {
    EXPECT_EQ(quoted_for_display("a\x1b[2J\xff"), R"("a\x1b[2J\xff")");
    EXPECT_EQ(quoted_for_display(std::string(100, 'a')), '"' + std::string(60, 'a') + "...\"");
}

}  // namespace
}  // namespace lightloom
