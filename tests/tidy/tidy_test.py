"""Breaks each rule of tools/tidy once, in a small repository of its own, and expects that finding and no other.

A rule without a test here fails the last test: a check that cannot fail is worth nothing.
"""
import importlib.machinery
import importlib.util
import os
import shutil
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "tools")
loader = importlib.machinery.SourceFileLoader("tidy", os.path.join(TOOLS, "tidy"))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
loader.exec_module(tidy)

CLEAN = {
    ".clang-format": "{BasedOnStyle: Google, ColumnLimit: 120, SortIncludes: Never}\n",
    "core/CMakeLists.txt": "file(GLOB sources *.cpp)\nadd_library(lightloom_core ${sources})\n",
    "core/README.md": "# core\n`time.hpp` knows time; core/time.hpp too.\n",
    "core/time.hpp": "// Time.\n#pragma once\n",
    "core/time.cpp": '#include "core/time.hpp"\n',
    "models/network/CMakeLists.txt": "add_library(lightloom_network link.cpp)\n",
    "models/network/README.md": "# network\n",
    "models/network/link.hpp": '// A link.\n#pragma once\n#include "core/time.hpp"\n',
    "models/network/link.cpp": '#include "models/network/link.hpp"\n',
    "models/optics/CMakeLists.txt": "file(GLOB sources *.cpp)\nadd_library(lightloom_optics ${sources})\n",
    "models/optics/README.md": "# optics\n",
    "models/optics/fec.cpp": '// FEC.\n#include <Eigen/Core>\n#include <cmath>\n#include "core/time.hpp"\n',
    "tests/CMakeLists.txt": "lightloom_tests(core lightloom_core)\n",
    "tests/README.md": "# tests\n",
    "tests/core/time_test.cpp": '// Uses link.txt.\n#include "core/time.hpp"\n#include "models/network/link.hpp"\n',
    "tests/data/link.txt": "1\n",
}

# Rule -> (what is broken, file -> text, where the one finding is).
BROKEN = {
    "layering": [
        ("upward", {"core/time.cpp": '#include "core/time.hpp"\n#include "models/network/link.hpp"\n'},
         "core/time.cpp:2"),
        ("optics to network", {"models/optics/fec.cpp": '// FEC.\n#include "models/network/link.hpp"\n'},
         "models/optics/fec.cpp:2"),
        ("not from the root", {"core/time.cpp": '#include "time.hpp"\n#include "core/time.hpp"\n'}, "core/time.cpp:1"),
        ("no such layer", {"models/weather/rain.hpp": '// Rain.\n#pragma once\n#include "core/time.hpp"\n',
                           "models/weather/README.md": "# weather\n",
                           "tests/core/time_test.cpp": CLEAN["tests/core/time_test.cpp"]
                                                       + '#include "models/weather/rain.hpp"\n'},
         "models/weather/rain.hpp:3"),
    ],
    "vocabulary": [
        ("a neighbour's", {"core/time.cpp": '#include "core/time.hpp"\n\n#include <Eigen/Core>\n'}, "core/time.cpp:3"),
        ("nobody's", {"core/time.cpp": '#include "core/time.hpp"\n\n#include <gsl/gsl>\n'}, "core/time.cpp:3"),
    ],
    "one_library_per_folder": [
        ("two", {"core/CMakeLists.txt": "file(GLOB s *.cpp)\nadd_library(a ${s})\nadd_library(b ${s})\n"},
         "core/CMakeLists.txt:2"),
    ],
    "size": [
        ("lines", {"tests/core/time_test.cpp": CLEAN["tests/core/time_test.cpp"] + "int x;\n" * 498},
         "tests/core/time_test.cpp:501"),
        ("columns", {"core/time.hpp": "// " + "t" * 118 + "\n#pragma once\n"}, "core/time.hpp:1"),
    ],
    "dead_files": [
        ("header", {"core/rate.hpp": "// Rate.\n#pragma once\n", "core/rate.cpp": '#include "core/rate.hpp"\n'},
         "core/rate.hpp:1"),
        ("source", {"models/network/port.cpp": "// A port.\n"}, "models/network/port.cpp:1"),
        ("test folder", {"tests/weather/rain_test.cpp": "// Rain.\n"}, "tests/weather/rain_test.cpp:1"),
        ("data", {"tests/data/old.txt": "1\n"}, "tests/data/old.txt:1"),
    ],
    "leftovers": [
        ("word", {"core/time.hpp": "// Time.\n#pragma once\n// TODO: leap seconds\n"}, "core/time.hpp:3"),
        ("space", {"core/README.md": "# core \n"}, "core/README.md:1"),
        ("tab", {"core/README.md": "# core\n\tx\n"}, "core/README.md:2"),
    ],
    "openings": [
        ("no comment", {"core/time.hpp": "#pragma once\n"}, "core/time.hpp:1"),
        ("no pragma", {"core/time.hpp": "// Time.\n"}, "core/time.hpp:1"),
        ("source", {"models/optics/fec.cpp": "#include <cmath>\n"}, "models/optics/fec.cpp:1"),
    ],
    "readmes": [("none", {"core/README.md": None}, "core:1")],
    "named_paths": [
        ("in a document", {"core/README.md": "# core\nand core/engine.hpp\n"}, "core/README.md:2"),
        ("without its folder", {"core/README.md": "# core\nand `engine.hpp`\n"}, "core/README.md:2"),
        ("in a comment", {"core/time.hpp": "// Not models/network/clock.hpp.\n#pragma once\n"}, "core/time.hpp:1"),
        ("a star that matches nothing", {"core/README.md": "# core\ncore/*.cu\n"}, "core/README.md:2"),
    ],
    "formatting": [("indent", {"core/time.hpp": "// Time.\n#pragma once\nint  x;\n"}, "core/time.hpp:3")],
}


def findings_of(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            if text is None:
                continue
            os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return [f"{finding.file}:{finding.line}" for finding in tidy.check(root)]


class TidyTest(unittest.TestCase):
    def test_a_clean_tree_has_no_findings(self):
        self.assertEqual(findings_of(CLEAN), [])

    def test_each_broken_rule_is_found_where_it_is_broken(self):
        for rule, cases in BROKEN.items():
            if rule == "formatting" and not shutil.which("clang-format-14"):
                continue
            for name, change, where in cases:
                with self.subTest(rule=rule, case=name):
                    self.assertEqual(findings_of(CLEAN | change), [where])

    def test_every_rule_has_been_broken(self):
        self.assertEqual({rule.__name__ for rule in tidy.RULES}, set(BROKEN))


if __name__ == "__main__":
    unittest.main()
