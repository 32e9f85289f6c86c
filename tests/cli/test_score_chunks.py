# SPDX-License-Identifier: Apache-2.0
"""`agront score` of long files: chunks, stopped runs, shards, processes of mpirun and agront merge change no bit."""

import fcntl
import json
import shutil
import signal
import subprocess
import time
import unittest

from score_support import ScoreTest, W, read_bytes
from support import PROGRAM, ranks_environment, run

MPIRUN = shutil.which("mpirun")
NUMBERS = {"chunks", "chunks_found_done", "command"}  # keys of OUT.json that say how the work was done


class ChunksTest(ScoreTest):
    RECORDS = 23
    CHUNK = 3  # records: 8 chunks

    def setUp(self):
        super().setUp()
        self.lines = [("chr1", 400 + 7 * i, self.chr1[399 + 7 * i], self.other(self.chr1, 400 + 7 * i) + ",*")
                      for i in range(self.RECORDS)]
        self.source = self.vcf(self.lines)

    def command(self, output, *options, scores="llr"):
        return ["score", "--variants", self.source, "--genome", self.genome, "--window-bp", W, "--scores", scores,
                "--chunk-records", self.CHUNK, "-t", 1, "-o", self.path(output), *options]

    def whole(self, output="whole.vcf.gz", *options, **more):
        self.succeed(*self.command(output, "-q", *options, **more))
        return self.path(output).read_bytes()

    def shards(self, count, ending="vcf.gz", *options, **more):
        """Parts of an own set of shards, in no order."""
        parts = [self.path(f"part-{i}.{ending}") for i in range(1, count + 1)]
        for i, part in enumerate(parts, 1):
            self.succeed(*self.command(part.name, "--shard", f"{i}/{count}", "-q", "--force", *options, **more))
        return parts[::-1]

    def unfinished(self, output="out.vcf.gz"):
        """Begins an output, and stops at record number 14, which is none, behind four chunks."""
        self.source = self.vcf([*self.lines[:13], "chr1\tx\t.\tA\tC\t.\t.\t."])
        status, _, err = run(*self.command(output, "-q"))
        self.assertEqual((status, "in.vcf:16: POS" in err), (1, True), err)
        self.source = self.vcf(self.lines)
        return self.path(output + ".unfinished")

    def made(self, output):
        return json.loads(self.path(output + ".json").read_text())

    def assert_same_origin(self, output, also=()):
        one, other = ({key: text for key, text in self.made(name).items() if key not in NUMBERS | set(also)}
                      for name in ("whole.vcf.gz", output))
        self.assertEqual(one, other)


