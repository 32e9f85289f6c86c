# SPDX-License-Identifier: Apache-2.0
"""Names that people type and that files have: lists with blanks and quotes, one name twice, classes of other programs."""

import csv
import json
import shutil
import unittest

from labelled_support import FinetuneTest, gc_set, read_safetensors
from support import run, safetensors_bytes, table

import numpy as np


class Lists(FinetuneTest):
    """Names between commas: blanks are no part of them, double quotes hold commas."""

    def setUp(self):
        super().setUp()
        species = ("Zea mays", "Oryza, sativa", "", "Vitis", "Malus")
        self.examples = [(f"s{i}", bases, int(gc > 0.5), species[i % 5]) for i, (bases, gc) in enumerate(gc_set(60, 1))]
        with open(self.path("t.csv"), "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "sequence", "leaf, young", 'ro"ot', "species"])
            rows.writerows([name, bases, label, 1 - label, one] for name, bases, label, one in self.examples)

    def finetune(self, output, *options):
        return self.words(output, "--train", self.path("t.csv"), "--id-column", "id", "--method", "probe", *options)

    def test_groups(self):
        words = ("--group-column", "species", "--label-column", '"leaf, young"')
        self.succeed(*self.finetune("run", *words, "--test-groups", 'Zea mays , "Oryza, sativa"', "--valid-groups", " Vitis"))
        self.assertEqual({row["group"] for row in self.rows("run")}, {"Zea mays", "Oryza, sativa"})
        self.assertEqual(self.metrics("run")["examples"], {"train": 24, "valid": 12, "test": 24})
        for wrong in ("", "Vitis,", ",Vitis", "Vitis,,Malus", '""', '"Vitis', '"Vitis"x'):
            self.refuse(*self.finetune("other", *words, "--test-groups", wrong), status=2, says=["--test-groups"])
        self.refuse(*self.finetune("other", *words, "--test-groups", "Oryza"), says=["Oryza"])

    def test_label_columns_and_output_names(self):
        task = ("--task", "multilabel", "--label-column")
        self.succeed(*self.finetune("run", *task, '"leaf, young", "ro""ot"'))
        head = json.loads((self.path("run") / "head" / "head.json").read_text())
        self.assertEqual(head["outputs"], ["leaf, young", 'ro"ot'])
        words = ("evaluate", self.path("run"), self.path("t.csv"), "--id-column", "id", "--bootstrap", 0, "--json", "-q")
        expected = json.loads(self.succeed(*words))["test"]
        for names in ('"ro""ot","leaf, young"', '"leaf, young" ,"ro""ot"'):
            self.assertEqual(json.loads(self.succeed(*words, "--label-column", names))["test"], expected)
        turned = json.loads(self.succeed(*words, "--output-names", '"ro""ot" , "leaf, young"'))["test"]
        self.assertAlmostEqual(turned["auroc"], 1 - expected["auroc"], places=6)
        self.refuse(*words, "--output-names", "a,a", status=2, says=["--output-names", "a twice"])

    def test_layers_maps_targets_and_steps(self):
        fasta = self.write("x.fa", ">a\nACGTACGT\n")
        self.succeed("embed", fasta, "-m", self.model, "--layers", "1, last:raw", "-o", self.path("e.npz"))
        self.succeed("attention", fasta, "-m", self.model, "--maps", "1:0, 2:3", "-o", self.path("a.npz"))
        self.succeed(*self.finetune("run", "--task", "regression", "--label-column", '"leaf, young"', "--transform",
                                    "log1p, standardize", "--method", "lora", "--targets", "q, fc2"))
        config = json.loads((self.path("run") / "adapter" / "adapter_config.json").read_text())
        self.assertRegex(str(config["target_modules"]), r"query.*output\\.dense")


class OneNameTwice(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("s.fa", "".join(f">s{i}\n{bases}\n" for i, (bases, _) in enumerate(gc_set(40, 2))))
        self.labels("l.tsv", "leaf", "root")
        self.succeed(*self.words("run", "--task", "regression", "--train", self.fasta, "--labels", self.path("l.tsv"),
                                 "--method", "probe"))

    def labels(self, name, *columns):
        return self.write(name, "\t".join(["id", *columns]) + "\n" + "".join(
            "\t".join([f"s{i}", *(str(i + at) for at in range(len(columns)))]) + "\n" for i in range(40)))

    def test_in_a_table(self):
        for columns in (("leaf", "root", "leaf"), ("root", "leaf", "leaf")):
            self.refuse("evaluate", self.path("run"), self.fasta, "--labels", self.labels("d.tsv", *columns), status=2,
                        says=["d.tsv", "leaf", "2"])

    def test_numbers_are_no_names(self):
        """Columns of BED may be called by their numbers; those of tables that are called 1 and 0 are no outputs."""
        self.refuse("evaluate", self.path("run"), self.fasta, "--labels", self.labels("n.tsv", "1", "0"), status=2,
                    says=["leaf, root", "1, 0"])

    def test_in_a_head(self):
        path = self.path("run") / "head" / "head.json"
        path.write_text(path.read_text().replace('"leaf"', '"root"'))
        self.refuse("predict", self.path("run"), self.fasta, says=["head.json", "outputs", "root", "twice"])


class Classifiers(FinetuneTest):
    """Checkpoints with a classifier, ours and those of other programs."""

    def setUp(self):
        super().setUp()
        self.table = self.write("t.csv", "id,sequence,label\n" + "".join(
            f"s{i},{bases},{'yes' if gc > 0.5 else 'no'}\n" for i, (bases, gc) in enumerate(gc_set(60, 1))))
        self.succeed(*self.words("run", "--train", self.table, "--test", self.table, "--id-column", "id", "--method", "full",
                                 "--head", "mlp", "--pooling", "cls"))
        self.folder_of_ours = self.path("run") / "classifier"

    def evaluate(self, folder, *options):
        words = ("evaluate", folder, self.table, "--id-column", "id", "--bootstrap", 0, "--json", "-q", *options)
        return json.loads(self.succeed(*words))["test"]

    def test_ours_keeps_its_words(self):
        self.assertEqual(list(table(self.succeed("predict", self.folder_of_ours, self.table, "-q"))[0]), ["id", "predicted_yes"])
        self.assertAlmostEqual(self.evaluate(self.folder_of_ours)["auroc"], self.metrics("run")["test"]["auroc"], places=4)
        config = self.folder_of_ours / "config.json"  # as 0.1 wrote it: one word
        config.write_text(json.dumps({key: value for key, value in json.loads(config.read_text()).items() if "agront" not in key}))
        self.assertAlmostEqual(self.evaluate(self.folder_of_ours)["auroc"], self.metrics("run")["test"]["auroc"], places=4)

    def test_two_classes_without_names(self):
        folder = self.path("other")
        shutil.copytree(self.folder_of_ours, folder)
        data = (folder / "model.safetensors").read_bytes()
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        tensors = {name: np.frombuffer(raw, "<f4").reshape(header[name]["shape"])
                   for name, raw in read_safetensors(folder / "model.safetensors").items()}
        for name in ("classifier.out_proj.weight", "classifier.out_proj.bias"):
            tensors[name] = np.concatenate([-tensors[name], tensors[name]])
        (folder / "model.safetensors").write_bytes(safetensors_bytes(tensors))
        config = json.loads((folder / "config.json").read_text())
        for key in ("id2label", "label2id", "problem_type", "num_labels", "agront_labels"):
            config.pop(key)
        (folder / "config.json").write_text(json.dumps(config))
        words = ("evaluate", folder, self.table, "--id-column", "id", "-q")
        self.refuse(*words, says=["LABEL_0, LABEL_1", '"', "--output-names"])
        self.refuse(*words, "--positive", "yes", status=2, says=["--positive", "binary"])
        right = self.evaluate(folder, "--output-names", "no,yes")["accuracy"]
        self.assertAlmostEqual(right + self.evaluate(folder, "--output-names", "yes,no")["accuracy"], 1, places=6)
        self.assertAlmostEqual(right, self.metrics("run")["test"]["accuracy"], places=6)
        (folder / "config.json").write_text(json.dumps({**config, "id2label": {"0": "no", "1": "no"}}))
        self.refuse("predict", folder, self.table, says=["config.json", "id2label", "no", "twice"])


class PositiveWithBlanks(FinetuneTest):
    def test_blanks_around_it_are_no_part(self):
        data = self.write("t.csv", "id,sequence,label\n" + "".join(
            f"s{i},{bases},{'open site' if gc > 0.5 else 'other site'}\n" for i, (bases, gc) in enumerate(gc_set(60, 1))))
        words = self.words("run", "--train", data, "--id-column", "id", "--method", "probe", "--test-share", 0.3)
        self.refuse(*words, "--positive", "Open site", status=2, says=["open site or other site", "Open site"])
        self.succeed(*words, "--positive", " open site ")
        self.assertIn("predicted_open site", self.rows("run")[0])
        self.assertEqual(run("evaluate", self.path("run"), data, "--id-column", "id", "-q")[0], 0)


class NamesOfFiles(FinetuneTest):
    """Names in Latin-1: outputs escape them, records that name files refuse them before anything is done."""

    NAME = "caf\udce9"  # the byte E9

    def test_latin_1(self):
        fasta, table_of = f"{self.NAME}.fa", f"{self.NAME}.csv"
        self.write(fasta, ">a\nACGTACGT\n")
        self.write(table_of, "id,sequence,label\n" + "".join(f"s{i},{bases},{i % 2}\n" for i, (bases, _) in enumerate(gc_set(40, 1))))
        for output in ("o.tsv", "o.npz", "o.safetensors", f"{self.NAME}.npz"):
            self.succeed("embed", self.path(fasta), "-m", self.model, "-o", self.path(output))
        train = ["--id-column", "id", "--method", "probe", "--train"]
        self.refuse(*self.words("run", *train, self.path(table_of)), status=2, says=["--train", r"caf\xe9.csv", "UTF-8"])
        plain = self.write("t.csv", self.path(table_of).read_text())
        self.succeed(*self.words(self.NAME, *train, plain))
        self.succeed("predict", self.path(self.NAME), plain, "--id-column", "id", "-o", self.path("p.tsv"), "-q")
        self.assertIn(r"caf\xe9", json.loads(self.path("p.tsv.json").read_text())["finetuned"])
        manifest = self.path("genomes.tsv")
        manifest.write_bytes(b"species\tfasta\tregions\tweight\nA\tcaf\xe9.fa\t.\t.\n")
        self.refuse("corpus", manifest, "-o", self.path("corpus"), says=["genomes.tsv:2: fasta", r"caf\xe9.fa", "UTF-8"])
        self.refuse("pretrain", "--corpus", self.path(self.NAME), "-o", self.path("new"), status=2, says=["--corpus", "UTF-8"])

    def test_names_that_no_disk_takes(self):
        fasta = self.write("x.fa", ">a\nACGTACGT\n")
        for words in (["embed", fasta, "-m", "m" * 300, "-o", self.path("o.npz")], ["embed", fasta, "-o", self.path("o" * 300)],
                      ["tokenize", "s" * 5000], ["predict", "p" * 5000, fasta]):
            status, _, err = run(*words)
            self.assertIn(status, (1, 2), err)
            self.assertLess(len(err), 2000)
            self.assertNotIn("filesystem", err)
            self.assertRegex(err, "File name too long|no such file|expected")


if __name__ == "__main__":
    unittest.main()
