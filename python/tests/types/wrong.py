# SPDX-License-Identifier: Apache-2.0
"""What type checkers have to refuse: the lines that end in "# wrong", and no others. Read, not run."""

import agront
from agront.sklearn import Embedder

model = agront.load()
bases = ["ACGTAC"]

agront.load(precision="fp8")  # wrong
agront.load(7)  # wrong
agront.load(device=1)  # wrong
model.embed(None)  # wrong
model.embed(b"ACGTAC")  # wrong
model.embed([b"ACGTAC"])  # wrong
model.embed(7)  # wrong
model.embed(bases, 1.5)  # wrong
model.embed(bases, pooling="median")  # wrong
model.embed(bases, "last", "mean", True)  # wrong
model.embed(bases, layer=1)  # wrong
model.embed(bases, places="yes")  # wrong
model.embed(bases, batch_tokens=1.5)  # wrong
model.embed(bases, progress="yes")  # wrong
model.embed(bases).keys()  # wrong
model.embed(bases, [1, 2]).shape  # wrong
model.embed(bases, pooling="none").shape  # wrong
model.embed(bases, [1, 2], pooling="none").values.shape  # wrong
model.embed(bases, places=True).shape  # wrong
model.embed_iter(bases).shape  # wrong
model.embed_iter(bases, windows=True)  # wrong
model.logits(bases).shape  # wrong
model.logits(bases, places=True).values  # wrong
model.attention(bases, ["1:0"])  # wrong
model.attention(bases, [(1, 0)]).shape  # wrong
model.unmask(bases, masking="all")  # wrong
model.log_likelihood(bases).values  # wrong
model.score_variants("in.vcf", 7)  # wrong
model.score_variants([], {"chr1": "ACGT"}, scores=["x"])  # wrong
agront.tokenize(["ACGT"])  # wrong
agront.Predictor("run", strands="reverse")  # wrong
agront.Predictor("run").predict(bases).shape  # wrong
Embedder(pooling="none")  # wrong
agront.finetune(output="run", method="magic")  # wrong
agront.finetune(output="run", trian="x.fa")  # wrong
agront.finetune(train="x.fa")  # wrong
agront.evaluate("run", "x.fa", device=1)  # wrong

model.embed(bases, 1, "cls", windows=True).mean(axis=0)
