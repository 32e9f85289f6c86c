#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds adapters and classifiers against Hugging Face's PEFT and transformers, on fresh random weights and sequences.

    python3 tools/compare_peft.py --agront build/release/agront --seed 7

PEFT makes adapters of every kind, with fresh values; the program embeds and gives logits with them (--adapter), and
merges them into plain models (agront convert --adapter) that transformers loads. Adapters that --ours holds, such as
those that agront finetune left in DIR/adapter, are loaded by PeftModel.from_pretrained on --base instead. An error is
the norm of the difference over the norm of what PEFT gives in float32, over all tokens. Prints a table; exits 1 if a
bound is missed. Needs numpy, torch, transformers, peft and safetensors.
"""

import argparse
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import peft
import torch
import transformers

BOUND = 1e-5
LENGTHS = (6, 90, 301, 700)
SHAPE = {"hidden": 90, "heads": 6, "layers": 3, "ffn": 200}
PRODUCTS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
ADAPTERS = {
    "LoRA of q, v": peft.LoraConfig(r=8, lora_alpha=16, target_modules=["query", "value"]),
    "LoRA of all, rank 3, rsLoRA": peft.LoraConfig(r=3, lora_alpha=5, use_rslora=True, target_modules=list(PRODUCTS)),
    "LoRA by expression": peft.LoraConfig(r=4, target_modules=r".*layer\.[02]\.(attention\.self\.key|output\.dense)"),
    "LoRA of one layer": peft.LoraConfig(r=4, target_modules=["value", "intermediate.dense"], layers_to_transform=1),
    "IA3 of k, v, inner": peft.IA3Config(target_modules=["key", "value", "output.dense"],
                                         feedforward_modules=["output.dense"]),
    "IA3 of outputs": peft.IA3Config(target_modules=["key", "value", "intermediate.dense"], feedforward_modules=[]),
}

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


class Report:
    def __init__(self):
        self.failures = 0

    def within(self, what, error):
        fine = error <= BOUND
        self.failures += not fine
        print(f"{'ok  ' if fine else 'FAIL'} {what:<64} {error:.1e} <= {BOUND:.0e}", flush=True)


@dataclasses.dataclass
class Program:
    path: str
    folder: pathlib.Path
    texts: list

    def run(self, *arguments):
        command = [self.path, *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"{' '.join(command)}\nended with {result.returncode}: {result.stderr}")

    def outputs(self, model, adapter=None):
        """Hidden states of the last layer and logits, of all tokens."""
        fasta, output = self.folder / "in.fa", self.folder / "out.npz"
        fasta.write_text("".join(f">r{number}\n{text}\n" for number, text in enumerate(self.texts)))
        flags = ["--adapter", adapter] if adapter else []
        arrays = {}
        for command, name in ((["embed", "--pool", "none"], "layer_"), (["logits"], "logits")):
            self.run(command[0], fasta, "-m", model, "-o", output, "--force", "-q", *command[1:], *flags)
            with np.load(output) as archive:
                arrays |= {key: archive[key] for key in archive.files if key.startswith(name)}
        return {"hidden": next(array for name, array in arrays.items() if name.startswith("layer_")),
                "logits": arrays["logits"]}


def relative_error(ours, expected):
    difference = ours.astype(np.float64) - expected
    return np.linalg.norm(difference) / np.linalg.norm(expected.astype(np.float64))


def random_texts(seed):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), length)) for length in LENGTHS]


def randomize(model, seed, names=("lora_", "ia3_")):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if any(part in name for part in names):
                parameter += 0.2 * torch.randn(parameter.shape, generator=generator)


def outputs_of(model, tokenizer, texts):
    hidden, logits = [], []
    with torch.no_grad():
        for text in texts:
            ids = torch.tensor([tokenizer(text)["input_ids"]])
            result = model(ids, output_hidden_states=True)
            hidden.append(result.hidden_states[-1][0].numpy())
            logits.append(result.logits[0].numpy())
    return {"hidden": np.concatenate(hidden), "logits": np.concatenate(logits)}


def compare(report, what, ours, expected):
    for name, array in expected.items():
        report.within(f"{what}: {name}", relative_error(ours[name], array))


def load(folder, kind=transformers.EsmForMaskedLM, **settings):
    return kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", **settings).eval()


def compare_adapters(report, program, base, tokenizer, seed):
    plain = program.outputs(base)
    for number, (name, config) in enumerate(ADAPTERS.items()):
        model = peft.get_peft_model(load(base), config)
        randomize(model, seed + number)
        adapter, merged = program.folder / f"adapter_{number}", program.folder / f"merged_{number}"
        model.save_pretrained(adapter)
        expected = outputs_of(model.eval(), tokenizer, program.texts)
        if relative_error(plain["hidden"], expected["hidden"]) < 0.01:
            sys.exit(f"{name}: the adapter changes nothing")
        compare(report, f"{name}, PEFT's file", program.outputs(base, adapter), expected)
        program.run("convert", base, "--adapter", adapter, "-o", merged, "-q")
        theirs = outputs_of(load(merged), tokenizer, program.texts)
        compare(report, f"{name}, merged, by transformers", theirs, expected)
        compare(report, f"{name}, merged, by agront", program.outputs(merged), expected)


def compare_ours(report, program, base, adapters):
    """The other way: what the program wrote."""
    tokenizer = transformers.EsmTokenizer.from_pretrained(base)
    for folder in adapters:
        model = peft.PeftModel.from_pretrained(load(base), folder).eval()
        saved = peft.utils.load_peft_weights(folder)
        taken = peft.get_peft_model_state_dict(model)
        if sorted(saved) != sorted(taken):
            sys.exit(f"{folder}: PEFT takes {sorted(set(saved) ^ set(taken))[0]} only on one side")
        expected = outputs_of(model, tokenizer, program.texts)
        compare(report, f"{folder}, by PEFT", program.outputs(base, folder), expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PATH", required=True, help="the program")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    parser.add_argument("--base", metavar="DIR", help="folder of the model that the adapters of --ours are for")
    parser.add_argument("--ours", metavar="DIR", nargs="+", help="adapters that the program wrote")
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.agront, pathlib.Path(folder), random_texts(options.seed))
        if options.ours:
            compare_ours(report, program, options.base, options.ours)
        else:
            base = pathlib.Path(folder) / "base"
            fields = [f"--{name}={value}" for name, value in SHAPE.items()]
            tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
            subprocess.run([sys.executable, tool, *fields, f"--seed={options.seed}", "-o", base], check=True)
            tokenizer = transformers.EsmTokenizer.from_pretrained(base)
            compare_adapters(report, program, base, tokenizer, options.seed)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
