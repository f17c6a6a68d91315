"""tools/bench-gate turns red, with exit code 1, for each thing that it watches, and is green when nothing has changed.

Nothing is measured here: what would be is made up, and the comparing, the table and the exit code are the gate's own.
"""
import contextlib
import copy
import importlib.machinery
import importlib.util
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "tools")
loader = importlib.machinery.SourceFileLoader("bench_gate", os.path.join(TOOLS, "bench-gate"))
gate = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_gate", loader))
loader.exec_module(gate)

FOUND = {
    "answers": {"pair": {"digest": "0123456789abcdef", "completion_ps": 1000, "p99_9_latency_ps": 10,
                         "frames_lost": 0}},
    "counts": {"plain": {"instructions_per_hop": 500.0, "allocations_per_hop": 0.0, "bytes_per_host": 100000}},
}


class BenchGateTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.scratch.name)
        program = folder / "tools" / "lightloom" / "lightloom"
        program.parent.mkdir(parents=True)
        program.touch()
        self.kept = gate.BASELINE, gate.ROOT, gate.measure, sys.argv
        gate.ROOT = folder
        gate.BASELINE = folder / "baseline.json"
        self.baseline = {"compiler": gate.compiler(), "machine": gate.platform.machine()} | copy.deepcopy(FOUND)
        sys.argv = ["bench-gate", "--build", str(folder)]

    def tearDown(self):
        gate.BASELINE, gate.ROOT, gate.measure, sys.argv = self.kept
        self.scratch.cleanup()

    def judged(self, found, *options):
        """Exit code and table for what is found, against self.baseline."""
        gate.BASELINE.write_text(json.dumps(self.baseline))
        gate.measure = lambda binary, only: copy.deepcopy(found)
        sys.argv += options
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            code = gate.main()
        return code, printed.getvalue()

    def changed(self, section, name, key, value):
        found = copy.deepcopy(FOUND)
        found[section][name][key] = value
        return found

    def test_it_is_green_when_nothing_has_changed(self):
        code, table = self.judged(FOUND)
        self.assertEqual(code, 0)
        self.assertIn("all 7 figures are as good", table)
        self.assertNotIn("RED", table)

    def test_every_figure_that_is_worse_makes_it_red(self):
        for section, name, key, value in (
                ("answers", "pair", "digest", "0123456789abcdee"), ("answers", "pair", "completion_ps", 999),
                ("answers", "pair", "p99_9_latency_ps", 11), ("answers", "pair", "frames_lost", 1),
                ("counts", "plain", "instructions_per_hop", 500.0 * 1.031),
                ("counts", "plain", "allocations_per_hop", 0.001), ("counts", "plain", "bytes_per_host", 104000)):
            with self.subTest(key):
                code, table = self.judged(self.changed(section, name, key, value))
                self.assertEqual(code, 1)
                self.assertIn("RED", table)
                self.assertIn("1 of 7 figures are worse or different", table)
                self.assertRegex(table, rf"RED   {name} +{key} ")

    def test_a_changed_baseline_makes_it_red(self):
        self.baseline["answers"]["pair"]["digest"] = "ffffffffffffffff"
        self.assertEqual(self.judged(FOUND)[0], 1)

    def test_counts_may_fall_and_rise_within_the_tolerance(self):
        for value in (400.0, 500.0 * 1.029):
            self.assertEqual(self.judged(self.changed("counts", "plain", "instructions_per_hop", value))[0], 0)
        found = self.changed("counts", "plain", "instructions_per_hop", 510.0)
        self.assertEqual(self.judged(found, "--tolerance", "0.01")[0], 1)

    def test_what_the_baseline_has_not_is_red(self):
        del self.baseline["answers"]["pair"]
        del self.baseline["counts"]["plain"]["bytes_per_host"]
        code, table = self.judged(FOUND)
        self.assertEqual(code, 1)
        self.assertIn("5 of 7", table)

    def test_counts_of_another_compiler_are_not_compared_but_answers_are(self):
        self.baseline["compiler"] = "0.0"
        worse = self.changed("counts", "plain", "instructions_per_hop", 5000.0)
        code, table = self.judged(worse)
        self.assertEqual(code, 0)
        self.assertIn("counts are not compared", table)
        worse["answers"]["pair"]["completion_ps"] = 1
        self.assertEqual(self.judged(worse)[0], 1)

    def test_nothing_compared_is_no_green(self):
        self.baseline["compiler"] = "0.0"
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
            self.judged({"counts": FOUND["counts"]}, "--only", "counts")
        self.assertEqual(ended.exception.code, 3)

    def test_accepted_answers_leave_the_counts_to_their_compiler(self):
        self.baseline["compiler"] = "0.0"
        self.assertEqual(self.judged({"answers": FOUND["answers"]}, "--only", "answers", "--accept")[0], 0)
        self.assertEqual(json.loads(gate.BASELINE.read_text())["compiler"], "0.0")

    def test_accepting_makes_what_is_found_the_baseline(self):
        found = self.changed("answers", "pair", "completion_ps", 1001)
        self.assertEqual(self.judged(found)[0], 1)
        self.assertEqual(self.judged(found, "--accept")[0], 0)
        sys.argv.remove("--accept")
        self.baseline = json.loads(gate.BASELINE.read_text())
        self.assertEqual(self.judged(found)[0], 0)

    def test_a_program_that_is_not_there_ends_with_three(self):
        sys.argv[2] = "/nowhere"
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
            gate.main()
        self.assertEqual(ended.exception.code, 3)

    def test_allocations_are_counted_from_a_profile(self):
        profile = ("fn=(1) lightloom::simulate\ncfn=(2) operator new(unsigned long)\ncalls=3 0\n12 7\ncfn=(3) memcpy\n"
                   "calls=5 0\n1 1\ncfn=(2)\ncalls=4 0\n1 1\n")
        self.assertEqual(gate.calls_of_new(profile), 7)


if __name__ == "__main__":
    unittest.main()
