# SPDX-License-Identifier: Apache-2.0
"""A model in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, Union

import numpy as np

from . import _core
from ._errors import Error, UsageError
from ._inputs import Input, Sequences, chunks, integer, path_of, resolve, word
from ._progress import ProgressOption, heard
from ._results import Shape, TokenRows, Tokens, Unmasked, places_of
from ._tokens import tokenize
from ._variants import Alleles, Genome, Variants, VariantScores, genome_of

Layer = Union[int, str]
_BATCH_TOKENS = 2048
_BASES_OF_TOKEN = 6


class Model:
    """A model of this family; `agront.load` opens one.

    Handles of the same files, precision, adapter and device share their weights, which go with the last handle. Several Python
    threads may call one model: calls wait for each other, and Python goes on meanwhile. Ctrl-C ends a call within a
    batch. A pickled model is its source and hash, and is opened when it is first used.
    """

    def __init__(
        self,
        name_or_folder: str | os.PathLike = "agront-mini",
        precision: str = "fp32",
        threads: int | None = None,
        adapter: str | os.PathLike | None = None,
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

    def tokenize(self, bases: str) -> Tokens:
        """One sequence as the model reads it. Raises Error where it is longer than the model's window."""
        return tokenize(bases, self.shape.max_tokens)

    def _layers(self, layers: Any) -> tuple[list[Layer], list[tuple[int, bool]], bool]:
        """(keys as asked, the numbers of the layers and whether before the final LayerNorm, whether there is one)"""
        last = self.shape.layers
        is_one = isinstance(layers, (int, np.integer, str)) and layers != "all"
        if isinstance(layers, str) and layers == "all":
            layers = list(range(last + 1))
        try:
            keys = [layers] if is_one else list(layers)
        except TypeError:
            raise TypeError(f"layers: expected a number, 'last' or a list, got {type(layers).__name__}") from None
        if not keys:
            raise UsageError("layers: expected one or more, got none")
        numbers = []
        for key in keys:
            if isinstance(key, str):
                if key not in ("last", "last:raw"):
                    raise UsageError(f"layers: expected a number, 'last', 'last:raw' or 'all', got {key!r:.60}")
                numbers.append((last, key == "last:raw"))
            else:
                numbers.append((integer(key, "layers"), False))
        if len(set(keys)) < len(keys):
            raise UsageError("layers: expected each once")
        return keys, numbers, is_one

    def _embed(
        self, given: Input, layers: Any, pooling: str, windows: bool, overlap: int, batch_tokens: int, heard_by: tuple
    ) -> tuple[dict[Layer, np.ndarray], np.ndarray, tuple, bool]:
        keys, numbers, is_one = self._layers(layers)
        arrays, offsets, places = self._open().embed(
            given.what,
            given.names,
            *heard_by,
            numbers,
            word(pooling, "pooling"),
            bool(windows),
            integer(overlap, "overlap"),
            integer(batch_tokens, "batch_tokens"),
        )
        return dict(zip(keys, arrays)), offsets, places, is_one

    def embed(
        self,
        sequences: Sequences,
        layers: Layer | Iterable[Layer] = "last",
        pooling: str = "mean",
        *,
        windows: bool = False,
        overlap: int = 0,
        places: bool = False,
        batch_tokens: int = _BATCH_TOKENS,
        progress: ProgressOption = True,
    ) -> Any:
        """Hidden states of sequences, as one row each.

        sequences: a list of str, the path of a FASTA file (plain, gzip or bgzip), or an open pysam.FastaFile or
            pyfaidx.Fasta. Letters may be in either case; IUPAC codes are read as N, U as T.
        layers: 0 (embeddings), K (after block K), "last" (after the final LayerNorm), "last:raw" (before it), "all", or
            a list of these.
        pooling: "mean" of the tokens without <cls>, "max", "cls", or "none" (a row for every token, <cls> first).
        windows: a row for each window of a long sequence, not for each sequence. Without it the mean counts each base
            once, and other poolings want sequences that fit into one window.
        overlap: bases that two windows of a sequence share.
        places: also give where each row lies.

        Returns a float32 array [sequences, channels]; for a list of layers a dict of these, by the layers as given. With
        pooling="none" TokenRows (values [tokens, channels], offsets [windows + 1]). With places=True a pair of this and
        Places. The arrays own what they show: nothing is copied.

        Raises Error "sequence 3: ..." for letters that are no bases, UsageError for layers that the model has not.
        """
        given = resolve(sequences)
        with heard(progress) as heard_by:
            values, offsets, where, is_one = self._embed(
                given, layers, pooling, windows, overlap, batch_tokens, heard_by
            )
        result: Any = next(iter(values.values())) if is_one else values
        if pooling == "none":
            result = TokenRows(result, offsets)
        return (result, places_of(where, given.records)) if places else result

    def embed_iter(
        self,
        sequences: Sequences,
        layers: Layer | Iterable[Layer] = "last",
        pooling: str = "mean",
        *,
        batch_tokens: int = _BATCH_TOKENS,
    ) -> Iterator[Any]:
        """The same for a stream, in memory that does not grow with it.

        Yields a row [channels] for each sequence, in order; for a list of layers a dict of rows. With pooling="none" an
        array [tokens, channels] for each. Takes a few batches of sequences from the stream at a time.
        """
        layers = layers if isinstance(layers, (int, np.integer, str)) else list(layers)
        self._layers(layers)
        bases = 8 * _BASES_OF_TOKEN * integer(batch_tokens, "batch_tokens")

        def rows() -> Iterator[Any]:
            for given in chunks(sequences, bases):
                with heard(None) as heard_by:
                    values, offsets, _, is_one = self._embed(given, layers, pooling, False, 0, batch_tokens, heard_by)
                for i in range(len(offsets) - 1):
                    if pooling == "none":
                        row = {key: value[offsets[i] : offsets[i + 1]] for key, value in values.items()}
                    else:
                        row = {key: value[i] for key, value in values.items()}
                    yield next(iter(row.values())) if is_one else row

        return rows()

    def logits(
        self,
        sequences: Sequences,
        *,
        probabilities: bool = False,
        windows: bool = False,
        places: bool = False,
        batch_tokens: int = _BATCH_TOKENS,
        progress: ProgressOption = True,
    ) -> Any:
        """The language model's output for every token, <cls> first.

        Returns TokenRows: values float32 [tokens, vocabulary], before the softmax or with probabilities=True after it,
        and offsets [windows + 1]. With places=True a pair of this and Places of the windows.
        """
        given = resolve(sequences)
        with heard(progress) as heard_by:
            values, offsets, where = self._open().logits(
                given.what,
                given.names,
                *heard_by,
                bool(probabilities),
                bool(windows),
                integer(batch_tokens, "batch_tokens"),
            )
        rows = TokenRows(values, offsets)
        return (rows, places_of(where, given.records)) if places else rows

    def attention(
        self, sequences: Sequences, maps: Iterable[tuple[int, int]], *, progress: ProgressOption = True
    ) -> list[np.ndarray]:
        """Attention probabilities of chosen heads.

        maps: pairs (layer from 1, head from 0). Returns for each sequence a float32 array [maps, T, T]: rows are
        queries, columns keys, <cls> first, and each row's sum is 1. Sequences fit into one window.
        """
        if not isinstance(maps, Iterable) or isinstance(maps, (str, bytes)):
            raise TypeError(f"maps: expected pairs (layer, head), got {type(maps).__name__}")
        pairs = []
        for pair in maps:
            try:
                layer, head = pair
            except (TypeError, ValueError):
                raise TypeError(f"maps: expected pairs (layer, head), got {pair!r:.60}") from None
            pairs.append((integer(layer, "maps"), integer(head, "maps")))
        if not pairs:
            raise UsageError("maps: expected one or more, got none")
        given = resolve(sequences)
        with heard(progress) as heard_by:
            return self._open().attention(given.what, given.names, *heard_by, pairs)

    def unmask(
        self,
        sequences: Sequences,
        *,
        every: bool = False,
        top: int = 5,
        per_base: bool = False,
        masking: str = "sevenths",
        batch_tokens: int = _BATCH_TOKENS,
        progress: ProgressOption = True,
    ) -> Unmasked:
        """What the model expects at each `<mask>` (six unknown bases), or with every=True at every full 6-mer.

        top: 6-mers to list, likeliest first. per_base: also the probabilities of A, C, G and T at each base. masking:
        "sevenths" hides every seventh token at a time, about the share of pretraining; "alone" one, at the cost of a
        pass a token. Long sequences are read in windows side by side.
        """
        given = resolve(sequences)
        with heard(progress) as heard_by:
            found = self._open().unmask(
                given.what,
                given.names,
                *heard_by,
                bool(every),
                word(masking, "masking"),
                integer(top, "top"),
                bool(per_base),
                integer(batch_tokens, "batch_tokens"),
            )
        return Unmasked(
            places_of(found["places"], given.records),
            found["ids"],
            found["probability"],
            found["true_id"],
            found["true_probability"],
            found.get("bases"),
        )

    def log_likelihood(
        self,
        sequences: Sequences,
        *,
        masking: str = "sevenths",
        batch_tokens: int = _BATCH_TOKENS,
        progress: ProgressOption = True,
    ) -> np.ndarray:
        """The pseudo-log-likelihood of each sequence, float64 [sequences], by natural logarithms.

        It is the sum over the full 6-mers of the logarithm of the probability of the 6-mer that stands there, while it
        is masked (see `unmask` for `masking`); 0 for a sequence without one.
        """
        given = resolve(sequences)
        with heard(progress) as heard_by:
            return self._open().log_likelihood(
                given.what, given.names, *heard_by, word(masking, "masking"), integer(batch_tokens, "batch_tokens")
            )

    def score_variants(
        self,
        variants: Variants,
        genome: Genome,
        *,
        scores: Iterable[str] = ("llr", "pll"),
        frames: int | None = None,
        window_bp: int | None = None,
        pll_flank: int = 4,
        shared_masks: bool = False,
        indel_null: int = 0,
        batch_tokens: int = _BATCH_TOKENS,
        progress: ProgressOption = True,
    ) -> VariantScores:
        """How likely the model finds the alternatives of variants, beside the reference.

        variants: records of pysam or cyvcf2, tuples (chrom, start, ref, alt) with start from 0 and alt a str or several,
            or a table with these columns. Sorted ones are the fastest. (`agront.score` reads and writes files.)
        genome: a FASTA file, an open pysam.FastaFile or pyfaidx.Fasta, or a mapping of names to bases.
        scores: of "llr", "marginal" and "pll". frames, window_bp, pll_flank, shared_masks, indel_null: as `agront.score`
            has them; None is its default.

        Returns VariantScores, a row for each alternative. What is wrong with a variant is in its status.
        """
        if isinstance(scores, str):
            scores = [scores]
        numbers = [
            0 if frames is None else integer(frames, "frames"),
            0 if window_bp is None else integer(window_bp, "window_bp"),
            integer(pll_flank, "pll_flank"),
            bool(shared_masks),
            integer(indel_null, "indel_null"),
            integer(batch_tokens, "batch_tokens"),
        ]
        alleles, given = Alleles(variants), genome_of(genome)
        words = [word(score, "scores") for score in scores]
        with heard(progress) as heard_by:
            found = self._open().score_variants(iter(alleles), given.what, given.names, *heard_by, words, *numbers)
        return alleles.scored(*found)


