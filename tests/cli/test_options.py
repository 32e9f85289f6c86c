# SPDX-License-Identifier: Apache-2.0
"""Every option of every command, in every mode: it belongs there, or an error says where it belongs.

What is expected stands here in the words of the documentation, and is not read from the program."""

import collections
import json
import re
import unittest

from labelled_support import FinetuneTest
from support import ProgramTest, run

# Values for options that have no default in the help. No such file is there, so a run whose options all belong ends with
# status 1 at the first file that it opens.
VALUES = {"--model": "none", "--adapter": "none", "--init": "none", "--corpus": "none", "--output": "out",
          "--genome": "none.fa", "--regions": "none.bed", "--labels": "none.tsv", "--threads": 1, "--maps": "1:0",
          "--plot": "out.svg", "--without-species": "rice", "--without-sequence": "chr1", "--max-memory": "20G",
          "--hidden": 40, "--heads": 4, "--layers": 2, "--ffn": 40, "--max-tokens": 34, "--window": "promoter",
          "--train": "none.csv", "--valid": "none.csv", "--test": "none.csv", "--targets": "q,v", "--pooling": "mean",
          "--learning-rate": "1e-3", "--label-column": "label", "--label-separator": ";", "--output-names": "leaf",
          "--id-column": "id", "--group-column": "family", "--group-separator": ".", "--split-column": "split",
          "--test-groups": "Chr5", "--valid-groups": "Chr4", "--window-bp": 60, "--stride-bp": 30, "--track": "leaf",
          "--token-window-bp": 1024, "--token-stride-bp": 0, "--background": "none", "--verify-precision": "none.fa",
          "--transform": "log1p", "--config": "empty.json", "--region": "chr1:5-9:-", "--positive": "yes",
          "--repeat-feature": "repeat_region", "--frames": 6, "--shard": "1/2", "--chunk-records": 9, "--report": "out.tsv",
          "--contig-names": "names.tsv", "--to": "out", "--endpoint": "http://127.0.0.1:1"}
ELSEWHERE = VALUES["--endpoint"]  # where nobody answers

FEATURES = {"--genome", "--feature", "--window", "--pad-at-ends"}
REGIONS = FEATURES | {"--regions", "--region"}
TOKENS = {"--token-window-bp", "--token-stride-bp", "--background"}
COLUMNS = {"--label-column", "--id-column", "--group-column", "--split-column"}
SHAPE = {"--hidden", "--heads", "--layers", "--ffn", "--max-tokens"}
BUILDING = {"--output", "--force", "--window-tokens", "--overlap", "--shift", "--training-share", "--block-bp", "--folds",
            "--seed", "--min-known", "--feature", "--repeat-feature", "--flank", "--keep-duplicates", "--without-species",
            "--without-sequence"}

Mode = collections.namedtuple("Mode", "words refused switches", defaults=((),))


def reader_modes(*more, refused=()):
    """Options of commands that read FASTA or regions of a genome. `refused`: in all modes."""
    return [Mode(("none.fa", *more), REGIONS | set(refused)),
            Mode(("--genome", "none.fa", "--regions", "none.bed", *more), {"--feature", "--region", *refused}),
            Mode(("--genome", "none.fa", "--regions", "none.gff3.gz", *more), {"--region", *refused}),
            Mode(("--genome", "none.fa", "--region", "chr1", *more), {"--feature", "--regions", *refused})]


METHODS = {
    "probe": (("--method", "probe"), {"--rank", "--alpha", "--targets", "--merge", "--recompute"}),
    "attention": (("--method", "probe", "--pooling", "attention"),
                  {"--rank", "--alpha", "--targets", "--merge", "--recompute", "--layers"}),
    "ia3": (("--method", "ia3"), {"--rank", "--alpha", "--layers"}),
    "lora": ((), {"--layers"}),
    "full": (("--method", "full"), {"--rank", "--alpha", "--targets", "--merge", "--layers", "--precision"})}
