// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/safetensors.h"

#include <cstring>
#include <filesystem>

#include "formats/checkpoints/sharded_safetensors.h"
#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

/// A safetensors file of this header and so many bytes of data.
std::string MakeFile(const std::string& header, size_t data_bytes) {
  const uint64_t length = header.size();
  std::string file(reinterpret_cast<const char*>(&length), sizeof(length));
  return file + header + std::string(data_bytes, '\0');
}

void ExpectRefused(const std::string& file, const std::string& part) {
  ExpectError([&] { OpenSafetensors(std::as_bytes(std::span(file)), "hostile"); }, part);
}

void ExpectHeaderRefused(const std::string& header, const std::string& part) {
  ExpectRefused(MakeFile(header, 16), part);
}

TEST(Safetensors, ReadsEveryFloatingFormat) {
  const auto archive = OpenSafetensors(Fixture("plain.safetensors"));
  EXPECT_EQ(archive->entries().size(), 7u);
  EXPECT_EQ(archive->metadata().at("note"), "fixture");
  EXPECT_EQ(ReadFlat(*archive, "double"), Quarters(6));
  EXPECT_EQ(ReadFlat(*archive, "single"), Quarters(20));
  EXPECT_EQ(ReadFlat(*archive, "half"), Quarters(9));
  EXPECT_EQ(ReadFlat(*archive, "brain"), Quarters(7));
  EXPECT_EQ(ReadFlat(*archive, "scalar"), std::vector<float>{1.5f});
  EXPECT_TRUE(ReadFlat(*archive, "empty").empty());
  EXPECT_EQ(archive->Read(IndexOf(*archive, "single")).strides, (std::vector<int64_t>{5, 1}));
  EXPECT_EQ(archive->HeaderHash().size(), 64u);
}

TEST(Safetensors, RefusesToReadIntegers) {
  const auto archive = OpenSafetensors(Fixture("plain.safetensors"));
  const size_t index = IndexOf(*archive, "ids");
  EXPECT_EQ(archive->entries()[index].dtype, tensor::DType::kInt64);
  ExpectError([&] { archive->Read(index); }, "plain.safetensors: tensor \"ids\": expected floating-point");
}

TEST(Safetensors, ValuesOutliveTheArchive) {
  auto archive = OpenSafetensors(Fixture("plain.safetensors"));
  const TensorValues values = archive->Read(IndexOf(*archive, "single"));
  TensorValues released = archive->Read(IndexOf(*archive, "single"));
  released.owner.reset();  // gives the pages back; the other view stays readable
  archive.reset();
  EXPECT_EQ(Flatten(values), Quarters(20));
}

TEST(Safetensors, NoticesThatItsFileWasCut) {
  const TestFolder folder;
  const std::string path = folder.Write("cut.safetensors", ReadWhole(Fixture("plain.safetensors")));
  const auto archive = OpenSafetensors(path);
  std::filesystem::resize_file(path, 4);
  for (const char* name : {"single", "half"})
    ExpectError([&] { archive->Read(IndexOf(*archive, name)); }, "cut.safetensors: expected ");
  ExpectError([&] { archive->Bytes(IndexOf(*archive, "ids")); }, "as it had when it was opened, got 4");
}

TEST(Safetensors, ViewsAlignedMemoryAndCopiesTheRest) {
  const std::string content = ReadWhole(Fixture("plain.safetensors"));
  std::vector<uint64_t> memory(content.size() / 8 + 2);
  for (size_t shift : {0, 1}) {
    char* start = reinterpret_cast<char*>(memory.data()) + shift;
    std::memcpy(start, content.data(), content.size());
    const auto archive = OpenSafetensors(std::as_bytes(std::span(start, content.size())), "embedded");
    const TensorValues values = archive->Read(IndexOf(*archive, "single"));
    EXPECT_EQ(Flatten(values), Quarters(20));
    EXPECT_EQ(values.owner == nullptr, shift == 0);
  }
}

TEST(Safetensors, AllowsGaps) {
  const std::string file = MakeFile(R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})", 16);
  EXPECT_EQ(OpenSafetensors(std::as_bytes(std::span(file)), "gaps")->entries().size(), 1u);
}

