# SPDX-License-Identifier: Apache-2.0
"""The types of signatures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol, Union

import numpy as np
from numpy.typing import NDArray

Path = Union[str, os.PathLike[str]]
Precision = Literal["fp32", "bf16", "int8", "tf32", "auto"]
Masking = Literal["sevenths", "alone"]
Strands = Literal["forward", "both"]
Score = Literal["llr", "marginal", "pll"]

#: 0 (embeddings), K (after block K), "last" (after the final LayerNorm), "last:raw" (before it).
Layer = Union[int, "np.integer[Any]", Literal["last", "last:raw"]]
#: More than one, which results have as keys.
Layers = Union[Literal["all"], list[Any], tuple[Layer, ...], range, NDArray["np.integer[Any]"]]

RowPooling = Literal["mean", "max", "cls"]
Pooling = Literal["mean", "max", "cls", "none"]

Floats = NDArray[np.float32]
FloatsByLayer = dict[Union[int, str], Floats]  #: the keys are the layers as asked


class WithSequence(Protocol):
    """pysam.FastxRecord."""

    @property
    def sequence(self) -> str | None: ...


class WithSeq(Protocol):
    """pyfaidx.Sequence, Bio.SeqRecord."""

    @property
    def seq(self) -> Any: ...


class OpenFasta(Protocol):
    """pysam.FastaFile."""

    @property
    def references(self) -> Sequence[str]: ...
    def fetch(self, *arguments: Any, **keywords: Any) -> str: ...


#: A path of a FASTA file, an iterable of str (or of records with a name and bases, as pyfaidx, pysam and Biopython have
#: them), or an open ``pysam.FastaFile`` or ``pyfaidx.Fasta``.
Sequences = Union[Path, Iterable[str], Iterable[WithSequence], Iterable[WithSeq], OpenFasta]

#: A FASTA file, an open ``pysam.FastaFile`` or ``pyfaidx.Fasta``, records with a name and bases, or a mapping of names
#: to bases.
Genome = Union[Path, OpenFasta, Iterable[WithSequence], Iterable[WithSeq], Mapping[str, str]]
