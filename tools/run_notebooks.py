#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs notebooks from the first cell to the last, with a kernel of this Python, and keeps what they show.

    python tools/run_notebooks.py OUTPUT NOTEBOOK...     # needs nbclient, ipykernel and what the notebooks import

Writes OUTPUT/NAME.ipynb with all outputs, and each picture as OUTPUT/NAME_1.png, ... Exits 1 when a cell raises or warns,
or when a notebook in the sources has outputs.
"""

import base64
import pathlib
import sys
import time

import nbclient
import nbformat

SECONDS_OF_A_CELL = 1800


def kept_outputs(notebook):
    return [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]


def pictures(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                yield base64.b64decode(output.data["image/png"])


def warnings(notebook):
    return [output.text for cell in notebook.cells for output in cell.get("outputs", [])
            if output.output_type == "stream" and output.name == "stderr"]


def run(path, folder):
    """None, or what is wrong."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    if cells := kept_outputs(notebook):
        return f"expected cells without outputs, got some in {', '.join(cells)}"
    began = time.monotonic()
    client = nbclient.NotebookClient(notebook, timeout=SECONDS_OF_A_CELL, resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    except nbclient.exceptions.CellExecutionError as error:
        return str(error)
    nbformat.write(notebook, folder / path.name)
    number = 0
    for number, picture in enumerate(pictures(notebook), 1):
        (folder / f"{path.stem}_{number}.png").write_bytes(picture)
    print(f"{path.name}: {time.monotonic() - began:.0f} s, {number} pictures", flush=True)
    return "".join(warnings(notebook)) or None


def main():
    folder, *paths = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    status = 0
    for path in paths:
        if fault := run(path, folder):
            print(f"{path}: {fault}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
