# SPDX-License-Identifier: Apache-2.0
"""Genomes, features and tables as people have them: they are read correctly, or an error names the place."""

import gzip
import json
import os
import random
import struct
import subprocess
import unittest
import zlib

from support import PROGRAM, ProgramTest, read_table, run, table

PROBE = ("--method", "probe", "--epochs", "1", "--no-baselines", "--bootstrap", "0", "-t", "1", "-q")


def bases(length, seed):
    return "".join(random.Random(seed).choices("ACGT", k=length))


def lines(letters, length=60, end="\n"):
    return "".join(letters[at:at + length] + end for at in range(0, len(letters), length))


def bgzip(data, block=500):
    """Blocks as bgzip writes them, and the .gzi of the file."""
    parts, places, at = [], [], 0
    for start in range(0, len(data), block):
        text = data[start:start + block]
        squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
        body = squeeze.compress(text) + squeeze.flush()
        part = (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25) + body +
                struct.pack("<II", zlib.crc32(text), len(text)))
        if start > 0:
            places.append((at, start))
        at += len(part)
        parts.append(part)
    end = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0"
    gzi = struct.pack("<Q", len(places)) + b"".join(struct.pack("<QQ", *place) for place in places)
    return b"".join(parts) + end, gzi


class GenomeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.sequences = {"c0": bases(437, 1), "c1": bases(300, 2)}
        self.write("g.fa", "".join(f">{name} d\n{lines(letters)}" for name, letters in self.sequences.items()))
        self.fai = "c0\t437\t6\t60\t61\nc1\t300\t457\t60\t61\n"
        self.write("r.bed", "c0\t100\t130\tone\nc1\t55\t66\ttwo\t0\t-\nc0\t0\t437\tall\n")
        self.right = [("one", self.sequences["c0"][100:130]),
                      ("two", self.sequences["c1"][55:66][::-1].translate(str.maketrans("ACGT", "TGCA"))),
                      ("all", self.sequences["c0"])]

    def read(self, *arguments):
        """Names and bases of what `agront tokenize` reads, and its warnings, which stand beside the table, too."""
        output = self.path("out.tsv")
        status, _, err = run("tokenize", *arguments, "-o", output, "--force")
        self.assertEqual(status, 0, err)
        rows = [(row["name"], row["tokens"].replace("<cls>", "").replace(" ", "")) for row in read_table(output)]
        notes = json.loads(self.path("out.tsv.json").read_text()).get("notes", "")
        self.assertEqual("; ".join(line.removeprefix("warning: ") for line in err.splitlines()), notes)
        return rows, err

    def read_regions(self, genome="g.fa", regions="r.bed", *options):
        return self.read("--genome", self.path(genome), "--regions", self.path(regions), *options)

    def refuse_quietly(self, *arguments, **options):
        """The message is short and printable, too."""
        err = self.refuse(*arguments, **options)
        self.assertLess(len(err.encode()), 2000)
        self.assertTrue(err.rstrip("\n").isprintable(), repr(err))
        return err


    def write_chromosomes(self):
        """A genome of many sequences, as features of one sequence stay on one side of a split; and its index."""
        self.write("w.fa", "".join(f">k{i} d\n{lines(bases(120, 10 + i))}" for i in range(12)))
        self.write("w.fa.fai", "".join(f"k{i}\t120\t{5 + i * 127 + (i > 9) * (i - 9)}\t60\t61\n" for i in range(12)))


