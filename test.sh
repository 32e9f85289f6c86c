#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing (Debian 12 packages), builds, and runs every test.
cd "$(dirname "$0")"
source tools/set_up.sh

install_packages $TEST_PACKAGES
say "Checking that each layer includes only what it may"
python3 tools/check_layers.py
build release
say "Installing plugins of XLA for the tests of devices"
tools/test_plugins.sh
say "Testing"
ctest --preset release -j "$(nproc)"
say "Testing the Python package"
tools/test_python.sh
