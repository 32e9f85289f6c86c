# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: what runs against what. Each gives lines for the report as plain dictionaries."""

import dataclasses
import gzip
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys

import numpy as np

from turns import HERE, Contestant, correlation, has, median_ratio, relative_error, take_turns

ROOT = HERE.parents[1]
WINDOW_BASES = 6138  # 1,023 6-mers and <cls>
SAME_MODEL = 1e-4  # relative error of fp32 outputs above which it is not the same computation
SIMILAR_MODEL = 0.95  # correlation of int8 outputs below which it is no use
RAGGED = 64
SHORTEST = 60
TOKENIZER_BASES = 4_000_000


@dataclasses.dataclass
class Setting:
    """Where things are; of the models of true width `shallow` has one layer, `wide` 8, `full` all 40."""

    agront: pathlib.Path
    contestant: pathlib.Path
    before: pathlib.Path | None
    shallow: pathlib.Path
    wide: pathlib.Path
    full: pathlib.Path | None
    work: pathlib.Path
    threads: int
    rounds: int

    def ours(self, precision, task, sequences, model=None):
        command = [self.contestant, model or self.wide, precision, self.threads, sequences]
        return Contestant(f"agront {precision}", command, task)

    def peer(self, kind, task, sequences, model=None):
        command = [sys.executable, HERE / "contestant.py", kind, model or self.wide, self.threads, sequences, self.work]
        return Contestant(PEERS[kind], command, task)

    def bench(self, precision, sequences=1, program=None):
        """`agront bench` once."""
        command = [program or self.agront, "bench", "--model", self.wide, "--precision", precision, "--json",
                   "--repeat", 1, "--sequences", sequences, "--threads", self.threads]
        return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)


# Where the peers' products reach the limit of the instructions, too, there is less to gain.
DOTS_WITHOUT_TILES = has("avx512_vnni") and not has("amx_int8")

PEERS = {
    "hugging_face-fp32": "Hugging Face fp32, sdpa",
    "hugging_face-bf16": "Hugging Face bf16, sdpa",
    "onnxruntime-fp32": "ONNX Runtime fp32",
    "onnxruntime-int8": "ONNX Runtime int8, dynamic",
    "openvino-fp32": "OpenVINO fp32",
    "openvino-bf16": "OpenVINO bf16",
    "openvino-int8": "OpenVINO int8, NNCF quantize",
    "openvino-weights8": "OpenVINO int8 weights, NNCF",
}


def plastome():
    with gzip.open(ROOT / "demo/data/NC_000932.fa.gz", "rt") as file:
        return "".join(line.strip() for line in file if not line.startswith(">")).upper()


def write_sequences(path, sequences):
    path.write_text("".join(f"{sequence}\n" for sequence in sequences))
    return path


def windows(setting, count):
    bases = plastome()
    cut = [bases[at:at + WINDOW_BASES] for at in range(0, count * WINDOW_BASES, WINDOW_BASES)]
    return write_sequences(setting.work / f"windows_{count}.txt", cut)


def line(work, against, seconds, ours, theirs, wanted, agreement="", **more):
    return {"work": work, "against": against, "ours": f"{statistics.median(seconds[ours]):.3g} s",
            "theirs": f"{statistics.median(seconds[theirs]):.3g} s",
            "ratio": median_ratio(seconds[theirs], seconds[ours]), "wanted": wanted, "agreement": agreement,
            "seconds": {"ours": seconds[ours], "theirs": seconds[theirs]}, **more}


def check(name, holds, agreement):
    if not holds:
        sys.exit(f"{name}: the outputs do not agree: {agreement}")
    return agreement


def error_against(name, values, reference):
    error = relative_error(values, reference)
    return check(name, error < SAME_MODEL, f"relative error {error:.1e}")


def correlation_with(name, values, reference):
    value = correlation(values, reference)
    return check(name, value > SIMILAR_MODEL, f"{value:.5f}")


