# SPDX-License-Identifier: Apache-2.0
"""What a corpus counts as repeats, and the blocks that it deals to its parts."""

import gzip
import hashlib
import json
import re
import struct
import subprocess
import unittest

import numpy as np

from support import PROGRAM, table
from test_corpus import WITH_REPEATS, CorpusTest, random_bases


class Repeats(CorpusTest):
    def test_a_file_of_repeats_stands_for_lower_case(self):
        chr1, chr2 = random_bases(120, 71, "ACGTacgt"), random_bases(60, 72, "acgtn")
        self.fasta("a.fa", chr1=chr1, chr2=chr2)
        self.fasta("b.fa", chr1=random_bases(60, 73, "ACGTacgt"))
        self.write("r.bed", "chr1\t10\t20\n")
        self.manifest(("A", "a.fa", ".", ".", "r.bed"), ("B", "b.fa", ".", ".", "."), header=WITH_REPEATS)
        got = self.windows("--window-tokens", 11, "--overlap", 0, "--min-known", 0)
        upper = chr1.upper()
        self.assertEqual("".join(window[5] for window in got),
                         upper[:10] + upper[10:20].lower() + upper[20:] + chr2.upper() + random_bases(60, 73, "ACGTacgt"))
        rows = {(row["species"], row["stage"]): row for row in table((self.path("corpus") / "report.tsv").read_text())}
        self.assertAlmostEqual(float(rows["A", "genome"]["repeats"]), 10 / 180, places=6)

    def test_reads_the_types_of_repeats_that_it_is_told(self):
        genome = random_bases(120, 74)
        self.fasta("a.fa", chr1=genome)
        self.write("r.gff3", "##gff-version 3\nchr1\t.\tGypsy\t11\t20\t.\t+\t.\ttype=Copia\n"
                   "chr1\t.\tCopia\t31\t40\t.\t-\t.\t.\nchr1\t.\tgene\t51\t60\t.\t.\t.\t.\n##FASTA\n>chr1\nACGT\n")
        self.write("one.gff", "chr1\t.\tGypsy\t11\t20\t.\t+\t.\t.\n")

        def repeats(file, *options, output):
            self.manifest(("A", "a.fa", ".", ".", file), header=WITH_REPEATS)
            got = "".join(window[5] for window in self.windows("--window-tokens", 11, "--overlap", 0, *options,
                                                               output=output))
            return [start for start in range(0, 120, 10) if got[start:start + 10].islower()]

        self.assertEqual(repeats("one.gff", output="a"), [10], "of one type: all of it")
        self.assertEqual(repeats("r.gff3", "--repeat-feature", "Gypsy", output="b"), [10])
        self.assertEqual(repeats("r.gff3", "--repeat-feature", "Copia ,Gypsy", output="c"), [10, 30])
        self.assertEqual(json.loads((self.path("c") / "corpus.json").read_text())["settings"]["repeat_feature"], "Copia ,Gypsy")

    def test_refuses_repeats_of_several_types(self):
        self.fasta("a.fa", chr1=random_bases(7000, 22))
        line = "chr1\t.\t{}\t11\t20\t.\t+\t.\t.\n"
        self.write("r.gff3", 3 * line.format("Gypsy") + line.format("gene") + 2 * line.format("Copia"))
        self.write("one.gff3.gz", gzip.compress(line.format("Gypsy").encode()))
        self.write("r.bed", "chr1\t10\t20\n")

        def refuse(files, *says, options=(), status=1):
            self.manifest(*((f"S{i}", "a.fa", ".", ".", file) for i, file in enumerate(files)), header=WITH_REPEATS)
            self.refuse("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "-q", *options, status=status,
                        says=says)

        refuse(["r.gff3"], "genomes.tsv:2: repeats", "r.gff3 has lines of 3 types", "--repeat-feature",
               "Gypsy (3), Copia (2), gene (1)")
        refuse(["one.gff3.gz", "r.gff3"], "genomes.tsv:3: repeats", "r.gff3")
        refuse(["r.gff3"], "no lines of the types", "LINE", "Gypsy (3)", options=["--repeat-feature", "LINE"])
        refuse(["r.gff3"], '"LINE"', "Gypsy (3)", options=["--repeat-feature", "Gypsy,LINE"])
        refuse(["r.gff3", "one.gff3.gz"], "genomes.tsv:3", "one.gff3.gz has no lines", options=["--repeat-feature", "Copia"])
        refuse(["r.gff3"], "between commas", options=["--repeat-feature", "Gypsy,,Copia"], status=2)
        refuse(["r.bed", "."], "repeat-feature", "GFF3", options=["--repeat-feature", "Gypsy"], status=2)
        self.write("r.gff3", "".join(line.format(f"type{i:03}\x1b" + "x" * 300) for i in range(200)))
        refuse(["r.gff3"], "200 types", "and 180 more")


