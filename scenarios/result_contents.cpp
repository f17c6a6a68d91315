#include "scenarios/result_contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "scenarios/hdf5_texts.hpp"
#include "scenarios/trial.hpp"

namespace lightloom {
namespace {

using hdf5::Handle;
using hdf5::is_hard_link;
using hdf5::links_of;
using hdf5::type_of;

constexpr std::int32_t kFormatVersion = 3;       // the first number: files of another cannot be read
constexpr std::size_t kMostGroups = 100'000;     // of a file
constexpr int kDeepest = 4;                      // groups inside groups
constexpr hsize_t kMostRows = hsize_t{1} << 28;  // of a column
constexpr hsize_t kRowsAtOnce = 64;              // of two dimensions: as many as a chunk has of many columns, ...
constexpr hsize_t kPlacesAtOnce = 1 << 20;       // ... and more of few, whose chunks have more
constexpr hsize_t kMostText = 32 << 20;          // bytes of an attribute

// The parts of a path; empty ones are left out.
std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    std::istringstream stream(path);
    for (std::string part; std::getline(stream, part, '/');)
        if (!part.empty()) parts.push_back(part);
    return parts;
}

std::string group_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

// The two dimensions of a grid have each a length of its own.
bool is_axis_of_grid(const std::string& item) { return item == "series/time_ps" || item == "series/port"; }

bool is_scalar(const Handle& dataset) {
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    return H5Sget_simple_extent_type(space.id()) == H5S_SCALAR;
}

}  // namespace

bool ResultReader::Contents::has(const std::string& item) const {
    std::string so_far;
    for (const std::string& part : parts_of(item)) {
        so_far += so_far.empty() ? part : '/' + part;
        if (!is_hard_link(root(), so_far.c_str())) return false;
    }
    return true;
}

H5O_type_t ResultReader::Contents::kind_of(const std::string& item) const {
    H5O_info_t info;
    hdf5::check(H5Oget_info_by_name2(root(), item.empty() ? "/" : item.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT),
                "open");
    return info.type;
}

Handle ResultReader::Contents::open_object(const std::string& item) const {
    if (!has(item)) refuse(item, "is missing");
    return {H5Oopen(root(), item.c_str(), H5P_DEFAULT), H5Oclose, item.c_str()};
}

Handle ResultReader::Contents::open_dataset(const std::string& item) const {
    Handle object = open_object(item);
    if (H5Iget_type(object.id()) != H5I_DATASET) refuse(item, "is a group, where numbers are expected");
    const Handle properties(H5Dget_create_plist(object.id()), H5Pclose, "properties");
    if (H5Pget_layout(properties.id()) == H5D_VIRTUAL || H5Pget_external_count(properties.id()) > 0)
        refuse(item, "has its numbers in another file");
    return object;
}

void ResultReader::Contents::check_numbers(const Handle& dataset, const std::string& item, bool whole) const {
    const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
    const H5T_class_t kind = H5Tget_class(type.id());
    if (whole && kind == H5T_FLOAT) refuse(item, "holds fractions, where whole numbers are expected");
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) refuse(item, "does not hold numbers");
}

// A column that a few bytes unfold to would fill the memory.
void ResultReader::Contents::check_storage(const Handle& dataset, const std::string& item, hsize_t rows) const {
    const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
    const double claimed = static_cast<double>(rows) * static_cast<double>(H5Tget_size(type.id()));
    if (rows > kMostRows || claimed > hdf5::kMostCompression * static_cast<double>(H5Dget_storage_size(dataset.id())))
        refuse(item, fmt::format("claims {} rows, more than it holds", rows));
}

hsize_t ResultReader::Contents::rows_of(const Handle& dataset, const std::string& item) const {
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    if (H5Sget_simple_extent_ndims(space.id()) != 1) refuse(item, "is not a column");
    hsize_t rows = 0;
    H5Sget_simple_extent_dims(space.id(), &rows, nullptr);
    return rows;
}

std::array<hsize_t, 2> ResultReader::Contents::size_of_grid(const Handle& dataset, const std::string& item) const {
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    std::array<hsize_t, 2> size{0, 0};  // of what has not two dimensions
    if (H5Sget_simple_extent_ndims(space.id()) == 2) H5Sget_simple_extent_dims(space.id(), size.data(), nullptr);
    check_storage(dataset, item, size[1] > kMostRows ? size[1] : size[0] > kMostRows ? size[0] : size[0] * size[1]);
    return size;
}

std::vector<double> ResultReader::Contents::read_rows(const std::string& item, hsize_t first, hsize_t count,
                                                      hsize_t columns) const {
    return read_rows(open_dataset(item), item, first, count, columns);
}

