# SPDX-License-Identifier: Apache-2.0
"""A corpus to a model: kills, stops, resumes, ranks, validation."""

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

from pretrain_support import MPIRUN, PretrainTest, lines
from support import PROGRAM, ProgramTest, ranks_environment, run


class Runs(PretrainTest):
    def test_learns_and_leaves_a_model(self):
        self.succeed(*self.words("run", "--steps", 60, "--keep", 2, "--checkpoint-every", 20))
        metrics = lines(self.path("run") / "metrics.jsonl")
        self.assertEqual([line["step"] for line in metrics], list(range(1, 61)))
        self.assertLess(metrics[-1]["mask_loss"], metrics[0]["mask_loss"] - 1)
        for key in ("loss", "tokens", "ranks", "learning_rate", "mask_accuracy", "seconds"):
            self.assertIn(key, metrics[0])
        self.assertEqual(metrics[-1]["tokens"], 60 * 8 * 21)
        self.assertEqual(sorted(name for name in os.listdir(self.path("run")) if name.startswith("step-")),
                         ["step-40", "step-60"])
        self.assertIn("hidden: 16", self.succeed("info", self.path("run") / "step-60", "--verify"))
        report = (self.path("run") / "report.html").read_text()
        self.assertIn("<svg", report)
        self.assertIn("<b>Nothing was validated</b>", report)
        self.assertNotIn("<h2>Accuracy</h2>", report)
        self.assertIn('<div class="scroll"><table class="left">\n<tr><td>corpus</td>', report)
        events, = self.path("run").glob("events.out.tfevents.*")
        self.assertEqual(events.read_bytes().count(b"train/mask_loss"), 60)
        # From there on, on another corpus or the same; to go on needs no --init, and neither needs the shape.
        shape = ["--hidden", "--heads", "--layers", "--ffn", "--max-tokens"]
        self.succeed(*self.words("more", "--init", self.path("run") / "step-60", "--steps", 3, without=shape))
        self.succeed(*self.words("more", "--steps", 6, without=shape))
        self.assertEqual(json.loads((self.path("more") / "config.json").read_text())["ffn"], 24)
        self.assertLess(lines(self.path("more") / "metrics.jsonl")[0]["mask_loss"], metrics[0]["mask_loss"] - 1)

    def test_takes_options_from_a_file(self):
        self.succeed(*self.words("run", "--steps", 2))
        config = json.loads((self.path("run") / "config.json").read_text())
        self.assertEqual(config["steps"], 2)
        flags = set(re.findall(r"^ .*--([a-z0-9-]+)", self.succeed("pretrain", "--help"), re.MULTILINE))
        self.assertEqual(flags - set(config), {"config", "help", "max-memory", "output", "quiet",
                                               "threads"})
        self.write("c.json", json.dumps({"_about": "the same run", **config}))
        self.succeed("pretrain", "--config", self.path("c.json"), "-o", self.path("again"), "-q", "--threads", 1)
        self.assertEqual(self.curve("again"), self.curve("run"))
        self.assertEqual(self.weights("again", 2), self.weights("run", 2))

    def test_goes_on_after_a_kill_to_the_same_bits(self):
        """Prints what happened, for who wants to see it."""
        self.succeed(*self.words("whole"))
        generator = random.Random(2)
        metrics = self.path("killed") / "metrics.jsonl"
        count = lambda: metrics.read_text().count("\n") if metrics.exists() else 0
        kills = 0
        print()
        while kills < 200:
            start = f"from step {self.last_checkpoint('killed')}" if self.last_checkpoint("killed") else "from the start"
            process = subprocess.Popen([PROGRAM, *map(str, self.words("killed"))], stderr=subprocess.DEVNULL)
            while process.poll() is None and not self.path("killed").exists():
                time.sleep(0.001)
            least = count()  # a start cuts the curve back to a checkpoint: count what is new since then
            written = generator.randint(1, 4)
            while process.poll() is None and count() < least + written:
                least = min(least, count())
                time.sleep(0.001)
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            print(f"{start}: killed after step {count()}")
        print(f"{start}: ended after step {count()}")
        self.assertEqual(process.returncode, 0)
        self.assertGreater(kills, 0)
        self.assertEqual(self.curve("killed"), self.curve("whole"))
        self.assertEqual(self.weights("killed"), self.weights("whole"))
        print(f"{kills} kills: loss and gradient norm of all steps, and the last weights, are bit for bit those of a run "
              "without any")

    def test_cuts_the_curve_back_to_the_checkpoint(self):
        self.succeed(*self.words("run"))
        whole, weights = self.curve("run"), self.weights("run")
        shutil.rmtree(self.path("run") / "step-12")
        with (self.path("run") / "metrics.jsonl").open("a") as stream:
            stream.write('{"step": 13, "loss": 1.')  # a kill in the middle of a line
        self.succeed(*self.words("run"))
        self.assertEqual(self.curve("run"), whole)
        self.assertEqual(self.weights("run"), weights)
        events, = self.path("run").glob("events.out.tfevents.*")
        self.assertEqual(events.read_bytes().count(b"train/mask_loss"), 12)

    def test_stops_politely(self):
        process = subprocess.Popen([PROGRAM, *map(str, self.words("run", "--steps", 100000, "--checkpoint-every", 50000))],
                                   stderr=subprocess.PIPE, text=True)
        self.wait_for_steps("run", 3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assert_ends_with_a_checkpoint("run")

    def test_loses_nothing_to_a_full_disk(self):
        self.succeed(*self.words("run", "--steps", 3))
        before = self.weights("run", 3)

        self.run_out_of_disk(20_000, self.words("run", "--steps", 12), says="step-6")
        self.assertEqual(self.weights("run", 3), before)
        self.assertFalse([name for name in os.listdir(self.path("run")) if name.endswith(".partial")])
        self.succeed(*self.words("run", "--steps", 12))
        self.succeed(*self.words("whole"))
        self.assertEqual(self.weights("run"), self.weights("whole"))

    def test_loses_nothing_to_a_disk_that_fills_with_metrics(self):
        self.succeed(*self.words("run", "--steps", 3))
        metrics = self.path("run") / "metrics.jsonl"
        curve = [{**line, "remark": "x" * 6000} for line in lines(metrics)]  # so that it is the largest file
        metrics.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in curve))
        limit = metrics.stat().st_size + 500  # the next line fits, the one after does so in part
        self.run_out_of_disk(limit, self.words("run", "--checkpoint-every", 100), says="metrics.jsonl")
        self.assertEqual(metrics.stat().st_size, limit)
        self.succeed(*self.words("run"))
        self.succeed(*self.words("whole"))
        self.assertEqual(self.curve("run"), self.curve("whole"))
        self.assertEqual(self.weights("run"), self.weights("whole"))

    def run_out_of_disk(self, most, words, says):
        """Runs where no file may grow beyond `most` bytes."""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, preexec_fn=limit)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertIn(says, done.stderr)

    def test_recomputing_and_threads_change_no_bit(self):
        self.succeed(*self.words("plain"))
        for output, *options in (("again", "--recompute", "on"), ("threads", "--threads", 3)):
            self.succeed(*self.words(output, *options))
            self.assertEqual(self.weights(output), self.weights("plain"))
            self.assertEqual(self.curve(output), self.curve("plain"))

    def test_mixed_precision(self):
        info = json.loads(self.succeed("bench", "--repeat", 1, "--tokens", 8, "--precision", "fp32", "--json"))
        if not info["instruction_set"].endswith(("bf16", "AMX")):
            self.refuse(*self.words("mixed", "--precision", "bf16"), says=["bf16", "--precision fp32"])
            self.succeed(*self.words("auto", "--precision", "auto"))
            self.assertEqual(json.loads((self.path("auto") / "config.json").read_text())["precision"], "fp32")
            return
        self.succeed(*self.words("whole"))
        self.succeed(*self.words("mixed", "--precision", "bf16"))
        exact, mixed = self.curve("whole"), self.curve("mixed")
        self.assertNotEqual(exact, mixed)
        for (_, loss, _), (_, rounded, _) in zip(exact, mixed, strict=True):
            self.assertLess(abs(rounded - loss), 0.02 * loss)
        self.succeed(*self.words("cut", "--precision", "auto", "--steps", 6, "--decay", "none"))
        self.refuse(*self.words("cut", "--precision", "fp32", "--decay", "none"), says=["precision", "bf16", "fp32"])
        self.succeed(*self.words("cut", "--precision", "auto", "--decay", "none"))
        self.succeed(*self.words("uncut", "--precision", "bf16", "--decay", "none"))
        self.assertEqual(self.curve("cut"), self.curve("uncut"))
        self.assertEqual(self.weights("cut"), self.weights("uncut"))

    def test_says_when_rounding_changes(self):
        def start(*options):
            words = self.words("run", *options)
            words.remove("-q")
            status, _, err = run(*words)
            self.assertEqual(status, 0, err)
            return err

        start("--steps", 3)
        state = json.loads((self.path("run") / "step-3" / "training.json").read_text())
        self.assertEqual((state["ranks"], state["threads"], state["micro-batch"]), (1, 1, 2))
        self.assertIn("AVX", state["instruction-set"])
        self.assertNotIn("rounding", start("--steps", 6, "--threads", 2))
        self.assertIn("with 1 rank, micro-batch 2, AVX", start("--steps", 9, "--micro-batch", 4))
        self.assertNotIn("rounding", start("--steps", 12, "--micro-batch", 4))


