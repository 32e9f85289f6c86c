#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rehearses the first day with the published model, without it and without the network.

    python3 tools/rehearse_first_day.py --agront build/release/agront --work DIR

A checkpoint of the published shape with random weights (991,260,405 parameters, 4 GB, with transposed matrices as
pytorch_model.bin may have them) is put on a hub on loopback. Then, as a user would: it is pulled, the pull is killed half
way and gone on with, described and verified by its name, converted, compared with its copy, and a folder in the layout of
the Plants Genomic Benchmark is fine-tuned on it for two updates a task. Every step must succeed, and hashes must agree.

Needs 13 GB of disk, and memory for the 1B model; --small rehearses on a small shape. --checkpoint DIR takes one that
tools/make_checkpoint.py wrote before. Needs numpy, torch, safetensors and joblib for the checkpoint. What it cannot
rehearse: the live hub, its store, and the published answer, which random weights do not give.
"""

import argparse
import functools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "rehearsal/agro-nucleotide-transformer-1b"
SMALL = ["--hidden", "60", "--heads", "4", "--layers", "3", "--ffn", "80"]


def read_flags():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", type=pathlib.Path, required=True)
    parser.add_argument("--work", metavar="DIR", type=pathlib.Path, required=True, help="what is written there is removed")
    parser.add_argument("--checkpoint", metavar="DIR", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    return parser.parse_args()


class Rehearsal:
    def __init__(self, flags):
        self.flags, self.work = flags, flags.work
        self.work.mkdir(parents=True, exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        self.environment |= {"HF_HOME": str(self.work / "hf"), "HF_TOKEN_PATH": os.devnull}
        self.steps = []

    def run(self, title, *words):
        """Runs a step, and gives its standard output."""
        print(f"\n== {title}\n$ {' '.join(map(str, words))}", flush=True)
        start = time.monotonic()
        done = subprocess.run([*map(str, words)], env=self.environment, capture_output=True, text=True)
        self.steps.append((title, time.monotonic() - start))
        print(done.stdout + done.stderr, end="", flush=True)
        if done.returncode != 0:
            sys.exit(f"{title}: status {done.returncode}")
        return done.stdout

    def agront(self, title, *words):
        return self.run(title, self.flags.agront, *words)

    def make_checkpoint(self):
        if self.flags.checkpoint:
            return self.flags.checkpoint
        folder = self.work / "checkpoint"
        self.run("a checkpoint with random weights", sys.executable, ROOT / "tools/make_checkpoint.py", "--format", "pytorch",
                 "--transposed", "--seed", 7, *(SMALL if self.flags.small else []), "-o", folder)
        return folder

    def pull(self, hub):
        """Killed half way, and gone on with."""
        print("\n== agront pull, killed half way", flush=True)
        process = subprocess.Popen([self.flags.agront, "pull", NAME], env=self.environment)
        size = sum(len(content) for content in hub.models[NAME, hub.refs[NAME, "main"]].values())
        while process.poll() is None and self.fetched() < size / 2:
            time.sleep(0.02)
        process.kill()
        process.wait()
        print(f"killed with {self.fetched():,} of {size:,} bytes")
        snapshot = pathlib.Path(self.agront("agront pull, gone on with", "pull", NAME).strip())
        ranges = [request.headers["Range"] for request in hub.requests if request.headers.get("Range")]
        print("asked for:", *ranges)
        if not self.flags.small and not ranges:
            sys.exit("the second pull did not go on where the first one was killed")
        self.agront("agront pull, when all is there", "pull", NAME)
        return snapshot

    def fetched(self):
        return sum(path.stat().st_size for path in (self.work / "hf").glob("hub/*/blobs/*") if path.exists())

    def write_benchmark(self):
        """Tasks with 32 sequences for training, which is two updates of 16."""
        folder, draw = self.work / "benchmark", random.Random(1)
        for task, species, labels in (("poly_a", "arabidopsis_thaliana", "01"), ("promoter_strength", "leaf", None)):
            (folder / task).mkdir(parents=True, exist_ok=True)
            for part, count in (("train", 32), ("validation", 8), ("test", 8)):
                lines = []
                for i in range(count):
                    label = labels[i % 2] if labels else f"{draw.gauss(0, 1):.3f}"
                    lines.append(f">{part}_{i}|{label}\n{''.join(draw.choices('ACGT', k=170))}\n")
                (folder / task / f"{species}_{part}.fa").write_text("".join(lines))
        return folder

    def first_day(self):
        checkpoint = self.make_checkpoint()
        os.environ["AGRONT"] = str(self.flags.agront)  # tests/cli ask for it
        sys.path.insert(0, str(ROOT / "tests/cli"))
        import hub_support

        hub_support.sha256 = functools.cache(hub_support.sha256)  # of 4 GB, for every listing
        hub = hub_support.Hub()
        hub.add(NAME, {**hub_support.folder_files(checkpoint), "README.md": b"# Random\n"}, licence="cc-by-nc-sa-4.0")
        self.environment["HF_ENDPOINT"] = hub.origin
        snapshot = self.pull(hub)
        hub.close()
        hub.models.clear()  # the memory is for the model now
        hub_support.sha256.cache_clear()

        # Random weights are finite, but they do not give the published answer, and it says so.
        described = self.agront("agront info --verify, by name and without the hub", "info", NAME, "--verify")
        if not self.flags.small and "not the published weights" not in described:
            sys.exit("random weights were taken for the published ones")
        self.agront("agront convert", "convert", NAME, "-o", self.work / "converted", "-q")
        again = self.agront("agront info of the converted one", "info", self.work / "converted")
        hashes = {line for text in (described, again) for line in text.splitlines() if line.startswith("model_hash")}
        if len(hashes) != 1:
            sys.exit(f"the converted model is another one: {hashes}")
        genes = self.work / "genes.fa"
        genes.write_text(">gene\n" + "".join(random.Random(2).choices("ACGT", k=600)) + "\n")
        self.agront("agront embed", "embed", genes, "-m", NAME, "-o", self.work / "genes.npz", "--force", "-q")
        self.agront("agront finetune --benchmark", "finetune", "--benchmark", self.write_benchmark(), "--method", "ia3",
                    "--model", NAME, "--epochs", 1, "--bootstrap", 0, "-o", self.work / "results")
        updates = (self.work / "results").glob("**/run/metrics.jsonl")
        print("updates:", *(f"{path.relative_to(self.work)}: {len(path.read_text().splitlines())} lines" for path in updates))
        print((self.work / "results" / "benchmark.tsv").read_text())
        print(f"{snapshot}\n")
        for title, seconds in self.steps:
            print(f"{seconds:8.1f} s  {title}")


def main():
    flags = read_flags()
    flags.agront = flags.agront.resolve()
    flags.work = flags.work.resolve()
    rehearsal = Rehearsal(flags)
    for name in ("hf", "converted", "results", "benchmark"):
        shutil.rmtree(flags.work / name, ignore_errors=True)
    rehearsal.first_day()


if __name__ == "__main__":
    main()
