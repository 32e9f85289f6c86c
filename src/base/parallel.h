// SPDX-License-Identifier: Apache-2.0
// Loops over threads. OpenMP, because the matrix library uses it too: two thread pools would fight for the cores.
#pragma once

#include <omp.h>

#include <cstdint>

namespace agront {

/// Sets the number of threads of every later loop and matrix product; 0 means one per core.
inline void SetThreads(int threads) { omp_set_num_threads(threads > 0 ? threads : omp_get_num_procs()); }

inline int MaxThreads() { return omp_get_max_threads(); }

/// Calls work(i) for i in [0, count), each once, in any order. `work` must not throw.
template <class Work>
void ParallelFor(int64_t count, const Work& work) {
#pragma omp parallel for schedule(dynamic) if (count > 1)
  for (int64_t i = 0; i < count; ++i) work(i);
}

}  // namespace agront
