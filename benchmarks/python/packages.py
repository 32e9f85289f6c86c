#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What it takes to get a first embedding, beside other packages of Python that embed on processors.

    python3 benchmarks/python/packages.py --agront build/wheels --transformers PATH_OF_A_PYTHON

For each package: the lines of code until there is an embedding, what it weighs when installed with all that it needs,
and the time to import it. agront, CTranslate2 and fastembed are installed into environments of their own (from the
package index, agront from the folder of the wheel that tools/check_wheel.sh made); transformers with torch is what the
given Python has, and weighs what those two need. CTranslate2 and fastembed cannot run this model, or fetch theirs from
a hub: agront and transformers alone embed, the same model, in new processes that take turns: seconds from the start of
the process to the first embedding, and the most memory that it held. Medians of --repeat, and their range. Prints
Markdown.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv

SEQUENCE = "ATTCCGAAATCGCTGACCGATCGTACGAAA"
LINES = {
    "agront": """\
import agront
row = agront.load(MODEL).embed([SEQUENCE])[0]""",
    "transformers": """\
import torch
from transformers import EsmModel, EsmTokenizer
tokenizer = EsmTokenizer.from_pretrained(MODEL)
model = EsmModel.from_pretrained(MODEL, add_pooling_layer=False).eval()
words = tokenizer([SEQUENCE], return_tensors="pt", padding=True)
with torch.no_grad():
    states = model(**words).last_hidden_state
mask = words["attention_mask"].clone()
mask[:, 0] = 0
row = (states * mask[..., None]).sum(1)[0] / mask.sum()""",
    "CTranslate2": """\
import ctranslate2, numpy, transformers
tokenizer = transformers.AutoTokenizer.from_pretrained(MODEL)
encoder = ctranslate2.Encoder(CONVERTED)
ids = tokenizer([SEQUENCE]).input_ids
states = numpy.array(encoder.forward_batch(ids).last_hidden_state)
row = states[0, 1:].mean(0)""",
    "fastembed": """\
from fastembed import TextEmbedding
row = next(iter(TextEmbedding(NAME).embed([SEQUENCE])))""",
}
IMPORTS = {"agront": "import agront", "transformers": "import torch; from transformers import EsmModel, EsmTokenizer",
           "CTranslate2": "import ctranslate2", "fastembed": "import fastembed"}
PACKAGES = {"agront": ["agront"], "transformers": ["torch", "transformers"], "CTranslate2": ["ctranslate2"],
            "fastembed": ["fastembed"]}

# The bytes of packages and of all that they need, by what pip knows of them.
WEIGH = """
import importlib.metadata, sys
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name
names, seen, size = list(sys.argv[1:]), set(), 0
while names:
    name = canonicalize_name(names.pop())
    if name in seen: continue
    seen.add(name)
    try: package = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError: continue
    size += sum(file.locate().stat().st_size for file in package.files or [] if file.locate().exists())
    for text in package.requires or []:
        need = Requirement(text)
        if need.marker is None or need.marker.evaluate({"extra": ""}): names.append(need.name)
print(size, len(seen))
"""
PEAK = "\nimport resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"


def output_of(python, code, *words):
    return subprocess.run([python, "-c", code, *map(str, words)], check=True, capture_output=True, text=True).stdout


def import_seconds(python, line, repeat):
    code = f"import time; t = time.perf_counter()\n{line}\nprint(time.perf_counter() - t)"
    return statistics.median(float(output_of(python, code)) for _ in range(repeat))


def environment(folder, name, *options):
    venv.create(folder / name, with_pip=True)
    python = folder / name / "bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile", *options,
                    *PACKAGES[name]], check=True)
    return python


def program_of(name, model):
    return f"MODEL = {str(model)!r}; SEQUENCE = {SEQUENCE!r}\n{LINES[name]}\nassert len(row) > 1" + PEAK


def first_embeddings(pythons, model, repeat):
    """Of each, its runs: (seconds, bytes)."""
    runs = {name: [] for name in pythons}
    for turn in range(repeat + 1):
        for name, python in pythons.items():
            began = time.monotonic()
            peak = int(output_of(python, program_of(name, model)).split()[-1])
            if turn > 0:  # the first one finds cold files
                runs[name].append((time.monotonic() - began, peak))
    return runs


def spread(values, unit, digits):
    return f"{statistics.median(values):.{digits}f} {unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="DIR", required=True, help="folder with the wheel")
    parser.add_argument("--transformers", metavar="PATH", required=True, help="a Python with torch and transformers")
    parser.add_argument("--model", metavar="DIR", help="Hugging Face folder; default: the embedded model, converted")
    parser.add_argument("--repeat", metavar="N", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        pythons = {
            "agront": environment(folder, "agront", "--find-links", options.agront),
            "transformers": options.transformers,
            "CTranslate2": environment(folder, "CTranslate2"),
            "fastembed": environment(folder, "fastembed"),
        }
        if options.model is None:
            options.model = folder / "model"
            output_of(pythons["agront"], "import agront, sys; agront.convert('agront-mini', output=sys.argv[1])", options.model)
        runs = first_embeddings({name: pythons[name] for name in ("agront", "transformers")}, options.model, options.repeat)
        print("| | lines | installed | packages | import | first embedding | peak memory |\n|---|---|---|---|---|---|---|")
        for name, python in pythons.items():
            size, count = map(int, output_of(python, WEIGH, *PACKAGES[name]).split())
            ours = runs.get(name)
            measured = "| | |" if ours is None else (f"| {spread([seconds for seconds, _ in ours], 's', 2)} "
                                                    f"| {spread([peak / 1e6 for _, peak in ours], 'MB', 0)} |")
            print(f"| {name} | {len(LINES[name].splitlines())} | {size / 1e6:,.0f} MB | {count} "
                  f"| {import_seconds(python, IMPORTS[name], options.repeat):.2f} s {measured}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
