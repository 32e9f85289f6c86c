# SPDX-License-Identifier: Apache-2.0
"""`agront score` from tables and to tables."""

import gzip
import json
import pathlib
import subprocess
import unittest

import numpy as np
import pandas

from score_support import ScoreTest, W, random_bases, read_bytes
from support import PROGRAM
from tables_support import DOCUMENTED, TablesTest


class TablesIn(ScoreTest):
    POSITIONS = range(450, 800, 35)

    def rows(self, line_end="\n", header="chr\tstart\tend\tpos\tref\talt\tsequences"):
        """As PlantCAD's example has them: pos from 1, start from 0."""
        lines = [header]
        for position in self.POSITIONS:
            start, end = position - 101, position + 99
            lines.append("\t".join(map(str, ("chr1", start, end, position, self.chr1[position - 1].lower(),
                                             self.other(self.chr1, position), self.chr1[start:end]))))
        return "".join(line + line_end for line in lines)

    def without_genome(self, source, *options, output="out.tsv", **more):
        self.succeed("score", "--variants", source, "--window-bp", W, "-q", "--force", "-o", self.path(output), *options,
                     **more)
        return self.path(output)

    def test_the_sequence_in_a_column_is_as_good_as_a_genome(self):
        variants = [("chr1", position, self.chr1[position - 1], self.other(self.chr1, position)) for position in self.POSITIONS]
        expected = self.score(self.vcf(variants), "--scores", "llr,marginal,pll")
        table = self.write("in.tsv", self.rows())
        frame = pandas.read_csv(self.without_genome(table, "--scores", "llr,marginal,pll"), sep="\t")
        self.assertEqual(list(frame["AGRONT_STATUS"]), ["scored"] * len(self.POSITIONS))
        for key in ("AGRONT_LLR", "AGRONT_MARGINAL", "AGRONT_PLL"):
            np.testing.assert_allclose(frame[key], [float(record[key][0]) for record in expected], atol=2e-3)
        records = self.records(self.without_genome(table, "--scores", "llr", output="out.vcf").name)
        np.testing.assert_allclose([float(record["AGRONT_LLR"][0]) for record in records], frame["AGRONT_LLR"], atol=2e-4)

    def test_a_genome_is_used_where_there_is_one(self):
        table = self.write("in.tsv", self.rows())
        self.genome.write_text(self.genome.read_text() + f">chr4\n{random_bases(900, 9)}\n")
        table.write_text(table.read_text().replace("chr1", "chr4"))
        self.refuse("score", "--variants", table, "--genome", self.genome, "--window-bp", W, "-q", "-o", self.path("o.tsv"),
                    says=["REF differs"])

    def test_columns_stay_as_they_came(self):
        for line_end in ("\n", "\r\n"):
            source = self.write("in.tsv", self.rows(line_end))
            before = source.read_bytes().split(b"\n")
            after = self.without_genome(source, "--scores", "none").read_bytes().split(b"\n")
            self.assertEqual(len(before), len(after))
            end = line_end.encode()[:-1]
            self.assertEqual(after[0], before[0].removesuffix(end) + b"\tAGRONT_STATUS" + end)
            for one, other in zip(before[1:-1], after[1:-1]):
                self.assertEqual(other, one.removesuffix(end) + b"\tchecked" + end)

    def test_names_of_columns_and_compression(self):
        expected = self.without_genome(self.write("in.tsv", self.rows()), "--scores", "none").read_text().splitlines()[1:]
        for header in ("#CHROM\tstart\tend\tPOS\tREF\tALT\tsequence", "Chromosome\tStart\tEnd\tPosition\tReference\tAlternative"
                                                                     "\tSequence"):
            source = self.write("in.tsv.gz", gzip.compress(self.rows(header=header).encode()))
            self.assertEqual(self.without_genome(source, "--scores", "none").read_text().splitlines()[1:], expected)
        out = self.succeed("score", "--variants", "-", "--window-bp", W, "--scores", "none", "-q", text=self.rows())
        self.assertTrue(out.startswith("##fileformat=VCFv4.3\n"))
        self.assertEqual(out.count("\tAGRONT_STATUS=checked"), len(self.POSITIONS))

    def test_every_kind_of_row_stays(self):
        base = self.chr1[499]
        rows = [(base, "*", "star"), (base, "A,C", "invalid"), (base, "<DEL>", "symbolic"), (base, ".", "NA"),
                (base, "NA", "NA"), (self.other(self.chr1, 500), base, "ref_differs"), (base, base + "TT", "use_pll"),
                *[(base, self.other(self.chr1, 500), "scored")] * 6]
        source = self.write("in.tsv", "chrom\tpos\tref\talt\tnote\n" +
                            "".join(f"chr1\t500\t{ref}\t{alt}\tnote {i}\n" for i, (ref, alt, _) in enumerate(rows)))
        self.succeed("score", "--variants", source, "--genome", self.genome, "--window-bp", W, "-q", "-o", self.path("o.tsv"))
        lines = [line.split("\t") for line in self.path("o.tsv").read_text().splitlines()]
        self.assertEqual(lines[0][4:], ["note", "AGRONT_LLR", "AGRONT_PLL", "AGRONT_STATUS"])
        self.assertEqual([line[4] for line in lines[1:]], [f"note {i}" for i in range(len(rows))])
        self.assertEqual([line[7] for line in lines[1:]], [status for _, _, status in rows])
        again = self.path("again.tsv")  # our columns are there, and replaced
        self.succeed("score", "--variants", self.path("o.tsv"), "--genome", self.genome, "--window-bp", W, "-q", "-o", again)
        self.assertEqual(again.read_text(), self.path("o.tsv").read_text())

    def test_bad_tables(self):
        good = "chrom\tpos\tref\talt\n"
        for text, says in (("chrom\tpos\tref\n", ["in.tsv:1", "columns chrom, pos, ref and alt"]),
                           (good + "chr1\t5\tA\n", ["in.tsv:2: expected 4 columns", "got 3"]),
                           (good + "chr1\tfive\tA\tC\n", ["in.tsv:2: POS", '"five"']),
                           (good + "chr1\t5\t\tC\n", ["in.tsv:2: REF"]),
                           (good + "chr1\t5\tA\tC\0\n", ["in.tsv:2", "NUL"])):
            self.refuse("score", "--variants", self.write("in.tsv", text), "--genome", self.genome, "-o", self.path("o.tsv"),
                        "-q", says=says)
        self.refuse("score", "--variants", self.write("in.tsv", good), "-o", self.path("o.tsv"), "-q", status=2,
                    says=["genome", "sequence and start"])
        good = "chrom\tpos\tref\talt\tstart\tsequence\n"
        for text, says in ((good + "chr1\t5\tA\tC\t-1\tACGT\n", ["in.tsv:2: start", '"-1"']),
                           (good + "chr1\t5\tA\tC\t0\tAC-T\n", ["in.tsv:2: sequence", '"-"'])):
            self.refuse("score", "--variants", self.write("in.tsv", text), "-o", self.path("o.tsv"), "-q", says=says)
        self.without_genome(self.write("in.tsv", good + "chr1\t5\tA\tC\t100\tACGT\nchr1\t5\tT\tC\t4\tT\n"), "--scores", "none")
        self.assertEqual([line.split("\t")[6] for line in self.path("out.tsv").read_text().splitlines()[1:]],
                         ["beyond_contig", "checked"])


