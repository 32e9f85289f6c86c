#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the wheel as pip does, lets auditwheel graft what it needs, and tries it in an empty environment that sees no
# package index.
#
#   tools/check_wheel.sh        # leaves build/wheels/*.whl, and prints sizes
#
# Needs a package index for the tools; without one it says so, and nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
tag=manylinux_2_34_x86_64
environment=$PWD/build/wheel-env
wheels=$PWD/build/wheels
[ -x "$environment/bin/python" ] || /usr/bin/python3 -m venv "$environment"
if ! "$environment/bin/pip" install -q --disable-pip-version-check --retries 1 --timeout 15 \
  build auditwheel 'nanobind>=3.0' 'scikit-build-core>=1.0' >"$environment/pip.log" 2>&1; then
  echo "SKIPPED: the wheel, as there is no package index: $(tail -n 1 "$environment/pip.log")"
  exit 0
fi
rm -rf "$wheels"
mkdir -p "$wheels/raw"
PATH=$environment/bin:$PATH "$environment/bin/pip" wheel -q --no-build-isolation --no-deps -w "$wheels/raw" .
PATH=$environment/bin:$PATH "$environment/bin/auditwheel" repair --plat "$tag" -w "$wheels" "$wheels"/raw/*.whl
"$environment/bin/pip" download -q --disable-pip-version-check --only-binary :all: -d "$wheels" numpy nanobind-backend
ls -l "$wheels"/*.whl
"$environment/bin/python" - "$wheels"/agront-*.whl <<'PYTHON'
import sys, zipfile

for file in sorted(zipfile.ZipFile(sys.argv[1]).infolist(), key=lambda file: -file.compress_size)[:30]:
    if ".so" in file.filename:
        print(f"{file.compress_size / 1e6:6.2f} MB  {file.filename}")
PYTHON

empty=$(mktemp -d)
trap 'rm -r "$empty"' EXIT
/usr/bin/python3 -m venv "$empty/venv"
"$empty/venv/bin/pip" install -q --disable-pip-version-check --no-index --find-links "$wheels" agront
cd "$empty"
"$empty/venv/bin/python" -c '
import agront

rows = agront.load().embed(["ATTCCGAAATCGCTGACCG", "ATTTCTCTCTNTC"])
assert rows.shape == (2, agront.load().shape.hidden)
print("embeds in an empty environment:", rows.shape)'
