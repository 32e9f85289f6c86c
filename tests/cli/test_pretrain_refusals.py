# SPDX-License-Identifier: Apache-2.0
"""Everything that `agront pretrain` refuses, in one line."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from pretrain_support import SHAPE, PretrainTest, lines
from support import PROGRAM, run, write_model


class Refusals(PretrainTest):
    def test_options_that_make_no_sense(self):
        for options, says in (
                (("--heads", 3), ["--heads", "16", "3"]), (("--steps", 0), ["--steps", "0"]),
                (("--decay", "square"), ["decay", "square"]), (("--beta1", 1), ["--beta1"]), (("--epsilon", 0), ["--epsilon"]),
                (("--fold", -7), ["--fold"]), (("--batch-tokens", 2**63 - 1), ["--batch-tokens"]),
                (("--window-tokens", 40), ["window"]), (("--max-memory", "20Q"), ["--max-memory", "20Q"]),
                (("--max-memory", "0.5"), ["--max-memory", "0.5"]),
                (("--masking-ratio", 0), ["0"]), (("--recompute", "perhaps"), ["--recompute", "perhaps"]),
                (("--precision", "int8"), ["--precision", "fp32, bf16 or auto", "int8"]),
                (("--learning-rate", "nan"), ["--learning-rate", "nan"]), (("--learning-rate", "fast"), ["fast"]),
                (("--seed", -1), ["--seed", "at least 0", "-1"])):
            with self.subTest(options=options):
                status, _, err = run(*self.words("run", *options))
                self.assertEqual(status, 2, err)
                for words in says:
                    self.assertIn(words, err)
                self.assertEqual(len(err.strip().splitlines()), 1, err)

    def test_a_config_that_is_wrong(self):
        for text, says in (('{"stepz": 3}', ["c.json", "stepz"]), ('{"steps": "three"}', ["c.json", "steps", "three"]),
                           ('{"steps": 3', ["c.json: expected JSON, got the end of the text in line 1\n"]),
                           ("", ["c.json: expected JSON, got an empty file"]), ("[1]", ["c.json", "object"]),
                           ('{"steps": 1e999}', ["c.json: expected numbers that a double holds, got 1e999 in line 1"]),
                           ("[" * 200, ["nested at most 100 deep"]), ('{"\\u001b": 1}', [r'key "\x1b"']),
                           ('{"steps": "' + 3000 * "a" + '"}', ['got "aaa', "aaa..."]),
                           ('{"batch-tokens": [1]}', ["c.json", "batch-tokens", "a whole number", "[1]"]),
                           ('{"steps": "12"}', ["steps", "a whole number", '"12"']), ('{"steps": 2.5}', ["steps", "2.5"]),
                           ('{"steps": 18446744073709551615}', ["steps", "not so large"]),
                           ('{"seed": -1}', ["seed", "-1"]), ('{"clip-norm": true}', ["clip-norm", "a number", "true"]),
                           ('{"one-strand": 1}', ["one-strand", "true or false", "1"]),
                           ('{"one-strand": "yes"}', ["one-strand", "true or false", "yes"]),
                           ('{"max-memory": 20}', ["max-memory", "20G", "got 20"]), ('{"decay": 3}', ["decay", "text", "3"]),
                           ('{"max-memory": null}', ["max-memory", "null"]), ('{"max_memory": "20G"}', ["max_memory"]),
                           ('{"steps": 3, "steps": 4}', ['"steps" twice'])):
            with self.subTest(text=text):
                config = self.write("c.json", text)
                self.refuse("pretrain", "--corpus", self.path("corpus"), "-o", self.path("run"), "--config", config,
                            status=2, says=says)
        self.refuse(*self.words("run", "--config", self.path("none.json")), says=["none.json: no such file"])

    def test_a_run_that_made_no_step_binds_nobody(self):
        """A damaged corpus is met by the first step; what was to begin then may be corrected."""
        shard = self.path("corpus") / "001.shard"
        whole = shard.read_bytes()
        shard.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) * 2000 + whole[2020:])
        status, _, err = run(*self.words("run"))
        self.assertEqual(status, 1, err)
        self.assertIn("damaged", err)
        shard.write_bytes(whole)
        self.succeed(*self.words("run", "--learning-rate", 0.02, "--steps", 2, "--warmup-steps", 1))
        self.refuse(*self.words("run", "--learning-rate", 0.03, "--steps", 2, "--warmup-steps", 1), says=["learning-rate"])

    def test_a_recorded_option_of_another_kind(self):
        self.succeed(*self.words("run", "--steps", 2))
        path = self.path("run") / "config.json"
        for key, value, kind in (("micro-batch", "two", "a whole number"), ("recompute", 3, "a text"), ("hidden", {"a": 1}, "a whole number"),
                                 ("recompute", "maybe", 'on, off or auto, got "maybe"'),
                                 ("precision", "half", 'fp32, bf16 or auto, got "half"')):
            kept = path.read_text()
            path.write_text(json.dumps({**json.loads(kept), key: value}))
            says = [f"config.json: {key}: expected {kind}"]
            self.refuse(*self.words("run", "--steps", 2, "--precision", "auto", without=("--hidden", "--micro-batch")),
                        says=says)
            path.write_text(kept)

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

    def test_a_model_of_another_shape(self):
        model = write_model(self.folder / "model")
        shape = {"--hidden": 24, "--heads": 4, "--layers": 2, "--ffn": 40, "--max-tokens": 32}

        def words_with(given):  # by a file: on the command line a shape goes with a new model
            config = self.write("shape.json", json.dumps({flag[2:]: value for flag, value in given.items()}))
            return ["run", "--init", model, "--config", config, "--steps", 3]

        for flag, value in shape.items():
            status, _, err = run(*self.words(*words_with({**shape, flag: 2 * value}), without=shape))
            self.assertEqual(status, 2, err)
            self.assertEqual(len(err.strip().splitlines()), 1, err)
            for says in (f"{flag}: expected the {value} of", "model", f"got {2 * value}"):
                self.assertIn(says, err)
        self.succeed(*self.words(*words_with(shape), without=shape))
        # A checkpoint of another shape in the place of the run's.
        checkpoint = self.path("run") / "step-3"
        self.succeed(*self.words("small", "--steps", 3))
        shutil.rmtree(checkpoint)
        shutil.copytree(self.path("small") / "step-3", checkpoint)
        status, _, err = run(*self.words("run", "--steps", 6, without=shape))
        self.assertEqual(status, 2, err)
        self.assertIn(f"--hidden: expected the 16 of {checkpoint}, got 24", err)

    def test_too_little_memory_or_a_damaged_state(self):
        self.refuse(*self.words("run", "--max-memory", "1M"), says=["memory"])
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
        status, _, err = run(*self.words("more", "--init", model, "--max-skipped", 2, without=SHAPE))
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
