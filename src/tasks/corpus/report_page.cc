// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "plot/heat_map.h"
#include "plot/page.h"
#include "tasks/corpus/report.h"

namespace agront {
namespace {

/// What became of the windows that were cut: those that a filter took away, and the two parts.
struct Fate {
  const char* name;
  const char* colour;
  data::Stage after;   // windows of this stage
  data::Stage before;  // and how many there were before a filter; the same as `after` for the parts
};

constexpr std::array kFates = {
    Fate{"training", "#2f7d4f", data::kTraining, data::kTraining},
    Fate{"validation", "#2f6fb0", data::kValidation, data::kValidation},
    Fate{"straddle two parts", "#b9a7d6", data::kOnePart, data::kWindows},
    Fate{"far from regions", "#d9b36a", data::kNearRegions, data::kOnePart},
    Fate{"too many N", "#b7bdc3", data::kKnown, data::kNearRegions},
    Fate{"duplicates", "#d98a7a", data::kUnique, data::kKnown},
};

int64_t WindowsOf(const Fate& fate, const data::GenomeSummary& genome) {
  const int64_t after = genome.stages[fate.after].windows;
  return fate.after == fate.before ? after : genome.stages[fate.before].windows - after;
}

/// 1234567 as "1,234,567".
std::string Grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string Percent(int64_t part, int64_t whole) {
  return whole > 0 ? fmt::format("{:.2f} %", 100 * static_cast<double>(part) / static_cast<double>(whole)) : "–";
}

std::string DrawFates(const std::vector<data::GenomeSummary>& genomes) {
  constexpr double kLeft = 190;
  constexpr double kWidth = 760;
  constexpr double kRow = 26;
  constexpr double kTop = 26;
  int64_t most = 1;
  for (const auto& genome : genomes) most = std::max(most, genome.stages[data::kWindows].windows);
  std::string svg = fmt::format("<svg viewBox=\"0 0 1060 {:.0f}\" role=\"img\" aria-label=\"Windows by species\">\n",
                                kTop + kRow * static_cast<double>(genomes.size()) + 6);
  double x = kLeft;
  for (const Fate& fate : kFates) {
    svg += fmt::format(
        "<rect x=\"{:.0f}\" y=\"3\" width=\"11\" height=\"11\" fill=\"{}\"/><text x=\"{:.0f}\" y=\"13\">{}</text>\n", x,
        fate.colour, x + 16, fate.name);
    x += 36 + 6.6 * static_cast<double>(std::string(fate.name).size());
  }
  for (size_t i = 0; i < genomes.size(); ++i) {
    const double y = kTop + kRow * static_cast<double>(i);
    svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n", kLeft - 8, y + 14,
                       plot::EscapeXml(genomes[i].species));
    double at = kLeft;
    for (const Fate& fate : kFates) {
      const int64_t windows = WindowsOf(fate, genomes[i]);
      const double width = kWidth * static_cast<double>(windows) / static_cast<double>(most);
      if (windows > 0)
        svg += fmt::format(
            "<rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"18\" fill=\"{}\"><title>{}: {} windows</title></rect>\n",
            at, y, width, fate.colour, fate.name, Grouped(windows));
      at += width;
    }
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\">{}</text>\n", at + 6, y + 14,
                       Grouped(genomes[i].stages[data::kWindows].windows));
  }
  return svg + "</svg>\n";
}

std::string GenomeTable(const std::vector<data::GenomeSummary>& genomes) {
  std::string html =
      "<table><tr><th>species</th><th>sequences</th><th>left out</th><th>shorter than a window</th><th>bases</th>"
      "<th>N</th><th>IUPAC codes as N</th><th>GC</th><th>repeats</th></tr>\n";
  for (const auto& genome : genomes) {
    const data::Composition& all = genome.stages[data::kGenome];
    html += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        plot::EscapeXml(genome.species), Grouped(genome.sequences), Grouped(genome.sequences_left_out),
        Grouped(genome.short_sequences), Grouped(all.bases), Grouped(all.unknown), Grouped(genome.letters.ambiguous),
        Percent(all.gc, all.known()), Percent(all.repeats, all.bases));
  }
  return html + "</table>\n";
}

std::string StageTable(const data::GenomeSummary& genome) {
  std::string html =
      "<table><tr><th>what is left</th><th>windows</th><th>bases</th><th>N</th><th>GC</th><th>repeats</th></tr>\n";
  for (size_t stage = 0; stage < data::kNumStages; ++stage) {
    const data::Composition& of = genome.stages[stage];
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        data::StageName(stage), stage < data::kWindows ? "–" : Grouped(of.windows), Grouped(of.bases),
                        Grouped(of.unknown), Percent(of.gc, of.known()), Percent(of.repeats, of.bases));
  }
  return html + "</table>\n";
}

std::string Pairs(const std::map<std::string, std::string>& pairs) {
  std::string html = "<table>\n";
  for (const auto& [key, text] : pairs)
    html += fmt::format("<tr><td>{}</td><td style=\"text-align:left\"><code>{}</code></td></tr>\n",
                        plot::EscapeXml(key), plot::EscapeXml(text));
  return html + "</table>\n";
}

}  // namespace

std::string CorpusPage(const std::map<std::string, std::string>& settings,
                       const std::map<std::string, std::string>& provenance,
                       const std::vector<data::GenomeSummary>& genomes) {
  int64_t training = 0;
  int64_t validation = 0;
  std::string details;
  for (const auto& genome : genomes) {
    training += genome.stages[data::kTraining].windows;
    validation += genome.stages[data::kValidation].windows;
    details += plot::Section(genome.species, StageTable(genome));
  }
  return plot::Page(
      "A pretraining corpus",
      fmt::format(
          "{} windows for training and {} for validation, of {} species. Windows overlap, so their bases add up "
          "to more than the genomes'. The same numbers are in report.tsv.",
          Grouped(training), Grouped(validation), genomes.size()),
      plot::Section("What became of the windows", DrawFates(genomes)) +
          plot::Section("Genomes as read", GenomeTable(genomes)) + details +
          plot::Section("Settings", Pairs(settings)) + plot::Section("Where it comes from", Pairs(provenance)));
}

}  // namespace agront
