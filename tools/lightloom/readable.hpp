// Figures as people read them: rounded to four digits, in a unit that keeps them between 1 and 1,000. For eyes only:
// what must be read back is written by core/quantity_text.hpp and, in full, by --json and the result file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lightloom {

std::string readable_duration(double picoseconds);   // "1.234 ms"
std::string readable_bytes_per_second(double rate);  // "48.75 GB/s": powers of 1,000, as nccl-tests prints
std::string readable_bytes(std::int64_t bytes);      // "64 MiB": powers of 1,024, "1,000 B" where inexact
std::string readable_count(std::int64_t count);      // "12,345,678"
std::string readable_decibel(double value);          // "+1.25 dB"
std::string readable_dbm(double value);              // "-3.10 dBm"
std::string readable_ratio(double ratio);            // "1.3e-09"; "0" for none
std::string readable_percent(double share);          // "12 %", "0.52 %": two digits, "1,234 %"
std::string readable_dollars(double dollars);        // "$12.5 M": powers of 1,000
std::string readable_watts(double watts);            // "3.456 kW"
std::string readable_metres(double metres);          // "11,860 km"
std::string readable_bits_per_second(double rate);   // "51.2 Tb/s"

/// Rows of cells as aligned columns, a line each; the first row is the heading. @pre no row is longer than it
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace lightloom
