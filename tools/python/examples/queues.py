#!/usr/bin/env python3
"""Where did queues build up, and when? The five ports with the deepest samples of a run with series.interval.

    queues.py RESULT.h5
"""
import sys

import lightloom


def figures(path):
    with lightloom.open(path) as result:
        series = result.table("series")
        deepest = series["queue_bytes"].groupby("port").max().nlargest(5).to_frame()
        deepest["time_ps"] = [series["queue_bytes"].xs(port, level="port").idxmax() for port in deepest.index]
        deepest["utilisation"] = series["utilisation"].groupby("port").mean()  # over the whole run
        deepest["node"] = result.table("ports")["node"]
        deepest["kind"] = result.table("topology/nodes")["kind"][deepest["node"]].to_numpy()
        return deepest


if __name__ == "__main__":
    of = figures(sys.argv[1])
    print(of.assign(time_us=of["time_ps"] / 1e6).drop(columns="time_ps").to_string())
