#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the built program on every case of ../shared/cases and says whether it gives the right value or refuses: one line
# a case. Skips where that folder is not there.
#
#     tools/cases.sh [CASE...]
cd "$(dirname "$0")/.."
exec python3 tools/cases.py ../shared/cases build/release/agront "$@"
