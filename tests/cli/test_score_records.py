# SPDX-License-Identifier: Apache-2.0
"""Records that files of variants really have: what becomes of each, and that nothing else of the file changes."""

import shutil
import subprocess
import unittest

from score_support import ScoreTest, W, random_bases, read_bytes
from support import run
from test_genomes import bgzip


def without_info(line):
    """The columns of a record but INFO."""
    columns = line.split(b"\t")
    return columns[:7] + columns[8:]


class Records(ScoreTest):
    """Every kind at once. All records come out in their order, and all columns but INFO are the same bytes."""

    def setUp(self):
        super().setUp()
        self.genome.write_text(self.genome.read_text() + ">chr4 IUPAC\nACGTRYKMACGTACGTNNACGTACGTAAACCCGGGTTTACGT\n")

    def all_kinds(self):
        """(line, the statuses of its alternatives)."""
        at = lambda position: self.chr1[position - 1]
        to = lambda position, count=1: self.other(self.chr1, position, count)
        lines = []

        def add(position, reference, alternatives, *statuses, chrom="chr1", rest=".\t.\t."):
            lines.append((f"{chrom}\t{position}\t.\t{reference}\t{alternatives}\t{rest}", list(statuses)))

        for position in (1, 2, 3, 898, 899, 900):  # the ends of a contig
            add(position, at(position), to(position), "scored")
        for position in (297, 298, 299, 300, 302, 303):  # beside N
            add(position, at(position), to(position), "scored")
        add(301, "N", "A", "no_6mer")
        add(500, at(500), to(500), "scored")
        add(500, at(500), to(500), "scored")  # twice
        add(500, at(500).lower(), to(500).lower(), "scored")
        add("00500", at(500), to(500), "scored", rest="1.50\tPASS\tDP=007;DP2=1e2;;FLAG")
        add(400, at(400), to(400), "scored")  # not sorted
        add(600, at(600), "*", "star")
        add(600, at(600), f"{to(600)},<*>", "scored", "any_allele")  # gVCF of bcftools, and of GATK
        add(600, at(600), f"{to(600)},<NON_REF>", "scored", "any_allele")
        add(600, at(600), "<NON_REF>", "any_allele", rest=".\t.\tEND=650")
        add(600, at(600), ".")
        add(600, at(600), f"{at(600)}]chr2:5]", "breakend")
        add(600, at(600), "<INS:ME:ALU>", "symbolic")
        add(600, at(600), "<DEL>", "symbolic")
        add(600, at(600), "<DEL>", "too_long", rest=".\t.\tSVTYPE=DEL;END=890;SVLEN=-290")
        add(600, at(600), at(600) + random_bases(2000, 8), "too_long")
        add(101, self.chr1[100:280], at(101), "too_long")
        add(600, at(600), ",".join(at(600) + "ACGT"[i % 4] * (i // 4 + 1) for i in range(50)), *["use_pll"] * 50)
        add(600, to(600), at(600), "ref_differs")
        add(700, "R", to(700), "scored" if at(700) in "AG" else "ref_differs")
        add(700, at(700), "Y", "ambiguous")
        add(5, "R", "T", "no_6mer", chrom="chr4")  # the genome's R was read as N
        add(5, "A", "T", "no_6mer", chrom="chr4")  # the first base that R stands for, as the specification asks
        add(30, "c", "G", "scored", chrom="chr4")
        add(5, "A", "C", "unknown_contig", chrom="chr11")
        add(0, "N", "A", "beyond_contig")
        add(901, "N", "A", "beyond_contig")
        add(2 ** 31 + 7, "A", "C", "beyond_contig")
        add(1, self.chr2[0], self.other(self.chr2, 1), "scored", chrom="chr2")
        add(2, self.chr2[1].lower(), self.other(self.chr2, 2), "scored", chrom="CHR02")
        return lines

    def check(self, before, after, expected):
        before, after = ([line for line in text.split(b"\n") if line and not line.startswith(b"#")] for text in (before, after))
        self.assertEqual(len(before), len(after), "records")
        for one, other, statuses in zip(before, after, expected, strict=True):
            self.assertEqual(without_info(one), without_info(other))
            info, was = other.split(b"\t")[7].rstrip(b"\r"), one.split(b"\t")[7].rstrip(b"\r")
            kept = info[:info.index(b"AGRONT_")].rstrip(b";") if statuses else info
            self.assertEqual(kept or b".", was)
            self.assertTrue(not statuses or info.endswith(b"AGRONT_STATUS=" + ",".join(statuses).encode()), (one, info[-80:]))

    def test_nothing_is_dropped_and_only_info_changes(self):
        lines = self.all_kinds()
        for line_end in ("\n", "\r\n"):
            for samples in ("", "\tGT:AD\t0/1:1,,\t./.:."):
                names = "\tFORMAT\ta\tb" if samples else ""
                source = self.vcf([line + samples for line, _ in lines], samples=names, line_end=line_end)
                self.score(source, "--frames", 1, output="out.vcf")
                self.check(source.read_bytes(), self.path("out.vcf").read_bytes(), [statuses for _, statuses in lines])
                self.score(source, "--frames", 1, output="out.vcf.gz")
                self.assertEqual(read_bytes(self.path("out.vcf.gz")), self.path("out.vcf").read_bytes())
        self.assertFalse(list(self.folder.glob("out.vcf.gz.[tc][bs]i")), "what is not sorted has no index")

    def test_bcf_keeps_every_value(self):
        lines = [(line, statuses) for line, statuses in self.all_kinds()
                 if line.split("\t")[0] != "chr11" and int(line.split("\t")[1]) < 2 ** 31 and "007" not in line]
        header = "".join(f"##contig=<ID={name}>\n" for name in ("chr1", "chr2", "chr4", "CHR02"))
        header += '##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="l">\n'
        header += '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="t">\n'
        source = self.vcf([line.replace("\t00500\t", "\t500\t") for line, _ in lines], header=header)
        self.score(source, "--frames", 1, output="out.bcf")
        self.score(self.path("out.bcf"), "--frames", 1, output="again.bcf")
        self.score(self.path("again.bcf"), "--frames", 1, output="out.vcf")
        self.check(source.read_bytes(), self.path("out.vcf").read_bytes(), [statuses for _, statuses in lines])

    def test_letters_in_either_case_and_iupac_are_the_same_variant(self):
        at, to = self.chr1[499], self.other(self.chr1, 500)
        n = next(letter for letter, bases in (("R", "AG"), ("Y", "CT")) if at in bases)
        records = [("chr1", 500, reference, alternative) for reference, alternative in
                   ((at, to), (at.lower(), to), (at, to.lower()), ("N", to), (n, to))]
        self.assertEqual(len(set(map(str, self.score(self.vcf(records))))), 1)

    def test_a_key_of_ours_that_is_there_with_another_type(self):
        header = ('##INFO=<ID=AGRONT_LLR,Number=1,Type=String,Description="not ours">\n'
                  '##INFO=<ID=AGRONT_STATUS,Number=0,Type=Flag,Description="not ours">')
        source = self.vcf([f"chr1\t500\t.\t{self.chr1[499]}\t{self.other(self.chr1, 500)}\t.\t.\t"
                           "A=1;AGRONT_LLR=a|b;AGRONT_STATUS;B=2"], header=header)
        status, out, err = run("score", "--variants", source, "--genome", self.genome, "--window-bp", W, "--scores", "llr")
        self.assertEqual(status, 0, err)
        self.assertIn("has AGRONT_LLR, AGRONT_STATUS already; the values are replaced", err)
        self.assertNotIn("not ours", out)
        self.assertRegex(out, r"\tA=1;B=2;AGRONT_LLR=-?\d[^;]*;AGRONT_STATUS=scored\n")


class LongContig(ScoreTest):
    """A contig beyond 2^29, N but for its ends; in bgzip, which is one block of N again and again."""
    BLOCK = 60_000
    COUNT = 2 ** 29 // BLOCK + 1

    def setUp(self):
        super().setUp()
        self.first, self.last = random_bases(300, 4), random_bases(300, 5)
        begin, middle = (bgzip(text, self.BLOCK)[0][:-28] for text in (f">1B\n{self.first}".encode(), b"N" * self.BLOCK))
        self.write("long.fa.gz", begin + middle * self.COUNT + bgzip(f"{self.last}\n".encode())[0])
        self.write("short.fa", f">1B\n{self.first}{'N' * 300}{self.last}\n")

    def scored(self, name, between, output):
        """Changes at the first and last bases and far from them."""
        bases = self.first + self.last
        lines = []
        for at in (0, 1, 2, 150, 450, 597, 598, 599):
            position = at + 1 + (between if at >= 300 else 0)
            lines += [("1B", position, bases[at], self.other(bases, at + 1)), ("1B", position, bases[at], bases[at] + "AC")]
        self.genome = self.path(name)
        self.score(self.vcf(lines), "--frames", 1, output=output)
        return [position for _, position, _, _ in lines]

    def test_scores_and_index_are_right_beyond_what_tbi_holds(self):
        positions = self.scored("long.fa.gz", self.BLOCK * self.COUNT, "long.vcf.gz")
        self.scored("short.fa", 300, "short.vcf.gz")
        self.assertEqual(self.records("long.vcf.gz"), self.records("short.vcf.gz"))
        self.assertEqual({status for record in self.records("long.vcf.gz") for status in record["AGRONT_STATUS"]},
                         {"scored", "use_pll"})
        self.assertTrue(self.path("long.vcf.gz.csi").is_file() and self.path("short.vcf.gz.tbi").is_file())
        self.assertFalse(self.path("long.vcf.gz.tbi").exists())
        self.assertGreater(positions[-1], 2 ** 29)
        if shutil.which("bcftools"):
            found = subprocess.run(["bcftools", "query", "-f", "%POS\\n", self.path("long.vcf.gz"), "-r",
                                    f"1B:{positions[-1] - 1}-{positions[-1]}"], capture_output=True, text=True, check=True)
            self.assertEqual([int(line) for line in found.stdout.split()], positions[-4:])


if __name__ == "__main__":
    unittest.main()
