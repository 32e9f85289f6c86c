# SPDX-License-Identifier: Apache-2.0
# Written by tools/make_python_stubs.py. Change the sources instead.
"""The jobs of the program as functions, with its options as keywords."""

from collections.abc import Iterable
from typing import Any, Literal

from ._progress import ProgressOption
from ._types import Path

_Texts = str | int | Iterable[str | int]

def finetune(
    *,
    task: Literal["binary", "multiclass", "multilabel", "regression", "token"] | None = 'binary',
    train: Path | None = None,
    valid: Path | None = None,
    test: Path | None = None,
    benchmark: Path | None = None,
    model: Path | None = None,
    output: Path,
    config: Path | None = None,
    threads: int | None = None,
    method: Literal["probe", "ia3", "lora", "full"] | None = 'lora',
    head: Literal["linear", "mlp"] | None = 'linear',
    pooling: Literal["mean", "cls", "centre", "attention"] | None = None,
    layers: _Texts | None = 'last',
    targets: _Texts | None = None,
    rank: int | None = 8,
    alpha: float | None = 16.0,
    precision: Literal["fp32", "bf16", "int8", "tf32", "auto"] | None = 'fp32',
    long: Literal["error", "centre", "windows"] | None = 'error',
    transform: _Texts | None = None,
    class_weights: bool = False,
    reverse_complement: bool = False,
    sequence_column: str | None = 'sequence',
    id_column: str | None = None,
    genome: Path | None = None,
    feature: _Texts | None = 'gene',
    window: str | None = None,
    pad_at_ends: bool = False,
    token_window_bp: int | None = None,
    token_stride_bp: int | None = None,
    label_column: _Texts | None = None,
    label_separator: str | None = None,
    positive: str | None = None,
    output_names: _Texts | None = None,
    group_column: str | None = None,
    group_separator: str | None = None,
    labels: Path | None = None,
    leave_out_unlabelled: bool = False,
    keep_repeated_ids: bool = False,
    background: str | None = None,
    split_column: str | None = None,
    test_groups: _Texts | None = None,
    valid_groups: _Texts | None = None,
    test_share: float | None = 0.0,
    valid_share: float | None = 0.05,
    split_seed: int | None = 0,
    epochs: int | None = 10,
    patience: int | None = 3,
    batch_size: int | None = 16,
    learning_rate: float | None = None,
    warmup_share: float | None = 0.05,
    decay: Literal["linear", "cosine", "none"] | None = 'linear',
    weight_decay: float | None = 0.01,
    clip_norm: float | None = 1.0,
    seed: int | None = 0,
    seeds: int | None = 1,
    folds: int | None = 0,
    recompute: Literal["on", "off", "auto"] | None = 'auto',
    batch_tokens: int | None = 2048,
    checkpoint_every: int | None = 500,
    merge: bool = False,
    baselines: bool = True,
    random_baseline: bool = False,
    bootstrap: int | None = 1000,
    progress: ProgressOption = True,
) -> dict[str, Any]:
    """A model for a task of your own, from labelled sequences.

    Writes a folder, which `Predictor` opens; metrics.json, predictions.tsv and report.html are in it. The same call goes
    on where a run was ended. Returns the metrics (with `benchmark` those of each task, by its folder).
    """
    ...

def pretrain(
    *,
    corpus: Path | None = None,
    output: Path,
    config: Path | None = None,
    threads: int | None = None,
    init: Path | None = None,
    hidden: int | None = None,
    heads: int | None = None,
    layers: int | None = None,
    ffn: int | None = None,
    max_tokens: int | None = None,
    steps: int | None = 315000,
    batch_tokens: int | None = 1500000,
    learning_rate: float | None = 0.0001,
    learning_rate_start: float | None = 5e-05,
    learning_rate_final: float | None = 0.0,
    warmup_steps: int | None = 64000,
    decay: Literal["sqrt", "cosine", "linear", "none"] | None = 'sqrt',
    beta1: float | None = 0.9,
    beta2: float | None = 0.999,
    epsilon: float | None = 1e-08,
    weight_decay: float | None = 0.0,
    clip_norm: float | None = 0.0,
    seed: int | None = 0,
    window_tokens: int | None = 0,
    masking_ratio: float | None = 0.15,
    mask_share: float | None = 0.8,
    random_share: float | None = 0.1,
    random_any_token: bool = False,
    repeat_weight: float | None = 1.0,
    one_strand: bool = False,
    fold: int | None = -1,
    micro_batch: int | None = 0,
    precision: Literal["fp32", "bf16", "auto"] | None = 'fp32',
    recompute: Literal["on", "off", "auto"] | None = 'auto',
    max_memory: str | None = None,
    checkpoint_every: int | None = 1000,
    keep: int | None = 3,
    validate_every: int | None = 1000,
    validation_windows: int | None = 256,
    max_skipped: int | None = 10,
    progress: ProgressOption = True,
) -> dict[str, Any] | None:
    """A masked language model from a corpus, new or from another one.

    Writes a folder with the model and its records. The same call goes on where a run was ended. Returns the last
    validation, or None where there was none.
    """
    ...

def corpus(
    manifest: Path,
    *,
    output: Path | None = None,
    force: bool = False,
    window_tokens: int | None = 1024,
    overlap: int | None = 50,
    shift: int | None = 0,
    training_share: float | None = 0.95,
    block_bp: int | None = 1000000,
    folds: int | None = 1,
    seed: int | None = 0,
    min_known: float | None = 0.9,
    feature: _Texts | None = 'gene',
    repeat_feature: _Texts | None = None,
    flank: int | None = 0,
    keep_duplicates: bool = False,
    without_species: _Texts | None = None,
    without_sequence: _Texts | None = None,
    verify: bool = False,
    progress: ProgressOption = True,
) -> dict[str, Any] | None:
    """Genomes cut into windows, ready for pretraining.

    manifest: a table of the genomes, with the header species, fasta, regions, weight and perhaps repeats; with
    verify=True the folder of a corpus, whose checksums are compared. Returns what corpus.json says.
    """
    ...

