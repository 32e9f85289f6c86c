#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `agront finetune` against the same training in PyTorch: Hugging Face's EsmForMaskedLM, PEFT, torch.optim.AdamW.

    python3 tools/compare_fine_tuning.py --agront build/release/agront --seed 3

For each method both start from the same base, adapter and head (those of a run at a rate of nothing, which PEFT loads),
and take 100 steps on all examples at once, so their order does not matter. What is between (the head on the mean of a
sequence's tokens, the loss, the learning rates, clipping, decay of matrices alone) is written here independently. The losses of
all steps may differ by 1e-3 at most. Prints a line a method, and how far PyTorch in float32 is from itself in float64.
Exits 1 if a bound is missed. Needs numpy, torch, transformers, peft and safetensors.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import peft
import torch
import transformers
from safetensors.torch import load_file

BOUND = 1e-3
STEPS, EXAMPLES = 100, 12
SHAPE = {"hidden": 48, "heads": 4, "layers": 2, "ffn": 96}
RATES = {"lora": 2e-3, "ia3": 5e-3, "full": 2e-4}
WARMUP = 5  # a twentieth of the steps
WEIGHT_DECAY, CLIP_NORM = 0.01, 1.0

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def draw_examples(seed):
    """Half of them have a TATA box: something to learn."""
    generator = random.Random(seed)
    examples = []
    for number in range(EXAMPLES):
        text = "".join(generator.choices("ACGT", k=generator.randint(40, 150)))
        label = number % 2
        examples.append((text[:30] + "TATAAATA" * 3 + text[30:] if label else text, label))
    return examples


def finetune(program, base, method, fasta, output, rate, epochs):
    command = [program, "finetune", "-m", base, "--method", method, "--train", fasta, "--valid", fasta, "--test", fasta,
               "-o", output, "--epochs", epochs, "--patience", 0, "--batch-size", EXAMPLES, "--learning-rate", rate,
               "--weight-decay", WEIGHT_DECAY, "--clip-norm", CLIP_NORM, "--keep-repeated-ids", "--no-baselines",
               "--bootstrap", 0, "-q"]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {result.returncode}: {result.stderr}")
    return [json.loads(line)["loss"] for line in (output / "run/metrics.jsonl").read_text().splitlines()]


def rate_of(step, peak):
    return peak * step / WARMUP if step <= WARMUP else peak * (1 - (step - WARMUP) / (STEPS - WARMUP))


class Model(torch.nn.Module):
    """The mean of the tokens without <cls>, and a linear head."""

    def __init__(self, base, start, method, dtype):
        super().__init__()
        self.encoder = transformers.EsmForMaskedLM.from_pretrained(base, attn_implementation="eager")
        esm = self.encoder.esm
        if method != "full":
            self.encoder = peft.PeftModel.from_pretrained(self.encoder, start / "adapter", is_trainable=True)
            esm = self.encoder.base_model.model.esm
        self.__dict__["esm"] = esm  # not a second time among the parameters
        head = load_file(start / "head/head.safetensors")
        weight, bias = (next(tensor for name, tensor in head.items() if name.endswith(f".{part}"))
                        for part in ("weight", "bias"))
        self.weight, self.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)
        self.to(dtype).eval()  # no dropout

    def forward(self, ids):
        hidden = self.esm(ids[None], attention_mask=torch.ones_like(ids)[None]).last_hidden_state[0]
        return (hidden[1:].mean(dim=0) @ self.weight.T + self.bias).squeeze()


def train(model, examples, tokenizer, peak):
    trained = [(name, parameter) for name, parameter in model.named_parameters()
               if parameter.requires_grad and "lm_head" not in name and "contact_head" not in name]
    is_matrix = lambda name, parameter: parameter.dim() > 1 and "ia3_" not in name
    optimizer = torch.optim.AdamW([
        {"params": [p for n, p in trained if is_matrix(n, p)], "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in trained if not is_matrix(n, p)], "weight_decay": 0}])
    inputs = [(torch.tensor(tokenizer(text)["input_ids"]), label) for text, label in examples]
    losses = []
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = rate_of(step, peak)
        optimizer.zero_grad()
        outputs = torch.stack([model(ids) for ids, _ in inputs])
        labels = torch.tensor([label for _, label in inputs], dtype=outputs.dtype)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(outputs, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([parameter for _, parameter in trained], CLIP_NORM)
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agront", metavar="PATH", required=True, help="the program")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)  # the matrices are small
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        fields = [f"--{name}={value}" for name, value in SHAPE.items()]
        maker = pathlib.Path(__file__).with_name("make_checkpoint.py")
        subprocess.run([sys.executable, maker, *fields, f"--seed={options.seed}", "-o", folder / "base"], check=True)
        tokenizer = transformers.EsmTokenizer.from_pretrained(folder / "base")
        examples = draw_examples(options.seed)
        (folder / "examples.fa").write_text("".join(f">e{i}|{label}\n{text}\n" for i, (text, label) in
                                                    enumerate(examples)))
        for method, rate in RATES.items():
            start = folder / f"{method}_start"
            finetune(options.agront, folder / "base", method, folder / "examples.fa", start, 1e-30, 1)
            ours = np.array(finetune(options.agront, folder / "base", method, folder / "examples.fa", folder / method,
                                     rate, STEPS))
            theirs, exact = (train(Model(folder / "base", start, method, dtype), examples, tokenizer, rate)
                             for dtype in (torch.float32, torch.float64))
            error, own = np.abs(ours - theirs).max(), np.abs(theirs - exact).max()
            fine = len(ours) == STEPS and error <= BOUND and ours[-1] < 0.9 * ours[0]
            failures += not fine
            print(f"{'ok  ' if fine else 'FAIL'} {method:<5} loss {ours[0]:.4f} to {ours[-1]:.4f}, farthest from PyTorch "
                  f"{error:.1e} <= {BOUND:.0e} (PyTorch from itself in float64 {own:.1e})", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
