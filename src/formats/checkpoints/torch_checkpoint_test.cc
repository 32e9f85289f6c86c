// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/torch_checkpoint.h"

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

void ExpectRefused(const std::string& fixture, const std::string& part) {
  ExpectError([&] { OpenTorchCheckpoint(Fixture(fixture)); }, part);
}

TEST(TorchCheckpoint, ReadsTensorsOfEveryKind) {
  for (const char* name : {"pytorch_model.bin", "deflated.bin"}) {
    const auto archive = OpenTorchCheckpoint(Fixture(name));
    ASSERT_EQ(archive->entries().size(), 12u);
    EXPECT_EQ(archive->entries()[0].name, "weight");
    EXPECT_EQ(ReadFlat(*archive, "weight"), Quarters(6));
    EXPECT_EQ(ReadFlat(*archive, "bias"), Quarters(2));
    EXPECT_EQ(ReadFlat(*archive, "half"), Quarters(9));
    EXPECT_EQ(ReadFlat(*archive, "double"), Quarters(3));
    EXPECT_EQ(ReadFlat(*archive, "parameter"), Quarters(4));
    EXPECT_EQ(ReadFlat(*archive, "scalar"), std::vector<float>{1.5f});
    EXPECT_TRUE(ReadFlat(*archive, "empty").empty());
    EXPECT_EQ(archive->HeaderHash().size(), 64u);
  }
}

TEST(TorchCheckpoint, KeepsStrides) {
  const auto archive = OpenTorchCheckpoint(Fixture("pytorch_model.bin"));
  const TensorValues transposed = archive->Read(IndexOf(*archive, "transposed"));
  EXPECT_EQ(transposed.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(transposed.strides, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(Flatten(transposed), Quarters(6));
  const TensorValues brain = archive->Read(IndexOf(*archive, "brain"));
  EXPECT_EQ(brain.shape, (std::vector<int64_t>{4, 2}));
  EXPECT_EQ(Flatten(brain), (std::vector<float>{0, 1, 0.25, 1.25, 0.5, 1.5, 0.75, 1.75}));
}

TEST(TorchCheckpoint, SharesStorages) {
  auto archive = OpenTorchCheckpoint(Fixture("pytorch_model.bin"));
  const TensorValues whole = archive->Read(IndexOf(*archive, "shared.whole"));
  const TensorValues tail = archive->Read(IndexOf(*archive, "shared.tail"));
  EXPECT_EQ(tail.data, whole.data + 8);
  archive.reset();
  EXPECT_EQ(Flatten(tail), Quarters(4, 8));
}

TEST(TorchCheckpoint, RefusesToReadIntegers) {
  const auto archive = OpenTorchCheckpoint(Fixture("pytorch_model.bin"));
  const size_t index = IndexOf(*archive, "ids");
  EXPECT_EQ(archive->entries()[index].dtype, tensor::DType::kInt64);
  ExpectError([&] { archive->Read(index); }, "tensor \"ids\": expected floating-point values, got int64");
}

TEST(TorchCheckpoint, RefusesWhatIsNoStateDict) {
  ExpectRefused("hostile.bin", "system, which no checkpoint needs");
  ExpectRefused("legacy.bin", "PyTorch before 1.6");
  ExpectRefused("wrapped.bin", "keeps them under \"state_dict\"");
  ExpectRefused("big_endian.bin", "expected byte order little, got big");
  ExpectRefused("plain.joblib", "expected a zip archive as torch.save writes it, got a pickle");
  ExpectRefused("plain.safetensors", "got a safetensors file");
  ExpectRefused("gzip.joblib", "got a gzip file");
  ExpectRefused("missing.bin", "cannot open: No such file");
  ExpectRefused("short_storage.bin", "its zip entry has");
  ExpectRefused("strides.bin", "expected it inside its storage of 6 elements, got offset 0 and extent 10");
}

TEST(TorchCheckpoint, ShowsAFolderOfTheArchiveOnOneLine) {
  const TestFolder folder;
  std::string file = ReadWhole(Fixture("pytorch_model.bin"));
  const std::string name = "pytorch_model/data.pkl";
  for (size_t at = file.find(name); at != std::string::npos; at = file.find(name, at)) file[at + 7] = '\n';
  ExpectError([&] { OpenTorchCheckpoint(folder.Write("model.bin", file)); }, R"(zip entry pytorch\nmodel/data/)");
}

TEST(TorchCheckpoint, TellsWhatStandsInItsPlace) {
  const TestFolder folder;
  const auto refuses = [&](const std::string& content, const std::string& part) {
    ExpectError([&] { OpenTorchCheckpoint(folder.Write("model.bin", content)); },
                "model.bin: expected a zip archive" + part);
  };
  refuses("", " as torch.save writes it, got an empty file");
  refuses("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n",
          " as torch.save writes it, got a pointer of Git LFS");
  refuses("<!doctype html>", " as torch.save writes it, got an HTML page");
  refuses("Entry not found", " as torch.save writes it, got text that begins \"Entry not found\"");
}

TEST(TorchCheckpoint, RefusesTruncatedFiles) {
  const TestFolder folder;
  const std::string whole = ReadWhole(Fixture("pytorch_model.bin"));
  for (size_t size = 0; size < whole.size(); size += 97)
    ExpectError([&] { OpenTorchCheckpoint(folder.Write("cut.bin", whole.substr(0, size))); }, "cut.bin: ");
}

TEST(TorchCheckpoint, ChecksTheCrc) {
  const TestFolder folder;
  std::string damaged = ReadWhole(Fixture("pytorch_model.bin"));
  const std::vector<float> values = Quarters(12);  // the only storage with so many elements
  const size_t at = damaged.find(std::string(reinterpret_cast<const char*>(values.data()), 48));
  ASSERT_NE(at, std::string::npos);
  damaged[at + 20] ^= 1;
  const auto archive = OpenTorchCheckpoint(folder.Write("damaged.bin", damaged));
  ExpectError([&] { archive->Read(IndexOf(*archive, "shared.whole")); }, "zip entry pytorch_model/data/");
  EXPECT_EQ(ReadFlat(*archive, "weight"), Quarters(6));
}

}  // namespace
}  // namespace agront::formats
