# SPDX-License-Identifier: Apache-2.0
"""The type stubs say what the package is."""

import pathlib
import re
import subprocess
import sys

import pytest

import agront

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSTALLED = pathlib.Path(agront.__file__).parent


def test_stubs_are_those_of_the_sources():
    pytest.importorskip("nanobind")
    tool = [sys.executable, str(ROOT / "tools/make_python_stubs.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_stubs_are_installed():
    for name in ("_jobs.pyi", "_core.pyi", "py.typed"):
        assert (INSTALLED / name).read_bytes() == (ROOT / "python/agront" / name).read_bytes()


def errors_of(path, cache, *options):
    """The lines in which mypy finds errors, and all that it says."""
    api = pytest.importorskip("mypy.api")
    said, _, _ = api.run(["--strict", "--cache-dir", str(cache), *options, str(path)])
    return {int(line) for line in re.findall(r":([0-9]+): error:", said)}, said


def test_right_calls_have_their_types(tmp_path):
    wrong, said = errors_of(ROOT / "python/tests/types/right.py", tmp_path)
    assert not wrong and "Success" in said, said


def test_wrong_calls_are_found(tmp_path):
    path = ROOT / "python/tests/types/wrong.py"
    marked = {number for number, line in enumerate(path.read_text().splitlines(), 1) if line.endswith("  # wrong")}
    found, said = errors_of(path, tmp_path)
    assert found == marked and len(marked) > 30, said


def test_the_package_keeps_its_own_types(tmp_path):
    # What may be there or not has no types here: scikit-learn's classes are the base of ours.
    options = ["--ignore-missing-imports", "--disable-error-code=import-untyped", "--allow-subclassing-any"]
    wrong, said = errors_of(ROOT / "python/agront", tmp_path, *options, "--allow-any-generics")  # nanobind writes "tuple"
    assert not wrong and "Success" in said, said
