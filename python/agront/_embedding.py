# SPDX-License-Identifier: Apache-2.0
"""What `Model.embed` and `Model.embed_iter` are asked for."""

from __future__ import annotations

from typing import Any, TypeVar, Union

import numpy as np

from . import _core
from ._errors import UsageError
from ._inputs import Input, integer, switch, word
from ._progress import Heard

Thing = TypeVar("Thing")
Key = Union[int, str]


class Embedding:
    """Layers, pooling and the rest, checked once for all parts of an input."""

    def __init__(
        self, last: int, layers: Any, pooling: Any, batch_tokens: int, windows: Any = False, overlap: Any = 0
    ) -> None:
        self._keys, numbers, self._is_one = _layers_of(layers, last)
        self.is_per_token = pooling == "none"
        self._layers = numbers
        self._pooling = word(pooling, "pooling")
        self._is_by_window = switch(windows, "windows")
        self._overlap = integer(overlap, "overlap")
        self._batch_tokens = batch_tokens

    def run(self, model: _core.Model, given: Input, heard_by: Heard) -> Any:
        """(an array for each layer, offsets, places)"""
        return model.embed(
            given.what,
            given.names,
            *heard_by,
            self._layers,
            self._pooling,
            self._is_by_window,
            self._overlap,
            self._batch_tokens,
        )

    def by_layer(self, things: list[Thing]) -> Thing | dict[Key, Thing]:
        """The one thing, or a dict of them by the layers as asked."""
        return things[0] if self._is_one else dict(zip(self._keys, things))


def _layers_of(layers: Any, last: int) -> tuple[list[Key], list[tuple[int, bool]], bool]:
    """(keys as asked, the numbers of the layers and whether before the final LayerNorm, whether one was asked for)"""
    is_one = isinstance(layers, (int, np.integer, str)) and layers != "all"
    if isinstance(layers, str) and layers == "all":
        layers = range(last + 1)
    try:
        keys = [layers] if is_one else list(layers)
    except TypeError:
        raise TypeError(f"layers: expected a number, 'last' or a list, got {type(layers).__name__}") from None
    if not keys:
        raise UsageError("layers: expected one or more, got none")
    numbers = [_layer_of(key, last) for key in keys]
    if len(set(keys)) < len(keys):
        raise UsageError("layers: expected each once")
    return keys, numbers, is_one


def _layer_of(key: Any, last: int) -> tuple[int, bool]:
    if not isinstance(key, str):
        return integer(key, "layers"), False
    if key not in ("last", "last:raw"):
        raise UsageError(f"layers: expected a number, 'last', 'last:raw' or 'all', got {key!r:.60}")
    return last, key == "last:raw"