class TablesOut(ScoreTest, TablesTest):
    """Opened by pandas and R, with the columns that docs/formats.md says."""

    def setUp(self):
        TablesTest.setUp(self)
        ScoreTest.setUp(self)

    def check_provenance(self, path):
        made = json.loads(pathlib.Path(f"{path}.json").read_text())
        keys = {field.name for title in ("TABLE.json", "score OUT.json") for field in DOCUMENTED.fields["Keys", title]}
        self.assertLessEqual(set(made), keys)

    def source(self):
        base, other = self.chr1[499], self.other(self.chr1, 500)
        lines = ["chr1\t500\trs1\t" + f"{base}\t{other},*,{base}TT\t50\tPASS\tDP=3", f"chr1\t501\t.\t{self.chr1[500]}\t.\t.\t.\t."]
        return self.vcf(lines, header='##contig=<ID=chr1>\n##INFO=<ID=DP,Number=1,Type=Integer,Description="d">')

    def test_a_row_for_each_alternative(self):
        self.score(self.source(), output="in.bcf")
        for source in (self.source(), self.path("in.bcf")):
            for scores in (("llr", "pll"), ("llr", "marginal")):
                frame = self.make_table("score", "score", "--variants", source, "--genome", self.genome, "--window-bp", W,
                                        "--scores", ",".join(scores), "--frames", 6, rows=4,
                                        words={*scores, "--frames 6", f"{scores[1]} with --frames 6"})
                self.assertEqual(list(frame["pos"]), [500, 500, 500, 501])
                self.assertEqual(list(frame["id"]), ["rs1"] * 3 + ["."])
                self.assertEqual(list(frame["alt"].fillna("")), [self.other(self.chr1, 500), "*", self.chr1[499] + "TT", ""])
                self.assertEqual(list(frame["AGRONT_STATUS"].fillna("")), ["scored", "star", "use_pll", ""])
                record = self.score(self.source(), "--scores", ",".join(scores), "--frames", 6)[0]
                self.assertEqual([text if text != "." else "nan" for text in record["AGRONT_LLR_F6"]],
                                 list(map(str, frame["AGRONT_LLR_F6"][:3])))

    def test_report(self):
        report = self.path("report.tsv")
        self.score(self.source(), "--report", report)
        frame = self.open_table(report, "score --report", rows=15)
        self.assertEqual(dict(zip(frame["status"], frame["alleles"]))["use_pll"], 1)
        self.assertEqual(frame["alleles"].sum(), 3)
        self.refuse("score", "--variants", self.source(), "--genome", self.genome, "-o", self.path("o.vcf"), "--report", report,
                    says=["report.tsv", "exists"])
        self.refuse("score", "--variants", self.source(), "--genome", self.genome, "-o", self.path("o.vcf"), "--report",
                    self.genome, "--force", status=2, says=["another file than the input"])


