// `lightloom manual` and `lightloom completion`: the manual page, and what makes shells complete. Both are made from
// the option tables that --help prints: neither can be behind. Not here: the commands themselves.
#include <fmt/format.h>

#include <iostream>
#include <stdexcept>

#include "scenarios/text_errors.hpp"
#include "tools/lightloom/command.hpp"

namespace lightloom {
namespace {

namespace po = boost::program_options;

enum class Shell { bash, zsh, fish };

struct Option {
    std::string name;       // --output
    std::string letter;     // -o, or empty
    std::string parameter;  // what follows it, or empty
    std::string meaning;
};

HelpWanted help_of(const Command& command) {
    try {
        command.run({"--help"});
    } catch (const HelpWanted& wanted) {
        return wanted;
    }
    throw std::logic_error(fmt::format("{} has no help", command.name));
}

std::vector<Option> options_of(const Options& options) {
    std::vector<Option> all;
    for (const auto& option : options.options()) {
        const std::string letter = option->canonical_display_name(po::command_line_style::allow_dash_for_short);
        all.push_back({.name = "--" + option->long_name(),
                       .letter = letter.size() == 2 && letter[0] == '-' ? letter : "",
                       .parameter = option->semantic()->max_tokens() == 0 ? "" : option->semantic()->name(),
                       .meaning = option->description()});
    }
    return all;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

std::string quoted(std::string_view text) {  // for any of the shells
    return "'" + replaced(std::string(text), "'", "'\\''") + "'";
}

// ---- shells

std::string bash() {
    std::string names, cases;
    for (const Command& command : commands()) {
        names += fmt::format("{}{}", names.empty() ? "" : " ", command.name);
        std::string options;
        for (const Option& option : options_of(help_of(command).options))
            options += fmt::format(" {}{}{}", option.name, option.letter.empty() ? "" : " ", option.letter);
        cases += fmt::format("        {}) options={} ;;\n", command.name, quoted(options.substr(1)));
    }
    return fmt::format(
        "# lightloom: completion for bash. Read it with: source <(lightloom completion bash)\n"
        "_lightloom() {{\n"
        "    local word=${{COMP_WORDS[COMP_CWORD]}} options=''\n"
        "    COMPREPLY=()\n"
        "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$word\")\n"
        "        return\n"
        "    fi\n"
        "    case ${{COMP_WORDS[1]}} in\n"
        "{}"
        "    esac\n"
        "    if [[ $word == -* ]]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
        "    else\n"
        "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
        "    fi\n"
        "}}\n"
        "complete -o filenames -F _lightloom lightloom\n",
        names, cases);
}

// In _arguments a colon ends the text in brackets' neighbour, and a bracket the text.
std::string zsh_text(const std::string& text) {
    return replaced(replaced(replaced(replaced(text, "\\", "\\\\"), "[", "\\["), "]", "\\]"), ":", "\\:");
}

std::string zsh() {
    std::string names, cases;
    for (const Command& command : commands()) {
        names += fmt::format("        {}\n", quoted(fmt::format("{}:{}", command.name, command.summary)));
        cases += fmt::format("        {})\n            _arguments", command.name);
        for (const Option& option : options_of(help_of(command).options)) {
            const std::string after =
                option.parameter.empty() ? "" : fmt::format(":{}:_files", zsh_text(option.parameter));
            for (const std::string& name : {option.name, option.letter})
                if (!name.empty())
                    cases += fmt::format(" \\\n                {}",
                                         quoted(fmt::format("*{}[{}]{}", name, zsh_text(option.meaning), after)));
        }
        cases += " \\\n                '*:file:_files' ;;\n";
    }
    return fmt::format(
        "#compdef lightloom\n"
        "_lightloom() {{\n"
        "    local -a names=(\n{}    )\n"
        "    if (( CURRENT == 2 )); then\n"
        "        _describe command names\n"
        "        return\n"
        "    fi\n"
        "    local name=$words[2]\n"
        "    shift words\n"
        "    (( CURRENT-- ))\n"
        "    case $name in\n{}    esac\n"
        "}}\n"
        "compdef _lightloom lightloom\n",
        names, cases);
}

std::string fish() {
    std::string text = "# lightloom: completion for fish\n";
    for (const Command& command : commands()) {
        text += fmt::format("complete -c lightloom -n __fish_use_subcommand -a {} -d {}\n", command.name,
                            quoted(command.summary));
        for (const Option& option : options_of(help_of(command).options))
            text +=
                fmt::format("complete -c lightloom -n '__fish_seen_subcommand_from {}' -l {}{}{} -d {}\n", command.name,
                            option.name.substr(2), option.letter.empty() ? "" : " -s " + option.letter.substr(1),
                            option.parameter.empty() ? "" : " -r", quoted(option.meaning));
    }
    return text;
}

// ---- roff

// A line that begins with a dot or a quote would be taken for a request; a hyphen is one, not a dash.
std::string roff(std::string_view text) {
    std::string escaped = replaced(replaced(std::string(text), "\\", "\\e"), "-", "\\-");
    escaped = replaced(std::move(escaped), "\n.", "\n\\&.");
    return replaced(std::move(escaped), "\n'", "\n\\&'");
}

std::string section_of(const Command& command) {
    const HelpWanted wanted = help_of(command);
    std::string text = fmt::format(".SS {}\n.B lightloom {}\n.PP\n{}\n", command.name, roff(wanted.help.usage),
                                   roff(wanted.help.summary));
    for (const Option& option : options_of(wanted.options))
        text += fmt::format(".TP\n.B {}{}{}\n{}\n", roff(option.letter.empty() ? "" : option.letter + ", "),
                            roff(option.name), option.parameter.empty() ? "" : " " + roff(option.parameter),
                            roff(option.meaning));
    if (!wanted.help.examples.empty()) text += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(wanted.help.examples));
    return text;
}

constexpr CommandHelp kCompletionHelp{
    .usage = "completion bash|zsh|fish",
    .summary = "Prints a script that makes a shell complete the program's commands, options and files.",
    .examples =
        "Examples:\n"
        "  source <(lightloom completion bash)\n"
        "  lightloom completion fish > ~/.config/fish/completions/lightloom.fish\n",
};

constexpr CommandHelp kManualHelp{
    .usage = "manual",
    .summary = "Prints the manual page, made from the same tables as every command's --help.",
    .examples =
        "Examples:\n"
        "  lightloom manual | man -l -\n",
};

std::string completion_script(Shell shell) {
    switch (shell) {
        case Shell::bash: return bash();
        case Shell::zsh: return zsh();
        case Shell::fish: return fish();
    }
    throw std::logic_error("unknown shell");
}

// Source of the macros: man(7).
std::string manual_page() {
    std::string text = fmt::format(
        ".TH LIGHTLOOM 1 \"\" \"lightloom {}\" \"User Commands\"\n"
        ".SH NAME\nlightloom \\- simulate the optical networks of AI clusters\n"
        ".SH SYNOPSIS\n.B lightloom\n.I COMMAND\n[\\fIARGUMENT\\fR...]\n"
        ".SH DESCRIPTION\nSimulates GPUs and their NICs, switches, links with their optics, and the collectives that "
        "run over them,\npacket by packet. A scenario is a TOML file; the answer is a summary and an HDF5 file.\n"
        ".SH COMMANDS\n",
        LIGHTLOOM_VERSION);
    for (const Command& command : commands()) text += section_of(command);
    return text +
           ".SH EXIT STATUS\n.TP\n.B 0\nfine\n.TP\n.B 1\na verdict or a gate failed, or points of a sweep failed or "
           "are left\n.TP\n.B 2\na mistake in arguments or scenario\n.TP\n.B 3\nthe machine's fault (disk, "
           "memory)\n.TP\n.B 130, 143\nended by Ctrl\\-C, SIGTERM\n";
}

}  // namespace

int completion_command(const std::vector<std::string>& words) {
    const Arguments arguments =
        parse_arguments(kCompletionHelp, Options("Options", kHelpColumns), words, {.name = "shell"});
    static const std::vector<std::string> names{"bash", "zsh", "fish"};
    const std::string& name = arguments["shell"].as<std::vector<std::string>>().front();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] != name) continue;
        std::cout << completion_script(static_cast<Shell>(i));
        return kExitFine;
    }
    throw UsageError(fmt::format("no completion for \"{}\": there are bash, zsh and fish", name),
                     suggestion(name, names));
}

int manual_command(const std::vector<std::string>& words) {
    parse_arguments(kManualHelp, Options("Options", kHelpColumns), words, {.least = 0, .most = 0, .name = "word"});
    std::cout << manual_page();
    return kExitFine;
}

}  // namespace lightloom
