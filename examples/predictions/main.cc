// SPDX-License-Identifier: Apache-2.0
// What a fine-tuned model says of sequences.
//
//   predictions FOLDER BASES...     FOLDER is what `agront finetune -o` wrote
#include <agront/error.h>
#include <agront/predictor.h>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fprintf(stderr, "usage: predictions FOLDER BASES...\n");
    return 2;
  }
  const agront::Predictor predictor(argv[1], {.strands = agront::Strands::kBoth, .any_length = true});
  const std::vector<std::string> sequences(argv + 2, argv + argc);
  const auto rows = predictor.Predict(sequences);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::printf("%.20s%s", sequences[i].c_str(), sequences[i].size() > 20 ? "..." : "");
    for (size_t o = 0; o < rows[i].size(); ++o)
      std::printf("  %s %.4f", predictor.task().outputs[o].c_str(), rows[i][o]);
    std::printf("\n");
  }
  return 0;
} catch (const agront::Error& error) {
  std::fprintf(stderr, "predictions: %s\n", error.what());
  return 1;
}
