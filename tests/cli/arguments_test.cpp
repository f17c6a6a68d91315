// The command line before anything is simulated: help, mistakes in the arguments, mistakes in the scenario. Every
// message goes to stderr, names what was wrong and what is near; stdout stays empty for scripts.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

void expect_users_mistake(const Finished& finished, const std::string& message) {
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_TRUE(has(finished.err, message)) << finished.err;
}

TEST(Help, EveryCommandHasOneThatFitsAScreenAndShowsAnExample) {
    for (const std::string command : {"run", "check", "explain"}) {
        for (const std::string flag : {"--help", "-h"}) {
            const Finished finished = lightloom({command, flag});
            EXPECT_EQ(finished.exit_code, 0);
            EXPECT_EQ(finished.err, "");
            EXPECT_LT(std::count(finished.out.begin(), finished.out.end(), '\n'), 25) << finished.out;
            EXPECT_TRUE(has(finished.out, "usage: lightloom " + command)) << finished.out;
            EXPECT_TRUE(has(finished.out, "Examples:")) << finished.out;
        }
    }
    EXPECT_TRUE(has(lightloom({"--help"}).out, "explain"));
}

TEST(Help, VersionNamesProgramAndBuild) {
    const Finished finished = lightloom({"--version"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_EQ(finished.out.rfind("lightloom ", 0), 0u) << finished.out;
    EXPECT_TRUE(has(finished.out, "(")) << finished.out;
}

TEST(Colour, OnATerminalOnlyAndNotWithNoColor) {
    const std::string on_terminal =
        "import os, pty, sys\n"
        "os.environ['TERM'] = 'xterm'\n"
        "os.environ['NO_COLOR'] = sys.argv[2]\n"
        "pid, terminal = pty.fork()\n"
        "if pid == 0: os.execv(sys.argv[1], [sys.argv[1], 'rnu'])\n"
        "text = b''\n"
        "try:\n"
        "    while chunk := os.read(terminal, 4096): text += chunk\n"
        "except OSError: pass\n"  // Linux says EIO where a terminal's other side is gone
        "print(b'\\x1b' in text, b'rnu' in text)\n";
    EXPECT_EQ(python(on_terminal, {LIGHTLOOM_BINARY, ""}), "True True");
    EXPECT_EQ(python(on_terminal, {LIGHTLOOM_BINARY, "1"}), "False True");
    EXPECT_EQ(lightloom({"rnu"}).err.find('\x1b'), std::string::npos);
}

TEST(Arguments, UnknownCommandNamesTheNearest) {
    expect_users_mistake(lightloom({"rnu", "x.toml"}), "did you mean \"run\"?");
    expect_users_mistake(lightloom({"frobnicate"}), "no command \"frobnicate\"");
    expect_users_mistake(lightloom(std::vector<std::string>{}), "no command given");
}

TEST(Arguments, UnknownOptionNamesTheNearest) {
    expect_users_mistake(lightloom({"run", "x.toml", "--thread", "2"}), "did you mean \"--threads\"?");
    expect_users_mistake(lightloom({"check", "x.toml", "--threads", "2"}), "no option \"--threads\"");
}

TEST(Arguments, OptionsMayNotBeAbbreviated) {
    expect_users_mistake(lightloom({"run", "x.toml", "--out", "x.h5"}), "no option \"--out\"");
    // What "$OUT" is where OUT is not set: a sweep would go to the root.
    for (const char* command : {"run", "sweep", "compare"})
        expect_users_mistake(lightloom({command, "x.toml", "y.toml", "-o", ""}), "--output is given nothing");
}

TEST(Arguments, ValuesAreChecked) {
    ScratchDirectory scratch;
    const std::string file = scratch / "quick.toml";
    write_file(file, kQuick);
    for (const std::string threads : {"0", "-1", "two", "1e3", "99999999999999999999", ""})
        expect_users_mistake(lightloom({"run", file, "--threads=" + threads}), "threads");
    expect_users_mistake(lightloom({"run", file, "--partitions", "0"}), "--partitions is a whole number");
    expect_users_mistake(lightloom({"run", file, "--seed", "-1"}), "seed");
    expect_users_mistake(lightloom({"run", file, "--set", "no-equals-sign"}), "KEY=VALUE");
    expect_users_mistake(lightloom({"run", file, "--threads"}), "threads");
}

TEST(Arguments, ExactlyOneScenario) {
    expect_users_mistake(lightloom({"run"}), "no scenario given");
    expect_users_mistake(lightloom({"run", "a.toml", "b.toml"}), "more than one scenario");
    expect_users_mistake(lightloom({"run", "/nowhere/at/all.toml"}), "/nowhere/at/all.toml: No such file");
    expect_users_mistake(lightloom({"check", "/"}), "is a directory");
}

TEST(ScenarioMistakes, AllAreListedWithLineAndColumnAndNothingRuns) {
    ScratchDirectory scratch;
    const std::string file = scratch / "wrong.toml";
    std::string text = kQuick;
    text.replace(text.find("\"2m\""), 4, "2.00");
    text.replace(text.find("spines"), 6, "spinse");
    write_file(file, text);
    for (const std::string command : {"run", "check", "explain"}) {
        const Finished finished = lightloom(Spawn{.arguments = {command, file}, .directory = scratch.path()});
        expect_users_mistake(finished, file + ":7:1: error: topology.spinse");
        EXPECT_TRUE(has(finished.err, "did you mean \"spines\"?")) << finished.err;
        EXPECT_TRUE(has(finished.err, file + ":10:10: error: tier.host-leaf.length")) << finished.err;
        EXPECT_TRUE(has(finished.err, "nothing was run")) << finished.err;
        EXPECT_FALSE(std::filesystem::exists(scratch / "wrong.h5"));
        EXPECT_FALSE(std::filesystem::exists(scratch / "wrong.h5.partial"));
    }
}

TEST(ScenarioMistakes, AnOverrideIsNamedAsOne) {
    ScratchDirectory scratch;
    const std::string file = scratch / "quick.toml";
    write_file(file, kQuick);
    expect_users_mistake(lightloom({"check", file, "--set", "topology.spines=many"}), "--set topology.spines=many");
}

TEST(ScenarioMistakes, AnImpossibleFabricIsOne) {
    ScratchDirectory scratch;
    const std::string file = scratch / "quick.toml";
    write_file(file, kQuick);
    expect_users_mistake(lightloom({"run", file, "--set", "topology.leaves=3"}), "error: ");
}

TEST(ScenarioMistakes, HostileFilesAreRefusedNotCrashedOn) {
    ScratchDirectory scratch;
    const std::string file = scratch / "hostile.toml";
    std::string binary;
    for (int i = 0; i < 4096; ++i) binary += static_cast<char>(i * 7 % 256);
    const std::vector<std::string> texts{
        "",
        binary,
        kQuick.substr(0, kQuick.size() / 2),
        std::string(10 << 20, 'x'),
        "a = " + std::string(100'000, '['),
        kQuick + "iterations = nan\n",
        kQuick + "iterations = -1\n",
        kQuick + "iterations = 99999999999999999999\n",
        kQuick + "[topology]\nspines = 4\n",
    };
    for (const std::string& text : texts) {
        write_file(file, text);
        const Finished finished = lightloom({"run", file, "-o", scratch / "never.h5"});
        expect_users_mistake(finished, file + ":");
        EXPECT_FALSE(std::filesystem::exists(scratch / "never.h5"));
    }
}

TEST(Check, SaysInOneLineThatAScenarioIsSound) {
    ScratchDirectory scratch;
    const std::string file = scratch / "quick.toml";
    write_file(file, kQuick);
    const Finished finished = lightloom({"check", file});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.out, file + ": sound: 8 endpoints, 8 nodes, 12 cables\n");
    EXPECT_EQ(finished.err, "");
}

TEST(Explain, PrintsAScenarioThatIsSoundAndExplainsToItself) {
    ScratchDirectory scratch;
    write_file(scratch / "quick.toml", kQuick);
    const Finished first = lightloom({"explain", scratch / "quick.toml", "--set", "workload.bytes=2MiB"});
    ASSERT_EQ(first.exit_code, 0) << first.err;
    EXPECT_TRUE(has(first.out, "bytes = \"2MiB\"")) << first.out;
    EXPECT_TRUE(has(first.out, "# endpoints")) << first.out;

    write_file(scratch / "full.toml", first.out);
    const Finished second = lightloom({"explain", scratch / "full.toml"});
    EXPECT_EQ(second.exit_code, 0) << second.err;
    EXPECT_EQ(second.out, first.out);
}

TEST(Explain, KeysAnnotatesAndStaysAScenario) {
    ScratchDirectory scratch;
    write_file(scratch / "quick.toml", kQuick);
    const Finished plain = lightloom({"explain", scratch / "quick.toml"});
    const Finished annotated = lightloom({"explain", scratch / "quick.toml", "--keys"});
    EXPECT_GT(annotated.out.size(), plain.out.size());
    write_file(scratch / "full.toml", annotated.out);
    EXPECT_EQ(lightloom({"explain", scratch / "full.toml"}).out, plain.out);
}

}  // namespace
}  // namespace lightloom::test
