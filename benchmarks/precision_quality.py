#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a precision costs in quality: the same sequence in fp32 and in another precision, side by side.

    python3 benchmarks/precision_quality.py --precision bf16,int8 [--model DIR] [IN.fa ...]
    python3 benchmarks/precision_quality.py --random 4 --bases 20000

--random makes models of true width and so many layers, one for each --seed, with fresh weights (by
tools/make_checkpoint.py, which needs torch). --bases takes that much of the beginning of a file with one record.

For each FASTA file (default: the Arabidopsis plastome of the demo), every 6-mer is masked once in both precisions:
change of the mean log-probability of the true 6-mer, agreement of the first choices, Spearman correlation of the
log-probabilities; and the least and the mean cosine between mean embeddings of windows. Prints a Markdown table.
"""

import argparse
import csv
import gzip
import pathlib
import subprocess
import sys
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
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return np.log([float(row["true_probability"]) for row in rows]), np.array([row["kmer"] for row in rows])


def embed(command, folder, precision):
    output = pathlib.Path(folder) / f"{precision}.npz"
    subprocess.run([*command, "-o", output], check=True)
    with np.load(output) as arrays:
        return next(arrays[name].astype(np.float64) for name in arrays if name.startswith("layer_"))


def measure(options, model, fasta, precision, folder):
    """((log-probabilities, first choices), mean embeddings)."""
    flags = ["-q", "--precision", precision, *(["--model", model] if model else [])]
    return (unmask([options.agront, "unmask", "--every", "--top", "1", fasta, *flags]),
            embed([options.agront, "embed", fasta, *flags], folder, precision))


def print_row(label, number, exact, other):
    (logs, choices), means = exact
    (other_logs, other_choices), other_means = other
    cosines = np.sum(means * other_means, 1) / np.linalg.norm(means, axis=1) / np.linalg.norm(other_means, axis=1)
    change = 100 * (other_logs.mean() - logs.mean()) / abs(logs.mean())
    spearman = np.corrcoef(ranks(logs), ranks(other_logs))[0, 1]
    agreement = np.mean(choices == other_choices)
    print(f"| {label} | {number} | {len(logs)} | {logs.mean():.4f} | {change:+.3f} % | {100 * agreement:.2f} % | "
          f"{spearman:.6f} | {cosines.min():.6f} | {cosines.mean():.6f} |", flush=True)


def compare(options, label, model):
    with tempfile.TemporaryDirectory() as folder:
        for fasta in options.fasta:
            fasta = first_bases(fasta, options.bases, folder) if options.bases else fasta
            exact = measure(options, model, fasta, "fp32", folder)
            for precision in options.precision.split(","):
                print_row(f"{label}, {pathlib.Path(fasta).name.split('.')[0]}", precision, exact,
                          measure(options, model, fasta, precision, folder))


def first_bases(fasta, count, folder):
    """A copy of the beginning of a FASTA file."""
    with gzip.open(fasta, "rt") if str(fasta).endswith(".gz") else open(fasta) as file:
        header, *lines = file.read().splitlines()
    if any(line.startswith(">") for line in lines):
        sys.exit(f"{fasta}: --bases expects one record, got several")
    path = pathlib.Path(folder) / f"{pathlib.Path(fasta).name.split('.')[0]}.fa"
    path.write_text(f"{header}\n{''.join(lines)[:count]}\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", default=ROOT / "build/release/agront")
    parser.add_argument("--precision", default="bf16,int8")
    models = parser.add_mutually_exclusive_group()
    models.add_argument("--model", help="a folder; default: the embedded model")
    models.add_argument("--random", metavar="LAYERS", type=int, help="fresh random models of true width")
    parser.add_argument("--seed", metavar="N", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--bases", metavar="N", type=int, help="of the beginning of each file; default: all")
    parser.add_argument("fasta", nargs="*", default=[ROOT / "demo/data/NC_000932.fa.gz"])
    options = parser.parse_args()
    print("| against fp32 | precision | 6-mers | fp32 log-probability | change | same first choice | "
          "Spearman | least cosine | mean cosine |\n|---|---|---|---|---|---|---|---|---|", flush=True)
    if not options.random:
        compare(options, pathlib.Path(options.model).name if options.model else "embedded model", options.model)
        return
    for seed in options.seed:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, ROOT / "tools/make_checkpoint.py", "--layers", str(options.random),
                            "--seed", str(seed), "-o", folder], check=True)
            compare(options, f"random, {options.random} layers, seed {seed}", folder)


if __name__ == "__main__":
    main()
