#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the notebooks of examples/notebooks in an environment of its own (build/notebook-env). build/notebooks has them
# with their outputs, and their pictures, afterwards.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/set_up.sh

environment=$PWD/build/notebook-env
python_environment "$environment" 'nanobind-backend>=1.0' nbclient ipykernel matplotlib pandas 'scikit-learn>=1.3' ||
  exit 0
install_python_package "$environment/bin/python"
"$environment/bin/python" tools/run_notebooks.py build/notebooks examples/notebooks/*.ipynb