class Blocks(CorpusTest):
    def dealt(self, genomes, seed, share, folds, block):
        """Part and fold of every base, as the hash of the documentation says."""
        deals = {}
        for species, sequences in genomes.items():
            for sequence, bases in sequences.items():
                parts = np.zeros((len(bases), 2), int)
                for start in range(0, len(bases), block):
                    digest = hashlib.sha256(f"{seed}\n{species}\n{sequence}\n{start // block}".encode()).digest()
                    part, fold = struct.unpack(">II", digest[:8])
                    parts[start:start + block] = part / 2 ** 32 >= share, folds * fold >> 32
                deals[species, sequence] = parts
        return deals

    def test_deals_blocks_of_any_size(self):
        genomes = {"A": {"chr1": random_bases(2_500_000, 75), "chr2": random_bases(30_000, 76)}}
        self.fasta("a.fa", **genomes["A"])
        self.manifest(("A", "a.fa", ".", "."))
        options = ["--window-tokens", 101, "--training-share", 0.6, "--folds", 3, "--seed", 9]
        for name, block, given in (("default", 1_000_000, []), ("same", 1_000_000, ["--block-bp", 1_000_000]),
                                   ("small", 7_000, ["--block-bp", 7_000]), ("window", 600, ["--block-bp", 600])):
            deals = self.dealt(genomes, 9, 0.6, 3, block)
            got = self.windows(*options, *given, output=name)
            expected = []
            for sequence, bases in genomes["A"].items():
                starts = [*range(0, len(bases) - 599, 550)]
                for start in starts if starts[-1] == len(bases) - 600 else [*starts, len(bases) - 600]:
                    window = deals["A", sequence][start:start + 600]
                    if (window == window[0]).all():
                        expected.append((sequence, start, *window[0]))
            self.assertEqual([window[1:5] for window in got], expected, name)
            self.assertGreater(len({window[3:5] for window in got}), 1)
            self.succeed("corpus", self.path(name), "--verify", "-q")
            described = json.loads((self.path(name) / "corpus.json").read_text())
            self.assertEqual(described["settings"]["block_bp"], str(block))
        for file in ("001.shard", "report.tsv"):
            same, default = ((self.path(name) / file).read_bytes() for name in ("same", "default"))
            self.assertEqual(re.sub(rb"##.*", b"", same), re.sub(rb"##.*", b"", default))

    def test_tells_how_a_small_corpus_gets_a_validation(self):
        self.fasta("a.fa", chr1=random_bases(300_000, 77))
        self.manifest(("A", "a.fa", ".", "."))

        def said(output, *options):
            return subprocess.run([PROGRAM, "corpus", self.path("genomes.tsv"), "-o", self.path(output), "--seed", "1",
                                   "--window-tokens", "101", *options], capture_output=True, text=True, check=True).stderr

        err = said("one")
        self.assertIn("no window is for validation: the genomes have too few blocks of 1000000 bases", err)
        advised = re.search(r"try (--block-bp) (\d+) or another --seed", err).groups()
        self.assertEqual(advised[1], "3000")
        self.assertNotIn("no window is for", said("many", *advised))
        self.assertGreater(json.loads((self.path("many") / "corpus.json").read_text())["species"][0]["validation_windows"], 0)
        self.assertNotIn("no window is for", said("none", "--training-share", "1"))


if __name__ == "__main__":
    unittest.main()
