#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a model of any shape with seeded random weights, in any container that AgroNT comes in.

    python3 tools/make_checkpoint.py --hidden 90 --heads 6 --layers 3 --ffn 200 --format safetensors --seed 1 -o tiny

One seed and shape give the same weights in every format (a narrower --dtype rounds them; --round makes a wide file hold
the rounded values). Without shape flags the model has the published shape: 991,260,405 parameters, 4 GB. Needs numpy,
torch, safetensors and joblib, and ml_dtypes for a joblib file in bfloat16.
"""

import argparse
import dataclasses
import itertools
import json
import pathlib

import joblib
import numpy as np
import torch
from safetensors.torch import save_file

VOCABULARY = 4105
SPECIAL_TOKENS = ["<unk>", "<pad>", "<mask>", "<cls>"]
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
FORMATS = ("pytorch", "safetensors", "sharded", "joblib", "joblib-zlib")
SHARDS = 3


@dataclasses.dataclass(frozen=True)
class Shape:
    hidden: int = 1500
    heads: int = 20
    layers: int = 40
    ffn: int = 5120
    positions: int = 1026


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A tensor as Hugging Face names and shapes it, its Haiku module and name, and its distribution."""

    hugging_face: str
    haiku: tuple
    shape: tuple
    mean: float
    spread: float


def linear(hugging_face, haiku, outputs, inputs, gain=1.0, bias=None):
    """Weight [out, in] with variance gain^2 / in, and bias."""
    return [
        Parameter(f"{hugging_face}.weight", (haiku, "w"), (outputs, inputs), 0.0, gain / inputs**0.5),
        Parameter(bias or f"{hugging_face}.bias", (haiku, "b"), (outputs,), 0.0, 0.1),
    ]


def norm(hugging_face, haiku, size):
    return [
        Parameter(f"{hugging_face}.weight", (haiku, "scale"), (size,), 1.0, 0.2),
        Parameter(f"{hugging_face}.bias", (haiku, "offset"), (size,), 0.0, 0.1),
    ]


def block_parameters(shape, number):
    ours, theirs = f"esm.encoder.layer.{number}", f"esm_transformer/attention_layer_{number}/~"
    hidden = shape.hidden
    return [
        *norm(f"{ours}.attention.LayerNorm", f"{theirs}/mha_layer_norm", hidden),
        *linear(f"{ours}.attention.self.query", f"{theirs}/mha/query", hidden, hidden, gain=1.2),
        *linear(f"{ours}.attention.self.key", f"{theirs}/mha/key", hidden, hidden, gain=1.2),
        *linear(f"{ours}.attention.self.value", f"{theirs}/mha/value", hidden, hidden),
        *linear(f"{ours}.attention.output.dense", f"{theirs}/mha/mha_output", hidden, hidden),
        *norm(f"{ours}.LayerNorm", f"{theirs}/final_layer_norm", hidden),
        *linear(f"{ours}.intermediate.dense", f"{theirs}/fc1", shape.ffn, hidden),
        *linear(f"{ours}.output.dense", f"{theirs}/fc2", hidden, shape.ffn),
    ]


def parameters_of(shape):
    """Every parameter of the language model; Haiku's names are those before the reference renames its modules."""
    root, head, hidden = "esm_transformer/~", "esm_transformer/~/esm_roberta_lm_head/~", shape.hidden
    embedding = [
        Parameter("esm.embeddings.word_embeddings.weight", (f"{root}/embed", "embeddings"),
                  (VOCABULARY, hidden), 0.0, 1.0),
        Parameter("esm.embeddings.position_embeddings.weight",
                  (f"{root}/esm_learned_positional_embeddings/~/embed", "embeddings"),
                  (shape.positions, hidden), 0.0, 0.3),
    ]
    blocks = [parameter for number in range(shape.layers) for parameter in block_parameters(shape, number)]
    return [
        *embedding,
        *blocks,
        *norm("esm.encoder.emb_layer_norm_after", f"{head}/emb_layer_norm_after", hidden),
        *linear("lm_head.dense", f"{head}/lm_head_fc_1", hidden, hidden),
        *norm("lm_head.layer_norm", f"{head}/lm_head_layer_norm", hidden),
        *linear("lm_head.decoder", f"{head}/lm_final_fc", VOCABULARY, hidden, bias="lm_head.bias"),
    ]


