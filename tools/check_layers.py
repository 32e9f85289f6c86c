#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the code to the layers declared in src/CMakeLists.txt.

    python3 tools/check_layers.py

Checks that the declared layers have no cycle (each depends only on layers declared before it), that every #include of
a file in src/ names a folder that the including folder declares, that no folder at any depth includes another one that
leads back to it (a folder and its subfolders count as several), that front ends (cli, demo, examples, benchmarks, python)
include the public headers only, and that oneDNN, Highway and the network appear only where they may. Exits 1 and names
file and line otherwise.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = (".h", ".cc")
FRONT_ENDS = ("cli", "demo", "examples", "benchmarks", "python")
# Who may include the matrix library and the SIMD library, and who may use the network.
RESTRICTED = {
    "net/": re.compile(r"^src/(net|tasks/pull)/"),
    "oneapi/": re.compile(r"^src/(device/cpu/|ops/matmul/)"),
    "mpi.h": re.compile(r"^src/ranks/mpi/"),
    "device/xla/pjrt_": re.compile(r"^src/device/xla/"),
    "hwy/": re.compile(r"^src/(device/cpu/|ops/[a-z0-9_/]+/[a-z0-9_]+(_cpu\.cc|-inl\.h)$)"),
}


def declared_layers():
    """{layer: set of layers that it may include}, itself among them; exits when a layer depends on a later one."""
    text = (ROOT / "src/CMakeLists.txt").read_text()
    layers = {}
    for body in re.findall(r"^agront_layer\(([^)]*)\)", text, re.MULTILINE):
        words = body.split()
        name, depends = words[0], set()
        if "DEPENDS" in words:
            for word in words[words.index("DEPENDS") + 1:]:
                if word.isupper():
                    break
                depends.add(word)
        unknown = depends - layers.keys()
        if unknown:
            sys.exit(f"src/CMakeLists.txt: {name} depends on {sorted(unknown)}, declared later or not at all")
        layers[name] = depends | {name}
    return layers


def problems_of(path, layers):
    """Yields (line number, what is wrong) for the includes of one file."""
    place = path.relative_to(ROOT).as_posix()
    folder = place.split("/")[1] if place.startswith("src/") else place.split("/")[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not found:
            continue
        bracket, name = found.groups()
        for prefix, allowed in RESTRICTED.items():
            if name.startswith(prefix) and not allowed.match(place):
                yield number, f"{name} may not be included here"
        top = name.split("/")[0]
        if bracket == "<" or "/" not in name or top == "agront":
            continue
        if folder in FRONT_ENDS:
            yield number, f"a front end includes {name}; it may include agront/ only"
        elif place.startswith("src/") and top not in layers.get(folder, set()):
            yield number, f"{folder} includes {name}, but does not declare {top} in src/CMakeLists.txt"
        elif place.startswith("include/"):
            yield number, f"a public header includes {name}; it may include agront/ only"


def arrows():
    """{folder below src/: {folder that it includes: one such include}}, tests and benchmarks left out."""
    found = {}
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in SOURCES or re.search(r"_(test|bench|fuzz)\.cc$", path.name):
            continue
        place = path.relative_to(ROOT / "src")
        for name in re.findall(r'^\s*#\s*include\s*"([^"]+)"', path.read_text(), re.MULTILINE):
            if (ROOT / "src" / name).exists() and (to := pathlib.PurePath(name).parent) != place.parent:
                found.setdefault(place.parent, {}).setdefault(to, f"{place} includes {name}")
    return found


def cycles():
    """Yields the includes that lead from a folder back to it, once for each cycle that a depth-first walk closes."""
    graph, done = arrows(), set()

    def walk(folder, way):
        if folder in [step for step, _ in way]:
            first = [step for step, _ in way].index(folder)
            yield "; ".join(include for _, include in way[first:])
            return
        if folder in done:
            return
        for to, include in sorted(graph.get(folder, {}).items()):
            yield from walk(to, [*way, (folder, include)])
        done.add(folder)

    for folder in sorted(graph):
        yield from walk(folder, [])


def main():
    layers = declared_layers()
    folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    errors = [f"src/{name}: not declared in src/CMakeLists.txt" for name in sorted(folders - layers.keys())]
    count = 0
    for top in ("src", "include", *FRONT_ENDS):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in SOURCES:
                count += 1
                errors += [f"{path.relative_to(ROOT)}:{number}: {text}" for number, text in problems_of(path, layers)]
    errors += [f"a cycle of folders: {cycle}" for cycle in cycles()]
    print("\n".join(errors) if errors else f"{count} files keep to {len(layers)} layers, without cycles of folders")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
