// Any bytes are a table of nccl-tests or a list of errors that lie inside them; and of any rows, a fit and the engine
// that it makes are such as a scenario takes.
#include <cmath>
#include <cstdint>

#include "scenarios/engine_file.hpp"
#include "scenarios/nccl_table.hpp"
#include "tests/fuzz/must.hpp"

namespace lightloom {
namespace {

void check(std::string_view text) {
    const ParsedNcclTable table = parse_nccl_table(text, "f");
    for (const InputError& error : table.errors) must_be_sound(error, text);
    if (table.errors.empty()) must(!table.rows.empty(), "rows or errors");
    for (const NcclRow& row : table.rows) {
        must(row.line >= 2 && row.bytes >= 0, "a row has a line, behind the names of the columns");
        for (const double figure : {row.time_us, row.algorithm_gbytes_per_s, row.bus_gbytes_per_s})
            must(std::isfinite(figure) && figure >= 0.0, "a figure is finite and not negative");
    }
    const auto found = fit(table.rows, Bytes{1});
    if (!found) return;
    must(found->latency_us >= 0.0 && found->gbytes_per_s > 0.0, "a fit has a latency and a rate");
    for (const Algorithm algorithm : {Algorithm::ring, Algorithm::in_switch})
        if (const auto engine = engine_of(*found, algorithm, BitRate{3'600'000'000'000}, Duration{0})) {
            const ParsedEngine again = parse_engine_file(engine_toml(*engine, {}), "f");
            must(again.errors.empty() && again.engine == *engine, "an engine reads back");
        }
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lightloom::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
