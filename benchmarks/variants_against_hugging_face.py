#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`agront score` beside a straight Hugging Face script of the same formula; writes a table of docs/performance.md.

    python3 benchmarks/variants_against_hugging_face.py --environment ENV     # ENV: with torch and transformers

The script that is compared is GPN's formula for 6-mer models: a window of 5,994 bp around each SNV, tokenized, the
6-mer in its middle masked, both strands, batches of 8, attention masks passed, ln P of the alternative less that of the
reference. SNVs are of the Arabidopsis plastome, the model has 8 layers of true width and random weights (made when it is
missing, 1 GB). Both score 24 SNVs in turn, some at a time, so that a noisy machine is noisy for both: 48 passes. What
more SNVs would take is that time by the number of passes, which our program counts. Ours are whole commands, start and
reading of the weights included. Scores that do not agree end the run.
"""

import argparse
import collections
import gzip
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PLASTOME = ROOT / "demo/data/NC_000932.fa.gz"
WINDOW, BATCH = 5_994, 8
SCATTERED, DENSE_BASES = 24, 60
AT_A_TIME = 12  # SNVs, three batches of the script
PRECISIONS = ("fp32", "bf16", "int8")
SAME_SCORES = 1e-3  # nats


def read_flags():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", metavar="DIR", type=pathlib.Path, help="a Python environment; default: this one")
    parser.add_argument("--agront", metavar="PROGRAM", type=pathlib.Path, default=ROOT / "build/release/agront")
    parser.add_argument("--contestant", metavar="PROGRAM", type=pathlib.Path,
                        default=ROOT / "build/release/agront_contestant")
    parser.add_argument("--wide", metavar="DIR", type=pathlib.Path, help="a model; default: make one of 8 layers")
    parser.add_argument("--work", metavar="DIR", type=pathlib.Path, default=ROOT / "build/peers")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="of the forward passes that are compared first")
    parser.add_argument("--docs", metavar="FILE", type=pathlib.Path, default=ROOT / "docs/performance.md")
    return parser.parse_args()


def enter_environment(folder):
    """Goes on in the Python that has the peer."""
    if folder and pathlib.Path(sys.prefix) != folder.resolve():
        os.execv(folder / "bin/python", [folder / "bin/python", *sys.argv])


def plastome():
    return "".join(gzip.open(PLASTOME, "rt").read().split("\n")[1:]).upper()


def draw_snvs(genome):
    """(position, alternative), both 0-based: scattered ones, and all of some neighbouring bases."""
    rng = random.Random(1)
    half = WINDOW // 2
    scattered = sorted(rng.sample(range(half + 10, len(genome) - half - 10), SCATTERED))
    scattered = [(at, rng.choice([base for base in "ACGT" if base != genome[at]])) for at in scattered]
    start = len(genome) // 2
    return scattered, [(at, base) for at in range(start, start + DENSE_BASES) for base in "ACGT" if base != genome[at]]


def write_vcf(path, genome, snvs):
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    lines += [f"NC_000932.1\t{at + 1}\t.\t{genome[at]}\t{base}\t.\t.\t." for at, base in snvs]
    path.write_text("\n".join(lines) + "\n")
    return path


class Script:
    """What one would write with transformers."""

    def __init__(self, folder, threads):
        import torch
        import transformers

        self.torch = torch
        torch.set_num_threads(threads)
        transformers.logging.set_verbosity_error()
        self.tokenizer = transformers.EsmTokenizer.from_pretrained(folder)
        self.model = transformers.EsmForMaskedLM.from_pretrained(folder, attn_implementation="sdpa").eval()

    def forward(self, batch):
        with self.torch.inference_mode():
            return self.model(**batch).logits

    def ratios(self, windows):
        """ln P(alternative 6-mer) - ln P(reference 6-mer) of each (window, alternative window)."""
        middle = WINDOW // 12 + 1  # behind <cls>
        found = []
        for at in range(0, len(windows), BATCH):
            batch, other = (self.tokenizer([pair[i] for pair in windows[at:at + BATCH]], return_tensors="pt", padding=True)
                            for i in (0, 1))
            reference = batch["input_ids"][:, middle].clone()
            batch["input_ids"][:, middle] = self.tokenizer.mask_token_id
            rows = self.forward(batch)[:, middle]
            number = self.torch.arange(len(rows))
            found += (rows[number, other["input_ids"][:, middle]] - rows[number, reference]).tolist()
        return found

    def llr(self, genome, snvs):
        windows = []
        for at, base in snvs:
            start = at - WINDOW // 2  # the SNV is the fourth base of the 6-mer in the middle
            reference = genome[start:start + WINDOW]
            alternative = reference[:WINDOW // 2] + base + reference[WINDOW // 2 + 1:]
            windows += [(reference, alternative), tuple(map(mirrored, (reference, alternative)))]
        ratios = self.ratios(windows)
        return [(forward + reverse) / 2 for forward, reverse in zip(ratios[::2], ratios[1::2])]


def mirrored(bases):
    return bases.translate(str.maketrans("ACGT", "TGCA"))[::-1]


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def score(options, model, vcf, *flags):
    """Seconds of the whole command, the values of AGRONT_LLR, and the number of passes."""
    out = options.work / "scored.vcf"
    command = [options.agront, "score", "--variants", vcf, "--genome", options.work / "plastome.fa", "--model", model,
               "--scores", "llr", "--threads", options.threads, "-q", "--force", "-o", out, *flags]
    seconds, _ = timed(lambda: subprocess.run(list(map(str, command)), check=True))
    text = out.read_text()
    passes = int(json.loads(pathlib.Path(f"{out}.json").read_text())["passes"])
    return seconds, [float(value) for value in re.findall(r"AGRONT_LLR=([^;\s]+)", text)], passes


def forward_ratio(options, model, genome):
    """Times as fast as Hugging Face in fp32, one window of 1,000 tokens, logits of all; its seconds and ours."""
    sys.path.insert(0, str(HERE / "peers"))
    from turns import Contestant, median_ratio, take_turns

    sequences = options.work / "window.txt"
    sequences.write_text(genome[:WINDOW] + "\n")
    ours = Contestant("agront", [options.contestant, model, "fp32", options.threads, sequences], "logits")
    theirs = Contestant("Hugging Face", [sys.executable, HERE / "peers/contestant.py", "hugging_face-fp32", model,
                                         options.threads, sequences, options.work], "logits")
    seconds, _ = take_turns([ours, theirs], options.rounds, options.work)
    return median_ratio(seconds["Hugging Face"], seconds["agront"]), seconds


def row(work, ours, of_ours, theirs, of_script, wanted, agreement=""):
    return (f"| {work} | {ours:.1f} s, {of_ours} passes | {theirs:.1f} s, {of_script} passes | {theirs / ours:.2f} | "
            f"{wanted} | {agreement} |")


def in_turn(options, model, genome, snvs):
    """Seconds of the script and of each precision, and their scores."""
    script = Script(model, options.threads)
    script.ratios([(genome[:WINDOW], genome[:WINDOW])])  # warms up
    seconds, scores = collections.Counter(), collections.defaultdict(list)
    for at in range(0, len(snvs), AT_A_TIME):
        some = snvs[at:at + AT_A_TIME]
        vcf = write_vcf(options.work / "scattered.vcf", genome, some)
        runs = {"script": lambda: timed(lambda: script.llr(genome, some))}
        runs |= {precision: lambda precision=precision: score(options, model, vcf, "--precision", precision)[:2]
                 for precision in PRECISIONS}
        for name, run in runs.items():
            taken, found = run()
            seconds[name] += taken
            scores[name] += found
            print(f"  {name}: {len(some)} SNVs, {taken:.1f} s", file=sys.stderr, flush=True)
    return seconds, scores


def measure(options, model, genome):
    ratio, forward = forward_ratio(options, model, genome)
    scattered, dense = draw_snvs(genome)
    seconds, scores = in_turn(options, model, genome, scattered)
    done = 2 * SCATTERED
    rows = [f"| forward pass, fp32, 1 x 1,000 tokens, all logits | {min(forward['agront']):.2f} s | "
            f"{min(forward['Hugging Face']):.2f} s | {ratio:.2f} |  |  |"]
    for precision in PRECISIONS:
        worst = max(abs(a - b) for a, b in zip(scores[precision], scores["script"], strict=True))
        if precision == "fp32" and worst > SAME_SCORES:
            sys.exit(f"scores differ by {worst}")
        rows.append(row(f"`llr` of {SCATTERED} scattered SNVs, {precision}", seconds[precision], done, seconds["script"], done,
                        f"{ratio:.2f}" if precision == "fp32" else "", f"largest difference {worst:.1e} nats"))
    all_of_some = write_vcf(options.work / "dense.vcf", genome, dense)
    for flags, frames, wanted in (((), 1, 2.9), (("--frames", 6), 6, 15)):
        _, _, passes = score(options, model, all_of_some, "--window-bp", 6, *flags)  # their number is that of any window
        of_script = 2 * frames * len(dense)
        rows.append(row(f"`llr` of all {len(dense)} SNVs of {DENSE_BASES} bp, fp32{', `--frames 6`' if frames == 6 else ''}",
                        seconds["fp32"] * passes / done, f"{passes} (from {done})", seconds["script"] * of_script / done,
                        f"{of_script:,} (from {done})", f"{wanted * ratio:.2f}"))
    return rows


def machine(threads):
    import torch
    import transformers

    name = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    return f"{name}, {threads} threads; torch {torch.__version__}, transformers {transformers.__version__}"


def write(rows, docs, threads):
    head = ["| work | agront | Hugging Face script | times as fast | wanted | agreement |", "|---|---|---|---|---|---|"]
    text = "\n".join([*head, *rows, "", machine(threads)])
    print(text)
    begin, end = "<!-- variants: begin; written by benchmarks/variants_against_hugging_face.py -->", "<!-- variants: end -->"
    page = docs.read_text()
    if begin in page:
        before, rest = page.split(begin)
        docs.write_text(f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}")


def main():
    options = read_flags()
    enter_environment(options.environment)
    options.work.mkdir(parents=True, exist_ok=True)
    model = options.wide or options.work / "8_layers"
    if not (model / "config.json").exists():
        subprocess.run([sys.executable, ROOT / "tools/make_checkpoint.py", "--layers", "8", "-o", model], check=True)
    genome = plastome()
    (options.work / "plastome.fa").write_text(f">NC_000932.1\n{genome}\n")
    write(measure(options, model, genome), options.docs, options.threads)


if __name__ == "__main__":
    main()
