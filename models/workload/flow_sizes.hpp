// Flow sizes: how many bytes a message has, as a distribution. Some were published of traffic that was measured.
// Not here: when messages come and where they go (models/workload/messages.hpp), a user's own file (scenarios).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lightloom {

class SizeDistribution {
public:
    /// Up to so many bytes has a message with such a probability; linear in between, as traffic generators take it.
    struct Point {
        double bytes, probability;
        friend bool operator==(const Point&, const Point&) = default;
    };
    /// @param points  both columns ascend; the last probability is 1
    explicit SizeDistribution(std::vector<Point> points) : points_(std::move(points)) {}
    static SizeDistribution fixed(std::int64_t bytes) {
        return SizeDistribution({{static_cast<double>(bytes), 0.0}, {static_cast<double>(bytes), 1.0}});
    }

    /// The size at `u` in (0, 1), whole bytes and at least one, unless all have none.
    std::int64_t at(double u) const;
    double mean() const;
    double largest() const { return points_.back().bytes; }
    friend bool operator==(const SizeDistribution&, const SizeDistribution&) = default;

private:
    std::vector<Point> points_;
};

/// fixed and file say nothing of themselves: the scenario has the size, or the file.
enum class FlowSizes { fixed, web_search, data_mining, hadoop, storage, file };
const std::vector<std::string>& flow_size_names();
/// @pre neither fixed nor file
const SizeDistribution& published_sizes(FlowSizes sizes);

}  // namespace lightloom
