// SPDX-License-Identifier: Apache-2.0
// One update of AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2), as
// torch.optim.AdamW computes it, in one pass over all values:
//
//   g = gradient_scale gradient
//   m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
//   w = (1 - rate decay) w - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
#pragma once

#include <cstdint>
#include <span>

namespace agront::ops {

struct AdamWSettings {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// Numbers of one update.
struct AdamWStep {
  int64_t number = 1;         ///< t, from 1
  double rate = 0;            ///< the learning rate
  double gradient_scale = 1;  ///< the gradients are multiplied by it first
};

/// Values of the same size, all updated in place but the gradients, by all threads. The bits do not depend on the
/// number of threads.
struct AdamWBuffers {
  std::span<float> values;
  std::span<const float> gradients;
  std::span<float> first_moments;   ///< m
  std::span<float> second_moments;  ///< v
};

/// Throws Error when the sizes differ.
void AdamWUpdate(const AdamWBuffers& buffers, const AdamWSettings& settings, const AdamWStep& step);

/// The sum of squares in float64, the same for any number of threads; not finite when a value is not.
double SumOfSquares(std::span<const float> values);

}  // namespace agront::ops
