# SPDX-License-Identifier: Apache-2.0
"""What holds for every table: names come back, the provenance beside, both files or neither, clean standard output."""

import json
import unittest

import pandas

from labelled_support import gc_set
from support import run
from tables_support import IDS, NAMES, RSCRIPT, TablesTest, unescaped


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Names(TablesTest):
    """Records with every name come back by it."""

    def bases(self, names):
        return [bases for bases, _ in gc_set(len(names), 1)]

    def test_of_records(self):
        fasta = self.write_fasta("in.fa", NAMES, self.bases(NAMES))
        for title, words, rows_each in (("tokenize", [], 1), ("embed", [], 1), ("unmask", ["--every", "--top", 1], 10),
                                        ("unmask --per-base", ["--every", "--per-base"], 60)):
            frame = self.make_table(title, title.split()[0], fasta, "-m", self.model, *words, rows=rows_each * len(NAMES),
                                    CHANNEL=range(24))
            self.assertEqual(unescaped(frame["name"][::rows_each]), NAMES, title)

    def test_of_a_record_with_a_nul(self):
        fasta = self.write("in.fa", ">a\0b\nACGTAC\n>c\nACGTAC\n")
        frame = self.make_table("tokenize", "tokenize", fasta, "-m", self.model, rows=2)
        self.assertEqual(unescaped(frame["name"]), ["a\0b", "c"])

    def test_of_regions(self):
        genome = self.write("genome.fa", "".join(f">{name}\n{bases}\n" for name, bases in zip(NAMES, self.bases(NAMES))))
        names = [name for name in NAMES if not name.startswith("#")]  # a comment in BED
        regions = self.write("regions.bed", "".join(f"{name}\t0\t60\t{name}\t0\t+\n" for name in names))
        frame = self.make_table("tokenize", "tokenize", "--genome", genome, "--regions", regions, "-m", self.model,
                                words=["regions"])
        for column in ("name", "chrom"):
            self.assertEqual(unescaped(frame[column]), names)

    def train_on(self, output, kind, header, rows):
        table = self.write_table("task.tsv", ["id", "family", "sequence", *header], rows)
        self.write("options.json", json.dumps({"label-column": ",".join(map(quoted, header))}))
        self.succeed(*self.words(output, "--task", kind, "--train", table, "--id-column", "id", "--group-column", "family",
                                 "--test-share", 0.3, "--method", "probe", "--config", self.path("options.json")))
        return table

    def test_of_examples_groups_and_classes(self):
        rows = [[f"{i}{IDS[i % len(IDS)]}", IDS[i // 4], bases, IDS[i % len(IDS)]] for i, (bases, _) in
                enumerate(gc_set(4 * len(IDS), 2))]
        table = self.train_on("run", "multiclass", ["label"], rows)
        classes = json.loads(self.path("run/head/head.json").read_text())["outputs"]
        self.assertEqual(sorted(classes), sorted(IDS))
        frame = self.open_table(self.path("run/predictions.tsv"), "predictions.tsv", {"multiclass", "groups"}, OUTPUT=classes)
        of_test = [row for row in rows if row[0] in set(unescaped(frame["id"]))]
        self.assertEqual(len(of_test), len(frame))
        for column, place in (("id", 0), ("group", 1), ("label", 3)):
            self.assertEqual(unescaped(frame[column]), [row[place] for row in of_test])
        frame = self.make_table("predict", "predict", self.path("run"), table, "--id-column", "id", words={"multiclass"},
                                OUTPUT=classes)
        self.assertEqual(unescaped(frame["id"]), [row[0] for row in rows])

    def test_of_outputs(self):
        names = [name for name in IDS if name == name.strip()]  # as tables without quotes have them
        rows = [[f"s{i}", f"f{i % 9}", bases, *(i / 10 + k for k in range(len(names)))]
                for i, (bases, _) in enumerate(gc_set(40, 2))]
        self.train_on("run", "regression", names, rows)
        self.open_table(self.path("run/predictions.tsv"), "predictions.tsv", {"regression", "groups"}, OUTPUT=names)


class Provenance(TablesTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("in.fa", ">one\nACGTACACGTAC\n>two\nACGTTT\n")

    def test_says_what_the_table_was_made_from(self):
        self.make_table("tokenize", "tokenize", self.fasta, rows=2)
        path = self.path("table-0.tsv")
        made_from = json.loads(self.path("table-0.tsv.json").read_text())
        self.assertEqual(made_from["command"], f"agront tokenize {self.fasta} -o {path} -q")
        self.assertEqual(made_from["model"], "agront-mini")
        self.assertIn("not AgroNT", made_from["note"])
        train, test = self.write_binary("train.fa", 30, 1), self.write_binary("test.fa", 10, 2)
        self.succeed(*self.words("run", "--train", train, "--test", test, "--method", "lora", "--epochs", 1))
        self.make_table("predict", "predict", self.path("run"), test, "--precision", "bf16", words={"binary"}, rows=10)
        made_from = json.loads(self.path(f"table-{len(self.opened) - 2}.tsv.json").read_text())
        self.assertEqual([made_from[key] for key in ("model", "finetuned", "adapter", "precision")],
                         [str(self.model), str(self.path("run")), str(self.path("run/adapter")), "bf16"])
        self.assertRegex(made_from["adapter_hash"], "^[0-9a-f]{64}$")

    def test_in_the_header(self):
        path = self.path("out.tsv")
        self.succeed("tokenize", self.fasta, "-o", path, "--provenance", "header", "-q")
        self.assertFalse(self.path("out.tsv.json").exists())
        lines = path.read_text().splitlines()
        keys = [line[3:].split(": ")[0] for line in lines if line.startswith("## ")]
        self.assertEqual(keys, ["command", "model", "model_hash", "note", "program"])
        self.assertEqual(lines[5].split("\t")[0], "name")
        self.assertEqual(len(pandas.read_csv(path, sep="\t", comment="#")), 2)
        out = self.succeed("tokenize", self.fasta, "--provenance", "header", "-q")
        self.assertEqual(out.splitlines()[5:], lines[5:])

    def test_both_files_or_neither(self):
        path, beside = self.path("out.tsv"), self.path("out.tsv.json")
        command = ["unmask", self.fasta, "--every", "-q", "-o", path]
        beside.write_text("mine")
        self.refuse(*command, says=("out.tsv.json", "--force"))
        self.assertFalse(path.exists())
        self.succeed(*command, "--force")
        self.check_provenance(path)
        table = path.read_text()
        beside.unlink()
        self.refuse(*command, says=("out.tsv", "--force"))
        self.succeed(*command, "--force", "--provenance", "header")
        self.assertFalse(beside.exists())
        self.succeed(*command, "--force")
        self.assertEqual(path.read_text(), table)
        self.check_provenance(path)
        self.succeed(*command, "--force", "--provenance", "header")
        self.assertFalse(beside.exists(), "it would speak of the table before")

    def test_nothing_is_left_by_a_failure(self):
        damaged = self.write("damaged.fa", ">one\n" + "ACGTAC\n" * 400 + ">two\nACGT!\n")
        for command in (["tokenize", damaged], ["unmask", "--every", damaged], ["embed", damaged], ["unmask", self.fasta]):
            self.refuse(*command, "-q", "-o", self.path("out.tsv"))  # which looks for what is left

    def test_standard_output_is_clean(self):
        for command, title in ((["tokenize", self.fasta], "tokenize"), (["unmask", "--every", self.fasta], "unmask"),
                               (["unmask", "--every", "--per-base", self.fasta], "unmask --per-base")):
            self.make_table(title, *command)
            status, out, err = run(*command)
            self.assertEqual(status, 0)
            self.assertEqual(out, self.opened[-1][0].read_text())
            for key, text in json.loads(self.opened[-1][0].with_name(self.opened[-1][0].name + ".json").read_text()).items():
                self.assertIn(f"{key}: {text}" if key != "command" else "command: agront ", err)
            self.assertEqual(run(*command, "-q")[2], "")


class ByR(TablesTest):
    @unittest.skipUnless(RSCRIPT, "no Rscript here: only pandas read the tables")
    def test_says_what_is_wrong(self):
        """The script that reads every table by R can fail."""
        self.make_table("tokenize", "tokenize", self.write("in.fa", ">a\nACGT\n>b\nACGT\n"), rows=2)
        for place, wrong in ((1, "names"), (3, 3), (4, 1), (5, "7.5")):
            expected = [list(row) for row in self.opened]
            expected[0][place] = wrong
            done = self.read_by_r(expected)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(f"1 tables, {len(expected)} columns, 1 differences", done.stdout)
        table = self.opened[0][0]
        table.write_text(table.read_text().replace("\n", "\n# a comment\n", 1))
        self.assertEqual(self.read_by_r(self.opened).returncode, 1)
        self.opened.clear()


if __name__ == "__main__":
    unittest.main()
