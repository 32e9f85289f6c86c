// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/manifest.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"

namespace agront::tasks {
namespace {

const std::string kSum(64, 'a');

RunKey Key() {
  return {.settings = {{"format", "vcf"}, {"header_sha256", kSum}},
          .shard = 2,
          .shards = 3,
          .header_bytes = 7,
          .longest_sequence = 900,
          .genome_time = -5};
}

DoneChunk Done() {
  DoneChunk done{.chunk = 4,
                 .records = 2,
                 .passes = 6,
                 .last_position = 90,
                 .bytes = 123,
                 .input_sha256 = kSum,
                 .sha256 = kSum,
                 .order = {}};
  done.alleles[1] = 2;
  done.order.Add("chr \"1\"", -1, 80);
  done.order.Add("chr2", 4, 9);
  return done;
}

TEST(Manifest, LinesReadBackTheSame) {
  Manifest manifest;
  for (const std::string& line : {LineOf(Key()), LineOf(Done()), LineOfTotal(12)}) manifest.Read(line, "m:1");
  EXPECT_EQ(LineOf(manifest.key), LineOf(Key()));
  EXPECT_EQ(LineOf(manifest.chunks.at(4)), LineOf(Done()));
  EXPECT_EQ(manifest.total, 12);
}

TEST(Manifest, ALineThatIsCutIsNotThere) {
  const TestFolder folder;
  const std::string text = LineOf(Key()) + "\n" + LineOf(Done()) + "\n";
  for (const std::string& cut : {std::string(), LineOf(Done()), std::string("{\"chu")}) {
    folder.Write("m", text + cut);
    Manifest manifest;
    manifest.ReadFile(folder.path("m"));
    EXPECT_EQ(manifest.chunks.size(), 1U);
  }
}

TEST(Manifest, WhatIsNoLineIsRefused) {
  const auto refuse = [](const std::string& line) { ExpectError([&] { Manifest().Read(line, "m:3"); }, "m:3"); };
  for (const char* line : {"", "[]", "{}", "5", "{\"chunks\": -1}", "{\"chunks\": 1e99}", "{\"agront_score\": 2}"})
    refuse(line);
  const std::string good = LineOf(Done());
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"chunk\":4", "\"chunk\":-4"},
                                 {"\"bytes\":123", "\"bytes\":1.5"},
                                 {"\"sha256\":\"aaaa", "\"sha256\":\"AAAA"},
                                 {"\"records\":2,", ""},
                                 {"\"alleles\":[0", "\"alleles\":[\"x\""},
                                 {"\"runs\":[[", "\"runs\":[[[],"}}) {
    std::string line = good;
    ASSERT_NE(line.find(from), std::string::npos) << from;
    line.replace(line.find(from), from.size(), to);
    refuse(line);
  }
}

TEST(Manifest, WhatDiffersIsNamed) {
  nlohmann::ordered_json was = Key().settings, now = was;
  CheckSameSettings("f", was, now, "advice");
  now["window_bp"] = 90;
  ExpectError([&] { CheckSameSettings("f", was, now, "advice"); }, "f: has window_bp \"none\", expected 90; advice");
  ExpectError([&] { CheckSameSettings("f", now, was, "advice"); }, "f: has window_bp 90, expected \"none\"");
}

}  // namespace
}  // namespace agront::tasks
