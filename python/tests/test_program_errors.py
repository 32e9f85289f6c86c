# SPDX-License-Identifier: Apache-2.0
"""What the program refuses, by the tests of the program itself: within Python each is an exception with the same words,
and the process goes on."""

import importlib
import inspect
import os
import pathlib
import sys
import unittest

import numpy as np
import pytest

import agront
from agront import _core
from conftest import ROOT

SHORT = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
MODULES = ("test_bad_input", "test_labels", "test_regions", "test_score", "test_corpus")

if not os.environ.get("AGRONT"):
    pytest.skip("AGRONT is not set: expected the program's path", allow_module_level=True)
sys.path.insert(0, str(ROOT / "tests/cli"))
support = importlib.import_module("support")


def cases():
    """The tests that refuse something within their process."""
    for name in MODULES:
        module = importlib.import_module(name)
        for suite in unittest.defaultTestLoader.loadTestsFromModule(module):
            for case in suite:
                method = getattr(case, case._testMethodName)
                source = inspect.getsource(method)
                if "refuse" in source and "subprocess" not in source and "environment=" not in source:
                    yield pytest.param(case, id=f"{type(case).__name__}-{case._testMethodName}")


@pytest.fixture
def refused(monkeypatch, model):
    """How often Python refused what the program does."""
    of_program = support.ProgramTest.refuse
    count = 0

    def refuse(self, *arguments, status=1, says=(), output=None, **options):
        nonlocal count
        if options:  # standard input or variables, which are those of this process
            return of_program(self, *arguments, status=status, says=says, output=output, **options)
        before = sorted(self.folder.iterdir())
        words = [os.fsencode(word if isinstance(word, pathlib.Path) else str(word)) for word in arguments]
        with pytest.raises(agront.Error) as caught:
            _core.run_command(words, "agront.test()", None, 0.0, None)
        message = str(caught.value)
        assert isinstance(caught.value, agront.UsageError) == (status == 2), message
        assert len(message.splitlines()) == 1 and message.isprintable()
        for text in says:
            assert text in message
        assert sorted(self.folder.iterdir()) == before, "something was left behind"
        assert np.isfinite(model.embed([SHORT])).all()
        count += 1
        return message

    monkeypatch.setattr(support.ProgramTest, "refuse", refuse)
    return lambda: count


@pytest.mark.parametrize("case", list(cases()))
def test_refusals(case, refused):
    case.debug()
    assert refused() > 0
