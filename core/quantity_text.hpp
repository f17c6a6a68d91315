// Quantities as people write them, "800Gbps", "2.5us", "-3dBm", and back.
//
//     quantity = [sign] digits ["." digits] [spaces] unit      no exponent, no "inf"; whole ones: at most 19 digits
//     time        ps ns us ms s min h d
//     size        B kB MB GB TB (powers of 1,000), KiB MiB GiB TiB (of 1,024)
//     bit rate    bps kbps Mbps Gbps Tbps, or b/s kb/s Mb/s Gb/s Tb/s
//     length mm m km      loss dB      optical power dBm      temperature C      age y      power drawn mW W kW MW
//
// Units tell capitals apart. Times, sizes and rates are whole numbers of picoseconds, bytes and bits per second,
// reckoned in integers: "106.25Gbps" is exact and "0.1ps" a mistake, not a zero. The others are the double nearest to
// the text.
// parse_quantity(to_text(x)) is x for every x that a text can name: times, sizes, rates, lengths, ages and watts are
// not negative, a temperature is at least -273.15 C.
// Not here: which values a scenario allows (scenarios/schema.cpp), figures rounded for reading (tools/lightloom).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

/// A value, or what is wrong with the text and what would have been right.
template <class T>
struct Parsed {
    std::optional<T> value;
    std::string error;  // "150 has no unit"
    std::string hint;   // "a length is a number and mm, m or km, such as "150m""
};

/// @tparam T  Duration, Bytes, BitRate, Metres, Decibel, PowerDbm, Celsius, Years or Watt
/// @param text  any bytes
template <class T>
Parsed<T> parse_quantity(std::string_view text);

/// What a T looks like: "a length is a number and mm, m or km, such as "150m"".
template <class T>
std::string quantity_form();

/// In the largest unit that keeps the number short and exact: "2.5us", "64MiB", "106.25Gbps".
std::string to_text(Duration);
std::string to_text(Bytes);
std::string to_text(BitRate);
std::string to_text(Metres);
std::string to_text(Decibel);
std::string to_text(PowerDbm);
std::string to_text(Celsius);
std::string to_text(Years);
std::string to_text(Watt);

/// The shortest decimal that reads back as `value`, without exponent or unit: "1.5". @param value finite
std::string to_text(double value);

/// Text from outside made safe to print: in quotes, cut after 60 bytes, with what is not printable ASCII as \x1b.
std::string quoted_for_display(std::string_view text);

}  // namespace lightloom
