#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `agront score` against Hugging Face transformers: llr, marginal, pll and their frames, on fresh random weights.

    python3 tools/compare_variant_scores.py --agront build/release/agront --seed 7

Two shapes. The windows and formulas are once more in plain Python (tests/cli/score_support.py), the probabilities are
those of EsmForMaskedLM in float32. Variants lie at the ends of a sequence, beside N and between, in windows of 5,994 bp
(one place of the 6-mer, small shape) and shorter ones (six frames). What is compared is the largest difference of a
score, in nats, beside the scores' spread. Prints a table; exits 1 if a bound is missed. Needs torch, transformers,
safetensors and joblib.
"""

import argparse
import os
import pathlib
import random
import sys
import tempfile

import numpy as np
import torch
import transformers

import compare_references
import make_checkpoint

BOUND = 2e-4  # nats; the scores are of the size of one
BATCH = 8


class HuggingFaceWindows:
    """In the place of score_support.Reference: windows with masks, and ln P where they are."""

    def __init__(self, folder):
        self.tokenizer = transformers.EsmTokenizer.from_pretrained(folder)
        self.model = transformers.EsmForMaskedLM.from_pretrained(folder, attn_implementation="sdpa").eval()
        self.windows, self.rows = [], {}

    def mask(self, words, masked):
        self.windows.append(["<mask>" if i in masked else word for i, word in enumerate(words)])
        return len(self.windows) - 1

    def run(self):
        for at in range(0, len(self.windows), BATCH):
            windows = self.windows[at:at + BATCH]
            batch = self.tokenizer(["".join(words) for words in windows], return_tensors="pt", padding=True)
            with torch.inference_mode():
                logits = torch.log_softmax(self.model(**batch).logits.double(), -1)
            for i, words in enumerate(windows):
                for token in (token for token, word in enumerate(words) if word == "<mask>"):
                    self.rows[at + i, token] = logits[i, 1 + token].numpy()

    def at(self, window, token):
        """Nothing but masked tokens is asked for."""
        return self.rows[window, token]


def draw_genome(rng, length):
    bases = rng.choices("ACGT", k=length)
    bases[length // 3] = "N"
    return "".join(bases)


def another(rng, bases):
    return "".join(rng.choice([other for other in "ACGT" if other != base]) for base in bases)


def substitutions(rng, genome):
    """(start, end, alternative): SNVs at the ends, beside N and elsewhere, and changes of 2 to 6 bases."""
    beside_n = len(genome) // 3
    starts = [0, 2, beside_n - 2, beside_n + 1, len(genome) - 1, *(rng.randrange(50, beside_n - 50) for _ in range(4))]
    changes = [(start, start + 1) for start in starts]
    changes += [(start, start + n) for n in range(2, 7) for start in [rng.randrange(beside_n + 50, len(genome) - 50)]]
    return [(start, end, another(rng, genome[start:end])) for start, end in changes]


def other_changes(rng, genome):
    """Substitution, insertion, deletion and both, far from ends and N, that no other spelling can move."""
    changes = []
    for deleted, inserted in ((1, 1), (0, 5), (9, 0), (4, 11)):
        start = rng.randrange(2 * len(genome) // 3, len(genome) - 500)
        end = start + deleted
        while True:
            alternative = "".join(rng.choices("ACGT", k=inserted))
            moved = (alternative or genome[start:end])[-1] == genome[start - 1]
            common = deleted and inserted and (alternative[0] == genome[start] or alternative[-1] == genome[end - 1])
            if not moved and not common:
                break
            if not inserted:
                start, end = start + 1, end + 1
        changes.append((start, end, alternative))
    return changes


def scores_of(program, genome, changes, model, *options):
    """A dictionary of numbers for each change; NaN where there is none."""
    folder = program.folder
    (folder / "genome.fa").write_text(f">chr\n{genome}\n")
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for start, end, alternative in changes:
        before = genome[start - 1] if not alternative or start == end else ""
        lines.append(f"chr\t{start + 1 - len(before)}\t.\t{before}{genome[start:end]}\t{before}{alternative}\t.\t.\t.")
    (folder / "in.vcf").write_text("\n".join(lines) + "\n")
    text = program.run("score", "--variants", folder / "in.vcf", "--genome", folder / "genome.fa", "--model", model, "-q",
                       *options)
    records = [line.split("\t")[7] for line in text.splitlines() if not line.startswith("#")]
    fields = [dict(field.split("=") for field in record.split(";")) for record in records]
    return [{key: float(value) if value != "." else np.nan for key, value in record.items() if key != "AGRONT_STATUS"}
            for record in fields]


def compare(report, what, ours, expected):
    difference = np.max(np.abs(np.array(ours) - np.array(expected)))
    report.within(f"{what}, {len(ours)} variants, spread {np.std(expected):.2f}", difference, BOUND)


def check_substitutions(report, program, name, model, genome, changes, window, all_places):
    import score_support as formulas

    reference, one, places = HuggingFaceWindows(model), [], []
    for start, end, alternative in changes:
        make = lambda place: formulas.SixmerScores(reference, genome, place, start, alternative, window // 12)
        one.append(make(formulas.the_place(genome, start, end)))
        places.append([make(place) for place in formulas.places(genome, start, end)] if all_places else [])
    reference.run()
    frames = ["--frames", 6] if all_places else []
    ours = scores_of(program, genome, changes, model, "--scores", "llr,marginal", "--window-bp", window, *frames)
    for key, score in (("LLR", lambda of: of.llr()), ("MARGINAL", lambda of: of.marginal())):
        compare(report, f"{name} {key}, {window} bp", [record[f"AGRONT_{key}"] for record in ours], list(map(score, one)))
        if all_places:
            compare(report, f"{name} {key}_F6, {window} bp", [record[f"AGRONT_{key}_F6"] for record in ours],
                    [np.mean(list(map(score, of))) for of in places])


def check_pll(report, program, name, model, genome, changes, window):
    import score_support as formulas

    reference = HuggingFaceWindows(model)
    scores = [formulas.PllScore(reference, genome, *change, window // 6, 4) for change in changes]
    reference.run()
    ours = scores_of(program, genome, changes, model, "--scores", "pll", "--window-bp", window)
    compare(report, f"{name} PLL, {window} bp, {len(reference.windows)} passes", [record["AGRONT_PLL"] for record in ours],
            [score.pll() for score in scores])


def read_flags():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PROGRAM", required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=1)
    return parser.parse_args()


def main():
    options = read_flags()
    os.environ["AGRONT"] = options.agront  # for what the tests share
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/cli"))
    transformers.logging.set_verbosity_error()
    report = compare_references.Report()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        program = compare_references.Program(options.agront, scratch)
        for name, shape in compare_references.SHAPES.items():
            rng = random.Random(options.seed)
            model = compare_references.make_model(scratch / name, shape, options.seed, "--format safetensors")
            genome = draw_genome(rng, 9_000)
            changes = substitutions(rng, genome)
            if name == "small":
                check_substitutions(report, program, name, model, genome, changes, 5_994, all_places=False)
            check_substitutions(report, program, name, model, genome, changes, 126, all_places=True)
            check_pll(report, program, name, model, genome, other_changes(rng, genome), 186)
    print(f"{report.checks} checks, {report.failures} failed")
    sys.exit(report.failures > 0)


if __name__ == "__main__":
    main()
