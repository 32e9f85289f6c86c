# SPDX-License-Identifier: Apache-2.0
"""All that is made with the embedded example, or with a model that was made from it, says that it is not AgroNT."""

import json
import unittest

import numpy as np

from labelled_support import FinetuneTest
from pretrain_support import PretrainTest

NOT_AGRONT = "not AgroNT"


def metadata(path):
    data = path.read_bytes()
    return json.loads(data[8:8 + int.from_bytes(data[:8], "little")])["__metadata__"]


class Descent(PretrainTest, FinetuneTest):
    def finetune(self, output, model, *options):
        train, test = self.write_binary("t.fa", 12, 1), self.write_binary("e.fa", 8, 2)
        self.succeed("finetune", "-o", self.path(output), "-q", "--model", model, "--train", train, "--test", test,
                     "--epochs", 1, "--threads", 1, "--bootstrap", 5, *options)

    def pretrain(self, output, model, steps):
        self.succeed("pretrain", "--corpus", self.path("corpus"), "--init", model, "--steps", steps,
                     "--batch-tokens", 42, "--micro-batch", 2, "--validation-windows", 0, "--threads", 1, "-q", "-o", self.path(output))

    def test_descendants_say_what_they_are(self):
        self.succeed("convert", "-m", "agront-mini", "-o", self.path("mini"), "-q")
        mini = metadata(self.path("mini") / "model.safetensors")["agront.model_hash"]
        self.pretrain("run", "agront-mini", 1)
        trained = self.path("run") / "step-1"
        ancestors = metadata(trained / "model.safetensors")["agront.ancestors"]
        self.assertIn(mini, ancestors.split())
        self.assertIn(NOT_AGRONT, (self.path("run") / "report.html").read_text())
        self.assertIn(NOT_AGRONT, self.succeed("info", trained))
        self.pretrain("run", "agront-mini", 2)  # goes on from step 1, whose ancestors stay those of the run
        self.assertEqual(metadata(self.path("run") / "step-2" / "model.safetensors")["agront.ancestors"], ancestors)

        fasta = self.write("in.fa", ">a\nATTCCGATTCCG\n")
        self.succeed("embed", fasta, "-m", trained, "-o", self.path("e.npz"), "-q")
        self.assertIn(NOT_AGRONT, str(np.load(self.path("e.npz"))["provenance"]))

        self.finetune("lora", trained, "--method", "lora")
        adapter = self.path("lora") / "adapter"
        for file in (adapter / "adapter_model.safetensors", self.path("lora") / "head" / "head.safetensors"):
            self.assertIn(NOT_AGRONT, metadata(file)["agront.note"])
            self.assertIn(mini, metadata(file)["agront.ancestors"].split())
        self.assertNotIn(NOT_AGRONT, (adapter / "adapter_config.json").read_text())  # PEFT warns of keys that it lacks
        self.assertIn(NOT_AGRONT, self.metrics("lora")["note"])
        for file in ("adapter/README.md", "report.html", "predictions.tsv.json"):
            self.assertIn(NOT_AGRONT, (self.path("lora") / file).read_text(), file)

        self.finetune("full", trained, "--method", "full", "--head", "mlp", "--pooling", "cls")
        self.assertIn(NOT_AGRONT, self.succeed("info", self.path("full") / "model"))
        self.assertIn(NOT_AGRONT, metadata(self.path("full") / "classifier" / "model.safetensors")["agront.note"])
        self.succeed("info", self.path("full") / "classifier")  # its hash is not the base's
        self.succeed("predict", self.path("full"), fasta, "--any-length", "-o", self.path("p.tsv"), "-q")
        self.assertIn(NOT_AGRONT, self.path("p.tsv.json").read_text())

    def test_other_models_say_nothing(self):
        self.finetune("lora", self.model, "--method", "lora")
        self.assertNotIn("note", self.metrics("lora"))
        for file in ("adapter/README.md", "report.html"):
            self.assertNotIn(NOT_AGRONT, (self.path("lora") / file).read_text(), file)
        self.assertNotIn("agront.note", metadata(self.path("lora") / "adapter" / "adapter_model.safetensors"))

    def test_runs_of_several_seeds_and_a_benchmark(self):
        self.finetune("seeds", "agront-mini", "--method", "probe", "--seeds", 2)
        self.assertIn(NOT_AGRONT, self.metrics("seeds")["note"])
        self.path("pgb/poly_a").mkdir(parents=True)
        for part in ("train", "test"):
            self.write_binary(f"pgb/poly_a/rice_{part}.fa", 12, 3)
        self.succeed("finetune", "--benchmark", self.path("pgb"), "--method", "probe", "--epochs", 1, "--bootstrap", 5,
                     "--threads", 1, "-q", "-o", self.path("out"))
        for file in ("report.html", "benchmark.tsv.json"):
            self.assertIn(NOT_AGRONT, (self.path("out") / file).read_text(), file)


if __name__ == "__main__":
    unittest.main()
