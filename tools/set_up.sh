# SPDX-License-Identifier: Apache-2.0
# What demo.sh and test.sh share: install Debian's packages and build. Read with `source`, from the project's root.
set -euo pipefail

PACKAGES="g++ cmake ninja-build pkg-config libdnnl-dev ocl-icd-opencl-dev opencl-headers libhwy-dev libhts-dev
  libzip-dev libssl-dev zlib1g-dev libpng-dev libopenmpi-dev openmpi-bin libeigen3-dev libfmt-dev nlohmann-json3-dev
  libcli11-dev liblinear-dev libcurl4 ca-certificates libgtest-dev libbenchmark-dev python3 python3-numpy"
# What users open tables with; a certificate for the tests of pull; an environment for the Python package.
TEST_PACKAGES="python3-pandas openssl python3-venv python3-dev"

say() { printf '\n== %s\n' "$*"; }

# install_packages [PACKAGE...]: what is missing of these and of those to build, and nothing when all is there.
install_packages() {
  local missing=()
  for package in $PACKAGES "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing Debian packages: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET...]: configures when there is something new, builds what changed.
build() {
  local preset=$1
  shift
  say "Building ($preset)"
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# python_environment FOLDER PACKAGE...: an environment of Debian's Python in that folder, with these packages of the
# package index. Says why not and fails where there is no index.
python_environment() {
  local folder=$1
  [ -x "$folder/bin/python" ] || /usr/bin/python3 -m venv "$folder"
  "$folder/bin/python" -m pip install -q --disable-pip-version-check --retries 1 --timeout 60 "${@:2}" \
    >"$folder/pip.log" 2>&1 && return
  echo "SKIPPED, as there is no package index: $(tail -n 1 "$folder/pip.log")"
  return 1
}

# install_python_package PYTHON: builds the package `agront` beside the program, for any Python, and installs it for that
# one. Fails where there is no package index to build it with.
install_python_package() {
  local builder=$PWD/build/python-env
  python_environment "$builder" 'nanobind>=3.0' || return
  cmake --preset release -DAGRONT_PYTHON=ON -DPython_EXECUTABLE="$builder/bin/python" >/dev/null
  cmake --build --preset release --target agront agront_python
  cmake --install build/release --component python \
    --prefix "$("$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" >/dev/null
}