class RandomAccess(GenomeTest):
    def test_reads_right_without_an_index_and_with_a_right_one(self):
        self.assertEqual(self.read_regions(), (self.right, ""))
        self.write("g.fa.fai", self.fai)
        self.assertEqual(self.read_regions(), (self.right, ""))

    def test_rejects_an_index_that_does_not_fit(self):
        for fai in ("", "c0\t437\t6\t60\t61\n", self.fai.replace("\t61", "\t0").replace("\t60", "\t0"),
                    self.fai.replace("\t6\t", "\t39\t").replace("457", "490"), self.fai.replace("60\t61", "50\t51"),
                    self.fai.replace("437", "438"), self.fai.replace("c1", "c2"), self.fai + "c2\t5\t700\t60\t61\n",
                    "c0\t437\t7\t60\t61\nc1\t300\t458\t60\t61\n", "c0\t99999999999999999999\t6\t60\t61\n", "\x7fELF"):
            self.write("g.fa.fai", fai)
            rows, err = self.read_regions()
            self.assertEqual(rows, self.right, fai)
            self.assertIn("g.fa.fai is not used", err)

    def test_rejects_an_index_of_another_state_of_the_file(self):
        self.write("g.fa.fai", self.fai)
        text = self.path("g.fa").read_text()
        for other in (text.replace(" d", " another header"), text.replace("\n", "\r\n"),
                      "".join(f">{name} d\n{lines(letters, 50)}" for name, letters in self.sequences.items()),
                      text.replace("c0", "x").replace("c1", "c0").replace("x", "c1")):
            self.write("g.fa", other)
            self.write("one.bed", "c0\t100\t130\n")
            os.utime(self.path("g.fa.fai"))
            rows, err = self.read_regions(regions="one.bed")
            swapped = other.startswith(">c1")
            self.assertEqual(rows[0][1], self.sequences["c1" if swapped else "c0"][100:130])
            self.assertIn("g.fa.fai is not used", err)

    def test_reads_blocks_of_ten_and_other_blanks(self):
        def layout(change):
            return "".join(f">{name} d\n" + "".join(change(line) for line in lines(letters).splitlines())
                           for name, letters in self.sequences.items())

        for change in (lambda line: " ".join(line[at:at + 10] for at in range(0, 60, 10)) + "\n",
                       lambda line: "\t" + line + "\n", lambda line: line + "  \n", lambda line: line + "\r",
                       lambda line: line[:30] + " " + line[30:] + "\n", lambda line: line + "\n\n"):
            self.write("b.fa", layout(change))
            self.assertEqual(self.read_regions("b.fa"), (self.right, ""))
            self.write("b.fa.gz", gzip.compress(layout(change).encode()))
            self.assertEqual(self.read_regions("b.fa.gz"), (self.right, ""))

    def test_survives_a_damaged_gzi(self):
        data, gzi = bgzip(self.path("g.fa").read_bytes(), 100)
        self.write("z.fa.gz", data)
        self.write("z.fa.gz.fai", self.fai)
        self.assertEqual(self.read_regions("z.fa.gz"), (self.right, ""))
        self.write("z.fa.gz.gzi", gzi)
        self.assertEqual(self.read_regions("z.fa.gz"), (self.right, ""))
        generator = random.Random(3)
        count = struct.pack("<Q", 1 << 60)
        damaged = [b"", gzi[:7], gzi[:30], gzi[:8], count + gzi[8:], struct.pack("<Q", 2) + gzi[8:]]
        for _ in range(60):
            bad = bytearray(gzi)
            bad[generator.randrange(len(bad))] = generator.randrange(256)
            damaged.append(bytes(bad))
        for bad in damaged:
            self.write("z.fa.gz.gzi", bad)
            rows, err = self.read_regions("z.fa.gz")
            self.assertEqual(rows, self.right)
            self.assertEqual("z.fa.gz.gzi is not used" in err, bad not in (gzi,))

    def test_refuses_two_sequences_of_one_name(self):
        self.write("g.fa", ">c0\nACGTACGT\n>c1\nACGTAC\n>c0\nGGGGGG\n")
        self.write("g.fa.fai", "c0\t8\t4\t8\t9\nc1\t6\t17\t6\t7\n")
        says = ["g.fa:5", "expected each sequence once", "c0 again", "line 1"]
        self.refuse_quietly("tokenize", "--genome", self.path("g.fa"), "--regions", self.path("r.bed"), says=says)
        self.write("g.fa.gz", gzip.compress(self.path("g.fa").read_bytes()))
        self.refuse_quietly("tokenize", "--genome", self.path("g.fa.gz"), "--regions", self.path("r.bed"),
                            says=["g.fa.gz:5", "expected each sequence once", "c0 again", "g.fa.gz:1"])

    def test_finetune_says_that_an_index_is_not_used(self):
        self.write_chromosomes()
        self.write("w.fa.fai", self.path("w.fa.fai").read_text().replace("k5\t120", "k5\t110"))
        rows = "".join(f"k{i % 12}\t{i}\t{i + 60}\tn{i}\t{i % 2}\n" for i in range(36)) + "k0\t5\t5\tx\t0\n"
        self.write("f.bed", rows)
        words = ("--train", self.path("f.bed"), "--genome", self.path("w.fa"), "--label-column", "score")
        status, _, err = run("finetune", *words, *PROBE[:-1], "-o", self.path("run"))
        self.assertEqual(status, 0, err)
        for says in ("w.fa.fai is not used", "f.bed: 1 interval has no bases and is left out"):
            self.assertIn(says, err)
            self.assertIn(says, (self.path("run") / "metrics.json").read_text())
        self.succeed("predict", self.path("run"), self.path("f.bed"), "--genome", self.path("w.fa"), "-t", "1", "-q",
                     "-o", self.path("p.tsv"))
        self.assertIn("f.bed: 1 interval has no bases and is left out", self.path("p.tsv.json").read_text())
        self.assertEqual(len(read_table(self.path("p.tsv"))), 36)
        track = ("predict", self.path("run"), "--window-bp", "60", "--stride-bp", "60", "-t", "1", "-q", "--genome")
        self.assertEqual(self.succeed(*track, self.path("w.fa")).count("\nk5\t"), 2)
        self.write("d.fa", f">k0\n{bases(60, 1)}\n>k1\n{bases(60, 2)}\n>k0\n{bases(60, 3)}\n")
        self.refuse_quietly(*track, self.path("d.fa"), says=["d.fa:5", "expected each sequence once", "k0", "d.fa:1"])


