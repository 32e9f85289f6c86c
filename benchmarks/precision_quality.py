#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a precision costs in quality: the same sequence in fp32 and in another precision, side by side.

    python3 benchmarks/precision_quality.py --agront build/release/agront --precision bf16 [--model DIR] [IN.fa ...]

For each FASTA file (default: the Arabidopsis plastome of the demo), every 6-mer is masked once in both precisions:
change of the mean log-probability of the true 6-mer, agreement of the first choices, Spearman correlation of the
log-probabilities; and the least and the mean cosine between mean embeddings of windows. Prints a Markdown table.
"""

import argparse
import pathlib
import subprocess
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[1]


def ranks(values):
    order = np.argsort(values, kind="stable")
    result = np.empty(len(values))
    result[order] = np.arange(len(values))
    for value in np.unique(values[np.isin(values, values[order][1:][np.diff(values[order]) == 0])]):
        result[values == value] = result[values == value].mean()  # ties share their mean rank
    return result


def unmask(command):
    """Log-probability of the true 6-mer and the first choice, for every 6-mer."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return np.log([float(row[6]) for row in rows]), np.array([row[4] for row in rows])


def embed(command, folder, precision):
    output = pathlib.Path(folder) / f"{precision}.npz"
    subprocess.run([*command, "-o", output], check=True)
    with np.load(output) as arrays:
        return next(arrays[name].astype(np.float64) for name in arrays if name.startswith("layer_"))


def compare(options, fasta):
    common = ["-q", *(["--model", options.model] if options.model else [])]
    logs, choices, means = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for precision in ("fp32", options.precision):
            flags = [*common, "--precision", precision]
            command = [options.agront, "unmask", "--every", "--top", "1", fasta, *flags]
            logs[precision], choices[precision] = unmask(command)
            means[precision] = embed([options.agront, "embed", fasta, *flags], folder, precision)
    exact, other = logs["fp32"], logs[options.precision]
    cosines = np.sum(means["fp32"] * means[options.precision], 1)
    for mean in means.values():
        cosines /= np.linalg.norm(mean, axis=1)
    change = 100 * (other.mean() - exact.mean()) / abs(exact.mean())
    spearman = np.corrcoef(ranks(exact), ranks(other))[0, 1]
    agreement = np.mean(choices["fp32"] == choices[options.precision])
    print(f"| {pathlib.Path(fasta).name} | {len(exact)} | {exact.mean():.4f} | {change:+.3f} % | "
          f"{100 * agreement:.2f} % | {spearman:.6f} | {cosines.min():.6f} | {cosines.mean():.6f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--agront", default=ROOT / "build/release/agront")
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--model", help="a folder; default: the embedded model")
    parser.add_argument("fasta", nargs="*", default=[ROOT / "demo/data/NC_000932.fa.gz"])
    options = parser.parse_args()
    print(f"| {options.precision} against fp32 | 6-mers | fp32 log-probability | change | same first choice | "
          "Spearman | least cosine | mean cosine |\n|---|---|---|---|---|---|---|---|")
    for fasta in options.fasta:
        compare(options, fasta)


if __name__ == "__main__":
    main()
