#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the type stubs of the Python package that no reader of the sources could guess: the jobs, whose options are
those of the program (_jobs.pyi), and the compiled part (_core.pyi). The other modules have their types in place.

    build/python-env/bin/python tools/make_python_stubs.py [--check]     # tools/test_python.sh makes that Python

With --check it writes nothing and exits 1 when a stub is not what it would write. The compiled part's stub is
nanobind's, whose spelling another version may change: it is compared with the version that wrote it alone.
"""

import argparse
import importlib.metadata
import inspect
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

import agront
from agront import _jobs

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "python/agront"
JOBS = ("finetune", "pretrain", "corpus", "evaluate", "score", "convert", "info", "bench")
NANOBIND = importlib.metadata.version("nanobind")
HEAD = "# SPDX-License-Identifier: Apache-2.0\n# Written by tools/make_python_stubs.py{}. Change the sources instead.\n"
JOBS_HEAD = HEAD.format("") + '''\
"""The jobs of the program as functions, with its options as keywords."""

from collections.abc import Iterable
from typing import Any, Literal

from ._progress import ProgressOption
from ._types import Path

_Texts = str | int | Iterable[str | int]

'''
PATHS = ("DIR", "FILE", "FASTA", "RUN", "BED", "TSV", "TSV|BED", "BED|GFF3", "DIR|NAME")


def type_of(option):
    """The annotation of one keyword."""
    if option.is_switch:
        return "bool"
    if re.fullmatch("[a-z0-9]+([|][a-z0-9]+)+", option.type):
        kind = "Literal[" + ", ".join(f'"{word}"' for word in option.type.split("|")) + "]"
    elif option.type in _jobs._NUMBERS:
        kind = _jobs._NUMBERS[option.type].__name__
    elif option.type in PATHS:
        kind = "Path"
    elif option.is_repeated or option.type in ("LIST", "TYPE", "TYPES"):
        kind = "_Texts"
    else:
        kind = "str"
    if option.is_value_optional:
        kind += " | bool"
    return kind + ("" if option.is_required else " | None")


def default_of(parameter):
    return "" if parameter.default is parameter.empty else f" = {parameter.default!r}"


def parameters_of(job, function):
    """One a line, as a stub has them."""
    has_star = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            has_star = True
            yield f"*{parameter.name}: Path"
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            is_optional = parameter.default is not parameter.empty
            yield f"{parameter.name}: Path" + (" | None = None" if is_optional else "")
        else:
            if not has_star:
                has_star = True
                yield "*"
            kind = "ProgressOption" if parameter.name == "progress" else type_of(job.options[parameter.name])
            yield f"{parameter.name}: {kind}{default_of(parameter)}"


def annotation_of(thing):
    return thing.__name__ if isinstance(thing, type) and not hasattr(thing, "__args__") else str(thing)


def stub_of(name, parameters, function, returns):
    about = function.__doc__.partition("\n\nKeywords:")[0].rstrip()  # the rest is the program's help
    about = textwrap.indent(f'"""{about}\n"""', "    ", lambda line: line.strip())
    lines = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"def {name}(\n{lines}) -> {returns}:\n{about}\n    ...\n"


def job_stub(name):
    job, function = _jobs._Job(name), getattr(agront, name)
    for parameter in inspect.signature(function).parameters.values():  # what functions need beyond the program
        if parameter.default is parameter.empty and parameter.name in job.options:
            job.options[parameter.name].is_required = True
    returns = annotation_of(inspect.signature(function).return_annotation).replace("typing.", "")
    return stub_of(name, parameters_of(job, function), function, returns)


def pull_stub():
    parameters = []
    for parameter in inspect.signature(agront.pull).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        parameters.append(f"{parameter.name}: {parameter.annotation}{default_of(parameter)}")
    about = inspect.cleandoc(agront.pull.__doc__)
    function = type("Pull", (), {"__doc__": about})
    return stub_of("pull", parameters, function, "str")


def core_stub():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "_core.pyi")
        subprocess.run([sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "agront._core", "-o", path], check=True)
        return HEAD.format(f" with nanobind {NANOBIND}") + path.read_text() + "\n__version__: str\n"


def is_of_another_nanobind(path):
    written_by = re.search(r"with nanobind (\S+)\. ", path.read_text()) if path.exists() else None
    return written_by is not None and written_by[1] != NANOBIND


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    jobs = JOBS_HEAD + "\n".join([*map(job_stub, JOBS), pull_stub()])
    status = 0
    for name, text in (("_jobs.pyi", jobs), ("_core.pyi", core_stub())):
        path = FOLDER / name
        if not options.check:
            path.write_text(text)
        elif is_of_another_nanobind(path):
            print(f"SKIPPED: {path}, as it was written with another nanobind than {NANOBIND}")
        elif not path.exists() or path.read_text() != text:
            print(f"{path}: expected what tools/make_python_stubs.py writes")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
