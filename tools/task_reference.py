# SPDX-License-Identifier: Apache-2.0
"""Loss and gradients of a fine-tuned model by PyTorch's autograd: Hugging Face's EsmForMaskedLM, PEFT's adapters, and
heads and losses in a few lines of their own.

    from task_reference import Case, run
    case = Case(task="binary", pooling="mean", adapter="lora", targets=("query", "value"))
    arrays = case.draw("tiny", seed=1)               # batch and values, as src/model/training/task_case.h reads them
    result = run("tiny", case, arrays, torch.float64)

Needs torch, transformers and peft.
"""

import dataclasses
import re

import numpy as np
import peft
import torch
import transformers

CLS, FIRST_KMER, KMERS, FIRST_LETTER, LETTERS = 3, 4, 4096, 4100, 5
MODULES = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
           "output": "attention.output.dense", "expand": "intermediate.dense", "contract": "output.dense"}
TARGETS = tuple(MODULES)
LABELS_OF = {"binary": 1, "multiclass": 1, "multilabel": 3, "regression": 3, "token": 0}
OUTPUTS_OF = {"binary": 1, "multiclass": 4, "multilabel": 3, "regression": 3, "token": 4}

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


@dataclasses.dataclass(frozen=True)
class Case:
    task: str = "binary"
    head: str = "linear"  # or mlp
    pooling: str = "mean"  # cls, centre, attention, none
    adapter: str = "none"  # lora, ia3
    targets: tuple = ()
    scaled_inputs: tuple = ()  # IA3
    rank: int = 3
    alpha: float = 5.0
    full: bool = False

    def metadata(self):
        return {"task": self.task, "head": self.head, "pooling": self.pooling, "adapter": self.adapter,
                "targets": " ".join(self.targets), "scaled_inputs": " ".join(self.scaled_inputs),
                "rank": str(self.rank), "alpha": str(self.alpha), "full": str(int(self.full)),
                "outputs": str(OUTPUTS_OF[self.task])}

    def draw(self, folder, seed, lengths=(2, 9, 41, 70, 3, 17)):
        """A batch of windows, of which the second example has three, and random values of adapter and head."""
        rng = np.random.default_rng(seed)
        windows = [1, 3] + [1] * (len(lengths) - 4)
        sequences = [random_window(rng, length) for length in lengths]
        tokens = np.concatenate(sequences)
        arrays = {"tokens": tokens, "offsets": np.cumsum([0, *lengths]), "windows": np.array(windows)}
        examples, labels = len(windows), LABELS_OF[self.task]
        if self.task == "token":
            classes = rng.integers(-1, OUTPUTS_OF["token"], len(tokens))
            arrays |= {"token_classes": np.where(tokens == CLS, -1, classes),
                       "class_weights": rng.uniform(0.3, 2.0, OUTPUTS_OF["token"])}
        else:
            weights = rng.uniform(0.3, 2.0, (examples, labels))
            values = {"binary": lambda: rng.integers(0, 2, (examples, labels)),
                      "multilabel": lambda: rng.integers(0, 2, (examples, labels)),
                      "multiclass": lambda: rng.integers(0, OUTPUTS_OF["multiclass"], (examples, labels)),
                      "regression": lambda: rng.normal(0, 2, (examples, labels))}[self.task]().astype(np.float32)
            if labels > 1:
                missing = rng.random((examples, labels)) < 0.3
                values[missing], weights[missing] = np.nan, 0.0
            arrays |= {"labels": values, "weights": weights}
        model = Model(folder, self, torch.float64)
        for name, parameter in model.trained().items():
            if self.full and not name.startswith("classifier."):
                continue  # the folder's
            shape = tuple(parameter.shape)
            # Products that are no larger than the base's: larger ones make all float32 gradients poor, PyTorch's too.
            if name.endswith("ia3_l"):
                value = rng.normal(1.0, 0.3, shape)
            else:
                value = rng.normal(0.0, 0.5 / shape[-1] ** 0.5 if len(shape) == 2 else 0.3, shape)
            arrays[f"value.{name}"] = value
        return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}


def random_window(rng, length):
    """<cls>, 6-mers, and at the end single letters."""
    letters = min(int(rng.integers(0, 4)), length - 1)
    return np.concatenate([[CLS], rng.integers(FIRST_KMER, FIRST_KMER + KMERS, length - 1 - letters),
                           rng.integers(FIRST_LETTER, FIRST_LETTER + LETTERS, letters)]).astype(np.int64)


