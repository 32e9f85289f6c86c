// SPDX-License-Identifier: Apache-2.0
#include "nn/training/pooling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "nn/layers_reference.h"
#include "nn/training/gradient_check.h"
#include "nn/training/random_buffers.h"
#include "ops/pooling/pooling_reference.h"

namespace agront::nn::training {

static void PrintTo(Pooling::Query query, std::ostream* out) {
  *out << (query == Pooling::Query::kNone ? "given_weights" : "query");
}

namespace {

constexpr int64_t kRows = 9, kExamples = 3;

ModelShape AnyShape() {
  return {
      .vocabulary = 9, .hidden = 15, .heads = 3, .layers = 1, .ffn = 9, .positions = 30, .layer_norm_epsilon = 1e-5f};
}

/// Three examples, the second one of two windows.
PooledRows AnyRows() {
  PooledRows rows{.rows = {}, .windows = {0, 1, 4, 6, 9}, .examples = {0, 1, 6, 9}, .weights = {}};
  rows.weights = {1, 0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.125f, 2, 1};
  return rows;
}

class PoolingSweep : public testing::TestWithParam<Pooling::Query> {
 protected:
  static Values Reference(const NamedValues& at) {
    const PooledRows rows = AnyRows();
    const Values normed = LayerNormReference(at, "encoder.norm", at.at("x"), AnyShape().layer_norm_epsilon);
    Values weights = ops::Doubles(rows.weights);
    if (GetParam() == Pooling::Query::kLearned) {
      const Values& query = at.at("task.pool.query");
      Values scores(static_cast<size_t>(kRows));
      for (size_t r = 0; r < scores.size(); ++r)
        for (size_t c = 0; c < query.size(); ++c)
          scores[r] += query[c] * normed[r * query.size() + c] / std::sqrt(static_cast<double>(query.size()));
      scores = ops::GroupSoftmaxReference(rows.windows, scores);
      for (size_t r = 0; r < scores.size(); ++r) weights[r] *= scores[r];
    }
    return ops::PoolingReference(normed, rows.examples, weights);
  }

  NamedGradients Pass(const RandomBuffers::Chooses& freezes = {}) {
    const ModelShape shape = AnyShape();
    RandomBuffers buffers(freezes);
    const Pooling pooling(buffers, shape, GetParam());
    ops::LinearScratch scratch;
    PoolingSaved saved;
    const PooledRows rows = AnyRows();
    const tensor::Matrix x = ops::MatrixOf(x_, kRows);
    pooling.Forward(x.view(), rows, scratch, saved);
    pooled_.assign(saved.pooled.view().values().begin(), saved.pooled.view().values().end());
    const tensor::Matrix grad = ops::MatrixOf(grad_pooled_, kExamples);
    pooling.Backward(rows, grad.view(), scratch, saved);
    values_ = buffers.Doubles();
    values_["x"] = ops::Doubles(x_);
    NamedGradients gradients = buffers.Gradients();
    gradients["x"].assign(saved.grad_x.view().values().begin(), saved.grad_x.view().values().end());
    return gradients;
  }

  const std::vector<float> x_ = ops::RandomValues(static_cast<size_t>(kRows * AnyShape().hidden), 1);
  const std::vector<float> grad_pooled_ = ops::RandomValues(static_cast<size_t>(kExamples * AnyShape().hidden), 2);
  NamedValues values_;
  std::vector<float> pooled_;
};

TEST_P(PoolingSweep, VectorsAndGradientsEqualFloat64) {
  const NamedGradients gradients = Pass();
  EXPECT_EQ(gradients.contains("task.pool.query"), GetParam() == Pooling::Query::kLearned);
  EXPECT_LT(ops::RelativeError<double>(pooled_, Reference(values_)), 16 * ops::kEpsilon);
  ExpectGradients(
      values_, [&](const NamedValues& at) { return WeightedSum(Reference(at), grad_pooled_); }, gradients);
}

TEST_P(PoolingSweep, AFrozenNormChangesNoOtherGradient) {
  const NamedGradients all = Pass();
  const auto is_norm = [](const std::string& name) { return name.starts_with("encoder.norm."); };
  for (const auto& [name, gradient] : Pass(is_norm)) {
    EXPECT_FALSE(is_norm(name)) << name;
    EXPECT_EQ(gradient, all.at(name)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Queries, PoolingSweep, testing::Values(Pooling::Query::kNone, Pooling::Query::kLearned),
                         [](const auto& of) { return of.param == Pooling::Query::kNone ? "given_weights" : "query"; });

}  // namespace
}  // namespace agront::nn::training
