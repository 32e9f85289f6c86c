# SPDX-License-Identifier: Apache-2.0
"""The jobs of the program as functions, with its options as keywords.

`--learning-rate` is learning_rate, `--no-baselines` is baselines=False, `-o` is output. What an option means, where it
belongs and what is said of a wrong value is the program's: its documentation is that of these functions.
"""

from __future__ import annotations

import inspect
import json
import os
import pathlib
import re
import tempfile
import textwrap
import typing
from collections.abc import Callable, Iterable
from typing import Any

from . import _core
from ._errors import UsageError
from ._inputs import integer, path_of, switch, word
from ._progress import ProgressOption, heard
from ._types import Path

# Not for Python: these are about a terminal, or about what results are written as.
_LEFT_OUT = ("help", "help-all", "quiet", "json")
_NUMBERS = {"N": int, "K": int, "T": int, "BP": int, "SEED": int, "X": float, "RATE": float, "SHARE": float}


class _Option:
    def __init__(self, row: dict[str, Any]) -> None:
        self.flag = "--" + row["name"]
        self.is_switch: bool = row["is_switch"]
        self.is_off: bool = row["is_off"]
        self.is_value_optional: bool = row["is_value_optional"] and not row["is_switch"]
        self.is_repeated: bool = row["is_repeated"]
        self.is_required: bool = row["is_required"]
        self.type: str = row["type"]
        self.help = _in_python(row["help"])
        self.name = row["name"].removeprefix("no-" if self.is_off else "").replace("-", "_")
        self.default = self._default(row["default"])

    def _default(self, text: str) -> Any:
        if self.is_switch:
            return self.is_off
        if not text or text == "[]":
            return None
        try:
            return _NUMBERS.get(self.type, str)(text)
        except ValueError:
            return text

    def words(self, value: Any) -> list[bytes]:
        """What the command line would have for a value."""
        flag = self.flag.encode()
        if self.is_switch:
            if not isinstance(value, bool):
                raise TypeError(f"{self.name}: expected True or False, got {type(value).__name__}")
            return [flag] if value != self.default else []
        if value is None:
            if self.is_required:
                raise UsageError(f"{self.name}: expected a value, got None")
            return []
        if isinstance(value, bool):
            if not self.is_value_optional:
                raise TypeError(f"{self.name}: expected a value, got {value}")
            return [flag] if value else []
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, os.PathLike)):
            texts = [_text(one, self.name) for one in value]
            if self.is_repeated:
                return [flag + b"=" + text for text in texts]
            return [flag + b"=" + b",".join(b'"%s"' % text if b"," in text else text for text in texts)]
        return [flag + b"=" + _text(value, self.name)]

    def about(self) -> str:
        shown = "" if self.default is None or self.is_switch else f" [{self.default}]"
        name = f"{self.name}={not self.default}" if self.is_switch else self.name
        return textwrap.fill(f"{name}: {self.help}{shown}", 100, subsequent_indent="    ", break_on_hyphens=False)


def _text(value: Any, name: str) -> bytes:
    if isinstance(value, (str, os.PathLike)):
        return os.fsencode(value)
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:  # a number of NumPy
        value = value.item()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value).encode()
    raise TypeError(f"{name}: expected a text, a number or a list, got {type(value).__name__}")


def _said(value: Any) -> str:
    """As it is recorded in outputs."""
    return repr(os.fspath(value) if isinstance(value, os.PathLike) else value)


def _in_python(text: str) -> str:
    """--no-baselines and --learning-rate as keywords."""
    text = re.sub(r"--no-([a-z][a-z-]*)", lambda m: m[1].replace("-", "_") + "=False", text)
    return re.sub(r"--([a-z][a-z0-9-]*)", lambda m: m[1].replace("-", "_"), text)


class _Job:
    """A command of the program."""

    def __init__(self, name: str, needs: str = "") -> None:
        self.name = name
        rows = _core.describe_command(name)
        self.options = {
            option.name: option
            for option in (_Option(row) for row in rows if not row["is_positional"] and row["name"] not in _LEFT_OUT)
        }
        if needs:
            self.options[needs].is_required = True

    def signature(self, arguments: list[inspect.Parameter]) -> inspect.Signature:
        taken = {argument.name for argument in arguments}
        keywords = [
            inspect.Parameter(
                option.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if option.is_required else option.default,
            )
            for option in self.options.values()
            if option.name not in taken
        ]
        progress = inspect.Parameter("progress", inspect.Parameter.KEYWORD_ONLY, default=True)
        return inspect.Signature([*arguments, *keywords, progress])

    def run(self, arguments: list[Any], options: dict[str, Any], progress: ProgressOption, more: list[str]) -> None:
        words = [self.name.encode()]
        for argument in arguments:
            path = path_of(argument, self.name)
            words.append(b"./" + path if path.startswith(b"-") and path != b"-" else path)
        for name, value in options.items():
            words += self.options[name].words(value)
        words += [word.encode() for word in more]
        said = [*map(_said, arguments), *(f"{name}={_said(value):.200}" for name, value in options.items())]
        with heard(progress) as heard_by:
            _core.run_command(words, f"agront.{self.name}({', '.join(said)})", *heard_by)


