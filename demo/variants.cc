// SPDX-License-Identifier: Apache-2.0
#include "variants.h"

#include <agront/variant_scorer.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace agront::demo {
namespace {

constexpr int64_t kBefore = 30;  // bases before the first codon
constexpr int64_t kBases = 120;
constexpr std::string_view kLetters = "ACGT";

/// A substitution in the picture.
struct Cell {
  int64_t column;
  size_t row;
  Variant variant;
};

/// Bases of the gene's strand, from `kBefore` before its first codon.
std::string BasesOf(const SequenceRecord& genome, const Feature& gene) {
  const int64_t start = gene.reverse ? gene.end + kBefore - kBases : gene.start - kBefore;
  const std::string bases = genome.bases.substr(static_cast<size_t>(start), kBases);
  return gene.reverse ? ReverseComplement(bases) : bases;
}

std::vector<Cell> CellsOf(const std::string& bases, const SequenceRecord& genome, const Feature& gene) {
  const auto on_forward = [&](char base) {
    return gene.reverse ? ReverseComplement(std::string(1, base)) : std::string(1, base);
  };
  std::vector<Cell> cells;
  for (int64_t column = 0; column < kBases; ++column)
    for (size_t row = 0; row < kLetters.size(); ++row) {
      const char base = bases[static_cast<size_t>(column)];
      if (kLetters[row] == base) continue;
      const int64_t place = gene.reverse ? gene.end + kBefore - 1 - column : gene.start - kBefore + column;
      cells.push_back({column, row, {genome.name, place, on_forward(base), on_forward(kLetters[row])}});
    }
  return cells;
}

/// From red, far below 0, by white to blue.
std::string ColourOf(double score) {
  constexpr double kStrong = 4;
  const double share = std::clamp(std::abs(score) / kStrong, 0.0, 1.0);
  const auto towards = [&](int colour) { return static_cast<int>(std::lround(255 - share * (255 - colour))); };
  return score < 0 ? fmt::format("rgb({},{},{})", towards(178), towards(24), towards(43))
                   : fmt::format("rgb({},{},{})", towards(33), towards(102), towards(172));
}

}  // namespace

std::string DrawVariants(const Model& model, const SequenceRecord& genome, const Feature& gene) {
  constexpr double kCell = 10, kLeft = 20, kTop = 18;
  const std::string bases = BasesOf(genome, gene);
  const std::vector<Cell> cells = CellsOf(bases, genome, gene);
  std::vector<Variant> variants;
  for (const Cell& cell : cells) variants.push_back(cell.variant);
  const VariantScorer scorer(model, {genome},
                             {.scoring = {.scores = {VariantScore::kLlr}, .frames = 6, .window_bp = 390}});
  const std::vector<ScoredVariant> scored = scorer.Score(variants);

  const double height = kTop + 4 * kCell + 34;
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Scores of substitutions\">\n",
                                kLeft + kCell * kBases + 4, height);
  for (size_t row = 0; row < kLetters.size(); ++row)
    svg += fmt::format("<text x=\"4\" y=\"{}\" class=\"tick\">{}</text>\n", kTop + kCell * static_cast<double>(row) + 9,
                       kLetters[row]);
  for (int64_t column = 0; column < kBases; ++column)
    svg +=
        fmt::format("<text x=\"{}\" y=\"{}\" class=\"gene\" text-anchor=\"middle\">{}</text>\n",
                    kLeft + kCell * (static_cast<double>(column) + 0.5), kTop - 5, bases[static_cast<size_t>(column)]);
  for (size_t i = 0; i < cells.size(); ++i) {
    const double score = scored[i].scores.llr_f6;
    svg += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"><title>{} {}&gt;{}: {:.2f}</title></rect>\n",
        kLeft + kCell * static_cast<double>(cells[i].column), kTop + kCell * static_cast<double>(cells[i].row), kCell,
        kCell, ColourOf(score), cells[i].variant.start + 1, bases[static_cast<size_t>(cells[i].column)],
        kLetters[cells[i].row], score);
  }
  for (int64_t column = kBefore; column < kBases; column += 3)
    svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"4\" fill=\"{}\"/>\n",
                       kLeft + kCell * static_cast<double>(column) + 1, kTop + 4 * kCell + 4, 3 * kCell - 2,
                       column == kBefore ? "#202428" : "#2f8f4e");
  return svg + fmt::format("<text x=\"{}\" y=\"{}\" class=\"tick\">codons of {}, the first one black</text>\n</svg>\n",
                           kLeft + kCell * kBefore, height - 8, gene.gene);
}

}  // namespace agront::demo
