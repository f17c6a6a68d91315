// A scenario with the files that it names: parts of the user's own, readings of his plant. Both lie beside it.
// Not here: what the texts may say (scenario_text.hpp, catalogue_file.hpp, plant_file.hpp), building (assembly.hpp).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/catalogue_file.hpp"
#include "scenarios/key_places.hpp"
#include "scenarios/nccl_table.hpp"
#include "scenarios/scenario_text.hpp"

namespace lightloom {

/// A file that cannot be read; its message is for the user.
struct FileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Everything that a scenario file says, and the files that it names.
struct LoadedScenario {
    std::string file, text;
    KeyPlaces places;  // where its keys were said
    Scenario scenario;
    std::vector<CatalogueChange> changes;        // of the user's own catalogue file
    std::shared_ptr<const Catalogue> catalogue;  // with them
    std::vector<PlantReading> readings;          // of the user's plant file

    std::shared_ptr<const Catalogue> catalogue_with(const Assumption& assumption) const;
    ScenarioContext context() const { return {*catalogue, readings}; }
};

struct ScenarioFiles {
    std::optional<LoadedScenario> loaded;  // only if there are no errors
    std::vector<InputError> errors;        // of the first file that has any
};

/// @throws FileError
ScenarioFiles load_scenario(const std::string& file, std::span<const Override> overrides = {});

/// A whole file; what is larger than `most_bytes` was not meant. @throws FileError
std::string read_file(const std::string& file, std::size_t most_bytes);

/// A user's own catalogue file. @throws FileError
ParsedCatalogue load_catalogue_file(const std::string& file);

/// A table of nccl-tests. @throws FileError
ParsedNcclTable load_nccl_table(const std::string& file);

/// The ids of a catalogue that a scenario may name.
ScenarioNames names_of(const Catalogue& catalogue);

}  // namespace lightloom
