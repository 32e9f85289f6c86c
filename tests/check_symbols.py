#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the shared library to what its public headers say.

    check_symbols.py HEADERS LIBRARY [MODULE]

HEADERS is the folder of the public headers. The library shows at most 500 names, all of them agront's, and among them
each function that a header declares; the module for MPI shows one; the library needs no MPI. Exits 1 and says what is
wrong otherwise.
"""

import pathlib
import re
import subprocess
import sys

MOST_SYMBOLS = 500
OURS = re.compile(r"(typeinfo for |typeinfo name for |vtable for )?agront::")
# A declaration stands at the left margin; it ends there or goes on with parameters.
DECLARATION = re.compile(r"^(?!class|struct|enum|inline|template|constexpr|using|namespace|static|extern|typedef)"
                         r"(AGRONT_EXPORT )?[A-Za-z][\w:<>*& ]*?\b(\w+)\(")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def shown(library):
    """The names that it defines for others, demangled."""
    lines = output_of("nm", "-D", "-C", "--defined-only", library).splitlines()
    return [line.split(maxsplit=2)[2] for line in lines]


def problems_of_library(headers, library):
    names = shown(library)
    print(f"{library}: {len(names)} symbols")
    if len(names) > MOST_SYMBOLS:
        yield f"{library}: expected at most {MOST_SYMBOLS} symbols, got {len(names)}"
    for name in names:
        if not OURS.match(name):
            yield f"{library}: expected names of agront alone, got {name}"
    if "libmpi" in output_of("readelf", "-d", library):
        yield f"{library}: expected no need of MPI, got one"
    functions = {re.sub(r"(\[abi:\w+\])?\(.*", "", name) for name in names}
    declared = 0
    for header in sorted(pathlib.Path(headers).glob("*.h")):
        for number, line in enumerate(header.read_text().splitlines(), 1):
            declaration = DECLARATION.match(line)
            if not declaration:
                continue
            declared += 1
            mark, name = declaration.groups()
            if not mark:
                yield f"{header}:{number}: {name}: expected AGRONT_EXPORT before it"
            if f"agront::{name}" not in functions:
                yield f"{header}:{number}: {name}: expected it in {library}"
    if declared == 0:
        yield f"{headers}: expected declarations of functions, got none"
    for name in ("UsageError", "Stopped", "Reporter"):
        if f"typeinfo for agront::{name}" not in names:
            yield f"{library}: expected the type information of {name}, or nobody could catch it or derive from it"


def main():
    headers, library, *modules = sys.argv[1:]
    problems = list(problems_of_library(headers, library))
    for module in modules:
        if shown(module) != ["AgrontMakeMpiCommunicator"]:
            problems.append(f"{module}: expected AgrontMakeMpiCommunicator alone, got {shown(module)[:5]}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
