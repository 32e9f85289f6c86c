#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the program on a machine's device, part by part, and writes what it finds into one JSON file after each figure.

    tools/accelerators/on_device.py PROGRAM --device cuda [--layers 40] [--seconds 170] [-o on_device.json]

Parts: what devices there are; a model of the published width with weights drawn here by a seed; the forward pass against
the processor's own engine, in each precision, and bf16 with plain attention, too; speed on full windows, with the share of
the device's own product rate and the peak of its memory, and on ragged input; both by Hugging Face's model in bf16, where
torch sees the device. A part that takes longer than --seconds is ended, and the others go on. What a part may lack (tf32 where
the device is no GPU of NVIDIA's, torch) is an "error" of its own there. Needs NumPy; torch and transformers for the last parts
alone.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time

import numpy as np

HIDDEN, HEADS, FFN, VOCABULARY, POSITIONS = 1500, 20, 5120, 4105, 1026


def shapes(layers):
    """Hugging Face's names and shapes."""
    yield "esm.embeddings.word_embeddings.weight", (VOCABULARY, HIDDEN)
    yield "esm.embeddings.position_embeddings.weight", (POSITIONS, HIDDEN)
    for layer in range(layers):
        prefix = f"esm.encoder.layer.{layer}."
        for name, out, into in (("attention.self.query", HIDDEN, HIDDEN), ("attention.self.key", HIDDEN, HIDDEN),
                                ("attention.self.value", HIDDEN, HIDDEN), ("attention.output.dense", HIDDEN, HIDDEN),
                                ("intermediate.dense", FFN, HIDDEN), ("output.dense", HIDDEN, FFN)):
            yield f"{prefix}{name}.weight", (out, into)
            yield f"{prefix}{name}.bias", (out,)
        for name in ("attention.LayerNorm", "LayerNorm"):
            yield f"{prefix}{name}.weight", (HIDDEN,)
            yield f"{prefix}{name}.bias", (HIDDEN,)
    for name, out in (("esm.encoder.emb_layer_norm_after", None), ("lm_head.dense", HIDDEN), ("lm_head.layer_norm", None)):
        yield f"{name}.weight", (HIDDEN,) if out is None else (out, HIDDEN)
        yield f"{name}.bias", (HIDDEN,)
    yield "lm_head.decoder.weight", (VOCABULARY, HIDDEN)
    yield "lm_head.bias", (VOCABULARY,)


def write_model(folder, layers):
    folder.mkdir()
    config = {"architectures": ["EsmForMaskedLM"], "model_type": "esm", "hidden_size": HIDDEN, "num_attention_heads": HEADS,
              "num_hidden_layers": layers, "intermediate_size": FFN, "vocab_size": VOCABULARY,
              "max_position_embeddings": POSITIONS, "position_embedding_type": "absolute", "token_dropout": False,
              "emb_layer_norm_before": False, "tie_word_embeddings": False, "layer_norm_eps": 1e-12, "pad_token_id": 1,
              "mask_token_id": 2, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    header, place = {}, 0
    for name, shape in shapes(layers):
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    random = np.random.default_rng(1)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes(layers):
            is_norm = "norm" in name.lower()
            values = random.standard_normal(shape, dtype=np.float32) * (0.2 if is_norm else shape[-1] ** -0.5)
            file.write((values + (1 if is_norm and name.endswith("weight") else 0)).astype("<f4").tobytes())


def write_genes(path, count):
    """Ragged ones; gives the tokens of each."""
    random = np.random.default_rng(2)
    tokens = []
    with open(path, "w") as file:
        for i in range(count):
            bases = int(random.integers(300, 6138))
            tokens.append(1 + bases // 6 + bases % 6)
            file.write(f">{i}\n{''.join(random.choice(list('ACGT'), bases))}\n")
    return tokens


class Parts:
    def __init__(self, options, folder):
        self.options, self.folder, self.found = options, folder, {"device": options.device, "layers": options.layers}
        self.deadline, self.of_processor, self.few_tokens, self.ragged_tokens = 0, None, [], []

    def run(self, *words, **variables):
        """A command, for as long as its part has."""
        environment = {**os.environ, **variables}
        if self.options.libraries:
            environment["LD_LIBRARY_PATH"] = str(self.options.libraries.resolve())
        return subprocess.run([str(self.options.program), *map(str, words)], capture_output=True, text=True, check=True,
                              timeout=max(self.deadline - time.monotonic(), 1), env=environment).stdout

    def part(self, name, work):
        start = time.monotonic()
        self.deadline = start + self.options.seconds
        try:
            self.found[name] = work()
        except subprocess.CalledProcessError as error:
            self.found[name] = {"error": error.stderr.strip()[-500:]}
        except (subprocess.TimeoutExpired, ImportError, RuntimeError, OSError) as error:
            self.found[name] = {"error": str(error)[-500:]}
        self.found.setdefault("seconds", {})[name] = round(time.monotonic() - start, 1)
        self.options.output.write_text(json.dumps(self.found, indent=2) + "\n")
        print(f"{name}: {json.dumps(self.found[name])}", flush=True)

    def embed(self, device, precision, genes, **variables):
        self.run("embed", self.folder / genes, "-m", self.folder / "model", "-o", self.folder / "out.npz", "--force", "-q",
                 "--device", device, "--precision", precision, **variables)
        with np.load(self.folder / "out.npz") as arrays:
            return arrays[f"layer_{self.options.layers}"].astype("float64")

    def reference(self):
        self.of_processor = self.embed("cpu", "fp32", "few.fa")

    def parity(self, precision, **variables):
        if self.of_processor is None:
            raise RuntimeError("the reference is missing")
        got = self.embed(self.options.device, precision, "few.fa", **variables)
        return {"relative_error": float(np.linalg.norm(got - self.of_processor) / np.linalg.norm(self.of_processor))}

    def speed(self, precision, **variables):
        text = self.run("bench", "-m", self.folder / "model", "--device", self.options.device, "--precision", precision,
                        "--tokens", 1024, "--sequences", self.options.sequences, "--repeat", self.options.repeat, "--json", **variables)
        result = json.loads(text)
        result.pop("model")
        return result

    def ragged(self):
        """By the difference of two inputs, so that the start of a command and its weights are not counted. The first run,
        which compiles programs, is neither."""
        seconds = {}
        for genes in ("ragged.fa", "few.fa", "ragged.fa"):
            start = time.monotonic()
            self.embed(self.options.device, "bf16", genes)
            seconds[genes] = time.monotonic() - start
        tokens = sum(self.ragged_tokens) - sum(self.few_tokens)
        return {"seconds_of_command": seconds, "tokens": tokens,
                "tokens_per_second": tokens / (seconds["ragged.fa"] - seconds["few.fa"])}

    def hugging_face(self, lengths):
        """Sequences of these numbers of tokens, those of like length in a batch, padded to its longest one."""
        import torch
        from transformers import EsmForMaskedLM
        if not torch.cuda.is_available():
            raise RuntimeError("torch sees no device")
        model = EsmForMaskedLM.from_pretrained(self.folder / "model", torch_dtype=torch.bfloat16,
                                               attn_implementation="sdpa").cuda().eval()
        ordered, batches = sorted(min(length, 1024) for length in lengths), []
        for i in range(0, len(ordered), self.options.sequences):
            batch = torch.tensor(ordered[i:i + self.options.sequences], device="cuda")
            ids = torch.randint(5, VOCABULARY, (len(batch), int(batch.max())), device="cuda")
            batches.append((ids, (torch.arange(ids.shape[1], device="cuda") < batch[:, None]).long()))
        seconds = []
        with torch.inference_mode():
            for _ in range(6):
                torch.cuda.synchronize()
                start = time.monotonic()
                for ids, mask in batches:
                    model.esm(ids, attention_mask=None if bool(mask.all()) else mask)
                torch.cuda.synchronize()
                seconds.append(time.monotonic() - start)
        return {"tokens_per_second": sum(ordered) / sorted(seconds[1:])[2], "torch": torch.__version__}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--device", required=True)
    parser.add_argument("--layers", type=int, default=40)
    parser.add_argument("--sequences", type=int, default=32, help="of 1,024 tokens, in the measure of speed")
    parser.add_argument("--genes", type=int, default=200, help="of ragged input")
    parser.add_argument("--repeat", type=int, default=5, help="passes of a measure of speed")
    parser.add_argument("--seconds", type=float, default=170, help="that a command of a part may take")
    parser.add_argument("--libraries", type=pathlib.Path, help="folder of libraries that the program brings along")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("on_device.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = Parts(options, pathlib.Path(folder))
        parts.part("devices", lambda: parts.run("info", "--devices").splitlines())
        parts.part("weights", lambda: write_model(parts.folder / "model", options.layers))
        parts.few_tokens = write_genes(parts.folder / "few.fa", 2)
        parts.ragged_tokens = write_genes(parts.folder / "ragged.fa", options.genes)
        plain = {"AGRONT_DEVICE_ATTENTION": "plain"}
        parts.part("reference", parts.reference)
        for precision in ("fp32", "tf32", "bf16"):
            parts.part(f"parity_{precision}", lambda: parts.parity(precision))
        parts.part("parity_bf16_plain_attention", lambda: parts.parity("bf16", **plain))
        for precision in ("bf16", "tf32", "fp32"):
            parts.part(f"speed_{precision}", lambda: parts.speed(precision))
        parts.part("speed_bf16_plain_attention", lambda: parts.speed("bf16", **plain))
        parts.part("ragged", parts.ragged)
        parts.part("hugging_face", lambda: parts.hugging_face([1024] * options.sequences))
        parts.part("hugging_face_ragged", lambda: parts.hugging_face(parts.ragged_tokens))


if __name__ == "__main__":
    main()
