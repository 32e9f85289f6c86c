// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/vcf_line.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/test_folder.h"
#include "formats/variants/vcf_header.h"

namespace agront::formats {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

TEST(VcfLine, Places) {
  const std::string line = "chr1\t0042\trs1\tacN\tG,<DEL>,*\t.\tPASS\tDP=3;END=50\tGT\t0/1\r\n";
  const VcfPlace place = ParseVcfLine(line, "f:3");
  EXPECT_EQ(place.contig, "chr1");
  EXPECT_EQ(place.position, 41);
  EXPECT_EQ(place.reference, "acN");
  EXPECT_EQ(place.alternatives, (std::vector<std::string_view>{"G", "<DEL>", "*"}));
  EXPECT_EQ(InfoValue(place.info, "END"), "50");
  EXPECT_EQ(InfoValue(place.info, "P"), "");
  EXPECT_TRUE(ParseVcfLine("c\t0\t.\tA\t.\t.\t.\t.\n", "f:3").alternatives.empty());
  EXPECT_EQ(ParseVcfLine("c\t0\t.\tA\t.\t.\t.\t.\n", "f:3").position, -1);
}

TEST(VcfLine, WhatIsNoRecordIsRefused) {
  ExpectError([] { ParseVcfLine("c\t1\t.\tA\tG\t.\t.\n", "f:3"); }, "f:3: expected at least 8 columns");
  for (const char* position : {"x", "-1", "1e3", "+5", " 5", "99999999999999999999", "1.0"})
    ExpectError([&] { ParseVcfLine("c\t" + std::string(position) + "\t.\tA\tG\t.\t.\t.\n", "f:3"); }, "f:3: POS");
  ExpectError([] { ParseVcfLine("c\t1\t.\t\tG\t.\t.\t.\n", "f:3"); }, "f:3: REF");
  ExpectError([] { ParseVcfLine("\n", "f:3"); }, "got 1");
}

TEST(VcfLine, OnlyInfoChanges) {
  const std::vector<InfoField> fields = {{"X", {-1.5F, kNone, 1e-7F}, {}}, {"S", {}, {"scored", "star", "scored"}}};
  const std::string added = "X=-1.5,.,1e-07;S=scored,star,scored";
  const std::string before = "chr1\t007\t.\tac\tG,*\t1.50\t.\t", after = "\tGT:AD\t0/1:1,,\t.\r\n";
  EXPECT_EQ(WithInfo(before + "DP=3;;X" + after, fields, {}), before + "DP=3;;X;" + added + after);
  EXPECT_EQ(WithInfo(before + "." + after, fields, {}), before + added + after);
  EXPECT_EQ(WithInfo(before + ".", fields, {}), before + added);
  EXPECT_EQ(WithInfo(before + "A=1" + after, {}, {}), before + "A=1" + after);
  EXPECT_EQ(WithInfo(before + "X=9;A=1;S" + after, fields, {"X", "S"}), before + "A=1;" + added + after);
  EXPECT_EQ(WithInfo(before + "X=9" + after, {}, {"X", "S"}), before + "." + after);
}

TEST(VcfHeader, KeepsItsLines) {
  VcfHeader header;
  EXPECT_FALSE(header.Add("##fileformat=VCFv4.2\r\n", "f:1"));
  EXPECT_FALSE(header.Add("##contig=<length=5,ID=chr1>\r\n", "f:2"));
  EXPECT_FALSE(header.Add("##INFO=<ID=X,Number=1,Type=Integer,Description=\"a, ID=Y\">\r\n", "f:3"));
  EXPECT_TRUE(header.Add("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\r\n", "f:4"));
  EXPECT_EQ(header.Contigs(), (std::set<std::string, std::less<>>{"chr1"}));
  EXPECT_FALSE(header.RemoveInfo("Y"));
  EXPECT_TRUE(header.RemoveInfo("X"));
  header.Insert("##new=1");
  EXPECT_EQ(header.Text(),
            "##fileformat=VCFv4.2\r\n##contig=<length=5,ID=chr1>\r\n##new=1\r\n"
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\r\n");
  EXPECT_EQ(HeaderValue("##INFO=<Description=\"ID=a\\\",ID=b\",ID=c>", "ID"), "c");
}

TEST(VcfHeader, WhatIsNoHeaderIsRefused) {
  ExpectError([] { VcfHeader().Add("chr1\t5\n", "f:1"); }, "f:1: expected VCF");
  ExpectError([] { VcfHeader().Add("##fileformat=VCFv3.3\n", "f:1"); }, "VCFv4");
  const auto second = [](const std::string& line) {
    VcfHeader header;
    header.Add("##fileformat=VCFv4.1\n", "f:1");
    header.Add(line, "f:2");
  };
  ExpectError([&] { second("##CHROM\tPOS\n"); }, "f:2: expected the line \"#CHROM\", with one #");
  ExpectError([&] { second("#CHROM\tPOS\n"); }, "f:2: expected a header line");
  ExpectError([&] { second("chr1\t5\n"); }, "f:2: expected a header line");
}

}  // namespace
}  // namespace agront::formats
