// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "plot/heat_map.h"
#include "tasks/finetune/report/report_tables.h"

namespace agront::tasks {
namespace {

using plot::EscapeXml;

/// How the model compares with one baseline, the worst first.
enum class Outcome { kWorse, kUnclear, kBetter };

struct Comparison {
  Outcome outcome;
  std::string phrase;   ///< "Worse than k-mers by 0.168"
  std::string numbers;  ///< "95 % interval 0.150 to 0.190"
};

/// What a value of the score means.
std::string Meaning(const std::string& score) {
  if (score == "auroc")
    return "AUROC is the share of pairs of a positive and a negative that are in the right order: 1 is perfect, 0.5 is "
           "guessing.";
  if (score == "mcc") return "MCC is the correlation of predicted with true classes: 1 is perfect, 0 is guessing.";
  return "R² is the share of the variance that is explained: 1 is perfect, 0 is no better than the mean for everything, "
         "below 0 is worse.";
}

const char* ExamplesOf(const FineTuneReport& report) {
  return report.task.kind == TaskKind::kToken ? "tokens" : "examples";
}

std::string Percent(const FineTuneReport& report) { return fmt::format("{:.0f} %", 100 * report.bootstrap.confidence); }

/// Nothing where the difference is not defined.
std::optional<Comparison> Compare(const scores::Difference& difference, const std::string& baseline,
                                  const std::string& percent) {
  if (!std::isfinite(difference.value)) return std::nullopt;
  const bool is_less = difference.value < 0;
  const std::string size = Number(std::abs(difference.value));
  if (!std::isfinite(difference.low))
    return Comparison{Outcome::kUnclear, fmt::format("{} than {} by {}", is_less ? "Lower" : "Higher", baseline, size),
                      "no interval"};
  const auto interval = [&](double low, double high) {
    return fmt::format("{} interval {} to {}", percent, Number(low), Number(high));
  };
  if (difference.low > 0)
    return Comparison{Outcome::kBetter, fmt::format("Better than {} by {}", baseline, size),
                      interval(difference.low, difference.high)};
  if (difference.high < 0)
    return Comparison{Outcome::kWorse, fmt::format("Worse than {} by {}", baseline, size),
                      interval(-difference.high, -difference.low)};
  return Comparison{
      Outcome::kUnclear, "Not significantly different from " + baseline,
      fmt::format("{}{}, {}", is_less ? "" : "+", Number(difference.value), interval(difference.low, difference.high))};
}

/// With each baseline in `headline`, the worst first.
std::vector<Comparison> Comparisons(const FineTuneReport& report, const std::string& headline) {
  std::vector<Comparison> comparisons;
  for (size_t i = 0; i < report.evaluation.differences.size(); ++i) {
    const auto& differences = report.evaluation.differences[i];
    const auto found = std::ranges::find(differences, headline, &scores::Difference::name);
    if (found == differences.end()) continue;
    if (const auto comparison = Compare(*found, report.predictors[i + 1].name, Percent(report)))
      comparisons.push_back(*comparison);
  }
  std::ranges::stable_sort(comparisons, {}, &Comparison::outcome);
  return comparisons;
}

/// "AUROC on the 250 test examples: 0.519 (95 % interval 0.445 to 0.595)."
std::string ScoreSentence(const FineTuneReport& report, const std::string& headline) {
  const scores::Score model = report.evaluation.tables[0].Find(headline);
  const size_t outputs = report.evaluation.tables[0].outputs.size();
  const bool is_mean = outputs > 0 && headline != "mcc";  // which is of all classes at once
  std::vector<std::string> how;
  if (is_mean) how.push_back(fmt::format("mean of {} outputs", outputs));
  if (report.learned) how.push_back("after " + EscapeXml(report.learned->transform));
  return fmt::format("{}{} on the {} {} {}: <b>{}</b>{}.", ScoreTitle(headline),
                     how.empty() ? "" : fmt::format(" ({})", fmt::join(how, ", ")), report.predictions[0].size,
                     report.part, ExamplesOf(report), Number(model.value),
                     std::isfinite(model.low) ? fmt::format(" ({} interval {} to {})", Percent(report),
                                                            Number(model.low), Number(model.high))
                                              : "");
}

std::string MeaningOfSignificance(const FineTuneReport& report) {
  if (report.bootstrap.resamples == 0) return "";
  return fmt::format(
      " A difference is significant where its {} interval, from {} paired bootstrap resamples of the {} {}, does not "
      "contain 0: then the choice of examples alone hardly explains it. That says nothing about other data or another "
      "training run.",
      Percent(report), report.bootstrap.resamples, report.part, ExamplesOf(report));
}

}  // namespace

std::string Verdict(const FineTuneReport& report) {
  if (report.evaluation.tables.empty()) return "";
  const std::string headline = HeadlineScore(report.task);
  const std::vector<Comparison> comparisons = Comparisons(report, headline);
  std::string html;
  for (const auto& [outcome, phrase, numbers] : comparisons) {
    const bool is_first = outcome == comparisons.front().outcome;
    html += fmt::format("<p class=\"verdict\">{}{}{} ({}).</p>\n", is_first ? "<b>" : "", EscapeXml(phrase),
                        is_first ? "</b>" : "", numbers);
  }
  html += fmt::format("<p class=\"verdict\">{}</p>\n", ScoreSentence(report, headline));
  html += fmt::format("<p>{}", Meaning(headline));
  if (!comparisons.empty())
    html += fmt::format(" The comparisons are with simple models (baselines), which any model has to beat, in {}.{}",
                        ScoreTitle(headline), MeaningOfSignificance(report));
  return html + "</p>\n";
}

}  // namespace agront::tasks
