#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that no two types of one namespace share a name.

    python3 tools/check_type_names.py

Two classes of one name in two files break C++'s one-definition rule. Neither compiler nor linker says so: the program
runs one's functions on the other's data. Looks at src/, include/, cli/ and python/; types in an unnamed namespace belong
to their file and may repeat. Exits 1 and names both places otherwise.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMESPACE = re.compile(r"^(?:inline )?namespace(?: ([A-Za-z0-9_:]+))? \{")
TYPE = re.compile(r"^(?:class|struct|union|enum class|enum)\s+(?:\[\[[^\]]*\]\]\s*|alignas\([^)]*\)\s*|[A-Z_]+_EXPORT\s+)*"
                  r"([A-Za-z0-9_]+)\b(?!::|<|.*;\s*(?://.*)?$)")


def types_of(path):
    """Yields (line number, name with its namespaces) of the types that other files could see."""
    spaces = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := NAMESPACE.match(line):
            spaces.append(found.group(1))
        elif re.match(r"^\}  // namespace", line) and spaces:
            spaces.pop()
        elif (found := TYPE.match(line)) and None not in spaces:
            yield number, "::".join([*spaces, found.group(1)])


def main():
    places = {}
    for top in ("src", "include", "cli", "python"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                for number, name in types_of(path):
                    places.setdefault(name, []).append(f"{path.relative_to(ROOT)}:{number}")
    errors = [f"{name}: {' and '.join(found)}" for name, found in sorted(places.items()) if len(found) > 1]
    print("\n".join(errors) if errors else f"{len(places)} types have names of their own")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
