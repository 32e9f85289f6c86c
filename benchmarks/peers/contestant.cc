// SPDX-License-Identifier: Apache-2.0
// The engine as one of several processes that take turns; benchmarks/peers/contestant.py is the others. It loads a
// model, says "ready", and then for every line "TASK [FILE]" on standard input does the task once and answers with the
// seconds that it took; with FILE it writes the result there, raw, after the clock has stopped.
//
//   agront_contestant MODEL PRECISION THREADS SEQUENCES
//
// SEQUENCES has one sequence a line. Tasks:
//   logits     all sequences in one batch, tokenized before: logits of every token
//   hidden:K   the same: hidden states of layer K
//   embed      from letters: last layer's mean over each sequence's tokens, <cls> left out; packed as in `agront embed`
//   tokenize   from letters: token ids, int32
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "agront/error.h"
#include "agront/job.h"
#include "agront/model.h"
#include "agront/tokenizer.h"

namespace {

using agront::Batch;
using agront::ForwardRequest;

struct Result {
  std::vector<float> values;
  std::vector<int32_t> ids;
};

class Contestant {
 public:
  Contestant(const std::string& model, agront::Precision precision, const std::string& sequences)
      : model_(model, precision) {
    std::ifstream file(sequences);
    for (std::string line; std::getline(file, line);) sequences_.push_back(line);
    if (sequences_.empty()) throw agront::Error(sequences + ": expected a sequence a line, got none");
    for (const std::string& sequence : sequences_) all_.Add(agront::Encode(sequence, -1).ids);
  }

  Result Run(const std::string& task) {
    Result result;
    if (task == "logits") {
      result.values = std::move(model_.Run(all_, {.all_logits = true}).logits.data);
    } else if (task.starts_with("hidden:")) {
      const ForwardRequest request{.hidden = {{std::stoll(task.substr(task.find(':') + 1))}}};
      result.values = std::move(model_.Run(all_, request).hidden[0].data);
    } else if (task == "embed") {
      Embed(result.values);
    } else if (task == "tokenize") {
      result.ids.reserve(all_.tokens.size());
      for (const std::string& sequence : sequences_) {
        const std::vector<int32_t> ids = agront::Encode(sequence, -1).ids;
        result.ids.insert(result.ids.end(), ids.begin(), ids.end());
      }
    } else {
      throw agront::UsageError("task: expected logits, hidden:K, embed or tokenize, got " + task);
    }
    return result;
  }

 private:
  void Embed(std::vector<float>& means) {
    const int64_t budget = agront::JobOptions().batch_tokens;
    Batch batch;
    for (const std::string& sequence : sequences_) {
      const std::vector<int32_t> ids = agront::Encode(sequence).ids;
      if (batch.sequences() > 0 && static_cast<int64_t>(batch.tokens.size() + ids.size()) > budget) {
        EmbedBatch(batch, means);
        batch.Clear();
      }
      batch.Add(ids);
    }
    EmbedBatch(batch, means);
  }

  void EmbedBatch(const Batch& batch, std::vector<float>& means) {
    const agront::Values hidden = std::move(model_.Run(batch, {.hidden = {{model_.shape().layers}}}).hidden[0]);
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      std::vector<double> sum(static_cast<size_t>(hidden.cols));
      for (int64_t i = batch.offsets[s] + 1; i < batch.offsets[s + 1]; ++i)
        for (size_t c = 0; c < sum.size(); ++c) sum[c] += static_cast<double>(hidden.row(i)[c]);
      const auto tokens = static_cast<double>(batch.offsets[s + 1] - batch.offsets[s] - 1);
      for (const double value : sum) means.push_back(static_cast<float>(value / tokens));
    }
  }

  agront::Model model_;
  std::vector<std::string> sequences_;
  Batch all_;
};

template <class T>
void Write(std::ofstream& file, const std::vector<T>& values) {
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

agront::Precision ParsePrecision(const std::string& name) {
  const std::map<std::string, agront::Precision> precisions = {
      {"fp32", agront::Precision::kFp32}, {"bf16", agront::Precision::kBf16}, {"int8", agront::Precision::kInt8}};
  const auto found = precisions.find(name);
  if (found == precisions.end()) throw agront::UsageError("precision: expected fp32, bf16 or int8, got " + name);
  return found->second;
}

// A turn of milliseconds would measure the first touch of memory: short work is done again until this has gone by.
constexpr std::chrono::duration<double> kLeastTurn{0.5};

void TakeTurns(Contestant& contestant) {
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string task, output;
    words >> task >> output;
    const auto start = std::chrono::steady_clock::now();
    Result result;
    std::chrono::duration<double> seconds{};
    int passes = 0;
    while (seconds < kLeastTurn) {
      result = contestant.Run(task);
      seconds = std::chrono::steady_clock::now() - start;
      ++passes;
    }
    if (!output.empty()) {
      std::ofstream file(output, std::ios::binary);
      Write(file, result.values);
      Write(file, result.ids);
      if (!file.flush()) throw agront::Error(output + ": cannot write");
    }
    std::cout << seconds.count() / passes << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 5) throw agront::UsageError("usage: agront_contestant MODEL PRECISION THREADS SEQUENCES");
    agront::SetNumThreads(std::stoi(argv[3]));
    Contestant contestant(argv[1], ParsePrecision(argv[2]), argv[4]);
    TakeTurns(contestant);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "agront_contestant: " << error.what() << "\n";
    return 1;
  }
}
