// Any bytes are changes that the catalogue takes or a list of errors that lie inside them; and with the changes every
// assumption can be made.
#include <cstdint>

#include "scenarios/catalogue_file.hpp"
#include "tests/fuzz/must.hpp"

namespace lightloom {
namespace {

void check(std::string_view text) {
    const ParsedCatalogue parsed = parse_catalogue_file(text, "f");
    for (const InputError& error : parsed.errors) must_be_sound(error, text);
    if (!parsed.errors.empty()) return must(parsed.changes.empty(), "changes or errors");
    if (parsed.changes.empty()) return;
    for (const auto level : {Assumption::Level::low, Assumption::Level::mid, Assumption::Level::high})
        const Catalogue with(built_in_catalogue_text(), parsed.changes, {.level = level});  // throws nothing
}

}  // namespace
}  // namespace lightloom

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lightloom::check({reinterpret_cast<const char*>(data), size});
    return 0;
}
