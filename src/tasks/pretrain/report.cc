// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/output_file.h"
#include "model/parameters.h"
#include "plot/heat_map.h"
#include "plot/line_chart.h"
#include "plot/page.h"

namespace agront::tasks {
namespace {

plot::Curve CurveOf(const std::vector<nlohmann::json>& lines, const std::string& name, const char* key) {
  plot::Curve curve{.name = name, .x = {}, .y = {}};
  for (const auto& line : lines) {
    if (!line.contains(key) || !line[key].is_number()) continue;
    curve.x.push_back(line["step"].get<double>());
    curve.y.push_back(line[key].get<double>());
  }
  return curve;
}

std::vector<plot::Curve> BySpecies(const std::vector<nlohmann::json>& validations, const data::Corpus& corpus) {
  std::vector<plot::Curve> curves;
  for (int i = 0; i < corpus.num_species(); ++i) {
    std::vector<nlohmann::json> lines;
    for (const auto& line : validations)
      if (line.contains("species") && line["species"].contains(corpus.species_name(i))) {
        nlohmann::json of_species = line["species"][corpus.species_name(i)];
        of_species["step"] = line["step"];
        lines.push_back(std::move(of_species));
      }
    if (!lines.empty()) curves.push_back(CurveOf(lines, corpus.species_name(i), "loss"));
  }
  return curves;
}

std::string OptionsTable(const nlohmann::ordered_json& asked) {
  std::string html = "<table class=\"left\">\n";
  for (const auto& [key, value] : asked.items())
    html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", key,
                        plot::EscapeXml(value.is_string() ? value.get<std::string>() : value.dump()));
  return plot::ScrollBox(html + "</table>\n");
}

}  // namespace

void WriteTrainingReport(const training::RunFolder& folder, const data::Corpus& corpus, const ModelShape& shape,
                         const nlohmann::ordered_json& asked) {
  const auto steps = folder.ReadLines(training::kMetricsFile);
  const auto validations = folder.ReadLines(training::kValidationFile);
  plot::Curve training = CurveOf(steps, "training, <mask> positions", "mask_loss");
  training.is_faint = true;
  std::string body = plot::Section(
      "Loss",
      plot::LineChart({training, CurveOf(validations, "validation, <mask> positions", "loss")},
                      {"Cross-entropy of hidden 6-mers", "step", "nats a 6-mer"}) +
          "<p>ln 4096 = 8.32 is chance. Only positions that show &lt;mask&gt; count: tokens left in place can be "
          "copied.</p>");
  body += plot::Section("Accuracy", plot::LineChart({CurveOf(validations, "validation", "accuracy")},
                                                    {"Share of hidden 6-mers told right", "step", "share"}));
  if (const auto curves = BySpecies(validations, corpus); curves.size() > 1)
    body += plot::Section("Species", plot::LineChart(curves, {"Validation loss by species", "step", "nats a 6-mer"}));
  body += plot::Section(
      "Step", plot::LineChart({CurveOf(steps, "learning rate", "learning_rate")}, {"Learning rate", "step", "rate"}) +
                  plot::LineChart({CurveOf(steps, "norm", "gradient_norm")}, {"Norm of the gradient", "step", "norm"}));
  body += plot::Section("Options", OptionsTable(asked));
  const double tokens = steps.empty() ? 0 : steps.back().value("tokens", 0.0);
  WriteTextFile(folder.File("report.html"),
                plot::Page("Pretraining",
                           fmt::format("{} parameters, {} steps, {:.4g} million tokens, corpus {}",
                                       model::CountValues(shape), steps.size(), tokens / 1e6, corpus.path()),
                           body));
}

}  // namespace agront::tasks
