#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Python package in an environment of its own (build/python-env) and runs its tests.
#
#   tools/test_python.sh [PYTEST OPTION...]     # after the program is built (build/release)
#
# What is missing comes from the package index. Without one it says so, and nothing is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/set_up.sh

environment=$PWD/build/python-env
python=$environment/bin/python
[ -x "$python" ] || /usr/bin/python3 -m venv "$environment"
if ! "$python" -m pip install -q --disable-pip-version-check --retries 1 --timeout 15 \
  'nanobind>=3.0' 'nanobind-backend>=1.0' 'numpy>=1.22' 'scikit-learn>=1.3' pandas pytest >"$environment/pip.log" 2>&1; then
  echo "SKIPPED: the tests of the Python package, as there is no package index: $(tail -n 1 "$environment/pip.log")"
  exit 0
fi
cmake --preset release -DAGRONT_PYTHON=ON -DPython_EXECUTABLE="$python" >/dev/null
cmake --build --preset release --target agront agront_python
cmake --install build/release --component python --prefix "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" >/dev/null
AGRONT=$PWD/build/release/agront PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -q -p no:cacheprovider "$@"
