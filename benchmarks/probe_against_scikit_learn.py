#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A probe on short sequences beside Hugging Face's embeddings with scikit-learn: four layers of the published width.

    python3 tools/make_checkpoint.py --layers 4 -o layers_4
    python benchmarks/probe_against_scikit_learn.py --agront build/release/agront --model layers_4 --sequences 10000

Both read the same FASTA file with labels, compute the mean of the last hidden states of each sequence in float32 and
train a linear head: ours in five epochs of AdamW, theirs by scikit-learn's LogisticRegression on standardized features
(at most 100 iterations). With --precision our embeddings are in that, theirs stay in float32. All of it is timed, start
of the process and loading of the model included. They take turns.
Needs torch, transformers and scikit-learn.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

LENGTH = 170


def peer(model_folder, train, test, batch, threads):
    """Mean embeddings by transformers, then logistic regression; prints the AUROC."""
    import numpy as np
    import torch
    import transformers
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    torch.set_num_threads(threads)
    tokenizer = transformers.EsmTokenizer.from_pretrained(model_folder)
    model = transformers.EsmModel.from_pretrained(model_folder, add_pooling_layer=False, dtype=torch.float32,
                                                  attn_implementation="sdpa").eval()

    def read(path):
        lines = pathlib.Path(path).read_text().split()
        return lines[1::2], [int(line.rsplit("|", 1)[1]) for line in lines[::2]]

    def embed(sequences):
        features = []
        with torch.no_grad():
            for first in range(0, len(sequences), batch):
                tokens = tokenizer(sequences[first:first + batch], return_tensors="pt", padding=True)
                hidden = model(**tokens).last_hidden_state
                mask = tokens["attention_mask"].clone()
                mask[:, 0] = 0  # <cls>
                features.append(((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy())
        return np.concatenate(features)

    (train_sequences, train_labels), (test_sequences, test_labels) = read(train), read(test)
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=100))
    probe.fit(embed(train_sequences), train_labels)
    print(roc_auc_score(test_labels, probe.predict_proba(embed(test_sequences))[:, 1]))


def write_examples(path, count, seed):
    """Labels by the share of G and C, which is there to be found."""
    generator = random.Random(seed)
    with open(path, "w") as file:
        for i in range(count):
            gc = generator.uniform(0.3, 0.7)
            bases = "".join(generator.choices("ACGT", [1 - gc, gc, gc, 1 - gc], k=LENGTH))
            file.write(f">s{i}|{int(gc > 0.5)}\n{bases}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--sequences", type=int, default=10_000, help="in all; a tenth of them tests")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--batch", type=int, default=32, help="sequences of one pass of transformers")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--precision", default="fp32", help="of our embeddings: fp32, bf16, int8 or auto")
    parser.add_argument("--peer", nargs=2, metavar=("TRAIN", "TEST"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.model, *options.peer, options.batch, options.threads)
    with tempfile.TemporaryDirectory() as folder:
        train, test = f"{folder}/train.fa", f"{folder}/test.fa"
        write_examples(train, options.sequences * 9 // 10, 1)
        write_examples(test, options.sequences // 10, 2)
        ours, theirs = [], []
        for turn in range(options.repeat):
            start = time.perf_counter()
            done = subprocess.run([sys.executable, __file__, "--agront", options.agront, "--model", options.model, "--batch",
                                   str(options.batch), "--threads", str(options.threads), "--peer", train, test],
                                  check=True, capture_output=True, text=True)
            theirs.append(time.perf_counter() - start)
            start = time.perf_counter()
            output = f"{folder}/probe-{turn}"
            subprocess.run([options.agront, "finetune", "--task", "binary", "--train", train, "--test", test, "--model",
                            options.model, "--method", "probe", "--epochs", "5", "--patience", "0", "--no-baselines",
                            "--precision", options.precision,
                            "--threads", str(options.threads), "-q", "-o", output], check=True)
            ours.append(time.perf_counter() - start)
            auroc = json.loads(pathlib.Path(output, "metrics.json").read_text())["test"]["auroc"]
            print(f"turn {turn + 1}: scikit-learn {theirs[-1]:.1f} s, AUROC {float(done.stdout):.3f}; "
                  f"agront {ours[-1]:.1f} s, AUROC {auroc:.3f}", file=sys.stderr)
    ratios = sorted(peer / own for peer, own in zip(theirs, ours))
    print("| sequences of 170 bp | Hugging Face and scikit-learn (s) | agront (s) | ratio (median) | its range |")
    print("|---|---|---|---|---|")
    print(f"| {options.sequences} | {statistics.median(theirs):.1f} | {statistics.median(ours):.1f} | "
          f"{statistics.median(ratios):.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f} |")


if __name__ == "__main__":
    main()
