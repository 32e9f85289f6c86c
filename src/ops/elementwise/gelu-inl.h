// SPDX-License-Identifier: Apache-2.0
// gelu(x) = x (1 + erf(x / sqrt 2)) / 2 and its derivative in vectors.
#if defined(AGRONT_OPS_GELU) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_GELU
#undef AGRONT_OPS_GELU
#else
#define AGRONT_OPS_GELU
#endif

#include <hwy/highway.h>

#include "ops/elementwise/exp2-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

/// The terms of gelu and its derivative.
template <class V>
struct GeluParts {
  V one_plus_erf;  // 1 + erf(x / sqrt 2)
  V bell;          // exp(-x^2 / 2)
};

/// erf by formula 7.1.26 of Abramowitz and Stegun, whose error of at most 1.5e-7 is that of a float32 near 1; oneDNN
/// computes it the same way.
template <class D, class V>
HWY_INLINE GeluParts<V> PartsOfGelu(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr float kLog2E = 1.44269504f;
  const V z = hn::Mul(hn::Abs(x), hn::Set(d, 0.70710678f));
  const V t = hn::Div(hn::Set(d, 1.0f), hn::MulAdd(hn::Set(d, 0.3275911f), z, hn::Set(d, 1.0f)));
  V series = hn::MulAdd(hn::Set(d, 1.061405429f), t, hn::Set(d, -1.453152027f));
  series = hn::MulAdd(series, t, hn::Set(d, 1.421413741f));
  series = hn::MulAdd(series, t, hn::Set(d, -0.284496736f));
  series = hn::MulAdd(series, t, hn::Set(d, 0.254829592f));
  const V bell = Exp2(d, hn::Mul(hn::Mul(z, z), hn::Set(d, -kLog2E)));
  const V tail = hn::Mul(hn::Mul(series, t), bell);
  const V erf = hn::CopySign(hn::Sub(hn::Set(d, 1.0f), tail), x);
  return {hn::Add(hn::Set(d, 1.0f), erf), bell};
}

template <class D, class V>
HWY_INLINE V Gelu(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  return hn::Mul(hn::Mul(x, hn::Set(d, 0.5f)), PartsOfGelu(d, x).one_plus_erf);
}

/// gelu(x) to 1.2e-5 of x, in half the time; bfloat16 keeps 2e-3, and 8 bits less. A NaN stays one. The probability
/// that a normal number is less than x is 1/2 + x p(x^2), with the polynomial of least error for |x| < 4.25; past that
/// it leaves [0, 1].
template <class D, class V>
HWY_INLINE V GeluForLowPrecision(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr float kTerms[] = {-5.32778464e-09f, 2.25543646e-07f, -5.62644233e-06f, 9.34188393e-05f,
                              -0.00110856165f,  0.00981597298f,  -0.0663444934f,   0.39890234f};
  const V square = hn::Mul(x, x);
  V series = hn::Set(d, 5.56489339e-11f);
  for (const float term : kTerms) series = hn::MulAdd(series, square, hn::Set(d, term));
  const V probability = hn::MulAdd(x, series, hn::Set(d, 0.5f));
  return hn::Mul(x, hn::Min(hn::Max(probability, hn::Zero(d)), hn::Set(d, 1.0f)));
}

/// (1 + erf(x / sqrt 2)) / 2 + x exp(-x^2 / 2) / sqrt(2 pi)
template <class D, class V>
HWY_INLINE V GeluGradient(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr float kInverseRoot = 0.39894228f;  // of 2 pi
  const auto [one_plus_erf, bell] = PartsOfGelu(d, x);
  return hn::MulAdd(hn::Mul(x, hn::Set(d, kInverseRoot)), bell, hn::Mul(one_plus_erf, hn::Set(d, 0.5f)));
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