std::vector<double> ResultReader::Contents::read_rows(const Handle& dataset, const std::string& item, hsize_t first,
                                                      hsize_t count, hsize_t columns) const {
    check_numbers(dataset, item, false);
    const auto size = size_of_grid(dataset, item);
    if (size[1] != columns || size[0] < first + count)
        refuse(item,
               fmt::format("has {} rows of {}, where {} of {} are expected", size[0], size[1], first + count, columns));
    const std::array<hsize_t, 2> start{first, 0}, block{count, columns};
    const Handle in_file(H5Dget_space(dataset.id()), H5Sclose, "space");
    const Handle in_memory(H5Screate_simple(2, block.data(), nullptr), H5Sclose, "space");
    std::vector<double> values(count * columns);
    if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr) < 0 ||
        H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, in_memory.id(), in_file.id(), H5P_DEFAULT, values.data()) < 0)
        refuse(item, "cannot be read: the file is damaged");
    return values;
}

// The first column of a group counts its rows; where rows are appended, those that are whole.
std::size_t ResultReader::Contents::rows(const std::string& group) const {
    if (const auto known = rows_.find(group); known != rows_.end()) return known->second;
    std::size_t rows = 0;
    if (has(group) && is_group(group)) {
        const Handle handle = open_object(group);
        for (const std::string& name : links_of(handle.id())) {
            const std::string item = group + '/' + name;
            if (!is_dataset(item)) continue;
            const Handle dataset = open_dataset(item);
            const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
            if (H5Sget_simple_extent_ndims(space.id()) != 1) continue;
            rows = rows_of(dataset, item);
            break;
        }
    }
    return rows_[group] = rows;
}

// Whoever reads several columns of a group counts on their being equally long.
std::size_t ResultReader::Contents::rows_wanted(const std::string& item, std::size_t own) const {
    const std::size_t wanted = rows(group_of(item));
    if (own < wanted) refuse(item, fmt::format("has {} rows, its group {}", own, wanted));
    return wanted;
}

std::optional<double> ResultReader::Contents::scalar_if_any(const std::string& item) const {
    const Handle dataset = open_dataset(item);
    return is_scalar(dataset) ? std::optional(read_scalar<double>(dataset, item)) : std::nullopt;
}

template <class T>
T ResultReader::Contents::read_scalar(const std::string& item) const {
    const Handle dataset = open_dataset(item);
    if (!is_scalar(dataset)) refuse(item, "is not a single number");
    return read_scalar<T>(dataset, item);
}

