// The `lightloom` command: finds the subcommand and turns what went wrong into a message and an exit code. What a
// subcommand does is in its own file; what they share is in command.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <new>

#include "scenarios/text_errors.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/console.hpp"

namespace lightloom {
namespace {

constexpr std::array kCommands{
    Command{"run", "run a scenario: summary on stdout, everything measured in an HDF5 file", run_command},
    Command{"compare", "set designs side by side: who wins, by how much, why, and which gates are red",
            compare_command},
    Command{"sweep", "run a scenario in many variants, here or on a cluster, and merge the results", sweep_command},
    Command{"sweep-task", "what a cluster's task calls: some points of a sweep", sweep_task_command},
    Command{"check", "say whether a scenario is sound, and everything that is wrong with it", check_command},
    Command{"qualify", "say whether every link holds, by how much, for how long, and what decides", qualify_command},
    Command{"explain", "show a scenario with every default filled in, and what follows from it", explain_command},
    Command{"topology", "say what the fabric is: counts, bandwidth, failures, parts, power and price",
            topology_command},
    Command{"trace", "write the workload of a scenario as Chakra execution traces", trace_command},
    Command{"report", "make one HTML page of results, to look at and to pass on", report_command},
    Command{"recover", "copy what a killed or stopped run left into a result, and say what is missing",
            recover_command},
    Command{"calibrate", "make the costs of a collective engine of what nccl-tests measured", calibrate_command},
    Command{"catalog", "list what a scenario may name, and all figures of a part with their sources", catalog_command},
    Command{"completion", "print what makes a shell complete commands and options", completion_command},
    Command{"schema", "print the JSON Schema of scenarios, by which editors complete and check them", schema_command},
    Command{"manual", "print the manual page", manual_command},
};

void print_help(const HelpWanted& wanted) {
    std::cout << "usage: lightloom " << wanted.help.usage << "\n\n"
              << wanted.help.summary << "\n\n"
              << wanted.options << '\n'
              << wanted.help.examples;
}

void print_help() {
    std::cout << "usage: lightloom COMMAND SCENARIO.toml [OPTION...]\n\n"
                 "Simulates optical AI-cluster fabrics: packets, links and their optics, collectives.\n\n";
    for (const Command& command : kCommands) std::cout << fmt::format("  {:<12}{}\n", command.name, command.summary);
    std::cout
        << "\n  lightloom COMMAND --help    the command's options, with examples\n"
           "  lightloom --version\n\n"
           "Exit codes: 0 fine, 1 a verdict is FAIL, a gate red or a sweep not whole, 2 a mistake in arguments or "
           "scenario,\n3 the machine's fault (disk, memory), 130 and 143 ended by Ctrl-C and SIGTERM.\n";
}

int dispatch(const std::vector<std::string>& words) {
    if (words.empty()) throw UsageError("no command given");
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return print_help(), kExitFine;
    if (words[0] == "--version") {
        std::cout << version_line() << '\n';
        return kExitFine;
    }
    const auto command = std::find_if(kCommands.begin(), kCommands.end(),
                                      [&](const Command& candidate) { return candidate.name == words[0]; });
    if (command == kCommands.end()) {
        std::vector<std::string> names;
        for (const Command& candidate : kCommands) names.emplace_back(candidate.name);
        throw UsageError(fmt::format("no command \"{}\"", words[0]), suggestion(words[0], names));
    }
    return command->run({words.begin() + 1, words.end()});
}

int answer(const std::vector<std::string>& words) {
    try {
        return dispatch(words);
    } catch (const HelpWanted& wanted) {
        print_help(wanted);
        return kExitFine;
    }
}

int guarded(const std::vector<std::string>& words) {
    try {
        const int code = answer(words);
        std::cout.flush();
        if (!std::cout) throw std::runtime_error("cannot write to standard output");
        return code;
    } catch (const UsageError& error) {
        print_error(error.what());
        if (!error.hint.empty()) std::cerr << "    " << error.hint << '\n';
        std::cerr << "    lightloom --help and lightloom COMMAND --help list what there is\n";
        return kExitUsersMistake;
    } catch (const std::bad_alloc&) {
        print_error("out of memory");
        return kExitMachinesFault;
    } catch (const std::exception& error) {
        print_error(error.what());
        return kExitMachinesFault;
    }
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace lightloom

int main(int argc, char** argv) { return lightloom::guarded({argv + 1, argv + argc}); }
