# SPDX-License-Identifier: Apache-2.0
"""Fine-tuned models."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._inputs import integer, path_of, resolve, switch, word
from ._progress import ProgressOption, heard
from ._results import Places, places_of
from ._types import Path, Precision, Sequences, Strands

if TYPE_CHECKING:
    import pandas


class Predictions(NamedTuple):
    """What a fine-tuned model says: a row a sequence, or for tasks per token a row a token."""

    values: NDArray[np.float64]  #: float64 [rows, outputs]: probabilities, or numbers in the units of the training labels
    outputs: list[str]  #: what the columns are
    places: Places

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas.DataFrame with the places and a column for each output."""
        frame = self.places.to_pandas()
        for i, name in enumerate(self.outputs):
            frame[name] = self.values[:, i]
        return frame


class Predictor:
    """A model that `agront.finetune` wrote, or a classifier of Hugging Face (EsmForSequenceClassification,
    EsmForTokenClassification), or such a classifier's adapter as PEFT saves it.

    base: the base model, when it is not where it was when the model was fine-tuned.
    strands: "forward", or "both" for the mean of the predictions of both strands.
    any_length: also take sequences much shorter or longer than those of the training.
    precision, threads, device: as `agront.load`. batch_tokens: as `Model.embed`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        base: Path | None = None,
        precision: Precision = "fp32",
        threads: int | None = None,
        strands: Strands = "forward",
        any_length: bool = False,
        batch_tokens: int | None = None,
        device: str = "cpu",
    ) -> None:
        self._folder = folder
        if batch_tokens is None:
            batch_tokens = _core.batch_tokens_of(word(device, "device"))
        self._opened = _core.Predictor(
            path_of(folder, "folder"),
            b"" if base is None else path_of(base, "base"),
            word(precision, "precision"),
            0 if threads is None else integer(threads, "threads"),
            word(strands, "strands"),
            switch(any_length, "any_length"),
            integer(batch_tokens, "batch_tokens"),
            word(device, "device"),
        )

    def __repr__(self) -> str:
        return f"<agront.Predictor {self._folder}: {self.task}, {', '.join(self.outputs)[:60]}>"

    @property
    def task(self) -> str:
        """"binary", "multiclass", "multilabel", "regression" or "token"."""
        return self._opened.task

    @property
    def outputs(self) -> list[str]:
        """What the columns of predictions are: classes, labels or numbers."""
        return list(self._opened.outputs)

    @property
    def binary_words(self) -> list[str]:
        """Of a binary task the labels for 0 and for 1, where they are other than 0 and 1."""
        return list(self._opened.binary_words)

    def predict(self, sequences: Sequences, *, progress: ProgressOption = True) -> Predictions:
        """Predictions of sequences (as `Model.embed` takes them). Raises Error "sequence 3: ..." for letters that are
        no bases and for lengths that the model was not trained for."""
        given = resolve(sequences)
        with heard(progress) as heard_by:
            values, where = self._opened.predict(given.what, given.names, *heard_by)
        return Predictions(values, self.outputs, places_of(where, given.records))
