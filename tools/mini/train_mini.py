# SPDX-License-Identifier: Apache-2.0
"""Train agront-mini, the small example model inside the program, with PyTorch.

    python tools/mini/train_mini.py --genomes GENOMES --run RUN --minutes 90

GENOMES holds plastomes.fa.gz with plastomes.tsv.gz (accession, order, ...) and, for nuclear sequence near genes,
NAME.fa.gz with NAME.genes.gff3.gz or NAME.transcripts.gff3.gz. Every plastome of the order Brassicales and every
Moringa sequence is left out. RUN/state.pt is written every few minutes; the same command goes on from it.
tools/mini/export_mini.py turns it into the model folder.

What makes so small a training learn more than the frequencies of 6-mers (each is an initial value or a way to train;
the architecture is the plain one):
  * Heads look at neighbours from the first step. Positions start as sines and cosines in channels of their own;
    because pos(t + d) is a rotation of pos(t), a query matrix that rotates and a key matrix that does not make a head
    attend to position t + d. Block 0 starts with d = +-1..4.
  * 6-mer embeddings, in and out, are trained as (1-, 2- and 3-letter pieces by place) x matrix + table, and added up.
  * The output starts at the 6-mer frequencies.
  * Plastomes keep the order of their genes. Training starts with the first twentieth of each and grows to the whole:
    how to look a 6-mer up between its neighbours is learnt on few of them, and then used for all.
  * A short window sits at a random place of the position table, so that all 1,024 positions are trained.
  * Two processes of one thread train the same weights in shared memory, each with gradients of its own batches:
    no barrier waits for a core that somebody else uses.
"""

import argparse
import gzip
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

VOCABULARY, FIRST_KMER, KMERS, MASK, CLS = 4105, 4, 4096, 2, 3
LETTERS = "ATCG"  # the vocabulary's order
POSITIONS = 1026
SINES = 32  # channels that positions have for themselves at the start


# ---------------------------------------------------------------------------------------------- sequence

def read_fasta(path, keep):
    """Yields (name, digits): uint8, 0-3 in the vocabulary's order, 4 for anything else."""
    digit = np.full(256, 4, np.uint8)
    for i, letter in enumerate(LETTERS):
        digit[ord(letter)] = digit[ord(letter.lower())] = i
    name, parts = None, []
    with gzip.open(path, "rb") as lines:
        for line in lines:
            if line.startswith(b">"):
                if parts and keep(name):
                    yield name, digit[np.frombuffer(b"".join(parts), np.uint8)]
                name, parts = line[1:].split()[0].decode(), []
            elif keep(name):
                parts.append(line.strip())
        if parts and keep(name):
            yield name, digit[np.frombuffer(b"".join(parts), np.uint8)]


def plastomes(folder, order_is):
    orders = {}
    with gzip.open(f"{folder}/plastomes.tsv.gz", "rt") as table:
        for line in table:
            fields = line.split("\t")
            orders[fields[0]] = fields[1]
    return [bases for _, bases in read_fasta(f"{folder}/plastomes.fa.gz", lambda name: order_is(orders[name]))]


def near_genes(folder, genome, annotation, kinds, margin=1000):
    """Stretches of nuclear sequence around genes, as separate arrays."""
    places = {}
    with gzip.open(f"{folder}/{annotation}", "rt") as lines:
        for line in lines:
            fields = line.split("\t")
            if len(fields) == 9 and fields[2] in kinds:
                places.setdefault(fields[0], []).append((int(fields[3]) - 1, int(fields[4])))
    stretches = []
    for name, bases in read_fasta(f"{folder}/{genome}", lambda name: name in places):
        end = 0
        for start, stop in sorted(places[name]):
            start = max(start - margin, end)
            end = max(end, min(stop + margin, len(bases)))
            if end - start >= 1500:
                stretches.append(bases[start:end])
    return stretches


def training_nuclear(folder):
    return (near_genes(folder, "bidens_pilosa.fa.gz", "bidens_pilosa.genes.gff3.gz", ("gene",)) +
            near_genes(folder, "bertholletia_excelsa.part.fa.gz", "bertholletia_excelsa.part.transcripts.gff3.gz",
                       ("mRNA",)))