class Shards(ChunksTest):
    def test_every_format_is_joined_bit_by_bit(self):
        for ending in ("vcf.gz", "vcf", "bcf", "tsv"):
            header = "" if ending != "bcf" else "##contig=<ID=chr1,length=900>"
            self.source = self.vcf(self.lines, header=header)
            expected = self.whole("whole." + ending)
            parts = self.shards(3, ending)
            self.succeed("merge", *parts, "-o", self.path("out." + ending), "-q")
            self.assertEqual(self.path("out." + ending).read_bytes(), expected, ending)
            for index in ("tbi", "csi"):
                whole, merged = (self.path(f"{name}.{ending}.{index}") for name in ("whole", "out"))
                self.assertEqual(whole.exists(), merged.exists())
                self.assertFalse(whole.exists() and whole.read_bytes() != merged.read_bytes())
        self.assert_same_origin("out.vcf.gz", ["command_of_part"])
        self.assertEqual([path.name for path in self.folder.glob("*.unfinished")], [])

    def test_parts_are_files_of_their_own(self):
        parts = self.shards(2)
        numbers = [[int(line.split(b"\t")[1]) for line in read_bytes(part).splitlines() if not line.startswith(b"#")]
                   for part in parts]
        self.assertEqual(sorted(sum(numbers, [])), [position for _, position, _, _ in self.lines])
        made = self.made("part-2.vcf.gz")
        self.assertEqual((made["shard"], made["chunks"], made["records"]), ("2/2", "4", "11"))

    def test_more_shards_than_chunks(self):
        expected = self.whole()
        self.succeed("merge", *self.shards(9), "-o", self.path("out.vcf.gz"), "-q")
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)

    def test_a_file_without_records(self):
        self.source = self.vcf([])
        expected = self.whole()
        self.succeed("merge", *self.shards(2), "-o", self.path("out.vcf.gz"), "-q")
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)
        self.assertEqual(self.made("out.vcf.gz")["records"], "0")

    def test_a_report_of_all(self):
        self.whole("whole.vcf.gz", "--report", self.path("whole.tsv"))
        self.succeed("merge", *self.shards(2), "-o", self.path("out.vcf.gz"), "--report", self.path("out.tsv"), "-q")
        text = self.path("out.tsv").read_text()
        self.assertEqual(self.path("whole.tsv").read_text(), text)
        self.assertTrue(text.startswith("status\talleles\nscored\t23\nuse_pll\t0\n"))
        self.assertIn("star\t23\n", text)

    def test_what_is_missing_twice_or_other_is_refused(self):
        first, second, third = self.shards(3)[::-1]
        out = ["-o", self.path("out.vcf.gz"), "-q"]
        self.refuse("merge", first, third, *out, says=["shard 2 of 3 is missing"])
        self.refuse("merge", first, second, third, second, *out, says=["part-2.vcf.gz: shard 2 is given twice"])
        self.refuse("merge", self.path("none.vcf.gz"), *out, says=["none.vcf.gz: no such file"])
        self.refuse("merge", first, second, third, "-o", self.path("out.vcf"), "-q", status=2, says=["parts are vcf.gz"])
        self.refuse("merge", first, second, third, "-o", first, "-q", says=["exists already"])
        plain = self.write("plain.vcf.gz", self.whole())
        self.refuse("merge", plain, *out, says=["plain.vcf.gz.manifest", "--shard"])
        self.succeed(*self.command(third.name, "--shard", "3/3", "-q", "--force", scores="llr,marginal"))
        self.refuse("merge", first, second, third, *out, says=["part-3.vcf.gz: has", "scores", "llr,marginal"])
        self.source = self.vcf(self.lines[:-4])
        self.succeed(*self.command(third.name, "--shard", "3/3", "-q", "--force"))
        self.refuse("merge", first, second, third, *out, says=["part-3.vcf.gz: was made of 7 chunks"])

    def test_parts_of_other_numbers_of_shards_are_refused(self):
        first = self.shards(2)[1].rename(self.path("first.vcf.gz"))
        for ending in ("json", "manifest"):
            self.path(f"part-1.vcf.gz.{ending}").rename(f"{first}.{ending}")
        self.refuse("merge", first, *self.shards(3), "-o", self.path("out.vcf.gz"), "-q", says=["of 3 shards, expected one of 2"])

    def test_each_shard_finds_out_that_the_genome_is_another(self):
        self.lines = [("chr1", position, self.other(reference, 1), reference) for _, position, reference, _ in self.lines]
        self.source = self.vcf(self.lines)
        for shard in ("1/2", "2/2"):
            self.refuse(*self.command("out.vcf.gz", "-q", "--shard", shard), says=["REF differs", "3 of the first 3 records"])

    def test_a_sorted_shard_of_what_is_not_sorted(self):
        """Each part is sorted, what they make together is not."""
        self.lines = self.lines[:3] + self.lines[6:9] + self.lines[3:6]
        self.source = self.vcf(self.lines)
        parts = self.shards(3)
        status, _, err = run("merge", *parts, "-o", self.path("out.vcf.gz"))
        self.assertEqual((status, "not sorted" in err), (0, True), err)
        self.assertFalse(self.path("out.vcf.gz.tbi").exists())
        self.assertTrue(self.path("part-1.vcf.gz.tbi").exists())
        self.lines = self.lines[::-1]
        self.source = self.vcf(self.lines)
        status, _, err = run("merge", *self.shards(2), "-o", self.path("out.vcf.gz"), "--force")
        self.assertEqual((status, "not sorted" in err), (0, True), err)

    def test_damaged_parts_are_refused(self):
        parts = self.shards(2)
        out = ["-o", self.path("out.vcf.gz"), "-q"]
        path = self.path("part-1.vcf.gz")
        whole, manifest = path.read_bytes(), self.path("part-1.vcf.gz.manifest")
        lines = manifest.read_text().splitlines(keepends=True)
        changed = bytearray(whole)
        changed[-60] ^= 1
        for data, says in ((whole[:-1], "has"), (whole + b"\0", "has"), (bytes(changed), "damaged: chunk 6"),
                           (b"\x1f\x8c" + whole[2:], "its header")):
            path.write_bytes(data)
            self.refuse("merge", *parts, *out, says=["part-1.vcf.gz", says])
        path.write_bytes(whole)
        for text, says in (("".join(lines[:-1]), "cut short"), ("".join(lines)[:-1], "cut short"), ("", "cut short"),
                           ("".join(lines[:2] + lines[3:]), "bytes"), ("".join(["{}\n"] + lines[1:]), "manifest:1"),
                           ("".join(lines).replace('"agront_score":1', '"agront_score":2'), "manifest:1"),
                           ("".join(lines).replace('"bytes":', '"bytes":-'), "manifest:2"),
                           ("".join(lines).replace('"chunk":0', '"chunk":1'), "")):
            manifest.write_text(text)
            self.refuse("merge", *parts, *out, says=["part-1.vcf.gz", says])

    def test_what_cannot_be_shared_is_refused(self):
        of_input = ["-" if word == self.source else word for word in self.command("o.vcf")]
        for words in (of_input, self.command("o.vcf")[:-2]):
            self.refuse(*words, "--shard", "1/2", status=2, says=["--shard goes with a file of variants and -o FILE"], text="")
        for shard in ("3/2", "0/2", "1", "a/b", "1/2/3", "/2"):
            self.refuse(*self.command("o.vcf", "--shard", shard), status=2, says=["I/N"])


