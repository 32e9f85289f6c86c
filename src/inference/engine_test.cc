// SPDX-License-Identifier: Apache-2.0
#include "inference/engine.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/test_folder.h"

namespace agront::inference {
namespace {

const model::Encoder* EncoderOf(Engine& engine) {
  const model::Encoder* encoder = nullptr;
  engine.Run([&](model::Encoder& shared) { encoder = &shared; });
  return encoder;
}

TEST(Engine, SharesTheWeightsOfOneSource) {
  Engine one({.model = "", .adapter = "", .precision = Precision::kFp32, .device = ""});
  Engine same({.model = "agront-mini", .adapter = "", .precision = Precision::kFp32, .device = ""});
  Engine other({.model = "", .adapter = "", .precision = Precision::kInt8, .device = ""});
  EXPECT_EQ(EncoderOf(one), EncoderOf(same));
  EXPECT_NE(EncoderOf(one), EncoderOf(other));
}

TEST(Engine, OfFilesThatWereWrittenAgainIsAnother) {
  const TestFolder folder;
  const auto source = std::filesystem::path(AGRONT_SOURCE_DIR) / "models/agront-mini";
  std::filesystem::copy(source, folder.path("model"), std::filesystem::copy_options::recursive);
  const EngineSource asked{.model = folder.path("model"), .adapter = "", .precision = Precision::kFp32, .device = ""};
  Engine before(asked);
  Engine through_a_link(
      {.model = folder.path("model") + "/../model", .adapter = "", .precision = Precision::kFp32, .device = ""});
  EXPECT_EQ(EncoderOf(before), EncoderOf(through_a_link));
  std::filesystem::last_write_time(folder.path("model/model.safetensors"),
                                   std::filesystem::file_time_type::clock::now());
  Engine after(asked);
  EXPECT_NE(EncoderOf(before), EncoderOf(after));
}

}  // namespace
}  // namespace agront::inference
