# SPDX-License-Identifier: Apache-2.0
"""Adapters and classifiers as PEFT and transformers write them, run by the program as a user does."""

import json
import pathlib
import shutil
import unittest

import numpy as np

from support import ProgramTest, model_tensors, safetensors_bytes, write_model

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
BASE = GOLDEN / "gradients"
ADAPTERS = GOLDEN / "peft"
SEQUENCES = ">a\nATTCCGATTCCGATTCCGNATT\n>b\nGGGCGACGATGCCATTAGACGTGACA\n"


def float32_tensors(folder):
    """The upper half of each number of a model in bfloat16."""
    data = (folder / "model.safetensors").read_bytes()
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            upper = np.frombuffer(data[8 + size + first:8 + size + last], "<u2").astype("<u4")
            tensors[name] = (upper << 16).view("<f4").reshape(entry["shape"])
    return tensors


class Adapters(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", SEQUENCES)

    def arrays(self, command, *words):
        output = self.path("out.npz")
        self.succeed(command, self.fasta, "-o", output, "--force", "-q", *words)
        with np.load(output) as archive:
            return {name: archive[name] for name in archive.files}

    def difference(self, one, other):
        return np.linalg.norm(one - other) / np.linalg.norm(other)

    def test_merged_is_the_same_model(self):
        plain = self.arrays("embed", "-m", BASE)["layer_2"]
        for name in ("lora", "rslora", "ia3", "ia3_outputs"):
            merged = self.path(name)
            self.succeed("convert", BASE, "--adapter", ADAPTERS / name, "-o", merged, "-q")
            for command, key in (("embed", "layer_2"), ("logits", "logits")):
                ours = self.arrays(command, "-m", BASE, "--adapter", ADAPTERS / name)[key]
                self.assertLess(self.difference(ours, self.arrays(command, "-m", merged)[key]), 1e-6, name)
                if command == "embed":
                    self.assertGreater(self.difference(ours, plain), 1e-2, name)

    def test_every_command_that_runs_the_model_takes_one(self):
        lora = ["-m", BASE, "--adapter", ADAPTERS / "lora"]
        maps = self.arrays("attention", "--maps", "2:1", *lora)
        plain = self.arrays("attention", "--maps", "2:1", "-m", BASE)
        self.assertGreater(self.difference(maps["layer_2_head_1/0"], plain["layer_2_head_1/0"]), 1e-2)
        genome = self.write("g.fa", ">g\n" + "ATTCCGAATGCCTGACCGATCGTACG" * 30 + "\n")
        for words in (["unmask", self.write("m.fa", ">a\nATTCCG<mask>ATTCCG\n")], ["evaluate", "--mlm", genome]):
            lines = [self.succeed(*words, "-q", *model).splitlines() for model in (lora, ["-m", BASE])]
            results = [[line for line in of_one if not line.startswith("##")] for of_one in lines]
            self.assertNotEqual(*results)

    def test_every_precision_runs_merged(self):
        expected = self.arrays("embed", "-m", BASE, "--adapter", ADAPTERS / "ia3")["layer_2"]
        for precision, bound in (("bf16", 2e-2), ("int8", 1e-1)):
            ours = self.arrays("embed", "-m", BASE, "--adapter", ADAPTERS / "ia3", "--precision", precision)["layer_2"]
            self.assertLess(self.difference(ours, expected), bound)
            quarter = self.path(precision)
            self.succeed("convert", BASE, "-o", quarter, "--precision", precision, "-q")
            ours = self.arrays("embed", "-m", quarter, "--adapter", ADAPTERS / "ia3", "--precision", precision)
            self.assertLess(self.difference(ours["layer_2"], expected), bound, "on a file of that precision")

    def test_outputs_name_the_adapter(self):
        out = self.arrays("embed", "-m", BASE, "--adapter", ADAPTERS / "lora")
        provenance = json.loads(str(out["provenance"]))
        self.assertEqual(provenance["adapter"], str(ADAPTERS / "lora"))
        self.assertRegex(provenance["adapter_hash"], "^[0-9a-f]{64}$")
        plain = json.loads(str(self.arrays("embed", "-m", BASE)["provenance"]))
        self.assertNotIn("adapter", plain)
        self.assertEqual(plain["model_header_sha256"], provenance["model_header_sha256"])

    def test_refuses_adapters_that_do_not_fit(self):
        def refuse(adapter, *says, model=BASE):
            self.refuse("embed", self.fasta, "-m", model, "--adapter", adapter, "-o", self.path("out.npz"), says=says)

        refuse(self.path("no"), "no: no such file: expected a folder with an adapter")
        refuse(BASE, "adapter_config.json")
        other = write_model(self.folder / "other")
        refuse(ADAPTERS / "lora", "lora_A.weight: expected shape [3, 24], got [3, 18]", model=other)
        bad = self.path("bad")
        shutil.copytree(ADAPTERS / "lora", bad)
        config = json.loads((bad / "adapter_config.json").read_text())
        for key, value in (("peft_type", "LOHA"), ("use_dora", True), ("bias", "lora_only"), ("r", 2.5)):
            (bad / "adapter_config.json").write_text(json.dumps(config | {key: value}))
            refuse(bad, f"bad/adapter_config.json: {key}: expected", json.dumps(value))
        (bad / "adapter_config.json").write_text("{")
        refuse(bad, "adapter_config.json: expected JSON")
        (bad / "adapter_config.json").write_text(json.dumps(config))
        whole = (bad / "adapter_model.safetensors").read_bytes()
        for cut in (0, 5, 200, len(whole) - 1):
            (bad / "adapter_model.safetensors").write_bytes(whole[:cut])
            refuse(bad, "adapter_model.safetensors")
        (bad / "adapter_model.safetensors").write_bytes(safetensors_bytes({"x": np.zeros(3, "<f4")}))
        refuse(bad, "query.lora_A.weight is missing")


class Classifiers(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", SEQUENCES)
        self.model = ADAPTERS / "sequence_classifier"

    def test_embed_with_their_encoder(self):
        self.succeed("embed", self.fasta, "-m", self.model, "-o", self.path("out.npz"), "-q")
        lines = self.succeed("info", "-m", self.model, "-q")
        self.assertIn("classifier: multiclass: leaf, root, seed", lines)
        self.assertIn("language_model_head: none", lines)
        lines = self.succeed("info", "-m", ADAPTERS / "token_classifier", "-q")
        self.assertIn("classifier: token: LABEL_0, LABEL_1", lines)

    def test_have_no_logits(self):
        says = ["sequence_classifier: expected a masked language model"]
        self.refuse("logits", self.fasta, "-m", self.model, "-o", self.path("out.npz"), says=says)
        self.refuse("unmask", "--every", self.fasta, "-m", self.model, says=says)
        self.refuse("evaluate", "--mlm", self.fasta, "-m", self.model, says=says)

    def test_are_converted_with_their_head(self):
        for name in ("sequence_classifier", "token_classifier"):
            self.succeed("convert", ADAPTERS / name, "-o", self.path(name), "-q")
            said = []
            for model in (ADAPTERS / name, self.path(name)):
                predicted = self.succeed("predict", model, self.fasta, "-q").splitlines()
                classifier = [line for line in self.succeed("info", "-m", model, "-q").splitlines()
                              if line.startswith("classifier: ")]
                said.append(predicted + classifier)
            self.assertEqual(said[0], said[1])
            self.assertGreater(len(said[0]), 3)
        for options in (["--precision", "bf16"], ["--packed"]):
            self.refuse("convert", self.model, "-o", self.path("other"), *options, status=2, says=["fp32 of a classifier"])
        bare = write_model(self.folder / "bare", weights=safetensors_bytes(
            {name: tensor for name, tensor in model_tensors().items() if not name.startswith("lm_head")}))
        self.refuse("convert", bare, "-o", self.path("other"), says=["without either head"])

    def test_an_adapters_own_head_is_converted_with_it(self):
        adapter = ADAPTERS / "lora_classifier"
        whole, config = float32_tensors(BASE), json.loads((BASE / "config.json").read_text())
        encoder = {name: tensor for name, tensor in whole.items() if name.startswith("esm.")}
        hidden = config["hidden_size"]
        before = {"classifier.dense.weight": (hidden, hidden), "classifier.dense.bias": (hidden,),
                  "classifier.out_proj.weight": (2, hidden), "classifier.out_proj.bias": (2,)}
        zeros = {name: np.zeros(shape, "<f4") for name, shape in before.items()}
        named = {"id2label": {"0": "leaf", "1": "root"}, "problem_type": "multi_label_classification"}
        bases = {"whole": write_model(self.folder / "whole", config, safetensors_bytes(whole)),
                 "encoder": write_model(self.folder / "encoder", config, safetensors_bytes(encoder)),
                 "classifier": write_model(self.folder / "classifier", config | named, safetensors_bytes(encoder | zeros))}
        for name, base in bases.items():
            merged = self.path("merged_" + name)
            self.succeed("convert", base, "--adapter", adapter, "-o", merged, "-q")
            said = [[line.split("\t") for line in self.succeed("predict", *words, self.fasta, "-q").splitlines()]
                    for words in ([adapter, "-m", base], [merged])]
            self.assertEqual(said[0][0], said[1][0], name)
            numbers = [[[float(word) for word in row[1:] if word[0].isdigit()] for row in rows[1:]] for rows in said]
            np.testing.assert_allclose(numbers[1], numbers[0], rtol=1e-4, err_msg=name)
            self.assertGreater(np.abs(np.array(numbers[0]) - 0.5).max(), 1e-3, "the head of zeros says one half")
            is_named = "multilabel: leaf, root" in self.succeed("info", "-m", merged, "-q")
            self.assertEqual(is_named, name == "classifier")
            self.refuse("convert", base, "--adapter", adapter, "-o", self.path("x"), "--precision", "bf16", status=2,
                        says=["fp32 of a classifier"])

    def test_a_part_of_a_language_model_head_is_an_error(self):
        tensors = model_tensors()
        del tensors["lm_head.dense.weight"]
        model = write_model(self.folder / "model", weights=safetensors_bytes(tensors))
        self.refuse("embed", self.fasta, "-m", model, "-o", self.path("out.npz"),
                    says=["lm_head.dense.weight is missing"])

    def test_a_bare_encoder_embeds_alike(self):
        tensors = model_tensors()
        write_model(self.folder / "whole", weights=safetensors_bytes(tensors))
        bare = {name.removeprefix("esm."): tensor for name, tensor in tensors.items() if name.startswith("esm.")}
        write_model(self.folder / "bare", weights=safetensors_bytes(bare))
        for name in ("whole", "bare"):
            self.succeed("embed", self.fasta, "-m", self.folder / name, "-o", self.path(name + ".npz"), "-q")
        with np.load(self.path("whole.npz")) as whole, np.load(self.path("bare.npz")) as bare:
            np.testing.assert_array_equal(whole["layer_2"], bare["layer_2"])


if __name__ == "__main__":
    unittest.main()