class BcfIn(ScoreTest):
    def test_standard_input(self):
        lines = [f"chr1\t{at}\t.\t{self.chr1[at - 1]}\t{self.other(self.chr1, at)}\t.\t.\t." for at in range(400, 500, 7)]
        self.score(self.vcf(lines, header="##contig=<ID=chr1,length=900>"), "--scores", "llr", output="in.bcf")
        data = self.path("in.bcf").read_bytes()
        expected = self.score(self.path("in.bcf"), "--scores", "llr", output="expected.vcf")
        words = ["score", "--variants", "-", "--genome", str(self.genome), "--window-bp", str(W), "--scores", "llr", "-q"]
        status, out, err = self.run_bytes(words, data)
        self.assertEqual((status, out), (0, self.path("expected.vcf").read_bytes()), err)
        self.assertEqual(self.records("expected.vcf"), expected)
        self.assertEqual(self.run_bytes(words, read_bytes(self.path("in.bcf")))[1], out)  # as bcftools view -Ou writes it
        self.score(self.write("plain.bcf", read_bytes(self.path("in.bcf"))), "--scores", "llr", output="from_plain.vcf")
        self.assertEqual(self.path("from_plain.vcf").read_bytes(), out)
        for cut in (28, 40):
            status, _, err = self.run_bytes(words, data[:-cut])
            self.assertEqual(status, 1)
            self.assertIn(b"standard input", err)

    def run_bytes(self, words, data):
        done = subprocess.run([PROGRAM, *words], input=data, capture_output=True)
        return done.returncode, done.stdout, done.stderr


if __name__ == "__main__":
    unittest.main()
