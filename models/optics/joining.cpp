#include "models/optics/joining.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/optics/passive_losses.hpp"
#include "models/optics/reflection.hpp"

namespace lightloom {
namespace {

constexpr double kNotStated = std::numeric_limits<double>::quiet_NaN();

std::string gbps(BitRate rate) { return fmt::format("{:g}G", static_cast<double>(rate.bits_per_second) / 1e9); }

// Does each lane of `from` fall into the window that the same lane of `to` filters for?
bool windows_fit(const GridRow& from, const GridRow& to, int lanes) {
    constexpr double kRounding_nm = 0.01;  // tables print a hundredth of a nanometre
    const auto channel = [lanes](const GridRow& grid, int lane) {
        const auto count = static_cast<int>(grid.channels.size());
        return grid.channels[static_cast<std::size_t>(count == 0 ? 0 : lane * std::min(count, lanes) / lanes)];
    };
    for (int lane = 0; lane < lanes; ++lane) {
        const GridRow::Channel sent = channel(from, lane), taken = channel(to, lane);
        if (sent.wavelength_nm < taken.least_nm - kRounding_nm || sent.wavelength_nm > taken.most_nm + kRounding_nm)
            return false;
    }
    return true;
}

class Joiner {
public:
    Joiner(const Catalogue& catalogue, const CableClass& kind) : catalogue_(catalogue), kind_(kind) {
        joint_.lower = &known_row(catalogue.module(kind.lower_module), "module", kind.lower_module);
        joint_.upper = &known_row(catalogue.module(kind.upper_module), "module", kind.upper_module);
    }

    Joint joined() && {
        const ModuleRow& a = *joint_.lower;
        const ModuleRow& b = *joint_.upper;
        if (a.is_optical() != b.is_optical() || (!a.is_optical() && &a != &b))
            impossible("a cable assembly has the same module at both ends");
        lanes(a, b);
        if (joint_.possible) codes(a, b);
        cable(a, b);
        if (a.medium != b.medium) impossible("one end sends into {} fibre, the other into {}", medium(a), medium(b));
        if (a.is_optical() && b.is_optical()) light(a, b);
        return std::move(joint_);
    }

private:
    template <class... Arguments>
    void object(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        std::string text = fmt::format(format, std::forward<Arguments>(arguments)...);
        if (std::ranges::find(joint_.objections, text) == joint_.objections.end())  // both ends may object alike
            joint_.objections.push_back(std::move(text));
    }
    template <class... Arguments>
    void impossible(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        object(format, std::forward<Arguments>(arguments)...);
        joint_.possible = false;
    }
    static std::string_view medium(const ModuleRow& module) {
        switch (module.medium) {
            case Medium::single_mode: return "single-mode";
            case Medium::multimode: return "multimode";
            case Medium::copper: return "copper";
        }
        return "";
    }

    void lanes(const ModuleRow& a, const ModuleRow& b) {
        const int of_a = lanes_at(a, kind_.rate), of_b = lanes_at(b, kind_.rate);
        for (const auto& [module, lanes] : {std::pair{&a, of_a}, std::pair{&b, of_b}})
            if (lanes == 0)
                impossible("{} has ports of {}{}, not {}", module->id, gbps(module->port_rate()),
                           module->breakout_fec.empty()
                               ? ""
                               : fmt::format(" and lanes of {}",
                                             gbps({module->port_rate().bits_per_second / module->lanes_per_port()})),
                           gbps(kind_.rate));
        joint_.lanes = std::max(of_a, 1);
        if (of_a == 0 || of_b == 0) return;
        if (of_a != of_b) impossible("{} has {} lanes each way, {} has {}", a.id, of_a, b.id, of_b);
        const auto fibres = [](const ModuleRow& module, int lanes) {
            return std::max(1, lanes * module.fibres_per_direction / module.lanes);
        };
        joint_.fibres = fibres(a, of_a);
        if (joint_.fibres != fibres(b, of_b))
            impossible("{} has {} fibres each way, {} has {}", a.id, joint_.fibres, b.id, fibres(b, of_b));
        if (a.modulation != b.modulation) impossible("the ends modulate differently");
        if (std::abs(a.baud_gbd / b.baud_gbd - 1.0) > 1e-3)
            impossible("{} sends {:g} GBd a lane, {} {:g}", a.id, a.baud_gbd, b.id, b.baud_gbd);
    }

    const FecRow& fec_of(const ModuleRow& module) const {
        const bool breakout = lanes_at(module, kind_.rate) != module.lanes_per_port();
        const std::string& id = breakout ? module.breakout_fec : module.fec;
        return known_row(catalogue_.fec(id), "fec", id);
    }

    void codes(const ModuleRow& a, const ModuleRow& b) {
        joint_.fec = &fec_of(a);
        if (joint_.fec->id != fec_of(b).id)
            impossible("{} codes with {}, {} with {}", a.id, joint_.fec->id, b.id, fec_of(b).id);
    }

