# SPDX-License-Identifier: Apache-2.0
"""What a model in memory is: where it comes from, and how it works."""

from __future__ import annotations

import os
from typing import Any

from . import _core
from ._errors import Error
from ._inputs import integer, path_of, word
from ._results import Shape
from ._types import Path, Precision


class Handle:
    """Opens a model, and opens it again where it was pickled."""

    def __init__(
        self,
        name_or_folder: Path = "agront-mini",
        precision: Precision = "fp32",
        threads: int | None = None,
        adapter: Path | None = None,
        device: str = "cpu",
    ) -> None:
        self._source = os.fspath(name_or_folder) if isinstance(name_or_folder, os.PathLike) else name_or_folder
        self._adapter = adapter
        self._threads = 0 if threads is None else integer(threads, "threads")
        self._precision = word(precision, "precision")
        self._device = word(device, "device")
        self._expected_hash: str | None = None
        self._opened: _core.Model | None = None
        path_of(self._source, "name_or_folder")
        self._open()

    def _open(self) -> _core.Model:
        if self._opened is None:
            adapter = b"" if self._adapter is None else path_of(self._adapter, "adapter")
            source = path_of(self._source, "name_or_folder")
            model = _core.Model(source, adapter, self._precision, self._threads, self._device)
            if self._expected_hash is not None and model.hash() != self._expected_hash:
                raise Error(
                    f"{self._source}: expected the model that was pickled, with hash {self._expected_hash[:12]}..., got "
                    f"one with {model.hash()[:12]}..."
                )
            self._opened = model
        return self._opened

    def __getstate__(self) -> dict[str, Any]:
        return {
            "_source": self._source,
            "_adapter": self._adapter,
            "_threads": self._threads,
            "_precision": self._precision,
            "_device": self._device,
            "_expected_hash": self._expected_hash or self._open().hash(),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _opened=None)

    def __repr__(self) -> str:
        shape = self.shape
        return (
            f"<agront.Model {self._source}: {shape.layers} layers, {shape.hidden} channels, {self.precision}, windows of "
            f"{shape.max_tokens} tokens>"
        )

    @property
    def shape(self) -> Shape:
        """The model's sizes."""
        return Shape(*self._open().shape)

    @property
    def precision(self) -> str:
        """"fp32", "bf16", "int8" or "tf32": the number format of the matrix products."""
        return self._open().precision

    @property
    def hash(self) -> str:
        """The SHA-256 by which other programs of agront know the model."""
        return self._open().hash()

    def set_threads(self, threads: int | None) -> None:
        """Threads of the later calls of this handle; None: one per core that the process may use."""
        self._threads = 0 if threads is None else integer(threads, "threads")
        self._open().set_threads(self._threads)

    def _tokens(self, batch_tokens: int | None) -> int:
        return _core.batch_tokens_of(self._device) if batch_tokens is None else integer(batch_tokens, "batch_tokens")
