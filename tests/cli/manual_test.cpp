// The manual page and the completions say all that --help says, and bash completes by them.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/process.hpp"

namespace lightloom::test {
namespace {

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    std::istringstream lines(lightloom({"--help"}).out);
    for (std::string line, name; std::getline(lines, line);)
        if (line.starts_with("  ") && line[2] != ' ' && std::istringstream(line) >> name && name != "lightloom")
            names.push_back(name);
    return names;
}

std::vector<std::string> option_names(const std::string& command) {
    std::vector<std::string> names;
    std::istringstream words(lightloom({command, "--help"}).out);
    for (std::string line; std::getline(words, line) && !line.starts_with("Examples");) {
        const std::size_t at = line.find("--");
        if (line.starts_with("  ") && at != std::string::npos && at < 10)
            names.push_back(line.substr(at, line.find_first_of(" ]", at) - at));
    }
    return names;
}

std::string without_backslashes(std::string text) {
    std::erase(text, '\\');
    return text;
}

std::string completed(const std::vector<std::string>& words) {
    std::string script = "source <(\"$0\" completion bash); COMP_WORDS=(";
    for (const std::string& word : words) script += "'" + word + "' ";
    script += "); COMP_CWORD=" + std::to_string(words.size() - 1) + "; _lightloom; echo \"${COMPREPLY[*]}\"";
    Process process("/bin/bash", Spawn{.arguments = {"-c", script, LIGHTLOOM_BINARY}});
    const Finished finished = process.wait();
    EXPECT_EQ(finished.err, "");
    return finished.out;
}

TEST(Manual, HasEveryCommandWithEveryOption) {
    const std::string page = without_backslashes(lightloom({"manual"}).out);
    const std::vector<std::string> names = command_names();
    ASSERT_GT(names.size(), 7u);
    for (const std::string& name : names) {
        EXPECT_NE(page.find("\n.SS " + name + "\n"), std::string::npos) << name;
        for (const std::string& option : option_names(name))
            EXPECT_NE(page.find(option), std::string::npos) << name << " " << option;
    }
    const std::vector<std::string> of_run = option_names("run");
    EXPECT_NE(std::find(of_run.begin(), of_run.end(), "--threads"), of_run.end());
}

TEST(Completion, OfEveryShellHasEveryCommandWithEveryOption) {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const std::string script = lightloom({"completion", shell}).out;
        for (const std::string& name : command_names())
            for (const std::string& option : option_names(name))
                EXPECT_NE(script.find(shell == "fish" ? "-l " + option.substr(2) : option), std::string::npos)
                    << shell << ": " << name << " " << option;
    }
    const Finished other = lightloom({"completion", "fsh"});
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_NE(other.err.find("did you mean \"fish\"?"), std::string::npos) << other.err;
}

TEST(Completion, CompletesInBash) {
    EXPECT_EQ(completed({"lightloom", "ru"}), "run\n");
    EXPECT_EQ(completed({"lightloom", "run", "--out"}), "--output\n");
    EXPECT_EQ(completed({"lightloom", "run", std::string(LIGHTLOOM_SOURCE_DIR) + "/scenarios/catalog/pai"}),
              std::string(LIGHTLOOM_SOURCE_DIR) + "/scenarios/catalog/pair.toml\n");
}

}  // namespace
}  // namespace lightloom::test
