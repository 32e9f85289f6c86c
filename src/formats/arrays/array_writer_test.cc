// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/array_writer.h"

#include <sys/resource.h>

#include <cstring>

#include "formats/arrays/npz.h"
#include "formats/arrays/safetensors_arrays.h"
#include "formats/arrays/stored_zip_writer.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/zip_reader.h"
#include "formats/testing/format_test_files.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

const ArrayWriterOptions kOptions{.overwrite = true, .provenance = {{"model", "agront \"1b\""}}};

/// Two arrays of floats side by side, ids and names: three rows.
void Fill(ArrayWriter& writer) {
  const size_t first = writer.Add("layer_1", ArrayKind::kFloat32, {2});
  const size_t second = writer.Add("layer_2", ArrayKind::kFloat32, {1, 3});
  const size_t starts = writer.Add("start_bp", ArrayKind::kInt64);
  const size_t names = writer.Add("name", ArrayKind::kText);
  const std::vector<float> values = Quarters(9);
  writer.AppendRows(first, std::span(values).first(4));
  writer.AppendRows(second, std::span(values).first(3));
  writer.AppendRows(names, std::vector<std::string>{"gène", ""});
  writer.AppendRows(starts, std::vector<int64_t>{5, -6, 7});
  writer.AppendRows(first, std::span(values).subspan(4, 2));
  writer.AppendRows(second, std::span(values).subspan(3));
  writer.AppendRows(names, std::vector<std::string>{"\U0001F33F!"});
}

std::string ReadEntry(const ZipReader& zip, const std::string& name) {
  const size_t index = zip.Find(name).value();
  std::string content(zip.entries()[index].size, '\0');
  zip.ReadInto(index, std::as_writable_bytes(std::span(content)));
  return content;
}

/// The bytes behind the header of a .npy, after checks of the header.
std::string NpyData(const std::string& npy, const std::string& descr, const std::string& shape) {
  EXPECT_TRUE(npy.starts_with("\x93NUMPY\x01"));
  const size_t length = 10 + static_cast<unsigned char>(npy[8]) + 256 * static_cast<unsigned char>(npy[9]);
  EXPECT_EQ(length % 64, 0u);
  EXPECT_EQ(npy[length - 1], '\n');
  const std::string expected = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  EXPECT_EQ(npy.substr(10, expected.size()), expected);
  return npy.substr(length);
}

template <class Value>
std::string Bytes(const std::vector<Value>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}

TEST(Npz, WritesArraysThatGrowSideBySide) {
  const TestFolder folder;
  const auto writer = CreateNpz(folder.path("out.npz"), kOptions);
  Fill(*writer);
  EXPECT_TRUE(folder.Names().empty());
  writer->Commit();
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out.npz"});

  const ZipReader zip(folder.path("out.npz"));
  EXPECT_EQ(zip.entries().size(), 5u);
  EXPECT_EQ(NpyData(ReadEntry(zip, "layer_1.npy"), "<f4", "(3, 2)"), Bytes(Quarters(6)));
  EXPECT_EQ(NpyData(ReadEntry(zip, "layer_2.npy"), "<f4", "(3, 1, 3)"), Bytes(Quarters(9)));
  EXPECT_EQ(NpyData(ReadEntry(zip, "start_bp.npy"), "<i8", "(3,)"), Bytes<int64_t>({5, -6, 7}));
  EXPECT_EQ(NpyData(ReadEntry(zip, "name.npy"), "<U4", "(3,)"),
            Bytes<uint32_t>({'g', 0xE8, 'n', 'e', 0, 0, 0, 0, 0x1F33F, '!', 0, 0}));
  const std::string json = R"({"model":"agront \"1b\""})";
  EXPECT_EQ(NpyData(ReadEntry(zip, "provenance.npy"), "<U25", "()"),
            Bytes(std::vector<uint32_t>(json.begin(), json.end())));
}

TEST(Npz, WritesLongTextsSideBySide) {
  const TestFolder folder;
  const std::string path = folder.path("a.npz");
  const std::string longest(1001, 'n');
  const auto write = [&](const std::string& text) {
    const auto writer = CreateNpz(path, kOptions);
    const size_t name = writer->Add("name", ArrayKind::kText);
    writer->AppendRows(name, std::vector<std::string>{"a", text, "\xC3\xA4"});
    writer->Commit();
    return writer->Warnings();
  };
  EXPECT_TRUE(write(longest.substr(1)).empty());
  EXPECT_EQ(ReadEntry(ZipReader(path), "name.npy").size(), 128 + 3 * 1000 * sizeof(uint32_t));
  ASSERT_EQ(write(longest).size(), 1u);
  const ZipReader zip(path);
  EXPECT_EQ(zip.entries().size(), 3u);  // and the provenance
  EXPECT_EQ(NpyData(ReadEntry(zip, "name_text.npy"), "|u1", "(1004,)"), "a" + longest + "\xC3\xA4");
  EXPECT_EQ(NpyData(ReadEntry(zip, "name_offsets.npy"), "<i8", "(4,)"), Bytes<int64_t>({0, 1, 1002, 1004}));
}

TEST(Npz, EqualContentGivesEqualBytes) {
  const TestFolder folder;
  for (const char* name : {"a.npz", "b.npz"}) {
    const auto writer = CreateNpz(folder.path(name), kOptions);
    Fill(*writer);
    writer->Commit();
  }
  EXPECT_EQ(ReadWhole(folder.path("a.npz")), ReadWhole(folder.path("b.npz")));
}

