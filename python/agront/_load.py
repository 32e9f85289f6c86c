# SPDX-License-Identifier: Apache-2.0
"""How models are opened, and on how many threads all of them work."""

from __future__ import annotations

from . import _core
from ._inputs import integer
from ._model import Model
from ._types import Path, Precision


def load(
    name_or_folder: Path = "agront-mini",
    precision: Precision = "fp32",
    threads: int | None = None,
    adapter: Path | None = None,
    device: str = "cpu",
) -> Model:
    """Opens a model.

    name_or_folder: a folder (Hugging Face or JAX), "agront-mini" (the small example inside the package, which is not
        AgroNT), or a name that `agront pull` fetched: "agront-1b", "ORG/NAME".
    precision: "fp32", "bf16", "int8", "tf32" (on NVIDIA's GPUs), or "auto" (what the model was made for, else what is
        fast here).
    threads: of this handle's calls; None: one per core that the process may use.
    adapter: a folder in PEFT's layout, LoRA or IA3, on top of the model.
    device: "cpu" (our own engine), or what a plugin of XLA computes for, as `--device` takes it: "cuda", "cuda:2", "tpu",
        "xla-cpu", "PATH.so". docs/accelerators.md says where plugins are looked for.

    Raises MissingFileError (a FileNotFoundError) for what is not there, Error for what is no such model.
    """
    return Model(name_or_folder, precision, threads, adapter, device)


def set_num_threads(threads: int | None) -> None:
    """Threads of the later calls of every model that has no number of its own, in all Python threads; None: one per core
    that the process may use, and no more than OMP_NUM_THREADS or threadpoolctl allow. Jobs take `threads=`."""
    _core.set_num_threads(0 if threads is None else integer(threads, "threads"))
