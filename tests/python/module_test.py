"""The Python module, its examples and its README against what `lightloom run --json` says of the same runs.

    module_test.py LIGHTLOOM SOURCE_FOLDER
"""
import importlib.util
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

LIGHTLOOM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
MODULE = SOURCE / "tools" / "python"
sys.path.insert(0, str(MODULE))
sys.dont_write_bytecode = True

import lightloom  # noqa: E402 (found only with the path above)


def example(name):
    spec = importlib.util.spec_from_file_location(name, MODULE / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed_by(name, *arguments):
    done = subprocess.run([sys.executable, "-B", MODULE / "examples" / f"{name}.py", *arguments], text=True,
                          capture_output=True, check=True, env=os.environ | {"PYTHONPATH": str(MODULE)})
    return done.stdout


class ModuleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.runs = {}
        for name, change in (("before", "routing.policy=ecmp"), ("after", "routing.policy=spray")):
            cls.runs[name] = cls.run_scenario("permutation-64.toml", name, change)
        cls.run_scenario("incast.toml", "sampled", "series.interval=2us")
        (cls.folder / "s.toml").write_text(f"""
base = "{SOURCE / 'scenarios' / 'catalog' / 'pair.toml'}"
title = "two sizes"
[set]
"tier.leaf-spine.connectors" = {{ count = 4, family = "mpo-apc-low-loss" }}
[[axis]]
key = "workload.bytes"
values = ["64KiB", "128KiB"]
[[axis]]
key = "tier.leaf-spine.module"
values = ["400gbase-dr4", "400gbase-fr4"]
""")
        # A point of each size fails: its connectors are of another kind.
        cls.swept = subprocess.run([LIGHTLOOM, "sweep", cls.folder / "s.toml", "-q", "--json", "-o",
                                    cls.folder / "my-sweep"], capture_output=True, text=True, check=False)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def run_scenario(cls, scenario, name, *changes):
        sets = [word for change in changes for word in ("--set", change)]
        done = subprocess.run([LIGHTLOOM, "run", SOURCE / "scenarios" / "catalog" / scenario, "-q", "--json", "-o",
                               cls.folder / f"{name}.h5", *sets], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def open(self, name):
        return lightloom.open(self.folder / f"{name}.h5")

    def test_series_are_read_by_instant_and_port(self):
        self.run_scenario("pair.toml", "growing", "series.interval=2us")
        with self.open("growing") as result:
            frame, grid = result.table("series"), result.dataset("series")
            ports = result.table("ports")
        self.assertEqual(frame.index.names, ["time_ps", "port"])
        self.assertEqual(grid.sizes["port"], len(ports))
        self.assertEqual(len(frame), grid.sizes["time_ps"] * grid.sizes["port"])
        self.assertEqual(float(grid["utilisation"].sel(time_ps=4_000_000, port=0)),
                         float(frame["utilisation"][4_000_000, 0]))
        self.assertEqual(grid["queue_bytes"].attrs["units"], "byte")
        self.assertGreater(frame["utilisation"].max(), 0.5)
        # As a kill can leave it: the instants are appended last.
        with h5py.File(self.folder / "growing.h5", "a") as file:
            whole = len(file["series/time_ps"])
            file["series/time_ps"].resize((whole - 1,))
        with self.open("growing") as result:
            self.assertEqual(len(result.table("series")), (whole - 1) * len(ports))

    def test_the_latency_example_says_what_the_run_said(self):
        said = self.runs["before"]["packet_latency_ps"]
        found = example("latency").figures(self.folder / "before.h5")
        for name in ("p50", "p99", "p99.9", "p99.99", "max", "samples"):
            self.assertEqual(found[name], said[name], name)
        self.assertGreater(said["p99.99"], said["p50"])
        self.assertTrue(0 < found["late"] < found["samples"])
        self.assertIn(f"p99.9   {said['p99.9'] / 1e6:10.3f} us", printed_by("latency", self.folder / "before.h5"))

    def test_the_flows_example_says_what_the_run_said(self):
        said = self.runs["before"]
        found = example("slowest_flows").figures(self.folder / "before.h5")
        self.assertEqual(found["completion_ps"], said["completion_ps"])
        self.assertEqual(found["payload_bytes"], said["payload_bytes_delivered"])
        self.assertEqual(found["retransmissions"], said["frames"]["retransmissions"])
        self.assertEqual(found["timeouts"], said["frames"]["timeouts"])
        self.assertIn("time-outs", printed_by("slowest_flows", self.folder / "before.h5"))

    def test_the_comparison_example_says_what_the_runs_said(self):
        before, after = self.runs["before"], self.runs["after"]
        table = example("two_designs").figures(self.folder / "before.h5", self.folder / "after.h5")
        row = table.loc["summary/completion_ps"]
        self.assertEqual((row["unit"], row["first"], row["second"]),
                         ("ps", before["completion_ps"], after["completion_ps"]))
        self.assertEqual(row["difference"], after["completion_ps"] - before["completion_ps"])
        self.assertEqual(row["ratio"], after["completion_ps"] / before["completion_ps"])
        self.assertNotEqual(row["ratio"], 1.0)
        self.assertEqual(table.loc["histograms/packet_latency/p99_9", "second"], after["packet_latency_ps"]["p99.9"])
        self.assertEqual(table.loc["summary/frames_sent", "first"], before["frames"]["sent"])
        self.assertIn("summary/completion_ps", printed_by("two_designs", self.folder / "before.h5",
                                                          self.folder / "after.h5"))

    def test_the_queues_example_finds_the_incast(self):
        found = example("queues").figures(self.folder / "sampled.h5")
        with h5py.File(self.folder / "sampled.h5") as file:
            queues = file["series/queue_bytes"][:]
            self.assertEqual(found["queue_bytes"].iloc[0], queues.max())
            row = list(file["series/time_ps"][:]).index(found["time_ps"].iloc[0])
            self.assertEqual(queues[row].max(), queues.max())
            # The leaf's port to the one that all send to: a queue is no deeper than the deepest that the run knows.
            port = found.index[0]
            self.assertLessEqual(queues.max(), file["ports/deepest_queue_bytes"][port])
            self.assertEqual(file["ports/frames_delivered"][port], file["ports/frames_delivered"][:].max())
        self.assertEqual(found["kind"].iloc[0], "leaf")
        self.assertGreater(found["utilisation"].iloc[0], 0.9)
        self.assertIn("leaf", printed_by("queues", self.folder / "sampled.h5"))

    def test_the_sweep_example_has_a_row_per_point(self):
        said = json.loads(self.swept.stdout)
        self.assertEqual((said["points"], said["finished"], said["failed"]), (4, 2, 2), self.swept.stderr)
        merged = self.folder / "my-sweep" / "merged.h5"
        found = example("sweep_points").figures(merged)
        points = found["points"]
        self.assertEqual(list(points["workload.bytes"]), [65536.0, 65536.0, 131072.0, 131072.0])
        self.assertEqual(list(points["tier.leaf-spine.module"]), ["400gbase-dr4", "400gbase-fr4"] * 2)
        self.assertEqual(list(points["status"]), ["finished", "failed"] * 2)
        completion = points["summary/completion_ps"]
        self.assertEqual([math.isnan(ps) for ps in completion], [False, True] * 2)
        self.assertLess(completion.iloc[0], completion.iloc[2])
        self.assertEqual(found["quickest"]["workload"]["bytes"], "64KiB")
        with lightloom.open(merged) as sweep, sweep.result(points.index[2]) as point:
            everything = sweep.points()
            self.assertEqual(point["summary/completion_ps"], completion.iloc[2])
            self.assertEqual(point.digest, everything["digest"].iloc[2])
            self.assertEqual(point["histograms/packet_latency/p99_9"],
                             everything["histograms/packet_latency/p99_9"].iloc[2])
            self.assertEqual(everything.attrs["units"]["summary/completion_ps"], "ps")
            self.assertEqual(everything.attrs["units"]["workload.bytes"], "byte")
            self.assertIn("do not plug into", everything["error"].iloc[1])
            self.assertIn("4 points", repr(sweep))
            self.assertRaisesRegex(KeyError, f"did you mean '{points.index[2]}'",
                                   lambda: sweep.result(points.index[2][:-1] + "x"))
            self.assertRaises(OSError, sweep.result, points.index[1])
        self.assertIn(points.index[0], printed_by("sweep_points", merged))

    def test_what_is_not_there_is_told_with_the_nearest(self):
        cases = (("table", "prots", "table 'prots' (did you mean 'ports'?); there are "),
                 ("table", "nope", "table 'nope'; there are "),
                 ("histogram", "packet_latncy", "table 'histograms/packet_latncy' (did you mean "
                                                "'histograms/packet_latency'?); there are "),
                 ("__getitem__", "summary/completion", "figure 'summary/completion' (did you mean 'completion_ps'?); "),
                 ("unit", "ports/bsy_ps", "figure 'ports/bsy_ps' (did you mean 'busy_ps'?); its group has "))
        with self.open("before") as result:
            for method, name, said in cases:
                with self.assertRaises(lightloom.NotThere) as caught:
                    getattr(result, method)(name)
                self.assertTrue(str(caught.exception).startswith(f"{result.path} has no {said}"), caught.exception)
                self.assertIsInstance(caught.exception, KeyError)
            with self.assertRaises(KeyError) as caught:
                result.table("nope")
            listed = str(caught.exception).rpartition("there are ")[2].split(", ")
            self.assertTrue({"flows", "ports", "topology/nodes", "histograms/packet_latency"} <= set(listed), listed)
            self.assertNotIn("histograms", listed)

    def test_the_readme_is_true(self):
        blocks = re.findall(r"```python\n(.*?)```", (MODULE / "README.md").read_text(), flags=re.DOTALL)
        self.assertEqual(len(blocks), 3)
        if not (self.folder / "my.h5").exists():
            (self.folder / "my.h5").symlink_to(self.folder / "before.h5")
        for block in blocks:
            done = subprocess.run([sys.executable, "-B", "-c", "import lightloom\n" + block], cwd=self.folder,
                                  text=True, capture_output=True, check=False,
                                  env=os.environ | {"PYTHONPATH": str(MODULE)})
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_group_is_a_table_with_units(self):
        with self.open("before") as result:
            tables = [group for group in result.groups if len(result.table(group).columns)]
            self.assertTrue({"flows", "ports", "jobs", "topology/nodes", "optics/links"} <= set(tables), tables)
            for group in tables:
                frame = result.table(group)
                self.assertEqual(set(frame.attrs["units"]), set(frame.columns), group)
                self.assertTrue(all(frame.attrs["units"].values()), group)
            self.assertEqual(result.table("flows").index.name, "flow")
            self.assertIn("server", set(result.table("topology/nodes")["kind"]))
            self.assertEqual(result.table("jobs")["kind"].iloc[0], "permutation")
            self.assertEqual(result.summary.attrs["units"]["completion_ps"], "ps")

    def test_xarray_has_the_same_numbers_and_units(self):
        with self.open("before") as result:
            ports = result.dataset("ports")
            self.assertEqual(ports["busy_ps"].attrs["units"], "ps")
            self.assertEqual(ports.sizes["port"], len(result.table("ports")))
            self.assertEqual(int(ports["frames_sent"].sum()), int(result.table("ports")["frames_sent"].sum()))

    def test_a_result_says_which_run_it_was(self):
        said = self.runs["before"]
        with self.open("before") as result:
            self.assertEqual((result.digest, result.seeds, result.status, result.stopped_by),
                             (said["digest"], said["seeds"], "complete", "done"))
            self.assertEqual(result.effective_scenario["routing"]["policy"], "ecmp")
            self.assertIn("[topology]", result.scenario)
            self.assertIn("complete", repr(result))
            self.assertRaises(KeyError, lambda: result["flows/source"])

    def test_cdf_ends_at_one_and_quantiles_stay_inside(self):
        with self.open("before") as result:
            histogram = result.histogram("packet_latency")
            cdf = histogram.cdf()
            self.assertTrue(cdf.is_monotonic_increasing and math.isclose(cdf.iloc[-1], 1.0))
            self.assertEqual((histogram.quantile(0.0), histogram.quantile(1.0)),
                             (histogram.figures["min"], histogram.figures["max"]))

    def test_a_killed_run_can_be_read(self):
        place = self.folder / "killed.h5"
        run = subprocess.Popen([LIGHTLOOM, "run", SOURCE / "scenarios" / "catalog" / "permutation-64.toml", "-q", "-o",
                                place, "--set", "workload.bytes=16GiB"])
        partial = pathlib.Path(f"{place}.partial")
        try:
            self.wait_for_progress(partial)
        finally:
            run.kill()
            run.wait()
        with lightloom.open(partial) as result:
            self.assertEqual((result.status, result.stopped_by, result.digest), ("running", None, None))
            self.assertGreater(result.table("run/progress").index[-1], 0)
            self.assertNotIn("summary", result)

    def wait_for_progress(self, partial):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            time.sleep(0.2)
            if not partial.exists():
                continue
            with lightloom.open(partial) as result:
                if len(result.table("run/progress")):
                    return
        self.fail("no progress")

    def test_other_files_are_refused(self):
        import h5py
        other = self.folder / "other.h5"
        h5py.File(other, "w").close()
        self.assertRaises(lightloom.NotAResult, lightloom.open, other)
        self.assertRaises(OSError, lightloom.open, self.folder / "absent.h5")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
