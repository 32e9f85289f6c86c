// SPDX-License-Identifier: Apache-2.0
// Pretraining's sums and its validation, which how the windows are shared out does not change.
#include "training/pretraining/masked_objective.h"

#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "data/corpus/corpus_test_files.h"
#include "ops/testing/op_test.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

constexpr int64_t kWindows = 7;

class Pretrains : public testing::Test {
 protected:
  static model::TrainableAgroNT Model() {
    model::TrainableAgroNT model({.vocabulary = tokenizer::kVocabularySize,
                                  .hidden = 15,
                                  .heads = 3,
                                  .layers = 1,
                                  .ffn = 20,
                                  .positions = 40,
                                  .layer_norm_epsilon = 1e-5f},
                                 {});
    model.parameters().InitializeRandomly(3);
    return model;
  }

  struct Gradients {
    UpdateSums sums;
    std::vector<float> values;
  };

  /// The gradients of update `number`, added up over the ranks.
  Gradients Of(int64_t number, int64_t micro_batch, int size = 1) const {
    Gradients all;
    std::mutex mutex;
    RunRanks(size, [&](ranks::Communicator& ranks) {
      Reporter reporter;
      model::TrainableAgroNT model = Model();
      MaskedObjective objective(model, sampler_, {.windows = kWindows, .micro_batch = micro_batch}, nullptr, {}, ranks,
                                reporter);
      int64_t ready = 0;
      const UpdateSums sums =
          objective.AddGradients(number, [&](int64_t first, int64_t last) { ready += last - first; });
      const auto gradients = model.parameters().gradients();
      EXPECT_EQ(ready, static_cast<int64_t>(gradients.size()));  // each once
      const std::lock_guard lock(mutex);
      all.values.resize(gradients.size());
      all.sums.own.resize(sums.own.size());
      std::ranges::transform(all.values, gradients, all.values.begin(), std::plus<>());
      std::ranges::transform(all.sums.own, sums.own, all.sums.own.begin(), std::plus<>());
      all.sums.loss += sums.loss;
      all.sums.weight += sums.weight;
      all.sums.tokens += sums.tokens;
    });
    return all;
  }

  static void ExpectSame(const Gradients& got, const Gradients& want) {
    EXPECT_NEAR(got.sums.loss, want.sums.loss, 1e-5 * want.sums.loss);
    EXPECT_NEAR(got.sums.weight, want.sums.weight, 1e-9);
    EXPECT_EQ(got.sums.tokens, want.sums.tokens);
    EXPECT_NEAR(got.sums.own[0], want.sums.own[0], 1e-5 * want.sums.own[0]);
    EXPECT_EQ(got.sums.own[1], want.sums.own[1]);
    EXPECT_LT(ops::RelativeError(std::span<const float>(got.values), want.values), 1e-5);
  }

  data::TestCorpus files_{{{"A", 40}, {"B", 30}}, 33};
  data::Corpus corpus_{files_.path()};
  data::BatchSampler sampler_{corpus_, {.seed = 5, .batch_windows = kWindows}};
};

TEST_F(Pretrains, MicroBatchesAndRanksDoNotChangeTheSums) {
  const Gradients whole = Of(3, kWindows);
  EXPECT_GT(whole.sums.weight, 0);
  EXPECT_GE(whole.sums.weight, whole.sums.own[1]);  // of the positions with a loss some do not show <mask>
  for (const int64_t micro_batch : {1, 2, 3, 100}) ExpectSame(Of(3, micro_batch), whole);
  for (const int ranks : {2, 7}) ExpectSame(Of(3, 2, ranks), whole);
}

TEST_F(Pretrains, AnUpdateIsAFunctionOfItsNumber) {
  EXPECT_EQ(Of(3, 2).values, Of(3, 2).values);
  EXPECT_NE(Of(3, 2).values, Of(4, 2).values);
}

TEST_F(Pretrains, SaysWhatHelpsWhereNothingIsInTheLoss) {
  const auto single = ranks::MakeSingleProcess();
  Reporter reporter;
  model::TrainableAgroNT model = Model();
  const MaskedObjective objective(model, sampler_, {.windows = kWindows}, nullptr, {}, *single, reporter);
  ExpectError([&] { objective.CheckWeight(4, {.tokens = 9, .own = {}}); },
              "step 4: no 6-mer of its 9 tokens is in the loss; a larger --masking-ratio or --batch-tokens helps");
}

