// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/safetensors_writer.h"

#include "formats/checkpoints/safetensors.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

using tensor::DType;

const std::vector<TensorEntry> kTwoTensors = {{"first", DType::kFloat32, {2, 3}}, {"second", DType::kFloat32, {4}}};

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const TestFolder folder;
  const std::string path = folder.path("out.safetensors");
  SafetensorsWriter writer(path, kTwoTensors, {.metadata = {{"made by", "a \"test\""}}});
  const std::vector<float> values = Quarters(10);
  const auto bytes = std::as_bytes(std::span(values));
  writer.Write(bytes.first(5));
  writer.Write(bytes.subspan(5));
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.Commit();

  const auto archive = OpenSafetensors(path);
  EXPECT_EQ(archive->metadata().at("made by"), "a \"test\"");
  EXPECT_EQ(ReadFlat(*archive, "first"), Quarters(6));
  EXPECT_EQ(ReadFlat(*archive, "second"), Quarters(4, 6));
  EXPECT_EQ((ReadWhole(path).size() - 40) % 64, 0u);
  EXPECT_EQ(folder.Names().size(), 1u);
}

TEST(SafetensorsWriter, RefusesWrongAmounts) {
  const TestFolder folder;
  const std::vector<float> values = Quarters(11);
  {
    SafetensorsWriter writer(folder.path("x"), kTwoTensors, {});
    ExpectError([&] { writer.Write(std::as_bytes(std::span(values))); }, "expected 40 bytes");
    ExpectError([&] { writer.Commit(); }, "expected 40 bytes of tensors, got 0");
  }
  EXPECT_TRUE(folder.Names().empty());
}

TEST(SafetensorsWriter, RefusesBadDeclarations) {
  const TestFolder folder;
  const auto expect = [&](const std::vector<TensorEntry>& entries, const std::string& part) {
    ExpectError([&] { SafetensorsWriter(folder.path("x"), entries, {}); }, part);
  };
  expect({{"a", DType::kInt8, {1}}, {"a", DType::kInt8, {1}}}, "this one is taken");
  expect({{"a", DType::kInt8, {-1}}}, "at least 0");
  expect({{"\xFF", DType::kInt8, {1}}}, "UTF-8");
  folder.Write("there", "old");
  ExpectError([&] { SafetensorsWriter(folder.path("there"), kTwoTensors, {}); }, "exists already");
  EXPECT_EQ(ReadWhole(folder.path("there")), "old");
}

TEST(SafetensorsWriter, ReportsAFullDisk) {
  SafetensorsWriter writer("/dev/full", kTwoTensors, {});
  const std::vector<float> values = Quarters(10);
  ExpectError(
      [&] {
        writer.Write(std::as_bytes(std::span(values)));
        writer.Commit();
      },
      "/dev/full: cannot write: No space left on device");
}

}  // namespace
}  // namespace agront::formats
