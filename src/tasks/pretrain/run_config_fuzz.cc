// SPDX-License-Identifier: Apache-2.0
// The records of a run that is to go on: config.json, then metrics.jsonl.
#include "tasks/pretrain/run_config.h"

#include <nlohmann/json.hpp>

#include "formats/fuzz_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace agront;
  static const formats::FuzzFolder files;
  static const training::RunFolder folder(files.path());
  const auto parts = formats::FilesOf(formats::TextOf(data, size), 2);
  files.Write("config.json", parts[0]);
  files.Write(training::kMetricsFile, parts[1]);
  formats::Parse([&] {
    PretrainOptions options;
    options.data.corpus = "corpus";
    options.job.precision = kAutoPrecision;
    tasks::TakeOver(folder, options);
  });
  formats::Parse([&] { folder.ReadLines(training::kMetricsFile); });
  formats::Parse([&] { folder.CutBack(training::kMetricsFile, 3); });
  return 0;
}
