# SPDX-License-Identifier: Apache-2.0
"""Variants of other packages, and their scores."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Union

import numpy as np
from numpy.typing import NDArray

from ._inputs import Input, Record, fasta_path, is_path, records_of
from ._types import Genome

if TYPE_CHECKING:
    import pandas

#: Records of pysam or cyvcf2, tuples (chrom, start, ref, alt) with start from 0 and alt a str or several, or a table
#: (a mapping or a DataFrame) with these four columns.
Variants = Union[Iterable[Any], Mapping[str, Any]]

_COLUMNS = ("chrom", "start", "ref", "alt")
_BOUND = 2**62


class VariantScores(NamedTuple):
    """Scores of variants, a row for each alternative allele. They are natural logarithms, below 0 where the alternative
    is less likely than the reference, and nan where a score is not defined or was not asked for."""

    record: NDArray[np.int64]  #: int64 [rows], number of the variant in the input
    chrom: NDArray[np.str_]  #: str [rows]
    start: NDArray[np.int64]  #: int64 [rows], 0-based
    ref: NDArray[np.str_]  #: str [rows]
    alt: NDArray[np.str_]  #: str [rows]
    status: NDArray[np.str_]  #: str [rows], "scored" or why not, as in AGRONT_STATUS
    llr: NDArray[np.float64]  #: float64 [rows]
    llr_f6: NDArray[np.float64]  #: float64 [rows], with frames=6 the mean over all places of the 6-mer
    marginal: NDArray[np.float64]  #: float64 [rows]
    marginal_f6: NDArray[np.float64]  #: float64 [rows]
    pll: NDArray[np.float64]  #: float64 [rows]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas.DataFrame with a column each, but for scores that no row has."""
        import pandas

        frame = pandas.DataFrame(self._asdict())
        return frame.drop(columns=[name for name in self._fields[6:] if len(frame) and frame[name].isna().all()])


class Alleles:
    """Gives (chrom, start, ref, alt, length) of each alternative, and keeps what it gave."""

    def __init__(self, variants: Variants) -> None:
        self.record: list[int] = []
        self.rows: list[tuple[str, int, str, str]] = []
        self._variants = _rows_of(variants)

    def __iter__(self) -> Iterator[tuple[str, int, str, str, int]]:
        for number, item in enumerate(self._variants):
            chrom, start, ref, alternatives, end = _fields_of(item, number)
            for alt in alternatives:
                self.record.append(number)
                self.rows.append((chrom, start, ref, alt))
                yield chrom, start, ref, alt, max(0, end - start - 1) if alt.startswith("<") else 0

    def scored(self, status: list[str], *scores: np.ndarray) -> VariantScores:
        """As the compiled part gives them."""
        chrom, start, ref, alt = zip(*self.rows) if self.rows else ((),) * 4
        texts = [np.array(column, dtype=str) for column in (chrom, ref, alt, status)]
        places = np.array(self.record, dtype=np.int64), np.array(start, dtype=np.int64)
        return VariantScores(places[0], texts[0], places[1], *texts[1:], *scores)


def _rows_of(variants: Any) -> Iterable[Any]:
    if is_path(variants):
        raise TypeError("variants: expected records or tuples, got a path; agront.score reads files")
    if variants is None or isinstance(variants, (bytes, bytearray)):
        raise TypeError(f"variants: expected records or tuples, got {type(variants).__name__}")
    if isinstance(variants, Mapping) or hasattr(variants, "iloc"):
        missing = [name for name in _COLUMNS if name not in variants]
        if missing:
            raise ValueError(f"variants: expected the columns {', '.join(_COLUMNS)}, got none named {missing[0]}")
        columns = [np.asarray(variants[name]).tolist() for name in _COLUMNS]
        if len(set(map(len, columns))) > 1:
            raise ValueError(f"variants: expected columns of one length, got {sorted(set(map(len, columns)))}")
        return zip(*columns)
    try:
        rows: Iterator[Any] = iter(variants)
        return rows
    except TypeError:
        raise TypeError(f"variants: expected records or tuples, got {type(variants).__name__}") from None


def _fields_of(item: Any, number: int) -> tuple[str, int, str, tuple[str, ...], int]:
    """(chrom, start, ref, alternatives, end) of a record."""
    if hasattr(item, "CHROM"):  # cyvcf2
        fields = item.CHROM, item.start, item.REF, item.ALT, item.end
    elif hasattr(item, "alts"):  # pysam
        fields = item.chrom, item.start, item.ref, item.alts or (), item.stop
    else:
        try:
            chrom, start, ref, alt = item
        except (TypeError, ValueError):
            raise TypeError(f"variant {number}: expected (chrom, start, ref, alt), got {item!r:.60}") from None
        fields = chrom, start, ref, (alt,) if isinstance(alt, str) else alt, 0
    chrom, start, ref, alternatives, end = fields
    try:
        start, alternatives = operator.index(start), tuple(alternatives)
    except TypeError:
        raise TypeError(f"variant {number}: expected a whole number and alleles, got {item!r:.60}") from None
    if not -_BOUND < start < _BOUND:
        raise ValueError(f"variant {number}: expected a start below 2**62, got one of {start.bit_length()} bits")
    for text in (chrom, ref, *alternatives):
        if not isinstance(text, str):
            raise TypeError(f"variant {number}: expected str for names and alleles, got {type(text).__name__}")
    return chrom, start, ref, alternatives, end


def genome_of(genome: Genome) -> Input:
    """As the compiled part takes it."""
    if is_path(genome):
        return Input(fasta_path(genome), None, None)
    if isinstance(genome, Mapping):
        records = [Record(bases, name) for name, bases in genome.items()]
    else:
        records = list(records_of(genome))
    for record in records:
        if not (isinstance(record.name, str) and isinstance(record.bases, str)):
            raise TypeError("genome: expected names and bases as str")
    return Input([record.bases for record in records], [record.name or "" for record in records], records)
