#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `agront pretrain` against the same training in PyTorch: Hugging Face's EsmForMaskedLM and torch.optim.AdamW.

    cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON && cmake --build --preset release --target agront batches
    python3 tools/compare_training.py --agront build/release/agront --batches build/release/batches

For each case both train from scratch, from the same weights on the same batches (the program `batches` writes those of
a run). Everything else is written here independently, from the documentation: the loss, its division by the weights of the step,
weight decay of matrices alone, clipping, the learning rates. PyTorch takes a step's windows in one piece, agront in
micro-batches. The losses of all steps may differ by 1e-3 at most. Prints a line a case, and how far PyTorch in float32 is
from itself in float64: with too high a rate (--learning-rate 3e-3) training is chaotic and they part as well. Exits 1 if a
bound is missed; --curves writes the curves as a table. Needs numpy, torch, transformers and safetensors.
"""

import argparse
import dataclasses
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers
from safetensors.torch import load_file

BOUND = 1e-3
WINDOW = 33  # tokens
WINDOWS = 16  # of a step
MODEL = {"layers": 2, "hidden": 48, "heads": 4, "ffn": 128, "max-tokens": WINDOW}
CASES = {
    "plain": {"micro-batch": WINDOWS, "decay": "none", "warmup-steps": 0},
    "as published": {"micro-batch": WINDOWS, "decay": "sqrt", "warmup-steps": 40},
    "micro-batches, weight decay, clipping": {
        "micro-batch": 3, "decay": "cosine", "warmup-steps": 20, "learning-rate-final": 1e-4, "weight-decay": 0.2,
        "clip-norm": 0.5, "beta2": 0.98, "repeat-weight": 0.3, "recompute": "on"},
}
DEFAULTS = {**MODEL, "learning-rate-start": 0, "validation-windows": 0, "seed": 11,
            "batch-tokens": WINDOWS * WINDOW, "checkpoint-every": 1000, "threads": 1}

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def write_genome(path):
    """A mosaic of few words, so that there is something to learn; some in lower case, as repeats, and some N."""
    generator = random.Random(5)
    words = ["".join(generator.choices("ACGT", k=90)) for _ in range(10)]
    words = [word.lower() if i % 4 == 0 else word for i, word in enumerate(words)]
    pieces = [generator.choice(words) + "NNNNNN" * (generator.random() < 0.02) for _ in range(4000)]
    path.write_text(">chr1\n" + "".join(pieces) + "\n")


def make_corpus(program, folder):
    write_genome(folder / "a.fa")
    (folder / "genomes.tsv").write_text("species\tfasta\tregions\tweight\nA\ta.fa\t.\t.\n")
    subprocess.run([program, "corpus", folder / "genomes.tsv", "-o", folder / "corpus", "--window-tokens", str(WINDOW),
                    "--overlap", "12", "--training-share", "1", "--keep-duplicates", "-q"], check=True)
    return folder / "corpus"


def pretrain(program, corpus, output, options):
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    subprocess.run([program, "pretrain", "--corpus", corpus, "-o", output, "-q", *words], check=True)
    return [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]


def initial_weights(program, corpus, output, options):
    """The model before the first update: a step at rate 0 changes nothing."""
    still = {"learning-rate": 0, "learning-rate-start": 0, "steps": 1}
    if "learning-rate-final" in options:
        still["learning-rate-final"] = 0
    pretrain(program, corpus, output, options | still)
    return output / "step-1"


@dataclasses.dataclass
class Batch:
    tokens: torch.Tensor
    offsets: list
    rows: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor


def read_batches(program, run, steps, scratch):
    subprocess.run([program, run, "1", str(steps + 1), scratch], check=True)
    arrays = load_file(scratch)
    return [Batch(arrays[f"{s}.tokens"].long(), arrays[f"{s}.offsets"].tolist(), arrays[f"{s}.rows"],
                  arrays[f"{s}.targets"].long(), arrays[f"{s}.weights"]) for s in range(1, steps + 1)]


def step_loss(model, batch):
    """Windows padded to one length, and masked; the weighted mean over the rows in the loss."""
    windows = [batch.tokens[a:b] for a, b in zip(batch.offsets, batch.offsets[1:])]
    padded = torch.nn.utils.rnn.pad_sequence(windows, batch_first=True, padding_value=model.config.pad_token_id)
    is_token = torch.arange(padded.shape[1])[None] < torch.tensor([[len(window)] for window in windows])
    hidden = model.esm(padded, attention_mask=is_token.long()).last_hidden_state
    logits = model.lm_head(hidden[is_token][batch.rows])
    losses = torch.nn.functional.cross_entropy(logits, batch.targets, reduction="none")
    weights = batch.weights.to(losses.dtype)
    return (weights * losses).sum() / weights.sum()


def learning_rate(options, step, steps):
    """The rate of a step, from 1: a straight line to the peak, then the decay."""
    start, peak, warmup = options["learning-rate-start"], options["learning-rate"], options["warmup-steps"]
    if step <= warmup:
        return start + (peak - start) * step / warmup
    if options["decay"] == "sqrt":
        return peak * math.sqrt(warmup / step)
    if options["decay"] == "cosine":
        final = options["learning-rate-final"]
        return final + (peak - final) * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2
    return peak


def train(folder, batches, options, dtype):
    model = transformers.EsmForMaskedLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").train()
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": options.get("weight-decay", 0)}, {"params": vectors, "weight_decay": 0}],
        betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)), eps=1e-8)
    losses, norms = [], []
    for step, batch in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(options, step, len(batches))
        optimizer.zero_grad()
        loss = step_loss(model, batch)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), options.get("clip-norm", 0) or math.inf).item())
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses), np.array(norms)


def compare(name, options, programs, corpus, steps, scratch, curves):
    options = DEFAULTS | options | {"steps": steps, "learning-rate": programs.learning_rate}
    run = scratch / "run"
    metrics = pretrain(programs.agront, corpus, run, options)
    ours = np.array([line["loss"] for line in metrics])
    norms = np.array([line["gradient_norm"] for line in metrics])
    start = initial_weights(programs.agront, corpus, scratch / "start", options)
    batches = read_batches(programs.batches, run, steps, scratch / "batches.safetensors")
    theirs, their_norms = train(start, batches, options, torch.float32)
    exact, _ = train(start, batches, options, torch.float64)
    worst = np.abs(ours - theirs).max()
    clipped = np.mean(norms > options["clip-norm"]) if "clip-norm" in options else 0
    fine = worst <= BOUND
    print(f"{'ok  ' if fine else 'FAIL'} {name}: {steps} steps, loss {ours[0]:.3f} to {ours[-1]:.3f}; largest difference "
          f"{worst:.1e}, of norms {np.abs(norms / their_norms - 1).max():.1e} of them; "
          f"PyTorch in float32 from itself in float64 {np.abs(theirs - exact).max():.1e}"
          f"{f'; {clipped:.0%} of the steps clipped' if clipped else ''}", flush=True)
    if curves:
        for step, (a, b, c) in enumerate(zip(ours, theirs, exact), 1):
            curves.write(f"{name}\t{step}\t{a:.6f}\t{b:.6f}\t{c:.6f}\n")
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", type=os.path.abspath, required=True)
    parser.add_argument("--batches", metavar="PROGRAM", type=os.path.abspath, required=True)
    parser.add_argument("--steps", metavar="N", type=int, default=200)
    parser.add_argument("--learning-rate", metavar="RATE", type=float, default=1e-3)
    parser.add_argument("--curves", metavar="FILE", type=argparse.FileType("w"))
    options = parser.parse_args()
    torch.set_num_threads(1)  # the model is too small for more
    if options.curves:
        options.curves.write("case\tstep\tagront\tpytorch_float32\tpytorch_float64\n")
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(options.agront, pathlib.Path(folder))
        for name, case in CASES.items():
            with tempfile.TemporaryDirectory() as scratch:
                fine &= compare(name, case, options, corpus, options.steps, pathlib.Path(scratch), options.curves)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
