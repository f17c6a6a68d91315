// `lightloom catalog`: what a scenario may name, and every figure that is known of it, with its source. Not here: how
// tables and rows look (catalog_text.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "scenarios/catalogue_file.hpp"
#include "scenarios/text_errors.hpp"
#include "tools/lightloom/catalog_text.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/equipment_text.hpp"
#include "tools/lightloom/metric_list.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/training_text.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

const std::vector<std::string> kEquipment = EquipmentCatalogue::tables();
const std::vector<std::string> kTraining = TrainingCatalogue::tables();

constexpr CommandHelp kHelp{
    .usage = "catalog [TABLE | show ID] [OPTION...]",
    .summary =
        "Lists what a scenario may name: without TABLE the tables, with it their rows, with show one row in full.\n"
        "Tables: modules, fibres, connectors, passives, fec, grids, hosts, reflectances, transmitters, receivers, "
        "cages,\n"
        "switches, nics, topologies, models, gpus, metrics.\n"
        "A figure that nobody has published stands as low / mid / high and is marked ASSUMED.",
    .examples =
        "Examples:\n"
        "  lightloom catalog modules\n"
        "  lightloom catalog show 400gbase-dr4\n"
        "  lightloom catalog show my-dr4 --catalog my-parts.toml\n",
};

int list_tables(const Catalogue& catalogue, bool json) {
    std::cout << (json ? tables_json(catalogue).text() + '\n' : tables_text(catalogue));
    return kExitFine;
}

std::vector<std::string> all_tables() {
    std::vector<std::string> tables = Catalogue::tables();
    tables.insert(tables.end(), kEquipment.begin(), kEquipment.end());
    tables.emplace_back("topologies");
    tables.emplace_back("metrics");
    tables.insert(tables.end(), kTraining.begin(), kTraining.end());
    return tables;
}

int list_rows(const Catalogue& catalogue, const std::string& word, bool json) {
    if (word == "topologies") {
        std::cout << (json ? topologies_json().text() + '\n' : topologies_text());
        return kExitFine;
    }
    if (word == "metrics") {
        std::cout << (json ? metric_list_json() : metric_list_text());
        return kExitFine;
    }
    if (std::ranges::find(kEquipment, word) != kEquipment.end()) {
        std::cout << (json ? equipment_json(word).text() + '\n' : equipment_text(word));
        return kExitFine;
    }
    if (std::ranges::find(kTraining, word) != kTraining.end()) {
        std::cout << (json ? training_json(word).text() + '\n' : training_text(word));
        return kExitFine;
    }
    const std::string table = catalogue_table_named(word);
    if (table.empty()) throw UsageError(fmt::format("no table \"{}\"", word), suggestion(word, all_tables()));
    std::cout << (json ? rows_json(catalogue, table).text() + '\n' : rows_text(catalogue, table));
    return kExitFine;
}

// An id may stand in several tables: all of them are shown.
int show(const Catalogue& catalogue, const std::string& id, bool json) {
    std::vector<std::string> all, holding;
    for (const std::string& table : Catalogue::tables()) {
        const std::vector<std::string> ids = catalogue.ids(table);
        if (std::ranges::find(ids, id) != ids.end()) holding.push_back(table);
        all.insert(all.end(), ids.begin(), ids.end());
    }
    for (const std::string& table : kEquipment)
        for (const EquipmentRow& row : EquipmentCatalogue::built_in().table(table)) {
            all.push_back(row.id);
            if (row.id != id) continue;
            std::cout << (json ? equipment_row_json(table, id).text() + '\n' : equipment_row_text(table, id));
            return kExitFine;
        }
    for (const std::string& table : kTraining)
        for (const std::string& row : TrainingCatalogue::built_in().ids(table)) {
            all.push_back(row);
            if (row != id) continue;
            std::cout << (json ? training_row_json(table, id).text() + '\n' : training_row_text(table, id));
            return kExitFine;
        }
    if (holding.empty()) {
        const std::string_view near = nearest_name(id, all);
        throw UsageError(fmt::format("nothing in the catalogue is called \"{}\"", id),
                         near.empty() ? "`lightloom catalog` lists the tables, `lightloom catalog TABLE` their rows"
                                      : fmt::format("did you mean \"{}\"?", near));
    }
    if (json) {
        std::vector<JsonObject> rows;
        for (const std::string& table : holding) rows.push_back(row_json(catalogue, table, id).add("table", table));
        std::cout << catalog_object().add("rows", rows).text() << '\n';
        return kExitFine;
    }
    for (const std::string& table : holding) std::cout << row_text(catalogue, table, id);
    return kExitFine;
}

}  // namespace

int catalog_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    options.add_options()("catalog", po::value<std::string>()->value_name("FILE"),
                          "with the rows and figures of a file of your own, as optics.catalogue takes it");
    options.add_options()("json", "one JSON object");
    const Arguments arguments = parse_arguments(kHelp, options, words, {.least = 0, .most = 2, .name = "word"});

    std::vector<CatalogueChange> changes;
    if (arguments.count("catalog")) {
        auto read = read_catalogue_file(arguments["catalog"].as<std::string>());
        if (!read) return kExitUsersMistake;
        changes = std::move(*read);
    }
    const Catalogue catalogue(built_in_catalogue_text(), changes);
    const bool json = arguments.count("json") > 0;
    const auto asked =
        arguments.count("word") ? arguments["word"].as<std::vector<std::string>>() : std::vector<std::string>{};
    if (asked.empty()) return list_tables(catalogue, json);
    if (asked[0] == "show") {
        if (asked.size() == 1) throw UsageError("show what? An id follows, such as 400gbase-dr4");
        return show(catalogue, asked[1], json);
    }
    if (asked.size() == 2) throw UsageError(fmt::format("one table at a time, not \"{}\" too", asked[1]));
    return list_rows(catalogue, asked[0], json);
}

}  // namespace lightloom