def fp32(setting):
    sequences = windows(setting, 1)
    kinds = ("hugging_face-fp32", "onnxruntime-fp32", "openvino-fp32")
    ours = setting.ours("fp32", "logits", sequences)
    peers = [setting.peer(kind, "logits", sequences) for kind in kinds]
    seconds, results = take_turns([ours, *peers], setting.rounds, setting.work)
    return [line("fp32, 1 x 1,024 tokens", peer.name, seconds, ours.name, peer.name, wanted,
                 error_against(peer.name, results[ours.name], results[peer.name]))
            for peer, wanted in zip(peers, (1.5, 1.05, 1.0) if DOTS_WITHOUT_TILES else (1.5, 1.1, 1.3))]


def int8(setting):
    sequences = windows(setting, 1)
    kinds = ("onnxruntime-int8", "openvino-int8", "openvino-weights8")
    ours, exact = setting.ours("int8", "logits", sequences), setting.ours("fp32", "logits", sequences)
    peers = [setting.peer(kind, "logits", sequences) for kind in kinds]
    seconds, results = take_turns([ours, exact, *peers], setting.rounds, setting.work)
    correlations = {name: correlation_with(name, values, results[exact.name]) for name, values in results.items()}
    lines = [line("int8, 1 x 1,024 tokens", exact.name, seconds, ours.name, exact.name, 2.5 if has("avx512_vnni") else 1.7,
                  f"correlation with fp32 {correlations[ours.name]}")]
    return lines + [line("int8, 1 x 1,024 tokens", peer.name, seconds, ours.name, peer.name, wanted,
                         f"correlation with fp32: ours {correlations[ours.name]}, theirs {correlations[peer.name]}")
                    for peer, wanted in zip(peers, (1.4, 1.0, 1.3) if DOTS_WITHOUT_TILES else (1.3, 1.3, 1.3))]


def bf16(setting):
    sequences = windows(setting, 4)
    ours, exact = (setting.ours(precision, "logits", sequences) for precision in ("bf16", "fp32"))
    # Elsewhere the peers take a hundred times longer.
    kinds = ("hugging_face-bf16", "openvino-bf16") if has("avx512_bf16") else ()
    peers = [setting.peer(kind, "logits", sequences) for kind in kinds]
    seconds, results = take_turns([ours, exact, *peers], setting.rounds, setting.work)
    correlations = {name: correlation_with(name, values, results[exact.name]) for name, values in results.items()}
    lines = [line("bf16, 4 x 1,024 tokens", exact.name, seconds, ours.name, exact.name,
                  1.8 if DOTS_WITHOUT_TILES else 1.65 if has("avx512_bf16") else 0.95, f"correlation with fp32 {correlations[ours.name]}")]
    return lines + [line("bf16, 4 x 1,024 tokens", peer.name, seconds, ours.name, peer.name, wanted,
                         f"correlation with fp32: ours {correlations[ours.name]}, theirs {correlations[peer.name]}")
                    for peer, wanted in zip(peers, (1, 1.05 if DOTS_WITHOUT_TILES else 1))]


def ragged(setting):
    """With one layer: with 8, Hugging Face takes minutes a turn on two cores. All of them do the same work."""
    generator, bases = random.Random(1), plastome()
    sequences = []
    for _ in range(RAGGED):
        length = round(SHORTEST * (WINDOW_BASES / SHORTEST) ** generator.random())
        start = generator.randrange(len(bases) - length)
        sequences.append(bases[start:start + length])
    path = write_sequences(setting.work / "ragged.txt", sequences)
    ours = setting.ours("fp32", "embed", path, setting.shallow)
    peer = setting.peer("hugging_face-fp32", "embed", path, setting.shallow)
    seconds, results = take_turns([ours, peer], setting.rounds, setting.work)
    return [line(f"mean embeddings of {RAGGED} sequences of 60 to 6,138 bp, log-uniform, tokenizer included, one layer",
                 "Hugging Face fp32, default padding, batches of 8", seconds, ours.name, peer.name, 3,
                 error_against(peer.name, results[ours.name], results[peer.name]))]


def layer12(setting):
    if not setting.full:
        sys.exit("layer12: needs --full")
    sequences = windows(setting, 1)
    early, whole = (setting.ours("fp32", f"hidden:{layer}", sequences, setting.full) for layer in (12, 40))
    early.name, whole.name = "layer 12", "layer 40"
    seconds, _ = take_turns([early, whole], setting.rounds, setting.work)
    return [line("hidden states of layer 12 of 40, fp32, 1 x 1,024 tokens", "all 40 layers, ours", seconds, early.name,
                 whole.name, 3)]


