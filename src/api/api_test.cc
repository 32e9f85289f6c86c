// SPDX-License-Identifier: Apache-2.0
// The public headers on the embedded model.
#include <gtest/gtest.h>

#include <string>

#include "agront/error.h"
#include "agront/missing_file.h"
#include "agront/model.h"
#include "agront/predictor.h"
#include "agront/sequences.h"
#include "agront/tokenizer.h"

namespace agront {
namespace {

TEST(Api, TokenizesTextAsUsersHaveIt) {
  const Tokens tokens = Encode("atcccgRnTCGAcacn<mask>U");
  EXPECT_EQ(Decode(tokens.ids), "ATCCCGNNTCGACACN<mask>T");
  EXPECT_EQ(tokens.ids[0], 3);
  EXPECT_EQ(tokens.end.back(), 23);
  EXPECT_THROW(Encode("ACGTE"), Error);
  EXPECT_THROW(Encode("ACGTACA", 2), Error);
  EXPECT_EQ(Encode("ACGTACA", -1).ids.size(), 3u);
}

TEST(Api, RunsTheEmbeddedModel) {
  Model model;
  Batch batch;
  batch.Add(Encode("ATTCCGAAATCGCTGACCGATCGTACGAAA").ids);
  batch.Add(Encode("ATTTCTCTCTNTC").ids);
  const int64_t layers = model.shape().layers;
  ForwardResult result = model.Run(batch, {.hidden = {{1}, {layers}}, .attention = {{1, 0, 1}}, .logit_rows = {2}});
  ASSERT_EQ(result.hidden.size(), 2u);
  EXPECT_EQ(result.hidden[1].rows, batch.offsets.back());
  EXPECT_EQ(result.hidden[1].cols, model.shape().hidden);
  EXPECT_EQ(result.attention[0].rows, batch.offsets[2] - batch.offsets[1]);
  EXPECT_EQ(result.logits.rows, 1);
  Softmax(result.logits);
  double sum = 0;
  for (float p : result.logits.row(0)) sum += p;
  EXPECT_NEAR(sum, 1.0, 1e-6);
  double map_sum = 0;
  for (float p : result.attention[0].row(0)) map_sum += p;
  EXPECT_NEAR(map_sum, 1.0, 1e-6);
}

TEST(Api, ReadsRecordsOneByOne) {
  const std::string path = std::string(AGRONT_SOURCE_DIR) + "/tests/data/v0.1/test.fa";
  FastaReader reader(path);
  size_t count = 0;
  for (SequenceRecord record; reader.Next(record); ++count) {
    const SequenceRecord expected = ReadFasta(path)[count];
    EXPECT_EQ(record.name, expected.name);
    EXPECT_EQ(record.bases, expected.bases);
  }
  EXPECT_EQ(count, ReadFasta(path).size());
  EXPECT_GT(count, 1u);
  EXPECT_EQ(reader.Progress(), 1);
}

TEST(Api, TellsWhatIsMissingFromWhatIsWrong) {
  EXPECT_THROW(FastaReader("/no/such/file.fa"), MissingFile);
  EXPECT_THROW(Model("/no/such/model"), MissingFile);
  EXPECT_THROW(Predictor("/no/such/model"), MissingFile);
  try {
    Model{std::string(AGRONT_SOURCE_DIR)};
    ADD_FAILURE() << "expected an Error";
  } catch (const MissingFile& error) {
    ADD_FAILURE() << error.what();
  } catch (const Error& /*a folder that is no model*/) {
  }
}

TEST(Api, KnowsAModelByItsHash) {
  EXPECT_EQ(Model().Hash().size(), 64u);
  EXPECT_EQ(Model().Hash(), Model("agront-mini", Precision::kInt8).Hash());
  EXPECT_NE(Model().Hash(), Model(std::string(AGRONT_SOURCE_DIR) + "/tests/golden/model").Hash());
}

TEST(Api, RefusesWhatIsNotThere) {
  Model model;
  Batch batch;
  batch.Add(Encode("ACGT").ids);
  EXPECT_THROW(model.Run(batch, {.hidden = {{99}}}), UsageError);
  EXPECT_THROW(model.Run(batch, {.attention = {{1, 99, 0}}}), UsageError);
  EXPECT_THROW(model.Run(batch, {.logit_rows = {77}}), UsageError);
  batch.tokens[0] = 4105;
  EXPECT_THROW(model.Run(batch, {.all_logits = true}), Error);
  EXPECT_THROW(Model("/no/such/model"), Error);
}

}  // namespace
}  // namespace agront
