#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds adapters and classifiers against Hugging Face's PEFT and transformers, on fresh random weights and sequences.

    python3 tools/compare_peft.py --agront build/release/agront --adapters build/release/adapters --seed 7

PEFT makes adapters of every kind, with fresh values; the program embeds and gives logits with them (--adapter), and
merges them into plain models (agront convert --adapter) that transformers loads. The other way, --adapters (a build
with -DAGRONT_DEVELOPER_TOOLS=ON has it) writes adapters that PeftModel.from_pretrained loads, and classifiers that
transformers loads; and it predicts with theirs. An error is the norm of the difference over the norm of what PEFT and
transformers give in float32. Prints a table; exits 1 if a bound is missed. Needs numpy, torch, transformers, peft and
safetensors.
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
from safetensors.torch import load_file

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
CLASSIFIERS = {"sequence": transformers.EsmForSequenceClassification, "token": transformers.EsmForTokenClassification}
TASKS = {"binary": "multi_label_classification", "multiclass": "single_label_classification",
         "multilabel": "multi_label_classification", "regression": "regression", "token": None}

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


class Report:
    def __init__(self):
        self.failures = 0

    def within(self, what, error):
        fine = error <= BOUND
        self.failures += not fine
        print(f"{'ok  ' if fine else 'FAIL'} {what:<64} {error:.1e} <= {BOUND:.0e}", flush=True)

    def equal(self, what, ours, expected):
        fine = ours == expected
        self.failures += not fine
        result = "equal" if fine else f"{ours}, expected {expected}"
        print(f"{'ok  ' if fine else 'FAIL'} {what:<64} {result}", flush=True)


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


def compare_ours(report, program, tool, base, tokenizer, seed):
    """Adapters that the program's library wrote."""
    for kind in ("lora", "lora-all", "ia3", "ia3-all"):
        folder = program.folder / f"ours_{kind}"
        subprocess.run([tool, kind, base, folder, str(seed)], check=True)
        model = peft.PeftModel.from_pretrained(load(base), folder).eval()
        saved, taken = peft.utils.load_peft_weights(folder), peft.get_peft_model_state_dict(model)
        report.equal(f"ours {kind}, tensors that PEFT takes", sorted(saved), sorted(taken))
        compare(report, f"ours {kind}, by PEFT", program.outputs(base, folder),
                outputs_of(model, tokenizer, program.texts))


class Classes:
    """What classifiers give for the sequences, ours and theirs."""

    def __init__(self, program, tool, tokenizer):
        self.program, self.tool = program, tool
        self.ids = [tokenizer(text)["input_ids"] for text in program.texts]

    def ours(self, model, *adapter):
        batch, output = self.program.folder / "batch.txt", self.program.folder / "classes.safetensors"
        lines = [str(len(self.ids)), *(f"{len(ids)} {' '.join(map(str, ids))}" for ids in self.ids)]
        batch.write_text("\n".join(lines))
        subprocess.run([self.tool, "predict", model, batch, output, *adapter], check=True)
        return {"outputs": load_file(output)["outputs"].numpy()}

    def theirs(self, model):
        with torch.no_grad():
            logits = [model(torch.tensor([ids])).logits for ids in self.ids]
        return {"outputs": np.concatenate([array.reshape(-1, array.shape[-1]).numpy() for array in logits])}


def compare_classifiers(report, classes, base, seed):
    folder = classes.program.folder
    for name, kind in CLASSIFIERS.items():
        model = load(base, kind, num_labels=3)
        randomize(model, seed, ["classifier"])
        model.save_pretrained(folder / f"theirs_{name}")
        compare(report, f"{kind.__name__}", classes.ours(folder / f"theirs_{name}"), classes.theirs(model))
        task_type = "TOKEN_CLS" if name == "token" else "SEQ_CLS"
        tuned = peft.get_peft_model(model, peft.LoraConfig(r=4, target_modules=["query", "value"], task_type=task_type))
        randomize(tuned, seed, ["lora_", "classifier"])
        tuned.save_pretrained(folder / f"tuned_{name}")
        compare(report, f"{kind.__name__} with LoRA", classes.ours(base, folder / f"tuned_{name}"),
                classes.theirs(tuned.eval()))
    for task, problem_type in TASKS.items():
        kind = CLASSIFIERS["token" if task == "token" else "sequence"]
        subprocess.run([classes.tool, task, base, folder / f"ours_{task}", str(seed)], check=True)
        model = load(folder / f"ours_{task}", kind)
        labels = ["first", "second", "third"][:1 if task == "binary" else 3]
        report.equal(f"ours {task}, labels", list(model.config.id2label.values()), labels)
        report.equal(f"ours {task}, problem_type", model.config.problem_type, problem_type)
        compare(report, f"ours {task}, by {kind.__name__}", classes.ours(folder / f"ours_{task}"),
                classes.theirs(model))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PATH", required=True, help="the program")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    parser.add_argument("--adapters", metavar="PATH", required=True, help="the developers' tool")
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.agront, pathlib.Path(folder), random_texts(options.seed))
        base = pathlib.Path(folder) / "base"
        fields = [f"--{name}={value}" for name, value in SHAPE.items()]
        tool = pathlib.Path(__file__).with_name("make_checkpoint.py")
        subprocess.run([sys.executable, tool, *fields, f"--seed={options.seed}", "-o", base], check=True)
        tokenizer = transformers.EsmTokenizer.from_pretrained(base)
        compare_adapters(report, program, base, tokenizer, options.seed)
        compare_ours(report, program, options.adapters, base, tokenizer, options.seed)
        compare_classifiers(report, Classes(program, options.adapters, tokenizer), base, options.seed)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
