// SPDX-License-Identifier: Apache-2.0
#include "baselines/baselines.h"

#include <gtest/gtest.h>
#include <linear.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>

#include "base/error.h"
#include "base/parallel.h"
#include "scores/evaluation.h"

namespace agront::baselines {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Random sequences; a motif, anywhere, is there where the label says so.
struct Planted {
  LabelledSequences set;
  std::shared_ptr<std::vector<std::string>> sequences = std::make_shared<std::vector<std::string>>();
  std::vector<int> motifs;  // which of the three is there

  Planted(int64_t size, bool one_length, uint32_t seed) {
    constexpr const char* kMotifs[] = {"", "TATAAAG", "CACGTGT"};
    std::mt19937 random(seed);
    for (int64_t i = 0; i < size; ++i) {
      std::string bases(one_length ? 80 : 60 + random() % 40, 'A');
      for (char& base : bases) base = "ACGT"[random() % 4];
      motifs.push_back(static_cast<int>(random() % 3));
      const std::string motif = kMotifs[motifs.back()];
      bases.replace(random() % (bases.size() - 7), motif.size(), motif);
      sequences->push_back(bases);
    }
    set.size = size;
    set.bases = [of = sequences](int64_t i) { return (*of)[i]; };
  }

  LabelledSequences With(const std::function<std::vector<double>(int64_t)>& labels) const {
    LabelledSequences result = set;
    for (int64_t i = 0; i < set.size; ++i)
      for (const double label : labels(i)) result.labels.push_back(label);
    return result;
  }
};

scores::Score ScoreOf(const PredictionTask& task, const LabelledSequences& test, const Baseline& baseline,
                      const std::string& name) {
  scores::LabelledPredictions predictions;
  predictions.task = task;
  predictions.size = test.size;
  predictions.labels = test.labels;
  predictions.predictions = baseline.predictions;
  return scores::Evaluate({predictions}, {.resamples = 0}).tables[0].Find(name);
}

constexpr BaselineOptions kOptions = {.longest_kmer = 4, .most_training = 1000, .most_selection = 500, .seed = 3};

struct Sets {
  Planted train, valid, test;
  explicit Sets(bool one_length) : train(1200, one_length, 1), valid(300, one_length, 2), test(300, one_length, 3) {}
  Baselines Fit(const PredictionTask& task,
                const std::function<std::vector<double>(const Planted&, int64_t)>& labels) const {
    const auto with = [&](const Planted& of) { return of.With([&](int64_t i) { return labels(of, i); }); };
    return FitBaselines(task, with(train), with(valid), with(test), kOptions);
  }
};

TEST(FitBaselines, FindAMotifByItsKmers) {
  const Sets sets(false);
  const PredictionTask task = {TaskKind::kBinary, {"TATA"}};
  const auto labels = [](const Planted& of, int64_t i) { return std::vector<double>{of.motifs[i] == 1 ? 1.0 : 0.0}; };
  const auto [baselines, left_out] = sets.Fit(task, labels);
  ASSERT_EQ(baselines.size(), 2U);
  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_NE(left_out[0].find("have several lengths"), std::string::npos) << left_out[0];
  EXPECT_EQ(baselines[0].name, "k-mers");
  EXPECT_NE(baselines[0].about.find("1000 of 1200 training examples"), std::string::npos) << baselines[0].about;
  const LabelledSequences test = sets.test.With([&](int64_t i) { return labels(sets.test, i); });
  EXPECT_GT(ScoreOf(task, test, baselines[0], "auroc").value, 0.85);
  EXPECT_LT(ScoreOf(task, test, baselines[1], "auroc").value, 0.75);
}

TEST(FitBaselines, DependOnTheSeedAndNotOnThreads) {
  const Sets sets(true);
  const auto fit = [&](int threads) {
    SetThreads(threads);
    const auto baselines =
        sets.Fit({TaskKind::kMulticlass, {"none", "TATA", "G-box"}},
                 [](const Planted& of, int64_t i) { return std::vector<double>{static_cast<double>(of.motifs[i])}; });
    SetThreads(0);
    EXPECT_TRUE(baselines.left_out.empty());
    return baselines.fitted;
  };
  const auto alone = fit(1);
  const auto together = fit(3);
  ASSERT_EQ(alone.size(), 3U);
  EXPECT_EQ(alone[1].name, "bases by position");
  for (size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i].predictions, together[i].predictions) << i;
}

TEST(FitBaselines, LeaveOutMissingLabels) {
  const Sets sets(false);
  for (const TaskKind kind : {TaskKind::kMultilabel, TaskKind::kRegression}) {
    const PredictionTask task = {kind, {"TATA", "G-box"}};
    const auto labels = [](const Planted& of, int64_t i) {
      return std::vector<double>{i % 3 == 0 ? kMissing : of.motifs[i] == 1 ? 1.0 : 0.0, of.motifs[i] == 2 ? 1.0 : 0.0};
    };
    const auto baselines = sets.Fit(task, labels).fitted;
    const LabelledSequences test = sets.test.With([&](int64_t i) { return labels(sets.test, i); });
    const bool is_regression = kind == TaskKind::kRegression;
    EXPECT_GT(ScoreOf(task, test, baselines[0], is_regression ? "pearson" : "auroc").value, is_regression ? 0.5 : 0.8);
  }
}

/// The lines that liblinear prints while it fits two examples for the program's own purposes.
std::string PrintedByLiblinear() {
  std::vector<feature_node> nodes = {{1, 1}, {-1, 0}, {1, -1}, {-1, 0}};
  std::vector<feature_node*> rows = {&nodes[0], &nodes[2]};
  std::vector<double> labels = {1, -1};
  const problem data = {2, 1, labels.data(), rows.data(), /*bias=*/-1};
  parameter options = {};
  options.solver_type = L2R_LR;
  options.C = 1;
  options.eps = 0.01;
  testing::internal::CaptureStdout();
  ::model* fitted = train(&data, &options);
  free_and_destroy_model(&fitted);
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

TEST(FitBaselines, LeaveLiblinearAsItWas) {
  const std::string before = PrintedByLiblinear();
  EXPECT_NE(before, "");
  const Sets sets(true);
  testing::internal::CaptureStdout();
  const auto baselines = sets.Fit({TaskKind::kBinary, {"TATA"}}, [](const Planted& of, int64_t i) {
    return std::vector<double>{of.motifs[i] == 1 ? 1.0 : 0.0};
  });
  std::fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(PrintedByLiblinear(), before);
}

TEST(FitBaselines, NeedExamples) {
  const Planted one(1, true, 1), none(0, true, 1);
  const auto label = [](int64_t) { return std::vector<double>{1}; };
  EXPECT_THROW(FitBaselines({TaskKind::kBinary, {"x"}}, one.With(label), none.With(label), one.With(label), kOptions),
               Error);
}

}  // namespace
}  // namespace agront::baselines
