#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a library in the place of NVIDIA's driver, for compile.sh alone: cuDNN links to the driver and loads the kernels
that it makes, also where it only compiles.

    tools/accelerators/driver_stand_in.py STUB OUT.so

STUB is the toolkit's own libcuda.so (stubs/), which has the names. Every function answers "no device" (100) but those by
which a kernel is loaded, which answer success (0) and give a handle. Nothing can run with it."""

import pathlib
import re
import subprocess
import sys
import tempfile

LOADING = r"cu(LibraryLoadData|LibraryLoadFromFile|LibraryUnload|LibraryGetKernel|LibraryGetModule|KernelGetFunction" \
          r"|KernelSetAttribute|KernelGetAttribute|ModuleLoadData|ModuleLoadDataEx|ModuleUnload|ModuleGetFunction" \
          r"|FuncSetAttribute|FuncGetAttribute)"


def main():
    stub, out = map(pathlib.Path, sys.argv[1:])
    symbols = subprocess.run(["nm", "-D", "--defined-only", stub], capture_output=True, text=True, check=True).stdout
    names = re.findall(r" [TW] (cu\w+)$", symbols, re.M)
    code = ["static long thing[512];"]
    for name in names:
        works = re.fullmatch(LOADING, name)
        code.append(f"int {name}(void** handle) {{ *handle = thing; return 0; }}" if works and "Unload" not in name and
                    "Attribute" not in name else f"int {name}() {{ return {0 if works else 100}; }}")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "driver.c"
        source.write_text("\n".join(code) + "\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-Wl,-soname,libcuda.so.1", "-o", out, source], check=True)
    print(f"{out}: {len(names)} functions")


if __name__ == "__main__":
    main()
