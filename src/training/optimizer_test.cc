// SPDX-License-Identifier: Apache-2.0
#include "training/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <utility>

#include "base/test_folder.h"
#include "formats/checkpoints/safetensors.h"
#include "ops/adamw/adamw_reference.h"
#include "ops/testing/op_test.h"
#include "training/fake_objective.h"
#include "training/thread_ranks.h"

namespace agront::training {
namespace {

constexpr ops::AdamWSettings kSettings{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.3};

/// Parameters with an optimizer on one rank.
class Optimized {
 public:
  explicit Optimized(ranks::Communicator& ranks, const model::IsTrainable& is_trainable = {})
      : parameters_(FewParameters(is_trainable)), ranks_(ranks), optimizer_(parameters_, ranks, kSettings) {
    const std::vector<float> start = ops::RandomValues(parameters_.values().size(), 1);
    std::ranges::copy(start, parameters_.values().begin());
  }

  /// Update `number` by gradients that differ from rank to rank. Returns the square of their sums' norm.
  double Step(int64_t number) {
    const auto all = static_cast<int64_t>(parameters_.gradients().size());
    const std::vector<float> gradients = GradientsOf(ranks_.rank(), number, parameters_.gradients().size());
    std::ranges::copy(gradients, parameters_.gradients().begin());
    for (const auto& [first, last] : {std::pair(all / 2, all), std::pair(int64_t{0}, all / 2)})
      optimizer_.StartSum(first, last);
    const double square = optimizer_.FinishSums();
    optimizer_.Update({.number = number, .rate = 0.05, .gradient_scale = 0.5});
    return square;
  }

  static std::vector<float> GradientsOf(int rank, int64_t number, size_t size) {
    return ops::RandomValues(size, static_cast<uint64_t>(10 * number + rank + 1));
  }

  std::vector<float> values() { return {parameters_.values().begin(), parameters_.values().end()}; }
  Optimizer& optimizer() { return optimizer_; }
  model::TrainingParameters& parameters() { return parameters_; }

