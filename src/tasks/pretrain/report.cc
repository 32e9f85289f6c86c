// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "base/output_file.h"
#include "model/parameters/parameters.h"
#include "plot/heat_map.h"
#include "plot/line_chart.h"
#include "plot/page.h"

namespace agront::tasks {
namespace {

constexpr double kSixmers = 4096;

double GuessingLoss() { return std::log(kSixmers); }

/// The numbers of a key by step, times `factor`.
plot::Curve CurveOf(const std::vector<nlohmann::json>& lines, const std::string& name, const char* key,
                    double factor = 1) {
  plot::Curve curve{.name = name, .x = {}, .y = {}};
  for (const auto& line : lines) {
    if (!line.contains(key) || !line[key].is_number()) continue;
    curve.x.push_back(line["step"].get<double>());
    curve.y.push_back(factor * line[key].get<double>());
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
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td></tr>\n", key,
        value == "" ? "none" : plot::EscapeXml(value.is_string() ? value.get<std::string>() : value.dump()));
  return plot::ScrollBox(html + "</table>\n");
}

/// Training and validation, with guessing as a level and the lowest validation marked.
std::string LossChart(const std::vector<nlohmann::json>& steps, const plot::Curve& validation) {
  plot::Curve training =
      CurveOf(steps, "training, <mask> positions (dots: single steps; line: running mean)", "mask_loss");
  training.is_noisy = true;
  std::vector<plot::Curve> curves = {training};
  plot::LineChartOptions options = {.title = "Cross-entropy of masked 6-mers",
                                    .x_label = "step",
                                    .y_label = "nats a 6-mer",
                                    .levels = {{GuessingLoss(), "guessing"}},
                                    .mark = {}};
  if (!validation.x.empty()) {
    curves.push_back(validation);
    const auto lowest = std::ranges::min_element(validation.y) - validation.y.begin();
    const double step = validation.x[static_cast<size_t>(lowest)];
    options.mark = plot::Mark{step, fmt::format("lowest validation loss: step {:.0f}", step), 1};
  }
  return plot::ScrollBox(plot::LineChart(curves, options));
}

std::string StepCharts(const std::vector<nlohmann::json>& steps) {
  constexpr double kHalf = 515;
  plot::Curve norm = CurveOf(steps, "dots: single steps; line: running mean", "gradient_norm");
  norm.is_noisy = true;
  const auto chart = [&](const plot::Curve& curve, const char* title, const char* label) {
    return plot::LineChart({curve}, {.title = title,
                                     .x_label = "step",
                                     .y_label = label,
                                     .from_zero = true,
                                     .levels = {},
                                     .mark = {},
                                     .width = kHalf});
  };
  return plot::SideBySide({chart(CurveOf(steps, "each step", "learning_rate"), "Learning rate", "rate"),
                           chart(norm, "Norm of the gradient", "norm")});
}

/// The mean of a key over some of the lines; NaN when none has it.
double MeanOf(std::span<const nlohmann::json> lines, const char* key) {
  double sum = 0, count = 0;
  for (const auto& line : lines)
    if (line.contains(key) && line[key].is_number()) {
      sum += line[key].get<double>();
      ++count;
    }
  return sum / count;
}

std::string VerdictOfTraining(const std::vector<nlohmann::json>& steps) {
  std::string html =
      "<p class=\"verdict\"><b>Nothing was validated</b>, so nothing shows how the model does on sequences that it has "
      "not read.</p>\n";
  if (steps.empty()) return html;
  constexpr size_t kTenth = 10;
  const size_t some = std::max<size_t>(1, steps.size() / kTenth);
  return html +
         fmt::format(
             "<p>Mean training loss on &lt;mask&gt; positions: {:.3f} nats a 6-mer over the first {}, {:.3f} over "
             "the last {}; guessing has {:.3f}.</p>\n",
             MeanOf(std::span(steps).first(some), "mask_loss"), some == 1 ? "step" : fmt::format("{} steps", some),
             MeanOf(std::span(steps).last(some), "mask_loss"), some == 1 ? "one" : fmt::format("{}", some),
             GuessingLoss());
}

}  // namespace

std::string TrainingVerdict(const std::vector<nlohmann::json>& steps, const std::vector<nlohmann::json>& validations) {
  const plot::Curve losses = CurveOf(validations, "", "loss");
  if (losses.x.empty()) return VerdictOfTraining(steps);
  const double gain = GuessingLoss() - losses.y.back();
  std::string html = fmt::format(
      "<p class=\"verdict\"><b>{} guessing by {:.3f} nats a 6-mer</b>: validation loss {:.3f} after step {:.0f}, where "
      "guessing among {:.0f} 6-mers has {:.3f}.</p>\n",
      gain > 0 ? "Better than" : "Worse than", std::abs(gain), losses.y.back(), losses.x.back(), kSixmers,
      GuessingLoss());
  const nlohmann::json& last = validations.back();
  if (last.contains("accuracy") && last.contains("perplexity"))
    html += fmt::format("<p class=\"verdict\">Accuracy {:.2f} % of the masked 6-mers, perplexity {:.1f}.</p>\n",
                        100 * last["accuracy"].get<double>(), last["perplexity"].get<double>());
  html +=
      losses.x.front() == 0
          ? fmt::format("<p>Before the first step the validation loss was {:.3f}. ", losses.y.front())
          : fmt::format("<p>After step {:.0f} the validation loss was {:.3f}. ", losses.x.front(), losses.y.front());
  return html +
         "The frequencies of 6-mers alone beat guessing, too: a small gain does not show that the model reads what is "
         "around a mask.</p>\n";
}

void WriteTrainingReport(const training::RunFolder& folder, const data::Corpus& corpus, const ModelShape& shape,
                         const nlohmann::ordered_json& asked, const std::string& note) {
  const auto steps = folder.ReadLines(training::kMetricsFile);
  const auto validations = folder.ReadLines(training::kValidationFile);
  std::string body =
      plot::Section("In short", TrainingVerdict(steps, validations) + (note.empty() ? "" : plot::Warning(note)));
  body += plot::Section(
      "Loss",
      LossChart(steps, CurveOf(validations, "validation, <mask> positions", "loss")) +
          "<p>Only positions that show &lt;mask&gt; count: tokens that are left as they are can be copied. The vertical "
          "axis does not begin at 0.</p>");
  if (const plot::Curve accuracy = CurveOf(validations, "validation", "accuracy", 100); !accuracy.x.empty())
    body += plot::Section("Accuracy",
                          plot::ScrollBox(plot::LineChart({accuracy}, {.title = "Masked 6-mers predicted correctly",
                                                                       .x_label = "step",
                                                                       .y_label = "%",
                                                                       .from_zero = true,
                                                                       .levels = {},
                                                                       .mark = {}})));
  if (const auto curves = BySpecies(validations, corpus); curves.size() > 1)
    body += plot::Section(
        "Species", plot::ScrollBox(plot::LineChart(curves, {"Validation loss by species", "step", "nats a 6-mer"})));
  if (!steps.empty()) body += plot::Section("Steps", StepCharts(steps));
  body += plot::Section("Options", OptionsTable(asked));
  const double tokens = steps.empty() ? 0 : steps.back().value("tokens", 0.0);
  WriteTextFile(folder.File("report.html"),
                plot::Page("Pretraining",
                           fmt::format("{} parameters, {} steps, {:.4g} million tokens, corpus {}",
                                       model::CountValues(shape), steps.size(), tokens / 1e6, corpus.path()),
                           body));
}

}  // namespace agront::tasks
