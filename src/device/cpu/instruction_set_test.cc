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

#include "device/cpu/instruction_set.h"

namespace agront::device::cpu {
namespace {

HWY_EXPORT(Target);

TEST(InstructionSet, KernelsAreThoseOfTheInstructionSet) {
  const bool is_avx2 = HWY_DYNAMIC_DISPATCH(Target)() == HWY_AVX2;
  EXPECT_EQ(HasOnlyAvx2(), is_avx2);
  EXPECT_EQ(InstructionSetName() == "AVX2", is_avx2);
}

}  // namespace
}  // namespace agront::device::cpu
#endif
