#!/usr/bin/env python3
"""How long do packets take? Quantiles of a result, and how many packets took longer than the median twice.

    latency.py RESULT.h5
"""
import sys

import lightloom

QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999}


def figures(path):
    with lightloom.open(path) as result:
        histogram = result.histogram("packet_latency")
        found = {name: histogram.quantile(q) for name, q in QUANTILES.items()}
        found["max"] = histogram.figures["max"]
        found["samples"] = histogram.figures["samples"]
        late = histogram.bins["lower"] >= 2 * found["p50"]
        found["late"] = int(histogram.bins["count"][late].sum())
        return found


if __name__ == "__main__":
    of = figures(sys.argv[1])
    for name in [*QUANTILES, "max"]:
        print(f"{name:<8}{of[name] / 1e6:10.3f} us")
    print(f"{of['late']} of {of['samples']} packets took longer than twice the median")
