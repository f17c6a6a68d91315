#include "scenarios/trial.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "scenarios/hdf5_file.hpp"

namespace lightloom {
namespace {

// Of the child; in other processes no time at all.
double allowed_seconds = 0.0, allowed_bytes_a_second = 0.0;

rlim_t whole_seconds(double seconds) { return static_cast<rlim_t>(std::ceil(std::min(seconds, 1e9))); }

[[noreturn]] void be_the_child(const std::function<void()>& attempt, double bytes, TrialTime time) {
    allowed_seconds = time.least_seconds + bytes / time.bytes_a_second;
    allowed_bytes_a_second = time.bytes_a_second;
    rlimit limit{};
    ::getrlimit(RLIMIT_CPU, &limit);
    const double most = time.least_seconds + hdf5::kMostCompression * bytes / time.bytes_a_second;
    limit.rlim_max = std::min(limit.rlim_max, whole_seconds(most));
    limit.rlim_cur = std::min(limit.rlim_max, whole_seconds(allowed_seconds));
    ::setrlimit(RLIMIT_CPU, &limit);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody would ask what came of it
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    for (const int fatal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) ::signal(fatal, SIG_DFL);
    if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
    try {
        attempt();
    } catch (...) {
        ::_exit(0);  // it came back, with a complaint that whoever goes on will hear
    }
    ::_exit(0);
}

}  // namespace

bool comes_back(const std::function<void()>& attempt, const std::string& file, TrialTime time) {
    std::error_code gone;  // which the attempt says
    const std::uintmax_t size = std::filesystem::file_size(file, gone);
    const pid_t child = ::fork();
    if (child < 0) return true;  // no process to be had: as if there were no trial
    if (child == 0) be_the_child(attempt, gone ? 0.0 : static_cast<double>(size), time);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status);
}

void prolong_trial(double bytes) {
    if (allowed_bytes_a_second == 0.0) return;
    allowed_seconds += bytes / allowed_bytes_a_second;
    rlimit limit{};
    ::getrlimit(RLIMIT_CPU, &limit);
    limit.rlim_cur = std::min(limit.rlim_max, whole_seconds(allowed_seconds));
    ::setrlimit(RLIMIT_CPU, &limit);
}

}  // namespace lightloom
