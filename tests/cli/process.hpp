// Runs the real binary as a user or a script would: arguments in; exit code, stdout, stderr out; signals and limits on
// the way. Each test has a directory of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lightloom::test {

struct Finished {
    int exit_code = -1;  // -1 if a signal killed it
    int signal = 0;
    std::string out, err;
};

struct Spawn {
    std::vector<std::string> arguments = {};
    std::int64_t file_size_limit = -1;      // bytes that it may write to one file; -1: no limit
    std::filesystem::path directory = ".";  // where it runs
};

class Process {
public:
    /// Starts `program` at once. Its output goes to files, so that it never waits for a reader.
    Process(const std::string& program, const Spawn& spawn);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void send(int signal_number) const;
    bool running();
    Finished wait();

private:
    pid_t pid_ = -1;
    int status_ = 0;
    bool ended_ = false;
    std::filesystem::path out_, err_;
};

/// lightloom with these arguments, to its end.
Finished lightloom(std::vector<std::string> arguments);
Finished lightloom(const Spawn& spawn);

/// Runs a line of Python; its stdout without the last newline. Fails the test if it does not exit with 0.
std::string python(const std::string& code, const std::vector<std::string>& arguments);

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

/// A directory that goes with its owner.
class ScratchDirectory {
public:
    ScratchDirectory();
    ~ScratchDirectory();
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace lightloom::test
