// SPDX-License-Identifier: Apache-2.0
#include "scores/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "base/error.h"
#include "base/parallel.h"
#include "scores/resampler.h"
#include "scores/scorer.h"

namespace agront::scores {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Interval {
  double low = kNan, high = kNan;
};

/// Between the values at its two sides: NumPy's percentile.
double Quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval IntervalOf(std::vector<double> values, double confidence) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {Quantile(values, (1 - confidence) / 2), Quantile(values, (1 + confidence) / 2)};
}

double TwoSided(const std::vector<double>& differences) {
  double below = 1, above = 1, total = 1;
  for (const double difference : differences) {
    if (std::isnan(difference)) continue;
    ++total;
    below += difference <= 0 ? 1 : 0;
    above += difference >= 0 ? 1 : 0;
  }
  return total == 1 ? kNan : std::min(1.0, 2 * std::min(below, above) / total);
}

/// The scores of every predictor: of the examples themselves, and of each resample.
class Bootstrap {
 public:
  Bootstrap(const std::vector<LabelledPredictions>& predictors, const BootstrapOptions& options) : options_(options) {
    for (const LabelledPredictions& predictor : predictors) scorers_.push_back(MakeScorer(predictor));
    const LabelledPredictions& first = predictors.front();
    const std::vector<Count> once(static_cast<size_t>(first.size), Count{1});
    for (const auto& scorer : scorers_) {
      values_.push_back(scorer->Scores(once));
      resampled_.emplace_back(static_cast<size_t>(options.resamples));
    }
    const Resampler resampler(first.size, first.clusters, options.seed);
    constexpr int64_t kBlock = 8;  // resamples that use one buffer after another
    ParallelFor((options.resamples + kBlock - 1) / kBlock, [&](int64_t block) {
      std::vector<Count> counts(static_cast<size_t>(first.size));
      for (int64_t i = block * kBlock; i < std::min((block + 1) * kBlock, options.resamples); ++i) {
        resampler.Draw(i, counts);
        for (size_t predictor = 0; predictor < scorers_.size(); ++predictor)
          resampled_[predictor][i] = scorers_[predictor]->Scores(counts);
      }
    });
  }

  ScoreTable Table(size_t predictor, const PredictionTask& task) const {
    const Scorer& scorer = *scorers_[predictor];
    ScoreTable table;
    table.has_intervals = options_.resamples > 0;
    size_t at = 0;
    const auto scores = [&](const std::vector<std::string>& names) {
      std::vector<Score> of;
      for (const std::string& name : names) {
        const auto [low, high] =
            HasIntervals(name) ? IntervalOf(Resampled(predictor, at), options_.confidence) : Interval{};
        of.push_back({name, values_[predictor][at++], low, high});
      }
      return of;
    };
    table.overall = scores(scorer.overall_names());
    for (int64_t output = 0; output < scorer.outputs(); ++output)
      table.outputs.push_back({task.outputs[output], scores(scorer.output_names())});
    return table;
  }

  std::vector<Difference> Differences(size_t other) const {
    std::vector<Difference> differences;
    const auto& names = scorers_[0]->overall_names();
    for (size_t at = 0; at < names.size(); ++at) {
      std::vector<double> resampled = Resampled(0, at);
      const std::vector<double> others = Resampled(other, at);
      for (size_t i = 0; i < resampled.size(); ++i) resampled[i] -= others[i];
      const double value = values_[0][at] - values_[other][at];
      if (!HasIntervals(names[at])) {
        differences.push_back({names[at], value, kNan, kNan, kNan});
        continue;
      }
      const auto [low, high] = IntervalOf(resampled, options_.confidence);
      differences.push_back({names[at], value, low, high, TwoSided(resampled)});
    }
    return differences;
  }

 private:
  std::vector<double> Resampled(size_t predictor, size_t at) const {
    std::vector<double> values;
    for (const auto& scores : resampled_[predictor]) values.push_back(scores[at]);
    return values;
  }

  BootstrapOptions options_;
  std::vector<std::unique_ptr<Scorer>> scorers_;
  std::vector<std::vector<double>> values_;                  // [predictors][scores]
  std::vector<std::vector<std::vector<double>>> resampled_;  // [predictors][resamples][scores]
};

bool AreSame(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

nlohmann::ordered_json NumberOrNull(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

void AddScores(nlohmann::ordered_json& json, const std::vector<Score>& scores, bool with_intervals) {
  for (const Score& score : scores) {
    json[score.name] = NumberOrNull(score.value);
    if (!with_intervals || !HasIntervals(score.name)) continue;
    json[score.name + "_low"] = NumberOrNull(score.low);
    json[score.name + "_high"] = NumberOrNull(score.high);
  }
}

}  // namespace

Score ScoreTable::Find(const std::string& name) const {
  const auto found = std::ranges::find(overall, name, &Score::name);
  return found == overall.end() ? Score{name, kNan, kNan, kNan} : *found;
}

Evaluation Evaluate(const std::vector<LabelledPredictions>& predictors, const BootstrapOptions& options) {
  Evaluation evaluation;
  if (predictors.empty()) return evaluation;
  for (const LabelledPredictions& predictor : predictors) {
    CheckPredictions(predictor, "predictions");
    if (predictor.task != predictors[0].task || !AreSame(predictor.labels, predictors[0].labels))
      Fail("predictions to compare: expected the same task and labels from each predictor, got others");
  }
  const Bootstrap bootstrap(predictors, options);
  for (size_t i = 0; i < predictors.size(); ++i) evaluation.tables.push_back(bootstrap.Table(i, predictors[i].task));
  for (size_t i = 1; i < predictors.size(); ++i) evaluation.differences.push_back(bootstrap.Differences(i));
  return evaluation;
}

nlohmann::ordered_json ToJson(const ScoreTable& table) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  AddScores(json, table.overall, table.has_intervals);
  for (const auto& [output, scores] : table.outputs) AddScores(json["outputs"][output], scores, table.has_intervals);
  return json;
}

nlohmann::ordered_json ToJson(const std::vector<Difference>& differences) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Difference& difference : differences)
    json[difference.name] = {{"difference", NumberOrNull(difference.value)},
                             {"low", NumberOrNull(difference.low)},
                             {"high", NumberOrNull(difference.high)},
                             {"p_value", NumberOrNull(difference.p_value)}};
  return json;
}

}  // namespace agront::scores
