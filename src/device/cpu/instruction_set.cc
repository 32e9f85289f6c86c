// SPDX-License-Identifier: Apache-2.0
#include "device/cpu/instruction_set.h"

#include <hwy/targets.h>

#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include "base/error.h"

namespace agront::device::cpu {
namespace {

std::string_view Wish() {
  const char* wish = std::getenv("AGRONT_CPU");
  return wish == nullptr ? "" : wish;
}

/// What Highway's kernels use. It forgets what was disabled whenever it is asked what there is, so it is told what to
/// choose, and asked nowhere else.
int64_t Narrow() {
  if (Wish() == "avx2") {
    dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
    hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
  }
  const int64_t targets = hwy::SupportedTargets();
  hwy::GetChosenTarget().Update(targets);
  return targets;
}

/// Each of oneDNN's sets has the bits of those that it contains; later versions know more of them.
bool Has(dnnl::cpu_isa wanted) {
  const auto bits = static_cast<unsigned>(wanted);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
}

// Before main, so that no kernel comes first.
const int64_t highway_targets = Narrow();

}  // namespace

void CheckInstructionSet() {
  if ((highway_targets & HWY_AVX2) == 0)
    Fail("processor: expected one with AVX2 (any x86-64 of the last ten years), this one has none");
  if (!Wish().empty() && Wish() != "avx2") FailUsage("AGRONT_CPU: expected avx2 or nothing, got {:?}", Wish());
}

bool HasOnlyAvx2() { return (highway_targets & (HWY_AVX3 | HWY_AVX3_DL)) == 0; }

bool HasBf16Products() { return Has(dnnl::cpu_isa::avx512_core_bf16); }

// Asking oneDNN has also asked the system for the permission to use them.
bool HasTiles() { return Has(dnnl::cpu_isa::avx512_core_amx); }

std::string InstructionSetName() {
  if (HasTiles()) return "AVX-512 with AMX";
  if (HasBf16Products()) return "AVX-512 with VNNI and bf16";
  return Has(dnnl::cpu_isa::avx512_core) ? "AVX-512" : "AVX2";
}

}  // namespace agront::device::cpu
