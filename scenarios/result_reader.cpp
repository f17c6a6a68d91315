#include "scenarios/result_reader.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/hdf5_texts.hpp"
#include "scenarios/trial.hpp"

namespace lightloom {
namespace {

using hdf5::Handle;
using hdf5::is_hard_link;
using hdf5::links_of;
using hdf5::type_of;

constexpr std::int32_t kFormatVersion = 3;          // the first number: files of another cannot be read
constexpr std::size_t kMostGroups = 100'000;        // of a file
constexpr int kDeepest = 4;                         // groups inside groups
constexpr hsize_t kMostRows = hsize_t{1} << 28;     // of a column
constexpr hsize_t kRowsAtOnce = 64;                 // of two dimensions: as many as a chunk has of many columns
constexpr hsize_t kMostText = 32 << 20;             // bytes of an attribute
constexpr unsigned kLeastSeconds = 2;               // that reading a file whole may take, and ...
constexpr std::uintmax_t kBytesASecond = 20 << 20;  // ... how much of it a second at least
constexpr double kMostCompression = 1100.0;         // deflate reaches 1,032

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

// Said before HDF5 is asked, which would wait for a pipe, or say "unable to open file".
std::string why_no_file(const std::string& path) {
    std::error_code failed;
    const auto status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status)) return failed.message();
    if (std::filesystem::is_directory(status)) return "it is a folder";
    if (!std::filesystem::is_regular_file(status)) return "it is not a regular file";
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::strerror(errno);
    std::array<char, 8> beginning{};
    stream.read(beginning.data(), beginning.size());
    constexpr std::array<char, 8> kSignature{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    return beginning == kSignature ? "" : "it is not an HDF5 file";
}

}  // namespace

// The open file, and what every look-up has in common.
class ResultReader::Contents {
public:
    Contents(const std::string& path, Handle file) : path_(path), file_(std::move(file)) {}

    const std::string& path() const { return path_; }
    hid_t root() const { return file_.id(); }
    [[noreturn]] void refuse(const std::string& what) const { throw ResultUnreadable(path_ + ": " + what); }
    [[noreturn]] void refuse(const std::string& item, const std::string& what) const {
        refuse(fmt::format("/{} {}", item, what));
    }

    bool has(const std::string& item) const;
    Handle open_object(const std::string& item) const;
    Handle open_dataset(const std::string& item) const;
    void check_numbers(const Handle& dataset, const std::string& item, bool whole) const;
    void check_storage(const Handle& dataset, const std::string& item, hsize_t rows) const;
    hsize_t rows_of(const Handle& dataset, const std::string& item) const;
    std::array<hsize_t, 2> size_of_grid(const Handle& dataset, const std::string& item) const;
    std::vector<double> read_rows(const std::string& item, hsize_t first, hsize_t count, hsize_t columns) const;
    std::size_t rows(const std::string& group) const;
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
    T read_scalar(const Handle& dataset, const std::string& item) const;
    template <class T>
    std::vector<T> read_column(const std::string& item) const;

private:
    H5O_type_t kind_of(const std::string& item) const;

    std::string path_;
    Handle file_;
    mutable std::map<std::string, std::size_t> rows_;  // of groups that were asked for
};

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
    if (rows > kMostRows || claimed > kMostCompression * static_cast<double>(H5Dget_storage_size(dataset.id())))
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
    const Handle dataset = open_dataset(item);
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

