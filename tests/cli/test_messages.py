# SPDX-License-Identifier: Apache-2.0
"""What the program says to whoever mistypes: one line that names what was meant, and never the parser's own words."""

import re
import unittest

from pretrain_support import PretrainTest
from support import ProgramTest, run

PARSER = re.compile(r"Could not convert|is required|not expected|excludes|Value |->|required but received|subcommand")


class Messages(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write("x.fa", ">a\nACGTACGTAC\n")
        self.out = self.path("o.npz")

    def says(self, line, *words, status=2):
        """The whole line, after the program's name."""
        got, out, err = run(*words)
        self.assertEqual((got, out, err), (status, "", f"agront: {line}\n"))
        self.assertNotRegex(err, PARSER)

    def test_bare_program_prints_its_help(self):
        status, out, err = run()
        self.assertEqual((status, err), (2, ""))  # as git and samtools: a script that lost its command must not go on
        self.assertEqual(out, self.succeed("--help"))

    def test_unknown_commands_and_options_name_the_nearest(self):
        self.says('no command "tokenise"; did you mean tokenize?', "tokenise", self.fasta)
        self.says('no command "pretrian"; did you mean pretrain?', "pretrian")
        self.says('no command "xyz"; the nearest is pull, and agront --help lists all', "xyz")
        self.assertRegex(run("\x1b[31mred")[2], r'^agront: no command "\\x1b\[31mred"; the nearest is \w+, [^\n]*\n$')
        self.says('expected a command before "--model"; agront --help lists all', "--model", "x")
        self.says("embed has no option --layer; did you mean --layers?", "embed", "--layer", 1, self.fasta, "-o", self.out)
        self.says("embed has no option --precison; did you mean --precision?", "embed", "--precison=bf16", self.fasta)
        self.says("embed has no option --epochs; it goes with finetune", "embed", self.fasta, "--epochs", 3)
        self.says("predict has no option --label-column; it goes with finetune and evaluate", "predict", "run", self.fasta,
                  "--label-column", "x")
        self.says("tokenize has no option -z; agront tokenize --help lists all", "tokenize", self.fasta, "-z")
        self.says('tokenize: expected no more than its arguments, got "b.fa" as well', "tokenize", self.fasta, "b.fa")
        self.assertLess(len(run("a" * 100000)[2]), 250)
        self.assertLess(len(run("embed", "--" + "a" * 100000)[2]), 250)

    def test_values(self):
        self.says('--task: expected binary, multiclass, multilabel, regression or token, got "binar"', "finetune", "-o", "o",
                  "--task", "binar")
        self.says('--method: expected probe, ia3, lora or full, got "2"', "finetune", "-o", "o", "--method", 2)
        self.says('--strands: expected forward or both, got "all"', "predict", "d", "x", "--strands", "all")
        self.says('--pool: expected mean, max, cls or none, got "medain"', "embed", self.fasta, "-o", self.out, "--pool",
                  "medain")
        self.says('--precision: expected fp32, bf16, fp16 or int8, got "fp8"', "convert", "-o", "o", "--precision", "fp8")
        self.says('--decay: expected sqrt, cosine, linear or none, got "cos"', "pretrain", "-o", "o", "--decay", "cos")
        self.says('--threads: expected a whole number, got "x"', "tokenize", self.fasta, "-t", "x")
        self.says('--threads: expected a whole number, got "1.5"', "tokenize", self.fasta, "--threads", "1.5")
        self.says('--threads: expected a number that is not so large, got "99999999999"', "tokenize", self.fasta, "-t",
                  99999999999)
        self.says('--seed: expected a whole number of at least 0, got "-1"', "finetune", "-o", "o", "--seed", -1)
        self.says('--alpha: expected a number, got "1x"', "finetune", "-o", "o", "--alpha", "1x")
        self.says('--ids: expected no value, got "maybe"', "tokenize", self.fasta, "--ids=maybe")
        self.says("--overlap: expected BP, got none", "tokenize", self.fasta, "--overlap")
        self.says("--overlap: expected once, got 2 times", "tokenize", self.fasta, "--overlap", 1, "--overlap", 2)
        self.says('--targets: expected one of fc1, fc2, k, o, q, v, got "z"', "finetune", "-o", self.path("o"), "--train",
                  self.fasta, "--targets", "q,z")
        self.says('layers: expected 0 to 2, last, last:raw or all, got "laast"', "embed", self.fasta, "-o", self.out,
                  "--layers", "1,laast")

    def test_numbers_are_decimal(self):
        bases = "ACGTACGTTA" * 620
        long = self.write("long.fa", f">a\n{bases}\n")
        self.assertEqual(self.succeed("tokenize", long, "--overlap", "010", "-q").splitlines()[1:],
                         self.succeed("tokenize", long, "--overlap", "10", "-q").splitlines()[1:])

    def test_what_is_missing(self):
        self.says("embed needs --output FILE: File to write", "embed", self.fasta)
        self.says("attention needs --maps LIST: Attention maps to write, as layer:head separated by commas", "attention",
                  self.fasta, "-o", self.out)
        status, _, err = run("predict")
        self.assertEqual(status, 2)
        self.assertRegex(err, r"^agront: predict needs DIR: [^\n]+\n$")

    def test_missing_files_are_no_such_file(self):
        missing = self.path("none.fa")
        model = (": expected the folder of a model, agront-mini (the embedded one), agront-1b, or ORG/NAME of the hub; "
                 "`agront pull agront-1b` fetches the published model")
        table = self.write("t.csv", "sequence,label\nACGT,1\n")
        bed = self.write("r.bed", "chr1\t0\t4\n")
        for words, expected in (
                (("tokenize", missing), ""), (("embed", missing, "-o", self.out), ""), (("unmask", missing), ""),
                (("tokenize", "--genome", missing, "--regions", bed), ""),
                (("tokenize", "--genome", self.fasta, "--regions", missing), ""),
                (("evaluate", "--mlm", missing), ""), (("evaluate", missing, table), ""), (("corpus", missing, "-o", "o"), ""),
                (("info", "--verify-precision", missing), ""), (("finetune", "-o", "o", "--train", missing), ""),
                (("finetune", "-o", "o", "--train", table, "--test", missing), ""),
                (("finetune", "-o", "o", "--train", self.fasta, "--labels", missing), ""),
                (("pretrain", "-o", "o", "--config", missing), ""),
                (("embed", self.fasta, "-o", self.out, "-m", missing), model), (("info", missing), model),
                (("convert", missing, "-o", "o"), model), (("bench", "-m", missing), model),
                (("embed", self.fasta, "-o", self.out, "--adapter", missing), ": expected a folder with an adapter"),
                (("predict", missing, self.fasta), ": expected the folder of a fine-tuned model"),
                (("pretrain", "-o", "o", "--corpus", missing), ": expected the folder of a corpus"),
                (("corpus", missing, "--verify"), ""),
                (("finetune", "-o", "o", "--benchmark", missing), ": expected a folder of benchmark tasks")):
            self.says(f"{missing}: no such file{expected}", *words, status=1)
        self.assertIn("input", run("tokenize", "")[2])

    def test_names_of_files_with_control_characters(self):
        self.says(r"a\x1b[31mb: no such file", "tokenize", "a\x1b[31mb", status=1)


class Help(ProgramTest):
    def test_says_what_each_option_does(self):
        """Whole phrases: none is a fragment that takes its noun from the option's name."""
        commands = re.findall(r"^  (\w+)  ", self.succeed("--help").split("Subcommands:")[1], re.M)
        for command in commands:
            text = self.succeed(command, "--help")
            self.assertNotRegex(text, r"\{|\}|->")
            for line in text.splitlines():
                self.assertLessEqual(len(line), 120, line)
            lines = re.sub(r"\n {20,}", " " * 20, text).splitlines()
            options = [line for line in lines if line.startswith("  -")]
            self.assertGreaterEqual(len(options), 5)
            for line in options:
                about = re.split(r" {2,}", line.strip(), maxsplit=1)[-1] if "  " in line.strip() else line.split(" ", 4)[-1]
                self.assertGreaterEqual(len(about.split()), 2, line)
                self.assertNotRegex(about, r"^(Of|At|In|To|The same|Instead|Not 0|Default|Likewise)\b", line)


class FinishedPretraining(PretrainTest):
    def test_says_that_it_is_finished(self):
        def start(steps):
            status, _, err = run(*(word for word in self.words("run", "--steps", steps) if word != "-q"))
            self.assertEqual(status, 0, err)
            return err

        err = start(3)
        self.assertIn(f"finished with step 3 of 3: {self.path('run')}/step-3\n", err)
        self.assertRegex(err, r"run: 3 steps, about (less than a|\d+) seconds?\n")
        before = (self.path("run") / "metrics.jsonl").read_text()
        for steps in (3, 2):
            self.assertEqual(start(steps), f"{self.path('run')}: finished before, with step 3; another -o starts a new run\n")
        self.assertEqual((self.path("run") / "metrics.jsonl").read_text(), before)


if __name__ == "__main__":
    unittest.main()
