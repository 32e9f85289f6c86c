#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the program on a machine's device, part by part, and writes what it finds into one JSON file after each figure.

    tools/accelerators/on_device.py PROGRAM --device cuda [--layers 40] [--seconds 170] [-o on_device.json]

Parts: what devices there are; a model of the published width with weights drawn here by a seed; the forward pass against
the processor's own engine, in fp32 and bf16; speed on full windows and on ragged input, with the share of the device's own
product rate; the same input by Hugging Face's model in bf16, where torch sees the device. A part that takes longer than
--seconds is ended, and the others go on. Needs NumPy; torch and transformers for the last part alone.
"""

import argparse
import json
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


def write_genes(path, count, ragged):
    random = np.random.default_rng(2)
    with open(path, "w") as file:
        for i in range(count):
            bases = int(random.integers(300, 6138)) if ragged else 6138
            file.write(f">{i}\n{''.join(random.choice(list('ACGT'), bases))}\n")


class Parts:
    def __init__(self, options, folder):
        self.options, self.folder, self.found = options, folder, {"device": options.device, "layers": options.layers}

    def run(self, *words):
        return subprocess.run([str(self.options.program), *map(str, words)], capture_output=True, text=True, check=True,
                              timeout=self.options.seconds).stdout

    def part(self, name, work):
        start = time.monotonic()
        try:
            self.found[name] = work()
        except subprocess.CalledProcessError as error:
            self.found[name] = {"error": error.stderr.strip()[-500:]}
        except (subprocess.TimeoutExpired, ImportError, RuntimeError, OSError) as error:
            self.found[name] = {"error": str(error)[-500:]}
        self.found.setdefault("seconds", {})[name] = round(time.monotonic() - start, 1)
        self.options.output.write_text(json.dumps(self.found, indent=2) + "\n")
        print(f"{name}: {json.dumps(self.found[name])}", flush=True)

    def embedding(self, device, precision, genes):
        path = self.folder / "out.npz"
        self.run("embed", self.folder / genes, "-m", self.folder / "model", "-o", path, "--force", "-q", "--device", device,
                 "--precision", precision)
        with np.load(path) as arrays:
            return arrays[f"layer_{self.options.layers}"].astype("float64")

    def parity(self, precision):
        want = self.embedding("cpu", "fp32", "few.fa")
        got = self.embedding(self.options.device, precision, "few.fa")
        return {"relative_error": float(np.linalg.norm(got - want) / np.linalg.norm(want))}

    def speed(self, precision):
        text = self.run("bench", "-m", self.folder / "model", "--device", self.options.device, "--precision", precision,
                        "--tokens", 1024, "--sequences", self.options.sequences, "--repeat", 5, "--json")
        result = json.loads(text)
        result.pop("model")
        return result

    def ragged(self):
        """Twice, as the first run compiles programs; whole seconds of a command, its start among them."""
        seconds = []
        for _ in range(2):
            start = time.monotonic()
            self.embedding(self.options.device, "bf16", "ragged.fa")
            seconds.append(time.monotonic() - start)
        return {"seconds_of_command": seconds[-1], "seconds_with_compiling": seconds[0]}

    def hugging_face(self):
        import torch
        from transformers import EsmForMaskedLM
        if not torch.cuda.is_available():
            raise RuntimeError("torch sees no device")
        model = EsmForMaskedLM.from_pretrained(self.folder / "model", torch_dtype=torch.bfloat16,
                                               attn_implementation="sdpa").cuda().eval()
        ids = torch.randint(5, VOCABULARY, (self.options.sequences, 1024), device="cuda")
        seconds = []
        with torch.inference_mode():
            for _ in range(6):
                torch.cuda.synchronize()
                start = time.monotonic()
                model.esm(ids)
                torch.cuda.synchronize()
                seconds.append(time.monotonic() - start)
        return {"tokens_per_second": ids.numel() / sorted(seconds[1:])[2], "torch": torch.__version__}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--device", required=True)
    parser.add_argument("--layers", type=int, default=40)
    parser.add_argument("--sequences", type=int, default=32, help="of 1,024 tokens, in the measure of speed")
    parser.add_argument("--genes", type=int, default=200, help="of ragged input")
    parser.add_argument("--seconds", type=float, default=170, help="that a command of a part may take")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("on_device.json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = Parts(options, pathlib.Path(folder))
        parts.part("devices", lambda: parts.run("info", "--devices").splitlines())
        parts.part("weights", lambda: write_model(parts.folder / "model", options.layers))
        write_genes(parts.folder / "few.fa", 2, True)
        write_genes(parts.folder / "ragged.fa", options.genes, True)
        for precision in ("fp32", "bf16"):
            parts.part(f"parity_{precision}", lambda: parts.parity(precision))
        for precision in ("bf16", "fp32"):
            parts.part(f"speed_{precision}", lambda: parts.speed(precision))
        parts.part("ragged", parts.ragged)
        parts.part("hugging_face", parts.hugging_face)


if __name__ == "__main__":
    main()
