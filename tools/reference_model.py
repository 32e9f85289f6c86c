#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""AgroNT's forward pass in float64, one sequence at a time, as plainly as numpy allows.

    python3 tools/reference_model.py --model tiny --ids 3,1099,4104

prints the five likeliest tokens at every position of <cls>, one 6-mer and N. `tiny` is a Hugging Face folder with
model.safetensors, e.g. from make_checkpoint.py. Needs numpy, scipy, torch and safetensors.
"""

import argparse
import dataclasses
import json
import pathlib

import numpy as np
from safetensors.torch import load_file
from scipy.special import erf

FIRST_POSITION = 2  # rows 0 and 1 of the position table are never used


@dataclasses.dataclass
class Model:
    weights: dict  # by Hugging Face's names, float64
    heads: int
    layers: int
    epsilon: float


@dataclasses.dataclass
class Output:
    hidden: list  # [tokens, channels]: the embeddings, after each block; the last one after the final LayerNorm
    raw: np.ndarray  # after the last block, before the final LayerNorm
    attention: list  # one a block, [heads, tokens, tokens]
    logits: np.ndarray  # [tokens, vocabulary]


def read_model(folder):
    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    weights = {name: tensor.double().numpy() for name, tensor in tensors.items()}
    return Model(weights, config["num_attention_heads"], config["num_hidden_layers"], config["layer_norm_eps"])


def linear(model, name, x):
    return x @ model.weights[f"{name}.weight"].T + model.weights[f"{name}.bias"]


def layer_norm(model, name, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(variance + model.epsilon)
    return scaled * model.weights[f"{name}.weight"] + model.weights[f"{name}.bias"]


def gelu(x):
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def split_heads(model, x):
    """[tokens, channels] -> [heads, tokens, channels of a head]"""
    return x.reshape(len(x), model.heads, -1).transpose(1, 0, 2)


def attention(model, layer, x):
    """What the heads gather from x, before the residual is added, and the maps."""
    query, key, value = (
        split_heads(model, linear(model, f"{layer}.attention.self.{name}", x)) for name in ("query", "key", "value")
    )
    maps = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1]))
    gathered = (maps @ value).transpose(1, 0, 2).reshape(x.shape)
    return linear(model, f"{layer}.attention.output.dense", gathered), maps


def feed_forward(model, layer, x):
    return linear(model, f"{layer}.output.dense", gelu(linear(model, f"{layer}.intermediate.dense", x)))


def block(model, number, x):
    layer = f"esm.encoder.layer.{number}"
    gathered, maps = attention(model, layer, layer_norm(model, f"{layer}.attention.LayerNorm", x))
    x = x + gathered
    return x + feed_forward(model, layer, layer_norm(model, f"{layer}.LayerNorm", x)), maps


def embed(model, ids):
    positions = np.arange(len(ids)) + FIRST_POSITION
    return (model.weights["esm.embeddings.word_embeddings.weight"][ids]
            + model.weights["esm.embeddings.position_embeddings.weight"][positions])


def language_head(model, x):
    x = layer_norm(model, "lm_head.layer_norm", gelu(linear(model, "lm_head.dense", x)))
    return x @ model.weights["lm_head.decoder.weight"].T + model.weights["lm_head.bias"]


def run(model, ids):
    """The Output of one sequence of token ids, <cls> first, without padding."""
    x = embed(model, ids)
    hidden, attentions = [x], []
    for number in range(model.layers):
        x, maps = block(model, number, x)
        hidden.append(x)
        attentions.append(maps)
    hidden[-1] = layer_norm(model, "esm.encoder.emb_layer_norm_after", x)
    return Output(hidden, x, attentions, language_head(model, hidden[-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", metavar="DIR", required=True)
    parser.add_argument("--ids", metavar="LIST", required=True, help="token ids separated by commas")
    options = parser.parse_args()
    output = run(read_model(options.model), [int(word) for word in options.ids.split(",")])
    for position, probabilities in enumerate(softmax(output.logits)):
        best = np.argsort(-probabilities)[:5]
        print(position, *(f"{token}:{probabilities[token]:.4f}" for token in best))


if __name__ == "__main__":
    main()
