#include "sweeps/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/quantity_text.hpp"
#include "scenarios/text_errors.hpp"
#include "sweeps/magnitude.hpp"

namespace lightloom {
namespace {

constexpr std::string_view kForm =
    R"(a filter compares, such as "topology.spines * 2 <= topology.leaves", and may join comparisons by "or")";

bool is_operator(std::string_view word) {
    return !word.empty() && std::string_view("*/=!<>").find(word[0]) != std::string_view::npos;
}

/// Words and operators: blanks part them, operators part them without blanks.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ' || text[i] == '\t') {
            ++i;
            continue;
        }
        const std::size_t start = i;
        if (is_operator(text.substr(i, 1))) {
            ++i;
            if (i < text.size() && text[i] == '=') ++i;
        } else {
            while (i < text.size() && text[i] != ' ' && text[i] != '\t' && !is_operator(text.substr(i, 1))) ++i;
        }
        words.emplace_back(text.substr(start, i - start));
    }
    return words;
}

/// A factor or product as it stands in a comparison: a magnitude, or a word.
struct Operand {
    std::optional<Magnitude> magnitude;
    std::string word;
};

std::optional<Magnitude> literal_number(std::string_view word) {
    double number = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc{} && end == word.data() + word.size()) return Magnitude{Magnitude::Kind::real, number};
    return quantity_of(word);
}

}  // namespace

void add_keys(const TomlValue& value, const std::string& path, KeyTable& keys) {
    if (!path.empty()) keys.insert_or_assign(path, value);
    for (const TomlMember& member : value.members)
        add_keys(member.value, path.empty() ? member.name : path + '.' + member.name, keys);
    for (std::size_t i = 0; i < value.items.size(); ++i)
        if (value.items[i].kind == TomlValue::Kind::table)
            add_keys(value.items[i], fmt::format("{}.{}", path, i), keys);
}

Filter::Parsed Filter::parse(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Relation>, 7> kRelations{{{"=", Relation::equal},
                                                                               {"==", Relation::equal},
                                                                               {"!=", Relation::unequal},
                                                                               {"<", Relation::less},
                                                                               {"<=", Relation::less_or_equal},
                                                                               {">", Relation::greater},
                                                                               {">=", Relation::greater_or_equal}}};
    const auto wrong = [](std::string what) { return Parsed{std::nullopt, std::move(what), std::string(kForm)}; };
    Filter filter;
    Comparison comparison;
    bool compared = false, operand_is_due = true;
    std::vector<std::string> words = words_of(text);
    words.emplace_back("or");  // ends the last comparison
    for (const std::string& word : words) {
        Product& product = compared ? comparison.right : comparison.left;
        if (operand_is_due) {
            if (is_operator(word) || word == "or")
                return wrong("an operand is missing before " + quoted_for_display(word));
            product.factors.push_back(word);
            if (product.divides.size() < product.factors.size()) product.divides.push_back(false);
            operand_is_due = false;
        } else if (word == "*" || word == "/") {
            product.divides.push_back(word == "/");
            operand_is_due = true;
        } else if (word == "or") {
            if (!compared) return wrong("nothing is compared");
            filter.any_of_.push_back(std::exchange(comparison, {}));
            compared = false;
            operand_is_due = true;
        } else {
            const auto* const relation =
                std::find_if(kRelations.begin(), kRelations.end(), [&](const auto& r) { return r.first == word; });
            if (relation == kRelations.end() || compared) return wrong("did not expect " + quoted_for_display(word));
            comparison.relation = relation->second;
            compared = operand_is_due = true;
        }
    }
    return {std::move(filter), {}, {}};
}

