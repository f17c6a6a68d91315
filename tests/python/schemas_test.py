"""What every command prints with --json against the shipped schemas, and every scenario of ours against the schema that
`lightloom schema` prints; and that wrong ones do not pass.

    schemas_test.py LIGHTLOOM SOURCE_FOLDER
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import unittest

import jsonschema

LIGHTLOOM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
CATALOGUE = SOURCE / "scenarios" / "catalog"
SCHEMAS = SOURCE / "tools" / "schemas"
SCENARIOS = sorted(path for folder in ("catalog", "tutorial", "studies")
                   for path in (SOURCE / "scenarios" / folder).rglob("*.toml"))
# Short, and together all that a summary can hold.
RUNS = [["pair.toml"], ["pair.toml", "--set", "run.until=1us"], ["pair.toml", "--fail-if", "frames_lost > 0"],
        ["spine-down.toml"], ["web-search-load.toml", "--set", "workload.duration=50us"],
        ["training-step.toml"], ["noisy-neighbour.toml"], ["h100-two-servers.toml"], ["checkpoint.toml"],
        ["training-beside-replay.toml"],
        ["pair.toml", "--set", "question.require=['p99_9 < 1.05 x baseline', 'frames_lost == 0']"]]


def is_scenario(path):
    return "topology" in tomllib.loads(path.read_text())


class SchemasTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.schemas = {path.name.split(".")[0]: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
        cls.checked = set()

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()
        assert cls.checked == set(cls.schemas), f"no output was held to {set(cls.schemas) - cls.checked}"

    def printed(self, *words):
        done = subprocess.run([LIGHTLOOM, *map(str, words)], capture_output=True, text=True, check=False,
                              cwd=self.folder)
        self.assertIn(done.returncode, (0, 1), f"{words}: {done.stderr}")
        return json.loads(done.stdout)

    def check(self, name, *words):
        printed = self.printed(*words)
        errors = [f"{'/'.join(map(str, error.path))}: {error.message[:300]}"
                  for error in jsonschema.Draft7Validator(self.schemas[name]).iter_errors(printed)]
        self.assertEqual(errors, [], words)
        self.checked.add(name)
        return printed

    def test_schemas_are_schemas_and_named_after_their_formats(self):
        self.assertEqual(len(self.schemas), 8)
        for name, schema in self.schemas.items():
            jsonschema.Draft7Validator.check_schema(schema)
            self.assertEqual(schema["properties"]["format"]["const"], f"lightloom-{name}")

    def test_summaries(self):
        keys = set()
        for scenario, *options in RUNS:
            keys |= set(self.check("summary", "run", CATALOGUE / scenario, "-q", "--json", "-o", "r.h5", *options))
        self.assertEqual(keys, set(self.schemas["summary"]["properties"]), "a part that no run here has shown")

    def test_gates_that_need_a_baseline_are_named_and_not_judged(self):
        printed = self.check("summary", "run", CATALOGUE / RUNS[-1][0], "-q", "--json", "-o", "r.h5", *RUNS[-1][1:])
        self.assertEqual(printed["relative_gates"], ["p99_9 < 1.05 x baseline"])
        self.assertEqual([gate["gate"] for gate in printed["gates"]], ["frames_lost == 0"])

    def test_comparisons(self):
        pair = CATALOGUE / "pair.toml"
        words = ["compare", pair, f"{pair}@workload.bytes=2MiB", "--json", "-q"]
        self.check("comparison", *words, "--fail-if", "p99_9 > +5%")
        self.check("comparison", *words, "--seeds", 2, "--assume", 3, "--pareto", "completion,watt_per_gpu")

    def test_sweeps(self):
        (self.folder / "sweep.toml").write_text(f"""
