# SPDX-License-Identifier: Apache-2.0
"""What the tests of the program share: running it, writing FASTA files and small random models."""

import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

import numpy as np

PROGRAM = os.environ["AGRONT"]
GENES = ">one first gene\nATCCCGGNNTCGACACN\n>two\nacgtacgtacgtttgacgattacgatcgactagcat\n"


def run(*arguments, text=None, environment=None):
    """Runs the program; gives status, standard output and standard error."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], input=text, capture_output=True, text=True,
                          env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


def ranks_environment():
    """For mpirun. Open MPI keeps what it read until the process ends, which a leak sanitizer reports."""
    sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    return {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "ASAN_OPTIONS": sanitizer}


def table(text):
    """The rows of a table, as dictionaries; its first line is the header, without a mark."""
    header, *rows = text.splitlines()
    assert not header.startswith("#"), text
    names = header.split("\t")
    return [dict(zip(names, row.split("\t"), strict=True)) for row in rows]


def read_table(path):
    """The rows of a table in a file; checks that what it was made from stands beside it."""
    provenance = json.loads(path.with_name(path.name + ".json").read_text())
    assert provenance["program"].startswith("agront "), provenance
    return table(path.read_text())


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def succeed(self, *arguments, **options):
        status, out, err = run(*arguments, **options)
        self.assertEqual(status, 0, err)
        return out

    def refuse(self, *arguments, status=1, says=(), output=None, **options):
        """The program ends with this status and one line that has all these words, and leaves no output."""
        before = sorted(self.folder.iterdir())
        got, _, err = run(*arguments, **options)
        self.assertEqual(got, status, err)
        self.assertEqual(len(err.strip().splitlines()), 1, err)
        for words in says:
            self.assertIn(words, err)
        self.assertEqual(sorted(self.folder.iterdir()), before, "something was left behind")
        return err


# ---------------------------------------------------------------------------------------------- models

SHAPE = {"hidden_size": 24, "num_attention_heads": 4, "num_hidden_layers": 2, "intermediate_size": 40,
         "max_position_embeddings": 34, "vocab_size": 4105}


def model_config(**changes):
    config = {"architectures": ["EsmForMaskedLM"], "model_type": "esm", "position_embedding_type": "absolute",
              "token_dropout": False, "emb_layer_norm_before": False, "tie_word_embeddings": False,
              "layer_norm_eps": 1e-12, "pad_token_id": 1, "mask_token_id": 2, **SHAPE}
    config.update(changes)
    return {key: value for key, value in config.items() if value is not ...}


def model_tensors(seed=1):
    hidden, ffn = SHAPE["hidden_size"], SHAPE["intermediate_size"]
    shapes = {"esm.embeddings.word_embeddings.weight": (4105, hidden),
              "esm.embeddings.position_embeddings.weight": (SHAPE["max_position_embeddings"], hidden)}
    for layer in range(SHAPE["num_hidden_layers"]):
        prefix = f"esm.encoder.layer.{layer}."
        for norm in ("attention.LayerNorm", "LayerNorm"):
            shapes |= {f"{prefix}{norm}.weight": (hidden,), f"{prefix}{norm}.bias": (hidden,)}
        for name, out, into in (("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                                ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                                ("intermediate.dense", ffn, hidden), ("output.dense", hidden, ffn)):
            shapes |= {f"{prefix}{name}.weight": (out, into), f"{prefix}{name}.bias": (out,)}
    shapes |= {"esm.encoder.emb_layer_norm_after.weight": (hidden,), "esm.encoder.emb_layer_norm_after.bias": (hidden,),
               "lm_head.dense.weight": (hidden, hidden), "lm_head.dense.bias": (hidden,),
               "lm_head.layer_norm.weight": (hidden,), "lm_head.layer_norm.bias": (hidden,),
               "lm_head.decoder.weight": (4105, hidden), "lm_head.bias": (4105,)}
    random = np.random.default_rng(seed)
    return {name: random.normal(0.5 if name.endswith("orm.weight") else 0, 0.3, shape).astype("<f4")
            for name, shape in shapes.items()}


def safetensors_bytes(tensors, change_header=lambda header: header):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(change_header(header)).encode()
    return struct.pack("<Q", len(text)) + text + data


def write_model(folder, config=None, weights=None):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config or model_config()))
    (folder / "model.safetensors").write_bytes(safetensors_bytes(model_tensors()) if weights is None else weights)
    return folder
