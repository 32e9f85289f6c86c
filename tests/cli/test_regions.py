# SPDX-License-Identifier: Apache-2.0
"""One region of both strands through every command: the same bases, the same places."""

import json
import random
import unittest

import numpy as np

from labelled_support import FinetuneTest, gc_set
from support import ProgramTest, read_table, run, table, write_model

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")
WINDOW = (20, 30)  # bases before and after the 5' end


def reverse_complement(bases):
    return bases[::-1].translate(COMPLEMENT)


class Regions(ProgramTest):
    """Windows around two regions, by each spelling, beside the same bases cut out by Python into a FASTA file."""

    def setUp(self):
        super().setUp()
        self.model = write_model(self.folder / "model")
        letters = random.Random(7)
        self.chromosomes = {name: "".join(letters.choices("ACGT", k=size)) for name, size in (("chr1", 900), ("chr2", 400))}
        self.genome = self.write("genome.fa", "".join(
            f">{name}\n" + "\n".join(bases[i:i + 70] for i in range(0, len(bases), 70)) + "\n"
            for name, bases in self.chromosomes.items()))
        self.regions = [("plus", "chr1", 100, 160, "+"), ("minus", "chr2", 200, 290, "-")]
        self.write("r.bed", "".join(f"{chrom}\t{start}\t{end}\t{name}\t0\t{strand}\n"
                                    for name, chrom, start, end, strand in self.regions))
        self.write("r.gff3", "##gff-version 3\n" + "".join(
            f"{chrom}\tx\t{kind}\t{start + 1}\t{end}\t.\t{strand}\t.\tID={name}\n"
            for kind, (name, chrom, start, end, strand) in zip(("gene", "pseudogene"), self.regions)))
        typed = [f"--region={chrom}:{start + 1}-{end}:{strand}" for _, chrom, start, end, strand in self.regions]
        self.spellings = {
            "bed": ["--regions", self.path("r.bed")],
            "gff3": ["--regions", self.path("r.gff3"), "--feature", "gene,pseudogene"],
            "typed": typed}
        before, after = WINDOW
        self.placed = []  # name, chrom, start, end, strand of each window
        for name, chrom, start, end, strand in self.regions:
            five = start if strand == "+" else end
            span = (five - before, five + after) if strand == "+" else (five - after, five + before)
            self.placed.append((name, chrom, *span, strand))
        self.write("cut.fa", "".join(f">{place[0]}\n{self.bases(*place[1:])}\n" for place in self.placed))

    def bases(self, chrom, start, end, strand):
        forward = self.chromosomes[chrom][start:end]
        return forward if strand == "+" else reverse_complement(forward)

    def inputs(self):
        for name, words in self.spellings.items():
            yield name, ["--genome", self.genome, *words, "--window", f"start-{WINDOW[0]}+{WINDOW[1]}"]

    def check_places(self, spelling, rows, each=None):
        """`rows` have the columns of places; `each` gives the part of the record that a row stands for."""
        self.assertEqual(len(rows), len(self.placed) if each is None else len(each), spelling)
        for i, row in enumerate(rows):
            record, begin, end = (i, 0, sum(WINDOW)) if each is None else each[i]
            name, chrom, start, stop, strand = self.placed[record]
            place = (start + begin, start + end) if strand == "+" else (stop - end, stop - begin)
            self.assertEqual((row["chrom"], int(row["start"]), int(row["end"]), row["strand"]), (chrom, *place, strand))
            self.assertEqual((int(row["record_start"]), int(row["record_end"])), (begin, end))
            if spelling != "typed":
                self.assertEqual(row["name"], name)

    def arrays(self, command, *words):
        self.succeed(command, *words, "--model", self.model, "-o", self.path("a.npz"), "--force", "-q")
        return dict(np.load(self.path("a.npz")))

    def test_tokenize(self):
        expected = [row["tokens"] for row in table(self.succeed("tokenize", self.path("cut.fa"), "-q"))]
        for spelling, words in self.inputs():
            rows = table(self.succeed("tokenize", *words, "-q"))
            self.check_places(spelling, rows)
            self.assertEqual([row["tokens"] for row in rows], expected)

    def test_arrays(self):
        for command, key, options in (("embed", "layer_2", []), ("embed", "layer_2", ["--pool", "none"]),
                                      ("embed", "layer_2", ["--per-record"]), ("logits", "logits", []),
                                      ("attention", "layer_1_head_0/1", ["--maps", "1:0"])):
            expected = self.arrays(command, self.path("cut.fa"), *options)
            self.assertEqual([name for name in ("chrom", "start", "end", "strand") if name in expected], [])
            for spelling, words in self.inputs():
                found = self.arrays(command, *words, *options)
                np.testing.assert_array_equal(found[key], expected[key])
                columns = ("name", "chrom", "start", "end", "strand", "record_start", "record_end")
                self.check_places(spelling, [dict(zip(columns, row)) for row in zip(*(found[c] for c in columns))])

    def test_embed_table_of_tokens(self):
        for spelling, words in self.inputs():
            self.succeed("embed", *words, "--model", self.model, "-o", self.path("a.tsv"), "--pool", "none", "--force", "-q")
            ends = [(i, i + 6) for i in range(0, 48, 6)] + [(48, 49), (49, 50)]
            each = [(record, begin, end) for record in (0, 1) for begin, end in [(0, 0), *ends]]
            self.check_places(spelling, read_table(self.path("a.tsv")), each)

    def test_unmask(self):
        expected = table(self.succeed("unmask", "--every", self.path("cut.fa"), "--model", self.model, "-q", "--per-base"))
        sixmers = table(self.succeed("unmask", "--every", self.path("cut.fa"), "--model", self.model, "-q", "--top", 1))
        for spelling, words in self.inputs():
            rows = table(self.succeed("unmask", "--every", *words, "--model", self.model, "-q", "--per-base"))
            self.check_places(spelling, rows, [(record, i, i + 1) for record in (0, 1) for i in range(48)])
            for row, other in zip(rows, expected, strict=True):
                base = self.chromosomes[row["chrom"]][int(row["start"]):int(row["end"])]
                self.assertEqual(row["true"], base if row["strand"] == "+" else reverse_complement(base))
                self.assertEqual([row[letter] for letter in "ACGT"], [other[letter] for letter in "ACGT"])
            rows = table(self.succeed("unmask", "--every", *words, "--model", self.model, "-q", "--top", 1))
            self.check_places(spelling, rows, [(record, i, i + 6) for record in (0, 1) for i in range(0, 48, 6)])
            self.assertEqual([row["kmer"] for row in rows], [row["kmer"] for row in sixmers])

    def test_evaluate_and_info(self):
        expected = json.loads(self.succeed("evaluate", "--mlm", "--every", self.path("cut.fa"), "-m", self.model, "--json"))
        costs = self.succeed("info", self.model, "--verify-precision", self.path("cut.fa"), "-q").splitlines()
        for _, words in self.inputs():
            found = json.loads(self.succeed("evaluate", "--mlm", "--every", *words, "-m", self.model, "--json"))
            self.assertEqual(found["hidden"], 16)
            self.assertAlmostEqual(found["loss"], expected["loss"], places=5)
            lines = self.succeed("info", self.model, "--verify-precision", *words, "-q").splitlines()
            self.assertEqual(lines[-10:], costs[-10:])

    def test_windows_that_reach_past_the_end(self):
        words = ["--genome", self.genome, "--region", "chr2:11-20:-", "--window", "start-10+30"]
        self.refuse("tokenize", *words, says=["window chr2:-10-30", "--pad-at-ends"])
        row, = table(self.succeed("tokenize", *words, "--pad-at-ends", "-q"))
        self.assertEqual((row["start"], row["end"], row["record_start"], row["record_end"]), ("0", "30", "0", "40"))
        bases = reverse_complement(self.chromosomes["chr2"][:30])
        self.assertTrue(row["tokens"].startswith(f"<cls> {bases[:6]} {bases[6:12]} "))
        self.assertTrue(row["tokens"].endswith(" N" * 10))

    def test_spellings_that_do_not_go_together(self):
        region = ["--region", "chr1:1-60"]
        for words, says in (([*region], "--genome"), (["--genome", self.genome], "--region"),
                            (["--genome", self.genome, *region, "--regions", self.path("r.bed")], "--regions"),
                            ([self.path("cut.fa"), "--genome", self.genome, *region], "IN"),
                            (["--genome", self.genome, "--region", "chr1:60-1"], "60"),
                            (["--genome", self.genome, "--region", "chr1:x"], "chr:from-to")):
            self.refuse("tokenize", *words, status=2, says=[says])
        self.refuse("tokenize", "--genome", self.genome, "--region", "chr9:1-5", says=["no sequence chr9"])


