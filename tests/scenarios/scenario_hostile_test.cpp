// Texts that are no scenario at all: each ends in errors that lie inside the text, soon, and never in a crash.
// tests/fuzz/scenario_fuzz.cpp looks for more of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

void expect_located_errors(std::string_view text) {
    const auto parsed = parse(text);
    ASSERT_FALSE(parsed.errors.empty());
    EXPECT_FALSE(parsed.scenario);
    const auto lines = 1 + std::ranges::count(text, '\n');
    for (const InputError& error : parsed.errors) {
        EXPECT_GE(error.line, 1);
        EXPECT_LE(error.line, lines);
        EXPECT_GE(error.column, 1);
        EXPECT_LE(static_cast<std::size_t>(error.column), text.size() + 1);
        EXPECT_FALSE(error.message.empty());
    }
}

std::string repeated(std::string_view what, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += what;
    return text;
}

TEST(HostileScenario, EmptyOrBinaryOrNotUtf8) {
    for (const std::string_view text :
         {std::string_view(""), std::string_view("\0\0\0\0", 4), std::string_view("\xff\xfe\x00", 3),
          std::string_view("\x7f"
                           "ELF\x02\x01\x01\x00",
                           8),
          std::string_view("title = \"\xc3\""), std::string_view("\xef\xbb\xbf"), std::string_view("\r\r\r"),
          std::string_view("[\n")})
        expect_located_errors(text);
}

/// Each made the TOML library abort, leave its defined behaviour, or point outside the text. Found by the fuzzer.
TEST(HostileScenario, TextsThatUpsetTheLibrary) {
    for (const std::string_view text :
         {"[\nservers = 4", "'''a = \"0dB\"\n", "a =0[==:':=\xc3\xa9\"\n[b\n", "a = 0'\xc3\xa9'", "t\xc3\xa9 = 1",
          "a = \"\"\"\\\n\xc3\xa9\"\"\"", "a =i\x1d\n", "a = \xe2\x80\xa8", "\xe3\x80\x80"}) {
        expect_located_errors(text);
        for (const std::string& error : errors_of(text)) EXPECT_EQ(error.find('\x1d'), std::string::npos);
    }
}

TEST(HostileScenario, NestedTooDeep) {
    EXPECT_EQ(errors_of("x = " + repeated("[", 10'000))[0].substr(0, 57),
              "s.toml:1:1025: error: the line is longer than 1024 bytes\n");
    EXPECT_EQ(errors_of("x = " + repeated("[\n", 10'000))[0].substr(0, 60),
              "s.toml:9:1: error: value: exceeded maximum nested value dept");
    expect_located_errors(repeated("[", 10'000));
    expect_located_errors("x = " + repeated("{ a = ", 100));
    expect_located_errors("x = " + repeated("[\n", 10'000) + repeated("]\n", 10'000));
}

TEST(HostileScenario, NestedByDotsAsDeepAsLinesAllow) {
    const std::string dots = repeated("a.", 500) + "a";
    std::string text = "[" + dots + "]\n";
    for (int i = 0; i < 4; ++i) text += dots + " = [\n{ ";
    text += dots + " = 1 }";
    for (int i = 0; i < 3; ++i) text += "\n] }";
    expect_located_errors(text + "\n]\n");
}

TEST(HostileScenario, TooLong) {
    EXPECT_EQ(errors_of(repeated("#23456789\n", 1 << 20))[0],
              "s.toml:104858:7: error: the text is longer than 1 MiB\n    a scenario is a page or two; is this the "
              "right file?");
    expect_located_errors(repeated("x", 10 << 20));
    expect_located_errors("title = \"" + repeated("long ", 1000) + "\"");
}

TEST(HostileScenario, ThousandsOfMistakesAreCutShort) {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "unknown" + std::to_string(i) + " = 1\n";
    const auto errors = parse(text).errors;
    ASSERT_EQ(errors.size(), kMostErrors + 1);
    EXPECT_EQ(errors.back().message, "more than 100 errors; the others are not shown");
    EXPECT_EQ(parse(kLeast + repeated("[[fault]]\nselect = \"leaf=0\"\nextra_loss = \"1dB\"\n", 1000)).errors.size(),
              0u);
    EXPECT_EQ(errors_of(kLeast + repeated("[[fault]]\nselect = \"leaf=0\"\nextra_loss = \"1dB\"\n", 1001))[0],
              "s.toml:3005:1: error: fault: more than 1000 faults");
}

TEST(HostileScenario, EveryBeginningOfAScenarioIsReadOrRefused) {
    const std::string whole =
        kLeast +
        "[tier.leaf-spine]\nlength = { uniform = [\"20m\", \"120m\"] }\n"
        "connectors = { count = 4, family = \"mpo-apc-low-loss\" }\n[run]\nseed = { plant = 7 }\n";
    ASSERT_TRUE(parse(whole).scenario);
    for (std::size_t end = 0; end < whole.size(); ++end) {
        const std::string_view text = std::string_view(whole).substr(0, end);
        if (!parse(text).scenario) expect_located_errors(text);
    }
}

TEST(HostileScenario, ScenariosWithBytesChangedAreReadOrRefused) {
    std::mt19937_64 random(7);
    const std::string whole = effective_toml(*parse(kLeast).scenario);
    for (int i = 0; i < 2'000; ++i) {
        std::string text = whole;
        for (auto n = 1 + random() % 4; n > 0; --n) text[random() % text.size()] = static_cast<char>(random());
        if (!parse(text).scenario) expect_located_errors(text);
    }
}

}  // namespace
}  // namespace lightloom::test
