// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <htslib/bgzf.h>
#include <htslib/vcf.h>

#include <limits>

#include "base/sha256.h"
#include "formats/sequences/genome_test_files.h"
#include "formats/sequences/htslib_log.h"
#include "formats/testing/format_test_files.h"
#include "formats/variants/variant_encoder.h"
#include "formats/variants/variant_reader.h"

namespace agront::formats {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

const std::string kHeader =
    "##fileformat=VCFv4.2\n##contig=<ID=c1,length=500>\n##contig=<ID=c2,length=500>\n"
    "##INFO=<ID=AF,Number=A,Type=Float,Description=\"a\">\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts1\n";
const std::string kRecords =
    "c1\t5\t.\tA\tG\t50\tPASS\tDP=3;AF=0.333333\tGT\t0/1\nc1\t9\trs1\tat\tG,*\t.\t.\t.\tGT\t./.\n"
    "c2\t1\t.\tA\t.\t.\t.\tDP=7\tGT\t0|0\n";
const std::vector<std::string> kDefinitions = {"##INFO=<ID=X,Number=A,Type=Float,Description=\"x\">",
                                               "##INFO=<ID=S,Number=A,Type=String,Description=\"s\">"};

/// Reads and writes with X and S for each alternative.
void Annotate(const std::string& input, const std::string& output, const std::set<std::string, std::less<>>& replaced) {
  const auto reader = OpenVariants(input);
  const VariantFormat format = VariantFormatOf(output);
  const auto encoder =
      MakeVariantEncoder(format, *reader, {.keys = {"X", "S"}, .replaced = replaced, .header_lines = kDefinitions});
  std::string bytes = encoder->Header();
  for (VariantRecord record; reader->Next(record);) {
    const size_t count = record.alternatives.size();
    std::vector<InfoField> fields;
    if (count > 0)
      fields = {{"X", std::vector<float>(count, 0.25F), {}}, {"S", {}, std::vector<std::string>(count, "scored")}};
    if (count > 1) fields[0].numbers[1] = kNone;
    encoder->Add(record, fields, reader->Place());
    bytes += encoder->TakePiece();
  }
  std::ofstream(output, std::ios::binary) << bytes << encoder->End();
}

/// All of a file as lines of VCF, by htslib.
std::string TextOf(const std::string& path) {
  const HtslibLogOff log_off;
  htsFile* file = hts_open(path.c_str(), "r");
  bcf_hdr_t* header = bcf_hdr_read(file);
  bcf1_t* record = bcf_init();
  kstring_t text{0, 0, nullptr};
  while (bcf_read(file, header, record) == 0) vcf_format(header, record, &text);
  std::string lines = text.l == 0 ? "" : std::string(text.s, text.l);
  free(text.s);
  bcf_destroy(record);
  bcf_hdr_destroy(header);
  hts_close(file);
  return lines;
}

const std::string kAnnotated =
    "c1\t5\t.\tA\tG\t50\tPASS\tDP=3;AF=0.333333;X=0.25;S=scored\tGT\t0/1\n"
    "c1\t9\trs1\tat\tG,*\t.\t.\tX=0.25,.;S=scored,scored\tGT\t./.\nc2\t1\t.\tA\t.\t.\t.\tDP=7\tGT\t0|0\n";

TEST(VariantFile, EveryFormatToEveryFormat) {
  const TestFolder folder;
  WriteCompressed(folder.path("in.vcf"), kHeader + kRecords, Compression::kNone);
  WriteCompressed(folder.path("in.gz"), kHeader + kRecords, Compression::kGzip);
  WriteCompressed(folder.path("in.vcf.gz"), kHeader + kRecords, Compression::kBgzip, 50);
  Annotate(folder.path("in.vcf"), folder.path("in.bcf"), {});
  EXPECT_EQ(TextOf(folder.path("in.bcf")), kAnnotated);
  for (const char* input : {"in.vcf", "in.gz", "in.vcf.gz"})
    for (const char* output : {"out.vcf", "out.vcf.gz", "out.bcf"}) {
      Annotate(folder.path(input), folder.path(output), {});
      EXPECT_EQ(TextOf(folder.path(output)), kAnnotated) << input << " " << output;
    }
  for (const char* output : {"out.vcf", "out.vcf.gz", "out.bcf"}) {  // X and S are there already
    Annotate(folder.path("in.bcf"), folder.path(output), {"X", "S"});
    EXPECT_EQ(TextOf(folder.path(output)), kAnnotated) << output;
  }
}

TEST(VariantFile, FloatsOfBcfStayWhatTheyAre) {
  const TestFolder folder;
  folder.Write("in.vcf", kHeader + kRecords);
  Annotate(folder.path("in.vcf"), folder.path("a.bcf"), {});
  Annotate(folder.path("a.bcf"), folder.path("b.bcf"), {"X", "S"});
  EXPECT_EQ(folder.Read("a.bcf").size(), folder.Read("b.bcf").size());
}

TEST(VariantFile, ALastLineWithoutItsEndGetsOne) {
  const TestFolder folder;
  for (const std::string line_end : {"\n", "\r\n"}) {
    std::string text = kHeader + kRecords;
    text.pop_back();
    if (line_end == "\r\n")
      for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
    folder.Write("in.vcf", text);
    Annotate(folder.path("in.vcf"), folder.path("out.vcf"), {});
    Annotate(folder.path("in.vcf"), folder.path("out.vcf.gz"), {});
    EXPECT_EQ(TextOf(folder.path("out.vcf")), kAnnotated);
    EXPECT_EQ(TextOf(folder.path("out.vcf.gz")), kAnnotated);
    EXPECT_TRUE(folder.Read("out.vcf").ends_with("\tDP=7\tGT\t0|0\n"));
  }
}

TEST(VariantFile, UncompressedBcfIsRead) {
  const TestFolder folder;
  folder.Write("in.vcf", kHeader + kRecords);
  Annotate(folder.path("in.vcf"), folder.path("in.bcf"), {});
  BGZF* blocks = bgzf_open(folder.path("in.bcf").c_str(), "r");
  std::string bytes(1 << 20, '\0');
  bytes.resize(static_cast<size_t>(bgzf_read(blocks, bytes.data(), bytes.size())));
  bgzf_close(blocks);
  folder.Write("plain.bcf", bytes);
  Annotate(folder.path("plain.bcf"), folder.path("out.vcf"), {"X", "S"});
  EXPECT_EQ(TextOf(folder.path("out.vcf")), kAnnotated);
}

TEST(VariantFile, ASkippedRecordHasTheBytesOfAReadOne) {
  const TestFolder folder;
  folder.Write("in.vcf", kHeader + kRecords);
  folder.Write("in.tsv", "chrom\tpos\tref\talt\nc1\t5\tA\tG\nc1\t9\tat\tG\n");
  Annotate(folder.path("in.vcf"), folder.path("in.bcf"), {});
  for (const char* name : {"in.vcf", "in.bcf", "in.tsv"}) {
    Sha256 read, skipped;
    const auto one = OpenVariants(folder.path(name)), other = OpenVariants(folder.path(name));
    int records = 0;
    for (VariantRecord record; one->Next(record); record = {}, ++records) AddTo(read, record);
    EXPECT_GE(records, 2);
    for (; other->Skip(&skipped); --records) EXPECT_FALSE(other->Place().empty());
    EXPECT_EQ(records, 0) << name;
    EXPECT_EQ(read.Hex(), skipped.Hex()) << name;
  }
}

TEST(VariantFile, WhatBcfCannotHoldIsRefused) {
  const TestFolder folder;
  folder.Write("contig.vcf", kHeader + "c9\t5\t.\tA\tG\t.\t.\t.\tGT\t0/1\n");
  folder.Write("key.vcf", kHeader + "c1\t5\t.\tA\tG\t.\t.\tNO=1\tGT\t0/1\n");
  ExpectError([&] { Annotate(folder.path("contig.vcf"), folder.path("o.bcf"), {}); },
              "contig.vcf:8: cannot be written");
  ExpectError([&] { Annotate(folder.path("key.vcf"), folder.path("o.bcf"), {}); }, "a key of INFO");
  Annotate(folder.path("key.vcf"), folder.path("o.vcf"), {});
  EXPECT_NE(folder.Read("o.vcf").find("\tNO=1;X=0.25;"), std::string::npos);
}

TEST(VariantFile, DamageIsRefused) {
  const TestFolder folder;
  folder.Write("in.vcf", kHeader + kRecords);
  Annotate(folder.path("in.vcf"), folder.path("in.bcf"), {});
  const std::string whole = folder.Read("in.bcf");
  for (const size_t size : {whole.size() - 28, whole.size() - 40, size_t{30}}) {
    folder.Write("cut.bcf", whole.substr(0, size));
    EXPECT_ANY_THROW(Annotate(folder.path("cut.bcf"), folder.path("o.vcf"), {})) << size;
  }
  folder.Write("cut.vcf", "##fileformat=VCFv4.2\n");
  ExpectError([&] { OpenVariants(folder.path("cut.vcf")); }, "end of the file");
  ExpectError([&] { OpenVariants(folder.path("none.vcf")); }, "none.vcf");
}

}  // namespace
}  // namespace agront::formats
