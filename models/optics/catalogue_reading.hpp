// From a row of cells to a row as a type: which columns each table has, which must be filled, and what a figure may be.
// Used by catalogue.cpp. Not here: what rows say of each other's tables beside check_module().
#pragma once

#include "models/optics/catalogue.hpp"
#include "models/optics/catalogue_table.hpp"

namespace lightloom {

// @throws CatalogueError naming row and column
void read_row(const CatalogueRow& cells, ModuleRow& row);
void read_row(const CatalogueRow& cells, FibreRow& row);
void read_row(const CatalogueRow& cells, ConnectorRow& row);
void read_row(const CatalogueRow& cells, PassiveRow& row);
void read_row(const CatalogueRow& cells, FecRow& row);
void read_row(const CatalogueRow& cells, GridRow& row);
void read_row(const CatalogueRow& cells, HostChannelRow& row);
void read_row(const CatalogueRow& cells, ReflectanceRow& row);
void read_row(const CatalogueRow& cells, TransmitterRow& row);
void read_row(const CatalogueRow& cells, ReceiverRow& row);
void read_row(const CatalogueRow& cells, CageRow& row);

Medium read_medium(const CatalogueRow& cells);
Provenance read_provenance(const CatalogueRow& cells);

/// What a module names must be in the other tables, and fit. @throws CatalogueError
void check_module(const CatalogueRow& cells, const ModuleRow& module, const Catalogue& catalogue);

}  // namespace lightloom