def centre_of(tokens):
    """The token over base floor(bases / 2)."""
    bases = np.concatenate([[i] * (0 if t == CLS else 6 if t < FIRST_LETTER else 1) for i, t in enumerate(tokens)])
    return int(bases[len(bases) // 2])


class Model(torch.nn.Module):
    def __init__(self, folder, case, dtype):
        super().__init__()
        self.case = case
        base = transformers.EsmForMaskedLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
        hidden = base.config.hidden_size
        pattern = lambda names: r".*encoder\.layer\.\d+\.(" + "|".join(re.escape(MODULES[n]) for n in names) + ")"
        if case.adapter == "lora":
            config = peft.LoraConfig(r=case.rank, lora_alpha=case.alpha, lora_dropout=0.0,
                                     target_modules=pattern(case.targets))
        elif case.adapter == "ia3":
            # PEFT takes no empty pattern; this one matches no module.
            config = peft.IA3Config(target_modules=pattern(case.targets),
                                    feedforward_modules=pattern(case.scaled_inputs) if case.scaled_inputs else "none")
        self.encoder = base
        if case.adapter != "none":
            self.encoder = peft.get_peft_model(base, config)
        elif not case.full:
            base.requires_grad_(False)
        self.encoder.eval().to(dtype)
        outputs = OUTPUTS_OF[case.task]
        self.classifier = torch.nn.ParameterDict()
        self.heads = {}
        if case.pooling == "attention":
            self.heads["classifier.pool.query"] = torch.nn.Parameter(torch.zeros(hidden, dtype=dtype))
        if case.head == "mlp":
            self.heads["classifier.dense.weight"] = torch.nn.Parameter(torch.zeros(hidden, hidden, dtype=dtype))
            self.heads["classifier.dense.bias"] = torch.nn.Parameter(torch.zeros(hidden, dtype=dtype))
        out = "classifier.out_proj" if case.head == "mlp" else "classifier"
        self.heads[f"{out}.weight"] = torch.nn.Parameter(torch.zeros(outputs, hidden, dtype=dtype))
        self.heads[f"{out}.bias"] = torch.nn.Parameter(torch.zeros(outputs, dtype=dtype))
        self.out = out

    def trained(self):
        """{name in a file: parameter}"""
        named = {}
        for name, parameter in self.encoder.named_parameters():
            unused = name.startswith("lm_head.") or "contact_head" in name
            if parameter.requires_grad and not unused:
                named[name.replace(".default", "")] = parameter
        return named | self.heads

    def load(self, arrays):
        with torch.no_grad():
            for name, parameter in self.trained().items():
                if f"value.{name}" in arrays:
                    parameter.copy_(torch.from_numpy(arrays[f"value.{name}"]).to(parameter.dtype))

    def hidden(self, tokens):
        base = self.encoder.base_model.model if self.case.adapter != "none" else self.encoder
        ids = torch.from_numpy(tokens)[None]
        return base.esm(ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]

    def pool(self, tokens):
        hidden = self.hidden(tokens)
        match self.case.pooling:
            case "mean":
                return hidden[1:].mean(dim=0)
            case "cls":
                return hidden[0]
            case "centre":
                return hidden[centre_of(tokens)]
            case "attention":
                scores = hidden[1:] @ self.heads["classifier.pool.query"] / hidden.shape[1] ** 0.5
                return torch.softmax(scores, dim=0) @ hidden[1:]
            case "none":
                return hidden

    def forward(self, windows):
        """[outputs] of an example's windows, or [tokens, outputs] of one window."""
        pooled = torch.stack([self.pool(tokens) for tokens in windows]).mean(dim=0)
        if self.case.head == "mlp":
            pooled = torch.tanh(pooled @ self.heads["classifier.dense.weight"].T + self.heads["classifier.dense.bias"])
        return pooled @ self.heads[f"{self.out}.weight"].T + self.heads[f"{self.out}.bias"]


@dataclasses.dataclass
class Result:
    loss: float
    outputs: np.ndarray
    gradients: dict  # {name in a file: array}


def loss_of(case, outputs, arrays, rows):
    """The weighted sum of one example's losses; `rows` are its tokens."""
    functional = torch.nn.functional
    if case.task == "token":
        classes = torch.from_numpy(arrays["token_classes"][rows].astype(np.int64))
        weights = torch.from_numpy(arrays["class_weights"]).to(outputs.dtype)
        return functional.cross_entropy(outputs, classes, weight=weights, ignore_index=-1, reduction="sum")
    labels, weights = (torch.from_numpy(arrays[name]).to(outputs.dtype)[rows] for name in ("labels", "weights"))
    if case.task == "multiclass":
        return weights[0] * functional.cross_entropy(outputs, labels[0].long())
    known = weights != 0
    compute = functional.mse_loss if case.task == "regression" else functional.binary_cross_entropy_with_logits
    return (weights[known] * compute(outputs[known], labels[known], reduction="none")).sum()


def run(folder, case, arrays, dtype):
    model = Model(folder, case, dtype)
    model.load(arrays)
    offsets = arrays["offsets"].astype(np.int64)
    sequences = np.split(arrays["tokens"].astype(np.int64), offsets[1:-1])
    loss, outputs, first = 0.0, [], 0
    groups = [1] * len(sequences) if case.task == "token" else arrays["windows"].astype(np.int64)
    for example, count in enumerate(groups):
        result = model(sequences[first:first + count])
        rows = slice(offsets[first], offsets[first + count]) if case.task == "token" else example
        value = loss_of(case, result, arrays, rows)
        value.backward()
        loss += float(value.detach())
        outputs.append(result.detach().numpy().reshape(-1))
        first += count
    gradients = {name: parameter.grad.numpy() for name, parameter in model.trained().items()
                 if parameter.grad is not None}
    return Result(loss, np.concatenate(outputs), gradients)
