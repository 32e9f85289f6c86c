# SPDX-License-Identifier: Apache-2.0
"""Files, arrays and keys: all that the program writes stands in docs/formats.md, and all that stands there is written."""

import json
import re
import unittest

import numpy as np

from labelled_support import FinetuneTest, gc_set, read_safetensors
from support import run
from tables_support import DOCUMENTED

class Arrays(FinetuneTest):
    def setUp(self):
        super().setUp()
        genome = self.write("genome.fa", ">chr1\n" + "".join(bases for bases, _ in gc_set(12, 1)) + "\n")
        regions = self.write("regions.bed", "chr1\t0\t500\tlong\t0\t-\nchr1\t500\t560\tshort\t0\t+\n")
        self.inputs = [(set(), [self.write("in.fa", ">a\n" + "ACGTTG" * 40 + "\n>b\nACGTACN\n")]),
                       ({"regions"}, ["--genome", genome, "--regions", regions])]
        self.met = set()

    def shape_of(self, text, sizes):
        return tuple(sizes[size.strip()] for size in re.search(r"\[(.*)\]", text)[1].split(",") if size)

    def check(self, title, words, arrays, sizes):
        fields = [field for field in DOCUMENTED.fields["Arrays", title] if field.is_there(words)]
        for name, array in arrays.items():
            field, = [field for field in fields if re.fullmatch(field.pattern(), name)]
            self.met.add((title, field.name, field.type))
            if "/" in name:  # a map of attention is as large as its window
                sizes["T"] = len(array)
            shape = self.shape_of(field.type, sizes) if "[" in field.type else arrays["layer_0"].shape
            self.assertEqual(array.shape, shape, name)
            kind = field.type.split()[0]
            self.assertEqual(array.dtype.kind if kind == "text" else str(array.dtype), "U" if kind == "text" else kind, name)
        for field in fields:
            self.assertTrue(any(re.fullmatch(field.pattern(), name) for name in arrays), field.name)

    def make(self, command, words, source, *options):
        name = command + ".npz"
        self.succeed(command, *source, "-m", self.model, "-o", self.path(name), "--force", "-q", *options)
        arrays = dict(np.load(self.path(name), allow_pickle=False))
        windows, tokens = len(arrays["name"]), arrays["offsets"][-1] if "offsets" in arrays else None
        self.check(command, words | {"npz"}, arrays,
                   {"E": windows, "E + 1": windows + 1, "T": tokens, "channels": 24, "4105": 4105})
        return arrays

    def test_npz(self):
        for words, source in self.inputs:
            self.make("embed", words | {"mean", "last:raw"}, source, "--layers", "0,last:raw")
            self.make("embed", words | {"mean"}, source, "--per-record")
            tokens = self.make("embed", words | {"none"}, source, "--pool", "none")
            self.assertEqual(tokens["offsets"][-1], len(tokens["layer_2"]))
            self.make("logits", words | {"without --probabilities"}, source)
            self.make("logits", words | {"--probabilities"}, source, "--probabilities")
            self.make("attention", words, source, "--maps", "1:0,2:3")
        for title in DOCUMENTED.names("Arrays"):
            for field in DOCUMENTED.fields["Arrays", title] if title != "place" else []:
                self.assertTrue(any((title, field.name, field.type) == met for met in self.met), (title, field.name))

    def test_safetensors(self):
        _, source = self.inputs[1]
        arrays = self.make("embed", {"regions", "mean"}, source)
        self.succeed("embed", *source, "-m", self.model, "-o", self.path("a.safetensors"), "-q")
        tensors = read_safetensors(self.path("a.safetensors"))
        for name in ("name", "chrom", "strand"):
            at = np.frombuffer(tensors[name + "_offsets"], "<i8")
            self.assertEqual([tensors[name][a:b].decode() for a, b in zip(at, at[1:])], list(arrays[name]))
        for name in ("record_start", "record_end", "start", "end", "layer_2"):
            np.testing.assert_array_equal(np.frombuffer(tensors[name], arrays[name].dtype), arrays[name].ravel())
        data = self.path("a.safetensors").read_bytes()
        metadata = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])["__metadata__"]
        self.assertEqual(set(metadata), set(json.loads(str(arrays["provenance"]))))