TASKS = {
    "binary": ((), {"--transform", "--label-separator"} | TOKENS),  # the default
    "multiclass": (("--task", "multiclass"), {"--transform", "--label-separator", "--output-names", "--positive"} | TOKENS),
    "multilabel": (("--task", "multilabel"), {"--transform", "--positive"} | TOKENS),
    "regression": (("--task", "regression"), {"--class-weights", "--positive"} | TOKENS),
    "token": (("--task", "token"), {"--transform", "--label-separator", "--output-names", "--positive", "--pooling",
                                    "--layers", "--window", "--pad-at-ends", "--leave-out-unlabelled"})}
INPUTS = {
    "FASTA": (("--train", "none.fa"), FEATURES | COLUMNS | {"--sequence-column", "--label-separator"}),
    "labels": (("--train", "none.fa", "--labels", "none.tsv"), FEATURES | {"--sequence-column"}),
    "table": (("--train", "none.csv.gz"), FEATURES | {"--labels"}),
    "BED": (("--train", "none.bed", "--genome", "none.fa", "--label-column", "score"), {"--sequence-column", "--feature"}),
    "GFF3": (("--train", "none.gff3", "--genome", "none.fa", "--label-column", "score"), {"--sequence-column"}),
    "bases": (("--train", "none.bed", "--genome", "none.fa", "--labels", "none.bed"),
              COLUMNS | {"--sequence-column", "--feature"}),
    "tokens": (("--train", "none.tsv", "--id-column", "gene"), FEATURES | TOKENS | {"--labels"})}
OF_ONE_FILE = {"--test-groups", "--valid-groups", "--test-share", "--split-column"}  # which examples of it are for what
DIVISIONS = {
    "one file": ((), set()),
    "validation": (("--valid", "none.csv"), {"--valid-groups", "--test-share", "--split-column", "--folds", "--valid-share",
                                               "--split-seed"}),
    "test": (("--test", "none.csv"), {"--test-groups", "--test-share", "--split-column", "--folds"}),
    "folds": (("--folds", 3), OF_ONE_FILE | {"--valid", "--test"}),
    "test groups": (("--test-groups", "Chr5"), {"--test", "--folds", "--test-share"}),
    "valid groups": (("--valid-groups", "Chr4"), {"--valid", "--folds", "--valid-share", "--split-seed"})}


def finetune_modes():
    for method, task, read, division in (
            ("probe", "binary", "FASTA", "one file"), ("attention", "multiclass", "table", "one file"),
            ("ia3", "multilabel", "labels", "one file"), ("lora", "regression", "table", "one file"),
            ("full", "binary", "BED", "one file"), ("lora", "multiclass", "GFF3", "one file"),
            ("probe", "token", "bases", "one file"), ("lora", "token", "tokens", "one file"),
            ("probe", "regression", "table", "validation"), ("ia3", "binary", "table", "test"),
            ("lora", "multilabel", "table", "folds"), ("full", "regression", "table", "test groups"),
            ("lora", "binary", "table", "valid groups")):
        parts = (METHODS[method], TASKS[task], INPUTS[read], DIVISIONS[division])
        yield Mode(sum((words for words, _ in parts), ("-o", "out")), set.union(*(refused for _, refused in parts)),
                   ("--benchmark",))
    yield Mode(("-o", "out", "--benchmark", "none"),
               METHODS["lora"][1] | FEATURES | COLUMNS | TOKENS | OF_ONE_FILE |
               {"--task", "--train", "--valid", "--test", "--folds", "--labels", "--sequence-column",
                "--label-separator"})


VARIANTS = ("--variants", "none.vcf", "--genome", "none.fa")
MLM = {"--regions", "--region", "--overlap", "--masking-ratio", "--every", "--adapter"}
FINETUNED = {"--sequence-column", "--label-column", "--label-separator", "--id-column", "--group-column",
             "--group-separator", "--labels", "--leave-out-unlabelled", "--keep-repeated-ids", "--positive",
             "--output-names", "--any-length", "--bootstrap"} | TOKENS
