#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Second stage of agront-mini, the small example model inside the program: masked-language-model training (PyTorch).

    python tools/mini/neighbours.py --genomes GENOMES -o RUN/neighbours.pt --minutes 14
    python tools/mini/train_mini.py --genomes GENOMES --run RUN --minutes 25

GENOMES holds plastomes.fa.gz with plastomes.tsv.gz (accession, order, ...) and nuclear genomes with their genes (see
sequence.py). Plastomes of the order Brassicales and everything of Moringa are held out. RUN/state.pt is written every
few minutes; the same command goes on from it. export_mini.py makes the model folder.

The architecture is the plain one of EsmForMaskedLM; what is special is where training starts:
  * Heads look at neighbours. Positions start as sines and cosines in channels of their own; because pos(t + d) is a
    rotation of pos(t), a query matrix that rotates and a key matrix that does not make a head attend to position t + d.
  * The first block's values, the embeddings and the output layer start with the tables of neighbours.py, so that the
    model begins as that predictor; every other matrix that adds to the residual stream starts at zero.
  * A short window sits at a random place of the position table, so that all 1,024 positions are trained.
Two processes of one thread train the same weights in shared memory, each with gradients of its own batches: no barrier
waits for a core that somebody else uses.
"""

import argparse
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import sequence
from neighbours import OFFSETS, SINES, SINES_SQUARED, SPREAD
from sequence import FIRST_KMER, KMERS, VOCABULARY

MASK, CLS = 2, 3
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)  # one for each two of SINES
POSITIONS = 1026


class Windows:
    """Random windows of tokens, <cls> first; a stretch is drawn in proportion to its length."""

    def __init__(self, stretches, generator):
        self.bases = np.concatenate(stretches)
        self.lengths = np.array([len(stretch) for stretch in stretches])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)[:-1]])
        self.share = self.lengths / self.lengths.sum()
        self.generator = generator

    def draw(self, count, tokens):
        length = 6 * (tokens - 1)
        weights = 4 ** np.arange(5, -1, -1)
        rows = np.full((count, tokens), CLS, np.int64)
        for row in range(count):
            while True:
                s = self.generator.choice(len(self.lengths), p=self.share)
                if self.lengths[s] < length:
                    continue
                at = self.starts[s] + self.generator.integers(0, self.lengths[s] - length + 1)
                digits = self.bases[at:at + length].reshape(-1, 6)
                if digits.max() < 4:
                    rows[row, 1:] = FIRST_KMER + digits.astype(np.int64) @ weights
                    break
        return rows


def mask_tokens(rows, share, generator):
    """Returns the input with masks and the tokens that count; of these 90 % are <mask>, 5 % random, 5 % unchanged."""
    chosen = generator.random(rows.shape) < share
    chosen[:, 0] = False
    fate = generator.random(rows.shape)
    given = np.where(chosen & (fate < 0.9), MASK, rows)
    random = generator.integers(FIRST_KMER, FIRST_KMER + KMERS, rows.shape)
    given = np.where(chosen & (fate >= 0.9) & (fate < 0.95), random, given)
    return given, chosen


# ---------------------------------------------------------------------------------------------- model

def shapes(hidden, layers, ffn):
    """Name and shape of every tensor, in the order of the flat buffer."""
    result = {"tokens": (VOCABULARY, hidden), "positions": (POSITIONS, hidden)}
    for i in range(layers):
        for part, size in (("norm1.w", (hidden,)), ("norm1.b", (hidden,)), ("qkv.w", (3 * hidden, hidden)),
                           ("qkv.b", (3 * hidden,)), ("out.w", (hidden, hidden)), ("out.b", (hidden,)),
                           ("norm2.w", (hidden,)), ("norm2.b", (hidden,)), ("fc1.w", (ffn, hidden)),
                           ("fc1.b", (ffn,)), ("fc2.w", (hidden, ffn)), ("fc2.b", (hidden,))):
            result[f"{i}.{part}"] = size
    return result | {"norm.w": (hidden,), "norm.b": (hidden,), "dense.w": (hidden, hidden), "dense.b": (hidden,),
                     "head_norm.w": (hidden,), "head_norm.b": (hidden,), "decoder.w": (VOCABULARY, hidden),
                     "decoder.b": (VOCABULARY,)}


def split(flat, sizes):
    views, at = {}, 0
    for name, shape in sizes.items():
        count = math.prod(shape)
        views[name] = flat[at:at + count].view(shape)
        at += count
    return views


def look_at(p, layer, width, frequencies, offsets, sharpness=2.5):
    """Makes head h of a layer attend to the position offsets[h] away."""
    hidden = p["tokens"].shape[1]
    query, key = p[f"{layer}.qkv.w"][:hidden], p[f"{layer}.qkv.w"][hidden:2 * hidden]
    query.zero_()
    key.zero_()
    for head, offset in enumerate(offsets):
        for k, frequency in enumerate(frequencies.tolist()):
            a, b = head * width + 2 * k, head * width + 2 * k + 1
            sine, cosine = math.sin(offset * frequency), math.cos(offset * frequency)
            # sin(x + d w) and cos(x + d w) from sin(x) and cos(x)
            query[a, 2 * k], query[a, 2 * k + 1] = sharpness * cosine, sharpness * sine
            query[b, 2 * k], query[b, 2 * k + 1] = -sharpness * sine, sharpness * cosine
            key[a, 2 * k] = key[b, 2 * k + 1] = sharpness


def initialise(p, args, tables):
    """The predictor of neighbours.py as a transformer, to within the sidelobes of the sines."""
    generator = torch.Generator().manual_seed(args.seed)

    def normal(tensor, scale):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * scale)

    hidden, heads = args.hidden, args.heads
    width, content = hidden // heads, slice(SINES, hidden)
    section = (hidden - SINES) // heads
    for name, tensor in p.items():
        tensor.fill_(1.0 if "norm" in name and name.endswith(".w") else 0.0)

    # LayerNorm does not see the length of a row: with one length for all, all keys are equally loud.
    length = SPREAD * math.sqrt(hidden - SINES)
    p["tokens"][:, content] = F.normalize(tables["content"], dim=1) * length
    # The mask's row is as long, along a direction that values leave out, and is taken off again by the output's bias.
    direction = F.normalize(torch.randn(hidden - SINES, generator=generator), dim=0)
    p["tokens"][:FIRST_KMER, content] = direction * length
    # Logarithms of primes: no distance within the window brings all sines together again. (Multiples of the golden
    # ratio meet at 288 tokens, to 0.985 of the peak: heads then look at two places as soon as windows are long.)
    frequencies = math.pi * torch.tensor([math.log(prime) % 1.0 for prime in PRIMES])
    angle = torch.arange(POSITIONS)[:, None] * frequencies[None]
    p["positions"][:, :SINES] = torch.stack([angle.sin(), angle.cos()], -1).flatten(1) * SPREAD * math.sqrt(2)

    for layer in range(args.layers):
        normal(p[f"{layer}.qkv.w"], 0.7 / math.sqrt(hidden))
        normal(p[f"{layer}.fc1.w"], 1 / math.sqrt(hidden))
    look_at(p, 0, width, frequencies, OFFSETS)
    value = p["0.qkv.w"][2 * hidden:]
    value.zero_()
    without_mask = torch.eye(hidden - SINES) - direction[:, None] * direction[None]
    for head in range(heads):
        part = slice(head * section, (head + 1) * section)
        value[head * width:head * width + section, content] = without_mask[part]
        rows = torch.arange(section)
        p["0.out.w"][SINES + head * section + rows, head * width + rows] = SPREAD
    p["0.out.b"][content] = -direction * length

    p["dense.w"][content, content] = torch.eye(hidden - SINES)
    p["dense.b"].fill_(4.0)  # where GELU is a straight line; the LayerNorm after it takes the 4 off again
    p["decoder.w"][:, content] = tables["output"]
    p["decoder.b"].copy_(tables["bias"])


def forward(p, args, tokens, first_position, chosen):
    """Logits of the chosen tokens."""
    hidden, heads = args.hidden, args.heads
    batch, length = tokens.shape
    x = F.embedding(tokens, p["tokens"])
    x = x + F.embedding(first_position[:, None] + torch.arange(length)[None] + 2, p["positions"])
    for i in range(args.layers):
        n = F.layer_norm(x, (hidden,), p[f"{i}.norm1.w"], p[f"{i}.norm1.b"], 1e-5)
        qkv = F.linear(n, p[f"{i}.qkv.w"], p[f"{i}.qkv.b"]).view(batch, length, 3, heads, hidden // heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, hidden)
        x = x + F.linear(a, p[f"{i}.out.w"], p[f"{i}.out.b"])
        n = F.layer_norm(x, (hidden,), p[f"{i}.norm2.w"], p[f"{i}.norm2.b"], 1e-5)
        x = x + F.linear(F.gelu(F.linear(n, p[f"{i}.fc1.w"], p[f"{i}.fc1.b"])), p[f"{i}.fc2.w"], p[f"{i}.fc2.b"])
    x = F.layer_norm(x[chosen], (hidden,), p["norm.w"], p["norm.b"], 1e-5)
    x = F.gelu(F.linear(x, p["dense.w"], p["dense.b"]))
    x = F.layer_norm(x, (hidden,), p["head_norm.w"], p["head_norm.b"], 1e-5)
    return F.linear(x, p["decoder.w"], p["decoder.b"])


# ---------------------------------------------------------------------------------------------- training

def draw_batch(sources, args, generator, done):
    """Rows of one source; the last part of the training sees windows of 1,024 tokens, too."""
    tokens = 1024 if generator.random() < (args.long_share if done > 0.8 else 0.02) else args.window
    count = max(1, args.batch_tokens // tokens)
    rows = sources[generator.choice(len(sources), p=args.shares)].draw(count, tokens)
    given, chosen = mask_tokens(rows, args.masked, generator)
    first = generator.integers(0, 1024 - tokens + 1, count)
    return (torch.from_numpy(given), torch.from_numpy(first), torch.from_numpy(chosen),
            torch.from_numpy(rows[chosen]), torch.from_numpy(given[chosen] == MASK))


def evaluate(p, args, rows):
    """Loss and top-1 on <mask> positions of fixed windows, 15 % masked."""
    generator = np.random.default_rng(7)
    chosen = generator.random(rows.shape) < 0.15
    chosen[:, 0] = False
    given = np.where(chosen, MASK, rows)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        logits = forward(p, args, torch.from_numpy(given), torch.zeros(len(rows), dtype=torch.int64),
                         torch.from_numpy(chosen)).float()
    target = torch.from_numpy(rows[chosen])
    return F.cross_entropy(logits, target).item(), (logits.argmax(-1) == target).float().mean().item()


def report(args, shared, parameters, held_out, losses, hits):
    entry = {"minutes": shared["clock"][0].item() / 60, "tokens": int(shared["clock"][1]),
             "steps": int(shared["clock"][2])}
    if losses:
        entry |= {"loss": float(np.mean(losses)), "top1": float(np.mean(hits))}
    for name, rows in held_out.items():
        entry[f"{name}_loss"], entry[f"{name}_top1"] = evaluate(parameters, args, rows)
    with open(f"{args.run}/log.jsonl", "a") as log:
        log.write(json.dumps(entry) + "\n")
    torch.save({"args": vars(args), **{name: tensor.detach() for name, tensor in shared.items()}},
               f"{args.run}/state.partial")
    os.replace(f"{args.run}/state.partial", f"{args.run}/state.pt")


def worker(rank, args, shared, lock, sizes, sources, held_out):
    torch.set_num_threads(1)
    os.nice(10)
    clock = shared["clock"]  # seconds trained, tokens, updates
    generator = np.random.default_rng([args.seed, rank, int(clock[1])])
    for source in sources:
        source.generator = generator
    gradient = torch.zeros_like(shared["weights"])
    parameters, gradients = split(shared["weights"], sizes), split(gradient, sizes)
    for name, tensor in parameters.items():
        tensor.requires_grad_(True)
        tensor.grad = gradients[name]
    seen = reported = time.time()
    losses, hits = [], []
    if rank == 0:
        report(args, shared, parameters, held_out, losses, hits)
    while clock[0] < 60 * args.minutes:
        done = clock[0].item() / (60 * args.minutes)
        warm = min(1.0, (clock[2].item() + 1) / args.warm_up)
        rate = args.learning_rate * warm * min(1.0, (1 - done) / args.cool_down)
        given, first, chosen, target, is_mask = draw_batch(sources, args, generator, done)
        gradient.zero_()
        with torch.autocast("cpu", torch.bfloat16):
            logits = forward(parameters, args, given, first, chosen)
        F.cross_entropy(logits.float(), target).backward()
        with torch.no_grad():
            masked = logits[is_mask].float()
            losses.append(F.cross_entropy(masked, target[is_mask]).item())
            hits.append((masked.argmax(-1) == target[is_mask]).float().mean().item())
            norm = gradient.norm()
            if torch.isfinite(norm):
                gradient.mul_(min(1.0, 1.0 / (norm.item() + 1e-9)))
                with lock:
                    clock[2] += 1
                    clock[1] += given.numel()
                    torch._fused_adamw_([shared["weights"].detach()], [gradient], [shared["mean"]], [shared["square"]],
                                        [], [clock[2].clone().float()], lr=rate, beta1=0.9, beta2=args.beta2,
                                        weight_decay=0.0, eps=1e-9, amsgrad=False, maximize=False)
        now = time.time()
        if rank == 0:
            clock[0] += now - seen
        seen = now
        if rank == 0 and now - reported > 60 * args.report_minutes:
            reported = now
            report(args, shared, parameters, held_out, losses, hits)
            losses, hits = [], []
    if rank == 0:
        report(args, shared, parameters, held_out, losses, hits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--genomes", required=True)
    add("--run", required=True, help="folder with neighbours.pt")
    add("--minutes", type=float, required=True, help="of training in all, over all calls")
    add("--hidden", type=int, default=448)
    add("--heads", type=int, default=len(OFFSETS), choices=[len(OFFSETS)])
    add("--layers", type=int, default=2)
    add("--ffn", type=int, default=896)
    add("--window", type=int, default=128)
    add("--batch-tokens", type=int, default=2048)
    add("--masked", type=float, default=0.2)
    add("--near", default="Malvales,Sapindales,Myrtales,Crossosomatales,Huerteales",
        help="orders that are drawn more often: relatives of the Brassicales, which are held out")
    add("--near-share", type=float, default=0.6, help="of the plastid batches")
    add("--nuclear", type=float, default=0.3, help="share of batches from nuclear sequence")
    add("--long-share", type=float, default=0.25, help="share of 1,024-token windows at the end")
    add("--learning-rate", type=float, default=2e-4)
    add("--warm-up", type=int, default=200)
    add("--cool-down", type=float, default=0.5, help="share of the time over which the rate falls to 0")
    add("--beta2", type=float, default=0.999)
    add("--workers", type=int, default=2)
    add("--report-minutes", type=float, default=2)
    add("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)

    generator = np.random.default_rng(args.seed)
    plastid = [Windows(part, generator) for part in sequence.training_plastomes(args.genomes, args.near.split(","))]
    sources = [*plastid, Windows(sequence.training_nuclear(args.genomes), generator)]
    args.shares = [share * (1 - args.nuclear) for share in (args.near_share, 1 - args.near_share)] + [args.nuclear]
    held_out = {"plastid": Windows(sequence.held_out_plastomes(args.genomes), np.random.default_rng(5)),
                "nuclear": Windows(sequence.held_out_nuclear(args.genomes), np.random.default_rng(6))}
    held_out = {name: windows.draw(64, args.window) for name, windows in held_out.items()}

    sizes = shapes(args.hidden, args.layers, args.ffn)
    total = sum(math.prod(size) for size in sizes.values())
    shared = {"weights": torch.zeros(total), "mean": torch.zeros(total), "square": torch.zeros(total),
              "clock": torch.zeros(3, dtype=torch.float64)}
    if os.path.exists(f"{args.run}/state.pt"):
        state = torch.load(f"{args.run}/state.pt", weights_only=True)
        for name in shared:
            shared[name].copy_(state[name])
    else:
        initialise(split(shared["weights"], sizes), args, torch.load(f"{args.run}/neighbours.pt", weights_only=True))
    for tensor in shared.values():
        tensor.share_memory_()

    context = torch.multiprocessing.get_context("fork")
    lock = context.Lock()
    workers = [context.Process(target=worker, args=(rank, args, shared, lock, sizes, sources, held_out))
               for rank in range(args.workers)]
    for process in workers:
        process.start()
    for process in workers:
        process.join()


if __name__ == "__main__":
    main()
