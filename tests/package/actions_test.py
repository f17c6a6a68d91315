"""The steps of tools/package/github-actions.yml, as a shell runs them: when the comparison is red, and what is kept.

    actions_test.py LIGHTLOOM SOURCE_FOLDER
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

LIGHTLOOM, SOURCE = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORKFLOW = (SOURCE / "tools" / "package" / "github-actions.yml").read_text()
STEPS = re.split(r"^      - ", WORKFLOW, flags=re.MULTILINE)[1:]
ENVIRONMENT = dict(re.findall(r"^  ([A-Z]+): (\S+)", WORKFLOW, flags=re.MULTILINE))
PAIR = (SOURCE / "scenarios" / "catalog" / "pair.toml").read_text()


def step(words):
    found = [text for text in STEPS if words in text]
    assert len(found) == 1, f"{len(found)} steps with {words!r}"
    return found[0]


class ActionsTest(unittest.TestCase):
    def compare(self, before, proposed):
        """Exit code and output of the step that compares, for scenarios by name on both sides."""
        script = textwrap.dedent(step("compare every scenario").split("run: |\n")[1])
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            program = folder / "lightloom/build/release/tools/lightloom/lightloom"
            program.parent.mkdir(parents=True)
            program.symlink_to(LIGHTLOOM)
            for side, scenarios in (("before", before), ("proposed", proposed)):
                (folder / side / "fabrics").mkdir(parents=True)
                for name, text in scenarios.items():
                    (folder / side / "fabrics" / name).write_text(text)
            # As GitHub starts it: https://docs.github.com/actions, "shell: bash".
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=folder,
                                  env=os.environ | ENVIRONMENT, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            return done.returncode, done.stdout

    def test_the_same_is_green_and_compared_over_seeds(self):
        code, said = self.compare({"a.toml": PAIR}, {"a.toml": PAIR})
        self.assertEqual(code, 0, said)
        self.assertGreater(int(ENVIRONMENT["SEEDS"]), 1)
        self.assertIn(f"{ENVIRONMENT['SEEDS']} runs", said)

    def test_what_is_worse_is_red_also_where_others_are_fine(self):
        worse = PAIR.replace("[workload]", '[workload]\niterations = 3', 1)
        self.assertNotEqual(worse, PAIR)
        code, said = self.compare({"a.toml": PAIR, "b.toml": PAIR}, {"a.toml": worse, "b.toml": PAIR})
        self.assertEqual(code, 1, said)
        self.assertIn("RED", said)

    def test_a_mistake_is_red(self):
        code, said = self.compare({"a.toml": PAIR}, {"a.toml": PAIR + "surprise = 1\n"})
        self.assertEqual(code, 1, said)
        self.assertIn("surprise", said)

    def test_what_is_new_is_green(self):
        code, said = self.compare({}, {"new.toml": PAIR})
        self.assertEqual(code, 0, said)
        self.assertIn("new.toml is new", said)

    def test_no_file_is_red(self):
        code, said = self.compare({"gone.toml": PAIR}, {})
        self.assertEqual(code, 1, said)
        self.assertIn("::error::FABRICS names no file", said)

    def test_the_program_is_built_once_for_a_version(self):
        missing = "if: steps.program.outputs.cache-hit != 'true'"
        restore, build, save = step("actions/cache/restore"), step("build the program"), step("actions/cache/save")
        self.assertIn("key: lightloom-${{ env.LIGHTLOOM }}-", restore)
        self.assertIn('ref: "${{ env.LIGHTLOOM }}"', step('repository: "OWNER/lightloom"'))
        self.assertIn("id: program", restore)
        self.assertIn(missing, build)
        self.assertIn(missing, save)
        path = re.search(r"path: (\S+)", restore)[1]
        self.assertEqual(path, re.search(r"path: (\S+)", save)[1])
        self.assertIn(f"{path} compare", step("compare every scenario"))
        # Kept before anything can be red, and never wiped by a checkout that comes after.
        order = [STEPS.index(text) for text in (step("OWNER/lightloom"), restore, build, save,
                                                step("compare every scenario"))]
        self.assertEqual(order, sorted(order))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
