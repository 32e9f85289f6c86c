#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the Python package against both public implementations of AgroNT, in one process with them.

    git clone https://github.com/instadeepai/nucleotide-transformer reference
    python tools/compare_python.py --nucleotide-transformer reference --seed 7

With a Python that has agront and what references.py needs. The shapes, sequences and bounds are those of
compare_references.py: fresh random weights; token ids, every hidden state, some attention maps and the logits against
Hugging Face and JAX in float32 and against float64. Prints a table; exits 1 if a bound is missed.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np

import agront
from compare_references import SHAPES, Report, check_parity, random_texts


class Package:
    """As compare_references.Program, without a program."""

    def ids(self, texts, folder):
        model = agront.load(folder)
        return [model.tokenize(text).ids.tolist() for text in texts]

    def outputs(self, texts, folder, maps=()):
        """As references.py names them."""
        model = agront.load(folder)
        last = model.shape.layers
        hidden = model.embed(texts, [*range(last + 1), "last:raw"], pooling="none").values
        named = {f"hidden_{last}_raw" if layer == "last:raw" else f"hidden_{layer}": rows for layer, rows in hidden.items()}
        named["logits"] = model.logits(texts).values
        attention = model.attention(texts, maps)
        return named | {f"attention_{layer}_{head}": [of_text[number] for of_text in attention]
                        for number, (layer, head) in enumerate(maps)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nucleotide-transformer", metavar="DIR", required=True, help="clone of the JAX code")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    parser.add_argument("--shapes", metavar="LIST", default=",".join(SHAPES), help="small, wide or both")
    options = parser.parse_args()
    report, rng = Report(), np.random.default_rng(options.seed)
    print(f"agront {agront.__version__} of Python, seed {options.seed}")
    for name in options.shapes.split(","):
        texts = random_texts(rng)
        with tempfile.TemporaryDirectory() as folder:
            check_parity(report, Package(), name, SHAPES[name], options.seed, texts, options.nucleotide_transformer,
                         pathlib.Path(folder))
    print(f"{report.checks} checks, {report.failures} failed")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
