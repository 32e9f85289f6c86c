#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the type stubs of the Python package: of the jobs, whose options are the program's, and of the compiled part.

    python tools/make_python_stubs.py [--check]     # with a Python that has the package, nanobind and pytest's numpy

With --check it writes nothing, and exits 1 when a stub is not what it would write.
"""

import inspect
import pathlib
import subprocess
import sys

import agront
from agront import _jobs

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "python/agront"
HEAD = "# SPDX-License-Identifier: Apache-2.0\n# Written by tools/make_python_stubs.py.\n"
JOBS = ("finetune", "pretrain", "corpus", "evaluate", "convert", "info", "bench")


def type_of(option):
    """The annotation of one option."""
    if option.is_switch:
        return "bool"
    kind = {int: "int", float: "float"}.get(_jobs._NUMBERS.get(option.type), "_Text")
    if kind == "_Text":
        kind += " | Iterable[_Text | int]" if option.is_repeated or option.type in ("LIST", "NAMES") else ""
    if option.is_value_optional:
        kind += " | bool"
    return kind + ("" if option.is_required else " | None")


def stub_of(name):
    job, function = _jobs._Job(name), getattr(agront, name)
    words = []
    starred = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            words.append(f"*{parameter.name}: _Text")
            starred = True
            continue
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            optional = parameter.default is not parameter.empty
            words.append(f"{parameter.name}: _Text" + (" | None = None" if optional else ""))
            continue
        if not starred:
            words.append("*")
            starred = True
        kind = "ProgressOption" if parameter.name == "progress" else type_of(job.options[parameter.name])
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        words.append(f"{parameter.name}: {kind}{default}")
    inner = "".join(f"    {word},\n" for word in words)
    return f"def {name}(\n{inner}) -> {inspect.signature(function).return_annotation}: ...\n"


def jobs_stub():
    pull = inspect.signature(agront.pull)
    inner = "".join(
        "    *,\n    " * (parameter.name == "to") + "    " * (parameter.name != "to")
        + f"{parameter.name}: {parameter.annotation} = {parameter.default!r},\n"
        for parameter in pull.parameters.values()
    )
    return (
        HEAD
        + "import os\nfrom collections.abc import Iterable\nfrom typing import Any\n\n"
        + "from ._progress import ProgressOption\n\n_Text = str | os.PathLike[str]\n\n"
        + "\n".join(map(stub_of, JOBS))
        + f"\ndef pull(\n{inner}) -> {pull.return_annotation}: ...\n"
    )


def core_stub():
    made = subprocess.run(
        [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", "agront._core", "-O", "/dev/stdout"],
        check=False, capture_output=True, text=True,
    )
    if made.returncode != 0:
        sys.exit(f"nanobind.stubgen: {made.stderr}")
    return HEAD + made.stdout


def main():
    status = 0
    for name, text in (("_jobs.pyi", jobs_stub()), ("_core.pyi", core_stub())):
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"{path}: expected what tools/make_python_stubs.py writes")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
