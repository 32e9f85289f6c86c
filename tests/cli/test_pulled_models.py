# SPDX-License-Identifier: Apache-2.0
"""--model by name: a folder, then the embedded model, then what was fetched; and never the network."""

import json
import os
import pathlib
import shutil
import unittest

from hub_support import REPOSITORY, HubTest, folder_files
from support import GENES, read_table, run, write_model


class Names(HubTest):
    def setUp(self):
        super().setUp()
        self.succeed_to_pull()
        self.hub.requests.clear()
        self.genes = self.write("genes.fa", GENES)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)

    def tearDown(self):
        self.assertEqual(self.hub.requests, [], "the network was asked")
        self.assertEqual(self.store.requests[1:], [])

    def agront(self, *words):
        return self.succeed(*words, environment=self.environment)

    def model_of(self, *words):
        return self.agront("info", *words).split("model: ")[1].splitlines()[0]

    def test_every_command_that_takes_a_model(self):
        train = self.write("train.csv", "sequence,label\n" + "".join(
            f"{'ACGT' * 6}{'A' * i},{i % 2}\n" for i in range(1, 25)))
        (self.path("corpus.tsv")).write_text(f"species\tfasta\tregions\tweight\nA\t{self.genes}\t.\t.\n")
        self.write("genome.fa", ">chr1\n" + "ACGTTGCAAT" * 70 + "\n")
        self.path("corpus.tsv").write_text("species\tfasta\tregions\tweight\nA\tgenome.fa\t.\t.\n")
        self.agront("corpus", "corpus.tsv", "-o", "corpus", "--window-tokens", 20, "--block-bp", 200)
        for words in (["info"], ["bench", "--tokens", 20, "--repeat", 1], ["tokenize", self.genes], ["embed", self.genes, "-o", "e.npz"],
                      ["logits", self.genes, "-o", "l.npz"], ["attention", self.genes, "-o", "a.npz", "--maps", "1:0"],
                      ["unmask", "--every", self.genes], ["evaluate", "--mlm", "--every", self.genes], ["convert", "-o", "converted"],
                      ["finetune", "--train", train, "-o", "tuned", "--method", "probe", "--bootstrap", 0]):
            with self.subTest(words[0]):
                self.agront(*words, "--model", REPOSITORY, "-q")
        self.agront("info", REPOSITORY)
        self.agront("convert", REPOSITORY, "-o", "again")
        self.agront("pretrain", "--corpus", "corpus", "--init", REPOSITORY, "--steps", 1, "--window-tokens", 20,
                    "--batch-tokens", 40, "-o", "run", "-q")
        # A fine-tuned model knows its base by the name, wherever the cache is later.
        self.assertEqual(json.loads(self.path("tuned").joinpath("finetune.json").read_text())["base"], REPOSITORY)
        shutil.move(self.path("hf"), self.path("moved"))
        self.environment["HF_HOME"] = str(self.path("moved"))
        self.agront("predict", "tuned", train, "-o", "p.tsv", "-q")
        self.assertEqual(len(read_table(self.path("p.tsv"))), 24)

    def test_the_same_numbers_as_by_folder(self):
        for model, file in ((REPOSITORY, "a.tsv"), (self.snapshot, "b.tsv")):
            self.agront("unmask", "--every", self.genes, "-m", model, "-o", file)
        self.assertEqual(self.path("a.tsv").read_text(), self.path("b.tsv").read_text())

    def test_who_wins(self):
        self.assertEqual(self.model_of("-m", REPOSITORY), str(self.snapshot))
        os.mkdir("plants")
        write_model(pathlib.Path(REPOSITORY))
        self.assertEqual(self.model_of("-m", REPOSITORY), REPOSITORY)
        self.assertEqual(self.model_of("-m", "agront-mini"), "agront-mini")
        write_model(pathlib.Path("agront-mini"))
        self.assertIn("parameters: 2", self.agront("info", "agront-mini"))

    def test_revisions(self):
        self.assertEqual(self.model_of("-m", f"{REPOSITORY}@{self.commit}"), str(self.snapshot))
        self.refuse("info", "-m", f"{REPOSITORY}@v1", environment=self.environment,
                    says=[f"`agront pull {REPOSITORY}@v1` would fetch it"])
        (self.folder_in_cache / "refs" / "v1").write_text(self.commit + "\n")
        self.assertEqual(self.model_of("-m", f"{REPOSITORY}@v1"), str(self.snapshot))
        (self.folder_in_cache / "refs" / "v1").write_text("../../../../etc")
        self.refuse("info", "-m", f"{REPOSITORY}@v1", environment=self.environment, says=["v1: expected a commit, 40"])

    def test_what_is_not_there(self):
        def refuse(model, *says):
            self.refuse("embed", self.genes, "-o", "e.npz", "-m", model, environment=self.environment, says=says)
        refuse("agront-1b", f"agront-1b: not in {self.root} yet: `agront pull agront-1b` fetches it")
        refuse("agront-1b@v2", "`agront pull agront-1b@v2` fetches it")
        refuse("runs/step-7", "runs/step-7: no such folder, and no such model in", "`agront pull runs/step-7` would")
        refuse("agront-2b", "agront-2b: no such file: expected the folder of a model, agront-mini", "agront-1b", "ORG/NAME")
        refuse("/no/such/folder", "/no/such/folder: no such file")
        refuse("../no/such", "../no/such: no such file")
        (self.snapshot / "model.safetensors").unlink()
        refuse(REPOSITORY, "the cache has a part of it, without weights: `agront pull plants/tiny-agront` fetches the rest")

    def test_a_classifier_of_the_hub(self):
        train = self.write("train.csv", "sequence,label\n" + "".join(
            f"{'ACGT' * 6}{'A' * i},{i % 2}\n" for i in range(1, 25)))
        self.agront("finetune", "--train", train, "-m", REPOSITORY, "-o", "tuned", "--method", "full", "--epochs", 1,
                    "--head", "mlp", "--pooling", "cls", "--bootstrap", 0, "-q")
        self.hub.add("plants/classifier", folder_files(self.path("tuned") / "classifier"))
        status, out, err = self.pull("plants/classifier")
        self.assertEqual(status, 0, err)
        self.hub.requests.clear()
        del self.store.requests[1:]
        self.agront("predict", "plants/classifier", train, "-o", "p.tsv", "-q")
        self.assertEqual(len(read_table(self.path("p.tsv"))), 24)
        shutil.rmtree(self.path("hf"))
        self.assertEqual(run("predict", "plants/classifier", train, environment=self.environment)[0], 1)


if __name__ == "__main__":
    unittest.main()
