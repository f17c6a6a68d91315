// What a ResultReader has open, and every look-up by path in it: what it refuses, and how columns, grids and texts of a
// file that may be hostile are read. For the reader's own files only.
// Not here: opening, and what others may ask (scenarios/result_reader.hpp).
#pragma once

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_reader.hpp"

namespace lightloom {

// The open file, and what every look-up has in common.
class ResultReader::Contents {
public:
    Contents(const std::string& path, hdf5::Handle file) : path_(path), file_(std::move(file)) {}

    const std::string& path() const { return path_; }
    hid_t root() const { return file_.id(); }
    [[noreturn]] void refuse(const std::string& what) const { throw ResultUnreadable(path_ + ": " + what); }
    [[noreturn]] void refuse(const std::string& item, const std::string& what) const {
        refuse(fmt::format("/{} {}", item, what));
    }

    bool has(const std::string& item) const;
    hdf5::Handle open_object(const std::string& item) const;
    hdf5::Handle open_dataset(const std::string& item) const;
    void check_numbers(const hdf5::Handle& dataset, const std::string& item, bool whole) const;
    void check_storage(const hdf5::Handle& dataset, const std::string& item, hsize_t rows) const;
    hsize_t rows_of(const hdf5::Handle& dataset, const std::string& item) const;
    std::array<hsize_t, 2> size_of_grid(const hdf5::Handle& dataset, const std::string& item) const;
    std::vector<double> read_rows(const std::string& item, hsize_t first, hsize_t count, hsize_t columns) const;
    std::vector<double> read_rows(const hdf5::Handle& dataset, const std::string& item, hsize_t first, hsize_t count,
                                  hsize_t columns) const;
    std::size_t rows(const std::string& group) const;
    std::size_t rows_wanted(const std::string& item, std::size_t own) const;
    std::vector<std::string> read_text_column(const std::string& item) const;
    std::string text_attribute(hid_t object, const std::string& owner, const std::string& name) const;
    bool is_group(const std::string& item) const { return kind_of(item) == H5O_TYPE_GROUP; }
    bool is_dataset(const std::string& item) const { return kind_of(item) == H5O_TYPE_DATASET; }
    void check_format() const;
    std::string where_results_are() const;
    void read_everything(const std::string& group, int depth) const;
    std::optional<double> scalar_if_any(const std::string& item) const;
    void list_groups(const std::string& group, int depth, const std::vector<std::string>& without,
                     std::vector<std::string>& found) const;

    template <class T>
    T read_scalar(const std::string& item) const;
    template <class T>
    T read_scalar(const hdf5::Handle& dataset, const std::string& item) const;
    template <class T>
    std::vector<T> read_column(const std::string& item) const;

private:
    void read_whole(const std::string& item, int depth) const;
    static double unfolded_bytes(const hdf5::Handle& dataset);
    H5O_type_t kind_of(const std::string& item) const;

    std::string path_;
    hdf5::Handle file_;
    mutable std::map<std::string, std::size_t> rows_;  // of groups that were asked for
};

}  // namespace lightloom
