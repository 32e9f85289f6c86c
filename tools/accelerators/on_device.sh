#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What only a device can show: parity, speed and memory of the 1B shape there, in one JSON (tools/accelerators/on_device.py).
#
#   tools/accelerators/on_device.sh --device cuda      # on the machine that has it, where the program is built
#   tools/accelerators/on_device.sh --dry-run          # here: a CPU plugin of tools/test_plugins.sh, and two layers
#
# To take it to a machine without a compiler: the program (23 MB), the libraries that `ldd` lists beside it in
# LD_LIBRARY_PATH, and this folder. PROGRAM says where the program is.
set -euo pipefail
cd "$(dirname "$0")/../.."

program=${PROGRAM:-build/release/agront}
options=("$@")
if [ "${1:-}" = --dry-run ]; then
  plugin=$(find build/plugins -name '*plugin*.so' -o -name 'xla_cpu_pjrt.so' | sort | head -n 1)
  [ -n "$plugin" ] || { echo "no plugin in build/plugins: tools/test_plugins.sh" >&2; exit 1; }
  options=(--device "$plugin" --layers 2 --sequences 1 --genes 4 "${@:2}")
fi
python3 tools/accelerators/on_device.py "$program" "${options[@]}"