template <class T>
T ResultReader::Contents::read_scalar(const Handle& dataset, const std::string& item) const {
    check_numbers(dataset, item, std::is_integral_v<T>);
    T value{};
    if (H5Dread(dataset.id(), type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
        refuse(item, "cannot be read: the file is damaged");
    return value;
}

template <class T>
std::vector<T> ResultReader::Contents::read_column(const std::string& item) const {
    const Handle dataset = open_dataset(item);
    check_numbers(dataset, item, std::is_integral_v<T>);
    const hsize_t own = rows_of(dataset, item);
    if (own > 0) check_storage(dataset, item, own);
    const std::size_t wanted = is_axis_of_grid(item) ? own : rows_wanted(item, own);
    std::vector<T> values(own);
    if (own > 0 && H5Dread(dataset.id(), type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
        refuse(item, "cannot be read: the file is damaged");
    values.resize(wanted);
    return values;
}

std::vector<std::string> ResultReader::Contents::read_text_column(const std::string& item) const {
    std::vector<std::string> texts = hdf5::read_texts(open_dataset(item));
    texts.resize(rows_wanted(item, texts.size()));
    return texts;
}

std::string ResultReader::Contents::text_attribute(hid_t object, const std::string& owner,
                                                   const std::string& name) const {
    const std::string what = fmt::format("attribute \"{}\" of /{}", name, owner);
    if (H5Aexists(object, name.c_str()) <= 0) refuse(what + " is missing");
    const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "attribute");
    const Handle type(H5Aget_type(attribute.id()), H5Tclose, "type");
    const Handle space(H5Aget_space(attribute.id()), H5Sclose, "space");
    const bool is_text = H5Tget_class(type.id()) == H5T_STRING && H5Sget_simple_extent_type(space.id()) == H5S_SCALAR;
    if (!is_text) refuse(what + " is not a text");
    if (H5Tis_variable_str(type.id()) <= 0) {
        const std::size_t length = H5Tget_size(type.id());
        if (length > kMostText) refuse(what + " is too long");
        std::string text(length, '\0');
        if (H5Aread(attribute.id(), type.id(), text.data()) < 0) refuse(what + " is damaged");
        return text.substr(0, text.find('\0'));
    }
    char* text = nullptr;
    if (H5Aread(attribute.id(), type.id(), &text) < 0) refuse(what + " is damaged");
    std::string copy = text == nullptr ? "" : text;
    H5free_memory(text);
    if (copy.size() > kMostText) refuse(what + " is too long");
    return copy;
}

void ResultReader::Contents::list_groups(const std::string& group, int depth, const std::vector<std::string>& without,
                                         std::vector<std::string>& found) const {
    if (depth == kDeepest) return;
    const Handle handle(H5Oopen(root(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose, "group");
    for (const std::string& name : links_of(handle.id())) {
        const std::string item = group.empty() ? name : group + '/' + name;
        if (std::ranges::find(without, item) != without.end() || !is_group(item)) continue;
        found.push_back(item);
        if (found.size() > kMostGroups) refuse("has too many groups");
        list_groups(item, depth + 1, without, found);
    }
}

// Of a sweep's table, beside which the results of its points are.
std::string ResultReader::Contents::where_results_are() const {
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path() / "points";
    std::error_code none;
    std::string first;
    for (const auto& file : std::filesystem::directory_iterator(folder, none))
        if (file.path().extension() == ".h5" && (first.empty() || file.path() < first)) first = file.path();
    return "it is the table of a sweep, whose points have results of their own" + (first.empty() ? "" : ": " + first);
}

// Whether it says that it is a result of a format that is known here.
void ResultReader::Contents::check_format() const {
    const auto no_result = [&] { refuse("it is an HDF5 file, but not a result"); };
    if (H5Aexists(root(), "format") <= 0) no_result();
    if (text_attribute(root(), "", "format") == "lightloom-sweep") refuse(where_results_are());
    if (text_attribute(root(), "", "format") != "lightloom-result") no_result();
    if (H5Aexists(root(), "format_version") <= 0) no_result();
    const Handle version(H5Aopen(root(), "format_version", H5P_DEFAULT), H5Aclose, "format_version");
    const Handle space(H5Aget_space(version.id()), H5Sclose, "space");
    const Handle type(H5Aget_type(version.id()), H5Tclose, "type");
    std::array<std::int32_t, 2> numbers{};
    if (H5Sget_simple_extent_npoints(space.id()) != 2 || H5Tget_class(type.id()) != H5T_INTEGER ||
        H5Aread(version.id(), H5T_NATIVE_INT32, numbers.data()) < 0)
        no_result();
    if (numbers[0] != kFormatVersion)
        refuse(
            fmt::format("a result of format {}.{}, and this program reads {}", numbers[0], numbers[1], kFormatVersion));
}

// Reads whatever can be asked for, and forgets it. What is refused hides nothing behind it: the rest is read, too.
void ResultReader::Contents::read_everything(const std::string& group, int depth) const {
    if (depth == kDeepest) return;
    const Handle handle(H5Oopen(root(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose, "group");
    for (const char* name : {"title", "status", "stopped_by", "digest", "scenario", "effective_scenario"})
        if (depth == 0 && H5Aexists(root(), name) > 0) text_attribute(root(), "", name);
    for (const std::string& name : links_of(handle.id())) try {
            read_whole(group.empty() ? name : group + '/' + name, depth);
        } catch (const ResultUnreadable&) {
        } catch (const hdf5::Error&) {
        }
}

void ResultReader::Contents::read_whole(const std::string& item, int depth) const {
    const Handle object = open_object(item);
    for (const char* text : {"units", "long_name", "flag_meanings"})
        if (H5Aexists(object.id(), text) > 0) text_attribute(object.id(), item, text);
    if (H5Iget_type(object.id()) == H5I_GROUP) return read_everything(item, depth + 1);
    const Handle dataset = open_dataset(item);
    prolong_trial(unfolded_bytes(dataset));
    if (hdf5::holds_texts(dataset)) {
        hdf5::read_texts(dataset);
    } else if (const auto size = size_of_grid(dataset, item); size[0] > 0) {
        const hsize_t at_once = std::max(kRowsAtOnce, kPlacesAtOnce / std::max<hsize_t>(1, size[1]));
        for (hsize_t row = 0; row < size[0]; row += at_once)
            read_rows(dataset, item, row, std::min(at_once, size[0] - row), size[1]);
    } else if (!scalar_if_any(item)) {
        read_column<double>(item);
    }
}

// Of rows as many as can be true: check_storage() refuses more.
double ResultReader::Contents::unfolded_bytes(const Handle& dataset) {
    const Handle type(H5Dget_type(dataset.id()), H5Tclose, "type");
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    const auto places = static_cast<double>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.id())));
    return std::min(places * static_cast<double>(H5Tget_size(type.id())),
                    hdf5::kMostCompression * static_cast<double>(H5Dget_storage_size(dataset.id())));
}

template double ResultReader::Contents::read_scalar(const std::string& item) const;
template std::int64_t ResultReader::Contents::read_scalar(const std::string& item) const;
template std::vector<double> ResultReader::Contents::read_column(const std::string& item) const;
template std::vector<std::int64_t> ResultReader::Contents::read_column(const std::string& item) const;

}  // namespace lightloom
