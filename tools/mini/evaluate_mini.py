#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The held-out figures of the model card, by the program itself.

    python3 tools/mini/evaluate_mini.py --agront build/release/agront --genomes GENOMES

Every 6-mer of held-out plastomes (order Brassicales) and of Moringa nuclear windows near genes is masked once
(`agront unmask --every`); beside the model stand the 6-mer frequencies of the training sequence, and for plastomes the
look-up of the 6-mer that stands most often between the same two neighbours in the training plastomes. The Arabidopsis
plastome is the project's own demo/data; the others need GENOMES and are left out, with a word, without it. With --markov
also a Markov chain of bases, which predicts each of a 6-mer's bases from the ORDER bases before it, counted in the training
plastomes (and genes); lower orders stand in for what was rarely seen.
"""

import argparse
import collections
import csv
import gzip
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLASTOMES = {"NC_086776.1": "Batis maritima", "NC_053525.1": "Ochradenus baccatus", "PV995108.1": "Brassica rapa",
             "NC_070088.1": "Moringa peregrina"}
WINDOW = 6138
MORINGA_WINDOWS = 60


def read_fasta(path, keep=lambda name: True):
    name, parts = None, []
    with gzip.open(path, "rt") as lines:
        for line in lines:
            if line.startswith(">"):
                if parts:
                    yield name, "".join(parts)
                name, parts = line[1:].split()[0], []
            elif keep(name):
                parts.append(line.strip().upper())
        if parts:
            yield name, "".join(parts)


def read_counts(path):
    counts = {}
    for line in open(path):
        sixmer, count = line.split()
        counts[sixmer] = int(count) + 1
    total = sum(counts.values())
    return {sixmer: count / total for sixmer, count in counts.items()}


def unmask(agront, model, bases):
    """(6-mer, start, its probability, the first choice) of every 6-mer of one sequence."""
    with tempfile.TemporaryDirectory() as folder:
        fasta = pathlib.Path(folder) / "in.fa"
        fasta.write_text(f">s\n{bases}\n")
        text = subprocess.run([agront, "unmask", "--every", "--top", "1", "-q", *model, fasta], check=True, capture_output=True,
                              text=True).stdout
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        yield row["true"], int(row["record_start"]), float(row["true_probability"]), row["kmer"]


def scores(agront, model, sequences, frequencies):
    rows = [row for bases in sequences for row in unmask(agront, model, bases)]
    best = max(frequencies, key=frequencies.get)
    loss = -np.mean([np.log(p) for _, _, p, _ in rows])
    return {"6-mers": len(rows), "loss": loss, "perplexity": np.exp(loss),
            "top-1": np.mean([true == first for true, _, _, first in rows]),
            "baseline loss": -np.mean([np.log(frequencies[true]) for true, *_ in rows]),
            "baseline top-1": np.mean([true == best for true, *_ in rows])}


def flank_lookup(training, sequences):
    """Top-1 of the commonest 6-mer between the same two neighbours, over all phases; the share of known neighbours."""
    seen = collections.defaultdict(collections.Counter)
    wanted = {bases[i:i + 6] + bases[i + 12:i + 18] for bases in sequences for i in range(0, len(bases) - 18, 6)}
    for bases in training:
        for i in range(len(bases) - 18):
            flanks = bases[i:i + 6] + bases[i + 12:i + 18]
            if flanks in wanted:
                seen[flanks][bases[i + 6:i + 12]] += 1
    right = known = total = 0
    for bases in sequences:
        for i in range(0, len(bases) - 18, 6):
            found = seen.get(bases[i:i + 6] + bases[i + 12:i + 18])
            total += 1
            known += found is not None
            right += found is not None and found.most_common(1)[0][0] == bases[i + 6:i + 12]
    return right / total, known / total


class MarkovChain:
    """P(base | the bases before it), orders mixed: (count + 4 P of the order below) / (contexts + 4)."""

    def __init__(self, sequences, order):
        self.order = order
        sequences = [codes_of(bases) for bases in sequences]
        self.table = np.full((1, 4), 0.25)
        for k in range(order + 1):
            counts = np.zeros(4 ** (k + 1))
            for codes in sequences:
                words = words_of(codes, k + 1)
                counts += np.bincount(words[words >= 0], minlength=len(counts))
            counts = counts.reshape(-1, 4)
            below = np.tile(self.table, (len(counts) // len(self.table), 1))
            self.table = (counts + 4 * below) / (counts.sum(1, keepdims=True) + 4)

    def loss(self, sequences):
        """Nats a 6-mer, in the frame of the tokens; where a base before it is not known, or none is there, it is left out."""
        losses = []
        for bases in sequences:
            words = words_of(codes_of(bases), self.order + 1)
            of_base = np.where(words >= 0, -np.log(self.table.reshape(-1)[np.maximum(words, 0)]), np.nan)
            of_base = np.concatenate([np.full(self.order, np.nan), of_base])
            of_base = of_base[:len(of_base) // 6 * 6]
            losses.append(of_base.reshape(-1, 6).sum(1))
        return np.nanmean(np.concatenate(losses))


def codes_of(bases):
    codes = np.full(256, -1)
    for code, base in enumerate(b"ACGT"):
        codes[base] = code
    return codes[np.frombuffer(bases.encode(), np.uint8)]


def words_of(codes, length):
    """The number of the word that starts at each place, -1 where a base is not known."""
    places = len(codes) - length + 1
    words, known = np.zeros(places, np.int64), np.ones(places, bool)
    for i in range(length):
        words = 4 * words + codes[i:i + places]
        known &= codes[i:i + places] >= 0
    return np.where(known, words, -1)


def moringa_windows(genomes):
    """Windows that start 500 bases before every k-th gene of the held-out nuclear genome."""
    genes = []
    with gzip.open(genomes / "moringa_oleifera.genes.gff3.gz", "rt") as lines:
        for line in lines:
            fields = line.split("\t")
            if len(fields) == 9 and fields[2] == "mRNA":
                genes.append((fields[0], max(0, int(fields[3]) - 501)))
    chosen = genes[::len(genes) // MORINGA_WINDOWS][:MORINGA_WINDOWS]
    scaffolds = dict(read_fasta(genomes / "moringa_oleifera.fa.gz", {name for name, _ in chosen}.__contains__))
    return [scaffolds[name][start:start + WINDOW] for name, start in chosen]


def show(name, values):
    print(f"{name:32s} {values['6-mers']:7d}  loss {values['loss']:.3f}  perplexity {values['perplexity']:6.0f}  "
          f"top-1 {100 * values['top-1']:5.2f} %   6-mer frequencies: loss {values['baseline loss']:.3f}  "
          f"top-1 {100 * values['baseline top-1']:.2f} %", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--agront", default=ROOT / "build/release/agront")
    parser.add_argument("--genomes", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, help="a folder; default: the model in the program")
    parser.add_argument("--markov", type=int, metavar="ORDER", help="also a Markov chain of bases")
    parser.add_argument("--lookup", action="store_true", help="also the flank look-up (minutes, gigabytes)")
    options = parser.parse_args()
    card = ROOT / "models/agront-mini"
    model = ["--model", options.model] if options.model else []
    plastid = read_counts(card / "sixmer_counts.tsv")
    arabidopsis = [bases for _, bases in read_fasta(ROOT / "demo/data/NC_000932.fa.gz")]
    show("Arabidopsis thaliana plastome", scores(options.agront, model, arabidopsis, plastid))
    if options.genomes is None:
        sys.exit("skipped: the other held-out sequences, which --genomes has")
    held_out = dict(read_fasta(options.genomes / "plastomes.fa.gz", PLASTOMES.__contains__))
    for accession, species in PLASTOMES.items():
        show(f"{species} plastome", scores(options.agront, model, [held_out[accession]], plastid))
    moringa = moringa_windows(options.genomes)
    show("Moringa oleifera, near genes", scores(options.agront, model, moringa,
                                                read_counts(card / "sixmer_counts_nuclear.tsv")))
    with gzip.open(options.genomes / "plastomes.tsv.gz", "rt") as lines:
        training = {line.split("\t")[0] for line in lines if line.split("\t")[1] != "Brassicales"}
    if options.markov is not None:
        chain = MarkovChain((bases for _, bases in read_fasta(options.genomes / "plastomes.fa.gz",
                                                              training.__contains__)), options.markov)
        print(f"Markov chain of order {options.markov}, training plastomes:")
        for name, sequences in [("Arabidopsis thaliana", arabidopsis),
                                *((species, [held_out[accession]]) for accession, species in PLASTOMES.items())]:
            print(f"  {name} plastome: loss {chain.loss(sequences):.3f}")
        scaffolds = [bases for _, bases in read_fasta(options.genomes / "bertholletia_excelsa.part.fa.gz")]
        print(f"the same from the three scaffolds of Bertholletia: Moringa loss "
              f"{MarkovChain(scaffolds, options.markov).loss(moringa):.3f}", flush=True)
    if options.lookup:
        right, known = flank_lookup((bases for _, bases in read_fasta(options.genomes / "plastomes.fa.gz",
                                                                      training.__contains__)), arabidopsis)
        print(f"flank look-up, Arabidopsis: top-1 {100 * right:.1f} %, neighbours known {100 * known:.1f} %")


if __name__ == "__main__":
    main()
