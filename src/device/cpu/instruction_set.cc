// SPDX-License-Identifier: Apache-2.0
#include "device/cpu/instruction_set.h"

#include <cpuid.h>
#include <fmt/ranges.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"

namespace agront::device::cpu {
namespace {

constexpr std::array kSets{
    InstructionSet{"amx", "AVX-512 with AMX", kAvx2 | kAvx512 | kInt8Dots | kBf16Products | kTiles},
    InstructionSet{"zen4", "AVX-512 with VNNI and fast bf16",
                   kAvx2 | kAvx512 | kInt8Dots | kBf16Products | kFastBf16Dots},
    InstructionSet{"avx512_bf16", "AVX-512 with VNNI and bf16", kAvx2 | kAvx512 | kInt8Dots | kBf16Products},
    InstructionSet{"avx512_vnni", "AVX-512 with VNNI", kAvx2 | kAvx512 | kInt8Dots},
    InstructionSet{"avx512", "AVX-512", kAvx2 | kAvx512},
    InstructionSet{"avx2_vnni", "AVX2 with VNNI", kAvx2 | kInt8Dots256},
    InstructionSet{"avx2", "AVX2", kAvx2},
};

/// The most that the two libraries may use. Highway's targets are bits, the wider the lower.
struct Limits {
  dnnl::cpu_isa onednn;
  int64_t highway_targets_too_wide;
};

Limits LimitsOf(Features features) {
  if ((features & kAvx512) == 0) return {dnnl::cpu_isa::avx2, HWY_AVX2 - 1};
  if ((features & kInt8Dots) == 0) return {dnnl::cpu_isa::avx512_core, HWY_AVX3 - 1};
  if ((features & kBf16Products) == 0) return {dnnl::cpu_isa::avx512_core_vnni, 0};
  if ((features & kTiles) == 0) return {dnnl::cpu_isa::avx512_core_bf16, 0};
  return {dnnl::cpu_isa::avx512_core_amx, 0};
}

std::string_view Wish() {
  const char* wish = std::getenv("AGRONT_CPU");
  return wish == nullptr ? "" : wish;
}

/// Null for no wish, and for one that is not in the table.
const InstructionSet* WishedSet() {
  const auto* set = std::ranges::find(kSets, Wish(), &InstructionSet::word);
  return set == kSets.end() ? nullptr : set;
}

/// The targets of Highway's kernels. Highway forgets the disabled ones whenever it is asked for the supported ones, so
/// it is given its choice here, and asked nowhere else.
int64_t Narrow() {
  if (const InstructionSet* wished = WishedSet()) {
    const Limits limits = LimitsOf(wished->features);
    dnnl::set_max_cpu_isa(limits.onednn);
    hwy::DisableTargets(limits.highway_targets_too_wide);
  }
  const int64_t targets = hwy::SupportedTargets();
  hwy::GetChosenTarget().Update(targets);
  return targets;
}

// Before main, so that no kernel comes first.
const int64_t kHighwayTargets = Narrow();

/// Each of oneDNN's sets has the bits of those that it contains; later versions know more of them.
bool OneDnnHas(dnnl::cpu_isa wanted) {
  const auto bits = static_cast<unsigned>(wanted);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
}

/// Not by oneDNN, which may have been told to keep to less.
bool HasInt8Dots256() {
  __builtin_cpu_init();
  return HasAvxVnni() || (__builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512vl") != 0);
}

Features Find() {
  Features found = 0;
  if ((kHighwayTargets & HWY_AVX2) != 0) found |= kAvx2;
  if ((kHighwayTargets & (HWY_AVX3 | HWY_AVX3_DL)) != 0) found |= kAvx512;
  if (OneDnnHas(dnnl::cpu_isa::avx512_core_vnni)) found |= kInt8Dots;
  if (OneDnnHas(dnnl::cpu_isa::avx512_core_bf16)) found |= kBf16Products;
  if ((found & kAvx2) != 0 && HasInt8Dots256()) found |= kInt8Dots256;
  // Asking oneDNN has also asked the system for the permission to use them.
  if (OneDnnHas(dnnl::cpu_isa::avx512_core_amx)) found |= kTiles;
  // Known by the maker, not measured: noise would change bits between a run and its resumption.
  __builtin_cpu_init();
  if ((found & kBf16Products) != 0 && __builtin_cpu_is("amd") != 0) found |= kFastBf16Dots;
  // On request kernels run where they are slow, too, and others where they are not the fastest.
  if (const InstructionSet* wished = WishedSet())
    found = (found & wished->features) | (wished->features & kFastBf16Dots);
  return found;
}

const InstructionSet& Choose() {
  const Features found = Find();
  const auto* set =
      std::ranges::find_if(kSets, [&](const InstructionSet& of) { return (found & of.features) == of.features; });
  return set == kSets.end() ? kSets.back() : *set;
}

}  // namespace

bool HasAvxVnni() {
  // Intel's manual, volume 2, CPUID: leaf 7, subleaf 1, EAX bit 4. The registers are those of AVX2.
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 4 & 1) != 0;
}

std::span<const InstructionSet> InstructionSets() { return kSets; }

const InstructionSet& ChosenInstructionSet() {
  static const InstructionSet& chosen = Choose();
  return chosen;
}

void CheckInstructionSet() {
  if ((kHighwayTargets & HWY_AVX2) == 0)
    Fail("processor: expected one with AVX2 (any x86-64 of the last ten years), this one has none");
  if (Wish().empty()) return;
  const InstructionSet* wished = WishedSet();
  if (wished == &ChosenInstructionSet()) return;
  std::vector<std::string_view> words;
  for (const InstructionSet& set : kSets) words.push_back(set.word);
  if (wished == nullptr)
    FailUsage("AGRONT_CPU: expected {} or nothing, got {:?}", fmt::join(words, ", "), Printable(Wish()));
  FailUsage("AGRONT_CPU: expected what this processor has, {} or narrower, got {}", ChosenInstructionSet().word,
            wished->word);
}

}  // namespace agront::device::cpu
