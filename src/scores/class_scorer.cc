// SPDX-License-Identifier: Apache-2.0
#include "scores/class_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "scores/calibration.h"
#include "scores/mean_of_outputs.h"
#include "scores/ranking.h"
#include "scores/yes_no_scorer.h"

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class ClassScorer final : public Scorer {
 public:
  explicit ClassScorer(const LabelledPredictions& predictions)
      : Scorer({"accuracy", "f1", "mcc", "auroc", "auprc", "log_loss", "brier", "ece"},
               {"auroc", "auprc", "f1", "precision", "recall"}, predictions.task.num_outputs()) {
    const std::vector<double> labels = LabelColumn(predictions, 0);
    for (int64_t output = 0; output < outputs(); ++output)
      rankings_.emplace_back(labels, PredictionColumn(predictions, output), static_cast<double>(output));
    for (int64_t i = 0; i < predictions.size; ++i) {
      if (std::isnan(labels[i])) continue;
      const std::span probabilities(&predictions.predictions[i * outputs()], static_cast<size_t>(outputs()));
      const auto truth = static_cast<int64_t>(labels[i]);
      const int64_t decision = PredictedClass(predictions, i);
      double brier = 0;
      for (int64_t output = 0; output < outputs(); ++output)
        brier += std::pow(probabilities[output] - (output == truth ? 1 : 0), 2);
      rows_.push_back({static_cast<uint32_t>(i), Calibration::BinOf(probabilities[decision]), truth, decision,
                       probabilities[decision], LogLossOf(probabilities[truth]), brier});
    }
  }

  std::vector<double> Scores(Counts counts) const override {
    Confusion confusion(outputs());
    Calibration calibration;
    double total = 0, log_loss = 0, brier = 0;
    for (const Row& row : rows_) {
      const Count count = counts[row.example];
      if (count == 0) continue;
      total += count;
      confusion.Add(row.truth, row.decision, count);
      calibration.Add(row.bin, row.confidence, row.truth == row.decision, count);
      log_loss += count * row.log_loss;
      brier += count * row.brier;
    }
    const size_t first = overall_names().size();
    const size_t stride = output_names().size();
    std::vector<double> scores(first);
    for (int64_t output = 0; output < outputs(); ++output) {
      const RankingScores ranking = rankings_[output].Scores(counts);
      scores.insert(scores.end(), {ranking.auroc, ranking.auprc, F1(confusion, output), Precision(confusion, output),
                                   Recall(confusion, output)});
    }
    const auto of_outputs = std::span(scores).subspan(first);
    const std::vector<double> overall = {Accuracy(confusion),
                                         MacroF1(confusion),
                                         Mcc(confusion),
                                         MeanOfOutputs(of_outputs, 0, stride),
                                         MeanOfOutputs(of_outputs, 1, stride),
                                         total > 0 ? log_loss / total : kNan,
                                         total > 0 ? brier / total : kNan,
                                         calibration.Error()};
    std::ranges::copy(overall, scores.begin());
    return scores;
  }

 private:
  struct Row {
    uint32_t example;
    int bin;
    int64_t truth, decision;
    double confidence, log_loss, brier;
  };
  std::vector<Row> rows_;
  std::vector<Ranking> rankings_;  // of each class against the rest
};

}  // namespace

std::unique_ptr<Scorer> MakeClassScorer(const LabelledPredictions& predictions) {
  return std::make_unique<ClassScorer>(predictions);
}

int64_t PredictedClass(const LabelledPredictions& predictions, int64_t example) {
  const auto first = predictions.predictions.begin() + example * predictions.task.num_outputs();
  return std::max_element(first, first + predictions.task.num_outputs()) - first;
}

Confusion ConfusionOf(const LabelledPredictions& predictions) {
  const bool is_binary = predictions.task.kind == TaskKind::kBinary;
  Confusion confusion(is_binary ? 2 : predictions.task.num_outputs());
  for (int64_t i = 0; i < predictions.size; ++i)
    if (const double label = predictions.labels[i]; !std::isnan(label))
      confusion.Add(static_cast<int64_t>(label),
                    is_binary ? predictions.predictions[i] > kYesAbove : PredictedClass(predictions, i), 1);
  return confusion;
}

}  // namespace agront::scores