class Windows:
    """Random windows of tokens, <cls> first; a stretch is drawn in proportion to its length."""

    def __init__(self, stretches, generator):
        self.bases = np.concatenate(stretches)
        lengths = np.array([len(stretch) for stretch in stretches])
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.lengths = lengths
        self.share = lengths / lengths.sum()
        self.generator = generator

    def draw(self, count, tokens, reach=1.0):
        """`reach`: windows start in this first share of their stretch only."""
        length = 6 * (tokens - 1)
        weights = 4 ** np.arange(5, -1, -1)
        rows = np.full((count, tokens), CLS, np.int64)
        for row in range(count):
            while True:
                s = self.generator.choice(len(self.lengths), p=self.share)
                if self.lengths[s] < length:
                    continue
                last = int(reach * (self.lengths[s] - length))
                at = self.starts[s] + self.generator.integers(0, last + 1)
                digits = self.bases[at:at + length].reshape(-1, 6)
                if digits.max() < 4:
                    rows[row, 1:] = FIRST_KMER + digits.astype(np.int64) @ weights
                    break
        return rows


def mask_tokens(rows, share, generator):
    """Returns the input with masks and the indices that count; of these 90 % are <mask>, 5 % random, 5 % unchanged."""
    chosen = generator.random(rows.shape) < share
    chosen[:, 0] = False
    fate = generator.random(rows.shape)
    given = np.where(chosen & (fate < 0.9), MASK, rows)
    random = generator.integers(FIRST_KMER, FIRST_KMER + KMERS, rows.shape)
    given = np.where(chosen & (fate >= 0.9) & (fate < 0.95), random, given)
    return given, chosen


# ---------------------------------------------------------------------------------------------- model

