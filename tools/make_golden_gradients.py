#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the test of the backward pass expects: a tiny model and its gradients in float64.

    python3 tools/make_golden_gradients.py -o tests/golden/gradients

config.json and model.safetensors are a Hugging Face folder in bfloat16; gradients.safetensors holds a packed batch
(tokens, offsets, rows, targets, weights), the losses, and "gradient.NAME" for every parameter by Hugging Face's name,
by PyTorch's autograd in float64 and stored as float32. For the token table, whose other rows have none, there are the
rows "gradient_tokens" only. Needs what gradient_reference.py and make_checkpoint.py need.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy as np
import torch
from safetensors.numpy import save_file

import gradient_reference

SHAPE = ["--hidden", "18", "--heads", "2", "--layers", "2", "--ffn", "37", "--positions", "72"]
LENGTHS = (1, 2, 9, 50, 70)
TOKEN_TABLE = "esm.embeddings.word_embeddings.weight"
LARGEST_FOLDER = 1_000_000


def make(output, seed):
    tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
    subprocess.run([sys.executable, tool, *SHAPE, "--dtype", "bfloat16", "--seed", str(seed), "-o", output], check=True)
    for path in set(output.iterdir()) - {output / "config.json", output / "model.safetensors"}:
        path.unlink()
    batch = gradient_reference.random_batch(LENGTHS, seed)
    result = gradient_reference.run(output, batch, torch.float64)
    arrays = batch.arrays() | {"losses": result.losses.astype(np.float32)}
    for name, gradient in result.gradients.items():
        if name == TOKEN_TABLE:
            used = np.unique(arrays["tokens"])
            rest = np.delete(gradient, used, axis=0)
            assert not rest.any()
            arrays["gradient_tokens"], gradient = used.astype(np.int32), gradient[used]
        arrays[f"gradient.{name}"] = np.ascontiguousarray(gradient.astype(np.float32))
    save_file(arrays, output / "gradients.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    make(options.output, options.seed)
    size = sum(path.stat().st_size for path in options.output.rglob("*") if path.is_file())
    print(f"{size:,} bytes")
    if size > LARGEST_FOLDER:
        sys.exit("too much to keep in the repository")


if __name__ == "__main__":
    main()
