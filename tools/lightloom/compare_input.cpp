#include "tools/lightloom/compare_input.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "scenarios/result_file.hpp"
#include "tools/lightloom/scenario_input.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 60;

bool is_result(const std::string& file) { return file.ends_with(".h5") || file.ends_with(".h5.partial"); }

std::string stem_of(const std::string& file) {
    const std::string name = fs::path(file).filename().string();
    const std::size_t dot = name.find('.');
    return dot == 0 || dot == std::string::npos ? name : name.substr(0, dot);
}

// A file whose name has such signs in it is meant before they are.
DesignInput parse_design(const std::string& word) {
    DesignInput design{.name = {}, .file = word, .overrides = {}};
    if (!fs::exists(word)) {
        const std::size_t at = word.find('@'), equals = word.find('=');
        const std::size_t begin = equals < at ? equals + 1 : 0;
        if (begin > 0) design.name = word.substr(0, equals);
        design.file = word.substr(begin, at == std::string::npos ? at : at - begin);
        for (std::size_t from = at; from != std::string::npos;) {
            const std::size_t to = word.find('@', from + 1);
            const std::string text = word.substr(from + 1, to == std::string::npos ? to : to - from - 1);
            const std::size_t sign = text.find('=');
            if (sign == std::string::npos || sign == 0)
                throw UsageError(fmt::format("{}: behind @ stands KEY=VALUE, not \"{}\"", word, text));
            design.overrides.push_back({text.substr(0, sign), text.substr(sign + 1)});
            from = to;
        }
    }
    if (!design.name.empty()) return design;
    design.name = stem_of(design.file);
    for (const Override& change : design.overrides)
        design.name += fmt::format("@{}={}", change.key.substr(change.key.rfind('.') + 1), change.value);
    return design;
}

ResultReader opened(const std::string& file) try {
    return ResultReader::open(file);
} catch (const ResultUnreadable& e) {
    throw UsageError(one_line(e.what()));
}

/// A name that a file may have, of one that the user gave.
std::string file_name_of(const std::string& name) {
    std::string file = name;
    std::ranges::replace_if(
        file,
        [](char c) {
            const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            return !is_plain && c != '.' && c != '_' && c != '-' && c != '=' && c != '@' && c != '#';
        },
        '_');
    if (file.empty() || file[0] == '.' || file[0] == '-') file.insert(0, "_");
    return file;
}

/// A name that those before it have not, by a number behind it.
void make_unique(std::string DesignInput::*name, std::vector<DesignInput>& designs, std::size_t design) {
    const std::string wanted = designs[design].*name;
    const auto is_taken = [&] {
        return std::any_of(designs.begin(), designs.begin() + static_cast<std::ptrdiff_t>(design),
                           [&](const DesignInput& other) { return other.*name == designs[design].*name; });
    };
    for (int number = 2; is_taken(); ++number) designs[design].*name = fmt::format("{}#{}", wanted, number);
}

void make_names_unique(std::vector<DesignInput>& designs) {
    for (std::size_t i = 0; i < designs.size(); ++i) {
        designs[i].name = beginning_of(one_line(designs[i].name), kLongestName);
        make_unique(&DesignInput::name, designs, i);
        designs[i].stem = file_name_of(designs[i].name);
        make_unique(&DesignInput::stem, designs, i);
    }
}

}  // namespace

std::optional<std::vector<DesignInput>> read_designs(const Arguments& arguments) {
    std::vector<DesignInput> designs;
    for (const std::string& word : arguments["design"].as<std::vector<std::string>>())
        designs.push_back(parse_design(word));
    make_names_unique(designs);
    std::vector<InputError> errors;
    for (DesignInput& design : designs) {
        if (is_result(design.file)) {
            if (!design.overrides.empty())
                throw UsageError(fmt::format("{} is a result: what it was run with cannot be changed", design.file));
            design.result = opened(design.file);
            continue;
        }
        std::vector<Override> overrides = overrides_of(arguments);
        overrides.insert(overrides.end(), design.overrides.begin(), design.overrides.end());
        try {
            ScenarioFiles files = load_scenario(design.file, overrides);
            errors.insert(errors.end(), files.errors.begin(), files.errors.end());
            design.scenario = std::move(files.loaded);
        } catch (const FileError& error) {
            throw UsageError(error.what());
        }
    }
    if (errors.empty()) return designs;
    complain(errors);
    return std::nullopt;
}

ResultFolder::ResultFolder(const std::string& named) : path_(named), is_temporary_(named.empty()) {
    if (is_temporary_) {
        path_ = (fs::temp_directory_path() / "lightloom-compare-XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + path_);
        return;
    }
    std::error_code failed;
    if (fs::exists(path_, failed) && !fs::is_directory(path_, failed))
        throw UsageError(fmt::format("{} is no folder for results", path_), "-o names another");
    fs::create_directories(path_, failed);
    if (failed) throw ResultError(path_, failed.message());
    if (::access(path_.c_str(), W_OK | X_OK) != 0) throw ResultError(path_, std::strerror(errno));
}

ResultFolder::~ResultFolder() {
    std::error_code ignored;  // at worst a temporary folder stays
    if (is_temporary_) fs::remove_all(path_, ignored);
}

}  // namespace lightloom
