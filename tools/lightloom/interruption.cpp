#include "tools/lightloom/interruption.hpp"

#include <signal.h>

namespace lightloom {
namespace {

volatile sig_atomic_t noted = 0;

extern "C" void note(int signal_number) {
    if (noted != 0) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    noted = signal_number;
}

}  // namespace

// A file that outgrows its limit is an error to report, like a full disk, not a reason to die without a word.
void outlive_file_size_limit() { signal(SIGXFSZ, SIG_IGN); }

void listen_for_interruption() {
    struct sigaction action {};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;  // a write to the result file is not cut short
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    outlive_file_size_limit();
}

int interruption() { return noted; }

}  // namespace lightloom
