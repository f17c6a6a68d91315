// The README's sample is what the program prints, to the last digit of the digest; only its line on speed may differ.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/cli/process.hpp"

namespace lightloom::test {
namespace {

// Lines that hold of any machine and any place of the result.
std::string comparable(const std::string& text) {
    std::istringstream lines(text);
    std::string kept;
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("run  ", 0) != 0 && line.rfind("result  ", 0) != 0) kept += line + "\n";
    return kept;
}

TEST(Readme, ShowsWhatTheFlagshipPrints) {
    const std::filesystem::path source = LIGHTLOOM_SOURCE_DIR;
    const std::string readme = read_file(source / "README.md");
    const std::string fence = "```text\n";
    const std::size_t begin = readme.find(fence) + fence.size();
    const std::string sample = readme.substr(begin, readme.find("```", begin) - begin);
    ASSERT_NE(sample.find("digest"), std::string::npos);

    const auto result = std::filesystem::temp_directory_path() / "lightloom_readme_test.h5";
    const Finished run = lightloom(
        {"run", (source / "scenarios/catalog/flagship-all-reduce.toml").string(), "-o", result.string(), "-q"});
    std::filesystem::remove(result);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(comparable(run.out), comparable(sample));
}

}  // namespace
}  // namespace lightloom::test
