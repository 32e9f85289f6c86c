// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/shortened.h"
#include "plot/heat_map.h"
#include "plot/page.h"
#include "tasks/corpus/report.h"

namespace agront {
namespace {

/// A share of the windows that were cut: one that a filter left out, or one of the two parts.
struct Fate {
  const char* name;
  const char* colour;
  data::Stage after;   // windows of this stage
  data::Stage before;  // and how many there were before a filter; the same as `after` for the parts
};

constexpr size_t kMostBytesOfSpecies = 48;

constexpr std::array kFates = {
    Fate{"training", "#2f7d4f", data::kTraining, data::kTraining},
    Fate{"validation", "#2f6fb0", data::kValidation, data::kValidation},
    Fate{"straddle two parts", "#b9a7d6", data::kOnePart, data::kWindows},
    Fate{"far from regions", "#d9b36a", data::kNearRegions, data::kOnePart},
    Fate{"too many N", "#b7bdc3", data::kKnown, data::kNearRegions},
    Fate{"duplicates", "#d98a7a", data::kUnique, data::kKnown},
};

/// The meaning of the stages in the tables, which have the names of report.tsv.
constexpr char kStages[] =
    "<p>Stages of the tables below: <b>genome</b> is all that was read, <b>sequences</b> those that were not left out, "
    "<b>windows</b> all that were cut from them. Then the windows that remain when those are left out that straddle two "
    "parts (<b>one_part</b>), are far from the regions (<b>near_regions</b>), have too many N (<b>known</b>) or equal an "
    "earlier window or its reverse complement (<b>unique</b>). <b>training</b> and <b>validation</b> are its two parts.</p>\n";

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
  constexpr double kWidth = 1060, kRight = 70, kLetter = 6.8;
  double left = 120;
  constexpr double kRow = 26;
  constexpr double kTop = 26;
  int64_t most = 1;
  for (const auto& genome : genomes) {
    most = std::max(most, genome.stages[data::kWindows].windows);
    const std::string name = Shortened(genome.species, kMostBytesOfSpecies);
    left = std::max(left, 16 + kLetter * static_cast<double>(name.size()));
  }
  std::string svg = fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" style=\"min-width:800px\" role=\"img\" aria-label=\"Windows by species\">\n",
      kWidth, kTop + kRow * static_cast<double>(genomes.size()) + 6);
  double x = left;
  for (const Fate& fate : kFates) {
    svg += fmt::format(
        "<rect x=\"{:.0f}\" y=\"3\" width=\"11\" height=\"11\" fill=\"{}\"/><text x=\"{:.0f}\" y=\"13\">{}</text>\n", x,
        fate.colour, x + 16, fate.name);
    x += 36 + 6.6 * static_cast<double>(std::string(fate.name).size());
  }
  for (size_t i = 0; i < genomes.size(); ++i) {
    const double y = kTop + kRow * static_cast<double>(i);
    svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n", left - 8, y + 14,
                       plot::EscapeXml(Shortened(genomes[i].species, kMostBytesOfSpecies)));
    double at = left;
    for (const Fate& fate : kFates) {
      const int64_t windows = WindowsOf(fate, genomes[i]);
      const double width = (kWidth - left - kRight) * static_cast<double>(windows) / static_cast<double>(most);
      if (windows > 0)
        svg += fmt::format(
            "<rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"18\" fill=\"{}\"><title>{}: {} windows</title></rect>\n",
            at, y, width, fate.colour, fate.name, Grouped(windows));
      at += width;
    }
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\">{}</text>\n", at + 6, y + 14,
                       Grouped(genomes[i].stages[data::kWindows].windows));
  }
  return plot::ScrollBox(svg + "</svg>\n");
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
  return plot::ScrollBox(html + "</table>\n");
}

std::string StageTable(const data::GenomeSummary& genome) {
  std::string html =
      "<table><tr><th>stage</th><th>windows</th><th>bases</th><th>N</th><th>GC</th><th>repeats</th></tr>\n";
  for (size_t stage = 0; stage < data::kNumStages; ++stage) {
    const data::Composition& of = genome.stages[stage];
    html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        data::StageName(stage), stage < data::kWindows ? "–" : Grouped(of.windows), Grouped(of.bases),
                        Grouped(of.unknown), Percent(of.gc, of.known()), Percent(of.repeats, of.bases));
  }
  return plot::ScrollBox(html + "</table>\n");
}

std::string Pairs(const std::map<std::string, std::string>& pairs) {
  std::string html = "<table>\n";
  for (const auto& [key, text] : pairs)
    html += fmt::format("<tr><td>{}</td><td style=\"text-align:left\">{}</td></tr>\n", plot::EscapeXml(key),
                        text.empty() ? "–" : "<code>" + plot::EscapeXml(text) + "</code>");
  return plot::ScrollBox(html + "</table>\n");
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
      plot::Section("Windows kept and left out", DrawFates(genomes) + kStages) +
          plot::Section("Genomes as read", GenomeTable(genomes)) + details +
          plot::Section("Settings", Pairs(settings)) + plot::Section("Provenance", Pairs(provenance)));
}

}  // namespace agront
