#!/usr/bin/python3
"""Kills a sweep at random instants, resumes it, and compares its merged file with that of an undisturbed one.

    tests/support/sweep_kills.py LIGHTLOOM [KILLS]       exits 1 if a byte differs, or a finished point was run again

Each sweep is killed again and again until it comes to its end; instants are spread over what a sweep takes.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

BASE = """[topology]
kind = "leaf-spine"
servers = 8
leaves = 2
spines = 2
[workload]
kind = "all-reduce"
bytes = "1MiB"
"""
SWEEP = """title = "killed"
base = "base.toml"
[[axis]]
key = "workload.bytes"
values = { from = "64KiB", to = "1MiB", count = 4, log = true }
[[axis]]
seeds = 3
[[axis]]
key = "topology.spines"
values = [1, 2]
"""


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def finished(folder):
    points = os.path.join(folder, "points")
    names = [n for n in os.listdir(points) if n.endswith(".h5")] if os.path.isdir(points) else []
    return {n: os.stat(os.path.join(points, n)).st_ino for n in names}


def main():
    program, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    random.seed(1)
    with tempfile.TemporaryDirectory(prefix="lightloom-kills-") as scratch:
        for name, text in (("base.toml", BASE), ("sweep.toml", SWEEP)):
            with open(os.path.join(scratch, name), "w", encoding="ascii") as file:
                file.write(text)

        def sweep(folder):
            return [program, "sweep", os.path.join(scratch, "sweep.toml"), "-o", os.path.join(scratch, folder), "-q",
                    "--resume"]

        start = time.monotonic()
        subprocess.run(sweep("whole"), check=True, stdout=subprocess.DEVNULL)
        lasts = time.monotonic() - start
        reference = contents(os.path.join(scratch, "whole", "merged.h5"))

        killed = sweeps = again = 0
        while killed < kills:
            folder = os.path.join(scratch, f"killed-{sweeps}")
            sweeps += 1
            while True:
                before = finished(folder)
                process = subprocess.Popen(sweep(folder), stdout=subprocess.DEVNULL)
                try:
                    if killed == kills:
                        process.wait()
                    else:
                        process.wait(timeout=random.uniform(0, lasts / 2))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    killed += 1
                now = finished(folder)
                again += sum(now.get(name) != inode for name, inode in before.items())
                if process.returncode == 0:
                    break
                if process.returncode != -signal.SIGKILL:
                    sys.exit(f"the sweep ended with {process.returncode}")
            if contents(os.path.join(folder, "merged.h5")) != reference:
                sys.exit(f"sweep {sweeps} has another merged file")
            left = [n for n in os.listdir(os.path.join(folder, "points")) if not n.endswith(".h5")]
            if left:
                sys.exit(f"sweep {sweeps} has left {left}")
        print(f"{killed} kills in {sweeps} sweeps of {lasts:.2f} s each; {again} finished points were run again")
        sys.exit(1 if again else 0)


main()
