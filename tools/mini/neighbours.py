#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""First stage of agront-mini: how well its neighbours predict a 6-mer, in tables alone.

    python tools/mini/neighbours.py --genomes GENOMES -o RUN/neighbours.pt --minutes 14

A masked 6-mer is predicted from the four 6-mers on either side: each of them gives, by where it stands, a section of
its embedding row; the sections laid side by side, normalised, meet an output row for every 6-mer. A transformer whose
heads look at these eight neighbours computes exactly this in its first block (train_mini.py sets it so), but here a
prediction costs a hundredth of it, and a plastome has 150,000 6-mers in context to learn. Training starts there. A share
of nuclear sequence keeps the tables from being certain where they know nothing.
"""

import argparse
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import sequence

OFFSETS = (1, -1, 2, -2, 3, -3, 4, -4)  # in tokens; head h of the first block looks at OFFSETS[h]
SINES = 32      # channels that positions have for themselves
SPREAD = 0.3    # deviation of a channel of the residual stream at the start
SINES_SQUARED = SINES * SPREAD ** 2


def normalise(content, channels, others):
    """LayerNorm of a row of `channels`; those not in `content` have the sum 0 and `others` as sum of squares."""
    mean = content.sum(-1, keepdim=True) / channels
    variance = (content.square().sum(-1, keepdim=True) + others) / channels - mean * mean
    return (content - mean) / torch.sqrt(variance + 1e-5)


def predict(tables, neighbours, channels):
    """Logits from the ids of the neighbours [batch, 8], 0 where one is not to be seen."""
    rows = normalise(tables["content"], channels, SINES_SQUARED)
    section = rows.shape[1] // len(OFFSETS)
    seen = [F.embedding(neighbours[:, h], rows[:, h * section:(h + 1) * section]) * (neighbours[:, h:h + 1] > 0)
            for h in range(len(OFFSETS))]
    summed = normalise(torch.cat(seen, 1) * SPREAD, channels, SINES_SQUARED)
    return F.linear(summed.bfloat16(), tables["output"].bfloat16()).float() + tables["bias"]


class Places:
    """Random 6-mers with their neighbours, from all phases."""

    def __init__(self, stretches, generator):
        gap = np.zeros(6 * max(OFFSETS) + 6, np.int16)  # so that no neighbour is another stretch's
        parts = [part for bases in stretches for part in (sequence.sixmers(bases).astype(np.int16), gap)]
        self.ids = np.concatenate(parts)
        self.generator = generator

    def draw(self, count, hidden_share):
        margin = 6 * max(OFFSETS)
        at = self.generator.integers(margin, len(self.ids) - margin, 2 * count)
        at = at[self.ids[at] > 0][:count]
        neighbours = np.stack([self.ids[at + 6 * offset] for offset in OFFSETS], 1).astype(np.int64)
        neighbours[self.generator.random(neighbours.shape) < hidden_share] = 0
        return torch.from_numpy(neighbours), torch.from_numpy(self.ids[at].astype(np.int64))


def log_frequencies(ids):
    counts = np.bincount(ids[ids > 0], minlength=sequence.VOCABULARY) + 1.0
    logs = np.log(counts / counts.sum())
    logs[:sequence.FIRST_KMER] = logs[sequence.FIRST_KMER + sequence.KMERS:] = -12
    return torch.from_numpy(logs).float()


def measure(tables, places, args, name):
    neighbours, target = places.draw(4096, 1 / 7)
    with torch.no_grad():
        logits = predict(tables, neighbours, args.hidden)
    top1 = (logits.argmax(1) == target).float().mean()
    return f"{name} {F.cross_entropy(logits, target):.3f}, top-1 {top1:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--genomes", required=True)
    add("-o", "--output", required=True)
    add("--minutes", type=float, required=True)
    add("--hidden", type=int, default=448)
    add("--near", default="Malvales,Sapindales,Myrtales,Crossosomatales,Huerteales",
        help="orders that are drawn more often: relatives of the Brassicales, which are held out")
    add("--near-share", type=float, default=0.6, help="of the plastid batches")
    add("--nuclear", type=float, default=0.12, help="share of batches from nuclear sequence")
    add("--learning-rate", type=float, default=5e-3)
    add("--batch", type=int, default=1024)
    add("--hidden-neighbours", type=float, default=0.2, help="share of neighbours that are not shown")
    add("--threads", type=int, default=2)
    add("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    generator = np.random.default_rng(args.seed)

    near, far = (Places(part, generator) for part in sequence.training_plastomes(args.genomes, args.near.split(",")))
    nuclear = Places(sequence.training_nuclear(args.genomes), generator)
    held_out = {"plastid": Places(sequence.held_out_plastomes(args.genomes), np.random.default_rng(2)),
                "nuclear": Places(sequence.held_out_nuclear(args.genomes), np.random.default_rng(3))}
    width = args.hidden - SINES
    tables = {"content": torch.randn(sequence.VOCABULARY, width) * SPREAD,
              "output": torch.randn(sequence.VOCABULARY, width) * 0.05, "bias": log_frequencies(far.ids)}
    for tensor in tables.values():
        tensor.requires_grad_(True)
    optimizer = torch.optim.Adam(tables.values(), betas=(0.9, 0.99), eps=1e-10, fused=True)
    start, step, losses = time.time(), 0, []
    while (done := (time.time() - start) / (60 * args.minutes)) < 1:
        optimizer.param_groups[0]["lr"] = args.learning_rate * min(1, (step + 1) / 100) * min(1, 2 * (1 - done))
        source = near if generator.random() < args.near_share else far
        source = nuclear if generator.random() < args.nuclear else source
        neighbours, target = source.draw(args.batch, args.hidden_neighbours)
        loss = F.cross_entropy(predict(tables, neighbours, args.hidden), target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step % 200 == 0:
            figures = ", ".join(measure(tables, places, args, name) for name, places in held_out.items())
            print(f"{time.time() - start:5.0f} s  {step * args.batch:9d} predictions  loss {np.mean(losses):.3f}  "
                  f"held out: {figures}", flush=True)
            losses = []
    torch.save({name: tensor.detach() for name, tensor in tables.items()}, args.output + ".partial")
    os.replace(args.output + ".partial", args.output)


if __name__ == "__main__":
    main()
