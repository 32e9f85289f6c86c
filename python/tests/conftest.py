# SPDX-License-Identifier: Apache-2.0
"""What the tests share. The model is the small one inside the package; the program, where there is one, is $AGRONT."""

import os
import pathlib
import random

import pytest

import agront

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def model():
    return agront.load()


@pytest.fixture(scope="session")
def long_bases(model):
    """More than two windows of the model."""
    draw = random.Random(7)
    return "".join(draw.choice("ACGT") for _ in range(15 * model.shape.max_tokens))


@pytest.fixture(scope="session")
def program():
    path = os.environ.get("AGRONT")
    if not path:
        pytest.skip("AGRONT is not set: expected the program's path")
    return path


@pytest.fixture
def fasta(tmp_path, long_bases):
    path = tmp_path / "x.fa"
    path.write_text(f">one first\nATTCCGAAATCGCTGACCGATCGTACGAAA\n>two\nATTTCTCTCTNTCgattaca\n>long\n{long_bases}\n")
    return path
