// SPDX-License-Identifier: Apache-2.0
// Which bases the rows of tables and arrays stand for.
#include "inference/table_output.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/error.h"
#include "base/test_folder.h"
#include "formats/checkpoints/safetensors.h"
#include "inference/array_output.h"

namespace agront::inference {
namespace {

JobOptions JobOf(const std::string& output) {
  JobOptions job;
  job.output = output;
  return job;
}

TEST(TableOutput, RowsSayWhereTheirBasesAre) {
  const TestFolder folder;
  // Bases 100 to 130 of chr2, read from the other strand: the record's base 0 is base 129.
  const genome::Placement placement{.region = {"r1", "chr2", 100, 130, true}, .sequence_length = 1000};
  for (const bool has_regions : {false, true}) {
    const std::string path = folder.path(has_regions ? "regions.tsv" : "plain.tsv");
    formats::TableWriter table(path, ColumnsOfBases("record", has_regions, {"value"}), {});
    WriteBases(table, "r1", has_regions ? &placement : nullptr, 2, 8);
    table.Integer(7);
    table.EndRow();
    table.Commit();
  }
  EXPECT_EQ(folder.Read("plain.tsv"), "record\trecord_start\trecord_end\tvalue\nr1\t2\t8\t7\n");
  EXPECT_EQ(folder.Read("regions.tsv"),
            "record\tchrom\tstart\tend\tstrand\trecord_start\trecord_end\tvalue\n"
            "r1\tchr2\t122\t128\t-\t2\t8\t7\n");
}

TEST(TableOutput, AnErrorSaysHowManyRecordsWentOut) {
  const TestFolder folder;
  const auto write = [](formats::TableWriter& table, int64_t records) {
    WriteRows(table, [&] {
      for (int64_t i = 0; i < records; ++i) table.EndRecord();
      Fail("in.fa: broken");
    });
  };
  formats::TableWriter file(folder.path("out.tsv"), {"a"}, {});
  EXPECT_THROW(write(file, 2), Error);
  try {
    write(file, 2);
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "in.fa: broken");  // nothing of a file is left
  }
  formats::TableWriter stream("/dev/null", {"a"}, {});
  ASSERT_TRUE(stream.is_stream());
  ExpectError([&] { write(stream, 1); }, "in.fa: broken; 1 record was written before");
  ExpectError([&] { write(stream, 1); }, "in.fa: broken; 2 records were written before");
}

TEST(TableOutput, TakesWhatTheJobSays) {
  JobOptions job;
  job.force = true;
  job.provenance = TableProvenance::kHeader;
  const formats::TableOptions options = TableOptionsOf(job, {{"program", "x"}});
  EXPECT_TRUE(options.overwrite);
  EXPECT_EQ(options.place, TableProvenance::kHeader);
  EXPECT_EQ(options.provenance.at("program"), "x");
  EXPECT_FALSE(TableOptionsOf({}, {}).overwrite);
}

TEST(ArrayOutput, IsChosenByTheName) {
  EXPECT_TRUE(IsArrayFile("a.npz"));
  EXPECT_TRUE(IsArrayFile("a.safetensors"));
  for (const char* other : {"a.tsv", "npz", "a.npz.gz", "-"}) {
    EXPECT_FALSE(IsArrayFile(other)) << other;
    EXPECT_THROW(CreateArrayFile(JobOf(other), {}), UsageError) << other;
  }
}

TEST(ArrayOutput, EntriesSayWhereTheirBasesAre) {
  const TestFolder folder;
  const genome::Placement placement{.region = {"r1", "chr2", 100, 130, true}, .sequence_length = 1000};
  const JobOptions job = JobOf(folder.path("out.safetensors"));
  const auto writer = CreateArrayFile(job, {});
  EntryColumns columns(*writer, true);
  OffsetColumn offsets(*writer);
  columns.Append("r1", &placement, 2, 8);
  offsets.Append(3);
  columns.Append("r1", &placement, 8, 30);
  offsets.Append(0);
  CommitArrays(job, *writer);
  const auto archive = formats::OpenSafetensors(job.output);
  const auto numbers = [&](const std::string& name) {
    std::vector<int64_t> values;
    for (size_t i = 0; i < archive->entries().size(); ++i)
      if (archive->entries()[i].name == name) {
        values.resize(static_cast<size_t>(archive->entries()[i].shape.at(0)));
        std::memcpy(values.data(), archive->Bytes(i).bytes.data(), values.size() * sizeof(int64_t));
      }
    return values;
  };
  EXPECT_EQ(numbers("record_start"), (std::vector<int64_t>{2, 8}));
  EXPECT_EQ(numbers("record_end"), (std::vector<int64_t>{8, 30}));
  EXPECT_EQ(numbers("start"), (std::vector<int64_t>{122, 100}));
  EXPECT_EQ(numbers("end"), (std::vector<int64_t>{128, 122}));
  EXPECT_EQ(numbers("offsets"), (std::vector<int64_t>{0, 3, 3}));
}

}  // namespace
}  // namespace agront::inference
