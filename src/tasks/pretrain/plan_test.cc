// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/plan.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "agront/error.h"
#include "model/parameters/parameters.h"

namespace agront::tasks {
namespace {

/// The first of several ranks that never meet: a plan asks for their number, and for the memory of the last of them.
class Ranks final : public ranks::Communicator {
 public:
  explicit Ranks(int size, double memory_of_last = 1e9) : size_(size), memory_of_last_(memory_of_last) {}
  int rank() const override { return 0; }
  int size() const override { return size_; }
  int local_size() const override { return size_; }
  void EndAllAtExit() override {}
  void Sum(std::span<double> values) override {
    for (size_t i = 1; i < values.size(); ++i) values[i] = i + 1 < values.size() ? 1e9 : memory_of_last_;
  }
  void Broadcast(std::span<std::byte> /*bytes*/) override {}
  std::unique_ptr<Pending> StartSumOfParts(std::span<float> /*values*/,
                                           const std::vector<int64_t>& /*bounds*/) override {
    return nullptr;
  }
  void ShareParts(std::span<float> /*values*/, const std::vector<int64_t>& /*bounds*/) override {}
  void Collect(std::span<const float> /*part*/, const std::function<void(std::span<const float>)>& /*sink*/) override {}

 private:
  int size_;
  double memory_of_last_;
};

constexpr int64_t kWindow = 16;
const ModelShape kShape = {.vocabulary = 4105, .hidden = 64, .heads = 4, .layers = 2, .ffn = 96, .positions = 18};

StepOptions StepOf(int64_t windows) {
  return {
      .batch_tokens = windows * kWindow, .window_tokens = kWindow, .masking_ratio = 0.15, .products = Precision::kFp32};
}

TEST(Plan, CountsWhatEachRankHolds) {
  PretrainMemory asked;
  asked.micro_batch = 1;
  asked.recompute = Recompute::kOff;
  asked.max_memory = 1'000'000'000;
  const auto memory = [&](int number) {
    Ranks ranks(number);
    return MakePlan(StepOf(8), asked, kShape, ranks).memory;
  };
  // Beside values and gradients: two moments of a part, and its gradients from each other rank.
  const auto bytes = static_cast<double>(4 * model::CountValues(kShape));
  constexpr double kRounding = 100;
  EXPECT_NEAR(static_cast<double>(memory(2) - memory(1)), (3.0 / 2 - 2) * bytes, kRounding);
  EXPECT_NEAR(static_cast<double>(memory(8) - memory(1)), (9.0 / 8 - 2) * bytes, kRounding);
}

TEST(Plan, FitsTheRankWithTheLeastMemory) {
  PretrainMemory asked;
  asked.max_memory = 1'000'000'000;
  const auto plan = [&](double memory_of_last) {
    Ranks ranks(4, memory_of_last);
    return MakePlan(StepOf(4 * 64), asked, kShape, ranks);
  };
  const Plan roomy = plan(1e9);
  EXPECT_EQ(roomy.micro_batch, 64);
  EXPECT_FALSE(roomy.recompute);
  const auto less = static_cast<double>(roomy.memory - 1);
  EXPECT_LT(plan(less).micro_batch, 64);
  EXPECT_LE(static_cast<double>(plan(less).memory), less);
  EXPECT_THROW(plan(1e6), Error);
}

}  // namespace
}  // namespace agront::tasks
