#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one window of 1,024 tokens through a random model of the published size, from every container.

    python3 tools/compare_full_size.py --agront build/release/agront --scratch /tmp/full

Writes 991,260,405 parameters as pytorch_model.bin, model.safetensors and a joblib file (12 GB in the scratch folder,
kept and used again), and prints the program's peak memory, its time, and the error of its last hidden state and logits
against Hugging Face in float32 and against float64. Exits 1 above 5.5 GB or 2e-6 x 42. Needs numpy, scipy, torch,
safetensors, joblib and transformers, about 10 GB of memory and some ten minutes.
"""

import argparse
import collections.abc
import concurrent.futures
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

CONTAINERS = {"pytorch": 1e-12, "safetensors": 1e-12, "joblib": 1e-5}  # with the epsilon of its LayerNorms
MODEL_FILES = {"pytorch": "pytorch_model.bin", "safetensors": "model.safetensors",
               "joblib": "jax_model/pytree_ckpt.joblib"}
SEED = 11
LARGEST_MEMORY = 5.5e9
LARGEST_ERROR = 2e-6 * 42
LETTERS = 6138  # 1,023 6-mers


class DrawnWeights(collections.abc.Mapping):
    """The float64 weights of make_checkpoint.py by Hugging Face's names, drawn when asked for and not kept."""

    def __init__(self, shape):
        import make_checkpoint

        self.draw = make_checkpoint.draw
        self.parameters = {parameter.hugging_face: (number, parameter)
                           for number, parameter in enumerate(make_checkpoint.parameters_of(shape))}

    def __getitem__(self, name):
        number, parameter = self.parameters[name]
        return self.draw(parameter, SEED, number, "float32").astype(np.float64)

    def __iter__(self):
        return iter(self.parameters)

    def __len__(self):
        return len(self.parameters)


def float64_outputs(ids, epsilon):
    """Last hidden state and logits."""
    import make_checkpoint
    import reference_model

    shape = make_checkpoint.Shape()
    model = reference_model.Model(DrawnWeights(shape), shape.heads, shape.layers, epsilon)
    x = reference_model.embed(model, ids)
    for number in range(shape.layers):
        x, _ = reference_model.block(model, number, x)
    x = reference_model.layer_norm(model, "esm.encoder.emb_layer_norm_after", x)
    return x, reference_model.language_head(model, x)


def hugging_face_outputs(folder, ids, epsilon):
    """Last hidden state and logits."""
    import torch
    import transformers

    model = transformers.EsmForMaskedLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", layer_norm_eps=epsilon).eval()
    with torch.no_grad():
        tokens = torch.tensor([ids])
        hidden = model.esm(tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state
        return hidden[0].numpy(), model.lm_head(hidden)[0].numpy()


def in_own_process(function, *arguments):
    """Its memory goes when it ends."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def make_model(scratch, container):
    folder = scratch / container
    if not (folder / MODEL_FILES[container]).exists():
        unfinished = scratch / f"{container}.unfinished"
        tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
        command = [sys.executable, tool, "--format", container, "--seed", str(SEED), "-o", unfinished]
        subprocess.run(command, check=True)
        unfinished.rename(folder)
    return folder


def measured(command):
    """Runs it; (seconds, peak resident bytes)."""
    begin = time.monotonic()
    process = subprocess.Popen(list(map(str, command)))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: ended with {process.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss * 1024


def run_program(program, command, fasta, folder, key, *flags):
    """(array, seconds, peak resident bytes) of `agront embed` or `agront logits`."""
    output = fasta.with_name(f"{command}.npz")
    seconds, memory = measured([program, command, fasta, "--model", folder, "-o", output, "--force", "-q", *flags])
    with np.load(output) as archive:
        return archive[key], seconds, memory


def token_ids(program, fasta, folder):
    command = [program, "tokenize", fasta, "--model", folder, "--ids", "-q"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [int(word) for word in text.splitlines()[-1].split("\t")[3].split()]


def relative_error(ours, expected):
    return float(np.linalg.norm(ours.astype(np.float64) - expected) / np.linalg.norm(expected.astype(np.float64)))


def show(fine, text):
    print(f"{'ok  ' if fine else 'FAIL'} {text}", flush=True)
    return fine


def check_container(program, fasta, folder, container, expected):
    """Compares with `expected`: {"Hugging Face" or "float64": (last hidden state, logits)}."""
    hidden = run_program(program, "embed", fasta, folder, "layer_40", "--layers", "last", "--pool", "none")
    logits = run_program(program, "logits", fasta, folder, "logits")
    fine = True
    for number, (name, (ours, seconds, memory)) in enumerate([("last hidden", hidden), ("logits", logits)]):
        fine &= show(memory <= LARGEST_MEMORY, f"{container} {name}: {memory / 1e9:.2f} GB at most, {seconds:.1f} s")
        for reference, outputs in expected.items():
            error = relative_error(ours, outputs[number])
            fine &= show(error <= LARGEST_ERROR, f"{container} {name} against {reference}: {error:.2e}")
        own = relative_error(*(expected[reference][number] for reference in ("Hugging Face", "float64")))
        print(f"     {container} {name}, Hugging Face against float64: {own:.2e}")
    return fine


def read_flags():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PATH", required=True, help="the program")
    parser.add_argument("--scratch", metavar="DIR", type=pathlib.Path, required=True)
    return parser.parse_args()


def main():
    options = read_flags()
    options.scratch.mkdir(parents=True, exist_ok=True)
    folders = {container: make_model(options.scratch, container) for container in CONTAINERS}
    fasta = options.scratch / "window.fa"
    fasta.write_text(">window\n" + "".join(np.random.default_rng(SEED).choice(list("ACGT"), LETTERS)) + "\n")
    ids = token_ids(options.agront, fasta, folders["safetensors"])
    expected = {
        epsilon: {"Hugging Face": in_own_process(hugging_face_outputs, folders["safetensors"], ids, epsilon),
                  "float64": in_own_process(float64_outputs, ids, epsilon)}
        for epsilon in sorted(set(CONTAINERS.values()))
    }
    results = [check_container(options.agront, fasta, folders[container], container, expected[epsilon])
               for container, epsilon in CONTAINERS.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
