// Any bytes are the readings of a plant or a list of errors that lie inside them; and readings are such as the link
// model takes.
#include <cmath>
#include <cstdint>

#include "scenarios/plant_file.hpp"
#include "tests/fuzz/must.hpp"

namespace lightloom {
namespace {

void check(std::string_view text) {
    const ParsedPlant parsed = parse_plant(text, "f");
    for (const InputError& error : parsed.errors) must_be_sound(error, text);
    if (!parsed.errors.empty()) return;
    must(!parsed.readings.empty(), "readings or errors");
    for (const PlantReading& row : parsed.readings) {
        const Reading& reading = row.reading;
        must(row.line >= 2, "a row has a line, behind the names of the columns");
        must(reading.direction >= -1 && reading.direction <= 1, "up, down or both");
        must(reading.fibre >= -1 && reading.fibre <= 15, "a fibre or all of them");
        for (const auto& figure : {reading.loss_db, reading.length_m, reading.reflectance_db, reading.received_dbm})
            must(!figure || std::isfinite(*figure), "a figure is finite");
        must(reading.loss_db.value_or(0.0) >= 0.0 && reading.length_m.value_or(0.0) >= 0.0, "none is negative");
        must(reading.reflectance_db.value_or(-1.0) <= -1.0, "no glass reflects all");
    }
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lightloom::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
