// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/joblib_checkpoint.h"

#include <zlib.h>

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

void ExpectRefused(const std::string& path, const std::string& part) {
  ExpectError([&] { OpenJoblibCheckpoint(path); }, part);
}

std::string Inflate(const std::string& compressed) {
  std::string plain(size_t{1} << 20, '\0');
  uLongf size = plain.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(plain.data()), &size, reinterpret_cast<const Bytef*>(compressed.data()),
                       compressed.size()),
            Z_OK);
  plain.resize(size);
  return plain;
}

std::string Deflate(const std::string& plain) {
  std::string compressed(compressBound(plain.size()), '\0');
  uLongf size = compressed.size();
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
                     plain.size()),
            Z_OK);
  compressed.resize(size);
  return compressed;
}

class JoblibCheckpoint : public testing::TestWithParam<const char*> {};

TEST_P(JoblibCheckpoint, ReadsEveryArray) {
  const auto archive = OpenJoblibCheckpoint(Fixture(GetParam()));
  ASSERT_EQ(archive->entries().size(), 8u);
  for (int round = 0; round < 2; ++round) {  // the second one goes back
    EXPECT_EQ(ReadFlat(*archive, "esm/~/embed/embeddings"), Quarters(20));
    EXPECT_EQ(ReadFlat(*archive, "esm/layer_0/~/mha/b"), Quarters(4));
    EXPECT_EQ(ReadFlat(*archive, "esm/layer_0/~/mha/brain"), Quarters(5));
    EXPECT_EQ(ReadFlat(*archive, "esm/layer_0/~/mha/double"), Quarters(4));
    EXPECT_EQ(ReadFlat(*archive, "norm/scalar"), std::vector<float>{1.5f});
    EXPECT_TRUE(ReadFlat(*archive, "norm/empty").empty());
  }
  const TensorValues column_major = archive->Read(IndexOf(*archive, "esm/layer_0/~/mha/w"));
  EXPECT_EQ(column_major.shape, (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(column_major.strides, (std::vector<int64_t>{1, 3}));
  EXPECT_EQ(Flatten(column_major), Quarters(12));
  EXPECT_EQ(archive->HeaderHash().size(), 64u);
  ExpectError([&] { archive->Read(IndexOf(*archive, "counters/steps")); }, "got int64");
}

INSTANTIATE_TEST_SUITE_P(Fixtures, JoblibCheckpoint,
                         testing::Values("plain.joblib", "zlib.joblib", "unaligned.joblib", "protocol2.joblib",
                                         "numpy2.pickle", "numpy4.pickle", "numpy5.pickle"));

TEST(JoblibCheckpointFiles, ReadsHaikusMappings) {
  const auto archive = OpenJoblibCheckpoint(Fixture("flat_mapping.joblib"));
  EXPECT_EQ(ReadFlat(*archive, "esm/layer_0/w"), Quarters(6));
  EXPECT_EQ(ReadFlat(*archive, "esm/layer_1/w"), Quarters(4));
}

TEST(JoblibCheckpointFiles, ViewsAlignedArrays) {
  const auto archive = OpenJoblibCheckpoint(Fixture("plain.joblib"));
  const size_t index = IndexOf(*archive, "esm/~/embed/embeddings");
  EXPECT_EQ(archive->Read(index).data, archive->Read(index).data);
}

TEST(JoblibCheckpointFiles, ReadsJaxArrays) {
  const auto archive = OpenJoblibCheckpoint(Fixture("jax.joblib"));
  EXPECT_EQ(ReadFlat(*archive, "jax/single"), Quarters(6));
  EXPECT_EQ(ReadFlat(*archive, "jax/brain"), Quarters(4));
  const std::vector<float> big = ReadFlat(*archive, "big/w");
  ASSERT_EQ(big.size(), 20000u);
  EXPECT_EQ(big[19999], 7.75f);
}

TEST(JoblibCheckpointFiles, ReadsLargeTextThatStandsForBytes) {
  const auto compressed = OpenJoblibCheckpoint(Fixture("latin1.pickle.zlib"));
  const TestFolder folder;
  const auto plain =
      OpenJoblibCheckpoint(folder.Write("latin1.pickle", Inflate(ReadWhole(Fixture("latin1.pickle.zlib")))));
  const std::vector<float> big = ReadFlat(*compressed, "big/w");
  ASSERT_EQ(big.size(), 20000u);
  for (size_t i = 0; i < big.size(); ++i) ASSERT_EQ(big[i], 0.25f * static_cast<float>(i % 256)) << i;
  EXPECT_EQ(ReadFlat(*plain, "big/w"), big);
  EXPECT_EQ(plain->HeaderHash(), compressed->HeaderHash());
}

TEST(JoblibCheckpointFiles, RefusesWhatIsNoCheckpoint) {
  const TestFolder folder;
  ExpectRefused(Fixture("hostile.joblib"), "pickle wants posix.system, which no checkpoint needs");
  ExpectRefused(Fixture("gzip.joblib"), "got gzip");
  ExpectRefused(Fixture("objects.joblib"), "got O8");
  ExpectRefused(Fixture("big_endian.joblib"), "got byte order \">\"");
  ExpectRefused(Fixture("pytorch_model.bin"), "expected a joblib dump, got a zip archive");
  ExpectRefused(folder.Write("lfs", "version https://git-lfs.github.com/spec/v1\n"), "got a pointer of Git LFS");
  ExpectRefused(folder.Write("html", "<html><body>"), "got an HTML page");
  ExpectRefused(folder.Write("empty", ""), "empty file");
  ExpectRefused(folder.Write("int", "K\x01."), "got int");
  ExpectRefused(folder.Write("int_in_dict",
                             "}U\x01"
                             "kK\x01s."),
                "tensor \"k\": expected an array, got int");
}

TEST(JoblibCheckpointFiles, RefusesTruncatedAndLongerFiles) {
  const TestFolder folder;
  for (const char* name : {"plain.joblib", "zlib.joblib", "numpy5.pickle"}) {
    const std::string whole = ReadWhole(Fixture(name));
    for (size_t size = 1; size < whole.size(); size += 13)
      ExpectRefused(folder.Write("cut", whole.substr(0, size)), "cut: ");
    ExpectRefused(folder.Write("long", whole + "x"), "expected the end");
  }
  const std::string plain = ReadWhole(Fixture("plain.joblib"));
  ExpectRefused(folder.Write("cut", Deflate(plain.substr(0, 700))), "the data end");
  ExpectRefused(folder.Write("long", Deflate(plain + "x")), "inflated: byte 1091: expected the end");
}

TEST(JoblibCheckpointFiles, ChecksZlibsChecksum) {
  const TestFolder folder;
  std::string damaged = ReadWhole(Fixture("zlib.joblib"));
  damaged.back() ^= 1;
  ExpectRefused(folder.Write("damaged", damaged), "incorrect data check");
}

}  // namespace
}  // namespace agront::formats
