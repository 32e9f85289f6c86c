#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the model folder from the state that train_mini.py left.

    python tools/mini/export_mini.py --genomes GENOMES --run RUN -o models/agront-mini

The weights are rounded to bfloat16. The folder has what EsmForMaskedLM.from_pretrained and
EsmTokenizer.from_pretrained load, and the counts of 6-mers in the training sequence, the baseline of the model card.
"""

import argparse
import itertools
import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file

import sequence
import train_mini

SETTINGS = {"architectures": ["EsmForMaskedLM"], "model_type": "esm", "vocab_size": sequence.VOCABULARY,
            "max_position_embeddings": train_mini.POSITIONS, "position_embedding_type": "absolute",
            "layer_norm_eps": 1e-05, "emb_layer_norm_before": False, "token_dropout": False,
            "tie_word_embeddings": False, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
            "initializer_range": 0.02, "is_folding_model": False, "pad_token_id": 1, "mask_token_id": 2,
            "torch_dtype": "bfloat16", "use_cache": False}


def hugging_face_tensors(p, args):
    """Names and values as EsmForMaskedLM has them."""
    tensors = {"esm.embeddings.word_embeddings.weight": p["tokens"],
               "esm.embeddings.position_embeddings.weight": p["positions"],
               "esm.encoder.emb_layer_norm_after.weight": p["norm.w"],
               "esm.encoder.emb_layer_norm_after.bias": p["norm.b"],
               "lm_head.dense.weight": p["dense.w"], "lm_head.dense.bias": p["dense.b"],
               "lm_head.layer_norm.weight": p["head_norm.w"], "lm_head.layer_norm.bias": p["head_norm.b"],
               "lm_head.decoder.weight": p["decoder.w"],
               "lm_head.bias": p["decoder.b"]}
    for i in range(args["layers"]):
        prefix = f"esm.encoder.layer.{i}."
        for part, name in (("w", "weight"), ("b", "bias")):
            query, key, value = p[f"{i}.qkv.{part}"].chunk(3)
            tensors |= {f"{prefix}attention.LayerNorm.{name}": p[f"{i}.norm1.{part}"],
                        f"{prefix}attention.self.query.{name}": query, f"{prefix}attention.self.key.{name}": key,
                        f"{prefix}attention.self.value.{name}": value,
                        f"{prefix}attention.output.dense.{name}": p[f"{i}.out.{part}"],
                        f"{prefix}LayerNorm.{name}": p[f"{i}.norm2.{part}"],
                        f"{prefix}intermediate.dense.{name}": p[f"{i}.fc1.{part}"],
                        f"{prefix}output.dense.{name}": p[f"{i}.fc2.{part}"]}
    return {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in tensors.items()}


def write_vocabulary(folder):
    words = ["<unk>", "<pad>", "<mask>", "<cls>"]
    words += ["".join(letters) for letters in itertools.product(sequence.LETTERS, repeat=6)]
    words += [*sequence.LETTERS, "N", "<eos>", "<bos>"]
    (folder / "vocab.txt").write_text("\n".join(words))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"clean_up_tokenization_spaces": True, "eos_token": None, "model_max_length": 1024,
         "tokenizer_class": "EsmTokenizer"}, indent=2) + "\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(
        {"cls_token": "<cls>", "mask_token": "<mask>", "pad_token": "<pad>", "unk_token": "<unk>"}, indent=2) + "\n")


def write_counts(path, stretches):
    """6-mers of all phases; those with anything but A, C, G, T do not count."""
    counts = np.zeros(sequence.VOCABULARY, np.int64)
    for bases in stretches:
        counts += np.bincount(sequence.sixmers(bases), minlength=sequence.VOCABULARY)
    counts = counts[sequence.FIRST_KMER:sequence.FIRST_KMER + sequence.KMERS]
    words = ("".join(letters) for letters in itertools.product(sequence.LETTERS, repeat=6))
    path.write_text("".join(f"{word}\t{count}\n" for word, count in zip(words, counts)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--genomes", required=True)
    parser.add_argument("--run", type=pathlib.Path, required=True)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)

    state = torch.load(options.run / "state.pt", weights_only=True)
    args = state["args"]
    sizes = train_mini.shapes(args["hidden"], args["layers"], args["ffn"])
    tensors = hugging_face_tensors(train_mini.split(state["weights"], sizes), args)
    save_file(tensors, options.output / "model.safetensors", metadata={"format": "pt"})
    settings = SETTINGS | {"hidden_size": args["hidden"], "num_hidden_layers": args["layers"],
                           "num_attention_heads": args["heads"], "intermediate_size": args["ffn"]}
    (options.output / "config.json").write_text(json.dumps(settings, indent=2) + "\n")
    write_vocabulary(options.output)
    write_counts(options.output / "sixmer_counts.tsv",
                 [bases for part in sequence.training_plastomes(options.genomes, []) for bases in part])
    write_counts(options.output / "sixmer_counts_nuclear.tsv", sequence.training_nuclear(options.genomes))
    parameters = sum(tensor.numel() for tensor in tensors.values())
    print(f"{parameters:,} parameters after {int(state['clock'][1]):,} tokens in {int(state['clock'][2]):,} updates")


if __name__ == "__main__":
    main()
