// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/summary.h"
#include "base/path.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "inference/finetuned_model.h"

namespace agront::tasks {
namespace {

using Json = nlohmann::ordered_json;

bool IsBound(const std::string& key) { return key.ends_with("_low") || key.ends_with("_high"); }

/// `runs` are objects of the same kind; each number becomes mean and deviation, objects inside likewise; a text that
/// all share stays. Bounds of
/// intervals are those of single runs, and left out.
Json Summary(const std::vector<Json>& runs) {
  Json summary = Json::object();
  for (const auto& [key, first] : runs.front().items()) {
    if (IsBound(key)) continue;
    if (first.is_object()) {
      std::vector<Json> inner;
      for (const Json& run : runs)
        if (run.contains(key) && run[key].is_object()) inner.push_back(run[key]);
      summary[key] = Summary(inner);
      continue;
    }
    const bool is_shared =
        std::ranges::all_of(runs, [&](const Json& run) { return run.contains(key) && run[key] == first; });
    if (first.is_string() && is_shared) {
      summary[key] = first;
      continue;
    }
    std::vector<double> values;
    for (const Json& run : runs)
      if (run.contains(key) && run[key].is_number()) values.push_back(run[key].get<double>());
    if (values.empty()) {
      summary[key] = nullptr;
      continue;
    }
    double mean = 0, square = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (const double value : values) square += (value - mean) * (value - mean);
    summary[key] = mean;
    if (values.size() > 1) summary[key + "_deviation"] = std::sqrt(square / static_cast<double>(values.size() - 1));
  }
  return summary;
}

}  // namespace

void SummarizeRuns(const std::vector<std::string>& folders, const std::string& output) {
  std::vector<Json> runs;
  Json names = Json::array();
  for (const std::string& folder : folders) {
    const std::string path = Below(folder, inference::kMetricsJson);
    runs.push_back(formats::ParseJson<Json>(ReadTextFile(path), path));
    if (!runs.back().is_object()) Fail("{}: expected an object", path);
    names.push_back(std::filesystem::path(folder).filename().string());
  }
  Json summary = {{"runs", names}};
  for (const char* part : {"test", "valid", "baselines"}) {
    std::vector<Json> of_part;
    for (const Json& run : runs)
      if (run.contains(part) && run[part].is_object()) of_part.push_back(run[part]);
    if (!of_part.empty()) summary[part] = Summary(of_part);
  }
  // Each fold has its own.
  const auto examples = [](const Json& run) { return run.value("examples", Json()); };
  if (std::ranges::all_of(runs, [&](const Json& run) { return examples(run) == examples(runs.front()); }))
    summary["examples"] = examples(runs.front());
  WriteTextFile(Below(output, inference::kMetricsJson), summary.dump(2) + "\n");
}

}  // namespace agront::tasks
