#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the tests of adapters and classifiers expect: files made by PEFT and transformers, and their outputs.

    python3 tools/make_golden_peft.py --base tests/golden/gradients -o tests/golden/peft

A folder for each adapter of ADAPTERS, as PEFT's save_pretrained leaves it, on top of the base model's folder; two
classifiers of a smaller shape, as transformers' save_pretrained leaves them. expected.safetensors holds a packed batch
(tokens, offsets) and for each folder, by NAME.hidden, NAME.logits (of the rows "logit_rows") and NAME.classes, what the
model with it gives, in float64 and stored as float32. Needs numpy, torch, transformers, peft and safetensors.
"""

import argparse
import pathlib
import shutil
import sys

import numpy as np
import peft
import torch
import transformers
from safetensors.numpy import save_file

LENGTHS = (2, 9, 18)
LOGIT_ROWS = (28,)  # few, for the size
SMALL = {"hidden_size": 6, "num_attention_heads": 2, "num_hidden_layers": 1, "intermediate_size": 8,
         "max_position_embeddings": 24}
CLASSIFIERS = {
    "sequence_classifier": (transformers.EsmForSequenceClassification,
                            {"id2label": {0: "leaf", 1: "root", 2: "seed"},
                             "problem_type": "single_label_classification"}),
    "token_classifier": (transformers.EsmForTokenClassification, {"num_labels": 2}),
}
# Expressions and lists, both ways of LoRA's scaling, models with and without a head; "output.dense" names two products.
ADAPTERS = {
    "lora": (transformers.EsmForMaskedLM,
             peft.LoraConfig(r=3, lora_alpha=5, target_modules=["query", "value", "output.dense"])),
    "rslora": (transformers.EsmModel,
               peft.LoraConfig(r=2, use_rslora=True, target_modules=r"encoder\.layer\.1\..*(key|intermediate\.dense)")),
    "ia3": (transformers.EsmForMaskedLM,
            peft.IA3Config(target_modules=["key", "value", "output.dense"], feedforward_modules=["output.dense"])),
    "ia3_outputs": (transformers.EsmForMaskedLM,
                    peft.IA3Config(target_modules=r".*\.(query|intermediate\.dense)", feedforward_modules=[])),
    "lora_classifier": (transformers.EsmForSequenceClassification,
                        peft.LoraConfig(r=4, target_modules=["query"], layers_to_transform=[0], task_type="SEQ_CLS")),
}
LARGEST_FOLDER = 200_000


def random_batch(seed):
    rng = np.random.default_rng(seed)
    sequences = [np.concatenate([[3], rng.integers(4, 4105, length - 1)]) for length in LENGTHS]
    return [sequence.astype(np.int32) for sequence in sequences]


def randomize(module, names, seed):
    """Fresh values around what they are: adapters begin without any effect."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if any(part in name for part in names):
                parameter += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)


def outputs_of(model, sequences):
    """Hidden states after the final LayerNorm, logits of the language model, classes: what the model has of these."""
    hidden = []
    norm = next(module for name, module in model.named_modules() if name.endswith("emb_layer_norm_after"))
    handle = norm.register_forward_hook(lambda module, inputs, output: hidden.append(output[0]))
    with torch.no_grad():
        results = [model(torch.from_numpy(ids[None].astype(np.int64))) for ids in sequences]
    handle.remove()
    arrays = {"hidden": torch.cat(hidden)}
    logits = [result.logits for result in results if "logits" in result]
    if logits and logits[0].shape[-1] == 4105:
        arrays["logits"] = torch.cat([part[0] for part in logits])[list(LOGIT_ROWS)]
    elif logits:
        arrays["classes"] = torch.cat([part.reshape(-1, part.shape[-1]) for part in logits])
    return {name: array.numpy().astype(np.float32) for name, array in arrays.items()}


def tidy(folder, kept):
    for path in set(folder.iterdir()) - {folder / name for name in kept}:
        path.unlink()


def make_adapters(base, output, sequences, seed):
    arrays = {}
    for number, (name, (kind, config)) in enumerate(ADAPTERS.items()):
        model = peft.get_peft_model(kind.from_pretrained(base, dtype=torch.float32), config)
        randomize(model, ["lora_", "ia3_", "classifier"], seed + number)
        config.base_model_name_or_path = "agront"  # not a path of this machine
        model.save_pretrained(output / name)
        tidy(output / name, ["adapter_config.json", "adapter_model.safetensors"])
        arrays |= {f"{name}.{key}": array for key, array in outputs_of(model.double().eval(), sequences).items()}
    return arrays


def make_classifiers(base, output, sequences, seed):
    arrays = {}
    for name, (kind, settings) in CLASSIFIERS.items():
        config = transformers.EsmConfig.from_pretrained(base, **SMALL, **settings)
        torch.manual_seed(seed)
        model = kind(config)
        randomize(model, [""], seed)
        model.to(torch.bfloat16).save_pretrained(output / name)
        tidy(output / name, ["config.json", "model.safetensors"])
        arrays |= {f"{name}.{key}": array for key, array in outputs_of(model.double().eval(), sequences).items()}
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", metavar="DIR", required=True, help="folder of the base model")
    parser.add_argument("-o", "--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    shutil.rmtree(options.output, ignore_errors=True)
    options.output.mkdir(parents=True)
    sequences = random_batch(options.seed)
    arrays = {"tokens": np.concatenate(sequences), "offsets": np.cumsum([0, *LENGTHS], dtype=np.int64),
              "logit_rows": np.array(LOGIT_ROWS, dtype=np.int64)}
    arrays |= make_adapters(options.base, options.output, sequences, options.seed)
    arrays |= make_classifiers(options.base, options.output, sequences, options.seed)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()},
              options.output / "expected.safetensors")
    size = sum(path.stat().st_size for path in options.output.rglob("*") if path.is_file())
    print(f"{size:,} bytes")
    if size > LARGEST_FOLDER:
        sys.exit("too much to keep in the repository")


if __name__ == "__main__":
    main()
