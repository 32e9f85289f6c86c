# SPDX-License-Identifier: Apache-2.0
"""A corpus to a model: kills, resumes, ranks, and everything that `agront pretrain` refuses."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time
import unittest

from support import PROGRAM, ProgramTest, run, write_model

SMALL = {"--layers": 2, "--hidden": 16, "--heads": 2, "--ffn": 24, "--max-tokens": 32, "--batch-tokens": 8 * 21,
         "--micro-batch": 2, "--learning-rate": 1e-2, "--learning-rate-start": 0, "--warmup-steps": 4, "--steps": 12,
         "--checkpoint-every": 3, "--validate-every": 6, "--validation-windows": 0, "--threads": 1}
MPIRUN = shutil.which("mpirun")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class PretrainTest(ProgramTest):
    def setUp(self):
        super().setUp()
        generator = random.Random(1)
        # A mosaic of few words: something to learn, so that losses fall.
        words = ["".join(generator.choices("ACGT", k=60)) for _ in range(8)]
        genome = "".join(generator.choice(words) for _ in range(400))
        self.write("a.fa", ">chr1\n" + genome + "\n")
        self.write("genomes.tsv", "species\tfasta\tregions\tweight\nA\ta.fa\t.\t.\n")
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--window-tokens", 21, "--overlap",
                     12, "--keep-duplicates", "-q", "--training-share", 1)

    def words(self, output, *options):
        """The command line of a small run; `options` are flags and values that replace those of SMALL."""
        flags = {"--corpus": self.path("corpus"), **SMALL, **dict(zip(options[::2], options[1::2], strict=True))}
        return ["pretrain", "-o", self.path(output), "-q", *(word for pair in flags.items() for word in pair)]

    def assert_ends_with_a_checkpoint(self, output):
        last = lines(self.path(output) / "metrics.jsonl")[-1]["step"]
        self.assertTrue((self.path(output) / f"step-{last}" / "optimizer.safetensors").exists())

    def curve(self, output):
        return [(line["step"], line["loss"], line["gradient_norm"]) for line in lines(self.path(output) / "metrics.jsonl")]

    def weights(self, output, step=12):
        return (self.path(output) / f"step-{step}" / "model.safetensors").read_bytes()

    def start_ranks(self, ranks, *words):
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        return subprocess.Popen([MPIRUN, "--bind-to", "none", "--oversubscribe", "-n", str(ranks), PROGRAM,
                                 *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=environment)

    def run_ranks(self, ranks, *words):
        process = self.start_ranks(ranks, *words)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ranks_of(self, process):
        """The processes that mpirun started, in the order of their numbers."""
        children = pathlib.Path(f"/proc/{process.pid}/task").glob("*/children")
        return sorted(int(pid) for file in children for pid in file.read_text().split())

    def wait_for_steps(self, output, count):
        metrics = self.path(output) / "metrics.jsonl"
        deadline = time.monotonic() + 60
        while not (metrics.exists() and metrics.read_text().count("\n") >= count):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)


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
        self.assertIn("<svg", (self.path("run") / "report.html").read_text())
        events, = self.path("run").glob("events.out.tfevents.*")
        self.assertEqual(events.read_bytes().count(b"train/mask_loss"), 60)
        # From there on, on another corpus or the same; to go on needs no --init.
        self.succeed(*self.words("more", "--init", self.path("run") / "step-60", "--steps", 3, "--hidden", 1500))
        self.succeed(*self.words("more", "--steps", 6))
        self.assertLess(lines(self.path("more") / "metrics.jsonl")[0]["mask_loss"], metrics[0]["mask_loss"] - 1)

    def test_takes_options_from_a_file(self):
        self.succeed(*self.words("run", "--steps", 2))
        config = json.loads((self.path("run") / "config.json").read_text())
        self.assertEqual(config["steps"], 2)
        self.write("c.json", json.dumps({"_about": "the same run", **config}))
        self.succeed("pretrain", "--config", self.path("c.json"), "-o", self.path("again"), "-q", "--threads", 1)
        self.assertEqual(self.curve("again"), self.curve("run"))
        self.assertEqual(self.weights("again", 2), self.weights("run", 2))

    def test_goes_on_after_a_kill_to_the_same_bits(self):
        self.succeed(*self.words("whole"))
        steps = random.Random(2)
        metrics = self.path("killed") / "metrics.jsonl"
        count = lambda: metrics.read_text().count("\n") if metrics.exists() else 0
        kills = 0
        while kills < 200:
            process = subprocess.Popen([PROGRAM, *map(str, self.words("killed"))], stderr=subprocess.DEVNULL)
            while process.poll() is None and not self.path("killed").exists():
                time.sleep(0.001)
            least = count()  # a start cuts the curve back to a checkpoint: count what is new since then
            written = steps.randint(1, 4)
            while process.poll() is None and count() < least + written:
                least = min(least, count())
                time.sleep(0.001)
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        self.assertEqual(process.returncode, 0)
        self.assertGreater(kills, 0)
        self.assertEqual(self.curve("killed"), self.curve("whole"))
        self.assertEqual(self.weights("killed"), self.weights("whole"))

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

        def limit():  # no file may grow beyond a few kilobytes
            import resource
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        done = subprocess.run([PROGRAM, *map(str, self.words("run", "--steps", 12))], capture_output=True, text=True,
                              preexec_fn=limit)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        self.assertEqual(self.weights("run", 3), before)
        self.assertFalse([name for name in os.listdir(self.path("run")) if name.endswith(".partial")])
        self.succeed(*self.words("run", "--steps", 12))
        self.succeed(*self.words("whole"))
        self.assertEqual(self.weights("run"), self.weights("whole"))

    def test_recomputing_and_threads_change_no_bit(self):
        self.succeed(*self.words("plain"))
        for output, *options in (("anew", "--recompute", "on"), ("threads", "--threads", 3)):
            self.succeed(*self.words(output, *options))
            self.assertEqual(self.weights(output), self.weights("plain"))
            self.assertEqual(self.curve(output), self.curve("plain"))

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

    def test_one_rank_that_fails_ends_all(self):
        good = [str(word) for word in self.words("run", "--steps", 100000)]
        bad = [str(word) for word in self.words("run", "--steps", 100000, "--corpus", self.path("nowhere"))]
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        done = subprocess.run([MPIRUN, "--bind-to", "none", "--oversubscribe", "-n", "1", PROGRAM, *good, ":", "-n", "1",
                               PROGRAM, *bad], capture_output=True, text=True, env=environment, timeout=120)
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
        first, second = lines(self.path("run") / "validation.jsonl")
        self.assertEqual((first["step"], second["step"]), (6, 12))
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
        process = start(self.words(output, "--validation-windows", 999_999, "--validate-every", 2))
        self.wait_for_steps(output, 2)
        process.send_signal(signal.SIGUSR1)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(len(lines(self.path(output) / "metrics.jsonl")), 2)
        self.assertFalse((self.path(output) / "validation.jsonl").exists())
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


class Refusals(PretrainTest):
    def test_options_that_make_no_sense(self):
        for options, says in (
                (("--heads", 3), ["--heads", "16", "3"]), (("--steps", 0), ["--steps", "0"]),
                (("--decay", "square"), ["decay", "square"]), (("--beta1", 1), ["--beta1"]), (("--epsilon", 0), ["--epsilon"]),
                (("--fold", -7), ["--fold"]), (("--batch-tokens", 2**63 - 1), ["--batch-tokens"]),
                (("--window-tokens", 40), ["window"]), (("--max-memory", "20Q"), ["--max-memory", "20Q"]),
                (("--masking-ratio", 0), ["0"]), (("--recompute", "perhaps"), ["--recompute", "perhaps"]),
                (("--learning-rate", "nan"), ["--learning-rate", "nan"]), (("--learning-rate", "fast"), ["fast"])):
            with self.subTest(options=options):
                status, _, err = run(*self.words("run", *options))
                self.assertEqual(status, 2, err)
                for words in says:
                    self.assertIn(words, err)
                self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_a_config_that_is_wrong(self):
        for text, says in (('{"stepz": 3}', ["c.json", "stepz"]), ('{"steps": "three"}', ["c.json", "steps", "three"]),
                           ('{"steps": 3', ["c.json", "JSON"]), ("[1]", ["c.json", "object"]),
                           ('{"batch-tokens": [1]}', ["c.json", "batch-tokens", "[1]"])):
            with self.subTest(text=text):
                config = self.write("c.json", text)
                self.refuse("pretrain", "--corpus", self.path("corpus"), "-o", self.path("run"), "--config", config,
                            status=2, says=says)
        self.refuse(*self.words("run", "--config", self.path("none.json")), status=2, says=["none.json"])

    def test_the_published_run_needs_more_memory(self):
        config = pathlib.Path(__file__).resolve().parents[2] / "configs" / "agront-1b.json"
        status, _, err = run("pretrain", "--corpus", self.path("corpus"), "-o", self.path("run"), "--config", config,
                             "--max-memory", "10G")
        self.assertEqual(status, 1, err)
        self.assertRegex(err, r"at least 1\d\.\d\d GB \(15\.86 GB of it parameters")

    def test_a_corpus_that_is_not_there_or_has_changed(self):
        status, _, err = run(*self.words("run", "--corpus", self.path("nowhere")))
        self.assertEqual(status, 1)
        self.assertIn("nowhere", err)
        self.succeed(*self.words("run", "--steps", 3))
        self.write("a.fa", ">chr1\n" + "ACGTTGCA" * 500 + "\n")
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("other"), "--window-tokens", 21, "--overlap", 12,
                     "--keep-duplicates", "-q", "--training-share", 1)
        status, _, err = run(*self.words("run", "--corpus", self.path("other")))
        self.assertEqual(status, 1)
        self.assertIn("other", err)
        self.assertIn("corpus", err)

    def test_another_run_in_the_same_folder(self):
        self.succeed(*self.words("run", "--steps", 3))
        for options, says in ((("--learning-rate", 1e-3), ["learning-rate", "0.01", "0.001"]),
                              (("--hidden", 18), ["hidden", "16", "18"]), (("--seed", 5), ["seed"])):
            status, _, err = run(*self.words("run", *options))
            self.assertEqual(status, 1, err)
            for words in ["config.json", *says]:
                self.assertIn(words, err)

    def test_a_model_of_another_shape_or_too_little_memory(self):
        model = write_model(self.folder / "model")
        status, _, err = run(*self.words("run", "--init", model, "--window-tokens", 0, "--max-memory", "1M"))
        self.assertEqual(status, 1, err)
        self.assertIn("memory", err)
        self.succeed(*self.words("run", "--steps", 3))
        damaged = self.path("run") / "step-3" / "optimizer.safetensors"
        damaged.write_bytes(damaged.read_bytes()[:-8])
        status, _, err = run(*self.words("run", "--steps", 6))
        self.assertEqual(status, 1)
        self.assertIn("optimizer.safetensors", err)

    def test_gradients_that_are_not_finite_stop_the_run(self):
        self.succeed(*self.words("run", "--steps", 3))
        model = self.path("broken")
        shutil.copytree(self.path("run") / "step-3", model)
        weights = model / "model.safetensors"
        raw = bytearray(weights.read_bytes())
        raw[-4:] = b"\0\0\xc0\x7f"  # a NaN: the head's last bias
        weights.write_bytes(raw)
        status, _, err = run(*self.words("more", "--init", model, "--max-skipped", 2))
        self.assertEqual(status, 1, err)
        self.assertIn("not finite", err.splitlines()[-1])
        self.assertEqual([line.get("skipped") for line in lines(self.path("more") / "metrics.jsonl")], [True] * 3)
        self.assertFalse([name for name in os.listdir(self.path("more")) if name.startswith("step-")])

    def test_checkpoints_that_are_damaged_or_in_use(self):
        self.succeed(*self.words("run", "--steps", 3))
        state = self.path("run") / "step-3" / "training.json"
        whole = state.read_text()
        for text, says in ((whole.replace('"step": 3', '"step": 1000000'), "step 3"), ("{}", "step, tokens"),
                           (whole.replace('"step": 3', '"step": 1e30'), "step, tokens"), ("[", "JSON"),
                           (whole.replace('"threads": 1', '"threads": 1e30'), "threads")):
            state.write_text(text)
            status, _, err = run(*self.words("run"))
            self.assertEqual(status, 1, err)
            self.assertIn("training.json", err)
            self.assertIn(says, err)
            self.assertEqual(len(lines(self.path("run") / "metrics.jsonl")), 3)
        state.write_text(whole)
        moments = self.path("run") / "step-3" / "optimizer.safetensors"
        raw = moments.read_bytes()
        moments.write_bytes(raw.replace(b'"F32"', b'"I32"'))
        status, _, err = run(*self.words("run"))
        self.assertEqual(status, 1, err)
        self.assertIn("float32", err)
        moments.write_bytes(raw)
        # What a kill left is removed; two processes do not write at once.
        (self.path("run") / "step-6.7.partial").mkdir()
        process = subprocess.Popen([PROGRAM, *map(str, self.words("run", "--steps", 100000))], stderr=subprocess.PIPE)
        try:
            self.wait_for_steps("run", 5)
            status, _, err = run(*self.words("run", "--steps", 100000))
            self.assertEqual(status, 1, err)
            self.assertIn("another process", err)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()
        self.assertFalse((self.path("run") / "step-6.7.partial").exists())

    def test_the_folder_of_something_else(self):
        (self.path("run")).mkdir()
        (self.path("run") / "metrics.jsonl").write_text('{"mine": 1}\n')
        status, _, err = run(*self.words("run"))
        self.assertEqual(status, 1, err)
        self.assertIn("not the folder of a run", err)
        self.assertEqual((self.path("run") / "metrics.jsonl").read_text(), '{"mine": 1}\n')


if __name__ == "__main__":
    unittest.main()
