# SPDX-License-Identifier: Apache-2.0
"""Genomes to a corpus: the windows, read back by other code, and everything that `agront corpus` refuses."""

import gzip
import json
import pathlib
import random
import re
import signal
import struct
import subprocess
import unittest
import zlib
from xml.etree import ElementTree

import numpy as np

from support import PROGRAM, ProgramTest, read_table

HEADER = "species\tfasta\tregions\tweight\n"
WITH_REPEATS = HEADER.replace("\n", "\trepeats\n")
ENTRY = np.dtype([("offset", "<u8"), ("start", "<u8"), ("sequence", "<u4"), ("crc", "<u4"), ("unknown_runs", "<u2"),
                  ("repeat_runs", "<u2"), ("fold", "<u2"), ("part", "u1"), ("reserved", "u1")])
FOOTER = struct.Struct("<QQQIIIIQ")
COMPLEMENT = str.maketrans("ACGTacgt", "TGCAtgca")


def random_bases(length, seed, letters="ACGT"):
    return "".join(random.Random(seed).choices(letters, k=length))


def read_shard(path):
    """Windows of a shard as (sequence, start, part, fold, bases); repeats are in lower case."""
    data = path.read_bytes()
    index, windows, names_bytes, sequences, bases, index_crc, footer_crc, magic = FOOTER.unpack(data[-FOOTER.size:])
    assert data[:8] == b"AGRSHD01" == struct.pack("<Q", magic)
    assert footer_crc == zlib.crc32(data[-FOOTER.size:-12])
    assert index_crc == zlib.crc32(data[index:-FOOTER.size])
    entries = np.frombuffer(data, ENTRY, windows, index)
    names = data[index + windows * ENTRY.itemsize:][:names_bytes].decode().split("\n")[:-1]
    assert len(names) == sequences
    packed_bytes = (bases + 3) // 4
    for entry in entries:
        runs = int(entry["unknown_runs"]) + int(entry["repeat_runs"])
        record = data[int(entry["offset"]):][:packed_bytes + 4 * runs]
        assert entry["crc"] == zlib.crc32(record)
        packed = np.frombuffer(record, np.uint8, packed_bytes)
        digits = (packed[:, None] >> np.array([0, 2, 4, 6]) & 3).ravel()[:bases]
        text = np.frombuffer(b"ATCG", np.uint8)[digits].copy()
        spans = np.frombuffer(record, "<u2", 2 * runs, packed_bytes).reshape(runs, 2)
        for start, length in spans[:entry["unknown_runs"]]:
            text[start:start + length] = ord("N")
        for start, length in spans[entry["unknown_runs"]:]:
            text[start:start + length] |= 0x20
        yield names[entry["sequence"]], int(entry["start"]), int(entry["part"]), int(entry["fold"]), bytes(text).decode()


class CorpusTest(ProgramTest):
    def fasta(self, name, **sequences):
        text = "".join(f">{key} about\n" + "\n".join(re.findall(".{1,61}", bases)) + "\n"
                       for key, bases in sequences.items())
        return self.write(name, gzip.compress(text.encode()) if name.endswith(".gz") else text)

    def manifest(self, *rows, header=HEADER):
        return self.write("genomes.tsv", header + "".join("\t".join(row) + "\n" for row in rows))

    def build(self, *options, output="corpus"):
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path(output), "-q", *options)
        return self.path(output)

    def windows(self, *options, output="corpus"):
        """All windows of all species, in their order."""
        folder = self.build(*options, output=output)
        species = json.loads((folder / "corpus.json").read_text())["species"]
        return [(one["name"], *window) for one in species for window in read_shard(folder / one["shard"])]


