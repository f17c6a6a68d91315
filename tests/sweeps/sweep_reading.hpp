// What the tests of sweeps share: an axis read from its text, errors as the user sees them, a base scenario.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sweeps/plan.hpp"

namespace lightloom::test {

using Texts = std::vector<std::string>;

inline const std::string kBase = R"(title = "a base"
[topology]
kind = "leaf-spine"
servers = 4
leaves = 2
spines = 2
[workload]
kind = "all-reduce"
bytes = "64KiB"
)";

inline Texts shown(const std::vector<InputError>& errors) {
    Texts texts;
    for (const InputError& error : errors) texts.push_back(to_string(error));
    return texts;
}

inline Texts errors_of(const std::string& text) { return shown(parse_sweep(text, "s.toml").errors); }

/// Every step along the one axis of a sweep, as "key=value key=value".
inline Texts steps_of_text(const std::string& axis) {
    const ParsedSweep parsed = parse_sweep("base = \"b.toml\"\n[[axis]]\n" + axis + "\n", "s.toml");
    Texts texts = shown(parsed.errors);
    if (!parsed.sweep) return texts;
    for (const AxisStep& step : expand(parsed.sweep->axes.at(0))) {
        std::string text;
        for (const Setting& setting : step) text += (text.empty() ? "" : " ") + setting.key + '=' + setting.value;
        texts.push_back(text);
    }
    return texts;
}

/// A folder with a base scenario and sweeps over it.
class SweepDirectory {
public:
    SweepDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "lightloom-sweep-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
        write("b.toml", kBase);
    }
    ~SweepDirectory() { std::filesystem::remove_all(path_); }
    SweepDirectory(const SweepDirectory&) = delete;
    SweepDirectory& operator=(const SweepDirectory&) = delete;

    void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    /// The plan of a sweep over b.toml that is written as s.toml.
    PlannedSweep plan(const std::string& text) const {
        write("s.toml", "base = \"b.toml\"\n" + text);
        const SweepFiles files = load_sweep(file("s.toml"));
        if (!files.sweep) return {std::nullopt, files.errors};
        return plan_sweep(*files.sweep, [](std::size_t, std::size_t) { return true; });
    }

private:
    std::filesystem::path path_;
};

/// Per point what it sets, as "key=value key=value".
inline Texts points_of(const PlannedSweep& planned) {
    Texts texts = shown(planned.errors);
    if (!planned.plan) return texts;
    for (const Point& point : planned.plan->points) {
        std::string text;
        for (const Setting& setting : point.settings)
            text += (text.empty() ? "" : " ") + setting.key + '=' + setting.value;
        texts.push_back(text);
    }
    return texts;
}

inline Texts names_of(const PlannedSweep& planned) {
    Texts names;
    if (planned.plan)
        for (const Point& point : planned.plan->points) names.push_back(point.name);
    return names;
}

}  // namespace lightloom::test
