#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the choice of window, frames and masks does to scores of variants: the figure and figures of docs/variants.md.

    python3 benchmarks/variant_choices.py [--model DIR] [--figure docs/variant_windows.svg]

Scores random SNVs of the Arabidopsis plastome with windows of growing length, with one place of the 6-mer and all six,
and correlates them with those of the longest window; then with shared masks, beside those with each 6-mer masked alone;
then with the genome read from its other strand. Needs NumPy and matplotlib.
"""

import argparse
import gzip
import pathlib
import random
import re
import subprocess
import tempfile

import matplotlib
import numpy as np

matplotlib.use("svg")
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "agront"}  # small files, the same each time
import matplotlib.pyplot as plt

ROOT = pathlib.Path(__file__).resolve().parent.parent
WINDOWS = (18, 42, 90, 186, 390, 774, 1542, 3078, 5994)
ONE, SIX = "AGRONT_LLR", "AGRONT_LLR_F6"


def mirrored(bases):
    return bases.translate(str.maketrans("ACGT", "TGCA"))[::-1]


class Scorer:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def score(self, genome, snvs, *flags):
        """{key: values}, of (position from 0, alternative)."""
        (self.folder / "genome.fa").write_text(f">plastome\n{genome}\n")
        lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
        lines += [f"plastome\t{at + 1}\t.\t{genome[at]}\t{base}\t.\t.\t." for at, base in snvs]
        (self.folder / "in.vcf").write_text("\n".join(lines) + "\n")
        command = [self.options.agront, "score", "--variants", self.folder / "in.vcf", "--genome", self.folder / "genome.fa",
                   "--scores", "llr", "--frames", 6, "-q", *(["--model", self.options.model] if self.options.model else []),
                   *flags]
        text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
        return {key: np.array([float(value) for value in re.findall(rf"\b{key}=([^;\s]+)", text)]) for key in (ONE, SIX)}


def describe(what, values, expected):
    correlation, worst = np.corrcoef(values, expected)[0, 1], np.abs(values - expected)
    print(f"{what}: correlation {correlation:.4f}, median difference {np.median(worst):.3f}, largest {worst.max():.2f} nats "
          f"(spread of the scores {np.std(expected):.2f})", flush=True)


def draw(curves, path):
    figure, axes = plt.subplots(figsize=(6.4, 3.2))
    for label, values in curves.items():
        axes.plot(WINDOWS[:-1], values[:-1], "o-", label=label)
    axes.set_xscale("log")
    axes.set_xticks(WINDOWS, [f"{window:,}" for window in WINDOWS], fontsize=8)
    axes.minorticks_off()
    axes.set_xlabel("window, bp")
    axes.set_ylabel(f"correlation with {WINDOWS[-1]:,} bp")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", default=ROOT / "build/release/agront")
    parser.add_argument("--model", metavar="DIR", help="default: the model inside the program")
    parser.add_argument("--snvs", type=int, default=120)
    parser.add_argument("--figure", metavar="FILE", default=ROOT / "docs/variant_windows.svg")
    options = parser.parse_args()
    genome = "".join(gzip.open(ROOT / "demo/data/NC_000932.fa.gz", "rt").read().split("\n")[1:]).upper()
    rng = random.Random(1)
    places = sorted(rng.sample([at for at, base in enumerate(genome) if base in "ACGT"], options.snvs))
    snvs = [(at, rng.choice([base for base in "ACGT" if base != genome[at]])) for at in places]
    with tempfile.TemporaryDirectory() as folder:
        scorer = Scorer(options, pathlib.Path(folder))
        scores = {window: scorer.score(genome, snvs, "--window-bp", window) for window in WINDOWS}
        longest = scores[WINDOWS[-1]]
        curves = {label: [np.corrcoef(scores[window][key], longest[key])[0, 1] for window in WINDOWS]
                  for label, key in (("one place of the 6-mer", ONE), ("six places", SIX))}
        for label, values in curves.items():
            print(label, ", ".join(f"{window:,} bp {value:.3f}" for window, value in zip(WINDOWS, values)))
        draw(curves, options.figure)
        describe("one place beside six", longest[ONE], longest[SIX])
        shared = scorer.score(genome, snvs, "--shared-masks")
        for key in (ONE, SIX):
            describe(f"{key} with shared masks beside masks alone", shared[key], longest[key])
        other = scorer.score(mirrored(genome), [(len(genome) - 1 - at, mirrored(base)) for at, base in snvs[::-1]])
        for key in (ONE, SIX):
            describe(f"{key} of the other strand of the genome", other[key][::-1], longest[key])


if __name__ == "__main__":
    main()
