#include "scenarios/size_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/quantity_text.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kMostRows = 100'000, kMostErrorsShown = 100;
constexpr double kLargest = 1e12;  // bytes
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF", kHeader = "size_bytes,cumulative_probability";

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

class SizeReader {
public:
    explicit SizeReader(const std::string& file) : file_(file) {}

    void line(std::string_view text) {
        ++line_;
        const std::string_view plain = trimmed(text);
        if (plain.empty() || plain.front() == '#' || gives_up()) return;
        if (!std::exchange(has_header_, true)) {
            if (plain != kHeader)
                complain(1, "found " + quoted_for_display(plain), fmt::format("the first line is {}", kHeader));
            return;
        }
        row(text);
    }
    bool gives_up() const { return errors_.size() >= kMostErrorsShown || points_.size() > kMostRows; }

    ParsedSizes result() && {
        if (points_.size() > kMostRows) complain(1, fmt::format("more than {} rows", kMostRows), "fewer do as well");
        if (errors_.empty() && points_.empty()) complain(1, "no sizes", fmt::format("rows of {}", kHeader));
        if (errors_.empty() && points_.back().probability != 1.0)
            complain(1, fmt::format("ends at a probability of {}", points_.back().probability),
                     "the last row has that of the largest size, 1");
        if (!errors_.empty()) return {std::nullopt, std::move(errors_)};
        return {SizeDistribution(std::move(points_)), {}};
    }

private:
    void complain(int column, std::string message, std::string hint) {
        errors_.push_back({file_, std::max(line_, 1), column, {}, std::move(message), std::move(hint)});
    }
    std::optional<double> number(std::string_view cell, int column, double most) {
        double value = 0.0;
        const std::string_view plain = trimmed(cell);
        const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
        if (error != std::errc{} || end != plain.data() + plain.size() || !std::isfinite(value)) {
            complain(column, quoted_for_display(plain) + " is no number", "such as 1460 or 0.5");
            return std::nullopt;
        }
        if (value < 0.0 || value > most) {
            complain(column, quoted_for_display(plain) + " is out of range", fmt::format("from 0 to {:g}", most));
            return std::nullopt;
        }
        return value;
    }
    void row(std::string_view text) {
        const std::size_t comma = text.find(',');
        if (comma == std::string_view::npos || text.find(',', comma + 1) != std::string_view::npos)
            return complain(1, "a row has two cells", std::string(kHeader));
        const int second = static_cast<int>(comma) + 2;
        const auto bytes = number(text.substr(0, comma), 1, kLargest);
        const auto probability = number(text.substr(comma + 1), second, 1.0);
        if (!bytes || !probability) return;
        if (!points_.empty() && (*bytes < points_.back().bytes || *probability < points_.back().probability))
            return complain(*bytes < points_.back().bytes ? 1 : second, "is less than in the row before",
                            "sizes ascend, and so do probabilities");
        points_.push_back({*bytes, *probability});
    }

    const std::string& file_;
    int line_ = 0;
    bool has_header_ = false;
    std::vector<SizeDistribution::Point> points_;
    std::vector<InputError> errors_;
};

}  // namespace

ParsedSizes parse_sizes(std::string_view text, const std::string& file_name) {
    SizeReader reader(file_name);
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty() && !reader.gives_up()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        reader.line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(reader).result();
}

}  // namespace lightloom
