// SPDX-License-Identifier: Apache-2.0
#include "baselines/baselines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/philox.h"
#include "baselines/linear_model.h"
#include "baselines/sequence_features.h"
#include "scores/evaluation.h"

namespace agront::baselines {
namespace {

constexpr int64_t kLongestByPosition = 600;
constexpr double kMostEntries = 60e6;  // of a feature table: half a gigabyte, and thrice that as liblinear holds it
constexpr int64_t kTestBlock = 4096;

using Candidates = std::vector<std::unique_ptr<SequenceFeatures>>;

/// `count` examples in an order drawn with the seed.
std::vector<int64_t> Draw(int64_t size, int64_t count, uint64_t seed) {
  std::vector<std::pair<uint32_t, int64_t>> keyed;
  for (int64_t i = 0; i < size; ++i) {
    const Philox random = {{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                           {static_cast<uint32_t>(i), static_cast<uint32_t>(i >> 32), 0, 0}};
    keyed.emplace_back(random()[0], i);
  }
  std::ranges::sort(keyed);
  std::vector<int64_t> drawn;
  for (int64_t i = 0; i < std::min(count, size); ++i) drawn.push_back(keyed[i].second);
  return drawn;
}

FeatureTable TableOf(const SequenceFeatures& features, const LabelledSequences& from,
                     std::span<const int64_t> examples) {
  FeatureTable table(features.columns());
  for (const int64_t example : examples) table.AddRow(features.Compute(from.bases(example)));
  return table;
}

std::vector<double> LabelsOf(const LabelledSequences& from, std::span<const int64_t> examples) {
  const int64_t stride = static_cast<int64_t>(from.labels.size()) / from.size;
  std::vector<double> labels;
  for (const int64_t example : examples) {
    const auto first = from.labels.begin() + example * stride;
    labels.insert(labels.end(), first, first + stride);
  }
  return labels;
}

class Fitter {
 public:
  Fitter(const PredictionTask& task, const LabelledSequences& train, const LabelledSequences& valid,
         const LabelledSequences& test, const BaselineOptions& options)
      : task_(task),
        train_(train),
        valid_(valid),
        test_(test),
        options_(options),
        training_(Draw(train.size, options.most_training, options.seed)),
        validation_(Draw(valid.size, options.most_validation, options.seed)) {}

  /// The length of all sequences that are used; none when there are several.
  std::optional<int64_t> OneLength() const {
    std::optional<int64_t> length;
    const auto is_it = [&](const LabelledSequences& of, int64_t example) {
      const auto got = static_cast<int64_t>(of.bases(example).size());
      if (!length) length = got;
      return *length == got;
    };
    for (const int64_t i : training_)
      if (!is_it(train_, i)) return {};
    for (const int64_t i : validation_)
      if (!is_it(valid_, i)) return {};
    for (int64_t i = 0; i < test_.size; ++i)
      if (!is_it(test_, i)) return {};
    return length;
  }

  Baseline Fit(const std::string& name, const Candidates& candidates) const {
    const auto selection = First(options_.most_selection);
    Choice best;
    for (const auto& candidate : candidates) {
      const Choice choice = Choose(*candidate, selection);
      if (best.features == nullptr || choice.loss < best.loss) best = choice;
    }
    const auto rows = First(MostRows(*best.features));
    const FeatureTable raw = TableOf(*best.features, train_, rows);
    const Standardizer standardizer(raw);
    // A ridge is one of the mean error: for the same prior it falls with the number of examples.
    const double strength =
        is_regression() ? best.strength * static_cast<double>(selection.size()) / static_cast<double>(rows.size())
                        : best.strength;
    Baseline baseline = {.name = name, .about = About(*best.features, strength, rows.size()), .predictions = {}};
    const auto predict = [&](double /*strength*/, const LinearModel& model) {
      for (int64_t first = 0; first < test_.size; first += kTestBlock) {
        std::vector<int64_t> block(static_cast<size_t>(std::min(kTestBlock, test_.size - first)));
        std::iota(block.begin(), block.end(), first);
        const FeatureTable table = standardizer.Apply(TableOf(*best.features, test_, block));
        const std::vector<double> predictions = Predict(model, task_, table);
        baseline.predictions.insert(baseline.predictions.end(), predictions.begin(), predictions.end());
      }
      return true;
    };
    FitModels(standardizer.Apply(raw), LabelsOf(train_, rows), {strength}, predict);
    return baseline;
  }

 private:
  struct Choice {
    const SequenceFeatures* features = nullptr;
    double strength = 0;
    double loss = std::numeric_limits<double>::infinity();
  };

  bool is_regression() const { return task_.kind == TaskKind::kRegression; }

  std::span<const int64_t> First(int64_t count) const {
    return std::span(training_).first(static_cast<size_t>(std::min(count, static_cast<int64_t>(training_.size()))));
  }

  int64_t MostRows(const SequenceFeatures& features) const {
    constexpr int64_t kSample = 1000;
    const auto sample = First(kSample);
    double entries = 0;
    for (const int64_t i : sample) entries += static_cast<double>(features.Compute(train_.bases(i)).size());
    return static_cast<int64_t>(kMostEntries * static_cast<double>(sample.size()) / std::max(entries, 1.0));
  }

  void FitModels(const FeatureTable& table, const std::vector<double>& labels, const std::vector<double>& strengths,
                 const UseModel& use) const {
    if (is_regression())
      FitRidge(task_, table, labels, strengths, use);
    else
      FitLogistic(task_, table, labels, strengths, use);
  }

  /// The strength with the lowest loss on validation examples; no stronger fits after the loss has begun to rise.
  Choice Choose(const SequenceFeatures& features, std::span<const int64_t> rows) const {
    const FeatureTable raw = TableOf(features, train_, rows);
    const Standardizer standardizer(raw);
    const FeatureTable held_out = standardizer.Apply(TableOf(features, valid_, validation_));
    scores::LabelledPredictions predicted;
    predicted.task = task_;
    predicted.size = held_out.rows();
    predicted.labels = LabelsOf(valid_, validation_);
    Choice best = {.features = &features};
    const auto try_out = [&](double strength, const LinearModel& model) {
      predicted.predictions = Predict(model, task_, held_out);
      const scores::ScoreTable table = scores::Evaluate({predicted}, {.resamples = 0}).tables[0];
      // R2 and not the error itself: outputs may have different units.
      const double loss = is_regression() ? -table.Find("r2").value : table.Find("log_loss").value;
      if (best.strength != 0 && !(loss < best.loss)) return false;
      best.strength = strength;
      best.loss = std::isnan(loss) ? std::numeric_limits<double>::infinity() : loss;
      return true;
    };
    const std::vector<double> strengths = is_regression() ? std::vector{10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.003}
                                                          : std::vector{1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 1.0};
    FitModels(standardizer.Apply(raw), LabelsOf(train_, rows), strengths, try_out);
    return best;
  }

  std::string About(const SequenceFeatures& features, double strength, size_t examples) const {
    const std::string of =
        static_cast<int64_t>(examples) < train_.size
            ? fmt::format("{} of {} training examples, drawn with seed {}", examples, train_.size, options_.seed)
            : fmt::format("{} training examples", examples);
    return fmt::format("{}, {} = {:.2g}, {}", features.name(),
                       is_regression() ? "ridge regression, lambda" : "logistic regression, C", strength, of);
  }

  const PredictionTask& task_;
  const LabelledSequences& train_;
  const LabelledSequences& valid_;
  const LabelledSequences& test_;
  const BaselineOptions& options_;
  std::vector<int64_t> training_, validation_;  // examples drawn
};

}  // namespace

Baselines FitBaselines(const PredictionTask& task, const LabelledSequences& train, const LabelledSequences& valid,
                       const LabelledSequences& test, const BaselineOptions& options) {
  if (train.size == 0 || valid.size == 0)
    Fail("baselines: expected training and validation examples, got {} and {}", train.size, valid.size);
  const Fitter fitter(task, train, valid, test, options);
  Candidates kmers;
  for (int k = std::min(2, options.longest_kmer); k <= options.longest_kmer; ++k)
    for (const bool both_strands : {false, true}) kmers.push_back(Kmers(k, both_strands));
  Baselines baselines;
  baselines.fitted.push_back(fitter.Fit("k-mers", kmers));
  const std::optional<int64_t> length = fitter.OneLength();
  if (length && *length <= kLongestByPosition) {
    Candidates positions;
    positions.push_back(BasesByPosition(*length));
    baselines.fitted.push_back(fitter.Fit("bases by position", positions));
  } else {
    baselines.left_out.push_back(
        fmt::format("bases by position: left out, it takes sequences of one length of at most {}; these {}",
                    kLongestByPosition, length ? fmt::format("have {}", *length) : "have several lengths"));
  }
  Candidates composition;
  composition.push_back(GcAndLength());
  baselines.fitted.push_back(fitter.Fit("GC and length", composition));
  return baselines;
}

}  // namespace agront::baselines
