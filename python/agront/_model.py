# SPDX-License-Identifier: Apache-2.0
"""A model in memory, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, Union, overload

import numpy as np
from numpy.typing import NDArray

from ._embedding import Embedding
from ._errors import UsageError
from ._handle import Handle
from ._inputs import Input, chunks, integer, resolve, switch, word
from ._progress import ProgressOption, heard
from ._results import LayerTokenRows, Places, TokenRows, Tokens, Unmasked, places_of
from ._tokens import tokenize
from ._types import (
    Floats,
    FloatsByLayer,
    Genome,
    Layer,
    Layers,
    Masking,
    Pooling,
    RowPooling,
    Score,
    Sequences,
)
from ._variants import Alleles, Variants, VariantScores, genome_of

Embedded = Union[Floats, FloatsByLayer, TokenRows, LayerTokenRows]
_BASES_OF_TOKEN = 6


class Model(Handle):
    """A model of this family; `agront.load` opens one.

    Handles of the same files, precision, adapter and device share their weights, which go with the last handle. Several Python
    threads may call one model: calls wait for each other, and Python goes on meanwhile. Ctrl-C ends a call within a
    batch. A pickled model is its source and hash, and is opened when it is first used.
    """

    def tokenize(self, bases: str) -> Tokens:
        """One sequence as the model reads it. Raises Error where it is longer than the model's window."""
        return tokenize(bases, self.shape.max_tokens)

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer = ..., pooling: RowPooling = ..., *, places: Literal[False] = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> Floats: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer = ..., pooling: RowPooling = ..., *, places: Literal[True],
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[Floats, Places]: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer = ..., *, pooling: Literal["none"], places: Literal[False] = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> TokenRows: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer = ..., *, pooling: Literal["none"], places: Literal[True],
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[TokenRows, Places]: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer, pooling: Literal["none"], *, places: Literal[False] = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> TokenRows: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer, pooling: Literal["none"], *, places: Literal[True],
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[TokenRows, Places]: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layers, pooling: RowPooling = ..., *, places: Literal[False] = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> FloatsByLayer: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layers, pooling: RowPooling = ..., *, places: Literal[True],
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[FloatsByLayer, Places]: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layers, pooling: Literal["none"], *, places: Literal[False] = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> LayerTokenRows: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layers, pooling: Literal["none"], *, places: Literal[True],
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[LayerTokenRows, Places]: ...

    @overload
    def embed(
        self, sequences: Sequences, layers: Layer | str | Layers = ..., pooling: Pooling = ..., *, places: bool = ...,
        windows: bool = ..., overlap: int = ..., batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> Embedded | tuple[Embedded, Places]: ...

    def embed(
        self,
        sequences: Sequences,
        layers: Layer | str | Layers = "last",
        pooling: Pooling = "mean",
        *,
        windows: bool = False,
        overlap: int = 0,
        places: bool = False,
        batch_tokens: int | None = None,
        progress: ProgressOption = True,
    ) -> Embedded | tuple[Embedded, Places]:
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
        batch_tokens: sequences are packed together up to this many tokens; None: 2,048, or 32,768 on an accelerator.

        Returns a float32 array [sequences, channels]; for a list of layers a dict of these, by the layers as given. With
        pooling="none" TokenRows (values [tokens, channels], offsets [windows + 1]), or LayerTokenRows, whose values are
        such a dict. With places=True a pair of this and Places. The arrays own what they show: nothing is copied.

        Raises Error "sequence 3: ..." for letters that are no bases, UsageError for layers that the model has not.
        """
        is_placed = switch(places, "places")
        asked = Embedding(self.shape.layers, layers, pooling, self._tokens(batch_tokens), windows, overlap)
        given = resolve(sequences)
        with heard(progress) as heard_by:
            arrays, offsets, where = asked.run(self._open(), given, heard_by)
        values = asked.by_layer(arrays)
        result: Embedded = values
        if asked.is_per_token:
            result = LayerTokenRows(values, offsets) if isinstance(values, dict) else TokenRows(values, offsets)
        return (result, places_of(where, given.records)) if is_placed else result

    @overload
    def embed_iter(
        self, sequences: Sequences, layers: Layer = ..., pooling: Pooling = ..., *, batch_tokens: int | None = ...
    ) -> Iterator[Floats]: ...

    @overload
    def embed_iter(
        self, sequences: Sequences, layers: Layers, pooling: Pooling = ..., *, batch_tokens: int | None = ...
    ) -> Iterator[FloatsByLayer]: ...

    @overload
    def embed_iter(
        self, sequences: Sequences, layers: Layer | str | Layers, pooling: Pooling = ..., *, batch_tokens: int | None = ...
    ) -> Iterator[Floats] | Iterator[FloatsByLayer]: ...

    def embed_iter(
        self,
        sequences: Sequences,
        layers: Layer | str | Layers = "last",
        pooling: Pooling = "mean",
        *,
        batch_tokens: int | None = None,
    ) -> Iterator[Any]:
        """The same for a stream, in memory that does not grow with it.

        Yields a row [channels] for each sequence, in order; for a list of layers a dict of rows. With pooling="none" an
        array [tokens, channels] for each. Takes a few batches of sequences from the stream at a time.
        """
        tokens = self._tokens(batch_tokens)
        asked = Embedding(self.shape.layers, layers, pooling, tokens)
        asked.run(self._open(), Input([], None, None), (None, 0.0, None))  # says now what does not fit

        def rows() -> Iterator[Any]:
            for given in chunks(sequences, 8 * _BASES_OF_TOKEN * tokens):
                with heard(None) as heard_by:
                    arrays, offsets, _ = asked.run(self._open(), given, heard_by)
                for i, end in enumerate(offsets[1:]):
                    yield asked.by_layer([array[offsets[i] : end] if asked.is_per_token else array[i] for array in arrays])

        return rows()

    @overload
    def logits(
        self, sequences: Sequences, *, probabilities: bool = ..., windows: bool = ..., places: Literal[False] = ...,
        batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> TokenRows: ...

    @overload
    def logits(
        self, sequences: Sequences, *, probabilities: bool = ..., windows: bool = ..., places: Literal[True],
        batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> tuple[TokenRows, Places]: ...

    @overload
    def logits(
        self, sequences: Sequences, *, probabilities: bool = ..., windows: bool = ..., places: bool = ...,
        batch_tokens: int | None = ..., progress: ProgressOption = ...,
    ) -> TokenRows | tuple[TokenRows, Places]: ...

    def logits(
        self,
        sequences: Sequences,
        *,
        probabilities: bool = False,
        windows: bool = False,
        places: bool = False,
        batch_tokens: int | None = None,
        progress: ProgressOption = True,
    ) -> TokenRows | tuple[TokenRows, Places]:
        """The language model's output for every token, <cls> first.

        Returns TokenRows: values float32 [tokens, vocabulary], before the softmax or with probabilities=True after it,
        and offsets [windows + 1]. With places=True a pair of this and Places of the windows.
        """
        is_placed = switch(places, "places")
        given = resolve(sequences)
        with heard(progress) as heard_by:
            values, offsets, where = self._open().logits(
                given.what,
                given.names,
                *heard_by,
                switch(probabilities, "probabilities"),
                switch(windows, "windows"),
                self._tokens(batch_tokens),
            )
        rows = TokenRows(values, offsets)
        return (rows, places_of(where, given.records)) if is_placed else rows

    def attention(
        self, sequences: Sequences, maps: Iterable[tuple[int, int]], *, progress: ProgressOption = True
    ) -> list[Floats]:
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
        masking: Masking = "sevenths",
        batch_tokens: int | None = None,
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
                switch(every, "every"),
                word(masking, "masking"),
                integer(top, "top"),
                switch(per_base, "per_base"),
                self._tokens(batch_tokens),
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
        masking: Masking = "sevenths",
        batch_tokens: int | None = None,
        progress: ProgressOption = True,
    ) -> NDArray[np.float64]:
        """The pseudo-log-likelihood of each sequence, float64 [sequences], by natural logarithms.

        It is the sum over the full 6-mers of the logarithm of the probability of the 6-mer that stands there, while it
        is masked (see `unmask` for `masking`); 0 for a sequence without one.
        """
        given = resolve(sequences)
        with heard(progress) as heard_by:
            sums = self._open().log_likelihood(
                given.what, given.names, *heard_by, word(masking, "masking"), self._tokens(batch_tokens)
            )
        return np.asarray(sums, dtype=np.float64)

    def score_variants(
        self,
        variants: Variants,
        genome: Genome,
        *,
        scores: Score | Iterable[Score] = ("llr", "pll"),
        frames: int | None = None,
        window_bp: int | None = None,
        pll_flank: int = 4,
        shared_masks: bool = False,
        indel_null: int = 0,
        batch_tokens: int | None = None,
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
        if not isinstance(scores, Iterable):
            raise TypeError(f"scores: expected words, got {type(scores).__name__}")
        words = [word(score, "scores") for score in ([scores] if isinstance(scores, str) else scores)]
        alleles, given = Alleles(variants), genome_of(genome)
        with heard(progress) as heard_by:
            found = self._open().score_variants(
                iter(alleles),
                given.what,
                given.names,
                *heard_by,
                words,
                0 if frames is None else integer(frames, "frames"),
                0 if window_bp is None else integer(window_bp, "window_bp"),
                integer(pll_flank, "pll_flank"),
                switch(shared_masks, "shared_masks"),
                integer(indel_null, "indel_null"),
                self._tokens(batch_tokens),
            )
        return alleles.scored(*found)
