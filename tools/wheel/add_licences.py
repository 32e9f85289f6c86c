#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts into a repaired wheel what Debian says of the copyright of each library that auditwheel grafted into it.

    python tools/wheel/add_licences.py agront-*.whl
"""

import base64
import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile


def package_of(library):
    """Debian's package with the library that auditwheel renamed: libfmt-40f0a9d1.so.9.1.0."""
    name = re.sub(r"-[0-9a-f]{6,}(?=\.so)", "", library)
    known = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    paths = {path.name: path for path in (pathlib.Path(path).resolve() for path in re.findall(r"=> (\S+)", known))}
    if name not in paths:
        sys.exit(f"{library}: expected {name} among the libraries of this system")
    said = subprocess.run(["dpkg", "-S", paths[name]], capture_output=True, text=True)
    if said.returncode != 0:  # Debian 12 has /lib in /usr/lib, and packages that know only the former
        said = subprocess.run(["dpkg", "-S", f"*/{name}"], check=True, capture_output=True, text=True)
    return said.stdout.split(":")[0]


def record_line(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def main():
    path = pathlib.Path(sys.argv[1])
    with zipfile.ZipFile(path) as wheel:
        files = [(file, wheel.read(file)) for file in wheel.infolist()]
    record = next(file.filename for file, _ in files if file.filename.endswith(".dist-info/RECORD"))
    libraries = sorted(pathlib.PurePath(file.filename).name for file, _ in files
                       if file.filename.startswith("agront.libs/") and ".so" in file.filename)
    licences = {f"{record.removesuffix('RECORD')}licenses/grafted/{package}.txt":
                pathlib.Path(f"/usr/share/doc/{package}/copyright").read_bytes()
                for package in sorted(set(map(package_of, libraries)))}
    lines = "".join(record_line(name, data) for name, data in licences.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for file, data in files:
            wheel.writestr(file, data + lines.encode() if file.filename == record else data, zipfile.ZIP_DEFLATED)
        for name, data in licences.items():
            wheel.writestr(name, data)
    print(f"{path.name}: licences of {len(libraries)} libraries, of {len(licences)} packages of Debian")


if __name__ == "__main__":
    sys.exit(main())