TRACK = {"--window-bp", "--stride-bp", "--track"}
LABEL_COLUMNS = {"--label-column", "--label-separator", "--id-column", "--group-column"}

MODES = {
    "tokenize": reader_modes(),
    "embed": [*reader_modes("-o", "out.npz", refused=["--provenance"]), *reader_modes("-o", "out.tsv"),
              Mode(("none.fa", "-o", "out.tsv", "--pool", "max"), REGIONS | {"--per-record"})],
    "logits": reader_modes("-o", "out.npz"),
    "attention": reader_modes("-o", "out.npz", "--maps", "1:0"),
    "unmask": [*reader_modes(), *reader_modes("--per-base", refused=["--top"])],
    "score": [Mode((*VARIANTS, "-o", "out.vcf"), set()),
              Mode((*VARIANTS, "--scores", "llr,marginal"), {"--pll-flank", "--indel-null", "--shard"}),
              Mode((*VARIANTS, "--scores", "pll"), {"--shared-masks", "--shard"}),
              Mode((*VARIANTS, "--scores", "none"), {"--pll-flank", "--indel-null", "--shared-masks", "--frames", "--model",
                                                     "--adapter", "--precision", "--device", "--batch-tokens",
                                                     "--shard"}),
              Mode(("--variants", "none.tsv", "-o", "out.vcf.gz"), {"--contig-names"}),
              Mode(("--variants", "-", "--genome", "none.fa", "-o", "out.vcf"), {"--shard"})],
    "merge": [Mode(("none.vcf", "-o", "out.vcf"), set())],
    "corpus": [Mode(("none.tsv", "-o", "out"), set(), ("--verify",)), Mode(("none", "--verify"), BUILDING)],
    "pretrain": [Mode(("--corpus", "none", "-o", "out"), {"--learning-rate-final"}),
                 Mode(("--corpus", "none", "-o", "out", "--init", "agront-mini"), SHAPE | {"--learning-rate-final"}),
                 Mode(("--corpus", "none", "-o", "out", "--decay", "none"), {"--learning-rate-final"}),
                 Mode(("--corpus", "none", "-o", "out", "--decay", "linear"), set()),
                 Mode(("--corpus", "none", "-o", "out", "--decay", "cosine", "--validation-windows", 0), set())],
    "finetune": list(finetune_modes()),
    "predict": [Mode(("none", "none.fa"), REGIONS | TOKENS | TRACK | {"--sequence-column", "--id-column"}),
                Mode(("none", "none.csv"), REGIONS | TOKENS | TRACK),
                Mode(("none", "none.bed", "--genome", "none.fa"),
                     TRACK | {"--sequence-column", "--feature", "--regions", "--region"}),
                Mode(("none", "--genome", "none.fa", "--regions", "none.bed"),
                     TRACK | {"--sequence-column", "--feature", "--region"}),
                Mode(("none", "--genome", "none.fa", "--regions", "none.gff3"), TRACK | {"--sequence-column", "--region"}),
                Mode(("none", "--genome", "none.fa", "--region", "chr1"), {"--sequence-column", "--feature", "--regions"},
                     TRACK),
                Mode(("none", "--genome", "none.fa", "--window-bp", 60, "--stride-bp", 30),
                     FEATURES - {"--genome"} | TOKENS | {"--sequence-column", "--id-column", "--regions", "--provenance"},
                     ("--region",)),
                Mode(("none", "--genome", "none.fa", "--window-bp", 60, "--stride-bp", 30, "--region", "chr1"),
                     FEATURES - {"--genome"} | TOKENS | {"--sequence-column", "--id-column", "--regions", "--provenance"})],
    "evaluate": [Mode(("none", "none.fa"), MLM | FEATURES | TOKENS | LABEL_COLUMNS | {"--sequence-column"}, ("--mlm",)),
                 Mode(("none", "none.fa", "--labels", "none.tsv"), MLM | FEATURES | TOKENS | {"--sequence-column"},
                      ("--mlm",)),
                 Mode(("none", "none.csv"), MLM | FEATURES | TOKENS | {"--labels"}, ("--mlm",)),
                 Mode(("none", "none.bed", "--genome", "none.fa"), MLM | {"--sequence-column", "--feature"}, ("--mlm",)),
                 Mode(("none", "none.gff3", "--genome", "none.fa", "--bootstrap", 0),
                      MLM | {"--sequence-column"}, ("--mlm",)),
                 *(Mode(("--mlm", *mode.words), FINETUNED | mode.refused) for mode in reader_modes()),
                 *(Mode(("--mlm", *mode.words), FINETUNED | mode.refused | {"--masking-ratio", "--seed", "--overlap"})
                   for mode in reader_modes("--every"))],
    "pull": [Mode((ELSEWHERE, "--to", "out", "--retries", 0), {"--endpoint"}),
             Mode(("a/b", "--to", "out", "--endpoint", ELSEWHERE, "--retries", 0), set()),
             Mode(("a/b", "--endpoint", ELSEWHERE, "--retries", 0), {"--force"}, ("--to",))],
    "convert": [Mode(("none", "-o", "out"), {"--model"}), Mode(("-m", "none", "-o", "out"), set())],
    "info": [Mode(("none",), REGIONS | {"--model", "--verify-windows", "--device", "--devices"}),
             Mode(("-m", "none"), REGIONS | {"--verify-windows", "--device"}, ("--devices",)),
             Mode(("none", "--verify-precision", "none.fa"), REGIONS | {"--model", "--devices"}),
             *(Mode(("-m", "none", *mode.words, "--verify-precision"), mode.refused, ("--devices",))
               for mode in reader_modes()[1:])],
    "bench": [Mode(("-m", "none"), set())],
}


