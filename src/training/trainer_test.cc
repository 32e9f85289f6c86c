// SPDX-License-Identifier: Apache-2.0
#include "training/trainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/adamw/adamw_reference.h"
#include "ops/testing/op_test.h"
#include "training/fake_objective.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// With an epsilon as large as the gradients, so that an update tells how long they were.
TrainerSettings Settings(double clip_norm) {
  return {.learning_rate = {.start = 0.5, .peak = 0.5, .warmup = 0, .decay = Decay::kNone},
          .adamw = {.epsilon = 1},
          .clip_norm = clip_norm};
}

std::vector<float> ValuesOf(FakeObjective& objective) {
  return {objective.parameters().values().begin(), objective.parameters().values().end()};
}

TEST(Trainer, ScalesGradientsToTheMeanAndClipsTheirNorm) {
  const auto single = ranks::MakeSingleProcess();
  for (const double clip_norm : {0.0, 0.25, 1e9}) {
    FakeObjective objective(*single);
    std::vector<double> gradients;
    objective.change = [&](int64_t, std::span<float> of_all, UpdateSums&) { gradients = ops::Doubles(of_all); };
    const std::vector<float> before = ValuesOf(objective);
    Trainer trainer(objective, *single, Settings(clip_norm));
    const Update update = trainer.Step(1);

    double square = 0;
    for (const double gradient : gradients) square += gradient * gradient;
    const double norm = std::sqrt(square) / 2;  // the weights add up to 2
    EXPECT_NEAR(update.gradient_norm, norm, 1e-6 * norm);
    EXPECT_DOUBLE_EQ(update.loss, 3);
    EXPECT_DOUBLE_EQ(update.learning_rate, 0.5);
    EXPECT_FALSE(update.is_skipped);
    const bool clips = clip_norm > 0 && clip_norm < norm;
    EXPECT_EQ(clips, clip_norm == 0.25);
    ops::AdamWReferenceState want{ops::Doubles(before), std::vector<double>(before.size()),
                                  std::vector<double>(before.size())};
    ops::AdamWReference(gradients, {.epsilon = 1},
                        {.number = 1, .rate = 0.5, .gradient_scale = clips ? clip_norm / norm / 2 : 0.5}, want);
    EXPECT_LT(ops::RelativeError<double>(ValuesOf(objective), want.values), 1e-6) << clip_norm;
  }
}

/// Two updates, of which the first may be without effect.
std::vector<float> TwoSteps(const std::function<void(int64_t, std::span<float>, UpdateSums&)>& change,
                            bool takes_first = true) {
  const auto single = ranks::MakeSingleProcess();
  FakeObjective objective(*single);
  objective.change = change;
  Trainer trainer(objective, *single, Settings(1));
  if (takes_first) {
    const std::vector<float> before = ValuesOf(objective);
    const Update update = trainer.Step(1);
    EXPECT_EQ(update.is_skipped, change != nullptr);
    EXPECT_EQ(ValuesOf(objective) == before, change != nullptr);
  }
  EXPECT_FALSE(trainer.Step(2).is_skipped);
  return ValuesOf(objective);
}

TEST(Trainer, SkipsWhatIsNotFiniteWithoutATrace) {
  const std::vector<float> without = TwoSteps({}, /*takes_first=*/false);
  EXPECT_NE(TwoSteps({}), without);
  for (const float bad : {kNan, static_cast<float>(kInfinity)})
    EXPECT_EQ(TwoSteps([&](int64_t number, std::span<float> gradients, UpdateSums&) {
                if (number == 1) gradients[20] = bad;
              }),
              without);
  EXPECT_EQ(TwoSteps([&](int64_t number, std::span<float>, UpdateSums& sums) {
              if (number == 1) sums.loss = kInfinity;
            }),
            without);
}

TEST(Trainer, DoesNothingWhereNothingHasAWeight) {
  const auto single = ranks::MakeSingleProcess();
  FakeObjective objective(*single);
  objective.change = [](int64_t, std::span<float> gradients, UpdateSums& sums) {
    std::ranges::fill(gradients, 0.0f);
    sums.loss = sums.weight = 0;
  };
  const std::vector<float> before = ValuesOf(objective);
  Trainer trainer(objective, *single, Settings(0));
  const Update update = trainer.Step(7);
  EXPECT_EQ(objective.without_weight, std::vector<int64_t>{7});
  EXPECT_EQ(update.loss, 0);
  EXPECT_EQ(update.sums.tokens, 10);
  EXPECT_FALSE(update.is_skipped);
  EXPECT_EQ(ValuesOf(objective), before);
}

TEST(Trainer, OfSeveralRanksAddsUpAndSkipsTogether) {
  std::vector<std::vector<float>> values(3);
  RunRanks(3, [&](ranks::Communicator& ranks) {
    FakeObjective objective(ranks);
    objective.change = [&](int64_t number, std::span<float> gradients, UpdateSums& sums) {
      sums.weight = ranks.rank();
      if (number == 2 && ranks.rank() == 1) gradients[40] = kNan;
    };
    Trainer trainer(objective, ranks, Settings(1));
    const Update update = trainer.Step(1);
    EXPECT_DOUBLE_EQ(update.sums.loss, 18);
    EXPECT_DOUBLE_EQ(update.sums.weight, 3);
    EXPECT_DOUBLE_EQ(update.sums.tokens, 30);
    EXPECT_EQ(update.sums.own, std::vector<double>{3});
    EXPECT_DOUBLE_EQ(update.loss, 6);
    const std::vector<float> before = ValuesOf(objective);
    EXPECT_TRUE(trainer.Step(2).is_skipped);
    EXPECT_EQ(ValuesOf(objective), before);
    values[static_cast<size_t>(ranks.rank())] = before;
  });
  EXPECT_EQ(values[1], values[0]);
  EXPECT_EQ(values[2], values[0]);
}

}  // namespace
}  // namespace agront::training