 private:
  model::TrainingParameters parameters_;
  ranks::Communicator& ranks_;
  Optimizer optimizer_;
};

TEST(Optimizer, IsAdamWWhoseDecayIsForMatrices) {
  const auto single = ranks::MakeSingleProcess();
  Optimized optimized(*single);
  const std::vector<float> start = optimized.values();
  // The reference has one decay for all, so each parameter is one of its own.
  for (const model::PlacedParameter& placed : optimized.parameters().table()) {
    Optimized of_parameter(*single);
    const auto first = static_cast<size_t>(placed.value_offset), size = static_cast<size_t>(placed.parameter.size());
    ops::AdamWReferenceState want{ops::Doubles(std::span(start).subspan(first, size)), std::vector<double>(size),
                                  std::vector<double>(size)};
    ops::AdamWSettings settings = kSettings;
    if (placed.parameter.cols == 0) settings.weight_decay = 0;
    for (int64_t number = 1; number <= 6; ++number) {
      of_parameter.Step(number);
      const std::vector<float> gradients = Optimized::GradientsOf(0, number, start.size());
      ops::AdamWReference(ops::Doubles(std::span(gradients).subspan(first, size)), settings,
                          {.number = number, .rate = 0.05, .gradient_scale = 0.5}, want);
    }
    const std::vector<float> got = of_parameter.values();
    EXPECT_LT(ops::RelativeError(std::span<const float>(got).subspan(first, size), want.values), 32 * ops::kEpsilon)
        << placed.parameter.name;
  }
}

TEST(Optimizer, LeavesWhatIsFrozen) {
  const auto single = ranks::MakeSingleProcess();
  Optimized optimized(*single, [](const std::string& name) { return name != "vector"; });
  const std::vector<float> before = optimized.values();
  optimized.Step(1);
  const std::vector<float> after = optimized.values();
  for (const model::PlacedParameter& placed : optimized.parameters().table())
    for (int64_t i = placed.value_offset; i < placed.value_offset + placed.parameter.size(); ++i)
      EXPECT_EQ(before[static_cast<size_t>(i)] == after[static_cast<size_t>(i)], placed.parameter.name == "vector")
          << placed.parameter.name;
}

/// Steps [first, last] on some ranks, from a state that was saved to one that is saved. All ranks have the same values.
struct Trained {
  std::vector<float> values;
  std::vector<double> squares;
};
Trained RunOn(int ranks, int64_t first, int64_t last, const std::vector<float>* from, const std::string& load,
              const std::string& save) {
  std::vector<Trained> runs(static_cast<size_t>(ranks));
  RunRanks(ranks, [&](ranks::Communicator& communicator) {
    Trained& run = runs[static_cast<size_t>(communicator.rank())];
    FakeObjective objective(communicator);
    model::TrainingParameters& parameters = objective.parameters();
    if (from != nullptr) std::ranges::copy(*from, parameters.values().begin());
    Optimizer optimizer(parameters, communicator, kSettings);
    if (!load.empty()) optimizer.Load(*formats::OpenSafetensors(load));
    for (int64_t number = first; number <= last; ++number) {
      // What the ranks add up to is the same for one, two and three of them.
      const std::vector<float> gradients = Optimized::GradientsOf(0, number, parameters.gradients().size());
      for (size_t i = 0; i < gradients.size(); ++i)
        parameters.gradients()[i] = communicator.rank() == 0 ? gradients[i] : 0;
      optimizer.StartSum(0, static_cast<int64_t>(gradients.size()));
      run.squares.push_back(optimizer.FinishSums());
      optimizer.Update({.number = number, .rate = 0.05, .gradient_scale = 0.5});
    }
    run.values.assign(parameters.values().begin(), parameters.values().end());
    std::optional<formats::SafetensorsWriter> writer;
    if (communicator.rank() == 0)
      writer.emplace(save, Optimizer::StateEntries(optimizer.size()),
                     formats::SafetensorsOptions{.overwrite = true, .metadata = {}});
    optimizer.Save(writer ? &*writer : nullptr);
    if (writer) writer->Commit();
  });
  for (const Trained& run : runs) {
    EXPECT_EQ(run.values, runs[0].values);
    EXPECT_EQ(run.squares, runs[0].squares);
  }
  return runs[0];
}

TEST(Optimizer, SumsOverRanksAndSharesTheValues) {
  const TestFolder folder;
  RunRanks(3, [&](ranks::Communicator& communicator) {
    Optimized optimized(communicator);
    const double square = optimized.Step(1);
    std::vector<double> sums(optimized.parameters().gradients().size());
    for (int rank = 0; rank < 3; ++rank) {
      const std::vector<float> gradients = Optimized::GradientsOf(rank, 1, sums.size());
      std::ranges::transform(sums, gradients, sums.begin(), std::plus<>());
    }
    double want = 0;
    for (const double sum : sums) want += sum * sum;
    EXPECT_NEAR(square, want, 1e-5 * want);
  });
  const Trained alone = RunOn(1, 1, 3, nullptr, "", folder.path("one"));
  for (const int ranks : {2, 3, 5}) {  // 62 values in parts of whole lines: some ranks have none
    EXPECT_EQ(RunOn(ranks, 1, 3, nullptr, "", folder.path("more")).values, alone.values) << ranks;
    EXPECT_EQ(folder.Read("more"), folder.Read("one")) << ranks;
  }
}

TEST(Optimizer, GoesOnFromItsStateToTheSameBits) {
  const TestFolder folder;
  const Trained whole = RunOn(1, 1, 5, nullptr, "", folder.path("whole"));
  const Trained begun = RunOn(2, 1, 2, nullptr, "", folder.path("half"));
  EXPECT_NE(begun.values, whole.values);
  for (const int ranks : {1, 3}) {
    EXPECT_EQ(RunOn(ranks, 3, 5, &begun.values, folder.path("half"), folder.path("rest")).values, whole.values);
    EXPECT_EQ(folder.Read("rest"), folder.Read("whole"));
  }
}

TEST(Optimizer, RefusesTheStateOfOtherParameters) {
  const TestFolder folder;
  const auto single = ranks::MakeSingleProcess();
  {
    formats::SafetensorsWriter writer(folder.path("state"), Optimizer::StateEntries(3), {});
    const std::vector<float> zeros(6);
    writer.Write(std::as_bytes(std::span(zeros)));
    writer.Commit();
  }
  Optimized optimized(*single);
  ExpectError([&] { optimized.optimizer().Load(*formats::OpenSafetensors(folder.path("state"))); },
              "expected a float32 tensor first_moments [62], the state of the optimizer");
}

}  // namespace
}  // namespace agront::training