class Windows(CorpusTest):
    def test_cuts_every_sequence(self):
        genome = {"chr1": random_bases(500, 1), "scaffold": random_bases(59, 2), "chr2": random_bases(60, 3)}
        self.fasta("a.fa", **genome)
        self.manifest(("A", "a.fa", ".", "."))
        got = self.windows("--window-tokens", 11, "--overlap", 10)
        starts = [*range(0, 441, 50), 440]
        expected = [("chr1", start) for start in starts] + [("chr2", 0)]
        self.assertEqual([window[1:3] for window in got], expected)
        for _, sequence, start, part, fold, bases in got:
            self.assertEqual(bases, genome[sequence][start:start + 60])
            self.assertEqual(fold, 0)
        described = json.loads((self.path("corpus") / "corpus.json").read_text())
        self.assertEqual(described["vocabulary_sha256"],
                         "f1b544e27897936b50bbd925850fa8a08b421c33bb9c26e3711c140c061d0d4c")
        self.assertIn("agront corpus", described["provenance"]["command"])
        self.assertEqual(described["window_tokens"], 11)

    def test_has_published_windows_by_default(self):
        genome = random_bases(20000, 4)
        self.fasta("a.fa", chr1=genome)
        self.manifest(("A", "a.fa", ".", "."))
        self.assertEqual([(start, bases == genome[start:start + 6138]) for _, _, start, _, _, bases in self.windows()],
                         [(0, True), (6088, True), (12176, True), (13862, True)])

    def test_shifts(self):
        self.fasta("a.fa", chr1=random_bases(200, 5))
        self.manifest(("A", "a.fa", ".", "."))
        got = self.windows("--window-tokens", 11, "--overlap", 10, "--shift", 25)
        self.assertEqual([window[2] for window in got], [0, 25, 50, 75, 100, 125, 140])

    def test_keeps_repeats_and_makes_the_rest_n(self):
        genome = random_bases(300, 6, "ACGTacgtacgtRYKMrykmNnUu")
        self.fasta("a.fa", chr1=genome)
        self.manifest(("A", "a.fa", ".", "."))
        expected = re.sub("[RYKM]", "N", re.sub("[rykm]", "n", genome.replace("U", "T").replace("u", "t")))
        got = self.windows("--window-tokens", 11, "--overlap", 0, "--min-known", 0)
        self.assertEqual("".join(window[5] for window in got), expected)

    def test_reads_repeats_from_files(self):
        genome = random_bases(120, 7)
        self.fasta("a.fa", chr1=genome)
        self.write("r.bed", "chr1\t10\t20\nchr1\t15\t30\nchr1\t55\t70\n")
        self.write("r.gff3", "chr1\t.\tGypsy\t11\t20\t.\t+\t.\t.\nchr1\t.\tCopia\t16\t30\t.\t-\t.\t.\n"
                   "chr1\t.\tGypsy\t56\t70\t.\t.\t.\t.\n")
        expected = (genome[:10] + genome[10:30].lower() + genome[30:55] + genome[55:70].lower() + genome[70:])
        for file, options in (("r.bed", []), ("r.gff3", ["--repeat-feature", "Gypsy, Copia"])):
            self.manifest(("A", "a.fa", ".", ".", file), header=WITH_REPEATS)
            got = self.windows("--window-tokens", 11, "--overlap", 0, *options, output=file + ".corpus")
            self.assertEqual("".join(window[5] for window in got), expected)

    def test_parts_share_no_base(self):
        genome = random_bases(12_000_000, 8)
        self.fasta("a.fa", chr1=genome)
        self.manifest(("A", "a.fa", ".", "."))
        got = self.windows("--training-share", 0.5, "--folds", 2, "--shift", 3001, "--seed", 1)
        covered = {}
        for _, _, start, part, fold, _ in got:
            covered.setdefault((part, fold), np.zeros(len(genome), bool))[start:start + 6138] = True
        self.assertEqual(len(covered), 4)
        self.assertEqual(sum(covered.values(), np.zeros(len(genome), int)).max(), 1)
        blocks = {start // 10 ** 6 * 4 + part * 2 + fold for _, _, start, part, fold, _ in got}
        self.assertEqual(len(blocks), 12, "each block of 1 Mb is in one part")
        # Two windows straddle each border of two parts, less than one in a hundred.
        self.assertGreater(len(got), 0.99 * 2 * len(genome) / 6088)
        other = self.windows("--training-share", 0.5, "--folds", 2, "--shift", 3001, "--seed", 2, output="other")
        self.assertNotEqual([window[3] for window in got], [window[3] for window in other])

    def test_gives_training_its_share(self):
        self.fasta("a.fa", **{f"scaffold{i}": random_bases(60, i) for i in range(2000)})
        self.manifest(("A", "a.fa", ".", "."))
        parts = [window[3] for window in self.windows("--window-tokens", 11)]
        self.assertAlmostEqual(np.mean(parts), 0.05, delta=5 * (0.05 * 0.95 / 2000) ** 0.5)

    def test_drops_duplicates_of_either_strand(self):
        one, two = random_bases(60, 9), random_bases(60, 10)
        reverse = one[::-1].translate(COMPLEMENT)
        self.fasta("a.fa", a=one, b=two, c=one.lower())
        self.fasta("b.fa", d=reverse, e=random_bases(60, 11))
        self.manifest(("A", "a.fa", ".", "."), ("B", "b.fa", ".", "."))
        self.assertEqual([window[1] for window in self.windows("--window-tokens", 11)], ["a", "b", "e"])
        kept = self.windows("--window-tokens", 11, "--keep-duplicates", output="all")
        self.assertEqual([window[1] for window in kept], ["a", "b", "c", "d", "e"])

    def test_stays_near_regions(self):
        self.fasta("a.fa", chr1=random_bases(600, 12), chr2=random_bases(300, 13))
        self.write("g.gff3", "##gff-version 3\nchr1\t.\tgene\t181\t200\t.\t+\t.\tID=a\nchr1\t.\tmRNA\t1\t9\t.\t+\t.\t.\n")
        self.write("g.bed", "chr1\t180\t200\n")
        self.manifest(("A", "a.fa", "g.gff3", "."))

        def starts(*options, output):
            got = self.windows("--window-tokens", 11, "--overlap", 0, *options, output=output)
            return [(window[1], window[2]) for window in got]

        self.assertEqual(starts(output="a"), [("chr1", 180)])
        self.assertEqual(starts("--flank", 1, output="b"), [("chr1", 120), ("chr1", 180)])
        self.assertEqual(starts("--flank", 40, output="c"), [("chr1", 120), ("chr1", 180)])
        self.assertEqual(starts("--flank", 41, output="d"), [("chr1", 120), ("chr1", 180), ("chr1", 240)])
        self.assertEqual(starts("--feature", "mRNA,gene", output="e"), [("chr1", 0), ("chr1", 180)])
        self.manifest(("A", "a.fa", "g.bed", "."))
        self.assertEqual(starts("--flank", 40, output="f"), [("chr1", 120), ("chr1", 180)])

    def test_leaves_out_what_it_is_told(self):
        self.fasta("a.fa", chr1=random_bases(60, 14), chr2=random_bases(60, 15))
        self.fasta("b.fa", chr1=random_bases(60, 16), chr2=random_bases(60, 17))
        self.manifest(("A", "a.fa", ".", "."), ("B", "b.fa", ".", "."))

        def left(*options, output):
            return [window[:2] for window in self.windows("--window-tokens", 11, *options, output=output)]

        self.assertEqual(left("--without-sequence", "B:chr1", output="a"), [("A", "chr1"), ("A", "chr2"), ("B", "chr2")])
        self.assertEqual(left("--without-sequence", "chr1", output="b"), [("A", "chr2"), ("B", "chr2")])
        self.assertEqual(left("--without-species", "A", output="c"), [("B", "chr1"), ("B", "chr2")])
        self.assertEqual(left("--without-species", "A", "--without-sequence", "chr2", output="d"), [("B", "chr1")])

    def test_drops_unknown_sequence(self):
        known = random_bases(60, 18)
        self.fasta("a.fa", a=known, b="N" * 6 + known[6:], c="N" * 7 + known[7:], d="N" * 60)
        self.manifest(("A", "a.fa", ".", "."))
        self.assertEqual([window[1] for window in self.windows("--window-tokens", 11)], ["a", "b"])
        self.assertEqual([window[1] for window in self.windows("--window-tokens", 11, "--min-known", 1, output="b")], ["a"])

    def test_is_the_same_every_time(self):
        genome = random_bases(100_000, 19, "ACGTacgtN")
        self.fasta("a.fa", chr1=genome)
        self.fasta("b.fa.gz", chr1=genome)
        self.manifest(("A", "a.fa", ".", "."))
        one = self.build("--min-known", 0, output="one")
        two = self.build("--min-known", 0, output="two")
        self.manifest(("A", "b.fa.gz", ".", "."))
        three = self.build("--min-known", 0, output="three")
        for other in (two, three):
            self.assertEqual((one / "001.shard").read_bytes(), (other / "001.shard").read_bytes())

    def test_holds_no_chromosome_in_memory(self):
        letters, generator = np.frombuffer(b"ACGT", np.uint8), np.random.default_rng(25)
        with open(self.path("a.fa"), "wb") as file:
            file.write(b">chr1\n")
            for _ in range(160):
                file.write(letters[generator.integers(0, 4, 10 ** 6, dtype=np.uint8)].tobytes())
        self.manifest(("A", "a.fa", ".", "."))
        program = subprocess.Popen([PROGRAM, "corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "-q"])
        peaks = [0]  # kB; the peak that the system reports at the end counts what this process held when it forked
        while program.poll() is None:
            status = pathlib.Path(f"/proc/{program.pid}/status").read_text()
            if f"Name:\t{pathlib.Path(PROGRAM).name}" in status:
                peaks += map(int, re.findall(r"VmHWM:\s+(\d+) kB", status))
        self.assertEqual(program.returncode, 0)
        self.assertGreater(max(peaks), 0)
        self.assertLess(max(peaks), 150_000, "less than the chromosome")


class Reports(CorpusTest):
    def test_counts_before_and_after_each_filter(self):
        unique = random_bases(120, 20, "ACGTacgt")
        self.fasta("a.fa", chr1=unique + "N" * 60 + unique[:60], short="ACGTR")
        self.write("g.bed", "chr1\t60\t240\n")
        self.manifest(("A<b>", "a.fa", "g.bed", "2.5"))
        folder = self.build("--window-tokens", 11, "--overlap", 0, "--training-share", 1)
        rows = {(row["species"], row["stage"]): row for row in read_table(folder / "report.tsv")}
        windows = {stage: int(row["windows"]) for (species, stage), row in rows.items() if species == "A<b>"}
        self.assertEqual(windows, {"genome": 0, "sequences": 0, "windows": 4, "one_part": 4, "near_regions": 3,
                                   "known": 2, "unique": 2, "training": 2, "validation": 0})
        genome, training = rows["A<b>", "genome"], rows["A<b>", "training"]
        self.assertEqual((genome["bases"], genome["n"]), ("245", "61"))
        text = (unique + unique[:60]).upper() + "ACGT"
        self.assertAlmostEqual(float(genome["gc"]), sum(map(text.count, "GC")) / len(text), places=6)
        self.assertAlmostEqual(float(training["repeats"]), sum(map(str.islower, unique)) / 120, places=6)
        for stage in windows:
            self.assertEqual({**rows["A<b>", stage], "species": "."}, rows[".", stage])
        page = (folder / "report.html").read_text()
        self.assertIn("A&lt;b&gt;", page)
        self.assertNotRegex(page, r"(src|href)=|@import|https?:|A<b>")
        ElementTree.fromstring(re.search("<svg.*</svg>", page, re.DOTALL).group())  # well-formed
        self.assertEqual(json.loads((folder / "corpus.json").read_text())["species"][0]["weight"], 2.5)

    def test_tells_what_it_did(self):
        self.fasta("a.fa", chr1=random_bases(6138, 21) + "R")
        self.manifest(("A", "a.fa", ".", "."))
        done = subprocess.run([PROGRAM, "corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--seed", "1"],
                              capture_output=True, text=True, check=True)
        self.assertIn("A: 6139 bases, ", done.stderr)
        self.assertIn("1 IUPAC codes were read as N", done.stderr)


class Refusals(CorpusTest):
    def setUp(self):
        super().setUp()
        self.fasta("a.fa", chr1=random_bases(7000, 22))
        self.manifest(("A", "a.fa", ".", "."))

    def refuse_corpus(self, *says, options=(), status=1):
        self.refuse("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), *options, "-q", status=status,
                    says=says)

    def test_refuses_bad_manifests(self):
        self.refuse("corpus", self.path("no.tsv"), "-o", self.path("corpus"), says=["no.tsv", "no such file"])
        for rows, says in (
                ((("A", "no.fa", ".", "."),), ["genomes.tsv:2", "fasta", "no.fa"]),
                ((("A", "a.fa", "no.bed", "."),), ["genomes.tsv:2", "regions", "no.bed"]),
                ((("A", "a.fa", ".", "."), ("A", "a.fa", ".", ".")), ["genomes.tsv:3", "species A is there twice"]),
                ((("A", "a.fa", ".", "-1"),), ["genomes.tsv:2", "weight", "above 0", "-1"]),
                ((("A", "a.fa", ".", "heavy"),), ["genomes.tsv:2", "weight", "heavy"]),
                ((("A", "a.fa", ".", "1"), ("B", "a.fa", ".", ".")), ["genomes.tsv:3", "weight", "every row"]),
                ((("A", "a.fa", "."),), ["genomes.tsv:2", "4 columns", "got 3"]),
                ((), ["genomes.tsv", "no rows"])):
            self.manifest(*rows)
            self.refuse_corpus(*says)
        self.manifest(header="species\tfasta\tregion\tweight\n")
        self.refuse_corpus("genomes.tsv:1", "unknown column", "region")
        self.manifest(header="species\tfasta\tregions\n")
        self.refuse_corpus("genomes.tsv:1", "expected a column weight")
        self.write("genomes.tsv", b"\x89PNG\r\n\x1a\n\x00\x00")
        self.refuse_corpus("genomes.tsv:1", "unknown column")

    def test_refuses_genomes_that_give_nothing(self):
        self.write("a.fa", "")
        self.refuse_corpus("a.fa", "empty file")
        self.write("a.fa", ">chr1\n")
        self.refuse_corpus("a.fa:1", "chr1", "got none")
        self.fasta("a.fa", chr1="ACGT" * 1000, chr2="ACGT")
        self.refuse_corpus("genomes.tsv:2", "a.fa", "6138 bases", "the longest of 2 has 4000")
        self.fasta("a.fa", chr1="N" * 7000)
        self.refuse_corpus("genomes.tsv:2", "species A", "known")
        self.fasta("a.fa", chr1="MKVL" * 2000)
        self.refuse_corpus("a.fa:2:4", "'L'")
        self.write("a.fa", gzip.compress((">chr1\n" + random_bases(70000, 23)).encode())[:9000])
        self.refuse_corpus("a.fa", "truncated")

    def test_refuses_a_later_genome_and_leaves_nothing(self):
        self.fasta("b.fa", chr1="ACGT")
        self.manifest(("A", "a.fa", ".", "."), ("B", "b.fa", ".", "."))
        self.refuse_corpus("genomes.tsv:3", "b.fa")

    def test_refuses_regions_of_another_genome(self):
        self.manifest(("A", "a.fa", "g.bed", "."))
        self.write("g.bed", "chr1\t0\t10\nChr1\t0\t10\n")
        self.refuse_corpus("g.bed:2", "Chr1", "a.fa")
        self.write("g.bed", "chr1\t0\t10\nchr1\t6990\t7001\n")
        self.refuse_corpus("g.bed:2", "7000 bases", "7001")
        self.write("g.bed", "chr1\t0\n")
        self.refuse_corpus("g.bed:1", "columns")
        self.manifest(("A", "a.fa", ".", ".", "r.bed"), header=HEADER.replace("\n", "\trepeats\n"))
        self.write("r.bed", "chr9\t0\t10\n")
        self.refuse_corpus("r.bed:1", "chr9")

    def test_refuses_names_that_are_not_there(self):
        self.refuse_corpus("without-species", "Z", options=["--without-species", "Z"], status=2)
        self.refuse_corpus("without-species", "no species", options=["--without-species", "A"], status=2)
        self.refuse_corpus("without-sequence", "chr9", options=["--without-sequence", "chr9"], status=2)

    def test_refuses_numbers_that_make_no_sense(self):
        for option, value in (("window-tokens", 1), ("window-tokens", 20000), ("overlap", -1), ("overlap", 6138),
                              ("shift", 6088), ("shift", -1), ("folds", 0), ("block-bp", 0), ("block-bp", 6137),
                              ("block-bp", 10 ** 13), ("training-share", 1.5),
                              ("training-share", "nan"), ("min-known", -0.1), ("flank", -1)):
            self.refuse_corpus(option, str(value), options=["--" + option, str(value)], status=2)
        self.refuse("corpus", self.path("genomes.tsv"), status=2, says=["output"])

    def test_refuses_options_of_regions_without_regions(self):
        self.refuse_corpus("flank", "regions", options=["--flank", 5], status=2)
        self.refuse_corpus("feature", "regions in GFF3", options=["--feature", "gene"], status=2)
        self.write("g.bed", "a\t0\t20\n")
        self.manifest(("A", "a.fa", "g.bed", "."))
        self.refuse_corpus("feature", "regions in GFF3", options=["--feature", "gene"], status=2)

    def test_overwrites_a_corpus_only(self):
        folder = self.build()
        self.refuse_corpus("corpus", "--force")
        before = (folder / "corpus.json").read_text()
        self.build("--seed", 5, "--force")
        self.assertNotEqual((folder / "corpus.json").read_text(), before)
        (folder / "thesis.txt").write_text("precious")
        self.refuse_corpus("thesis.txt", options=["--force"])
        self.refuse("corpus", self.path("genomes.tsv"), "-o", self.path("a.fa"), "--force", says=["a.fa", "file"])

    def test_a_signal_leaves_nothing(self):
        self.fasta("b.fa", chr1=random_bases(10_000, 24) * 8000)
        self.manifest(("A", "a.fa", ".", "."), ("B", "b.fa", ".", "."))
        program = subprocess.Popen([PROGRAM, "corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "-q"])
        while not list(self.folder.glob("corpus.*.partial/002.shard*")):
            self.assertIsNone(program.poll())
        program.send_signal(signal.SIGTERM)
        self.assertEqual(program.wait(), -signal.SIGTERM)
        self.assertEqual(list(self.folder.glob("corpus*")), [])

    def test_finds_damage(self):
        folder = self.build()
        shard, whole = folder / "001.shard", (folder / "001.shard").read_bytes()
        self.succeed("corpus", folder, "--verify")

        def refuses(content, *says):
            shard.write_bytes(content)
            self.refuse("corpus", folder, "--verify", says=["001.shard", *says])

        refuses(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], "window 0 (chr1:0-6138)", "checksum")
        refuses(whole[:-1], "truncated")
        refuses(b"", "truncated")
        refuses(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:], "damaged index")
        shard.unlink()
        self.refuse("corpus", folder, "--verify", says=["001.shard", "no such file"])
        shard.write_bytes(whole)
        description = folder / "corpus.json"
        text = description.read_text()
        description.write_text(text.replace("f1b544e2", "00000000"))
        self.refuse("corpus", folder, "--verify", says=["corpus.json", "tokenizer", "f1b544e2", "00000000"])
        description.unlink()
        self.refuse("corpus", folder, "--verify", says=["corpus.json"])
        self.refuse("corpus", self.path("no"), "--verify", says=["no: no such file"])


if __name__ == "__main__":
    unittest.main()