    void cable(const ModuleRow& a, const ModuleRow& b) {
        const std::string& id = a.captive_cable.empty() ? kind_.fibre : a.captive_cable;
        joint_.fibre = &known_row(catalogue_.fibre(id), "fibre", id);
        joint_.reach_m = std::numeric_limits<double>::infinity();
        joint_.channel_loss_max_db = kNotStated;
        for (const ModuleRow* module : {&a, &b}) {
            if (module->medium != joint_.fibre->medium)
                impossible("{} does not take fibre {}, which is not {}", module->id, id, medium(*module));
            const auto reach = module->reach_m.at(id);
            if (reach) joint_.reach_m = std::min(joint_.reach_m, *reach);
            if (!reach) object("{} is not specified over {}", module->id, id);
            if (const auto loss = module->channel_loss_max_db.at(id))
                joint_.channel_loss_max_db = std::fmin(joint_.channel_loss_max_db, *loss);
        }
    }

    void light(const ModuleRow& a, const ModuleRow& b) {
        for (const ModuleRow* module : {&a, &b})
            if (!module->missing.empty())
                impossible(
                    "{} lacks {}: supply the figure, or low~mid~high for an assumed one, in a file of your own "
                    "(optics.catalogue)",
                    module->id, fmt::join(module->missing, ", "));
        faces(a, b);
        for (const ModuleRow* module : {&a, &b}) reflections(*module);
        if (!joint_.possible) return;
        const GridRow& of_a = known_row(catalogue_.grid(a.grid), "grid", a.grid);
        const GridRow& of_b = known_row(catalogue_.grid(b.grid), "grid", b.grid);
        for (const auto& [from, to, sender, receiver] : {std::tuple{&of_a, &of_b, &a, &b}, {&of_b, &of_a, &b, &a}}) {
            if (!windows_fit(*from, *to, joint_.lanes))
                object("{} sends at wavelengths ({}) that {} does not take ({})", sender->id, from->id, receiver->id,
                       to->id);
            if (sender->levels && receiver->levels) power(*sender, *receiver);
        }
    }

    void faces(const ModuleRow& a, const ModuleRow& b) {
        const ConnectorRow* connector = catalogue_.connector(kind_.connector_family);
        if (connector == nullptr || kind_.connectors == 0) return;
        if (connector->medium != a.medium)
            impossible("connectors {} do not join {} fibre", connector->id, medium(a));
        else if (connector->face != a.connector && connector->face != b.connector)
            object("{} and {} do not plug into {} (their faces are {} and {})", a.id, b.id, connector->id, a.connector,
                   b.connector);
    }

    // Discrete reflectances above -55 dB, as many as a standard's table allows of each strength.
    void reflections(const ModuleRow& module) {
        const ReflectanceRow* row = catalogue_.reflectance(module.reflectance_class);
        const ConnectorRow* connector = catalogue_.connector(kind_.connector_family);
        if (row == nullptr || connector == nullptr || kind_.connectors == 0) return;
        constexpr double kDiscrete_db = -55.0;
        if (connector->reflectance.value <= kDiscrete_db) return;
        std::vector<AllowedReflectance> table;
        for (const auto& [count, most_db] : row->most_db) table.push_back({count, {most_db}});
        // A table of one row is for however many there are
        const auto most = allowed_reflectance(table, table.size() == 1 ? 1 : kind_.connectors);
        if (!most)
            object("{} connectors reflect; {} foresees at most {}", kind_.connectors, module.id, table.back().count);
        else if (connector->reflectance > *most)
            object("{} pairs of {} may reflect {:g} dB each, and {} allows {:g} dB", kind_.connectors, connector->id,
                   connector->reflectance.value, module.id, most->value);
    }

    // The strongest transmitter over a cable without loss; over a longer one the budget itself looks at overload.
    void power(const ModuleRow& sender, const ModuleRow& receiver) {
        const double most = sender.levels->tx_average_max.value, overload = receiver.levels->rx_overload_average.value;
        const double kept_away = kind_.connectors > 0 || kind_.length_m.a > 0.0 ? kLeastLoss_db : 0.0;
        if (most - kept_away > overload)
            object("{} may send {:g} dBm, and {} takes no more than {:g} dBm: an attenuator is needed", sender.id, most,
                   receiver.id, overload);
    }
    static constexpr double kLeastLoss_db = 0.5;  // of a patched cable, however short: two pairs and their jumpers

    const Catalogue& catalogue_;
    const CableClass& kind_;
    Joint joint_;
};

}  // namespace

int lanes_at(const ModuleRow& module, BitRate rate) {
    if (rate == module.port_rate()) return module.lanes_per_port();
    if (module.breakout_fec.empty()) return 0;
    return rate.bits_per_second * module.lanes_per_port() == module.port_rate().bits_per_second ? 1 : 0;
}

Joint join(const Catalogue& catalogue, const CableClass& kind) { return Joiner(catalogue, kind).joined(); }

Joint join_or_refuse(const Catalogue& catalogue, const CableClass& kind, bool allow_out_of_spec) {
    Joint joint = join(catalogue, kind);
    if (joint.objections.empty() || (joint.possible && allow_out_of_spec)) return joint;
    throw CatalogueError(
        fmt::format("{}: {} do not make a link: {}{}", kind.name,
                    kind.lower_module == kind.upper_module ? fmt::format("two {}", kind.lower_module)
                                                           : kind.lower_module + " and " + kind.upper_module,
                    fmt::join(joint.objections, "; "),
                    joint.possible ? " (optics.allow_out_of_spec = true computes it all the same)" : ""));
}

}  // namespace lightloom
