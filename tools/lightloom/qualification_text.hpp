// A qualification as people read it and as one JSON object: the verdict first, then the five steps that led to it.
// Not here: the figures (models/optics/qualification.hpp), the command (qualify.cpp).
#pragma once

#include <string>
#include <vector>

#include "models/optics/alternatives.hpp"
#include "models/optics/qualification.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

std::string qualification_text(const Qualification& q, const Scenario& scenario, const Topology& topology);
JsonObject qualification_json(const Qualification& q, const Topology& topology);

std::string alternatives_text(const std::string& name, const std::vector<Alternative>& all, AlternativeOrder order);
JsonObject alternative_json(const Alternative& alternative);

}  // namespace lightloom