TEST_F(Pretrains, IsValidatedEveryFewStepsAndAtTheEnd) {
  const auto single = ranks::MakeSingleProcess();
  Reporter reporter;
  model::TrainableAgroNT model = Model();
  const MaskedValidation validation{
      .corpus = corpus_, .sampler = sampler_, .windows = 3, .every = 4, .steps = 10, .show = {}};
  const MaskedObjective objective(model, sampler_, {.windows = kWindows}, &validation, {}, *single, reporter);
  std::vector<int64_t> due;
  for (int64_t step = 0; step <= 10; ++step)
    if (objective.IsValidationDue(step)) due.push_back(step);
  EXPECT_EQ(due, (std::vector<int64_t>{0, 4, 8, 10}));
  const MaskedObjective without(model, sampler_, {.windows = kWindows}, nullptr, {}, *single, reporter);
  EXPECT_FALSE(without.IsValidationDue(0));
}

TEST_F(Pretrains, ValidatesTheSameWindowsHoweverTheyAreSharedOut) {
  const auto never = [] { return false; };
  const auto validate = [&](int64_t micro_batch, ranks::Communicator& ranks) {
    model::TrainableAgroNT model = Model();
    return *Validate(model, sampler_, corpus_.num_species(), kWindows, micro_batch, ranks, never);
  };
  const auto single = ranks::MakeSingleProcess();
  const Validation whole = validate(kWindows, *single);
  EXPECT_EQ(validate(kWindows, *single).all.loss_sum, whole.all.loss_sum);
  EXPECT_EQ(whole.all.count, Of(1, kWindows).sums.own[1]);  // the windows of the first update of the same sampler
  ASSERT_EQ(whole.by_species.size(), 2u);
  EXPECT_GT(whole.by_species[0].count, 0);
  EXPECT_GT(whole.by_species[1].count, 0);
  const auto expect_same = [&](const Validation& got) {
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(got.by_species[i].count, whole.by_species[i].count);
      EXPECT_EQ(got.by_species[i].correct, whole.by_species[i].correct);
      EXPECT_NEAR(got.by_species[i].loss_sum, whole.by_species[i].loss_sum, 1e-5 * whole.by_species[i].loss_sum);
    }
    EXPECT_DOUBLE_EQ(got.all.count, got.by_species[0].count + got.by_species[1].count);
  };
  for (const int64_t micro_batch : {1, 3}) expect_same(validate(micro_batch, *single));
  for (const int size : {2, 9})  // some of nine have no window
    RunRanks(size, [&](ranks::Communicator& ranks) { expect_same(validate(1, ranks)); });
}

TEST_F(Pretrains, AValidationStopsOnAllRanksOnceAnyIsAsked) {
  RunRanks(3, [&](ranks::Communicator& ranks) {
    model::TrainableAgroNT model = Model();
    int asked = 0;
    const auto stops = [&] { return ranks.rank() == 2 && ++asked == 2; };
    EXPECT_EQ(Validate(model, sampler_, 2, kWindows, 1, ranks, stops), std::nullopt);
  });
}

TEST_F(Pretrains, AStoppedValidationLeavesNoLine) {
  const TestFolder folder;
  const auto single = ranks::MakeSingleProcess();
  class Stops final : public Reporter {
   public:
    bool ShouldStop() override { return stops_; }
    bool stops_ = true;
  } reporter;
  model::TrainableAgroNT model = Model();
  int shown = 0;
  const MaskedValidation validation{.corpus = corpus_,
                                    .sampler = sampler_,
                                    .windows = 3,
                                    .every = 4,
                                    .steps = 10,
                                    .show = [&](const Validation&, int64_t step, double) { shown += step == 4; }};
  MaskedObjective objective(model, sampler_, {.windows = kWindows}, &validation, {}, *single, reporter);
  const RunFolder run(folder.path("run"));
  RunLog log(run, *single, 0);
  EXPECT_FALSE(objective.Validate(4, 0, log));
  EXPECT_TRUE(run.ReadLines(kValidationFile).empty());
  reporter.stops_ = false;
  EXPECT_TRUE(objective.Validate(4, 0, log));
  EXPECT_EQ(shown, 1);
  const nlohmann::json line = run.ReadLines(kValidationFile).at(0);
  double masks = 0;
  for (const auto& [name, quality] : line["species"].items()) masks += quality["masks"].get<double>();
  EXPECT_EQ(line["masks"], masks);
}

}  // namespace
}  // namespace agront::training
