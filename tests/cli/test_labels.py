# SPDX-License-Identifier: Apache-2.0
"""Labels meet outputs by name, words say which one is 1, splits hold out what they name, runs keep what they began with."""

import csv
import json
import unittest

import numpy as np

from labelled_support import FinetuneTest, gc_set
from support import run, table


class LabelsByName(FinetuneTest):
    """Two outputs, leaf (GC) and root (1 - GC), in tables by id and with the sequences."""

    def setUp(self):
        super().setUp()
        self.set = gc_set(120, 3)
        self.fasta = self.write("s.fa", "".join(f">s{i}\n{bases}\n" for i, (bases, _) in enumerate(self.set)))
        self.labels = self.write_labels("l1.tsv", ("leaf", "root"))
        self.succeed(*self.words("run", "--task", "regression", "--train", self.fasta, "--labels", self.labels, "--method",
                                 "probe", "--transform", "standardize", "--epochs", 60, "--learning-rate", 0.1,
                                 "--test-share", 0.3))

    def write_labels(self, name, columns, sequences=False):
        values = {"leaf": lambda gc: f"{gc:.4f}", "root": lambda gc: f"{1 - gc:.4f}", "note": lambda gc: "x",
                  "stem": lambda gc: "5"}
        rows = ["\t".join(["id", *(["sequence"] if sequences else []), *columns])]
        for i, (bases, gc) in enumerate(self.set):
            rows.append("\t".join([f"s{i}", *([bases] if sequences else []), *(values[c](gc) for c in columns)]))
        return self.write(name, "\n".join(rows) + "\n")

    def scores(self, *words):
        status, out, err = run("evaluate", self.path("run"), *words, "--bootstrap", 0, "--json")
        self.assertEqual(status, 0, err)
        return json.loads(out)["test"]["outputs"], err

    def test_columns_match_by_name(self):
        expected, _ = self.scores(self.fasta, "--labels", self.labels)
        self.assertGreater(expected["leaf"]["r2"], 0.2)
        other, _ = self.scores(self.fasta, "--labels", self.write_labels("l2.tsv", ("root", "leaf")))
        self.assertEqual(other, expected)
        wide, err = self.scores(self.fasta, "--labels", self.write_labels("l3.tsv", ("note", "root", "stem", "leaf")))
        self.assertEqual(wide, expected)
        self.assertEqual(err.count("note, stem"), 1, err)
        lines = self.succeed("evaluate", self.path("run"), self.fasta, "--labels", self.path("l3.tsv"), "--bootstrap", 0, "-q")
        self.assertEqual(sum(line.startswith("## notes: ") and "note, stem" in line for line in lines.splitlines()), 1, lines)
        table, _ = self.scores(self.write_labels("t.tsv", ("root", "note", "leaf"), sequences=True), "--id-column", "id")
        self.assertEqual(table, expected)
        asked, _ = self.scores(self.fasta, "--labels", self.write_labels("l4.tsv", ("root", "stem", "leaf")),
                               "--label-column", "root,leaf")
        self.assertEqual(asked, expected)

    def test_what_is_missing_is_refused(self):
        words = ("evaluate", self.path("run"), self.fasta, "--labels")
        self.refuse(*words, self.write_labels("l.tsv", ("leaf", "stem")), status=2, says=["leaf, root", "leaf, stem"])
        self.refuse(*words, self.labels, "--label-column", "leaf,stem", says=["stem"])
        self.refuse(*words, self.write_labels("m.tsv", ("leaf", "root", "stem")), "--label-column", "leaf,stem", status=2,
                    says=["stem"])

    def test_output_names_give_other_names(self):
        expected, _ = self.scores(self.fasta, "--labels", self.labels)
        named = self.write("n.tsv", self.labels.read_text().replace("leaf\troot", "top\tbottom"))
        self.refuse("evaluate", self.path("run"), self.fasta, "--labels", named, status=2, says=["--output-names"])
        found, _ = self.scores(self.fasta, "--labels", named, "--output-names", "top,bottom")
        self.assertEqual(found["top"], expected["leaf"])
        self.assertEqual(found["bottom"], expected["root"])

    def test_names_of_outputs_stand_in_one_line(self):
        names = ["up\nside", "esc\x1b[31m" + "x" * 300]
        header = "id\t" + "\t".join(f'"{name}"' for name in names)
        data = self.write("odd.tsv", header + "\n" + "".join(f"s{i}\t{i}\t{-i}\n" for i in range(len(self.set))))
        self.succeed(*self.words("odd", "--task", "regression", "--train", self.fasta, "--labels", data, "--method", "probe"))
        lines = self.succeed("evaluate", self.path("odd"), self.fasta, "--labels", data, "--bootstrap", 0, "-q").splitlines()
        self.assertEqual([line.split(": ")[0] for line in lines if ".mae: " in line], [r"up\nside.mae", r"esc\x1b[31m" + "x" * 300 + ".mae"])

    def test_test_file_of_a_training_matches_too(self):
        words = self.words("again", "--task", "regression", "--train", self.write_labels("a.tsv", ("leaf", "root"), True),
                           "--test", self.write_labels("b.tsv", ("root", "leaf"), True), "--id-column", "id",
                           "--method", "probe", "--transform", "standardize", "--epochs", 60, "--learning-rate", 0.1)
        self.succeed(*words, "--label-column", "leaf,root")
        self.assertGreater(self.metrics("again")["test"]["outputs"]["leaf"]["r2"], 0.8)

    def test_one_output_takes_the_one_label(self):
        self.succeed(*self.words("one", "--task", "regression", "--train", self.fasta, "--labels",
                                 self.write_labels("leaf.tsv", ("leaf",)), "--method", "probe"))
        words = ("evaluate", self.path("one"), self.fasta, "--bootstrap", 0, "--json", "--labels")
        expected = json.loads(self.succeed(*words, self.path("leaf.tsv")))["test"]
        renamed = self.write("other.tsv", self.path("leaf.tsv").read_text().replace("\tleaf", "\tanything"))
        self.assertEqual(json.loads(self.succeed(*words, renamed))["test"], expected)
        several = self.write_labels("several.tsv", ("root", "leaf"))
        self.assertEqual(json.loads(self.succeed(*words, several))["test"], expected)
        self.refuse(*words, self.write_labels("neither.tsv", ("root", "stem")), status=2, says=["--label-column"])


