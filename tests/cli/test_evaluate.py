# SPDX-License-Identifier: Apache-2.0
"""`agront evaluate` against what `agront unmask` says."""

import json
import math
import unittest

from support import GENES, ProgramTest, table, write_model


class Evaluate(ProgramTest):
    def test_agrees_with_unmask(self):
        model = write_model(self.folder / "model")
        fasta = self.write("genes.fa", GENES * 3)
        result = json.loads(self.succeed("evaluate", "--mlm", "--every", fasta, "--model", model, "--json"))
        rows = table(self.succeed("unmask", "--every", fasta, "--model", model, "--top", 1))
        self.assertEqual(result["hidden"], len(rows))
        loss = sum(-math.log(float(row["true_probability"])) for row in rows) / len(rows)
        self.assertAlmostEqual(result["loss"], loss, delta=1e-5)
        self.assertAlmostEqual(result["perplexity"], math.exp(loss), delta=1e-4 * math.exp(loss))
        self.assertEqual(result["accuracy"], sum(row["true"] == row["kmer"] for row in rows) / len(rows))

    def test_hides_a_share_by_the_seed_alone(self):
        model = write_model(self.folder / "model")
        fasta = self.write("genes.fa", "".join(f">{i}\n{'ACGTTGCAAGTC' * 14}\n" for i in range(200)))
        words = ("evaluate", "--mlm", fasta, "--model", model, "--json", "--masking-ratio", 0.3)
        result = json.loads(self.succeed(*words))
        chosen = 200 * 28
        self.assertAlmostEqual(result["hidden"], 0.3 * chosen, delta=5 * math.sqrt(chosen * 0.3 * 0.7))
        again = json.loads(self.succeed(*words, "--batch-tokens", 100))
        self.assertEqual(again["hidden"], result["hidden"])
        self.assertAlmostEqual(again["loss"], result["loss"], delta=1e-5)
        self.assertNotEqual(json.loads(self.succeed(*words, "--seed", 1))["hidden"], result["hidden"])


if __name__ == "__main__":
    unittest.main()
