# SPDX-License-Identifier: Apache-2.0
"""AgroNT, a masked language model of plant DNA, without torch.

    import agront
    model = agront.load()                    # the small example inside; agront.load("agront-1b") once it is pulled
    rows = model.embed(["ATTCCGAAATCGCTGACCG", "ATTTCTCTCTNTC"])        # float32 [sequences, channels]

`load` opens a model, whose methods are embed, embed_iter, logits, attention, unmask, log_likelihood and score_variants; Predictor a
fine-tuned one. The jobs of the program are functions: finetune, pretrain, corpus, evaluate, score, convert, info, bench,
pull. `agront.sklearn` has a transformer for pipelines, `agront.frames` tables of embeddings. Nothing is ever read as
code from a checkpoint, and nothing but `pull` uses the network.
"""

import os as _os
import sys as _sys

from . import _core, frames
from ._core import __version__
from ._errors import Error, MissingFileError, UsageError
from ._jobs import bench, convert, corpus, evaluate, finetune, info, pretrain, pull, score
from ._load import load, set_num_threads
from ._model import Model
from ._predictor import Predictions, Predictor
from ._progress import Progress
from ._results import LayerTokenRows, Places, Shape, TokenRows, Tokens, Unmasked
from ._tokens import decode, reverse_complement, tokenize
from ._variants import VariantScores

# Packages with devices are looked for where this Python has its packages.
_core.look_for_plugins_in([_os.fsencode(folder) for folder in _sys.path if _os.path.isabs(folder)])

__all__ = [
    "Error",
    "LayerTokenRows",
    "MissingFileError",
    "Model",
    "Places",
    "Predictions",
    "Predictor",
    "Progress",
    "Shape",
    "TokenRows",
    "Tokens",
    "Unmasked",
    "UsageError",
    "VariantScores",
    "__version__",
    "bench",
    "convert",
    "corpus",
    "decode",
    "evaluate",
    "finetune",
    "frames",
    "info",
    "load",
    "pretrain",
    "pull",
    "reverse_complement",
    "score",
    "set_num_threads",
    "tokenize",
]
