# SPDX-License-Identifier: Apache-2.0
"""Cases of checkpoints."""

import json
import shutil
import struct

from held.case import case, hold


@case
def json_number_overflow(it):
    "refused, with the file and the number"
    it.done[0].refused("m/config.json", "1e999")
    it.done[1].refused("a/adapter_config.json", "1e999")


@case
def safetensors_metadata_null(it):
    "read"
    hold("parameters: 37,253" in it.done[0].succeeded().out, it.done[0].out)


@case
def weights_lfs_pointer(it):
    "told as what they are"
    it.done[0].refused("m/model.safetensors", "Git LFS")
    it.done[1].refused("c/config.json", "Git LFS")


@case
def vocabulary_of_another_order(it):
    "refused, with the file, the line and the token"
    for done in it.done:
        done.refused("m/vocab.txt:6", "AAAAAT", "AAAAAC")


@case
def model_is_a_run_folder(it):
    "refused, with the checkpoint that is meant"
    for done in it.done:
        done.refused("run/step-2")


def read_tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: (entry, data[8 + size:][slice(*entry["data_offsets"])]) for name, entry in header.items()}


@case
def index_overlay(it):
    "the weights that the index names: the hash of a file that has just these"
    folder, other = it.folder / "m", it.folder / "one"
    index = it.read_json("m/model.safetensors.index.json")["weight_map"]
    header, data = {}, b""
    for name, file in index.items():
        entry, raw = read_tensors(folder / file)[name]
        header[name] = {**entry, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    other.mkdir()
    (other / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    shutil.copy(folder / "config.json", other)
    hashes = [[line for line in done.succeeded().out.splitlines() if line.startswith("model_hash")]
              for done in (it.done[0], it.run("agront info --model one"))]
    hold(hashes[0] == hashes[1] and hashes[0], str(hashes))


@case
def config_is_decoder(it):
    "refused"
    it.done[0].refused("m/config.json", "is_decoder")


@case
def jax_settings_not_checked(it):
    "each setting refused by its name, and computed when all are as they have to be"
    for done in it.done:
        done.refused("j/hyperparams.json")
    path = it.folder / "j" / "hyperparams.json"
    wrong = json.loads(path.read_text())
    right = {**wrong, "pre_layer_norm": True, "layer_norm_eps": 1e-5, "class_token_id": 3, "prepend_cls_token": True,
             "append_eos_token": False}
    for key in [key for key in right if right[key] != wrong[key]]:
        path.write_text(json.dumps({**right, key: wrong[key]}))
        it.run("agront info --model j").refused("j/hyperparams.json", key)
    path.write_text(json.dumps(right))
    it.run("agront embed x.fa --model j -o o.npz").succeeded()
