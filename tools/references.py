# SPDX-License-Identifier: Apache-2.0
"""The two public implementations of AgroNT, run on a local folder, and the float64 model, behind one interface.

    from references import hugging_face_outputs
    outputs = hugging_face_outputs("tiny", [[3, 1099, 4104]], maps=[(1, 0)])
    outputs["hidden_0"]  # [tokens of all sequences, channels]

Outputs are a dictionary: hidden_0 .. hidden_L, hidden_L_raw and logits, with the rows of all sequences one after the
other, and attention_{layer}_{head}: a list with the map of every sequence. Layers of maps count from 1, heads from 0.

The JAX code is not a dependency: give its clone (github.com/instadeepai/nucleotide-transformer) where a function
takes `clone`. Needs torch, transformers, jax, dm-haiku and joblib.
"""

import json
import pathlib
import sys
import types
import unittest.mock

import haiku
import jax
import jax.numpy as jnp
import jmp
import joblib
import numpy as np
import torch
import transformers

import reference_model

PAD = 1
JAX_MODEL = "1B_agro_nt"
BATCH = 4

transformers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()


def by_length(sequences):
    """Batches of indices, sequences of like length together, so that little is padded."""
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    return [order[start:start + BATCH] for start in range(0, len(order), BATCH)]


def padded(sequences):
    length = max(map(len, sequences))
    return np.array([list(ids) + [PAD] * (length - len(ids)) for ids in sequences])


def run_batches(sequences, run):
    """Collects what `run` gives for padded batches (arrays by name, [batch, length, ...]), without the padding."""
    parts = [None] * len(sequences)
    for batch in by_length(sequences):
        outputs = run(padded([sequences[index] for index in batch]))
        for row, index in enumerate(batch):
            length = len(sequences[index])
            parts[index] = {name: trimmed(name, array[row], length) for name, array in outputs.items()}
    return joined(parts)


def trimmed(name, array, length):
    return array[:length, :length] if name.startswith("attention") else array[:length]


def joined(parts):
    """One dictionary from those of the sequences: rows are stacked, maps stay apart."""
    return {
        name: [part[name] for part in parts] if name.startswith("attention")
        else np.concatenate([part[name] for part in parts])
        for name in parts[0]
    }


def float64_outputs(model, sequences, maps):
    def run(ids):
        output = reference_model.run(model, ids)
        named = {f"hidden_{layer}": array for layer, array in enumerate(output.hidden)}
        named |= {f"attention_{layer}_{head}": output.attention[layer - 1][head] for layer, head in maps}
        return named | {f"hidden_{model.layers}_raw": output.raw, "logits": output.logits}

    return joined([run(ids) for ids in sequences])


def load_hugging_face(folder, dtype=torch.float32):
    model = transformers.EsmForMaskedLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager")
    return model.eval()


def hugging_face_outputs(folder, sequences, maps=(), dtype=torch.float32):
    model = load_hugging_face(folder, dtype)
    raw = []
    model.esm.encoder.emb_layer_norm_after.register_forward_pre_hook(lambda module, inputs: raw.append(inputs[0]))

    def run(batch):
        ids = torch.from_numpy(batch)
        output = model(ids, attention_mask=ids.ne(PAD).long(), output_hidden_states=True, output_attentions=bool(maps))
        named = {f"hidden_{layer}": array for layer, array in enumerate(output.hidden_states)}
        named |= {f"attention_{layer}_{head}": output.attentions[layer - 1][:, head] for layer, head in maps}
        named |= {f"hidden_{len(output.hidden_states) - 1}_raw": raw.pop(), "logits": output.logits}
        return {name: array.numpy() for name, array in named.items()}

    with torch.no_grad():
        return run_batches(sequences, run)


def import_jax_code(clone):
    """The modules pretrained and tokenizers of the clone; its __init__ would import models that need old packages."""
    package = types.ModuleType("nucleotide_transformer")
    package.__path__ = [str(pathlib.Path(clone) / "nucleotide_transformer")]
    sys.modules.setdefault("nucleotide_transformer", package)
    import nucleotide_transformer.pretrained
    import nucleotide_transformer.tokenizers

    return nucleotide_transformer.pretrained, nucleotide_transformer.tokenizers


def local_checkpoint(folder):
    folder = pathlib.Path(folder) / "jax_model"
    return joblib.load(folder / "pytree_ckpt.joblib"), json.loads((folder / "hyperparams.json").read_text())


def load_jax(clone, folder, maps=(), dtype=jnp.float32):
    """Parameters, forward function and config from the reference's own loader, which thinks it has downloaded them.

    Asked for the map of head n, it returns that of head n + 1: hence head - 1.
    """
    pretrained, _ = import_jax_code(clone)
    layers = local_checkpoint(folder)[1]["num_layers"]
    with unittest.mock.patch.object(pretrained, "download_ckpt_and_hyperparams", lambda name: local_checkpoint(folder)):
        parameters, forward, _, config = pretrained.get_pretrained_model(
            JAX_MODEL, dtype, dtype, dtype, tuple(range(1, layers + 1)),
            tuple((layer, head - 1) for layer, head in maps))
    haiku.mixed_precision.set_policy(haiku.LayerNorm, jmp.Policy(dtype, dtype, dtype))  # its loader sets float32
    return jax.tree.map(lambda array: jnp.asarray(array, dtype), parameters), forward, config


def observed(forward, tokens):
    """The outputs of `forward`, and what enters its first block and its last LayerNorm of the encoder."""
    seen = {}

    def watch(call, arguments, named, context):
        module = context.module.name if context.method_name == "__call__" else None
        if module == "attention_layer_0":
            seen["first"] = named["x"]
        if module == "emb_layer_norm_after":
            seen["raw"] = arguments[0]
        return call(*arguments, **named)

    with haiku.intercept_methods(watch):
        return forward(tokens), seen


def jax_outputs(clone, folder, sequences, maps=(), dtype=jnp.float32):
    parameters, forward, config = load_jax(clone, folder, maps, dtype)
    apply = jax.jit(haiku.transform(lambda tokens: observed(forward, tokens)).apply)

    def run(batch):
        outputs, seen = apply(parameters, None, jnp.asarray(batch))
        layers = range(1, config.num_layers + 1)
        named = {"hidden_0": seen["first"]} | {f"hidden_{layer}": outputs[f"embeddings_{layer}"] for layer in layers}
        named |= {f"attention_{layer}_{head}": outputs[f"attention_map_layer_{layer}_number_{head - 1}"]
                  for layer, head in maps}
        named |= {f"hidden_{config.num_layers}_raw": seen["raw"], "logits": outputs["logits"]}
        return {name: np.asarray(array) for name, array in named.items()}

    return run_batches(sequences, run)


def hugging_face_ids(folder, texts):
    tokenizer = transformers.EsmTokenizer.from_pretrained(folder)
    return [tokenizer(text)["input_ids"] for text in texts]


def jax_ids(clone, texts):
    _, tokenizers = import_jax_code(clone)
    longest = max(map(len, texts)) + 1
    tokenizer = tokenizers.FixedSizeNucleotidesKmersTokenizer(k_mers=6, fixed_length=longest, prepend_cls_token=True)
    return [tokenizer.tokenize(text)[1] for text in texts]
