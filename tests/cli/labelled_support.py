# SPDX-License-Identifier: Apache-2.0
"""Small labelled sets that a tiny model can learn, and plain formulas of the scores."""

import json
import random

from support import ProgramTest, read_table, write_model

SMALL = {"--epochs": 3, "--batch-size": 8, "--bootstrap": 20, "--threads": 1, "--patience": 0}


RICH = ("GCGCGG", "CCGGAC", "GGCCTG", "CGCGCA")
POOR = ("ATTATA", "TAATAC", "AATTTG", "TTAAAT")


def gc_set(count, seed, length=60):
    """Sequences of few 6-mers, so that a tiny model sees each often, and their GC content, spread between 0.1 and 0.9."""
    generator = random.Random(seed)
    examples = []
    for _ in range(count):
        share = generator.random()
        words = [generator.choice(RICH if generator.random() < share else POOR) for _ in range(length // 6 + 1)]
        bases = "".join(words)[:length]
        examples.append((bases, (bases.count("G") + bases.count("C")) / len(bases)))
    return examples


def auroc(labels, scores):
    """Share of pairs of a positive and a negative in the right order; ties count half."""
    positive = [score for label, score in zip(labels, scores) if label == 1]
    negative = [score for label, score in zip(labels, scores) if label == 0]
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


def r2(truth, predicted):
    mean = sum(truth) / len(truth)
    return 1 - sum((t - p) ** 2 for t, p in zip(truth, predicted)) / sum((t - mean) ** 2 for t in truth)


def read_safetensors(path):
    """The bytes of each tensor, by name."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    return {name: data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]
            for name, entry in header.items() if name != "__metadata__"}


class FinetuneTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.model = write_model(self.path("model"))

    def write_binary(self, name, count, seed):
        examples = gc_set(count, seed)
        return self.write(name, "".join(f">{name}_{i}|{int(gc > 0.5)}\n{bases}\n" for i, (bases, gc) in enumerate(examples)))

    def words(self, output, *options):
        """The command line of a small run; `options` are flags and values that replace these. Flags without a value have
        None, and ... leaves a flag out."""
        flags = {"--model": self.model, "--no-baselines": None, **SMALL,
                 **dict(zip(options[::2], options[1::2], strict=True))}
        words = [[flag] if value is None else [flag, value] for flag, value in flags.items() if value is not ...]
        return ["finetune", "-o", self.path(output), "-q", *(word for pair in words for word in pair)]

    def metrics(self, output):
        return json.loads((self.path(output) / "metrics.json").read_text())

    def rows(self, output, name="predictions.tsv"):
        return read_table(self.path(output) / name)
