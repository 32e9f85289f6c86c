#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the program's tests expect: token ids, a tiny model and its outputs in float64.

    git clone https://github.com/instadeepai/nucleotide-transformer reference
    python3 tools/make_golden.py --nucleotide-transformer reference -o tests/golden

tokenizer.tsv holds sequences and their ids by Hugging Face's EsmTokenizer and by the JAX code, which must agree;
model/ a Hugging Face folder in bfloat16; forward.safetensors four sequences packed one after the other (tokens,
offsets), their hidden states, some attention maps and rows of logits, computed by reference_model.py in float64, held
against both references in float64 and stored as float32. Needs what references.py needs.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import jax
import jax.numpy as jnp
import numpy as np
import torch
from safetensors.numpy import save_file

import reference_model
import references

SHAPE = ["--hidden", "90", "--heads", "6", "--layers", "3", "--ffn", "200", "--positions", "1026"]
LENGTHS = (1, 7, 40, 130)
MAPS = ((1, 0), (3, 5))
LONGEST_SECOND_MAP = 40  # the second map of the longest sequence is left out, for the size
LOGIT_ROWS = (0, 7, 47, 177)  # the last of each sequence
AGREEMENT = 1e-12
LARGEST_FOLDER = 2_600_000
JAX_EPSILON = 1e-5


def random_letters(rng, length, n_share):
    letters = rng.choice(list("ACGT"), size=length)
    letters[rng.random(length) < n_share] = "N"
    return "".join(letters)


def random_texts(seed):
    """Some 230 strings over A, C, G, T and N of 0 to 200 letters."""
    rng = np.random.default_rng(seed)
    texts = ["", "N", "A", "C", "G", "T", "NN", "NA", "AN", "N" * 6, "N" * 60, "A" * 6, "T" * 200, "ACGTAC"]
    for length in range(1, 52):
        text = random_letters(rng, length, 0.0)
        texts += [text, "N" + text, text + "N", random_letters(rng, length, 0.1)]
    for length in (111, 200):
        run = "N" * int(rng.integers(20, 40))
        half = length - len(run)
        texts += [random_letters(rng, length, share) for share in (0.0, 0.02)]
        texts += [run + random_letters(rng, half, 0.02), random_letters(rng, half, 0.02) + run]
        texts.append(random_letters(rng, half // 2, 0.0) + run + random_letters(rng, half - half // 2, 0.0))
    return list(dict.fromkeys(texts))


def write_tokenizer(path, folder, clone, seed):
    texts = random_texts(seed)
    ids = references.hugging_face_ids(folder, texts)
    if ids != references.jax_ids(clone, texts):
        sys.exit("the two tokenizers disagree")
    lines = [f"{text}\t{' '.join(map(str, numbers))}\n" for text, numbers in zip(texts, ids)]
    path.write_text("#sequence\tids\n" + "".join(lines))


def random_ids(seed):
    """Sequences of LENGTHS tokens: <cls>, then 6-mers with single letters and N among them."""
    rng = np.random.default_rng(seed)
    sequences = []
    for length in LENGTHS:
        ids = rng.integers(4, 4100, length)
        single = rng.random(length) < 0.2
        ids[single] = rng.integers(4100, 4105, single.sum())
        ids[0] = 3
        sequences.append(ids.tolist())
    return sequences


def flat(value):
    return np.concatenate([array.ravel() for array in value]) if isinstance(value, list) else value.ravel()


def require_agreement(name, ours, theirs):
    for key, expected in ours.items():
        difference = np.linalg.norm(flat(theirs[key]) - flat(expected)) / np.linalg.norm(flat(expected))
        if not difference <= AGREEMENT:
            sys.exit(f"{name}, {key}: the relative difference is {difference:.1e}")
    print(f"{name} agrees in float64")


def check_references(model, folder, joblib_folder, clone, sequences, expected):
    require_agreement("Hugging Face", expected,
                      references.hugging_face_outputs(folder, sequences, MAPS, torch.float64))
    model.epsilon = JAX_EPSILON
    require_agreement("JAX", references.float64_outputs(model, sequences, MAPS),
                      references.jax_outputs(clone, joblib_folder, sequences, MAPS, jnp.float64))


def write_forward(path, sequences, outputs):
    offsets = np.cumsum([0, *LENGTHS], dtype=np.int64)
    arrays = {"tokens": np.concatenate(sequences).astype(np.int32), "offsets": offsets}
    arrays |= {name: array for name, array in outputs.items() if name.startswith("hidden")}
    for layer, head in MAPS:
        for number, values in enumerate(outputs[f"attention_{layer}_{head}"]):
            if (layer, head) == MAPS[0] or len(values) <= LONGEST_SECOND_MAP:
                arrays[f"attention_{layer}_{head}_{number}"] = values
    arrays |= {"logit_rows": np.array(LOGIT_ROWS, dtype=np.int64), "logits": outputs["logits"][list(LOGIT_ROWS)]}
    single = {name: array.astype(np.float32) if array.dtype == np.float64 else array for name, array in arrays.items()}
    save_file({name: np.ascontiguousarray(array) for name, array in single.items()}, path)


def make_model(folder, seed, *flags):
    tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
    command = [sys.executable, tool, *SHAPE, "--dtype", "bfloat16", "--seed", str(seed), "-o", folder, *flags]
    subprocess.run(command, check=True)


def make(output, clone, seed):
    folder = output / "model"
    make_model(folder, seed)
    write_tokenizer(output / "tokenizer.tsv", folder, clone, seed)
    for path in set(folder.iterdir()) - {folder / "config.json", folder / "model.safetensors"}:
        path.unlink()
    sequences = random_ids(seed)
    model = reference_model.read_model(folder)
    outputs = references.float64_outputs(model, sequences, MAPS)
    write_forward(output / "forward.safetensors", sequences, outputs)
    with tempfile.TemporaryDirectory() as scratch:
        make_model(scratch, seed, "--format", "joblib")
        check_references(model, folder, scratch, clone, sequences, outputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--nucleotide-transformer", metavar="DIR", required=True, help="clone of the JAX code")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    options.output.mkdir(parents=True, exist_ok=True)
    make(options.output, options.nucleotide_transformer, options.seed)
    size = sum(path.stat().st_size for path in options.output.rglob("*") if path.is_file())
    print(f"{size:,} bytes")
    if size > LARGEST_FOLDER:
        sys.exit("too much to keep in the repository")


if __name__ == "__main__":
    main()
