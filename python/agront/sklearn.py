# SPDX-License-Identifier: Apache-2.0
"""Embeddings in pipelines of scikit-learn.

    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from agront.sklearn import Embedder

    probe = make_pipeline(Embedder(layer=2), LogisticRegression(max_iter=1000))
    probe.fit(sequences, labels)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from ._errors import UsageError
from ._load import load
from ._model import Model
from ._progress import ProgressOption
from ._types import Floats, Layer, Path, Precision, RowPooling

__all__ = ["Embedder"]


class Embedder(TransformerMixin, BaseEstimator):
    """Turns a list of sequences into embeddings, float32 [sequences, channels]. There is nothing to fit.

    model: a name or a folder, as `agront.load` takes it, or an open agront.Model. The weights are shared by all
        estimators of the same files, so that clones and grid searches in one process hold them once.
    layer: 0, K, "last" or "last:raw". pooling: "mean", "max" or "cls".
    precision, adapter, threads, device: as `agront.load`; not for an open model. batch_tokens, progress: as `Model.embed`.

    Processes (n_jobs) bring nothing: one call has all cores. Pickled, it is the model's source, not its weights.
    """

    def __init__(
        self,
        model: Path | Model = "agront-mini",
        *,
        layer: Layer = "last",
        pooling: RowPooling = "mean",
        precision: Precision = "fp32",
        adapter: Path | None = None,
        threads: int | None = None,
        device: str = "cpu",
        batch_tokens: int | None = None,
        progress: ProgressOption = False,
    ) -> None:
        self.model = model
        self.layer = layer
        self.pooling = pooling
        self.precision = precision
        self.adapter = adapter
        self.threads = threads
        self.device = device
        self.batch_tokens = batch_tokens
        self.progress = progress

    def _open(self) -> Model:
        if isinstance(self.model, Model):
            return self.model
        return load(self.model, self.precision, self.threads, self.adapter, self.device)

    def fit(self, X: Any, y: Any = None) -> Embedder:
        """Opens the model, to say what is wrong with it. Sequences are not read."""
        self.n_channels_ = self._open().shape.hidden
        return self

    def transform(self, X: Any) -> Floats:
        """Embeddings of sequences: a list, an array or a Series of str, an array [n, 1] of them, or a FASTA file."""
        pooling: str = self.pooling
        if pooling == "none":
            raise UsageError("pooling: expected mean, max or cls, which give a row a sequence, got 'none'")
        if not isinstance(self.layer, (int, np.integer, str)) or self.layer == "all":
            raise UsageError("layer: expected one")
        if len(getattr(X, "shape", ())) == 2:  # an array or a DataFrame with one column
            if X.shape[1] != 1:
                raise UsageError(f"X: expected one column of sequences, got {X.shape[1]}")
            X = np.asarray(X)[:, 0]
        model = self._open()
        rows = model.embed(X, self.layer, self.pooling, batch_tokens=self.batch_tokens, progress=self.progress)
        self.n_channels_ = rows.shape[1]
        return rows

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the channels: layer_last_0, layer_last_1, ..."""
        layer = str(self.layer).replace(":", "_")
        return np.array([f"layer_{layer}_{i}" for i in range(self._channels())], dtype=object)

    def _channels(self) -> int:
        if not hasattr(self, "n_channels_"):
            self.n_channels_ = self._open().shape.hidden
        return self.n_channels_

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _more_tags(self) -> dict[str, Any]:  # scikit-learn before 1.6
        return {"requires_fit": False, "stateless": True, "X_types": ["string"], "no_validation": True}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags
