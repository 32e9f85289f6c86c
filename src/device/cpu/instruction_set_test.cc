// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "device/cpu/instruction_set_test.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace agront::device::cpu::HWY_NAMESPACE {

int64_t Target() { return HWY_TARGET; }

}  // namespace agront::device::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <gtest/gtest.h>

#include <cstdlib>

#include "device/cpu/instruction_set.h"

namespace agront::device::cpu {
namespace {

HWY_EXPORT(Target);

TEST(InstructionSet, KernelsAreThoseOfTheInstructionSet) {
  const bool is_avx2 = HWY_DYNAMIC_DISPATCH(Target)() == HWY_AVX2;
  EXPECT_EQ(Has(kAvx512), !is_avx2);
  EXPECT_EQ(InstructionSetName().starts_with("AVX2"), is_avx2);
}

TEST(InstructionSet, EachIsAskedForByItsWordAndChosenBeforeNarrowerOnes) {
  const auto sets = InstructionSets();
  for (size_t i = 0; i < sets.size(); ++i) {
    EXPECT_EQ(sets[i].features & kAvx2, kAvx2) << sets[i].word;
    for (size_t wider = 0; wider < i; ++wider) {
      EXPECT_NE(sets[wider].word, sets[i].word);
      EXPECT_NE(sets[wider].name, sets[i].name);  // else runs would resume with other bits
      EXPECT_NE(sets[wider].features & sets[i].features, sets[wider].features) << sets[i].word << " is never chosen";
    }
  }
}

TEST(InstructionSet, IsWhatTheEnvironmentAskedFor) {
  const char* wish = std::getenv("AGRONT_CPU");
  if (wish == nullptr || *wish == '\0') GTEST_SKIP() << "asks for nothing";
  EXPECT_EQ(ChosenInstructionSet().word, wish);
}

}  // namespace
}  // namespace agront::device::cpu
#endif
