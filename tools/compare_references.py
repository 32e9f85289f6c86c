#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the program against both public implementations of AgroNT, on fresh random weights and sequences.

    git clone https://github.com/instadeepai/nucleotide-transformer reference
    python3 tools/compare_references.py --agront build/release/agront --nucleotide-transformer reference --seed 7

Two shapes, 32 ragged sequences of 2 to 1,024 tokens (the program refuses empty records, so <cls> alone does not occur).
Checked: token ids; every hidden state, some attention maps and the logits against Hugging Face and JAX in float32 and
against float64; all containers hold one model; a converted JAX checkpoint opens in transformers; packing, order and
company of the records change no row. An error is the norm of the difference over the norm of what is expected, over all
rows of a tensor. Set AGRONT_CPU=avx2 to check the narrower kernels. Prints a table; exits 1 if a bound is missed.
Needs what references.py needs, and about 6 GB of memory.
"""

import argparse
import csv
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import make_checkpoint
import reference_model
import references

SHAPES = {
    "small": make_checkpoint.Shape(hidden=90, heads=6, layers=3, ffn=200),
    "wide": make_checkpoint.Shape(hidden=1500, heads=20, layers=2, ffn=5120),
}
SEQUENCES = 32
LONGEST = 1024
HUGGING_FACE_EPSILON, JAX_EPSILON = 1e-12, 1e-5
PRECISIONS = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}  # flags: ours, of agront convert
CONTAINERS = [  # flags of make_checkpoint.py
    "--format safetensors", "--format sharded", "--format pytorch", "--format pytorch --transposed",
    "--format joblib", "--format joblib-zlib",
]


@dataclasses.dataclass
class Program:
    path: str
    folder: pathlib.Path  # for its input and output

    def run(self, *arguments):
        command = [self.path, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"{' '.join(command)}\nended with {result.returncode}: {result.stderr}")
        return result.stdout

    def arrays(self, command, texts, model, *flags):
        fasta, output = self.folder / "in.fa", self.folder / "out.npz"
        fasta.write_text("".join(f">r{number}\n{text}\n" for number, text in enumerate(texts)))
        self.run(command, fasta, "--model", model, "-o", output, "--force", "-q", *flags)
        with np.load(output) as archive:
            return {name: archive[name] for name in archive.files}

    def ids(self, texts, model):
        fasta, output = self.folder / "in.fa", self.folder / "ids.tsv"
        fasta.write_text("".join(f">r{number}\n{text}\n" for number, text in enumerate(texts)))
        self.run("tokenize", fasta, "--model", model, "--ids", "-o", output, "--force", "-q")
        with open(output) as table:
            return [[int(word) for word in row["tokens"].split()] for row in csv.DictReader(table, delimiter="\t")]

    def outputs(self, texts, model, maps=(), flags=()):
        """As references.py names them."""
        embedded = self.arrays("embed", texts, model, "--layers", "all,last:raw", "--pool", "none", *flags)
        named = {f"hidden_{name.removeprefix('layer_')}": array
                 for name, array in embedded.items() if name.startswith("layer_")}
        named["logits"] = self.arrays("logits", texts, model, *flags)["logits"]
        if maps:
            drawn = self.arrays("attention", texts, model, "--maps",
                                ",".join(f"{layer}:{head}" for layer, head in maps), *flags)
            named |= {f"attention_{layer}_{head}": [drawn[f"layer_{layer}_head_{head}/{number}"]
                                                    for number in range(len(texts))] for layer, head in maps}
        return named

    def model_hash(self, model):
        lines = self.run("info", "--model", model).splitlines()
        return next(line.split()[1] for line in lines if line.startswith("model_hash:"))


class Report:
    """Prints every check and remembers whether one failed."""

    def __init__(self):
        self.failures = 0
        self.checks = 0

    def show(self, what, fine, text):
        self.checks += 1
        self.failures += not fine
        print(f"{'ok  ' if fine else 'FAIL'} {what:<58} {text}", flush=True)

    def within(self, what, value, bound):
        self.show(what, value <= bound, f"{value:.2e} <= {bound:.2e}")

    def equal(self, what, ours, expected):
        self.show(what, ours == expected, "equal" if ours == expected else f"{ours}, expected {expected}")


def random_text(rng, tokens):
    """Letters that make so many tokens after <cls>: 6-mers, and now and then single letters and a run of N."""
    text = ""
    while tokens > 0:
        if rng.random() < 0.97 and tokens > 1:
            text, tokens = text + "".join(rng.choice(list("ACGT"), 6)), tokens - 1
            continue
        single = min(int(rng.integers(0, 6)), tokens - 1)
        run = min(int(rng.integers(1, 8)), tokens - single)
        text, tokens = text + "".join(rng.choice(list("ACGT"), single)) + "N" * run, tokens - single - run
    return text


def random_texts(rng):
    """Ragged: the shortest and the longest, and most in between."""
    between = np.exp(rng.uniform(np.log(3), np.log(LONGEST), SEQUENCES - 4)).astype(int)
    lengths = rng.permutation([2, 3, LONGEST - 1, LONGEST, *between])
    return [random_text(rng, int(length) - 1) for length in lengths]


def flat(value):
    return np.concatenate([array.ravel() for array in value]) if isinstance(value, list) else value.ravel()


def relative_error(ours, expected):
    ours, expected = flat(ours).astype(np.float64), flat(expected).astype(np.float64)
    return np.linalg.norm(ours - expected) / np.linalg.norm(expected)


def largest_row_error(ours, expected):
    difference = np.linalg.norm((ours - expected).astype(np.float64), axis=-1)
    return float((difference / np.linalg.norm(expected.astype(np.float64), axis=-1)).max())


def make_model(folder, shape, seed, flags):
    fields = [f"--{name}={value}" for name, value in dataclasses.asdict(shape).items()]
    tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
    subprocess.run([sys.executable, tool, *fields, f"--seed={seed}", *flags.split(), "-o", folder], check=True)
    return folder


def float64_model(shape, seed, epsilon):
    weights = {parameter.hugging_face: values.astype(np.float64)
               for parameter, values in make_checkpoint.weights_of(shape, seed)}
    return reference_model.Model(weights, shape.heads, shape.layers, epsilon)


def compare_outputs(report, what, ours, theirs, exact, layers):
    """Our error against the reference, and against float64 beside the reference's own."""
    for name in sorted(exact):
        report.within(f"{what} {name}", relative_error(ours[name], theirs[name]), 2e-6 * (layers + 2))
        own = relative_error(theirs[name], exact[name])
        report.within(f"{what} {name}, float64 (its own: {own:.1e})",
                      relative_error(ours[name], exact[name]), 2 * own + 2e-7)