base = "{CATALOGUE / 'pair.toml'}"
[[axis]]
key = "workload.bytes"
values = ["64KiB", "128KiB"]
""")
        printed = self.check("sweep-plan", "sweep", "sweep.toml", "--dry-run", "--json", "-q")
        self.assertEqual(len(printed["points"]), 2)
        printed = self.check("sweep", "sweep", "sweep.toml", "-o", "sweep", "--json", "-q")
        self.assertEqual(printed["finished"], 2)

    def test_qualifications(self):
        for scenario in ("standard-budget.toml", "aged-plant.toml"):
            self.check("qualification", "qualify", CATALOGUE / scenario, "--json")
        printed = self.check("qualification", "qualify", CATALOGUE / "pair.toml", "--alternatives", "--json")
        self.assertGreater(len(printed["classes"][0]["alternatives"]), 1)

    def test_topologies(self):
        for scenario in ("pair.toml", "dgx-superpod.toml", "nvl72.toml"):
            self.check("topology", "topology", CATALOGUE / scenario, "--json")

    def test_catalogues(self):
        tables = [row["table"] for row in self.check("catalog", "catalog", "--json")["tables"]]
        for table in [*tables, "switches", "nics", "topologies", "models", "gpus", "metrics"]:
            self.check("catalog", "catalog", table, "--json")
        self.check("catalog", "catalog", "show", "400gbase-dr4", "--json")

    def test_recoveries(self):
        self.printed("run", CATALOGUE / "pair.toml", "-q", "--json", "-o", "whole.h5")
        self.check("recovery", "recover", "whole.h5", "-o", "copy.h5", "--json")

    def test_what_is_not_as_it_should_be_does_not_validate(self):
        validator = jsonschema.Draft7Validator(self.schemas["summary"])
        summary = self.printed("run", CATALOGUE / "pair.toml", "-q", "--json", "-o", "r.h5")
        self.assertTrue(validator.is_valid(summary))
        for change in ({"digest": "0"}, {"completion_ps": "3 ms"}, {"surprise": 1}, {"format_version": 1}):
            self.assertFalse(validator.is_valid(summary | change), change)
        for key in ("digest", "frames", "packet_latency_ps"):
            self.assertFalse(validator.is_valid({k: v for k, v in summary.items() if k != key}), key)


class ScenarioSchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        printed = subprocess.run([LIGHTLOOM, "schema"], capture_output=True, text=True, check=True).stdout
        cls.schema = json.loads(printed)
        jsonschema.Draft7Validator.check_schema(cls.schema)
        cls.validator = jsonschema.Draft7Validator(cls.schema)

    def errors_of(self, scenario):
        return [f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in
                self.validator.iter_errors(scenario)]

    def test_every_scenario_of_ours_validates(self):
        scenarios = [path for path in SCENARIOS if is_scenario(path)]
        self.assertGreater(len(scenarios), 40)
        for path in scenarios:
            with self.subTest(path.name):
                self.assertEqual(self.errors_of(tomllib.loads(path.read_text())), [])

    def test_every_effective_scenario_validates(self):
        for name in ("pair.toml", "noisy-neighbour.toml", "training-step.toml", "spine-down.toml", "nvl72.toml"):
            text = subprocess.run([LIGHTLOOM, "explain", CATALOGUE / name], capture_output=True, text=True,
                                  check=True).stdout
            self.assertEqual(self.errors_of(tomllib.loads(text)), [], name)

    def test_mistakes_do_not_validate(self):
        good = tomllib.loads((CATALOGUE / "spine-down.toml").read_text())
        self.assertEqual(self.errors_of(good), [])

        def broken(path, value):
            scenario = copy.deepcopy(good)
            table = scenario
            for name in path[:-1]:
                table = table[name] if isinstance(table, list) else table.setdefault(name, {})
            table[path[-1]] = value
            return scenario

        for path, value in ((["topolgy"], {}), (["topology", "spinse"], 4), (["topology", "kind"], "leaf-spin"),
                            (["topology", "rate"], 400), (["topology", "rate"], "400"), (["run", "seed"], -1),
                            (["tier", "leaf-spine", "connectors"], {"cuont": 2}), (["fault", 0, "kinds"], "down"),
                            (["tier", "leaf-spine", "length"], {"unifrom": ["1m", "2m"]}),
                            (["routing", "failover"], "yes")):
            self.assertNotEqual(self.errors_of(broken(path, value)), [], path)
        for path, value in ((["tier", "leaf-spine", "length"], {"uniform": ["1m", "2m"]}), (["run", "seed"], 7),
                            (["tier", "leaf-spine", "module"], {"leaf": "400gbase-dr4", "spine": "my-own"})):
            self.assertEqual(self.errors_of(broken(path, value)), [], path)

    def test_it_tells_what_keys_mean_and_what_they_are_by_default(self):
        kind = self.schema["properties"]["transport"]["properties"]["kind"]
        self.assertEqual(kind["enum"], ["window", "rocev2", "uec"])
        self.assertIn(kind["default"], kind["enum"])
        self.assertIn("how loss is found", kind["description"])
        self.assertIn("400gbase-dr4", self.schema["definitions"]["module"]["anyOf"][0]["enum"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
