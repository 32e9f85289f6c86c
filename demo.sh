#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs missing packages (Debian 12), builds, and runs the main job on the embedded model: every 6-mer of the
# chloroplast genome of Arabidopsis masked once. Leaves the program at build/release/agront and a page to look at.
cd "$(dirname "$0")"
source tools/set_up.sh

install_packages
build release agront agront-demo
say "Predicting every 6-mer of a chloroplast genome"
build/release/agront-demo demo/data/NC_000932.fa.gz demo/data/NC_000932.gff3.gz models/agront-mini/sixmer_counts.tsv \
  demo/index.html
