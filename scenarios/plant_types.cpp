#include "scenarios/plant_types.hpp"

#include <array>

namespace lightloom {
namespace {

using Kind = TomlValue::Kind;

// inverse_normal never leaves +-8.3 (core/random.hpp), so with this much room no draw is negative.
constexpr double kMostDeviationsBelowMean = 8.3;
constexpr double kMostLogDeviation = 3.0;
constexpr Decibel kLeastHostLoss{0.0}, kMostHostLoss{60.0};
constexpr std::size_t kMostHostLosses = 1024;  // of a list by port: more than a switch has ports
constexpr std::size_t kMostIds = 32;

double number_of(Metres length) { return length.value; }
double number_of(Decibel loss) { return loss.value; }
double number_of(Duration time) { return static_cast<double>(time.ps); }

// How a quantity is spoken of in a message, with figures of the right size.
struct Words {
    std::string_view noun, plural, low, high, deviation;
};
template <class Q>
constexpr Words kWords{};
template <>
constexpr Words kWords<Metres>{"length", "lengths", "20m", "120m", "5m"};
template <>
constexpr Words kWords<Decibel>{"loss", "losses", "0.2dB", "0.5dB", "0.05dB"};
template <>
constexpr Words kWords<Duration>{"time", "times", "1ms", "10ms", "1ms"};

/// What stands behind the name of a distribution: `["20m", "120m"]`.
template <class Q>
std::string pair_form(Distribution::Kind kind) {
    const Words& words = kWords<Q>;
    if (kind == Distribution::Kind::lognormal) return fmt::format("[\"{}\", 0.3]", words.high);
    if (kind == Distribution::Kind::normal) return fmt::format("[\"{}\", \"{}\"]", words.high, words.deviation);
    return fmt::format("[\"{}\", \"{}\"]", words.low, words.high);
}

template <class Q>
std::string text_of(double number) {
    if constexpr (std::is_same_v<Q, Duration>)
        return to_text(Duration{static_cast<std::int64_t>(number)});
    else
        return to_text(Q{number});
}

/// Reads the two numbers of a distribution whose kind is set: two quantities, or the second one plain if lognormal.
template <class Q>
std::optional<Complaint> read_pair(const TomlMember& member, Q least, Q most, Distribution& field) {
    const TomlValue& list = member.value;
    const bool is_lognormal = field.kind == Distribution::Kind::lognormal;
    if (list.kind != Kind::list || list.items.size() != 2)
        return Complaint{list.at, "found " + cited(list),
                         fmt::format("{} takes {}, such as {}", member.name,
                                     is_lognormal ? fmt::format("a {} and a number", kWords<Q>.noun)
                                                  : fmt::format("two {}", kWords<Q>.plural),
                                     pair_form<Q>(field.kind))};
    Q first{}, second{};
    if (auto complaint = read_quantity(list.items[0], least, most, first)) return complaint;
    field.a = number_of(first);
    if (is_lognormal) {
        auto complaint = read_number(list.items[1], 0.0, kMostLogDeviation, field.b);
        if (complaint)
            complaint->hint = fmt::format("the deviation of the logarithm is a number from 0 to {:g}, without quotes",
                                          kMostLogDeviation);
        return complaint;
    }
    const Q lowest = field.kind == Distribution::Kind::normal ? Q{} : least;
    if (auto complaint = read_quantity(list.items[1], lowest, most, second)) return complaint;
    field.b = number_of(second);
    return std::nullopt;
}

std::optional<Complaint> read_host_loss(const TomlValue& value, HostLoss& field) {
    HostLoss loss;
    if (value.kind != Kind::list) {
        Distribution drawn;
        if (auto complaint = read_distribution(value, kLeastHostLoss, kMostHostLoss, drawn)) return complaint;
        loss.drawn_db = drawn;
        field = loss;
        return std::nullopt;
    }
    if (value.items.empty() || value.items.size() > kMostHostLosses)
        return Complaint{value.at, fmt::format("a list of {} losses", value.items.size()),
                         fmt::format("1 to {}, the first for port 0", kMostHostLosses)};
    for (const TomlValue& item : value.items) {
        Decibel db;
        if (auto complaint = read_quantity(item, kLeastHostLoss, kMostHostLoss, db)) return complaint;
        loss.by_port_db.push_back(db.value);
    }
    field = loss;
    return std::nullopt;
}

std::string host_loss_text(const HostLoss& loss) {
    if (loss.drawn_db) return distribution_text<Decibel>(*loss.drawn_db);
    std::vector<std::string> items;
    for (const double db : loss.by_port_db) items.push_back(toml_string(to_text(Decibel{db})));
    return fmt::format("[{}]", fmt::join(items, ", "));
}

/// Is this the table that names the two ends, and not a distribution?
bool names_ends(const TomlValue& value, const TierNames& ends) {
    return value.kind == Kind::table && !value.members.empty() &&
           std::ranges::any_of(value.members,
                               [&](const auto& m) { return m.name == ends.lower || m.name == ends.upper; });
}

/// Reads a table that says something of one end or both. @param read  (value, is_lower)
template <class Read>
std::optional<Complaint> read_ends(const TomlValue& value, const TierNames& ends, Read read) {
    const std::array<std::string, 2> known{std::string(ends.lower), std::string(ends.upper)};
    for (const TomlMember& member : value.members) {
        if (member.name != ends.lower && member.name != ends.upper)
            return Complaint{member.at, "no end " + quoted_for_display(member.name), suggestion(member.name, known)};
        if (auto complaint = read(member.value, member.name == ends.lower)) return complaint;
    }
    return std::nullopt;
}

}  // namespace

std::string distribution_shape() {
    const auto pair = [](std::string_view name, std::string_view second) {
        return fmt::format(
            R"({{"type": "object", "additionalProperties": false, "required": ["{0}"], "properties": {{"{0}": )"
            R"({{"type": "array", "items": [{1}, {2}], "minItems": 2, "maxItems": 2}}}}}})",
            name, kQuantityShape, second);
    };
    return fmt::format(R"({{"anyOf": [{}, {}, {}, {}]}})", kQuantityShape, pair("uniform", kQuantityShape),
                       pair("normal", kQuantityShape), pair("lognormal", R"({"type": "number"})"));
}

std::string ends_shape(const TierNames& ends, std::string_view one) {
    return fmt::format(R"({{"anyOf": [{0}, {{"type": "object", "additionalProperties": false, "properties": )"
                       R"({{"{1}": {0}, "{2}": {0}}}}}]}})",
                       one, ends.lower, ends.upper);
}

template <class Q>
std::optional<Complaint> read_distribution(const TomlValue& value, Q least, Q most, Distribution& field) {
    using D = Distribution::Kind;
    if (value.kind != Kind::table) {
        Q fixed{};
        auto complaint = read_quantity(value, least, most, fixed);
        if (!complaint) field = {D::fixed, number_of(fixed), 0.0};
        return complaint;
    }
    const std::array<std::string, 3> known{"uniform", "normal", "lognormal"};
    if (value.members.size() != 1)
        return Complaint{value.at, fmt::format("a {} follows one distribution", kWords<Q>.noun),
                         fmt::format("such as {{ uniform = {} }}", pair_form<Q>(D::uniform))};
    const TomlMember& member = value.members[0];
    Distribution read;
    if (member.name == "uniform")
        read.kind = D::uniform;
    else if (member.name == "normal")
        read.kind = D::normal;
    else if (member.name == "lognormal")
        read.kind = D::lognormal;
    else
        return Complaint{member.at, "unknown distribution " + quoted_for_display(member.name),
                         suggestion(member.name, known)};
    if (auto complaint = read_pair(member, least, most, read)) return complaint;
    if (read.kind == D::uniform && read.a > read.b)
        return Complaint{member.value.at, fmt::format("the least {} is above the most", kWords<Q>.noun),
                         "uniform = [least, most]"};
    if (read.kind == D::normal && read.a < kMostDeviationsBelowMean * read.b)
        return Complaint{
            member.value.at, fmt::format("a draw could be a negative {}", kWords<Q>.noun),
            fmt::format("the mean must be at least 8.3 deviations; a lognormal {} is never negative", kWords<Q>.noun)};
    field = read;
    return std::nullopt;
}

template <class Q>
std::string distribution_text(const Distribution& distribution) {
    const std::string a = text_of<Q>(distribution.a), b = text_of<Q>(distribution.b);
    switch (distribution.kind) {
        case Distribution::Kind::fixed: return fmt::format("\"{}\"", a);
        case Distribution::Kind::uniform: return fmt::format("{{ uniform = [\"{}\", \"{}\"] }}", a, b);
        case Distribution::Kind::normal: return fmt::format("{{ normal = [\"{}\", \"{}\"] }}", a, b);
        case Distribution::Kind::lognormal:
            // TOML's 1 is an integer and its 1.0 a number; both are read
            return fmt::format("{{ lognormal = [\"{}\", {}] }}", a, to_text(distribution.b));
    }
    return {};
}

#define LIGHTLOOM_INSTANTIATE(Q)                                                                   \
    template std::optional<Complaint> read_distribution<Q>(const TomlValue&, Q, Q, Distribution&); \
    template std::string distribution_text<Q>(const Distribution&);
LIGHTLOOM_INSTANTIATE(Metres)
LIGHTLOOM_INSTANTIATE(Decibel)
LIGHTLOOM_INSTANTIATE(Duration)
#undef LIGHTLOOM_INSTANTIATE

std::optional<Complaint> read_modules(const TomlValue& value, const TierNames& ends, const ScenarioNames& names,
                                      Scenario::Tier& tier) {
    if (value.kind != Kind::table) {
        auto complaint = read_name(value, "module", names.modules, tier.lower_module);
        if (!complaint) tier.upper_module = tier.lower_module;
        return complaint;
    }
    if (value.members.empty())
        return Complaint{value.at, "an empty table",
                         fmt::format("a module, or {{ {} = \"...\", {} = \"...\" }}", ends.lower, ends.upper)};
    return read_ends(value, ends, [&](const TomlValue& module, bool is_lower) {
        return read_name(module, "module", names.modules, is_lower ? tier.lower_module : tier.upper_module);
    });
}

std::string modules_text(const TierNames& ends, const Scenario::Tier& tier) {
    if (tier.lower_module == tier.upper_module) return toml_string(tier.lower_module);
    return fmt::format("{{ {} = {}, {} = {} }}", ends.lower, toml_string(tier.lower_module), ends.upper,
                       toml_string(tier.upper_module));
}

std::optional<Complaint> read_host_losses(const TomlValue& value, const TierNames& ends, Scenario::Tier& tier) {
    if (value.kind == Kind::text && value.text == "default") {
        tier.lower_host_loss = tier.upper_host_loss = {};
        return std::nullopt;
    }
    if (names_ends(value, ends))
        return read_ends(value, ends, [&](const TomlValue& loss, bool is_lower) -> std::optional<Complaint> {
            HostLoss& field = is_lower ? tier.lower_host_loss : tier.upper_host_loss;
            if (loss.kind != Kind::text || loss.text != "default") return read_host_loss(loss, field);
            field = {};
            return std::nullopt;
        });
    auto complaint = read_host_loss(value, tier.lower_host_loss);
    if (!complaint) tier.upper_host_loss = tier.lower_host_loss;
    return complaint;
}

std::string host_losses_text(const TierNames& ends, const Scenario::Tier& tier) {
    const auto text = [](const HostLoss& loss) {
        return loss == HostLoss{} ? std::string("\"default\"") : host_loss_text(loss);
    };
    if (tier.lower_host_loss == tier.upper_host_loss) return text(tier.lower_host_loss);
    return fmt::format("{{ {} = {}, {} = {} }}", ends.lower, text(tier.lower_host_loss), ends.upper,
                       text(tier.upper_host_loss));
}

std::optional<Complaint> read_ids(const TomlValue& value, std::string_view noun, std::span<const std::string> known,
                                  std::vector<std::string>& field) {
    if (value.kind != Kind::list || value.items.size() > kMostIds)
        return Complaint{value.at, "found " + cited(value), fmt::format("a list of at most {} {}s", kMostIds, noun)};
    std::vector<std::string> ids(value.items.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (auto complaint = read_name(value.items[i], noun, known, ids[i])) return complaint;
    field = std::move(ids);
    return std::nullopt;
}

}  // namespace lightloom