def kmer_features():
    """[4105, 361]: which 1-, 2- and 3-letter pieces a 6-mer has in which place; the other tokens have none."""
    numbers = np.arange(KMERS)
    digits = np.stack([numbers // 4 ** (5 - i) % 4 for i in range(6)], 1)
    columns, width = [], 0
    for piece in (1, 2, 3):
        for place in range(7 - piece):
            value = sum(digits[:, place + i] * 4 ** (piece - 1 - i) for i in range(piece))
            columns.append(width + value)
            width += 4 ** piece
    features = np.zeros((VOCABULARY, width), np.float32)
    for column in columns:
        features[FIRST_KMER + numbers, column] = 1
    return torch.from_numpy(features)


def shapes(hidden, layers, ffn, pieces):
    """Name and shape of every trained tensor, in the order of the flat buffer."""
    result = {"tokens.table": (VOCABULARY, hidden), "tokens.pieces": (pieces, hidden), "positions": (POSITIONS, hidden)}
    for i in range(layers):
        for part, size in (("norm1.w", (hidden,)), ("norm1.b", (hidden,)), ("qkv.w", (3 * hidden, hidden)),
                           ("qkv.b", (3 * hidden,)), ("out.w", (hidden, hidden)), ("out.b", (hidden,)),
                           ("norm2.w", (hidden,)), ("norm2.b", (hidden,)), ("fc1.w", (ffn, hidden)),
                           ("fc1.b", (ffn,)), ("fc2.w", (hidden, ffn)), ("fc2.b", (hidden,))):
            result[f"{i}.{part}"] = size
    result |= {"norm.w": (hidden,), "norm.b": (hidden,), "dense.w": (hidden, hidden), "dense.b": (hidden,),
               "head_norm.w": (hidden,), "head_norm.b": (hidden,), "decoder.table": (VOCABULARY, hidden),
               "decoder.pieces": (pieces, hidden), "decoder.b": (VOCABULARY,)}
    return result


def split(flat, sizes):
    views, at = {}, 0
    for name, shape in sizes.items():
        count = math.prod(shape)
        views[name] = flat[at:at + count].view(shape)
        at += count
    return views


def sinusoids(frequencies):
    angle = torch.arange(POSITIONS)[:, None] * frequencies[None]
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


def initialise(p, args, frequency_of_kmer):
    """Fills the parameters; see the top of the file for why."""
    generator = torch.Generator().manual_seed(args.seed)

    def normal(tensor, scale):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * scale)

    hidden, heads = args.hidden, args.heads
    width = hidden // heads
    for name, tensor in p.items():
        tensor.fill_(1.0 if "norm" in name and name.endswith(".w") else 0.0)
    content = slice(SINES, hidden)
    spread = 0.3  # of a channel of the embeddings; the sines have the same variance
    normal(p["tokens.table"][:, content], spread / 2)
    normal(p["tokens.pieces"][:, content], spread / 4)
    normal(p["tokens.table"][:FIRST_KMER, content], spread)
    frequencies = math.pi * torch.tensor([(0.5 + i * 0.6180339887) % 1.0 for i in range(SINES // 2)])
    p["positions"][:, :SINES] = sinusoids(frequencies) * spread * math.sqrt(2)
    normal(p["decoder.table"], 0.02)
    normal(p["decoder.pieces"], 0.02)
    p["decoder.b"].fill_(-12.0)
    p["decoder.b"][FIRST_KMER:FIRST_KMER + KMERS] = torch.log(frequency_of_kmer)
    normal(p["dense.w"], 1 / math.sqrt(hidden))
    for i in range(args.layers):
        normal(p[f"{i}.qkv.w"], 1 / math.sqrt(hidden))
        normal(p[f"{i}.out.w"][content], 0.7 / math.sqrt(hidden))  # the sines stay as they are
        normal(p[f"{i}.fc1.w"], 1 / math.sqrt(hidden))
        normal(p[f"{i}.fc2.w"][content], 0.5 / math.sqrt(args.ffn))
        query, key = p[f"{i}.qkv.w"][:hidden], p[f"{i}.qkv.w"][hidden:2 * hidden]
        offsets = [d for k in range(1, heads) for d in (k, -k)]
        offsets = offsets[:heads] if i == 0 else offsets[:heads // 2]
        sharpness = 1.8
        for head, d in enumerate(offsets):
            rows = slice(head * width, head * width + SINES)
            query[rows] = 0
            key[rows] = 0
            for k, w in enumerate(frequencies.tolist()):
                a, b = head * width + 2 * k, head * width + 2 * k + 1
                s, c = math.sin(d * w), math.cos(d * w)
                # sin(x + dw) and cos(x + dw) from sin(x), cos(x)
                query[a, 2 * k], query[a, 2 * k + 1] = sharpness * c, sharpness * s
                query[b, 2 * k], query[b, 2 * k + 1] = -sharpness * s, sharpness * c
                key[a, 2 * k] = key[b, 2 * k + 1] = sharpness


def forward(p, features, args, tokens, first_position, chosen):
    """Logits of the chosen tokens."""
    hidden, heads = args.hidden, args.heads
    batch, length = tokens.shape
    x = F.embedding(tokens, p["tokens.table"]) + F.embedding(tokens, features) @ p["tokens.pieces"]
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
    return F.linear(x, p["decoder.table"], p["decoder.b"]) + F.linear(F.linear(x, p["decoder.pieces"]), features)


# ---------------------------------------------------------------------------------------------- training

def draw_batch(sources, args, generator, done):
    """Rows of one source, after the share `done` of the training."""
    reach = min(1.0, args.first_reach ** (1 - done / args.full_reach_at))
    tokens = 1024 if reach == 1 and generator.random() < (args.long_share if done > 0.85 else 0.02) else args.window
    count = max(1, args.batch_tokens // tokens)
    which = generator.choice(len(sources), p=args.shares)
    reach = reach if which < 2 else 1.0  # nuclear stretches have no common order
    rows = sources[which].draw(count, tokens, reach)
    given, chosen = mask_tokens(rows, args.masked, generator)
    first = generator.integers(0, 1024 - tokens + 1, count)
    return (torch.from_numpy(given), torch.from_numpy(first), torch.from_numpy(chosen),
            torch.from_numpy(rows[chosen]), torch.from_numpy(given[chosen] == MASK))


def evaluate(p, features, args, rows):
    """Loss and top-1 on <mask> positions of fixed windows, 15 % masked."""
    generator = np.random.default_rng(7)
    chosen = generator.random(rows.shape) < 0.15
    chosen[:, 0] = False
    given = np.where(chosen, MASK, rows)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        logits = forward(p, features, args, torch.from_numpy(given), torch.zeros(len(rows), dtype=torch.int64),
                         torch.from_numpy(chosen)).float()
    target = torch.from_numpy(rows[chosen])
    return (F.cross_entropy(logits, target).item(), (logits.argmax(-1) == target).float().mean().item())


def worker(rank, args, shared, lock, sizes, sources, held_out):
    torch.set_num_threads(1)
    os.nice(19)
    generator = np.random.default_rng([args.seed, rank, int(shared["clock"][1])])
    for source in sources:
        source.generator = generator
    features = kmer_features()
    gradient = torch.zeros_like(shared["weights"])
    parameters = split(shared["weights"], sizes)
    gradients = split(gradient, sizes)
    for name, tensor in parameters.items():
        tensor.requires_grad_(True)
        tensor.grad = gradients[name]
    clock = shared["clock"]  # seconds trained, tokens, steps
    seen = time.time()
    report, losses, hits = time.time(), [], []
    # The tables, whose rows are seen in few steps each, want a lower rate; they stand at both ends of the flat buffer.
    first = math.prod(sizes["tokens.table"]) + math.prod(sizes["tokens.pieces"])
    last = len(gradient) - sum(math.prod(size) for name, size in sizes.items() if name.startswith("decoder"))
    groups = ((slice(0, first), args.table_rate), (slice(first, last), 1.0), (slice(last, None), args.table_rate))
    decay = torch.cat([torch.full((math.prod(s),), float(len(s) > 1)) for s in sizes.values()])
    while clock[0] < 60 * args.minutes:
        done = clock[0].item() / (60 * args.minutes)
        rate = args.learning_rate * min(1.0, (clock[2].item() + 1) / args.warm_up)
        rate *= min(1.0, (1 - done) / args.cool_down) if args.cool_down > 0 else 1.0
        given, first, chosen, target, is_mask = draw_batch(sources, args, generator, done)
        gradient.zero_()
        with torch.autocast("cpu", torch.bfloat16):
            logits = forward(parameters, features, args, given, first, chosen)
        loss = F.cross_entropy(logits.float(), target)
        loss.backward()
        with torch.no_grad():
            masked = logits[is_mask].float()
            losses.append(F.cross_entropy(masked, target[is_mask]).item())
            hits.append((masked.argmax(-1) == target[is_mask]).float().mean().item())
            norm = gradient.norm()
            if torch.isfinite(norm):
                gradient.mul_(min(1.0, 1.0 / (norm.item() + 1e-9)))
                with lock:
                    clock[2] += 1
                    weights = shared["weights"].detach()
                    weights.mul_(1 - rate * args.weight_decay * decay)
                    for part, times in groups:
                        torch._fused_adamw_([weights[part]], [gradient[part]], [shared["mean"][part]],
                                            [shared["square"][part]], [], [clock[2].clone().float()], lr=rate * times,
                                            beta1=0.9, beta2=args.beta2, weight_decay=0.0, eps=1e-9, amsgrad=False,
                                            maximize=False)
                    clock[1] += given.numel()
        now = time.time()
        if rank == 0:
            clock[0] += now - seen
        seen = now
        if rank == 0 and now - report > 60 * args.report_minutes:
            report = now
            entry = {"minutes": clock[0].item() / 60, "tokens": int(clock[1]), "steps": int(clock[2]), "rate": rate,
                     "reach": min(1.0, args.first_reach ** (1 - done / args.full_reach_at)), "loss": float(np.mean(losses)), "top1": float(np.mean(hits))}
            for name, rows in held_out.items():
                entry[f"{name}_loss"], entry[f"{name}_top1"] = evaluate(parameters, features, args, rows)
            losses, hits = [], []
            with open(f"{args.run}/log.jsonl", "a") as log:
                log.write(json.dumps(entry) + "\n")
            save(args, shared)
    if rank == 0:
        save(args, shared)


def save(args, shared):
    torch.save({"args": vars(args), **{k: v.detach() for k, v in shared.items()}}, f"{args.run}/state.tmp")
    os.replace(f"{args.run}/state.tmp", f"{args.run}/state.pt")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--genomes", required=True)
    add("--run", required=True)
    add("--minutes", type=float, required=True, help="of training in all, over all calls")
    add("--hidden", type=int, default=256)
    add("--heads", type=int, default=8)
    add("--layers", type=int, default=3)
    add("--ffn", type=int, default=1536)
    add("--window", type=int, default=128)
    add("--batch-tokens", type=int, default=512)
    add("--masked", type=float, default=0.3)
    add("--nuclear", type=float, default=0.1, help="share of batches from nuclear sequence")
    add("--long-share", type=float, default=0.3, help="share of 1,024-token windows at the end")
    add("--near", default="Malvales,Sapindales,Myrtales,Crossosomatales,Huerteales",
        help="orders that are drawn more often: relatives of the Brassicales, which are held out")
    add("--near-share", type=float, default=0.7, help="of the plastid batches")
    add("--first-reach", type=float, default=0.08, help="share of each plastome that training starts with")
    add("--full-reach-at", type=float, default=0.55, help="share of the time after which it is the whole")
    add("--learning-rate", type=float, default=8e-4)
    add("--table-rate", type=float, default=0.35, help="times the learning rate, for the token tables")
    add("--warm-up", type=int, default=300)
    add("--cool-down", type=float, default=0.35, help="share of the time over which the rate falls to 0")
    add("--weight-decay", type=float, default=0.01)
    add("--beta2", type=float, default=0.98)
    add("--workers", type=int, default=2)
    add("--report-minutes", type=float, default=2)
    add("--seed", type=int, default=1)
    args = parser.parse_args()
    os.makedirs(args.run, exist_ok=True)
    torch.set_num_threads(1)

    generator = np.random.default_rng(args.seed)
    near = set(args.near.split(","))
    plastid = [Windows(plastomes(args.genomes, lambda order: order in near), generator),
               Windows(plastomes(args.genomes, lambda order: order not in near | {"Brassicales"}), generator)]
    sources, args.shares = plastid, [args.near_share, 1 - args.near_share]
    held_out = {"plastid": Windows(plastomes(args.genomes, lambda order: order == "Brassicales"),
                                   np.random.default_rng(5)).draw(64, args.window)}
    if args.nuclear > 0:
        sources.append(Windows(training_nuclear(args.genomes), generator))
        args.shares = [share * (1 - args.nuclear) for share in args.shares] + [args.nuclear]
        moringa = near_genes(args.genomes, "moringa_oleifera.fa.gz", "moringa_oleifera.genes.gff3.gz", ("mRNA",))
        held_out["nuclear"] = Windows(moringa, np.random.default_rng(6)).draw(64, args.window)

    counts = np.ones(KMERS)
    for _ in range(200):
        np.add.at(counts, plastid[1].draw(8, 1024)[:, 1:].ravel() - FIRST_KMER, 1)
    frequency = torch.from_numpy(counts / counts.sum()).float()

    pieces = kmer_features().shape[1]
    sizes = shapes(args.hidden, args.layers, args.ffn, pieces)
    total = sum(math.prod(size) for size in sizes.values())
    shared = {"weights": torch.zeros(total), "mean": torch.zeros(total), "square": torch.zeros(total),
              "clock": torch.zeros(3, dtype=torch.float64)}
    if os.path.exists(f"{args.run}/state.pt"):
        state = torch.load(f"{args.run}/state.pt", weights_only=True)
        for name in shared:
            shared[name].copy_(state[name])
    else:
        initialise(split(shared["weights"], sizes), args, frequency)
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
