# SPDX-License-Identifier: Apache-2.0
"""Every table of docs/formats.md opens in pandas and R without arguments, and has its columns there and the right values."""

import json
import random
import unittest

import numpy as np
import pandas

from documented import Documented
from labelled_support import POOR, RICH, auroc, gc_set, r2
from tables_support import NAMES, TablesTest, unescaped

PLACE = ["chrom", "start", "end", "strand", "record_start", "record_end"]
CHANNELS = range(24)  # of the small model, whose windows have up to 31 6-mers, 186 bp
SEQUENCE_TABLES = ["tokenize", "unmask", "unmask --per-base", "embed"]
TASK_TABLES = ["predict", "predictions.tsv", "benchmark.tsv"]
VARIANT_TABLES = ["score", "score --report"]  # tested in test_score_tables.py


def random_bases(count, seed=1):
    return "".join(random.Random(seed).choices("ACGT", k=count))


def number_of_kmer(kmer):
    """Its column of logits."""
    number = 0
    for base in kmer:
        number = 4 * number + "ATCG".index(base)
    return 4 + number


class Page(unittest.TestCase):
    def test_has_the_tables_that_are_tested_here(self):
        self.assertEqual(sorted(Documented().names("Table")), sorted([*SEQUENCE_TABLES, *TASK_TABLES, *VARIANT_TABLES, "report.tsv"]))

    def test_links_lead_to_headings(self):
        documented = Documented()
        for link in documented.text.split("](#")[1:]:
            self.assertIn(link.split(")")[0], documented.anchors())


