// SPDX-License-Identifier: Apache-2.0
#include "scores/yes_no_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scores/calibration.h"
#include "scores/confusion.h"
#include "scores/mean_of_outputs.h"

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class BinaryScorer final : public Scorer {
 public:
  explicit BinaryScorer(const LabelledPredictions& predictions)
      : Scorer(YesNoColumn::kNames, {}, 0), column_(LabelColumn(predictions, 0), PredictionColumn(predictions, 0)) {}

  std::vector<double> Scores(Counts counts) const override {
    const auto scores = column_.Scores(counts);
    return {scores.begin(), scores.end()};
  }

 private:
  YesNoColumn column_;
};

/// The names of the means, and of what scikit-learn defines over all labels at once.
std::vector<std::string> MultilabelNames() {
  std::vector<std::string> names = YesNoColumn::kNames;
  names.insert(names.end(), {"f1_micro", "hamming_loss"});
  return names;
}

class MultilabelScorer final : public Scorer {
 public:
  explicit MultilabelScorer(const LabelledPredictions& predictions)
      : Scorer(MultilabelNames(), YesNoColumn::kNames, predictions.task.num_outputs()) {
    for (int64_t output = 0; output < outputs(); ++output)
      columns_.emplace_back(LabelColumn(predictions, output), PredictionColumn(predictions, output));
    for (int64_t i = 0; i < predictions.size; ++i) {
      Row row;
      for (int64_t output = 0; output < outputs(); ++output) {
        const double label = predictions.labels[i * outputs() + output];
        if (std::isnan(label)) continue;
        const bool decision = predictions.predictions[i * outputs() + output] > kYesAbove;
        ++row.labels;
        row.wrong += decision != (label == 1);
        row.hits += decision && label == 1;
      }
      rows_.push_back(row);
    }
  }

  std::vector<double> Scores(Counts counts) const override {
    std::vector<double> scores(static_cast<size_t>(size()));
    const size_t first = overall_names().size();
    for (size_t output = 0; output < columns_.size(); ++output)
      std::ranges::copy(columns_[output].Scores(counts), scores.begin() + first + output * YesNoColumn::kCount);
    for (size_t i = 0; i < YesNoColumn::kCount; ++i)
      scores[i] = MeanOfOutputs(std::span(scores).subspan(first), i, YesNoColumn::kCount);

    double examples = 0, all_right = 0, labels = 0, wrong = 0, hits = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const double count = counts[i];
      examples += rows_[i].labels > 0 ? count : 0;
      all_right += rows_[i].labels > 0 && rows_[i].wrong == 0 ? count : 0;
      labels += count * rows_[i].labels;
      wrong += count * rows_[i].wrong;
      hits += count * rows_[i].hits;
    }
    scores[YesNoColumn::kAccuracy] = examples > 0 ? all_right / examples : kNan;
    // Where a label is wrong, either the truth or the decision is positive: 2 TP + FP + FN.
    scores[YesNoColumn::kCount] = labels == 0 ? kNan : hits > 0 ? 2 * hits / (2 * hits + wrong) : 0;
    scores[YesNoColumn::kCount + 1] = labels > 0 ? wrong / labels : kNan;
    return scores;
  }

 private:
  struct Row {
    int32_t labels = 0, wrong = 0, hits = 0;
  };
  std::vector<YesNoColumn> columns_;
  std::vector<Row> rows_;
};

}  // namespace

const std::vector<std::string> YesNoColumn::kNames = {"auroc",  "auprc", "accuracy", "f1",    "precision",
                                                      "recall", "mcc",   "log_loss", "brier", "ece"};

YesNoColumn::YesNoColumn(std::span<const double> labels, std::span<const double> probabilities)
    : ranking_(labels, probabilities) {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (std::isnan(labels[i])) continue;
    const double probability = probabilities[i];
    const bool label = labels[i] == 1;
    rows_.push_back({static_cast<uint32_t>(i), label, probability > kYesAbove,
                     static_cast<uint8_t>(Calibration::BinOf(probability)), probability,
                     LogLossOf(label ? probability : 1 - probability)});
  }
}

std::array<double, YesNoColumn::kCount> YesNoColumn::Scores(Counts counts) const {
  Confusion confusion(2);
  Calibration calibration;
  double total = 0, log_loss = 0, squares = 0;
  for (const Row& row : rows_) {
    const Count count = counts[row.example];
    if (count == 0) continue;
    const double error = row.probability - row.label;
    total += count;
    confusion.Add(row.label, row.decision, count);
    calibration.Add(row.bin, row.probability, row.label, count);
    log_loss += count * row.log_loss;
    squares += count * error * error;
  }
  const RankingScores ranking = ranking_.Scores(counts);
  return {ranking.auroc,
          ranking.auprc,
          Accuracy(confusion),
          F1(confusion, 1),
          Precision(confusion, 1),
          Recall(confusion, 1),
          Mcc(confusion),
          total > 0 ? log_loss / total : kNan,
          total > 0 ? squares / total : kNan,
          calibration.Error()};
}

std::unique_ptr<Scorer> MakeBinaryScorer(const LabelledPredictions& predictions) {
  return std::make_unique<BinaryScorer>(predictions);
}

std::unique_ptr<Scorer> MakeMultilabelScorer(const LabelledPredictions& predictions) {
  return std::make_unique<MultilabelScorer>(predictions);
}

}  // namespace agront::scores
