# SPDX-License-Identifier: Apache-2.0
"""Sequences as tokens, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._errors import Error
from ._inputs import integer, word
from ._results import Tokens


def _expect_one(bases: str) -> None:
    if not isinstance(bases, str):
        raise TypeError(f"bases: expected one sequence as a str, got {type(bases).__name__}")
    word(bases, "bases")


def tokenize(bases: str, max_tokens: int | None = None) -> Tokens:
    """One sequence as 6-mer tokens: <cls>, then 6-mers from the left, single letters for the rest and for N.

    Raises Error for letters that are no bases and, with `max_tokens`, for a longer sequence.
    """
    _expect_one(bases)
    most = -1 if max_tokens is None else integer(max_tokens, "max_tokens")
    return Tokens(*_core.tokenize(bases, most))


def decode(ids: Sequence[int] | NDArray[np.integer[Any]]) -> str:
    """The bases of token ids (whole numbers [T]); `<mask>` for a mask."""
    array = np.asarray(ids)
    if array.shape == (0,):
        return ""
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"ids: expected whole numbers in one dimension, got {array.dtype} in {array.ndim}")
    if array.size and (array.min() < 0 or array.max() >= _core.VOCABULARY_SIZE):
        raise Error(f"ids: expected 0 to {_core.VOCABULARY_SIZE - 1}, got {array.min()} to {array.max()}")
    return _core.decode(np.ascontiguousarray(array, dtype=np.int32))


def reverse_complement(bases: str) -> str:
    """The other strand, read 5' to 3', in upper case; IUPAC codes become N."""
    _expect_one(bases)
    return _core.reverse_complement(bases)