def draw(parameter, seed, number, round_to):
    """The values of parameter `number`, float32."""
    values = np.random.default_rng([seed, number]).standard_normal(parameter.shape, dtype=np.float32)
    values *= np.float32(parameter.spread)
    values += np.float32(parameter.mean)
    return torch.from_numpy(values).to(DTYPES[round_to]).float().numpy()


def weights_of(shape, seed, round_to="float32"):
    """Yields (parameter, values), one at a time."""
    for number, parameter in enumerate(parameters_of(shape)):
        yield parameter, draw(parameter, seed, number, round_to)


def vocabulary():
    kmers = ["".join(letters) for letters in itertools.product("ATCG", repeat=6)]
    return [*SPECIAL_TOKENS, *kmers, *"ATCGN", "<eos>", "<bos>"]


def write_json(path, content):
    path.write_text(json.dumps(content, indent=2) + "\n")


def hugging_face_config(shape, dtype):
    return {
        "architectures": ["EsmForMaskedLM"],
        "attention_probs_dropout_prob": 0.0,
        "emb_layer_norm_before": False,
        "esmfold_config": None,
        "hidden_dropout_prob": 0.0,
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.ffn,
        "is_folding_model": False,
        "layer_norm_eps": 1e-12,
        "mask_token_id": SPECIAL_TOKENS.index("<mask>"),
        "max_position_embeddings": shape.positions,
        "model_type": "esm",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "pad_token_id": SPECIAL_TOKENS.index("<pad>"),
        "position_embedding_type": "absolute",
        "tie_word_embeddings": False,
        "token_dropout": False,
        "torch_dtype": dtype,
        "transformers_version": "4.32.0.dev0",
        "use_cache": False,
        "vocab_list": None,
        "vocab_size": VOCABULARY,
    }


def write_hugging_face_texts(folder, shape, dtype):
    write_json(folder / "config.json", hugging_face_config(shape, dtype))
    write_json(folder / "tokenizer_config.json", {
        "clean_up_tokenization_spaces": True,
        "eos_token": None,
        "model_max_length": shape.positions - 2,
        "tokenizer_class": "EsmTokenizer",
    })
    write_json(folder / "special_tokens_map.json",
               {f"{name.strip('<>')}_token": name for name in sorted(SPECIAL_TOKENS)})
    (folder / "vocab.txt").write_text("\n".join(vocabulary()))


def stored_tensor(values, dtype, transposed):
    """The values as a tensor; `transposed`: the same matrix, with its columns contiguous."""
    tensor = torch.from_numpy(values).to(DTYPES[dtype])
    return tensor.t().contiguous().t() if transposed and tensor.dim() == 2 else tensor


def hugging_face_state(shape, seed, dtype, round_to, transposed):
    """The state dict, with the contact head that EsmForMaskedLM has besides."""
    state = {
        parameter.hugging_face: stored_tensor(values, dtype, transposed)
        for parameter, values in weights_of(shape, seed, round_to)
    }
    maps = shape.layers * shape.heads
    state["esm.contact_head.regression.weight"] = torch.linspace(-1, 1, maps).reshape(1, maps).to(DTYPES[dtype])
    state["esm.contact_head.regression.bias"] = torch.full((1,), 0.5, dtype=DTYPES[dtype])
    return state


def write_pytorch(folder, shape, state):
    """pytorch_model.bin, with the position ids that transformers kept as a buffer in 2023."""
    position_ids = {"esm.embeddings.position_ids": torch.arange(shape.positions).expand((1, -1))}
    torch.save(position_ids | state, folder / "pytorch_model.bin")


def write_sharded(folder, state):
    names = list(state)
    step = -(-len(names) // SHARDS)
    weight_map = {}
    for shard in range(SHARDS):
        file = f"model-{shard + 1:05}-of-{SHARDS:05}.safetensors"
        part = {name: state[name] for name in names[shard * step:(shard + 1) * step]}
        save_file(part, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(part, file)
    size = sum(tensor.nbytes for tensor in state.values())
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": size}, "weight_map": weight_map})


def write_hugging_face(folder, shape, options):
    write_hugging_face_texts(folder, shape, options.dtype)
    state = hugging_face_state(shape, options.seed, options.dtype, options.round, options.transposed)
    if options.format == "pytorch":
        write_pytorch(folder, shape, state)
    elif options.format == "sharded":
        write_sharded(folder, state)
    else:
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})


