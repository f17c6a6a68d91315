// The link model: from the parts of every cable to what each of its two directions does to frames. One walk per lane:
// transmitter - losses = received power; less penalties and the receiver's sensitivity = margin; margin -> bit errors,
// with those of the hosts -> codewords, with the other lanes' -> frames and lock.
//
// Basis and terms: models/optics/plant.hpp, link_condition.hpp. A module with a captive cable (copper, active optical
// cables) has no budget: it is specified end to end by an error ratio, which holds here at any length up to its reach.
// Not here: the terms' physics (dispersion.hpp, reflection.hpp, laser.hpp, ...), keyed draws (plant_draws.hpp),
// coherent lines (coherent_link.hpp), where each term's figure comes from (waterfall.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "models/optics/joining.hpp"
#include "models/optics/lane_terms.hpp"
#include "models/optics/link_condition.hpp"
#include "models/optics/link_errors.hpp"
#include "models/optics/plant.hpp"

namespace lightloom {

class LinkModel {
public:
    /// Joins the classes' ends and sums up what all links of a class share.
    /// @throws CatalogueError: an id that the catalogue does not hold, or parts that cannot be joined as asked
    LinkModel(const Catalogue& catalogue, Plant plant);
    ~LinkModel();
    LinkModel(const LinkModel&) = delete;  // what it sums up refers to its own plant
    LinkModel& operator=(const LinkModel&) = delete;

    /// All directions of all cables, each in the condition that the plant says.
    /// @param frame_bytes  MAC frame with its check sequence, for the frame loss ratio
    LinkConditions evaluate(int frame_bytes) const;

    /// The directions of one class; the other rows stay empty.
    LinkConditions evaluate(int frame_bytes, std::size_t kind) const;

    /// One direction, row 2 x cable + d, in a condition of its own, into row `at` of a table.
    void evaluate(std::size_t row, const LinkCondition& condition, int frame_bytes, LinkConditions& into,
                  std::size_t at) const;

    /// The lanes of one direction. @pre the class has a budget: !joint().specified_end_to_end()
    LaneBudgets budgets(std::size_t row, const LinkCondition& condition) const;

    /// What the plant says of a direction: age, inlet, and the extra losses on its cable.
    LinkCondition condition(std::size_t row) const;

    /// Of a direction's cable, drawn or read.
    double length_m(std::size_t row) const;

    const Plant& plant() const { return plant_; }
    const Catalogue& catalogue() const { return catalogue_; }
    const Joint& joint(std::size_t kind) const;
    const LinkErrors& errors(std::size_t kind) const;

private:
    struct Kind;  // a class, with what all its links share
    const Kind& kind_of(std::size_t row) const;
    void fill_times_and_costs(const Kind& kind, std::size_t row, LinkConditions& into, std::size_t at) const;

    const Catalogue& catalogue_;
    Plant plant_;
    std::vector<Kind> kinds_;
};

}  // namespace lightloom
