// SPDX-License-Identifier: Apache-2.0
// 2^x in vectors. Highway's Exp is 1.6 times the work, because it takes any argument.
#if defined(AGRONT_OPS_EXP2) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_EXP2
#undef AGRONT_OPS_EXP2
#else
#define AGRONT_OPS_EXP2
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

/// For x <= 127, with a relative error below 1e-7; 2^-126 for all x below -126, minus infinity included. NaN stays NaN.
template <class D, class V>
HWY_INLINE V Exp2(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::Rebind<int32_t, D> integers;
  x = hn::Max(hn::Set(d, -126.0f), x);  // x86 gives the second operand when one is NaN
  const V whole = hn::Round(x);
  const V rest = hn::Sub(x, whole);
  // 2^rest on [-1/2, 1/2]: minimax in the relative error, which is 2e-9 before rounding.
  V power = hn::Set(d, 0.00015353361959569156f);
  power = hn::MulAdd(power, rest, hn::Set(d, 0.0013398875016719103f));
  power = hn::MulAdd(power, rest, hn::Set(d, 0.00961843691766262f));
  power = hn::MulAdd(power, rest, hn::Set(d, 0.055503323674201965f));
  power = hn::MulAdd(power, rest, hn::Set(d, 0.24022647738456726f));
  power = hn::MulAdd(power, rest, hn::Set(d, 0.6931471824645996f));
  power = hn::MulAdd(power, rest, hn::Set(d, 1.0f));
  // Added to 1.5 x 2^23 a whole number stands in the lowest bits. Highway's conversion would make the largest integer
  // of NaN, and with it a number of the result.
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(integers, hn::Add(whole, hn::Set(d, 12582912.0f))));
  return hn::BitCast(d, hn::Add(hn::BitCast(integers, power), exponent));
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
