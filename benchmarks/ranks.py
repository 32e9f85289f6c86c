#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast `agront pretrain` is on several ranks of this machine, and what its exchange costs: docs/scaling.md.

    python3 benchmarks/ranks.py --agront build/release/agront            # the table, 1, 2 and 4 ranks
    python3 benchmarks/ranks.py --agront build/release/agront --only "1x2 2x1" --turns 5

"2x1" is two ranks of one thread. All shapes of a job take turns, --turns times, so that a noisy machine is noisy for
all; medians and minima of the steps' seconds are printed, the first step of each run left out. A step has the same windows
for all; a small step shows the exchange. Needs mpirun; runs as root, too.
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

WINDOW = 256  # tokens
STEPS = 4
ENVIRONMENT = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def make_corpus(program, folder):
    generator = random.Random(1)
    (folder / "a.fa").write_text(">chr1\n" + "".join(generator.choices("ACGT", k=400_000)) + "\n")
    (folder / "genomes.tsv").write_text("species\tfasta\tregions\tweight\nA\ta.fa\t.\t.\n")
    subprocess.run([program, "corpus", folder / "genomes.tsv", "-o", folder / "corpus", "--window-tokens", str(WINDOW),
                    "--training-share", "1", "-q"], check=True)
    return folder / "corpus"


def run(options, corpus, ranks, threads, windows):
    """Seconds of the steps of a run, but for the first; the last checkpoint does not count."""
    with tempfile.TemporaryDirectory() as folder:
        words = [options.agront, "pretrain", "--corpus", corpus, "-o", pathlib.Path(folder) / "run", "-q", "-t", threads,
                 "--layers", options.layers, "--hidden", options.hidden, "--heads", options.heads, "--ffn", options.ffn,
                 "--batch-tokens", windows * WINDOW, "--micro-batch", options.micro_batch, "--recompute", "off",
                 "--validation-windows", 0, "--steps", STEPS]
        if ranks > 1:
            words = ["mpirun", "--bind-to", "none", "--oversubscribe", "-n", ranks, *words]
        subprocess.run([str(word) for word in words], check=True, env=ENVIRONMENT)
        lines = (pathlib.Path(folder) / "run" / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["seconds"] for line in lines[1:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", type=os.path.abspath, required=True)
    parser.add_argument("--only", default="1x2 2x1 4x1", help="ranks x threads")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--windows", type=int, nargs="+", default=[4, 16], help="of a step, in all")
    parser.add_argument("--micro-batch", type=int, default=4)
    for name, value in (("layers", 6), ("hidden", 512), ("heads", 8), ("ffn", 2048)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    jobs = [tuple(map(int, job.split("x"))) for job in options.only.split()]
    seconds = {}
    ratios = {}
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(options.agront, pathlib.Path(folder))
        for _ in range(options.turns):
            for windows in options.windows:
                for job in jobs:
                    turn = run(options, corpus, *job, windows)
                    seconds.setdefault((windows, job), []).extend(turn)
                    base = seconds[windows, jobs[0]][-len(turn):]
                    print(f"{windows} windows, {job[0]} x {job[1]}: {turn}", file=sys.stderr, flush=True)
                    ratios.setdefault((windows, job), []).append(statistics.median(base) / statistics.median(turn))
    print("| windows | ranks x threads | seconds a step, median | least | tokens/s | speed against the first, median of turns "
          "| range |")
    print("|---|---|---|---|---|---|---|")
    for (windows, (ranks, threads)), values in sorted(seconds.items()):
        median, turns = statistics.median(values), ratios[windows, (ranks, threads)]
        print(f"| {windows} | {ranks} x {threads} | {median:.3f} | {min(values):.3f} | {windows * WINDOW / median:.0f} "
              f"| {statistics.median(turns):.2f} | {min(turns):.2f} to {max(turns):.2f} |")


if __name__ == "__main__":
    main()
