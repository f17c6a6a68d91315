// /series of a result file: what ports were doing at regular instants.
// Not here: how it is sampled (models/network/port_samples.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/network/port_samples.hpp"
#include "scenarios/hdf5_grid.hpp"

namespace lightloom {

/// The group, to be filled in sample by sample while a run lasts, or at once when it is over.
class SeriesGroup {
public:
    SeriesGroup(const hdf5::Group& root, std::span<const std::uint32_t> ports);
    /// Samples that the group does not have, up to the first `samples` of the series.
    void append(const PortSeries& series, std::size_t samples);
    void flush() { grid_.flush(); }
    void close() { grid_.close(); }

private:
    hdf5::Grid grid_;
    std::size_t samples_ = 0;
};

/// Nothing, if nothing was sampled.
void write_series(const hdf5::Group& root, const PortSeries& series);

}  // namespace lightloom
