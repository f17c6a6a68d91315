// What every command of `lightloom` keeps to: its exit codes, how it reports a mistake, how it reads its arguments.
// Results go to stdout, everything else to stderr. Not here: what a command does (one file each), how figures look
// (readable.hpp), progress (console.hpp).
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lightloom {

/// Scripts and batch systems act on these.
inline constexpr int kExitFine = 0;
inline constexpr int kExitVerdict = 1;        // a verdict or gate failed
inline constexpr int kExitUsersMistake = 2;   // arguments or scenario
inline constexpr int kExitMachinesFault = 3;  // disk, memory
inline constexpr int kExitSignalBase = 128;   // + the signal that ended the run: 130 for Ctrl-C, 143 for SIGTERM

/// The user's mistake on the command line; a mistake in the scenario is an InputError.
struct UsageError : std::runtime_error {
    explicit UsageError(const std::string& message, std::string what_next = "")
        : std::runtime_error(message), hint(std::move(what_next)) {}
    std::string hint;
};

struct Command {
    std::string_view name;
    std::string_view summary;  // one line
    int (*run)(const std::vector<std::string>& arguments);
};

int run_command(const std::vector<std::string>& arguments);
int check_command(const std::vector<std::string>& arguments);
int explain_command(const std::vector<std::string>& arguments);
int sweep_command(const std::vector<std::string>& arguments);
int sweep_task_command(const std::vector<std::string>& arguments);
int qualify_command(const std::vector<std::string>& arguments);
int topology_command(const std::vector<std::string>& arguments);
int compare_command(const std::vector<std::string>& arguments);
int trace_command(const std::vector<std::string>& arguments);
int recover_command(const std::vector<std::string>& arguments);
int report_command(const std::vector<std::string>& arguments);
int calibrate_command(const std::vector<std::string>& arguments);
int catalog_command(const std::vector<std::string>& arguments);
int completion_command(const std::vector<std::string>& arguments);
int schema_command(const std::vector<std::string>& arguments);
int manual_command(const std::vector<std::string>& arguments);

/// All of them, in the order in which they are listed.
std::span<const Command> commands();

/// How a command is told of: `usage` is what follows "lightloom ", `examples` whole lines.
struct CommandHelp {
    std::string_view usage, summary, examples;
};

using Options = boost::program_options::options_description;
inline constexpr unsigned kHelpColumns = 110;
using Arguments = boost::program_options::variables_map;

/// How many words stand beside the options, and the name under which the result holds them.
struct Positional {
    std::size_t least = 1, most = 1;
    std::string name = "scenario";
};

/// Thrown where help was asked for: what a command tells of itself. It is printed, and manual page and completions are
/// made of it (manual.cpp).
struct HelpWanted {
    CommandHelp help;
    Options options;
};

/// Reads what follows the command's name. Options may not be abbreviated, so that a new option never breaks a script.
/// @throws UsageError with the nearest option's name, HelpWanted
Arguments parse_arguments(const CommandHelp& help, Options options, const std::vector<std::string>& arguments,
                          const Positional& words = {});

/// An option's value as a whole number. @throws UsageError if it is none or not in [least, most]
std::uint64_t whole_number(const Arguments& arguments, const std::string& option, std::uint64_t least,
                           std::uint64_t most);

}  // namespace lightloom
