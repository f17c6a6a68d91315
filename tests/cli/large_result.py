"""A result of any size for the price of a small one: copies RESULT.h5 and repeats its links.

    large_result.py SMALL.h5 LARGE.h5 LINKS     LINKS cables, from each of 1/64 as many leaves one to each of 64 spines

Figures are spread, so that histograms and lists have something to show. Groups whose rows are not links stay as they
are; no run would give this file, but every reader of results must take it.
"""
import sys

import h5py
import numpy


def replace(group, name, values):
    old = group[name]
    attributes = {key: old.attrs[key] for key in old.attrs if key not in ("DIMENSION_LIST", "REFERENCE_LIST", "CLASS",
                                                                         "NAME")}
    del group[name]
    new = group.create_dataset(name, data=numpy.asarray(values).astype(old.dtype), chunks=True, compression=1)
    new.attrs.update(attributes)


def repeat(group, rows):
    """Every column of a table as many times as it takes; its own values over and over."""
    for name in list(group):
        if isinstance(group[name], h5py.Dataset) and group[name].ndim == 1:
            replace(group, name, numpy.resize(group[name][:], rows))


def enlarge(file, links):
    random = numpy.random.default_rng(1)
    spines, leaves = 64, links // 64
    nodes, cables, optics, ports = (file[name] for name in ("topology/nodes", "topology/links", "optics/links",
                                                            "ports"))
    words = nodes["kind"].attrs["flag_meanings"].split()
    repeat(nodes, leaves + spines)
    replace(nodes, "kind", [words.index("leaf")] * leaves + [words.index("spine")] * spines)
    replace(nodes, "index", [*range(leaves), *range(spines)])
    replace(nodes, "first_port", numpy.zeros(leaves + spines))
    repeat(cables, links)
    number = numpy.arange(links)
    replace(cables, "lower_port", number // leaves)
    replace(cables, "upper_port", number % leaves)
    replace(cables, "tier", numpy.full(links, cables["tier"].attrs["flag_meanings"].split().index("leaf-spine")))
    replace(cables, "lower_node", number % leaves)
    replace(cables, "upper_node", leaves + number // leaves % spines)
    fabric = numpy.flatnonzero(numpy.isfinite(optics["margin_db"][:]))
    for name in list(optics):
        replace(optics, name, numpy.resize(optics[name][:][fabric], 2 * links))
    spread = random.normal(0.0, 0.4, 2 * links)
    for name, sign in (("margin_db", 1), ("received_dbm", 1), ("connectors_db", -1)):
        replace(optics, name, optics[name][:] + sign * spread)
    replace(optics, "pre_fec_ber", 10.0 ** random.normal(-6, 1, 2 * links))
    repeat(ports, 2 * links)
    replace(ports, "direction", random.permutation(2 * links))
    replace(ports, "utilisation", random.beta(2, 2, 2 * links))
    replace(ports, "frames_lost", random.poisson(0.05, 2 * links))
    replace(ports, "least_margin_db", optics["margin_db"][:][ports["direction"][:]])


if __name__ == "__main__":
    with h5py.File(sys.argv[1]) as small, h5py.File(sys.argv[2], "w") as large:
        for key in small.attrs:
            large.attrs[key] = small.attrs[key]
        for name in small:
            small.copy(name, large)
        enlarge(large, int(sys.argv[3]))