class FineTunedOnRegions(FinetuneTest):
    def setUp(self):
        super().setUp()
        names = [f"chr{i}" for i in range(4)]
        self.bases = {name: "".join(bases for bases, _ in gc_set(12, i)) for i, name in enumerate(names)}
        self.genome = self.write("genome.fa", "".join(f">{name}\n{bases}\n" for name, bases in self.bases.items()))
        self.features = [(name, 60 * i + 6, 60 * i + 54, f"{name}_{i}", i % 2, "+-"[i % 2]) for name in names
                         for i in range(1, 11)]
        self.bed = self.write("features.bed", "".join("\t".join(map(str, row)) + "\n" for row in self.features))
        self.succeed(*self.words("run", "--train", self.bed, "--genome", self.genome, "--test-groups", "chr3",
                                 "--valid-groups", "chr2", "--method", "probe", "--label-column", "score",
                                 "--window", "feature-2+1"))

    def window(self, chrom, start, end, strand):
        bases = self.bases[chrom][start:end]
        return bases if strand == "+" else reverse_complement(bases)

    def check(self, rows, features):
        self.assertEqual(len(rows), len(features))
        for row, (chrom, start, end, name, _, strand) in zip(rows, features, strict=True):
            start, end = (start - 2, end + 1) if strand == "+" else (start - 1, end + 2)
            self.assertEqual((row["id"], row["chrom"], int(row["start"]), int(row["end"]), row["strand"]),
                             (name, chrom, start, end, strand))
            self.assertEqual((row["record_start"], row["record_end"]), ("0", "51"))

    def test_predictions_carry_both_places(self):
        test = [row for row in self.features if row[0] == "chr3"]
        rows = self.rows("run")
        self.check(rows, test)
        self.assertEqual({row["group"] for row in rows}, {"chr3"})
        predicted = table(self.succeed("predict", self.path("run"), "--genome", self.genome, "--regions", self.bed, "-q"))
        self.check(predicted, self.features)
        cut = self.write("cut.fa", "".join(
            f">{row['id']}\n{self.window(row['chrom'], int(row['start']), int(row['end']), row['strand'])}\n"
            for row in predicted))
        alone = table(self.succeed("predict", self.path("run"), cut, "-q"))
        self.assertEqual(list(alone[0]), ["id", "predicted"])
        self.assertEqual([row["predicted"] for row in alone], [row["predicted"] for row in predicted])
        typed = [f"--region={chrom}:{start + 1}-{end}:{strand}" for chrom, start, end, _, _, strand in self.features]
        found = table(self.succeed("predict", self.path("run"), "--genome", self.genome, *typed, "-q"))
        self.assertEqual([row["predicted"] for row in found], [row["predicted"] for row in predicted])
        self.assertEqual(found[0]["id"], "chr0:67-114:-")

    def test_old_spelling_of_predict_says_the_new_one(self):
        status, out, err = run("predict", self.path("run"), self.bed, "--genome", self.genome)
        self.assertEqual(status, 0, err)
        self.assertIn("--regions", err)
        self.check(table(out), self.features)

    def test_evaluate_takes_the_same_file(self):
        words = ["--genome", self.genome, "--label-column", "score", "--bootstrap", 0, "--json", "-q"]
        test = self.write("test.bed", "".join("\t".join(map(str, row)) + "\n" for row in self.features if row[0] == "chr3"))
        said = json.loads(self.succeed("evaluate", self.path("run"), test, *words))["test"]
        self.assertAlmostEqual(said["auroc"], self.metrics("run")["test"]["auroc"], places=6)

    def test_track_of_a_region(self):
        words = ["predict", self.path("run"), "--genome", self.genome, "--window-bp", 51, "--stride-bp", 10, "-q"]
        whole = [line.split("\t") for line in self.succeed(*words).splitlines() if line.startswith("chr")]
        part = [line.split("\t") for line in self.succeed(*words, "--region", "chr1:101-300").splitlines()
                if line.startswith("chr")]
        self.assertEqual({row[0] for row in part}, {"chr1"})
        self.assertEqual((part[0][1], part[-1][2]), ("100", "300"))
        inside = {tuple(row) for row in whole}
        self.assertTrue(all(tuple(row) in inside for row in part[1:-1]))
        self.refuse(*words, "--region", "chr1:101-300:-", status=2, says=["forward"])
        self.refuse(*words, "--region", "chr1:101-300", "--region", "chr1:250-400", status=2, says=["in common"])


if __name__ == "__main__":
    unittest.main()
