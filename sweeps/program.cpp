#include "sweeps/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace lightloom {
namespace {

constexpr int kCannotExecute = 127;

[[noreturn]] void become(std::vector<char*>& words, int output) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the sweep, which may have to cancel a job by this very program
    ::execvp(words[0], words.data());
    ::_exit(kCannotExecute);
}

}  // namespace

Ended run_program(const std::vector<std::string>& words) {
    Ended ended;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return ended;
    std::vector<std::string> copies = words;
    std::vector<char*> pointers;
    for (std::string& word : copies) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) become(pointers, ends[1]);
    ::close(ends[1]);
    char block[4096];
    for (;;) {
        const ssize_t n = pid < 0 ? 0 : ::read(ends[0], block, sizeof block);
        if (n > 0) ended.said.append(block, static_cast<std::size_t>(n));
        if (n == 0 || (n < 0 && errno != EINTR)) break;
    }
    ::close(ends[0]);
    int status = 0;
    if (pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status)) ended.status = WEXITSTATUS(status);
    return ended;
}

}  // namespace lightloom
