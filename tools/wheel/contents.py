#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a wheel weighs, file by file; fails where there is more of our own code than one module, or where the module
shows more than its entry.

    python tools/wheel/contents.py agront-*.whl
"""

import io
import sys
import zipfile

from elftools.elf.elffile import ELFFile


def shown(data):
    """The names that a shared library defines for others."""
    symbols = ELFFile(io.BytesIO(data)).get_section_by_name(".dynsym").iter_symbols()
    return [symbol.name for symbol in symbols if symbol["st_shndx"] != "SHN_UNDEF"]


def main():
    wheel = zipfile.ZipFile(sys.argv[1])
    files = sorted((file for file in wheel.infolist() if ".so" in file.filename), key=lambda file: -file.compress_size)
    print(f"{'in the wheel':>14} {'installed':>10}")
    for file in files:
        print(f"{file.compress_size / 1e6:11.2f} MB {file.file_size / 1e6:7.2f} MB  {file.filename}")
    grafted = [file for file in files if file.filename.startswith("agront.libs/")]
    rest = [file for file in wheel.infolist() if file not in files]
    print(f"{sum(file.compress_size for file in rest) / 1e6:11.2f} MB {sum(file.file_size for file in rest) / 1e6:7.2f} MB  "
          f"{len(rest)} other files")
    print(f"{len(grafted)} grafted libraries: {sum(file.compress_size for file in grafted) / 1e6:.2f} MB of "
          f"{sum(file.compress_size for file in wheel.infolist()) / 1e6:.2f} MB")
    ours = [file for file in files if file not in grafted]
    if [file.filename for file in ours] != ["agront/_core.abi3.so"]:
        return f"expected one module, agront/_core.abi3.so, got {[file.filename for file in ours]}"
    names = shown(wheel.read(ours[0]))
    return None if names == ["PyInit__core"] else f"{ours[0].filename}: expected to show PyInit__core alone, got {names[:9]}"


if __name__ == "__main__":
    sys.exit(main())
