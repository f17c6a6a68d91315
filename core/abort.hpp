// abort_run: the end of a run in which the program itself is at fault. A user's mistake never comes here.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace lightloom {

template <class... Args>
[[noreturn, gnu::cold, gnu::noinline]] void abort_run(fmt::format_string<Args...> text, Args... args) {
    fmt::print(stderr, "lightloom: internal error: {}\n", fmt::vformat(text, fmt::make_format_args(args...)));
    std::abort();
}

}  // namespace lightloom
