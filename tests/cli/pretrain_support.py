# SPDX-License-Identifier: Apache-2.0
"""What the tests of `agront pretrain` share: a small corpus, and small runs on it."""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time

from support import PROGRAM, ProgramTest, ranks_environment

SMALL = {"--layers": 2, "--hidden": 16, "--heads": 2, "--ffn": 24, "--max-tokens": 32, "--batch-tokens": 8 * 21,
         "--micro-batch": 2, "--learning-rate": 1e-2, "--learning-rate-start": 0, "--warmup-steps": 4, "--steps": 12,
         "--checkpoint-every": 3, "--validate-every": 6, "--validation-windows": 0, "--threads": 1}
SHAPE = ("--layers", "--hidden", "--heads", "--ffn", "--max-tokens")
MPIRUN = shutil.which("mpirun")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class PretrainTest(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = random.Random(1)
        # A mosaic of few words: something to learn, so that losses fall.
        words = ["".join(generator.choices("ACGT", k=60)) for _ in range(8)]
        genome = "".join(generator.choice(words) for _ in range(400))
        self.write("a.fa", ">chr1\n" + genome + "\n")
        self.write("genomes.tsv", "species\tfasta\tregions\tweight\nA\ta.fa\t.\t.\n")
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--window-tokens", 21, "--overlap",
                     12, "--keep-duplicates", "-q", "--training-share", 1)

    def words(self, output, *options, without=()):
        """The command line of a small run; `options` are flags and values that replace those of SMALL."""
        flags = {"--corpus": self.path("corpus"), **SMALL, **dict(zip(options[::2], options[1::2], strict=True))}
        flags = {flag: value for flag, value in flags.items() if flag not in without}
        return ["pretrain", "-o", self.path(output), "-q", *(word for pair in flags.items() for word in pair)]

    def assert_ends_with_a_checkpoint(self, output):
        last = lines(self.path(output) / "metrics.jsonl")[-1]["step"]
        self.assertTrue((self.path(output) / f"step-{last}" / "optimizer.safetensors").exists())

    def last_checkpoint(self, output):
        """Its step; 0: there is none."""
        folder = self.path(output)
        names = os.listdir(folder) if folder.exists() else []
        return max((int(name[5:]) for name in names if re.fullmatch(r"step-\d+", name)), default=0)

    def curve(self, output):
        return [(line["step"], line["loss"], line["gradient_norm"]) for line in lines(self.path(output) / "metrics.jsonl")]

    def weights(self, output, step=12):
        return (self.path(output) / f"step-{step}" / "model.safetensors").read_bytes()

    def start_ranks(self, ranks, *words):
        return subprocess.Popen([MPIRUN, "--bind-to", "none", "--oversubscribe", "-n", str(ranks), PROGRAM,
                                 *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=ranks_environment())

    def run_ranks(self, ranks, *words):
        process = self.start_ranks(ranks, *words)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ranks_of(self, process):
        """The processes that mpirun started, in the order of their numbers."""
        children = pathlib.Path(f"/proc/{process.pid}/task").glob("*/children")
        return sorted(int(pid) for file in children for pid in file.read_text().split())

    def wait_for_steps(self, output, count):
        metrics = self.path(output) / "metrics.jsonl"
        deadline = time.monotonic() + 60
        while not (metrics.exists() and metrics.read_text().count("\n") >= count):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
