# SPDX-License-Identifier: Apache-2.0
"""The Python lines of the documentation run."""

import subprocess
import sys

import pytest

from conftest import ROOT


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_lines_of_the_documentation(name):
    pytest.importorskip("sklearn")
    runner = [sys.executable, str(ROOT / "tools/wheel/run_documentation.py"), str(ROOT / name)]
    done = subprocess.run(runner, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