class Sequences(TablesTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.write_fasta("in.fa", ["short", "long", "unknown"],
                                      ["ACGTAC", random_bases(400), "ACGTACNNACGT" + random_bases(60, 2)])
        self.genome = self.write("genome.fa", f">chr1\n{random_bases(900, 3)}\n>chr2\n{random_bases(300, 4)}\n")
        self.regions = self.write("regions.bed", "chr1\t100\t160\tforward\t0\t+\nchr1\t200\t600\tlong\t0\t-\n"
                                                 "chr2\t0\t75\tend\t0\t-\n")
        of_regions = ["--genome", self.genome, "--regions", self.regions]
        self.inputs = {(): [self.fasta], ("regions",): of_regions}

    def arrays(self, command, *arguments):
        self.succeed(command, *arguments, "-m", self.model, "-o", self.path("arrays.npz"), "--force", "-q")
        return np.load(self.path("arrays.npz"))

    def assert_same_places(self, frame, arrays, words):
        for name in ("name", "record_start", "record_end", *(("chrom", "start", "end", "strand") if words else ())):
            self.assertEqual(list(frame[name]), list(arrays[name]), name)

    def test_tokenize(self):
        for words, source in self.inputs.items():
            arrays = self.arrays("embed", *source)
            texts, ids = (self.make_table("tokenize", "tokenize", *source, "-m", self.model, *option, words=words,
                                          rows=len(arrays["name"])) for option in ([], ["--ids"]))
            self.assert_same_places(texts, arrays, words)
            self.assert_same_places(ids, arrays, words)
            for text, numbers in zip(texts["tokens"], ids["tokens"]):
                expected = ["3" if word == "<cls>" else str(number_of_kmer(word)) if len(word) == 6 else
                            str(4100 + "ATCGN".index(word)) for word in text.split(" ")]
                self.assertEqual(numbers.split(" "), expected)

    def test_embed_pooled(self):
        for words, source in self.inputs.items():
            for option in ([], ["--pool", "max", "--layers", "0,last:raw"], ["--per-record"]):
                arrays = self.arrays("embed", *source, *option)
                layers = [name for name in arrays if name.startswith("layer_")]
                frame = self.make_table("embed", "embed", *source, "-m", self.model, *option, words=words,
                                        rows=len(layers) * len(arrays["name"]), CHANNEL=CHANNELS)
                for layer in layers:
                    of_layer = frame[frame["layer"] == layer]
                    self.assert_same_places(of_layer, arrays, words)
                    np.testing.assert_array_equal(np.float32(of_layer.filter(regex=r"^c\d+$")), arrays[layer])

    def test_embed_tokens(self):
        for words, source in self.inputs.items():
            arrays = self.arrays("embed", *source, "--pool", "none")
            frame = self.make_table("embed", "embed", *source, "-m", self.model, "--pool", "none", words=words,
                                    rows=arrays["offsets"][-1], CHANNEL=CHANNELS)
            np.testing.assert_array_equal(np.float32(frame.filter(regex=r"^c\d+$")), arrays["layer_2"])
            for i, name in enumerate(arrays["name"]):
                tokens = frame[arrays["offsets"][i]:arrays["offsets"][i + 1]]
                self.assertEqual(set(tokens["name"]), {name})
                self.assertEqual(list(tokens["record_end"][:-1]), list(tokens["record_start"][1:]), "side by side")
                self.assertEqual([tokens["record_start"].min(), tokens["record_end"].max()],
                                 [arrays["record_start"][i], arrays["record_end"][i]])
                self.assertEqual(tokens["record_start"].iloc[0], tokens["record_end"].iloc[0], "<cls> stands for no base")
                if words:
                    self.assertEqual([tokens["start"].min(), tokens["end"].max()], [arrays["start"][i], arrays["end"][i]])

    def test_unmask(self):
        masked = self.write("masked.fa", f">a\nACGTAC<mask>{random_bases(30)}\n>b\n<mask>\n")
        probabilities = self.arrays("logits", masked, "--probabilities")
        frame = self.make_table("unmask", "unmask", masked, "-m", self.model, "--top", 4, rows=8)
        for token, of_mask in ((2, frame[:4]), (probabilities["offsets"][1] + 1, frame[4:])):
            of_token = probabilities["probabilities"][token]
            self.assertEqual(list(of_mask["rank"]), [1, 2, 3, 4])
            self.assertEqual([number_of_kmer(kmer) for kmer in of_mask["kmer"]], list(4 + np.argsort(-of_token[4:4100])[:4]))
            np.testing.assert_allclose(of_mask["probability"], np.sort(of_token[4:4100])[::-1][:4], rtol=1e-5)
        self.assertTrue(frame["true"].isna().all() and frame["true_probability"].isna().all())
        for words, source in self.inputs.items():
            frame = self.make_table("unmask", "unmask", "--every", *source, "-m", self.model, words=words)
            best = frame[frame["kmer"] == frame["true"]]
            np.testing.assert_array_equal(best["probability"], best["true_probability"])
            self.assertEqual(set(frame["record_end"] - frame["record_start"]), {6})

    def test_unmask_by_base(self):
        for words, source in self.inputs.items():
            kmers = self.make_table("unmask", "unmask", "--every", "--top", 1, *source, "-m", self.model, words=words)
            frame = self.make_table("unmask --per-base", "unmask", "--every", "--per-base", *source, "-m", self.model,
                                    words=words, rows=6 * len(kmers))
            self.assertEqual(list(frame["true"]), list("".join(kmers["true"])))
            np.testing.assert_allclose(frame[list("ACGT")].sum(axis=1), 1, atol=1e-5)
            self.assertEqual(set(frame["record_end"] - frame["record_start"]), {1})
        masked = self.write("masked.fa", ">a\nACGTAC<mask>ACG\n")
        self.make_table("unmask --per-base", "unmask", "--per-base", masked, "-m", self.model, rows=6)


class Predictions(TablesTest):
    """A task of each kind, with groups and regions and without; predictions.tsv and what `predict` says of the same."""

    def finetune(self, *options):
        self.succeed(*self.words("run", "--method", "probe", *options))
        return self.metrics("run")["test"]

    def open_predictions(self, words, outputs, rows=None, label=()):
        if rows is None and "token" not in words:
            rows = self.metrics("run")["examples"]["test"]
        return self.open_table(self.path("run/predictions.tsv"), "predictions.tsv", words, rows, OUTPUT=outputs, LABEL=label)

    def predict(self, source, words, outputs, rows=None, label=()):
        return self.make_table("predict", "predict", self.path("run"), *source, words=words, rows=rows, OUTPUT=outputs,
                               LABEL=label)

    def assert_same_predictions(self, frame, predicted, key):
        both = frame.merge(predicted, on=key, suffixes=("", " again"))
        self.assertEqual(len(both), len(frame))
        for name in frame.columns:
            if name.startswith("predicted"):
                np.testing.assert_allclose(both[name], both[name + " again"], rtol=1e-4, atol=1e-6)

    def write_genome(self):
        """Chromosomes of features, some rich in GC, their labels in the column score."""
        features, bases = [], {}
        for chromosome in range(1, 7):
            sequences = gc_set(10, chromosome)
            bases[f"chr{chromosome}"] = "".join(sequence for sequence, _ in sequences)
            features += [f"chr{chromosome}\t{60 * i}\t{60 * i + 60}\tg{chromosome}_{i}\t{int(gc > 0.5)}\t{'+-'[i % 2]}\n"
                         for i, (_, gc) in enumerate(sequences)]
        genome = self.write("genome.fa", "".join(f">{name}\n{text}\n" for name, text in bases.items()))
        return genome, self.write("features.bed", "".join(features))

    def test_binary(self):
        train, test = self.write_binary("train.fa", 60, 1), self.write_binary("test.fa", 20, 2)
        scores = self.finetune("--train", train, "--test", test)
        frame = self.open_predictions({"binary"}, [], 20)
        self.assertAlmostEqual(auroc(frame["label"], frame["predicted"]), scores["auroc"], places=6)
        predicted = self.predict([test], {"binary"}, [], 20)
        np.testing.assert_allclose(predicted["predicted"], frame["predicted"], rtol=1e-4)

    def test_binary_of_words(self):
        train, test = (self.write_binary(f"{name}.fa", count, count) for name, count in (("train", 60), ("test", 20)))
        for path in (train, test):
            path.write_text(path.read_text().replace("|0", "|soft").replace("|1", "|tough"))
        scores = self.finetune("--train", train, "--test", test, "--positive", "soft")
        frame = self.open_predictions({"binary of words"}, [], 20, ["soft"])
        self.assertEqual(list(frame["label"]), [int("|soft" in line) for line in test.read_text().splitlines()[::2]])
        self.assertAlmostEqual(auroc(frame["label"], frame["predicted_soft"]), scores["auroc"], places=6)
        self.assertEqual(json.loads(self.path("run/head/head.json").read_text())["labels"], {"0": "tough", "1": "soft"})
        self.predict([test], {"binary of words"}, [], 20, ["soft"])

    def test_binary_of_regions(self):
        genome, features = self.write_genome()
        scores = self.finetune("--train", features, "--genome", genome, "--label-column", "score", "--test-groups",
                               "chr5,chr6")
        words = {"binary", "regions", "groups"}
        frame = self.open_predictions(words, [], 20)
        self.assertAlmostEqual(auroc(frame["label"], frame["predicted"]), scores["auroc"], places=6)
        self.assertEqual(list(frame["group"]), list(frame["chrom"]))
        lines = pandas.read_csv(features, sep="\t", names=["chrom", "start", "end", "id", "score", "strand"])
        of_test = lines[lines["chrom"].isin(["chr5", "chr6"])].reset_index()
        for name in ("chrom", "start", "end", "id", "strand"):
            self.assertEqual(list(frame[name]), list(of_test[name]))
        self.assertEqual(list(frame["label"]), list(of_test["score"]))
        predicted = self.predict(["--genome", genome, "--regions", features], words, [], len(lines))
        self.assert_same_predictions(frame, predicted, ["id", *PLACE])

    def finetune_table(self, kind, header, rows, *options):
        table = self.write_table("task.tsv", ["id", "family", "sequence", *header], rows)
        scores = self.finetune("--task", kind, "--train", table, "--id-column", "id", "--group-column", "family",
                               "--test-share", 0.3, "--label-column", "label", *options)
        return scores, ["--id-column", "id", table]

    def test_classes(self):
        rows = [[f"s{i}", f"f{i % 17}", bases, "poor" if gc < 0.4 else "rich" if gc > 0.6 else "even"]
                for i, (bases, gc) in enumerate(gc_set(90, 4))]
        scores, source = self.finetune_table("multiclass", ["label"], rows, "--epochs", 20)
        classes = ["even", "poor", "rich"]
        frame = self.open_predictions({"multiclass", "groups"}, classes)
        said = frame[[f"predicted_{name}" for name in classes]].values.argmax(1)
        self.assertAlmostEqual(np.mean([classes[i] == label for i, label in zip(said, frame["label"])]), scores["accuracy"])
        self.assertEqual([(row.id, row.group, row.label) for row in frame.itertuples()],
                         [(row[0], row[1], row[3]) for row in rows if row[0] in set(frame["id"])])
        self.assert_same_predictions(frame, self.predict(source, {"multiclass"}, classes, 90), ["id"])

    def test_several_labels_some_missing(self):
        names = ["two words", "50%", "it's", 'q"q', "#x"]
        rows = [[f"s{i}", f"f{i % 17}", bases,
                 f"{int(gc > 0.5)};{int(gc > 0.6)};{'NA' if i % 3 else i % 2};{i % 2};{(i + 1) % 2}"]
                for i, (bases, gc) in enumerate(gc_set(90, 4))]
        _, source = self.finetune_table("multilabel", ["label"], rows, "--label-separator", ";", "--output-names",
                                        ",".join(names))
        frame = self.open_predictions({"multilabel", "groups"}, names)
        labels = {row[0]: row[3].split(";") for row in rows}
        for i, name in enumerate(names):
            self.assertEqual([str(int(label)) if label == label else "NA" for label in frame[name]],
                             [labels[one][i] for one in frame["id"]])
        self.assert_same_predictions(frame, self.predict(source, {"multilabel"}, names, 90), ["id"])

    def test_numbers_some_missing(self):
        rows = [[f"s{i}", f"f{i % 17}", bases, gc if i % 5 else "NA", 1e6 * (1 - gc)]
                for i, (bases, gc) in enumerate(gc_set(90, 4))]
        scores, source = self.finetune_table("regression", ["gc", "at"], rows, "--label-column", "gc,at", "--transform",
                                             "standardize", "--epochs", 20)
        frame = self.open_predictions({"regression", "groups"}, ["gc", "at"])
        self.assertTrue(frame["gc"].isna().any())
        for name in ("gc", "at"):
            known = frame.dropna(subset=[name])
            self.assertAlmostEqual(r2(known[name], known["predicted_" + name]), scores["outputs"][name]["r2"], places=4)
        self.assert_same_predictions(frame, self.predict(source, {"regression"}, ["gc", "at"], 90), ["id"])

    def test_tokens(self):
        chromosomes = {f"chr{c}": "".join((RICH if (i // 3) % 2 else POOR)[(7 * i + c) % 4] for i in range(30))
                       for c in range(1, 10)}
        genome = self.write("genome.fa", "".join(f">{name}\n{bases}\n" for name, bases in chromosomes.items()))
        regions = self.write("regions.bed", "".join(f"{name}\t0\t180\tr{name}\t0\t{'+-'[i % 2]}\n"
                                                    for i, name in enumerate(chromosomes)))
        classes = self.write("classes.bed", "".join(f"{name}\t{6 * i}\t{6 * i + 6}\trich\n" for name in chromosomes
                                                    for i in range(30) if (i // 3) % 2))
        scores = self.finetune("--task", "token", "--train", regions, "--genome", genome, "--labels", classes,
                               "--token-window-bp", 90, "--background", "poor", "--test-groups", "chr8,chr9", "--epochs", 20)
        outputs = ["poor", "rich"]
        words = {"token", "regions", "groups"}
        frame = self.open_predictions(words, outputs, 60)
        said = np.where(frame["predicted_rich"] > frame["predicted_poor"], "rich", "poor")
        self.assertAlmostEqual(np.mean(said == frame["label"]), scores["accuracy"])
        for row in frame.itertuples():
            self.assertEqual(row.end - row.start, 6)
            self.assertEqual(row.label, "rich" if row.start // 18 % 2 else "poor", "the label of this place in the genome")
        predicted = self.predict(["--genome", genome, "--regions", regions, "--token-window-bp", 90], words, outputs, 9 * 30)
        self.assert_same_predictions(frame, predicted, ["chrom", "start", "end", "strand"])
        fasta = self.write("in.fa", ">a\nACGTAC\n>b\nACGTACNACG\n")
        frame = self.predict([fasta, "--any-length"], {"token"}, outputs, 1 + 5)
        self.assertEqual(list(frame["record_start"]), [0, 0, 6, 7, 8, 9])


class Reports(TablesTest):
    def test_benchmark(self):
        classes, numbers = lambda gc: int(gc > 0.5), lambda gc: f"{gc:.4f}|{1 - gc:.4f}"
        for file, label, count in (("poly_a/arabidopsis_thaliana_train", classes, 40),
                                   ("poly_a/arabidopsis_thaliana_test", classes, 20), ("gene_exp/zea_mays_train", numbers, 40),
                                   ("gene_exp/zea_mays_validation", numbers, 20), ("gene_exp/zea_mays_test", numbers, 30)):
            self.path(f"pgb/{file}").parent.mkdir(parents=True, exist_ok=True)
            self.write(f"pgb/{file}.fa", "".join(f">s{i}|{label(gc)}\n{bases}\n" for i, (bases, gc) in
                                                 enumerate(gc_set(count, count))))
        for name, options in (("one", ["--no-baselines", ...]), ("seeds", ["--seeds", 2]), ("folds", ["--bootstrap", 0])):
            self.succeed(*self.words(name, "--benchmark", self.path("pgb"), "--method", "probe", "--epochs", 1, *options))
            frame = self.open_table(self.path(name) / "benchmark.tsv", "benchmark.tsv", rows=2)
            for row in frame.itertuples():
                metrics = json.loads((self.path(name) / row.task / "metrics.json").read_text())
                self.assertEqual([row.train, row.valid, row.test], list(metrics["examples"].values()))
                self.assertAlmostEqual(row.value, metrics["test"][row.score], places=5)
                self.assertEqual(np.isnan(row.low), f"{row.score}_low" not in metrics["test"])
                self.assertEqual(np.isnan(row.kmers), "baselines" not in metrics)

    def test_corpus(self):
        names = [name for name in NAMES if len(name) <= 200 and not name.startswith("#")]  # as the manifest has them
        for i in range(len(names)):
            self.write(f"{i}.fa", f">chr1\n{random_bases(700, i)}\n")
        self.write("genomes.tsv", "species\tfasta\tregions\tweight\n" +
                   "".join(f"{name}\t{i}.fa\t.\t.\n" for i, name in enumerate(names)))
        self.succeed("corpus", self.path("genomes.tsv"), "-o", self.path("corpus"), "--window-tokens", 21, "--overlap", 12,
                     "-q")
        frame = self.open_table(self.path("corpus/report.tsv"), "report.tsv", rows=9 * (len(names) + 1))
        self.assertEqual(unescaped(frame["species"][::9]), [*names, "."])
        described = json.loads(self.path("corpus/corpus.json").read_text())["species"]
        for part in ("training", "validation"):
            self.assertEqual(list(frame[frame["stage"] == part]["windows"][:-1]),
                             [species[f"{part}_windows"] for species in described])
        self.assertTrue(frame["gc"].isna().any(), "a stage without bases")


if __name__ == "__main__":
    unittest.main()