TEST(SafetensorsArrays, WritesArraysThatGrowSideBySide) {
  const TestFolder folder;
  const auto writer = CreateSafetensorsArrays(folder.path("out.safetensors"), kOptions);
  Fill(*writer);
  writer->Commit();
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"out.safetensors"});

  const auto archive = OpenSafetensors(folder.path("out.safetensors"));
  EXPECT_EQ(archive->metadata(), kOptions.provenance);
  EXPECT_EQ(ReadFlat(*archive, "layer_1"), Quarters(6));
  EXPECT_EQ(ReadFlat(*archive, "layer_2"), Quarters(9));
  EXPECT_EQ(archive->entries()[IndexOf(*archive, "layer_2")].shape, (std::vector<int64_t>{3, 1, 3}));
  EXPECT_EQ(archive->entries()[IndexOf(*archive, "name_offsets")].shape, std::vector<int64_t>{4});
  const std::string whole = ReadWhole(folder.path("out.safetensors"));
  EXPECT_TRUE(whole.ends_with("gène\U0001F33F!"));
  EXPECT_NE(whole.find(Bytes<int64_t>({0, 5, 5, 10})), std::string::npos);
}

TEST(ArrayWriter, RefusesMisuse) {
  const TestFolder folder;
  const auto writer = CreateNpz(folder.path("x.npz"), {});
  const size_t floats = writer->Add("f", ArrayKind::kFloat32, {2});
  const size_t texts = writer->Add("t", ArrayKind::kText);
  ExpectError([&] { writer->Add("f", ArrayKind::kInt64); }, "x.npz: array \"f\": expected another name");
  ExpectError([&] { writer->Add("provenance", ArrayKind::kInt64); }, "taken");
  ExpectError([&] { writer->Add("t_offsets", ArrayKind::kInt64); }, "taken");
  ExpectError([&] { writer->Add("\xFF", ArrayKind::kInt64); }, "UTF-8");
  ExpectError([&] { writer->Add("u", ArrayKind::kText, {2}); }, "one text in each row");
  ExpectError([&] { writer->AppendRows(floats, std::vector<float>{1, 2, 3}); }, "rows of 8 bytes, got 12");
  ExpectError([&] { writer->AppendRows(floats, std::vector<int64_t>{1}); }, "its own kind");
  ExpectError([&] { writer->AppendRows(texts, std::vector<float>{1}); }, "its own kind");
  ExpectError([&] { writer->AppendRows(texts, std::vector<std::string>{"\xC3"}); }, "row 0: expected UTF-8");
  folder.Write("there.npz", "old");
  ExpectError([&] { CreateNpz(folder.path("there.npz"), {}); }, "exists already");
}

TEST(ArrayWriter, LeavesNothingWithoutCommit) {
  const TestFolder folder;
  Fill(*CreateNpz(folder.path("x.npz"), kOptions));
  Fill(*CreateSafetensorsArrays(folder.path("x.safetensors"), kOptions));
  EXPECT_TRUE(folder.Names().empty());
}

TEST(ArrayWriter, HoldsMoreArraysThanFilesMayBeOpen) {
  const TestFolder folder;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{32, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  constexpr int kArrays = 100;
  constexpr size_t kRows = 20000;  // more than is kept in memory
  const auto writer = CreateSafetensorsArrays(folder.path("out.safetensors"), kOptions);
  for (int i = 0; i < kArrays; ++i) writer->Add(std::to_string(i), ArrayKind::kFloat32);
  for (int part = 0; part < 2; ++part)
    for (int i = 0; i < kArrays; ++i)
      writer->AppendRows(static_cast<size_t>(i), std::vector<float>(kRows, static_cast<float>(2 * i + part)));
  writer->Commit();
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  const auto archive = OpenSafetensors(folder.path("out.safetensors"));
  for (int i = 0; i < kArrays; ++i) {
    std::vector<float> expected(kRows, static_cast<float>(2 * i));
    expected.resize(2 * kRows, static_cast<float>(2 * i + 1));
    EXPECT_EQ(ReadFlat(*archive, std::to_string(i)), expected) << i;
  }
}

TEST(ArrayWriter, ReportsAFullDisk) {
  const auto npz = CreateNpz("/dev/full", kOptions);
  Fill(*npz);
  ExpectError([&] { npz->Commit(); }, "/dev/full: cannot write: No space left on device");
  const auto safetensors = CreateSafetensorsArrays("/dev/full", kOptions);
  Fill(*safetensors);
  ExpectError([&] { safetensors->Commit(); }, "/dev/full: cannot write: No space left on device");
}

TEST(StoredZipWriter, WritesZip64WhereNeeded) {
  const TestFolder folder;
  for (uint64_t zip64_from : {uint64_t{0xFFFFFFFF}, uint64_t{20}, uint64_t{1}}) {
    OutputFile file(folder.path("x.zip"), true);
    StoredZipWriter zip(file, zip64_from);
    Spool body(MakeSpoolFile(folder.path("x.zip")));
    const std::string text = "the rest of the content";
    body.Append(std::as_bytes(std::span(text)));
    zip.Add("small", "head", nullptr);
    zip.Add("large", "head, ", &body);
    zip.Finish();
    file.Commit();
    const ZipReader reader(folder.path("x.zip"));
    EXPECT_EQ(ReadEntry(reader, "small"), "head");
    EXPECT_EQ(ReadEntry(reader, "large"), "head, the rest of the content");
  }
}

TEST(Unicode, RefusesMalformedText) {
  EXPECT_EQ(DecodeUtf8("aé€\U0001F33F"), U"aé€\U0001F33F");
  for (const char* text : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"})
    EXPECT_FALSE(DecodeUtf8(text)) << text;
}

}  // namespace
}  // namespace agront::formats