class Fasta(GenomeTest):
    def test_reads_every_line_end_and_mark(self):
        want = [("a", "ACGTACGTAC"), ("b", "GGTTGG")]
        for end in ("\n", "\r\n", "\r"):
            text = f"\ufeff>a x{end}ACGTAC{end}GTAC{end}{end}>b{end}GG\tTT GG{end}"
            for content in (text.encode(), gzip.compress(text.encode()), bgzip(text.encode(), 5)[0]):
                self.assertEqual(self.read(self.write("x.fa", content)), (want, ""))
        self.refuse_quietly("tokenize", self.write("x.fa", ">a\nACGT\n".encode("utf-16")), says=["UTF-16"])

    def test_reads_gzip_with_zeros_behind_it_and_nothing_else(self):
        text = b">a\nACGTAC\n"
        for content in (gzip.compress(text), gzip.compress(text[:5]) + gzip.compress(text[5:]), bgzip(text)[0]):
            for zeros in (1, 20, 512):
                rows, err = self.read(self.write("x.fa.gz", content + bytes(zeros)))
                self.assertEqual(rows, [("a", "ACGTAC")])
                self.assertIn("zeros follow the compressed data", err)
            self.refuse_quietly("tokenize", self.write("x.fa.gz", content + bytes(20) + b"x"), says=["x.fa.gz: "])
            self.refuse_quietly("tokenize", self.write("x.fa.gz", content + b"xyz"), says=["x.fa.gz: "])
            done = subprocess.run([PROGRAM, "tokenize", "-"], input=content + bytes(20), capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_refuses_a_header_without_end_in_little_memory(self):
        path = self.path("h.fa")
        with path.open("wb") as file:
            file.write(b">")
            for _ in range(100):
                file.write(b"A" * 1_000_000)
        for words in (["tokenize", path], ["tokenize", "--genome", path, "--regions", self.path("r.bed")]):
            program = subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = program.stdout.read(), program.stderr.read()
            program.stdout.close()
            program.stderr.close()
            _, status, usage = os.wait4(program.pid, 0)
            program.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(program.returncode, 1, out)
            self.assertIn(b"h.fa:1: expected a name of at most 1000000 bytes", err)
            self.assertLess(len(err), 2000)
            self.assertLess(usage.ru_maxrss, 150000, "kB")

    def test_shows_names_on_one_line(self):
        fasta = self.write("esc.fa", ">a\x1b[31mred\x07\nACGTX\n>" + "n" * 3000 + "\nX\n")
        self.refuse_quietly("tokenize", fasta, says=["'X'", "record a\\x1b[31mred\\x07"])
        self.refuse_quietly("tokenize", self.write("long.fa", ">" + "n" * 3000 + "\nX\n"), says=["n" * 100, "..."])
        for name, content in (("esc.bed", "c\x1b[31m1\t0\t4\n"), ("esc.bed", "c0\t0\t4\t\xe9\x07\t0\t\x1b\n"),
                              ("esc.bed", "c0\t\x9b0\t4\n"), ("esc.gff3", "c\x1b[31m1\t.\tgene\t1\t4\t.\t+\t.\tID=a\n"),
                              ("esc.gff3", "c0\t.\t\x1b[31m\t1\t4\t.\t+\t.\tID=a\n"), ("b.bed", "n" * 9000 + "\t0\t4\n"),
                              ("b.bed", "c0\t" + "9" * 9000 + "\t4\n"), ("b.bed", "c0\t0\t4\t\x00\n")):
            self.refuse_quietly("tokenize", "--genome", self.path("g.fa"), "--regions", self.write(name, content),
                                says=[name])
        self.write("x.fa", ">c\x1b[31m\nACGT\n")
        self.refuse_quietly("tokenize", "--genome", self.path("x.fa"), "--regions", self.path("r.bed"),
                            says=["r.bed:1", "c\\x1b[31m"])


class Regions(GenomeTest):
    def test_reads_bed_with_a_mark_and_every_line_end(self):
        text = self.path("r.bed").read_text()
        for end in ("\n", "\r\n", "\r"):
            self.write("m.bed", "\ufeff" + text.replace("\n", end))
            self.assertEqual(self.read_regions(regions="m.bed"), (self.right, ""))

    def test_leaves_out_intervals_without_bases(self):
        self.write("z.bed", "c0\t7\t7\n" + self.path("r.bed").read_text() + "c1\t0\t0\tx\t0\t-\n")
        rows, err = self.read_regions(regions="z.bed")
        self.assertEqual(rows, self.right)
        self.assertIn("z.bed: 2 intervals have no bases and are left out", err)
        self.write("z.bed", "c0\t7\t7\n")
        self.refuse_quietly("tokenize", "--genome", self.path("g.fa"), "--regions", self.path("z.bed"),
                            says=["z.bed", "its intervals have no bases"])

    def gff(self, *attributes, sequence="c0", head="##gff-version 3\n", tail=""):
        rows = "".join(f"{sequence}\t.\tgene\t{1 + 60 * i}\t{60 + 60 * i}\t.\t+\t.\t{text}\n"
                       for i, text in enumerate(attributes))
        return self.write("f.gff3", head + rows + tail)

    def names(self):
        return [name for name, _ in self.read_regions(regions="f.gff3")[0]]

    def test_reads_gff3_in_its_forms(self):
        for text in ("ID=g0;Name=n", "Name=n; ID=g0;", " ID = g0 ; Name = n", 'ID="g0";Name=n', "ID=g0;;",
                     'Note="x; ID=wrong";ID=g0'):
            self.gff(text, "ID=;Name=g1", "Name=")
            self.assertEqual(self.names(), ["g0", "g1", "c0:120-180"])
        for tail in ("##FASTA\n>c0\nACGT\n", "##FASTA  \r\n>c0\nACGT\n", "##fasta\n>c0\nACGT\n", ">c0\nACGT\n"):
            self.gff("ID=g0", tail=tail)
            self.assertEqual(self.names(), ["g0"])
        self.write("g.fa", ">c|1;x\n" + lines(bases(60, 1)))
        self.gff("ID=g0", sequence="c%7C1%3Bx")
        self.assertEqual(self.names(), ["g0"])

    def test_reads_labels_between_blanks(self):
        self.write_chromosomes()
        rows = "".join(f"k{i}\t.\tgene\t1\t60\t.\t+\t.\tID=g{i}; label = {i % 2}; Name=x\n" for i in range(12))
        self.write("f.gff3", rows)
        self.succeed("finetune", "--train", self.path("f.gff3"), "--genome", self.path("w.fa"), "--label-column", "label",
                     *PROBE, "-o", self.path("run"))

    def test_takes_lists_with_blanks_and_refuses_types_that_are_not_there(self):
        types = ("gene", "mRNA", "exon", "gene")
        self.write("f.gff3", "".join(f"c0\t.\t{kind}\t{1 + 60 * i}\t{60 + 60 * i}\t.\t+\t.\tID={kind}{i}\n"
                                     for i, kind in enumerate(types)))

        def read(feature):
            return [name for name, _ in self.read_regions("g.fa", "f.gff3", "--feature", feature)[0]]

        self.assertEqual(read("gene, mRNA"), ["gene0", "mRNA1", "gene3"])
        self.assertEqual(read(" mRNA ,exon"), ["mRNA1", "exon2"])
        words = ("tokenize", "--genome", self.path("g.fa"), "--regions", self.path("f.gff3"), "--feature")
        self.refuse_quietly(*words, "gene,mrna", says=["f.gff3", "no lines of type mrna", "mRNA"])
        self.refuse_quietly(*words, "gene,,mRNA", status=2, says=["feature", "gene,,mRNA"])
        self.refuse_quietly(*words, "gene,", status=2, says=["feature"])
        self.refuse_quietly(*words, "CDS", says=["no lines of type CDS", "mRNA"])


class Lists(GenomeTest):
    def write_features(self, name, *types, sequences=("c0", "c1")):
        rows = "".join(f"{sequences[i % len(sequences)]}\t.\t{types[i % len(types)]}\t{1 + i}\t{60 + i}\t.\t+\t.\t"
                       f"ID={name}{i};label={i // 2 % 2}\n" for i in range(36))
        return self.write(name, rows)

    def finetune(self, *options, feature="gene, mRNA"):
        return ("finetune", "--genome", self.path("w.fa"), "--label-column", " label", "--feature", feature, *PROBE[:-1],
                "-o", self.path("run"), *options)

    def test_finetune_wants_each_type_in_one_of_its_files(self):
        self.write_chromosomes()
        train = self.write_features("train.gff3", "gene", sequences=("k0", "k1", "k2", "k3"))
        test = self.write_features("test.gff3", "gene", "mRNA", sequences=("k4", "k5", "k6"))
        self.refuse_quietly(*self.finetune("--train", train), says=["train.gff3", "no lines of type mRNA"])
        self.refuse_quietly(*self.finetune("--train", train, "--test", test, feature="gene,mRNA,CDS"),
                            says=["no lines of type CDS in", "train.gff3", "test.gff3"])
        status, _, err = run(*self.finetune("--train", train, "--test", test))
        self.assertEqual(status, 0, err)
        self.assertIn("train.gff3: no lines of type mRNA", err)
        self.assertNotIn("test.gff3: no lines", err)
        model = self.path("run")
        words = ("--genome", self.path("w.fa"), "-t", "1", "-q")
        self.assertEqual(len(table(self.succeed("predict", model, test, *words, "--feature", "gene, mRNA"))), 36)
        self.refuse_quietly("predict", model, train, *words, "--feature", "gene, mRNA", says=["no lines of type mRNA"])
        self.refuse_quietly("evaluate", model, train, *words, "--label-column", "label", "--feature", "gene, mRNA",
                            says=["no lines of type mRNA"])

    def corpus(self, *options, rows):
        self.write("m.tsv", "\ufeff#species\tfasta\tregions\tweight\r" +
                   "".join(f"{species} \t{fasta}\t{regions}\t.\r" for species, fasta, regions in rows))
        return ("corpus", self.path("m.tsv"), "-o", self.path("corpus"), "--window-tokens", "5", "--overlap", "0",
                "--force", *options)

    def test_corpus_wants_each_type_in_one_of_its_files(self):
        self.write_features("a.gff3", "gene", "gene", "mRNA")
        self.write_features("b.gff3", "gene")
        self.write("h.fa", self.path("g.fa").read_text().replace("A", "W").replace("C", "A").replace("W", "C"))
        rows = [("A", "g.fa", "a.gff3"), ("B", "h.fa", "b.gff3")]
        status, _, err = run(*self.corpus("--feature", "gene, mRNA", rows=rows))
        self.assertEqual(status, 0, err)
        self.assertIn("b.gff3: no lines of type mRNA", err)
        self.assertNotIn("a.gff3: no lines", err)
        description = json.loads((self.path("corpus") / "corpus.json").read_text())
        self.assertIn("b.gff3: no lines of type mRNA", description["provenance"]["notes on B"])
        self.refuse_quietly(*self.corpus("--feature", "gene,CDS", rows=rows), says=["no lines of type CDS in"])
        self.refuse_quietly(*self.corpus("--feature", "gene,,CDS", rows=rows), status=2, says=["feature", "commas"])

    def test_corpus_says_what_is_not_there_to_leave_out(self):
        self.write("h.fa", self.path("g.fa").read_text().replace("c1", "chr1").replace("A", "W").replace("C", "A"))
        rows = [("A", "g.fa", "."), ("B", "h.fa", ".")]
        status, _, err = run(*self.corpus("--without-sequence", "c1", rows=rows))
        self.assertEqual(status, 0, err)
        self.assertIn("h.fa: no sequence c1 to leave out", err)
        self.assertNotIn("g.fa: no sequence", err)
        status, _, err = run(*self.corpus("--without-sequence", "A:c1", rows=rows))
        self.assertEqual(status, 0, err)
        self.assertNotIn("to leave out", err)
        self.refuse_quietly(*self.corpus("--without-sequence", "c1\x1b", "-q", rows=rows), status=2, says=["c1\\x1b"])
        self.refuse_quietly(*self.corpus("--without-species", "C\x1b", rows=rows), status=2, says=["C\\x1b"])

    def test_corpus_counts_intervals_without_bases(self):
        self.write("z.bed", "c0\t5\t5\nc0\t0\t437\nc1\t0\t300\n")
        status, _, err = run(*self.corpus(rows=[("A", "g.fa", "z.bed")]))
        self.assertEqual(status, 0, err)
        self.assertIn("z.bed: 1 interval has no bases and is left out", err)
        description = json.loads((self.path("corpus") / "corpus.json").read_text())
        self.assertIn("1 interval has no bases", description["provenance"]["notes on A"])

    def test_corpus_refuses_two_sequences_of_one_name(self):
        self.write("d.fa", f">c0\n{bases(200, 1)}\n>c1\n{bases(200, 2)}\n>c0\n{bases(200, 3)}\n")
        self.refuse_quietly(*self.corpus(rows=[("A", "d.fa", ".")]),
                            says=["d.fa:5", "expected each sequence once", "c0 again", "d.fa:1"])


class Tables(GenomeTest):
    def setUp(self):
        super().setUp()
        self.write("s.fa", "".join(f">g{i} x\n{bases(60, i)}\n" for i in range(24)))

    def finetune(self, labels, *options):
        return ("finetune", "--train", self.path("s.fa"), "--labels", self.write("labels.tsv", labels), *PROBE,
                *(options or ("-o", self.path("run"))))

    def test_reads_a_header_behind_a_hash(self):
        rows = "".join(f"g{i}\t{i % 2}\n" for i in range(24))
        self.succeed(*self.finetune("#id\tstress\n" + rows))
        self.assertIn("stress", (self.path("run") / "head" / "head.json").read_text())

    def test_reads_tables_that_the_program_wrote(self):
        rows = "".join(f"g{i}\t{i % 2}\n" for i in range(24))
        self.succeed(*self.finetune("id\tlabel\n" + rows))
        predict = ("predict", self.path("run"), self.path("s.fa"), "-t", "1", "-q")
        number = "".join(f"g{i}\t0.{i}\n" for i in range(24))
        of_0_1 = "## command: agront predict run s.fa\n## program: agront 0.1.0\n#id\tpredicted\n" + number
        for i, text in enumerate((self.succeed(*predict), self.succeed(*predict, "--provenance", "header"), of_0_1)):
            folder = self.path(f"again{i}")
            self.succeed(*self.finetune(text, "--task", "regression", "-o", folder))
            self.assertIn('"predicted"', (folder / "head" / "head.json").read_text())

    def test_takes_lists_of_columns_with_blanks(self):
        rows = "".join(f"g{i},{bases(60, i)},{i % 7},{i % 5},{i}\n" for i in range(24))
        data = self.write("t.csv", "id,sequence,leaf,root,other\n" + rows)
        columns = ("--id-column", "id", "--label-column", "leaf, root")
        self.succeed("finetune", "--train", data, *columns, "--task", "regression", *PROBE, "-o", self.path("run"))
        out = self.succeed("predict", self.path("run"), data, "--id-column", "id", "-t", "1", "-q")
        self.assertEqual(list(table(out)[0]), ["id", "predicted_leaf", "predicted_root"])
        self.succeed("evaluate", self.path("run"), data, *columns, "-t", "1", "-q")
        self.refuse_quietly("evaluate", self.path("run"), data, "--label-column", "leaf, rot", "-t", "1", "-q",
                            says=["rot"], status=1)

    def test_reads_every_line_end_and_blanks_around_fields(self):
        for end in ("\n", "\r\n", "\r"):
            rows = "".join(f" g{i} , {'yes' if i % 2 else 'no '}{end}" for i in range(24))
            self.succeed(*self.finetune("\ufeffid, label" + end + rows, "-o", self.path(f"run{ord(end[-1])}{len(end)}")))


if __name__ == "__main__":
    unittest.main()
