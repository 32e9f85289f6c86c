#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the program to the cases of a folder: tools/cases.sh runs it.

    python3 tools/cases.py CASES PROGRAM [CASE...]

A case is a folder with inputs and a README, whose indented lines are commands. They are run in a scratch copy; then the
function of the case's name (in tools/held/) says whether the value is right, or the refusal names the cause.
"""

import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from held import checkpoints, genomes, labels, runs  # noqa: E402, F401: they fill the table of checks
from held.case import CHECKS, Case, Wrong  # noqa: E402


def main():
    cases, program = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    if not cases.is_dir():
        print(f"skipped: {sys.argv[1]} is not there")
        return 0
    names = sys.argv[3:] or sorted(path.name for path in cases.iterdir() if path.is_dir())
    failed = 0
    for name in names:
        try:
            if name not in CHECKS:
                raise Wrong("unknown: tools/cases.py has no check of this name")
            with tempfile.TemporaryDirectory() as scratch:
                CHECKS[name](Case(cases / name, pathlib.Path(scratch), program))
            print(f"ok    {name}: {CHECKS[name].__doc__}", flush=True)
        except (Wrong, OSError, KeyError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"FAIL  {name}: {error}", flush=True)
    print(f"{len(names) - failed} of {len(names)} cases are right")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