class PositiveLabel(FinetuneTest):
    def write_words(self, name, zero, one):
        return self.write(name, "id\tsequence\tlabel\n" + "".join(
            f"s{i}\t{bases}\t{one if gc > 0.5 else zero}\n" for i, (bases, gc) in enumerate(gc_set(60, 5))))

    def finetune(self, zero, one, *options):
        data = self.write_words("t.tsv", zero, one)
        self.succeed(*self.words("run", "--train", data, "--test", data, "--id-column", "id", "--method", "probe",
                                 "--epochs", 30, "--learning-rate", 0.1), *options)
        return data

    def test_words_say_which_is_1(self):
        for zero, one in ((0, 1), (1, 2), ("-", "+"), ("FALSE", "TRUE"), ("no", "yes"), ("Negative", "Positive"),
                          ("control", "case"), ("unmethylated", "methylated"), ("non-exon", "exon"), ("not open", "open"),
                          ("inactive", "active")):
            with self.subTest(f"{zero} {one}"):
                data = self.finetune(zero, one)
                column = "predicted" if one == 1 else f"predicted_{one}"
                rows = self.rows("run")
                self.assertIn(column, rows[0])
                mean = {label: [float(row[column]) for row in rows if row["label"] == label] for label in "01"}
                self.assertGreater(sum(mean["1"]) / len(mean["1"]), sum(mean["0"]) / len(mean["0"]) + 0.1)
                self.assertEqual(self.metrics("run")["positive"], str(one))
                head = json.loads((self.path("run") / "head" / "head.json").read_text())
                self.assertEqual(head["labels"], {"0": str(zero), "1": str(one)})
                words = ("evaluate", self.path("run"), data, "--id-column", "id", "--bootstrap", 0, "--json", "-q")
                again = json.loads(self.succeed(*words))["test"]
                self.assertAlmostEqual(again["auroc"], self.metrics("run")["test"]["auroc"], places=6)
                self.assertIn(column, table(self.succeed("predict", self.path("run"), data, "-q"))[0])
                page = (self.path("run") / "report.html").read_text()
                self.assertEqual(f"({one} is 1)" in page, one != 1)
                for path in sorted(self.path("run").rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
                self.path("run").rmdir()

    def test_other_words_ask(self):
        data = self.write_words("t.tsv", "poor", "rich")
        words = self.words("run", "--train", data, "--id-column", "id", "--method", "probe")
        self.refuse(*words, status=2, says=["poor", "rich", "--positive"])
        self.refuse(*words, "--positive", "middle", status=2, says=["poor or rich", "middle"])
        self.finetune("poor", "rich", "--positive", "poor")
        self.assertIn("predicted_poor", self.rows("run")[0])
        self.refuse("evaluate", self.path("run"), data, "--id-column", "id", "--positive", "rich", status=2, says=["poor"])

    def test_a_finished_run_is_the_same_when_it_is_said(self):
        words = self.words("run", "--train", self.write_words("t.tsv", "no", "yes"), "--id-column", "id", "--method", "probe")
        self.succeed(*words)
        self.succeed(*words, "--positive", "yes")
        self.refuse(*words, "--positive", "no", says=["positive", "yes", "no"])

    def test_numbers_can_be_turned(self):
        self.finetune(0, 1, "--positive", "0")
        self.assertIn("predicted_0", self.rows("run")[0])

    def test_a_model_of_numbers_reads_words_when_told(self):
        self.finetune(0, 1)
        words = ("evaluate", self.path("run"), self.write_words("w.tsv", "low", "high"), "--id-column", "id", "--bootstrap",
                 0, "--json", "-q")
        self.refuse(*words, says=["0 or 1", "--positive"])
        said = json.loads(self.succeed(*words, "--positive", "high"))["test"]
        self.assertAlmostEqual(said["auroc"], self.metrics("run")["test"]["auroc"], places=6)


class Splits(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.train = self.write_table("train.tsv", 1, ("Chr1", "Chr2", "Chr3", "Chr4", "Chr5"))

    def write_table(self, name, seed, groups, count=60, group_of=None, parts=None):
        rows = ["id\tchr\tsequence\tlabel" + ("\tpart" if parts else "")]
        for i, (bases, gc) in enumerate(gc_set(count, seed)):
            group = group_of(i) if group_of else groups[i % len(groups)]
            rows.append(f"{name[0]}{i}\t{group}\t{bases}\t{int(gc > 0.5)}" + (f"\t{parts(i)}" if parts else ""))
        return self.write(name, "\n".join(rows) + "\n")

    def split_words(self, *options):
        return self.words("run", "--train", self.train, "--id-column", "id", "--group-column", "chr", "--method", "probe",
                          *options)

    def refuse_split(self, *options, says=(), status=2):
        self.refuse(*self.split_words(*options), status=status, says=says)

    def test_two_ways_to_say_one_thing_are_refused(self):
        other = self.write_table("other.tsv", 2, ("Chr6",), 12)
        self.refuse_split("--test", other, "--test-groups", "Chr5", says=["--test-groups", "--test"])
        self.refuse_split("--valid", other, "--valid-groups", "Chr5", says=["--valid-groups", "--valid"])
        self.refuse_split("--folds", 3, "--test-groups", "Chr5", says=["--folds", "--test-groups"])
        self.refuse_split("--folds", 3, "--valid-groups", "NoSuchGroup", says=["--folds"])
        self.refuse_split("--folds", 3, "--test-share", 0.2, says=["--folds", "--test-share"])
        self.refuse_split("--test-groups", "Chr5", "--valid-groups", "Chr4,Chr5", says=["Chr5", "both"])
        self.refuse_split("--test-groups", "Chr5", "--test-share", 0.2, says=["--test-share"])
        self.refuse_split("--test-groups", "Chr9", status=1, says=["Chr9"])
        self.refuse_split("--split-column", "id", "--test", other, says=["--split-column"])

    def test_groups_and_files_are_combined(self):
        test = self.write_table("test.tsv", 2, ("Chr6",), 20)
        self.succeed(*self.split_words("--test", test, "--valid-groups", "Chr5"))
        self.assertEqual(self.metrics("run")["examples"], {"train": 48, "valid": 12, "test": 20})

    def test_groups_and_valid_file_are_combined(self):
        valid = self.write_table("valid.tsv", 2, ("Chr6",), 20)
        self.succeed(*self.split_words("--valid", valid, "--test-groups", "Chr5"))
        self.assertEqual(self.metrics("run")["examples"], {"train": 48, "valid": 20, "test": 12})
        self.assertEqual({row["group"] for row in self.rows("run")}, {"Chr5"})

    def test_a_file_and_a_group_that_disagree_are_refused(self):
        valid = self.write_table("valid.tsv", 2, ("Chr5", "Chr6"), 20)
        self.refuse_split("--valid", valid, "--test-groups", "Chr5", status=1, says=["valid.tsv:2", "Chr5"])
        self.train = self.write_table("parts.tsv", 1, ("Chr1", "Chr5"), parts=lambda i: "" if i < 20 else "train")
        self.refuse_split("--split-column", "part", "--test-groups", "Chr5", status=1, says=["parts.tsv", "Chr5"])

    def test_missing_groups_are_none(self):
        for missing in ("NA", "", ".", "nan"):
            self.train = self.write_table("train.tsv", 1, (), group_of=lambda i: missing if i % 2 else f"g{i}")
            self.succeed(*self.split_words("--folds", 3))
            sizes = [json.loads((self.path("run") / f"fold-{i}" / "metrics.json").read_text())["examples"]["test"]
                     for i in range(3)]
            self.assertEqual(sizes, [20, 20, 20], missing)
            for path in sorted(self.path("run").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            self.path("run").rmdir()

    def test_an_empty_group_of_a_table_is_none_and_no_chromosome(self):
        genome = self.write("g.fa", "".join(f">chr{i}\n" + "".join(bases for bases, _ in gc_set(12, i)) + "\n" for i in range(4)))
        features = self.write("f.bed", "".join(f"chr{i}\t{60 * j}\t{60 * j + 60}\tr{i}_{j}\n" for i in range(4) for j in range(12)))
        labels = self.write("l.tsv", "id\tlabel\tfamily\n" + "".join(
            f"r{i}_{j}\t{j % 2}\t{'' if i < 2 else 'NA' if i < 3 else 'f'}\n" for i in range(4) for j in range(12)))
        self.succeed(*self.words("run", "--train", features, "--genome", genome, "--labels", labels, "--group-column", "family",
                                 "--method", "probe", "--folds", 3))
        groups = [{row["group"] for row in self.rows(f"run/fold-{fold}")} for fold in range(3)]
        self.assertEqual(set.union(*groups), {"", "f"})
        self.assertTrue(all("" in of_fold for of_fold in groups), groups)

    def test_group_separators(self):
        words = self.words("run", "--train", self.train, "--method", "probe", "--test-share", 0.3)
        self.refuse(*words, "--id-column", "id", "--group-separator", ".", says=["no id has", "."])
        self.refuse(*words, "--group-separator", ".", status=2, says=["--id-column"])
        self.refuse(*words, "--id-column", "id", "--group-column", "chr", "--group-separator", "t", status=2,
                    says=["--group-column"])


class Runs(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.train, self.test = self.write_binary("train.fa", 60, 1), self.write_binary("test.fa", 20, 2)
        self.words_of_run = self.words("run", "--train", self.train, "--test", self.test, "--method", "probe")
        self.succeed(*self.words_of_run)
        self.before = (self.path("run") / "metrics.json").read_text()

    def test_finished_run_refuses_other_data_and_options(self):
        self.succeed(*self.words_of_run)
        other = self.write_binary("other.fa", 60, 3)
        for change, says in ((["--train", other], "examples-hash"), (["--test", other], "examples-hash"),
                             (["--bootstrap", "30"], "bootstrap"), (["--seed", "1"], "seed"), (["--epochs", "4"], "epochs"),
                             (["--seeds", "2"], "one run"), (["--folds", "2", "--test", ...], "one run")):
            words = self.words("run", "--train", self.train, "--test", self.test, "--method", "probe", *change)
            self.refuse(*words, says=[says])
        self.refuse(*self.words("run", "--train", self.path("no.fa"), "--method", "probe"), says=["no.fa"])
        self.assertEqual((self.path("run") / "metrics.json").read_text(), self.before)

    def test_finished_run_refuses_other_groups_and_names(self):
        """Which change intervals and columns, not examples."""
        rows = [(f"s{i}", bases, int(gc > 0.5), "g1" if i < 40 else "g2") for i, (bases, gc) in enumerate(gc_set(80, 1))]
        parts = [self.write(name, "id,sequence,label,group\n" + "".join(",".join(map(str, row)) + "\n" for row in part))
                 for name, part in (("a.csv", rows[:40]), ("b.csv", rows[40:60]), ("c.csv", rows[60:]))]
        words = ("--train", parts[0], "--valid", parts[1], "--test", parts[2], "--id-column", "id", "--method", "probe", "--output-names", "open")
        self.succeed(*self.words("named", *words))
        self.succeed(*self.words("named", *words))
        self.refuse(*self.words("named", *words, "--output-names", "closed"), says=["outputs", "open", "closed"])
        self.refuse(*self.words("named", *words, "--group-column", "group"), says=["groups-hash"])
        (self.path("named") / "run" / "config.json").unlink()
        self.refuse(*self.words("named", *words), says=["config.json: no such file", "-o"])

    def test_more_seeds_are_added(self):
        words = ("--train", self.train, "--test", self.test, "--method", "probe")
        self.succeed(*self.words("several", *words, "--seeds", 2))
        first = (self.path("several") / "seed-1" / "metrics.json").read_text()
        self.succeed(*self.words("several", *words, "--seeds", 3))
        self.assertEqual((self.path("several") / "seed-1" / "metrics.json").read_text(), first)
        self.assertEqual(len(self.metrics("several")["runs"]), 3)
        self.refuse(*self.words("several", *words), says=["several seeds"])

    def test_wrong_options_leave_no_folder(self):
        for wrong in (["--layers", "9"], ["--epochs", "0"], ["--pooling", "none"], ["--precision", "fp8"]):
            words = self.words("new", "--train", self.train, "--method", "probe", *wrong)
            self.refuse(*words, status=2)
            self.assertFalse(self.path("new").exists(), wrong)
        self.refuse(*self.words("new", "--train", self.train, "--method", "probe", "--seeds", 2, "--layers", 9), status=2)
        self.succeed(*self.words("new", "--train", self.train, "--method", "probe", "--layers", 2))


class TrainedOn(FinetuneTest):
    """Prediction knows the lengths and the window of the training."""

    def setUp(self):
        super().setUp()
        self.succeed(*self.words("run", "--train", self.write_binary("train.fa", 60, 1), "--method", "probe"))
        self.genome = self.write("genome.fa", ">chr1\n" + "ACGTTGCAAC" * 50 + "\n")

    def test_lengths(self):
        for length, fits in ((29, False), (30, True), (120, True), (121, False)):
            fasta = self.write("x.fa", f">a\n{'ACGT' * 15}\n>r\n{'A' * length}\n")
            labelled = self.write("y.fa", f">a|1\n{'ACGT' * 15}\n>r|0\n{'A' * length}\n")
            for words in (["predict", self.path("run"), fasta], ["evaluate", self.path("run"), labelled]):
                if fits:
                    self.succeed(*words, "-q")
                else:
                    self.refuse(*words, "-q", says=[":3: r", str(length), "60", "--any-length"])
                    self.succeed(*words, "-q", "--any-length")
        self.refuse("predict", self.path("run"), "--genome", self.genome, "--window-bp", 20, "--stride-bp", 10,
                    says=["--window-bp", "60", "--any-length"])

    def test_regions_want_a_window(self):
        words = ["predict", self.path("run"), "--genome", self.genome, "--region", "chr1:101-160", "-q"]
        self.refuse(*words, status=2, says=["--window", "feature"])
        self.assertEqual(table(self.succeed(*words, "--window", "feature"))[0]["start"], "100")


class Names(FinetuneTest):
    """Names that a table or an array cannot hold as they are."""

    IDS = ["a\tb", "line\nend", "back\\slash", "\\t", '"quoted"', "return\r\nend"]

    def setUp(self):
        super().setUp()
        self.set = gc_set(60, 1)
        self.ids = [self.IDS[i] if i < len(self.IDS) else f"s{i}" for i in range(len(self.set))]
        with open(self.path("t.csv"), "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "sequence", "label"])
            rows.writerows([name, bases, int(gc > 0.5)] for name, (bases, gc) in zip(self.ids, self.set))

    def test_ids_survive_tables(self):
        """Our own table, read as a table of labels, has the ids of the sequences again."""
        ids = ["--id-column", "id"]
        self.succeed(*self.words("run", "--train", self.path("t.csv"), "--method", "probe", *ids))
        for options in ([], ["--provenance", "header"]):
            labels = self.path(f"labels{len(options)}.tsv")
            self.succeed("predict", self.path("run"), self.path("t.csv"), *ids, "-o", labels, "-q", *options)
            rows = [line for line in labels.read_text().split("\n") if line and not line.startswith("##")]
            self.assertEqual(len(rows), 61)
            self.assertEqual(rows[1:5], [f"{name}\t{row.split(chr(9))[1]}" for name, row in zip(
                ("a\\tb", "line\\nend", "back\\\\slash", "\\\\t"), rows[1:5])])
            back = self.succeed("predict", self.path("run"), self.reread(labels), *ids, "-q").split("\n")
            self.assertEqual([row.split("\t")[0] for row in back], [row.split("\t")[0] for row in rows] + [""])

    def reread(self, labels):
        """Our table with sequences beside its ids, still ours: what stands beside it or above it says so."""
        lines = labels.read_text().split("\n")
        first = next(i for i, line in enumerate(lines) if not line.startswith("##"))
        lines[first] += "\tsequence"
        for line, (bases, _) in enumerate(self.set, first + 1):
            lines[line] += "\t" + bases
        labels.write_text("\n".join(lines))
        return labels

    def test_long_names_do_not_widen_arrays(self):
        fasta = self.write("n.fa", ">" + "n" * 60000 + "\nACGTACGT\n" + "".join(f">r{i}\nACGTACGT\n" for i in range(2000)))
        status, _, err = run("embed", fasta, "-m", self.model, "-o", self.path("n.npz"))
        self.assertEqual(status, 0, err)
        self.assertIn("name_text", err)
        self.assertLess(self.path("n.npz").stat().st_size, 2_000_000)
        arrays = np.load(self.path("n.npz"), allow_pickle=False)
        self.assertNotIn("name", arrays)
        text, offsets = arrays["name_text"].tobytes(), arrays["name_offsets"]
        names = [text[begin:end].decode() for begin, end in zip(offsets, offsets[1:])]
        self.assertEqual(names, ["n" * 60000, *(f"r{i}" for i in range(2000))])
        fasta = self.write("m.fa", ">" + "n" * 1000 + "\nACGTACGT\n>r\nACGTACGT\n")
        self.succeed("embed", fasta, "-m", self.model, "-o", self.path("m.npz"))
        self.assertEqual(list(np.load(self.path("m.npz"))["name"]), ["n" * 1000, "r"])


if __name__ == "__main__":
    unittest.main()
