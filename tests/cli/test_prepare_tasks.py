# SPDX-License-Identifier: Apache-2.0
"""tools/tasks: inputs for fine-tuning whose splits keep relatives together."""

import csv
import gzip
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools/tasks"
sys.path.insert(0, str(TOOLS))

from families import divide, families, mers  # noqa: E402


def bases(source, count):
    return "".join(source.choice("ACGT") for _ in range(count))


def complement(sequence):
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))


class Families(unittest.TestCase):
    def test_join_names_and_near_sequences_of_either_strand(self):
        source = random.Random(1)
        sequences = [bases(source, 200) for _ in range(6)]
        near = list(complement(sequences[0]))
        near[100] = "A" if near[100] != "A" else "C"
        number = families(["a", "b", "c", "b", "d", "e", "f"], [*sequences, "".join(near)])
        self.assertEqual(number[0], number[6])
        self.assertEqual(number[1], number[3])
        self.assertEqual(len(set(number)), 5)

    def test_mers_are_those_of_both_strands_without_n(self):
        sequence = bases(random.Random(2), 100)
        self.assertEqual(mers(sequence), mers(complement(sequence)))
        self.assertEqual(len(mers(sequence)), 85)
        self.assertEqual(len(mers(sequence[:50] + "N" + sequence[51:])), 69)

    def test_are_never_divided(self):
        source = random.Random(3)
        rows = [{"group": f"g{i // 5}", "sequence": bases(source, 50), "id": i} for i in range(500)]
        parts = divide(rows, 1)
        self.assertEqual([len(parts[part]) for part in ("train", "valid", "test")], [400, 50, 50])
        groups = [{row["group"] for row in rows} for rows in parts.values()]
        self.assertEqual(sum(map(len, groups)), 100)
        source.shuffle(rows)
        again = divide(rows, 1)
        self.assertEqual({row["id"] for row in again["test"]}, {row["id"] for row in parts["test"]})
        self.assertNotEqual({row["id"] for row in divide(rows, 2)["test"]}, {row["id"] for row in parts["test"]})


class Prepare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, *rows):
        path = self.folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt") as file:
            file.writelines("\t".join(map(str, row)) + "\n" for row in rows)

    def prepare(self, *tasks):
        subprocess.run([sys.executable, TOOLS / "prepare.py", self.folder / "data", self.folder / "out", "--only", *tasks],
                       check=True, capture_output=True)

    def read(self, name):
        with open(self.folder / "out" / name, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def test_leaves_out_of_the_test_what_is_trained_on(self):
        source = random.Random(4)
        train = [bases(source, 41) for _ in range(40)]
        test = [bases(source, 41) for _ in range(5)]
        header = ("sequence", "label")
        self.write("methylation_6ma/ath_train.tsv.gz", header, *((each, i % 2) for i, each in enumerate(train)))
        self.write("methylation_6ma/ath_test.tsv.gz", header, *((each, 1) for each in [train[3], *test, complement(train[4])]))
        self.write("methylation_6ma/rice.tsv.gz", header, (bases(source, 41), 0))
        self.prepare("methylation_6ma")
        self.assertEqual([row["sequence"] for row in self.read("methylation_6ma/test.tsv")], test)
        self.assertEqual(len(self.read("methylation_6ma/train.tsv")) + len(self.read("methylation_6ma/valid.tsv")), 40)

    def test_takes_decoys_from_the_strings_of_the_sites(self):
        source = random.Random(5)
        lines = []
        for gene in range(60):
            exons = [bases(source, 50) for _ in range(2)]
            lines.append((exons[0], "GT" + bases(source, 90) + "AG", exons[1], 4 if gene == 0 else 20, f"AT{gene}"))
        self.write("splicing/exon_intron_exon.tsv.gz", ("exon5_50nt", "intron", "exon3_50nt", "rna_splice_count", "gene"),
                   *lines)
        self.prepare("splice_donor", "splice_acceptor")
        for task, letters in (("splice_donor", "GT"), ("splice_acceptor", "AG")):
            rows = [row for part in ("train", "valid", "test") for row in self.read(f"{task}/{part}.tsv")]
            self.assertEqual({row["sequence"][40:42] for row in rows}, {letters})
            self.assertEqual({len(row["sequence"]) for row in rows}, {82})
            sites = [row for row in rows if row["label"] == "1"]
            self.assertEqual(len(sites), 59)  # the gene with four reads has none
            self.assertNotIn("AT0", {row["group"] for row in sites})
            self.assertGreater(len(rows), 80)
            strings = {gene: exon5 + intron + exon3 for exon5, intron, exon3, _, gene in lines}
            for row in rows:
                self.assertIn(row["sequence"], strings[row["group"]])


if __name__ == "__main__":
    unittest.main()
