# SPDX-License-Identifier: Apache-2.0
"""Sequences as tokens, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._errors import Error
from ._inputs import integer
from ._results import Tokens


def tokenize(bases: str, max_tokens: int | None = None) -> Tokens:
    """One sequence as 6-mer tokens: <cls>, then 6-mers from the left, single letters for the rest and for N.

    Raises Error for letters that are no bases and, with `max_tokens`, for a longer sequence.
    """
    if not isinstance(bases, str):
        raise TypeError(f"bases: expected one sequence as a str, got {type(bases).__name__}")
    most = -1 if max_tokens is None else integer(max_tokens, "max_tokens")
    return Tokens(*_core.tokenize(bases, most))


def decode(ids: Sequence[int] | NDArray[np.integer[Any]]) -> str:
    """The bases of token ids (whole numbers [T]); `<mask>` for a mask."""
    array = np.asarray(ids) if len(ids) else np.zeros(0, np.int32)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"ids: expected whole numbers in one dimension, got {array.dtype} in {array.ndim}")
    if array.size and (array.min() < 0 or array.max() >= _core.VOCABULARY_SIZE):
        raise Error(f"ids: expected 0 to {_core.VOCABULARY_SIZE - 1}, got {array.min()} to {array.max()}")
    return _core.decode(np.ascontiguousarray(array, dtype=np.int32))


def reverse_complement(bases: str) -> str:
    """The other strand, read 5' to 3', in upper case; IUPAC codes become N."""
    if not isinstance(bases, str):
        raise TypeError(f"bases: expected one sequence as a str, got {type(bases).__name__}")
    return _core.reverse_complement(bases)
