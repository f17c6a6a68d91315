// `lightloom recover`: a partial result made into a file of its own that any program opens, and what it lacks.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <iostream>

#include "comparison/design.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/result_recovery.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"
#include "tools/lightloom/interruption.hpp"
#include "tools/lightloom/json.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

constexpr std::int64_t kFormatVersion = 1;

constexpr CommandHelp kHelp{
    .usage = "recover RESULT.h5.partial -o COPY.h5",
    .summary =
        "Copies what a run left that was killed or stopped, or what there is of one that goes on, into a result that\n"
        "any program opens, and says what is missing. The copy is marked partial.",
    .examples =
        "Examples:\n"
        "  lightloom recover my.h5.partial -o rescued.h5\n",
};

Options recover_options() {
    Options options("Options", kHelpColumns);
    options.add_options()("output,o", po::value<std::string>()->value_name("COPY.h5"), "where the copy goes");
    options.add_options()("json", "what was found as one JSON object");
    return options;
}

std::string what_happened(const Recovery& recovery) {
    if (recovery.status == "complete") return "the run was complete";
    if (recovery.status != "running") return fmt::format("the run was stopped by {}", one_line(recovery.stopped_by));
    return "the run was killed, or still goes on";
}

std::string recovery_text(const Recovery& recovery, const std::string& source, const std::string& place) {
    const bool is_known = recovery.reports > 0 || recovery.status != "running";
    const std::string reached = is_known ? fmt::format("known until {}: {} messages and {} of payload delivered\n",
                                                       readable_duration(static_cast<double>(recovery.reached_ps)),
                                                       readable_count(recovery.messages_delivered),
                                                       readable_bytes(recovery.payload_bytes_delivered))
                                         : "nothing is known of its progress: it reports once a second\n";
    const std::string missing =
        recovery.missing.empty() ? "nothing that whole runs have\n"
                                 : fmt::format("/{}, and the rest of what is measured: it is written when a run ends\n",
                                               fmt::join(recovery.missing, ", /"));
    return fmt::format("{}: {}\n{}kept      /{}\nmissing   {}result    {}\n", one_line(source), what_happened(recovery),
                       reached, fmt::join(recovery.kept, ", /"), missing, place);
}

std::string recovery_json(const Recovery& recovery, const std::string& source, const std::string& place) {
    JsonObject object;
    object.add("format", "lightloom-recovery").add("format_version", kFormatVersion);
    object.add("source", source).add("status", recovery.status).add("stopped_by", recovery.stopped_by);
    object.add("kept", recovery.kept).add("missing", recovery.missing);
    object.add("reached_ps", recovery.reached_ps).add("messages_delivered", recovery.messages_delivered);
    object.add("payload_bytes_delivered", recovery.payload_bytes_delivered);
    return object.add("reports", std::uint64_t{recovery.reports}).add("file", place).text() + '\n';
}

}  // namespace

int recover_command(const std::vector<std::string>& words) {
    const Arguments arguments = parse_arguments(kHelp, recover_options(), words, {.name = "result"});
    const std::string source = arguments["result"].as<std::vector<std::string>>().front();
    if (arguments.count("output") == 0) throw UsageError("no --output given", "where the copy is to go: -o COPY.h5");
    const std::string place = arguments["output"].as<std::string>();
    std::error_code unknown;
    if (std::filesystem::is_regular_file(place, unknown))
        throw UsageError(fmt::format("{} exists; choose another name", place));
    outlive_file_size_limit();  // Ctrl-C ends it at once: nothing has the copy's name until it is whole
    try {
        const Recovery recovery = recover_result(source, place);
        std::cout << (arguments.count("json") ? recovery_json(recovery, source, place)
                                              : recovery_text(recovery, source, place));
    } catch (const ResultUnreadable& error) {
        throw UsageError(one_line(error.what()));
    }
    return kExitFine;
}

}  // namespace lightloom