def hyperparameters(shape):
    """The keys of the published hyperparams.json."""
    count = sum(int(np.prod(parameter.shape)) for parameter in parameters_of(shape))
    return {
        "dataset_name": "random",
        "k_for_kmers": 6,
        "num_warmup_updates": 64000,
        "warmup_init_lr": 5e-05,
        "warmup_end_lr": 0.0001,
        "training_set_proportion": 0.95,
        "tokens_per_effective_batch": 1500000.0,
        "masking_ratio": 0.15,
        "masking_prob": 0.8,
        "mini_batch_size": 9,
        "num_tokens_per_checkpoint": "10000000000",
        "mixed_precision": True,
        "overlap": 50,
        "use_shift_dataset": True,
        "total_num_steps": 300000000,
        "grad_clipping": None,
        "alphabet_size": VOCABULARY,
        "pad_token_id": SPECIAL_TOKENS.index("<pad>"),
        "mask_token_id": SPECIAL_TOKENS.index("<mask>"),
        "class_token_id": SPECIAL_TOKENS.index("<cls>"),
        "eos_token_id": -1,
        "prepend_cls_token": True,
        "append_eos_token": False,
        "max_positions": shape.positions - 2,
        "emb_layer_norm_before": False,
        "learned_positional_embedding": True,
        "roberta_lm_head": True,
        "add_bias_kv": False,
        "embed_dim": shape.hidden,
        "attention_heads": shape.heads,
        "key_dim": None,
        "ffn_embed_dim": shape.ffn,
        "num_layers": shape.layers,
        "token_dropout": False,
        "embed_scale": 1.0,
        "use_gradient_checkpointing": False,
        "architecture": "Transformer classic",
        "acc_batch_size_per_host": 2,
        "num_data_parallelism_ways": 128,
        "tokens_length": shape.positions - 2,
        "mixed-precision": True,
        "model_num_parameters": f"{count:,}".replace(",", " "),
        "model num parameters (in B)": round(count / 1e9, 2),
        "num shards": 1,
        "num_shards": 1,
    }


def haiku_values(parameter, values, dtype):
    """Haiku keeps the weight of a linear layer as [in, out]."""
    if parameter.haiku[1] == "w":
        values = np.ascontiguousarray(values.T)
    if dtype == "bfloat16":
        import ml_dtypes

        return values.astype(ml_dtypes.bfloat16)
    return values.astype(dtype, copy=False)


def haiku_tree(shape, seed, dtype, round_to):
    tree = {}
    for parameter, values in weights_of(shape, seed, round_to):
        module, name = parameter.haiku
        tree.setdefault(module, {})[name] = haiku_values(parameter, values, dtype)
    return tree


def write_joblib(folder, shape, options):
    folder = folder / "jax_model"
    folder.mkdir(exist_ok=True)
    write_json(folder / "hyperparams.json", hyperparameters(shape))
    tree = haiku_tree(shape, options.seed, options.dtype, options.round)
    compress = ("zlib", 1) if options.format == "joblib-zlib" else 0
    joblib.dump(tree, folder / "pytree_ckpt.joblib", compress=compress)


def read_flags():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", metavar="DIR", type=pathlib.Path, required=True)
    parser.add_argument("--format", choices=FORMATS, default="safetensors")
    for field in dataclasses.fields(Shape):
        parser.add_argument(f"--{field.name}", metavar="N", type=int, default=field.default)
    parser.add_argument("--dtype", choices=DTYPES, default="float32", help="type of the stored tensors")
    parser.add_argument("--round", choices=DTYPES, default="float32", help="first round the values to this type")
    parser.add_argument("--transposed", action="store_true", help="pytorch only: matrices with contiguous columns")
    parser.add_argument("--seed", metavar="N", type=int, default=0)
    options = parser.parse_args()
    if options.hidden % options.heads:
        parser.error("--hidden must be a multiple of --heads")
    if options.transposed and options.format != "pytorch":
        parser.error("--transposed needs --format pytorch")
    return options


def main():
    options = read_flags()
    shape = Shape(options.hidden, options.heads, options.layers, options.ffn, options.positions)
    options.output.mkdir(parents=True, exist_ok=True)
    write = write_joblib if options.format.startswith("joblib") else write_hugging_face
    write(options.output, shape, options)


if __name__ == "__main__":
    main()