class Stopped(ChunksTest):
    def test_goes_on_from_what_is_listed(self):
        expected = self.whole()
        folder = self.unfinished()
        self.assertEqual(len(list(folder.glob("chunk-*"))), 4)
        (folder / "chunk-3").write_bytes(b"damaged")
        same_size = bytearray((folder / "chunk-2").read_bytes())
        same_size[-1] ^= 1
        (folder / "chunk-2").write_bytes(same_size)
        (folder / "chunk-4").write_bytes(b"listed nowhere")
        manifest = folder / "manifest-0.jsonl"
        self.assertEqual(manifest.read_text().count("\n"), 5)
        with open(manifest, "a") as file:
            file.write('{"chunk":')  # as a kill may cut it
        self.succeed(*self.command("out.vcf.gz", "-q"))
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)
        made = self.made("out.vcf.gz")
        self.assertEqual((made["chunks"], made["chunks_found_done"], made["records"]), ("8", "4", "23"))
        self.assertFalse(folder.exists())
        self.assert_same_origin("out.vcf.gz")

    def test_what_has_changed_is_not_gone_on_with(self):
        folder = self.unfinished()
        for options, says in ((["--reference-mismatch", "error"], 'reference_mismatch "mark", expected "error"'),
                              (["--window-bp", 90], "window_bp 126, expected 90"), (["--scores", "pll"], "scores"),
                              (["--chunk-records", 5], "chunk_records"), (["--batch-tokens", 100], "batch_tokens"),
                              (["--frames", 6], "frames 0, expected 6"), (["--shared-masks"], "shared_masks false, expected true"),
                              (["--shard", "1/2"], "shard 1 of 1"), (["--precision", "int8"], "precision")):
            command = self.command("out.vcf.gz", "-q")
            if options[0] in command:
                del command[command.index(options[0]):command.index(options[0]) + 2]
            self.refuse(*command, *options, says=["out.vcf.gz.unfinished: has", says, "--force begins again"])
        self.source = self.vcf([*self.lines[:4], ("chr1", 421, self.chr1[420], "*"), *self.lines[5:]])
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["in.vcf: the 3 records from number 4 on are others"])
        self.source = self.vcf(self.lines[:4])
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["in.vcf: the 3 records from number 4 on are others"])
        self.source = self.vcf(self.lines)
        genome = self.genome.read_text()
        self.genome.write_text(genome.replace(self.chr2.lower(), self.other(self.chr2.upper(), 1, 60)))
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["the genome has changed"])
        self.genome.write_text(genome + ">chr4\nA\n")
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["genome_"])
        self.assertEqual(len(list(folder.glob("chunk-*"))), 4)
        self.genome.write_text(genome)
        self.succeed(*self.command("out.vcf.gz", "-q", "--force"))
        self.assertEqual(self.made("out.vcf.gz")["chunks_found_done"], "0")
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), self.whole())

    def test_what_stands_in_the_way_at_the_end_is_said_at_the_beginning(self):
        """As where a workflow removed the output of a run that failed, but not what is beside it."""
        report = ["--report", self.path("report.tsv")]
        for name in ("out.vcf.gz", "out.vcf.gz.json", "report.tsv", "report.tsv.json"):
            self.write(name, "{}")
            self.refuse(*self.command("out.vcf.gz", "-q", *report), says=[f"{name}: exists already"])
            self.assertFalse(self.path("out.vcf.gz.unfinished").exists(), "no work was done")
            self.path(name).unlink()
        parts = self.shards(2)
        self.write("merged.vcf.gz.json", "{}")
        self.refuse("merge", *parts, "-o", self.path("merged.vcf.gz"), "-q", says=["merged.vcf.gz.json: exists already"])
        self.path("part-1.vcf.gz").unlink()
        self.shards(2)  # with --force

    def test_other_names_of_contigs_are_another_run(self):
        self.unfinished()
        names = self.write("names.tsv", "chr1\tchr1\n")
        self.refuse(*self.command("out.vcf.gz", "-q", "--contig-names", names), says=["contig_names_sha256"])

    def test_what_pll_has_changed_in_is_not_gone_on_with(self):
        self.CHUNK = 1
        self.source = self.vcf([*self.lines[:2], "chr1\tx\t.\tA\tC\t.\t.\t."])
        self.assertEqual(run(*self.command("out.vcf.gz", "-q", scores="pll"))[0], 1)
        for options, says in ((["--pll-flank", 3], "pll_flank 4, expected 3"), (["--indel-null", 1], "indel_null 0, expected 1")):
            self.refuse(*self.command("out.vcf.gz", "-q", *options, scores="pll"), says=[says])

    def test_a_manifest_that_does_not_say_what_it_is_of(self):
        manifest = self.unfinished() / "manifest-0.jsonl"
        manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[1:]))
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["damaged: nothing says what it is of"])

    def test_an_error_before_the_first_chunk_leaves_nothing(self):
        self.source = self.vcf([(*self.lines[0][:3], "A"), "chr1\tx\t.\tA\tC\t.\t.\t."])
        self.refuse(*self.command("out.vcf.gz", "-q"), says=["POS"])

    def test_two_at_a_time_are_refused(self):
        folder = self.unfinished()
        with open(folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            status, _, err = run(*self.command("out.vcf.gz", "-q"))
        self.assertEqual(status, 1)
        self.assertIn("another process is at work", err)

    def test_standard_input_says_once_that_it_cannot_go_on(self):
        text, expected = self.source.read_text(), self.whole()
        words = [word if word != self.source else "-" for word in self.command("out.vcf.gz")]
        status, _, err = run(*words, text=text)
        self.assertEqual((status, err.count("cannot be read again")), (0, 1), err)
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)

    def test_killed_at_ten_moments(self):
        """Each shard is killed with -9 behind each of its chunks in turn, and begun again."""
        self.lines = [("chr1", 400 + 20 * i, self.chr1[399 + 20 * i], self.chr1[399 + 20 * i] + "GATT"[: i % 4 + 1])
                      for i in range(24)]
        self.source, self.CHUNK = self.vcf(self.lines), 2
        expected = self.whole(scores="pll")
        kills = 0
        for shard in (1, 2):
            words = self.command(f"part-{shard}.vcf.gz", "--shard", f"{shard}/2", "-q", scores="pll")
            folder = self.path(f"part-{shard}.vcf.gz.unfinished")
            for chunks in range(5):
                process = subprocess.Popen([PROGRAM, *map(str, words)])
                while process.poll() is None and len(list(folder.glob("chunk-*[0-9]"))) <= chunks:
                    time.sleep(0.001)
                process.kill()
                kills += process.wait() == -signal.SIGKILL
            self.succeed(*words)
        self.assertGreaterEqual(kills, 8, "moments before the end")
        self.assertGreater(int(self.made("part-2.vcf.gz")["chunks_found_done"]), 2)
        self.succeed("merge", self.path("part-2.vcf.gz"), self.path("part-1.vcf.gz"), "-o", self.path("out.vcf.gz"), "-q")
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)


