#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What only a device can show: parity, speed and memory of the 1B shape there, in one JSON (tools/accelerators/on_device.py).
#
#   tools/accelerators/on_device.sh --device cuda      # on the machine that has it, where the program is built
#   tools/accelerators/on_device.sh --dry-run          # here: a CPU plugin of tools/test_plugins.sh, and one layer
#   tools/accelerators/on_device.sh --pack FILE.tar.gz  # what travels to a machine without a compiler: run it there
#
# PROGRAM says where the program is, and PYTHON which Python runs the parts (it needs NumPy). A plugin is found in the Python environment of the machine, as ever.
set -euo pipefail
cd "$(dirname "$0")/../.."

program=${PROGRAM:-build/release/agront}
if [ "${1:-}" = --pack ]; then
  archive=${2:?expected FILE.tar.gz}
  to=$(mktemp -d)
  trap 'rm -r "$to"' EXIT
  mkdir -p "$to/build/release" "$to/tools/accelerators" "$to/libraries"
  strip -o "$to/build/release/agront" "$program"
  cp tools/accelerators/on_device.* "$to/tools/accelerators"
  # All but the C library, which belongs to the machine's own loader.
  ldd "$program" | awk '$2 == "=>" { print $3 }' | grep -vE '/lib(c|m|dl|rt|pthread|resolv)\.so' |
    xargs cp -L -t "$to/libraries"
  tar -C "$to" -czf "$archive" .
  ls -l "$archive"
  exit
fi
options=("$@")
if [ "${1:-}" = --dry-run ]; then
  plugin=$(find -L build/plugins -name '*plugin*.so' -o -name 'xla_cpu_pjrt.so' | sort | head -n 1)
  [ -n "$plugin" ] || { echo "no plugin in build/plugins: tools/test_plugins.sh" >&2; exit 1; }
  options=(--device "$plugin" --layers 1 --sequences 1 --genes 4 --repeat 1 "${@:2}")
fi
[ ! -d libraries ] || options+=(--libraries libraries)
"${PYTHON:-python3}" tools/accelerators/on_device.py "$program" "${options[@]}"
