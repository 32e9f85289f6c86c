#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds fine-tuning against transformers, PEFT and PyTorch's autograd in float64, on fresh random models and batches.

    cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON && cmake --build --preset release --target task_gradients
    python3 tools/compare_adapters.py --task-gradients build/release/task_gradients --seed 7

Every adapter at every target by itself and at all of them, every head with every pooling, full fine-tuning: outputs, and
for each parameter in training the norm of the gradient's difference over max(norm of the gradient, a thousandth of the
norm of all gradients), at most 1e-5; with and without recomputation bit for bit the same. Prints a line a case with the
worst parameter and, beside it, what PyTorch itself reaches in float32; exits 1 if a bound is missed. Needs what
task_reference.py and make_checkpoint.py need.
"""

import argparse
import dataclasses
import itertools
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

import make_checkpoint
from task_reference import TARGETS, Case, run

BOUND = 1e-5
SHARE_OF_ALL = 1e-3
SMALL = make_checkpoint.Shape(hidden=90, heads=6, layers=3, ffn=200, positions=202)
WIDE = make_checkpoint.Shape(hidden=1500, heads=20, layers=2, ffn=5120)
SMALL_LENGTHS = (2, 9, 41, 200, 3, 17, 100)
WIDE_LENGTHS = (51, 300, 17, 2, 120)


def cases():
    """(name, shape, lengths, case)"""
    for task, head, pooling in itertools.product(("binary", "multiclass", "multilabel", "regression"),
                                                 ("linear", "mlp"), ("mean", "cls", "centre", "attention")):
        yield f"probe {task} {head} {pooling}", SMALL, SMALL_LENGTHS, Case(task, head, pooling)
    for head in ("linear", "mlp"):
        yield f"lora token {head}", SMALL, SMALL_LENGTHS, Case("token", head, "none", "lora", ("query", "value"))
    for targets in [*((target,) for target in TARGETS), TARGETS]:
        name = " ".join(targets)
        yield f"lora {name}", SMALL, SMALL_LENGTHS, Case("regression", "mlp", "mean", "lora", targets)
        yield f"ia3 outputs {name}", SMALL, SMALL_LENGTHS, Case("binary", "linear", "attention", "ia3", targets)
        yield f"ia3 inputs {name}", SMALL, SMALL_LENGTHS, Case("multilabel", "mlp", "mean", "ia3", targets, targets)
    yield "full", SMALL, SMALL_LENGTHS, Case("multiclass", "mlp", "cls", full=True)
    yield "wide lora", WIDE, WIDE_LENGTHS, Case("binary", "linear", "mean", "lora", ("query", "value"), rank=8, alpha=16)
    yield "wide ia3", WIDE, WIDE_LENGTHS, Case("binary", "linear", "mean", "ia3", ("key", "value", "contract"),
                                               ("contract",))
    yield "wide full", WIDE, WIDE_LENGTHS, Case("token", "linear", "none", full=True)


def make_model(folder, shape, seed):
    fields = [f"--{name}={value}" for name, value in dataclasses.asdict(shape).items()]
    tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
    subprocess.run([sys.executable, tool, *fields, f"--seed={seed}", "--format", "safetensors", "-o", folder],
                   check=True)


def errors(got, expected):
    """{name: error in units of the bound's norm}"""
    norms = {name: np.linalg.norm(gradient) for name, gradient in expected.items()}
    total = np.sqrt(sum(norm**2 for norm in norms.values()))
    return {name: np.linalg.norm(got[name].astype(np.float64).reshape(-1) - gradient.reshape(-1))
                  / max(norms[name], SHARE_OF_ALL * total)
            for name, gradient in expected.items()}


def compare(program, name, folder, lengths, case, seed, scratch):
    arrays = case.draw(folder, seed, lengths)
    save_file(arrays, scratch / "case.safetensors", case.metadata())
    outputs = []
    for flags in ([], ["recompute"]):
        subprocess.run([program, folder, scratch / "case.safetensors", scratch / "ours.safetensors", *flags], check=True)
        outputs.append(load_file(scratch / "ours.safetensors"))
    same = all(np.array_equal(outputs[0][key], outputs[1][key]) for key in outputs[0])

    exact = run(folder, case, arrays, torch.float64)
    got = {key.removeprefix("gradient."): value for key, value in outputs[0].items() if key.startswith("gradient.")}
    ours = errors(got, exact.gradients)
    other = got.keys() ^ exact.gradients.keys()
    theirs = errors(run(folder, case, arrays, torch.float32).gradients, exact.gradients)
    forward = np.linalg.norm(outputs[0]["outputs"] - exact.outputs) / np.linalg.norm(exact.outputs)
    loss = abs(outputs[0]["loss"][0] - exact.loss) / exact.loss
    worst = max(ours, key=ours.get)
    fine = max(ours[worst], forward, loss) <= BOUND and same and not other
    print(f"{'ok  ' if fine else 'FAIL'} {name}: outputs off by {forward:.1e}; {len(ours)} gradients, worst "
          f"{ours[worst]:.1e} ({worst}; PyTorch float32: {max(theirs.values()):.1e}); "
          f"recomputed {'the same' if same else 'otherwise'}{'; not in both: ' + ', '.join(other) if other else ''}",
          flush=True)
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task-gradients", metavar="PROGRAM", required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    program = pathlib.Path(options.task_gradients).resolve()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        models = {SMALL: scratch / "small", WIDE: scratch / "wide"}
        for shape, path in models.items():
            make_model(path, shape, options.seed)
        results = [compare(program, name, models[shape], lengths, case, options.seed + number, scratch)
                   for number, (name, shape, lengths, case) in enumerate(cases())]
    print(f"{sum(results)} of {len(results)} cases within the bound")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