TEST(Safetensors, RefusesBrokenLengths) {
  ExpectRefused("\x01\x02", "at least 8 bytes, got 2");
  ExpectRefused(std::string(8, '\xFF'), "at most 100000000 bytes");
  const std::string whole = ReadWhole(Fixture("plain.safetensors"));
  ExpectRefused(whole.substr(0, 100), "the file ends after 92");
  ExpectRefused(whole.substr(0, whole.size() - 1), "expected data within");
  std::string lying = whole;
  lying[0] = static_cast<char>(lying[0] - 8);
  ExpectRefused(lying, "header: expected JSON");
}

TEST(Safetensors, TellsWhatStandsInItsPlace) {
  ExpectRefused("", "hostile: expected a safetensors file, got an empty file");
  ExpectRefused("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3955000000\n",
                "hostile: expected a safetensors file, got a pointer of Git LFS; `git lfs pull` gets the file itself");
  ExpectRefused("<!DOCTYPE html><html>", "got an HTML page");
  ExpectRefused("Entry not found", "got text that begins \"Entry not found\"");
  ExpectRefused("PK\x03\x04 and more", "got a zip archive");
  ExpectRefused("\x1f\x8b\x08 and more", "got a gzip file");
}

TEST(Safetensors, TakesHeadersWhoseLengthLooksLikeAnotherKind) {
  const std::string header = R"({"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})";
  for (const size_t length : {0x8b1f, 0x0280, 0x685a42}) {  // gzip, a pickle, bzip2
    const std::string file = MakeFile(header + std::string(length - header.size(), ' '), 2);
    EXPECT_EQ(OpenSafetensors(std::as_bytes(std::span(file)), "length")->entries().size(), 1u) << length;
  }
}

TEST(Safetensors, TakesNoMetadata) {
  const std::string file = MakeFile(R"({"__metadata__":null,"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2);
  const auto archive = OpenSafetensors(std::as_bytes(std::span(file)), "null");
  EXPECT_EQ(archive->entries().size(), 1u);
  EXPECT_TRUE(archive->metadata().empty());
}

TEST(Safetensors, RefusesOtherFormatsOnlyWhenTheyAreRead) {
  const std::string file = MakeFile(R"({"old":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},)"
                                    R"("odd":{"dtype":"F4\n","shape":[3],"data_offsets":[3,5]},)"
                                    R"("x":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}})",
                                    9);
  const auto archive = OpenSafetensors(std::as_bytes(std::span(file)), "mixed");
  EXPECT_EQ(ReadFlat(*archive, "x"), std::vector<float>{0});
  EXPECT_EQ(archive->entries()[IndexOf(*archive, "old")].dtype, tensor::DType::kOther);
  ExpectError([&] { archive->Read(IndexOf(*archive, "old")); },
              "tensor \"old\": expected floating-point values, got \"F8_E4M3\"");
  ExpectError([&] { archive->Read(IndexOf(*archive, "odd")); }, "got \"F4\\n\"");
}

TEST(Safetensors, RefusesBrokenHeaders) {
  ExpectHeaderRefused("[1]", "expected a JSON object");
  ExpectHeaderRefused("{\"x\"\n:}", "header: expected JSON");
  ExpectHeaderRefused(R"({"x":3})", "tensor \"x\": expected an object");
  ExpectHeaderRefused(R"({"x":{"dtype":3,"shape":[],"data_offsets":[0,4]}})", "string \"dtype\"");
  ExpectHeaderRefused(R"({"x":{"dtype":"F8","shape":[1],"data_offsets":[0,99]}})", "within 16 bytes");
  std::string sizes = "1";
  for (int i = 0; i < 64; ++i) sizes += ",1";
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[)" + sizes + R"(],"data_offsets":[0,4]}})", "at most 64 sizes");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","data_offsets":[0,4]}})", "list \"shape\"");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "got -1");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", "got 1.5");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "begin <= end");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", "begin <= end");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,99]}})", "within 16 bytes");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "expected 8 bytes");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", "2^58");
  ExpectHeaderRefused(R"({"x":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", "got 1844");
  ExpectHeaderRefused(R"({"__metadata__":{"a":1}})", "__metadata__ \"a\"");
  ExpectHeaderRefused(R"({"__metadata__":{"a\nb":1}})", R"(__metadata__ "a\nb")");
  ExpectHeaderRefused(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                      R"("x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                      "got \"x\" twice");
  ExpectHeaderRefused(R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                      R"("y":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})",
                      "overlaps those of \"x\"");
}

