#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The wheel where a user has nothing else: a fresh Debian 12 in a folder of its own (debootstrap, chroot), without an
# index. Installs it, uses it, runs the Python lines of the README and of docs/python.md, and the notebooks.
#
#   tools/check_fresh_debian.sh      # after tools/check_wheel.sh; build/debian-notebooks has the pictures afterwards
#
# Needs root, debootstrap and the mirrors of Debian and of the package index; without one of them it says so, and nothing
# is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/set_up.sh

[ "$(id -u)" -eq 0 ] || { echo "SKIPPED: a fresh Debian, as only root may make one"; exit 0; }
install_packages debootstrap || { echo "SKIPPED: a fresh Debian, as there is no debootstrap"; exit 0; }
ls build/wheels/agront-*manylinux*.whl >/dev/null || { echo "expected build/wheels, which tools/check_wheel.sh makes"; exit 1; }

needs=(numpy 'nanobind-backend>=1.0' nbclient ipykernel matplotlib pandas 'scikit-learn>=1.3')
wheels=$PWD/build/debian-wheels
python_environment "$PWD/build/wheel-env" pip || exit 0
rm -rf "$wheels"
build/wheel-env/bin/python -m pip download -q --disable-pip-version-check --only-binary :all: -d "$wheels" "${needs[@]}"
cp build/wheels/agront-*manylinux*.whl "$wheels"

say "Making a fresh Debian 12"
folder=$(mktemp -d)
root=$folder/debian
clean() {
  ! mountpoint -q "$root/proc" || umount "$root/proc"
  rm -rf --one-file-system "$folder"
}
trap clean EXIT
if ! debootstrap --variant=minbase --include=python3,python3-venv bookworm "$root" http://deb.debian.org/debian \
  >"$folder/log" 2>&1; then
  echo "SKIPPED: a fresh Debian: $(tail -n 1 "$folder/log")"
  exit 0
fi
mount -t proc proc "$root/proc"
mkdir -p "$root/project/demo"
cp -r README.md docs examples tools "$root/project"
cp -r demo/data "$root/project/demo"
cp -r "$wheels" "$root/wheels"
inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"; }
install() { inside /venv/bin/pip --isolated install -q --disable-pip-version-check --no-index --find-links /wheels "$@"; }

say "Installing the wheel, and using it"
inside python3 -m venv /venv
install agront
inside /venv/bin/python /project/tools/wheel/try.py

say "The lines of the documentation, and the notebooks"
install nbclient ipykernel matplotlib pandas scikit-learn
inside /venv/bin/python /project/tools/wheel/run_documentation.py /project/README.md /project/docs/python.md
inside /bin/sh -c '/venv/bin/python /project/tools/run_notebooks.py /notebooks /project/examples/notebooks/*.ipynb'
rm -rf build/debian-notebooks
cp -r "$root/notebooks" build/debian-notebooks
