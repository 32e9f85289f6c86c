# SPDX-License-Identifier: Apache-2.0
"""`agront score`: the formulas against plain Python, and every kind of record that variant files have."""

import gzip
import json
import random
import unittest

from score_support import (COLUMNS, KEYS, PllScore, Reference, ScoreTest, SixmerScores, W, mirror, places, read_bytes,
                           the_place)
from support import run


class Formulas(ScoreTest):
    def test_sixmer_scores(self):
        """Ends, N within the window and beside the change, and substitutions of 1 to 6 bases."""
        changes = [(sequence, position, n) for sequence, position, n in
                   [("chr1", 150, 1), ("chr1", 1, 1), ("chr1", 3, 1), ("chr1", 298, 1), ("chr1", 303, 2), ("chr1", 900, 1),
                    ("chr2", 30, 1), ("chr2", 58, 1), *(("chr1", 400 + 20 * n, n) for n in range(2, 7))]]
        sequences = {"chr1": self.chr1, "chr2": self.chr2}
        reference, expected, lines = Reference(self.folder), [], []
        for name, position, n in changes:
            sequence = sequences[name]
            alternative = self.other(sequence, position, n)
            lines.append((name, position, sequence[position - 1:position - 1 + n].lower(), alternative))
            at, end = position - 1, position - 1 + n
            expected.append((SixmerScores(reference, sequence, the_place(sequence, at, end), at, alternative, 10),
                             [SixmerScores(reference, sequence, place, at, alternative, 10)
                              for place in places(sequence, at, end)]))
        reference.run()
        records = self.score(self.vcf(lines), "--scores", "llr,marginal", "--frames", 6)
        self.assertEqual(len(records), len(expected))
        for record, (one, all_places) in zip(records, expected):
            values = [one.llr(), sum(score.llr() for score in all_places) / len(all_places), one.marginal(),
                      sum(score.marginal() for score in all_places) / len(all_places)]
            for key, value in zip(KEYS, values):
                self.assertAlmostEqual(float(record[key][0]), value, delta=2e-4, msg=key)
            self.assertEqual(record["AGRONT_STATUS"], ["scored"])
            self.assertNotIn("AGRONT_PLL", record)

    def test_pll(self):
        # The alternative neither begins nor ends as the reference does, and no base before it is its last one.
        changes = [(449, 450, self.other(self.chr1, 450)),
                   (499, 499, "GATTAC" + self.other(self.chr1, 499)),
                   (549, 562, self.other(self.chr1, 550) + self.other(self.chr1, 562))]
        reference, expected, lines = Reference(self.folder), [], []
        for start, end, alternative in changes:
            expected.append(PllScore(reference, self.chr1, start, end, alternative, 15, 4))
            lines.append(("chr1", start, self.chr1[start - 1:end], self.chr1[start - 1] + alternative))
        reference.run()
        for record, score in zip(self.score(self.vcf(lines), "--scores", "pll", "--window-bp", 90), expected, strict=True):
            self.assertAlmostEqual(float(record["AGRONT_PLL"][0]), score.pll(), delta=2e-3)

    def test_spellings_of_one_variant_have_one_score(self):
        def spelled(before, after, position=500):
            bases = self.chr1[position - 1 - before:position + after]
            other = self.other(self.chr1, position)
            return ("chr1", position - before, bases, bases[:before] + other + bases[before + 1:])
        records = self.score(self.vcf([spelled(0, 0), spelled(1, 0), spelled(1, 2), spelled(0, 1)]), "--frames", 6,
                             "--scores", "llr,marginal,pll")
        self.assertEqual(set(map(str, records)), {str(records[0])})
        self.genome = self.write("repeat.fa", f">chr1\n{self.chr1[301:400]}GCACACACAG{self.chr1[400:500]}\n")
        sequence = f"{self.chr1[301:400]}GCACACACAG{self.chr1[400:500]}"
        insertions = [("chr1", at, sequence[at - 1], sequence[at - 1] + unit)
                      for at, unit in ((100, "CA"), (101, "AC"), (102, "CA"), (106, "CA"), (108, "CA"))]
        self.assertEqual(len(set(map(str, self.score(self.vcf(insertions))))), 1)

    def test_an_alternative_that_is_the_reference_scores_0(self):
        record, = self.score(self.vcf([("chr1", 500, self.chr1[499:502], self.chr1[499:502].lower())]), "--frames", 6,
                             "--scores", "llr,marginal,pll")
        self.assertEqual([record[key] for key in KEYS], [["0"]] * 5)

    def test_the_reverse_complement_of_the_genome_has_the_same_means_over_places(self):
        positions = random.Random(3).sample(range(10, 290), 12)
        lines, mirrored = [], []
        for position in sorted(positions):
            other = self.other(self.chr1, position)
            lines.append(("chr1", position, self.chr1[position - 1], other))
            mirrored.append(("chr1", 901 - position, mirror(self.chr1[position - 1]), mirror(other)))
        forward = self.score(self.vcf(lines), "--frames", 6, "--scores", "llr,marginal")
        self.genome = self.write("mirrored.fa", f">chr1\n{mirror(self.chr1)}\n")
        reverse = self.score(self.vcf(mirrored), "--frames", 6, "--scores", "llr,marginal")
        for key in ("AGRONT_LLR_F6", "AGRONT_MARGINAL_F6"):
            for one, other in zip(forward, reverse, strict=True):
                self.assertAlmostEqual(float(one[key][0]), float(other[key][0]), delta=1e-4)
        self.assertGreater(max(abs(float(a["AGRONT_LLR"][0]) - float(b["AGRONT_LLR"][0])) for a, b in zip(forward, reverse)),
                           0.05)

    def test_frames_1_has_fewer_passes(self):
        source = self.vcf([("chr1", 500, self.chr1[499], self.chr1[499] + "GG")])
        for options, passes in (([], 168), (["--frames", 1], 28)):
            self.score(source, "--scores", "pll", *options)
            self.assertEqual(json.loads(self.path("out.vcf.json").read_text())["passes"], str(passes))

    def passes(self):
        return int(json.loads(self.path("out.vcf.json").read_text())["passes"])

    def test_shared_masks(self):
        """Two SNVs whose 6-mers lie 42 bases apart, in one window."""
        lines = [("chr1", at, self.chr1[at - 1], self.other(self.chr1, at)) for at in (471, 513)]
        options = ["--scores", "llr", "--frames", 6]
        alone = self.score(self.vcf(lines), *options)
        self.assertEqual(self.passes(), 2 * 6 * 2)
        shared = self.score(self.vcf(lines), *options, "--shared-masks")
        self.assertEqual(self.passes(), 2 * 6)
        self.assertNotEqual(alone, shared)
        self.assertIn("every seventh 6-mer of a window is masked", self.path("out.vcf").read_text())
        one, = self.score(self.vcf(lines[:1]), *options, "--shared-masks")
        self.assertAlmostEqual(float(one["AGRONT_LLR_F6"][0]), float(shared[0]["AGRONT_LLR_F6"][0]), delta=1e-4)

    def test_random_indels(self):
        base = self.chr1[499]
        lines = [("chr1", 500, base, base + "GG"), ("chr1", 500, base, self.other(self.chr1, 500))]
        options = ["--scores", "pll", "--frames", 1]
        alone = self.score(self.vcf(lines), *options)
        passes = self.passes()
        compared = self.score(self.vcf(lines), *options, "--indel-null", 2)
        self.assertEqual(self.passes(), passes + 2 * 28)
        self.assertNotEqual(alone[0]["AGRONT_PLL"], compared[0]["AGRONT_PLL"])
        self.assertEqual(alone[1]["AGRONT_PLL"], compared[1]["AGRONT_PLL"])
        self.assertIn("less the mean of 2 random ones of their lengths", self.path("out.vcf").read_text())

    def test_the_same_scores_on_any_number_of_threads(self):
        source = self.vcf([("chr1", 500, self.chr1[499], self.chr1[499] + "GG"), ("chr1", 700, "N", "A,C,G,T")])
        texts = {str(self.score(source, "--threads", threads)) for threads in (1, 2)}
        self.assertEqual(len(texts), 1)


