#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles the programs of the 1B model for NVIDIA H200 and A100 and for TPU v5e with the real plugins, on this machine and
# without a device, and prints a table: memory on the device (MB) and seconds. It shows that the plugins take the programs,
# and what memory they plan; nothing runs.
#
#   tools/accelerators/compile.sh
#
# The plugins (270 MB to fetch, 900 MB on the disk) are kept in build/accelerators.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=build/python-env/bin/python
[ -x "$python" ] || /usr/bin/python3 -m venv build/python-env
for package in jax-cuda13-pjrt==0.12.0.1 libtpu==0.0.52; do
  folder=build/accelerators/${package%%==*}
  [ -d "$folder" ] && continue
  rm -rf "$folder.part"
  "$python" -m pip install -q --disable-pip-version-check --no-deps --target "$folder.part" "$package"
  mv "$folder.part" "$folder"
done
if [ -z "${COMPILE_PROGRAMS:-}" ]; then
  cmake --preset release -DAGRONT_DEVELOPER_TOOLS=ON >/dev/null
  cmake --build --preset release --target compile_programs
  COMPILE_PROGRAMS=$(find build/release -name compile_programs -type f -perm -u+x | head -n 1)
fi

export TF_CPP_MIN_LOG_LEVEL=2 TPU_SKIP_MDS_QUERY=1 TPU_LOG_DIR=disabled
cuda=build/accelerators/jax-cuda13-pjrt/jax_plugins/xla_cuda13/xla_cuda_plugin.so
tpu=build/accelerators/libtpu/libtpu/libtpu.so
echo '| device | program, 8 rows of 1,024 tokens | arguments | results | temporaries | seconds |'
echo '|---|---|---|---|---|---|'
"$COMPILE_PROGRAMS" "$cuda" gpu "NVIDIA H200 141GB HBM3e"
"$COMPILE_PROGRAMS" "$cuda" gpu "NVIDIA A100-SXM4-40GB"
"$COMPILE_PROGRAMS" "$tpu" tpu v5e:2x2