def tokenizer(setting):
    bases, sequences, start = plastome(), [], 0
    while sum(map(len, sequences)) < TOKENIZER_BASES:
        start = (start + WINDOW_BASES + 1) % (len(bases) - WINDOW_BASES)  # in another phase at each round
        sequences.append(bases[start:start + WINDOW_BASES])
    path = write_sequences(setting.work / "tokenizer.txt", sequences)
    ours, peer = setting.ours("fp32", "tokenize", path), setting.peer("hugging_face-fp32", "tokenize", path)
    seconds, results = take_turns([ours, peer], setting.rounds, setting.work, np.int32)
    check(peer.name, np.array_equal(results[ours.name], results[peer.name]), "other token ids")
    mega = sum(map(len, sequences)) / 1e6
    result = line(f"tokenizer: strings in memory to ids, {mega:.1f} Mbp in windows, one thread", "EsmTokenizer",
                  seconds, ours.name, peer.name, 500, "the same ids")
    for side in ("ours", "theirs"):
        result[side] = f"{mega / statistics.median(result['seconds'][side]):.3g} Mbp/s"
    return [result]


def memory(setting):
    if not setting.full:
        sys.exit("memory: needs --full")
    fasta = setting.work / "window.fa"
    fasta.write_text(f">window\n{plastome()[:WINDOW_BASES]}\n")
    lines = []
    for precision, wanted in (("fp32", 4.7), ("bf16", 2.6), ("int8", 1.7)):
        command = [setting.agront, "embed", fasta, "-o", setting.work / "window.npz", "--force", "-q", "--model",
                   setting.full, "--precision", precision, "--threads", setting.threads]
        process = subprocess.Popen(list(map(str, command)))
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"memory: agront embed --precision {precision} failed")
        gigabytes = usage.ru_maxrss * 1024 / 1e9
        lines.append({"work": f"peak resident memory of agront embed, 1B parameters, 1 x 1,024 tokens, {precision}",
                      "against": "", "ours": f"{gigabytes:.2f} GB", "theirs": "", "ratio": None,
                      "wanted": f"at most {wanted} GB", "agreement": ""})
    return lines


def ops(setting):
    """Time by kind of op, and the shares of the machine's limits; with the engine of --before in turn with ours."""
    programs = {f"now, {precision}": (setting.agront, precision) for precision in ("fp32", "bf16", "int8")}
    if setting.before:
        programs = {"before, fp32": (setting.before, "fp32"), **programs}
    runs = {name: [] for name in programs}
    for number in range(setting.rounds):
        for name, (program, precision) in programs.items():
            runs[name].append(setting.bench(precision, program=program))
        times = ", ".join(f"{name} {values[-1]['seconds']:.3f}" for name, values in runs.items())
        print(f"  round {number + 1}: {times}", file=sys.stderr)
    lines = []
    for name, values in runs.items():
        def median(key):
            return statistics.median(value[key] for value in values)
        share = median("share_of_product_rate")
        by_op = {op: statistics.median(value["seconds_by_op"].get(op, 0) for value in values)
                 for op in values[-1]["seconds_by_op"]}
        lines.append({"work": f"last hidden states, {name}, 1 x 1,024 tokens",
                      "against": "the rate of the products alone",
                      "ours": f"{median('gflops_per_second'):.0f} GFLOP/s",
                      "theirs": f"{median('product_gflops_per_second'):.0f} GFLOP/s", "ratio": share,
                      "wanted": 0.9 if name == "now, fp32" else "", "agreement": "",
                      "peak_share": median("share_of_multiply_add_peak"), "label": name, "by_op": by_op,
                      "seconds": {"ours": [value["seconds"] for value in values]}})
    return lines


ROWS = {"fp32": fp32, "int8": int8, "bf16": bf16, "ragged": ragged, "layer12": layer12, "tokenizer": tokenizer,
        "memory": memory, "ops": ops}
