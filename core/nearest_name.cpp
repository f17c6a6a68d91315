#include "core/nearest_name.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace lightloom {
namespace {

constexpr std::size_t kLongestName = 64;  // beyond it nobody mistyped a known name

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, substitutions and swaps of neighbours that turn a into b (optimal string alignment).
std::size_t typing_mistakes(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

bool is_short_for(std::string_view name, std::string_view candidate) {
    std::size_t found = 0;
    for (const char c : candidate) found += found < name.size() && lower(c) == lower(name[found]);
    return found == name.size();
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string> known) {
    if (name.empty() || name.size() > kLongestName) return {};
    std::string_view nearest;
    std::pair<bool, std::size_t> fewest{true, SIZE_MAX};
    for (const std::string& candidate : known) {
        const std::size_t mistakes = typing_mistakes(name, candidate);
        const std::size_t most = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
        if (mistakes > most || mistakes >= std::min(name.size(), candidate.size())) continue;
        const std::pair distance{!is_short_for(name, candidate), mistakes};
        if (distance >= fewest) continue;
        fewest = distance;
        nearest = candidate;
    }
    return nearest;
}

}  // namespace lightloom