@unittest.skipIf(MPIRUN is None, "no mpirun here")
class Ranks(ChunksTest):
    def ranks(self, *words):
        return subprocess.run([MPIRUN, "--oversubscribe", "-n", "4", PROGRAM, *map(str, words)], capture_output=True,
                              text=True, env=ranks_environment())

    def test_four_write_the_same_bytes(self):
        expected = self.whole()
        done = self.ranks(*self.command("out.vcf.gz"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)
        self.assertEqual(done.stderr.count("23 records; alleles: 23 scored, 23 star"), 1, done.stderr)
        self.assert_same_origin("out.vcf.gz")
        for shard in (1, 2):
            done = self.ranks(*self.command(f"part-{shard}.vcf.gz", "--shard", f"{shard}/2", "-q"))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.succeed("merge", self.path("part-1.vcf.gz"), self.path("part-2.vcf.gz"), "-o", self.path("both.vcf.gz"), "-q")
        self.assertEqual(self.path("both.vcf.gz").read_bytes(), expected)

    def test_four_go_on_where_one_stopped(self):
        expected = self.whole()
        self.unfinished()
        done = self.ranks(*self.command("out.vcf.gz", "-q"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.path("out.vcf.gz").read_bytes(), expected)
        self.assertEqual(self.made("out.vcf.gz")["chunks_found_done"], "4")

    def test_an_error_of_one_ends_all(self):
        self.source = self.vcf([*self.lines[:19], "chr1\tx\t.\tA\tC\t.\t.\t.", *self.lines[19:]])
        done = self.ranks(*self.command("out.vcf.gz", "-q"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("in.vcf:22: POS", done.stderr)
        done = self.ranks("score", "--variants", "-", "--genome", self.genome, "-o", self.path("o.vcf"), "-q")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("standard input", done.stderr)


if __name__ == "__main__":
    unittest.main()
