#include "tests/cli/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace lightloom::test {
namespace {

std::filesystem::path temporary(const char* kind, int& descriptor) {
    std::string name =
        (std::filesystem::temp_directory_path() / (std::string("lightloom-") + kind + "-XXXXXX")).string();
    descriptor = mkstemp(name.data());
    return name;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (std::string& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

Process::Process(const std::string& program, const Spawn& spawn) {
    int out = -1, err = -1;
    out_ = temporary("out", out);
    err_ = temporary("err", err);
    std::vector<std::string> words = spawn.arguments;
    words.insert(words.begin(), program);
    const auto arguments = pointers(words);

    pid_ = fork();
    if (pid_ == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        if (chdir(spawn.directory.c_str()) != 0) _exit(126);
        if (spawn.file_size_limit >= 0) {
            const auto limit = static_cast<rlim_t>(spawn.file_size_limit);
            const rlimit both{limit, limit};
            setrlimit(RLIMIT_FSIZE, &both);
        }
        execv(program.c_str(), arguments.data());
        _exit(127);
    }
    close(out);
    close(err);
}

Process::~Process() {
    if (!ended_ && pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, &status_, 0);
    }
    std::filesystem::remove(out_);
    std::filesystem::remove(err_);
}

void Process::send(int signal_number) const { kill(pid_, signal_number); }

bool Process::running() {
    if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
    return !ended_;
}

Finished Process::wait() {
    if (!ended_) waitpid(pid_, &status_, 0);
    ended_ = true;
    Finished finished;
    if (WIFEXITED(status_)) finished.exit_code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) finished.signal = WTERMSIG(status_);
    finished.out = read_file(out_);
    finished.err = read_file(err_);
    return finished;
}

Finished lightloom(std::vector<std::string> arguments) { return lightloom(Spawn{.arguments = std::move(arguments)}); }

Finished lightloom(const Spawn& spawn) { return Process(LIGHTLOOM_BINARY, spawn).wait(); }

std::string python(const std::string& code, const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"-c", code};
    words.insert(words.end(), arguments.begin(), arguments.end());
    Finished finished = Process(LIGHTLOOM_PYTHON, {.arguments = words}).wait();
    EXPECT_EQ(finished.exit_code, 0) << code << '\n' << finished.err;
    if (!finished.out.empty() && finished.out.back() == '\n') finished.out.pop_back();
    return finished.out;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary);
    stream << text;
    ASSERT_TRUE(stream.flush().good()) << path;
}

ScratchDirectory::ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "lightloom-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
}

ScratchDirectory::~ScratchDirectory() { std::filesystem::remove_all(path_); }

}  // namespace lightloom::test
