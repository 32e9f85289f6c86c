// SPDX-License-Identifier: Apache-2.0
#include "data/variants/random_indels.h"

#include <array>
#include <optional>
#include <utility>

#include "base/philox.h"

namespace agront::data {
namespace {

constexpr uint32_t kSeed = 0x696E6465;  // "inde"

/// Bases of a sequence.
struct Stretch {
  std::string sequence;
  int64_t start = 0;
  std::string bases;
};

class Draws {
 public:
  Draws(GenomeBases& genome, int64_t deleted, int64_t inserted)
      : genome_(genome),
        names_(genome.Names()),
        key_{kSeed ^ static_cast<uint32_t>(deleted), static_cast<uint32_t>(inserted)} {
    for (const std::string& name : names_) all_ += genome.Length(name);
  }

  /// The stretch of known bases that number `draw` begins with, when there is one.
  std::optional<Stretch> Known(uint32_t draw, int64_t length) {
    const auto words = Philox{.key = key_, .counter = {draw, 0, 0, 0}}();
    auto start = static_cast<int64_t>(Below(static_cast<uint64_t>(all_), words[0], words[1]));
    for (const std::string& name : names_) {
      const int64_t bases = genome_.Length(name);
      if (start >= bases) {
        start -= bases;
        continue;
      }
      if (length > bases - start) return std::nullopt;
      Stretch stretch{.sequence = name, .start = start, .bases = genome_.Fetch(name, start, start + length)};
      if (stretch.bases.find('N') != std::string::npos) return std::nullopt;
      return stretch;
    }
    return std::nullopt;
  }

 private:
  GenomeBases& genome_;
  std::vector<std::string> names_;
  std::array<uint32_t, 2> key_;
  int64_t all_ = 0;
};

}  // namespace

std::vector<RandomIndel> RandomIndels(GenomeBases& genome, int64_t deleted, int64_t inserted, int64_t margin,
                                      int count) {
  constexpr uint32_t kTries = 100;  // for each
  Draws draws(genome, deleted, inserted);
  std::vector<RandomIndel> indels;
  for (uint32_t draw = 0; draw < 2 * kTries * static_cast<uint32_t>(count); draw += 2) {
    if (static_cast<int>(indels.size()) == count) break;
    const std::optional<Stretch> at = draws.Known(draw, deleted + 2 * margin);
    if (!at) continue;
    genome::Change change{
        .start = at->start + margin, .end = at->start + margin + deleted, .alternative = std::string()};
    if (inserted > 0) {
      const std::optional<Stretch> other = draws.Known(draw + 1, inserted);
      if (!other) continue;
      change.alternative = other->bases;
    }
    genome::AlignLeft(change, [&](int64_t position) { return genome.At(at->sequence, position); });
    indels.push_back({.sequence = at->sequence, .change = std::move(change)});
  }
  return indels;
}

}  // namespace agront::data
