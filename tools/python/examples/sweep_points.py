#!/usr/bin/env python3
"""What did the points of a sweep come to? What they set beside their completion, and the quickest of them.

    sweep_points.py MERGED.h5
"""
import sys

import lightloom


def figures(path):
    with lightloom.open(path) as sweep:
        points = sweep.points()
        set_by_points = list(sweep.table("settings"))
        finished = points[points["status"] == "finished"]
        with sweep.result(finished["summary/completion_ps"].idxmin()) as quickest:
            return {"points": points[["status", *set_by_points, "summary/completion_ps"]],
                    "quickest": quickest.effective_scenario, "digest": quickest.digest}


if __name__ == "__main__":
    print(figures(sys.argv[1])["points"].to_string())