def check_parity(report, program, name, shape, seed, texts, clone, scratch):
    hugging_face = make_model(scratch / "hf", shape, seed, "--format safetensors")
    jax = make_model(scratch / "jax", shape, seed, "--format joblib")
    ids = program.ids(texts, hugging_face)
    report.show(f"{name} ids of Hugging Face", ids == references.hugging_face_ids(hugging_face, texts),
                f"{sum(map(len, ids))} tokens")
    report.show(f"{name} ids of JAX", ids == references.jax_ids(clone, texts), f"longest {max(map(len, ids))}")
    maps = [(1, 0), (1, shape.heads - 1), (shape.layers, shape.heads // 2)]
    runs = {
        "HF": (hugging_face, HUGGING_FACE_EPSILON, lambda: references.hugging_face_outputs(hugging_face, ids, maps)),
        "JAX": (jax, JAX_EPSILON, lambda: references.jax_outputs(clone, jax, ids, maps)),
    }
    for reference, (folder, epsilon, run) in runs.items():
        exact = references.float64_outputs(float64_model(shape, seed, epsilon), ids, maps)
        compare_outputs(report, f"{name} {reference}", program.outputs(texts, folder, maps), run(), exact, shape.layers)


def check_rows(report, what, ours, expected, layers):
    for name in expected:
        report.within(f"{what}: {name}, worst row", largest_row_error(ours[name], expected[name]), 1e-6 * (layers + 2))


def slices(outputs, ids):
    """Per sequence, its rows of every tensor."""
    offsets = np.cumsum([0, *map(len, ids)])
    return [{name: array[begin:end] for name, array in outputs.items()} for begin, end in zip(offsets, offsets[1:])]


def stacked(parts):
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def check_packing(report, program, name, shape, folder, texts, rng):
    """Rows must not depend on what else is computed with them."""
    ids = program.ids(texts, folder)
    expected = program.outputs(texts, folder)
    for flags in (("--batch-tokens", 1024), ("--batch-tokens", 8192), ("--threads", 1)):
        ours = program.outputs(texts, folder, flags=flags)
        check_rows(report, f"{name} {' '.join(map(str, flags))}", ours, expected, shape.layers)
    order = rng.permutation(len(texts))
    permuted = program.outputs([texts[index] for index in order], folder)
    parts = slices(permuted, [ids[index] for index in order])
    check_rows(report, f"{name} permuted", stacked([parts[index] for index in np.argsort(order)]), expected,
               shape.layers)
    alone = [program.outputs([text], folder) for text in texts[:8]]
    check_rows(report, f"{name} alone", stacked(alone), stacked(slices(expected, ids)[:8]), shape.layers)


def check_containers(report, program, name, shape, seed, texts, scratch):
    """Whatever holds the same values is the same model, as is what the program converts it to."""
    full = make_model(scratch / "full", shape, seed, "--format joblib")
    for dtype, precision in PRECISIONS.items():
        wide = make_model(scratch / f"wide_{dtype}", shape, seed, f"--round {dtype}")
        expected = program.model_hash(wide)
        outputs = program.outputs(texts, wide)
        for flags in CONTAINERS:
            with tempfile.TemporaryDirectory() as folder:
                make_model(folder, shape, seed, f"{flags} --dtype {dtype}")
                report.equal(f"{name} {dtype} model_hash, {flags}", program.model_hash(folder), expected)
                if flags == CONTAINERS[0]:
                    check_rows(report, f"{name} {dtype}", program.outputs(texts, folder), outputs, shape.layers)
        converted = scratch / f"converted_{dtype}"
        program.run("convert", full, "-o", converted, "--precision", precision, "--force", "-q")
        report.equal(f"{name} {dtype} model_hash, convert --precision {precision}", program.model_hash(converted),
                     expected)


def check_conversion(report, program, name, shape, seed, texts, scratch):
    """A JAX checkpoint, converted, opens in transformers and says the same."""
    source = make_model(scratch / "jax", shape, seed, "--format joblib")
    target = scratch / "from_jax"
    program.run("convert", source, "-o", target, "--force", "-q")
    ids = program.ids(texts, source)
    report.show(f"{name} converted, ids", references.hugging_face_ids(target, texts) == ids, "")
    exact = references.float64_outputs(float64_model(shape, seed, JAX_EPSILON), ids, [(1, 0)])
    theirs = references.hugging_face_outputs(target, ids, [(1, 0)])
    compare_outputs(report, f"{name} converted", program.outputs(texts, source, [(1, 0)]), theirs, exact,
                    shape.layers)
    again = program.outputs(texts, target)
    before = program.outputs(texts, source)
    check_rows(report, f"{name} converted", again, before, shape.layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PATH", required=True, help="the program")
    parser.add_argument("--nucleotide-transformer", metavar="DIR", required=True, help="clone of the JAX code")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    parser.add_argument("--shapes", metavar="LIST", default=",".join(SHAPES), help="small, wide or both")
    options = parser.parse_args()
    report, rng = Report(), np.random.default_rng(options.seed)
    print(f"AGRONT_CPU={os.environ.get('AGRONT_CPU', '')}, seed {options.seed}")
    for name in options.shapes.split(","):
        shape, texts = SHAPES[name], random_texts(rng)
        with tempfile.TemporaryDirectory() as folder:
            scratch = pathlib.Path(folder)
            program = Program(options.agront, scratch)
            check_parity(report, program, name, shape, options.seed, texts, options.nucleotide_transformer, scratch)
            check_packing(report, program, name, shape, scratch / "hf", texts, rng)
            check_conversion(report, program, name, shape, options.seed, texts, scratch)
            if name == "small":
                check_containers(report, program, name, shape, options.seed, texts, scratch)
    print(f"{report.checks} checks, {report.failures} failed")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
