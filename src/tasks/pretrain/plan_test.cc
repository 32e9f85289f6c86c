// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/plan.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "model/parameters.h"

namespace agront::tasks {
namespace {

/// One of several ranks that never meet: a plan asks for their number only.
class Ranks final : public device::Communicator {
 public:
  explicit Ranks(int size) : size_(size) {}
  int rank() const override { return 0; }
  int size() const override { return size_; }
  int local_size() const override { return size_; }
  [[noreturn]] void Abort() override { std::abort(); }
  void Sum(std::span<double> /*values*/) override {}
  void Broadcast(std::span<std::byte> /*bytes*/) override {}
  std::unique_ptr<Pending> StartSumOfParts(std::span<float> /*values*/,
                                           const std::vector<int64_t>& /*bounds*/) override {
    return nullptr;
  }
  void ShareParts(std::span<float> /*values*/, const std::vector<int64_t>& /*bounds*/) override {}
  void Collect(std::span<const float> /*part*/, const std::function<void(std::span<const float>)>& /*sink*/) override {}

 private:
  int size_;
};

TEST(Plan, CountsWhatEachRankHolds) {
  constexpr int64_t kWindow = 16;
  const ModelShape shape = {.vocabulary = 4105, .hidden = 64, .heads = 4, .layers = 2, .ffn = 96, .positions = 18};
  PretrainOptions options;
  options.batch_tokens = 8 * kWindow;
  options.micro_batch = 1;
  options.recompute = "off";
  options.max_memory = std::string("1G");
  const auto memory = [&](int ranks) { return MakePlan(options, shape, kWindow, Ranks(ranks)).memory; };
  // Beside values and gradients: two moments of a part, and its gradients from each other rank.
  const auto bytes = static_cast<double>(4 * model::CountValues(shape));
  constexpr double kRounding = 100;
  EXPECT_NEAR(static_cast<double>(memory(2) - memory(1)), (3.0 / 2 - 2) * bytes, kRounding);
  EXPECT_NEAR(static_cast<double>(memory(8) - memory(1)), (9.0 / 8 - 2) * bytes, kRounding);
}

}  // namespace
}  // namespace agront::tasks