def _job(*arguments: str, required: bool = True, variadic: bool = False, needs: str = "") -> Callable[..., Any]:
    """Makes a function of the body, which gets the job, what stands before the keywords, the keywords and progress.
    `needs`: an option that the program can do without, but a function cannot."""

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        job = _Job(body.__name__, needs)
        kind = inspect.Parameter.VAR_POSITIONAL if variadic else inspect.Parameter.POSITIONAL_OR_KEYWORD
        default = inspect.Parameter.empty if required or variadic else None
        signature = job.signature([inspect.Parameter(name, kind, default=default) for name in arguments])
        signature = signature.replace(return_annotation=typing.get_type_hints(body)["return"])

        def function(*args: Any, **keywords: Any) -> Any:
            try:
                bound = signature.bind(*args, **keywords).arguments
            except TypeError as error:
                raise TypeError(f"agront.{body.__name__}: {error}") from None
            progress = bound.pop("progress", True)
            given: list[Any] = []
            for name in arguments:
                value = bound.pop(name, None)
                given += value if variadic and value else [value] if value is not None else []
            return body(job, given, bound, progress)

        function.__name__ = function.__qualname__ = body.__name__
        function.__module__ = "agront"
        about = inspect.cleandoc(body.__doc__ or "")
        function.__doc__ = about + "\n\nKeywords:\n\n" + "\n".join(option.about() for option in job.options.values())
        function.__signature__ = signature  # type: ignore[attr-defined]
        return function

    return decorate


def _read(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption, more: list[str]) -> str:
    """What the job writes, in the file that was asked for or else in one that goes."""
    if options.get("output") is not None:
        job.run(given, options, progress, more)
        return pathlib.Path(options["output"]).read_text()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "result")
        job.run(given, options, progress, [*more, f"--output={path}"])
        return path.read_text()


def _json_of(path: pathlib.Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else None


@_job()
def finetune(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, Any]:
    """A model for a task of your own, from labelled sequences.

    Writes a folder, which `Predictor` opens; metrics.json, predictions.tsv and report.html are in it. The same call goes
    on where a run was ended. Returns the metrics (with `benchmark` those of each task, by its folder).
    """
    job.run(given, options, progress, [])
    output = pathlib.Path(options["output"])
    if options.get("benchmark") is not None:
        return {path.parent.name: _json_of(path) for path in sorted(output.glob("*/metrics.json"))}
    return _json_of(output / "metrics.json")


@_job()
def pretrain(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, Any] | None:
    """A masked language model from a corpus, new or from another one.

    Writes a folder with the model and its records. The same call goes on where a run was ended. Returns the last
    validation, or None where there was none.
    """
    job.run(given, options, progress, [])
    log = pathlib.Path(options["output"], "validation.jsonl")
    lines = log.read_text().splitlines() if log.exists() else []
    return json.loads(lines[-1]) if lines else None


@_job("manifest")
def corpus(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, Any] | None:
    """Genomes cut into windows, ready for pretraining.

    manifest: a table of the genomes, with the header species, fasta, regions, weight and perhaps repeats; with
    verify=True the folder of a corpus, whose checksums are compared. Returns what corpus.json says.
    """
    job.run(given, options, progress, [])
    return None if options.get("verify") else _json_of(pathlib.Path(options["output"], "corpus.json"))


@_job(needs="output")
def score(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, str] | None:
    """How likely the model finds the alternatives of variants, beside the reference: VCF or BCF in, the same out.

    Every record comes out as it came in, with scores (natural logarithms; below 0 the alternative is less likely) and a
    status of each alternative in INFO. Returns what OUTPUT.json says, a dict of texts ("records", "alleles": how many
    have which status, "passes", ...), or None where the output is "-".
    """
    job.run(given, options, progress, [])
    return _json_of(pathlib.Path(os.fspath(options["output"]) + ".json"))


@_job("inputs", variadic=True)
def evaluate(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, Any]:
    """How well a model does on sequences of your own.

    evaluate(folder, test): the scores of a fine-tuned model on a file with labels. evaluate(fasta, mlm=True): how well
    the masked language model tells 6-mers that are hidden. Returns the scores.
    """
    return json.loads(_read(job, given, options, progress, ["--json"]))


@_job("model", required=False)
def convert(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> str:
    """Any checkpoint (PyTorch, safetensors, JAX) as a Hugging Face folder. Returns the folder."""
    job.run(given, options, progress, [])
    return os.fspath(options["output"])


@_job("model", required=False)
def info(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, str]:
    """What a model is, and whether its weights are sound. Returns a dict of texts: "hash", "parameters", ..."""
    lines = _read(job, given, options, progress, []).splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


@_job("model", required=False)
def bench(job: _Job, given: list[Any], options: dict[str, Any], progress: ProgressOption) -> dict[str, Any]:
    """How fast a model runs here, and how near to the machine's limits. Returns tokens a second and GFLOP/s."""
    model = {"model": given[0]} if given else {}
    return json.loads(_read(job, [], {**model, **options}, progress, ["--json"]))


def pull(
    name: str = "agront-1b",
    *,
    to: Path | None = None,
    force: bool = False,
    endpoint: str = "",
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
    asked = (
        word(name, "name"),
        b"" if to is None else path_of(to, "to"),
        switch(force, "force"),
        word(endpoint, "endpoint"),
        switch(allow_http, "allow_http"),
        integer(retries, "retries"),
    )
    with heard(progress) as heard_by:
        return _core.pull(*asked, *heard_by)
