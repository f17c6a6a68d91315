#include "models/workload/flow_sizes.hpp"

#include <algorithm>
#include <stdexcept>

namespace lightloom {

std::int64_t SizeDistribution::at(double u) const {
    const auto above = std::ranges::lower_bound(points_, u, {}, &Point::probability);
    if (above == points_.end()) return static_cast<std::int64_t>(points_.back().bytes);
    double bytes = above->bytes;
    if (above != points_.begin())
        if (const Point& below = *(above - 1); above->probability > below.probability)
            bytes = below.bytes +
                    (above->bytes - below.bytes) * (u - below.probability) / (above->probability - below.probability);
    const std::int64_t least = largest() < 1.0 ? 0 : 1;
    return std::max(static_cast<std::int64_t>(bytes + 0.5), least);
}

double SizeDistribution::mean() const {
    double sum = points_.front().probability * points_.front().bytes;
    for (std::size_t i = 1; i < points_.size(); ++i)
        sum += (points_[i].probability - points_[i - 1].probability) * (points_[i].bytes + points_[i - 1].bytes) / 2.0;
    return sum;
}

const std::vector<std::string>& flow_size_names() {
    static const std::vector<std::string> names{"fixed", "web-search", "data-mining", "hadoop", "storage", "file"};
    return names;
}

const SizeDistribution& published_sizes(FlowSizes sizes) {
    // Web search: Alizadeh et al., "Data Center TCP", SIGCOMM 2010. Hadoop: Roy et al., "Inside the social network's
    // (datacenter) network", SIGCOMM 2015. Storage: Alibaba, 2019. All three as the traffic generator of Li et al.,
    // "HPCC", SIGCOMM 2019, has them (alibaba-edu/High-Precision-Congestion-Control, traffic_gen).
    static const SizeDistribution web_search({{0, 0},
                                              {10e3, 0.15},
                                              {20e3, 0.2},
                                              {30e3, 0.3},
                                              {50e3, 0.4},
                                              {80e3, 0.53},
                                              {200e3, 0.6},
                                              {1e6, 0.7},
                                              {2e6, 0.8},
                                              {5e6, 0.9},
                                              {10e6, 0.97},
                                              {30e6, 1}});
    static const SizeDistribution hadoop({{0, 0},       {100, 0.01},   {200, 0.02},  {300, 0.05},  {350, 0.15},
                                          {400, 0.2},   {500, 0.3},    {600, 0.4},   {700, 0.5},   {1000, 0.6},
                                          {2000, 0.67}, {7000, 0.7},   {30e3, 0.72}, {50e3, 0.82}, {80e3, 0.87},
                                          {120e3, 0.9}, {300e3, 0.95}, {1e6, 0.975}, {2e6, 0.99},  {10e6, 1}});
    static const SizeDistribution storage({{0, 0},
                                           {4e3, 0.2293},
                                           {8e3, 0.6921},
                                           {16e3, 0.8061},
                                           {32e3, 0.9047},
                                           {64e3, 0.9353},
                                           {128e3, 0.9677},
                                           {256e3, 0.9753},
                                           {2e6, 1}});
    // Greenberg et al., "VL2", SIGCOMM 2009, in packets of 1,460 bytes as in Alizadeh et al., "pFabric", SIGCOMM 2013;
    // its mean is given there as 5,117 packets.
    static const SizeDistribution data_mining({{1460.0 * 1, 0},
                                               {1460.0 * 1, 0.5},
                                               {1460.0 * 2, 0.6},
                                               {1460.0 * 3, 0.7},
                                               {1460.0 * 7, 0.8},
                                               {1460.0 * 267, 0.9},
                                               {1460.0 * 2107, 0.95},
                                               {1460.0 * 66'667, 0.99},
                                               {1460.0 * 666'667, 1}});
    switch (sizes) {
        case FlowSizes::web_search: return web_search;
        case FlowSizes::data_mining: return data_mining;
        case FlowSizes::hadoop: return hadoop;
        case FlowSizes::storage: return storage;
        case FlowSizes::fixed:
        case FlowSizes::file: break;
    }
    throw std::logic_error("no published sizes");
}

}  // namespace lightloom
