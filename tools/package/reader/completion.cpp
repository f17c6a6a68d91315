// A result, read in C++: how long its run took to complete, and the busiest port.
#include <algorithm>
#include <iostream>

#include "scenarios/result_reader.hpp"

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::cerr << "usage: completion RESULT.h5\n";
        return 2;
    }
    const auto result = lightloom::ResultReader::open(argv[1]);
    const auto busy = result.column("ports/utilisation");
    std::cout << "completed in " << result.scalar("summary/completion_ps") * 1e-6 << " us, the busiest port "
              << 100.0 * *std::ranges::max_element(busy) << " % of the time\n";
} catch (const lightloom::ResultUnreadable& error) {
    std::cerr << error.what() << '\n';
    return 2;
}
