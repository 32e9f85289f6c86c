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
python_environment "$environment" 'nanobind-backend>=1.0' 'numpy>=1.22' 'scikit-learn>=1.3' pandas pytest mypy ||
  exit 0
install_python_package "$environment/bin/python"
AGRONT=$PWD/build/release/agront PYTHONDONTWRITEBYTECODE=1 "$environment/bin/python" -m pytest -q -p no:cacheprovider "$@"
