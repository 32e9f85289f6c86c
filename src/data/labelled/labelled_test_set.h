// SPDX-License-Identifier: Apache-2.0
// Shared by the tests of this folder: sets made of random sequences.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "data/labelled/labelled_set.h"

namespace agront::data {

inline std::string RandomBases(std::mt19937& random, size_t length) {
  std::string bases;
  for (size_t i = 0; i < length; ++i) bases += "ACGT"[random() % 4];
  return bases;
}

/// The sequence with about this share of its bases changed to another one.
inline std::string Mutated(std::string bases, double share, std::mt19937& random) {
  const std::string letters = "ACGT";
  for (char& base : bases)
    if (random() < share * 0x1p32) base = letters[(letters.find(base) + 1 + random() % 3) % 4];
  return bases;
}

/// An example of a binary set; give its other members values as the test wants.
inline LabelledExample Example(std::string bases, float label = 0) {
  static int number = 0;
  LabelledExample example;
  example.id = "e" + std::to_string(++number);
  example.place = "memory:" + std::to_string(number);
  example.bases = std::move(bases);
  example.labels = {label};
  return example;
}

inline LabelledSet SetOf(const std::vector<LabelledExample>& examples,
                         const PredictionTask& task = {TaskKind::kBinary, {"label"}, {}}) {
  LabelledSet set(task);
  for (const LabelledExample& example : examples) set.Add(example);
  return set;
}

}  // namespace agront::data