def evaluate(
    *inputs: Path,
    model: Path | None = None,
    threads: int | None = None,
    output: Path | None = None,
    force: bool = False,
    precision: Literal["fp32", "bf16", "int8", "tf32", "auto"] | None = 'fp32',
    device: str | None = 'cpu',
    adapter: Path | None = None,
    sequence_column: str | None = 'sequence',
    id_column: str | None = None,
    genome: Path | None = None,
    regions: Path | None = None,
    region: _Texts | None = None,
    feature: _Texts | None = 'gene',
    window: str | None = None,
    pad_at_ends: bool = False,
    token_window_bp: int | None = None,
    token_stride_bp: int | None = None,
    label_column: _Texts | None = None,
    label_separator: str | None = None,
    positive: str | None = None,
    output_names: _Texts | None = None,
    group_column: str | None = None,
    group_separator: str | None = None,
    labels: Path | None = None,
    leave_out_unlabelled: bool = False,
    keep_repeated_ids: bool = False,
    background: str | None = None,
    bootstrap: int | None = 1000,
    any_length: bool = False,
    mlm: bool = False,
    overlap: int | None = 0,
    batch_tokens: int | None = 2048,
    masking_ratio: float | None = 0.15,
    seed: int | None = 0,
    every: bool = False,
    progress: ProgressOption = True,
) -> dict[str, Any]:
    """How well a model does on sequences of your own.

    evaluate(folder, test): the scores of a fine-tuned model on a file with labels. evaluate(fasta, mlm=True): how well
    the masked language model tells 6-mers that are hidden. Returns the scores.
    """
    ...

def score(
    *,
    variants: Path,
    genome: Path | None = None,
    contig_names: Path | None = None,
    model: Path | None = None,
    threads: int | None = None,
    output: Path,
    force: bool = False,
    precision: Literal["fp32", "bf16", "int8", "tf32", "auto"] | None = 'fp32',
    device: str | None = 'cpu',
    adapter: Path | None = None,
    batch_tokens: int | None = 2048,
    scores: _Texts | None = 'llr,pll',
    frames: int | None = None,
    window_bp: int | None = None,
    pll_flank: int | None = 4,
    shared_masks: bool = False,
    indel_null: int | None = 0,
    reference_mismatch: Literal["mark", "error"] | None = 'mark',
    chunk_records: int | None = None,
    shard: str | None = None,
    report: Path | None = None,
    progress: ProgressOption = True,
) -> dict[str, str] | None:
    """How likely the model finds the alternatives of variants, beside the reference: VCF or BCF in, the same out.

    Every record comes out as it came in, with scores (natural logarithms; below 0 the alternative is less likely) and a
    status of each alternative in INFO. Returns what OUTPUT.json says, a dict of texts ("records", "alleles": how many
    have which status, "passes", ...), or None where the output is "-".
    """
    ...

def convert(
    model: Path | None = None,
    *,
    threads: int | None = None,
    output: Path,
    force: bool = False,
    adapter: Path | None = None,
    precision: Literal["fp32", "bf16", "fp16", "int8"] | None = 'fp32',
    packed: bool = False,
    progress: ProgressOption = True,
) -> str:
    """Any checkpoint (PyTorch, safetensors, JAX) as a Hugging Face folder. Returns the folder.
    """
    ...

def info(
    model: Path | None = None,
    *,
    threads: int | None = None,
    output: Path | None = None,
    force: bool = False,
    devices: bool = False,
    verify: bool = False,
    precision: Literal["fp32", "bf16", "int8", "tf32", "auto"] | None = 'fp32',
    device: str | None = 'cpu',
    batch_tokens: int | None = 2048,
    verify_precision: Path | bool | None = None,
    genome: Path | None = None,
    regions: Path | None = None,
    region: _Texts | None = None,
    feature: _Texts | None = 'gene',
    window: str | None = None,
    pad_at_ends: bool = False,
    verify_windows: int | None = 16,
    progress: ProgressOption = True,
) -> dict[str, str]:
    """What a model is, and whether its weights are sound. Returns a dict of texts: "hash", "parameters", ...
    """
    ...

def bench(
    model: Path | None = None,
    *,
    threads: int | None = None,
    output: Path | None = None,
    force: bool = False,
    precision: Literal["fp32", "bf16", "int8", "tf32", "auto"] | None = 'fp32',
    device: str | None = 'cpu',
    tokens: int | None = 1024,
    sequences: int | None = 1,
    repeat: int | None = 5,
    progress: ProgressOption = True,
) -> dict[str, Any]:
    """How fast a model runs here, and how near to the machine's limits. Returns tokens a second and GFLOP/s.
    """
    ...

def pull(
    name: str = 'agront-1b',
    *,
    to: Path | None = None,
    force: bool = False,
    endpoint: str = '',
    allow_http: bool = False,
    retries: int = 5,
    progress: ProgressOption = True,
) -> str:
    """A model by its name, from Hugging Face's hub or a mirror of it. Returns the folder where its files are.

    name: "agront-1b" (the published model, 4 GB, CC BY-NC-SA 4.0), "ORG/NAME" or "ORG/NAME@REVISION" of the hub, or the
        address of a folder on a web server, the latter with `to`.
    to: a folder for the files; None: Hugging Face's cache, where `load` finds them by name.
    Each file is right by its checksum, or the call ends with Error. A pull that was ended goes on where it was.
    """
    ...
