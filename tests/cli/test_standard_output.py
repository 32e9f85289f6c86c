# SPDX-License-Identifier: Apache-2.0
"""What reaches standard output when a job fails: nothing before the first batch, then whole records, counted."""

import random
import unittest

from labelled_support import FinetuneTest
from support import ProgramTest, run, table, write_model

BASES = "".join(random.Random(3).choices("ACGT", k=60))


class StandardOutput(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = write_model(self.folder / "model")

    def records(self, count):
        return "".join(f">r{i}\n{BASES}\n" for i in range(count))

    def fail(self, *words, text):
        status, out, err = run(*words, text=text)
        self.assertEqual(status, 1, err)
        self.assertEqual(len(err.splitlines()), 1, err)
        return out, err

    def test_nothing_before_the_first_batch_is_checked(self):
        bad = self.records(3) + ">bad\nACGT!\n"
        for words in (["tokenize", "-"], ["unmask", "--every", "-"]):
            out, err = self.fail(*words, "-m", self.model, "-q", text=bad)
            self.assertEqual(out, "")
            self.assertIn("standard input:8", err)
            self.assertNotIn("written", err)
            broken = write_model(self.folder / "broken", weights=b"\x08")
            self.assertEqual(self.fail(*words, "-m", broken, "-q", text=self.records(3))[0], "")
            self.assertEqual(run(*words, "-m", self.model, "--overlap", -5, text=self.records(1))[1], "")

    def test_a_later_failure_counts_the_records(self):
        bad = self.records(500) + ">bad\nACGT!\n"
        for words in (["tokenize", "-"], ["unmask", "--every", "-", "--top", 1]):
            out, err = self.fail(*words, "-m", self.model, "--batch-tokens", 50, "-q", text=bad)
            rows = table(out)
            names = list(dict.fromkeys(row["name"] for row in rows))
            self.assertEqual(names, [f"r{i}" for i in range(len(names))])
            self.assertGreater(len(names), 100)
            said = int(err.split("; ")[-1].split()[0])
            self.assertRegex(err, r"; \d+ records were written before$")
            self.assertIn(said, (len(names), len(names) - 1), "the last one may not be known to be whole")

    def test_a_file_is_whole_or_absent(self):
        bad = self.write("bad.fa", self.records(500) + ">bad\nACGT!\n")
        for words in (["tokenize"], ["unmask", "--every"], ["embed"]):
            self.refuse(*words, bad, "-m", self.model, "--batch-tokens", 50, "-q", "-o", self.path("o.tsv"), says=["bad.fa"])


class PredictToStandardOutput(FinetuneTest):
    def test_a_later_failure_counts_the_records(self):
        self.succeed(*self.words("run", "--train", self.write_binary("train.fa", 60, 1), "--method", "probe"))
        long = self.write("x.fa", "".join(f">r{i}\n{BASES}\n" for i in range(300)) + f">long\n{BASES * 10}\n")
        status, out, err = run("predict", self.path("run"), long, "--batch-tokens", 50, "-q", "--any-length")
        self.assertEqual(status, 1, err)
        rows = table(out)
        self.assertGreater(len(rows), 100)
        self.assertIn(f"; {len(rows)} records were written before", err)


if __name__ == "__main__":
    unittest.main()
