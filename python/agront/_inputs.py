# SPDX-License-Identifier: Apache-2.0
"""What calls take: sequences in memory or a FASTA file, paths, words and numbers."""

from __future__ import annotations

import dataclasses
import operator
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from . import _core
from ._errors import MissingFileError, UsageError

#: Numbers are below this and above its negative.
_BOUND = 2**31


@dataclasses.dataclass
class Record:
    """One sequence, and where it lies."""

    bases: str
    name: str | None = None
    chrom: str | None = None
    start: int = 0
    end: int | None = None
    reverse: bool = False


def path_of(path: Any, what: str = "path") -> bytes:
    """As the file system has it. Raises TypeError for what is no path."""
    if isinstance(path, (str, os.PathLike)):
        raw = os.fsencode(path)
        if b"\0" in raw:
            raise ValueError(f"{what}: expected one without a null character")
        return raw
    raise TypeError(f"{what}: expected a str or a path, got {type(path).__name__}")


def integer(value: Any, what: str) -> int:
    """A whole number. Raises TypeError for what is none, True among it."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{what}: expected a whole number, got {type(value).__name__}")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what}: expected a whole number, got {type(value).__name__}") from None
    if not -_BOUND < number < _BOUND:
        raise UsageError(f"{what}: expected a number below {_BOUND}, got one of {number.bit_length()} bits")
    return number


def switch(value: Any, what: str) -> bool:
    """Raises TypeError for what is neither True nor False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{what}: expected True or False, got {type(value).__name__}")
    return bool(value)


def word(value: Any, what: str) -> str:
    """Raises TypeError for what is no str, ValueError for half a character (a lone surrogate)."""
    if not isinstance(value, str):
        raise TypeError(f"{what}: expected a str, got {type(value).__name__}")
    try:
        if not value.isascii():
            value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what}: expected a text, got half a character at {error.start}") from None
    return value


def is_path(what: Any) -> bool:
    return isinstance(what, (str, os.PathLike))


def fasta_path(path: Any) -> bytes:
    """A FASTA file's. Raises MissingFileError when it is not there, as for bases that were taken for a path."""
    raw = path_of(path)
    if raw != b"-" and not os.path.exists(raw):
        text = os.fsdecode(raw)
        short = text if len(text) <= 60 else text[:57] + "..."
        raise MissingFileError(f"{short!r}: no such file; pass a list for sequences")
    return raw


def records_of(what: Any) -> Iterator[Record]:
    """The sequences of anything but a path, one by one. Raises TypeError for what has none."""
    if what is None or isinstance(what, (bytes, bytearray, Mapping)):
        raise TypeError(f"sequences: expected a list of str or the path of a FASTA file, got {type(what).__name__}")
    if hasattr(what, "references") and hasattr(what, "fetch"):  # pysam.FastaFile
        for name in what.references:
            yield Record(what.fetch(name), name)
        return
    if hasattr(what, "faidx") and hasattr(what, "keys"):  # pyfaidx.Fasta
        for name in what.keys():
            yield Record(str(what[name]), name)
        return
    try:
        items = iter(what)
    except TypeError:
        raise TypeError(
            f"sequences: expected a list of str or the path of a FASTA file, got {type(what).__name__}"
        ) from None
    for number, item in enumerate(items):
        yield _record_of(item, number)


def _record_of(item: Any, number: int) -> Record:
    if isinstance(item, str):
        return Record(item)
    sequence = getattr(item, "sequence", None)  # pysam.FastxRecord
    if isinstance(sequence, str):
        return Record(sequence, _name_of(item))
    sequence = getattr(item, "seq", None)  # pyfaidx.Sequence, Bio.SeqRecord
    if sequence is not None and not isinstance(sequence, (bytes, bytearray)):
        start, end = getattr(item, "start", None), getattr(item, "end", None)
        record = Record(str(sequence), _name_of(item))
        if isinstance(start, int) and isinstance(end, int):  # pyfaidx counts from 1, both ends included
            low, high = min(start, end) - 1, max(start, end)
            if high - low == len(record.bases):
                record.chrom, record.start, record.end = record.name, low, high
                record.reverse = getattr(item, "orientation", 1) == -1
        return record
    if isinstance(getattr(item, "long_name", None), str):  # pyfaidx.FastaRecord
        return Record(str(item), _name_of(item))
    raise TypeError(f"sequence {number}: expected a str, got {type(item).__name__}")


def _name_of(item: Any) -> str | None:
    for attribute in ("name", "id"):
        name = getattr(item, attribute, None)
        if isinstance(name, str) and name:
            return name
    return None


@dataclasses.dataclass
class Input:
    """As the compiled part takes it: a path, or bases and names."""

    what: bytes | list[str]
    names: list[str] | None
    records: list[Record] | None


def _of_records(records: list[Record], first: int = 0) -> Input:
    names = None
    if first or any(record.name for record in records):
        names = [record.name or str(first + i) for i, record in enumerate(records)]
    return Input([record.bases for record in records], names, records)


def resolve(what: Any) -> Input:
    """All of it."""
    if is_path(what):
        return Input(fasta_path(what), None, None)
    if type(what) is list and all(type(item) is str for item in what):
        return Input(what, None, None)
    return _of_records(list(records_of(what)))


def chunks(what: Any, bases: int) -> Iterator[Input]:
    """Parts of about as many bases, or one longer sequence."""
    records: list[Record] = []
    count = first = 0
    for record in _read_fasta(what) if is_path(what) else records_of(what):
        if records and count + len(record.bases) > bases:
            yield _of_records(records, first)
            first += len(records)
            records, count = [], 0
        records.append(record)
        count += len(record.bases)
    if records:
        yield _of_records(records, first)


def _read_fasta(path: Any) -> Iterator[Record]:
    reader = _core.FastaReader(fasta_path(path))
    while (record := reader.read()) is not None:
        name, bases = record
        yield Record(bases, name)
