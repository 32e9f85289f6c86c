#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that CI has no time for. Run it before a release, and before an issue is resolved.
#
#   tools/check_all.sh              # all steps, some hours on two cores
#   tools/check_all.sh tidy fuzz    # these alone
#
# The steps, in order; each goes on where the one before failed, and the end lists them:
#   layers      folders include only what they may
#   format      clang-format changes nothing
#   headers     each header compiles alone
#   release     the suite as users get it, g++ with warnings as errors
#   avx2        the same suite on the narrower instruction set
#   clang       the suite by clang with address and undefined-behaviour sanitizers, warnings as errors
#   threads     what is concurrent by clang with the thread sanitizer
#   tidy        clang-tidy
#   subproject  the project as a part of another one, built whole
#   fuzz        each fuzzer for FUZZ_SECONDS (60)
#   notebooks   the notebooks of examples/notebooks, in an environment of their own
#   wheel       the Python package as an archive and a wheel: what is grafted, other Pythons, other packages beside it
#   debian      that wheel, the documentation and the notebooks in a fresh Debian 12 (root and debootstrap)
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/set_up.sh
set +e
jobs=$(nproc)
CLANG_PACKAGES="clang libclang-rt-dev libomp-dev llvm"  # with what the sanitizers need and `clang` only recommends

built() { cmake --preset "$1" >/dev/null && cmake --build --preset "$1" ${2:+--target "${@:2}"}; }

check_layers() { python3 tools/check_layers.py; }
check_format() { install_packages clang-format && git ls-files '*.cc' '*.h' | xargs clang-format --dry-run -Werror; }
check_headers() { cmake --preset release >/dev/null && python3 tools/check_headers.py; }
check_release() { install_packages $TEST_PACKAGES && built gcc-werror && ctest --preset gcc-werror -j "$jobs"; }
check_avx2() { install_packages $TEST_PACKAGES && built gcc-werror && AGRONT_CPU=avx2 ctest --preset gcc-werror -j "$jobs"; }
# All findings, not those of the first file that has some.
check_tidy() {
  install_packages $CLANG_PACKAGES clang-tidy && cmake --preset tidy >/dev/null && cmake --build --preset tidy -- -k 0
}
check_subproject() { cmake -DBUILD="$PWD/build/gcc-werror" -DSOURCE="$PWD" -DWHOLE=ON -P tests/subproject_test.cmake; }
check_fuzz() { install_packages $CLANG_PACKAGES && FUZZ_JOBS=$jobs tools/fuzz.sh "${FUZZ_SECONDS:-60}"; }
check_notebooks() { install_packages $TEST_PACKAGES && tools/check_notebooks.sh; }
check_wheel() { install_packages $TEST_PACKAGES && tools/check_wheel.sh; }
check_debian() { tools/check_fresh_debian.sh; }

# Rules, the installed library and the parent project have nothing to do with the compiler.
check_clang() {
  install_packages $TEST_PACKAGES $CLANG_PACKAGES && built clang-asan &&
    ctest --preset clang-asan -j "$jobs" -LE 'rules|install|subproject'
}

# OpenMP's own waiting is not seen by the sanitizer; archer reports it. GCC's OpenMP has no such thing, and its right
# loops are reported.
check_threads() {
  install_packages $CLANG_PACKAGES &&
    built clang-tsan base_test ops_test data_test model_test training_test inference_test tasks_test api_test || return
  local archer
  archer=$(find /usr/lib -name libarcher.so 2>/dev/null | head -1)
  [ -n "$archer" ] || { echo "expected libarcher.so (the package libomp-dev)"; return 1; }
  OMP_TOOL_LIBRARIES=$archer OMP_NUM_THREADS=4 TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=1" \
    ctest --preset clang-tsan -j "$jobs" -L unit
}

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(layers format headers release avx2 clang threads tidy subproject fuzz notebooks wheel debian)
results=()
status=0
for step in "${steps[@]}"; do
  say "$step"
  began=$SECONDS
  if "check_$step"; then outcome=passed; else outcome=FAILED status=1; fi
  results+=("$(printf '%-12s %-8s %6d s' "$step" "$outcome" $((SECONDS - began)))")
done
say "Summary"
printf '%s\n' "${results[@]}"
exit $status
