// SPDX-License-Identifier: Apache-2.0
// For tools/compare_training.py: the batches that a run of `agront pretrain` trains on, in a safetensors file.
//
//   batches RUN FIRST LAST OUTPUT
//
// RUN is the folder of a run: its config.json says what is drawn, and from which corpus. For each update s in
// [FIRST, LAST), counted from 1, the file has s.tokens and s.offsets (the windows laid end to end), and of the rows in
// the loss s.rows, s.targets and s.weights.
#include <charconv>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text_file.h"
#include "data/corpus/batch_sampler.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "formats/json.h"
#include "tasks/pretrain/run_config.h"

namespace agront {
namespace {

PretrainOptions ReadOptions(const std::string& run) {
  const std::string path = (std::filesystem::path(run) / "config.json").string();
  const nlohmann::json json = formats::ParseJson(ReadTextFile(path), path);
  PretrainOptions options;
  try {
    json.at("corpus").get_to(options.data.corpus);
    json.at("batch-tokens").get_to(options.training.batch_tokens);
    json.at("window-tokens").get_to(options.data.window_tokens);
    json.at("seed").get_to(options.training.seed);
    json.at("masking-ratio").get_to(options.masking.masking_ratio);
    json.at("mask-share").get_to(options.masking.mask_share);
    json.at("random-share").get_to(options.masking.random_share);
    json.at("random-any-token").get_to(options.masking.random_any_token);
    json.at("repeat-weight").get_to(options.masking.repeat_weight);
    json.at("one-strand").get_to(options.data.one_strand);
    json.at("fold").get_to(options.data.fold);
  } catch (const nlohmann::json::exception& error) {
    Fail("{}: expected the options of a run: {}", path, error.what());
  }
  return options;
}

data::CorpusSelection SelectionOf(const PretrainData& asked) {
  data::CorpusSelection selection;
  if (asked.fold >= 0) selection.without_fold = asked.fold;
  return selection;
}

void Write(const PretrainOptions& options, int64_t first, int64_t last, const std::string& output) {
  const data::Corpus corpus(options.data.corpus, SelectionOf(options.data));
  data::SamplerOptions sampling = tasks::SamplerOf(options.data, options.masking, options.training.seed);
  const int64_t window_tokens = options.data.window_tokens > 0 ? options.data.window_tokens : corpus.window_tokens();
  sampling.batch_windows = (options.training.batch_tokens + window_tokens - 1) / window_tokens;
  const data::BatchSampler sampler(corpus, sampling);

  std::vector<data::MaskedBatch> batches(static_cast<size_t>(last - first));
  std::vector<formats::TensorEntry> entries;
  for (int64_t number = first; number < last; ++number) {
    data::MaskedBatch& batch = batches[static_cast<size_t>(number - first)];
    sampler.Sample(number - 1, 0, sampling.batch_windows, batch);
    const auto declare = [&](const char* name, tensor::DType type, size_t size) {
      entries.push_back({std::to_string(number) + "." + name, type, {static_cast<int64_t>(size)}});
    };
    declare("offsets", tensor::DType::kInt64, batch.input.offsets.size());
    declare("rows", tensor::DType::kInt64, batch.positions.size());
    declare("tokens", tensor::DType::kInt32, batch.input.tokens.size());
    declare("targets", tensor::DType::kInt32, batch.targets.size());
    declare("weights", tensor::DType::kFloat32, batch.weights.size());
  }
  formats::SafetensorsWriter writer(output, entries, {.overwrite = true, .metadata = {}});
  for (const data::MaskedBatch& batch : batches) {
    writer.Write(std::as_bytes(std::span(batch.input.offsets)));
    writer.Write(std::as_bytes(std::span(batch.positions)));
    writer.Write(std::as_bytes(std::span(batch.input.tokens)));
    writer.Write(std::as_bytes(std::span(batch.targets)));
    writer.Write(std::as_bytes(std::span(batch.weights)));
  }
  writer.Commit();
}

int64_t ParseUpdate(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1)
    FailUsage("expected the number of an update, from 1, got {:?}", text);
  return number;
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: batches RUN FIRST LAST OUTPUT\n";
    return 2;
  }
  try {
    const int64_t first = agront::ParseUpdate(argv[2]);
    const int64_t last = agront::ParseUpdate(argv[3]);
    if (last <= first) agront::FailUsage("expected FIRST before LAST, got {} and {}", first, last);
    agront::Write(agront::ReadOptions(argv[1]), first, last, argv[4]);
  } catch (const std::exception& error) {
    std::cerr << "batches: " << error.what() << '\n';
    return 1;
  }
}
