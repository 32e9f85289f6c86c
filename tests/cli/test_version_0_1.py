# SPDX-License-Identifier: Apache-2.0
"""Folders that version 0.1 wrote load, predict, evaluate and resume."""

import json
import pathlib
import shlex
import shutil
import subprocess
import unittest

import numpy as np

from support import PROGRAM, ProgramTest, table

ROOT = pathlib.Path(__file__).resolve().parents[1]
FINETUNE = shlex.split("finetune --train train.fa --test test.fa --model base --method lora --rank 2 --batch-size 4 "
                       "--patience 0 --bootstrap 20 --no-baselines --threads 1 --checkpoint-every 4 -q")
PRETRAIN = shlex.split("pretrain --corpus corpus --layers 1 --hidden 4 --heads 1 --ffn 4 --max-tokens 32 --batch-tokens 168 "
                       "--micro-batch 2 --learning-rate 1e-2 --learning-rate-start 0 --warmup-steps 4 --steps 40 "
                       "--checkpoint-every 10 --keep 1 --validate-every 20 --validation-windows 4 --threads 1 -q")


def old_table(path):
    """A table of 0.1: lines of provenance, then a header that begins with #."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("##")]
    header = lines[0].removeprefix("#").split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


class Version01(ProgramTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(ROOT / "data" / "v0.1", self.folder, dirs_exist_ok=True)
        self.path("base").symlink_to(ROOT / "golden" / "model")

    def run_here(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_finetuned_folder_predicts_the_same(self):
        for name, row in zip(old_table(self.path("predicted.tsv")),
                             table(self.run_here("predict", "finetuned", "test.fa", "-q")), strict=True):
            self.assertEqual(row["id"], name["id"])
            value = next(text for column, text in row.items() if column.startswith("predicted"))
            self.assertAlmostEqual(float(value), float(name["predicted"]), places=4)

    def test_tracks_warn_that_lengths_are_not_known(self):
        self.write("g.fa", ">chr1\n" + "ACGTTGCAAC" * 30 + "\n")
        done = subprocess.run([PROGRAM, *"predict finetuned --genome g.fa --window-bp 60 --stride-bp 30 -o t.bedgraph".split()],
                              cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("version 0.1"), 1, done.stderr)

    def test_finetuned_folder_evaluates_the_same(self):
        old = json.loads(self.path("finetuned/metrics.json").read_text())["test"]
        self.write("numbers.fa", self.path("test.fa").read_text().replace("|poor", "|0").replace("|rich", "|1"))
        said = json.loads(self.run_here("evaluate", "finetuned", "numbers.fa", "--bootstrap", "0", "--json", "-q"))["test"]
        for score in ("auroc", "log_loss", "brier"):
            self.assertAlmostEqual(said[score], old[score], places=4, msg=score)

    def test_labels_say_no_other_than_what_the_model_was_trained_on(self):
        def evaluate(*options):
            return json.loads(self.run_here("evaluate", "finetuned", "test.fa", "--bootstrap", "0", "--json", "-q", *options))

        said, with_label = evaluate(), evaluate("--positive", "rich")
        self.assertEqual((with_label["test"], with_label["examples"]), (said["test"], 20))
        done = subprocess.run([PROGRAM, *"evaluate finetuned test.fa --positive poor -q".split()], cwd=self.folder,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("test.fa:1: rich is 1, as the model was trained; --positive says poor", done.stderr)

    def test_finished_run_stays(self):
        before = self.path("finetuned/metrics.json").read_text()
        self.run_here(*FINETUNE, "--epochs", "3", "-o", "finetuned")
        self.assertEqual(self.path("finetuned/metrics.json").read_text(), before)

    def test_stopped_fine_tuning_goes_on(self):
        self.run_here(*FINETUNE, "--epochs", "12", "-o", "stopped")
        whole = json.loads(self.path("whole_metrics.json").read_text())
        resumed = json.loads(self.path("stopped/metrics.json").read_text())
        self.assertEqual(resumed["updates"], whole["updates"])
        for score in ("auroc", "log_loss", "brier"):
            self.assertAlmostEqual(resumed["test"][score], whole["test"][score], places=3, msg=score)

    def test_adapter_and_int8_checkpoint_load(self):
        self.run_here("embed", "test.fa", "-m", "base", "--adapter", "finetuned/adapter", "-o", "adapted.npz", "-q")
        self.run_here("embed", "test.fa", "-m", "int8", "-o", "again.tsv", "-q")
        channels = [f"c{i}" for i in range(4)]
        values = [np.float64([[row[c] for c in channels] for row in rows])
                  for rows in (old_table(self.path("embedded.tsv")), table(self.path("again.tsv").read_text()))]
        self.assertLess(np.linalg.norm(values[1] - values[0]), 1e-4 * np.linalg.norm(values[0]))

    def test_corpus_verifies_and_stopped_pretraining_goes_on(self):
        self.run_here("corpus", "corpus", "--verify", "-q")
        self.run_here(*PRETRAIN, "-o", "stopped_pretrain")
        curves = [[json.loads(line)["loss"] for line in self.path(name).read_text().splitlines()]
                  for name in ("whole_pretrain_metrics.jsonl", "stopped_pretrain/metrics.jsonl")]
        self.assertEqual(len(curves[0]), len(curves[1]))
        np.testing.assert_allclose(curves[1], curves[0], rtol=1e-4)


if __name__ == "__main__":
    unittest.main()