bool is_scalar(const Handle& dataset) {
    const Handle space(H5Dget_space(dataset.id()), H5Sclose, "space");
    return H5Sget_simple_extent_type(space.id()) == H5S_SCALAR;
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
    const std::size_t wanted = H5DSis_scale(dataset.id()) > 0 ? own : rows(group_of(item));
    if (own < wanted) refuse(item, fmt::format("has {} rows, its group {}", own, wanted));
    std::vector<T> values(own);
    if (own > 0 && H5Dread(dataset.id(), type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
        refuse(item, "cannot be read: the file is damaged");
    values.resize(wanted);
    return values;
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

ResultReader::ResultReader(std::unique_ptr<Contents> contents) : contents_(std::move(contents)) {}
ResultReader::ResultReader(ResultReader&&) noexcept = default;
ResultReader& ResultReader::operator=(ResultReader&&) noexcept = default;
ResultReader::~ResultReader() = default;

namespace {

// HDF5's own complaints, of what no check foresaw, in the reader's terms.
auto guarded(const std::string& path, auto look_up) {
    try {
        return look_up();
    } catch (const hdf5::Error& error) {
        throw ResultUnreadable(fmt::format("{}: the file is truncated or damaged ({})", path, error.what()));
    }
}

}  // namespace

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

// Reads whatever can be asked for, and forgets it.
void ResultReader::Contents::read_everything(const std::string& group, int depth) const {
    if (depth == kDeepest) return;
    const Handle handle(H5Oopen(root(), group.empty() ? "/" : group.c_str(), H5P_DEFAULT), H5Oclose, "group");
    for (const char* name : {"title", "status", "stopped_by", "digest", "scenario", "effective_scenario"})
        if (depth == 0 && H5Aexists(root(), name) > 0) text_attribute(root(), "", name);
    for (const std::string& name : links_of(handle.id())) {
        const std::string item = group.empty() ? name : group + '/' + name;
        const Handle object(H5Oopen(root(), item.c_str(), H5P_DEFAULT), H5Oclose, "open");
        for (const char* text : {"units", "long_name", "flag_meanings"})
            if (H5Aexists(object.id(), text) > 0) text_attribute(object.id(), item, text);
        if (H5Iget_type(object.id()) == H5I_GROUP) {
            read_everything(item, depth + 1);
        } else if (hdf5::holds_texts(object)) {
            hdf5::read_texts(object);
        } else if (const auto size = size_of_grid(object, item); size[0] > 0) {
            for (hsize_t row = 0; row < size[0]; row += kRowsAtOnce)
                read_rows(item, row, std::min(kRowsAtOnce, size[0] - row), size[1]);
        } else if (!scalar_if_any(item)) {
            read_column<double>(item);
        }
    }
}

ResultReader ResultReader::open(const std::string& path) {
    if (const std::string why = why_no_file(path); !why.empty())
        throw ResultUnreadable(fmt::format("{}: {}, so no result", path, why));
    // HDF5 believes some of the bytes of a file, such as lengths of texts, and crashes where they lie.
    std::error_code unknown;  // then the file is gone, which the next call says
    const auto seconds =
        kLeastSeconds + static_cast<unsigned>(std::filesystem::file_size(path, unknown) / kBytesASecond);
    if (!comes_back([&] { open_own(path).contents_->read_everything("", 0); }, seconds))
        throw ResultUnreadable(path + ": the file is damaged, and HDF5 does not survive reading it");
    return open_own(path);
}

ResultReader ResultReader::open_own(const std::string& path) {
    return guarded(path, [&] {
        ResultReader reader(std::make_unique<Contents>(path, hdf5::open_for_reading(path)));
        reader.contents_->check_format();
        return reader;
    });
}

const std::string& ResultReader::path() const { return contents_->path(); }

std::string ResultReader::attribute(const std::string& name) const {
    return guarded(path(), [&] { return contents_->text_attribute(contents_->root(), "", name); });
}

std::uint64_t ResultReader::whole_attribute(const std::string& name) const {
    return guarded(path(), [&] {
        const std::string what = fmt::format("attribute \"{}\"", name);
        if (!has_attribute(name)) contents_->refuse(what + " is missing");
        const Handle attribute(H5Aopen(contents_->root(), name.c_str(), H5P_DEFAULT), H5Aclose, "attribute");
        const Handle space(H5Aget_space(attribute.id()), H5Sclose, "space");
        const Handle type(H5Aget_type(attribute.id()), H5Tclose, "type");
        std::uint64_t value = 0;
        if (H5Sget_simple_extent_npoints(space.id()) != 1 || H5Tget_class(type.id()) != H5T_INTEGER ||
            H5Aread(attribute.id(), H5T_NATIVE_UINT64, &value) < 0)
            contents_->refuse(what + " is not a whole number");
        return value;
    });
}

bool ResultReader::has_attribute(const std::string& name) const {
    return H5Aexists(contents_->root(), name.c_str()) > 0;
}

std::vector<std::string> ResultReader::groups(const std::vector<std::string>& without) const {
    return guarded(path(), [&] {
        std::vector<std::string> found;
        contents_->list_groups("", 0, without, found);
        return found;
    });
}

std::vector<std::string> ResultReader::datasets(const std::string& group) const {
    return guarded(path(), [&] {
        std::vector<std::string> found;
        if (!contents_->has(group) || !contents_->is_group(group)) return found;
        const Handle handle = contents_->open_object(group);
        for (const std::string& name : links_of(handle.id()))
            if (contents_->is_dataset(group + '/' + name)) found.push_back(name);
        return found;
    });
}
std::vector<std::pair<std::string, double>> ResultReader::scalars(const std::string& group) const {
    return guarded(path(), [&] {
        std::vector<std::pair<std::string, double>> found;
        for (std::string& name : datasets(group))
            if (const auto value = contents_->scalar_if_any(group + '/' + name))
                found.emplace_back(std::move(name), *value);
        return found;
    });
}

bool ResultReader::has(const std::string& item) const {
    return guarded(path(), [&] { return contents_->has(item); });
}

double ResultReader::scalar(const std::string& item) const {
    return guarded(path(), [&] { return contents_->read_scalar<double>(item); });
}
std::int64_t ResultReader::whole(const std::string& item) const {
    return guarded(path(), [&] { return contents_->read_scalar<std::int64_t>(item); });
}
std::optional<double> ResultReader::find(const std::string& item) const {
    return has(item) ? std::optional(scalar(item)) : std::nullopt;
}

std::vector<double> ResultReader::column(const std::string& item) const {
    return guarded(path(), [&] { return contents_->read_column<double>(item); });
}
std::vector<std::int64_t> ResultReader::whole_column(const std::string& item) const {
    return guarded(path(), [&] { return contents_->read_column<std::int64_t>(item); });
}
std::vector<double> ResultReader::grid_rows(const std::string& item, std::size_t first, std::size_t count,
                                            std::size_t columns) const {
    return guarded(path(), [&] { return contents_->read_rows(item, first, count, columns); });
}
std::vector<std::string> ResultReader::texts(const std::string& item) const {
    return guarded(path(), [&] { return hdf5::read_texts(contents_->open_dataset(item)); });
}
std::size_t ResultReader::rows(const std::string& group) const {
    return guarded(path(), [&] { return contents_->rows(group); });
}

namespace {

template <class Contents>
std::string optional_text(const Contents& contents, const std::string& item, const char* name) {
    return guarded(contents.path(), [&] {
        const Handle object = contents.open_object(item);
        return H5Aexists(object.id(), name) > 0 ? contents.text_attribute(object.id(), item, name) : std::string();
    });
}

}  // namespace

std::string ResultReader::units(const std::string& item) const { return optional_text(*contents_, item, "units"); }
std::string ResultReader::long_name(const std::string& item) const {
    return optional_text(*contents_, item, "long_name");
}

std::vector<std::string> ResultReader::words(const std::string& item) const {
    std::istringstream stream(optional_text(*contents_, item, "flag_meanings"));
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

}  // namespace lightloom
