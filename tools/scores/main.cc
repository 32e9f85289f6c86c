// SPDX-License-Identifier: Apache-2.0
// For tools/compare_scores.py: reads a case a line from standard input (a JSON object, as tools/score_reference.py
// describes it) and writes its scores a line.
#include <iostream>
#include <string>

#include "formats/json.h"
#include "scores/evaluation.h"
#include "scores/json_case.h"

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      const auto predictions = agront::scores::PredictionsOfCase(agront::formats::ParseJson(line, "standard input"));
      const auto evaluation = agront::scores::Evaluate({predictions}, {.resamples = 0});
      std::cout << agront::scores::ToJson(evaluation.tables[0]).dump() << "\n";
    }
  } catch (const std::exception& error) {
    std::cerr << "scores: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