namespace {

/// A factor: a key's value, a number, a quantity, else a word. A dot makes a key of what is no number.
Operand factor_of(const std::string& word, const KeyTable& keys, FilterVerdict& verdict) {
    if (const auto key = keys.find(word); key != keys.end()) {
        const TomlValue& value = key->second;
        return {magnitude_of(value), value.kind == TomlValue::Kind::text ? value.text : toml_of(value)};
    }
    if (const auto number = literal_number(word)) return {number, word};
    if (word.find('.') != std::string::npos && verdict.error.empty()) {
        std::vector<std::string> names;
        for (const auto& [name, value] : keys) names.push_back(name);
        const std::string_view nearest = nearest_name(word, names);
        verdict.error = "the scenario has no key " + quoted_for_display(word);
        verdict.hint = nearest.empty() ? "lightloom explain lists a scenario's keys"
                                       : fmt::format("did you mean \"{}\"?", nearest);
    }
    return {std::nullopt, word};
}

bool is_plain(Magnitude::Kind kind) { return kind == Magnitude::Kind::whole || kind == Magnitude::Kind::real; }

/// A quantity times or over a number is such a quantity; other products of quantities have no kind here.
Operand product_of(const std::vector<std::string>& factors, const std::vector<bool>& divides, const KeyTable& keys,
                   FilterVerdict& verdict) {
    Operand product = factor_of(factors[0], keys, verdict);
    for (std::size_t i = 1; i < factors.size(); ++i) {
        const Operand factor = factor_of(factors[i], keys, verdict);
        if (!verdict.error.empty()) return product;
        const bool possible = product.magnitude && factor.magnitude &&
                              (is_plain(factor.magnitude->kind) || (is_plain(product.magnitude->kind) && !divides[i]) ||
                               (factor.magnitude->kind == product.magnitude->kind && divides[i]));
        if (!possible) {
            verdict.error = fmt::format("{} and {} cannot be {}", quoted_for_display(factors[i - 1]),
                                        quoted_for_display(factors[i]), divides[i] ? "divided" : "multiplied");
            return product;
        }
        Magnitude& value = *product.magnitude;
        const Magnitude& by = *factor.magnitude;
        if (divides[i])
            value = {is_plain(by.kind) ? value.kind : Magnitude::Kind::real, value.number / by.number};
        else
            value = {is_plain(by.kind) ? value.kind : by.kind, value.number * by.number};
    }
    return product;
}

}  // namespace

FilterVerdict Filter::compare(const Comparison& comparison, const KeyTable& keys) {
    FilterVerdict verdict;
    const Operand left = product_of(comparison.left.factors, comparison.left.divides, keys, verdict);
    const Operand right = product_of(comparison.right.factors, comparison.right.divides, keys, verdict);
    if (!verdict.error.empty()) return verdict;
    const bool of_equality = comparison.relation == Relation::equal || comparison.relation == Relation::unequal;
    if (left.magnitude && right.magnitude && comparable(left.magnitude->kind, right.magnitude->kind)) {
        const double a = left.magnitude->number, b = right.magnitude->number;
        switch (comparison.relation) {
            case Relation::equal: verdict.holds = a == b; break;
            case Relation::unequal: verdict.holds = a != b; break;
            case Relation::less: verdict.holds = a < b; break;
            case Relation::less_or_equal: verdict.holds = a <= b; break;
            case Relation::greater: verdict.holds = a > b; break;
            case Relation::greater_or_equal: verdict.holds = a >= b; break;
        }
    } else if (of_equality && !(left.magnitude && right.magnitude)) {
        verdict.holds = (left.word == right.word) == (comparison.relation == Relation::equal);
    } else {
        verdict.error =
            fmt::format("{} and {} cannot be compared", quoted_for_display(left.word), quoted_for_display(right.word));
        verdict.hint = "numbers compare with numbers, quantities with those of their kind, words by = and !=";
    }
    return verdict;
}

FilterVerdict Filter::verdict(const KeyTable& keys) const {
    FilterVerdict found;
    for (const Comparison& comparison : any_of_) {
        const FilterVerdict one = compare(comparison, keys);
        if (!one.error.empty()) return one;
        found.holds = found.holds || one.holds;
    }
    return found;
}

}  // namespace lightloom
