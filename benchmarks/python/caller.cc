// SPDX-License-Identifier: Apache-2.0
// The C++ call that benchmarks/python/calls.py holds the Python call against. It loads a model, says "ready", and for
// every line "embed COUNT" on standard input embeds all sequences COUNT times and answers with the seconds of each
// time, in one line.
//
//   agront_caller MODEL THREADS SEQUENCES     # a sequence a line
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "agront/embedder.h"
#include "agront/error.h"
#include "agront/model.h"

int main(int argc, char** argv) try {
  if (argc != 4) throw agront::UsageError("expected MODEL THREADS SEQUENCES");
  agront::Model model(argv[1]);
  model.SetThreads(std::stoi(argv[2]));
  std::vector<std::string> sequences;
  std::ifstream file(argv[3]);
  for (std::string line; std::getline(file, line);) sequences.push_back(line);
  const agront::Embedder embedder(model);
  std::cout << "ready" << std::endl;
  std::string word;
  for (int count = 0; std::cin >> word >> count;) {
    for (int i = 0; i < count; ++i) {
      const auto began = std::chrono::steady_clock::now();
      const std::vector<agront::Values> rows = embedder.Embed(sequences);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
      std::cout << (i > 0 ? " " : "") << seconds.count();
      if (rows.front().rows != static_cast<int64_t>(sequences.size())) return 1;
    }
    std::cout << std::endl;
  }
  return 0;
} catch (const agront::Error& error) {
  std::fprintf(stderr, "agront_caller: %s\n", error.what());
  return 1;
}
