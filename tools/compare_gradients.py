#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the backward pass against PyTorch's autograd in float64, on fresh random models and batches.

    cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON && cmake --build --preset release --target gradients
    python3 tools/compare_gradients.py --gradients build/release/gradients --seed 7

For each shape: the losses, and for each parameter the norm of the difference over max(norm of the gradient, a
thousandth of the norm of all gradients), at most 1e-5; with and without recomputation bit for bit the same. Prints a
line a shape with the worst parameter and, beside it, what PyTorch itself reaches in float32; exits 1 if a bound is
missed. Needs what gradient_reference.py and make_checkpoint.py need, and about 6 GB of memory.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import load_file

import gradient_reference
import make_checkpoint

BOUND = 1e-5
SHARE_OF_ALL = 1e-3
CASES = {  # shape, longest sequence
    "small": (make_checkpoint.Shape(hidden=90, heads=6, layers=3, ffn=200), 200),
    "odd": (make_checkpoint.Shape(hidden=77, heads=7, layers=2, ffn=129), 130),
    "wide": (make_checkpoint.Shape(hidden=1500, heads=20, layers=2, ffn=5120), 1024),
}


def write_batch(path, batch):
    lines = [str(len(batch.sequences))]
    lines += [" ".join(map(str, [len(ids), *ids])) for ids in batch.sequences]
    lines += [str(len(batch.rows))]
    lines += [f"{row} {target} {weight:.9g}" for row, target, weight in zip(batch.rows, batch.targets, batch.weights)]
    path.write_text("\n".join(lines) + "\n")


def make_model(folder, shape, seed):
    fields = [f"--{name}={value}" for name, value in dataclasses.asdict(shape).items()]
    tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
    subprocess.run([sys.executable, tool, *fields, f"--seed={seed}", "--format", "safetensors", "-o", folder],
                   check=True)


def errors(got, expected):
    """{name: error in units of the bound's norm}"""
    norms = {name: np.linalg.norm(gradient) for name, gradient in expected.items()}
    total = np.sqrt(sum(norm**2 for norm in norms.values()))
    return {name: np.linalg.norm(got[name].astype(np.float64) - gradient) / max(norms[name], SHARE_OF_ALL * total)
            for name, gradient in expected.items()}


def compare(program, name, shape, longest, seed, scratch):
    folder = scratch / name
    make_model(folder, shape, seed)
    rng = np.random.default_rng(seed)
    lengths = [1, 2, *rng.integers(3, longest, 2).tolist(), longest]
    batch = gradient_reference.random_batch(lengths, seed)
    write_batch(scratch / "batch.txt", batch)
    outputs = []
    for flags in ([], ["recompute"]):
        path = scratch / f"{name}.safetensors"
        subprocess.run([program, folder, scratch / "batch.txt", path, *flags], check=True)
        outputs.append(load_file(path))
    same = all(np.array_equal(outputs[0][key], outputs[1][key]) for key in outputs[0])

    exact = gradient_reference.run(folder, batch, torch.float64)
    ours = errors(outputs[0], exact.gradients)
    missing = outputs[0].keys() - exact.gradients.keys() - {"losses"}
    theirs = errors(gradient_reference.run(folder, batch, torch.float32).gradients, exact.gradients)
    loss = np.linalg.norm(outputs[0]["losses"] - exact.losses) / np.linalg.norm(exact.losses)
    worst = max(ours, key=ours.get)
    fine = ours[worst] <= BOUND and loss <= BOUND and same and not missing
    print(f"{'ok  ' if fine else 'FAIL'} {name}: {sum(lengths)} tokens, {len(batch.rows)} losses off by {loss:.1e}; "
          f"{len(ours)} gradients, worst {ours[worst]:.1e} ({worst}; PyTorch float32: {max(theirs.values()):.1e}); "
          f"recomputed {'the same' if same else 'otherwise'}{'; missing: ' + ', '.join(missing) if missing else ''}",
          flush=True)
    return fine


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gradients", metavar="PROGRAM", required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    program = pathlib.Path(options.gradients).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        results = [compare(program, name, shape, longest, options.seed, pathlib.Path(scratch))
                   for name, (shape, longest) in CASES.items()]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
