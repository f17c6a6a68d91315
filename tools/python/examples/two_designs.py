#!/usr/bin/env python3
"""Which figures moved by more than a percent from one result to another?

    two_designs.py BEFORE.h5 AFTER.h5
"""
import sys

import lightloom


def figures(before, after):
    with lightloom.open(before) as first, lightloom.open(after) as second:
        return lightloom.compare(first, second)


if __name__ == "__main__":
    table = figures(*sys.argv[1:3])
    moved = table[(table["ratio"] - 1).abs() > 0.01]
    print(moved.to_string() if len(moved) else "none")
