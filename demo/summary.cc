// SPDX-License-Identifier: Apache-2.0
#include "summary.h"

#include <agront/error.h>
#include <agront/tokenizer.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace agront::demo {

Baseline ReadBaseline(const std::string& path) {
  constexpr int kNumSixmers = 4096;
  std::ifstream file(path);
  if (!file) throw Error(path + ": cannot open");
  std::vector<double> counts(kVocabularySize, 0.0);
  std::string sixmer;
  double count = 0;
  int read = 0;
  double total = 0;
  while (file >> sixmer >> count) {
    const Tokens tokens = Encode(sixmer);
    if (sixmer.size() != 6 || tokens.ids.size() != 2 || count < 0)
      throw Error(std::string(path).append(": expected a 6-mer and its count, got ").append(sixmer));
    counts[tokens.ids[1]] = count + 1;
    total += count + 1;
    ++read;
  }
  if (read != kNumSixmers || !file.eof())
    throw Error(path + ": expected 4096 6-mers with counts, got " + std::to_string(read));
  Baseline baseline;
  baseline.best = static_cast<int32_t>(std::ranges::max_element(counts) - counts.begin());
  for (const double value : counts) baseline.log_frequency.push_back(std::log(value / total));
  return baseline;
}

std::array<KindSummary, kNumKinds + 1> Summarise(const std::vector<Prediction>& predictions,
                                                 const std::vector<Kind>& kinds, const Baseline& baseline) {
  std::array<KindSummary, kNumKinds + 1> summary{};
  for (const Prediction& prediction : predictions) {
    const Kind kind = MajorityKind(kinds, prediction.start, prediction.start + 6);
    for (KindSummary* row : {&summary[static_cast<size_t>(kind)], &summary.back()}) {
      ++row->sixmers;
      row->correct += prediction.correct;
      row->log_probability += prediction.log_probability;
      row->baseline_correct += prediction.token == baseline.best;
      row->baseline_log_probability += baseline.log_frequency[prediction.token];
    }
  }
  for (KindSummary& row : summary) {
    const auto count = static_cast<double>(std::max<int64_t>(row.sixmers, 1));
    for (double* sum : {&row.correct, &row.log_probability, &row.baseline_correct, &row.baseline_log_probability})
      *sum /= count;
  }
  return summary;
}

std::string SummaryText(const std::array<KindSummary, kNumKinds + 1>& summary) {
  std::string text =
      "                          accuracy                  mean log-probability (nats)\n"
      "                6-mers    model   frequencies         model   frequencies\n";
  for (size_t i = 0; i < summary.size(); ++i) {
    const KindSummary& row = summary[i];
    char line[160];
    std::snprintf(line, sizeof(line), "%-15s %6lld   %5.1f %%       %5.2f %%        %6.3f        %6.3f\n",
                  i < kNumKinds ? kKindStyles[i].name : "all", static_cast<long long>(row.sixmers), 100 * row.correct,
                  100 * row.baseline_correct, row.log_probability, row.baseline_log_probability);
    text += line;
  }
  return text;
}

}  // namespace agront::demo
