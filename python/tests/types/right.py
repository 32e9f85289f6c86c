# SPDX-License-Identifier: Apache-2.0
"""What type checkers have to take, and which type they have to find. Read, not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Union

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

import agront
from agront.sklearn import Embedder

Floats = NDArray[np.float32]
ByLayer = dict[Union[int, str], Floats]

model = agront.load(Path("x"), precision="bf16", device="cuda:2")
bases = ["ACGTAC", "ACGT"]
flag = len(bases) > 1

assert_type(model.embed(bases), Floats)
assert_type(model.embed("x.fa.gz", 2, "max"), Floats)
assert_type(model.embed(Path("x.fa"), layers=np.int64(1), pooling="cls", windows=True, overlap=6), Floats)
assert_type(model.embed((b for b in bases), "last:raw", batch_tokens=512, progress=print), Floats)
assert_type(model.embed(np.array(bases)), Floats)
rows, places = model.embed(bases, places=True)
assert_type(rows, Floats)
assert_type(places, agront.Places)
assert_type(places.start, NDArray[np.int64])
assert_type(model.embed(bases, [0, "last"]), ByLayer)
assert_type(model.embed(bases, "all")[1], Floats)
assert_type(model.embed(bases, range(3), "mean", places=True), tuple[ByLayer, agront.Places])
assert_type(model.embed(bases, ("last", 1), pooling="cls")["last"], Floats)
asked = ["last", "last:raw"]
assert_type(model.embed(bases, asked), ByLayer)
numbers = [1, 2]
assert_type(model.embed(bases, numbers), ByLayer)
values, offsets = model.embed(bases, pooling="none")
assert_type(values, Floats)
assert_type(offsets, NDArray[np.int64])
assert_type(model.embed(bases, 1, "none"), agront.TokenRows)
assert_type(model.embed(bases, 1, "none", places=True), tuple[agront.TokenRows, agront.Places])
assert_type(model.embed(bases, pooling="none", places=True), tuple[agront.TokenRows, agront.Places])
assert_type(model.embed(bases, [1, 2], "none"), agront.LayerTokenRows)
assert_type(model.embed(bases, [1, 2], pooling="none").values, ByLayer)
assert_type(model.embed(bases, [1, 2], "none", places=True)[0], agront.LayerTokenRows)
either = model.embed(bases, "last", places=flag)
if not isinstance(either, (tuple, dict)):
    assert_type(either, Floats)

assert_type(model.embed_iter(bases), Iterator[Floats])
assert_type(model.embed_iter(iter(bases), [1, 2]), Iterator[ByLayer])
for row in model.embed_iter("x.fa", "last", "none"):
    assert_type(row, Floats)

assert_type(model.logits(bases), agront.TokenRows)
assert_type(model.logits(bases, probabilities=True, places=True), tuple[agront.TokenRows, agront.Places])
assert_type(model.logits(bases).values, Floats)
assert_type(model.attention(bases, [(1, 0), (2, 3)])[0], Floats)
found = model.unmask(bases, every=True, masking="alone")
assert_type(found.probability, Floats)
assert_type(found.kmers(), NDArray[np.str_])
assert_type(model.log_likelihood(bases), NDArray[np.float64])
scores = model.score_variants([("chr1", 3, "A", ("C", "G"))], {"chr1": "ACGTAC"}, scores=["llr", "pll"], frames=6)
assert_type(scores.llr, NDArray[np.float64])
assert_type(model.score_variants([("chr1", 3, "A", "C")], "genome.fa", scores="llr").status, NDArray[np.str_])
assert_type(model.shape.hidden, int)
assert_type(model.tokenize("ACGTAC").ids, NDArray[np.int32])
assert_type(agront.tokenize("ACGTAC").texts, list[str])
assert_type(agront.decode([3, 4]), str)
assert_type(agront.__version__, str)

predictions = agront.Predictor("run", strands="both", device="cpu").predict(bases)
assert_type(predictions.values, NDArray[np.float64])
assert_type(predictions.outputs, list[str])
assert_type(Embedder("agront-mini", layer=2, device="cpu").transform(bases), Floats)

metrics = agront.finetune(task="binary", train="x.fa", method="probe", output=Path("run"), layers=[1, "last"])
print(metrics["test"]["auroc"])
assert_type(agront.info(device="cpu", verify_precision=True), dict[str, str])
assert_type(agront.convert("agront-1b", output="x"), str)
assert_type(agront.pull(to="x"), str)
