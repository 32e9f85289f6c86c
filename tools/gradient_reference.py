# SPDX-License-Identifier: Apache-2.0
"""Loss and gradients of Hugging Face's EsmForMaskedLM by PyTorch's autograd, on a batch as training packs it.

    from gradient_reference import random_batch, run
    result = run("tiny", random_batch([1, 7, 40], vocabulary=4105, seed=1), torch.float64)
    result.gradients["esm.encoder.layer.0.LayerNorm.weight"]

Needs torch and transformers.
"""

import dataclasses

import numpy as np
import torch
import transformers

CLS, MASK, FIRST_KMER, KMERS = 3, 2, 4, 4096
MASKED_SHARE = 0.3

transformers.utils.logging.set_verbosity_error()


@dataclasses.dataclass
class Batch:
    sequences: list  # of token ids
    rows: np.ndarray  # with a loss, in the sequences laid end to end
    targets: np.ndarray
    weights: np.ndarray

    def arrays(self):
        offsets = np.cumsum([0, *map(len, self.sequences)])
        return {"tokens": np.concatenate(self.sequences).astype(np.int32), "offsets": offsets.astype(np.int64),
                "rows": self.rows.astype(np.int64), "targets": self.targets.astype(np.int32),
                "weights": self.weights.astype(np.float32)}


@dataclasses.dataclass
class Result:
    losses: np.ndarray  # of each row, without its weight
    predicted: np.ndarray
    gradients: dict  # by Hugging Face's names


def random_batch(lengths, seed):
    """<cls> and 6-mers, some of them masked, and a row that has a loss twice."""
    rng = np.random.default_rng(seed)
    sequences = [np.concatenate([[CLS], rng.integers(FIRST_KMER, FIRST_KMER + KMERS, length - 1)]) for length in lengths]
    tokens = np.concatenate(sequences)
    rows = rng.permutation(np.flatnonzero(rng.random(len(tokens)) < MASKED_SHARE))
    rows = np.append(rows, rows[:1])
    targets = tokens[rows]
    tokens[rows[::2]] = MASK
    weights = rng.uniform(0.2, 2.0, len(rows)).astype(np.float32)
    return Batch(np.split(tokens, np.cumsum(lengths)[:-1]), rows, targets, weights)


def run(folder, batch, dtype):
    model = transformers.EsmForMaskedLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    begin, losses, predicted = 0, np.zeros(len(batch.rows)), np.zeros(len(batch.rows), dtype=np.int64)
    for ids in batch.sequences:
        index = np.flatnonzero((batch.rows >= begin) & (batch.rows < begin + len(ids)))
        if len(index):
            tokens = torch.from_numpy(ids)[None]
            logits = model(tokens, attention_mask=torch.ones_like(tokens)).logits[0, batch.rows[index] - begin]
            loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(batch.targets[index]), reduction="none")
            (loss * torch.from_numpy(batch.weights[index]).to(dtype)).sum().backward()
            losses[index], predicted[index] = loss.detach().numpy(), logits.argmax(dim=-1).numpy()
        begin += len(ids)
    gradients = {name: parameter.grad.numpy() for name, parameter in model.named_parameters()
                 if parameter.grad is not None}
    return Result(losses, predicted, gradients)
