#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the test of fine-tuning expects: adapters, heads and batches, and their gradients in float64.

    python3 tools/make_golden_adapters.py --model tests/golden/gradients -o tests/golden/adapters

A file a case: the case in its metadata; the batch and the values of adapter and head (task_reference.py); "outputs",
"loss", and "gradient.NAME" of every parameter in training, by PyTorch's autograd in float64 and stored as float32. For
the token table, whose other rows have none, there are the rows "gradient_tokens" only. Needs what task_reference.py
needs.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
from safetensors.numpy import save_file

from task_reference import TARGETS, Case, run

TOKEN_TABLE = "esm.embeddings.word_embeddings.weight"
LARGEST_FOLDER = 400_000
CASES = {
    "lora_usual": Case("binary", "linear", "mean", "lora", ("query", "value")),
    "lora_all": Case("multiclass", "mlp", "cls", "lora", TARGETS),
    "lora_some": Case("multilabel", "linear", "attention", "lora", ("key", "output", "contract")),
    "lora_tokens": Case("token", "mlp", "none", "lora", ("expand",)),
    "ia3_usual": Case("regression", "linear", "centre", "ia3", ("key", "value", "contract"), ("contract",)),
    "ia3_outputs": Case("binary", "mlp", "mean", "ia3", TARGETS),
    "ia3_inputs": Case("regression", "mlp", "attention", "ia3", TARGETS, TARGETS),
    "probe": Case("multiclass", "mlp", "attention"),
    "full": Case("multilabel", "linear", "mean", full=True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", metavar="DIR", required=True)
    parser.add_argument("-o", "--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for number, (name, case) in enumerate(CASES.items()):
        arrays = case.draw(options.model, options.seed + number)
        result = run(options.model, case, arrays, torch.float64)
        arrays |= {"outputs": result.outputs, "loss": np.array([result.loss])}
        for key, gradient in result.gradients.items():
            if key == TOKEN_TABLE:
                used = np.unique(arrays["tokens"]).astype(np.int64)
                assert not np.delete(gradient, used, axis=0).any()
                arrays["gradient_tokens"], gradient = used, gradient[used]
            arrays[f"gradient.{key}"] = gradient
        arrays = {key: np.ascontiguousarray(array, dtype=np.float32) for key, array in arrays.items()}
        save_file(arrays, options.output / f"{name}.safetensors", case.metadata())
    size = sum(path.stat().st_size for path in options.output.iterdir())
    print(f"{size:,} bytes")
    if size > LARGEST_FOLDER:
        sys.exit("too much to keep in the repository")


if __name__ == "__main__":
    main()
