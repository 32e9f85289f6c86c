// SPDX-License-Identifier: Apache-2.0
#include "model/block_products.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <utility>

namespace agront::model {
namespace {

void FillRandom(std::span<float> values, std::mt19937& generator) {
  std::uniform_real_distribution<float> uniform(-0.1f, 0.1f);
  std::ranges::generate(values, [&] { return uniform(generator); });
}

}  // namespace

BlockProducts::BlockProducts(const ModelShape& shape, int64_t rows, Precision precision) {
  std::mt19937 generator(1);
  const auto add = [&](int count, int64_t out, int64_t in) {
    const auto size = static_cast<size_t>(out * in);
    const std::shared_ptr<float[]> values(new float[size]);
    FillRandom({values.get(), size}, generator);
    Product product{count,
                    {ops::WeightView{values.get(), out, in, in, 1, values},
                     std::vector<float>(static_cast<size_t>(out)), precision},
                    {},
                    {},
                    {}};
    product.values.Resize(rows, in, ops::PaddedRows(rows));
    product.output.Resize(rows, out, ops::PaddedRows(rows));
    FillRandom(product.values.view().values(), generator);
    product.input.Set(product.values.view(), product.weights.input_format());
    product.weights.Multiply(product.input, ops::Epilogue::kNone, product.output.view());  // makes the kernel
    products_.push_back(std::move(product));
  };
  add(4, shape.hidden, shape.hidden);
  add(1, shape.ffn, shape.hidden);
  add(1, shape.hidden, shape.ffn);
}

double BlockProducts::MeasureRate() {
  double flops = 0;
  const auto start = std::chrono::steady_clock::now();
  for (Product& product : products_)
    for (int i = 0; i < product.count; ++i) {
      product.weights.Multiply(product.input, ops::Epilogue::kNone, product.output.view());
      flops += 2.0 * static_cast<double>(product.values.rows()) *
               static_cast<double>(product.weights.in() * product.weights.out());
    }
  return flops / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace agront::model
