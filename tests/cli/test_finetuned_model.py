# SPDX-License-Identifier: Apache-2.0
"""What a fine-tuned model is for: it predicts, is scored, embeds, is merged, and slides along genomes."""

import json
import shutil
import unittest

from labelled_support import FinetuneTest, gc_set
from support import run


class Uses(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.train, self.test = self.write_binary("train.fa", 60, 1), self.write_binary("test.fa", 20, 2)

    def finetune(self, *options):
        self.succeed(*self.words("run", "--train", self.train, "--test", self.test, *options))

    def test_predict_gives_what_the_run_predicted(self):
        for method in ("probe", "lora", "ia3", "full"):
            with self.subTest(method=method):
                shutil.rmtree(self.path("run"), ignore_errors=True)
                self.finetune("--method", method)
                self.succeed("predict", self.path("run"), self.test, "-o", self.path(f"{method}.tsv"), "-q")
                for row, again in zip(self.rows("run"), self.rows("", f"{method}.tsv"), strict=True):
                    self.assertEqual(row["id"], again["id"].split("|")[0])
                    self.assertAlmostEqual(float(row["predicted"]), float(again["predicted"]), places=4)

    def test_evaluate_gives_the_scores_of_the_run(self):
        self.finetune("--method", "lora")
        again = json.loads(self.succeed("evaluate", self.path("run"), self.test, "--json", "-q"))
        self.assertAlmostEqual(again["test"]["auroc"], self.metrics("run")["test"]["auroc"], places=4)

    def test_a_run_in_the_folder_of_a_model(self):
        self.finetune("--method", "full", "--head", "mlp", "--pooling", "cls")
        shutil.copytree(self.path("run") / "classifier", self.path("both"))
        self.succeed(*self.words("both", "--train", self.train, "--test", self.test, "--method", "probe"))
        self.succeed("predict", self.path("both"), self.test, "-o", self.path("again.tsv"), "-q")
        for row, again in zip(self.rows("both"), self.rows("", "again.tsv"), strict=True):
            self.assertAlmostEqual(float(row["predicted"]), float(again["predicted"]), places=4)

    def test_genes_of_a_family_are_drawn_together(self):
        copies = 8  # so that there are but 25 genes that differ
        rows = ["id\tsequence\tfamily\tlabel"] + [f"g{i}_{copy}\t{bases}\tf{i}\t{int(gc + (i % 3 - 1) / 4 > 0.5)}"
                                                  for i, (bases, gc) in enumerate(gc_set(25, 8)) for copy in range(copies)]
        test = self.write("families.tsv", "\n".join(rows) + "\n")
        train = self.write("train.tsv", "\n".join(rows[:1] + [f"t{i}\t{bases}\tt{i}\t{int(gc > 0.5)}" for i, (bases, gc)
                                                              in enumerate(gc_set(60, 9))]) + "\n")
        widths = {}
        for name, options in (("alone", []), ("families", ["--group-column", "family"])):
            columns = ["--id-column", "id", "--label-column", "label", "--bootstrap", 200]
            run = self.words(name, "--train", train, "--test", test, "--method", "probe", *columns, *options)
            self.succeed(*run)
            ours = self.metrics(name)["test"]
            again = json.loads(self.succeed("evaluate", self.path(name), test, *columns, *options, "--json", "-q"))["test"]
            widths[name] = ours["brier_high"] - ours["brier_low"]
            self.assertAlmostEqual(again["brier_high"] - again["brier_low"], widths[name], places=4)
        # The standard error of a mean falls with the root of how many are independent; the factor 2.8 is itself a draw.
        self.assertGreater(widths["families"], 2 * widths["alone"])

    def test_embed_takes_the_adapter_and_merge_writes_it_into_the_weights(self):
        self.succeed(*self.words("run", "--train", self.train, "--test", self.test, "--method", "lora"), "--merge")
        values = []
        for name, words in (("plain", ["-m", self.model]), ("merged", ["-m", self.path("run") / "model"]),
                            ("adapted", ["-m", self.model, "--adapter", self.path("run") / "adapter"])):
            self.succeed("embed", self.test, *words, "-o", self.path(name + ".tsv"), "-q")
            values.append([list(row.values())[4:] for row in self.rows("", name + ".tsv")])
        plain, merged, adapted = values
        self.assertNotEqual(plain, adapted)
        for one, two in zip(adapted, merged, strict=True):
            for x, y in zip(one, two, strict=True):
                self.assertAlmostEqual(float(x), float(y), places=4)

    def test_classifier_of_hugging_face(self):
        self.finetune("--method", "full", "--head", "mlp", "--pooling", "cls")
        config = json.loads((self.path("run") / "classifier" / "config.json").read_text())
        self.assertEqual(config["architectures"], ["EsmForSequenceClassification"])
        self.succeed("predict", self.path("run") / "classifier", self.test, "-o", self.path("again.tsv"), "-q")
        for row, again in zip(self.rows("run"), self.rows("", "again.tsv"), strict=True):
            self.assertAlmostEqual(float(row["predicted"]), float(again["predicted"]), places=4)

    def test_window_of_features_is_that_of_the_training_unless_told(self):
        chromosomes = [f"chr{i}" for i in range(4)]  # what is drawn for the test are whole ones
        genome = self.write("genome.fa", "".join(f">{name}\n" + "".join(bases for bases, _ in gc_set(12, i)) + "\n"
                                                 for i, name in enumerate(chromosomes)))
        features = self.write("features.bed", "".join(f"{name}\t{60 * i + 6}\t{60 * i + 54}\t{name}_{i}\t{i % 2}\t+\n"
                                                      for name in chromosomes for i in range(1, 11)))
        data = ["--genome", genome, "--label-column", "score"]
        self.succeed(*self.words("run", "--train", features, "--test-share", 0.3, "--method", "probe", *data[:2],
                                 *data[2:], "--window", "start-6+12"))
        self.assertEqual(json.loads((self.path("run") / "finetune.json").read_text())["window"], "start-6+12")
        for command in (["predict", self.path("run"), features, "--genome", genome],
                        ["evaluate", self.path("run"), features, *data, "--bootstrap", 0]):
            outputs = [[line for line in self.succeed(*command, *window, "-q", "--any-length").splitlines() if not line.startswith("##")]
                       for window in ([], ["--window", "start-6+12"], ["--window", "feature"])]
            self.assertEqual(outputs[0], outputs[1])
            self.assertNotEqual(outputs[0], outputs[2])
            other = run(*command, "--window", "feature", "--any-length")[2]
            self.assertEqual(other.count("was trained on the window start-6+12, not on feature"), 1, other)
            self.assertNotIn("was trained on", run(*command, "--window", "start-6+12")[2])
            for option in (["--token-window-bp", 1024], ["--token-stride-bp", 0]):
                self.refuse(*command, *option, "-q", status=2, says=[option[0], "task per token"])

    def test_windows_along_a_genome(self):
        self.finetune("--method", "probe")
        genome = self.write("genome.fa", ">chr1\n" + "".join(bases for bases, _ in gc_set(10, 9)) + "\n>chr2\nACGTNN\n")
        out = self.succeed("predict", self.path("run"), "--genome", genome, "--window-bp", 60, "--stride-bp", 30, "-o", "-",
                           "-q")
        rows = [line.split("\t") for line in out.splitlines() if line.startswith("chr")]
        self.assertEqual({row[0] for row in rows}, {"chr1"})
        self.assertEqual(int(rows[0][1]), 0)
        self.assertEqual(int(rows[-1][2]), 600)
        for before, after in zip(rows, rows[1:]):
            self.assertEqual(before[2], after[1])
        both = self.succeed("predict", self.path("run"), "--genome", genome, "--window-bp", 60, "--stride-bp", 30,
                            "--strands", "both", "-o", "-", "-q")
        self.assertNotEqual(out, both)


if __name__ == "__main__":
    unittest.main()
