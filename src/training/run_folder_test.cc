// SPDX-License-Identifier: Apache-2.0
#include "training/run_folder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/test_folder.h"

namespace agront::training {
namespace {

TEST(RunFolder, SaysOfALongOptionHowItBegins) {
  constexpr size_t kMost = 500;
  const nlohmann::ordered_json was = {{"steps", std::string(5000, 'x')}};
  const nlohmann::ordered_json now = {{"steps", 7}};
  try {
    CheckSameOptions("config.json", was, now, {});
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), kMost);
    EXPECT_TRUE(std::string(error.what()).starts_with("config.json: the run has steps")) << error.what();
    EXPECT_TRUE(std::string(error.what()).ends_with("got 7")) << error.what();
  }
}

TEST(RunFolder, IsLockedAsLongAsARunHasIt) {
  const TestFolder scratch;
  const std::string path = scratch.path("run");
  {
    RunFolder run(path);
    run.Lock();
    run.Append("metrics.jsonl", {{"step", 1}});
    RunFolder other(path);
    ExpectError([&] { other.Lock(); }, "another process");
  }
  RunFolder next(path);
  next.Lock();
  EXPECT_EQ(next.ReadLines("metrics.jsonl").size(), 1u);
}

TEST(RunFolder, GoesWhenNothingCameIntoIt) {
  const TestFolder scratch;
  const std::string path = scratch.path("run");
  for (int turn = 0; turn < 2; ++turn) {
    RunFolder run(path);
    run.Lock();
    EXPECT_EQ(scratch.Names("run"), std::vector<std::string>{"lock"});
  }
  EXPECT_TRUE(scratch.Names().empty());
}

}  // namespace
}  // namespace agront::training
