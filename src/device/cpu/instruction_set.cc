// SPDX-License-Identifier: Apache-2.0
#include "device/cpu/instruction_set.h"

#include <hwy/targets.h>

#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include "base/error.h"

namespace agront::device::cpu {
namespace {

void Choose() {
  if ((hwy::SupportedTargets() & HWY_AVX2) == 0)
    Fail("processor: expected one with AVX2 (any x86-64 of the last ten years), this one has none");
  const char* wish = std::getenv("AGRONT_CPU");
  if (wish == nullptr || std::string_view(wish).empty()) return;
  if (std::string_view(wish) != "avx2") FailUsage("AGRONT_CPU: expected avx2 or nothing, got {:?}", wish);
  dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
  hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
}

}  // namespace

void ChooseInstructionSet() {
  static const bool chosen = (Choose(), true);
  (void)chosen;
}

bool HasOnlyAvx2() {
  ChooseInstructionSet();
  return (hwy::SupportedTargets() & (HWY_AVX3 | HWY_AVX3_DL)) == 0;
}

bool HasBf16Products() {
  ChooseInstructionSet();
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  return isa == dnnl::cpu_isa::avx512_core_bf16 || isa == dnnl::cpu_isa::avx512_core_amx;
}

std::string InstructionSetName() {
  ChooseInstructionSet();
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core_bf16: return "AVX-512 with VNNI and bf16";
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core: return "AVX-512";
    case dnnl::cpu_isa::avx512_core_amx: return "AVX-512 with AMX";
    default: return "AVX2";
  }
}

}  // namespace agront::device::cpu