def load(
    name_or_folder: str | os.PathLike = "agront-mini",
    precision: str = "fp32",
    threads: int | None = None,
    adapter: str | os.PathLike | None = None,
    device: str = "cpu",
) -> Model:
    """Opens a model.

    name_or_folder: a folder (Hugging Face or JAX), "agront-mini" (the small example inside the package, which is not
        AgroNT), or a name that `agront pull` fetched: "agront-1b", "ORG/NAME".
    precision: "fp32", "bf16", "int8", "tf32" (on NVIDIA's GPUs), or "auto" (what the model was made for, else what is
        fast here).
    threads: of this handle's calls; None: one per core that the process may use.
    adapter: a folder in PEFT's layout, LoRA or IA3, on top of the model.
    device: "cpu" (our own engine), or what a plugin of XLA computes for, as `--device` takes it: "cuda", "cuda:2", "tpu",
        "xla-cpu", "PATH.so". docs/accelerators.md says where plugins are looked for.

    Raises MissingFileError (a FileNotFoundError) for what is not there, Error for what is no such model.
    """
    return Model(name_or_folder, precision, threads, adapter, device)


def set_num_threads(threads: int | None) -> None:
    """Threads of the later calls of every model that has no number of its own, in all Python threads; None: one per core
    that the process may use, and no more than OMP_NUM_THREADS or threadpoolctl allow. Jobs take `threads=`."""
    _core.set_num_threads(0 if threads is None else integer(threads, "threads"))
