#include "scenarios/result_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_contents.hpp"
#include "scenarios/trial.hpp"

namespace lightloom {
namespace {

using hdf5::Handle;
using hdf5::links_of;

constexpr TrialTime kTime{.least_seconds = 2.0, .bytes_a_second = 20e6};

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

ResultReader ResultReader::open(const std::string& path) {
    if (const std::string why = why_no_file(path); !why.empty())
        throw ResultUnreadable(fmt::format("{}: {}, so no result", path, why));
    // HDF5 believes some of the bytes of a file, such as lengths of texts, and crashes where they lie.
    if (!comes_back([&] { open_own(path).contents_->read_everything("", 0); }, path, kTime))
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
    return guarded(path(), [&] { return contents_->read_text_column(item); });
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

std::vector<std::string> words_or_numbers(const ResultReader& result, const std::string& path) {
    constexpr std::int64_t kMostWords = 256;
    std::vector<std::string> words = result.words(path);
    if (!words.empty()) return words;
    const std::string name = path.substr(path.rfind('/') + 1);
    for (const std::int64_t number : result.whole_column(path)) {
        if (number < 0 || number >= kMostWords)
            throw ResultUnreadable(result.path() + ": " + path + " has " + std::to_string(number) +
                                   ", which is no word");
        while (static_cast<std::int64_t>(words.size()) <= number)
            words.push_back(name + '-' + std::to_string(words.size()));
    }
    return words;
}

}  // namespace lightloom
