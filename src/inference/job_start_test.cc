// SPDX-License-Identifier: Apache-2.0
// What jobs check and choose before they work: numbers, threads, precision, devices, layers, the input's place.
#include <gtest/gtest.h>

#include <filesystem>

#include "agront/device.h"
#include "base/error.h"
#include "base/test_folder.h"
#include "data/source_reader.h"
#include "inference/layer_list.h"
#include "inference/precision.h"
#include "inference/session.h"
#include "inference/start.h"
#include "ops/matmul/fastest_float.h"

namespace agront::inference {
namespace {

/// Expects UsageError whose text contains `part`.
template <class Action>
void ExpectUsageError(const Action& action, const std::string& part) {
  EXPECT_THROW(action(), UsageError);
  try {
    action();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

JobOptions WithThreads(int threads) {
  JobOptions job;
  job.threads = threads;
  return job;
}

InputOptions Reading(std::string InputOptions::*file, const std::string& path) {
  InputOptions input;
  input.*file = path;
  return input;
}

TEST(Start, RefusesNumbersOfTokensThatNoBatchHas) {
  for (const int64_t wrong : {int64_t{-1}, int64_t{0}, int64_t{100'000'001}})
    ExpectUsageError([&] { CheckBatchTokens(wrong); },
                     "batch-tokens: expected 1 to 100000000, got " + std::to_string(wrong));
  CheckBatchTokens(1);
  CheckBatchTokens(100'000'000);
}

TEST(Start, GivesTheLoopsTheJobsThreadsWhileItLives) {
  const int before = MaxThreads();
  {
    const ThreadsOfCall threads = Start(WithThreads(before + 2));
    EXPECT_EQ(MaxThreads(), before + 2);
  }
  EXPECT_EQ(MaxThreads(), before);
  ExpectUsageError([] { static_cast<void>(Start(WithThreads(-1))); }, "threads");
}

TEST(ChoosePrecision, IsWhatWasAskedForElseTheFastestFloat) {
  const auto checkpoint = model::Checkpoint::Open(std::string(AGRONT_SOURCE_DIR) + "/tests/golden/model");
  for (const Precision asked : {Precision::kFp32, Precision::kBf16, Precision::kInt8})
    EXPECT_EQ(ChoosePrecision(asked, *checkpoint), asked);
  ASSERT_EQ(checkpoint->OwnPrecision(), std::nullopt);
  EXPECT_EQ(ChoosePrecision(kAutoPrecision, *checkpoint), ops::FastestFloat());
}

TEST(BatchTokensOf, KeepEachDeviceBusy) {
  EXPECT_EQ(BatchTokensOf("cpu"), 2048);
  EXPECT_EQ(BatchTokensOf("xla-cpu"), 2048);
  EXPECT_EQ(BatchTokensOf("cuda"), 32'768);
  EXPECT_EQ(BatchTokensOf("tpu:4"), 4 * 32'768);
  for (const char* wrong : {"gpu", "cpu:2", "cuda:0", "cuda:x"})
    EXPECT_THROW(BatchTokensOf(wrong), UsageError) << wrong;
}

TEST(CheckLayers, RefusesLayersThatAModelHasNot) {
  const ModelShape shape{.layers = 4};
  CheckLayers({{0, false}, {4, true}}, shape);
  ExpectUsageError(
      [&] {
        CheckLayers({{1, false}, {5, false}}, shape);
      },
      "layer 5: the model has layers 0 (embeddings) to 4");
  ExpectUsageError([&] { CheckLayers({{-1, false}}, shape); }, "layer -1: ");
  ExpectUsageError([] { ParseLayers("1,5", 4); }, "layers: expected 0 to 4, last, last:raw or all, got \"5\"");
  EXPECT_EQ(ArrayName({0, false}), "layer_0");
}

TEST(CheckNotInput, RefusesToOverwriteTheInputUnderAnyName) {
  const TestFolder folder;
  const std::string fasta = folder.Write("in.fa", ">a\nACGT\n"), other = folder.Write("out.tsv", "");
  std::filesystem::create_symlink(fasta, folder.path("link"));
  CheckNotInput(other, Reading(&InputOptions::fasta, fasta));
  CheckNotInput(folder.path("new"), Reading(&InputOptions::fasta, fasta));
  CheckNotInput("-", Reading(&InputOptions::fasta, "-"));
  for (const std::string& output : {fasta, folder.path("link"), folder.path("./in.fa")})
    for (const auto file : {&InputOptions::fasta, &InputOptions::genome, &InputOptions::regions})
      ExpectUsageError([&] { CheckNotInput(output, Reading(file, fasta)); },
                       "output: expected another file than the input " + fasta);
}

TEST(ReportInput, WarnsOfLettersThatWereReadAsOthers) {
  class Listener final : public Reporter {
   public:
    void Warn(std::string_view text) override { warnings_.emplace_back(text); }
    std::vector<std::string> warnings_;
  };
  const auto warnings_of = [](const std::vector<std::string>& sequences) {
    data::SourceReader reader(sequences);
    std::string name, bases;
    while (reader.NextRecord(name))
      while (reader.ReadBases(100, bases)) bases.clear();
    Listener listener;
    ReportInput(reader, listener);
    return listener.warnings_;
  };
  EXPECT_TRUE(warnings_of({"ACGTNacgtn"}).empty());
  EXPECT_EQ(warnings_of({"ACGTRY", "UUUW"}),
            (std::vector<std::string>{"3 IUPAC letters (RYSWKMBDHV) were read as N", "3 letters U were read as T"}));
}

}  // namespace
}  // namespace agront::inference
