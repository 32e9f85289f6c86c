# SPDX-License-Identifier: Apache-2.0
"""Labelled sequences to a model: every method, what a run leaves, kills, ranks, folds, benchmarks."""

import json
import math
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from labelled_support import POOR, RICH, FinetuneTest, auroc, gc_set, r2, read_safetensors
from support import PROGRAM, model_tensors, ranks_environment, safetensors_bytes, write_model

MPIRUN = shutil.which("mpirun")


class Methods(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.train, self.test = self.write_binary("train.fa", 80, 1), self.write_binary("test.fa", 40, 2)

    def check_binary(self, output):
        rows = self.rows(output)
        self.assertEqual(len(rows), 40)
        ours = self.metrics(output)["test"]
        labels = [int(row["label"]) for row in rows]
        scores = [float(row["predicted"]) for row in rows]
        self.assertAlmostEqual(ours["auroc"], auroc(labels, scores), places=6)
        self.assertLessEqual(ours["auroc_low"], ours["auroc"])
        self.assertGreaterEqual(ours["auroc_high"], ours["auroc"])
        report = (self.path(output) / "report.html").read_text()
        self.assertIn("<svg", report)
        self.assertIn("Predicts the label from a sequence", report)
        self.assertIn("<th>share positive</th>", report)
        self.assertIn(f"<h1>{output}: binary by ", report)
        self.assertNotIn("<td></td>", report)
        self.assertTrue((self.path(output) / "head" / "head.safetensors").exists())
        return ours

    def test_probe_tells_gc_rich_from_gc_poor(self):
        self.succeed(*self.words("run", "--train", self.train, "--test", self.test, "--method", "probe", "--epochs", 40,
                                 "--no-baselines", ...))
        self.assertGreater(self.check_binary("run")["auroc"], 0.9)
        baselines = self.metrics("run")["baselines"]
        self.assertEqual(list(baselines), ["k-mers", "bases by position", "GC and length"])
        self.assertGreater(baselines["GC and length"]["auroc"], 0.9)
        self.assertIn("p_value", self.metrics("run")["differences"]["k-mers"]["auroc"])

    def test_probe_tries_each_layer(self):
        self.succeed(*self.words("run", "--train", self.train, "--test", self.test, "--method", "probe", "--layers",
                                 "all", "--epochs", 5))
        self.check_binary("run")
        tried = [line["validation_loss"] for line in self.metrics("run")["layers"]]
        self.assertEqual(len(tried), 3)
        self.assertEqual(self.metrics("run")["layer"],
                         self.metrics("run")["layers"][tried.index(min(tried))]["layer"])

    def test_adapters_and_full(self):
        for method, folder in (("lora", "adapter"), ("ia3", "adapter"), ("full", "model")):
            with self.subTest(method=method):
                self.succeed(*self.words(method, "--train", self.train, "--test", self.test, "--method", method,
                                         "--learning-rate", 5e-3, "--epochs", 12))
                self.assertGreater(self.check_binary(method)["auroc"], 0.8)
                self.assertTrue((self.path(method) / folder).is_dir())
                losses = [json.loads(line)["loss"] for line in
                          (self.path(method) / "run" / "metrics.jsonl").read_text().splitlines()]
                self.assertLess(sum(losses[-5:]), sum(losses[:5]))

    def test_base_in_other_precisions(self):
        for precision in ("bf16", "int8"):
            self.succeed(*self.words(precision, "--train", self.train, "--test", self.test, "--method", "lora",
                                     "--precision", precision))
            self.check_binary(precision)

    def test_regression_of_several_numbers_some_missing(self):
        rows = ["id\tsequence\tgc\tat"]
        for i, (bases, gc) in enumerate(gc_set(120, 3)):
            rows.append(f"s{i}\t{bases}\t{gc if i % 5 else 'NA'}\t{100 * (1 - gc):.3f}")
        table = self.write("all.tsv", "\n".join(rows) + "\n")
        self.succeed(*self.words("run", "--task", "regression", "--train", table, "--label-column", "gc,at",
                                 "--id-column", "id", "--test-share", 0.3, "--valid-share", 0.3, "--method", "probe",
                                 "--transform", "standardize", "--epochs", 60, "--learning-rate", 0.1))
        rows = self.rows("run")
        for output in ("gc", "at"):
            pairs = [(float(row[output]), float(row["predicted_" + output])) for row in rows if row[output] != "NA"]
            score = r2(*zip(*pairs))
            self.assertAlmostEqual(self.metrics("run")["test"]["outputs"][output]["r2"], score, places=5)
            self.assertGreater(score, 0.5)
        self.assertTrue(any(row["gc"] == "NA" for row in rows))

    def test_scores_after_a_transform(self):
        rows = ["id,sequence,fpkm"] + [f"s{i},{bases},{math.expm1(8 * gc):.4f}" for i, (bases, gc) in
                                       enumerate(gc_set(100, 6))]
        table = self.write("fpkm.csv", "\n".join(rows) + "\n")
        self.succeed(*self.words("run", "--task", "regression", "--train", table, "--label-column", "fpkm", "--id-column",
                                 "id", "--test-share", 0.3, "--method", "probe", "--transform", "log1p",
                                 "--no-baselines", ...))
        rows = self.rows("run")
        given = [(float(row["fpkm"]), float(row["predicted_fpkm"])) for row in rows]
        learned = [tuple(map(math.log1p, pair)) for pair in given]
        metrics = self.metrics("run")
        for scores, pairs in ((metrics["test"], given), (metrics["test"]["transformed"], learned)):
            self.assertAlmostEqual(scores["r2"], r2(*zip(*pairs)), places=4)
            self.assertLess(scores["r2_low"], scores["r2_high"])
        self.assertIn("r2", metrics["valid"]["transformed"])
        for part in ("baselines", "differences"):
            self.assertIn("r2", metrics[part]["k-mers"]["transformed"])
        self.assertIn("observed (axis: log(1 + value))", (self.path("run") / "report.html").read_text())

    def test_logarithms_that_a_line_would_carry_away(self):
        rows = ["id,sequence,fpkm"]
        for i, (bases, _) in enumerate(gc_set(60, 6)):
            rows.append(f"s{i},{bases[:24 + i % 36]},{math.expm1(i % 36):.6g}")  # by length alone
        train = self.write("train.csv", "\n".join(rows) + "\n")
        test = self.write("test.csv", f"{rows[0]}\na,{'ACGTTG' * 2000},7\nb,{'ACGTTG' * 5},9\nc,{'GCGTTG' * 6},3\n")
        self.succeed(*self.words("run", "--task", "regression", "--train", train, "--test", test, "--label-column", "fpkm",
                                 "--id-column", "id", "--method", "probe", "--transform", "log1p", "--long", "centre",
                                 "--no-baselines", ...))
        scores = self.metrics("run")["baselines"]["GC and length"]
        self.assertLess(scores["mae"], math.exp(36))
        self.assertTrue(math.isfinite(scores["r2"]))

    def test_evaluate_scores_on_both_scales(self):
        rows = ["id,sequence,fpkm"] + [f"s{i},{bases},{math.expm1(8 * gc):.4f}" for i, (bases, gc) in
                                       enumerate(gc_set(60, 6))]
        table, test = self.write("train.csv", "\n".join(rows[:41]) + "\n"), self.write("test.csv", "\n".join(rows[:1] + rows[41:]) + "\n")
        self.succeed(*self.words("run", "--task", "regression", "--train", table, "--test", test, "--label-column", "fpkm",
                                 "--id-column", "id", "--method", "probe", "--transform", "log1p"))
        command = ["evaluate", self.path("run"), test, "--label-column", "fpkm", "--id-column", "id", "--bootstrap", 20, "-q"]
        ours = json.loads(self.succeed(*command, "--json"))["test"]
        of_run = self.metrics("run")["test"]
        self.assertNotAlmostEqual(ours["r2"], ours["transformed"]["r2"], places=2)
        for name in ("r2", "pearson", "mae"):
            self.assertAlmostEqual(ours[name], of_run[name], delta=1e-4 * max(1, abs(of_run[name])))
            self.assertAlmostEqual(ours["transformed"][name], of_run["transformed"][name], places=4)
        self.assertIn(f"\ntransformed.r2: {ours['transformed']['r2']:.4g} (", self.succeed(*command))
        wrong = self.write("wrong.csv", "\n".join([*rows[:1], *rows[41:44], f"odd,{'ACGTACGTACGT' * 5},-9"]) + "\n")
        self.refuse(*(wrong if word == test else word for word in command),
                    says=("wrong.csv:5: log1p of output", "expected numbers above -1, got -9"))

    def test_reports_without_a_test_set(self):
        task = self.write("three.fa", "".join(f">s{i}|{min(int(3 * gc), 2)}\n{bases}\n" for i, (bases, gc) in
                                              enumerate(gc_set(60, 8))))
        words = ["--task", "multiclass", "--train", task, "--method", "probe"]
        self.succeed(*self.words("valid", *words, "--valid-share", 0.3))
        report = (self.path("valid") / "report.html").read_text()
        self.assertIn("There are no test examples: the scores are of the validation examples", report)
        self.assertIn("validation examples: <b>", report)
        self.assertNotIn("test examples:<", report)
        self.assertNotIn("Test scores", report)
        self.succeed(*self.words("none", *words, "--valid-share", 0))
        report = (self.path("none") / "report.html").read_text()
        self.assertIn("There are neither test nor validation examples", report)
        self.assertIn("kept as after the last", report)
        self.assertNotIn("the best after", report)
        metrics = self.metrics("none")
        self.assertEqual([metrics["test"], metrics["valid"], metrics["best_update"]], [None, None, None])

    def test_multiclass_and_multilabel(self):
        examples = gc_set(90, 4)
        rows = ["sequence,label"] + [f"{bases},{'poor' if gc < 0.4 else 'rich' if gc > 0.6 else 'even'}"
                                     for bases, gc in examples]
        table = self.write("classes.csv", "\n".join(rows) + "\n")
        self.succeed(*self.words("classes", "--task", "multiclass", "--train", table, "--test-share", 0.3, "--method",
                                 "probe", "--epochs", 40, "--learning-rate", 0.02))
        for row in self.rows("classes"):
            self.assertAlmostEqual(sum(float(row[f"predicted_{name}"]) for name in ("even", "poor", "rich")), 1, places=5)
        self.assertGreater(self.metrics("classes")["test"]["accuracy"], 0.5)

        rows = ["sequence,label"] + [f"{bases},{int(gc > 0.5)};{int(gc > 0.6)}" for bases, gc in examples]
        table = self.write("labels.csv", "\n".join(rows) + "\n")
        self.succeed(*self.words("labels", "--task", "multilabel", "--train", table, "--label-separator", ";",
                                 "--test-share", 0.3, "--method", "lora", "--output-names", "half,most"))
        self.assertEqual(set(self.metrics("labels")["test"]["outputs"]), {"half", "most"})

    def test_classes_of_bases_along_a_genome(self):
        genome, regions, classes = [], [], []
        for chromosome in range(1, 25):
            bases = ""
            for i in range(30):
                word = (RICH if (i // 3) % 2 else POOR)[(7 * i + chromosome) % 4]
                if (i // 3) % 2:
                    classes.append(f"chr{chromosome}\t{len(bases)}\t{len(bases) + 6}\trich\n")
                bases += word
            genome.append(f">chr{chromosome}\n{bases}\n")
            regions.append(f"chr{chromosome}\t0\t{len(bases)}\tregion{chromosome}\n")
        self.write("genome.fa", "".join(genome))
        self.write("regions.bed", "".join(regions))
        self.write("classes.bed", "".join(classes))
        data = ["--genome", self.path("genome.fa"), "--labels", self.path("classes.bed"), "--token-window-bp", 90,
                "--background", "poor"]
        self.succeed(*self.words("run", "--task", "token", "--train", self.path("regions.bed"), "--test-groups",
                                 "chr23,chr24", "--valid-groups", "chr22", "--method", "full", "--epochs", 20,
                                 "--batch-size", 4, "--learning-rate", 0.005, *data))
        self.assertGreater(self.metrics("run")["test"]["accuracy"], 0.9)
        self.assertEqual({row["label"] for row in self.rows("run")}, {"poor", "rich"})
        self.assertEqual(len(self.rows("run")), 60)
        self.assertEqual([(int(row["record_start"]), int(row["record_end"])) for row in self.rows("run")],
                         4 * [(6 * i, 6 * i + 6) for i in range(15)])
        self.assertIn("<th>start</th><th>end</th>", (self.path("run") / "report.html").read_text())
        predict = ["predict", self.path("run"), self.path("regions.bed"), "--genome", self.path("genome.fa"), "-q"]
        out = self.succeed(*predict, "--token-window-bp", 90)
        self.assertEqual(len([line for line in out.splitlines() if line.startswith("chr")]), 24 * 30)
        for option in (["--window", "feature"], ["--pad-at-ends"]):  # only the model knows what its task takes
            self.refuse(*predict, *option, status=2, says=[option[0], "task per sequence"])

    def test_random_weights_beside(self):
        self.succeed(*self.words("run", "--train", self.train, "--test", self.test, "--method", "probe",
                                 "--random-baseline", None))
        self.assertIn("auroc", self.metrics("run")["baselines"]["random weights"])
        self.assertEqual(list(self.path("run/run-random").glob("model*")), [])

    def test_long_sequences(self):
        # The model takes 31 6-mers, 186 bp.
        examples = gc_set(40, 5, length=400)
        train = self.write("long.fa", "".join(f">s{i}|{gc:.3f}\n{bases}\n" for i, (bases, gc) in enumerate(examples)))
        words = ["--task", "regression", "--train", train, "--test-share", 0.3, "--method", "probe"]
        self.refuse(*self.words("run", *words), says=("long.fa", "400", "--long"))
        for choice in ("centre", "windows"):
            self.succeed(*self.words(choice, *words, "--long", choice))
            self.assertTrue(math.isfinite(self.metrics(choice)["test"]["r2"]))

    def test_report_says_which_baseline_is_left_out(self):
        for length, says in ((60, None), (606, "of at most 600; these have 606.")):
            train = self.write("one.fa", "".join(f">s{i}|{gc:.3f}\n{bases}\n" for i, (bases, gc) in
                                                 enumerate(gc_set(30, 5, length))))
            self.succeed(*self.words(f"run{length}", "--task", "regression", "--train", train, "--test-share", 0.3,
                                     "--method", "probe", "--long", "centre", "--no-baselines", ...))
            report = (self.path(f"run{length}") / "report.html").read_text()
            self.assertEqual("left out" in report, says is not None)
            self.assertIn(says or "bases by position", report)


class Continues(FinetuneTest):
    def setUp(self):
        super().setUp()
        self.train, self.test = self.write_binary("train.fa", 60, 1), self.write_binary("test.fa", 20, 2)
        self.options = ["--train", self.train, "--test", self.test, "--method", "lora", "--epochs", 6,
                        "--checkpoint-every", 3]

    def outcome(self, output):
        """Tensors and predictions, without the command line that each file records."""
        tensors = [read_safetensors(self.path(output) / name) for name in
                   ("adapter/adapter_model.safetensors", "head/head.safetensors")]
        return tensors, self.rows(output)

    def losses(self, output):
        return [(line["step"], line["loss"]) for line in
                map(json.loads, (self.path(output) / "run" / "metrics.jsonl").read_text().splitlines())]

    def test_killed_run_goes_on_to_the_same_bits(self):
        self.succeed(*self.words("whole", *self.options))
        for delay in (0.05, 0.15, 0.3):
            process = subprocess.Popen([PROGRAM, *map(str, self.words("killed", *self.options))])
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.succeed(*self.words("killed", *self.options))
        self.assertEqual(self.losses("killed"), self.losses("whole"))
        self.assertEqual(self.outcome("killed"), self.outcome("whole"))

    def test_other_options_do_not_go_on(self):
        self.succeed(*self.words("run", *self.options))
        status = self.refuse(*self.words("run", *self.options, "--rank", 4), says=("rank", "8", "4"))
        self.assertIn("run", status)

    def test_lists_go_on_as_version_0_2_recorded_them(self):
        """It kept them as they were typed."""
        numbers = self.write("numbers.csv", "id,sequence,label\n" + "".join(
            f"{i},{bases},{gc}\n" for i, (bases, gc) in enumerate(gc_set(30, 1))))
        options = ["--task", "regression", "--train", numbers, "--id-column", "id", "--epochs", 1]
        for key, typed, other in (("targets", "q, fc2", "q,fc1"), ("transform", "log1p ,standardize", "rank"),
                                  ("transform", "none", "rank")):
            with self.subTest(typed=typed):
                run = f"{key}-{typed[0]}"
                self.succeed(*self.words(run, *options, f"--{key}", typed))
                path = self.path(run) / "run" / "config.json"
                record = json.loads(path.read_text())
                self.assertEqual(record[key], "" if typed == "none" else typed.replace(" ", ""))
                path.write_text(json.dumps({**record, key: typed}))
                self.succeed(*self.words(run, *options, f"--{key}", typed))
                self.refuse(*self.words(run, *options, f"--{key}", other), says=(key, other))

    def run_over_ranks(self, ranks, *words):
        return subprocess.run([MPIRUN, "--bind-to", "none", "--oversubscribe", "-n", str(ranks), PROGRAM, *map(str, words)],
                              capture_output=True, text=True, env=ranks_environment())

    @unittest.skipUnless(MPIRUN, "no mpirun")
    def test_ranks_agree(self):
        self.succeed(*self.words("one", *self.options))
        done = self.run_over_ranks(2, *self.words("two", *self.options))
        self.assertEqual(done.returncode, 0, done.stderr)
        for (step, one), (_, two) in zip(self.losses("one"), self.losses("two"), strict=True):
            self.assertAlmostEqual(one, two, delta=1e-4 * max(1, abs(one)), msg=f"step {step}")

    @unittest.skipUnless(MPIRUN, "no mpirun")
    def test_what_all_ranks_find_wrong_is_said_once(self):
        too_large = ("--batch-tokens", 10**8)
        wrong = self.write("wrong.fa", ">a|1\nACGT\n>b\nACGT\n")
        no_benchmark = ("--train", ..., "--test", ..., "--benchmark", self.path("none"))
        for name, options, status, says in (("memory", (*self.options, *too_large), 1, "GB of memory"),
                                            ("file", (*self.options, "--train", wrong), 1, "wrong.fa:3"),
                                            ("options", (*self.options, "--epochs", 0), 2, "--epochs"),
                                            ("rules", (*self.options, "--layers", "last"), 2, "--method probe"),
                                            ("benchmark", (*self.options, *no_benchmark), 1, "none: no such file")):
            done = self.run_over_ranks(3, *self.words(name, *options))
            self.assertEqual(done.returncode, status, done.stderr)
            said = [line for line in done.stderr.splitlines() if line.startswith("agront: ")]
            self.assertEqual(len(said), 1, done.stderr)
            self.assertIn(says, said[0])

    def test_seeds_and_folds(self):
        self.succeed(*self.words("seeds", *self.options[:-4], "--epochs", 1, "--seeds", 2))
        runs = [json.loads((self.path("seeds") / f"seed-{seed}" / "metrics.json").read_text()) for seed in (0, 1)]
        aurocs = [run["test"]["auroc"] for run in runs]
        self.assertAlmostEqual(self.metrics("seeds")["test"]["auroc"], sum(aurocs) / 2)
        self.assertIn("auroc_deviation", self.metrics("seeds")["test"])
        self.succeed(*self.words("folds", "--train", self.train, "--method", "probe", "--folds", 3))
        tested = [row["id"] for fold in range(3) for row in self.rows(f"folds/fold-{fold}")]
        self.assertEqual(len(tested), 60)
        self.assertEqual(len(set(tested)), 60)
        self.write("folds/fold-1/metrics.json", '"damaged"')
        self.refuse(*self.words("folds", "--train", self.train, "--method", "probe", "--folds", 3), "-q",
                    says=("fold-1/metrics.json", "expected an object"))


class Benchmark(FinetuneTest):
    def fasta(self, name, label, count, seed):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.write(name, "".join(f">s{i}|{label(gc)}\n{bases}\n" for i, (bases, gc) in enumerate(gc_set(count, seed))))

    def write_classes(self):
        for part, count in (("train", 40), ("test", 20)):  # this set has no validation file
            self.fasta(f"pgb/poly_a/arabidopsis_thaliana_{part}.fa", lambda gc: int(gc > 0.5), count, count)

    def write_numbers(self):
        for part, count in (("train", 40), ("validation", 20), ("test", 30)):
            self.fasta(f"pgb/promoter_strength/leaf_{part}.fa", lambda gc: f"{gc:.4f}", count, count)
            self.fasta(f"pgb/gene_exp/zea_mays_{part}.fa", lambda gc: f"{gc:.4f}|{1 - gc:.4f}|{gc * gc:.4f}", count, count)

    def test_options_are_for_the_tasks_that_they_fit(self):
        self.write_classes()
        words = ["--benchmark", self.path("pgb"), "--method", "probe", "--epochs", 1]
        self.refuse(*self.words("out", *words, "--transform", "log1p"), status=2, says=("--transform", "numbers"))
        self.write_numbers()
        self.refuse(*self.words("out", *words, "--transform", "log2"), status=2, says=("--transform", "log2"))
        self.refuse(*self.words("out", *words, "--layers", "all", "--pooling", "attention"), status=2, says=("--layers",))
        self.succeed(*self.words("out", *words, "--transform", "standardize", "--class-weights", None, "--positive", "0"))
        for task, is_transformed in (("gene_exp.zea_mays", True), ("poly_a.arabidopsis_thaliana", False)):
            settings = json.loads((self.path("out") / task / "run" / "config.json").read_text())
            self.assertEqual("standardize" in json.dumps(settings), is_transformed, task)
        shutil.rmtree(self.path("pgb") / "poly_a")
        self.refuse(*self.words("other", *words, "--class-weights", None), status=2, says=("--class-weights", "classes"))
        self.refuse(*self.words("other", *words, "--positive", "0"), status=2, says=("--positive", "binary"))

    def test_every_task_of_a_folder(self):
        self.write_classes()
        self.write_numbers()
        (self.path("pgb") / "Figures").mkdir()
        self.succeed(*self.words("out", "--benchmark", self.path("pgb"), "--method", "probe", "--no-baselines", ...))
        rows = self.rows("out", "benchmark.tsv")
        self.assertEqual([row["task"] for row in rows],
                         ["gene_exp.zea_mays", "poly_a.arabidopsis_thaliana", "promoter_strength.leaf"])
        self.assertEqual([row["score"] for row in rows], ["r2", "auroc", "r2"])
        self.assertIn("0.624", rows[0]["published"])
        for row in rows:
            self.assertTrue((self.path("out") / row["task"] / "metrics.json").exists())
        page = (self.path("out") / "report.html").read_text()
        cells = re.findall(r"<td>(<b>)?([-.\d]+)(?:</b>)?</td><td>[-.\d]+ to [-.\d]+</td><td>(<b>)?([-.\d]+)", page)
        self.assertEqual(len(cells), 3)
        for bold_model, of_model, bold_kmers, of_kmers in cells:
            self.assertEqual(bool(bold_model), float(of_model) > float(of_kmers))
            self.assertEqual(bool(bold_kmers), float(of_kmers) > float(of_model))
        self.assertIn('<a href="promoter_strength.leaf/report.html">', page)

    def test_every_task_with_several_seeds(self):
        for part, count in (("train", 40), ("validation", 10), ("test", 20)):
            self.fasta(f"pgb/poly_a/a b#1_{part}.fa", lambda gc: int(gc > 0.5), count, count)
        words = ["--benchmark", self.path("pgb"), "--method", "probe", "--epochs", 1]
        self.succeed(*self.words("seeds", *words, "--seeds", 2))
        row, = self.rows("seeds", "benchmark.tsv")
        self.assertEqual([row[name] for name in ("train", "valid", "test", "low", "high")], ["40", "10", "20", "NA", "NA"])
        self.assertAlmostEqual(float(row["value"]), json.loads((self.path("seeds") / row["task"] / "metrics.json")
                                                               .read_text())["test"]["auroc"], places=4)
        page = (self.path("seeds") / "report.html").read_text()
        self.assertNotIn("href", page)
        self.assertIn("<td>40, 10, 20</td>", page)
        self.assertNotIn("NA to NA", page)
        self.succeed(*self.words("one", *words))
        self.assertIn('<a href="poly_a.a%20b%231/report.html">poly_a.a b#1</a>', (self.path("one") / "report.html").read_text())


class BadInput(FinetuneTest):
    def test_refused_before_training(self):
        train = self.write_binary("train.fa", 20, 1)
        for content, says in ((">a|1\nACGT\n>b\nACGT\n", ("bad.fa:3",)), (">a|1\nACGT\n>b|0\nAC\n>c|x\nACGT\n", ("bad.fa:5",)),
                              (">a|1\nACGT\n>a|0\nACGTT\n", ("bad.fa:3",))):
            self.write("bad.fa", content)
            self.refuse(*self.words("run", "--train", self.path("bad.fa"), "--method", "probe"), says=says)
        self.refuse(*self.words("run", "--train", self.path("none.fa")), says=("none.fa",))
        self.refuse(*self.words("run", "--train", train, "--targets", "q,x"), status=2, says=("--targets", "x"))
        self.refuse(*self.words("run", "--train", train, "--epochs", 0), status=2, says=("--epochs",))

    def test_adapter_of_another_model(self):
        train, test = self.write_binary("train.fa", 30, 1), self.write_binary("test.fa", 10, 2)
        self.succeed(*self.words("run", "--train", train, "--test", test, "--method", "lora", "--epochs", 1))
        other = write_model(self.path("other"), weights=safetensors_bytes(model_tensors(seed=2)))
        self.refuse("predict", self.path("run"), test, "-m", other, "-o", self.path("out.tsv"), says=("run",))


if __name__ == "__main__":
    unittest.main()
