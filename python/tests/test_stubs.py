# SPDX-License-Identifier: Apache-2.0
"""The type stubs say what the package is."""

import pathlib
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


def test_types_help_those_who_call(tmp_path):
    api = pytest.importorskip("mypy.api")
    (tmp_path / "right.py").write_text(
        "import agront\n"
        "metrics = agront.finetune(task='binary', train='x.fa', method='probe', output='run')\n"
        "print(metrics['test'], agront.load().embed(['ACGTAC'], layers=[1, 'last']))\n"
        "print(agront.__version__, agront.tokenize('ACGTAC').ids.shape, agront.load().unmask('x.fa').kmers())\n"
    )
    (tmp_path / "wrong.py").write_text("import agront\nagront.finetune(output='run', method='magic', trian='x.fa')\n")
    said, _, status = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "right.py")])
    assert status == 0, said
    said, _, status = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "wrong.py")])
    assert status == 1 and "trian" in said and "method" in said
