// Contamination and bends: loss that handling adds to a plant. Which mated pairs are dirty, what dirt loses and
// reflects, what cleaning does; what a bend loses by radius and wavelength.
// Not here: what reflections cost (reflection.hpp), when a fault comes and goes (scenarios/).
#pragma once

#include <cstdint>
#include <optional>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/random.hpp"

namespace lightloom {

/// What share of a plant is dirty, and what dirt does. There is no public distribution of either (IEC TR 62627-05
/// would be one): the defaults are engineering assumptions, 10 % of dirty pairs above 2.2 dB.
struct Dirt {
    enum class Per { fibre, mating };
    double fraction = 0.0;  // of fibres, one pair of each; or of the pairs on each fibre
    Per per = Per::fibre;
    Distribution loss_db{Distribution::Kind::lognormal, 0.6, 1.0};
    Distribution reflectance_db{Distribution::Kind::uniform, -35.0, -15.0};  // of flat (PC, UPC) faces
    friend bool operator==(const Dirt&, const Dirt&) = default;
};

/// The draws of one fibre. Each number depends on the fibre and the pair only: a pair more moves no other.
class DirtDraws {
public:
    /// @param entity  the cable
    /// @param fibre   of the cable, both directions counted; each fibre of a ribbon has its own dirt
    DirtDraws(std::uint64_t seed, std::uint64_t entity, std::uint32_t fibre)
        : seed_(seed), entity_(entity), base_(std::uint64_t{fibre} << 20) {}

    double fibre_is_dirty() const { return u(0, 0); }
    double place_on_fibre() const { return u(0, 1); }
    double pair_is_dirty(int pair) const { return u(pair, 2); }
    double loss(int pair) const { return u(pair, 3); }
    double reflectance(int pair) const { return u(pair, 4); }
    double cleaning(int pair) const { return u(pair, 5); }

private:
    double u(int pair, unsigned which) const {
        return uniform(draw(seed_, entity_, Purpose::dirt, base_ | (static_cast<unsigned>(pair) * 8u + which)));
    }
    std::uint64_t seed_, entity_, base_;
};

/// What dirt on one mated pair adds.
struct DirtySpot {
    Decibel loss;
    std::optional<Decibel> reflectance;  // in place of the clean pair's; none on angled faces, whatever lies on them
};

/// Dirt on pair `pair` of `pairs` in a row on this fibre, if there is any.
/// @param angled  faces polished at 8 degrees send nothing back into the core: dirt there is loss alone
std::optional<DirtySpot> dirt_on(const Dirt& dirt, const DirtDraws& draws, int pair, int pairs, bool angled);

/// Whether dirt is still there after `cleanings` of its pair, each of which succeeds with this probability. More
/// cleanings never bring dirt back.
bool survives_cleaning(const DirtDraws& draws, int pair, int cleanings, double success);

/// Loss of a bend: exponential in radius and in wavelength. An assumption that holds for tight bends of one fibre type.
struct BendLaw {
    double db_per_turn;  // at this radius and wavelength
    double radius_mm;
    double wavelength_nm;
    double e_radius_mm;      // by so much tighter, loss is e times higher
    double e_wavelength_nm;  // by so much longer, loss is e times higher
};

/// ITU-T G.657 (2016), limits of A2: 0.5 dB at 7.5 mm and 0.1 dB at 10 mm, 1550 nm; twice that at 1625 nm. The law goes
/// through all four.
inline constexpr BendLaw kBendG657A2{0.5, 7.5, 1550.0, 1.5533, 108.20};
/// A1: 0.75 dB at 10 mm, 1550 nm, and 1.5 dB at 1625 nm; its radius is assumed to work as in A2. Stands for cable that
/// is sold as OS2: the 30 mm that G.652 specifies say nothing of tight bends.
inline constexpr BendLaw kBendG657A1{0.75, 10.0, 1550.0, 1.5533, 108.20};

/// @param turns  360 degrees each
Decibel bend_loss(const BendLaw& law, double radius_mm, double turns, double wavelength_nm);

}  // namespace lightloom
