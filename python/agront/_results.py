# SPDX-License-Identifier: Apache-2.0
"""What the calls of a model give, beside plain arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._inputs import Record
from ._types import Floats, FloatsByLayer

if TYPE_CHECKING:
    import pandas
    import polars


class Shape(NamedTuple):
    """The sizes of a model."""

    vocabulary: int
    hidden: int  #: channels of a hidden state
    heads: int
    layers: int
    ffn: int  #: channels inside the feed-forward
    max_tokens: int  #: of a window, <cls> included


class Tokens(NamedTuple):
    """A sequence as the model reads it. Token i stands for the bases begin[i] to end[i], 0-based half-open."""

    ids: NDArray[np.int32]  #: int32 [T], <cls> first
    begin: NDArray[np.int64]  #: int64 [T]
    end: NDArray[np.int64]  #: int64 [T]

    @property
    def texts(self) -> list[str]:
        """["<cls>", "ATTCCG", ..., "N"]"""
        return [_core.token_text(int(id)) for id in self.ids]


class Places(NamedTuple):
    """Where each row lies: its record, and the bases of it, 0-based half-open."""

    name: NDArray[np.str_]  #: str [rows], of the record; its number where it has none
    chrom: NDArray[np.str_]  #: str [rows], of the sequence that the record was cut from, or the record's name
    start: NDArray[np.int64]  #: int64 [rows], in chrom
    end: NDArray[np.int64]  #: int64 [rows]
    strand: NDArray[np.str_]  #: str [rows], "+" or "-"
    record: NDArray[np.int64]  #: int64 [rows], number of the record in the input

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas.DataFrame with a column each."""
        import pandas

        return pandas.DataFrame(self._asdict())

    def to_polars(self) -> polars.DataFrame:
        """A polars.DataFrame with a column each."""
        import polars

        return polars.DataFrame({key: list(value) for key, value in self._asdict().items()})


def places_of(raw: Any, records: list[Record] | None) -> Places:
    """`raw`: record, start, end of each row, and the names of the records that have rows."""
    record, start, end, names = raw
    known = np.array(names, dtype=object)
    _, row_of = np.unique(record, return_inverse=True) if len(record) else (None, record)
    name = known[row_of].astype(str) if len(record) else np.array([], dtype=str)
    chrom, strand = name, np.full(len(record), "+")
    if records is not None and any(r.chrom is not None for r in records):
        of_row = [records[i] for i in record]
        chrom = np.array([r.chrom if r.chrom is not None else n for r, n in zip(of_row, name)])
        strand = np.array(["-" if r.reverse else "+" for r in of_row])
        offset = np.array([r.end if r.reverse else r.start for r in of_row], dtype=np.int64)
        is_reverse = strand == "-"
        start, end = (
            np.where(is_reverse, offset - end, offset + start),
            np.where(is_reverse, offset - start, offset + end),
        )
    return Places(name, chrom, start, end, strand, record)


class Unmasked(NamedTuple):
    """What a model expects where 6-mers are masked: a row for each of them."""

    places: Places
    ids: NDArray[np.int32]  #: int32 [rows, top], the likeliest 6-mers, best first
    probability: NDArray[np.float32]  #: float32 [rows, top], over the whole vocabulary
    true_id: NDArray[np.int32]  #: int32 [rows], the 6-mer that stands there; -1 where that is not known
    true_probability: NDArray[np.float32]  #: float32 [rows]; nan where that is not known
    bases: NDArray[np.float32] | None  #: with per_base float32 [rows, 6, 4], the probabilities of A, C, G, T

    def kmers(self) -> NDArray[np.str_]:
        """The texts of `ids`, str [rows, top]."""
        texts = {int(id): _core.token_text(int(id)) for id in np.unique(self.ids)}
        return np.array([texts[int(id)] for id in self.ids.ravel()], dtype="U6").reshape(self.ids.shape)

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas.DataFrame with a row for each 6-mer and rank, as `agront unmask` writes."""
        import pandas

        rows, top = self.ids.shape
        places = self.places.to_pandas().loc[np.repeat(np.arange(rows), top)].reset_index(drop=True)
        places["rank"] = np.tile(np.arange(1, top + 1), rows)
        places["kmer"] = self.kmers().ravel()
        places["probability"] = self.probability.ravel()
        true = [_core.token_text(int(id)) if id >= 0 else None for id in self.true_id]
        places["true"] = np.repeat(np.array(true, dtype=object), top)
        places["true_probability"] = np.repeat(self.true_probability, top)
        return places


class TokenRows(NamedTuple):
    """Rows of tokens, of all windows one after the other: window i has the rows offsets[i] to offsets[i + 1]."""

    values: Floats  #: float32 [tokens, channels]
    offsets: NDArray[np.int64]  #: [windows + 1]


class LayerTokenRows(NamedTuple):
    """TokenRows of several layers."""

    values: FloatsByLayer  #: by the layers as asked float32 [tokens, channels]
    offsets: NDArray[np.int64]  #: [windows + 1]
