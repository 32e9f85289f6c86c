# SPDX-License-Identifier: Apache-2.0
"""`agront info`: memory, and what a precision costs."""

import random
import re
import unittest

import numpy as np

from support import GENES, ProgramTest, model_tensors, run, safetensors_bytes, table, write_model


class Info(ProgramTest):
    def info(self, *words, **options):
        """The lines as a dictionary; the word before a colon is the key."""
        return dict(line.split(": ", 1) for line in self.succeed("info", *words, "-q", **options).splitlines())

    def bytes(self, lines, key):
        return int(re.search(r"\(([\d,]+) bytes\)", lines[key]).group(1).replace(",", ""))

    def test_describes_the_embedded_model(self):
        text = self.succeed("info")
        self.assertIn("not AgroNT", text)
        self.assertIn("vocabulary: 4105", text)
        self.assertIn("not AgroNT", run("tokenize", "-", text=GENES)[2])

    def test_tells_the_memory_of_a_batch(self):
        model = write_model(self.folder / "model")
        small = self.info(model, "--batch-tokens", 1)
        large = self.info(model, "--batch-tokens", 4096)
        self.assertEqual(small["memory.batch"], "32 tokens, the longest window")
        self.assertEqual(large["memory.batch"], "4,096 tokens")
        self.assertEqual(self.bytes(large, "memory.hidden"), 4096 * 24 * 4)
        self.assertEqual(self.bytes(large, "memory.embed"), self.bytes(large, "memory.weights") +
                         self.bytes(large, "memory.activations") + 3 * self.bytes(large, "memory.hidden"))
        self.assertEqual(self.bytes(large, "memory.weights"), self.bytes(small, "memory.weights"))
        parameters = int(large["parameters"].replace(",", ""))
        self.assertGreaterEqual(self.bytes(large, "memory.weights"), 4 * parameters)
        int8 = self.info(model, "--batch-tokens", 4096, "--precision", "int8")
        self.assertEqual(int8["memory.precision"], "int8")
        self.assertLess(self.bytes(int8, "memory.weights"), self.bytes(large, "memory.weights"))
        self.assertIn("memory.note", int8)
        self.succeed("convert", model, "-o", self.path("int8"), "--precision", "int8")
        self.assertNotIn("memory.note", self.info(self.path("int8"), "--precision", "auto"))
        # Two matrices of the embedded model stay in bf16: only a file made for int8 marks them.
        self.succeed("convert", "-o", self.path("mini"), "--precision", "int8")
        known, unknown = (self.bytes(self.info(*words, "--precision", "int8"), "memory.weights")
                          for words in ([self.path("mini")], []))
        self.assertGreater(known, unknown)

    def test_verifies_a_precision_on_sequences(self):
        random = np.random.default_rng(4)
        fasta = self.write("x.fa", "".join(f">s{i}\n{''.join(random.choice(list('ACGT'), 120))}\n" for i in range(5)))
        lines = self.info("--verify-precision", fasta)
        self.assertRegex(lines["precision.sample"], r"^5 windows .*\(all there are\)")
        self.assertIn(" 100 6-mers", lines["precision.sample"])
        for precision in ("bf16", "int8"):
            self.assertGreater(float(lines[f"{precision}.spearman"]), 0.999)
            self.assertGreater(float(lines[f"{precision}.least_cosine"]), 0.999)
            self.assertTrue(lines[f"{precision}.verdict"].startswith("within the limits"))
        lines = self.info("--verify-precision", fasta, "--precision", "int8", "--verify-windows", 2)
        self.assertRegex(lines["precision.sample"], r"^2 windows .*\(the first of more\)")
        self.assertIn(" 40 6-mers", lines["precision.sample"])
        self.assertNotIn("bf16.spearman", lines)

    def test_measures_the_same_as_unmask_and_embed(self):
        random = np.random.default_rng(5)
        fasta = self.write("x.fa", f">a\n{''.join(random.choice(list('ACGT'), 900))}\n")
        model = write_model(self.folder / "model")
        logs, means = [], []
        for precision in ("fp32", "int8"):
            words = (fasta, "--model", model, "--precision", precision)
            rows = table(self.succeed("unmask", "--every", "--top", 1, *words))
            logs.append(np.log([float(row["true_probability"]) for row in rows]))
            self.succeed("embed", *words, "-o", self.path(f"{precision}.npz"))
            with np.load(self.path(f"{precision}.npz")) as arrays:
                means.append(arrays["layer_2"].astype(np.float64))
        lines = self.info(model, "--verify-precision", fasta, "--precision", "int8")
        ranks = [np.argsort(np.argsort(values)) for values in logs]
        cosines = np.sum(means[0] * means[1], 1) / np.linalg.norm(means[0], axis=1) / np.linalg.norm(means[1], axis=1)
        self.assertAlmostEqual(float(lines["int8.spearman"]), np.corrcoef(*ranks)[0, 1], places=3)
        self.assertAlmostEqual(float(lines["int8.least_cosine"]), cosines.min(), places=5)
        self.assertAlmostEqual(float(lines["int8.mean_cosine"]), cosines.mean(), places=5)
        change = 100 * (logs[1].mean() - logs[0].mean()) / abs(logs[0].mean())
        self.assertAlmostEqual(float(lines["int8.log_likelihood_change"].split()[0]), change, places=2)

    def test_says_when_a_precision_costs_too_much(self):
        tensors = model_tensors()
        for name in tensors:  # a sharp softmax makes much of small errors
            if name.endswith(("query.weight", "key.weight")):
                tensors[name] = tensors[name] * 20
        model = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        random = np.random.default_rng(6)
        fasta = self.write("x.fa", f">a\n{''.join(random.choice(list('ACGT'), 900))}\n")
        lines = self.info(model, "--verify-precision", fasta, "--precision", "int8")
        self.assertLess(float(lines["int8.spearman"]), 0.999)
        self.assertTrue(lines["int8.verdict"].startswith("NOT within the limits"))


if __name__ == "__main__":
    unittest.main()
