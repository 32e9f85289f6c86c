# SPDX-License-Identifier: Apache-2.0
"""Every command as a user runs it."""

import gzip
import json
import os
import random
import re
import shlex
import shutil
import unittest

import numpy as np

from support import GENES, ProgramTest, read_table, run, table, write_model

COMMANDS = ("tokenize", "embed", "logits", "attention", "unmask", "score", "merge", "corpus", "pretrain", "evaluate", "convert",
            "info", "bench")


class Help(ProgramTest):
    def test_every_command_has_an_example_that_runs(self):
        self.addCleanup(os.chdir, os.getcwd())
        for command in COMMANDS:
            text = self.succeed(command, "--help")
            words = shlex.split(re.search(r"Example:\s+agront (.*)", text).group(1))
            self.assertEqual(words[0], command)
            folder = self.folder / command
            folder.mkdir()
            (folder / "genes.fa.gz").write_bytes(gzip.compress(GENES.encode()))
            if command == "convert":  # its example names the published model, which is not here
                write_model(folder / words[1])
            if command == "corpus":
                (folder / "genome.fa").write_text(">chr1\n" + "ACGTTGCAAT" * 700 + "\n")
                (folder / words[1]).write_text("species\tfasta\tregions\tweight\nA\tgenome.fa\t.\t.\n")
            if command == "score":
                (folder / "genome.fa").write_text(">chr1\n" + "ACGTTGCAAT" * 70 + "\n")
                (folder / "in.vcf.gz").write_bytes(gzip.compress(
                    b"##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t9\t.\tA\tC\t.\t.\t.\n"))
            if command == "merge":
                shutil.copytree(self.folder / "score", folder, dirs_exist_ok=True)
                for shard in (1, 2):
                    self.succeed("score", "--variants", folder / "in.vcf.gz", "--genome", folder / "genome.fa", "--shard",
                                 f"{shard}/2", "-o", folder / f"part-{shard}.vcf.gz", "--scores", "none")
                (folder / "out.vcf.gz").unlink()
                (folder / "out.vcf.gz.json").unlink()
            if command == "pretrain":
                shutil.copytree(self.folder / "corpus" / "corpus", folder / "corpus")
            os.chdir(folder)
            self.succeed(*words)

    def test_usage_errors_have_status_2(self):
        for words in ([], ["nothing"], ["embed"], ["tokenize", "--no-such-option"],
                      ["attention", "x.fa", "-o", "x.npz"]):
            self.assertEqual(run(*words)[0], 2, words)

    def test_help_names_every_command(self):
        text = self.succeed("--help")
        for command in COMMANDS:
            self.assertIn(command, text)
        self.assertRegex(self.succeed("--version"), r"^agront \d+\.\d+\.\d+$")


class Tokenize(ProgramTest):
    def test_writes_tokens_and_ids(self):
        genes = self.write("genes.fa", GENES)
        rows = table(self.succeed("tokenize", genes))
        self.assertEqual(rows[0], {"name": "one", "record_start": "0", "record_end": "17",
                                   "tokens": "<cls> ATCCCG G N N TCGACA C N"})
        ids = table(self.succeed("tokenize", genes, "--ids"))[0]["tokens"].split()
        self.assertEqual(ids[0], "3")
        self.assertEqual(ids[2:5], ["4103", "4104", "4104"])

    def test_reads_standard_input_and_regions(self):
        self.assertEqual(table(self.succeed("tokenize", "-", text=GENES))[1]["name"], "two")
        genome = self.write("genome.fa", ">chr1\nACGTACGTACGGTTTAAACC\n")
        regions = self.write("regions.bed", "chr1\t8\t16\tgene\t0\t-\n")
        row = table(self.succeed("tokenize", "--genome", genome, "--regions", regions))[0]
        self.assertEqual(row, {"name": "gene", "chrom": "chr1", "start": "8", "end": "16", "strand": "-",
                               "record_start": "0", "record_end": "8", "tokens": "<cls> TAAACC G T"})

    def test_cuts_long_records_into_windows(self):
        bases = "".join(random.Random(1).choices("ACGT", k=14000))
        rows = table(self.succeed("tokenize", "-", "--overlap", 50, text=f">chr\n{bases}\n"))
        self.assertEqual([(row["record_start"], row["record_end"]) for row in rows],
                         [("0", "6138"), ("6088", "12226"), ("12176", "14000")])

    def test_warns_of_letters_that_it_changed(self):
        status, out, err = run("tokenize", "-", text=">a\nACGTRYU\n")
        self.assertEqual(status, 0)
        self.assertIn("2 IUPAC letters", err)
        self.assertIn("1 letters U", err)
        self.assertEqual(run("tokenize", "-", "--quiet", text=">a\nACGTRYU\n")[2], "")