def options_of(command):
    """Name, whether it takes a value, and the default, by the help. Not the help's own."""
    found = {}
    for line in run(command, "--help")[1].splitlines():
        if match := re.match(r"  (?:-\w,)?(--[\w-]+)(?: (\S+?)(?:=(\S*))?)?(?:\s|$)", line):
            name, kind, default = match.groups()
            if name != "--help":
                found[name] = (kind is not None, default)
    return found


class Walk(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("empty.json", "{}")
        self.counts = collections.Counter()

    def words(self, words):
        """Names of files as paths in the test's folder."""
        return [self.path(word) if re.match(r"(none|out|empty)\b", str(word)) and words[i - 1] not in ("--background", "--decay", "--scores") else word for i, word in enumerate(words)]

    def expect(self, command, mode, option, takes_value, default):
        value = [] if not takes_value else [3 if option == "--folds" else default or VALUES[option]]
        words = [command, *self.words((*mode.words, option, *value))]
        status, out, err = run(*words)
        said = f"{' '.join(map(str, words))}\n{err}"
        self.assertEqual(out, "", said)
        if option in mode.refused:
            self.counts["refused"] += 1
            self.assertEqual(status, 2, said)
            self.assertRegex(err, r"^agront: --[\w-]+ [^\n]*\bgoes\b[^\n]*\n$", said)
            self.assertRegex(err, option + r"\b(?!-)", said)
        else:
            self.counts["accepted"] += 1
            self.assertEqual(status, 1, said)

    def test_every_option_belongs_or_is_refused(self):
        commands = re.findall(r"^  (\w+)  ", run("--help")[1].split("Subcommands:")[1], re.M)
        self.assertEqual(set(commands), set(MODES))
        number_of_options = 0
        for command, modes in MODES.items():
            options = options_of(command)
            number_of_options += len(options)
            self.assertEqual(len(options) + 1, len(re.findall(r"^  -", run(command, "--help")[1], re.M)), command)
            for mode in modes:
                given = {word if word.startswith("--") else {"-o": "--output", "-m": "--model"}[word]
                         for word in map(str, mode.words) if re.match("--|-[om]$", word)}
                for option, (takes_value, default) in options.items():
                    if option not in given and option not in mode.switches:
                        self.expect(command, mode, option, takes_value, default)
                if not mode.words or "--verify" not in mode.words:
                    self.assertEqual(run(command, *self.words(mode.words))[0], 1, mode.words)
        print(f"{len(MODES)} commands, {sum(map(len, MODES.values()))} modes, {number_of_options} options: "
              f"{self.counts['accepted']} uses accepted, {self.counts['refused']} refused")


class Configuration(FinetuneTest):
    """A file of options may serve several methods and inputs; what does not belong to this one is left out."""
    KEYS = {"rank": 2, "alpha": 4, "targets": "q", "layers": "1", "merge": True, "transform": "log1p",
            "class-weights": True, "window": "promoter", "feature": "mRNA", "sequence-column": "seq",
            "token-window-bp": 60, "background": "none", "head": "mlp", "epochs": 1}

    def start(self, output, *options, keys=KEYS):
        config = self.write("c.json", json.dumps(keys))
        words = self.words(output, "--train", self.write_binary("train.fa", 40, 1), "--config", config, "--epochs", ...,
                           *options)
        return run(*(word for word in words if word != "-q"))

    def test_left_out_are_the_keys_of_others(self):
        others = {"--rank", "--alpha", "--targets", "--merge", "--transform", "--window", "--feature",
                  "--sequence-column", "--token-window-bp", "--background"}
        for method, left_out in (("probe", others), ("ia3", others - {"--targets", "--merge"} | {"--layers"}),
                                 ("full", others | {"--layers"})):
            status, _, err = self.start(method, "--method", method)
            self.assertEqual(status, 0, err)
            said = dict(re.findall(r"^--config: left out: (--[\w-]+) (.*)$", err, re.M))
            self.assertEqual(set(said), left_out if method != "probe" else others)
            self.assertIn("--method", said["--rank"])
            settings = json.loads((self.path(method) / "run" / "config.json").read_text())
            self.assertEqual(settings["head"], "mlp")
            self.assertEqual(settings.get("targets"), "q" if method == "ia3" else None)
            self.assertEqual(settings.get("layers"), "1" if method == "probe" else None)
        self.assertTrue((self.path("ia3") / "model").is_dir(), "merged, as the file says")
        self.assertFalse((self.path("probe") / "model").exists())

    def test_what_contradicts_is_refused_from_a_file_too(self):
        table = self.write("t.csv", "sequence,label,split\n" + "ACGTACGT,1,train\nGGTTACGA,0,test\n" * 4)
        test, valid, folds = ("--test", table), ("--valid", table), ("--folds", 2)
        for keys, divisions, says in (({"test-groups": "Chr5"}, (test, folds), "--test-groups"),
                                      ({"valid-groups": "Chr5"}, (valid, folds), "--valid-groups"),
                                      ({"test-share": 0.2}, (test, valid, folds), "--test-share"),
                                      ({"split-column": "split"}, (test, valid), "--split-column"),
                                      ({"split-column": "split"}, (folds,), "folds")):
            for division in divisions:
                status, _, err = self.start("run", "--method", "probe", "--train", table, *division, keys=keys)
                self.assertEqual((status, err.count("\n")), (2, 1), err)
                self.assertIn(says, err)

    def test_what_a_file_has_wrong_is_named_with_its_place(self):
        for keys, says in (({"method": "lore"}, "probe, ia3, lora or full, got \"lore\""), ({"epochs": "3"}, "whole number"),
                           ({"epochs": 10 ** 30}, "whole number"), ({"epoch": 3}, "epoch")):
            status, _, err = self.start("run", keys=keys)
            self.assertEqual((status, err.count("\n")), (2, 1), err)
            self.assertIn("c.json: key", err)
            self.assertIn(says, err)


if __name__ == "__main__":
    unittest.main()