class Kinds(ScoreTest):
    """What becomes of each kind of record."""

    def test_statuses(self):
        base, other = self.chr1[499], self.other(self.chr1, 500)
        at = ("chr1", 500)
        expected = [
            ((*at, base, other), "scored"), ((*at, base.lower(), other.lower()), "scored"),
            ((*at, "N", other), "scored"), ((*at, base, base + "AC"), "use_pll"),
            ((*at, self.chr1[499:507], self.other(self.chr1, 500, 8)), "use_pll"),
            ((*at, base, "*"), "star"), ((*at, base, "<NON_REF>"), "any_allele"), ((*at, base, "<*>"), "any_allele"),
            ((*at, base, "<DEL>"), "symbolic"), ((*at, base, "<CNV:TR>"), "symbolic"),
            ((*at, base, f"{base}]chr1:7]"), "breakend"), ((*at, base, f".{base}"), "breakend"), ((*at, base, "R"), "ambiguous"), ((*at, base, "NN"), "ambiguous"),
            ((*at, base, "A-T"), "invalid"), ((*at, base, base + "A" * 64), "too_long"),
            ((*at, base, base + "A" * 63), "use_pll"),
            ((*at, other, base), "ref_differs"), (("chr9", 5, "A", "C"), "unknown_contig"),
            (("chr1", 0, "N", "A"), "beyond_contig"), (("chr1", 901, "A", "C"), "beyond_contig"),
            (("chr1", 900, self.chr1[899] + "A", "C"), "beyond_contig"), (("chr3", 2, "C", "A"), "no_window"),
            (("chr1", 301, "N", "A"), "no_6mer"), (("chr1", 301, "R", "A"), "no_6mer"),
            (("chr3", 2, "C", "CA"), "no_window")]
        records = self.score(self.vcf([record for record, _ in expected]))
        for record, (line, status) in zip(records, expected, strict=True):
            self.assertEqual(record["AGRONT_STATUS"], [status], line)
            self.assertEqual(record["AGRONT_LLR"] != ["."], status == "scored", line)
            self.assertFalse({"nan", "inf", "-inf"} & set(map(str.lower, record["AGRONT_PLL"])))

    def test_values_are_those_of_their_alleles(self):
        base = self.chr1[499]
        others = [other for other in "ACGT" if other != base]
        together, = self.score(self.vcf([("chr1", 500, base, ",".join([others[0], "*", others[1], base + "A", others[2]]))]))
        for allele, at in ((others[0], 0), (others[1], 2), (base + "A", 3), (others[2], 4)):
            alone, = self.score(self.vcf([("chr1", 500, base, allele)]))
            for key, values in alone.items():
                if key == "AGRONT_STATUS" or values == ["."]:
                    self.assertEqual(together[key][at], values[0])
                else:
                    self.assertAlmostEqual(float(together[key][at]), float(values[0]), delta=2e-4)
        self.assertEqual(together["AGRONT_STATUS"], ["scored", "star", "scored", "use_pll", "scored"])
        many = ",".join(base + "ACGT"[i % 4] * (i // 4 + 1) for i in range(50))
        record, = self.score(self.vcf([("chr1", 500, base, many)]), "--frames", 1)
        self.assertEqual({len(values) for values in record.values()}, {50})

    def test_no_alternative_has_no_keys(self):
        self.assertEqual(self.score(self.vcf([("chr1", 500, self.chr1[499], ".")])), [{}])

    def test_symbolic_alleles_with_a_length(self):
        base, length = self.chr1[499], 9
        bases = self.chr1[500:509]
        lines = [f"chr1\t500\t.\t{base}\t{kind}\t.\t.\t{info}" for kind, info in
                 (("<DEL>", "SVLEN=-9"), ("<DEL>", "END=509"), ("<DUP:TANDEM>", "SVLEN=9"), ("<INV>", "END=509;SVLEN=."))]
        explicit = [("chr1", 500, base + bases, base), ("chr1", 500, base + bases, base), ("chr1", 500, base, base + bases),
                    ("chr1", 501, bases, mirror(bases))]
        self.assertEqual(len(bases), length)
        for one, other in zip(self.score(self.vcf(lines)), self.score(self.vcf(explicit)), strict=True):
            self.assertAlmostEqual(float(one["AGRONT_PLL"][0]), float(other["AGRONT_PLL"][0]), delta=2e-3)
        self.assertEqual(self.score(self.vcf([f"chr1\t890\t.\t{self.chr1[889]}\t<DEL>\t.\t.\tSVLEN=50"]))[0]["AGRONT_STATUS"],
                         ["beyond_contig"])

    def test_lengths_of_symbolic_alleles(self):
        """A change may have 63 bases in a window of 126, and may reach the end of its contig."""
        line = lambda position, kinds, info: f"chr1\t{position}\t.\t{self.chr1[position - 1]}\t{kinds}\t.\t.\t{info}"
        expected = [(line(500, "<DEL>", "SVLEN=63"), ["use_pll"]), (line(500, "<DEL>", "SVLEN=-64"), ["too_long"]),
                    (line(500, "<DEL>,<DEL>,<DEL>", "SVLEN=-64,-5,."), ["too_long", "use_pll", "symbolic"]),
                    (line(500, "<DEL>,*", "END=505"), ["use_pll", "star"]),
                    (line(890, "<DEL>", "SVLEN=10"), ["use_pll"]), (line(890, "<DEL>", "SVLEN=11"), ["beyond_contig"]),
                    (line(299, "<DUP>", "SVLEN=1"), ["use_pll"]), (line(299, "<DUP>", "SVLEN=2"), ["ambiguous"]),
                    (line(299, "<INV>", "SVLEN=2"), ["ambiguous"]), (line(299, "<DEL>", "SVLEN=2"), ["use_pll"])]
        self.assertEqual(self.statuses("--frames", 1, records=[text for text, _ in expected]), [words for _, words in expected])

    def test_the_status_is_that_of_the_scores_that_are_asked_for(self):
        lines = [("chr1", 500, self.chr1[499], self.other(self.chr1, 500)), ("chr1", 301, "N", "A")]
        self.assertEqual(self.statuses("--scores", "marginal", records=lines), [["scored"], ["no_6mer"]])

    def test_a_name_that_could_be_two_is_none(self):
        self.genome.write_text(f">chr1\n{self.chr1}\n>1\n{self.chr1}\n")
        lines = [(name, 500, self.chr1[499], "*," + self.other(self.chr1, 500)) for name in ("chr1", "1", "Chr01")]
        self.assertEqual(self.statuses("--scores", "none", records=lines),
                         [["star", "checked"], ["star", "checked"], ["star", "unknown_contig"]])

    def test_the_header_has_a_sequence_under_one_name(self):
        source = self.vcf([("Chr01", 500, self.chr1[499], "*")], header="##contig=<ID=Chr01,length=900>")
        self.score(source, "--scores", "none")
        contigs = [line for line in self.path("out.vcf").read_text().splitlines() if line.startswith("##contig")]
        self.assertEqual(contigs, ["##contig=<ID=Chr01,length=900>", "##contig=<ID=chr2,length=60>", "##contig=<ID=chr3,length=4>"])

    def test_names_of_contigs(self):
        records = [(name, 500, self.chr1[499], self.other(self.chr1, 500)) for name in ("chr1", "1", "Chr1", "CHR01", "01")]
        source = self.vcf(records)
        status, out, err = run("score", "--variants", source, "--genome", self.genome, "--window-bp", W, "--scores", "llr")
        self.assertEqual(status, 0, err)
        self.assertEqual(out.count("AGRONT_STATUS=scored"), 5)
        self.assertRegex(err, r"(?m)^contigs have other names in the genome: .* is chr1")
        self.assertRegex(err, r"(?m)^5 records; alleles: 5 scored$")

    def test_names_from_a_table(self):
        """NC_1 is chr1; chr2 is chr1, too, whatever the genome calls its own second sequence."""
        base, other = self.chr1[499], self.other(self.chr1, 500)
        source = self.vcf([(name, 500, base, other) for name in ("NC_1", "chr2", "1", "NC_9")])
        names = self.write("names.tsv", "NC_1\tchr1\r\nchr2\tchr1\nNC_7\tchr3\n")
        status, out, err = run("score", "--variants", source, "--genome", self.genome, "--scores", "none", "--contig-names", names)
        self.assertEqual(status, 0, err)
        self.assertEqual([line.rpartition("=")[2] for line in out.splitlines() if line[0] != "#"],
                         ["checked", "checked", "checked", "unknown_contig"])
        self.assertIn("contigs have other names in the genome: 1 is chr1, NC_1 is chr1, chr2 is chr1\n", err)
        self.assertIn("the genome has no contig NC_9; it has chr1, chr2, chr3\n", err)
        for text, says in (("NC_1 chr1\n", ["names.tsv:1: expected two columns"]), ("NC_1\tchr9\n", ["names.tsv:1", '"chr9"']),
                           ("NC_1\tchr1\n\n", ["names.tsv:2"]), ("A\tchr1\nA\tchr2\n", ["names.tsv:2", "once more"])):
            self.write("names.tsv", text)
            self.refuse("score", "--variants", source, "--genome", self.genome, "--scores", "none", "--contig-names", names,
                        "-o", self.path("out.vcf"), says=says)

    def test_checks_alone(self):
        base, other = self.chr1[499], self.other(self.chr1, 500)
        records = self.score(self.vcf([("chr1", 500, base, other), ("chr1", 500, base, "*")]), "--scores", "none")
        self.assertEqual(records, [{"AGRONT_STATUS": ["checked"]}, {"AGRONT_STATUS": ["star"]}])


class Files(ScoreTest):
    """Nothing but INFO changes, in any format."""
    HEADER = ("##contig=<ID=chr1,length=900>\n##contig=<ID=chr2>\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n"
              "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">")

    def lines(self):
        draw = random.Random(5)
        lines = []
        for position in sorted(draw.sample(range(1, 290), 25)):
            info = draw.choice([".", "DP=3", "DP=007"])
            lines.append(f"chr1\t{position}\trs{position}\t{self.chr1[position - 1]}\t{self.other(self.chr1, position)},*\t"
                         f"{draw.choice(['.', '50', '1.50', '1e2'])}\t{draw.choice(['.', 'PASS'])}\t{info}\tGT\t0/1\t./.")
        lines.append(lines[-1])  # twice
        return lines

    def assert_only_info_differs(self, before, after):
        before, after = ([line for line in text.split(b"\n") if not line.startswith(b"#")] for text in (before, after))
        self.assertEqual(len(before), len(after))
        for one, other in zip(before, after):
            one, other = one.split(b"\t"), other.split(b"\t")
            if len(one) > 7:
                self.assertTrue(other[7].startswith(b"AGRONT_" if one[7] == b"." else one[7] + b";AGRONT_"), other)
                del one[7], other[7]
            self.assertEqual(one, other)

    def test_text(self):
        for line_end in ("\n", "\r\n"):
            source = self.vcf(self.lines(), header=self.HEADER, samples="\tFORMAT\ta\tb", line_end=line_end)
            self.score(source, "--scores", "llr")
            before, after = source.read_bytes(), self.path("out.vcf").read_bytes()
            self.assert_only_info_differs(before, after)
            self.assertEqual(after.count(b"\r\n"), after.count(b"\n") if line_end == "\r\n" else 0)
            header = [line for line in after.splitlines() if line.startswith(b"#")]
            for line in before.splitlines():
                self.assertTrue(not line.startswith(b"#") or line in header)
            self.assertIn(b"##contig=<ID=chr3,length=4>", header)

    def test_compressed_and_standard_input(self):
        source = self.vcf(self.lines(), header=self.HEADER, samples="\tFORMAT\ta\tb")
        self.score(source, "--scores", "llr")
        expected = self.path("out.vcf").read_bytes()
        self.write("in.vcf.gz", gzip.compress(source.read_bytes()))
        self.score(self.path("in.vcf.gz"), "--scores", "llr", output="out.vcf.gz")
        self.assertEqual(read_bytes(self.path("out.vcf.gz")), expected)
        self.assertTrue(self.path("out.vcf.gz.tbi").is_file())
        out = self.succeed("score", "--variants", "-", "--genome", self.genome, "--window-bp", W, "--scores", "llr", "-q",
                           text=source.read_text())
        self.assertEqual(out.encode(), expected)
        self.score(self.path("out.vcf.gz"), "--scores", "llr", output="again.vcf")  # our keys are there, and replaced
        self.assertEqual(self.path("again.vcf").read_bytes(), expected)

    def test_bcf(self):
        source = self.vcf(self.lines(), header=self.HEADER, samples="\tFORMAT\ta\tb")
        text = self.score(source, "--scores", "llr")
        self.score(source, "--scores", "llr", output="out.bcf")
        self.assertTrue(self.path("out.bcf.csi").is_file())
        self.assertEqual(self.score(self.path("out.bcf"), "--scores", "llr", output="from_bcf.vcf"), text)
        self.score(self.path("out.bcf"), "--scores", "llr", output="again.bcf")
        self.assertEqual(self.score(self.path("again.bcf"), "--scores", "llr", output="from_again.vcf"), text)

    def test_what_is_not_sorted_has_no_index(self):
        lines = self.lines()
        source = self.vcf(lines[::-1], header=self.HEADER, samples="\tFORMAT\ta\tb")
        status, _, err = run("score", "--variants", source, "--genome", self.genome, "--window-bp", W, "--scores", "none",
                             "-o", self.path("out.vcf.gz"))
        self.assertEqual(status, 0, err)
        self.assertIn("not sorted", err)
        self.assertEqual([path.name for path in sorted(self.folder.glob("out*"))], ["out.vcf.gz", "out.vcf.gz.json"])

    def test_an_index_of_an_older_output_goes(self):
        lines = self.lines()
        for of_input in (False, True):
            self.score(self.vcf(lines, header=self.HEADER, samples="\tFORMAT\ta\tb"), "--scores", "none", output="out.vcf.gz")
            self.assertTrue(self.path("out.vcf.gz.tbi").is_file())
            source = self.vcf(lines[::-1], header=self.HEADER, samples="\tFORMAT\ta\tb")
            self.succeed("score", "--variants", "-" if of_input else source, "--genome", self.genome, "--scores", "none", "-q",
                         "--force", "-o", self.path("out.vcf.gz"), text=source.read_text())
            self.assertFalse(self.path("out.vcf.gz.tbi").exists())

    def test_positions_beyond_what_tbi_holds(self):
        source = self.vcf([("chr1", 500, self.chr1[499], "*"), ("chr9", 2 ** 29 + 5, "A", "C")])
        self.assertEqual(self.score(source, output="out.vcf.gz")[1]["AGRONT_STATUS"], ["unknown_contig"])
        self.assertTrue(self.path("out.vcf.gz.csi").is_file())
        self.assertFalse(self.path("out.vcf.gz.tbi").exists())

    def test_an_end_beyond_what_tbi_holds(self):
        for info in (f"END={2 ** 29 + 5}", f"SVLEN=-7,-{2 ** 29}", "END=99999999999999999999"):
            source = self.vcf([f"chr1\t500\t.\t{self.chr1[499]}\t<CNV>,<DEL>\t.\t.\t{info}"])
            self.score(source, "--scores", "none", output="out.vcf.gz")
            self.assertFalse(self.path("out.vcf.gz.tbi").exists(), info)
            self.assertEqual(self.path("out.vcf.gz.csi").exists(), len(info) < 20, info)

    def test_positions_beyond_every_index(self):
        source = self.vcf([("chr9", 2 ** 32 + 5, "A", "C")])
        status, _, err = run("score", "--variants", source, "--genome", self.genome, "--scores", "none", "-o",
                             self.path("out.vcf.gz"))
        self.assertEqual(status, 0, err)
        self.assertIn("out.vcf.gz: no index is made, as positions beyond 2^32", err)
        self.assertEqual([path.name for path in sorted(self.folder.glob("out*"))], ["out.vcf.gz", "out.vcf.gz.json"])

    def test_bcf_whose_header_has_no_lengths_has_an_index(self):
        """htslib's way would take the lengths of contigs from the header."""
        for header in ("##contig=<ID=chr1>\n##contig=<ID=chr9>", "##contig=<ID=chr1,length=900>\n##contig=<ID=chr9,length=5>"):
            source = self.vcf([("chr1", 500, self.chr1[499], "*"), ("chr9", 2 ** 31 - 9, "A", "C")], header=header)
            self.assertIsNone(self.score(source, "--scores", "none", output="out.bcf"))
            self.assertTrue(self.path("out.bcf.csi").is_file())
        beyond = self.vcf([("chr9", 2 ** 31 + 1, "A", "C")], header=header)
        self.refuse("score", "--variants", beyond, "--genome", self.genome, "--scores", "none", "-q", "-o", self.path("o.bcf"),
                    says=["in.vcf:5: cannot be written as BCF", "beyond 2^31"])

    def test_more_records_than_a_chunk(self):
        lines = [("chr1", 1 + i % 290, self.chr1[i % 290], self.other(self.chr1, 1 + i % 290)) for i in range(2500)]
        records = self.score(self.vcf(lines), "--scores", "none")
        self.assertEqual(len(records), 2500)

    def test_what_it_was_made_from(self):
        self.score(self.vcf([("chr1", 500, self.chr1[499], "*")]))
        made = json.loads(self.path("out.vcf.json").read_text())
        self.assertEqual((made["records"], made["alleles"], made["window_bp"]), ("1", "1 star", str(W)))
        header = self.path("out.vcf").read_text()
        self.assertIn(made["model_hash"], header)
        self.assertNotIn(str(self.folder), header)


class BadInput(ScoreTest):
    def refuse_score(self, source, *options, says, status=1):
        window = [] if "--window-bp" in options else ["--window-bp", W]
        self.refuse("score", "--variants", source, "--genome", self.genome, *window, "-o", self.path("out.vcf"), "-q",
                    *options, says=says, status=status)

    def test_records_and_headers(self):
        good = COLUMNS + "\n"
        for text, says in (("chr1\t5\n", ["in.vcf:1", "##fileformat=VCFv4"]), ("", ["in.vcf"]),
                           ("##fileformat=VCFv4.2\n##CHROM\tPOS\n", ["in.vcf:2", "with one #"]),
                           ("##fileformat=VCFv4.2\n", ["#CHROM"]),
                           ("##fileformat=VCFv4.2\n" + good + "chr1\tx\t.\tA\tC\t.\t.\t.\n", ["in.vcf:3: POS", '"x"']),
                           ("##fileformat=VCFv4.2\n" + good + "chr1\t-5\t.\tA\tC\t.\t.\t.\n", ["in.vcf:3: POS"]),
                           ("##fileformat=VCFv4.2\n" + good + "chr1 5 . A C . . .\n", ["in.vcf:3", "8 columns"]),
                           ("##fileformat=VCFv4.2\n" + good + "chr1\t5\t.\tA\0\tC\t.\t.\t.\n", ["in.vcf:3", "NUL"])):
            self.refuse_score(self.write("in.vcf", text), says=says)

    def test_damaged_files(self):
        whole = gzip.compress(("##fileformat=VCFv4.2\n" + COLUMNS + "\n" + "chr1\t5\t.\tN\tC\t.\t.\t.\n" * 50).encode())
        self.refuse_score(self.write("cut.vcf.gz", whole[:-20]), says=["cut.vcf.gz"])
        self.score(self.vcf([("chr1", 500, self.chr1[499], "*")]), output="whole.bcf")
        for size in (40, 200):
            self.refuse_score(self.write("cut.bcf", self.path("whole.bcf").read_bytes()[:-size]), says=["cut.bcf"])

    def test_another_genome(self):
        differs = [("chr1", at, self.other(self.chr1, at), self.chr1[at - 1]) for at in range(100, 110)]
        self.refuse_score(self.vcf(differs), says=["10 of the first 10 records", "assembly"])
        strand = [("chr1", at, mirror(self.chr1[at - 1]), "N") for at in range(100, 110)]
        self.refuse_score(self.vcf(strand), says=["other strand"])
        same = [("chr1", at, self.chr1[at - 1], self.other(self.chr1, at)) for at in range(200, 210)]
        self.refuse_score(self.vcf(same + differs[:1]), "--reference-mismatch", "error", says=["in.vcf:13: REF", "expected"])
        statuses = self.statuses("--scores", "none", records=same + differs[:1])
        self.assertEqual(statuses, [["checked"]] * 10 + [["ref_differs"]])
        half = self.statuses("--scores", "none", records=same + differs)
        self.assertEqual(half, [["checked"]] * 10 + [["ref_differs"]] * 10, "more than half is too many, half is not")

    def test_options(self):
        source = self.vcf([("chr1", 500, self.chr1[499], "*")])
        for options, says in ((["--window-bp", 120], ["odd number of 6-mers"]), (["--window-bp", 60_006], ["window-bp"]),
                              (["--frames", 3], ["frames", "1 or 6"]), (["--pll-flank", -1], ["pll-flank"]),
                              (["--indel-null", 10_001], ["indel-null", "10000"]),
                              (["--scores", "lrr"], ["llr, marginal, pll or none"])):
            self.refuse_score(source, *options, says=says, status=2)

    def test_outputs(self):
        source = self.vcf([("chr1", 500, self.chr1[499], "*")])
        self.refuse("score", "--variants", source, "--genome", self.genome, "-o", source, says=["exists"])
        self.refuse("score", "--variants", source, "--genome", self.genome, "-o", source, "--force", status=2,
                    says=["another file than the input"])
        self.vcf(["chr1\t500\t.\tN\tC\t.\t.\tNO=1"], name="undeclared.vcf")
        self.refuse("score", "--variants", self.path("undeclared.vcf"), "--genome", self.genome, "-o", self.path("o.bcf"), "-q",
                    says=["undeclared.vcf:3", "header"])


if __name__ == "__main__":
    unittest.main()