class Folders(FinetuneTest):
    def check_keys(self, title, keys, also=()):
        names = {field.name for field in DOCUMENTED.fields["Keys", title]}
        self.assertLessEqual(set(keys), names | set(also), title)
        self.met_keys.setdefault(title, set()).update(keys)

    def check_options(self, path, command, also=()):
        """A file of options: each is one of the command's."""
        of_command = set(re.findall(r"--([a-z][\w-]*)", self.succeed(command, "--help")))
        self.assertLessEqual(set(json.loads(path.read_text())) - set(also), of_command)

    def check_json(self, title, path):
        text = path.read_text()
        for keys in map(json.loads, text.splitlines() if path.suffix == ".jsonl" else [text]):
            self.check_keys(title, keys)

    def walk(self, name, folder):
        """Every file below has its line on the page."""
        for path in sorted(self.path(name).rglob("*")):
            if not path.is_file():
                continue
            found = DOCUMENTED.explain(folder, str(path.relative_to(self.path(name))))
            self.assertTrue(found, f"{path.relative_to(self.folder)} is not in docs/formats.md")
            self.met_files |= set(found)
            self.check_file(path, found[-1][0])

    def check_file(self, path, folder):
        title = f"run/{path.name}" if folder == "run" and path.suffix == ".jsonl" else path.name
        if title == "metrics.json" and "runs" in json.loads(path.read_text()):
            title += " --seeds --folds"
        if ("Keys", title) in DOCUMENTED.fields:
            self.check_json(title, path)
        elif path.name == "config.json" and folder == "run":
            self.check_options(path, "finetune", ["base-hash", "examples-hash", "groups-hash", "outputs", "program", "baselines"])
        elif path.name == "config.json" and folder == "pretrain":
            self.check_options(path, "pretrain")
        elif path.name.endswith(".tsv.json"):
            self.check_json("TABLE.json", path)

    def finetune(self, name, *options, folder="finetune"):
        self.succeed(*self.words(name, "--train", self.path("train.fa"), "--epochs", 1, "--bootstrap", 5, *options))
        self.walk(name, folder)

    def make_finetuned(self):
        self.write_binary("train.fa", 40, 1)
        test = ["--test", self.write_binary("test.fa", 20, 2)]
        self.finetune("lora", *test, "--head", "mlp", "--pooling", "cls", "--merge", None, "--random-baseline", None,
                      "--no-baselines", ...)
        self.finetune("layers", *test, "--method", "probe", "--layers", "all")
        self.finetune("ia3", "--method", "ia3", "--valid-share", 0)
        self.finetune("full", *test, "--method", "full", "--pooling", "attention")
        several = "finetune --seeds --folds"
        self.finetune("seeds", *test, "--method", "probe", "--seeds", 2, "--no-baselines", ..., folder=several)
        self.finetune("folds", "--method", "probe", "--folds", 2, folder=several)
        self.finetune("both", "--method", "probe", "--folds", 2, "--seeds", 2, folder=several)
        self.path("pgb/poly_a").mkdir(parents=True)
        for part in ("train", "test"):
            self.write_binary(f"pgb/poly_a/a_thaliana_{part}.fa", 20, 3).touch()
        for name, options in (("benchmark", []), ("benchmark-seeds", ["--seeds", 2])):
            self.finetune(name, "--train", ..., "--benchmark", self.path("pgb"), "--method", "probe", *options,
                          folder="finetune --benchmark")

    def make_pretrained(self):
        self.write("a.fa", "".join(f">chr{i}\n" + "".join(bases for bases, _ in gc_set(60, i)) + "\n" for i in range(4)))
        self.write("genomes.tsv", "species\tfasta\tregions\tweight\nA\ta.fa\t.\t2\n")
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--window-tokens", 21, "--overlap", 12,
                     "--training-share", 0.5, "-q")
        self.walk("corpus", "corpus")
        shape = {"--layers": 1, "--hidden": 8, "--heads": 1, "--ffn": 8, "--max-tokens": 32}
        self.succeed("pretrain", "--corpus", self.path("corpus"), *(word for pair in shape.items() for word in pair),
                     "--batch-tokens", 168, "--steps", 4, "--checkpoint-every", 2, "--validate-every", 2,
                     "--validation-windows", 4, "-q", "-o", self.path("pretrained"))
        self.walk("pretrained", "pretrain")

    def make_converted(self):
        for name, options in (("int8", ["--precision", "int8"]), ("packed", ["--packed"])):
            self.succeed("convert", "-m", self.model, "-o", self.path(name), "-q", *options)
            self.walk(name, "model")

    def make_texts(self):
        fasta = self.write("in.fa", ">a\nACGTACACGTTT\n")
        bench = ["bench", "-m", self.model, "--repeat", 1, "--tokens", 10]
        self.check_keys("bench --json", json.loads(self.succeed(*bench, "--json")))
        self.check_keys("bench --json", [key.split(".")[0] for key in self.keys(*bench)])
        mlm = ["evaluate", "--mlm", "--every", fasta, "-m", self.model, "-q"]
        self.check_keys("evaluate --mlm --json", json.loads(self.succeed(*mlm, "--json")))
        self.check_keys("evaluate --mlm --json", self.keys(*mlm))
        scores = ["evaluate", self.path("lora"), self.path("test.fa"), "--bootstrap", 5, "-q"]
        as_json = json.loads(self.succeed(*scores, "--json"))
        self.check_keys("evaluate --json", as_json)
        self.assertEqual(self.keys(*scores), [key for key in as_json["test"] if not key.endswith(("_low", "_high"))])
        verify = ["--verify", "--verify-precision", fasta, "-q"]
        for model in (["-m", self.path("int8"), "--precision", "int8"], [], ["-m", self.path("lora/classifier")],
                      ["-m", self.model, "--precision", "int8"]):
            keys = self.keys("info", *model, *(verify if "classifier" not in str(model) else []))
            self.check_keys("info", [re.sub(r"^(bf16|int8)\.", "{PRECISION}.", key) for key in keys])

        for command in (["tokenize", fasta], ["predict", self.path("lora"), self.path("test.fa"), "--precision", "bf16"]):
            self.succeed(*command, "-q", "--force", "-o", self.path("out.tsv"))
            self.check_json("TABLE.json", self.path("out.tsv.json"))

        self.write("one.fa", ">chr1\n" + "ACGTTG" * 20 + "\n")
        variants = self.write("in.vcf", "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
                                        "chr1\t9\t.\tG\tC\t.\t.\t.\n")
        score = ["score", "--variants", variants, "--genome", self.path("one.fa"), "-q"]
        names = self.write("names.tsv", "1\tchr1\n")
        self.succeed(*score, "-o", self.path("out.vcf"), "--contig-names", names)
        parts = [self.path(f"part-{i}.vcf") for i in (1, 2)]
        for i, part in enumerate(parts, 1):
            self.succeed(*score, "-o", part, "--shard", f"{i}/2")
        self.succeed("merge", *parts, "-o", self.path("merged.vcf"), "-q")
        of_tables = [field.name for field in DOCUMENTED.fields["Keys", "TABLE.json"]]
        for name in ("out.vcf", "part-1.vcf", "merged.vcf"):
            self.check_keys("score OUT.json", json.loads(self.path(name + ".json").read_text()), of_tables)

    def keys(self, *command):
        status, out, err = run(*command)
        self.assertEqual(status, 0, err)
        return [line.split(": ")[0] for line in out.splitlines() if not line.startswith("## ")]

    def test_every_file_and_key_is_documented_and_written(self):
        self.met_keys, self.met_files = {}, set()
        self.make_finetuned()
        self.make_pretrained()
        self.make_converted()
        self.make_texts()
        self.assertEqual({(folder, field.name) for kind, folder in DOCUMENTED.fields if kind == "Folder"
                          for field in DOCUMENTED.fields[kind, folder]} - self.met_files, set(), "files that nothing wrote")
        # Gradients that are not finite, tensors that are no part of the model, input that was left out; devices, which
        # need a plugin (test_devices.py), and the note on the embedded model (test_descent.py).
        seldom = {"skipped", "unused_tensors", "notes", "device", "device_plugin", "attention", "note"}
        for kind, title in DOCUMENTED.fields:
            if kind == "Keys":
                names = {field.name for field in DOCUMENTED.fields[kind, title]} - self.met_keys.get(title, set()) - seldom
                self.assertEqual(names, set(), f"keys of {title} that nothing wrote")


if __name__ == "__main__":
    unittest.main()
