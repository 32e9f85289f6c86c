#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone: it includes all that it uses.

    python3 tools/check_headers.py [BUILD] [HEADER...]

Takes compiler and flags of each folder from BUILD/compile_commands.json (build/release). Exits 1 and prints what the
compiler says otherwise. Highway's inner files (*-inl.h), which are read once an instruction set, are passed over.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ONE_ARGUMENT = {"-o", "-MF", "-MT", "-c"}


def flags_by_folder(build):
    """{folder of src/: (folder to run in, compiler and flags)}, of any file there."""
    flags = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if ROOT / "src" not in path.parents:
            continue
        words, kept = shlex.split(entry["command"]), []
        while words:
            word = words.pop(0)
            if word in ONE_ARGUMENT:
                words.pop(0)
            elif word != "-MD" and not word.endswith("ccache"):
                kept.append(word)
        folder = path.relative_to(ROOT / "src").parts[0]
        if path.name.endswith("_test.cc") or folder not in flags:  # tests have GoogleTest's flags, too
            flags[folder] = entry["directory"], kept
    return flags


def problem_of(header, flags):
    """What the compiler says of a header, or nothing."""
    place = header.relative_to(ROOT)
    folder = place.parts[1] if place.parts[0] == "src" else "api"
    directory, words = flags[folder]
    done = subprocess.run([*words, "-fsyntax-only", "-x", "c++", "-"], cwd=directory, capture_output=True, text=True,
                          input=f'#include "{header}"\n')
    return f"{place}:\n{done.stderr}" if done.returncode else ""


def main():
    arguments = sys.argv[1:]
    build = pathlib.Path(arguments[0]) if arguments else ROOT / "build/release"
    headers = [pathlib.Path(name).resolve() for name in arguments[1:]] or sorted(
        path for folder in ("include", "src") for path in (ROOT / folder).rglob("*.h")
        if not path.name.endswith("-inl.h"))
    flags = flags_by_folder(build)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(lambda header: problem_of(header, flags), headers) if problem]
    print(*problems, sep="\n", end="")
    print(f"{len(headers) - len(problems)} of {len(headers)} headers compile alone")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
