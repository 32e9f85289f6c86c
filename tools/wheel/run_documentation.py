#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the Python lines of Markdown files that use agront, in one process for each file, on small files of its own; the
embedded model stands in for the published one.

    python tools/wheel/run_documentation.py README.md docs/python.md
"""

import gzip
import os
import pathlib
import random
import re
import sys
import tempfile


def blocks(path):
    """(line, code) of each block of Python from the first that imports agront."""
    text = pathlib.Path(path).read_text()
    found = [(text.count("\n", 0, match.start(1)), match[1]) for match in re.finditer(r"^```python\n(.*?)^```", text, re.M | re.S)]
    first = next((i for i, (_, code) in enumerate(found) if "import agront" in code), len(found))
    return [(line, code) for line, code in found[first:] if "agront" in code]


def examples(count, seed):
    """Names and sequences that two labels tell apart."""
    draw = random.Random(seed)
    for i in range(count):
        yield f"s{i}|{i % 2}", "".join(draw.choices("ACGT", (4, 1, 1, 4) if i % 2 else (1, 4, 4, 1), k=90))


def write_files(folder):
    for name, count in (("train.fa", 60), ("test.fa", 24)):
        (folder / name).write_text("".join(f">{header}\n{bases}\n" for header, bases in examples(count, name)))
    for name in ("promoters.fa.gz", "new.fa.gz"):
        (folder / name).write_bytes(gzip.compress((folder / "test.fa").read_bytes()))


def main():
    for path in map(os.path.abspath, sys.argv[1:]):
        pairs = list(examples(60, 1))
        names = {"sequences": [bases for _, bases in pairs], "labels": [int(header[-1]) for header, _ in pairs]}
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            write_files(pathlib.Path(folder))
            found = blocks(path)
            for line, code in found:
                code = code.replace('"agront-1b"', '"agront-mini"')
                exec(compile("\n" * line + code, path, "exec"), names)  # noqa: S102
            os.chdir("/")
        print(f"{path}: {len(found)} blocks of Python ran")
        if not found:
            return f"{path}: expected Python that uses agront"
    return None


if __name__ == "__main__":
    sys.exit(main())
