#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small checkpoints of tests/data/formats that the reader tests open.

Element i of every tensor, counted in row-major order, is i * 0.25 unless the name says otherwise.
Needs numpy, torch, safetensors, joblib, ml_dtypes, jax and dm-haiku; the files are kept in the repository.
"""

import json
import os
import pickle
import sys
import zipfile

import joblib
import ml_dtypes
import numpy as np
import torch
from safetensors.torch import save_file

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "data", "formats")


def quarters(*shape, dtype=np.float32):
    return (np.arange(np.prod(shape, dtype=int)) * 0.25).reshape(shape).astype(dtype)


def tensor(*shape, dtype=torch.float32):
    return torch.from_numpy(quarters(*shape)).to(dtype)


def make_safetensors():
    save_file(
        {
            "double": tensor(2, 3, dtype=torch.float64),
            "single": tensor(4, 5),
            "half": tensor(3, 3, dtype=torch.float16),
            "brain": tensor(7, dtype=torch.bfloat16),
            "ids": torch.arange(4),
            "scalar": torch.tensor(1.5),
            "empty": torch.zeros(0, 3),
        },
        "plain.safetensors",
        metadata={"format": "pt", "note": "fixture"},
    )
    save_file({"a.weight": tensor(2, 2), "b.weight": tensor(3)}, "model-00001-of-00002.safetensors")
    save_file({"c.weight": tensor(5)}, "model-00002-of-00002.safetensors")
    index = {
        "metadata": {"total_size": 48},
        "weight_map": {
            "a.weight": "model-00001-of-00002.safetensors",
            "b.weight": "model-00001-of-00002.safetensors",
            "c.weight": "model-00002-of-00002.safetensors",
        },
    }
    with open("model.safetensors.index.json", "w") as out:
        json.dump(index, out, indent=1)


def torch_state():
    module = torch.nn.Linear(3, 2)
    module.weight.data = tensor(2, 3)
    module.bias.data = tensor(2)
    state = module.state_dict()  # an OrderedDict with the attribute _metadata
    base = tensor(12)
    state["transposed"] = tensor(2, 3).t().contiguous().t()  # row-major values, strides (1, 2)
    state["shared.whole"] = base
    state["shared.tail"] = base[8:]  # element i is (i + 8) * 0.25
    state["half"] = tensor(3, 3, dtype=torch.float16)
    state["brain"] = tensor(2, 4, dtype=torch.bfloat16).t()  # (i, j) is (4 j + i) * 0.25
    state["double"] = tensor(3, dtype=torch.float64)
    state["parameter"] = torch.nn.Parameter(tensor(4))
    state["ids"] = torch.arange(6)
    state["scalar"] = torch.tensor(1.5)
    state["empty"] = torch.zeros(0, 3)
    return state


def rezip(source, target, compression=zipfile.ZIP_STORED, change=lambda name, data: data):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename), change(info.filename, old.read(info)), compression)


class Hostile:
    def __reduce__(self):
        return os.system, ("true",)


def make_torch():
    torch.save(torch_state(), "pytorch_model.bin")
    torch.save({"state_dict": torch_state()}, "wrapped.bin")
    torch.save({"weight": tensor(2)}, "legacy.bin", _use_new_zipfile_serialization=False)
    torch.save({"weight": Hostile()}, "hostile.bin")
    rezip("pytorch_model.bin", "deflated.bin", zipfile.ZIP_DEFLATED)
    rezip("pytorch_model.bin", "short_storage.bin",
          change=lambda name, data: data[:-4] if name.endswith("data/2") else data)
    rezip("pytorch_model.bin", "big_endian.bin",
          change=lambda name, data: b"big" if name.endswith("byteorder") else data)
    torch.save({"weight": tensor(2, 3)}, "strides.bin")
    wide = lambda name, data: data.replace(b"K\x02K\x03\x86", b"K\x02K\x07\x86", 1) if name.endswith("pkl") else data
    rezip("strides.bin", "strides.bin.new", change=wide)  # the shape grows to (2, 7), the storage does not
    os.replace("strides.bin.new", "strides.bin")


def joblib_state():
    return {
        "esm/~/embed": {"embeddings": quarters(4, 5)},
        "esm/layer_0/~/mha": {
            "w": np.asfortranarray(quarters(3, 4)),
            "b": quarters(4, dtype=np.float16),
            "brain": quarters(5, dtype=ml_dtypes.bfloat16),
            "double": quarters(2, 2, dtype=np.float64),
        },
        "counters": {"steps": np.arange(3)},
        "norm": {"scalar": np.array(1.5, dtype=np.float32), "empty": np.zeros((0, 2), np.float32)},
    }


def make_joblib():
    state = joblib_state()
    joblib.dump(state, "plain.joblib")
    joblib.dump(state, "zlib.joblib", compress=("zlib", 3))
    joblib.dump(state, "gzip.joblib", compress=("gzip", 3))
    joblib.dump(state, "protocol2.joblib", protocol=2)

    import joblib.numpy_pickle as numpy_pickle  # before joblib 1.2 there was no padding

    create = numpy_pickle.NumpyPickler._create_array_wrapper

    def create_unaligned(self, array):
        wrapper = create(self, array)
        del wrapper.numpy_array_alignment_bytes
        return wrapper

    numpy_pickle.NumpyPickler._create_array_wrapper = create_unaligned
    joblib.dump(state, "unaligned.joblib")
    numpy_pickle.NumpyPickler._create_array_wrapper = create

    for protocol in (2, 4, 5):
        with open(f"numpy{protocol}.pickle", "wb") as out:
            pickle.dump(state, out, protocol)

    import jax.numpy as jnp

    big = quarters(100, 200) % 64  # its bytes are too many for the reader to keep beside the pickle
    arrays = {"jax": {"single": jnp.asarray(quarters(2, 3)), "brain": jnp.asarray(quarters(4), jnp.bfloat16)},
              "big": {"w": jnp.asarray(big)}}
    joblib.dump(arrays, "jax.joblib", compress=("zlib", 9))

    from haiku.data_structures import to_haiku_dict

    mapping = to_haiku_dict({"esm/layer_0": {"w": quarters(2, 3)}, "esm/layer_1": {"w": quarters(4)}})
    joblib.dump(mapping, "flat_mapping.joblib")
    with open("latin1.pickle.zlib", "wb") as out:  # protocol 2 keeps bytes as text
        import zlib

        out.write(zlib.compress(pickle.dumps({"big": {"w": big}}, 2), 9))
    joblib.dump({"a": {"w": np.array([None, 1])}}, "objects.joblib")
    joblib.dump({"a": {"w": quarters(3, dtype=">f4")}}, "big_endian.joblib")
    joblib.dump({"a": {"w": Hostile()}}, "hostile.joblib")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    os.chdir(FOLDER)
    torch.manual_seed(0)
    make_safetensors()
    make_torch()
    make_joblib()
    largest = max(os.path.getsize(name) for name in os.listdir("."))
    if largest > 64 * 1024:
        sys.exit(f"a fixture has {largest} bytes: keep them small")


if __name__ == "__main__":
    main()