@unittest.skipIf(MPIRUN is None, "no mpirun here")
class Ranks(PretrainTest):
    def test_ranks_share_the_work(self):
        self.succeed(*self.words("one"))
        alone = self.curve("one")
        for ranks in (2, 4):
            done = self.run_ranks(ranks, *self.words(f"ranks{ranks}"))
            self.assertEqual(done.returncode, 0, done.stderr)
            got = self.curve(f"ranks{ranks}")
            self.assertEqual(lines(self.path(f"ranks{ranks}") / "metrics.jsonl")[0]["ranks"], ranks)
            for (step, loss, norm), (_, alone_loss, alone_norm) in zip(got, alone, strict=True):
                self.assertAlmostEqual(loss, alone_loss, delta=1e-4 * alone_loss, msg=f"step {step}")
                self.assertAlmostEqual(norm, alone_norm, delta=1e-3 * alone_norm, msg=f"step {step}")

    def test_goes_on_with_other_ranks(self):
        done = self.run_ranks(2, *self.words("run", "--steps", 6))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.succeed(*self.words("run"))
        self.succeed(*self.words("one"))
        for (step, loss, _), (_, alone, _) in zip(self.curve("run"), self.curve("one"), strict=True):
            self.assertAlmostEqual(loss, alone, delta=1e-4 * alone, msg=f"step {step}")

    def test_the_same_ranks_give_the_same_bits(self):
        self.run_ranks(2, *self.words("whole"))
        self.run_ranks(2, *self.words("parts", "--steps", 6))
        self.run_ranks(2, *self.words("parts"))
        self.assertEqual(self.curve("parts"), self.curve("whole"))
        self.assertEqual(self.weights("parts"), self.weights("whole"))

    def test_all_stop_when_one_is_told_to(self):
        for who in ("mpirun", "a rank"):
            with self.subTest(who=who):
                output = who[:1]
                process = self.start_ranks(2, *self.words(output, "--steps", 1000000, "--checkpoint-every", 500000))
                self.wait_for_steps(output, 3)
                told = process.pid if who == "mpirun" else self.ranks_of(process)[1]
                os.kill(told, signal.SIGUSR1 if who == "mpirun" else signal.SIGTERM)
                _, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, err)
                self.assert_ends_with_a_checkpoint(output)

    def test_goes_on_when_a_rank_was_killed(self):
        process = self.start_ranks(2, *self.words("run", "--steps", 1000000, "--keep", 1000000))
        self.wait_for_steps("run", 4)
        os.kill(self.ranks_of(process)[1], signal.SIGKILL)
        _, err = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("Killed", err)  # mpirun names the rank and the signal
        last = self.last_checkpoint("run")
        self.run_ranks(2, *self.words("run", "--steps", last + 3))
        self.run_ranks(2, *self.words("whole", "--steps", last + 3))
        self.assertEqual(self.curve("run"), self.curve("whole"))
        self.assertEqual(self.weights("run", last + 3), self.weights("whole", last + 3))

    def test_one_rank_that_fails_ends_all(self):
        good = [str(word) for word in self.words("run", "--steps", 100000)]
        bad = [str(word) for word in self.words("run", "--steps", 100000, "--corpus", self.path("nowhere"))]
        done = subprocess.run([MPIRUN, "--bind-to", "none", "--oversubscribe", "-n", "1", PROGRAM, *good, ":", "-n", "1",
                               PROGRAM, *bad], capture_output=True, text=True, env=ranks_environment(), timeout=120)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nowhere", done.stderr)