TEST(ShardedSafetensors, ReadsAllShards) {
  const auto archive = OpenShardedSafetensors(Fixture("model.safetensors.index.json"));
  EXPECT_EQ(archive->entries().size(), 3u);
  EXPECT_EQ(ReadFlat(*archive, "a.weight"), Quarters(4));
  EXPECT_EQ(ReadFlat(*archive, "b.weight"), Quarters(3));
  EXPECT_EQ(ReadFlat(*archive, "c.weight"), Quarters(5));
  EXPECT_EQ(archive->metadata().at("total_size"), "48");
}

TEST(ShardedSafetensors, TakesATensorFromTheShardThatTheIndexNames) {
  const TestFolder folder;
  folder.Write("a.safetensors", ReadWhole(Fixture("model-00001-of-00002.safetensors")));
  const std::string overlay = R"({"b.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const auto read = [&](const std::string& shard_of_b, const std::string& overlay_name) {
    folder.Write(overlay_name, MakeFile(overlay, 4));
    const std::string index = R"({"weight_map":{"a.weight":"a.safetensors","b.weight":")" + shard_of_b + "\"}}";
    const auto archive = OpenShardedSafetensors(folder.Write("index.json", index));
    EXPECT_EQ(ReadFlat(*archive, "a.weight"), Quarters(4));
    EXPECT_EQ(archive->entries().size(), 2u);
    return ReadFlat(*archive, "b.weight");
  };
  EXPECT_EQ(read("overlay.safetensors", "overlay.safetensors"), std::vector<float>{0});
  EXPECT_EQ(read("0.safetensors", "0.safetensors"), std::vector<float>{0}) << "whatever the order of names";
  EXPECT_EQ(read("a.safetensors", "overlay.safetensors"), Quarters(3)) << "the overlay is none of the shards";
  const std::string both = R"({"a.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                           R"("b.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  folder.Write("z.safetensors", MakeFile(both, 8));
  const std::string index = R"({"weight_map":{"a.weight":"z.safetensors","b.weight":"a.safetensors"}})";
  const auto archive = OpenShardedSafetensors(folder.Write("index.json", index));
  EXPECT_EQ(ReadFlat(*archive, "b.weight"), Quarters(3)) << "both shards have both";
  EXPECT_EQ(ReadFlat(*archive, "a.weight"), std::vector<float>{0});
}

TEST(ShardedSafetensors, ChecksTheMap) {
  const TestFolder folder;
  folder.Write("a.safetensors", ReadWhole(Fixture("model-00002-of-00002.safetensors")));
  const auto expect = [&](const std::string& index, const std::string& part) {
    ExpectError([&] { OpenShardedSafetensors(folder.Write("index.json", index)); }, part);
  };
  expect("{", "expected JSON");
  expect("{}", "\"weight_map\"");
  expect(R"({"weight_map":{"x":1}})", "expected a file name, got number");
  expect(R"({"weight_map":{"x":"../a.safetensors"}})", "without a folder");
  expect(R"({"weight_map":{"x":".."}})", "without a folder");
  expect(R"({"weight_map":{"x":"missing.safetensors"}})",
         "index.json: tensor \"x\": expected its shard missing.safetensors beside the index, got no such file");
  expect(R"({"weight_map":{"x":"a.safetensors","x":"b.safetensors"}})", "expected every key once, got \"x\" twice");
  expect(R"({"weight_map":{"x":"a.safetensors","c.weight":"a.safetensors"}})", "does not have it");
  expect(R"({"weight_map":{"x":"a.safetensors"}})", "\"c.weight\": expected it in the weight_map");
}

}  // namespace
}  // namespace agront::formats