class Embed(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = write_model(self.folder / "model")
        self.genes = self.write("genes.fa", GENES)

    def arrays(self, name, *arguments):
        self.succeed("embed", self.genes, "--model", self.model, "-o", self.path(name), "--force", *arguments)
        return np.load(self.path(name), allow_pickle=False)

    def test_gives_every_layer_of_every_token(self):
        out = self.arrays("a.npz", "--layers", "all,last:raw", "--pool", "none")
        self.assertEqual(list(out["offsets"]), [0, 8, 15])
        for layer in ("layer_0", "layer_1", "layer_2", "layer_2_raw"):
            self.assertEqual(out[layer].shape, (15, 24))
            self.assertEqual(out[layer].dtype, np.float32)
        self.assertEqual(list(out["name"]), ["one", "two"])
        self.assertEqual(list(out["record_end"]), [17, 36])
        self.assertNotIn("chrom", out)
        provenance = json.loads(str(out["provenance"]))
        self.assertIn("agront embed", provenance["command"])
        self.assertRegex(provenance["model_header_sha256"], "^[0-9a-f]{64}$")

    def test_pools_without_cls(self):
        tokens = self.arrays("a.npz", "--pool", "none")["layer_2"]
        np.testing.assert_allclose(self.arrays("b.npz")["layer_2"][1], tokens[9:].mean(0), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(self.arrays("c.npz", "--pool", "max")["layer_2"][0], tokens[1:8].max(0))
        np.testing.assert_array_equal(self.arrays("d.npz", "--pool", "cls")["layer_2"], tokens[[0, 8]])

    def test_averages_records(self):
        bases = "".join(random.Random(2).choices("ACGT", k=700))  # windows of 31 six-mers, 186 bases
        self.genes = self.write("long.fa", f">long\n{bases}\n>short\n{bases[:60]}\n")
        tokens = self.arrays("a.npz", "--pool", "none")
        self.assertEqual(list(tokens["record_end"]), [186, 372, 558, 700, 60])
        records = self.arrays("b.npz", "--per-record")
        self.assertEqual(list(records["name"]), ["long", "short"])
        rows = np.concatenate([np.arange(a + 1, b) for a, b in zip(tokens["offsets"][:4], tokens["offsets"][1:5])])
        np.testing.assert_allclose(records["layer_2"][0], tokens["layer_2"][rows].mean(0), rtol=1e-4, atol=1e-5)

    def test_writes_tables_and_safetensors(self):
        want = self.arrays("a.npz")["layer_2"]
        self.succeed("embed", self.genes, "--model", self.model, "-o", self.path("a.tsv"))
        rows = read_table(self.path("a.tsv"))
        self.assertEqual([row["layer"] for row in rows], ["layer_2", "layer_2"])
        np.testing.assert_array_equal(np.float32([rows[1][f"c{c}"] for c in range(24)]), want[1])
        self.succeed("embed", self.genes, "--model", self.model, "-o", self.path("a.safetensors"))
        raw = self.path("a.safetensors").read_bytes()
        header = json.loads(raw[8:8 + int.from_bytes(raw[:8], "little")])
        begin, end = header["layer_2"]["data_offsets"]
        data = raw[8 + int.from_bytes(raw[:8], "little"):]
        np.testing.assert_array_equal(np.frombuffer(data[begin:end], "<f4").reshape(2, 24), want)
        self.assertEqual(data[slice(*header["name"]["data_offsets"])], b"onetwo")
        self.assertIn("command", header["__metadata__"])

    def test_packing_changes_nothing_that_matters(self):
        bases = random.Random(3)
        records = ["".join(bases.choices("ACGTN", [24, 24, 24, 24, 1], k=n)) for n in (1, 5, 6, 60, 100, 180, 7, 33)]
        self.genes = self.write("many.fa", "".join(f">r{i}\n{record}\n" for i, record in enumerate(records)))
        together = self.arrays("a.npz", "--pool", "none", "--layers", "all")
        for budget in (1, 40, 100000):
            other = self.arrays("b.npz", "--pool", "none", "--layers", "all", "--batch-tokens", budget)
            for layer in ("layer_0", "layer_1", "layer_2"):
                error = np.linalg.norm(other[layer] - together[layer], axis=1) / np.linalg.norm(together[layer], axis=1)
                self.assertLess(error.max(), 1e-6 * 4)
        again = self.arrays("c.npz", "--pool", "none", "--layers", "all")
        for layer in ("layer_0", "layer_1", "layer_2"):
            np.testing.assert_array_equal(again[layer], together[layer])


class Precision(ProgramTest):
    def test_bf16_is_near_and_said(self):
        fasta = self.write("genes.fa", ">a\n" + "ACGTTGCAAGT" * 40 + "\n")
        outputs = {}
        for precision in ("fp32", "bf16", "auto"):
            self.succeed("embed", fasta, "-o", self.path(f"{precision}.npz"), "--precision", precision)
            outputs[precision] = np.load(self.path(f"{precision}.npz"))
        exact, near = outputs["fp32"]["layer_2"][0], outputs["bf16"]["layer_2"][0]
        self.assertGreater(exact @ near / np.linalg.norm(exact) / np.linalg.norm(near), 0.9999)
        self.assertEqual(json.loads(str(outputs["bf16"]["provenance"]))["precision"], "bf16")
        self.assertNotIn("precision", json.loads(str(outputs["fp32"]["provenance"])))
        status, _, error = run("embed", fasta, "-o", self.path("x.npz"), "--precision", "fp8")
        self.assertEqual(status, 2)
        self.assertIn("fp32, bf16, int8, tf32 or auto", error)


class LogitsAndAttention(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = write_model(self.folder / "model")
        self.genes = self.write("genes.fa", GENES)

    def test_logits_and_probabilities(self):
        self.succeed("logits", self.genes, "--model", self.model, "-o", self.path("a.npz"))
        self.succeed("logits", self.genes, "--model", self.model, "-o", self.path("b.npz"), "--probabilities")
        logits = np.load(self.path("a.npz"))["logits"].astype(np.float64)
        probabilities = np.load(self.path("b.npz"))["probabilities"]
        self.assertEqual(logits.shape, (15, 4105))
        want = np.exp(logits - logits.max(1, keepdims=True))
        np.testing.assert_allclose(probabilities, want / want.sum(1, keepdims=True), rtol=1e-5, atol=1e-9)

    def test_attention_maps_and_a_plot(self):
        self.succeed("attention", self.genes, "--model", self.model, "-o", self.path("a.npz"), "--maps", "2:3,1:0",
                     "--plot", self.path("a.svg"))
        maps = np.load(self.path("a.npz"))
        self.assertEqual(maps["layer_2_head_3/0"].shape, (8, 8))
        self.assertEqual(maps["layer_1_head_0/1"].shape, (7, 7))
        np.testing.assert_allclose(maps["layer_1_head_0/1"].sum(1), 1, rtol=1e-6)
        self.assertTrue(self.path("a.svg").read_text().startswith("<svg"))


class Unmask(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = write_model(self.folder / "model")

    def unmask(self, text, *arguments):
        return table(self.succeed("unmask", "-", "--model", self.model, *arguments, text=text))

    def test_unmasks_what_is_masked(self):
        masked = ">a\nACGT<mask>ACGTAC\n>b\nACGTAC\n>c\n<mask>\n"
        rows = self.unmask(masked, "--top", 3)
        self.assertEqual([(row["name"], row["record_start"], row["record_end"], row["rank"], row["true"]) for row in rows],
                         [(name, start, end, rank, "NA") for name, start, end in (("a", "4", "10"), ("c", "0", "6"))
                          for rank in "123"])
        self.assertEqual(len({row["kmer"] for row in rows[:3]}), 3)
        rows = self.unmask(masked, "--per-base")
        self.assertEqual([(row["name"], row["record_start"], row["record_end"]) for row in rows],
                         [("a", str(4 + i), str(5 + i)) for i in range(6)] + [("c", str(i), str(i + 1)) for i in range(6)])
        for row in rows:
            self.assertAlmostEqual(sum(float(row[base]) for base in "ACGT"), 1, places=4)

    def test_bases_are_sums_of_sixmers(self):
        kmers = self.unmask(">a\nACGT<mask>ACGTAC\n", "--top", 4096)
        bases = self.unmask(">a\nACGT<mask>ACGTAC\n", "--per-base")
        self.assertEqual(len(kmers), 4096)
        for position in range(6):
            sums = {base: sum(float(row["probability"]) for row in kmers if row["kmer"][position] == base) for base in "ACGT"}
            for base in "ACGT":
                self.assertAlmostEqual(float(bases[position][base]), sums[base] / sum(sums.values()), places=4)

    def test_masks_every_sixmer_once(self):
        bases = "".join(random.Random(4).choices("ACGT", k=400)) + "NACG"
        rows = self.unmask(f">a\n{bases}\n", "--every")
        sixmers = [(186 * w + 6 * i) for w in range(3) for i in range(31) if 186 * w + 6 * i + 6 <= 400]
        self.assertEqual([int(row["record_start"]) for row in rows[::5]], sixmers)
        for first in range(0, len(rows), 5):
            of_kmer = rows[first:first + 5]
            self.assertEqual([row["rank"] for row in of_kmer], list("12345"))
            self.assertEqual({row["true"] for row in of_kmer}, {bases[int(of_kmer[0]["record_start"]):int(of_kmer[0]["record_end"])]})
            probabilities = [float(row["probability"]) for row in of_kmer]
            self.assertEqual(probabilities, sorted(probabilities, reverse=True))
            self.assertLessEqual(float(of_kmer[0]["true_probability"]), probabilities[0])

    def test_every_equals_masking_by_hand(self):
        bases = "".join(random.Random(5).choices("ACGT", k=60))
        every = {(row["record_start"], row["rank"]): row for row in self.unmask(f">a\n{bases}\n", "--every")}
        # Tokens 3 and 10 (1 is the first 6-mer) are masked together: both are 3 modulo 7.
        masked = bases[:12] + "<mask>" + bases[18:54] + "<mask>"
        for row in self.unmask(f">a\n{masked}\n"):
            other = every[row["record_start"], row["rank"]]
            self.assertEqual(row["kmer"], other["kmer"])
            np.testing.assert_allclose(float(row["probability"]), float(other["probability"]), rtol=1e-5)


class Bench(ProgramTest):
    def test_measures_the_work_that_was_asked_for(self):
        model = write_model(self.folder / "model")
        hidden, ffn, layers, tokens, sequences = 24, 40, 2, 10, 3
        words = ("bench", "--model", model, "--repeat", 2, "--json", "--tokens", tokens)
        result = json.loads(self.succeed(*words, "--sequences", sequences))
        rows = sequences * tokens
        operations = layers * 2 * rows * (4 * hidden ** 2 + 2 * hidden * ffn + 2 * tokens * hidden)
        self.assertAlmostEqual(result["gflops_per_second"] * result["seconds"] * 1e9 / operations, 1, places=6)
        self.assertAlmostEqual(result["tokens_per_second"] * result["seconds"], rows, places=3)
        self.assertGreater(result["seconds_by_op"]["products"], 0)
        self.assertEqual(run(*words, "--sequences", 0)[0], 2)


if __name__ == "__main__":
    unittest.main()
