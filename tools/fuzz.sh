#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzzers with clang and runs each of them, one after the other.
#
#   tools/fuzz.sh [SECONDS [NAME...]]     # 60 seconds each; names as in tests/fuzz: fasta, safetensors, ...
#
# Inputs that reach new code stay in build/fuzz/inputs/NAME for the next time. An input that breaks something ends the
# script with status 1 and stays in build/fuzz/findings/. FUZZ_JOBS (1) is how many run at a time.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for source in $(find src -name '*_fuzz.cc' | sort); do
    name=$(basename "$source" _fuzz.cc)
    names+=("$name")
  done
fi

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${names[@]/%/_fuzz}"
mkdir -p build/fuzz/findings build/fuzz/logs

run() {
  local name=$1 log=build/fuzz/logs/$1.log
  mkdir -p "build/fuzz/inputs/$name"
  if build/fuzz/fuzzers/"${name}_fuzz" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$name-" \
    "build/fuzz/inputs/$name" "tests/fuzz/$name" 2>"$log"; then
    printf '%-24s %s executions\n' "$name" "$(sed -n 's/stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%-24s FOUND SOMETHING: %s\n' "$name" "$log"
    return 1
  fi
}
export -f run
export seconds
printf '%s\n' "${names[@]}" | xargs -P "${FUZZ_JOBS:-1}" -I{} bash -c 'run {}'
