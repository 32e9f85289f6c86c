#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs two CPU plugins of XLA, an old and a new one, into build/plugins, where the tests of devices look for them.
#
#   tools/test_plugins.sh
#
# They come from the package index, once. Without one it says so, and those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

python=build/python-env/bin/python
[ -x "$python" ] || /usr/bin/python3 -m venv build/python-env
for package in xla-cpu-pjrt==0.0.1 lammps-jax-pjrt-cpu==0.11.2; do
  folder=build/plugins/${package%%==*}
  [ -d "$folder" ] && continue
  # Whole or not at all.
  rm -rf "$folder.part"
  if ! "$python" -m pip install -q --disable-pip-version-check --no-deps --retries 1 --timeout 15 \
    --target "$folder.part" "$package" >build/plugins.log 2>&1; then
    echo "SKIPPED: the tests of XLA's devices with $package, which could not be installed: $(tail -n 1 build/plugins.log)"
    rm -rf "$folder.part"
    continue
  fi
  mv "$folder.part" "$folder"
done