class Validation(PretrainTest):
    def setUp(self):
        """Enough blocks of 1 Mb that both parts have some."""
        ProgramTest.setUp(self)
        generator = random.Random(3)
        for species in "AB":
            self.write(f"{species}.fa", "".join(f">c{i}\n" + "".join(generator.choices("ACGT", k=4000)) + "\n"
                                                for i in range(8)))
        self.write("genomes.tsv", "species\tfasta\tregions\tweight\nA\tA.fa\t.\t.\nB\tB.fa\t.\t.\n")
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--window-tokens", 21, "--overlap",
                     12, "-q", "--training-share", 0.5)

    def test_tells_the_quality_by_species(self):
        self.succeed(*self.words("run", "--validation-windows", 16))
        before, first, second = lines(self.path("run") / "validation.jsonl")
        self.assertEqual((before["step"], first["step"], second["step"]), (0, 6, 12))
        self.assertGreater(before["loss"], 8)  # random weights guess: ln 4096 is 8.318
        self.assertEqual(set(first["species"]), {"A", "B"})
        self.assertEqual(first["masks"], sum(one["masks"] for one in first["species"].values()))
        self.assertEqual(first["masks"], second["masks"])
        self.assertNotEqual(first["loss"], second["loss"])

    def test_goes_on_to_the_same_validations(self):
        words = ["--validation-windows", 16, "--validate-every", 2]
        self.succeed(*self.words("whole", *words))
        self.succeed(*self.words("parts", *words, "--steps", 7))
        shutil.rmtree(self.path("parts") / "step-7")  # as if killed after it: the last one is of step 6
        self.succeed(*self.words("parts", *words))
        self.assertEqual(self.path("parts").joinpath("validation.jsonl").read_text(),
                         self.path("whole").joinpath("validation.jsonl").read_text())
        self.assertEqual(self.weights("parts"), self.weights("whole"))

    def stop_in_validation(self, start, output):
        """Ends with a checkpoint, but no line, of the validation after step 2: it would take minutes."""
        self.succeed(*self.words(output, "--validation-windows", 16, "--validate-every", 2, "--steps", 1))
        validations = self.path(output) / "validation.jsonl"
        before, _ = validations.read_text().splitlines(keepends=True)
        validations.write_text(before)  # the other one is due only where a run ends
        process = start(self.words(output, "--validation-windows", 999_999, "--validate-every", 2))
        self.wait_for_steps(output, 2)
        process.send_signal(signal.SIGUSR1)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(len(lines(self.path(output) / "metrics.jsonl")), 2)
        self.assertEqual(validations.read_text(), before)
        self.assertTrue((self.path(output) / "step-2").exists())

    def test_stops_in_a_validation_and_makes_up_for_it(self):
        self.stop_in_validation(lambda words: subprocess.Popen([PROGRAM, *map(str, words)], stderr=subprocess.PIPE), "run")
        words = ["--validation-windows", 16, "--validate-every", 2, "--steps", 4]
        self.succeed(*self.words("whole", *words))
        self.succeed(*self.words("run", *words))
        self.assertEqual(self.path("run").joinpath("validation.jsonl").read_text(),
                         self.path("whole").joinpath("validation.jsonl").read_text())

    @unittest.skipIf(MPIRUN is None, "no mpirun here")
    def test_ranks_stop_in_a_validation(self):
        self.stop_in_validation(lambda words: self.start_ranks(2, *words), "run")


if __name__ == "__main__":
    unittest.main()
