# SPDX-License-Identifier: Apache-2.0
"""`agront convert`: names, hashes and precisions of weights."""

import os
import re
import unittest

import numpy as np

from labelled_support import FinetuneTest
from support import GENES, ProgramTest, run, table, write_model


class Convert(ProgramTest):
    def test_keeps_the_weights_and_their_hash(self):
        model = write_model(self.folder / "model")
        hash_of = lambda folder: re.search(r"model_hash: (\w{64})", self.succeed("info", folder, "--verify")).group(1)
        self.succeed("convert", model, "-o", self.path("fp32"))
        self.assertEqual(hash_of(self.path("fp32")), hash_of(model))
        self.assertEqual((self.path("fp32") / "model.safetensors").stat().st_size % 4, 0)
        self.succeed("convert", model, "-o", self.path("bf16"), "--precision", "bf16")
        text = self.succeed("info", self.path("bf16"))
        self.assertIn("dtype: bfloat16", text)
        self.assertIn(f"converted_from: {hash_of(model)}", text)
        self.assertNotEqual(hash_of(self.path("bf16")), hash_of(model))
        out = table(self.succeed("tokenize", "-", "--model", self.path("fp32"), text=GENES))
        self.assertTrue(out)

    def test_int8_needs_the_original_no_more(self):
        model = write_model(self.folder / "model")
        self.succeed("convert", model, "-o", self.path("int8"), "--precision", "int8")
        text = self.succeed("info", self.path("int8"), "--verify")
        self.assertIn("dtype: float32, int8", text)
        self.assertIn("converted_from:", text)
        fasta = self.write("genes.fa", GENES)
        outputs = []
        for folder in (model, self.path("int8")):
            self.succeed("embed", fasta, "--model", folder, "--precision", "int8", "-o", self.path("x.npz"), "--force")
            with np.load(self.path("x.npz")) as arrays:
                outputs.append(arrays[next(name for name in arrays if name.startswith("layer_"))])
        np.testing.assert_array_equal(outputs[0], outputs[1])
        self.succeed("convert", self.path("int8"), "-o", self.path("again"), "--precision", "int8")
        hash_of = lambda folder: re.search(r"model_hash: (\w{64})", self.succeed("info", folder)).group(1)
        self.assertEqual(hash_of(self.path("again")), hash_of(self.path("int8")))

    def test_packed_weights_give_the_same_numbers(self):
        model = write_model(self.folder / "model")
        fasta = self.write("genes.fa", GENES)
        hash_of = lambda folder: re.search(r"model_hash: (\w{64})", self.succeed("info", folder, "--verify")).group(1)

        def logits(folder, precision):
            self.succeed("logits", fasta, "--model", folder, "--precision", precision, "-o", self.path("x.npz"), "--force")
            with np.load(self.path("x.npz")) as arrays:
                return arrays["logits"]

        for precision in ("fp32", "bf16", "int8"):
            packed = self.path(precision)
            self.succeed("convert", model, "-o", packed, "--packed", "--precision", precision)
            self.assertEqual(sorted(os.listdir(packed)), ["config.json", "packed.safetensors", "special_tokens_map.json",
                                                          "tokenizer_config.json", "vocab.txt"])
            self.assertRegex(self.succeed("info", packed), rf"dtype: .*\w-{precision}\b")
            np.testing.assert_array_equal(logits(packed, precision), logits(model, precision))
            np.testing.assert_array_equal(logits(packed, "auto"), logits(model, precision))
        self.assertEqual(hash_of(self.path("fp32")), hash_of(model))
        self.succeed("convert", self.path("int8"), "-o", self.path("plain"), "--precision", "int8")
        self.assertEqual(hash_of(self.path("plain")), hash_of(self.path("int8")))
        self.assertEqual(run("convert", model, "-o", self.path("x"), "--packed", "--precision", "fp16")[0], 2)

    def test_records_the_stored_hash(self):
        model = write_model(self.folder / "model")
        self.succeed("convert", model, "-o", self.path("fp32"))
        for folder, key in ((self.path("fp32"), "model_hash"), (model, "model_header_sha256")):
            said = run("tokenize", "-", "--model", folder, text=GENES)[2]
            self.assertRegex(said, rf"(?m)^{key}: \w{{64}}$")


class FineTuned(FinetuneTest):
    def test_is_refused_with_what_to_give_instead(self):
        train, test = self.write_binary("train.fa", 40, 1), self.write_binary("test.fa", 20, 2)
        for method, words, inner, says in (("lora", [], "adapter", "give its base model, and --adapter {}"),
                                           ("lora", ["--merge"], "model", "; {} is one"),
                                           ("full", [], "model", "; {} is one"),
                                           ("probe", [], "head", "the head of a probe")):
            run = self.path(f"{method}{len(words)}")
            self.succeed(*self.words(run.name, "--train", train, "--test", test, "--method", method), *words)
            self.refuse("convert", run, "-o", self.path("out"), says=(says.format(run / inner),))
        adapter = self.path("lora0") / "adapter"
        self.refuse("convert", adapter, "-o", self.path("out"), says=(f"--adapter {adapter}",))
        self.succeed("convert", self.model, "--adapter", adapter, "-o", self.path("out"), "-q")


if __name__ == "__main__":
    unittest.main()
