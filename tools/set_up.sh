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
