// SPDX-License-Identifier: Apache-2.0
// Random parameters for tests: what a layer asks for is drawn when it asks, and is kept under its name.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/parameter_source.h"
#include "ops/testing/op_test.h"

namespace agront::nn {

/// float64 values by name: what references compute with.
using NamedValues = std::map<std::string, std::vector<double>>;

class RandomParameters {
 public:
  /// A matrix [rows, cols] whose products keep the size of their input, or a vector [rows] when cols is 0: scales are
  /// near 1, offsets, biases and queries near 0. The second time its values are the same.
  std::vector<float>& Of(const std::string& name, int64_t rows, int64_t cols) {
    const auto [found, is_new] = values_.try_emplace(name);
    std::vector<float>& values = found->second;
    if (!is_new) return values;
    const auto count = static_cast<size_t>(cols == 0 ? rows : rows * cols);
    values = ops::RandomValues(count, ++seed_, cols == 0 ? 0.3f : 1 / std::sqrt(static_cast<float>(cols)));
    if (cols == 0 && name.find("scale") != std::string::npos)
      for (float& value : values) value += 1;
    return values;
  }

  NamedValues Doubles() const {
    NamedValues doubles;
    for (const auto& [name, values] : values_) doubles[name] = ops::Doubles(values);
    return doubles;
  }

 private:
  std::map<std::string, std::vector<float>> values_;
  uint64_t seed_ = 100;
};

/// Lives longer than the views that it gives.
class RandomSource final : public ParameterSource {
 public:
  ops::WeightView Weights(const std::string& name, int64_t out, int64_t in) override {
    return {parameters_.Of(name, out, in).data(), out, in, in, 1};
  }
  std::vector<float> Vector(const std::string& name, int64_t size) override { return parameters_.Of(name, size, 0); }

  NamedValues Doubles() const { return parameters_.Doubles(); }

 private:
  RandomParameters parameters_;
};

}  // namespace agront::nn
