#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compiles the programs of the 1B model for NVIDIA H200 and A100 and for TPU v5e with the real plugins, on this machine and
# without a device, and prints a table: memory on the device (MB) and seconds. It shows that the plugins take the programs,
# and what memory they plan; nothing runs.
#
#   tools/accelerators/compile.sh [h200|a100|v5e ...]
#
# The plugins and cuDNN (720 MB to fetch, 2 GB on the disk) are kept in build/accelerators. cuDNN is asked whether it takes
# its calls, and makes its kernels, where the toolkit of CUDA 13 is in CUDA_HOME (default /usr/local/cuda): it needs
# cuBLAS beside it, and a driver, whose place a library takes that answers nothing (driver_stand_in.py).
set -euo pipefail
cd "$(dirname "$0")/../.."

python=build/python-env/bin/python
[ -x "$python" ] || /usr/bin/python3 -m venv build/python-env
for package in jax-cuda13-pjrt==0.12.0.1 nvidia-cudnn-cu13==9.24.1.1 libtpu==0.0.52; do
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

with_cudnn() {
  local libraries=${CUDA_HOME:-/usr/local/cuda}/targets/x86_64-linux/lib driver=build/accelerators/driver
  if [ ! -e "$libraries/libcublasLt.so.13" ] || [ ! -e "$libraries/stubs/libcuda.so" ]; then
    echo "SKIPPED: cuDNN, which needs the toolkit of CUDA 13 ($libraries)" >&2
    return
  fi
  ln -sfn ../nvidia-cudnn-cu13/nvidia build/accelerators/jax-cuda13-pjrt/nvidia # where the plugin looks for it
  mkdir -p "$driver"
  tools/accelerators/driver_stand_in.py "$libraries/stubs/libcuda.so" "$driver/libcuda.so.1" >&2
  ln -sf "$libraries/libcublasLt.so.13" "$driver"
  LD_LIBRARY_PATH=$PWD/$driver XLA_FLAGS=--xla_gpu_cudnn_deviceless_compilation_mode=CUDNN_DEVICELESS_COMPILATION_ALWAYS \
    "$COMPILE_PROGRAMS" "$cuda" cudnn "$1"
}

gpu() {
  "$COMPILE_PROGRAMS" "$cuda" gpu "$1"
  with_cudnn "$1"
}

echo '| device | program, 8 rows of 1,024 tokens | arguments | results | temporaries | seconds |'
echo '|---|---|---|---|---|---|'
[ $# -gt 0 ] || set -- h200 a100 v5e
for device in "$@"; do
  case $device in
    h200) gpu "NVIDIA H200 141GB HBM3e" ;;
    a100) gpu "NVIDIA A100-SXM4-40GB" ;;
    v5e) "$COMPILE_PROGRAMS" "$tpu" tpu v5e:2x2 ;;
    *)
      echo "compile.sh: expected h200, a100 or v5e, got $device" >&2
      exit 2
      ;;
  esac
done
